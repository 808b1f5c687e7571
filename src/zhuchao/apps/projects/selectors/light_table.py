"""红绿灯进度管理表: projects down, milestones across, with what turned red within a week and counts by department."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..models import ProgressEntry, Project, Stage
from .lights import Light, StepStand, latest_progress, lights_of

COLOURS = ("red", "amber", "green", "none")
"""In the order in which a person looks at them."""

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class LightRow:
    """One project of the table: its light, a milestone for each column, the other ones, and how far the works are.

    ``before`` is the colour a week earlier; ``invested_cny`` None for those who may not see money.
    """

    project: Project
    light: Light
    cells: tuple[StepStand | None, ...]
    others: tuple[StepStand, ...]
    latest: ProgressEntry | None
    before: str
    invested_cny: Decimal | None

    @property
    def turned_red(self) -> bool:
        return self.light.colour == "red" and self.before != "red"


@dataclass(frozen=True)
class DepartmentCount:
    """How many projects of a department have which light; the department is None where none is named."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class LightTable:
    """The table on a day, the gravest light first; ``stages`` are the columns that any project is planned for."""

    on: date
    stages: tuple[Stage, ...]
    has_others: bool
    rows: tuple[LightRow, ...]
    counts: dict[str, int]
    departments: tuple[DepartmentCount, ...]
    invested_cny: Decimal | None

    @property
    def turned_red(self) -> list[LightRow]:
        return [row for row in self.rows if row.turned_red]

    @property
    def recovered(self) -> list[LightRow]:
        """Return what was red a week earlier and is not any more."""
        return [row for row in self.rows if row.before == "red" and row.light.colour != "red"]


def light_table(
    projects: Sequence[Project], on: date, *, colour: str = "", with_money: bool = False
) -> LightTable:
    """Return the table of some projects on a day, of one colour only where it is asked for.

    The queries do not grow with the projects. ``projects`` were read with department and officer, and with
    ``invested_cny`` where ``with_money``.
    """
    lights = lights_of(projects, on)
    before = lights_of(projects, max(on, date.min + WEEK) - WEEK)
    kept = [project for project in projects if not colour or lights[project.pk].colour == colour]
    latest = latest_progress([project.pk for project in kept], on)
    planned = {step.stage for project in kept for step in lights[project.pk].steps}
    stages = tuple(stage for stage in Stage if stage.value in planned)
    rows = []
    for project in kept:
        light = lights[project.pk]
        by_stage = {step.stage: step for step in light.steps if step.stage}
        rows.append(
            LightRow(
                project,
                light,
                tuple(by_stage.get(stage.value) for stage in stages),
                tuple(step for step in light.steps if not step.stage),
                latest.get(project.pk),
                before[project.pk].colour,
                getattr(project, "invested_cny", None) if with_money else None,
            )
        )
    rows.sort(key=lambda row: (COLOURS.index(row.light.colour), -row.light.days_late, row.project.name))
    return LightTable(
        on,
        stages,
        any(row.others for row in rows),
        tuple(rows),
        {one: sum(row.light.colour == one for row in rows) for one in COLOURS},
        _departments(rows),
        sum((row.invested_cny or Decimal(0) for row in rows), Decimal(0)) if with_money else None,
    )


def _departments(rows: Sequence[LightRow]) -> tuple[DepartmentCount, ...]:
    found: dict[str, Counter[str]] = {}
    for row in rows:
        name = row.project.department.name if row.project.department else ""
        found.setdefault(name, Counter())[row.light.colour] += 1
    counted = [
        DepartmentCount(name, tuple(counter[colour] for colour in COLOURS)) for name, counter in found.items()
    ]
    return tuple(sorted(counted, key=lambda one: (*(-n for n in one.counts), one.name)))
