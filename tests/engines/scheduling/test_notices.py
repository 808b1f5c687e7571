"""Public notices: calendar days between a review and an issue, exactly, whatever holidays lie in between."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.scheduling.checking import check, every_plan
from tests.engines.scheduling.making import CHINA, a_line, a_network, a_task, drawn
from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import (
    Ask,
    Means,
    Mode,
    Network,
    Part,
    Situation,
    find_critical_path,
    find_gains,
    plan,
    rehearse,
)
from zhuchao.engines.scheduling.notices import Notice

DAY = 420


def at(*when: int) -> datetime:
    return datetime(2026, 3, *when, tzinfo=CHINA)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("days", "posted", "over"),
    [
        (1, DAY, at(4, 9)),  # at the close of Monday the 2nd: on that day; Tuesday passes
        (1, DAY + 1, at(5, 9)),  # a minute later it is Tuesday
        (3, 60, at(6, 9)),
        (4, 60, at(10, 9)),  # over on Friday the 6th; the 9th is a holiday
        (6, 60, at(10, 9)),
        (7, 60, at(10, 9)),  # over on Monday the 9th
        (8, 60, at(11, 9)),
    ],
)
def test_all_days_after_the_one_of_posting_must_pass(days: int, posted: int, over: datetime) -> None:
    line = a_line()
    assert line.begins(Notice(days, line).ends(posted)) == over


def test_what_begins_with_the_day_is_posted_on_that_day() -> None:
    line = a_line()
    assert line.begins(Notice(1, line).ends(0)) == at(4, 9)
    assert line.begins(Notice(1, line, frozenset()).ends(0)) == at(2, 9)  # at the close of the Friday before


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 9_000))
def test_a_notice_is_over_on_the_first_working_day_on_which_its_days_have_passed(
    days: int, posted: int
) -> None:
    line = a_line(hour=10, minute=7)
    notice = Notice(days, line)
    over = notice.ends(posted)
    day = (line.ends(posted) if posted else line.begins(0)).date()
    assert line.begins(over).date() - day > timedelta(days=days)
    assert line.ends(over).date() - day <= timedelta(days=days)
    assert (line.begins(over).hour, line.begins(over).minute) == (9, 0)
    assert notice.ends(posted + 1) >= over
    assert notice.latest(over) >= posted
    assert notice.ends(notice.latest(over)) == over
    assert over - posted >= notice.least


def test_a_notice_that_is_not_over_in_confirmed_time_is_refused() -> None:
    line = a_line(last=date(2026, 3, 13))
    notice = Notice(5, line)
    assert line.begins(notice.ends(3 * DAY)) == at(10, 9)  # posted on Wednesday the 4th
    for beyond in (
        lambda: notice.ends(6 * DAY),
        lambda: notice.ends(line.first_minute - 1),
        lambda: notice.latest(line.first_minute),
    ):
        with pytest.raises(EngineError) as caught:
            beyond()
        assert caught.value.code == "beyond_calendar"
    with pytest.raises(EngineError) as caught:
        _ = Notice(400, line).least
    assert caught.value.code == "beyond_calendar"


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5_000), st.sampled_from([(2, 9, 0), (6, 16, 7)]))
def test_no_order_and_no_modes_are_better_than_a_plan_with_notices(
    seed: int, start: tuple[int, int, int]
) -> None:
    network = drawn(seed, tasks=3, offices=2, notices=0.4)
    ask = Ask(pre_review=120, credit=1, line=a_line(*start))
    found = plan(network, ask)
    used = sum(network.by_key[work.task].credit for work in found.works if work.mode is Mode.PLEDGE)
    told = (found.finish, sum(work.issue[1] for work in found.works), used)
    assert found.proved
    assert told == min(every_plan(network, ask))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5_000), st.sampled_from([0, 60, 2_000]), st.sampled_from([0, 9]))
def test_a_plan_with_notices_keeps_every_rule(seed: int, pre_review: int, credit: int) -> None:
    network = drawn(seed, notices=0.3)
    ask = Ask(pre_review, credit, line=a_line(hour=10, minute=7))
    found = plan(network, ask)
    check(network, ask, found)
    assert found.bound <= found.finish == found.chain[-1].finish
    assert all(first.finish == then.start for first, then in zip(found.chain, found.chain[1:], strict=False))
    situation = Situation(pre_review, line=ask.line)
    assert found.finish >= find_critical_path(network, found.modes, situation=situation).minutes
    assert plan(network, ask) == found


def test_a_notice_runs_before_the_start_where_the_review_does() -> None:
    network = a_network(
        a_task("scheme", 60, 30, early=True, notice=7), a_task("permit", 60, 30, after=("scheme",))
    )
    line = a_line(day=16)
    found = plan(network, Ask(pre_review=10 * DAY, line=line))
    dated = {one.work.task: one for one in found.on(line)}
    assert found.works[0].mode is Mode.EARLY
    assert found.finish == 30 + 60 + 30
    assert dated["scheme"].notice is not None
    assert dated["scheme"].notice[1] <= at(16, 9)
    assert dated["scheme"].issue == (at(16, 9), at(16, 9, 30))
    assert dated["permit"].notice is None


def test_a_notice_of_a_pledge_runs_from_when_all_that_it_needs_is_there() -> None:
    network = a_network(
        a_task("code", 0, 60, "乙", gives=("code",)),
        a_task("pledged", 600, 0, needs=("code",), pledge=True, notice=1),
    )
    line = a_line()
    found = plan(network, Ask(credit=1, line=line))
    dated = {one.work.task: one for one in found.on(line)}
    assert dated["pledged"].notice == (at(2, 10), at(4, 9))
    assert dated["pledged"].issue == (at(4, 9), at(4, 9))  # not at the close of the day before


def test_the_chain_names_the_notice_and_nothing_but_quicker_work_would_gain_before_it() -> None:
    network = a_network(a_task("scheme", 60, 30, notice=7), a_task("permit", 60, 30, after=("scheme",)))
    ask = Ask(line=a_line())
    found = plan(network, ask)
    assert [(link.task, link.part) for link in found.chain] == [
        *(("scheme", Part.REVIEW), ("scheme", Part.NOTICE), ("scheme", Part.ISSUE)),
        *(("permit", Part.REVIEW), ("permit", Part.ISSUE)),
    ]
    gains = find_gains(network, ask, found, longer=DAY)
    assert {(gain.task, gain.part, gain.minutes) for gain in gains if gain.means == "at_once"} == {
        *(("scheme", Part.REVIEW, 0), ("scheme", Part.ISSUE, 30)),
        *(("permit", Part.REVIEW, 60), ("permit", Part.ISSUE, 30)),
    }
    path = find_critical_path(network, situation=ask.situation)
    assert path.minutes == found.finish
    assert path.slack["scheme"] == 0
    assert {lever.part for lever in path.levers if lever.means is Means.AT_ONCE} == {Part.REVIEW, Part.ISSUE}


def test_a_mode_whose_notice_would_be_over_too_late_gains_nothing() -> None:
    line = a_line(day=5, last=date(2026, 3, 6))
    network = a_network(a_task("scheme", 60, 30, early=True, notice=7))
    situation = Situation(20 * DAY, line=line)
    path = find_critical_path(network, {"scheme": Mode.EARLY}, situation=situation)
    assert path.minutes == 30
    assert [(lever.mode, lever.gain) for lever in path.levers if lever.means is Means.MODE] == [
        (Mode.NORMAL, 0)
    ]


def test_a_rehearsal_posts_notices_on_real_days() -> None:
    network = a_network(a_task("scheme", 400, 0, notice=1), a_task("permit", 0, 30, after=("scheme",)))
    found = plan(network, Ask(line=a_line()))
    rehearsed = rehearse(found, network.departments, runs=400)
    ends = {round(finish // DAY) for finish in rehearsed.finishes}
    assert ends == {2, 3}  # a scheme that is late in the day is posted on the next
    assert rehearsed.criticality["scheme"] == 1.0
    short = plan(network, Ask(line=a_line(last=date(2026, 3, 4))))
    with pytest.raises(EngineError) as caught:
        rehearse(short, network.departments, runs=400)
    assert caught.value.code == "beyond_calendar"


def refusal(network: Network, ask: Ask, **how: float) -> str:
    with pytest.raises(EngineError) as caught:
        plan(network, ask, **how)  # type: ignore[arg-type]
    return caught.value.code


def test_a_plan_whose_notices_are_over_too_late_for_the_calendar_is_refused() -> None:
    network = a_network(a_task("scheme", 60, 30, early=True, notice=7), a_task("busy", 900, 0))
    assert refusal(network, Ask()) == "notice_without_line"
    assert refusal(network, Ask(line=a_line(day=6, last=date(2026, 3, 13)))) == "beyond_calendar"
    assert refusal(a_network(a_task("a", notice=400)), Ask(line=a_line())) == "beyond_calendar"


def test_a_notice_that_only_another_order_gets_over_in_time_is_planned() -> None:
    network = a_network(
        a_task("scheme", 60, 30, notice=7),
        a_task("busy", 500, 0),
        a_task("then", 1_900, 0, "乙", after=("busy",)),
    )
    ask = Ask(line=a_line(day=5, last=date(2026, 3, 13)))
    found = plan(network, ask)
    assert (found.proved, found.finish) == (True, 60 + 500 + 1_900)
    assert refusal(network, ask, seconds=0) == "plan_not_found"
