"""Spaces and needs to test with, and the plain answers that the quick ones are compared with."""

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from zhuchao.engines.allocation import Building, Comparison, Criterion, Fact, Need, Space, Stock

A, B = "A栋", "B栋"


def a_space(key: str, area: str = "500", *, at: tuple[str, int, int] | None = None, **facts: Any) -> Space:
    """Make a space; `at` is building, floor and position."""
    building, floor, position = at or (f"plot {key}", None, None)
    return Space(key=key, building=building, area_m2=Decimal(area), floor=floor, position=position, **facts)


def at_least(fact: Fact, value: str | date, **how: Any) -> Criterion:
    return Criterion(fact, Comparison.AT_LEAST, Decimal(value) if isinstance(value, str) else value, **how)


def at_most(fact: Fact, value: str | date, **how: Any) -> Criterion:
    return Criterion(fact, Comparison.AT_MOST, Decimal(value) if isinstance(value, str) else value, **how)


def is_so(fact: Fact, value: bool, **how: Any) -> Criterion:
    return Criterion(fact, Comparison.IS, value, **how)


def one_of(fact: Fact, *words: str, **how: Any) -> Criterion:
    return Criterion(fact, Comparison.ONE_OF, frozenset(words), **how)


def includes(fact: Fact, *words: str, **how: Any) -> Criterion:
    return Criterion(fact, Comparison.INCLUDES, frozenset(words), **how)


def plain_runs(spaces: Sequence[Space], longest: int = 4) -> set[frozenset[str]]:
    """Enumerate runs by trying every set of spaces."""
    found = {frozenset({space.key}) for space in spaces}
    placed = [space for space in spaces if space.floor is not None and space.position is not None]
    for size in range(2, longest + 1):
        for some in combinations(placed, size):
            if len({space.building for space in some}) > 1:
                continue
            floors = sorted(space.floor - (space.floor > 0) for space in some)
            positions = sorted(space.position for space in some)
            along = len(set(floors)) == 1 and positions == list(range(positions[0], positions[0] + size))
            upwards = len(set(positions)) == 1 and floors == list(range(floors[0], floors[0] + size))
            if along or upwards:
                found.add(frozenset(space.key for space in some))
    return found


def _numbers(*values: str) -> st.SearchStrategy[Decimal | None]:
    return st.sampled_from([None, *map(Decimal, values)])


FLAGS = st.sampled_from([None, True, False])
FACTS = st.fixed_dictionaries(
    {
        "area_m2": st.sampled_from([Decimal(value) for value in ("80.25", "100", "250.5", "400")]),
        "clear_height_m": _numbers("3.6", "6", "8.1"),
        "power_kva": _numbers("50", "200"),
        "rent_cny_m2_month": _numbers("15", "22.5", "30"),
        "available_on": st.sampled_from([None, date(2026, 1, 1), date(2026, 9, 1)]),
        "type": st.sampled_from([None, "workshop", "office"]),
        "uses": st.sampled_from([None, frozenset(), frozenset({"制造"}), frozenset({"制造", "研发"})]),
        "gas": FLAGS,
        "loading_dock": FLAGS,
    }
)


@st.composite
def stocks(draw: st.DrawFn, most: int = 10) -> list[Space]:
    """Draw spaces of two buildings; some have no place along their floor."""
    places = draw(
        st.lists(
            st.tuples(st.sampled_from([A, B]), st.sampled_from([-1, 1, 2, 3]), st.integers(1, 5)),
            min_size=1,
            max_size=most,
            unique=True,
        )
    )
    spaces = []
    for number, (building, floor, position) in enumerate(places):
        known = draw(st.sampled_from([True, True, True, False]))
        facts = draw(FACTS)
        spaces.append(
            Space(
                key=f"s{number}",
                building=building,
                floor=floor,
                position=position if known else None,
                **facts,
            )
        )
    return spaces


CRITERIA = st.sampled_from(
    [
        at_least(Fact.AREA, "250"),
        at_most(Fact.AREA, "500.75"),
        at_least(Fact.CLEAR_HEIGHT, "6"),
        at_most(Fact.CLEAR_HEIGHT, "6"),
        at_least(Fact.POWER, "150"),
        at_most(Fact.RENT, "22.5"),
        at_least(Fact.RENT, "18"),
        at_most(Fact.AVAILABLE_ON, date(2026, 6, 1)),
        at_most(Fact.FLOOR, "1"),
        at_least(Fact.FLOOR, "1"),
        is_so(Fact.GAS, True),
        is_so(Fact.GAS, False),
        is_so(Fact.LOADING_DOCK, True),
        is_so(Fact.LOADING_DOCK, False),
        one_of(Fact.TYPE, "workshop", "warehouse"),
        includes(Fact.USES, "制造", "研发"),
    ]
)


@st.composite
def needs(draw: st.DrawFn, key: str = "n") -> Need:
    """Draw a need that does not contradict itself too often."""
    criteria = draw(st.lists(CRITERIA, max_size=4, unique=True))
    made = []
    for criterion in criteria:
        hard = draw(st.booleans())
        weight = Decimal(draw(st.integers(1, 5)))
        slack = draw(st.sampled_from([None, Decimal(100)]))
        made.append(Criterion(criterion.fact, criterion.comparison, criterion.value, hard, weight, slack))
    tags = draw(st.sampled_from([frozenset(), frozenset(), frozenset({"hazard"}), frozenset({"food"})]))
    takes = draw(st.sampled_from([{}, {"power": Decimal("30")}, {"power": Decimal("60.5")}]))
    benefit = Decimal(draw(st.integers(0, 50)))
    return Need(key, tuple(made), draw(st.integers(1, 4)), benefit, tags, takes)


def a_market(seed: int, *, spaces: int = 24, asked: int = 14) -> tuple[list[Need], Stock]:
    """Make a market in which more is asked than there is, with rules and capacities."""
    chance = random.Random(seed)
    stock = Stock(
        Space(
            key=f"s{n:03}",
            building=f"b{n // 8}",
            floor=1 + n % 8 // 4,
            position=n % 4,
            area_m2=Decimal(chance.randint(80, 300)),
            rent_cny_m2_month=Decimal(chance.randint(10, 40)),
        )
        for n in range(spaces)
    )
    made = []
    for n in range(asked):
        area = chance.randint(80, 900)
        criteria = (
            at_least(Fact.AREA, str(area)),
            at_most(Fact.AREA, str(area * 2)),
            at_most(Fact.RENT, str(chance.randint(10, 30)), hard=False),
        )
        tags = frozenset(chance.choice([(), (), ("hazard",), ("food",)]))
        takes = {"power": Decimal(chance.randint(0, 60))}
        made.append(Need(f"n{n:03}", criteria, 4, Decimal(area * chance.randint(5, 20)) / 10, tags, takes))
    return made, stock


APART = (("hazard", "food"),)
BUILDINGS = [Building(f"b{n}", left={"power": Decimal(200)}) for n in range(3)]
