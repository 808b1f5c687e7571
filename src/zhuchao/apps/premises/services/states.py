"""The state a unit comes into: entered, corrected, voided, and repeated on the unit for quick lists."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, takewhile
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entries, add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import LastUnitState, LineageKept, OutsideLife, UnitStateMoved, UnitStateSame
from ..models import Unit, UnitLineagePart, UnitState, cause_named
from .index import index_units

EMPTY = frozenset({Unit.State.VACANT, Unit.State.RESERVED})
"""The states in which nobody is in a unit and nothing is done to it."""

CORRECTABLE = frozenset(
    {
        "state",
        "happened_on",
        "area_m2",
        "idle_m2",
        "enterprise",
        "occupant",
        "cause",
        "why",
        "evidence",
        "evidence_note",
    }
)


@transaction.atomic
def change_unit_state(
    *,
    actor: User | None,
    unit: Unit,
    state: str,
    on: date,
    enterprise: Enterprise | None = None,
    occupant: str = "",
    why: str = "",
    cause: str = "",
    idle_m2: Decimal | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
    seen: int | None = None,
) -> UnitState:
    """Enter that a unit came into a state on a day, with the area it has now.

    ``occupant`` is a firm's name or credit code; one that is registered is tied to its file. ``seen`` is the state
    entry the person had before their eyes; when another stands there by now, the change is refused with
    UnitStateMoved. ``cause`` is a code of UnitState.Cause, read from ``why`` when not given; ``idle_m2`` the part that
    stands empty of a unit that is used. An earlier day than the present state's is history and leaves the present state. Raises
    UnitStateSame when nothing would be said, and WrongInput for a day to come.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.UNIT, unit.site)
    unit = _locked(unit.pk)
    refuse_future(on, unit.zone)
    refuse_outside_life(unit, on)
    _check_idle(state, unit.gross_area_m2, idle_m2)
    latest = selectors.in_order(
        UnitState.objects.live().filter(unit=unit).select_related("recorded_by")
    ).first()
    if latest is not None and seen is not None and latest.pk != seen:
        raise UnitStateMoved(
            unit=str(unit),
            by=str(latest.recorded_by or _("系统")),
            state=str(latest.get_state_display()),
            since=latest.happened_on.isoformat(),
            entry=latest.pk,
        )
    before = selectors.in_order(UnitState.objects.live().filter(unit=unit, happened_on__lte=on)).first()
    entry = UnitState(
        zone_id=unit.zone_id,
        unit=unit,
        state=Unit.State(state),
        happened_on=on,
        area_m2=unit.gross_area_m2,
        **occupied_by(unit.zone_id, occupant, enterprise),
        why=why.strip(),
        cause=cause or cause_named(why),
        idle_m2=idle_m2,
        evidence=evidence,
        evidence_note=evidence_note.strip(),
    )
    refuse_same(before, entry)
    add_entry(entry, actor=actor, at=zones.now(unit.zone))
    refresh_units([unit.pk])
    index_units([unit.pk])
    record_change(
        actor=actor, verb="state", rows=[unit], scope=unit.zone_id, entry=entry.pk, state=entry.state, on=on
    )
    return entry


