"""Many cases on shared departments: nobody does two things at once, and no answer is worse than the one before."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scheduling.making import a_line, a_network, a_task, drawn
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import (
    Ask,
    Case,
    CasePlan,
    Mode,
    Portfolio,
    Standing,
    plan,
    plan_portfolio,
)

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
    for planned in found.plans:
        for number, piece in enumerate(planned.case.pieces):
            start = planned.starts[number]
            assert (
                start == piece.earliest if piece.fixed else start >= max(planned.case.release, piece.earliest)
            )
            assert all(
                planned.case.pieces[some].end(planned.starts[some]) <= start for some, _ in piece.after
            )
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


def under_way(seed: int, count: int) -> list[Case]:
    """Make cases by chance with public notices, some of which came before and are under way."""
    chance, line = random.Random(seed), a_line(hour=10, minute=7)
    cases = []
    for number in range(count):
        network = drawn(chance.randrange(10_000), tasks=chance.randint(1, 5), notices=0.3)
        release = chance.choice((-300, -60, 0, 200))
        begun: list[Standing] = []
        for task in network.tasks if release < 0 else ():
            how = {
                0: {"over": -5},
                1: {"reviewed": -9},
                2: {"stopped": True, "spent": 10, "resumes": chance.choice((None, 90))},
            }.get(chance.randrange(12))
            in_hand = not any(one.over is None for one in begun) and chance.random() < 0.1
            if how is not None or in_hand:
                begun.append(Standing(task.key, -20, **(how or {})))  # type: ignore[arg-type]
        cases.append(
            Case(f"c{number}", network, release, chance.randrange(60, 3_000), begun=tuple(begun), line=line)
        )
    return cases


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_cases_under_way_and_notices_keep_every_rule(seed: int, count: int) -> None:
    cases = under_way(seed, count)
    many = dict.fromkeys(OFFICES, 8)  # so many that no more can be in hand
    found = plan_portfolio(cases, many, windows=1)
    check(found, many)
    assert found.bound <= found.cost <= found.first
    alone = plan_portfolio(cases[:1], many)
    assert alone.plans[0].finish == cases[0].finish_alone()
    assert alone.gap == 0


def test_a_case_alone_is_planned_as_its_plan() -> None:
    network = drawn(12, notices=0.5)
    begun = (Standing("t0", -30, reviewed=-10), Standing("t1", -10))
    case = Case("c", network, -30, 600, begun=begun, line=a_line())
    planned = plan(network, Ask(modes=frozenset(), now=0, begun=begun, line=a_line()))
    found = plan_portfolio([case], network.departments, windows=2)
    assert found.plans[0].finish == planned.finish


def test_what_is_in_hand_keeps_its_reviewer_whatever_is_more_urgent() -> None:
    network = a_network(a_task("a", 60, 0))
    cases = [
        Case("in hand", network, -20, 9_000, begun=(Standing("a", -20),)),
        Case("rests", network, -20, 9_000, begun=(Standing("a", -20, spent=20, stopped=True, resumes=500),)),
        Case("urgent", network, 0, 60),
    ]
    for windows in (0, 1):
        found = plan_portfolio(cases, {"甲": 1}, windows=windows)
        assert [plan.finish for plan in found.plans] == [40, 540, 100]


def test_more_in_hand_than_there_are_people_is_no_reason_to_give_up() -> None:
    network = a_network(a_task("a", 60, 0))
    cases = [
        Case(f"c{number}", network, -20, 60, begun=(Standing("a", -20 + number),)) for number in range(3)
    ]
    cases += [Case("long", a_network(a_task("a", 0, 1_000)), 0, 2_000), Case("short", network, 50, 110)]
    found = plan_portfolio(cases, {"甲": 2}, windows=1)
    assert [plan.finish for plan in found.plans] == [40, 41, 42, 1_041, 110]
    single = plan_portfolio(cases, {"甲": 1}, windows=4)
    assert [plan.finish for plan in single.plans] == [40, 41, 42, 1_110, 110]
    assert single.cost < single.first


def test_a_window_makes_way_for_a_review_whose_notice_must_be_over_in_time() -> None:
    line = a_line()
    cases = [
        Case("long", a_network(a_task("a", 0, 1_000)), 0, 5_000),
        Case("notice", a_network(a_task("a", 60, 0, notice=1)), 15, 840, line=line),
    ]
    at_once = plan_portfolio(cases, {"甲": 1})
    assert [plan.finish for plan in at_once.plans] == [1_000, 1_680]  # posted on the third day
    better = plan_portfolio(cases, {"甲": 1}, windows=1)
    assert [plan.finish for plan in better.plans] == [1_075, 840]
    assert better.plans[1].starts == (15, 75, 840)


def test_an_order_that_gets_a_notice_over_too_late_for_the_calendar_is_not_taken() -> None:
    line = a_line(day=11, last=date(2026, 3, 13))
    notice = a_network(a_task("a", 60, 0, notice=1))
    cases = [Case("notice", notice, 0, 100_000, line=line)]
    cases += [Case(f"c{number}", a_network(a_task("a", 0, 500)), 0, 400) for number in range(2)]
    found = plan_portfolio(cases, {"甲": 1}, windows=2)
    assert found.plans[0].finish == 840
    assert found.cost <= found.first_come
    with pytest.raises(EngineError) as caught:
        plan_portfolio([Case("before", a_network(a_task("a", 0, 900)), -1, 400), *cases], {"甲": 1})
    assert caught.value.code == "beyond_calendar"


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_other_orders_are_tried_as_long_as_there_are_windows_and_the_same_ones_every_time(seed: int) -> None:
    cases = some_cases(seed, 40, span=3_000)
    found = plan_portfolio(cases, OFFICES, windows=3)
    check(found, OFFICES)
    assert found.cost <= found.first
    assert plan_portfolio(cases, OFFICES, windows=3).plans == found.plans


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


@pytest.mark.parametrize(
    ("release", "modes", "begun"), [(1, {}, (Standing("a", 0),)), (0, {"a": Mode.EARLY}, ())]
)
def test_a_case_that_began_before_it_came_is_refused(
    release: int, modes: dict[str, Mode], begun: tuple[Standing, ...]
) -> None:
    with pytest.raises(EngineError) as caught:
        Case("c", a_network(a_task("a", early=True)), release, 60, modes, begun)
    assert caught.value.code == "case_malformed"


def test_who_listens_hears_the_cost_fall_and_may_end_the_search() -> None:
    cases = some_cases(3, 30)
    told: list[tuple[int, int]] = []

    def heard(cost: int, bound: int, spent: float) -> bool:
        assert spent >= 0
        told.append((cost, bound))
        return len(told) < 3

    found = plan_portfolio(cases, OFFICES, windows=50, heard=heard)
    assert [bound for _, bound in told] == [found.bound] * 3
    assert told[0][0] == found.first
    assert [cost for cost, _ in told] == sorted((cost for cost, _ in told), reverse=True)
    assert found.cost == told[-1][0]
    assert found == plan_portfolio(cases, OFFICES, windows=2)


def test_nothing_is_tried_where_the_answer_at_once_is_proved() -> None:
    asked: list[int] = []
    case = Case("c", a_network(a_task("a", 60, 30)), 0, 500)
    found = plan_portfolio([case], {"甲": 1}, windows=5, heard=lambda cost, *_: not asked.append(cost))
    assert (found.cost, found.gap, asked) == (found.bound, 0, [])
