"""Choose columns of greatest worth: prices, guided greedy, reduced-cost fixing, exact solving, local improvement.

A column is one need on one run. Prices of spaces come from the linear program. Where it is large, smoothed prices find
the few columns that can matter first, and the program is solved on those and widened by every column that its prices
call worth more than it costs, until there is none. Any prices bound every choice from above: limits times prices plus,
for each need, what its best column is worth beyond its price. So the bound is proved by arithmetic alone, whatever the
tolerances of a solver. A column so far below its price that no better choice can hold it is dropped; the rest is
solved as a mixed-integer program, and where that takes too long a few buildings at a time.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from zhuchao.engines.allocation.runs import Floats, Indexes

SMOOTH_ABOVE: Final = 6_000
"""Columns from which on prices are smoothed first; the solver alone is quicker below."""

_SMOOTHING: Final = (
    0.1,
    0.02,
    0.005,
    0.002,
    0.0005,
)  # of the mean worth; each step starts from the one before
_STEPS: Final = 150
_STEEPNESS: Final = (
    3.0  # of the smoothed bound times the heat; measured, a step too long only restarts the pace
)
_CHECKED_EVERY: Final = 50
_NEAR_PRICE: Final = 0.01  # of the mean worth: columns that far below their price enter the first program
_ROUNDS: Final = 6
_FIRST: Final = 10  # columns of each need in the very first program: enough where premises are plenty
_ADDED: Final = 20  # columns a need, in each round of widening
_SHARE_OF_WIDENING: Final = 0.15  # of the time
_MOST_LINEAR: Final = 20_000
_MOST_EXACT: Final = 10_000  # columns; the solver looks at its clock too rarely with more
_SHARE_OF_EXACT: Final = 0.3  # of the time, before local improvement has its turn
_GROUPS: Final = 6
_MOST_LOCAL_COLUMNS: Final = 800
_PATIENCE: Final = 60
_TINY: Final = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What may be chosen, ordered by need.

    Attributes:
        worth: (C,) what a column brings, above 0.
        need: (C,) its need, ascending; a need is placed once.
        spaces: (C, k) its spaces, `space_count` where fewer; a space is given once.
        group: (C,) its building; rules and capacities stay within one.
        sides: for each rule two sets of columns, of which only one may be chosen from.
        capacities: for each, the columns that draw on it, what each takes, and how much there is.
    """

    worth: Floats
    need: Indexes
    spaces: Indexes
    group: Indexes
    need_count: int
    space_count: int
    sides: Sequence[tuple[Indexes, Indexes]] = ()
    capacities: Sequence[tuple[Indexes, Floats, float]] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Chosen columns, ascending; a bound that no choice exceeds; the price of each space."""

    chosen: Indexes
    worth: float
    bound: float
    space_prices: Floats
    stopped: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: 0 to 1, the worth of the best choice so far, and the bound (infinite at first)."""

    done: float
    worth: float
    bound: float


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """What the caller wants to know and may stop: called between steps of at most a second or so."""

    progress: Callable[[Progress], None]
    cancelled: Callable[[], bool]
    seconds_left: Callable[[], float]

    def is_over(self) -> bool:
        return self.cancelled() or self.seconds_left() <= 0


