"""The bars of a case: what was done when, against what was promised, on one axis of time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format

from ..models import Case, CaseTask, EventKind, TaskEvent, TaskState
from .standing import in_order

WIDTH: Final = 760
LEFT: Final = 200
ROW: Final = 26
TOP: Final = 34
_STEPS: Final = tuple(
    timedelta(minutes=one)
    for one in (15, 30, 60, 120, 240, 480, 1440, 2880, 10080, 20160, 40320, 80640, 161280)
)
_MOST_TICKS: Final = 9


@dataclass(frozen=True)
class Bar:
    """A stretch of a task: ``kind`` review, issue, stop or wait."""

    x: float
    width: float
    kind: str
    begin: datetime
    end: datetime


@dataclass
class Line:
    """One row of the chart: a task, or the head of a lane."""

    y: int
    label: str
    task: CaseTask | None = None
    bars: list[Bar] = field(default_factory=list)
    due_x: float | None = None
    plan: list[tuple[float, float]] = field(default_factory=list)

    @property
    def middle(self) -> int:
        return self.y + ROW // 2 + 4


@dataclass(frozen=True)
class Chart:
    """All rows with the axis: ``ticks`` as (x, label), the start of the clock and now where they are in sight."""

    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    start_x: float | None
    now_x: float | None
    height: int

    @property
    def width(self) -> int:
        return LEFT + WIDTH + 10


def draw(
    case: Case,
    tasks: Sequence[CaseTask],
    events: Iterable[TaskEvent],
    *,
    now: datetime,
    planned: Mapping[int, Sequence[tuple[datetime, datetime]]] | None = None,
    from_start: bool = False,
) -> Chart:
    """Return the chart of a case; ``planned`` gives spans by task, ``from_start`` leaves the pre-review out."""
    live, plan = in_order(events), planned or {}
    spans = {task.pk: _spans(task, [one for one in live if one.task_id == task.pk], now) for task in tasks}
    moments = [moment for some in spans.values() for _, begin, end in some for moment in (begin, end)]
    moments += [moment for some in plan.values() for pair in some for moment in pair]
    moments += [task.due_at for task in tasks if task.due_at is not None]
    moments += [case.starts_at] if case.is_closed else [case.starts_at, now]
    first, last = min(moments), max(moments)
    if from_start and last > case.starts_at:
        first = case.starts_at
    whole = max(last - first, timedelta(minutes=30))
    first, whole = first - whole / 50, whole * 1.06

    def x(moment: datetime) -> float:
        return round(LEFT + WIDTH * ((moment - first) / whole), 1)

    def shown(begin: datetime, end: datetime) -> tuple[float, float] | None:
        if end < first:
            return None
        left = max(x(begin), float(LEFT))
        return left, max(round(x(end) - left, 1), 3.0)

    lines: list[Line] = []
    y, lane = TOP, None
    in_lanes = sorted(tasks, key=lambda task: _lane_order(tasks, task.lane))
    for task in in_lanes:
        if task.lane != lane and any(one.lane for one in tasks):
            lane = task.lane
            lines.append(Line(y, task.lane or task.stage))
            y += ROW
        line = Line(y, task.name, task)
        for kind, begin, end in spans[task.pk]:
            if span := shown(begin, end):
                line.bars.append(Bar(*span, kind, begin, end))
        line.plan = [span for pair in plan.get(task.pk, ()) if (span := shown(*pair))]
        if task.due_at is not None and task.due_at >= first:
            line.due_x = x(task.due_at)
        lines.append(line)
        y += ROW
    return Chart(
        tuple(lines),
        _ticks(first, whole, x),
        x(case.starts_at) if case.starts_at >= first else None,
        x(now) if not case.is_closed and now >= first else None,
        y + 8,
    )


def _lane_order(tasks: Sequence[CaseTask], lane: str) -> int:
    lanes = list(dict.fromkeys(task.lane for task in tasks))
    return lanes.index(lane)


def _spans(
    task: CaseTask, events: Sequence[TaskEvent], now: datetime
) -> list[tuple[str, datetime, datetime]]:
    """Return (kind, begin, end) of what a task did."""
    end_of_all = next((one.happened_at for one in reversed(events) if one.kind in _LAST), now)
    found: list[tuple[str, datetime, datetime]] = []
    if task.ready_at is not None and task.started_at is None and task.state in (TaskState.READY,):
        found.append(("wait", task.ready_at, max(now, task.ready_at)))
    kind, begin, before = "", None, "review"
    for event in events:
        step = EventKind(event.kind)
        turned = _TURNS.get(step)
        if turned is None and step not in _LAST and step != EventKind.RESUME:
            continue
        if begin is not None and kind:
            found.append((kind, begin, event.happened_at))
        if step in _LAST:
            return found
        if turned == "stop":
            before = kind or before
        kind, begin = (before if step == EventKind.RESUME else turned or before), event.happened_at
    if begin is not None and kind:
        found.append((kind, begin, max(end_of_all, begin)))
    return found


_LAST: Final = frozenset({EventKind.FINISH, EventKind.REFUSE, EventKind.WITHDRAW, EventKind.END})
_TURNS: Final = {
    EventKind.START: "review",
    EventKind.RESUBMIT: "review",
    EventKind.REVIEWED: "reviewed",
    EventKind.ISSUE: "issue",
    EventKind.STOP: "stop",
    EventKind.RETURN: "stop",
}


def _ticks(
    first: datetime, whole: timedelta, x: Callable[[datetime], float]
) -> tuple[tuple[float, str], ...]:
    step = next((one for one in _STEPS if whole / one <= _MOST_TICKS), _STEPS[-1])
    local = timezone.localtime(first, timezone.get_default_timezone())
    begin = local.replace(hour=0, minute=0, second=0, microsecond=0)
    moment = begin + step * -(-(local - begin) // step)
    found = []
    while moment <= first + whole:
        label = date_format(moment, "H:i") if step < timedelta(days=1) else f"{moment:%m-%d}"
        if step < timedelta(days=1) and moment.hour == 0 and moment.minute == 0:
            label = f"{moment:%m-%d}"
        found.append((x(moment), label))
        moment += step
    return tuple(found)
