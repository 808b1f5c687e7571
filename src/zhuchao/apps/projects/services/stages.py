"""The gates a project passes: recorded in order, corrected, voided."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.core.wording import explained, listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import StageDatesClash, StageNeedsEvidence, StageRecorded, StageSkipsGates
from ..models import GateItem, GateRule, Project, Stage, StageEntry
from ..selectors import family_days, family_gates, gate_stand
from .gate_evidence import Given, give_gate_evidence
from .parts import follow_stages, locked, refuse_carried
from .projects import LARGEST_CNY, own_evidence, refuse_future, refuse_unknown

# A project comes into the statistics before it produces as often as after: neither of the two waits for the other.
EITHER_WAY = frozenset({Stage.SCALED, Stage.PRODUCING})
CORRECTABLE = frozenset(
    {
        *("happened_on", "evidence", "evidence_note"),
        *("sector", "total_investment_cny", "source_region", "is_new"),
    }
)


@transaction.atomic
def record_stage(
    *,
    actor: User | None,
    project: Project,
    stage: str,
    on: date,
    evidence: Attachment | None = None,
    evidence_note: str = "",
    override_reason: str = "",
    items: Sequence[Given] = (),
) -> StageEntry:
    """Enter that a project passed a gate on a day; the entry keeps what it is counted by as it is now.

    Milestones tied to the gate are met. Raises StageRecorded for a gate passed already, CarriedByFamily for one that the
    parent or a part has passed, StageDatesClash for a day before an earlier gate or after a later one, WrongInput for a
    day to come; StageSkipsGates when earlier gates are missing, and StageNeedsEvidence when the gate asks for what
    neither was given before nor comes as ``items`` (for a single missing item ``evidence`` and ``evidence_note`` do):
    both unless an ``override_reason`` is given, which the entry and the log keep.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    gate = _gate(stage)
    refuse_future(on, project.zone)
    family = family_gates(project)
    if gate in family.own:
        raise StageRecorded(project=project.name, stage=str(gate.label), on=family.own[gate].isoformat())
    refuse_carried(project, StageEntry, stage=gate)
    days = family.days
    missing = missing_before(gate, days)
    if missing and not override_reason.strip():
        raise StageSkipsGates(
            project=project.name,
            stage=str(gate.label),
            missing=listed(each.label for each in missing),
        )
    refuse_clash(days | {gate: on})
    given = [*items, *_for_the_one_left(project, gate, on, items, evidence, evidence_note)]
    give_gate_evidence(actor=actor, project=project, stage=gate, given=given, on=on)
    stand = gate_stand(project, gate, on)
    if stand.lacks and not override_reason.strip():
        raise StageNeedsEvidence(
            project=project.name,
            stage=str(gate.label),
            missing=listed(explained(lack.name, lack.what_to_do) for lack in stand.lacks),
            lacks=[{"name": lack.name, "what_to_do": lack.what_to_do} for lack in stand.lacks],
        )
    entry = new_entry(project, gate, on, stand.rule)
    entry.evidence = own_evidence(evidence, project.zone)
    entry.evidence_note = evidence_note.strip()
    entry.override_reason = entry.reason = override_reason.strip() if missing or stand.lacks else ""
    entry.skipped = [each.value for each in missing]
    entry.lacking = [lack.name for lack in stand.lacks]
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    _follow(project)
    record_change(
        actor=actor,
        verb="record_stage",
        rows=[project, entry],
        scope=project.zone_id,
        stage=gate,
        on=on,
        skipped=missing,
        lacking=entry.lacking,
        override_reason=entry.override_reason,
    )
    return entry