@transaction.atomic
def correct_unit_state(*, actor: User | None, entry: UnitState, reason: str, **values: Any) -> UnitState:
    """Replace a state entry by one that says it right; the unit's present state follows.

    ``values`` may be state, happened_on, area_m2, enterprise, occupant, why, evidence, evidence_note.
    Raises ReasonNeeded, AlreadyReplaced and WrongInput.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.UNIT, entry.unit.site)
    unknown = set(values) - CORRECTABLE
    if unknown:
        raise TypeError(f"not part of a unit's state: {sorted(unknown)}")
    unit = _locked(entry.unit_id)
    on, area_m2 = values.get("happened_on", entry.happened_on), values.get("area_m2", entry.area_m2)
    refuse_future(on, unit.zone)
    refuse_move(unit, entry, on)
    if entry.lineage_id is not None and (
        area_m2 != entry.area_m2
        or _leaves_stock(entry) != (values.get("state", entry.state) == Unit.State.WITHDRAWN)
    ):
        raise LineageKept(unit=str(unit), on=entry.happened_on.isoformat())
    if area_m2 <= 0:
        raise WrongInput(field=_("建筑面积"), why=_("必须大于 0。"))
    _check_idle(values.get("state", entry.state), area_m2, values.get("idle_m2", entry.idle_m2))
    if "why" in values and "cause" not in values:
        values["cause"] = cause_named(values["why"]) or entry.cause
    if "occupant" in values or "enterprise" in values:
        values |= occupied_by(unit.zone_id, values.pop("occupant", ""), values.get("enterprise"))
    successor = correct_entry(
        entry,
        actor=actor,
        at=zones.now(unit.zone),
        reason=reason,
        first_recorded_at=entry.first_recorded_at or entry.recorded_at,
        **values,
    )
    refresh_units([unit.pk])
    index_units([unit.pk])
    record_change(
        actor=actor,
        verb="correct_state",
        rows=[unit],
        scope=unit.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


@transaction.atomic
def void_unit_state(*, actor: User | None, entry: UnitState, reason: str) -> UnitState:
    """Take a state entry out of every count from now on; the unit's present state follows.

    Raises LastUnitState for the only one: the unit's area must belong to a state; and LineageKept for one by which
    a unit came or went in a split or merge.
    """
    selectors.require_at(actor, Verb.VOID, Thing.UNIT, entry.unit.site)
    unit = _locked(entry.unit_id)
    if entry.lineage_id is not None:
        raise LineageKept(unit=str(unit), on=entry.happened_on.isoformat())
    if not UnitState.objects.live().filter(unit=unit).exclude(pk=entry.pk).exists():
        raise LastUnitState(unit=str(unit))
    successor = void_entry(entry, actor=actor, at=zones.now(unit.zone), reason=reason)
    refresh_units([unit.pk])
    index_units([unit.pk])
    record_change(
        actor=actor,
        verb="void_state",
        rows=[unit],
        scope=unit.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


def enter_states(entries: Sequence[UnitState], *, actor: User | None, at: datetime) -> None:
    """Enter the states of many units and repeat them on the units; runs inside the writer's transaction."""
    add_entries(entries, actor=actor, at=at)
    refresh_units({entry.unit_id for entry in entries})


def void_states_of(key: str, *, actor: User | None, at: datetime, reason: str) -> set[int]:
    """Void every live state entry of a ledger key; return the ids of the units, which fall back to what stood before.

    The last entry that a unit has stays. Runs inside the writer's transaction.
    """
    touched = set()
    for entry in UnitState.objects.live().filter(ledger_key=key).order_by("-pk"):
        if UnitState.objects.live().filter(unit=entry.unit_id).exclude(pk=entry.pk).exists():
            void_entry(entry, actor=actor, at=at, reason=reason)
            touched.add(entry.unit_id)
    refresh_units(touched)
    index_units(touched)
    return touched


def refresh_units(unit_ids: Iterable[int]) -> None:
    """Repeat the latest live state on each unit: state, since when without a break, what is idle, who uses it."""
    ids = sorted(set(unit_ids))
    for start in range(0, len(ids), 1000):
        _refresh(ids[start : start + 1000])


def _refresh(ids: Sequence[int]) -> None:
    rows = UnitState.objects.live().filter(unit_id__in=ids)
    ordered = rows.order_by("unit_id", *selectors.NEWEST_FIRST)
    units = []
    for unit_id, history in groupby(ordered, key=lambda entry: entry.unit_id):
        entries = list(history)
        latest = entries[0]
        units.append(
            Unit(
                pk=unit_id,
                state=latest.state,
                state_since=_since(entries),
                idle_m2=latest.idle_m2,
                occupant_id=latest.enterprise_id if latest.state in selectors.OCCUPIED else None,
            )
        )
    Unit.objects.bulk_update(units, ["state", "state_since", "idle_m2", "occupant"], batch_size=200)


