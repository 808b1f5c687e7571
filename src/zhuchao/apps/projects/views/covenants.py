"""履约: the covenants of a zone together, those of one project, and one covenant with all that is known of it."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.attachments import evidence_response
from zhuchao.web.forms import VoidForm
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.lists.page import Text
from zhuchao.web.printing import day, number, percent
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors, services
from ..forms.agreements import FindingForm
from ..models import Agreement, Covenant, CovenantFinding, CovenantKind, CovenantState, Project, Side
from ..selectors.covenant_facts import FILED, MONEY, STAGES, firm_of
from ..selectors.covenant_totals import KindTotal, counts_of, totals_by_kind
from ..selectors.delivery import Delivery, delivery_of
from ..selectors.standings import LIGHTS, Standing, said_amount, standings_of
from .agreements import sides_of
from .agreements import state_of as agreement_state
from .covenant_words import covenant_url, letter_state, recheck_state
from .saving import form_response, project_url

SOON = (30, 90)


def shown_state(standing: Standing) -> tuple[str, str, str]:
    """Return what became of a covenant as a list shows it: value, label, colour."""
    return standing.state.value, str(standing.state.label), standing.colour


def proof_url(standing: Standing) -> str:
    """Return where the entries are seen that a standing was read from; empty where it was found on a document."""
    covenant = standing.covenant
    project = covenant.agreement.project
    if standing.finding is not None or covenant.source != Covenant.Source.LEDGER:
        return ""
    if covenant.kind in STAGES:
        return project_url(project, "history")
    if covenant.kind in MONEY:
        said = {"q": project.name, "kind": MONEY[CovenantKind(covenant.kind)].value}
        return f"{reverse('investment-list')}?{urlencode(said)}"
    firm = firm_of(covenant)
    if covenant.kind in FILED and firm is not None:
        return reverse("enterprise-detail", args=[firm])
    return next((one.url for one in standing.payments if one.url), "")


def covenant_page(standings: dict[int, Standing], departments: Iterable[tuple[str, Text]]) -> ListPage:
    """Return the list of covenants, which shows and filters by what became of each."""

    def of(show: Callable[[Standing], Any]) -> Callable[[Covenant], Any]:
        return lambda covenant: show(standings[covenant.pk])

    def in_state(rows: Any, text: str) -> Any:
        wanted = set(text.split("-"))
        return rows.filter(pk__in=[pk for pk, one in standings.items() if one.state.value in wanted])

    def due_within(rows: Any, text: str) -> Any:
        first = next(iter(standings.values()), None)
        if first is None:
            return rows
        if text == "past":
            return rows.filter(due_on__lt=first.on)
        return rows.filter(due_on__range=(first.on, first.on + timedelta(days=int(text))))

    states = [
        ("short-breached", gettext_lazy("未履约和部分履约")),
        *((state.value, state.label) for state in CovenantState),
    ]
    offered = list(departments)
    return ListPage(
        key="covenants",
        title=gettext_lazy("履约看板"),
        thing="covenant",
        columns=(
            Column("kind", gettext_lazy("约定事项"), str, link=covenant_url, on_phone=True),
            Column(
                "project",
                gettext_lazy("项目名称"),
                lambda one: one.agreement.project.name,
                link=lambda one: project_url(one.agreement.project, "covenants"),
                on_phone=True,
            ),
            Column("side", gettext_lazy("承诺方"), lambda one: one.get_side_display()),
            Column("state", gettext_lazy("状态"), of(shown_state), Kind.STATE, on_phone=True),
            Column(
                "promised",
                gettext_lazy("约定"),
                lambda one: selectors.promised(one, with_day=False) or str(one),
            ),
            Column(
                "due_on",
                gettext_lazy("期限"),
                lambda one: one.due_on,
                Kind.DATE,
                sort="due_on",
                on_phone=True,
            ),
            Column("gap", gettext_lazy("差距"), of(selectors.shortfall)),
            Column("delivered", gettext_lazy("实际"), of(selectors.delivered)),
            Column("who", gettext_lazy("责任"), _who),
            Column("agreement", gettext_lazy("协议编号"), lambda one: one.agreement.number, hidden=True),
            Column("clause", gettext_lazy("条款"), lambda one: one.clause, hidden=True),
        ),
        filters=(
            Filter("side", gettext_lazy("承诺方"), by_value("side"), lambda request: Side.choices),
            Filter("state", gettext_lazy("状态"), in_state, lambda request: states),
            Filter("kind", gettext_lazy("约定事项"), by_value("kind"), lambda request: CovenantKind.choices),
            Filter(
                "due",
                gettext_lazy("到期"),
                due_within,
                lambda request: [
                    ("past", gettext_lazy("已到期")),
                    *((str(n), gettext_lazy("%(n)d 天内到期") % {"n": n}) for n in SOON),
                ],
            ),
            Filter("department", gettext_lazy("责任单位"), by_value("department"), lambda request: offered),
            Filter("due_on", gettext_lazy("期限"), by_date_range("due_on"), kind="date_range"),
        ),
        search=_search,
        search_hint=gettext_lazy("项目名称、编号、单位，协议编号"),
        default_sort="due_on",
        tabs=(
            (gettext_lazy("全部"), ""),
            (gettext_lazy("未履约"), "state=short-breached"),
            (gettext_lazy("到期未知"), "state=unknown"),
            (gettext_lazy("企业承诺"), "side=firm"),
            (gettext_lazy("辖区承诺"), "side=zone"),
        ),
        other_actions=(
            Action(gettext_lazy("协议"), "agreement-list", "view", "covenant", "tabler-file-certificate"),
        ),
        empty_sentence=gettext_lazy("还没有已签订协议的约定。打开项目的“约定”登记协议，或导入约定台账。"),
    )


def _who(covenant: Covenant) -> str:
    if covenant.side == Side.ZONE:
        return str(covenant.department or "")
    return str(covenant.agreement.project.officer or "")


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    scopes = zones.zones_under(person_of(request), zone_of(request), Thing.PROJECT)
    found = selectors.searched(selectors.visible_projects(person_of(request)), scopes, text)
    named = found.order_by().values("pk")
    return rows.filter(agreement__project__in=named) | rows.filter(agreement__number__icontains=text)


@login_required
def covenant_list(request: HttpRequest) -> HttpResponseBase:
    """List the covenants of the zone with what became of each; above them what was promised against delivered."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.COVENANT, zone)
    rows = selectors.followed_covenants(actor, zone)
    standings = standings_of(list(rows), as_of=zones.now(zone))
    used = {one.covenant.department_id: str(one.covenant.department) for one in standings.values()}
    departments = [(str(pk), name) for pk, name in sorted(used.items(), key=lambda item: item[1]) if pk]
    totals = totals_by_kind(standings.values())
    counts = counts_of(standings.values())
    covered = selectors.coverage(zones.zones_under(actor, zone, Thing.COVENANT), as_of=zones.now(zone))
    return list_response(
        request,
        covenant_page(standings, departments),
        rows,
        template="projects/covenant_list.html",
        headline=_headline(counts),
        counts=[(state, LIGHTS[state], n) for state, n in counts.items() if n],
        totals=[_total_line(total, zone.money_unit) for total in totals],
        chart=_chart(totals),
        covered=covered,
    )


