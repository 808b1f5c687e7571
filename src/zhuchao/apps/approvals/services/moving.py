"""A case goes over to a newer version of its procedure: what that changes, and the move itself. Begun work is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.files import Template

from ..errors import CaseClosed, MoveRefused
from ..models import PUBLISHED, Case, CaseDocument, CaseTask, ProcedureVersion, TaskEvent
from ..selectors.case_plans import network_of
from ..selectors.procedure_diff import facts_of_task
from ..selectors.standing import OVER, UNBEGUN
from ..wording import say
from .events import locked_case, settle
from .opening import Made, documents_of, tasks_of_template, template_of
from .plans import replan

MISSING: Final = CaseDocument.State.MISSING
FACTS: Final = (
    "name",
    "stage",
    "lane",
    "position",
    "department",
    "department_name",
    "matter_version",
    "is_certificate",
    "after",
    "needs",
    "late",
    "gives",
    "pledge_allowed",
    "early_allowed",
    "credit",
    "review_minutes",
    "issue_minutes",
    "notice_days",
    "promised_working_days",
    "legal_days",
    "legal_basis",
)
"""What a version says of a task that nobody has begun."""


@dataclass(frozen=True)
class MovedTask:
    """What becomes of one task: ``kind`` added, changed, removed, kept (begun, by the old version), stays (begun, and
    the new version has no such task). ``facts``: (label, old, new) of what the versions say differently."""

    kind: str
    key: str
    name: str
    facts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Move:
    """A move of a case as it would be made now; tasks of which the versions say the same are left out."""

    version: ProcedureVersion
    tasks: tuple[MovedTask, ...]

    def keys(self, *kinds: str) -> list[str]:
        return [one.key for one in self.tasks if one.kind in kinds]


def preview_move(case: Case, version: ProcedureVersion) -> Move:
    """Return what a move would change. Reads only; raises ProcedureUnreadable, MoveRefused."""
    tasks = list(CaseTask.objects.filter(case=case).select_related("department").order_by("position", "pk"))
    return _plan_of_move(case, version, tasks)[0]


@transaction.atomic
def move_case(*, actor: User | None, case: Case, version: ProcedureVersion, reason: str) -> Case:
    """Let a case go over to a newer version of its procedure, with the reason; to the one it follows changes nothing.

    What was begun or is over stays as it is, also where the new version has no such task; what nobody has touched is
    added, changed or taken away. Raises CaseClosed, MoveRefused, ProcedureUnreadable, WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    case, tasks = locked_case(case.pk)
    if case.procedure_version_id == version.pk:
        return case
    if case.is_closed:
        raise CaseClosed(number=case.number, state=case.get_state_display(), step=_("改用新版流程"))
    said = " ".join(reason.split())
    if not said:
        raise WrongInput(field=_("原因"), why=_("请填写。"), name="reason")
    if len(said) > 300:
        raise WrongInput(field=_("原因"), why=_("最多 300 个字。"), name="reason")
    _refuse_version(case, version)
    move, made, template = _plan_of_move(case, version, tasks)
    there = {task.key: task for task in tasks}
    gone = set(move.keys("removed"))
    begun = _begun(tasks)
    CaseDocument.objects.filter(case=case, task__key__in=gone, state=MISSING).delete()
    CaseTask.objects.filter(case=case, key__in=gone).delete()
    left = [task for task in tasks if task.key not in gone]
    for task in made.tasks:
        if task.key not in there:
            task.case, task.zone = case, case.zone
            task.save(force_insert=True)
            CaseDocument.objects.bulk_create(documents_of(task, made))
            left.append(task)
        elif task.key not in begun:
            _take_over(there[task.key], task, made)
    save_record(case, procedure_version=version, baseline_working_days=template.baseline_working_days)
    settle(case, left, _("改用新版流程"))
    cause = _("改用第 %(number)d 版") % {"number": version.number}
    transaction.on_commit(lambda: replan(case, cause=cause), robust=True)
    record_change(
        actor=actor,
        verb="move_case",
        rows=[case, *(task for task in left if task.key in move.keys("added", "changed"))],
        scope=case.zone_id,
        number=version.number,
        added=move.keys("added"),
        removed=sorted(gone),
        kept=move.keys("kept", "stays"),
        reason=said,
    )
    return case


def _refuse_version(case: Case, version: ProcedureVersion) -> None:
    """Refuse a version that is not a newer one of the same procedure, in force today."""
    old = case.procedure_version
    if old is None or old.procedure_id != version.procedure_id:
        raise MoveRefused(number=case.number, why=_("不是本件所用的流程。"))
    if version.number < old.number:
        raise MoveRefused(number=case.number, why=_("只能改用更新的版本。"))
    today = zones.today(case.zone)
    since, until = version.effective_from, version.effective_to
    in_force = since is not None and since <= today and (until is None or until >= today)
    if version.state != PUBLISHED or not in_force:
        raise MoveRefused(number=case.number, why=_("该版本没有发布，或今天不生效。"))


