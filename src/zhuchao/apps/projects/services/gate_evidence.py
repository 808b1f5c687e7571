"""What a project has for its gates: given, corrected, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import GateEvidence, Project, Stage
from .parts import locked
from .projects import own_evidence, refuse_future, refuse_unknown

CORRECTABLE = frozenset({"happened_on", "number", "evidence", "evidence_note"})


@dataclass(frozen=True)
class Given:
    """What is given for one item of a gate: a number, a word, a file, any of them together."""

    item: str
    number: str = ""
    note: str = ""
    evidence: Attachment | None = None

    @property
    def says_nothing(self) -> bool:
        return not (self.number.strip() or self.note.strip() or self.evidence)


@transaction.atomic
def give_gate_evidence(
    *, actor: User | None, project: Project, stage: str, given: Sequence[Given], on: date | None = None
) -> list[GateEvidence]:
    """Enter what a project has for items of a gate, on a day (today when not said); what is blank is left out.

    What was given for the same item before stays on the timeline, and the new one counts. Raises WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    day = on or zones.today(project.zone)
    refuse_future(day, project.zone)
    if stage not in Stage.values:
        raise WrongInput(field=_("阶段"), why=_("没有“%(stage)s”这个阶段。") % {"stage": stage})
    entries = [_entry(project, stage, each, day) for each in given if not each.says_nothing]
    at = zones.now(project.zone)
    for entry in entries:
        add_entry(entry, actor=actor, at=at)
    if entries:
        record_change(
            actor=actor,
            verb="give_gate_evidence",
            rows=[project, *entries],
            scope=project.zone_id,
            stage=stage,
            on=day,
            items=[entry.item for entry in entries],
        )
    return entries


@transaction.atomic
def correct_gate_evidence(
    *, actor: User | None, entry: GateEvidence, reason: str, **values: Any
) -> GateEvidence:
    """Replace what was given for an item: happened_on, number, evidence, evidence_note. Raises as an entry's correction."""
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, entry.zone)
    refuse_unknown(values, CORRECTABLE)
    project = locked(entry.project_id)
    refuse_future(values.get("happened_on", entry.happened_on), project.zone)
    own_evidence(values.get("evidence"), project.zone)
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    after = Given(
        entry.item,
        values.get("number", entry.number),
        values.get("evidence_note", entry.evidence_note),
        values.get("evidence", entry.evidence),
    )
    if after.says_nothing:
        raise WrongInput(field=_("编号"), why=_("文件、编号、说明至少要有一项。"))
    successor = correct_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason, **values)
    record_change(
        actor=actor,
        verb="correct_gate_evidence",
        rows=[project, entry, successor],
        scope=project.zone_id,
        stage=entry.stage,
        name=entry.item,
        values=values,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def void_gate_evidence(*, actor: User | None, entry: GateEvidence, reason: str) -> GateEvidence:
    """Take back what was given for an item; a gate that was passed with it then stands among those that lack evidence."""
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_gate_evidence",
        rows=[project, entry, successor],
        scope=project.zone_id,
        stage=entry.stage,
        name=entry.item,
        reason=reason.strip(),
    )
    return successor


def _entry(project: Project, stage: str, given: Given, on: date) -> GateEvidence:
    name = " ".join(given.item.split())
    if not name:
        raise WrongInput(field=_("材料名称"), why=_("不能为空。"))
    if len(name) > 60 or len(given.number) > 60 or len(given.note) > 200:
        raise WrongInput(
            field=_("材料名称"), why=_("“%(name)s”的名称、编号或说明过长。") % {"name": name[:60]}
        )
    return GateEvidence(
        zone_id=project.zone_id,
        project=project,
        stage=stage,
        item=name,
        number=" ".join(given.number.split()),
        evidence=own_evidence(given.evidence, project.zone),
        evidence_note=given.note.strip(),
        happened_on=on,
        ledger_key=f"{project.pk}|{stage}"[:64],
    )
