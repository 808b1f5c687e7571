"""Write what a file says of projects: many at once, in few statements, inside the importer's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, correct_entry, record_change
from zhuchao.apps.core.services.importing import Progress
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.services import assignments

from ..models import AnnualPlan, BatchPlace, Milestone, Project, ProjectLabel, Stage, StageEntry
from ..selectors import THING, GateRules
from .index import index_projects
from .labels import batch_key, label_key
from .milestones import keep_plans
from .parts import follow_stages, furthest
from .project_drafts import Draft
from .stages import new_entry

BATCH = 500
# The gate that a list of a campaign is about: its day is the day of the place when the file names none.
GATE_OF_LIST = {
    BatchPlace.List.SIGNING: Stage.SIGNED,
    BatchPlace.List.STARTING: Stage.STARTED,
    BatchPlace.List.PRODUCING: Stage.PRODUCING,
}


def write_drafts(
    drafts: Sequence[Draft], *, zone: Zone, actor: User | None, batch: ImportBatch, progress: Progress
) -> None:
    """Write the drafts of projects that rows made new or changed; a change closes it."""
    if not drafts:
        return
    steps = (
        lambda: _write_projects(drafts),
        lambda: _write_stages(drafts, zone, actor, batch),
        lambda: _write_steps(drafts, zone, actor),
        lambda: _write_lists(drafts, zone, actor, batch),
        lambda: _write_plans(drafts, zone, actor, batch),
        lambda: _give(drafts, zone, actor, batch),
        lambda: _follow_families(drafts),
        lambda: index_projects([draft.project.pk for draft in drafts]),
    )
    for done, step in enumerate(steps):
        progress.say(_("写入项目"), done, len(steps))
        step()
    record_change(
        actor=actor,
        verb="import",
        rows=[draft.project for draft in drafts],
        scope=zone.pk,
        file=batch.attachment.name,
        batch=batch.pk,
        new=sum(draft.is_new for draft in drafts),
        changed=sum(not draft.is_new for draft in drafts),
        changes={str(draft.project.pk): draft.changes for draft in drafts if draft.changes},
    )
    progress.say(_("写入项目"), len(steps), len(steps))


def _write_projects(drafts: Sequence[Draft]) -> None:
    now = timezone.now()
    fields: set[str] = set()
    new, kept = [], []
    for draft in drafts:
        project = draft.project
        # Families follow together, once their entries are written.
        for name, value in ({} if draft.family else furthest(draft.days)).items():
            if getattr(project, name) != value:
                setattr(project, name, value)
                draft.changed.add(name)
        if draft.is_new:
            new.append(project)
        elif draft.changed:
            project.version += 1
            project.updated_at = now
            fields |= draft.changed
            kept.append(project)
    Project.objects.bulk_create([each for each in new if each.parent is None], batch_size=BATCH)
    Project.objects.bulk_create([each for each in new if each.parent is not None], batch_size=BATCH)
    if kept:
        Project.objects.bulk_update(
            kept, sorted(fields | {"normal_name", "version", "updated_at"}), batch_size=BATCH
        )


def _write_stages(drafts: Sequence[Draft], zone: Zone, actor: User | None, batch: ImportBatch) -> None:
    at, rules = zones.now(zone), GateRules(zone)
    entries: list[StageEntry] = []
    for draft in drafts:
        for stage, day, row in draft.new_stages:
            # What the gate asks for is not in a ledger: the entry counts, and stands among those that lack evidence.
            entry = new_entry(draft.project, stage, day, rules.on(stage, day))
            entry.batch, entry.batch_row = batch, row
            entries.append(entry)
    add_entries(entries, actor=actor, at=at)
    for draft in drafts:
        for kept, day, row in draft.moved_stages:
            _correct(kept, actor=actor, at=at, batch=batch, row=row, happened_on=day)


def _write_steps(drafts: Sequence[Draft], zone: Zone, actor: User | None) -> None:
    new: list[Milestone] = []
    changed: dict[int, Milestone] = {}
    moved: list[Milestone] = []
    for draft in drafts:
        for stage, day in draft.new_steps.items():
            label = str(stage.label)
            name = f"计划{label}" if label in draft.step_names else label
            new.append(
                Milestone(
                    zone=zone,
                    project=draft.project,
                    name=name,
                    stage=stage,
                    planned_on=day,
                    met_on=draft.days.get(stage),
                )
            )
        for stage, kept in draft.milestones.items():
            wanted = (draft.moved_steps.get(stage, kept.planned_on), draft.days.get(stage))
            if (kept.planned_on, kept.met_on) != wanted:
                if kept.planned_on != wanted[0]:
                    moved.append(kept)
                kept.planned_on, kept.met_on = wanted
                kept.version += 1
                kept.updated_at = timezone.now()
                changed[kept.pk] = kept
    Milestone.objects.bulk_create(new, batch_size=BATCH)
    Milestone.objects.bulk_update(
        changed.values(), ["planned_on", "met_on", "version", "updated_at"], batch_size=BATCH
    )
    keep_plans([*new, *moved], zone, actor)


def _follow_families(drafts: Sequence[Draft]) -> None:
    """Let projects with parts, and parts, say the gates that their families stand at."""
    together = [draft.project for draft in drafts if draft.family]
    if together:
        follow_stages(together)


def _write_lists(drafts: Sequence[Draft], zone: Zone, actor: User | None, batch: ImportBatch) -> None:
    at, today = zones.now(zone), zones.today(zone)
    labels = [
        ProjectLabel(
            zone=zone,
            project=draft.project,
            label=label[:30],
            year=year,
            happened_on=today,
            batch=batch,
            batch_row=row,
            ledger_key=label_key(draft.project.pk, label, year),
        )
        for draft in drafts
        for label, year, row in draft.new_labels
    ]
    places = [
        BatchPlace(
            zone=zone,
            project=draft.project,
            batch_name=place[0],
            list=place[1],
            platform=place[2],
            happened_on=day or draft.days.get(GATE_OF_LIST[BatchPlace.List(place[1])]) or today,
            batch=batch,
            batch_row=row,
            ledger_key=batch_key(draft.project.pk, *place),
        )
        for draft in drafts
        for place, day, row in draft.new_places
    ]
    add_entries(labels, actor=actor, at=at)
    add_entries(places, actor=actor, at=at)


def _write_plans(drafts: Sequence[Draft], zone: Zone, actor: User | None, batch: ImportBatch) -> None:
    at, today = zones.now(zone), zones.today(zone)
    new: list[AnnualPlan] = []
    for draft in drafts:
        # The last row that names a year counts.
        for year, amount, row in {plan[0]: plan for plan in draft.new_plans}.values():
            kept = draft.plans.get(year)
            if kept is None:
                new.append(
                    AnnualPlan(
                        zone=zone,
                        project=draft.project,
                        year=year,
                        amount_cny=amount,
                        happened_on=today,
                        batch=batch,
                        batch_row=row,
                        ledger_key=f"{draft.project.pk}|{year}",
                    )
                )
            else:
                _correct(kept, actor=actor, at=at, batch=batch, row=row, amount_cny=amount, happened_on=today)
    add_entries(new, actor=actor, at=at)


def _give(drafts: Iterable[Draft], zone: Zone, actor: User | None, batch: ImportBatch) -> None:
    """Let the officers answer for the projects whose officer or department the file changed."""
    items = [
        assignments.Given(
            row_id=draft.project.pk,
            label=draft.project.name,
            officer_id=draft.project.officer_id,
            department_id=draft.project.department_id,
        )
        for draft in drafts
        if draft.project.officer_id and (draft.officer or draft.department)
    ]
    if items:
        assignments.assign_many(actor=actor, zone=zone, thing=THING, items=items, reason=reason_of(batch))


def reason_of(batch: ImportBatch) -> str:
    """Return what a correcting entry says for why: which file brought it."""
    return f"台账更新：{batch.attachment.name}"[:200]


def _correct(entry: Any, *, actor: User | None, at: Any, batch: ImportBatch, row: int, **values: Any) -> None:
    correct_entry(entry, actor=actor, at=at, reason=reason_of(batch), batch=batch, batch_row=row, **values)
