"""Place many needs on many spaces at once, for the greatest expected benefit, and say what each lost and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np

from zhuchao.engines import EngineError
from zhuchao.engines.allocation.columns import Choice, Columns, Progress, Watch
from zhuchao.engines.allocation.needs import Contradiction, Need, find_contradictions
from zhuchao.engines.allocation.program import Search
from zhuchao.engines.allocation.ranking import (
    FULL_SCORE,
    Candidate,
    Ranking,
    hard_states,
    look_at,
    rank_spaces,
    scores,
)
from zhuchao.engines.allocation.runs import Floats, Indexes, Stock, scaled

PROVED_GAP: Final = Decimal("0.000001")
_NONE: Final = Decimal(0)
_PLACES: Final = Decimal("0.0001")
_GAP_PLACES: Final = Decimal("0.00000001")
_APART: Final = (("hazard", "food"),)


@dataclass(frozen=True, slots=True)
class Building:
    """What a building already holds and still has: tags of its tenants, and what is left of its capacities."""

    key: str
    holds: frozenset[str] = frozenset()
    left: Mapping[str, Decimal] = field(default_factory=dict)


class Why(StrEnum):
    """Why a need did not get its best run."""

    BEST = "best"  # it did
    OUTBID = "outbid"  # others have its spaces
    APART = "apart"  # others brought what must not be in one building with it
    CAPACITY = "capacity"  # others draw on what the building has
    BUILDING = "building"  # no building that suits takes it: its tenants, what it has left, or its own tags are apart
    NO_WORTH = "no_worth"  # what suits brings nothing: no benefit, or a score of 0
    UNKNOWN = "unknown"  # a fact is not known: see the question of its candidate
    REFUSED = "refused"  # a hard criterion: see `ranking.refused_by`
    CONTRADICTS = "contradicts"  # two of its own criteria exclude each other
    UNFINISHED = "unfinished"  # its best run is free: the search was stopped


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one need.

    Attributes:
        got: where it is placed, None when nowhere.
        worth: benefit x score / 100 of that, 0 when nowhere.
        best: the run that would be worth most to it if it were alone.
        lost: what `best` is worth beyond what it got.
        by: keys of the needs that stand in the way of `best`.
        price: what the spaces of `best` are worth to all, at the prices of the plan; a need that was outbid brings
            about as much there, or less.
        ranking: where nothing fits, who refuses, what to ask for, and what comes nearest.
    """

    need: Need
    got: Candidate | None
    worth: Decimal
    best: Candidate | None
    lost: Decimal
    why: Why
    by: tuple[str, ...] = ()
    price: Decimal | None = None
    ranking: Ranking | None = None
    contradiction: Contradiction | None = None


@dataclass(frozen=True, slots=True)
class TypePrice:
    """What one more square metre of a type of space would be worth, in the unit of the benefits.

    The price of a space is what a second one like it would add at most; `price_m2` is that of the type's spaces
    together over their area, `highest_m2` that of its dearest.
    """

    type: str | None
    spaces: int
    area_m2: Decimal
    price_m2: Decimal
    highest_m2: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """Who goes where.

    Attributes:
        outcomes: of every need, by key.
        worth: of all placed needs together; `bound`: no plan can be worth more.
        gap: how much of the bound is missing, a ratio; `proved` when it is none to speak of.
        stopped: the caller ended the search; the plan is the best so far.
        prices: by type, the dearest first.
        space_prices: of each space that others compete for, by key.
    """

    outcomes: tuple[Outcome, ...]
    worth: Decimal
    bound: Decimal
    gap: Decimal
    proved: bool
    stopped: bool
    prices: tuple[TypePrice, ...]
    space_prices: Mapping[str, Decimal]


def _nothing(_: Progress) -> None:
    return None


def _never() -> bool:
    return False


def _a_while() -> float:
    return 60.0


def place_all(
    needs: Iterable[Need],
    stock: Stock,
    *,
    buildings: Iterable[Building] = (),
    apart: Sequence[tuple[str, str]] = _APART,
    progress: Callable[[Progress], None] = _nothing,
    cancelled: Callable[[], bool] = _never,
    seconds_left: Callable[[], float] = _a_while,
) -> Plan:
    """Place needs on runs so that benefit x score is greatest; only runs whose hard criteria are all met are used.

    No space is given twice and no need placed twice; needs of tags that are `apart` never share a building, nor with a
    tenant of such a tag; what needs take of a capacity never exceeds what the building has left (one not named has
    enough). A plan that is proved does not depend on the order of what is given.

    Args:
        progress: called after every step with the best worth so far and the bound.
        cancelled: asked between steps; once true the best plan so far is returned.
        seconds_left: of the time that the caller gives; the solver is told, and the engine reads no clock.

    Raises:
        EngineError: need_twice, building_twice, apart_malformed.
    """
    market = Market(sorted(needs, key=lambda need: need.key), stock, buildings, apart)
    watch = Watch(progress, cancelled, seconds_left)
    choice = Search(market.columns, watch).run() if len(market.rows) else _no_choice(len(stock.spaces))
    return market.plan(choice)


