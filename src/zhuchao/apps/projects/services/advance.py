"""How far the works of a project have come 形象进度: entered, corrected, voided; the project's note follows."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, save_record, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import ProgressEntry, Project
from .parts import locked
from .projects import own_evidence, refuse_future, refuse_unknown

SAID = ("percent", "text", "problem", "next_step", "expected_on")
CORRECTABLE = frozenset({*SAID, "happened_on", "evidence", "evidence_note"})


@transaction.atomic
def add_progress(
    *,
    actor: User | None,
    project: Project,
    on: date,
    percent: Decimal | None = None,
    text: str = "",
    problem: str = "",
    next_step: str = "",
    expected_on: date | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
    fall_reason: str = "",
) -> ProgressEntry:
    """Enter how far the works have come on a day: share (percent 0 to 100), text, or both.

    A share below an earlier one needs ``fall_reason``, which the entry keeps. Raises WrongInput, and ReasonNeeded where
    the share falls without one.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    refuse_future(on, project.zone)
    entry = ProgressEntry(
        zone_id=project.zone_id,
        project=project,
        happened_on=on,
        percent=percent,
        text=" ".join(text.split()),
        problem=" ".join(problem.split()),
        next_step=" ".join(next_step.split()),
        expected_on=expected_on,
        evidence=own_evidence(evidence, project.zone),
        evidence_note=evidence_note.strip(),
        ledger_key=progress_key(project.pk, on),
    )
    check_progress(entry)
    before = _highest_before(entry)
    if before is not None and entry.percent is not None and entry.percent < before:
        if not fall_reason.strip():
            raise ReasonNeeded(what=_("形象进度低于以前的 %(percent)s%%") % {"percent": _plain(before)})
        entry.reason = fall_reason.strip()
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    follow_progress(project)
    record_change(
        actor=actor,
        verb="add_progress",
        rows=[project, entry],
        scope=project.zone_id,
        on=on,
        percent=percent,
        text=entry.text,
        reason=entry.reason,
    )
    return entry


@transaction.atomic
def correct_progress(
    *, actor: User | None, entry: ProgressEntry, reason: str, **values: Any
) -> ProgressEntry:
    """Replace an entry of progress by one that says it right; the project's note follows.

    ``values`` may be percent, text, problem, next_step, expected_on, happened_on, evidence, evidence_note.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, entry.zone)
    refuse_unknown(values, CORRECTABLE)
    project = locked(entry.project_id)
    refuse_future(values.get("happened_on", entry.happened_on), project.zone)
    own_evidence(values.get("evidence"), project.zone)
    values = {
        name: " ".join(said.split()) if isinstance(said, str) else said for name, said in values.items()
    }
    said = {name: values.get(name, getattr(entry, name)) for name in SAID}
    check_progress(ProgressEntry(**said))
    successor = correct_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason, **values)
    follow_progress(project)
    record_change(
        actor=actor,
        verb="correct_progress",
        rows=[project, entry, successor],
        scope=project.zone_id,
        values=values,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def void_progress(*, actor: User | None, entry: ProgressEntry, reason: str) -> ProgressEntry:
    """Take an entry of progress out of light, forecast and note from now on."""
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    follow_progress(project)
    record_change(
        actor=actor,
        verb="void_progress",
        rows=[project, entry, successor],
        scope=project.zone_id,
        on=entry.happened_on,
        reason=reason.strip(),
    )
    return successor


def check_progress(entry: ProgressEntry) -> None:
    """Refuse an entry that says nothing, or a share that is none."""
    if entry.percent is not None and not 0 <= entry.percent <= 100:
        raise WrongInput(field=_("形象进度（%）"), why=_("应为 0 到 100。"))
    if entry.percent is None and not entry.text:
        raise WrongInput(field=_("形象进度"), why=_("百分比和文字至少填一项。"))


def progress_key(project_id: int, on: date) -> str:
    """Return what an entry of progress is known by in a ledger: one a project and day."""
    return f"{project_id}|{on}"


def follow_progress(project: Project) -> None:
    """Let the project's note repeat the newest text; without any text the note stays as it was typed."""
    newest = (
        ProgressEntry.objects.live()
        .filter(project=project)
        .exclude(text="")
        .order_by("-happened_on", "-pk")
        .first()
    )
    if newest is not None:
        save_record(project, note=newest.text)


def _highest_before(entry: ProgressEntry) -> Decimal | None:
    rows = ProgressEntry.objects.live().filter(
        project=entry.project, percent__isnull=False, happened_on__lte=entry.happened_on
    )
    return rows.order_by("-percent").values_list("percent", flat=True).first()


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
