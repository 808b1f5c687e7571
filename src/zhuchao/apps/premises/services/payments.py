"""Money that came for a lease, or went back: entered, corrected, voided."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import LeaseOver
from ..models import Lease, LeasePayment
from .states import refuse_future

CORRECTABLE = frozenset({"happened_on", "amount_cny", "kind", "evidence", "evidence_note"})
BACK = {
    LeasePayment.Kind.RETURNED: LeasePayment.Kind.DEPOSIT,
    LeasePayment.Kind.REFUND: LeasePayment.Kind.RENT,
}


@transaction.atomic
def record_payment(
    *,
    actor: User | None,
    lease: Lease,
    on: date,
    amount_cny: Decimal,
    kind: str = LeasePayment.Kind.RENT,
    evidence: Attachment | None = None,
    evidence_note: str = "",
    ledger_key: str = "",
) -> LeasePayment:
    """Enter that money came for a lease on a day, or went back to the tenant; a lease that is over takes it too.

    Raises WrongInput for an amount that is not positive, a day to come, or more going back than came, and LeaseOver
    for a void lease.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.LEASE, lease.site)
    lease = _locked(lease.pk)
    if lease.is_void:
        raise LeaseOver(number=lease.number, state=str(Lease.State.VOID.label), what=_("登记收付款"))
    entry = LeasePayment(
        zone_id=lease.zone_id,
        lease=lease,
        happened_on=on,
        kind=LeasePayment.Kind(kind),
        amount_cny=amount_cny,
        evidence=evidence,
        evidence_note=evidence_note.strip(),
        ledger_key=ledger_key,
    )
    _check(entry)
    add_entry(entry, actor=actor, at=zones.now(lease.zone))
    _refuse_more_back(lease)
    record_change(
        actor=actor,
        verb="pay",
        rows=[lease],
        scope=lease.zone_id,
        entry=entry.pk,
        kind=str(entry.kind),
        amount_cny=amount_cny,
        on=on,
    )
    return entry


@transaction.atomic
def correct_payment(*, actor: User | None, entry: LeasePayment, reason: str, **values: Any) -> LeasePayment:
    """Replace a payment by one that says it right.

    ``values`` may be happened_on, amount_cny, kind, evidence, evidence_note. Raises ReasonNeeded, AlreadyReplaced
    and as ``record_payment`` does.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.LEASE, entry.lease.site)
    if unknown := set(values) - CORRECTABLE:
        raise TypeError(f"not part of a payment: {sorted(unknown)}")
    lease = _locked(entry.lease_id)
    successor = correct_entry(entry, actor=actor, at=zones.now(lease.zone), reason=reason, **values)
    _check(successor)
    _refuse_more_back(lease)
    _record(actor, "correct_payment", lease, entry, successor, reason)
    return successor


@transaction.atomic
def void_payment(*, actor: User | None, entry: LeasePayment, reason: str) -> LeasePayment:
    """Take a payment that was entered by mistake out of every sum from now on."""
    selectors.require_at(actor, Verb.VOID, Thing.LEASE, entry.lease.site)
    lease = _locked(entry.lease_id)
    successor = void_entry(entry, actor=actor, at=zones.now(lease.zone), reason=reason)
    _refuse_more_back(lease)
    _record(actor, "void_payment", lease, entry, successor, reason)
    return successor


def _record(
    actor: User | None, verb: str, lease: Lease, entry: LeasePayment, by: LeasePayment, reason: str
) -> None:
    record_change(
        actor=actor,
        verb=verb,
        rows=[lease],
        scope=lease.zone_id,
        entry=entry.pk,
        by=by.pk,
        reason=reason.strip(),
    )


def _locked(pk: int) -> Lease:
    rows = Lease.objects.select_related("zone", "site")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _check(entry: LeasePayment) -> None:
    refuse_future(entry.happened_on, entry.lease.zone)
    if entry.amount_cny <= 0:
        raise WrongInput(field=_("金额"), why=_("必须大于 0。"))
    LeasePayment.Kind(entry.kind)


def _refuse_more_back(lease: Lease) -> None:
    sums = dict.fromkeys(LeasePayment.Kind, Decimal(0))
    for kind, amount in LeasePayment.objects.live().filter(lease=lease).values_list("kind", "amount_cny"):
        sums[LeasePayment.Kind(kind)] += amount
    for back, came in BACK.items():
        if sums[back] > sums[came]:
            raise WrongInput(
                field=_("金额"),
                why=_("{back}合计 {more} 元，超过已收{came} {less} 元。").format(
                    back=back.label, more=sums[back], came=came.label, less=sums[came]
                ),
            )
