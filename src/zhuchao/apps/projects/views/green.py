"""Pages of the green channel: the requests, one of them, how it is used."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.wording import labelled
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.printing import day
from zhuchao.web.requests import person_of, zone_of

from ..forms.green import GreenDecisionForm, GreenEndForm, GreenForm
from ..selectors import get_project, green
from ..selectors.green import GreenState
from ..services import green as verbs
from .periods import period_of
from .saving import form_response, project_url

COLOURS = {
    GreenState.WAITING: "orange",
    GreenState.GRANTED: "green",
    GreenState.EXPIRED: "secondary",
    GreenState.REFUSED: "red",
    GreenState.TAKEN_BACK: "red",
    GreenState.LAPSED: "secondary",
}

REQUESTS = ListPage(
    key="green",
    title=_("绿色通道"),
    thing="green",
    columns=(
        Column(
            "day",
            _("申请日期"),
            lambda entry: entry.happened_on,
            Kind.DATE,
            sort="happened_on",
            link=lambda entry: reverse("green-detail", args=[entry.pk]),
            on_phone=True,
        ),
        Column(
            "project",
            _("项目名称"),
            lambda entry: entry.project.name,
            link=lambda entry: reverse("project-detail", args=[entry.project_id]),
            on_phone=True,
        ),
        Column("expedited", _("加快办理事项"), lambda entry: entry.expedited),
        Column("why", _("申请理由"), lambda entry: entry.why),
        Column("by", _("申请人"), lambda entry: entry.recorded_by or _("系统")),
        Column("decided", _("审批日期"), lambda entry: entry.decided_on, Kind.DATE),
        Column("until", _("有效期至"), lambda entry: entry.until, Kind.DATE),
    ),
    default_sort="-happened_on",
    search=lambda request, rows, text: (
        rows.filter(project__name__icontains=text) | rows.filter(expedited__icontains=text)
    ),
    search_hint=_("项目名称、加快办理事项"),
    tabs=((_("全部"), ""), (_("待审批"), "state=waiting"), (_("绿色通道中"), "state=granted")),
    other_actions=(Action(_("使用情况"), "green-use", "view", "green", "tabler-chart-bar"),),
    empty_sentence=_("还没有绿色通道申请。打开项目，点“绿色通道”申请。"),
)


def _state(state: GreenState) -> tuple[str, str, str]:
    return state.value, str(state.label), COLOURS[state]


@login_required
def green_list(request: HttpRequest) -> HttpResponseBase:
    """List the requests for the green channel."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.GREEN, zone)
    on = zones.today(zone)
    rows = green.listed_requests(actor, zone)
    state = Column(
        "state", _("状态"), lambda entry: _state(green.listed_state(entry, on)), Kind.STATE, on_phone=True
    )
    filters = (
        Filter(
            "state",
            _("状态"),
            lambda rows, text: green.in_state(rows, text, on),
            lambda request: GreenState.choices,
        ),
        Filter(
            "by",
            _("申请人"),
            by_value("recorded_by"),
            lambda request: [
                (str(pk), name or str(pk))
                for pk, name in rows.order_by("recorded_by__display_name")
                .values_list("recorded_by", "recorded_by__display_name")
                .distinct()
                if pk is not None
            ],
        ),
        Filter("day", _("申请日期"), by_date_range("happened_on"), kind="date_range"),
    )
    columns = (*REQUESTS.columns[:2], state, *REQUESTS.columns[2:])
    return list_response(request, replace(REQUESTS, columns=columns, filters=filters), rows)


