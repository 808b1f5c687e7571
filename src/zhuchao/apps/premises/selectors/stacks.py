"""A site's buildings as people draw them: floors as rows, units as blocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..models import Building, Floor, Site, Unit
from .states import with_user


@dataclass(frozen=True)
class FloorStack:
    """One floor with its units; ``label`` is empty for units that name no floor."""

    label: str
    level: int | None
    units: tuple[Unit, ...]

    @property
    def area_m2(self) -> Decimal:
        return sum((unit.gross_area_m2 for unit in self.units), Decimal(0))


@dataclass(frozen=True)
class BuildingStack:
    """One building, highest floor first; ``building`` None holds what belongs to the site alone."""

    building: Building | None
    floors: tuple[FloorStack, ...]

    @property
    def area_m2(self) -> Decimal:
        return sum((floor.area_m2 for floor in self.floors), Decimal(0))

    @property
    def vacant_m2(self) -> Decimal:
        return sum(
            (unit.gross_area_m2 for floor in self.floors for unit in floor.units if unit.is_vacant),
            Decimal(0),
        )


def stack_of(site: Site) -> list[BuildingStack]:
    """Return the buildings of a site with floors and units; three queries whatever its size."""
    buildings = list(Building.objects.filter(site=site).prefetch_related("floors").order_by("name", "pk"))
    rows = Unit.objects.filter(site=site).select_related("floor").order_by("name", "pk")
    by_building: dict[int | None, list[Unit]] = {}
    for unit in with_user(rows):
        by_building.setdefault(unit.building_id, []).append(unit)
    stacks = [_stack(building, by_building.get(building.pk, ())) for building in buildings]
    return [*stacks, _stack(None, by_building[None])] if None in by_building else stacks


def _stack(building: Building | None, units: Iterable[Unit]) -> BuildingStack:
    by_floor: dict[int | None, list[Unit]] = {}
    if building is not None:
        by_floor = {floor.level: [] for floor in building.floors.all()}
    for unit in units:
        by_floor.setdefault(unit.floor.level if unit.floor else None, []).append(unit)
    levels = sorted((level for level in by_floor if level is not None), reverse=True)
    order: list[int | None] = [*levels, *([None] if None in by_floor else [])]
    return BuildingStack(
        building,
        tuple(
            FloorStack(str(Floor(level=level)) if level else "", level, tuple(by_floor[level]))
            for level in order
        ),
    )
