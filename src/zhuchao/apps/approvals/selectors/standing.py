"""Where the tasks of a case stand: what its events in force say, played through in the order they happened.

Page, API, correction and void all ask here, so that one rule says what may follow what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ..models import CaseTask, EventKind, TaskEvent, TaskMode, TaskState
from .clock import Pause

UNBEGUN: Final = frozenset({TaskState.WAITING, TaskState.READY})
OVER: Final = frozenset({TaskState.DONE, TaskState.REFUSED, TaskState.WITHDRAWN, TaskState.ENDED})
_WORK: Final = frozenset({TaskState.REVIEWING, TaskState.REVIEWED, TaskState.ISSUING})
_UNDER_WAY: Final = _WORK | {TaskState.STOPPED, TaskState.RETURNED}

MAY_FOLLOW: Final[Mapping[EventKind, frozenset[TaskState]]] = {
    EventKind.ASSIGN: UNBEGUN | _UNDER_WAY,
    EventKind.MODE: UNBEGUN,
    EventKind.START: UNBEGUN,
    EventKind.STOP: _WORK,
    EventKind.RESUME: frozenset({TaskState.STOPPED}),
    EventKind.RETURN: frozenset({TaskState.REVIEWING, TaskState.REVIEWED}),
    EventKind.RESUBMIT: frozenset({TaskState.RETURNED}),
    EventKind.COSIGN: frozenset({TaskState.REVIEWING}),
    EventKind.COSIGNED: frozenset({TaskState.REVIEWING}),
    EventKind.REVIEWED: frozenset({TaskState.REVIEWING}),
    EventKind.ISSUE: frozenset({TaskState.REVIEWED}),
    EventKind.FINISH: _WORK,
    EventKind.REFUSE: _UNDER_WAY,
    EventKind.WITHDRAW: UNBEGUN | _UNDER_WAY,
    EventKind.END: UNBEGUN | _UNDER_WAY,
    EventKind.HAND_OVER: UNBEGUN | {TaskState.REVIEWING},
    EventKind.HAND_BACK: UNBEGUN | {TaskState.REVIEWING},
}
"""In which states each event may happen. ``ready`` is never an event of its own: it follows from the others."""

ENDS: Final = {
    EventKind.FINISH: TaskState.DONE,
    EventKind.REFUSE: TaskState.REFUSED,
    EventKind.WITHDRAW: TaskState.WITHDRAWN,
    EventKind.END: TaskState.ENDED,
}


@dataclass
class Standing:
    """Where a task stands after some of its events.

    ``asked``: departments whose co-signature is awaited. ``ready_at``: since when nothing it waits for is missing.
    ``last``: the event that brought it where it is.
    """

    state: TaskState = TaskState.WAITING
    mode: str = TaskMode.NORMAL
    ready_at: datetime | None = None
    started_at: datetime | None = None
    reviewed_at: datetime | None = None
    finished_at: datetime | None = None
    over_at: datetime | None = None
    number: str = ""
    pauses: list[Pause] = field(default_factory=list)
    asked: list[int | None] = field(default_factory=list)
    is_away: bool = False
    last: TaskEvent | None = None
    resumes: TaskState = TaskState.REVIEWING
    firsts: dict[str, datetime] = field(default_factory=dict)


class Contradiction(Exception):
    """An event that cannot have happened then: ``why`` is over, state, waits, cosign, away, early or mode."""

    def __init__(self, event: TaskEvent, why: str, standing: Standing, waits: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.event, self.why, self.standing, self.waits = event, why, standing, tuple(waits)


def play(
    tasks: Iterable[CaseTask], events: Iterable[TaskEvent], *, starts_at: datetime, opened_at: datetime
) -> dict[int, Standing]:
    """Return where each task of a case stands, by its id, after the events in force; ``events`` in any order.

    Raises Contradiction with the first event that may not follow what was before it.
    """
    all_tasks = list(tasks)
    links = Links(all_tasks)
    found = {task.pk: Standing() for task in all_tasks}
    by_id = {task.pk: task for task in all_tasks}
    for event in in_order(events):
        _step(by_id[event.task_id], event, found, links, starts_at)
    for task in all_tasks:
        standing = found[task.pk]
        ends = [found[pk] for pk in links.before(task, standing.mode)]
        if all(one.state == TaskState.DONE for one in ends):
            standing.ready_at = max((one.finished_at for one in ends if one.finished_at), default=opened_at)
            if standing.state == TaskState.WAITING:
                standing.state = TaskState.READY
    return found


def in_order(events: Iterable[TaskEvent]) -> list[TaskEvent]:
    """Return events as they happened; of one moment the one entered first, a correction in the place of what it corrects."""
    rows = list(events)
    roots = {row.pk: row.replaces_id for row in rows}

    def root(pk: int) -> int:
        seen = roots.get(pk)
        return pk if seen is None else root(seen)

    live = [row for row in rows if row.is_live]
    return sorted(live, key=lambda row: (row.happened_at, root(row.pk) if row.pk else 1 << 62))


class Links:
    """What each task of a case waits for: tasks by name, and tasks that give a document it needs."""

    def __init__(self, tasks: Sequence[CaseTask]) -> None:
        self.names = {task.pk: task.name for task in tasks}
        self._by_key = {task.key: task.pk for task in tasks}
        self._givers = {name: task.pk for task in tasks for name in task.gives}

    def before(self, task: CaseTask, mode: str = "", *, to_begin: bool = True) -> list[int]:
        """Return the ids of the tasks that must be over before a task begins, or before it is issued.

        To begin, a late (容缺) one does not wait for what may come late, and an early one (预审) for nothing.
        """
        if to_begin and mode == TaskMode.EARLY:
            return []
        late = set(task.late) if to_begin and mode == TaskMode.LATE else set()
        waits = [self._by_key[key] for key in task.after if key in self._by_key]
        waits += [self._givers[name] for name in task.needs if name in self._givers and name not in late]
        return [pk for pk in dict.fromkeys(waits) if pk != task.pk]


def _step(
    task: CaseTask, event: TaskEvent, found: dict[int, Standing], links: Links, starts_at: datetime
) -> None:
    """Let one event happen."""
    standing, kind = found[task.pk], EventKind(event.kind)

    def refuse(why: str, waits: Sequence[str] = ()) -> Contradiction:
        return Contradiction(event, why, standing, waits)

    def missing(mode: str, *, to_begin: bool) -> list[str]:
        ends = links.before(task, mode, to_begin=to_begin)
        return [links.names[pk] for pk in ends if found[pk].state != TaskState.DONE]

    def refuse_open() -> None:
        if standing.is_away or standing.asked:
            raise refuse("away" if standing.is_away else "cosign")

    if standing.state in OVER:
        raise refuse("over")
    if standing.state not in MAY_FOLLOW.get(kind, frozenset()):
        if standing.state == TaskState.WAITING and not missing(standing.mode, to_begin=True):
            standing.state = TaskState.READY
        raise refuse("state")
    match kind:
        case EventKind.MODE:
            standing.mode = event.mode or TaskMode.NORMAL
        case EventKind.START:
            standing.mode = event.mode or standing.mode
            waits = missing(standing.mode, to_begin=True)
            if waits:
                raise refuse("waits", waits)
            standing.started_at = event.happened_at
            standing.state = TaskState.REVIEWING
            if standing.mode == TaskMode.PLEDGE:
                standing.state, standing.reviewed_at = TaskState.REVIEWED, event.happened_at
        case EventKind.STOP | EventKind.RETURN:
            standing.resumes = standing.state if kind == EventKind.STOP else TaskState.REVIEWING
            standing.pauses.append(Pause(event.happened_at, None, event.cause or kind))
            standing.state = TaskState.STOPPED if kind == EventKind.STOP else TaskState.RETURNED
            if kind == EventKind.RETURN:
                standing.reviewed_at = None
        case EventKind.RESUME | EventKind.RESUBMIT:
            pause = standing.pauses.pop()
            standing.pauses.append(Pause(pause.begin, event.happened_at, pause.why))
            standing.state = standing.resumes
        case EventKind.COSIGN:
            if event.department_id in standing.asked:
                raise refuse("cosign")
            standing.asked.append(event.department_id)
        case EventKind.COSIGNED:
            if event.department_id not in standing.asked:
                raise refuse("cosign")
            standing.asked.remove(event.department_id)
        case EventKind.HAND_OVER | EventKind.HAND_BACK:
            if standing.is_away == (kind == EventKind.HAND_OVER):
                raise refuse("away")
            standing.is_away = kind == EventKind.HAND_OVER
        case EventKind.REVIEWED:
            refuse_open()
            standing.reviewed_at, standing.state = event.happened_at, TaskState.REVIEWED
        case EventKind.ISSUE | EventKind.FINISH:
            refuse_open()
            # What has nothing to review is finished at once; else nothing is issued before it is reviewed.
            if standing.state == TaskState.REVIEWING:
                if task.review_minutes:
                    raise refuse("state")
                standing.reviewed_at = event.happened_at
            waits = missing(standing.mode, to_begin=False)
            if waits:
                raise refuse("waits", waits)
            if standing.mode == TaskMode.EARLY and event.happened_at < starts_at:
                raise refuse("early")
            standing.state = TaskState.ISSUING
    if kind in ENDS:
        standing.state, standing.over_at = ENDS[kind], event.happened_at
        standing.number = event.number
        if kind == EventKind.FINISH:
            standing.finished_at = event.happened_at
        if standing.pauses and standing.pauses[-1].end is None:
            pause = standing.pauses.pop()
            standing.pauses.append(Pause(pause.begin, event.happened_at, pause.why))
    standing.firsts.setdefault(kind, event.happened_at)
    standing.last = event
