"""Choose columns of greatest worth: prices, diving, reduced-cost fixing, exact solving, local improvement.

Prices of spaces come from the linear program; where there are many columns, smoothed prices find those that can matter
first. Any prices bound every choice from above: limits times prices plus, for each need, what its best column is worth
beyond its price. So the bound is proved by arithmetic alone, whatever the tolerances of a solver. A choice is built by
diving along the prices. A column so far below its price that no better choice can hold it is dropped; the rest is
solved as a mixed-integer program, and where that takes too long a few buildings at a time.
"""

from typing import Final

import numpy as np

from zhuchao.engines.allocation.columns import Choice, Columns, Progress, Watch
from zhuchao.engines.allocation.diving import decide_columns, decide_switches
from zhuchao.engines.allocation.runs import Floats, Indexes
from zhuchao.engines.allocation.solving import Program

SMOOTH_ABOVE: Final = 6_000
"""Columns from which on prices are smoothed first; the solver alone is quicker below."""

# heat, steps, and how far below their price columns may be to take part: heat and distance in mean worths
_SMOOTHING: Final = (
    (0.1, 100, np.inf),
    (0.02, 100, np.inf),
    (0.005, 150, 0.5),
    (0.001, 150, 0.2),
    (0.0003, 200, 0.1),
    (0.0001, 200, 0.1),
)
_NEAR_PRICE: Final = 0.002  # of the mean worth: columns that far below their price enter the first program
_ROUNDS: Final = 4
_ADDED: Final = 20  # columns a need, in each round of widening
_MIXES: Final = (1.0, 0.5, 0.25, 0.1)  # of prices of a linear program with the best ones so far
_SHARE_OF_WIDENING: Final = 0.2  # of the time
_MOST_LINEAR: Final = 40_000
_MOST_EXACT: Final = 10_000  # columns; the solver looks at its clock too rarely with more
_SHARE_OF_EXACT: Final = 0.3  # of the time, before local improvement has its turn
_SHARES: Final = (0.5, 0.25)  # of what a dive decides at a time: of switches, of likely columns
_GROUPS: Final = 12
_MOST_LOCAL_COLUMNS: Final = 800
_PATIENCE: Final = 60
_TINY: Final = 1e-7


