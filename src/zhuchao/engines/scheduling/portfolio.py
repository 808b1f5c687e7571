"""Many cases on the departments that they share: an order at once, then a better one as long as there is time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.cases import Case, CasePlan, finish_of
from zhuchao.engines.scheduling.dispatching import Floor, Starts
from zhuchao.engines.scheduling.ordering import BY_SLACK, FIRST_COME, Orders
from zhuchao.engines.scheduling.windows import improve

_WINDOW: Final = 6  # cases that are planned anew together
_ORDERS: Final = 12  # other orders that are tried between two windows


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
    heard: Callable[[int, int, float], bool] | None = None,
) -> Portfolio:
    """Return a plan of many cases that costs little; never more than the one at once, nor than first come.

    Args:
        departments: how many tasks each can handle at the same time, for all cases together.
        windows: how many times a few cases are planned anew among the others, and between them other orders are
            tried; 0 is the answer at once.
        seconds: it takes no longer by much; a plan that had the time for all its windows is the same on every machine.
        heard: told before each window the cost so far, the bound and the seconds spent; False ends the search, and what
            was found so far is the answer.

    Raises:
        EngineError: case_twice; department_unknown, capacity_missing; beyond_calendar where first come, first served a
            public notice is not over in confirmed working time.
    """
    begun_at = monotonic()
    until = begun_at + seconds
    _refuse(cases, departments)
    if not cases:
        return Portfolio((), 0, 0, 0)
    orders = Orders(cases, Floor(cases, departments))
    first_come, starts = orders.dispatch(FIRST_COME)
    weights, cost = FIRST_COME, first_come
    for other in BY_SLACK:
        if (tried := orders.attempt(other)) is not None and tried[0] < cost:
            weights, (cost, starts) = other, tried
    first = ordered = cost  # the second is what the order costs by itself, without the windows
    bound = sum(case.cost(case.finish_alone()) for case in cases)
    chance = Random(seed)
    for number in range(windows):
        if cost == bound or (spent := monotonic() - begun_at) > seconds:
            break
        if heard is not None and not heard(cost, bound, spent):
            break
        chosen = _choose(cases, starts, chance)
        starts = improve(cases, departments, starts, chosen, until - monotonic(), seed)
        cost = _cost(cases, starts)
        for _ in range(_ORDERS if number else 0):
            changed = orders.change(weights, chance)
            tried = orders.attempt(changed)
            if tried is not None and tried[0] <= ordered:
                weights, ordered = changed, tried[0]
            if tried is not None and tried[0] < cost:
                cost, starts = tried
    plans = tuple(CasePlan(case, tuple(begun)) for case, begun in zip(cases, starts, strict=True))
    return Portfolio(plans, first, first_come, bound)


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


def _cost(cases: Sequence[Case], starts: Sequence[Starts]) -> int:
    return sum(case.cost(finish_of(case, begun)) for case, begun in zip(cases, starts, strict=True))


def _choose(cases: Sequence[Case], starts: Sequence[Starts], chance: Random) -> list[int]:
    """Return a few cases that are under way at the same time, one of them by chance among what costs most."""
    ends = [finish_of(case, begun) for case, begun in zip(cases, starts, strict=True)]
    weights = [case.cost(end) + 1 for case, end in zip(cases, ends, strict=True)]
    chosen = chance.choices(range(len(cases)), weights)[0]
    low, high = cases[chosen].release, ends[chosen]
    beside = [n for n in range(len(cases)) if n != chosen and cases[n].release < high and ends[n] > low]
    return sorted([chosen, *chance.sample(beside, min(_WINDOW - 1, len(beside)))])
