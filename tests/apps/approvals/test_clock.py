"""Two clocks side by side: promised half days over holidays and worked weekends, and the limit of law with its stops."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.apps.approvals.played import at, happen, make_case, make_matter, make_room, task_of
from zhuchao.apps.approvals.selectors.clock import (
    Pause,
    as_working_days,
    is_provisional,
    legal_due,
    promised_due,
    worked_between,
)
from zhuchao.apps.core.services.calendar import load_calendar

HALF = Decimal("0.5")


@pytest.fixture
def calendar():
    return load_calendar()


@pytest.mark.document("1-48")
@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        # 国庆 2022: off from October 1 to 7, and the weekend of October 8 and 9 is worked.
        ("2022-09-30 16:00", "2022-10-08 11:00"),
        # 春节 2023: off from January 21 to 27, and the weekend of January 28 and 29 is worked.
        ("2023-01-20 16:00", "2023-01-28 11:00"),
        # An ordinary weekend, an ordinary morning, and over the lunch break.
        ("2022-10-21 16:00", "2022-10-24 11:00"),
        ("2022-10-20 09:00", "2022-10-20 14:00"),
    ],
)
def test_half_a_working_day_runs_on_the_calendar_of_worked_weekends(calendar, accepted, due):
    assert promised_due(at(accepted), HALF) == at(due)


@pytest.mark.document("1-48")
def test_a_case_taken_in_on_friday_afternoon_before_the_holiday_is_due_after_it(calendar):
    zone = make_room()
    case = make_case(zone, "2022-09-30 16:00", matter=make_matter(zone, legal_days=5))
    happen(case, "M01", "start 2022-09-30 16:00")
    task = task_of(case, "M01")
    assert task.due_at == at("2022-10-08 11:00")
    assert task.legal_due_at == at("2022-10-12 17:30")


def test_a_promise_at_once_is_due_on_the_same_working_day(calendar):
    assert promised_due(at("2022-10-20 09:00"), Decimal(0)) == at("2022-10-20 17:30")
    assert promised_due(at("2022-10-21 18:00"), Decimal(0)) == at("2022-10-24 17:30")


def test_a_stop_moves_both_clocks_by_what_it_took(calendar):
    stop = Pause(at("2022-10-20 10:00"), at("2022-10-24 10:00"))
    assert promised_due(at("2022-10-20 09:00"), HALF, [stop]) == at("2022-10-24 14:00")
    assert legal_due(at("2022-10-20 09:00"), 2, "working", [stop]) == at("2022-10-26 17:30")
    assert legal_due(at("2022-10-20 09:00"), 2, "calendar", [stop]) == at("2022-10-26 17:30")
    assert promised_due(at("2022-10-20 09:00"), HALF, [Pause(at("2022-10-20 10:00"), None)]) is None


def test_calendar_days_that_end_on_a_day_off_end_with_the_next_working_day(calendar):
    assert legal_due(at("2022-09-30 10:00"), 3, "calendar") == at("2022-10-08 17:30")


def test_what_nobody_can_know_is_not_guessed(calendar):
    assert promised_due(at("1999-01-04 09:00"), HALF) is None
    assert promised_due(at("2022-10-20 09:00"), None) is None
    late = promised_due(at(f"{calendar}-12-31 16:00"), Decimal(3))
    assert is_provisional(late)
    assert not is_provisional(at("2022-10-20 09:00"))


def test_without_a_calendar_nothing_is_due():
    assert promised_due(at("2022-10-20 09:00"), HALF) is None
    assert legal_due(at("2022-10-20 09:00"), 2, "working") is None
    assert worked_between(at("2022-10-20 09:00"), at("2022-10-20 12:00")) is None


def test_working_time_leaves_out_breaks_and_stops(calendar):
    worked = worked_between(
        at("2022-10-20 11:00"),
        at("2022-10-21 10:00"),
        [Pause(at("2022-10-20 14:00"), at("2022-10-20 15:00"))],
    )
    assert worked == timedelta(hours=1 + 4 + 1 - 1)
    assert as_working_days(timedelta(hours=5)) == Decimal("0.7")
