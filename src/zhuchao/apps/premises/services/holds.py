"""Holds: units kept for somebody until a day; released by hand, by their end, or by the signing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import HoldEnded, HoldPast, HoldTooLong, PlaceMismatch, UnitNotVacant
from ..models import Hold, HoldLimit, HoldUnit, Unit, UnitState
from .index import index_units
from .states import enter_states, occupied_by, refuse_future


@transaction.atomic
def hold_units(
    *,
    actor: User | None,
    units: Sequence[Unit],
    held_for: str,
    until: date,
    why: str = "",
    on: date | None = None,
) -> Hold:
    """Keep one or several vacant units of one site for somebody, up to and including the day ``until``.

    ``on`` is the day the hold was agreed (today when not said). Raises UnitNotVacant for a unit that is held, let
    or otherwise not free, HoldPast, HoldTooLong, PlaceMismatch for units of several sites, and WrongInput.
    """
    wanted = {unit.pk: unit for unit in units}
    if not wanted:
        raise WrongInput(field=_("房源"), why=_("请至少选择一个房源。"))
    site = next(iter(wanted.values())).site
    for unit in wanted.values():
        if unit.site_id != site.pk:
            raise PlaceMismatch(place=str(unit), site=str(site))
    selectors.require_at(actor, Verb.ADD, Thing.HOLD, site)
    held_for = " ".join(held_for.split())
    if not held_for:
        raise WrongInput(field=_("预留对象"), why=_("不能为空。"))
    locked = locked_units(wanted)
    zone = locked[0].zone
    since = on or zones.today(zone)
    refuse_future(since, zone)
    _check_until(zone, until, since)
    for unit in locked:
        if not unit.is_vacant:
            raise UnitNotVacant(unit=str(unit), state=str(unit.get_state_display()), pk=unit.pk)
    hold = Hold.objects.create(
        zone=zone, site=site, held_for=held_for[:120], held_on=since, until=until, why=why.strip()
    )
    HoldUnit.objects.bulk_create([HoldUnit(zone=zone, hold=hold, unit=unit) for unit in locked])
    said = f"预留至 {until.isoformat()}"
    reserved = occupied_by(zone.pk, held_for)
    latest = selectors.latest_states(wanted)
    entries = [
        UnitState(
            zone=zone,
            unit=unit,
            state=Unit.State.RESERVED,
            happened_on=not_before(latest.get(unit.pk), since),
            area_m2=unit.gross_area_m2,
            evidence_note=said,
            **reserved,
        )
        for unit in locked
    ]
    enter_states(entries, actor=actor, at=zones.now(zone))
    index_units(wanted)
    record_change(
        actor=actor,
        verb="hold",
        rows=[hold, *locked],
        scope=zone.pk,
        units=sorted(wanted),
        held_for=hold.held_for,
        until=until,
    )
    return hold


@transaction.atomic
def extend_hold(*, actor: User | None, hold: Hold, until: date, version: int | None, reason: str) -> Hold:
    """Keep the units of an open hold until another day, earlier or later.

    The longest time a hold may last is counted from today. Raises HoldEnded, HoldPast, HoldTooLong, ReasonNeeded
    and Stale.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.HOLD, hold.site)
    hold = _locked_hold(hold.pk)
    check_version(hold, version, yours={"until": until})
    _refuse_ended(hold)
    _need_reason(reason, _("调整预留"))
    _check_until(hold.zone, until, zones.today(hold.zone))
    changed = save_record(hold, until=until)
    if changed:
        record_change(
            actor=actor,
            verb="change",
            rows=[hold],
            scope=hold.zone_id,
            changed=changed,
            reason=reason.strip(),
        )
    return hold


@transaction.atomic
def release_hold(*, actor: User | None, hold: Hold, why: str) -> Hold:
    """Give the units of an open hold back; those that are still reserved are vacant from today.

    Raises HoldEnded and ReasonNeeded.
    """
    selectors.require_at(actor, Verb.VOID, Thing.HOLD, hold.site)
    hold = _locked_hold(hold.pk)
    _refuse_ended(hold)
    _need_reason(why, _("释放预留"))
    end_hold(hold, actor=actor, end=Hold.End.RELEASED, on=zones.today(hold.zone), why=why.strip())
    return hold


