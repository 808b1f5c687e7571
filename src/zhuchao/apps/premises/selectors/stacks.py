"""A site's buildings as people draw them: floors as rows, units as blocks in proportion to their area."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhuchao.engines.figures import Share, share

from ..models import Building, Floor, Site, Unit
from .states import with_user

ZERO = Decimal(0)
IN_USE = frozenset({Unit.State.LET, Unit.State.SELF_USED})
"""The states in which somebody is there."""
_DRAWN = (
    "site",
    "building",
    "floor__level",
    "position",
    "name",
    "kind",
    "state",
    "state_since",
    "gross_area_m2",
    "idle_m2",
    "clear_height_m",
    "floor_load_kn_m2",
    "asking_rent_cny_m2_day",
)


@dataclass(frozen=True)
class FreeRun:
    """Vacant units side by side on one floor."""

    label: str
    units: tuple[Unit, ...]

    @property
    def area_m2(self) -> Decimal:
        return sum((unit.gross_area_m2 for unit in self.units), ZERO)


@dataclass(frozen=True)
class FloorStack:
    """One floor with its units from one end to the other; ``label`` is empty for units that name no floor.

    ``width`` is its area as a percentage of the largest floor of the building.
    """

    label: str
    level: int | None
    units: tuple[Unit, ...]
    width: int = 100

    @property
    def area_m2(self) -> Decimal:
        return area_of(self.units)

    @property
    def largest_free(self) -> FreeRun | None:
        """Return the largest run of vacant neighbours; a unit whose place is not known stands alone."""
        runs: list[list[Unit]] = []
        before: Unit | None = None
        for unit in self.units:
            if unit.is_vacant:
                is_next = (
                    before is not None
                    and before.is_vacant
                    and before.position is not None
                    and unit.position == before.position + 1
                )
                if is_next:
                    runs[-1].append(unit)
                else:
                    runs.append([unit])
            before = unit
        return max(
            (FreeRun(self.label, tuple(run)) for run in runs), key=lambda run: run.area_m2, default=None
        )


@dataclass(frozen=True)
class BuildingStack:
    """One building, highest floor first; ``building`` None holds what belongs to the site alone."""

    building: Building | None
    floors: tuple[FloorStack, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for floor in self.floors for unit in floor.units)

    @property
    def area_m2(self) -> Decimal:
        return area_of(self.units)

    @property
    def vacant_m2(self) -> Decimal:
        """Return what stands empty, the empty parts of used units included."""
        return vacant_m2(self.units)

    @property
    def occupancy(self) -> Share:
        """Return the share of the area in which somebody is, weighted by area."""
        return share(used_m2(self.units), self.area_m2)

    @property
    def largest_free(self) -> FreeRun | None:
        """Return the largest vacant space in one piece."""
        runs = [run for floor in self.floors if (run := floor.largest_free)]
        return max(runs, key=lambda run: run.area_m2, default=None)


def area_of(units: Iterable[Unit]) -> Decimal:
    """Return the gross area of units, m²."""
    return sum((unit.gross_area_m2 for unit in units), ZERO)


def vacant_m2(units: Iterable[Unit]) -> Decimal:
    """Return what stands empty of units: the vacant ones and the empty parts of others, m²."""
    return sum((unit.gross_area_m2 if unit.is_vacant else unit.idle_m2 or ZERO for unit in units), ZERO)


def used_m2(units: Iterable[Unit]) -> Decimal:
    """Return what is used of units, without their empty parts, m²."""
    return sum((unit.gross_area_m2 - (unit.idle_m2 or ZERO) for unit in units if unit.state in IN_USE), ZERO)


def stack_of(site: Site, building: Building | None = None) -> list[BuildingStack]:
    """Return the buildings of a site, or one of them, with floors and units in the stock; three queries."""
    rows = Building.objects.filter(site=site).prefetch_related("floors").order_by("name", "pk")
    units = Unit.objects.filter(site=site).exclude(state=Unit.State.WITHDRAWN)
    if building is not None:
        rows, units = rows.filter(pk=building.pk), units.filter(building=building)
    by_building: dict[int | None, list[Unit]] = {}
    drawn = units.select_related("floor").only(*_DRAWN).order_by("position", "name", "pk")
    for unit in with_user(drawn):
        by_building.setdefault(unit.building_id, []).append(unit)
    stacks = [_stack(row, by_building.get(row.pk, ())) for row in rows]
    return [*stacks, _stack(None, by_building[None])] if None in by_building else stacks


def _stack(building: Building | None, units: Sequence[Unit]) -> BuildingStack:
    by_floor: dict[int | None, list[Unit]] = {}
    if building is not None:
        by_floor = {floor.level: [] for floor in building.floors.all()}
    for unit in units:
        by_floor.setdefault(unit.floor.level if unit.floor else None, []).append(unit)
    levels = sorted((level for level in by_floor if level is not None), reverse=True)
    order: list[int | None] = [*levels, *([None] if None in by_floor else [])]
    largest = max((area_of(row) for row in by_floor.values()), default=ZERO)
    return BuildingStack(
        building,
        tuple(
            FloorStack(
                str(Floor(level=level)) if level else "",
                level,
                tuple(sorted(by_floor[level], key=_along)),
                max(int(area_of(by_floor[level]) * 100 / largest), 1) if largest else 100,
            )
            for level in order
        ),
    )


def _along(unit: Unit) -> tuple[bool, int, str]:
    """Return where a unit stands along its floor: by position, those without one at the end by name."""
    return (unit.position is None, unit.position or 0, unit.name)