@login_required
@require_GET
def green_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request: what is to be expedited and why, and what was decided."""
    actor = person_of(request)
    entry = green.get_request(actor, pk)
    decision = green.decision_of(entry)
    withdrawn = entry.is_void or getattr(entry, "replaced_by", None) is not None
    state = green.state_of(entry, decision, zones.today(entry.zone))
    decides = zones.may(actor, Verb.MANAGE, Thing.GREEN, entry.zone_id)
    waits, holds = state is GreenState.WAITING, state is GreenState.GRANTED
    context: dict[str, Any] = {
        "record": entry,
        "entry": entry,
        "project": entry.project,
        "decision": decision,
        "withdrawn": withdrawn,
        "state": _state(state),
        "facts": [
            (_("项目名称"), entry.project.name),
            (_("加快办理事项"), entry.expedited),
            (_("申请理由"), entry.why),
            (_("申请人"), entry.recorded_by),
            (_("申请日期"), day(entry.happened_on)),
            (_("有效期至"), day(entry.until)),
        ],
        "may_decide": not withdrawn and waits and decides and entry.recorded_by_id != actor.pk,
        "may_end": not withdrawn
        and ((holds and decides) or (waits and zones.may(actor, Verb.ADD, Thing.GREEN, entry.zone_id))),
        "timeline": None,
    }
    return render(request, "projects/green_detail.html", context)


@login_required
def green_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a project be expedited."""
    actor = person_of(request)
    project = get_project(actor, pk)
    zones.require(actor, Verb.ADD, Thing.GREEN, project.zone)

    def act(values: dict[str, Any]) -> str:
        return reverse("green-detail", args=[verbs.ask_green(actor=actor, project=project, **values).pk])

    return form_response(
        request,
        GreenForm(posted(request)),
        act,
        title=labelled(gettext("申请绿色通道"), project.name),
        back=project_url(project),
        done=gettext("已提交申请，由另一人审批。"),
        project=project,
        submit_label=gettext("提交申请"),
        form_key=f"green-{project.pk}",
    )


@login_required
def green_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or refuse a request as a second person."""
    actor = person_of(request)
    entry = green.get_request(actor, pk)
    zones.require(actor, Verb.MANAGE, Thing.GREEN, entry.zone)
    return form_response(
        request,
        GreenDecisionForm(posted(request)),
        lambda values: verbs.decide_green(actor=actor, entry=entry, **values),
        title=labelled(gettext("审批绿色通道"), entry.project.name),
        back=reverse("green-detail", args=[entry.pk]),
        done=gettext("已审批。"),
        project=entry.project,
    )


@login_required
def green_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a request, or take back what was granted."""
    actor = person_of(request)
    entry = green.get_request(actor, pk)
    zones.require(actor, Verb.ADD, Thing.GREEN, entry.zone) if green.decision_of(
        entry
    ) is None else zones.require(actor, Verb.MANAGE, Thing.GREEN, entry.zone)
    return form_response(
        request,
        GreenEndForm(posted(request)),
        lambda values: verbs.end_green(actor=actor, entry=entry, **values),
        title=labelled(gettext("结束绿色通道"), entry.project.name),
        back=reverse("green-detail", args=[entry.pk]),
        done=gettext("已结束。原条目保留在时间线中。"),
        project=entry.project,
        dangerous=True,
        submit_label=gettext("结束"),
    )


@login_required
@require_GET
def green_use(request: HttpRequest) -> HttpResponse:
    """Show how the green channel is used: by whom how often, and what came of it."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.GREEN, zone)
    on = zones.today(zone)
    start, end = period_of(request, on)
    uses = green.use_of(actor, zone, start, end, on)
    listing = reverse("green-list")
    rows = [
        {
            "use": use,
            "url": f"{listing}?{urlencode({'by': use.person.pk if use.person else '', 'day': f'{start}..{end}'})}",
        }
        for use in uses
    ]
    totals = {
        name: sum(len(getattr(use, name)) for use in uses)
        for name in ("asked", "granted", "refused", "taken_back", "expired", "unmoved")
    }
    context = {
        "rows": rows,
        "totals": totals,
        "start": start,
        "end": end,
        "unmoved": [one for use in uses for one in use.unmoved],
    }
    return render(request, "projects/green_use.html", context)