class Search:
    """One run over some columns."""

    def __init__(self, columns: Columns, watch: Watch, *, smooth_above: int = SMOOTH_ABOVE) -> None:
        self.columns = columns
        self.watch = watch
        self.program = Program(columns)
        self.few = len(columns.worth) <= smooth_above
        self.every = np.arange(len(columns.worth))
        self.nothing = self.program.rest(self.every[:0])
        self.prices = np.zeros(len(self.nothing.left))
        self.below = np.zeros(len(columns.worth))
        self.bound = np.inf
        self.chosen = self.every[:0]
        self.worth = 0.0

    def run(self) -> Choice:
        """Search until the choice is proved best, nothing helps any more, or the caller stops it."""
        self._consider_prices(self.prices)
        self._keep(np.argsort(-self.columns.worth, kind="stable"))
        self._tell(0.05)
        if not self.few:
            self._smooth()
            self._tell(0.2)
        self._widen()
        self._tell(0.4)
        self._dive()
        self._tell(0.6)
        self._solve_exactly()
        self._tell(0.7)
        self._improve()
        places = slice(self.columns.need_count, self.columns.need_count + self.columns.space_count)
        stopped = self.watch.is_over() and not self._proved()
        return Choice(np.sort(self.chosen), self.worth, self.bound, self.prices[places], stopped)

    def _tell(self, done: float) -> None:
        self.watch.progress(Progress(done, self.worth, self.bound))

    def _proved(self) -> bool:
        return self.bound - self.worth <= _TINY * max(1.0, self.worth)

    def _seconds(self, most: float = np.inf) -> float:
        return max(0.001, min(most, self.watch.seconds_left()))

    def _keep(self, order: Indexes) -> bool:
        """Keep the choice along an order when it is the best so far; what a tolerance let slip through is left out."""
        chosen = self.program.greedy(order)
        worth = float(self.columns.worth[chosen].sum())
        if worth <= self.worth + _TINY * self.program.scale:
            return False
        self.chosen, self.worth = chosen, worth
        return True

    def _consider_prices(self, prices: Floats) -> None:
        """Keep prices when the bound they prove is the least so far."""
        prices = prices.copy()
        prices[: self.columns.need_count] = 0
        count = len(self.every)
        beyond = self.program.beyond(prices)
        best = np.maximum(0, np.maximum.reduceat(beyond[:count], self.program.begins))
        bound = float(self.nothing.left @ prices + best.sum() + np.maximum(0, beyond[count:]).sum())
        if bound < self.bound:
            self.bound, self.prices = bound, prices
            self.below = beyond[:count] - best[self.program.place]

    def _smooth(self) -> None:
        for heat, steps, distance in _SMOOTHING:
            some = np.flatnonzero(self.below >= -distance * self.program.scale)
            prices, _ = self.program.smooth(
                self.prices, some, self.nothing, heats=[heat], steps=steps, is_over=self.watch.is_over
            )
            self._consider_prices(prices)

    def _widen(self) -> None:
        """Solve the linear program on the columns that can matter and widen them; build a choice along its answer.

        Spaces that none of its columns want have no price in a program. Mixed with the prices before, its prices do not
        call every column there too good, and prove more.
        """
        near = np.flatnonzero(self.below > -_NEAR_PRICE * self.program.scale)
        active = self.every if self.few else np.union1d(near, self.chosen)
        end = self.watch.seconds_left() * (1 - _SHARE_OF_WIDENING)
        shares = np.zeros(len(self.every))
        for _ in range(_ROUNDS):
            if self.watch.is_over() or self._proved() or len(active) > _MOST_LINEAR:
                break
            seconds = max(0.001, self.watch.seconds_left() - end)
            found = self.program.linear(active, self.nothing, seconds)
            if found is None:
                break
            shares[:] = 0
            shares[active] = found.shares
            before = self.prices
            for mix in _MIXES:
                self._consider_prices(mix * found.prices + (1 - mix) * before)
            wanted = self.program.beyond(found.prices)[: len(self.every)]
            wanted[active] = 0
            more = np.flatnonzero(wanted > _TINY * self.program.scale)
            if not len(more):
                break
            active = np.sort(np.append(active, self.program.best_of_each(more, wanted, _ADDED)))
        self._keep(np.lexsort((-self.below, -np.round(shares, 6))))
        self._keep(np.argsort(-self.below, kind="stable"))

    def _dive(self) -> None:
        """Decide switches, then columns, along the prices."""
        if self._proved() or self.watch.is_over():
            return
        decided = decide_switches(self.program, self.prices, self.watch, _SHARES[0])
        if decided is not None:
            taken = decide_columns(self.program, decided, self.watch, _SHARES[1], self._seconds)
            self._keep(np.append(taken, np.argsort(-self.below, kind="stable")))

    def _solve_exactly(self) -> None:
        """Drop what no better choice can hold, and solve the rest."""
        if self._proved() or self.watch.is_over():
            return
        rest = np.flatnonzero(self.bound + self.below > self.worth)
        if len(rest) > _MOST_EXACT:
            return
        chosen, bound = self.program.exact(rest, self.nothing, self._seconds() * _SHARE_OF_EXACT)
        if chosen is not None:
            self._keep(chosen)
        self.bound = min(self.bound, max(self.worth, bound))

    def _improve(self) -> None:
        """Take a few buildings at a time and solve them again for who is in them and who is nowhere."""
        chance = np.random.default_rng(0)
        groups = np.unique(self.columns.group)
        failed = 0
        while failed < _PATIENCE and not self._proved() and not self.watch.is_over():
            inside = np.isin(self.columns.group, self._groups(chance, groups))
            fixed = self.chosen[~inside[self.chosen]]
            rest = self.program.rest(fixed)
            some = self.program.open(rest)
            some = some[inside[some]]
            if len(some) > _MOST_LOCAL_COLUMNS:
                some = some[np.argpartition(-self.below[some], _MOST_LOCAL_COLUMNS)[:_MOST_LOCAL_COLUMNS]]
            some = np.union1d(some, self.chosen[inside[self.chosen]])
            chosen, _ = self.program.exact(some, rest, self._seconds(1.0), 500)
            kept = chosen is not None and self._keep(np.append(fixed, chosen))
            failed = 0 if kept else failed + 1
            self._tell(0.7 + 0.3 * failed / _PATIENCE)

    def _groups(self, chance: np.random.Generator, groups: Indexes) -> Indexes:
        """Pick the buildings that suit one need best, and as many others."""
        place = chance.integers(len(self.program.begins))
        begin = self.program.begins[place]
        end = self.program.begins[place + 1] if place + 1 < len(self.program.begins) else len(self.every)
        best = begin + np.argsort(-self.below[begin:end], kind="stable")
        suiting = self.columns.group[best]
        first = suiting[np.sort(np.unique(suiting, return_index=True)[1])][: _GROUPS // 2]
        return np.append(first, chance.choice(groups, min(_GROUPS // 2, len(groups)), replace=False))
