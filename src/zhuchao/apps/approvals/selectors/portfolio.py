"""All open cases of a zone planned together on the departments they share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Prefetch, QuerySet

from zhuchao.apps.core.wording import sentences
from zhuchao.apps.zones.models import Zone
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Case as EngineCase
from zhuchao.engines.scheduling import Mode, Part, Portfolio, WorkLine, plan_portfolio

from ..errors import PlanImpossible
from ..models import Case, CaseState, CaseTask, TaskEvent, TaskState
from . import standing as played
from .case_plans import network_of, reviewers_of, so_far
from .cases import listed_cases
from .matters import Actor
from .plans import DAY_MINUTES, line_from, refusal

USUAL_DAYS: Final = Decimal(22)
"""Working days after which a case without a deadline and without a former procedure counts as late."""

_GONE: Final = frozenset({TaskState.REFUSED, TaskState.WITHDRAWN, TaskState.ENDED})


@dataclass(frozen=True)
class PortfolioRow:
    """One case of the portfolio: when it is over, by when it should be, and how many working minutes it is late."""

    case: Case
    finish_at: datetime
    due_at: datetime
    late: int
    left: int


@dataclass(frozen=True)
class DepartmentWork:
    """A piece of work of a department in the portfolio."""

    case: Case
    task: str
    part: Part
    begins_at: datetime
    ends_at: datetime
    start: int
    finish: int


@dataclass(frozen=True)
class Costs:
    """What a plan of many cases costs, in minutes: as it is, as it was at once, first come first served, and at least."""

    cost: int
    first: int
    first_come: int
    bound: int

    @property
    def saved(self) -> float:
        """The share of the cost of first come, first served that is saved."""
        return 1 - self.cost / self.first_come if self.first_come else 0.0

    @property
    def gap(self) -> float:
        """How far the cost may be above the least, as a share of it."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


@dataclass(frozen=True)
class ZonePortfolio:
    """The open cases of a zone at a moment, planned together; ``unplanned`` are those that cannot be, and why."""

    at: datetime
    line: WorkLine
    found: Costs
    rows: tuple[PortfolioRow, ...]
    by_department: Mapping[str, tuple[DepartmentWork, ...]]
    reviewers: Mapping[str, int]
    unplanned: tuple[tuple[Case, str], ...]

    @property
    def late_rows(self) -> list[PortfolioRow]:
        return [row for row in self.rows if row.late]


def portfolio_of(
    actor: Actor,
    zone: Zone,
    at: datetime,
    *,
    windows: int = 0,
    seconds: float = 25.0,
    heard: Callable[[int, int, float], bool] | None = None,
) -> ZonePortfolio:
    """Return the open cases of a zone planned together from a moment on.

    Args:
        windows: how many times a few cases are planned anew among the others; 0 is the answer at once.
        seconds: time for those.
        heard: told the cost so far, the bound and the seconds spent; False ends the search with what it has.

    Raises CalendarNotKnown beyond the last confirmed year.
    """
    line = line_from(at)
    events = TaskEvent.objects.select_related("replaced_by", "department")
    tasks = CaseTask.objects.select_related("department").prefetch_related(
        Prefetch("events", queryset=events)
    )
    open_cases = (
        open_cases_of(actor, zone)
        .select_related("procedure_version")
        .prefetch_related(Prefetch("tasks", queryset=tasks.order_by("position", "pk")))
        .order_by("opened_at", "pk")
    )
    cases: dict[str, Case] = {}
    asked: list[EngineCase] = []
    places: dict[str, int] = {}
    unplanned: list[tuple[Case, str]] = []
    for case in open_cases:
        try:
            one = _engine_case(case, line, at)
        except PlanImpossible as error:
            unplanned.append((case, sentences((error, error.next_sentence))))
            continue
        if one is None:
            continue
        cases[one.key] = case
        asked.append(one)
        for name, count in one.network.departments.items():
            places[name] = max(places.get(name, 1), count)
    try:
        found = plan_portfolio(asked, places, windows=windows, seconds=seconds, heard=heard)
        rows, works = _told(found, cases, line)
    except EngineError as error:
        raise refusal(error, line) from error
    costs = Costs(found.cost, found.first, found.first_come, found.bound)
    return ZonePortfolio(at, line, costs, rows, works, places, tuple(unplanned))


