"""A project and its phases or sub-projects: who is in the family, which gates it stands at, and its money together."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from zhuchao.apps.zones.models import Zone

from ..models import Project, Stage, StageEntry
from .money import with_invested
from .projects import Actor, visible_projects

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class FamilyGates:
    """The days of a project's gates: its own, those its parent carries for it, and those of each of its parts."""

    own: Mapping[Stage, date]
    above: Mapping[Stage, date]
    below: Mapping[int, Mapping[Stage, date]]

    @property
    def days(self) -> dict[Stage, date]:
        """Return the gates that the project stands at: a parent stands where every one of its parts does."""
        days = dict(self.above)
        for gate in Stage:
            passed = self.passed_below(gate)
            if passed and len(passed) == len(self.below):
                days[gate] = max(passed)
        return days | dict(self.own)

    def passed_below(self, gate: Stage) -> list[date]:
        """Return the days on which parts passed a gate."""
        return [days[gate] for days in self.below.values() if gate in days]


@dataclass(frozen=True)
class PartRow:
    """One part of a project as its parent's page shows it; money is None for those who may not see it."""

    project: Project
    invested_cny: Decimal | None


@dataclass(frozen=True)
class PartTable:
    """The parts of a project with what they add up to; ``own_invested_cny`` went into the parent itself."""

    rows: tuple[PartRow, ...]
    total_investment_cny: Decimal | None
    own_invested_cny: Decimal | None
    invested_cny: Decimal | None

    @property
    def completed(self) -> int:
        """Return how many parts are completed, or further."""
        return sum(
            bool(row.project.stage) and Stage(row.project.stage).place >= Stage.COMPLETED.place
            for row in self.rows
        )


def parts_of(actor: Actor, project: Project) -> QuerySet[Project]:
    """Return the phases and sub-projects of a project that this person may see."""
    return visible_projects(actor).filter(parent=project).order_by("part", "name", "pk")


def part_table(actor: Actor, project: Project, *, with_money: bool) -> PartTable | None:
    """Return the parts of a project with their sum, None where it has none; two queries."""
    parts = parts_of(actor, project)
    found = list(with_invested(parts) if with_money else parts)
    if not found:
        return None
    rows = tuple(PartRow(part, part.invested_cny if with_money else None) for part in found)  # type: ignore[attr-defined]
    totals = [part.total_investment_cny for part in found if part.total_investment_cny is not None]
    own = with_invested(Project.objects.filter(pk=project.pk)).get().invested_cny if with_money else None  # type: ignore[attr-defined]
    together = None if own is None else own + sum((row.invested_cny or ZERO for row in rows), ZERO)
    return PartTable(rows, sum(totals, ZERO) if totals else None, own, together)


def possible_parents(actor: Actor, zone: Zone, but: Project | None = None) -> QuerySet[Project]:
    """Return the projects of a zone that one of its projects can be a part of: those that are no part themselves."""
    rows = visible_projects(actor).filter(zone=zone, parent=None).order_by("name", "pk")
    return rows if but is None else rows.exclude(pk=but.pk)


def family_gates(project: Project) -> FamilyGates:
    """Return the days of the gates in force of a project, its parent and its parts; two queries."""
    parts = list(Project.objects.filter(parent=project).values_list("pk", flat=True))
    wanted = [project.pk, *parts, *([project.parent_id] if project.parent_id else [])]
    days: dict[int, dict[Stage, date]] = defaultdict(dict)
    rows = StageEntry.objects.live().filter(project_id__in=wanted)
    for owner, stage, day in rows.order_by().values_list("project_id", "stage", "happened_on"):
        days[owner][Stage(stage)] = day
    above = days[project.parent_id] if project.parent_id else {}
    return FamilyGates(days[project.pk], above, {part: days[part] for part in parts})


def family_days(project: Project) -> dict[Stage, date]:
    """Return the days of the gates that a project stands at, those that its family carries for it included."""
    return family_gates(project).days


def with_counted_total(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Give each project ``counted_total_cny``: its share of a total in which no yuan stands twice.

    A part counts with its own total; a parent with what its parts do not name, at least nothing.
    """
    field: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=2)
    below = (
        Project.objects.filter(parent=OuterRef("pk"))
        .order_by()
        .values("parent")
        .annotate(total=Sum("total_investment_cny"))
        .values("total")
    )
    named = Coalesce(Subquery(below), Value(ZERO), output_field=field)
    rest = Greatest(F("total_investment_cny") - named, Value(ZERO), output_field=field)
    return rows.annotate(
        counted_total_cny=Case(
            When(Q(total_investment_cny__isnull=True), then=None), default=rest, output_field=field
        )
    )


def by_part(rows: QuerySet[Project], text: str) -> QuerySet[Project]:
    """Narrow projects to ``whole`` (parts left out), ``part`` (parts only), or the family of the project with that id."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return rows.filter(Q(pk=int(text)) | Q(parent=int(text)))
    return rows.filter(parent__isnull=text != "part")
