"""Prices, bounds, dives and local improvement over the columns of a market."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.allocation.making import APART, BUILDINGS, a_market
from zhuchao.engines.allocation import diving, program
from zhuchao.engines.allocation.columns import Columns, Watch
from zhuchao.engines.allocation.diving import Decided, decide_columns, decide_switches
from zhuchao.engines.allocation.placing import Market
from zhuchao.engines.allocation.program import Search


def columns_of(seed: int, **size: int) -> Columns:
    """Return the columns that placing a market would search."""
    asked, stock = a_market(seed, **size)
    return Market(asked, stock, BUILDINGS, APART).columns


def a_watch(*, calls: int | None = None, seconds: float = 10.0) -> Watch:
    """Watch a search; it is cancelled once it has asked `calls` times."""
    asked = iter(range(10**6))
    return Watch(
        progress=lambda _: None,
        cancelled=lambda: calls is not None and next(asked) >= calls,
        seconds_left=lambda: seconds,
    )


COLUMNS = columns_of(1)
BEST = Search(COLUMNS, a_watch()).run()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_smoothed_prices_lead_to_the_same_optimum(seed):
    columns = columns_of(seed)
    whole = Search(columns, a_watch()).run()
    smoothed = Search(columns, a_watch(), smooth_above=0).run()
    assert whole.worth == pytest.approx(whole.bound, rel=1e-6)
    assert smoothed.worth == pytest.approx(whole.worth, rel=1e-6)


def test_smoothed_prices_alone_prove_a_bound_near_that_of_the_linear_program():
    columns = columns_of(9, spaces=90, asked=60)
    smoothed, solved = Search(columns, a_watch()), Search(columns, a_watch())
    smoothed._consider_prices(smoothed.prices)
    smoothed._smooth()
    solved._widen()
    assert solved.worth <= solved.bound <= smoothed.bound * (1 + 1e-9)
    assert smoothed.bound == pytest.approx(solved.bound, rel=0.001)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=8), st.randoms())
def test_any_prices_whatever_prove_a_bound_that_no_choice_exceeds(drawn, chance):
    search = Search(COLUMNS, a_watch())
    search._consider_prices(np.array([chance.choice(drawn) for _ in search.prices]))
    assert BEST.worth <= search.bound * (1 + 1e-9)
    assert (search.below <= 1e-9).all()
    # a choice of a column is worth no more than the bound less what the column is below its price
    assert (search.bound + search.below[BEST.chosen] >= BEST.worth * (1 - 1e-9)).all()


@settings(max_examples=50, deadline=None)
@given(st.randoms(), st.integers(0, 12))
def test_a_column_is_open_where_greed_could_take_it_too(chance, count):
    search = Search(COLUMNS, a_watch())
    order = np.array(chance.sample(range(len(COLUMNS.worth)), count), np.int64)
    taken = search.program.greedy(order)
    sides = [[bool(np.isin(taken, side).any()) for side in rule] for rule in COLUMNS.sides]
    low = np.array([float(first) for first, _ in sides])
    high = np.array([float(not second) for _, second in sides])
    opened = set(search.program.open(search.program.rest(taken, low, high)).tolist())
    free = [
        column
        for column in range(len(COLUMNS.worth))
        if column not in taken and column in search.program.greedy(np.append(taken, column))
    ]
    assert opened == set(free)


def test_a_bound_stands_where_widening_ends_too_early(monkeypatch):
    monkeypatch.setattr(program, "_ROUNDS", 1)
    search = Search(COLUMNS, a_watch(), smooth_above=0)
    search._keep(np.argsort(-COLUMNS.worth))
    search.below[:] = -np.inf  # only what greed took enters
    search._widen()
    assert search.worth <= BEST.worth * (1 + 1e-9) <= search.bound * (1 + 1e-6)


@pytest.mark.parametrize("seed", [6, 9, 12])
def test_a_dive_comes_near_the_bound_and_keeps_every_rule(seed):
    columns = columns_of(seed, spaces=90, asked=60)
    search = Search(columns, a_watch())
    search._consider_prices(search.prices)
    search._keep(np.argsort(-columns.worth, kind="stable"))
    greedy = search.worth
    search._smooth()
    decided = decide_switches(search.program, search.prices, search.watch, 0.5)
    assert set(decided.on.tolist()) <= {0.0, 1.0}
    taken = decide_columns(search.program, decided, search.watch, 0.25, lambda: 10.0)
    assert len(search.program.greedy(taken)) == len(taken)
    assert greedy < columns.worth[taken].sum() <= search.bound
    assert columns.worth[taken].sum() > 0.97 * search.bound


def test_a_dive_without_time_decides_nothing_or_keeps_what_it_took(monkeypatch):
    columns = columns_of(6, spaces=90, asked=60)
    search = Search(columns, a_watch())
    assert decide_switches(search.program, search.prices, a_watch(seconds=0), 0.5) is None
    decided = Decided(np.zeros(len(columns.sides)), search.prices)
    assert not len(decide_columns(search.program, decided, a_watch(seconds=0), 0.5, lambda: 10.0))
    assert not len(decide_columns(search.program, decided, a_watch(), 0.5, lambda: 1e-9))
    monkeypatch.setattr(diving, "_NEAR", 0.0)
    one = decide_columns(search.program, decided, a_watch(calls=1), 0.5, lambda: 10.0)
    assert 0 < len(one) == len(search.program.greedy(one))


@pytest.mark.parametrize("calls", [0, 1, 2, 3, 4, 5, 8, 13, 15, 17, 19, 21, 25])
def test_a_cancelled_search_gives_the_best_so_far_under_a_bound(calls):
    columns = columns_of(5)
    best = Search(columns, a_watch()).run()
    choice = Search(columns, a_watch(calls=calls), smooth_above=0).run()
    assert 0 < choice.worth <= best.worth * (1 + 1e-9)
    assert choice.bound >= best.worth * (1 - 1e-9)
    assert choice.stopped == (choice.bound - choice.worth > 1e-7 * choice.worth)


def test_local_improvement_alone_comes_near_what_the_exact_solver_finds(monkeypatch):
    columns = columns_of(6)
    best = Search(columns, a_watch()).run()
    monkeypatch.setattr(program, "_MOST_EXACT", 0)
    monkeypatch.setattr(program, "_MOST_LINEAR", 0)
    monkeypatch.setattr(program, "_MOST_LOCAL_COLUMNS", 60)
    monkeypatch.setattr(program, "_GROUPS", 2)
    monkeypatch.setattr(program, "_PATIENCE", 0)
    monkeypatch.setattr(program, "decide_switches", lambda *_: None)
    greedy = Search(columns, a_watch()).run()
    monkeypatch.setattr(program, "_PATIENCE", 8)
    local = Search(columns, a_watch()).run()
    assert greedy.worth < local.worth <= best.bound
    assert not local.stopped


def test_a_solver_that_gives_up_leaves_the_choice_as_it_was():
    columns = columns_of(7)
    search = Search(columns, a_watch(seconds=1e-9))
    choice = search.run()
    assert choice.worth > 0
    assert choice.worth <= choice.bound
    chosen, bound = search.program.exact(search.every, search.nothing, 1e-9)
    assert chosen is None
    assert bound >= choice.worth


def test_no_columns_at_all_leave_prices_of_nothing_and_are_no_error():
    search = Search(COLUMNS, a_watch())
    none, start = search.every[:0], np.full(len(search.prices), 9.0)
    prices, _ = search.program.smooth(
        start, none, search.nothing, heats=[0.1], steps=30, is_over=lambda: False
    )
    assert (prices[: COLUMNS.need_count + COLUMNS.space_count] < 9).all()
    assert not len(search.program.below(prices, none))
