"""How long a case took: from the start of its clock to its certificates, the gaps between its tasks, and its benchmarks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Benchmark, Case, CaseDocument, CasePlan, CaseTask, EventKind, TaskEvent, TaskState
from ..wording import show_minutes
from .cases import visible_cases
from .clock import as_working_days, worked_between
from .guidance import benchmarks_of
from .matters import Actor
from .standing import Links, in_order

FEWEST_LANES: Final = 3
_AT_WORK: Final = frozenset(
    {
        EventKind.START,
        EventKind.RESUBMIT,
        EventKind.RESUME,
        EventKind.COSIGN,
        EventKind.COSIGNED,
        EventKind.ISSUE,
    }
)


@dataclass(frozen=True)
class Gap:
    """Working time in which a task could have gone on and nobody did anything: from ``begin`` to ``end``."""

    task: CaseTask
    after: CaseTask
    begin: datetime
    end: datetime
    worked: timedelta | None

    @property
    def minutes(self) -> int:
        """The gap in working minutes, by the clock on the wall where no calendar is known."""
        return int((self.worked if self.worked is not None else self.end - self.begin).total_seconds()) // 60


@dataclass(frozen=True)
class Lane:
    """A parallel line of a case: how many of its tasks are over."""

    name: str
    tasks: int
    done: int


@dataclass(frozen=True)
class Certificate:
    """A certificate that a case issues, and when it did."""

    task: CaseTask
    name: str
    number: str
    issued_at: datetime | None


@dataclass(frozen=True)
class Compared:
    """A case beside a time to be measured by; ``delta`` is what it took more, by the clock on the wall."""

    benchmark: Benchmark
    delta: timedelta

    @property
    def is_beaten(self) -> bool:
        return self.delta < timedelta(0)

    @property
    def is_met(self) -> bool:
        return self.delta == timedelta(0)


@dataclass(frozen=True)
class Forecast:
    """A moment that was forecast when a case began, beside the fact: ``kind`` plan, or by which half or four fifths of the runs were over.

    ``latest`` is what is forecast now, ``fact`` when it was over, None before that. ``worked`` is the office time from
    ``first`` to the fact, or to ``latest`` while there is none; it is below nothing where that came earlier.
    """

    kind: str
    first: datetime
    latest: datetime
    fact: datetime | None
    worked: timedelta | None

    @property
    def is_kept(self) -> bool:
        return (self.fact or self.latest) <= self.first

    @property
    def minutes(self) -> int | None:
        """The difference in working minutes, None where no calendar is known."""
        return None if self.worked is None else int(self.worked / timedelta(minutes=1))


@dataclass(frozen=True)
class Measures:
    """What a case took so far. ``elapsed`` is time by the clock on the wall, ``worked`` office time.

    ``measured_at``: the last certificate where it issues any, else its end; the present moment while it is under way.
    ``issued_on``: the one date of all its certificates, None where there are several or one is missing.
    """

    starts_at: datetime
    measured_at: datetime
    is_over: bool
    elapsed: timedelta
    worked: timedelta | None
    certificates: tuple[Certificate, ...]
    issued_on: date | None
    gaps: tuple[Gap, ...]
    lanes: tuple[Lane, ...]
    compared: tuple[Compared, ...]

    @property
    def worked_days(self) -> Decimal | None:
        return as_working_days(self.worked) if self.worked is not None else None

    @property
    def idle_minutes(self) -> int:
        """All gaps together, in working minutes."""
        return sum(gap.minutes for gap in self.gaps)

    @property
    def is_parallel(self) -> bool:
        """Whether it runs in three lines or more (兵分三路)."""
        return len(self.lanes) >= FEWEST_LANES


def measure(
    case: Case,
    tasks: Sequence[CaseTask],
    events: Iterable[TaskEvent],
    *,
    now: datetime,
    documents: Iterable[CaseDocument] = (),
    benchmarks: Iterable[Benchmark] = (),
) -> Measures:
    """Return what a case took, out of its events in force. Reads nothing but the working calendar."""
    live = in_order(events)
    certificates = _certificates(tasks, documents)
    end = certified_at(case, tasks)
    measured = end or max(now, case.starts_at)
    elapsed = max(measured - case.starts_at, timedelta(0))
    days = {zones.day_of(one.issued_at) if one.issued_at else None for one in certificates}
    return Measures(
        starts_at=case.starts_at,
        measured_at=measured,
        is_over=end is not None,
        elapsed=elapsed,
        worked=worked_between(case.starts_at, measured),
        certificates=certificates,
        issued_on=next(iter(days)) if len(days) == 1 else None,
        gaps=_gaps(tasks, live),
        lanes=_lanes(tasks),
        compared=tuple(Compared(one, elapsed - one.elapsed) for one in benchmarks if _fits(one, case)),
    )


def forecasts_of(first: CasePlan | None, last: CasePlan | None, fact: datetime | None) -> list[Forecast]:
    """Return what a case was forecast to take when it began, against the newest forecast and when it was over."""
    if first is None or last is None:
        return []
    found = []
    for kind, name in (("plan", "finish_at"), ("half", "p50_at"), ("most", "p80_at")):
        then, now = getattr(first, name), getattr(last, name)
        end = fact or now
        worked = worked_between(min(then, end), max(then, end))
        if worked is not None and end < then:
            worked = -worked
        found.append(Forecast(kind, then, now, fact, worked))
    return found


def certified_at(case: Case, tasks: Iterable[CaseTask]) -> datetime | None:
    """Return when a case had its last certificate, or was finished where it issues none; None before that."""
    issuing = [task for task in tasks if task.is_certificate]
    if not issuing:
        return case.finished_at
    if any(task.state != TaskState.DONE for task in issuing):
        return None
    last = max(task.finished_at for task in issuing if task.finished_at is not None)
    return max(last, case.starts_at)


def case_benchmarks(case: Case) -> list[Benchmark]:
    """Return the times that a case is measured by."""
    return [one for one in benchmarks_of(case.zone) if _fits(one, case)]


@dataclass(frozen=True)
class Record:
    """A case that was quicker than every one before it, of the same procedure in the same zone."""

    case: Case
    finished_at: datetime
    elapsed: timedelta
    before: timedelta | None

    @property
    def gained(self) -> timedelta | None:
        return self.before - self.elapsed if self.before is not None else None


@dataclass(frozen=True)
class Ranked:
    """A finished case on the board: ``rank`` from 1, ``record`` where it set one on its day."""

    rank: int
    case: Case
    finished_at: datetime
    elapsed: timedelta
    is_record: bool
    compared: tuple[Compared, ...]


def record_board(actor: Actor, zone: Zone) -> tuple[list[Ranked], list[Record]]:
    """Return the finished cases under a zone from the quickest on, and the records in the order they were set.

    Only cases of procedures are raced against each other: of the same procedure, each with all its certificates.
    """
    rows = visible_cases(actor).filter(
        zone_id__in=zones.zones_under(actor, zone, Thing.CASE),
        procedure_version__isnull=False,
        tasks__state=TaskState.DONE,
    )
    cases = list(rows.select_related("procedure_version__procedure").distinct().order_by("pk"))
    tasks: dict[int, list[CaseTask]] = {}
    for task in CaseTask.objects.filter(case__in=[case.pk for case in cases]):
        tasks.setdefault(task.case_id, []).append(task)
    timed = [
        (case, end, end - case.starts_at)
        for case in cases
        if (end := certified_at(case, tasks.get(case.pk, ()))) is not None
    ]
    timed.sort(key=lambda one: (one[1], one[0].pk))
    best: dict[tuple[int, int], timedelta] = {}
    records: list[Record] = []
    for case, end, elapsed in timed:
        key = (case.zone_id, case.procedure_version.procedure_id if case.procedure_version else 0)
        if key not in best or elapsed < best[key]:
            records.append(Record(case, end, elapsed, best.get(key)))
            best[key] = elapsed
    won = {record.case.pk for record in records}
    times = {zone_id: benchmarks_of(one.zone) for one, *__ in timed for zone_id in (one.zone_id,)}
    board = sorted(timed, key=lambda one: (one[2], one[1]))
    ranked = [
        Ranked(
            rank,
            case,
            end,
            elapsed,
            case.pk in won,
            tuple(Compared(one, elapsed - one.elapsed) for one in times[case.zone_id] if _fits(one, case)),
        )
        for rank, (case, end, elapsed) in enumerate(board, start=1)
    ]
    return ranked, records


def _fits(benchmark: Benchmark, case: Case) -> bool:
    version = case.procedure_version
    if not benchmark.procedure_key:
        return version is not None
    return version is not None and version.procedure.key == benchmark.procedure_key


def _certificates(tasks: Sequence[CaseTask], documents: Iterable[CaseDocument]) -> tuple[Certificate, ...]:
    results: dict[int, list[CaseDocument]] = {}
    for document in documents:
        if document.is_result:
            results.setdefault(document.task_id, []).append(document)
    found = []
    for task in tasks:
        if not task.is_certificate:
            continue
        given = results.get(task.pk, [])
        names = [(one.name, one.number) for one in given[:1]] or [(task.name, "")]
        found += [Certificate(task, name, number, task.finished_at) for name, number in names]
    return tuple(found)


def _gaps(tasks: Sequence[CaseTask], live: Sequence[TaskEvent]) -> tuple[Gap, ...]:
    """Return where a task waited although nothing it needs was missing: from the end of the last one to its next event."""
    links, by_id = Links(tasks), {task.pk: task for task in tasks}
    found = []
    for task in tasks:
        ends = [by_id[pk] for pk in links.before(task, to_begin=False)]
        if not ends or any(one.finished_at is None for one in ends):
            continue
        last = max(ends, key=lambda one: one.finished_at or one.created_at)
        begin = last.finished_at
        if begin is None:
            continue
        own = [event for event in live if event.task_id == task.pk]
        before = [event for event in own if event.happened_at < begin]
        later = [event.happened_at for event in own if event.happened_at >= begin]
        # What is being worked on when the last thing it needs comes is not idle.
        if not later or (before and before[-1].kind in _AT_WORK):
            continue
        if later[0] > begin:
            found.append(Gap(task, last, begin, later[0], worked_between(begin, later[0])))
    return tuple(sorted(found, key=lambda gap: (-gap.minutes, gap.begin)))


def _lanes(tasks: Sequence[CaseTask]) -> tuple[Lane, ...]:
    names = list(dict.fromkeys(task.lane for task in tasks if task.lane))
    return tuple(
        Lane(
            name,
            sum(task.lane == name for task in tasks),
            sum(task.lane == name and task.state == TaskState.DONE for task in tasks),
        )
        for name in names
    )


def said_duration(span: timedelta | None) -> str:
    """Return a span as people say it: ``4 小时 30 分``, days from two days on; the sign is not said.

    >>> said_duration(timedelta(hours=4, minutes=30))
    '4 小时 30 分'
    """
    if span is None:
        return ""
    minutes = int(abs(span).total_seconds()) // 60
    if minutes >= 2 * 24 * 60:
        days = minutes // (24 * 60)
        hours = minutes % (24 * 60) // 60
        said = ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days}
        return _("%(days)s %(hours)d 小时") % {"days": said, "hours": hours} if hours else said
    if minutes < 60:
        return _("%(minutes)d 分") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if not minutes:
        return ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours}
    return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}


def said_delta(delta: timedelta) -> str:
    """Return how much longer or shorter something took: ``快 1 小时``, ``慢 30 分``, ``持平``."""
    if not delta:
        return _("持平")
    said = said_duration(delta)
    return _("快 %(span)s") % {"span": said} if delta < timedelta(0) else _("慢 %(span)s") % {"span": said}


def said_worked(minutes: int | None) -> str:
    """Return how much earlier or later something was in office time; empty where no calendar is known."""
    if minutes is None:
        return ""
    if not minutes:
        return _("持平")
    span = show_minutes(abs(minutes))
    return _("提前 %(span)s") % {"span": span} if minutes < 0 else _("推迟 %(span)s") % {"span": span}