def _no_choice(spaces: int) -> Choice:
    return Choice(np.empty(0, np.int64), 0.0, 0.0, np.zeros(spaces), stopped=False)


class Market:
    """Needs, spaces and rules as columns, and the way back from columns to words."""

    def __init__(
        self,
        needs: list[Need],
        stock: Stock,
        buildings: Iterable[Building] = (),
        apart: Sequence[tuple[str, str]] = _APART,
    ) -> None:
        self.needs = needs
        self.stock = stock
        self.apart = tuple(apart)
        for one, other in self.apart:
            if one == other:
                raise EngineError("apart_malformed", f"{one} cannot be apart from itself", tag=one)
        self.buildings: dict[str, Building] = {}
        for building in buildings:
            if building.key in self.buildings:
                raise EngineError("building_twice", f"{building.key} is given twice", building=building.key)
            self.buildings[building.key] = building
        for before, need in pairwise(needs):
            if before.key == need.key:
                raise EngineError("need_twice", f"two needs have the key {need.key}", need=need.key)
        names = list(dict.fromkeys(space.building for space in stock.spaces))
        number = {name: at for at, name in enumerate(names)}
        self.names = names
        of_space = np.array([number[space.building] for space in stock.spaces], np.int64)
        self.group_of_run = of_space[stock.members[:, 0]] if len(stock) else of_space
        self.why_none: dict[int, Why] = {}
        found = [self._runs_of(at, need) for at, need in enumerate(needs)]
        self.rows = np.concatenate([rows for rows, _ in found] or [np.empty(0, np.int64)])
        worth = np.concatenate([worth for _, worth in found] or [np.empty(0)])
        self.need_of = np.repeat(np.arange(len(needs)), [len(rows) for rows, _ in found])
        self.ends = np.cumsum([len(rows) for rows, _ in found])
        group = self.group_of_run[self.rows]
        self.columns = Columns(
            worth,
            self.need_of,
            stock.members[self.rows],
            group,
            len(needs),
            len(stock.spaces),
            self._sides(group),
            self._capacities(group),
        )

    def _runs_of(self, at: int, need: Need) -> tuple[Indexes, Floats]:
        """Return the runs that a need may have and what each is worth; note why when there is none."""
        nothing = (np.empty(0, np.int64), np.empty(0))
        if find_contradictions(need):
            self.why_none[at] = Why.CONTRADICTS
            return nothing
        last = self.stock.first_rows(need.most_spaces)
        met = np.ones(last, np.bool_)
        for criterion in need.hard:
            met &= hard_states(criterion, self.stock, last) == 2
        rows = np.flatnonzero(met)
        if not len(rows):
            self.why_none[at] = Why.REFUSED
            return nothing
        closed = np.array([not self._admits(name, need) for name in self.names])
        rows = rows[~closed[self.group_of_run[rows]]]
        if not len(rows):
            self.why_none[at] = Why.BUILDING
            return nothing
        worth = float(need.benefit) * scores(need, self.stock, rows) / FULL_SCORE
        if not (worth > 0).any():
            self.why_none[at] = Why.NO_WORTH
        return rows[worth > 0], worth[worth > 0]

    def _admits(self, name: str, need: Need) -> bool:
        building = self.buildings.get(name, Building(name))
        left = building.left
        fits = all(taken <= left.get(what, taken) for what, taken in need.takes.items())
        return fits and not self._enemies(need) & (building.holds | need.tags)

    def _enemies(self, need: Need) -> set[str]:
        return {two for one, two in self.apart if one in need.tags} | {
            one for one, two in self.apart if two in need.tags
        }

    def _sides(self, group: Indexes) -> list[tuple[Indexes, Indexes]]:
        sides = []
        for pair in self.apart:
            first, second = (
                np.flatnonzero(np.array([tag in need.tags for need in self.needs], np.bool_)[self.need_of])
                for tag in pair
            )
            sides += [
                (first[group[first] == building], second[group[second] == building])
                for building in np.intersect1d(group[first], group[second])
            ]
        return sides

    def _capacities(self, group: Indexes) -> list[tuple[Indexes, Floats, float]]:
        capacities = []
        for at, name in enumerate(self.names):
            for what, amount in sorted(self._left(name).items()):
                takes = np.array([scaled(need.takes.get(what, _NONE)) for need in self.needs])[self.need_of]
                held = np.flatnonzero((group == at) & (takes > 0))
                if len(held):
                    capacities.append((held, takes[held], scaled(amount)))
        return capacities

    def _left(self, name: str) -> Mapping[str, Decimal]:
        return self.buildings.get(name, Building(name)).left

    def plan(self, choice: Choice) -> Plan:
        """Put a choice into words."""
        chosen = {int(self.need_of[column]): int(column) for column in choice.chosen}
        by_building: dict[int, list[int]] = defaultdict(list)
        holder: dict[int, int] = {}
        for need, column in chosen.items():
            by_building[int(self.columns.group[column])].append(need)
            for place in self._places(column):
                holder[place] = need
        outcomes = tuple(
            self._outcome(at, chosen.get(at), choice, holder, by_building) for at in range(len(self.needs))
        )
        worth, bound = _money(choice.worth), _money(choice.bound)
        gap = Decimal(max(0.0, 1 - choice.worth / choice.bound) if choice.bound > 0 else 0.0)
        gap = gap.quantize(_GAP_PLACES)
        prices = {
            space.key: _money(price)
            for space, price in zip(self.stock.spaces, choice.space_prices.tolist(), strict=True)
            if _money(price) > 0
        }
        return Plan(
            outcomes,
            worth,
            bound,
            gap,
            gap <= PROVED_GAP,
            choice.stopped,
            self._type_prices(choice.space_prices),
            prices,
        )

    def _places(self, column: int) -> list[int]:
        return [int(place) for place in self.columns.spaces[column] if place < len(self.stock.spaces)]

    def _outcome(
        self,
        at: int,
        column: int | None,
        choice: Choice,
        holder: Mapping[int, int],
        by_building: Mapping[int, list[int]],
    ) -> Outcome:
        need = self.needs[at]
        why = self.why_none.get(at)
        if why is Why.CONTRADICTS:
            first = find_contradictions(need)[0]
            return Outcome(need, None, _NONE, None, _NONE, why, contradiction=first)
        if why is not None:
            ranking = rank_spaces(need, self.stock, limit=3)
            if why is Why.REFUSED and ranking.asks:
                why = Why.UNKNOWN
            best = (*ranking.fits, *ranking.asks, *ranking.nearest, None)[0]
            return Outcome(need, None, _NONE, best, _NONE, why, ranking=ranking)
        begin, end = int(self.ends[at - 1]) if at else 0, int(self.ends[at])
        ranks = self.stock.tie_rank[self.rows[begin:end]]
        worths = self.columns.worth[begin:end]
        top = begin + int(np.lexsort((ranks, -worths))[0])
        worth = 0.0 if column is None else float(self.columns.worth[column])
        lost = float(self.columns.worth[top]) - worth
        got = None if column is None else self._candidate(column)
        if lost <= 0:
            return Outcome(need, got, _money(worth), got, _NONE, Why.BEST)
        why, by = self._in_the_way(at, top, holder, by_building)
        price = _money(sum(float(choice.space_prices[place]) for place in self._places(top)))
        best = self._candidate(top)
        names = tuple(self.needs[other].key for other in sorted(by))
        return Outcome(need, got, _money(worth), best, _money(lost), why, names, price)

    def _in_the_way(
        self, at: int, column: int, holder: Mapping[int, int], by_building: Mapping[int, list[int]]
    ) -> tuple[Why, set[int]]:
        """Return who keeps a need from a column: those in its spaces, else those the rules of the building set."""
        need, group = self.needs[at], int(self.columns.group[column])
        holders = {holder[place] for place in self._places(column) if place in holder} - {at}
        if holders:
            return Why.OUTBID, holders
        neighbours = set(by_building.get(group, ())) - {at}
        enemies = {other for other in neighbours if self._enemies(need) & self.needs[other].tags}
        if enemies:
            return Why.APART, enemies
        for what, amount in self._left(self.names[group]).items():
            drawing = {other for other in neighbours if self.needs[other].takes.get(what)}
            drawn = sum((self.needs[other].takes[what] for other in drawing), _NONE)
            if what in need.takes and drawn + need.takes[what] > amount:
                return Why.CAPACITY, drawing
        return Why.UNFINISHED, set()

    def _candidate(self, column: int) -> Candidate:
        return look_at(self.needs[self.need_of[column]], self.stock.run(int(self.rows[column])))

    def _type_prices(self, space_prices: Floats) -> tuple[TypePrice, ...]:
        of_type: dict[str | None, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for space, price in zip(self.stock.spaces, space_prices.tolist(), strict=True):
            of_type[space.type].append((space.area_m2, Decimal(price)))
        found = []
        for name, pairs in of_type.items():
            area = sum((area for area, _ in pairs), _NONE)
            mean = sum((price for _, price in pairs), _NONE) / area
            highest = max(price / area for area, price in pairs)
            found.append(TypePrice(name, len(pairs), area, mean.quantize(_PLACES), highest.quantize(_PLACES)))
        return tuple(sorted(found, key=lambda one: (-one.price_m2, one.type or "")))


def _money(value: float) -> Decimal:
    return Decimal(value).quantize(_PLACES)
