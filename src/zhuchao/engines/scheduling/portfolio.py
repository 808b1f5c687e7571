"""Many cases on the departments that they share: an order at once, then a better one as long as there is time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from time import monotonic
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.cases import LATENESS_WEIGHT, Case, CasePlan
from zhuchao.engines.scheduling.placing import tails_of
from zhuchao.engines.scheduling.windows import improve

_WINDOW: Final = 6  # cases that are planned anew together

Starts = list[int]
Rule = Callable[[Case, int, int], int]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All cases, in the order given.

    Attributes:
        first: cost of the answer that was there at once.
        first_come: cost if every department took what came first.
        bound: no plan of these cases costs less.
    """

    plans: tuple[CasePlan, ...]
    first: int
    first_come: int
    bound: int

    @property
    def cost(self) -> int:
        return sum(plan.cost for plan in self.plans)

    @property
    def saved(self) -> float:
        """The share of the cost of first come, first served that is saved."""
        return 1 - self.cost / self.first_come if self.first_come else 0.0

    @property
    def gap(self) -> float:
        """How far the cost may be above the least, as a share of it."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


def plan_portfolio(
    cases: Sequence[Case],
    departments: Mapping[str, int],
    *,
    windows: int = 0,
    seconds: float = 25.0,
    seed: int = 0,
) -> Portfolio:
    """Return a plan of many cases that costs little; never more than the one at once, nor than first come.

    Args:
        departments: how many tasks each can handle at the same time, for all cases together.
        windows: how many times a few cases are planned anew among the others; 0 is the answer at once.
        seconds: no window is begun later; a plan that had the time for all its windows is the same on every machine.

    Raises:
        EngineError: case_twice; department_unknown, capacity_missing.
    """
    until = monotonic() + seconds
    _refuse(cases, departments)
    if not cases:
        return Portfolio((), 0, 0, 0)
    tails = [tails_of(case.pieces) for case in cases]
    answers = [dispatch(cases, departments, tails, rule) for rule in (_came_first, _least_slack, _least_left)]
    costs = [_cost(cases, starts) for starts in answers]
    starts = answers[costs.index(min(costs))]
    chance = Random(seed)
    for _ in range(windows):
        if monotonic() > until:
            break
        starts = improve(cases, departments, starts, _choose(cases, starts, chance), seed)
    bound = sum(_least(case, max(tail)) for case, tail in zip(cases, tails, strict=True))
    plans = tuple(CasePlan(case, tuple(begun)) for case, begun in zip(cases, starts, strict=True))
    return Portfolio(plans, min(costs), costs[0], bound)


def dispatch(
    cases: Sequence[Case], departments: Mapping[str, int], tails: Sequence[Sequence[int]], rule: Rule
) -> list[Starts]:
    """Return when pieces begin when whoever is free takes the most urgent piece that can begin by then."""
    starts = [[0] * len(case.pieces) for case in cases]
    missing = [[len(piece.after) for piece in case.pieces] for case in cases]
    next_of: list[list[list[int]]] = [[[] for _ in case.pieces] for case in cases]
    events: list[tuple[int, int, int, int]] = []  # when, case, piece, whether it is over then or can begin
    for number, case in enumerate(cases):
        for place, piece in enumerate(case.pieces):
            for earlier, _ in piece.after:
                next_of[number][earlier].append(place)
            if not piece.after:
                heappush(events, (case.release, number, place, 0))
    free = dict(departments)
    waiting: dict[str, list[tuple[int, int, int]]] = {name: [] for name in departments}
    while events:
        now = events[0][0]
        touched: set[str] = set()
        while events and events[0][0] == now:
            _, number, place, over = heappop(events)
            piece = cases[number].pieces[place]
            if over or not piece.minutes:
                if over:
                    free[piece.department] += 1
                    touched.add(piece.department)
                else:
                    starts[number][place] = now
                for later in next_of[number][place]:
                    missing[number][later] -= 1
                    if not missing[number][later]:
                        heappush(events, (now, number, later, 0))
            else:
                urgency = rule(cases[number], place, tails[number][place])
                heappush(waiting[piece.department], (urgency, number, place))
                touched.add(piece.department)
        for name in touched:
            queue = waiting[name]
            while free[name] and queue:
                _, number, place = heappop(queue)
                free[name] -= 1
                starts[number][place] = now
                heappush(events, (now + cases[number].pieces[place].minutes, number, place, 1))
    return starts


def _came_first(case: Case, place: int, tail: int) -> int:
    return case.release


def _least_slack(case: Case, place: int, tail: int) -> int:
    return case.due - tail


def _least_left(case: Case, place: int, tail: int) -> int:
    return tail


def _refuse(cases: Sequence[Case], departments: Mapping[str, int]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.key in seen:
            raise EngineError("case_twice", f"{case.key} stands twice", case=case.key)
        seen.add(case.key)
        for task in case.network.tasks:
            places = departments.get(task.department)
            if places is None or places < 1:
                code = "department_unknown" if places is None else "capacity_missing"
                message = f"{case.key}: nobody handles {task.key} at {task.department}"
                raise EngineError(code, message, case=case.key, task=task.key, department=task.department)


def _least(case: Case, length: int) -> int:
    return length + LATENESS_WEIGHT * max(0, case.release + length - case.due)


def _cost(cases: Sequence[Case], starts: Sequence[Starts]) -> int:
    return sum(CasePlan(case, tuple(begun)).cost for case, begun in zip(cases, starts, strict=True))


def _choose(cases: Sequence[Case], starts: Sequence[Starts], chance: Random) -> list[int]:
    """Return a few cases that are under way at the same time, one of them by chance among what costs most."""
    plans = [CasePlan(case, tuple(begun)) for case, begun in zip(cases, starts, strict=True)]
    weights = [plan.cost + 1 for plan in plans]
    chosen = chance.choices(range(len(cases)), weights)[0]
    low, high = cases[chosen].release, plans[chosen].finish
    beside = [
        n for n in range(len(cases)) if n != chosen and cases[n].release < high and plans[n].finish > low
    ]
    return sorted([chosen, *chance.sample(beside, min(_WINDOW - 1, len(beside)))])
