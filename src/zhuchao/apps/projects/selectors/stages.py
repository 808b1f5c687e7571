"""Gates and milestones: what a person may see of them, the track of one project, and how many passed a gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Milestone, Project, Stage, StageEntry
from .parts import family_gates
from .projects import Actor


@dataclass(frozen=True)
class Gate:
    """One gate of a project's track: the day it was passed, the day it was planned for.

    ``state`` is passed, partly (only some of the parts passed it), skipped (a later gate was passed and this one not),
    overdue, planned or open. ``passed_below`` says how many of ``parts`` passed it, where the parts carry the gate;
    ``is_above`` that the parent carries it for this project.
    """

    stage: Stage
    passed_on: date | None
    entry_id: int | None
    planned_on: date | None
    days_late: int | None
    state: str
    passed_below: int = 0
    parts: int = 0
    is_above: bool = False


@dataclass(frozen=True)
class GateCount:
    """How many projects passed a gate in a period, and how many of them are newly brought in."""

    stage: Stage
    projects: int
    newly_brought: int


def visible_stage_entries(actor: Actor) -> EntryQuerySet:
    """Return the stage entries of the projects this person may see, replaced and void ones included."""
    rows = StageEntry.objects.select_related(
        "zone", "project__zone", "sector", "recorded_by", "evidence", "replaces", "replaced_by"
    )
    return zones.in_zones(rows, actor, Thing.PROJECT)  # type: ignore[return-value]


def get_stage_entry(actor: Actor, pk: int) -> StageEntry:
    """Return one stage entry; raises NotFound when it is hidden or missing."""
    entry: StageEntry | None = visible_stage_entries(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该阶段条目"))
    return entry


def listed_stage_entries(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the stage entries in force of a zone and the zones below it that this person may see."""
    scopes = zones.zones_under(actor, zone, Thing.PROJECT)
    return visible_stage_entries(actor).live().filter(zone_id__in=scopes)


def overridden(rows: QuerySet[StageEntry]) -> QuerySet[StageEntry]:
    """Keep the gates that were passed against what they ask for: earlier ones missing, or evidence."""
    return rows.exclude(override_reason="")


def stage_entries_between(zone_ids: Sequence[int], start: date, end: date, as_of: datetime) -> EntryQuerySet:
    """Return the gates passed from ``start`` to ``end`` (both included) in force at ``as_of``."""
    return StageEntry.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__range=(start, end))


def gate_counts(zone_ids: Sequence[int], start: date, end: date, as_of: datetime) -> list[GateCount]:
    """Return for each gate how many projects passed it in a period, counted from the entries; one query."""
    rows = (
        stage_entries_between(zone_ids, start, end, as_of)
        .order_by()
        .values("stage")
        .annotate(
            projects=Count("project_id", distinct=True),
            newly=Count("project_id", distinct=True, filter=Q(is_new=True)),
        )
    )
    found = {row["stage"]: row for row in rows}
    return [
        GateCount(stage, found[stage]["projects"], found[stage]["newly"])
        if stage in found
        else GateCount(stage, 0, 0)
        for stage in Stage
    ]


def stage_entries_of(project: Project) -> dict[str, StageEntry]:
    """Return the entries in force of one project by gate."""
    return {entry.stage: entry for entry in StageEntry.objects.live().filter(project=project)}


def track_of(project: Project, today: date, milestones: Sequence[Milestone]) -> list[Gate]:
    """Return every gate of a project in order, with the day it was passed and the day it was planned for."""
    entries, family = stage_entries_of(project), family_gates(project)
    days = family.days
    planned = {step.stage: step.planned_on for step in milestones if step.stage}
    furthest = max((gate.place for gate in days), default=-1)
    track = []
    for stage in Stage:
        entry, plan, day = entries.get(stage), planned.get(stage), days.get(stage)
        below = len(family.passed_below(stage))
        if day is not None:
            state = "passed"
        elif below:
            state = "partly"
        elif stage.place < furthest:
            state = "skipped"
        elif plan is not None:
            state = "overdue" if plan < today else "planned"
        else:
            state = "open"
        is_late = day is None and plan is not None and plan < today and state != "skipped"
        counted = day or (today if is_late else None)
        track.append(
            Gate(
                stage,
                day,
                entry.pk if entry else None,
                plan,
                (counted - plan).days if counted is not None and plan is not None else None,
                state,
                below,
                len(family.below),
                entry is None and stage in family.above,
            )
        )
    return track


def visible_milestones(actor: Actor) -> QuerySet[Milestone]:
    """Return the milestones of the projects this person may see."""
    return zones.in_zones(Milestone.objects.select_related("project"), actor, Thing.PROJECT)


def get_milestone(actor: Actor, pk: int) -> Milestone:
    """Return one milestone; raises NotFound when it is hidden or missing."""
    milestone = visible_milestones(actor).select_related("project__zone").filter(pk=pk).first()
    if milestone is None:
        raise NotFound(what=_("该节点"))
    return milestone


def overdue_milestones(actor: Actor, zone: Zone) -> QuerySet[Milestone]:
    """Return the milestones under a zone that should have been met before its today, the oldest first."""
    return (
        visible_milestones(actor)
        .select_related("project__officer")
        .filter(
            zone_id__in=zones.zones_under(actor, zone, Thing.PROJECT),
            met_on=None,
            planned_on__lt=zones.today(zone),
        )
        .order_by("planned_on", "pk")
    )
