"""A project as the rows of a file leave it: what is kept, what they add, and nothing written yet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from zhuchao.apps.zones.models import Department, User

from ..models import AnnualPlan, BatchPlace, Milestone, Project, ProjectLabel, Stage, StageEntry

AT_ONCE = 1000
M = TypeVar("M", bound=models.Model)

Place = tuple[str, str, str]
Carried = tuple[str | int, ...]


@dataclass
class Draft:
    """One project with its entries, and what the rows of a file would write about it.

    ``said`` holds what a row has said already, with its number: another row may repeat it and not differ.
    ``carried`` holds what it carries for its family (``above`` its parent, ``parts`` below it), in force or on its way.
    """

    project: Project
    is_new: bool
    days: dict[Stage, date] = field(default_factory=dict)
    entries: dict[Stage, StageEntry] = field(default_factory=dict)
    history: dict[Stage, list[StageEntry]] = field(default_factory=lambda: defaultdict(list))
    milestones: dict[Stage, Milestone] = field(default_factory=dict)
    step_names: set[str] = field(default_factory=set)
    labels: set[tuple[str, int]] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)
    plans: dict[int, AnnualPlan] = field(default_factory=dict)
    past_plans: dict[int, list[AnnualPlan]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, tuple[Any, int]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    new_stages: list[tuple[Stage, date, int]] = field(default_factory=list)
    moved_stages: list[tuple[StageEntry, date, int]] = field(default_factory=list)
    new_steps: dict[Stage, date] = field(default_factory=dict)
    moved_steps: dict[Stage, date] = field(default_factory=dict)
    new_labels: list[tuple[str, int, int]] = field(default_factory=list)
    new_places: list[tuple[Place, date | None, int]] = field(default_factory=list)
    new_plans: list[tuple[int, Decimal, int]] = field(default_factory=list)
    officer: User | None = None
    department: Department | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    carried: set[Carried] = field(default_factory=set)
    above: "Draft | None" = None
    parts: "list[Draft]" = field(default_factory=list)

    @property
    def family(self) -> "list[Draft]":
        """Return the drafts of the parent and of the parts."""
        return [self.above, *self.parts] if self.above is not None else self.parts


def drafts_of(projects: Iterable[Project]) -> dict[int, Draft]:
    """Return a draft of each kept project by id, and of its family, with its entries; six queries a thousand."""
    drafts = _with_families(projects)
    for entry in _rows(StageEntry, drafts, "replaced_by"):
        draft, stage = drafts[entry.project_id], Stage(entry.stage)
        draft.history[stage].append(entry)
        if entry.is_live:
            draft.entries[stage] = entry
            draft.carried.add((stage.value,))
            draft.days[stage] = entry.happened_on
    for step in _rows(Milestone, drafts):
        drafts[step.project_id].step_names.add(step.name)
        if step.stage:
            drafts[step.project_id].milestones[Stage(step.stage)] = step
    # What was voided by hand is not put back by the file it came from.
    for label in _rows(ProjectLabel, drafts, "replaced_by"):
        drafts[label.project_id].labels.add((label.label, label.year))
        if label.is_live:
            drafts[label.project_id].carried.add((label.label, label.year))
    for place in _rows(BatchPlace, drafts, "replaced_by"):
        drafts[place.project_id].places.add((place.batch_name, place.list, place.platform))
        if place.is_live:
            drafts[place.project_id].carried.add((place.batch_name, place.list))
    for plan in _rows(AnnualPlan, drafts, "replaced_by"):
        drafts[plan.project_id].past_plans[plan.year].append(plan)
        if plan.is_live:
            drafts[plan.project_id].plans[plan.year] = plan
            drafts[plan.project_id].carried.add((plan.year,))
    return drafts


def set_right_by_hand(live: StageEntry | None, day: date, history: Sequence[StageEntry]) -> bool:
    """Return whether a person has corrected or voided this very day after a file had said it."""
    if live is not None and live.batch_id is not None:
        return False
    return any(
        entry.happened_on == day and (live is None or entry.batch_id is not None)
        for entry in history
        if entry is not live and not entry.is_void
    )


def _with_families(projects: Iterable[Project]) -> dict[int, Draft]:
    drafts = {project.pk: Draft(project, is_new=False) for project in projects}
    ids, above = sorted(drafts), sorted({draft.project.parent_id or 0 for draft in drafts.values()} - {0})
    for start in range(0, max(len(ids), len(above)), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        for each in Project.objects.filter(Q(parent__in=ids[some]) | Q(pk__in=above[some])).order_by("pk"):
            drafts.setdefault(each.pk, Draft(each, is_new=False))
    for draft in drafts.values():
        parent = drafts.get(draft.project.parent_id or 0)
        if parent is not None:
            draft.above = parent
            parent.parts.append(draft)
    return drafts


def _rows(model: type[M], drafts: dict[int, Draft], *related: str) -> Iterator[M]:
    ids = sorted(drafts)
    for start in range(0, len(ids), AT_ONCE):
        rows = model._default_manager.filter(project_id__in=ids[start : start + AT_ONCE]).order_by("pk")
        yield from rows.select_related(*related) if related else rows
