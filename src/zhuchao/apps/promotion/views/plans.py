"""Pages of the plans that place many leads at once: order one, watch it, read it, keep its units."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.selectors.jobs import how_far
from zhuchao.apps.core.services.exporting import ExportColumn, record_export, write_xlsx
from zhuchao.apps.core.wording import listed, unit_word
from zhuchao.apps.premises.selectors import longest_hold_days
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.lists import Action, Column, Kind, ListPage, list_response
from zhuchao.web.printing import exact_moment
from zhuchao.web.requests import Request, person_of, zone_of

from .. import services
from ..forms.plans import PlanForm, PlanHoldForm
from ..models import Lead, PlacingPlan, PlanRow
from ..selectors import plan_making, plans
from ..services.plans import HoldOutcome
from .matching import HOLD_DAYS
from .pages import form_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plan_url(plan: PlacingPlan) -> str:
    """Return where a plan opens."""
    return reverse("placing-plan-detail", args=[plan.pk])


def _state(plan: PlacingPlan) -> tuple[str, str, str]:
    if plan.made_at is not None:
        if plan.is_proved:
            return "proved", _("已证明最优"), "green"
        return "made", _("已算出"), "blue"
    return (
        ("waiting", str(plan.job.get_state_display()), "yellow") if plan.job else ("none", _("未算出"), "red")
    )


def _new() -> Action:
    return Action(
        gettext_lazy("发起整体匹配"),
        "placing-plan-add",
        verb="add",
        thing=Thing.PLACING,
        icon="tabler-plus",
    )


PLANS = ListPage(
    key="placing-plans",
    title=gettext_lazy("整体匹配"),
    thing=Thing.PLACING,
    columns=(
        Column("plan", gettext_lazy("方案"), str, link=plan_url, on_phone=True),
        Column("state", gettext_lazy("状态"), _state, Kind.STATE, on_phone=True),
        Column("made", gettext_lazy("计算时间"), lambda plan: plan.made_at, Kind.MOMENT, on_phone=True),
        Column("leads", gettext_lazy("参加的线索"), lambda plan: len(plan.lead_ids), Kind.NUMBER),
        Column("vacant", gettext_lazy("空置面积"), lambda plan: plan.vacant_m2, Kind.AREA),
        Column(
            "worth",
            gettext_lazy("预期效益"),
            lambda plan: plans.worth_said(plan, plan.worth) if plan.made_at else "",
        ),
        Column("gap", gettext_lazy("差距"), lambda plan: plans.gap_said(plan) if plan.made_at else ""),
        Column("by", gettext_lazy("发起人"), lambda plan: plan.ordered_by or ""),
    ),
    main_action=_new(),
    empty_sentence=gettext_lazy("还没有整体匹配。选好线索和载体，一次算出总效益最高的安排。"),
    empty_actions=(_new(),),
    exportable=False,
)


@login_required
@require_GET
def plan_list(request: Request) -> HttpResponseBase:
    """List the plans of the zone."""
    return list_response(request, PLANS, plans.plans_of(request.user, zone_of(request)))


@login_required
def plan_add(request: Request) -> HttpResponse:
    """Order a plan."""
    zone, actor = zone_of(request), person_of(request)
    zones.require(actor, Verb.ADD, Thing.PLACING, zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        sector = values.pop("sector")
        chances = {stage: values.pop(stage) for stage in plan_making.CHANCES}
        plan = services.start_plan(
            actor=actor,
            zone=zone,
            sector=sector.pk if sector else None,
            site_ids=[site.pk for site in values.pop("sites")],
            chances=chances,
            **values,
        )
        return redirect(plan_url(plan))

    usual = {"seconds": 60, "weighting": PlacingPlan.Weighting.INVESTMENT, **plan_making.CHANCES}
    return form_response(
        request,
        PlanForm(posted(request), zone=zone, actor=actor, initial=usual),
        act,
        title=_("发起整体匹配"),
        cancel_url=reverse("placing-plan-list"),
        submit_label=_("开始计算"),
        explained=_plan_said(actor, zone),
    )


def _plan_said(actor: Any, zone: Zone) -> str:
    rows = list(plan_making.open_asks(actor, zone))
    ready = len(plan_making.lead_ids_of(rows))
    return _(
        "现有 {n} 条线索可以参加：未结束、填了载体需求、还没有预留房源。"
        "必须满足的条件全部满足才安排，危险品与食品不进同一栋楼。"
    ).format(n=ready)


@login_required
@require_GET
def plan_detail(request: Request, pk: int) -> HttpResponse:
    """Show a plan: its progress while it is made, then who goes where, who got nothing and why."""
    plan = plans.get_plan(request.user, pk)
    here = plan_url(plan)
    if plan.made_at is None:
        job = plan.job
        context = {
            "plan": plan,
            "job": job,
            "far": how_far(job) if job else None,
            "here": here,
            "cancel_url": reverse("placing-plan-stop", args=[pk]) if _may(request, plan) else "",
            "cancel_label": _("停下，用现在最好的方案"),
        }
        if not request.htmx:
            return render(request, "promotion/plan_waiting.html", context)
        if job is None or job.is_over:
            return HttpResponse(headers={"HX-Redirect": here})
        return render(request, "web/parts/job.html", context)
    if request.htmx and request.htmx.target == "job":
        return HttpResponse(headers={"HX-Redirect": here})
    return _shown(request, plan)


def _shown(
    request: Request,
    plan: PlacingPlan,
    outcomes: Sequence[HoldOutcome] = (),
    form: PlanHoldForm | None = None,
) -> HttpResponse:
    rows = plans.rows_of_plan(plan)
    names = plans.lead_names(rows)
    gone = plans.no_longer_free(rows)
    lines = [_line(row, plan, names, gone) for row in rows]
    placed = [line for line in lines if line["row"].is_placed]
    may_hold = _may(request, plan) and zones.may(request.user, Verb.ADD, Thing.HOLD, plan.zone)
    can_hold = [line for line in placed if line["may_hold"]]
    context = {
        "plan": plan,
        "placed": placed,
        "without": [line for line in lines if not line["row"].is_placed],
        "placed_m2": sum(line["row"].area_m2 for line in placed),
        "worth": plans.worth_said(plan, plan.worth),
        "bound": plans.worth_said(plan, plan.bound),
        "gap": plans.gap_said(plan),
        "prices": plans.prices_of(plan),
        "bars": plans.bars_of(plan, rows),
        "is_stale": plan_making.fingerprint_of(plan) != plan.fingerprint,
        "gone": len(gone),
        "chances": [(Lead.Stage(stage).label, chance) for stage, chance in plan.chances.items()],
        "unit": plans.unit_of_worth(plan),
        "can_hold": can_hold if may_hold else [],
        "form": form or PlanHoldForm(zone=plan.zone, row_ids=[]),
        "until": form["until"].value() if form else _until(plan.zone).isoformat(),
        "outcomes": outcomes,
        "held": sum(outcome.hold is not None for outcome in outcomes),
        "may_add": zones.may(request.user, Verb.ADD, Thing.PLACING, plan.zone),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "promotion/plan_detail.html", context, status=status)


def _line(row: PlanRow, plan: PlacingPlan, names: dict[int, str], gone: set[int]) -> dict[str, Any]:
    is_held = row.hold is not None and row.hold.is_open
    return {
        "row": row,
        "units": plans.name_said(row.units),
        "ids": "-".join(map(str, row.unit_ids)),
        "worth": plans.worth_said(plan, row.worth),
        "lost": plans.worth_said(plan, row.lost) if row.lost else "",
        "why": plans.why_said(row, names),
        "unmet": plans.unmet_of(row),
        "met": plans.met_count(row),
        "is_held": is_held,
        "is_gone": not gone.isdisjoint(row.unit_ids),
        "may_hold": row.is_placed and not is_held and gone.isdisjoint(row.unit_ids) and row.lead.is_open,
    }


@login_required
@require_POST
def plan_stop(request: Request, pk: int) -> HttpResponse:
    """Stop the search of a plan; what it has found so far is kept."""
    plan = plans.get_plan(request.user, pk)
    services.stop_plan(actor=person_of(request), plan=plan)
    messages.success(request, _("已要求停下，稍后显示到那时最好的方案。"))
    return redirect(plan_url(plan))


@login_required
@require_POST
def plan_hold(request: Request, pk: int) -> HttpResponse:
    """Keep the units of a plan for its leads, all or those ticked, and tell what became of each."""
    plan = plans.get_plan(request.user, pk)
    rows = [row.pk for row in plans.rows_of_plan(plan) if row.is_placed]
    form = PlanHoldForm(request.POST, zone=plan.zone, row_ids=rows)
    if not form.is_valid():
        return _shown(request, plan, form=form)
    chosen = None if form.cleaned_data["every"] else form.cleaned_data["rows"]
    outcomes = services.hold_plan(
        actor=person_of(request), plan=plan, until=form.cleaned_data["until"], row_ids=chosen
    )
    return _shown(request, plan, outcomes)


@login_required
@require_GET
def plan_file(request: Request, pk: int) -> HttpResponseBase:
    """Send a plan as .xlsx; it is recorded."""
    plan = plans.get_plan(request.user, pk)
    if not zones.may(request.user, Verb.EXPORT, Thing.PLACING, plan.zone):
        raise NotAllowed(verb=_("导出"), thing=_("整体匹配"))
    rows = plans.rows_of_plan(plan)
    unit = unit_word(plans.unit_of_worth(plan))
    columns = [
        ExportColumn(_("线索")),
        ExportColumn(_("结果")),
        ExportColumn(_("房源")),
        ExportColumn(_("面积"), "area", "㎡"),
        ExportColumn(_("匹配得分"), "number"),
        ExportColumn(_("预期效益"), "number", unit),
        ExportColumn(_("未得到的效益"), "number", unit),
        ExportColumn(_("未满足的加分项")),
        ExportColumn(_("原因")),
    ]
    names = plans.lead_names(rows)

    def lines() -> Iterator[list[Any]]:
        for row in rows:
            yield [
                row.lead.name,
                _("已安排") if row.is_placed else _("没有安排"),
                plans.name_said(row.units),
                row.area_m2 if row.is_placed else None,
                row.score,
                row.worth if row.is_placed else None,
                row.lost or None,
                listed(plans.unmet_of(row)),
                plans.why_said(row, names),
            ]

    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write_xlsx(file, sheet=str(plan), columns=columns, rows=lines(), notes=_notes(plan))
    record_export(
        actor=person_of(request),
        scope=plan.zone_id,
        thing=plan._meta.label_lower,
        list_key=PLANS.key,
        kind="xlsx",
        count=len(rows),
        columns=[column.label for column in columns],
        query={"plan": str(plan.pk)},
    )
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{plan}.xlsx", content_type=XLSX)


def _notes(plan: PlacingPlan) -> list[str]:
    notes = [str(plan), _("辖区：%(zone)s") % {"zone": plan.zone}]
    if plan.made_at:
        notes.append(_("计算时间：%(moment)s") % {"moment": exact_moment(plan.made_at)})
    notes.append(plans.gap_said(plan))
    if plan.zone.is_demo:
        notes.append(_("示例数据 · 示例日期 %(day)s") % {"day": plan.zone.demo_day})
    return notes


def _may(request: Request, plan: PlacingPlan) -> bool:
    return zones.may(request.user, Verb.CHANGE, Thing.PLACING, plan.zone)


def _until(zone: Zone) -> date:
    today = zones.today(zone)
    return today + timedelta(days=min(HOLD_DAYS, longest_hold_days(zone, today)))
