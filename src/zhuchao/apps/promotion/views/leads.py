"""Pages of leads."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from zhuchao.apps.core.wording import labelled, remarks
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import seen_version
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_date_range,
    by_text,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms import AssignForm, LeadAddForm, LeadForm
from ..models import Lead
from ..selectors.related import related_to
from .lead_parts import lead_parts
from .pages import form_response

FORM = "promotion/lead_form.html"
STAGE_COLOURS = {
    Lead.Stage.FOUND: "blue",
    Lead.Stage.TALKING: "azure",
    Lead.Stage.AGREEING: "yellow",
    Lead.Stage.SIGNED: "green",
    Lead.Stage.LOST: "secondary",
    Lead.Stage.PAUSED: "orange",
    Lead.Stage.MOVED: "secondary",
}


def lead_url(lead: Lead) -> str:
    """Return where a lead opens."""
    return reverse("lead-detail", args=[lead.pk])


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, zone_of(request), Thing.LEAD)


COLUMNS = (
    Column(
        "name", gettext_lazy("项目名称"), lambda lead: lead.name, sort="name", link=lead_url, on_phone=True
    ),
    Column(
        "stage",
        gettext_lazy("阶段"),
        lambda lead: (lead.stage, lead.get_stage_display(), STAGE_COLOURS[lead.stage]),
        Kind.STATE,
        on_phone=True,
    ),
    Column("since", gettext_lazy("阶段起"), lambda lead: lead.stage_since, Kind.DATE, hidden=True),
    Column("sector", gettext_lazy("产业领域"), lambda lead: lead.sector),
    Column("investor", gettext_lazy("投资方"), lambda lead: lead.investor),
    Column(
        "planned",
        gettext_lazy("计划总投资"),
        lambda lead: lead.planned_investment_cny,
        Kind.MONEY,
        total="planned_investment_cny",
    ),
    Column("source", gettext_lazy("线索来源"), lambda lead: lead.get_source_display(), hidden=True),
    Column("region", gettext_lazy("来源地"), lambda lead: lead.source_region, hidden=True),
    Column("owner", gettext_lazy("责任人"), lambda lead: lead.owner),
    Column("department", gettext_lazy("责任单位"), lambda lead: lead.department, hidden=True),
    Column("next", gettext_lazy("下一步"), lambda lead: lead.next_action),
    Column(
        "next_on",
        gettext_lazy("下一步日期"),
        lambda lead: lead.next_action_on,
        Kind.DATE,
        sort="next_action_on",
        on_phone=True,
    ),
    Column("found_on", gettext_lazy("获得日期"), lambda lead: lead.found_on, Kind.DATE, hidden=True),
)


def _lead_page(request: HttpRequest, on: date) -> ListPage:
    """Return the list as it is for this person today: whose are mine, and what is due."""
    zone, me = zone_of(request), person_of(request)

    def due(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        open_rows = rows.exclude(stage__in=selectors.CLOSED)
        if text == "overdue":
            return open_rows.filter(next_action_on__lt=on)
        if text == "dormant":
            return rows.filter(
                pk__in=[one.lead.pk for one in selectors.dormant_leads(open_rows.order_by(), on)]
            )
        if text == "soon":
            return open_rows.filter(next_action_on__range=(on, on + timedelta(days=7)))
        return open_rows.filter(next_action_on__isnull=True)

    def sectors(request: HttpRequest) -> list[tuple[str, str]]:
        rows = zones.sectors.sectors_on(zone, on)
        return [(str(pk), name) for pk, name in rows.values_list("pk", "name")] + [("-", _("未填"))]

    def owners(request: HttpRequest) -> list[tuple[str, str]]:
        people = {str(person.pk): str(person) for person in zones.people.officers_of(zone)}
        return [*({str(me.pk): str(me)} | people).items(), ("-", _("无责任人"))]

    return ListPage(
        key="leads",
        title=gettext_lazy("线索"),
        thing="lead",
        columns=COLUMNS,
        filters=(
            Filter(
                "stage", gettext_lazy("阶段"), by_value("stage"), choices=lambda request: Lead.Stage.choices
            ),
            Filter("sector", gettext_lazy("产业领域"), by_value("sector_id"), choices=sectors),
            Filter(
                "source",
                gettext_lazy("线索来源"),
                by_value("source"),
                choices=lambda request: Lead.Source.choices,
            ),
            Filter("owner", gettext_lazy("责任人"), by_value("owner_id"), choices=owners),
            Filter(
                "due",
                gettext_lazy("跟进"),
                due,
                choices=lambda request: [
                    ("overdue", _("逾期")),
                    ("soon", _("本周")),
                    ("none", _("没有下一步")),
                    ("dormant", _("久未跟进")),
                ],
            ),
            Filter("region", gettext_lazy("来源地"), by_text("source_region"), kind="text"),
            Filter(
                "reached",
                gettext_lazy("走到过"),
                selectors.reached,
                choices=lambda request: [(step.value, step.label) for step in selectors.STEPS],
            ),
            Filter("found", gettext_lazy("获得日期"), by_date_range("found_on"), kind="date_range"),
            Filter("brought_by", gettext_lazy("推荐企业"), by_text("source_enterprise__name"), kind="text"),
        ),
        search=lambda request, rows, text: selectors.search_leads(rows, _scopes(request), text),
        search_hint=gettext_lazy("项目、投资方、信用代码、责任人"),
        default_sort="next_action_on",
        row_verbs=(
            RowVerb(
                "stage",
                gettext_lazy("变更阶段"),
                lambda lead: reverse("lead-stage", args=[lead.pk]),
                "tabler-arrow-right",
                "change",
                "lead",
            ),
        ),
        main_action=Action(gettext_lazy("新增线索"), "lead-add", "add", "lead", "tabler-plus"),
        other_actions=(
            Action(gettext_lazy("看板"), "lead-board", "view", "lead", "tabler-layout-kanban"),
            Action(gettext_lazy("转化漏斗"), "lead-funnel", "view", "lead", "tabler-filter"),
            Action(gettext_lazy("公海"), "lead-commons", "view", "lead", "tabler-inbox"),
            Action(gettext_lazy("跨园区转介"), "referral-list", "view", "lead", "tabler-switch-horizontal"),
            Action(gettext_lazy("是否在谈"), "talks-check", "add", "lead", "tabler-search"),
            Action(gettext_lazy("共享池"), "lead-pool", "view", "lead", "tabler-share"),
        ),
        empty_sentence=gettext_lazy("还没有线索。导入线索台账，或新增第一条线索。"),
        empty_actions=(Action(gettext_lazy("新增线索"), "lead-add", "add", "lead", "tabler-plus"),),
        tabs=(
            (gettext_lazy("全部"), ""),
            (gettext_lazy("我的"), f"owner={me.pk}"),
            (gettext_lazy("逾期"), "due=overdue"),
            (gettext_lazy("本周"), "due=soon"),
            (gettext_lazy("没有下一步"), "due=none"),
            (gettext_lazy("久未跟进"), "due=dormant"),
        ),
    )


POOL = ListPage(
    key="lead-pool",
    title=gettext_lazy("共享池"),
    thing="lead",
    columns=(
        COLUMNS[0],
        Column("zone", gettext_lazy("来自"), lambda lead: lead.zone.short_name, on_phone=True),
        Column("alliance", gettext_lazy("联盟"), lambda lead: lead.alliance),
        *COLUMNS[1:],
    ),
    filters=(
        Filter("stage", gettext_lazy("阶段"), by_value("stage"), choices=lambda request: Lead.Stage.choices),
    ),
    default_sort="name",
    empty_sentence=gettext_lazy("联盟的其他成员还没有共享线索。"),
    exportable=False,
)


@login_required
def lead_list(request: HttpRequest) -> HttpResponseBase:
    """List the leads of the zone, what is due first."""
    page = _lead_page(request, zones.today(zone_of(request)))
    return list_response(request, page, selectors.leads_of(request.user, zone_of(request)))


@login_required
def lead_pool(request: HttpRequest) -> HttpResponseBase:
    """List what other zones share with an alliance of this one."""
    return list_response(request, POOL, selectors.pool_of(request.user, zone_of(request)))


@login_required
def lead_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lead, the stages it passed, and the activities that met it."""
    lead = selectors.get_lead(request.user, pk)
    is_ours = bool(zones.roles_of(request.user, lead.zone_id))
    moves = services.ALLOWED_MOVES[lead.stage] if is_ours else ()
    return render(
        request,
        "promotion/lead_detail.html",
        {
            "record": lead,
            "lead": lead,
            "is_ours": is_ours,
            "colour": STAGE_COLOURS[Lead.Stage(lead.stage)],
            "is_overdue": lead.is_open
            and lead.next_action_on is not None
            and lead.next_action_on < zones.today(lead.zone),
            "moves": moves,
            "dormant": next(
                iter(selectors.dormant_leads(Lead.objects.filter(pk=lead.pk), zones.today(lead.zone))), None
            ),
            "pool_moves": selectors.pool_moves_of(lead) if is_ours else (),
            **(_credit(request, lead) if is_ours else {}),
            "score": selectors.score_of(request.user, lead) if is_ours else None,
            "gaps": selectors.missing_facts(lead, lead.stage) if is_ours else (),
            "chain": _chain(lead) if is_ours else (),
            "led_to": selectors.leads_of(request.user, lead.zone).filter(source_lead=lead)[:20]
            if is_ours
            else (),
            "facts": [
                (_("投资方"), lead.investor),
                (_("产业领域"), lead.sector),
                (_("责任人"), lead.owner),
                (_("责任单位"), lead.department),
                (_("线索来源"), lead.get_source_display()),
            ],
            "activities": selectors.activities_of_lead(request.user, lead)[:20],
            "related": related_to(person_of(request), lead),
            "timeline": _timeline(request, lead, is_ours),
            **lead_parts(request, lead),
        },
    )


