"""A plan rehearsed: many runs with durations by chance, departments taking their work in the order of the plan."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.asking import Plan
from zhuchao.engines.scheduling.notices import Notice

Floats = NDArray[np.float64]

_PEAK: Final = 4.0  # weight of the likeliest value of a PERT distribution
_NOBODY: Final[Mapping[str, "Spread"]] = {}


@dataclass(frozen=True, slots=True)
class Spread:
    """How long work takes against its planned minutes: at least, most likely, at most.

    Raises:
        EngineError: spread_malformed unless 0 <= least <= likely <= most.
    """

    least: float = 0.8
    likely: float = 1.0
    most: float = 1.6

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.likely <= self.most < float("inf"):
            raise EngineError("spread_malformed", f"{self} is not a spread", spread=self)


@dataclass(frozen=True, slots=True, eq=False)
class Rehearsal:
    """What came of many runs, in minutes from the start.

    Attributes:
        finishes: last certificate of every run, ascending.
        criticality: share of the runs in which a task was on the chain that decided the end.
        planned: last certificate of the plan.
    """

    finishes: Floats
    criticality: Mapping[str, float]
    planned: int

    @property
    def mean(self) -> float:
        return float(self.finishes.mean())

    @property
    def p50(self) -> float:
        return self.by_chance(0.5)

    @property
    def p80(self) -> float:
        return self.by_chance(0.8)

    def by_chance(self, chance: float) -> float:
        """Return the minute by which that share of the runs was over; `chance` is from 0 to 1."""
        return float(np.quantile(self.finishes, chance))

    def chance_by(self, minute: float) -> float:
        """Return the share of the runs that were over by a minute, such as the end of the first day."""
        return float(np.searchsorted(self.finishes, minute, side="right") / len(self.finishes))

    def histogram(self, bars: int = 20) -> tuple[tuple[float, float, int], ...]:
        """Return bars of equal width: from, to, and how many runs were over in between."""
        counts, edges = np.histogram(self.finishes, bins=bars)
        pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
        return tuple((low, high, count) for low, high, count in pairs)


def rehearse(
    plan: Plan,
    departments: Mapping[str, int],
    *,
    spread: Spread = Spread(),
    spreads: Mapping[str, Spread] = _NOBODY,
    shared: float = 0.15,
    runs: int = 10_000,
    seed: int = 0,
) -> Rehearsal:
    """Rehearse a plan; the same seed gives the same answer.

    Args:
        departments: how many tasks each can handle at the same time.
        spread: of every piece of work, and `spreads` of those of single tasks.
        shared: standard deviation of the logarithm of what makes a whole run slower or quicker, with mean 1; work
            drawn piece by piece alone would spread too little.

    Raises:
        EngineError: rehearsal_malformed for no run or a `shared` below 0; spread_malformed; beyond_calendar where a
            public notice is not over in confirmed working time in every run.
    """
    if runs < 1 or not 0 <= shared < float("inf"):
        raise EngineError("rehearsal_malformed", f"{runs} runs with {shared}", runs=runs, shared=shared)
    minutes = draw_minutes(plan, spread, spreads, shared, runs, np.random.default_rng(seed))
    finishes, criticality = run_all(plan, departments, minutes)
    return Rehearsal(np.sort(finishes), criticality, plan.finish)


def draw_minutes(
    plan: Plan,
    spread: Spread,
    spreads: Mapping[str, Spread],
    shared: float,
    runs: int,
    chance: np.random.Generator,
) -> Floats:
    """Return the minutes of each piece (row) in each run (column): PERT times a factor that a run shares."""
    factor = np.exp(chance.normal(-shared * shared / 2, shared, runs))
    minutes = np.zeros((len(plan.pieces), runs))
    for row, piece in zip(minutes, plan.pieces, strict=True):
        if not piece.minutes:
            continue
        of = spreads.get(piece.task, spread)
        width = of.most - of.least
        if width:
            low, high = 1 + _PEAK * (of.likely - of.least) / width, 1 + _PEAK * (of.most - of.likely) / width
            row += chance.beta(low, high, runs) * (width * piece.minutes)
        row += of.least * piece.minutes
        row *= factor
    return minutes


def run_all(plan: Plan, departments: Mapping[str, int], minutes: Floats) -> tuple[Floats, dict[str, float]]:
    """Return the last certificate of each run, and how often each task was on the chain that decided it.

    A department takes its pieces in the order of the plan; who is free first takes the next one. What is in hand goes
    on at once.
    """
    runs = minutes.shape[1]
    every = np.arange(runs)
    begin = min(piece.earliest for piece in plan.pieces)
    free = {name: np.full((places, runs), float(begin)) for name, places in departments.items()}
    holder: dict[str, NDArray[Any]] = {
        name: np.full((places, runs), -1, dtype=np.int32) for name, places in departments.items()
    }
    ends = np.zeros_like(minutes)
    cause = np.full(minutes.shape, -1, dtype=np.int32)
    for number in plan.order:
        piece = plan.pieces[number]
        start = np.full(runs, float(piece.earliest))
        for earlier, _ in piece.after:
            later = ends[earlier] > start
            start = np.where(later, ends[earlier], start)
            cause[number, later] = earlier
        if piece.minutes:
            servers, held = free[piece.department], holder[piece.department]
            first = servers.argmin(axis=0)
            at = servers[first, every]
            if (
                piece.fixed
            ):  # more may be in hand than there are people: then those that are over last hold them
                end = start + minutes[number]
                held[first, every] = np.where(end > at, number, held[first, every])
                end = np.maximum(at, end)
            else:
                busy = at > start
                start = np.where(busy, at, start)
                cause[number, busy] = held[first, every][busy]
                end = start + minutes[number]
                held[first, every] = number
            servers[first, every] = end
        ends[number] = start + minutes[number] if piece.notice is None else _over(piece.notice, start)
    return ends.max(axis=0), _criticality(plan, ends, cause)


def _over(notice: Notice, posted: Floats) -> Floats:
    """Return when a notice is over in each run; raises beyond_calendar."""
    notice.ends(math.ceil(posted.max()))  # the latest is the one that can be too late
    return np.array(notice.values, dtype=float)[np.searchsorted(notice.bounds, posted)]


def _criticality(plan: Plan, ends: Floats, cause: NDArray[Any]) -> dict[str, float]:
    """Walk back in all runs at once from the piece that was over last."""
    runs = ends.shape[1]
    critical = np.zeros(ends.shape, dtype=bool)
    critical[ends.argmax(axis=0), np.arange(runs)] = True
    for number in reversed(plan.order):
        on = np.flatnonzero(critical[number] & (cause[number] >= 0))
        critical[cause[number, on], on] = True
    by_task: dict[str, NDArray[Any]] = {}
    for piece, row in zip(plan.pieces, critical, strict=True):
        if piece.minutes or piece.notice is not None:
            by_task[piece.task] = by_task.get(piece.task, False) | row
    return {
        work.task: float(by_task[work.task].mean()) if work.task in by_task else 0.0 for work in plan.works
    }