def _plan_of_move(
    case: Case, version: ProcedureVersion, tasks: Sequence[CaseTask]
) -> tuple[Move, Made, Template]:
    """Return what becomes of each task, the tasks as the new version has them, and the new version."""
    assert case.procedure_version is not None, "a case without a procedure has no version to leave"
    old, new = template_of(case.procedure_version), template_of(version)
    there = {task.key: task for task in tasks}
    begun = _begun(tasks)
    # What did not apply when the case was opened does not apply now.
    left_out = {task.key for task in old.tasks if task.key[:20] not in there} & set(new.by_key)
    made = tasks_of_template(case.zone, new, zones.today(case.zone), left_out)
    known = {task.key for task in made.tasks}
    _wait_for_begun(made, there, begun, new)
    found = []
    for task in made.tasks:
        if task.key not in there:
            facts = [(label, "", value) for label, value in facts_of_task(new.by_key[task.key])[2:6] if value]
            found.append(MovedTask("added", task.key, task.name, tuple(facts)))
            continue
        was = old.by_key.get(task.key)
        facts = [
            (label, before, after)
            for (label, after), (_label, before) in zip(
                facts_of_task(new.by_key[task.key]),
                facts_of_task(was)
                if was
                else [(label, "") for label, __ in facts_of_task(new.by_key[task.key])],
                strict=True,
            )
            if before != after
        ]
        if facts:
            kind = "kept" if task.key in begun else "changed"
            found.append(MovedTask(kind, task.key, there[task.key].name, tuple(facts)))
    for task in tasks:
        if task.key not in known:
            kind = "stays" if task.key in begun else "removed"
            found.append(MovedTask(kind, task.key, task.name))
    alive = [task for task in tasks if task.key in begun and task.state not in OVER]
    alive += [task for task in made.tasks if task.key not in begun]
    try:
        network_of(alive, new.departments)
    except EngineError as error:
        raise MoveRefused(number=case.number, why=say(error)) from error
    return Move(version, tuple(found)), made, new


def _begun(tasks: Sequence[CaseTask]) -> set[str]:
    """Return the keys of the tasks that somebody has touched: with an event, also a void one, or a document handed in."""
    ids = {task.pk: task.key for task in tasks}
    touched = {task.key for task in tasks if task.state not in UNBEGUN}
    touched |= {ids[pk] for pk in TaskEvent.objects.filter(task__in=ids).values_list("task_id", flat=True)}
    papers = CaseDocument.objects.filter(task__in=ids).exclude(state=MISSING)
    return touched | {ids[pk] for pk in papers.values_list("task_id", flat=True)}


def _wait_for_begun(made: Made, there: dict[str, CaseTask], begun: set[str], new: Template) -> None:
    """Let what needs a document of a begun task wait for the task where that still gives it under its old name."""
    givers = {name: task.key for task in new.tasks for name in task.gives}
    for task in made.tasks:
        for name in task.needs:
            key = givers.get(name, "")
            if key in begun and key in there and name not in there[key].gives and key not in task.after:
                task.after = [*task.after, key]


def _take_over(task: CaseTask, said: CaseTask, made: Made) -> None:
    """Let a task that nobody has begun be what the new version says; a department that somebody named stays."""
    values: dict[str, Any] = {name: getattr(said, name) for name in FACTS}
    if task.department_name == said.department_name and task.department_id is not None:
        del values["department"]
    save_record(task, **values)
    wanted = {(one.is_result, one.name): one for one in documents_of(task, made)}
    for kept in CaseDocument.objects.filter(task=task):
        if wanted.pop((kept.is_result, kept.name), None) is None:
            kept.delete()
    CaseDocument.objects.bulk_create(wanted.values())


def newer_version(case: Case) -> ProcedureVersion | None:
    """Return the version that a case could go over to: the newest in force today, where it follows an older one."""
    held = case.procedure_version
    if held is None or case.is_closed:
        return None
    today = zones.today(case.zone)
    rows = ProcedureVersion.objects.filter(
        procedure_id=held.procedure_id, state=PUBLISHED, number__gt=held.number, effective_from__lte=today
    ).exclude(effective_to__lt=today)
    return rows.select_related("procedure").order_by("-effective_from", "-number").first()


def version_to_move_to(case: Case, number: int) -> ProcedureVersion | None:
    """Return a version of the procedure of a case by its number."""
    held = case.procedure_version
    if held is None:
        return None
    rows = ProcedureVersion.objects.filter(procedure_id=held.procedure_id, number=number)
    return rows.select_related("procedure").first()
