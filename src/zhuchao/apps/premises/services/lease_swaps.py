"""Units swapped inside a running lease 调换房源: the lease goes on, its rent follows from the day of the swap."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, check_version, record_change
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import LeaseOver, PlaceMismatch
from ..models import Lease, LeaseEvent, LeaseUnit, Unit
from ..selectors.bills import Step
from . import lease_states
from .holds import locked_units
from .lease_index import index_leases
from .leases import check_areas, event_of, locked_lease, need_reason, refuse_overlap, write_steps
from .states import refuse_future


@transaction.atomic
def swap_lease_units(
    *,
    actor: User | None,
    lease: Lease,
    version: int | None,
    on: date,
    out: Sequence[Unit],
    units: Sequence[Unit],
    reason: str,
    areas: Mapping[int, Decimal] | None = None,
    rent: Sequence[Step] | None = None,
) -> Lease:
    """Enter that from ``on`` a running lease has ``units`` in the place of ``out``; the rest of it goes on.

    The former units are free from that day and the new ones let; what was billed before it stays, and from it the
    rent is counted by the new area to the cent. ``areas`` are the m² let of each new unit, all of one that is not
    named. ``rent`` are the steps from ``on`` on, where the price changes as well. Both sides and what the lease
    says then stay in its events.

    Raises LeaseOver for a lease that does not run, LeaseOverlaps, UnitHeldForAnother, UnitTaken, PlaceMismatch,
    Stale, ReasonNeeded and WrongInput.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.LEASE, lease.site)
    going, coming = {unit.pk for unit in out}, {unit.pk: unit for unit in units}
    # Units before their lease, all in one order, as everywhere.
    locked = locked_units({*lease.places.values_list("unit_id", flat=True), *coming})
    lease = locked_lease(lease.pk)
    new = [unit for unit in locked if unit.pk in coming]
    let = {unit.pk: (areas or {}).get(unit.pk, unit.gross_area_m2) for unit in new}
    places = selectors.places_now(lease)
    kept = sum((place.area_m2 for place in places if place.unit_id not in going), Decimal(0))
    area_m2 = kept + sum(let.values(), Decimal(0))
    check_version(lease, version, yours={"area_m2": area_m2})
    need_reason(reason, pgettext("原因", "调换房源"))
    _check(lease, on, going, new)
    check_areas(new, let)
    refuse_overlap(new, on, lease.last_on, but=None)
    steps = selectors.steps_of(lease)
    if rent is not None:
        steps = [step for step in steps if step.from_on < on] + list(rent)
        if rent[0].from_on != on:
            raise WrongInput(
                field=_("租金"), why=_("第一档租金应从调换日期 {day} 起。").format(day=on.isoformat())
            )
        if problem := selectors.rent_problem(steps, lease.starts_on, lease.ends_on):
            raise WrongInput(field=_("租金"), why=problem)
    lease_states.take_over(lease, new, hold=None, actor=actor)
    eve = on - timedelta(days=1)
    lease.places.filter(pk__in=[place.pk for place in places if place.unit_id in going]).update(last_on=eve)
    LeaseUnit.objects.bulk_create(
        [
            LeaseUnit(
                zone_id=lease.zone_id,
                lease=lease,
                unit=unit,
                area_m2=let[unit.pk],
                starts_on=on,
                last_on=lease.last_on,
            )
            for unit in new
        ]
    )
    changed = [lease.area_m2, area_m2]
    lease.area_m2, lease.version = area_m2, lease.version + 1
    lease.save(update_fields=["area_m2", "version", "updated_at"])
    if rent is not None:
        lease.steps.all().delete()
        write_steps(lease, steps)
    entry = event_of(lease, LeaseEvent.Kind.SWAPPED, on, note=reason)
    add_entry(entry, actor=actor, at=zones.now(lease.zone))
    lease_states.swap_out(lease, sorted(going), eve, actor=actor)
    lease_states.swap_in(lease, sorted(coming), on, actor=actor)
    index_leases([lease.pk])
    record_change(
        actor=actor,
        verb="swap_units",
        rows=[lease, *(unit for unit in locked if unit.pk in going or unit.pk in coming)],
        scope=lease.zone_id,
        on=on,
        out=sorted(going),
        units=sorted(coming),
        area_m2=changed,
        reason=reason.strip(),
    )
    return lease


def _check(lease: Lease, on: date, going: set[int], new: Sequence[Unit]) -> None:
    today = zones.today(lease.zone)
    state = lease.state_on(today)
    if state != Lease.State.RUNNING:
        raise LeaseOver(number=lease.number, state=str(state.label), what=_("调换房源"))
    refuse_future(on, lease.zone)
    now = {place.unit_id: place for place in selectors.places_now(lease)}
    if not going or not new:
        raise WrongInput(field=_("房源"), why=_("请选择调出和调入的房源。"))
    if going - now.keys():
        raise WrongInput(field=_("调出房源"), why=_("只能调出租约现有的房源。"))
    for unit in new:
        if unit.site_id != lease.site_id:
            raise PlaceMismatch(place=str(unit), site=str(lease.site))
        if unit.pk in now:
            raise WrongInput(field=_("调入房源"), why=_("{unit}已在这份租约中。").format(unit=unit))
    first = max(place.starts_on for place in lease.places.all()) + timedelta(days=1)
    if not first <= on <= lease.last_on:
        raise WrongInput(
            field=_("调换日期"),
            why=_("应在 {first} 至 {last} 之间。").format(
                first=first.isoformat(), last=lease.last_on.isoformat()
            ),
        )
