"""Units split and merged: what came of what, with every square metre kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, record_change
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import AreaNotConserved, NotMergeable, UnitBound, UnitExists, UnitGone
from ..models import Floor, LeaseUnit, Unit, UnitLineage, UnitLineagePart, UnitState
from .facts import UNIT_FACTS, blank_of
from .index import index_units
from .places import tidy
from .states import enter_states, refuse_future

MOST_PARTS = 50
SAME_FOR_EACH = UNIT_FACTS - {
    "name",
    "gross_area_m2",
    "net_area_m2",
    "position",
    "power_kva",
    "loading_docks",
}
"""What a part of a unit has as the whole had it; the rest has to be found out anew."""


@dataclass(frozen=True)
class Part:
    """A unit that a split makes. ``state`` None keeps that of the whole; ``position`` is the place on the floor."""

    name: str
    gross_area_m2: Decimal
    state: str | None = None
    position: int | None = None


@transaction.atomic
def split_unit(
    *, actor: User | None, unit: Unit, on: date, parts: Sequence[Part], evidence_note: str = ""
) -> list[Unit]:
    """Make several units of one from ``on``; return them in the order given.

    The whole is withdrawn and the parts come in its place: neither counts as less or more space. A part keeps the
    state and the user of the whole unless it is said to be vacant. Raises AreaNotConserved with the difference
    when the parts do not add up to the cent, UnitExists, UnitGone, and WrongInput for a day before the unit's latest
    entry.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.UNIT, unit.site)
    whole, latest = _standing([unit.pk], on)[0]
    if not 2 <= len(parts) <= MOST_PARTS:
        raise WrongInput(field=_("拆分"), why=_("至少拆成 2 个，最多 {most} 个。").format(most=MOST_PARTS))
    names = [tidy(part.name, _("房号")) for part in parts]
    _refuse_taken(whole, whole.floor, names)
    areas = [part.gross_area_m2 for part in parts]
    if any(area <= 0 or area != round(area, 2) for area in areas):
        raise WrongInput(field=_("建筑面积"), why=_("每个部分都必须大于 0，最多两位小数。"))
    if sum(areas) != whole.gross_area_m2:
        raise AreaNotConserved(
            parts=sum(areas), whole=whole.gross_area_m2, difference=sum(areas) - whole.gross_area_m2
        )
    states = [part.state or latest.state for part in parts]
    if wrong := set(states) - {latest.state, Unit.State.VACANT}:
        raise WrongInput(
            field=_("状态"), why=_("拆分后为原状态或空置，不能为{state}。").format(state=_labels(wrong))
        )
    if latest.idle_m2 is not None and Unit.State.VACANT not in states:
        raise WrongInput(
            field=_("状态"),
            why=_("原房源有 {area} ㎡ 空置，请指明拆分后哪一个空置。").format(area=latest.idle_m2),
        )
    facts = {name: getattr(whole, name) for name in SAME_FOR_EACH}
    children = [
        Unit(
            zone_id=whole.zone_id,
            site=whole.site,
            building=whole.building,
            floor=whole.floor,
            name=name,
            gross_area_m2=part.gross_area_m2,
            position=part.position,
            **facts,
        )
        for name, part in zip(names, parts, strict=True)
    ]
    return _replaced(
        actor, UnitLineage.Way.SPLIT, on, [(whole, latest)], children, states, evidence_note=evidence_note
    )


@transaction.atomic
def merge_units(
    *, actor: User | None, units: Sequence[Unit], on: date, name: str, evidence_note: str = ""
) -> Unit:
    """Make one unit of several of a building from ``on``; return it.

    What all agree on it keeps, what they do not is not known of it; what is forbidden in one is forbidden in all.
    Raises NotMergeable for units of several buildings, in several states or with gaps between them, UnitExists,
    UnitGone, and WrongInput for a day before the latest entry of one of them.
    """
    if len({unit.pk for unit in units}) < 2:
        raise WrongInput(field=_("合并"), why=_("至少选择 2 个房源。"))
    for unit in units:
        selectors.require_at(actor, Verb.CHANGE, Thing.UNIT, unit.site)
    standing = _standing([unit.pk for unit in units], on)
    wholes = [unit for unit, _latest in standing]
    _refuse_strangers(standing)
    first, latest = wholes[0], standing[0][1]
    floors = {unit.floor_id for unit in wholes}
    floor = first.floor if len(floors) == 1 else None
    name = tidy(name, _("房号"))
    _refuse_taken(first, floor, [name])
    child = Unit(
        zone_id=first.zone_id,
        site=first.site,
        building=first.building,
        floor=floor,
        name=name,
        **_facts_together(wholes),
    )
    made = _replaced(
        actor,
        UnitLineage.Way.MERGE,
        on,
        standing,
        [child],
        [latest.state],
        evidence_note=evidence_note,
        idle_m2=sum((entry.idle_m2 or Decimal(0) for _unit, entry in standing), Decimal(0)) or None,
    )
    return made[0]


def _facts_together(units: Sequence[Unit]) -> dict[str, Any]:
    """Return the facts of units as one: sums where space adds up, what all agree on, nothing on a guess."""
    facts: dict[str, Any] = {}
    for field in SAME_FOR_EACH:
        values = [getattr(unit, field) for unit in units]
        facts[field] = values[0] if all(value == values[0] for value in values) else blank_of(field)
    facts["gross_area_m2"] = sum(unit.gross_area_m2 for unit in units)
    for field in ("net_area_m2", "power_kva", "loading_docks"):
        values = [getattr(unit, field) for unit in units]
        facts[field] = None if None in values else sum(values)
    positions = [unit.position for unit in units]
    facts["position"] = None if None in positions else min(position for position in positions if position)
    facts["forbidden_uses"] = list(dict.fromkeys(word for unit in units for word in unit.forbidden_uses))
    facts["allowed_uses"] = [
        word for word in units[0].allowed_uses if all(word in unit.allowed_uses for unit in units)
    ]
    return facts


