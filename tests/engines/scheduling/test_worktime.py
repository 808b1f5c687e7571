"""Working time as a line of minutes. The holidays are examples; the product loads them from the notice."""

from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling import WorkLine
from zhuchao.engines.workdays import WorkCalendar, WorkHours, add_working_time, working_time_between

CHINA = timezone(timedelta(hours=8))
HOURS = WorkHours()
FIRST, LAST = date(2022, 9, 1), date(2022, 12, 31)
CALENDAR = WorkCalendar(
    first=FIRST,
    last=date(2023, 12, 31),
    holidays=frozenset(date(2022, 10, day) for day in range(1, 8)),
    makeup=frozenset({date(2022, 10, 8), date(2022, 10, 9)}),
    provisional_after=LAST,
)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=CHINA)  # type: ignore[arg-type, misc]


def a_line(*when: int, hours: WorkHours = HOURS) -> WorkLine:
    return WorkLine(CALENDAR, hours, CHINA, at(*when))


def test_work_across_the_national_holiday_goes_on_with_the_make_up_saturday() -> None:
    line = a_line(2022, 9, 30, 16, 30)
    assert not line.waits
    assert line.ends(60) == at(2022, 9, 30, 17, 30)
    assert line.begins(60) == at(2022, 10, 8, 9)
    assert line.ends(60 + 420) == at(2022, 10, 8, 17, 30)
    assert line.begins(60 + 420) == at(2022, 10, 9, 9)


def test_a_start_on_a_holiday_waits_for_the_next_working_morning() -> None:
    line = a_line(2022, 10, 3, 10)
    assert line.waits
    assert line.begins(0) == at(2022, 10, 8, 9)
    assert line.ends(0) == at(2022, 9, 30, 17, 30)
    assert line.minute_of(at(2022, 10, 5, 12)) == 0
    assert line.left_in_day(0) == 420


def test_the_end_of_a_span_is_its_end_and_the_beginning_of_the_next_its_beginning() -> None:
    line = a_line(2022, 9, 1, 9)
    assert (line.ends(180), line.begins(180)) == (at(2022, 9, 1, 12), at(2022, 9, 1, 13, 30))
    assert line.ends(0) == at(2022, 9, 1, 9)
    assert line.first_minute == 0
    assert line.minute_of(at(2022, 9, 1, 12, 45)) == 180
    assert line.left_in_day(180) == 240
    assert WorkLine(CALENDAR, HOURS, CHINA, at(2022, 9, 1, 8)).minute_of(at(2022, 9, 1, 8, 30)) == 0


def test_half_a_day_from_the_afternoon_before_a_holiday_ends_on_the_morning_after() -> None:
    line = a_line(2022, 9, 30, 16)
    assert line.ends(line.limit(0, Fraction(1, 2))) == at(2022, 10, 8, 11)
    odd = a_line(2022, 9, 30, 16, hours=WorkHours(((time(9), time(16, 25)),)))
    assert odd.limit(0, Fraction(1, 2)) == 222  # of 222.5 minutes: a limit is never later


def refusal(make: object, *args: object) -> EngineError:
    with pytest.raises(EngineError) as caught:
        make(*args)  # type: ignore[operator]
    return caught.value


def test_what_lies_beyond_the_confirmed_days_is_refused_and_not_guessed() -> None:
    line = a_line(2022, 12, 30, 16, 30)
    assert line.last_minute == 60
    assert line.ends(60) == at(2022, 12, 30, 17, 30)
    told = {"day": LAST, "first": FIRST, "last": LAST}
    for found in (
        refusal(line.begins, 60),
        refusal(line.ends, 61),
        refusal(line.limit, 0, Fraction(1)),
    ):
        assert (found.code, found.data) == ("beyond_calendar", told)
    assert refusal(line.minute_of, at(2023, 1, 3, 9)).data["day"] == date(2023, 1, 3)
    assert refusal(line.ends, line.first_minute - 1).data["day"] == FIRST
    assert refusal(line.begins, line.first_minute - 1).code == "beyond_calendar"
    assert refusal(a_line, 2022, 8, 31, 9).code == "beyond_calendar"


def test_a_calendar_that_is_confirmed_throughout_ends_with_its_last_day() -> None:
    line = WorkLine(WorkCalendar(FIRST, LAST), HOURS, CHINA, at(2022, 9, 1, 9))
    assert line.last == LAST


def test_moments_are_aware_and_whole_minutes_and_so_are_hours() -> None:
    line = a_line(2022, 9, 1, 9)
    assert refusal(line.minute_of, datetime(2022, 9, 1, 9)).code == "moment_naive"  # noqa: DTZ001
    assert refusal(line.minute_of, at(2022, 9, 1, 9, 0, 1)).code == "moment_not_minute"
    odd = WorkHours(((time(9), time(12, 0, 30)),))
    assert refusal(WorkLine, CALENDAR, odd, CHINA, at(2022, 9, 1, 9)).code == "hours_not_minutes"


@given(st.integers(0, 80 * 24 * 60), st.integers(1, 5_000))
def test_the_line_and_the_clock_of_working_time_agree_in_both_directions(after: int, minutes: int) -> None:
    start = at(2022, 9, 1) + timedelta(minutes=after)
    line = WorkLine(CALENDAR, HOURS, CHINA, start)
    clock = add_working_time(start, timedelta(minutes=minutes), CALENDAR, HOURS, CHINA)
    assert line.ends(minutes) == clock.moment
    assert line.minute_of(line.ends(minutes)) == line.minute_of(line.begins(minutes)) == minutes
    assert working_time_between(start, line.begins(minutes), CALENDAR, HOURS, CHINA) == clock.worked
