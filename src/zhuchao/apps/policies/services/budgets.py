"""Budgets of policies by year: money allocated, taken away, voided; and the refusal to spend more."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import BudgetExceeded
from ..models import BudgetEntry, Policy
from ..selectors.payments import ZERO, budget_of
from .policies import locked

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_CNY = Decimal(10) ** 13


@transaction.atomic
def allocate_budget(
    *,
    actor: User | None,
    policy: Policy,
    year: int,
    amount_cny: Decimal,
    on: date | None = None,
    document_no: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> BudgetEntry:
    """Allocate yuan to a policy for a year, or take some away (below 0), never below what was paid.

    Raises WrongInput and BudgetExceeded.
    """
    zones.require(actor, Verb.MANAGE, Thing.PAYMENT, policy.zone)
    policy = locked(policy.pk)
    day = on or zones.today(policy.zone)
    if day > zones.today(policy.zone):
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise WrongInput(field=_("年度"), why=_("应在 2000 至 2100 之间。"))
    if amount_cny == 0 or abs(amount_cny) >= MOST_CNY:
        raise WrongInput(field=_("金额"), why=_("不能为 0。"))
    if amount_cny < 0:
        refuse_beyond(policy, year, -amount_cny)
    entry = BudgetEntry(
        zone=policy.zone,
        policy=policy,
        year=year,
        amount_cny=amount_cny,
        document_no=document_no.strip(),
        happened_on=day,
        evidence=evidence,
        evidence_note=evidence_note.strip(),
    )
    add_entry(entry, actor=actor, at=zones.now(policy.zone))
    record_change(
        actor=actor,
        verb="allocate_budget",
        rows=[entry, policy],
        scope=policy.zone_id,
        year=year,
        amount_cny=amount_cny,
    )
    return entry


@transaction.atomic
def void_budget(*, actor: User | None, entry: BudgetEntry, reason: str) -> BudgetEntry:
    """Take an entry of a budget out of force, unless money was paid from it. Raises BudgetExceeded."""
    zones.require(actor, Verb.VOID, Thing.PAYMENT, entry.zone)
    policy = locked(entry.policy_id)
    if entry.amount_cny > ZERO:
        refuse_beyond(policy, entry.year, entry.amount_cny)
    successor = void_entry(entry, actor=actor, at=zones.now(policy.zone), reason=reason)
    record_change(
        actor=actor, verb="void_budget", rows=[successor, policy], scope=policy.zone_id, reason=reason
    )
    return successor


def refuse_beyond(policy: Policy, year: int, needed: Decimal) -> None:
    """Refuse to spend more than is left of a policy's budget; the caller holds the lock of the policy."""
    left = budget_of(policy, year).left_cny
    if needed > left:
        raise BudgetExceeded(policy=policy.title, year=year, left=f"{left:,.2f}", needed=f"{needed:,.2f}")