def _headline(counts: dict[CovenantState, int]) -> str:
    kept = counts[CovenantState.KEPT] + counts[CovenantState.LATE]
    red = counts[CovenantState.SHORT] + counts[CovenantState.BREACHED]
    return _("已履约 %(kept)d 条，未履约或部分履约 %(red)d 条，到期未知 %(unknown)d 条") % {
        "kept": kept,
        "red": red,
        "unknown": counts[CovenantState.UNKNOWN],
    }


def _total_line(total: KindTotal, unit: str) -> dict[str, Any]:
    return {
        "total": total,
        "label": total.kind.label,
        "side": total.side.label,
        "promised": said_amount(total.kind, total.promised, unit),
        "delivered": said_amount(total.kind, total.delivered, unit),
        "filled": percent(total.filled.ratio),
        "rate": percent(total.rate.ratio),
    }


def _chart(totals: list[KindTotal]) -> dict[str, Any] | None:
    """Return a bar for each kind that something is settled of: the part of the covenants that was kept."""
    settled = [total for total in totals if total.settled]
    if not settled:
        return None
    return {
        "grid": {"left": 24, "right": 64, "top": 8, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [str(total.kind.label) for total in settled],
        },
        "series": [
            {
                "type": "bar",
                "name": _("履约率"),
                "barMaxWidth": 22,
                "label": {"show": True, "position": "right", "formatter": "{c}%"},
                "data": [float(number((total.rate.ratio or 0) * 100) or 0).__round__(1) for total in settled],
            }
        ],
    }


