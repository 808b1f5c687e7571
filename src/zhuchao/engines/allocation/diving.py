"""Decide a part at a time, the surest first, and let prices and columns follow what is left.

Fixing a switch or a need moves the prices of all that compete with it, and with them the columns that matter. So after
every part the prices are smoothed again over all columns that are still open, and only those near their price enter
the next linear program.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from zhuchao.engines.allocation.columns import Watch
from zhuchao.engines.allocation.runs import Floats, Indexes
from zhuchao.engines.allocation.solving import Program

_HEATS: Final = (0.002, 0.0005)  # of the mean worth
_SWITCH_STEPS: Final = 60
_LAST_HEATS: Final = (0.01, 0.002, 0.0005)
_LAST_STEPS: Final = 120
_COLUMN_STEPS: Final = 80
_WIDE: Final = (
    0.2  # of the mean worth: columns further below their price take no part while switches are decided
)
_NEAR: Final = 0.01  # of the mean worth: columns that far below their price enter a linear program
_SURE: Final = 0.999  # share of a column from which on it is taken without a doubt
_LIKELY: Final = 0.5
_UNDECIDED: Final = 1e-6  # how far from a half a switch is that makes no difference


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """Switches that are decided, and the prices that go with them."""

    on: Floats
    prices: Floats


def decide_switches(program: Program, prices: Floats, watch: Watch, share: float) -> Decided | None:
    """Decide whose side each building is on, a share of them at a time; None where there was no time.

    Args:
        prices: to begin with.
        share: of the switches that are still free, more than 0, at most 1.
    """
    low, high = np.zeros(len(program.switches)), np.ones(len(program.switches))
    every = np.arange(program.count)
    wide = every[program.below(prices, every) > -_WIDE * program.scale]
    nothing = np.empty(0, np.int64)
    while (low < high).any():
        rest = program.rest(nothing, low, high)
        wide = np.intersect1d(wide, program.open(rest), assume_unique=True)
        prices, on = program.smooth(
            prices, wide, rest, heats=_HEATS, steps=_SWITCH_STEPS, is_over=watch.is_over
        )
        if watch.is_over():
            return None
        free = np.flatnonzero(low < high)
        doubt = -np.abs(on[free] - 0.5)
        surest = free[np.argsort(doubt, kind="stable")[: int(np.ceil(len(free) * share))]]
        same = free[doubt >= -_UNDECIDED]
        for some in (surest, same):
            low[some] = high[some] = np.round(on[some])
    rest = program.rest(nothing, low, high)
    wide = program.open(rest)
    wide = wide[program.below(prices, wide) > -_WIDE * program.scale]
    prices, _ = program.smooth(
        prices, wide, rest, heats=_LAST_HEATS, steps=_LAST_STEPS, is_over=watch.is_over
    )
    return Decided(low, prices)


def decide_columns(
    program: Program, decided: Decided, watch: Watch, share: float, seconds: Callable[[], float]
) -> Indexes:
    """Take columns, those that a linear program is sure of and a share of those it finds likely, until nothing is left.

    Args:
        seconds: what one linear program may take.
    """
    taken: Indexes = np.empty(0, np.int64)
    prices = decided.prices
    while not watch.is_over():
        rest = program.rest(taken, decided.on, decided.on)
        some = program.open(rest)
        if not len(some):
            break
        if len(taken):
            prices, _ = program.smooth(
                prices, some, rest, heats=_HEATS, steps=_COLUMN_STEPS, is_over=watch.is_over
            )
        below = program.below(prices, some)
        some = some[below >= below.max() - _NEAR * program.scale]
        found = program.linear(some, rest, seconds())
        if found is None:
            break
        taken = np.append(taken, some[_most_certain(found.shares, share)])
    return taken


def _most_certain(shares: Floats, share: float) -> Indexes:
    order = np.argsort(-shares, kind="stable")
    sure, likely = np.count_nonzero(shares > _SURE), np.count_nonzero(shares > _LIKELY)
    return order[: max(1, sure + int(np.ceil(share * (likely - sure))))]