def open_cases_of(actor: Actor, zone: Zone) -> QuerySet[Case]:
    """Return the cases of a zone and the zones below it that are not over."""
    return listed_cases(actor, zone).filter(state__in=(CaseState.PREPARING, CaseState.OPEN))


def _engine_case(case: Case, line: WorkLine, at: datetime) -> EngineCase | None:
    """Return what is left of a case, None where nothing is."""
    tasks = list(case.tasks.all())
    happened = [event for task in tasks for event in task.events.all() if event.happened_at <= at]
    standings = played.play(tasks, happened, starts_at=case.starts_at, opened_at=case.opened_at)
    alive = [task for task in tasks if standings[task.pk].state not in _GONE]
    if not any(standings[task.pk].state not in played.OVER for task in alive):
        return None
    try:
        begun = tuple(
            found for task in alive if (found := so_far(task, standings[task.pk], line, at, 0)) is not None
        )
        known = {one.task for one in begun}
        release = line.minute_of(case.starts_at.replace(second=0, microsecond=0))
        modes = {
            task.key: Mode(standings[task.pk].mode)
            for task in alive
            if task.key not in known
            and (
                Mode(standings[task.pk].mode) is Mode.PLEDGE
                or (Mode(standings[task.pk].mode) is Mode.LATE and task.late)
            )
        }
        return EngineCase(
            case.number,
            network_of(alive, reviewers_of(case)),
            min(release, 0) if begun else release,
            _due(case, line, release),
            modes=modes,
            begun=begun,
            line=line,
        )
    except EngineError as error:
        raise PlanImpossible(why=str(refusal(error, line))) from error


def _due(case: Case, line: WorkLine, release: int) -> int:
    if case.deadline_at is not None:
        return line.minute_of(case.deadline_at.replace(second=0, microsecond=0))
    days = USUAL_DAYS if case.baseline_working_days is None else case.baseline_working_days
    return release + int(days * DAY_MINUTES)


def _told(
    found: Portfolio, cases: Mapping[str, Case], line: WorkLine
) -> tuple[tuple[PortfolioRow, ...], dict[str, tuple[DepartmentWork, ...]]]:
    rows: list[PortfolioRow] = []
    works: dict[str, list[DepartmentWork]] = {}
    for plan in found.plans:
        case = cases[plan.case.key]
        rows.append(
            PortfolioRow(
                case, line.ends(plan.finish), line.ends(plan.case.due), plan.late, max(plan.finish, 0)
            )
        )
        for start, piece in zip(plan.starts, plan.case.pieces, strict=True):
            end = start + piece.minutes
            if not piece.minutes or end <= 0:
                continue
            works.setdefault(piece.department, []).append(
                DepartmentWork(
                    case, piece.task, piece.part, line.begins(start), line.ends(end), max(start, 0), end
                )
            )
    rows.sort(key=lambda row: (-row.late, row.finish_at))
    ordered = {name: tuple(sorted(some, key=_begin)) for name, some in sorted(works.items())}
    return tuple(rows), ordered


def _begin(work: DepartmentWork) -> tuple[int, int]:
    return work.start, work.finish


def busiest(works: Mapping[str, Sequence[DepartmentWork]]) -> list[tuple[str, int, int]]:
    """Return departments with the pieces and working minutes of their queues, the most minutes first."""
    sums = [(name, len(some), sum(one.finish - one.start for one in some)) for name, some in works.items()]
    return sorted(sums, key=lambda one: -one[2])