def expire_holds(zone: Zone) -> list[Hold]:
    """Release every hold of a zone whose last day has passed; return those released.

    The units are vacant from the day after that last day, however late this runs. Safe to repeat: the second run
    finds nothing to do. Each hold is a transaction of its own.
    """
    released = []
    for hold in selectors.holds_past(zone.pk, zones.today(zone)):
        with transaction.atomic():
            hold = _locked_hold(hold.pk)
            if hold.is_open and hold.until < zones.today(zone):
                end_hold(
                    hold, actor=None, end=Hold.End.EXPIRED, on=hold.until + timedelta(days=1), why="预留到期"
                )
                released.append(hold)
    return released


def expire_all_holds() -> int:
    """Release every hold of every zone whose last day has passed; return how many."""
    open_zones = Hold.objects.filter(end="").order_by().values("zone")
    return sum(len(expire_holds(zone)) for zone in Zone.objects.filter(pk__in=open_zones).order_by("pk"))


@transaction.atomic
def limit_holds(*, actor: User | None, zone: Zone, days: int, since: date, reason: str) -> HoldLimit:
    """Say how many days a hold of the zone, and of the zones below it, may last from ``since`` on."""
    zones.require(actor, Verb.MANAGE, Thing.HOLD, zone)
    if not 1 <= days <= selectors.MOST_HOLD_DAYS:
        raise WrongInput(
            field=_("最长预留天数"),
            why=_("应在 1 到 {most} 之间。").format(most=selectors.MOST_HOLD_DAYS),
        )
    refuse_future(since, zone)
    entry = HoldLimit(zone=zone, days=days, happened_on=since, evidence_note=reason.strip())
    add_entry(entry, actor=actor, at=zones.now(zone))
    record_change(actor=actor, verb="add", rows=[entry], scope=zone.pk, days=days, on=since)
    return entry


def end_hold(
    hold: Hold,
    *,
    actor: User | None,
    end: Hold.End,
    on: date,
    why: str,
    keeps: Collection[int] = (),
) -> None:
    """End a locked hold; inside the caller's transaction.

    What is still reserved becomes vacant, but for the units of the ids in ``keeps``.
    """
    save_record(hold, end=end, ended_on=on, end_why=why)
    units = locked_units(hold.places.values_list("unit_id", flat=True))
    hold.places.update(is_open=False)
    latest = selectors.latest_states(unit.pk for unit in units)
    entries = [
        UnitState(
            zone_id=unit.zone_id,
            unit=unit,
            state=Unit.State.VACANT,
            happened_on=not_before(latest.get(unit.pk), on),
            area_m2=unit.gross_area_m2,
            why=why[:60],
        )
        for unit in units
        if unit.state == Unit.State.RESERVED and unit.pk not in keeps
    ]
    enter_states(entries, actor=actor, at=zones.now(hold.zone))
    index_units([unit.pk for unit in units])
    record_change(
        actor=actor,
        verb="release",
        rows=[hold, *units],
        scope=hold.zone_id,
        end=str(end),
        on=on,
        reason=why,
    )


def not_before(latest: UnitState | None, on: date) -> date:
    """Return ``on``, or the later day of the state that stands: what is entered now must stand after it."""
    return max(on, latest.happened_on) if latest is not None else on


def locked_units(ids: Iterable[int]) -> list[Unit]:
    """Return units under lock, always in the same order so that nobody waits for each other."""
    rows = Unit.objects.select_related("zone", "site", "building", "floor").filter(pk__in=list(ids))
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def _locked_hold(pk: int) -> Hold:
    rows = Hold.objects.select_related("zone", "site")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _refuse_ended(hold: Hold) -> None:
    if not hold.is_open:
        raise HoldEnded(how=str(hold.get_end_display()), on=str(hold.ended_on), pk=hold.pk)


def _need_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise ReasonNeeded(what=what)


def _check_until(zone: Zone, until: date, since: date) -> None:
    today = zones.today(zone)
    if until < today:
        raise HoldPast(until=until.isoformat(), today=today.isoformat())
    days = selectors.longest_hold_days(zone, since)
    latest = since + timedelta(days=days)
    if until > latest:
        raise HoldTooLong(until=until.isoformat(), days=days, latest=latest.isoformat())
