"""Who was resident where on any day: read from the entries of the units' states only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import survivor_of
from zhuchao.engines.identity import normal_name

from ..models import Unit, UnitState
from .states import NEWEST_FIRST

RESIDENT = frozenset({str(Unit.State.LET.value), str(Unit.State.SELF_USED.value)})
"""The states in which a firm is there; one that has only signed is not there yet."""


@dataclass(frozen=True)
class Stay:
    """A unit somebody used on a day. ``firm`` is the same text for the same firm, in whoever's books it stands."""

    firm: str
    name: str
    enterprise: Enterprise | None
    unit: Unit
    area_m2: Decimal
    since: date


class Occupancy:
    """The states of some units as known at a moment, to be asked who was there on any day; two queries."""

    def __init__(self, entries: Iterable[UnitState]) -> None:
        self._by_unit: dict[int, list[UnitState]] = {}
        for entry in entries:
            self._by_unit.setdefault(entry.unit_id, []).append(entry)

    @property
    def first_day(self) -> date | None:
        """Return the first day anything is known of; None for nothing."""
        return min((rows[-1].happened_on for rows in self._by_unit.values()), default=None)

    def stays(self, on: date, states: frozenset[str] = RESIDENT) -> list[Stay]:
        """Return who was there on a day, by unit."""
        found = []
        for rows in self._by_unit.values():
            latest = next((row for row in rows if row.happened_on <= on), None)
            if latest is None or latest.state not in states:
                continue
            firm = survivor_of(latest.enterprise) if latest.enterprise else None
            name = str(firm or latest.occupant_name)
            if name:
                key = (firm.credit_code if firm else "") or normal_name(name)
                found.append(Stay(key, name, firm, latest.unit, latest.area_m2, latest.happened_on))
        return found


def occupancy(*, as_of: datetime, zone_ids: Sequence[int] = (), site_ids: Sequence[int] = ()) -> Occupancy:
    """Return the occupancy of all units of zones, and of all units of sites; one query."""
    entries = (
        UnitState.objects.as_of(as_of)
        .filter(Q(zone_id__in=zone_ids) | Q(unit__site_id__in=site_ids))
        .select_related("enterprise__merged_into", "unit__site", "unit__building", "unit__floor")
        .order_by(*NEWEST_FIRST)
    )
    return Occupancy(entries)


def by_firm(stays: Iterable[Stay]) -> Mapping[str, list[Stay]]:
    """Return stays by firm, the largest first: one firm in two units is one firm."""
    found: dict[str, list[Stay]] = {}
    for stay in sorted(stays, key=lambda stay: (-stay.area_m2, stay.unit.pk)):
        found.setdefault(stay.firm, []).append(stay)
    return found
