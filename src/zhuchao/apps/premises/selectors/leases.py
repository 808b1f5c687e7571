"""Leases: which of them a person may see, what they owe, and which end soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import cast

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Lease, LeaseEvent, LeasePayment, LeaseUnit, RentStep
from .bills import Bill, Settled, Step, Terms, arrears, bills_of, settle
from .places import Actor

REMINDED_DAYS = (30, 60, 90)
"""How many days before its end a lease is called to mind, nearest first."""


@dataclass(frozen=True)
class Account:
    """What a lease owes on a day: every bill with what was paid on it, and the sums. Amounts are yuan."""

    on: date
    settled: tuple[Settled, ...]
    billed_cny: Decimal
    paid_cny: Decimal
    arrears_cny: Decimal
    deposit_cny: Decimal

    @property
    def total_cny(self) -> Decimal:
        return sum((row.bill.amount_cny for row in self.settled), Decimal(0))

    @property
    def ahead_cny(self) -> Decimal:
        """What was paid and is not due yet."""
        return max(-self.arrears_cny, Decimal(0))

    @property
    def owed_cny(self) -> Decimal:
        """What is due and not paid, never below zero."""
        return max(self.arrears_cny, Decimal(0))

    @property
    def days_late(self) -> int:
        """By how many days the oldest open bill is late."""
        return max((row.days_late for row in self.settled), default=0)

    @property
    def next_bill(self) -> Settled | None:
        """The first bill that is still to come and not paid."""
        return next((row for row in self.settled if row.bill.due_on > self.on and row.open_cny > 0), None)


def visible_leases(actor: Actor) -> QuerySet[Lease]:
    """Return the leases this person may see; an operator sees those at its own sites."""
    rows = Lease.objects.select_related("zone", "site", "tenant", "signing")
    return zones.in_zones(rows, actor, Thing.LEASE, own="site__operator")


def with_accounts(rows: QuerySet[Lease]) -> QuerySet[Lease]:
    """Return leases with their steps, payments and units read along: three queries for any number."""
    live = LeasePayment.objects.live()
    return rows.prefetch_related(
        "steps",
        Prefetch("payments", queryset=live, to_attr="live_payments"),
        "places__unit__building",
        "places__unit__floor",
        "places__unit__site",
    )


def get_lease(actor: Actor, pk: int) -> Lease:
    """Return one lease; raises NotFound when it is hidden or missing."""
    lease = visible_leases(actor).filter(pk=pk).first()
    if lease is None:
        raise NotFound(what=_("该租约"))
    return lease


def visible_payments(actor: Actor) -> EntryQuerySet:
    """Return the payments of the leases this person may see, replaced and void ones included."""
    rows = LeasePayment.objects.select_related("lease__site", "recorded_by", "evidence", "replaced_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.LEASE, own="lease__site__operator"))


def get_payment(actor: Actor, pk: int) -> LeasePayment:
    """Return one payment; raises NotFound when it is hidden or missing."""
    entry: LeasePayment | None = visible_payments(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该收付款"))
    return entry


def visible_lease_events(actor: Actor) -> EntryQuerySet:
    """Return what became of the leases this person may see."""
    rows = LeaseEvent.objects.select_related("lease__site", "recorded_by", "evidence", "replaced_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.LEASE, own="lease__site__operator"))


def get_lease_event(actor: Actor, pk: int) -> LeaseEvent:
    """Return one event of a lease; raises NotFound when it is hidden or missing."""
    entry: LeaseEvent | None = visible_lease_events(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该租约条目"))
    return entry


def steps_of(lease: Lease) -> list[Step]:
    """Return the rent of a lease, step by step."""
    rows = sorted(lease.steps.all(), key=lambda row: row.from_on)
    return [
        Step(row.from_on, row.rate_cny, "day" if row.per == RentStep.Per.DAY else "month") for row in rows
    ]


def bills_of_lease(lease: Lease) -> list[Bill]:
    """Return every bill of a lease up to the last day it really runs; none of a void one, or one without a rent."""
    steps = steps_of(lease)
    if lease.is_void or not steps:
        return []
    free = (lease.rent_free_from, lease.rent_free_to)
    return bills_of(
        Terms(
            lease.starts_on,
            lease.last_on,
            lease.area_m2,
            lease.payment_months,
            tuple(steps),
            (free[0], free[1]) if free[0] is not None and free[1] is not None else None,
            areas_of(lease),
        )
    )


def areas_of(lease: Lease) -> tuple[tuple[date, Decimal], ...]:
    """Return the m² of a lease from each day on which they change; empty while its units were never swapped."""
    places = list(lease.places.all())
    days = {place.starts_on for place in places}
    days |= {place.last_on + timedelta(days=1) for place in places if place.last_on < lease.last_on}
    if len(days) < 2:
        return ()
    return tuple(
        (day, sum((place.area_m2 for place in places if place.starts_on <= day <= place.last_on), Decimal(0)))
        for day in sorted(days)
    )


def places_now(lease: Lease) -> list[LeaseUnit]:
    """Return the places that a lease has on its last day: all but those that were swapped for others."""
    return [place for place in lease.places.all() if place.last_on == lease.last_on]


def account_of(lease: Lease, on: date) -> Account:
    """Return what a lease owes on a day; it does so after its end as well."""
    payments = getattr(lease, "live_payments", None)
    if payments is None:
        payments = LeasePayment.objects.live().filter(lease=lease)
    sums = dict.fromkeys(LeasePayment.Kind, Decimal(0))
    for entry in payments:
        if entry.happened_on <= on:
            sums[LeasePayment.Kind(entry.kind)] += entry.amount_cny
    paid = sums[LeasePayment.Kind.RENT] - sums[LeasePayment.Kind.REFUND]
    bills = bills_of_lease(lease)
    owed = arrears(bills, paid, on)
    return Account(
        on,
        tuple(settle(bills, paid, on)),
        owed + paid,
        paid,
        owed,
        sums[LeasePayment.Kind.DEPOSIT] - sums[LeasePayment.Kind.RETURNED],
    )


def in_state(rows: QuerySet[Lease], state: str, on: date) -> QuerySet[Lease]:
    """Narrow leases to those in a state on a day."""
    live = rows.filter(is_void=False)
    return {
        Lease.State.SIGNED: lambda: live.filter(starts_on__gt=on),
        Lease.State.RUNNING: lambda: live.filter(starts_on__lte=on, last_on__gte=on),
        Lease.State.EXPIRED: lambda: live.filter(last_on__lt=on, last_on=F("ends_on")),
        Lease.State.ENDED: lambda: live.filter(last_on__lt=on).filter(last_on__lt=F("ends_on")),
        Lease.State.VOID: lambda: rows.filter(is_void=True),
    }[Lease.State(state)]()


def ending_within(rows: QuerySet[Lease], on: date, days: int) -> QuerySet[Lease]:
    """Narrow leases to those that run now, end within ``days`` of ``on`` and have no renewal."""
    ends = Q(last_on__gte=on, last_on__lte=on + timedelta(days=days))
    return rows.filter(ends, is_void=False, starts_on__lte=on, renewed_by__isnull=True)


def leases_ending(actor: Actor, zone: Zone, on: date, days: int = REMINDED_DAYS[-1]) -> QuerySet[Lease]:
    """Return the leases under ``zone`` that end within ``days`` and have no renewal, soonest first."""
    ids = zones.zones_under(actor, zone, Thing.LEASE)
    rows = visible_leases(actor).filter(zone_id__in=ids)
    return ending_within(rows, on, days).order_by("last_on", "pk")


def reminder_of(lease: Lease, on: date) -> int:
    """Return within how many of the reminded days (30, 60 or 90) a lease ends, 0 for none.

    The reminder of 60 days is another one than that of 90: putting one off does not put off the next.
    """
    left = (lease.last_on - on).days
    return next((days for days in REMINDED_DAYS if 0 <= left <= days), 0)


def leases_to_move(zone_id: int, on: date) -> list[int]:
    """Return the ids of the leases whose units are to be let or freed by ``on``: ends first, then beginnings."""
    live = Lease.objects.filter(zone_id=zone_id, is_void=False)
    over = live.filter(freed_on__isnull=True, last_on__lt=on).order_by("last_on", "pk")
    begun = live.filter(let_on__isnull=True, starts_on__lte=on, last_on__gte=on).order_by("starts_on", "pk")
    return [*over.values_list("pk", flat=True), *begun.values_list("pk", flat=True)]


def search_leases(rows: QuerySet[Lease], scopes: Sequence[int], text: str) -> QuerySet[Lease]:
    """Narrow leases to those found by ``text``: number, tenant or place."""
    ids = matching_row_ids("premises.lease", scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(tenant_name__icontains=text)


def rent_problem(rent: Sequence[Step], starts_on: date, ends_on: date) -> str:
    """Return what is wrong with the steps of a rent, empty for nothing."""
    if not rent:
        return _("请至少填写一档租金。")
    if rent[0].from_on != starts_on:
        return _("第一档租金应从起租日期 {day} 起。").format(day=starts_on.isoformat())
    for before, after in pairwise(rent):
        if after.from_on <= before.from_on:
            return _("各档租金应按日期先后填写：{later} 不晚于 {earlier}。").format(
                later=after.from_on.isoformat(), earlier=before.from_on.isoformat()
            )
    if rent[-1].from_on > ends_on:
        return _("{day} 起的租金晚于到期日期 {end}。").format(
            day=rent[-1].from_on.isoformat(), end=ends_on.isoformat()
        )
    if any(step.rate_cny < 0 for step in rent):
        return _("租金单价不能小于 0。")
    return ""
