"""Runs of neighbouring spaces, and what is known of each, as columns of numbers."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zhuchao.engines import EngineError
from zhuchao.engines.allocation.facts import FACTS, Fact, Joined, Reduction, number_of
from zhuchao.engines.allocation.spaces import Space

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]
States = NDArray[np.int8]

LONGEST: Final = 4
SCALE: Final = 10_000
"""Numbers are kept in ten-thousandths of their unit, as whole numbers in floats, so that sums are exact."""

_NEUTRAL: Final[dict[Reduction, float]] = {"sum": 0.0, "min": np.inf, "max": -np.inf}


class Stock:
    """Free spaces with every run of them: along a floor by next positions, or up a building at one position.

    Made once and asked often. What it holds does not depend on the order in which the spaces come.

    Attributes:
        spaces: by building, floor, position and key.
        members: (runs, longest) places in `spaces`; len(spaces) where a run is shorter. Runs of one space come
            first, then of two, and so on.
        lengths: spaces of each run.
        tie_rank: (runs,) rank by number of spaces, then area, then place: who comes first among equals.
    """

    def __init__(self, spaces: Iterable[Space], *, longest: int = LONGEST) -> None:
        """Take the spaces.

        Raises:
            EngineError: space_twice for a key, position_twice for a place, longest_malformed.
        """
        if not 1 <= longest <= LONGEST:
            raise EngineError("longest_malformed", f"runs of {longest} spaces are not made", longest=longest)
        self.spaces = tuple(sorted(spaces, key=_place))
        self.place_of = {space.key: place for place, space in enumerate(self.spaces)}
        if len(self.place_of) < len(self.spaces):
            twice = next(key for key, times in Counter(s.key for s in self.spaces).items() if times > 1)
            raise EngineError("space_twice", f"two spaces have the key {twice}", space=twice)
        self.members = self._runs(longest)
        self.lengths: Indexes = (self.members < len(self.spaces)).sum(axis=1)
        self._kept: dict[tuple[Fact, Reduction], tuple[Floats, Floats]] = {}
        self._words: dict[Fact, tuple[NDArray[np.bool_], dict[str, NDArray[np.bool_]]]] = {}
        self.areas = self.reduce(self._bounds(Fact.AREA)[0], "sum")
        order = np.lexsort((*self.members.T[::-1], self.areas, self.lengths))
        self.tie_rank: Indexes = np.empty(len(order), np.int64)
        self.tie_rank[order] = np.arange(len(order))

    def __len__(self) -> int:
        return len(self.members)

    def run(self, row: int) -> tuple[Space, ...]:
        """Return the spaces of a run."""
        return tuple(self.spaces[place] for place in self.members[row] if place < len(self.spaces))

    def first_rows(self, most_spaces: int) -> int:
        """Return how many rows, from the first, hold runs of at most so many spaces."""
        return int(np.searchsorted(self.lengths, most_spaces, side="right"))

    def around(self, key: str) -> "Stock":
        """Return the stock of the spaces that share a run with the one of this key.

        Raises:
            EngineError: space_unknown.
        """
        if key not in self.place_of:
            raise EngineError("space_unknown", f"there is no space {key}", space=key)
        holding = self.members[(self.members == self.place_of[key]).any(axis=1)]
        near = np.unique(holding[holding < len(self.spaces)])
        return Stock([self.spaces[place] for place in near], longest=self.members.shape[1])

    def reduce(self, values: Floats, how: Reduction) -> Floats:
        """Return for every run the sum, least or greatest of a value per space."""
        padded = np.append(values, _NEUTRAL[how])
        do = {"sum": np.add, "min": np.minimum, "max": np.maximum}[how]
        found: Floats = padded[self.members[:, 0]]
        for column in self.members.T[1:]:
            do(found, padded[column], out=found)
        return found

    def bounds(self, fact: Fact, how: Reduction) -> tuple[Floats, Floats]:
        """Return the least and the greatest that a fact of each run can be, whatever the unknown turn out to be.

        A mean is returned as a sum of area times value: divide by `areas`.
        """
        found = self._kept.get((fact, how))
        if found is None:
            low, high = self._bounds(fact)
            if FACTS[fact].joined is Joined.MEAN:
                areas = self._bounds(Fact.AREA)[0]
                low, high = low * areas, high * areas
            found = self._kept[fact, how] = (self.reduce(low, how), self.reduce(high, how))
        return found

    def word_states(self, fact: Fact, words: frozenset[str], *, all_of_them: bool) -> States:
        """Return for every run 2 where each space has one (or all) of the words, 0 where one has not, else 1."""
        known, holders = self._holders(fact)
        nobody = np.zeros(len(self.spaces), np.bool_)
        held = [holders.get(word, nobody) for word in sorted(words)]
        has = np.logical_and.reduce(held) if all_of_them else np.logical_or.reduce(held)
        padded = np.append(np.where(known, np.where(has, 2, 0), 1), 2).astype(np.int8)
        found: States = padded[self.members[:, 0]]
        for column in self.members.T[1:]:
            np.minimum(found, padded[column], out=found)
        return found

    def _runs(self, longest: int) -> Indexes:
        """Return the members of every run: chains of spaces to the right, and of spaces upwards."""
        count = len(self.spaces)
        placed: dict[tuple[str, int, int], int] = {}
        for place, space in enumerate(self.spaces):
            if space.floor is None or space.position is None:
                continue
            where = (space.building, space.floor, space.position)
            if where in placed:
                keys = (self.spaces[placed[where]].key, space.key)
                raise EngineError("position_twice", f"{keys} stand at {where}", spaces=keys, where=where)
            placed[where] = place
        # one place past the end stands for "no neighbour", and is its own neighbour
        right, up = np.full(count + 1, count), np.full(count + 1, count)
        for (building, floor, position), place in placed.items():
            right[place] = placed.get((building, floor, position + 1), count)
            up[place] = placed.get((building, floor + 1 or 1, position), count)
        chains = [[np.arange(count)], [np.arange(count)]]
        runs = [_table(chains[0], longest, count)]
        for _ in range(1, longest):
            for chain, following in zip(chains, (right, up), strict=True):
                last = following[chain[-1]]
                chain[:] = [column[last < count] for column in chain] + [last[last < count]]
                runs.append(_table(chain, longest, count))
        return np.concatenate(runs)

    def _bounds(self, fact: Fact) -> tuple[Floats, Floats]:
        """Return the least and the greatest that a fact of each space can be."""
        values = [space.fact(fact) for space in self.spaces]
        known = np.array([value is not None for value in values], np.bool_)
        exact = np.array([0.0 if value is None else scaled(number_of(value)) for value in values], np.float64)
        least = -np.inf if fact in (Fact.FLOOR, Fact.AVAILABLE_ON) else 0.0
        return np.where(known, exact, least), np.where(known, exact, np.inf)

    def _holders(self, fact: Fact) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.bool_]]]:
        found = self._words.get(fact)
        if found is None:
            values = [getattr(space, fact.value) for space in self.spaces]
            known = np.array([value is not None for value in values], np.bool_)
            holders: dict[str, NDArray[np.bool_]] = {}
            for place, value in enumerate(values):
                for word in (value,) if isinstance(value, str) else value or ():
                    holders.setdefault(word, np.zeros(len(values), np.bool_))[place] = True
            found = self._words[fact] = (known, holders)
        return found


def _place(space: Space) -> tuple[str, bool, int, bool, int, str]:
    floor, position = space.floor, space.position
    return (space.building, floor is None, floor or 0, position is None, position or 0, space.key)


def _table(chain: list[Indexes], longest: int, count: int) -> Indexes:
    table = np.full((len(chain[0]), longest), count)
    for column, places in enumerate(chain):
        table[:, column] = places
    return table


def scaled(number: Decimal) -> float:
    """Return a number in ten-thousandths."""
    return float(number * SCALE)
