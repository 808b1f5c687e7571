"""What may be chosen, as columns and rows, and what a search of it tells.

A column is one need on one run. Rows say what may not be exceeded: one a need, a space and a capacity; and for each
rule and space one a side, with a switch that says whose side the building is on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhuchao.engines.allocation.runs import Floats, Indexes


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