def _standing(ids: Sequence[int], on: date) -> list[tuple[Unit, UnitState]]:
    """Return the locked units, each with its latest entry; refuse what is not in the stock on ``on``."""
    rows = Unit.objects.select_related("zone", "site", "building", "floor").order_by("pk")
    units = list(rows.filter(pk__in=ids).select_for_update(of=("self",), no_key=True))
    found = []
    for unit in units:
        refuse_future(on, unit.zone)
        latest = selectors.in_order(UnitState.objects.live().filter(unit=unit)).first()
        if latest is None or latest.state == Unit.State.WITHDRAWN:
            raise UnitGone(unit=str(unit), since=str(unit.state_since or ""))
        hold = selectors.open_hold_of(None, unit)
        if hold is not None:
            raise UnitBound(unit=str(unit), what=_("给{to}的预留").format(to=hold.held_for))
        let = (
            LeaseUnit.objects.filter(unit=unit, is_live=True, last_on__gte=on).select_related("lease").first()
        )
        if let is not None:
            what = _("未到期的租约 {number}").format(number=let.lease.number)
            raise UnitBound(unit=str(unit), what=what)
        if on < latest.happened_on:
            raise WrongInput(
                field=_("日期"),
                why=_("{unit}在 {day} 还有登记，拆并不能早于这一天。").format(
                    unit=unit, day=latest.happened_on.isoformat()
                ),
            )
        found.append((unit, latest))
    return found


def _refuse_strangers(standing: Sequence[tuple[Unit, UnitState]]) -> None:
    units = [unit for unit, _latest in standing]
    names = listed(unit.name for unit in units)
    if len({(unit.site_id, unit.building_id) for unit in units}) > 1:
        raise NotMergeable(units=names, why=_("不在同一楼栋。"))
    if len({(entry.state, entry.enterprise_id, entry.occupant_name) for _unit, entry in standing}) > 1:
        raise NotMergeable(units=names, why=_("状态或使用企业不同。"))
    places = sorted(unit.position for unit in units if unit.position is not None)
    is_one_floor = len({unit.floor_id for unit in units}) == 1
    if is_one_floor and len(places) == len(units) and places[-1] - places[0] != len(units) - 1:
        raise NotMergeable(units=names, why=_("楼层内次序不相连。"))


def _refuse_taken(unit: Unit, floor: Floor | None, names: Sequence[str]) -> None:
    place = " ".join(str(part) for part in (unit.site, unit.building, floor) if part)
    twice = next((name for name in names if names.count(name) > 1), None)
    taken = Unit.objects.filter(site=unit.site, building=unit.building, floor=floor, name__in=names).first()
    if taken is not None or twice is not None:
        raise UnitExists(place=place, name=taken.name if taken else twice, pk=taken.pk if taken else None)


def _replaced(
    actor: User | None,
    way: UnitLineage.Way,
    on: date,
    standing: Sequence[tuple[Unit, UnitState]],
    children: Sequence[Unit],
    states: Sequence[str],
    *,
    evidence_note: str,
    idle_m2: Decimal | None = None,
) -> list[Unit]:
    """Write a split or merge: the entry, its parts, the parents withdrawn, the children in their place."""
    first, latest = standing[0]
    at = zones.now(first.zone)
    made = Unit.objects.bulk_create(children)
    total = sum(unit.gross_area_m2 for unit, _latest in standing)
    lineage = UnitLineage(
        zone_id=first.zone_id, way=way, area_m2=total, happened_on=on, evidence_note=evidence_note.strip()
    )
    add_entry(lineage, actor=actor, at=at)
    UnitLineagePart.objects.bulk_create(
        UnitLineagePart(lineage=lineage, unit=unit, is_child=unit in made, area_m2=unit.gross_area_m2)
        for unit in (*(unit for unit, _latest in standing), *made)
    )
    gone = [
        UnitState(
            zone_id=unit.zone_id,
            unit=unit,
            state=Unit.State.WITHDRAWN,
            area_m2=unit.gross_area_m2,
            happened_on=on,
            lineage=lineage,
        )
        for unit, _latest in standing
    ]
    come = []
    for child, state in zip(made, states, strict=True):
        entry = UnitState(
            zone_id=child.zone_id,
            unit=child,
            state=state,
            area_m2=child.gross_area_m2,
            happened_on=on,
            lineage=lineage,
        )
        if state == latest.state:
            entry.enterprise_id, entry.occupant_name = latest.enterprise_id, latest.occupant_name
            entry.why, entry.cause, entry.idle_m2 = latest.why, latest.cause, idle_m2
        come.append(entry)
    enter_states([*gone, *come], actor=actor, at=at)
    parents = [unit for unit, _latest in standing]
    index_units([unit.pk for unit in (*parents, *made)])
    record_change(
        actor=actor,
        verb=str(way),
        rows=[*parents, *made],
        scope=first.zone_id,
        entry=lineage.pk,
        on=on,
        area_m2=total,
        names=[unit.name for unit in made],
    )
    rows = Unit.objects.select_related("zone", "site", "building", "floor", "occupant")
    by_pk = rows.in_bulk([unit.pk for unit in made])
    return [by_pk[unit.pk] for unit in made]


def _labels(states: set[str]) -> str:
    return listed(str(Unit.State(state).label) for state in sorted(states))
