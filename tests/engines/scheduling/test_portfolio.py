"""Many cases on shared departments: nobody does two things at once, and no answer is worse than the one before."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scheduling.making import a_network, a_task, drawn
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import Case, CasePlan, Mode, Portfolio, plan_portfolio

OFFICES = {"o0": 2, "o1": 1, "o2": 1}


def some_cases(seed: int, count: int, *, span: int = 2_000, most: int = 900) -> list[Case]:
    """Make cases by chance that come within `span` minutes and are due within `most` after that."""
    chance = random.Random(seed)
    cases = []
    for number in range(count):
        network = drawn(chance.randrange(10_000), tasks=chance.randint(1, 7))
        release = chance.randrange(0, span)
        modes = {task.key: Mode.PLEDGE for task in network.tasks if task.pledge and chance.random() < 0.5}
        cases.append(Case(f"c{number}", network, release, release + chance.randrange(60, most), modes))
    return cases


def check(found: Portfolio, departments: dict[str, int]) -> None:
    """Check every rule on what was planned."""
    spans: dict[str, list[tuple[int, int]]] = {name: [] for name in departments}
    for plan in found.plans:
        for number, piece in enumerate(plan.case.pieces):
            start = plan.starts[number]
            assert start >= plan.case.release
            assert all(plan.starts[some] + plan.case.pieces[some].minutes <= start for some, _ in piece.after)
            if piece.minutes:
                spans[piece.department].append((start, start + piece.minutes))
    for name, all_of_it in spans.items():
        for begin, _ in all_of_it:
            assert sum(1 for some, end in all_of_it if some <= begin < end) <= departments[name]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_a_portfolio_keeps_every_rule_and_costs_no_more_than_first_come(seed: int, count: int) -> None:
    cases = some_cases(seed, count)
    found = plan_portfolio(cases, OFFICES)
    check(found, OFFICES)
    assert [plan.case for plan in found.plans] == cases
    assert found.bound <= found.cost == found.first <= found.first_come
    assert 0 <= found.saved < 1
    assert 0 <= found.gap < 1
    assert plan_portfolio(cases, OFFICES) == found


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_planning_some_cases_anew_keeps_every_rule_and_never_costs_more(seed: int) -> None:
    cases = some_cases(seed, 9)
    found = plan_portfolio(cases, OFFICES, windows=3)
    check(found, OFFICES)
    assert found.bound <= found.cost <= found.first


def test_what_is_due_first_goes_first_and_saves_what_lateness_costs() -> None:
    network = a_network(a_task("a", 0, 100))
    cases = [Case("early", network, 0, 1_000), Case("urgent", network, 0, 100)]
    found = plan_portfolio(cases, {"甲": 1})
    assert [plan.finish for plan in found.plans] == [200, 100]
    assert [plan.late for plan in found.plans] == [0, 0]
    assert (found.cost, found.first_come) == (300, 300 + 10 * 100)
    assert found.saved == pytest.approx(1 - 300 / 1_300)


def test_a_busy_portfolio_costs_a_quarter_less_than_first_come() -> None:
    found = plan_portfolio(some_cases(4, 60, span=8_000, most=3_000), OFFICES)
    assert found.saved > 0.25


def test_a_window_finds_that_waiting_for_an_urgent_case_is_better() -> None:
    long, short = a_network(a_task("a", 0, 1_000)), a_network(a_task("a", 0, 60))
    cases = [Case("long", long, 0, 5_000), Case("short", short, 15, 75)]
    at_once = plan_portfolio(cases, {"甲": 1})
    assert [plan.finish for plan in at_once.plans] == [1_000, 1_060]
    better = plan_portfolio(cases, {"甲": 1}, windows=1)
    assert [plan.finish for plan in better.plans] == [1_075, 75]
    assert better.cost == 1_075 + 60
    assert better.first == at_once.cost
    assert plan_portfolio(cases, {"甲": 1}, windows=1, seconds=-1) == at_once


def test_more_people_keep_more_cases_in_time() -> None:
    network = a_network(a_task("a", 30, 30))
    cases = [Case(f"c{number}", network, 0, 60) for number in range(4)]
    assert [plan.late for plan in plan_portfolio(cases, {"甲": 4}, windows=1).plans] == [0, 0, 0, 0]


def test_no_cases_cost_nothing() -> None:
    found = plan_portfolio([], {})
    assert (found.plans, found.cost, found.saved, found.gap) == ((), 0, 0, 0)


def test_the_cost_is_what_a_case_waits_and_ten_times_what_it_is_late() -> None:
    case = Case("c", a_network(a_task("a", 0, 60)), 100, 150)
    planned = CasePlan(case, (100, 110))
    assert (planned.finish, planned.late, planned.cost) == (170, 20, 70 + 200)


@pytest.mark.parametrize(
    ("departments", "doubled", "code"),
    [
        ({}, False, "department_unknown"),
        ({"甲": 0}, False, "capacity_missing"),
        ({"甲": 1}, True, "case_twice"),
    ],
)
def test_cases_that_nobody_can_handle_or_that_stand_twice_are_refused(
    departments: dict[str, int], doubled: bool, code: str
) -> None:
    case = Case("c", a_network(a_task("a")), 0, 60)
    with pytest.raises(EngineError) as caught:
        plan_portfolio([case, case] if doubled else [case], departments)
    assert caught.value.code == code


@pytest.mark.parametrize(("release", "modes"), [(-1, {}), (0, {"a": Mode.EARLY})])
def test_a_case_that_began_before_the_portfolio_is_refused(release: int, modes: dict[str, Mode]) -> None:
    with pytest.raises(EngineError) as caught:
        Case("c", a_network(a_task("a", early=True)), release, 60, modes)
    assert caught.value.code == "case_malformed"
