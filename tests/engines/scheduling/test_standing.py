"""Plans of cases under way: what has happened stays, what is in hand goes on, and the rest is planned from now on."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scheduling.checking import every_plan
from tests.engines.scheduling.making import a_line, a_network, a_task, drawn, nineteen
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import (
    Ask,
    Mode,
    Part,
    Plan,
    Situation,
    Standing,
    Work,
    find_critical_path,
    find_gains,
    plan,
    rehearse,
    take_apart,
)

DAY = 420


def standing_of(work: Work, now: int) -> Standing | None:
    """Tell how far a task is at a minute when everything goes as it was planned."""
    begun = work.issue[0] if work.review is None else work.review[0]
    if begun >= now and work.issue[1] > now:
        return None
    over = work.issue[1] if work.issue[1] <= now else None
    if work.review is None:
        return Standing(work.task, begun, work.mode, over=over)
    reviewed = work.review[1] if work.review[1] <= now else None
    issuing = work.issue[0] if work.issue[0] < now and reviewed is not None else None
    return Standing(work.task, begun, work.mode, reviewed, issuing, over)


def at(found: Plan, ask: Ask, now: int) -> Ask:
    """Ask again at a minute of a plan that went as it was planned."""
    begun = [standing_of(work, now) for work in found.works]
    return replace(ask, now=now, begun=tuple(one for one in begun if one is not None))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 5_000), st.integers(-150, 900), st.sampled_from([0.0, 0.4]))
def test_a_case_that_went_as_planned_is_planned_to_the_same_end_at_any_moment(
    seed: int, now: int, notices: float
) -> None:
    network = drawn(seed, tasks=5, notices=notices)
    ask = Ask(pre_review=120, credit=1, line=a_line())
    found = plan(network, ask)
    again = plan(network, at(found, ask, now))
    assert (found.proved, again.proved) == (True, True)
    assert again.finish == found.finish
    assert {work for work in again.works if work.issue[1] <= now} == {
        replace(work, notice=None) for work in found.works if work.issue[1] <= now
    }
    for work, before in ((work, by) for work in again.works for by in found.works if by.task == work.task):
        for span, planned in ((work.review, before.review), (work.issue, before.issue)):
            if span is not None and planned is not None and planned[0] < now:
                assert span == planned


@st.composite
def standings(draw: st.DrawFn) -> tuple[int, Ask]:
    """Draw a network of three tasks (its seed) and an ask at minute 100, whatever has happened."""
    seed = draw(st.integers(0, 5_000))
    begun = []
    for task in drawn(seed, tasks=3, offices=2, notices=0.3).tasks:
        kind = draw(st.sampled_from(["waits", "reviewed", "in hand", "issuing", "over", "rests"]))
        mode = draw(st.sampled_from(task.modes))
        pledged = mode is Mode.PLEDGE
        how = {
            "waits": None,
            "in hand": {},
            "reviewed": {} if pledged else {"reviewed": draw(st.integers(40, 100))},
            "issuing": {} if pledged else {"reviewed": 60, "issuing": 95},
            "over": {"over": 70},
            "rests": {
                "stopped": True,
                "spent": draw(st.integers(0, 50)),
                "resumes": draw(st.sampled_from([None, 50, 137])),
            },
        }[kind]
        if how is not None:
            begun.append(Standing(task.key, draw(st.integers(-60, 40)), mode, **how))  # type: ignore[arg-type]
    now = draw(st.sampled_from([100, 137]))
    return seed, Ask(120, 1, now=now, begun=tuple(begun), line=a_line())


@settings(max_examples=60, deadline=None)
@given(standings())
def test_no_order_and_no_modes_of_what_is_left_are_better_than_the_plan(drawn_case: tuple[int, Ask]) -> None:
    seed, ask = drawn_case
    network = drawn(seed, tasks=3, offices=2, notices=0.3)
    found = plan(network, ask)
    fresh = sum(
        network.by_key[work.task].credit
        for work in found.works
        if work.mode is Mode.PLEDGE and work.task not in ask.situation.modes
    )
    assert found.proved
    assert (found.finish, sum(work.issue[1] for work in found.works), fresh) == min(every_plan(network, ask))
    assert found.bound <= found.finish
    rehearsed = rehearse(found, network.departments, runs=5)
    assert rehearsed.finishes.min() >= max([one.over or 0 for one in ask.begun], default=0)
    assert find_critical_path(network, found.modes, situation=ask.situation).minutes <= found.finish


def test_what_is_in_hand_keeps_its_reviewer_and_goes_on() -> None:
    network = a_network(a_task("a"), a_task("b", 30, 0))
    found = plan(network, Ask(now=20, begun=(Standing("a", 0),)))
    assert found.finish == 120
    works = {work.task: work for work in found.works}
    assert works["a"].review == (0, 60)
    assert works["b"].review is not None
    assert works["b"].review[0] >= 60


def test_what_takes_longer_than_planned_is_taken_to_be_over_now() -> None:
    network = a_network(a_task("a"))
    assert plan(network, Ask(now=200, begun=(Standing("a", 0),))).finish == 230
    assert plan(network, Ask(now=200, begun=(Standing("a", 0, spent=20),))).finish == 270


def test_a_clock_that_stands_lets_others_work_and_goes_on_when_it_may() -> None:
    network = a_network(a_task("a"), a_task("b"))
    rests = Standing("a", 0, spent=40, stopped=True, resumes=500)
    found = plan(network, Ask(now=50, begun=(rests,)))
    works = {work.task: work for work in found.works}
    assert works["b"].issue[1] == 140
    assert works["a"].review == (0, 520)
    assert found.finish == 550
    reviewed = Standing("a", 0, reviewed=45, stopped=True, spent=0, resumes=300)
    assert plan(network, Ask(now=50, begun=(reviewed,))).finish == 330


def test_more_in_hand_than_there_are_people_keep_the_others_waiting_until_somebody_is_free() -> None:
    network = a_network(*(a_task(key, 60, 0) for key in "abc"), 甲=2)
    begun = (Standing("a", 0), Standing("b", 10))
    found = plan(a_network(*(a_task(key, 60, 0) for key in "abc")), Ask(now=20, begun=begun))
    assert found.finish == 70 + 60
    assert plan(network, Ask(now=20, begun=begun)).finish == 60 + 60


def test_what_was_issued_before_what_it_waits_for_stays_issued() -> None:
    network = a_network(a_task("a", gives=("x",)), a_task("b", needs=("x",)), a_task("c", after=("b",)))
    found = plan(network, Ask(now=10, begun=(Standing("b", 0, over=10),)))
    assert {work.task: work.issue[1] for work in found.works}["b"] == 10
    assert found.finish == 10 + 180


def test_pledges_that_were_made_use_credit_and_no_more_is_made_than_there_is() -> None:
    network = a_network(a_task("a", pledge=True), a_task("b", pledge=True, department="乙"))
    begun = (Standing("a", 0, Mode.PLEDGE, over=5),)
    assert plan(network, Ask(credit=1, now=10, begun=begun)).modes["b"] is Mode.NORMAL
    assert plan(network, Ask(credit=0, now=10, begun=begun)).modes["b"] is Mode.NORMAL
    assert plan(network, Ask(credit=2, now=10, begun=begun)).modes["b"] is Mode.PLEDGE


def test_no_early_review_begins_after_the_start_and_one_that_runs_over_is_waited_for() -> None:
    network = a_network(a_task("a", early=True))
    assert plan(network, Ask(pre_review=600, now=5)).modes["a"] is Mode.NORMAL
    assert plan(network, Ask(pre_review=600, now=-60)).finish == 30
    late = plan(network, Ask(pre_review=600, now=-20, begun=(Standing("a", -30, Mode.EARLY),)))
    assert late.works[0].review == (-30, 30)
    assert late.finish == 60


def test_a_case_that_is_over_is_told_as_it_was() -> None:
    network = a_network(a_task("a"), a_task("b", pledge=True))
    begun = (Standing("a", -50, over=7), Standing("b", 3, Mode.PLEDGE, over=5))
    found = plan(network, Ask(now=20, begun=begun))
    assert (found.finish, found.proved, found.bound) == (7, True, 7)
    assert [(work.review, work.issue) for work in found.works] == [(None, (3, 5)), ((-50, 7), (7, 7))]
    assert rehearse(found, network.departments, runs=3).p50 == 7


def test_a_deadline_that_was_missed_is_told_though_nothing_can_be_moved() -> None:
    network = a_network(a_task("a"))
    with pytest.raises(EngineError) as caught:
        plan(network, Ask(deadline=10, now=20, begun=(Standing("a", 0, reviewed=15),)))
    assert (caught.value.code, caught.value.data["clashes"]) == ("deadline_infeasible", ())


def test_nothing_is_gained_by_what_is_over() -> None:
    ask = Ask(pre_review=22 * DAY, credit=3)
    found = plan(nineteen(), ask)
    later = at(found, ask, 300)
    gains = find_gains(nineteen(), later, plan(nineteen(), later), longer=DAY)
    assert {gain.task for gain in gains if gain.minutes} == {"T18"}


def test_a_notice_that_was_posted_ends_when_it_would_have() -> None:
    network = a_network(a_task("a", notice=7))
    line = a_line()
    begun = Standing("a", 0, reviewed=60)
    found = plan(network, Ask(now=DAY, begun=(begun,), line=line))
    assert line.begins(found.finish - 30).date() == date(2026, 3, 10)
    assert found.works[0].notice == (60, found.finish - 30)
    assert found.chain[-2].part is Part.NOTICE
    issued = plan(network, Ask(now=DAY, begun=(replace(begun, issuing=70),), line=line))
    assert (issued.works[0].notice, issued.finish) == (None, DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"begun": 10, "reviewed": 5},
        {"begun": 0, "reviewed": 10, "issuing": 5},
        {"begun": 0, "issuing": 5},
        {"begun": 0, "mode": Mode.PLEDGE, "reviewed": 5},
        {"begun": 0, "spent": -1},
        {"begun": 0, "stopped": True},
        {"begun": 0, "resumes": 9},
        {"begun": 0, "over": 9, "stopped": True, "spent": 0},
    ],
)
def test_what_cannot_have_come_in_this_order_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(EngineError) as caught:
        Standing("a", **wrong)  # type: ignore[arg-type]
    assert caught.value.code == "standing_malformed"


@pytest.mark.parametrize(
    ("now", "begun"),
    [(None, ("a",)), (-5, ("a",)), (5, ("a", "a")), (5, ("z",))],
)
def test_a_task_that_is_not_there_or_told_twice_or_begins_in_the_future_is_refused(
    now: int | None, begun: tuple[str, ...]
) -> None:
    standings = tuple(Standing(key, 0) for key in begun)
    with pytest.raises(EngineError) as caught:
        take_apart(a_network(a_task("a")), situation=Situation(now=now, begun=standings))
    assert caught.value.code == "standing_malformed"


def test_a_task_that_began_in_a_mode_that_it_does_not_allow_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        plan(a_network(a_task("a")), Ask(now=5, begun=(Standing("a", 0, Mode.LATE),)))
    assert caught.value.code == "standing_malformed"
