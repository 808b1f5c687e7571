"""Rehearsals: compared with a simulation of events that is written as one would tell it."""

import heapq
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scheduling.making import a_network, a_task, drawn, nineteen
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Ask, Network, Plan, Spread, plan, rehearse
from zhuchao.engines.scheduling.rehearsing import draw_minutes, run_all

OFFERED = Ask(pre_review=600, credit=1)
CERTAIN = Spread(1, 1, 1)


def simulate(found: Plan, network: Network, minutes: Sequence[float]) -> float:
    """Play one run event by event: whoever is free takes the next piece of the plan and waits until it can begin."""
    begin = min(piece.earliest for piece in found.pieces)
    queues: dict[str, list[int]] = {name: [] for name in network.departments}
    for number in found.order:
        if found.pieces[number].minutes:
            queues[found.pieces[number].department].append(number)
    over: dict[int, float] = {}
    claimed: dict[int, float] = {}
    events: list[tuple[float, int, str, int]] = []
    for name, places in network.departments.items():
        for place in range(places):
            heapq.heappush(events, (float(begin), -place, name, -1))

    def settle() -> None:
        moved = True
        while moved:
            moved = False
            for number in found.order:
                piece = found.pieces[number]
                if number in over or any(earlier not in over for earlier, _ in piece.after):
                    continue
                if piece.minutes and number not in claimed:
                    continue
                ready = max([piece.earliest, *(over[earlier] for earlier, _ in piece.after)])
                over[number] = max(ready, claimed.get(number, ready)) + minutes[number]
                if piece.minutes:
                    heapq.heappush(events, (over[number], 0, piece.department, number))
                moved = True

    while len(over) < len(found.pieces):
        if events:
            now, _, name, _ = heapq.heappop(events)
            if queues[name]:
                claimed[queues[name].pop(0)] = now
        settle()
    return max(over.values())


@pytest.mark.parametrize("block", range(4))
def test_every_run_ends_when_the_simulation_of_events_says(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        network = drawn(seed)
        found = plan(network, OFFERED)
        minutes = draw_minutes(found, Spread(), {}, 0.15, 20, np.random.default_rng(seed))
        finishes, _ = run_all(found, network.departments, minutes)
        expected = [simulate(found, network, run) for run in minutes.T.tolist()]
        assert finishes.tolist() == pytest.approx(expected)
        assert finishes.mean() == pytest.approx(np.mean(expected), rel=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 5_000))
def test_work_that_takes_as_long_as_planned_ends_as_planned(seed: int) -> None:
    network = drawn(seed)
    found = plan(network, OFFERED)
    rehearsal = rehearse(found, network.departments, spread=CERTAIN, shared=0, runs=3)
    assert rehearsal.finishes.tolist() == [found.finish] * 3
    assert rehearsal.planned == found.finish
    assert rehearsal.chance_by(found.finish) == 1
    assert set(rehearsal.criticality.values()) <= {0.0, 1.0}


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    network = nineteen()
    found = plan(network, Ask(pre_review=22 * 420, credit=3))
    first, again, other = (rehearse(found, network.departments, seed=seed, runs=500) for seed in (1, 1, 2))
    assert first.finishes.tolist() == again.finishes.tolist()
    assert first.criticality == again.criticality
    assert first.finishes.tolist() != other.finishes.tolist()


def test_a_plan_is_seldom_kept_and_a_shared_factor_spreads_the_end() -> None:
    network = nineteen()
    found = plan(network, Ask(pre_review=44 * 420, credit=3))
    told = rehearse(found, network.departments)
    alone = rehearse(found, network.departments, shared=0)
    assert told.chance_by(found.finish) < 0.5 < 0.8 <= told.chance_by(told.p80)
    assert told.p50 < told.p80 < told.by_chance(0.95)
    assert told.finishes.std() > 1.5 * alone.finishes.std()
    assert told.mean == pytest.approx(alone.mean, rel=0.02)
    assert told.criticality["T04"] == told.criticality["T05"] == told.criticality["T18"] == 1
    assert told.criticality["T19"] < 0.01
    bars = told.histogram(12)
    assert len(bars) == 12
    assert sum(count for _, _, count in bars) == 10_000
    assert (bars[0][0], bars[-1][1]) == (told.finishes[0], told.finishes[-1])


def test_a_pre_review_without_spare_days_that_runs_over_moves_the_end() -> None:
    tight = plan(nineteen(), Ask(pre_review=22 * 420, credit=3))
    spare = plan(nineteen(), Ask(pre_review=44 * 420, credit=3))
    assert tight.finish == spare.finish
    ends = [rehearse(found, nineteen().departments, runs=2_000).p80 for found in (tight, spare)]
    assert ends[0] > 1.1 * ends[1]


def test_of_two_equal_ways_each_is_critical_half_of_the_time() -> None:
    network = a_network(a_task("a", 0, 60, "甲"), a_task("b", 0, 60, "乙"))
    told = rehearse(plan(network), network.departments)
    assert told.criticality["a"] + told.criticality["b"] == pytest.approx(1)
    assert told.criticality["a"] == pytest.approx(0.5, abs=0.03)


def test_a_busy_department_makes_what_was_before_critical() -> None:
    network = a_network(a_task("a", 0, 60), a_task("b", 0, 60))
    told = rehearse(plan(network), network.departments, runs=50)
    assert told.criticality == {"a": 1.0, "b": 1.0}


def test_the_mean_of_one_piece_is_that_of_its_distribution() -> None:
    network = a_network(a_task("a", 0, 100))
    how = {"a": Spread(0.5, 1, 3)}
    told = rehearse(plan(network), network.departments, spreads=how, shared=0.15, runs=40_000)
    assert told.mean == pytest.approx(100 * (0.5 + 4 * 1 + 3) / 6, rel=0.01)
    quiet = rehearse(plan(network), network.departments, spreads=how, shared=0)
    assert 50 <= quiet.finishes[0] <= quiet.finishes[-1] <= 300


@pytest.mark.parametrize("wrong", [(-0.1, 1, 2), (1.1, 1, 2), (0.5, 2.1, 2), (0.5, 1, float("inf"))])
def test_a_spread_that_is_none_is_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(EngineError) as caught:
        Spread(*wrong)
    assert caught.value.code == "spread_malformed"


@pytest.mark.parametrize("wrong", [{"runs": 0}, {"shared": -0.1}, {"shared": float("nan")}])
def test_a_rehearsal_without_runs_or_with_a_strange_factor_is_refused(wrong: dict[str, float]) -> None:
    network = a_network(a_task("a"))
    with pytest.raises(EngineError) as caught:
        rehearse(plan(network), network.departments, **wrong)  # type: ignore[arg-type]
    assert caught.value.code == "rehearsal_malformed"
