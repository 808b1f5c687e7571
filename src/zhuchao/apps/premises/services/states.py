"""The state a unit comes into: entered, corrected, voided, and repeated on the unit for quick lists."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
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
from ..errors import LastUnitState, UnitStateMoved, UnitStateSame
from ..models import Unit, UnitState
from .index import index_units

CORRECTABLE = frozenset(
    {"state", "happened_on", "area_m2", "enterprise", "occupant", "why", "evidence", "evidence_note"}
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
    evidence: Attachment | None = None,
    evidence_note: str = "",
    seen: int | None = None,
) -> UnitState:
    """Enter that a unit came into a state on a day, with the area it has now.

    ``occupant`` is a firm's name or credit code; one that is registered is tied to its file. ``seen`` is the state
    entry the person had before their eyes; when another stands there by now, the change is refused with
    UnitStateMoved. An earlier day than the present state's is history and leaves the present state. Raises
    UnitStateSame when nothing would be said, and WrongInput for a day to come.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.UNIT, unit.site)
    unit = _locked(unit.pk)
    refuse_future(on, unit.zone)
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
        evidence=evidence,
        evidence_note=evidence_note.strip(),
    )
    if before is not None and _says(before) == _says(entry):
        raise UnitStateSame(
            unit=str(unit), state=str(before.get_state_display()), since=before.happened_on.isoformat()
        )
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
    refuse_future(values.get("happened_on", entry.happened_on), unit.zone)
    if values.get("area_m2", entry.area_m2) <= 0:
        raise WrongInput(field=_("建筑面积"), why=_("必须大于 0。"))
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

    Raises LastUnitState for the only one: the unit's area must belong to a state.
    """
    selectors.require_at(actor, Verb.VOID, Thing.UNIT, entry.unit.site)
    unit = _locked(entry.unit_id)
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


def refresh_units(unit_ids: Iterable[int]) -> None:
    """Repeat the latest live state on each unit: state, since when without a break, and who uses it."""
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
                occupant_id=latest.enterprise_id if latest.state in selectors.OCCUPIED else None,
            )
        )
    Unit.objects.bulk_update(units, ["state", "state_since", "occupant"], batch_size=200)


def occupied_by(zone_id: int, occupant: str, enterprise: Enterprise | None = None) -> dict[str, Any]:
    """Return the fields of a state entry that say who uses the space: a registered firm, or a name alone."""
    text = " ".join(occupant.split())
    firm = enterprise or selectors.firms_named(zone_id, [text]).get(text)
    return {"enterprise": firm, "occupant_name": str(firm) if firm else text}


def _since(entries: Sequence[UnitState]) -> date:
    """Return the day since which a unit is in its present state without a break; newest entry first."""
    present = entries[0].state
    return list(takewhile(lambda entry: entry.state == present, entries))[-1].happened_on


def refuse_future(on: date, zone: Zone) -> None:
    """Refuse a day that has not come yet in the zone."""
    today = zones.today(zone)
    if on > today:
        raise WrongInput(field=_("日期"), why=_("不能晚于今天（{day}）。").format(day=today.isoformat()))


def _locked(pk: int) -> Unit:
    # "of" leaves the unit's neighbours unlocked: only the unit's own row is what two people race for.
    rows = Unit.objects.select_related("zone", "site", "building", "floor")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _says(entry: UnitState) -> tuple[Any, ...]:
    return (entry.state, entry.enterprise_id, entry.occupant_name, entry.why, entry.area_m2)
