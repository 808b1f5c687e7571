"""One project: its page in tabs, and the forms that add it, change it and hand it over."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from zhuchao.apps.promotion import selectors as promotion
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.figures import Completion
from zhuchao.web.editing import seen_version
from zhuchao.web.printing import money, money_unit, number, percent
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import OfficerForm, ProjectAddForm, ProjectForm
from ..models import BatchPlace, Investment, Milestone, Project, ProjectLabel, Stage
from ..selectors.bonds import visible_bonds
from ..selectors.green import open_request
from ..selectors.investors import reconcile
from ..selectors.officers import open_items
from .covenants import project_covenants
from .lights import lights_tab
from .lists import state_of
from .saving import form_response, project_url
from .timeline import investment_items, latest_first, mixed_timeline, plan_items, timeline_of

SHORT_TIMELINE = 12
MOST_OFFERED = 20


@login_required
@require_GET
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a project: gates and steps; money; every entry; every change."""
    project = selectors.get_project(request.user, pk)
    tabs = _tabs(request, project)
    asked = request.GET.get("tab", "overview")
    here = asked if asked in {key for key, label in tabs} else "overview"
    today = zones.today(project.zone)
    context = {
        "record": project,
        "lit": selectors.lights_of([project], today)[project.pk],
        "project": project,
        "state": state_of(project),
        "facts": _facts(request, project),
        "tabs": [
            (key, label, project_url(project, "" if key == "overview" else key), key == here)
            for key, label in tabs
        ],
        "today": today,
        "may_change": zones.may(request.user, Verb.CHANGE, Thing.PROJECT, project.zone_id),
        "may_assign": zones.may(request.user, Verb.ASSIGN, Thing.PROJECT, project.zone_id),
        "may_void": zones.may(request.user, Verb.VOID, Thing.PROJECT, project.zone_id),
        "green": open_request(project, zones.today(project.zone)),
        "may_ask_green": zones.may(request.user, Verb.ADD, Thing.GREEN, project.zone_id),
        "may_see_green": zones.may(request.user, Verb.VIEW, Thing.GREEN, project.zone_id),
        "may_inspect": zones.may(request.user, Verb.ADD, Thing.INSPECTION, project.zone_id),
        "may_add_money": zones.may(request.user, Verb.ADD, Thing.INVESTMENT, project.zone_id),
        **_TABS[here](request, project),
    }
    return render(request, f"projects/project_{here}.html", context)


def _tabs(request: HttpRequest, project: Project) -> list[tuple[str, str]]:
    tabs = [("overview", _("概况与进度"))]
    if zones.may(request.user, Verb.VIEW, Thing.INVESTMENT, project.zone_id):
        tabs.append(("money", _("资金")))
    if zones.may(request.user, Verb.VIEW, Thing.COVENANT, project.zone_id):
        tabs.append(("covenants", pgettext("页签", "约定")))
    tabs.insert(1, ("lights", _("灯与形象进度")))
    tabs.append(("history", _("时间线")))
    if zones.may(request.user, Verb.VIEW, Thing.CHANGE_LOG, project.zone_id):
        tabs.append(("changes", _("变更记录")))
    return tabs


def _facts(request: HttpRequest, project: Project) -> list[tuple[str, Any]]:
    return [
        *(((_("分期或子项目"), project.part),) if project.part else ()),
        (_("项目编号"), project.code),
        (_("项目单位"), project.company),
        (_("类别"), project.get_kind_display()),
        (_("产业领域"), project.sector),
        (_("总投资"), money(project.total_investment_cny, project.zone)),
        (_("来源地"), project.source_region),
        (_("片区"), project.district),
        (_("地址"), project.address),
        (_("专题"), project.theme),
        (_("金牌店小二"), project.officer or _("未指定")),
        (_("责任单位"), project.department),
        (_("形象进度"), project.note),
    ]


def _overview(request: HttpRequest, project: Project) -> dict[str, Any]:
    today = zones.today(project.zone)
    milestones = list(selectors.visible_milestones(request.user).filter(project=project))
    timeline = timeline_of(request, project)
    return {
        "track": list(
            zip(
                selectors.track_of(project, today, milestones),
                selectors.gate_stands(project, today, with_checks=False),
                strict=True,
            )
        ),
        "listing": selectors.listing_stand(project, today) if _is_building(project) else None,
        "milestones": [_step(milestone, today) for milestone in milestones],
        "labels": _in_force(selectors.visible_labels(request.user), ProjectLabel, project),
        "parts": (parts := _parts(request, project)),
        "part_lights": _part_lights(parts, today),
        "may_add": zones.may(request.user, Verb.ADD, Thing.PROJECT, project.zone_id),
        "attached": selectors.attached_to(request.user, project),
        "works": list(selectors.works_of(request.user, project)),
        "may_see_works": zones.may(request.user, Verb.VIEW, Thing.WORKS, project.zone_id),
        "places": _in_force(selectors.visible_batch_places(request.user), BatchPlace, project),
        "may_see_firm": zones.may(request.user, Verb.VIEW, Thing.ENTERPRISE, project.zone_id),
        "may_see_lead": zones.may(request.user, Verb.VIEW, Thing.LEAD, project.zone_id),
        "timeline": timeline[:SHORT_TIMELINE],
        "more_history": len(timeline) > SHORT_TIMELINE,
    }


