"""How the stock of space became what it is: 存量 + 增量 − 减量 = 总量, read from entries only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ..models import Unit, UnitLineage, UnitState
from .states import NEWEST_FIRST, area_by_state

ZERO = Decimal(0)


class Kind(StrEnum):
    """Why the stock grew or shrank."""

    BUILT = "built"
    ENROLLED = "enrolled"
    RETURNED = "returned"
    GREW = "grew"
    DEMOLISHED = "demolished"
    SOLD = "sold"
    CONVERTED = "converted"
    LEFT = "left"
    SHRANK = "shrank"


LABELS = {
    Kind.BUILT: _("新建"),
    Kind.ENROLLED: _("纳入管理"),
    Kind.RETURNED: _("恢复使用"),
    Kind.GREW: _("面积核增"),
    Kind.DEMOLISHED: _("拆除"),
    Kind.SOLD: _("转出"),
    Kind.CONVERTED: _("改作他用"),
    Kind.LEFT: _("其他退出"),
    Kind.SHRANK: _("面积核减"),
}


class Step(NamedTuple):
    """One state entry of a unit, as movements need it."""

    unit_id: int
    happened_on: date
    state: str
    area_m2: Decimal
    idle_m2: Decimal | None
    cause: str
    lineage_id: int | None

    @property
    def stock_m2(self) -> Decimal:
        """Return the area that the entry leaves in the stock."""
        return ZERO if self.state == Unit.State.WITHDRAWN else self.area_m2


@dataclass(frozen=True)
class Line:
    """Space that came into the stock, or left it, for one reason; ``area_m2`` is never negative."""

    kind: Kind
    area_m2: Decimal
    unit_ids: tuple[int, ...]

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


@dataclass(frozen=True)
class Movement:
    """The stock from the eve of ``start`` to the end of ``end``, as known at ``as_of``."""

    start: date
    end: date
    as_of: datetime
    opening_m2: Decimal
    increase: tuple[Line, ...]
    decrease: tuple[Line, ...]
    rearranged_m2: Decimal
    closing_m2: Decimal

    @property
    def increase_m2(self) -> Decimal:
        return sum((line.area_m2 for line in self.increase), ZERO)

    @property
    def decrease_m2(self) -> Decimal:
        return sum((line.area_m2 for line in self.decrease), ZERO)

    @property
    def difference_m2(self) -> Decimal:
        """Return by how much opening, increase and decrease miss the closing stock: 0, or the books are wrong."""
        return self.opening_m2 + self.increase_m2 - self.decrease_m2 - self.closing_m2


def stock_movement(
    zone_ids: Sequence[int],
    start: date,
    end: date,
    as_of: datetime,
    *,
    units: QuerySet[Unit] | None = None,
) -> Movement:
    """Return what came into the stock and left it from ``start`` to ``end``, both included; three queries.

    Splits and merges move nothing: their two sides are set off against each other, and ``rearranged_m2`` says how
    much space they touched. What a later correction leaves between the two sides counts as measured anew.
    """
    opening = area_by_state(zone_ids, start - timedelta(days=1), as_of, units=units)
    closing = area_by_state(zone_ids, end, as_of, units=units)
    found: dict[Kind, list[tuple[Decimal, int]]] = {}
    by_lineage: dict[int, list[tuple[Decimal, int]]] = {}
    for history in histories(zone_ids, end, as_of, units=units, touched_from=start):
        before: Step | None = None
        for step in history:
            change = step.stock_m2 - (before.stock_m2 if before else ZERO)
            if step.happened_on >= start and change:
                if step.lineage_id is not None:
                    by_lineage.setdefault(step.lineage_id, []).append((change, step.unit_id))
                else:
                    found.setdefault(_kind(step, before, change), []).append((change, step.unit_id))
            before = step
    for changes in by_lineage.values():
        left = sum((change for change, _unit in changes), ZERO)
        if left:
            found.setdefault(Kind.GREW if left > 0 else Kind.SHRANK, []).append((left, changes[0][1]))
    lines = [
        Line(kind, abs(sum((change for change, _unit in found[kind]), ZERO)), _units(found[kind]))
        for kind in Kind
        if kind in found
    ]
    return Movement(
        start,
        end,
        as_of,
        opening.stock_m2,
        tuple(line for line in lines if found[line.kind][0][0] > 0),
        tuple(line for line in lines if found[line.kind][0][0] < 0),
        sum((change for changes in by_lineage.values() for change, _unit in changes if change > 0), ZERO),
        closing.stock_m2,
    )


def histories(
    zone_ids: Sequence[int],
    until: date,
    as_of: datetime,
    *,
    units: QuerySet[Unit] | None = None,
    touched_from: date | None = None,
) -> Iterator[list[Step]]:
    """Yield the entries of each unit until a day, oldest first, as known at a moment; one query.

    ``touched_from`` leaves out the units to which nothing happened since that day.
    """
    entries = UnitState.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__lte=until)
    if units is not None:
        entries = entries.filter(unit__in=units.order_by().values("pk"))
    if touched_from is not None:
        entries = entries.filter(
            unit__in=UnitState.objects.filter(happened_on__gte=touched_from).order_by().values("unit")
        )
    rows = entries.order_by("unit_id", *NEWEST_FIRST).values_list(*Step._fields).iterator(chunk_size=5000)
    for _unit, steps in groupby(map(Step._make, rows), key=lambda step: step.unit_id):
        yield list(steps)[::-1]


def lineage_of(unit: Unit) -> QuerySet[UnitLineage]:
    """Return the splits and merges that a unit came of or went in, with their parts, oldest first."""
    rows = UnitLineage.objects.live().filter(parts__unit=unit).order_by("happened_on", "pk")
    return rows.prefetch_related("parts__unit")


def _kind(step: Step, before: Step | None, change: Decimal) -> Kind:
    causes = UnitState.Cause
    if before is None:
        return Kind.BUILT if step.cause in (causes.BUILT, causes.NEW) else Kind.ENROLLED
    if step.state == Unit.State.WITHDRAWN:
        gone = {
            causes.DEMOLISHED.value: Kind.DEMOLISHED,
            causes.SOLD.value: Kind.SOLD,
            causes.CONVERTED.value: Kind.CONVERTED,
        }
        return gone.get(step.cause, Kind.LEFT)
    if before.state == Unit.State.WITHDRAWN:
        return Kind.RETURNED
    return Kind.GREW if change > 0 else Kind.SHRANK


def _units(changes: Iterable[tuple[Decimal, int]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(unit_id for _change, unit_id in changes))
