"""The steps of an application after its draft: submitted, returned, accepted, decided, objected to, withdrawn."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import add_entry, record_change, save_record, void_entry
from zhuchao.apps.core.services.calendar import working_days_after
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import DocumentConsent
from zhuchao.apps.enterprises.selectors import family_ids
from zhuchao.apps.enterprises.selectors.vault import consent_for
from zhuchao.apps.enterprises.services.document_uses import give_consent, use_document
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import DeciderPrepared, DocumentsMissing, NotOpen, TooLate, WrongApplicationState
from ..models import Application, ApplicationState, ApplicationStep
from ..selectors.applications import PREPARING, THING, live_steps, materials_of, preparers_of
from ..selectors.terms import terms_of, why_not_open
from .applications import locked_application
from .payments import refuse_begun
from .terms import refuse_unreviewed

Kind = ApplicationStep.Kind
DECISIONS = frozenset({Kind.APPROVE, Kind.REJECT, Kind.UPHOLD, Kind.REVISE, Kind.DENY})
CONSENT_LASTS = timedelta(days=365)
ANSWERS = {"uphold", "approve", "reject"}


@transaction.atomic
def submit_application(
    *,
    actor: User | None,
    application: Application,
    on: date | None = None,
    officer: User | None = None,
    consent_by: str = "",
    consent_note: str = "",
    with_documents: bool = True,
) -> Application:
    """Hand an application in on a day (today), for the first time or after its correction.

    Documents of the vault that were given before are used again, under the consent of the firm: ``consent_by`` is who
    gave it by word of mouth where there is none yet. ``with_documents`` False: an application of a kept ledger, whose
    papers were seen to then. Raises NotOpen, TooLate, DocumentsMissing, ConsentMissing, WrongApplicationState.
    """
    application = _opened(actor, application, Verb.ADD)
    day = _day(application, on)
    again = application.state == ApplicationState.RETURNED
    _refuse_unless(application, _("提交"), ApplicationState.DRAFT, ApplicationState.RETURNED)
    if again:
        _refuse_late(application, day, _("补正"), _("补正后提交"))
    else:
        why = why_not_open(application.version_of, day)
        if why:
            raise NotOpen(policy=application.policy.title, on=day.isoformat(), why=why)
    if with_documents:
        _use_documents(actor, application, day, consent_by, consent_note)
    values: dict[str, Any] = {} if again else {"submitted_on": day}
    return _take(
        application,
        Kind.RESUBMIT if again else Kind.SUBMIT,
        ApplicationState.SUBMITTED,
        actor=actor,
        on=day,
        officer=officer,
        prepares=True,
        **values,
    )


@transaction.atomic
def return_application(
    *,
    actor: User | None,
    application: Application,
    reason: str,
    on: date | None = None,
    officer: User | None = None,
) -> Application:
    """Give an application back for correction, with what is to be corrected, for the working days of its terms."""
    application = _opened(actor, application, Verb.CHANGE)
    day = _day(application, on)
    _refuse_unless(application, _("退回补正"), ApplicationState.SUBMITTED)
    due = working_days_after(day, terms_of(application.version_of).correction_days, provisional=True).day
    return _take(
        application,
        Kind.RETURN,
        ApplicationState.RETURNED,
        actor=actor,
        on=day,
        officer=officer,
        reason=_reason(reason, _("退回补正")),
        due_on=due,
    )


@transaction.atomic
def accept_application(
    *, actor: User | None, application: Application, on: date | None = None, officer: User | None = None
) -> Application:
    """Accept an application as complete: it now waits for the decision of another person."""
    application = _opened(actor, application, Verb.CHANGE)
    day = _day(application, on)
    _refuse_unless(application, _("受理"), ApplicationState.SUBMITTED)
    return _take(
        application,
        Kind.ACCEPT,
        ApplicationState.ACCEPTED,
        actor=actor,
        on=day,
        officer=officer,
        prepares=True,
    )


@transaction.atomic
def propose_application(
    *, actor: User | None, application: Application, on: date | None = None, officer: User | None = None
) -> Application:
    """Put a firm on the list of those that get something without applying: it waits for a second person."""
    application = _opened(actor, application, Verb.ADD)
    day = _day(application, on)
    _refuse_unless(application, _("列入免申名单"), ApplicationState.DRAFT)
    return _take(
        application,
        Kind.PROPOSE,
        ApplicationState.ACCEPTED,
        actor=actor,
        on=day,
        officer=officer,
        prepares=True,
    )


@transaction.atomic
def approve_application(
    *,
    actor: User | None,
    application: Application,
    amount_cny: Decimal,
    reason: str,
    on: date | None = None,
    officer: User | None = None,
) -> Application:
    """Grant an amount in yuan with the reason, as a second person: not one of those who prepared it.

    Raises DeciderPrepared, ReviewMissing for a version without a review of fair competition, WrongInput for an amount
    above what was asked for or the terms allow, WrongApplicationState.
    """
    application = _opened(actor, application, Verb.MANAGE)
    day = _day(application, on)
    _refuse_unless(application, _("核定"), ApplicationState.ACCEPTED)
    return _grant(Kind.APPROVE, application, amount_cny, reason, day, actor, officer)


@transaction.atomic
def reject_application(
    *,
    actor: User | None,
    application: Application,
    reason: str,
    on: date | None = None,
    officer: User | None = None,
) -> Application:
    """Refuse an application with the reason, as a second person; the firm may object within its working days."""
    application = _opened(actor, application, Verb.MANAGE)
    day = _day(application, on)
    _refuse_unless(application, _("决定"), ApplicationState.ACCEPTED)
    return _deny(Kind.REJECT, application, reason, day, actor, officer)


@transaction.atomic
def object_to_decision(
    *,
    actor: User | None,
    application: Application,
    reason: str,
    on: date | None = None,
    officer: User | None = None,
) -> Application:
    """Enter that the firm objects to the decision; it is to be answered within the working days of the terms.

    Raises TooLate after the last day to object, WrongApplicationState.
    """
    application = _opened(actor, application, Verb.ADD)
    day = _day(application, on)
    _refuse_unless(application, _("提出异议"), ApplicationState.APPROVED, ApplicationState.REJECTED)
    _refuse_late(application, day, _("异议"), _("提出异议"))
    due = working_days_after(day, terms_of(application.version_of).answer_days, provisional=True).day
    return _take(
        application,
        Kind.OBJECT,
        ApplicationState.OBJECTED,
        actor=actor,
        on=day,
        officer=officer,
        reason=_reason(reason, _("异议")),
        due_on=due,
    )


@transaction.atomic
def answer_objection(
    *,
    actor: User | None,
    application: Application,
    answer: str,
    reason: str,
    amount_cny: Decimal | None = None,
    on: date | None = None,
    officer: User | None = None,
) -> Application:
    """Answer an objection with the reason: ``uphold`` the decision, ``approve`` an amount, or ``reject``.

    Neither who prepared it nor who took the decision answers. Raises DeciderPrepared and as ``approve_application``.
    """
    application = _opened(actor, application, Verb.MANAGE)
    day = _day(application, on)
    _refuse_unless(application, _("答复异议"), ApplicationState.OBJECTED)
    if answer not in ANSWERS:
        raise WrongInput(field=_("答复"), why=_("请从列出的答复中选择。"))
    person = officer or actor
    if person is not None and person.pk == application.decided_by_id:
        raise DeciderPrepared(number=application.number, who=str(person))
    if answer != "uphold":
        refuse_begun(application, _("改变决定"))
    if answer == "approve":
        if amount_cny is None:
            raise WrongInput(field=_("核定金额"), why=_("请填写。"))
        return _grant(Kind.REVISE, application, amount_cny, reason, day, actor, officer)
    if answer == "reject":
        return _deny(Kind.DENY, application, reason, day, actor, officer)
    stood = live_steps(application)[-2]
    if stood.state == ApplicationState.APPROVED:
        assert stood.amount_cny is not None, "an approval says how much"
        return _grant(Kind.UPHOLD, application, stood.amount_cny, reason, day, actor, officer)
    return _deny(Kind.UPHOLD, application, reason, day, actor, officer)


@transaction.atomic
def withdraw_application(
    *,
    actor: User | None,
    application: Application,
    reason: str,
    on: date | None = None,
    officer: User | None = None,
) -> Application:
    """Close an application because the firm takes it back, with the reason. A decided one is not withdrawn."""
    application = _opened(actor, application, Verb.ADD)
    day = _day(application, on)
    _refuse_unless(
        application,
        _("撤回"),
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
        ApplicationState.RETURNED,
        ApplicationState.ACCEPTED,
    )
    return _take(
        application,
        Kind.WITHDRAW,
        ApplicationState.WITHDRAWN,
        actor=actor,
        on=day,
        officer=officer,
        reason=_reason(reason, _("撤回")),
    )


@transaction.atomic
def take_back_step(*, actor: User | None, application: Application, reason: str) -> Application:
    """Void the last step of an application, with the reason: it stands again as before that step.

    Raises WrongApplicationState for the first step, and ReasonNeeded.
    """
    application = _opened(actor, application, Verb.VOID)
    steps = live_steps(application)
    if len(steps) == 1:
        raise WrongApplicationState(
            number=application.number, state=application.get_state_display(), step=_("退回上一步")
        )
    gone, last = steps[-1], steps[-2]
    if gone.kind in DECISIONS:
        refuse_begun(application, _("退回上一步"))
    void_entry(gone, actor=actor, at=zones.now(application.zone), reason=reason)
    decided = [step for step in steps[:-1] if step.kind in DECISIONS]
    prepared = [step for step in steps[:-1] if step.kind in PREPARING]
    granted = decided[-1].amount_cny if decided else None
    save_record(
        application,
        state=last.state,
        state_since=last.happened_on,
        due_on=last.due_on,
        submitted_on=next((step.happened_on for step in steps[:-1] if step.kind == Kind.SUBMIT), None),
        granted_cny=granted,
        decided_by=decided[-1].officer if decided else None,
        prepared_by=prepared[-1].officer,
    )
    record_change(
        actor=actor,
        verb="take_back_step",
        rows=[application],
        scope=application.zone_id,
        step=gone.kind,
        reason=reason.strip(),
    )
    return application


def _opened(actor: User | None, application: Application, verb: Verb) -> Application:
    zones.require(actor, verb, Thing.APPLICATION, application.zone)
    return locked_application(application.pk)


def _day(application: Application, on: date | None) -> date:
    today = zones.today(application.zone)
    day = on or today
    if day > today:
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"))
    if day < application.state_since:
        raise WrongInput(
            field=_("日期"),
            why=_("不能早于上一步的 %(day)s。") % {"day": application.state_since.isoformat()},
        )
    return day


def _refuse_unless(application: Application, step: str, *states: ApplicationState) -> None:
    if application.state not in states:
        raise WrongApplicationState(
            number=application.number, state=application.get_state_display(), step=step
        )


def _refuse_late(application: Application, day: date, what: str, step: str) -> None:
    due = application.due_on
    if due is not None and day > due:
        raise TooLate(
            number=application.number, what=what, due=due.isoformat(), on=day.isoformat(), step=step
        )


def _reason(reason: str, what: str) -> str:
    if not reason.strip():
        raise ReasonNeeded(what=what)
    return reason.strip()


def _grant(
    kind: str,
    application: Application,
    amount_cny: Decimal,
    reason: str,
    day: date,
    actor: User | None,
    officer: User | None,
) -> Application:
    _refuse_preparer(application, officer or actor)
    refuse_unreviewed(application.version_of)
    terms = terms_of(application.version_of)
    most = [each for each in (application.requested_cny, terms.amount_cny, terms.cap_cny) if each is not None]
    if amount_cny <= 0:
        raise WrongInput(field=_("核定金额"), why=_("必须大于 0。"))
    if most and amount_cny > min(most):
        raise WrongInput(
            field=_("核定金额"),
            why=_("不能超过 %(most)s 元（申请金额、每家金额和上限中最低的）。") % {"most": min(most)},
        )
    return _take(
        application,
        kind,
        ApplicationState.APPROVED,
        actor=actor,
        on=day,
        officer=officer,
        reason=_reason(reason, _("决定")),
        amount_cny=amount_cny,
        due_on=_last_day_to_object(application, kind, day),
        granted_cny=amount_cny,
        decided_by=officer or actor,
    )


def _deny(
    kind: str,
    application: Application,
    reason: str,
    day: date,
    actor: User | None,
    officer: User | None,
) -> Application:
    _refuse_preparer(application, officer or actor)
    return _take(
        application,
        kind,
        ApplicationState.REJECTED,
        actor=actor,
        on=day,
        officer=officer,
        reason=_reason(reason, _("决定")),
        due_on=_last_day_to_object(application, kind, day),
        granted_cny=None,
        decided_by=officer or actor,
    )


def _last_day_to_object(application: Application, kind: str, day: date) -> date:
    """Return the last day to object; after the answer to an objection that is the day itself: it is answered once."""
    if kind in (Kind.APPROVE, Kind.REJECT):
        days = terms_of(application.version_of).objection_days
        return working_days_after(day, days, provisional=True).day
    return day - timedelta(days=1)


def _refuse_preparer(application: Application, person: User | None) -> None:
    if person is not None and person.pk in preparers_of(application):
        raise DeciderPrepared(number=application.number, who=str(person))


def _use_documents(
    actor: User | None, application: Application, day: date, consent_by: str, consent_note: str
) -> None:
    """Log the use of every document that the version asks for; refuse where one is missing."""
    materials = materials_of(actor, application, day)
    missing = [one.kind.label for one in materials if one.document is None]
    if missing:
        raise DocumentsMissing(firm=application.enterprise.name, missing=listed(missing))
    matter = application.policy.title
    ids = family_ids(application.enterprise)
    reused = [one for one in materials if one.is_reused]
    lacking = [one for one in reused if consent_for(ids, one.kind, matter, day) is None]
    if lacking and consent_by.strip():
        give_consent(
            actor=actor,
            enterprise=application.enterprise,
            matter=matter,
            given_by=consent_by,
            means=DocumentConsent.Means.SPOKEN,
            on=day,
            until=day + CONSENT_LASTS,
            evidence_note=consent_note or _("申报 %(number)s 时同意") % {"number": application.number},
        )
    for one in materials:
        assert one.document is not None, "what is missing was refused"
        use_document(
            actor=actor,
            document=one.document,
            matter=matter,
            subject=application.number,
            on=day,
            thing=THING,
            row_id=application.pk,
            came_with=not one.is_reused,
        )


def _take(
    application: Application,
    kind: str,
    state: ApplicationState,
    *,
    actor: User | None,
    on: date,
    officer: User | None,
    reason: str = "",
    due_on: date | None = None,
    amount_cny: Decimal | None = None,
    prepares: bool = False,
    **values: Any,
) -> Application:
    """Write a step and let the application follow it."""
    person = officer or actor
    step = ApplicationStep(
        zone=application.zone,
        application=application,
        kind=kind,
        state=state,
        officer=person,
        happened_on=on,
        reason=reason,
        due_on=due_on,
        amount_cny=amount_cny,
    )
    add_entry(step, actor=actor, at=zones.now(application.zone))
    if prepares:
        values["prepared_by"] = person
    save_record(application, state=state, state_since=on, due_on=due_on, **values)
    record_change(
        actor=actor,
        verb="step_application",
        rows=[application, step],
        scope=application.zone_id,
        step=kind,
        reason=reason,
        amount_cny=amount_cny,
    )
    return application