def _is_building(project: Project) -> bool:
    """Return whether a project has started: only then the windows of statistics are of interest."""
    return bool(project.stage) and Stage(project.stage).place >= Stage.STARTED.place


def _parts(request: HttpRequest, project: Project) -> selectors.PartTable | None:
    with_money = zones.may(request.user, Verb.VIEW, Thing.INVESTMENT, project.zone_id)
    return selectors.part_table(request.user, project, with_money=with_money)


def _part_lights(
    parts: selectors.PartTable | None, today: date
) -> list[tuple[selectors.PartRow, selectors.Light]]:
    """Return each part with its light."""
    if parts is None:
        return []
    lit = selectors.lights_of([row.project for row in parts.rows], today)
    return [(row, lit[row.project.pk]) for row in parts.rows]


def _step(milestone: Milestone, today: date) -> dict[str, Any]:
    late = milestone.days_late(today)
    if milestone.met_on is not None:
        light, word = (
            ("green", _("按期完成")) if late <= 0 else ("amber", _("迟 %(days)d 天完成") % {"days": late})
        )
    elif milestone.is_overdue(today):
        light, word = "red", _("已逾期 %(days)d 天") % {"days": late}
    else:
        light, word = "none", _("还有 %(days)d 天") % {"days": -late}
    return {"row": milestone, "light": light, "word": word}


def _in_force(rows: Any, model: Any, project: Project) -> Any:
    return rows.filter(project=project, pk__in=model.objects.live().filter(project=project).values("pk"))


def _money(request: HttpRequest, project: Project) -> dict[str, Any]:
    today = zones.today(project.zone)
    series = [one for kind in Investment.Kind if (one := selectors.series_of(project, kind)).months]
    plans = list(selectors.visible_annual_plans(request.user).filter(project=project))
    done = [
        (plan, *_against(project, plan.year, min(date(plan.year, 12, 31), today)))
        for plan in plans
        if not plan.is_void and not hasattr(plan, "replaced_by")
    ]
    shown = [
        {
            "series": one,
            "label": Investment.Kind(one.kind).label,
            "chart": f"money-{one.kind}",
            "option": _chart(one, project.zone),
        }
        for one in series
    ]
    return {
        "series": shown,
        "plans": sorted(done, key=lambda row: -row[0].year),
        "bonds": list(visible_bonds(request.user).filter(project=project)),
        "may_add_bond": zones.may(request.user, Verb.ADD, Thing.BOND, project.zone_id),
        "may_add_upgrade": zones.may(request.user, Verb.ADD, Thing.UPGRADE, project.zone_id),
        "reconciled": reconcile(request.user, project),
        "may_change_money": zones.may(request.user, Verb.CHANGE, Thing.INVESTMENT, project.zone_id),
        "may_void_money": zones.may(request.user, Verb.VOID, Thing.INVESTMENT, project.zone_id),
        "backing": selectors.backing_of(
            selectors.visible_investments(request.user)
            .live()
            .filter(project=project, kind=Investment.Kind.FIXED_ASSETS)
        ),
        "ledger_url": f"{reverse('investment-list')}?kind={Investment.Kind.FIXED_ASSETS}&project={project.pk}",
        "headline": _headline(project, series, done, today.year),
        "timeline": latest_first([*investment_items(request, project), *plan_items(request, project)]),
    }


def _against(project: Project, year: int, on: date) -> tuple[Completion, Decimal]:
    """Return a year's money up to a day against its plan, and what of it has no voucher, yuan."""
    bare = selectors.unverified_of(
        [project.pk], start=date(year, 1, 1), end=on, as_of=zones.now(project.zone)
    )
    return selectors.plan_completion(project, year, on=on), bare.get(project.pk, Decimal(0))


def _headline(
    project: Project,
    series: list[selectors.MoneySeries],
    plans: list[tuple[Any, Completion, Decimal]],
    year: int,
) -> str:
    fixed = next((one for one in series if one.kind == Investment.Kind.FIXED_ASSETS), None)
    if fixed is None:
        return _("还没有固定资产投资。")
    words = _("累计完成投资 %(amount)s") % {"amount": money(fixed.verified_cny, project.zone)}
    if project.total_investment_cny:
        words += _("，占总投资 %(share)s") % {
            "share": percent(fixed.verified_cny / project.total_investment_cny)
        }
    for plan, done, _bare in plans:
        if plan.year == year:
            words += _("；%(year)s 年完成年度计划的 %(share)s") % {"year": year, "share": percent(done.ratio)}
    if fixed.unverified_cny:
        words += _("；另有 %(amount)s 未核实，没有计入") % {
            "amount": money(fixed.unverified_cny, project.zone)
        }
    return words


