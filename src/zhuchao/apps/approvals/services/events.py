"""What happens to the tasks of a case: recorded, corrected, voided; the tasks, the documents and the case follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, save_record, void_entry
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import (
    CaseClosed,
    CosignAwaited,
    HandedOver,
    LaterEvents,
    ModeRefused,
    NotBeforeStart,
    StepNotNow,
    TaskOver,
    TaskWaits,
)
from ..models import (
    Case,
    CaseDocument,
    CaseState,
    CaseTask,
    EventKind,
    StopCause,
    TaskEvent,
    TaskMode,
    TaskState,
)
from ..selectors.acting import refuse_stranger
from ..selectors.clock import legal_due, promised_due
from ..selectors.standing import MAY_FOLLOW, OVER, Contradiction, Standing, play
from .grounds import refuse_groundless
from .plans import replan
from .results import keep_results, take_back_results

NEEDS_WHY = frozenset({EventKind.RETURN, EventKind.REFUSE, EventKind.WITHDRAW, EventKind.END})
ISSUED = CaseDocument.State.ISSUED


@transaction.atomic
def record_event(
    *,
    actor: User | None,
    task: CaseTask,
    kind: str,
    at: datetime | None = None,
    note: str = "",
    number: str = "",
    department: Department | None = None,
    mode: str = "",
    cause: str = "",
) -> TaskEvent:
    """Record what happened to a task at a moment (now), and let its clocks, its followers and the case follow.

    Args:
        number: of the certificate or letter that is issued.
        department: who is asked to co-sign, or did.
        mode: how the task is handled, for its acceptance or ``EventKind.MODE``.
        cause: why the clock stops, one of ``StopCause``.

    Raises:
        TaskOver: two people end one task; the second learns who did and when. StepNotNow, TaskWaits, CosignAwaited,
            HandedOver, NotBeforeStart, ModeRefused, CaseClosed: it may not happen now. DocumentsMissing, BadCredit,
            PledgeRefused, LateDocumentsMissing: what it rests on is not there. WrongInput; NotAllowed and NotFound as
            everywhere.
    """
    kind = _known(kind)
    refuse_stranger(actor, task, kind, department)
    case, tasks = locked_case(task.case_id)
    task = next(one for one in tasks if one.pk == task.pk)
    events = events_of(case)
    moment = _moment(case, at, [one for one in events if one.task_id == task.pk and one.is_live])
    event = TaskEvent(
        zone=case.zone,
        task=task,
        kind=kind,
        happened_at=moment,
        happened_on=zones.day_of(moment),
        note=_why(kind, note),
        number=" ".join(number.split()),
        department=_asked(kind, task, department),
        mode=_mode(case, task, kind, mode),
        cause=_cause(kind, cause),
    )
    try:
        standings = play(tasks, [*events, event], starts_at=case.starts_at, opened_at=case.opened_at)
    except Contradiction as wrong:
        _refuse(case, wrong, event)
    refuse_groundless(case, task, event)
    add_entry(event, actor=actor, at=zones.now(case.zone))
    follow(case, tasks, standings)
    if kind == EventKind.FINISH:
        keep_results(actor, task)
    if case.procedure_version_id and at is None:
        # What happens now moves the forecast; a past that is entered afterwards does not. Nobody waits for it.
        cause = f"{task.name} · {kind.label}"
        transaction.on_commit(lambda: replan(case, cause=cause), robust=True)
    record_change(
        actor=actor,
        verb="record_event",
        rows=[event, task, case],
        scope=case.zone_id,
        kind=kind,
        at=moment,
        note=event.note,
    )
    return event


@transaction.atomic
def correct_event(*, actor: User | None, event: TaskEvent, reason: str, **values: Any) -> TaskEvent:
    """Correct an event with the reason: ``happened_at``, ``note``, ``number`` or ``cause``.

    Raises LaterEvents where what came after it would no longer fit, ReasonNeeded, AlreadyReplaced, WrongInput.
    """
    unknown = values.keys() - {"happened_at", "note", "number", "cause"}
    if unknown:
        raise TypeError(f"not to be corrected: {sorted(unknown)}")
    case, tasks = _for_rewriting(actor, event)
    if "happened_at" in values:
        if values["happened_at"] > zones.now(case.zone):
            raise WrongInput(field=_("发生时间"), why=_("不能晚于现在。"))
        values["happened_on"] = zones.day_of(values["happened_at"])
    if event.kind in NEEDS_WHY and "note" in values:
        values["note"] = _why(event.kind, values["note"])
    if "cause" in values:
        values["cause"] = _cause(EventKind(event.kind), values["cause"])
    made = correct_entry(event, actor=actor, at=zones.now(case.zone), reason=reason, **values)
    settle(case, tasks, pgettext("原因", "更正"))
    record_change(
        actor=actor,
        verb="correct_event",
        rows=[made, event, case],
        scope=case.zone_id,
        kind=event.kind,
        reason=reason.strip(),
    )
    return made


@transaction.atomic
def void_event(*, actor: User | None, event: TaskEvent, reason: str) -> TaskEvent:
    """Void an event with the reason: the task stands again as if it had not happened.

    Raises LaterEvents where what came after it would no longer fit, ReasonNeeded, AlreadyReplaced.
    """
    case, tasks = _for_rewriting(actor, event)
    gone = void_entry(event, actor=actor, at=zones.now(case.zone), reason=reason)
    settle(case, tasks, pgettext("原因", "作废"))
    if event.kind == EventKind.FINISH:
        take_back_results(event.task, _("办结登记已作废：%(why)s") % {"why": reason.strip()})
    record_change(
        actor=actor,
        verb="void_event",
        rows=[gone, event, case],
        scope=case.zone_id,
        kind=event.kind,
        reason=reason.strip(),
    )
    return gone


@transaction.atomic
def close_case(*, actor: User | None, case: Case, kind: str, note: str, at: datetime | None = None) -> Case:
    """Withdraw a case (``EventKind.WITHDRAW``) or end it (``END``) with the reason: every task that is not over ends so.

    Raises CaseClosed, WrongInput without a reason, and as ``record_event``.
    """
    if kind not in (EventKind.WITHDRAW, EventKind.END):
        raise WrongInput(field=_("操作"), why=_("只能撤回或终止。"))
    zones.require(actor, Verb.CHANGE, Thing.CASE, case.zone)
    case, tasks = locked_case(case.pk)
    _refuse_closed(case, str(EventKind(kind).label))
    moment = _moment(case, at, [one for one in events_of(case) if one.is_live])
    why = _why(EventKind(kind), note)
    made = [
        add_entry(
            TaskEvent(
                zone=case.zone,
                task=task,
                kind=kind,
                happened_at=moment,
                happened_on=zones.day_of(moment),
                note=why,
            ),
            actor=actor,
            at=zones.now(case.zone),
        )
        for task in tasks
        if task.state not in OVER
    ]
    settle(case, tasks, str(EventKind(kind).label))
    record_change(actor=actor, verb="close_case", rows=[case, *made], scope=case.zone_id, kind=kind, note=why)
    return case


def locked_case(pk: int) -> tuple[Case, list[CaseTask]]:
    """Return a case with its row locked, what everybody who changes one of its tasks races for, and its tasks."""
    rows = Case.objects.select_related("zone", "enterprise", "project", "procedure_version", "theme")
    case = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    found = CaseTask.objects.filter(case=case).select_related("department").order_by("position", "pk")
    tasks = list(found)
    for task in tasks:
        task.case, task.zone = case, case.zone
    return case, tasks


def events_of(case: Case) -> list[TaskEvent]:
    """Return every event of a case, replaced and void ones included, the first first."""
    rows = TaskEvent.objects.filter(task__case=case).select_related(
        "replaced_by", "recorded_by", "department"
    )
    return list(rows.order_by("happened_at", "pk"))


def follow(case: Case, tasks: Sequence[CaseTask], standings: dict[int, Standing]) -> None:
    """Let the tasks, the result documents and the state of a locked case repeat what its events say."""
    for task in tasks:
        standing = standings[task.pk]
        was_done = task.state == TaskState.DONE
        save_record(task, **_repeated(case, task, standing))
        if was_done or standing.state == TaskState.DONE:
            _issue_results(task, standing)
    save_record(case, **_case_values(case, list(standings.values())))


def settle(case: Case, tasks: list[CaseTask], verb: str) -> None:
    """Play the events of a locked case anew after one of them was replaced."""
    try:
        standings = play(tasks, events_of(case), starts_at=case.starts_at, opened_at=case.opened_at)
    except Contradiction as wrong:
        raise LaterEvents(
            verb=verb,
            task=wrong.event.task.name,
            later=wrong.event.get_kind_display(),
            when=_clock(wrong.event.happened_at),
        ) from wrong
    follow(case, tasks, standings)


def _repeated(case: Case, task: CaseTask, standing: Standing) -> dict[str, Any]:
    """Return what a task repeats of its events: state, moments, and when it is due."""
    begin = standing.started_at
    if begin is not None and standing.mode == TaskMode.EARLY:
        # A pre-review runs on no clock: that begins when the case does and nothing is missing any more.
        ready = standing.ready_at
        begin = max(begin, ready, case.starts_at) if ready is not None else None
    due = legal = None
    if begin is not None:
        due = promised_due(begin, task.promised_working_days, standing.pauses)
        legal = legal_due(begin, task.legal_days, task.legal_day_kind, standing.pauses)
    return {
        "state": standing.state,
        "mode": standing.mode,
        "ready_at": standing.ready_at,
        "started_at": standing.started_at,
        "reviewed_at": standing.reviewed_at,
        "finished_at": standing.finished_at,
        "due_at": due,
        "legal_due_at": legal,
    }


def _issue_results(task: CaseTask, standing: Standing) -> None:
    """Let the result documents of a task be issued with it, or be missing again."""
    is_done = standing.state == TaskState.DONE
    for document in CaseDocument.objects.filter(task=task, is_result=True):
        save_record(
            document,
            state=ISSUED if is_done else CaseDocument.State.MISSING,
            received_at=standing.finished_at,
            number=standing.number if is_done else "",
        )


def _case_values(case: Case, standings: Sequence[Standing]) -> dict[str, Any]:
    """Return the state of a case from that of its tasks."""
    states = {one.state for one in standings}
    if not states <= OVER:
        begun = zones.now(case.zone) >= case.starts_at
        return {"state": CaseState.OPEN if begun else CaseState.PREPARING, "finished_at": None}
    if TaskState.ENDED in states:
        return {"state": CaseState.ENDED, "finished_at": None}
    if states == {TaskState.WITHDRAWN}:
        return {"state": CaseState.WITHDRAWN, "finished_at": None}
    last = max(one.over_at for one in standings if one.over_at is not None)
    return {"state": CaseState.FINISHED, "finished_at": max(last, case.starts_at)}


def _for_rewriting(actor: User | None, event: TaskEvent) -> tuple[Case, list[CaseTask]]:
    """Lock the case of an event for its correction or void, for who may record such an event."""
    refuse_stranger(actor, event.task, EventKind(event.kind), event.department)
    return locked_case(event.task.case_id)


def _known(kind: str) -> EventKind:
    if kind not in EventKind.values or kind == EventKind.READY:
        raise WrongInput(field=_("事件"), why=_("请从列出的事件中选择。"))
    return EventKind(kind)


def _moment(case: Case, at: datetime | None, before: Sequence[TaskEvent]) -> datetime:
    now = zones.now(case.zone)
    moment = at or now
    if timezone.is_naive(moment):
        raise WrongInput(field=_("发生时间"), why=_("须带时区。"))
    if moment > now:
        raise WrongInput(field=_("发生时间"), why=_("不能晚于现在。"))
    if moment < case.opened_at:
        raise WrongInput(
            field=_("发生时间"), why=_("不能早于收件时间 %(when)s。") % {"when": _clock(case.opened_at)}
        )
    last = max((one.happened_at for one in before), default=None)
    if last is not None and moment < last:
        raise WrongInput(
            field=_("发生时间"), why=_("不能早于上一个事件的 %(when)s。") % {"when": _clock(last)}
        )
    return moment


def _why(kind: str, note: str) -> str:
    said = " ".join(note.split())
    if kind in NEEDS_WHY and not said:
        raise WrongInput(field=_("说明"), why=_("请写明%(step)s的原因。") % {"step": EventKind(kind).label})
    if len(said) > 300:
        raise WrongInput(field=_("说明"), why=_("最多 300 个字。"))
    return said


def _cause(kind: EventKind, cause: str) -> str:
    if kind != EventKind.STOP:
        return ""
    if cause not in StopCause.values:
        raise WrongInput(field=_("停钟事由"), why=_("请从列出的事由中选择。"))
    return cause


def _asked(kind: EventKind, task: CaseTask, department: Department | None) -> Department | None:
    if kind not in (EventKind.COSIGN, EventKind.COSIGNED):
        return None
    if department is None or department.zone_id != task.zone_id or department.pk == task.department_id:
        raise WrongInput(field=_("会签部门"), why=_("请选择本辖区的另一个部门。"))
    return department


def _mode(case: Case, task: CaseTask, kind: EventKind, mode: str) -> str:
    """Return the way a task is handled; refuse one that it does not allow."""
    if kind not in (EventKind.START, EventKind.MODE):
        return ""
    if kind == EventKind.START:
        mode = mode or task.mode
    if mode not in TaskMode.values:
        raise WrongInput(field=_("办理方式"), why=_("请从列出的方式中选择。"))
    why = ""
    if mode == TaskMode.PLEDGE and not task.pledge_allowed:
        why = _("该事项没有列入告知承诺。")
    if mode == TaskMode.EARLY and not task.early_allowed:
        why = _("该事项不能预审。")
    if mode == TaskMode.LATE and not task.late:
        asked = CaseDocument.objects.filter(task=task, is_result=False, may_be_late=True)
        why = "" if asked.exists() else _("没有可以容缺的材料。")
    if why:
        raise ModeRefused(task=task.name, mode=TaskMode(mode).label, why=why)
    return mode


def _refuse_closed(case: Case, step: str) -> None:
    if case.is_closed:
        raise CaseClosed(number=case.number, state=case.get_state_display(), step=step)


def _refuse(case: Case, wrong: Contradiction, event: TaskEvent) -> NoReturn:
    """Say in words why an event may not happen."""
    task, step = event.task.name, str(EventKind(event.kind).label)
    if wrong.event is not event:
        raise LaterEvents(
            verb=step,
            task=wrong.event.task.name,
            later=wrong.event.get_kind_display(),
            when=_clock(wrong.event.happened_at),
        ) from wrong
    last = wrong.standing.last
    if wrong.why == "over" and last is not None:
        raise TaskOver(
            task=task,
            step=step,
            who=str(last.recorded_by or _("系统")),
            when=_clock(last.happened_at),
            what=str(last.get_kind_display()),
        ) from wrong
    if wrong.why == "waits":
        raise TaskWaits(task=task, step=step, waits=listed(wrong.waits)) from wrong
    if wrong.why == "cosign":
        awaited = _("还在等会签。") if wrong.standing.asked else _("没有向该部门征求会签。")
        raise CosignAwaited(task=task, step=step, why=awaited) from wrong
    if wrong.why == "away":
        away = _("已转出通办，尚未回转。") if wrong.standing.is_away else _("没有转出通办。")
        raise HandedOver(task=task, step=step, why=away) from wrong
    if wrong.why == "early":
        raise NotBeforeStart(task=task, step=step, starts=_clock(case.starts_at)) from wrong
    state = wrong.standing.state
    possible = [kind.label for kind in EventKind if state in MAY_FOLLOW.get(kind, ())]
    raise StepNotNow(
        task=task, step=step, state=str(TaskState(state).label), possible=listed(possible)
    ) from wrong


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment, timezone.get_default_timezone()):%Y-%m-%d %H:%M}"
