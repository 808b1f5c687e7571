"""Plans on shared departments: the quickest there is, why it is not quicker, and which limits clash."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scheduling.checking import check, every_plan
from tests.engines.scheduling.making import NETWORKS, a_network, a_task, drawn, nineteen
from zhuchao.engines import EngineError, scheduling
from zhuchao.engines.scheduling import (
    Ask,
    Gain,
    Idle,
    Limit,
    Mode,
    Network,
    Part,
    WorkLine,
    find_critical_path,
    find_gains,
    plan,
)
from zhuchao.engines.workdays import WorkCalendar, WorkHours

DAY = 420
CHINA = timezone(timedelta(hours=8))
OFFERED = Ask(pre_review=120, credit=1)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5_000))
def test_no_order_and_no_modes_are_better_than_the_plan(seed: int) -> None:
    network = drawn(seed, tasks=3, offices=2)
    found = plan(network, OFFERED)
    pledged = sum(network.by_key[work.task].credit for work in found.works if work.mode is Mode.PLEDGE)
    told = (found.finish, sum(work.issue[1] for work in found.works), pledged)
    assert found.proved
    assert told == min(every_plan(network, OFFERED))
    assert (found.bound, found.gap) == (found.finish, 0)


@settings(max_examples=40, deadline=None)
@given(NETWORKS, st.sampled_from([0, 60, 600]), st.sampled_from([0, 1, 9]))
def test_a_plan_keeps_every_rule_and_its_bound(network: Network, pre_review: int, credit: int) -> None:
    ask = Ask(pre_review, credit)
    found = plan(network, ask)
    check(network, ask, found)
    assert found.bound <= found.finish == max(work.issue[1] for work in found.works)
    assert found.chain[-1].finish == found.finish
    assert all(first.finish == then.start for first, then in zip(found.chain, found.chain[1:], strict=False))
    assert found.finish >= find_critical_path(network, found.modes, pre_review=pre_review).minutes
    assert plan(network, ask) == found


def test_the_nineteen_tasks_are_done_in_five_and_a_half_hours_after_a_pre_review() -> None:
    ask = Ask(pre_review=22 * DAY, credit=3)
    found = plan(nineteen(), ask)
    check(nineteen(), ask, found)
    assert (found.proved, found.finish) == (True, 330)
    assert [link.task for link in found.chain if link.start < link.finish] == [
        *("T02", "T03", "T04", "T05", "T06", "T07", "T14", "T18")
    ]
    normal = plan(nineteen(), Ask(modes=frozenset()))
    assert (normal.proved, normal.finish) == (True, 135 * 60)


def test_nothing_shortens_the_day_further_but_quicker_work_on_its_chain() -> None:
    ask = Ask(pre_review=22 * DAY, credit=3)
    gains = find_gains(nineteen(), ask, plan(nineteen(), ask), longer=DAY)
    assert {gain.minutes for gain in gains if gain.means != "at_once"} == {0}
    at_once = {gain.task: gain.minutes for gain in gains if gain.means == "at_once"}
    assert set(at_once) == {"T02", "T03", "T04", "T05", "T06", "T07", "T14", "T18"}
    assert at_once["T05"] == 60
    assert gains[0].minutes == max(minutes for minutes in at_once.values() if minutes is not None)


def test_one_more_reviewer_gains_where_a_department_keeps_tasks_waiting() -> None:
    network = a_network(a_task("a"), a_task("b"))
    found = plan(network)
    assert found.finish == 180
    assert [link.busy for link in found.chain].count(True) >= 1
    last = found.works[-1].task
    assert found.idle == (Idle(last, Part.REVIEW, 0, 90),)
    gains = find_gains(network, Ask(), found, longer=DAY)
    assert Gain("reviewer", 90, department="甲") in gains
    unproved = find_gains(network, Ask(), found, longer=DAY, seconds=0)
    assert all(gain.minutes is None for gain in unproved)


def refusal(network: Network, ask: Ask, **how: float) -> EngineError:
    with pytest.raises(EngineError) as caught:
        plan(network, ask, **how)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("tasks", "ask", "clashes"),
    [
        ((a_task("a"), a_task("b")), Ask(deadline=100), ((Limit("capacity", "甲"),),)),
        ((a_task("a", pledge=True),), Ask(deadline=40), ((Limit("credit"),),)),
        ((a_task("a", early=True),), Ask(deadline=40), ((Limit("pre_review"),),)),
        ((a_task("a", early=True),), Ask(60, deadline=40, modes=frozenset()), ((Limit("modes"),),)),
        ((a_task("a"),), Ask(deadline=89), ()),
        (
            (a_task("a", pledge=True), a_task("b", 45, 0)),
            Ask(deadline=60),
            ((Limit("capacity", "甲"),), (Limit("credit"),)),
        ),
        (
            (a_task("a", pledge=True, early=True),),
            Ask(60, deadline=40, modes=frozenset({Mode.PLEDGE})),
            ((Limit("credit"), Limit("modes")),),
        ),
    ],
)
def test_a_deadline_that_cannot_be_met_names_the_limits_that_clash(
    tasks: tuple[scheduling.Task, ...], ask: Ask, clashes: tuple[tuple[Limit, ...], ...]
) -> None:
    found = refusal(a_network(*tasks), ask)
    assert found.code == "deadline_infeasible"
    assert found.data["clashes"] == clashes
    assert found.data["earliest"] == plan(a_network(*tasks), replace(ask, deadline=None)).finish


def test_a_deadline_that_can_just_be_met_is() -> None:
    network = a_network(a_task("a"), a_task("b"))
    assert plan(network, Ask(deadline=180)).finish == 180


def test_without_time_a_plan_by_simple_rules_is_given_with_its_gap() -> None:
    network = drawn(5)
    found = plan(network, OFFERED, seconds=0)
    check(network, OFFERED, found)
    assert not found.proved
    assert found.finish < plan(network, Ask(modes=frozenset())).finish
    assert 0 < found.gap <= 1
    assert refusal(network, Ask(deadline=1), seconds=0).code == "deadline_not_met"


def test_a_plan_of_no_minutes_has_no_gap() -> None:
    assert plan(a_network(a_task("a", 0, 0))).gap == 0


@pytest.mark.parametrize("wrong", [{"pre_review": -1}, {"credit": -1}, {"deadline": -1}])
def test_limits_below_nothing_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(EngineError) as caught:
        Ask(**wrong)  # type: ignore[arg-type]
    assert caught.value.code == "ask_malformed"


def test_a_plan_is_told_in_moments_of_the_office() -> None:
    network = a_network(
        a_task("pay", 0, 0, gives=("paid",)),
        a_task("permit", 60, 60, needs=("paid",), pledge=False, early=True),
        a_task("stamp", 0, 0, after=("permit",)),
        a_task("pledged", 0, 15, "乙", pledge=True, after=("stamp",)),
    )
    found = plan(network, Ask(pre_review=60, credit=1))
    calendar = WorkCalendar(date(2026, 1, 1), date(2026, 12, 31), holidays=frozenset({date(2026, 3, 9)}))
    line = WorkLine(calendar, WorkHours(), CHINA, datetime(2026, 3, 9, 10, tzinfo=CHINA))
    dated = {one.work.task: one for one in found.on(line)}

    def at(*when: int) -> datetime:
        return datetime(2026, 3, *when, tzinfo=CHINA)  # type: ignore[misc]

    assert dated["permit"].review == (at(6, 16, 30), at(6, 17, 30))
    assert dated["permit"].issue == (at(10, 9), at(10, 10))
    assert dated["pay"].issue == (at(10, 9), at(10, 9))
    assert dated["stamp"].issue == (at(10, 10), at(10, 10))
    assert dated["pledged"].issue == (at(10, 10), at(10, 10, 15))


def test_a_name_that_the_engine_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no such_thing"):
        _ = scheduling.such_thing
