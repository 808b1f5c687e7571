"""Prices, linear programs and exact programs over some of the columns, when a part is already decided."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from zhuchao.engines.allocation.columns import Columns, rows_of
from zhuchao.engines.allocation.runs import Floats, Indexes

_STEEPNESS: Final = 3.0  # of the smoothed bound times the heat; measured, a step too long restarts the pace
_CHECKED_EVERY: Final = 50  # steps
_INNER_ABOVE: Final = 2_000  # columns from which on the interior point method is the quicker one
_TINY: Final = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What is left to decide: limits less what is taken, and the least and greatest that each switch may be."""

    left: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The answer of a linear program: shares of its columns, and a price for every row, 0 where it had no say."""

    shares: Floats
    prices: Floats


class Program:
    """Columns with their rows, and the ways to solve a part of them.

    Prices are one a row. Those of needs are never asked for: a need pays what its best column is worth beyond the
    prices of the rest.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.count = len(columns.worth)
        self.matrix, self.limits = rows_of(columns)
        self.transposed = self.matrix.T.tocsr()
        self.switches = np.arange(self.count, self.count + len(columns.sides))
        self.worths = np.append(columns.worth, np.zeros(len(columns.sides)))
        # where the columns of each need that has any begin, and for each column the place of its need among those
        self.begins, self.place = _begins(columns.need)
        self.scale = float(np.maximum.reduceat(columns.worth, self.begins).mean())
        self._switched = self.matrix[:, self.switches].tocsr()
        self._rules_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for rule, sides in enumerate(columns.sides):
            for side, held in enumerate(sides):
                for column in held.tolist():
                    self._rules_of[column].append((rule, side))
        self._draws_of: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for number, (held, takes, _) in enumerate(columns.capacities):
            for column, taken in zip(held.tolist(), takes.tolist(), strict=True):
                self._draws_of[column].append((number, taken))

    def rest(self, taken: Indexes, low: Floats | None = None, high: Floats | None = None) -> Rest:
        """Return what is left once some columns are taken and switches stand between `low` and `high`."""
        count = len(self.switches)
        return Rest(
            self.limits - self.matrix[:, taken].sum(axis=1),
            np.zeros(count) if low is None else low,
            np.ones(count) if high is None else high,
        )

    def open(self, rest: Rest) -> Indexes:
        """Return the columns that can still be taken, each by itself."""
        room = rest.left - self._switched.maximum(0) @ rest.low - self._switched.minimum(0) @ rest.high
        end = self.transposed.indptr[self.count]
        over = self.transposed.data[:end] > room[self.transposed.indices[:end]] + _TINY
        return np.flatnonzero(~np.logical_or.reduceat(over, self.transposed.indptr[: self.count]))

    def beyond(self, prices: Floats) -> Floats:
        """Return what each column, and then each switch, is worth beyond its price."""
        beyond: Floats = self.worths - self.transposed @ prices
        return beyond

    def below(self, prices: Floats, some: Indexes) -> Floats:
        """Return how far some columns, ascending, are below the best of them for their need, or below nothing."""
        beyond = self.beyond(prices)[some]
        begins, place = _begins(self.columns.need[some])
        below: Floats = beyond - np.maximum(0, np.maximum.reduceat(beyond, begins))[place]
        return below

    def best_of_each(self, some: Indexes, by: Floats, most: int) -> Indexes:
        """Return the columns, at most so many for each need, that are greatest by a measure of all columns."""
        order = some[np.lexsort((-by[some], self.place[some]))]
        places = self.place[order]
        begins = np.searchsorted(places, places)
        return np.sort(order[np.arange(len(order)) - begins < most])

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
            rules, draws = self._rules_of.get(column, ()), self._draws_of.get(column, ())
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

    def smooth(
        self,
        prices: Floats,
        some: Indexes,
        rest: Rest,
        *,
        heats: Sequence[float],
        steps: int,
        is_over: Callable[[], bool],
    ) -> tuple[Floats, Floats]:
        """Better prices by accelerated gradients of the dual, where each need takes its columns in soft shares.

        Nesterov's smoothing: with a heat m the shares of a need go as exp(worth beyond price / m), and the gradient
        of the bound is what is left of each row. The heat falls step by step.

        Args:
            some: the columns that take part, ascending.
            heats: of the mean worth.
            is_over: asked every now and then; once true the prices so far are returned.

        Returns:
            Prices, and how far each switch is on.
        """
        ends = slice(self.columns.need_count, None)
        count, picked = len(some), np.append(some, self.switches)
        rows = self.matrix[:, picked].tocsr()[ends]
        down, worths, left = rows.T.tocsr(), self.worths[picked], rest.left[ends]
        begins, place = _begins(self.columns.need[some])
        ahead = here = prices[ends]
        on = rest.low
        for heat in np.array(heats) * self.scale:
            ahead, pace = here, 1.0
            for step in range(steps):
                if step % _CHECKED_EVERY == 0 and is_over():
                    return np.append(np.zeros(self.columns.need_count), here), on
                beyond = worths - down @ ahead
                best = np.maximum(0, np.maximum.reduceat(beyond[:count], begins))
                shares = np.exp((beyond[:count] - best[place]) / heat)
                shares /= (np.add.reduceat(shares, begins) + np.exp(-best / heat))[place]
                on = 1 / (1 + np.exp(-np.clip(beyond[count:] / heat, -50, 50)))
                on = np.clip(on, rest.low, rest.high)
                following = np.maximum(0, ahead - heat / _STEEPNESS * (left - rows @ np.append(shares, on)))
                if (following - here) @ (ahead - following) > 0:
                    pace = 1.0
                quicker = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
                ahead = np.maximum(0, following + (pace - 1) / quicker * (following - here))
                here, pace = following, quicker
        return np.append(np.zeros(self.columns.need_count), here), on

    def linear(self, some: Indexes, rest: Rest, seconds: float) -> Linear | None:
        """Solve the linear program on some columns; None where there was no time for it."""
        from scipy.optimize import linprog

        picked = np.append(some, self.switches)
        part = self.matrix[:, picked].tocsr()
        touched = np.flatnonzero(np.diff(part.indptr))
        low = np.append(np.zeros(len(some)), rest.low)
        high = np.append(np.full(len(some), np.inf), rest.high)
        found = linprog(
            -self.worths[picked],
            A_ub=part[touched],
            b_ub=rest.left[touched],
            bounds=np.column_stack((low, high)),
            method="highs-ipm" if len(some) > _INNER_ABOVE else "highs-ds",
            options={"time_limit": seconds},
        )
        if found.status != 0:
            return None
        prices = np.zeros(len(self.limits))
        prices[touched] = np.maximum(0, -found.ineqlin.marginals)
        return Linear(found.x[: len(some)], prices)

    def exact(
        self, some: Indexes, rest: Rest, seconds: float, nodes: int = 1_000_000
    ) -> tuple[Indexes | None, float]:
        """Return the best choice of some columns, None where none was found in time, and its bound."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        picked = np.append(some, self.switches)
        part = self.matrix[:, picked].tocsr()
        touched = np.flatnonzero(np.diff(part.indptr))
        found = milp(
            -self.worths[picked],
            constraints=LinearConstraint(part[touched], -np.inf, rest.left[touched]),
            integrality=np.ones(len(picked)),
            bounds=Bounds(np.append(np.zeros(len(some)), rest.low), np.append(np.ones(len(some)), rest.high)),
            options={"mip_rel_gap": 0, "time_limit": seconds, "node_limit": nodes},
        )
        bound = np.inf if found.mip_dual_bound is None else -found.mip_dual_bound
        if found.x is None:
            return None, bound
        return some[found.x[: len(some)] > 0.5], bound


def _begins(needs: Indexes) -> tuple[Indexes, Indexes]:
    """Return where each need begins in an ascending list, and for each place the number of its need."""
    return np.flatnonzero(np.diff(needs, prepend=-1)), np.cumsum(np.diff(needs, prepend=needs[:1]) > 0)
