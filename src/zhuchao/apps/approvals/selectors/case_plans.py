"""Plans of cases: what is over, begun and stopped taken from their events, and what is reviewed before the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Ask, Mode, Network, Plan, Standing, Task, WorkLine, plan, rehearse
from zhuchao.engines.scheduling import Rehearsal as Rehearsed

from ..errors import PlanImpossible
from ..models import Case, CasePlan, CaseTask, TaskEvent, TaskMode, TaskState
from . import standing as played
from .cases import visible_cases
from .clock import Pause
from .matters import Actor
from .networks import template_of
from .plans import line_from, refusal

SECONDS: Final = 2.0
_GONE: Final = frozenset({TaskState.REFUSED, TaskState.WITHDRAWN, TaskState.ENDED})
_RESTS: Final = frozenset({TaskState.STOPPED, TaskState.RETURNED})


@dataclass(frozen=True)
class PlannedCase:
    """A case as it is planned at a moment; minute 0 is when its clock begins."""

    case: Case
    line: WorkLine
    network: Network
    plan: Plan
    runs: Rehearsed

    def at(self, minute: float) -> datetime:
        """Return the moment at which something is over, rounded up to a minute."""
        return self.line.ends(-int(-minute // 1))


@dataclass(frozen=True)
class PreReview:
    """How much of a case was reviewed before its clock began (预审): counted by tasks that may be reviewed early.

    ``when``: of those that were, since when; ``is_final``: whether the clock has begun, so that the share stays.
    """

    tasks: tuple[tuple[CaseTask, datetime | None], ...]
    is_final: bool

    @property
    def done(self) -> int:
        return sum(when is not None for _task, when in self.tasks)

    @property
    def total(self) -> int:
        return len(self.tasks)

    @property
    def percent(self) -> int:
        """Whole per cent, 0 where nothing may be reviewed early."""
        return self.done * 100 // self.total if self.total else 0


def pre_review_of(case: Case, at: datetime) -> PreReview:
    """Return how much was reviewed before the clock of a case began, as its events say at a moment."""
    tasks, standings = _played(case, None)
    counts = [task for task in tasks if task.early_allowed and standings[task.pk].state not in _GONE]
    found = []
    for task in counts:
        reviewed = standings[task.pk].reviewed_at
        early = reviewed is not None and reviewed <= case.starts_at
        found.append((task, reviewed if early else None))
    return PreReview(tuple(found), at >= case.starts_at)


def plan_case(case: Case, at: datetime, *, seconds: float = SECONDS, runs: int = 10_000) -> PlannedCase:
    """Return the quickest way on for a case from a moment, after all that its events in force say by then.

    Raises PlanImpossible where nothing is left to plan or the tasks do not fit together, and CalendarNotKnown beyond the
    last confirmed year.
    """
    tasks, standings = _played(case, at)
    alive = [task for task in tasks if standings[task.pk].state not in _GONE]
    if not alive:
        raise PlanImpossible(why=_("没有要办的任务。"))
    line = line_from(case.starts_at)
    try:
        network = network_of(alive, reviewers_of(case))
        now = _minute(line, at)
        begun = tuple(
            found for task in alive if (found := so_far(task, standings[task.pk], line, at, now)) is not None
        )
        # drafts are reviewed until the start, from now on or since the first of them began
        early = max([0, -now, *(-one.begun for one in begun)])
        pledged = {task.key for task in alive if standings[task.pk].mode == TaskMode.PLEDGE}
        ask = Ask(
            pre_review=early,
            credit=sum(task.credit for task in alive if task.key in pledged),
            modes=frozenset({Mode.LATE, Mode.EARLY}),
            now=now,
            begun=begun,
            line=line,
        )
        best = plan(network, ask, seconds=seconds)
        return PlannedCase(case, line, network, best, rehearse(best, network.departments, runs=runs))
    except EngineError as error:
        raise refusal(error, line) from error


def network_of(tasks: Sequence[CaseTask], reviewers: Mapping[str, int]) -> Network:
    """Return the tasks of a case as a network; what nobody of them gives is the firm's to bring."""
    keys = {task.key for task in tasks}
    given = {name for task in tasks for name in task.gives}
    engine = tuple(
        Task(
            task.key,
            task.department_name or "—",
            task.review_minutes,
            task.issue_minutes,
            after=tuple(key for key in task.after if key in keys),
            needs=tuple(task.needs),
            late=frozenset(task.late) & frozenset(task.needs),
            gives=tuple(task.gives),
            pledge=task.pledge_allowed or task.mode == TaskMode.PLEDGE,
            credit=task.credit,
            early=task.early_allowed or task.mode == TaskMode.EARLY,
            notice=task.notice_days,
        )
        for task in tasks
    )
    held = frozenset(name for task in tasks for name in task.needs if name not in given)
    places = {one.department: max(1, reviewers.get(one.department, 1)) for one in engine}
    return Network(engine, places, held)


