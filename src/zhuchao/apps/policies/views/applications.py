"""申报台账 and one application: its state, documents, steps, and what can be done next."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_date_range, by_value, list_response
from zhuchao.web.printing import day, money
from zhuchao.web.requests import person_of, zone_of
from zhuchao.web.timeline import Item, entry_item

from .. import selectors
from ..models import Application, ApplicationState, ApplicationStep, DeliveryTerms
from ..selectors import applications, payments
from ..selectors.terms import why_not_reviewed

COLOURS = {
    ApplicationState.DRAFT: "secondary",
    ApplicationState.SUBMITTED: "blue",
    ApplicationState.RETURNED: "yellow",
    ApplicationState.ACCEPTED: "azure",
    ApplicationState.APPROVED: "green",
    ApplicationState.REJECTED: "red",
    ApplicationState.OBJECTED: "orange",
    ApplicationState.WITHDRAWN: "secondary",
}


def application_url(pk: int) -> str:
    """Return the address of an application's page."""
    return reverse("application-detail", args=[pk])


def state_of(application: Application) -> tuple[str, str, str]:
    """Return where an application stands as a list shows it: value, label, colour."""
    state = ApplicationState(application.state)
    return state.value, str(state.label), COLOURS[state]


def _search(request: HttpRequest, rows: Any, text: str) -> Any:
    scopes = zones.zones_under(person_of(request), zone_of(request), Thing.APPLICATION)
    return applications.searched_applications(rows, scopes, text)


def _policies(request: HttpRequest) -> list[tuple[str, str]]:
    rows = applications.listed_applications(person_of(request), zone_of(request)).order_by("policy__title")
    return [(str(pk), title) for pk, title in rows.values_list("policy_id", "policy__title").distinct()]


APPLICATIONS = ListPage(
    key="policy-applications",
    title=_("申报台账"),
    thing="application",
    columns=(
        Column(
            "number", _("申报编号"), lambda a: a.number, link=lambda a: application_url(a.pk), sort="number"
        ),
        Column(
            "firm",
            _("企业"),
            lambda a: a.enterprise.name,
            link=lambda a: application_url(a.pk),
            on_phone=True,
        ),
        Column(
            "policy",
            _("政策"),
            lambda a: a.policy.title,
            link=lambda a: reverse("policy-detail", args=[a.policy_id]),
            on_phone=True,
        ),
        Column("state", _("状态"), state_of, Kind.STATE, on_phone=True),
        Column("due", _("期限"), lambda a: a.due_on, Kind.DATE, sort="due_on"),
        Column("requested", _("申请金额"), lambda a: a.requested_cny, Kind.MONEY, total="requested_cny"),
        Column("granted", _("核定金额"), lambda a: a.granted_cny, Kind.MONEY, total="granted_cny"),
        Column("submitted", _("提交日期"), lambda a: a.submitted_on, Kind.DATE, sort="submitted_on"),
        Column("since", _("状态起"), lambda a: a.state_since, Kind.DATE, sort="state_since"),
        Column("way", _("兑现方式"), lambda a: a.get_way_display()),
        Column("project", _("项目"), lambda a: a.project or "", hidden=True),
        Column("prepared", _("经办人"), lambda a: a.prepared_by or "", hidden=True),
        Column("decided", _("决定人"), lambda a: a.decided_by or "", hidden=True),
        Column("contact", _("联系人"), lambda a: a.contact, hidden=True),
    ),
    filters=(
        Filter("state", _("状态"), by_value("state"), lambda request: ApplicationState.choices),
        Filter("policy", _("政策"), by_value("policy_id"), _policies),
        Filter("way", _("兑现方式"), by_value("way"), lambda request: DeliveryTerms.Mode.choices),
        Filter("submitted", _("提交日期"), by_date_range("submitted_on"), kind="date_range"),
    ),
    search=_search,
    search_hint=_("企业、政策、申报编号"),
    default_sort="-state_since",
    tabs=(
        (_("全部"), ""),
        (_("待受理"), "state=submitted"),
        (_("待决定"), "state=accepted"),
        (_("退回补正"), "state=returned"),
        (_("异议处理中"), "state=objected"),
    ),
    empty_sentence=_("还没有申报。打开一项可申报的政策，点“代企业申报”；或导入申报台账。"),
)


@login_required
def application_list(request: HttpRequest) -> HttpResponseBase:
    """List the applications of the zone."""
    actor, zone = person_of(request), zone_of(request)
    zones.require(actor, Verb.VIEW, Thing.APPLICATION, zone)
    return list_response(request, APPLICATIONS, applications.listed_applications(actor, zone))