def _chart(one: selectors.MoneySeries, zone: Zone) -> dict[str, Any]:
    """Return the option of a chart: a bar a month, and the sum so far as a line."""
    unit = money_unit(zone)

    def shown(amount: Any) -> float:
        return float(number(amount / (10**8 if unit == "亿元" else 10**4)) or 0)

    return {
        "grid": {"left": 8, "right": 8, "top": 40, "bottom": 8, "containLabel": True},
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{month.month:%Y-%m}" for month in one.months]},
        "yAxis": [
            {"type": "value", "name": unit},
            {"type": "value", "name": _("累计"), "splitLine": {"show": False}},
        ],
        "series": [
            {"type": "bar", "name": _("当月"), "data": [shown(month.amount_cny) for month in one.months]},
            {
                "type": "line",
                "name": _("累计"),
                "yAxisIndex": 1,
                "data": [shown(month.cumulative_cny) for month in one.months],
            },
        ],
    }


def _history(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Return the mixed timeline, narrowed to one line where one is asked for, and the lines with their counts."""
    found = mixed_timeline(request, project)
    counts = Counter(line for line, item in found)
    asked = asked_line(request)
    lines = [
        line for line in selectors.ServiceLine if line in selectors.SERVED or counts[line] or line is asked
    ]
    here = project_url(project, "history")
    chips = [(_("全部"), len(found), here, asked is None)]
    chips += [(str(line.label), counts[line], f"{here}&line={line.value}", line is asked) for line in lines]
    return {
        "timeline": None,
        "items": [item for line, item in found if asked is None or line is asked],
        "chips": chips,
        "asked": asked,
    }


def asked_line(request: HttpRequest) -> selectors.ServiceLine | None:
    """Return the service line that the address asks for, None for none or one that is not there."""
    said = request.GET.get("line", "")
    return selectors.ServiceLine(said) if said in selectors.ServiceLine.values else None


def _changes(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {"timeline": None, "changes": selectors.change_lines(request.user, project)}


_TABS = {
    "overview": _overview,
    "lights": lights_tab,
    "money": _money,
    "covenants": project_covenants,
    "history": _history,
    "changes": _changes,
}


@login_required
def project_add(request: HttpRequest) -> HttpResponse:
    """Enter a project, on its own or from a lead."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.ADD, Thing.PROJECT, zone)
    leads = promotion.visible_leads(actor).filter(zone=zone)
    initial: dict[str, Any] = {}
    asked = request.GET.get("lead", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        initial = ProjectAddForm.of_lead(promotion.get_lead(actor, int(asked)))
    over = request.GET.get("parent", "")
    parents = selectors.possible_parents(actor, zone)
    if over.isascii() and over.isdigit() and len(over) < 19:
        initial = ProjectAddForm.of_parent(selectors.get_project(actor, int(over)))
    form = ProjectAddForm(request.POST or None, initial=initial, zone=zone, leads=leads, parents=parents)

    def act(values: dict[str, Any]) -> str:
        return project_url(services.add_project(actor=actor, zone=zone, **values))

    return form_response(
        request,
        form,
        act,
        title=_("新增项目"),
        back=reverse("project-list"),
        done=_("已新增项目。请登记已经到达的阶段。"),
        form_key="project-add",
    )


@login_required
@require_GET
def project_parents(request: HttpRequest) -> JsonResponse:
    """Find projects that a part can be put under, by name, code or company: what the form's search box asks for."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, zone)
    rows = selectors.possible_parents(actor, zone)
    asked = request.GET.get("q", "").strip()
    if asked:
        rows = selectors.searched(rows, [zone.pk], asked)
    found = rows[:MOST_OFFERED]
    return JsonResponse(
        {"items": [{"id": each.pk, "text": each.name, "detail": each.code or each.company} for each in found]}
    )


@login_required
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of a project; when somebody else did so meanwhile, show both versions."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    form = ProjectForm(
        request.POST or None,
        initial=ProjectForm.of(project),
        zone=project.zone,
        parents=selectors.possible_parents(actor, project.zone, but=project),
        kept_sector=project.sector,
    )
    return form_response(
        request,
        form,
        lambda values: services.change_project(
            actor=actor, project=project, version=seen_version(request), **values
        ),
        title=_("修改项目"),
        back=project_url(project),
        done=_("已保存。"),
        project=project,
        version=project.version,
    )


@login_required
def project_officer(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the officer of a project, or hand it over."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    zones.require(actor, Verb.ASSIGN, Thing.PROJECT, project.zone)
    initial = {"officer": project.officer_id, "department": project.department_id}
    form = OfficerForm(request.POST or None, initial=initial, zone=project.zone)
    return form_response(
        request,
        form,
        lambda values: services.hand_over_project(actor=actor, project=project, **values),
        title=_("指定金牌店小二") if project.officer is None else _("交接项目"),
        back=project_url(project),
        done=_("已指定责任人。"),
        project=project,
        template="projects/hand_over.html",
        open_items=open_items(actor, project),
    )