def reviewers_of(case: Case) -> Mapping[str, int]:
    """Return the reviewers of each department by the version of the procedure that a case follows."""
    version = case.procedure_version
    if version is None:
        return {}
    try:
        return template_of(version.text).departments
    except EngineError:
        return {}


def visible_case_plans(actor: Actor) -> QuerySet[CasePlan]:
    """Return the plans of the cases this person may see."""
    return CasePlan.objects.filter(case__in=visible_cases(actor)).select_related("case", "zone")


def plans_of(case: Case) -> QuerySet[CasePlan]:
    """Return the plans of a case as they were made, the newest first."""
    return CasePlan.objects.filter(case=case).order_by("-pk")


def first_and_last_plan(case: Case) -> tuple[CasePlan | None, CasePlan | None]:
    """Return the forecast a case began with and the one that counts now."""
    made = CasePlan.objects.filter(case=case, finish_at__isnull=False)
    return made.order_by("pk").first(), made.order_by("-pk").first()


def shown_plan(case: Case) -> CasePlan | None:
    """Return the plan that is drawn beside what was done: the newest, of a case that is over the one it began with."""
    made = CasePlan.objects.filter(case=case, finish_at__isnull=False)
    return made.order_by("pk" if case.is_closed else "-pk").first()


def planned_spans(
    kept: CasePlan | None, tasks: Sequence[CaseTask]
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Return what a kept plan says of each task by its id: from when to when it is reviewed, and issued."""
    if kept is None:
        return {}
    ids = {task.key: task.pk for task in tasks}
    return {
        ids[work["key"]]: [
            (datetime.fromisoformat(span[0]), datetime.fromisoformat(span[1]))
            for part in ("review", "issue")
            if (span := work[part]) and span[0] != span[1]
        ]
        for work in kept.detail.get("works", ())
        if work["key"] in ids
    }


def _played(case: Case, at: datetime | None) -> tuple[list[CaseTask], dict[int, played.Standing]]:
    """Return the tasks of a case and where each stood at a moment."""
    events = TaskEvent.objects.select_related("replaced_by", "department")
    rows = CaseTask.objects.filter(case=case).select_related("department")
    tasks = list(rows.prefetch_related(Prefetch("events", queryset=events)).order_by("position", "pk"))
    happened = [
        event for task in tasks for event in task.events.all() if at is None or event.happened_at <= at
    ]
    return tasks, played.play(tasks, happened, starts_at=case.starts_at, opened_at=case.opened_at)


def so_far(
    task: CaseTask, standing: played.Standing, line: WorkLine, at: datetime, now: int
) -> Standing | None:
    """Return how far a task is in minutes, None for one that has not begun."""
    begun = standing.started_at
    if begun is None and standing.state == TaskState.DONE:
        begun = standing.finished_at
    if begun is None:
        return None
    start = _minute(line, begun)
    over = None if standing.finished_at is None else max(start, _minute(line, standing.finished_at))
    mode = Mode(standing.mode)
    if mode is Mode.LATE and not task.late:
        # what may come late is a matter of the documents of the case, not of other tasks
        mode = Mode.NORMAL
    stopped = standing.state in _RESTS
    if mode is Mode.PLEDGE:
        return Standing(
            task.key, start, mode, over=over, spent=_spent(line, begun, at, standing.pauses), stopped=stopped
        )
    reviewed = None if standing.reviewed_at is None else max(start, _minute(line, standing.reviewed_at))
    if reviewed is None and over is not None:
        reviewed = over
    issued = standing.firsts.get("issue")
    issuing = None if issued is None or reviewed is None else max(reviewed, _minute(line, issued))
    if issuing is not None and over is not None:
        issuing = min(issuing, over)
    # an issue before the start does not count as begun there: nothing is issued earlier
    in_hand = begun if reviewed is None else (issued or standing.reviewed_at or begun)
    spent = _spent(line, in_hand, at, standing.pauses)
    if stopped and spent is None:
        spent = max(0, now - _minute(line, in_hand))
    return Standing(
        task.key, start, mode, reviewed, issuing, over, None if over is not None else spent, stopped
    )


def _spent(line: WorkLine, since: datetime, at: datetime, pauses: Sequence[Pause]) -> int | None:
    """Return the working minutes spent since a moment without the pauses; None where nothing interrupted it."""
    within = [one for one in pauses if one.begin < at and (one.end is None or one.end > since)]
    if not within:
        return None
    whole = _minute(line, at) - _minute(line, since)
    rest = sum(_minute(line, min(one.end or at, at)) - _minute(line, max(one.begin, since)) for one in within)
    return max(0, whole - rest)


def _minute(line: WorkLine, moment: datetime) -> int:
    return line.minute_of(moment.replace(second=0, microsecond=0))


def same_day_or_deadline(found: PlannedCase) -> int:
    """Return the minute by which a case should be over: its deadline, else the end of the day on which it begins."""
    deadline = found.case.deadline_at
    return found.line.left_in_day(0) if deadline is None else _minute(found.line, deadline)