class Search:
    """One run over some columns."""

    def __init__(self, columns: Columns, watch: Watch, *, smooth_above: int = SMOOTH_ABOVE) -> None:
        self.columns = columns
        self.watch = watch
        self.smooth_above = smooth_above
        self.count = len(columns.worth)
        self.matrix, self.limits = rows_of(columns)
        self.transposed = self.matrix.T.tocsr()
        self.switches = len(columns.sides)
        self.worths = np.append(columns.worth, np.zeros(self.switches))
        self.rules_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for rule, sides in enumerate(columns.sides):
            for side, held in enumerate(sides):
                for column in held.tolist():
                    self.rules_of[column].append((rule, side))
        self.draws_of: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for number, (held, takes, _) in enumerate(columns.capacities):
            for column, taken in zip(held.tolist(), takes.tolist(), strict=True):
                self.draws_of[column].append((number, taken))
        # where the columns of each need that has any begin, and for each column the place of its need among those
        self.begins = np.flatnonzero(np.diff(columns.need, prepend=-1))
        self.place = np.cumsum(np.diff(columns.need, prepend=columns.need[:1]) > 0)
        self.prices = np.zeros(len(self.limits))
        self.below = np.zeros(self.count)
        self.bound = np.inf
        self.chosen = np.empty(0, np.int64)
        self.worth = 0.0
        self.scale = float(np.maximum.reduceat(columns.worth, self.begins).mean())

    def run(self) -> Choice:
        """Search until the choice is proved best, nothing helps any more, or the caller stops it."""
        self._consider_prices(self.prices)
        self._keep(self.greedy(np.argsort(-self.columns.worth, kind="stable")))
        self._tell(0.1)
        every = np.arange(self.count)
        few = self.count <= self.smooth_above
        self._widen(every if few else self._best_of_each(every, self.columns.worth, _FIRST))
        self._tell(0.2)
        if not few and not self._proved():
            self._smooth()
            self._tell(0.4)
            self._widen(np.flatnonzero(self.below > -_NEAR_PRICE * self.scale))
        self._tell(0.5)
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

    def _keep(self, chosen: Indexes) -> bool:
        """Keep a choice when it is the best so far; what a solver's tolerance let slip through is left out."""
        chosen = self.greedy(chosen)
        worth = float(self.columns.worth[chosen].sum())
        if worth <= self.worth + _TINY * self.scale:
            return False
        self.chosen, self.worth = chosen, worth
        return True

    def _beyond(self, prices: Floats) -> tuple[Floats, Floats]:
        """Return what columns are worth beyond their price, and the best of it for each need; needs have no price."""
        beyond = self.worths - self.transposed @ prices
        return beyond, np.maximum.reduceat(beyond[: self.count], self.begins)

    def _consider_prices(self, prices: Floats) -> None:
        """Keep prices when the bound they prove is the least so far."""
        prices = prices.copy()
        prices[: self.columns.need_count] = 0
        beyond, best = self._beyond(prices)
        best = np.maximum(0, best)
        bound = float(self.limits @ prices + best.sum() + np.maximum(0, beyond[self.count :]).sum())
        if bound < self.bound:
            self.bound, self.prices = bound, prices
            self.below = beyond[: self.count] - best[self.place]

    def greedy(self, order: Indexes) -> Indexes:
        """Take columns in an order, each that still can be."""
        needs, spaces = self.columns.need.tolist(), self.columns.spaces
        need_taken = [False] * self.columns.need_count
        taken = np.zeros(self.columns.space_count + 1, np.bool_)
        sides: dict[int, int] = {}
        left = [amount for _, _, amount in self.columns.capacities]
        chosen = []
        for column in order.tolist():
            if need_taken[needs[column]] or taken[spaces[column]].any():
                continue
            rules, draws = self.rules_of.get(column, ()), self.draws_of.get(column, ())
            if any(sides.get(rule, side) != side for rule, side in rules):
                continue
            if any(takes > left[number] for number, takes in draws):
                continue
            sides.update(rules)
            for number, takes in draws:
                left[number] -= takes
            need_taken[needs[column]] = True
            taken[spaces[column]] = True
            taken[-1] = False  # stands for no space
            chosen.append(column)
        return np.array(chosen, np.int64)

    def _smooth(self) -> None:
        """Find prices by accelerated gradients of the dual, where each need takes its columns in soft shares.

        Nesterov's smoothing: with a heat m the shares of a need go as exp(worth beyond price / m), and the gradient
        of the bound is what is left of each row. The heat falls step by step.
        """
        rest = slice(self.columns.need_count, None)
        rows, down = self.matrix.tocsr()[rest], self.transposed[:, rest]
        limits = self.limits[rest]
        prices = np.zeros(len(limits))
        for heat in np.array(_SMOOTHING) * self.scale:
            ahead, pace = prices, 1.0
            for step in range(_STEPS):
                if step % _CHECKED_EVERY == 0 and self.watch.is_over():
                    return
                beyond = self.worths - down @ ahead
                best = np.maximum(0, np.maximum.reduceat(beyond[: self.count], self.begins))
                shares = np.exp((beyond[: self.count] - best[self.place]) / heat)
                shares /= (np.add.reduceat(shares, self.begins) + np.exp(-best / heat))[self.place]
                switched = 1 / (1 + np.exp(-np.clip(beyond[self.count :] / heat, -50, 50)))
                left = limits - rows @ np.append(shares, switched)
                following = np.maximum(0, ahead - heat / _STEEPNESS * left)
                if (following - prices) @ (ahead - following) > 0:
                    pace = 1.0
                quicker = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
                ahead = np.maximum(0, following + (pace - 1) / quicker * (following - prices))
                prices, pace = following, quicker
            self._consider_prices(np.append(np.zeros(self.columns.need_count), prices))

    def _widen(self, active: Indexes) -> None:
        """Solve the linear program on some columns and widen them; then build a choice along its answer."""
        from scipy.optimize import linprog

        switches = np.arange(self.count, self.count + self.switches)
        end = self.watch.seconds_left() * (1 - _SHARE_OF_WIDENING)
        shares = np.zeros(self.count)
        for _ in range(_ROUNDS):
            if self.watch.is_over() or self._proved() or len(active) > _MOST_LINEAR:
                break
            picked = np.append(active, switches)
            tops = np.append(np.full(len(active), np.inf), np.ones(self.switches))
            found = linprog(
                -self.worths[picked],
                A_ub=self.matrix[:, picked],
                b_ub=self.limits,
                bounds=np.column_stack((np.zeros(len(picked)), tops)),
                method="highs-ds",
                options={"time_limit": max(0.001, self.watch.seconds_left() - end)},
            )
            if found.status != 0:
                break
            shares[:] = 0
            shares[active] = found.x[: len(active)]
            prices = np.maximum(0, -found.ineqlin.marginals)
            self._consider_prices(prices)
            wanted = (self.worths - self.transposed @ prices)[: self.count]
            wanted[active] = 0
            more = np.flatnonzero(wanted > _TINY * self.scale)
            if not len(more):
                break
            active = np.sort(np.append(active, self._best_of_each(more, wanted, _ADDED)))
        order = np.lexsort((-self.below, -np.round(shares, 6)))
        self._keep(self.greedy(order))
        self._keep(self.greedy(np.argsort(-self.below, kind="stable")))

    def _best_of_each(self, some: Indexes, by: Floats, most: int) -> Indexes:
        order = some[np.lexsort((-by[some], self.place[some]))]
        places = self.place[order]
        begins = np.searchsorted(places, places)
        return np.sort(order[np.arange(len(order)) - begins < most])

    def _seconds(self, most: float = np.inf) -> float:
        return max(0.001, min(most, self.watch.seconds_left()))

    def _solve_exactly(self) -> None:
        """Drop what no better choice can hold, and solve the rest."""
        if self._proved() or self.watch.is_over():
            return
        rest = np.flatnonzero(self.bound + self.below > self.worth)
        if len(rest) > _MOST_EXACT:
            return
        chosen, bound = self._solve(rest, self._seconds() * _SHARE_OF_EXACT)
        if chosen is not None:
            self._keep(chosen)
        self.bound = min(self.bound, max(self.worth, bound))

    def _solve(self, some: Indexes, seconds: float, nodes: int = 1_000_000) -> tuple[Indexes | None, float]:
        """Return the best choice of some columns, None where none was found in time, and its bound."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        picked = np.append(some, np.arange(self.count, self.count + self.switches))
        part = self.matrix[:, picked]
        touched = np.unique(part.indices)
        found = milp(
            -self.worths[picked],
            constraints=LinearConstraint(part.tocsr()[touched], -np.inf, self.limits[touched]),
            integrality=np.ones(len(picked)),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0, "time_limit": seconds, "node_limit": nodes},
        )
        bound = np.inf if found.mip_dual_bound is None else -found.mip_dual_bound
        if found.x is None:
            return None, bound
        return some[found.x[: len(some)] > 0.5], bound

    def _improve(self) -> None:
        """Take a few buildings at a time and solve them again for who is in them and who is nowhere."""
        chance = np.random.default_rng(0)
        groups = np.unique(self.columns.group)
        failed = 0
        while failed < _PATIENCE and not self._proved() and not self.watch.is_over():
            inside = np.isin(self.columns.group, self._groups(chance, groups))
            fixed = self.chosen[~inside[self.chosen]]
            placed = np.zeros(self.columns.need_count, np.bool_)
            placed[self.columns.need[fixed]] = True
            some = np.flatnonzero(inside & ~placed[self.columns.need])
            if len(some) > _MOST_LOCAL_COLUMNS:
                some = some[np.argpartition(-self.below[some], _MOST_LOCAL_COLUMNS)[:_MOST_LOCAL_COLUMNS]]
            chosen, _ = self._solve(
                np.union1d(some, self.chosen[inside[self.chosen]]), self._seconds(1.0), 500
            )
            kept = chosen is not None and self._keep(np.append(fixed, chosen))
            failed = 0 if kept else failed + 1
            self._tell(0.7 + 0.3 * failed / _PATIENCE)

    def _groups(self, chance: np.random.Generator, groups: Indexes) -> Indexes:
        """Pick the buildings that suit one need best, and as many others."""
        place = chance.integers(len(self.begins))
        begin = self.begins[place]
        end = self.begins[place + 1] if place + 1 < len(self.begins) else self.count
        best = begin + np.argsort(-self.below[begin:end], kind="stable")
        suiting = self.columns.group[best]
        first = suiting[np.sort(np.unique(suiting, return_index=True)[1])][: _GROUPS // 2]
        return np.append(first, chance.choice(groups, min(_GROUPS // 2, len(groups)), replace=False))


def rows_of(columns: Columns) -> tuple[Any, Floats]:
    """Return the rows and their limits: one a need, a space, a capacity, and for each rule and space one a side.

    Columns stand first, then one switch a rule, which says whose side the building is on. A capacity is measured in
    shares of itself.
    """
    from scipy import sparse

    count, places = len(columns.worth), columns.space_count
    which, slot = np.nonzero(columns.spaces < places)
    rows = [columns.need, columns.need_count + columns.spaces[which, slot]]
    cols = [np.arange(count), which]
    values = [np.ones(count), np.ones(len(which))]
    limits = [np.ones(columns.need_count + places + len(columns.capacities))]
    height = columns.need_count + places
    for held, takes, amount in columns.capacities:
        rows.append(np.full(len(held), height))
        cols.append(held)
        values.append(takes / amount)
        height += 1
    for rule, sides in enumerate(columns.sides):
        for side, held in enumerate(sides):
            at, slots = np.nonzero(columns.spaces[held] < places)
            touched, row = np.unique(columns.spaces[held][at, slots], return_inverse=True)
            rows += [height + row, height + np.arange(len(touched))]
            cols += [held[at], np.full(len(touched), count + rule)]
            values += [np.ones(len(at)), np.full(len(touched), 1.0 if side else -1.0)]
            limits.append(np.full(len(touched), float(side)))
            height += len(touched)
    shape = (height, count + len(columns.sides))
    table = sparse.csc_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))), shape=shape
    )
    return table, np.concatenate(limits)