@login_required
@require_GET
def covenant_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a covenant: what was promised, what was delivered, what that was read from, and what was found."""
    actor = person_of(request)
    covenant = selectors.get_covenant(actor, pk)
    agreement, zone_id = covenant.agreement, covenant.zone_id
    standing = standings_of([covenant])[covenant.pk]
    signed = not agreement.is_open
    may_void = zones.may(actor, Verb.VOID, Thing.COVENANT, zone_id)
    context: dict[str, Any] = {
        "record": covenant,
        "covenant": covenant,
        "agreement": agreement,
        "project": agreement.project,
        "standing": standing if signed else None,
        "state": shown_state(standing),
        "facts": [
            (_("项目名称"), agreement.project.name),
            (_("协议"), agreement),
            (_("条款"), covenant.clause),
            (_("承诺方"), covenant.get_side_display()),
            (_("约定内容"), covenant.said),
            (_("期限"), day(covenant.due_on)),
            (_("认定方式"), covenant.get_source_display()),
            (_("责任"), _who(covenant)),
        ],
        "promised": selectors.promised(covenant),
        "delivered": selectors.delivered(standing),
        "shortfall": selectors.shortfall(standing),
        "ratio": standing.ratio,
        "proof_url": proof_url(standing),
        "may_change": signed and zones.may(actor, Verb.CHANGE, Thing.COVENANT, zone_id),
        "may_remind": signed and standing.is_red and zones.may(actor, Verb.CHANGE, Thing.COVENANT, zone_id),
        "letters": [
            (one, letter_state(one)) for one in selectors.visible_letters(actor).filter(covenant=covenant)
        ],
        "may_edit": not signed and zones.may(actor, Verb.CHANGE, Thing.COVENANT, zone_id),
        "timeline": [
            _finding_item(entry, may_void=may_void)
            for entry in selectors.visible_findings(actor).filter(covenant=covenant)
            if not entry.is_void
        ],
    }
    return render(request, "projects/covenant_detail.html", context)


def _finding_item(entry: CovenantFinding, *, may_void: bool) -> Item:
    covenant = entry.covenant
    value = said_amount(covenant.kind, entry.value, entry.zone.money_unit)
    return entry_item(
        entry,
        what=_("%(covenant)s：%(result)s") % {"covenant": covenant, "result": entry.get_result_display()},
        detail=" · ".join(part for part in (value, entry.document_no) if part),
        here=covenant_url(covenant),
        evidence="covenant-finding-evidence",
        void_url=reverse("covenant-finding-void", args=[entry.pk]) if may_void else "",
    )


@login_required
def covenant_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was found of a covenant on a document."""
    actor = person_of(request)
    covenant = selectors.get_covenant(actor, pk)
    zones.require(actor, Verb.CHANGE, Thing.COVENANT, covenant.zone)
    may_waive = zones.may(actor, Verb.MANAGE, Thing.COVENANT, covenant.zone)
    form = FindingForm(
        request.POST or None,
        request.FILES or None,
        covenant=covenant,
        may_waive=may_waive,
        initial={"on": zones.today(covenant.zone)},
    )
    return form_response(
        request,
        form,
        lambda values: services.record_finding(actor=actor, covenant=covenant, **values),
        title=_("认定履约：%(covenant)s") % {"covenant": covenant},
        back=covenant_url(covenant),
        done=_("已登记认定。"),
        project=covenant.agreement.project,
        evidence_scope=covenant.zone_id,
    )


@login_required
def finding_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a finding, with the reason."""
    actor = person_of(request)
    finding = selectors.get_finding(actor, pk)
    zones.require(actor, Verb.VOID, Thing.COVENANT, finding.zone)
    return form_response(
        request,
        VoidForm(request.POST or None),
        lambda values: services.void_finding(actor=actor, finding=finding, **values),
        title=_("作废认定"),
        back=covenant_url(finding.covenant_id),
        done=_("已作废。原条目保留在时间线中。"),
        project=finding.covenant.agreement.project,
        dangerous=True,
        submit_label=_("作废"),
    )


@login_required
@require_GET
def finding_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Answer with the document behind a finding."""
    return evidence_response(selectors.get_finding(person_of(request), pk))


def project_covenants(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Return what the tab of a project shows: its agreements, both sides' covenants, and what was found of them."""
    actor = person_of(request)
    agreements = list(selectors.visible_agreements(actor).filter(project=project).order_by("-pk"))
    covenants = selectors.covenants_of(actor, project)
    found = standings_of(covenants)
    may_void = zones.may(actor, Verb.VOID, Thing.COVENANT, project.zone_id)
    findings = selectors.visible_findings(actor).filter(covenant__agreement__project=project)
    items = [_finding_item(entry, may_void=may_void) for entry in findings if not entry.is_void]
    items += [_signed_item(one) for one in agreements if one.signed_on]
    return {
        "agreements": [(one, agreement_state(one)) for one in agreements],
        "sides": sides_of(covenants, found),
        "has_covenants": bool(covenants),
        "counts": [(state, LIGHTS[state], n) for state, n in counts_of(found.values()).items() if n],
        "delivery": _delivery(project) if covenants else None,
        "rechecks": [
            (one, recheck_state(one))
            for one in selectors.visible_rechecks(actor).filter(project=project).order_by("-held_on", "-pk")
        ],
        "may_add_covenant": zones.may(actor, Verb.ADD, Thing.COVENANT, project.zone_id),
        "timeline": sorted(items, key=lambda item: str(item.happened_on), reverse=True),
    }


def _delivery(project: Project) -> Delivery | None:
    """Return whether the promised output is reached, None where none is promised."""
    found = delivery_of(project, on=zones.today(project.zone))
    return found if found.outputs else None


def _signed_item(agreement: Agreement) -> Item:
    return Item(
        moment=None,
        happened_on=agreement.signed_on,
        who="",
        what=_("签订%(agreement)s") % {"agreement": agreement},
        detail=agreement.parties,
        url=reverse("agreement-detail", args=[agreement.pk]),
    )