def occupied_by(zone_id: int, occupant: str, enterprise: Enterprise | None = None) -> dict[str, Any]:
    """Return the fields of a state entry that say who uses the space: a registered firm, or a name alone."""
    text = " ".join(occupant.split())
    firm = enterprise or selectors.firms_named(zone_id, [text]).get(text)
    return {"enterprise": firm, "occupant_name": str(firm) if firm else text}


def _since(entries: Sequence[UnitState]) -> date:
    """Return the day since which a unit is in its present state without a break; newest entry first.

    What came of a split or merge goes on in the state of what it came of: space that stands empty does not begin
    anew because a wall was moved. Of several the longest counts. Nor does it begin anew because it was held for
    somebody who did not come: nobody was there.
    """
    present = entries[0].state
    same = EMPTY if present == Unit.State.VACANT else {present}
    first = list(takewhile(lambda entry: entry.state in same, entries))[-1]
    if first.lineage_id is None or first is not entries[-1]:
        return first.happened_on
    parents = UnitLineagePart.objects.filter(lineage=first.lineage_id, is_child=False).values("unit")
    rows = UnitState.objects.live().filter(unit__in=parents).exclude(lineage=first.lineage_id)
    days = [first.happened_on]
    ordered = rows.order_by("unit_id", *selectors.NEWEST_FIRST)
    for _unit, history in groupby(ordered, key=lambda entry: entry.unit_id):
        before = list(history)
        if before[0].state in same:
            days.append(_since(before))
    return min(days)


def refuse_future(on: date, zone: Zone) -> None:
    """Refuse a day that has not come yet in the zone."""
    today = zones.today(zone)
    if on > today:
        raise WrongInput(field=_("日期"), why=_("不能晚于今天（{day}）。").format(day=today.isoformat()))


def refuse_same(before: UnitState | None, entry: UnitState) -> None:
    """Refuse a state that says nothing beside the one before it; reads nothing."""
    if before is not None and _says(before) == _says(entry):
        raise UnitStateSame(
            unit=str(entry.unit),
            state=str(before.get_state_display()),
            since=before.happened_on.isoformat(),
        )


def refuse_outside_life(unit: Unit, on: date, parts: Iterable[UnitLineagePart] | None = None) -> None:
    """Refuse a day on which the unit was not there yet, or no longer: before its split or merge, or after it.

    ``parts`` are the unit's, with their lineage, where they have been read already.
    """
    if parts is None:
        parts = UnitLineagePart.objects.filter(unit=unit).select_related("lineage")
    for part in parts:
        day = part.lineage.happened_on
        if (on < day) if part.is_child else (on >= day):
            raise OutsideLife(
                unit=str(unit),
                on=on.isoformat(),
                way=str(part.lineage.get_way_display()),
                day=day.isoformat(),
                came=part.is_child,
            )


def refuse_move(
    unit: Unit, entry: UnitState, on: date, parts: Iterable[UnitLineagePart] | None = None
) -> None:
    """Refuse another day for a state by which a unit came or went, or a day outside its life."""
    if entry.lineage_id is None:
        refuse_outside_life(unit, on, parts)
    elif on != entry.happened_on:
        raise LineageKept(unit=str(unit), on=entry.happened_on.isoformat())


def _leaves_stock(entry: UnitState) -> bool:
    return entry.state == Unit.State.WITHDRAWN


def _check_idle(state: str, area_m2: Decimal, idle_m2: Decimal | None) -> None:
    if idle_m2 is None:
        return
    if state not in selectors.OCCUPIED:
        raise WrongInput(field=_("部分空置"), why=_("只有在用、自用、已签约或预留的房源才有部分空置。"))
    if not 0 < idle_m2 < area_m2:
        raise WrongInput(
            field=_("部分空置"), why=_("必须大于 0，且小于建筑面积 {area} ㎡。").format(area=area_m2)
        )


def _locked(pk: int) -> Unit:
    # "of" leaves the unit's neighbours unlocked: only the unit's own row is what two people race for.
    rows = Unit.objects.select_related("zone", "site", "building", "floor")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _says(entry: UnitState) -> tuple[Any, ...]:
    return (
        entry.state,
        entry.enterprise_id,
        entry.occupant_name,
        entry.why,
        entry.cause_code,
        entry.area_m2,
        entry.idle_m2,
    )
