"""免申即享 and 快申快享: paid without an application on the word of two people, or applied for on one page."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import NotEligible, OtherMode, WrongApplicationState
from ..models import Application, ApplicationState, DeliveryTerms, Instalment, PolicyVersion
from ..selectors.entitlements import amounts_for, certain_ids
from ..selectors.rules import rules_of
from ..selectors.terms import terms_of
from .application_steps import approve_application, propose_application, submit_application
from .applications import draft_application, locked_application
from .payments import Line, write_schedule

NAMED = 5
WHOLE = Decimal(100)


@transaction.atomic
def propose_exempt(
    *, actor: User | None, version: PolicyVersion, enterprises: Sequence[Enterprise]
) -> list[Application]:
    """Put firms on the list of a version that is delivered without application, today; a second person confirms.

    Raises OtherMode, NotEligible naming the firms of which it is not certain, WrongInput for one whose amount is not
    one number, and as ``draft_application`` does.
    """
    zones.require(actor, Verb.ADD, Thing.APPLICATION, version.zone)
    _refuse_other_mode(version, DeliveryTerms.Mode.EXEMPT)
    firms = list({firm.pk: firm for firm in enterprises}.values())
    if not firms:
        raise WrongInput(field=_("企业"), why=_("请至少选一家。"))
    day, amounts = zones.today(version.zone), _amounts(version, firms)
    made = []
    for firm in firms:
        application = draft_application(
            actor=actor, version=version, enterprise=firm, on=day, requested_cny=amounts[firm.pk]
        )
        made.append(propose_application(actor=actor, application=application, on=day))
    return made


@transaction.atomic
def confirm_exempt(
    *, actor: User | None, version: PolicyVersion, applications: Sequence[Application], reason: str
) -> list[Application]:
    """Grant what was proposed without application, as a second person, payable at once; all of them or none.

    Whether each firm still qualifies is asked anew. Raises NotEligible, DeciderPrepared, ReviewMissing.
    """
    zones.require(actor, Verb.MANAGE, Thing.APPLICATION, version.zone)
    _refuse_other_mode(version, DeliveryTerms.Mode.EXEMPT)
    wanted = sorted({one.pk for one in applications})
    if not wanted:
        raise WrongInput(field=_("企业"), why=_("请至少选一家。"))
    rows = [locked_application(pk) for pk in wanted]
    for row in rows:
        exempt = row.way == DeliveryTerms.Mode.EXEMPT and row.version_of_id == version.pk
        if row.state != ApplicationState.ACCEPTED or not exempt:
            raise WrongApplicationState(
                number=row.number, state=row.get_state_display(), step=_("按免申即享确认")
            )
    amounts = _amounts(version, [row.enterprise for row in rows])
    day = zones.today(version.zone)
    done = []
    for row in rows:
        amount = min(amounts[row.enterprise_id], row.requested_cny or amounts[row.enterprise_id])
        granted = approve_application(actor=actor, application=row, amount_cny=amount, reason=reason, on=day)
        write_schedule(actor, granted, [Line(WHOLE, Instalment.Condition.APPROVAL, day)])
        done.append(granted)
    record_change(
        actor=actor,
        verb="confirm_exempt",
        rows=[version.policy, *done],
        scope=version.zone_id,
        firms=len(done),
    )
    return done


@transaction.atomic
def apply_quickly(
    *,
    actor: User | None,
    version: PolicyVersion,
    enterprise: Enterprise,
    on: date | None = None,
    consent_by: str = "",
    **facts: Any,
) -> Application:
    """Begin an application and hand it in at once, with amount, contact, account and documents filled in.

    Raises OtherMode unless the version is delivered so, and as ``draft_application`` and ``submit_application`` do.
    """
    _refuse_other_mode(version, DeliveryTerms.Mode.QUICK)
    if facts.get("requested_cny") is None:
        day = on or zones.today(version.zone)
        facts["requested_cny"] = amounts_for(version, rules_of(version), [enterprise], day).get(enterprise.pk)
    made = draft_application(actor=actor, version=version, enterprise=enterprise, on=on, **facts)
    return submit_application(actor=actor, application=made, on=on, consent_by=consent_by)


def _amounts(version: PolicyVersion, firms: Sequence[Enterprise]) -> dict[int, Decimal]:
    """Return what each firm gets; refuse a firm that does not qualify for certain, or whose amount is not known."""
    day, rules = zones.today(version.zone), rules_of(version)
    certain = certain_ids(rules, firms, day)
    unsure = [firm.name for firm in firms if firm.pk not in certain]
    if unsure:
        raise NotEligible(policy=version.policy.title, names=listed(unsure[:NAMED]))
    amounts = amounts_for(version, rules, firms, day)
    unknown = [firm.name for firm in firms if firm.pk not in amounts]
    if unknown:
        raise WrongInput(
            field=_("金额"),
            why=_("算不出这些企业的金额：%(names)s。请在兑现办法填写每家金额。")
            % {"names": listed(unknown[:NAMED])},
        )
    return amounts


def _refuse_other_mode(version: PolicyVersion, wanted: DeliveryTerms.Mode) -> None:
    mode = DeliveryTerms.Mode(terms_of(version).mode)
    if mode != wanted:
        raise OtherMode(policy=version.policy.title, mode=str(mode.label), wanted=str(wanted.label))