def _credit(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    """Return what the page says of first contact, disputes, shares of credit and referrals of a lead."""
    contacts = list(selectors.first_contacts_of(lead))
    return {
        "first": contacts[0] if contacts else None,
        "former": contacts[1:],
        "credit": selectors.credit_of(lead),
        "disputes": selectors.visible_disputes(request.user).filter(lead=lead),
        "referrals": selectors.visible_referrals(request.user).filter(lead=lead),
        "may_claim_first": zones.may(request.user, Verb.ADD, Thing.LEAD, lead.zone_id),
    }


@dataclass(frozen=True)
class Link:
    """One step of the way a lead came: its name, and where it opens."""

    name: str
    url: str = ""


def _chain(lead: Lead) -> list[Link]:
    """Return through whom a lead came, the nearest first."""
    steps: list[Link] = []
    for one in (lead, *selectors.source_chain(lead)):
        if one != lead:
            steps.append(Link(one.name, lead_url(one)))
        if one.source_enterprise is not None:
            firm = one.source_enterprise
            steps.append(Link(firm.name, reverse("enterprise-detail", args=[firm.pk])))
    return steps


def _timeline(request: HttpRequest, lead: Lead, is_ours: bool) -> list[Item]:
    may_correct = is_ours and request.may("change", "lead")  # type: ignore[attr-defined]
    may_void = is_ours and request.may("void", "lead")  # type: ignore[attr-defined]
    rows = selectors.visible_lead_stages(request.user).filter(lead=lead, is_void=False)
    return [
        entry_item(
            entry,
            what=entry.get_stage_display(),
            detail=remarks(
                (
                    str(entry.sector or ""),
                    labelled(_("越过关口"), entry.override_reason) if entry.override_reason else "",
                )
            ),
            here=lead_url(lead),
            evidence="lead-stage-evidence" if is_ours else "",
            correct_url=reverse("lead-stage-correct", args=[entry.pk]) if may_correct else "",
            void_url=reverse("lead-stage-void", args=[entry.pk]) if may_void else "",
        )
        for entry in selectors.in_order(rows)
    ]


@login_required
def lead_add(request: HttpRequest) -> HttpResponse:
    """Enter a lead."""
    zone, me = zone_of(request), person_of(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        lead = services.add_lead(actor=me, zone=zone, **values)
        messages.success(request, _("已新增线索“%(name)s”。") % {"name": lead})
        return redirect("lead-detail", pk=lead.pk)

    form = LeadAddForm(
        request.POST or None, zone=zone, initial={"found_on": zones.today(zone), "owner": me.pk}
    )
    return form_response(
        request,
        form,
        act,
        title=_("新增线索"),
        cancel_url=reverse("lead-list"),
        form_key="lead-add",
        template=FORM,
    )


@login_required
def lead_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the facts of a lead."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_lead(actor=person_of(request), lead=lead, version=seen_version(request), **values)
        return done(request, lead, _("已保存。"))

    form = LeadForm(request.POST or None, zone=lead.zone, initial=LeadForm.of(lead))
    return form_response(
        request,
        form,
        act,
        title=_("修改线索"),
        cancel_url=lead_url(lead),
        version=lead.version,
        lead=lead,
        template=FORM,
    )


@login_required
@require_safe
def lead_alike(request: HttpRequest) -> HttpResponse:
    """Show, while a lead is typed, what may be the same one; nothing is said while there is no name."""
    said = {name: request.GET.get(name, "").strip()[:120] for name in ("name", "investor", "credit_code")}
    itself = request.GET.get("lead", "")
    zone, exclude = zone_of(request), []
    if itself.isdecimal():
        lead = selectors.get_lead_to_change(request.user, int(itself))
        zone, exclude = lead.zone, [lead.pk]
    else:
        zones.require(person_of(request), Verb.ADD, Thing.LEAD, zone)
    found: dict[str, Any] = {}
    if said["name"] or said["investor"]:
        asked = {"zone_id": zone.pk, "exclude": exclude, **said}
        found = {
            "same": selectors.find_duplicate_leads(**asked),
            "similar": selectors.find_similar_leads(**asked),
        }
    return render(request, f"{FORM}#alike", found)


@login_required
def lead_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Make somebody answer for a lead."""
    lead = selectors.get_lead_to_change(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.assign_lead(actor=person_of(request), lead=lead, **values)
        return done(request, lead, _("已交由%(name)s负责。") % {"name": values["owner"]})

    initial = {"owner": lead.owner_id, "department": lead.department_id}
    form = AssignForm(request.POST or None, zone=lead.zone, initial=initial)
    return form_response(request, form, act, title=_("指派线索"), cancel_url=lead_url(lead), lead=lead)


def done(request: HttpRequest, lead: Lead, sentence: str) -> HttpResponse:
    """Say what was done and go back to the lead."""
    messages.success(request, sentence)
    return redirect("lead-detail", pk=lead.pk)