@login_required
@require_GET
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application: where it stands, what can be done, its documents and every step."""
    actor = person_of(request)
    application = applications.get_application(actor, pk)
    today = zones.today(application.zone)
    may_see_documents = zones.may(actor, Verb.VIEW, Thing.FIRM_DOCUMENT, application.zone_id)
    uses = list(applications.uses_of(actor, application)) if may_see_documents else []
    is_open = application.state in (ApplicationState.DRAFT, ApplicationState.RETURNED)
    context = {
        "record": application,
        "application": application,
        "state": state_of(application),
        "facts": _facts(application),
        "clauses": selectors.clauses_of(application.version_of),
        "materials": applications.materials_of(actor, application, today)
        if may_see_documents and is_open
        else [],
        "uses": uses,
        "spared": sum(not use.came_with for use in uses),
        "may_add_documents": zones.may(actor, Verb.ADD, Thing.FIRM_DOCUMENT, application.zone_id),
        "unreviewed": why_not_reviewed(application.version_of),
        "verbs": _verbs(actor, application),
        "timeline": _timeline(application),
        **_payments(actor, application),
    }
    return render(request, "policies/application_detail.html", context)


def _payments(actor: User, application: Application) -> dict[str, Any]:
    """Return the schedule of a grant and what this person may do with it."""
    here = application.zone_id
    if not zones.may(actor, Verb.VIEW, Thing.PAYMENT, here) or application.granted_cny is None:
        return {"may_see_payments": False}
    schedule = [(due, payments.accepted_for(due.instalment)) for due in payments.schedule_of(application)]
    has_begun = any(due.is_paid or due.instalment.batch_id or accepted for due, accepted in schedule)
    is_approved = application.state == ApplicationState.APPROVED
    return {
        "may_see_payments": True,
        "schedule": schedule,
        "paid_share": payments.paid_share(application),
        "may_schedule": zones.may(actor, Verb.ADD, Thing.PAYMENT, here) and is_approved and not has_begun,
        "may_accept": zones.may(actor, Verb.CHANGE, Thing.PAYMENT, here),
        "may_void_evidence": zones.may(actor, Verb.VOID, Thing.PAYMENT, here),
    }


def _facts(application: Application) -> list[tuple[str, Any]]:
    zone = application.zone
    facts: list[tuple[str, Any]] = [
        (gettext("申报编号"), application.number),
        (gettext("兑现方式"), application.get_way_display()),
        (gettext("申请金额"), money(application.requested_cny, zone)),
        (gettext("核定金额"), money(application.granted_cny, zone)),
        (gettext("提交日期"), day(application.submitted_on)),
        (_due_label(application), day(application.due_on)),
        (gettext("联系人"), application.contact),
        (gettext("收款账户"), application.account),
        (gettext("经办人"), application.prepared_by),
        (gettext("决定人"), application.decided_by),
        (gettext("说明"), application.note),
    ]
    return facts


def _due_label(application: Application) -> str:
    if application.state == ApplicationState.RETURNED:
        return gettext("补正期限")
    return gettext("答复期限") if application.state == ApplicationState.OBJECTED else gettext("异议截止")


def _verbs(actor: User, application: Application) -> list[tuple[str, str, str, bool]]:
    """Return (address, words, icon, is main) of what this person can do next."""
    pk, here = application.pk, application.zone_id
    state = ApplicationState(application.state)
    may_add, may_change, may_decide = (
        zones.may(actor, verb, Thing.APPLICATION, here) for verb in (Verb.ADD, Verb.CHANGE, Verb.MANAGE)
    )
    prepared = actor.pk in applications.preparers_of(application)
    found: list[tuple[str, str, str, bool]] = []

    def offer(name: str, words: str, icon: str, *, is_main: bool = False) -> None:
        found.append((reverse(f"application-{name}", args=[pk]), words, icon, is_main))

    if state in (ApplicationState.DRAFT, ApplicationState.RETURNED):
        if may_add:
            offer("submit", gettext("提交"), "tabler-send", is_main=True)
        if may_change:
            offer("edit", gettext("修改"), "tabler-edit")
    if state == ApplicationState.SUBMITTED and may_change:
        offer("accept", gettext("受理"), "tabler-check", is_main=True)
        offer("return", gettext("退回补正"), "tabler-arrow-back-up")
    if state == ApplicationState.ACCEPTED and may_decide and not prepared:
        offer("decide", gettext("作出决定"), "tabler-gavel", is_main=True)
    if application.is_decided and may_add and _may_object(application):
        offer("object", gettext("登记异议"), "tabler-message-exclamation")
    answers = may_decide and not prepared and application.decided_by_id != actor.pk
    if state == ApplicationState.OBJECTED and answers:
        offer("answer", gettext("答复异议"), "tabler-message-check", is_main=True)
    if may_add and state in (
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
        ApplicationState.RETURNED,
        ApplicationState.ACCEPTED,
    ):
        offer("withdraw", gettext("撤回申报"), "tabler-x")
    may_take_back = zones.may(actor, Verb.VOID, Thing.APPLICATION, here) and not _is_paid(application)
    if state != ApplicationState.DRAFT and may_take_back:
        offer("take-back", gettext("退回上一步"), "tabler-rotate-2")
    return found


def _is_paid(application: Application) -> bool:
    """Return whether money is under way, so that the decision stands."""
    return any(due.is_paid or due.instalment.batch_id for due in payments.schedule_of(application))


def _may_object(application: Application) -> bool:
    return application.due_on is not None and zones.today(application.zone) <= application.due_on


def _timeline(application: Application) -> list[Item]:
    here = application_url(application.pk)
    return [
        entry_item(step, what=step.get_kind_display(), detail=_detail(step, application), here=here)
        for step in applications.steps_of(application)
    ]


def _detail(step: ApplicationStep, application: Application) -> str:
    parts = [str(step.officer)] if step.officer and step.officer_id != step.recorded_by_id else []
    if step.amount_cny is not None:
        parts.append(gettext("核定 %(amount)s") % {"amount": money(step.amount_cny, application.zone)})
    if step.due_on is not None and step.due_on >= step.happened_on:
        parts.append(gettext("期限 %(day)s") % {"day": step.due_on.isoformat()})
    return clauses(parts)
