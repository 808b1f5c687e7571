"""What a lease does to its units: signed for, let, free again. Every state it enters carries its key."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from zhuchao.apps.core.services import record_change
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone

from .. import selectors
from ..errors import UnitHeldForAnother, UnitTaken
from ..models import Hold, Lease, LeaseUnit, Unit, UnitState
from .holds import end_hold, locked_units, not_before
from .index import index_units
from .states import enter_states, void_states_of

ONE_DAY = timedelta(days=1)
OPEN_TO_SIGN = frozenset({Unit.State.VACANT, Unit.State.RESERVED, Unit.State.IN_WORKS})
USED_BY_TENANT = frozenset({Unit.State.LET, Unit.State.SIGNED})


def take_over(lease: Lease, units: Sequence[Unit], *, hold: Hold | None, actor: User | None) -> None:
    """Refuse a lease whose units are kept or used by somebody else, and end the holds that it fulfils.

    ``units`` are under lock. A lease that is over by now is history and is not held against the present.
    """
    if lease.last_on < zones.today(lease.zone):
        return
    key = selectors.name_key(lease.tenant_name)
    fulfilled: dict[int, Hold] = {}
    rows = Hold.objects.filter(places__unit__in=units, places__is_open=True).select_related("zone", "site")
    for one in rows.distinct():
        if (hold is None or one.pk != hold.pk) and selectors.name_key(one.held_for) != key:
            held = next(unit for unit in units if one.places.filter(unit=unit).exists())
            raise UnitHeldForAnother(
                unit=str(held), held_for=one.held_for, until=one.until.isoformat(), pk=one.pk
            )
        fulfilled[one.pk] = one
    held_ids = set(Hold.objects.filter(pk__in=fulfilled).values_list("places__unit_id", flat=True))
    latest = selectors.latest_states(unit.pk for unit in units)
    signed = lease.signing.key if lease.signing is not None else ""
    for unit in units:
        stands = latest.get(unit.pk)
        if unit.pk not in held_ids and not (signed and stands is not None and stands.ledger_key == signed):
            _refuse_taken(lease, unit, stands)
    for pk in sorted(fulfilled):
        locked = Hold.objects.select_for_update(no_key=True, of=("self",)).select_related("zone").get(pk=pk)
        end_hold(
            locked,
            actor=actor,
            end=Hold.End.SIGNED,
            on=zones.today(lease.zone),
            why=lease.number,
            keeps=frozenset(unit.pk for unit in units),
        )


def _refuse_taken(lease: Lease, unit: Unit, latest: UnitState | None) -> None:
    who = latest.occupant_name if latest is not None else ""
    same = not who or selectors.name_key(who) == selectors.name_key(lease.tenant_name)
    leased = LeaseUnit.objects.filter(unit=unit, is_live=True).exists()
    state = Unit.State(unit.state)
    if state == Unit.State.VACANT or (state == Unit.State.RESERVED and same):
        return
    if state == Unit.State.IN_WORKS and lease.starts_on > zones.today(lease.zone):
        return
    if state in USED_BY_TENANT and (same or leased):
        return
    raise UnitTaken(unit=str(unit), state=str(state.label), by=f"（{who}）" if who else "", pk=unit.pk)


def settle(lease: Lease, *, actor: User | None) -> bool:
    """Move the units of a locked lease to where its days put them today; return whether the lease moved on.

    Safe to repeat: what is done is marked on the lease. A state that was entered by hand for a later day stays.
    """
    today = zones.today(lease.zone)
    places = list(lease.places.order_by("unit_id"))
    ids = [place.unit_id for place in places]
    units = locked_units(ids)
    if lease.starts_on > today:
        _enter(lease, units, Unit.State.SIGNED, min(lease.signed_on, today), actor=actor)
        return False
    moved = False
    if lease.let_on is None:
        begun = {(place.starts_on, True, place.last_on) for place in places}
        over = {
            (place.last_on + ONE_DAY, False, place.last_on)
            for place in places
            if place.last_on < lease.last_on
        }
        for day, begins, last in sorted(begun | over):
            ids = [
                place.unit_id
                for place in places
                if place.last_on == last and (not begins or place.starts_on == day)
            ]
            if begins:
                _enter(lease, locked_units(ids), Unit.State.LET, day, actor=actor, last=last)
            else:
                swap_out(lease, ids, last, actor=actor)
        lease.let_on, moved = lease.starts_on, True
    if lease.freed_on is None and lease.last_on < today:
        left = [place.unit_id for place in places if place.last_on == lease.last_on]
        _free(lease, locked_units(left), lease.last_on, actor=actor)
        lease.freed_on, moved = lease.last_on + ONE_DAY, True
    if moved:
        lease.save(update_fields=["let_on", "freed_on"])
    return moved


def _enter(
    lease: Lease,
    units: Sequence[Unit],
    state: Unit.State,
    on: date,
    *,
    actor: User | None,
    last: date | None = None,
) -> None:
    """Enter that units came to the tenant on a day; ``last`` is their last day where it is not the lease's."""
    today, key = zones.today(lease.zone), selectors.name_key(lease.tenant_name)
    latest = selectors.latest_states(unit.pk for unit in units)
    entries = []
    for unit in units:
        stands = latest.get(unit.pk)
        if stands is not None:
            used = stands.state in USED_BY_TENANT
            if used and selectors.name_key(stands.occupant_name) == key and stands.state in (state, "let"):
                continue
            if state == Unit.State.SIGNED and stands.state not in (Unit.State.VACANT, Unit.State.RESERVED):
                continue  # somebody uses it until then, or it is in works
            if stands.state in (Unit.State.WITHDRAWN, Unit.State.SELF_USED):
                continue
            if stands.happened_on > on and (last or lease.last_on) < today:
                continue  # history that a later state has overtaken
        entries.append(
            _state(
                lease,
                unit,
                state,
                not_before(stands, on),
                enterprise_id=lease.tenant_id,
                occupant_name=lease.tenant_name,
                evidence_note=lease.number,
            )
        )
    enter_states(entries, actor=actor, at=zones.now(lease.zone))
    index_units([entry.unit_id for entry in entries])


