"""In which state every unit was on a day, as known at a moment: read from entries only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.db.models import Case, CharField, Count, F, OuterRef, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import Share, share

from ..models import Unit, UnitState
from .places import Actor

NEWEST_FIRST = (F("happened_on").desc(), Coalesce("first_recorded_at", "recorded_at").desc(), F("pk").desc())

OCCUPIED = frozenset({Unit.State.RESERVED, Unit.State.SIGNED, Unit.State.LET, Unit.State.SELF_USED})
"""The states in which somebody uses the space, or will."""


@dataclass(frozen=True)
class StateArea:
    """How many units and square metres stand in one state."""

    state: str
    label: str
    units: int
    area_m2: Decimal


@dataclass(frozen=True)
class Stock:
    """All space on a day as known at a moment. The states add up to ``total_m2`` to the cent."""

    on: date
    as_of: datetime
    by_state: tuple[StateArea, ...]

    @property
    def total_m2(self) -> Decimal:
        """Everything that has been entered by then, what has left the stock included."""
        return sum((part.area_m2 for part in self.by_state), Decimal(0))

    @property
    def stock_m2(self) -> Decimal:
        """What is in the stock: the total without what was withdrawn."""
        return self.total_m2 - self.area_m2(Unit.State.WITHDRAWN)

    @property
    def units(self) -> int:
        return sum(part.units for part in self.by_state)

    @property
    def vacancy(self) -> Share:
        """Return the vacant share of the stock, with its numerator and denominator."""
        return share(self.area_m2(Unit.State.VACANT), self.stock_m2)

    def area_m2(self, state: str) -> Decimal:
        """Return the area in one state, 0 when there is none."""
        return next((part.area_m2 for part in self.by_state if part.state == state), Decimal(0))


def visible_unit_states(actor: Actor) -> EntryQuerySet:
    """Return the state entries of the units this person may see, replaced and void ones included."""
    rows = UnitState.objects.select_related(
        "unit__site", "recorded_by", "enterprise", "evidence", "replaced_by", "lineage"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.UNIT, own="unit__site__operator"))


def get_unit_state(actor: Actor, pk: int) -> UnitState:
    """Return one state entry; raises NotFound when it is hidden or missing."""
    entry: UnitState | None = visible_unit_states(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该状态条目"))
    return entry


def in_order(entries: QuerySet[UnitState]) -> QuerySet[UnitState]:
    """Order state entries newest first: by day, and within a day by when each was first recorded."""
    return entries.order_by(*NEWEST_FIRST)


def unit_states_on(
    zone_ids: Sequence[int], on: date, as_of: datetime, *, units: QuerySet[Unit] | None = None
) -> EntryQuerySet:
    """Return the one entry that says how each unit stood on ``on``, as known at ``as_of``; one query.

    ``units`` narrows to some units (those an operator may see, those of a site).
    """
    entries = UnitState.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__lte=on)
    if units is not None:
        entries = entries.filter(unit__in=units.order_by().values("pk"))
    place = Window(RowNumber(), partition_by=[F("unit_id")], order_by=NEWEST_FIRST)
    latest = entries.order_by().annotate(place=place).filter(place=1)
    return UnitState.objects.filter(pk__in=latest.values("pk"))


def area_by_state(
    zone_ids: Sequence[int], on: date, as_of: datetime, *, units: QuerySet[Unit] | None = None
) -> Stock:
    """Return how much space stood in each state on ``on`` as known at ``as_of``; one query."""
    rows = (
        unit_states_on(zone_ids, on, as_of, units=units)
        .order_by()
        .values("state")
        .annotate(units=Count("pk"), area=Sum("area_m2"))
    )
    found = {row["state"]: row for row in rows}
    return Stock(
        on,
        as_of,
        tuple(
            StateArea(
                str(state.value), str(state.label), found[state]["units"], Decimal(found[state]["area"])
            )
            for state in Unit.State
            if state in found
        ),
    )


def with_user(rows: QuerySet[Unit]) -> QuerySet[Unit]:
    """Return units each with ``used_by``: who uses the space, registered or not, empty for nobody; no query more."""
    latest = in_order(UnitState.objects.live().filter(unit=OuterRef("pk"))).values("occupant_name")[:1]
    name = Case(When(state__in=OCCUPIED, then=Subquery(latest)), default=Value(""), output_field=CharField())
    return rows.annotate(used_by=name)


def user_of(unit: Unit) -> str:
    """Return who uses one unit, registered or not, empty for nobody."""
    if unit.state not in OCCUPIED:
        return ""
    latest = in_order(UnitState.objects.live().filter(unit=unit)).first()
    return latest.occupant_name if latest else ""


def latest_states(unit_ids: Iterable[int]) -> dict[int, UnitState]:
    """Return the state entry that stands on each unit now, by unit; one query for a thousand units."""
    ids = sorted(set(unit_ids))
    found: dict[int, UnitState] = {}
    for start in range(0, len(ids), 1000):
        rows = UnitState.objects.live().filter(unit_id__in=ids[start : start + 1000])
        for entry in in_order(rows.select_related("enterprise")):
            found.setdefault(entry.unit_id, entry)
    return found