@transaction.atomic
def correct_stage(*, actor: User | None, entry: StageEntry, reason: str, **values: Any) -> StageEntry:
    """Replace a stage entry by one that says it right; the project and its milestones follow.

    ``values`` may be happened_on, evidence, evidence_note, sector, total_investment_cny (yuan), source_region,
    is_new. Raises StageDatesClash, WrongInput, ReasonNeeded and AlreadyReplaced.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, entry.zone)
    refuse_unknown(values, CORRECTABLE)
    project = locked(entry.project_id)
    on = values.get("happened_on", entry.happened_on)
    refuse_future(on, project.zone)
    total = values.get("total_investment_cny")
    if total is not None and not 0 < total < LARGEST_CNY:
        raise WrongInput(field=_("总投资"), why=_("必须大于 0。"))
    own_evidence(values.get("evidence"), project.zone)
    successor = correct_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason, **values)
    refuse_clash(family_days(project))
    _follow(project)
    record_change(
        actor=actor,
        verb="correct_stage",
        rows=[project, entry, successor],
        scope=project.zone_id,
        stage=entry.stage,
        values=values,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def void_stage(*, actor: User | None, entry: StageEntry, reason: str) -> StageEntry:
    """Take a stage entry out of every figure from now on; the project falls back to its furthest gate left."""
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    _follow(project)
    record_change(
        actor=actor,
        verb="void_stage",
        rows=[project, entry, successor],
        scope=project.zone_id,
        stage=entry.stage,
        reason=reason.strip(),
    )
    return successor


def _for_the_one_left(
    project: Project,
    gate: Stage,
    on: date,
    items: Sequence[Given],
    evidence: Attachment | None,
    note: str,
) -> list[Given]:
    """Return what came with the entry as given for the item it must mean: the only one that is missing."""
    said = {given.item for given in items if not given.says_nothing}
    left = [
        each.item
        for each in gate_stand(project, gate, on).items
        if each.item.is_required and not each.is_met and each.item.name not in said
    ]
    if len(left) != 1 or not (evidence or note.strip()):
        return []
    (item,) = left
    number = note.strip()[:60] if item.accepts == GateItem.Accepts.NUMBER else ""
    return [Given(item.name, number=number, note=note, evidence=evidence)]


def new_entry(project: Project, stage: Stage, on: date, rule: GateRule | None = None) -> StageEntry:
    """Return a stage entry, not saved yet, with what it is counted by as the project stands now."""
    return StageEntry(
        zone_id=project.zone_id,
        project=project,
        stage=stage,
        happened_on=on,
        sector_id=project.sector_id,
        total_investment_cny=project.total_investment_cny,
        source_region=project.source_region,
        is_new=project.kind == Project.Kind.NEW,
        rule=rule,
        ledger_key=f"{project.pk}|{stage}",
    )


def missing_before(stage: Stage, passed: Iterable[Stage]) -> list[Stage]:
    """Return the gates before ``stage`` that have not been passed, in order."""
    there = set(passed)
    return [
        gate
        for gate in Stage
        if gate.place < stage.place and gate not in there and {gate, stage} != EITHER_WAY
    ]


def first_clash(days: Mapping[Stage, date]) -> tuple[Stage, Stage] | None:
    """Return the first two gates, earlier and later, whose days stand in the wrong order.

    The two of ``EITHER_WAY`` may stand either way.
    """
    passed = sorted(days, key=lambda gate: gate.place)
    for earlier, later in combinations(passed, 2):
        if days[later] < days[earlier] and {earlier, later} != EITHER_WAY:
            return earlier, later
    return None


def refuse_clash(days: Mapping[Stage, date]) -> None:
    """Refuse days of gates that are not in order; raises StageDatesClash naming the two."""
    clash = first_clash(days)
    if clash is not None:
        earlier, later = clash
        raise StageDatesClash(
            earlier=str(earlier.label),
            earlier_on=days[earlier].isoformat(),
            later=str(later.label),
            later_on=days[later].isoformat(),
        )


def _follow(project: Project) -> None:
    """Let the project, its family and their milestones follow the entries."""
    follow_stages([project])
    project.refresh_from_db(fields=["stage", "stage_since", "version"])


def _gate(stage: str) -> Stage:
    try:
        return Stage(stage)
    except ValueError:
        raise WrongInput(field=_("阶段"), why=_("没有“%(stage)s”这个阶段。") % {"stage": stage}) from None