def swap_in(lease: Lease, unit_ids: Sequence[int], on: date, *, actor: User | None) -> None:
    """Let the units that came into a locked lease on a day."""
    _enter(lease, locked_units(unit_ids), Unit.State.LET, on, actor=actor)


def swap_out(lease: Lease, unit_ids: Sequence[int], last: date, *, actor: User | None) -> None:
    """Free the units that a locked lease had up to the day ``last`` and swapped for others."""
    _free(lease, locked_units(unit_ids), last, actor=actor)


def _free(lease: Lease, units: Sequence[Unit], last: date, *, actor: User | None) -> None:
    first, key = last + ONE_DAY, selectors.name_key(lease.tenant_name)
    latest = selectors.latest_states(unit.pk for unit in units)
    others = LeaseUnit.objects.filter(unit__in=units, is_live=True, last_on__gte=first).exclude(lease=lease)
    following: dict[int, LeaseUnit] = {}
    for place in others.select_related("lease").order_by("starts_on"):
        following.setdefault(place.unit_id, place)
    if last < lease.last_on:
        cause, why = UnitState.Cause.OTHER, "调换房源"
    elif lease.is_ended_early:
        cause, why = UnitState.Cause.LEFT, "提前退租"
    else:
        cause, why = UnitState.Cause.EXPIRED, "到期未续"
    entries = []
    for unit in units:
        stands, after = latest.get(unit.pk), following.get(unit.pk)
        if stands is None or stands.state not in USED_BY_TENANT:
            continue
        if selectors.name_key(stands.occupant_name) != key:
            continue
        if after is not None and after.starts_on <= first:
            continue  # the next lease begins at once and says so itself
        if after is not None:
            entries.append(
                _state(
                    after.lease,
                    unit,
                    Unit.State.SIGNED,
                    not_before(stands, first),
                    enterprise_id=after.lease.tenant_id,
                    occupant_name=after.lease.tenant_name,
                    evidence_note=after.lease.number,
                )
            )
            continue
        entries.append(
            _state(
                lease,
                unit,
                Unit.State.VACANT,
                not_before(stands, first),
                cause=cause,
                why=why,
            )
        )
    enter_states(entries, actor=actor, at=zones.now(lease.zone))
    index_units([entry.unit_id for entry in entries])


def take_back(lease: Lease, *, actor: User | None, reason: str) -> None:
    """Void every state that a locked lease entered, as if it had not; its units fall back to what stood before."""
    void_states_of(_key(lease), actor=actor, at=zones.now(lease.zone), reason=reason)
    lease.let_on = lease.freed_on = None
    lease.save(update_fields=["let_on", "freed_on"])


def free_reserved(lease: Lease, *, actor: User | None) -> None:
    """Make the units vacant that a hold had reserved which this lease, now void, had fulfilled."""
    units = [
        unit
        for unit in locked_units(lease.places.values_list("unit_id", flat=True))
        if unit.state == Unit.State.RESERVED and not unit.hold_places.filter(is_open=True).exists()
    ]
    latest = selectors.latest_states(unit.pk for unit in units)
    today = zones.today(lease.zone)
    enter_states(
        [
            _state(lease, unit, Unit.State.VACANT, not_before(latest.get(unit.pk), today), why="租约作废")
            for unit in units
        ],
        actor=actor,
        at=zones.now(lease.zone),
    )
    index_units([unit.pk for unit in units])


def keep_leases(zone: Zone) -> int:
    """Begin the leases of a zone whose first day has come and free the units of those whose last has passed.

    Returns how many leases moved on. Safe to repeat; each lease is a transaction of its own, ends before beginnings.
    """
    today = zones.today(zone)
    moved = 0
    for pk in selectors.leases_to_move(zone.pk, today):
        with transaction.atomic():
            places = LeaseUnit.objects.filter(lease_id=pk)
            locked_units(places.values_list("unit_id", flat=True))
            rows = Lease.objects.select_related("zone", "site", "tenant")
            lease = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
            if not lease.is_void and settle(lease, actor=None):
                record_change(actor=None, verb="settle", rows=[lease], scope=zone.pk, on=today)
                moved += 1
    return moved


def keep_all_leases() -> int:
    """Do for every zone what ``keep_leases`` does; return how many leases moved on."""
    waiting = Lease.objects.filter(is_void=False, freed_on__isnull=True).order_by().values("zone")
    return sum(keep_leases(zone) for zone in Zone.objects.filter(pk__in=waiting).order_by("pk"))


def _key(lease: Lease) -> str:
    return f"lease:{lease.pk}"


def _state(lease: Lease, unit: Unit, state: Unit.State, on: date, **said: object) -> UnitState:
    return UnitState(
        zone_id=unit.zone_id,
        unit=unit,
        state=state,
        happened_on=on,
        area_m2=unit.gross_area_m2,
        ledger_key=_key(lease),
        **said,
    )
