"""Working-day and working-hour clocks. The holidays here are examples; the product loads them from the notice."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.workdays import (
    CalendarNotKnown,
    Due,
    WorkCalendar,
    WorkHours,
    add_working_days,
    add_working_time,
    working_dates,
    working_day_on_or_after,
    working_days_between,
    working_time_between,
)

CHINA = timezone(timedelta(hours=8))
HOURS = WorkHours()


def days(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


# examples: 国庆 2022 and 春节 2023 with the weekends worked for them
CALENDAR = WorkCalendar(
    first=date(2022, 1, 1),
    last=date(2023, 12, 31),
    holidays=days(date(2022, 10, 1), date(2022, 10, 7)) | days(date(2023, 1, 21), date(2023, 1, 27)),
    makeup=frozenset({date(2022, 10, 8), date(2022, 10, 9), date(2023, 1, 28), date(2023, 1, 29)}),
)
PROVISIONAL = WorkCalendar(
    first=date(2022, 1, 1),
    last=date(2023, 12, 31),
    holidays=days(date(2023, 1, 21), date(2023, 1, 27)),
    makeup=frozenset({date(2023, 1, 28)}),
    provisional_after=date(2022, 12, 31),
)
INSIDE = st.dates(date(2022, 6, 1), date(2023, 6, 30))
MINUTES = st.integers(min_value=0, max_value=394 * 24 * 60)
MOMENTS = MINUTES.map(lambda n: datetime(2022, 6, 1, tzinfo=CHINA) + timedelta(minutes=n))
SPANS = st.timedeltas(timedelta(microseconds=1), timedelta(hours=300))


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=CHINA)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2022, 9, 30), True),
        (date(2022, 10, 1), False),
        (date(2022, 10, 7), False),
        (date(2022, 10, 8), True),
        (date(2022, 10, 15), False),
        (date(2023, 1, 20), True),
        (date(2023, 1, 23), False),
        (date(2023, 1, 29), True),
    ],
)
def test_a_day_is_worked_unless_weekend_or_holiday_and_a_makeup_day_always(day: date, worked: bool) -> None:
    assert CALENDAR.is_working(day) is worked


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2024, 1, 1)])
def test_a_day_outside_the_calendar_is_refused_and_never_guessed(day: date) -> None:
    with pytest.raises(CalendarNotKnown) as caught:
        CALENDAR.is_working(day)
    assert caught.value.code == "calendar_not_known"
    assert caught.value.data == {"day": day, "first": CALENDAR.first, "last": CALENDAR.last}


def test_a_clock_that_outlives_the_calendar_is_refused() -> None:
    with pytest.raises(CalendarNotKnown):
        add_working_days(date(2023, 12, 20), 30, CALENDAR)
    with pytest.raises(CalendarNotKnown):
        add_working_time(at(2023, 12, 29, 17), Decimal(1), CALENDAR, HOURS, CHINA)


def test_a_day_after_the_last_notice_follows_weekends_and_says_it_is_provisional() -> None:
    assert PROVISIONAL.is_working(date(2023, 1, 23))
    assert not PROVISIONAL.is_working(date(2023, 1, 28))
    assert add_working_days(date(2022, 12, 29), 1, PROVISIONAL).provisional is False
    assert add_working_days(date(2022, 12, 29), 2, PROVISIONAL) == Due(
        date(2023, 1, 2), True, date(2022, 12, 29), 2
    )
    assert add_working_days(date(2023, 1, 3), -3, PROVISIONAL).provisional is True
    assert add_working_days(date(2023, 1, 1), -1, PROVISIONAL).provisional is False


def test_a_calendar_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        WorkCalendar(date(2023, 1, 2), date(2023, 1, 1))
    assert caught.value.code == "calendar_empty"


def test_a_day_both_off_and_worked_is_refused() -> None:
    day = frozenset({date(2023, 1, 1)})
    with pytest.raises(EngineError) as caught:
        WorkCalendar(date(2023, 1, 1), date(2023, 12, 31), holidays=day, makeup=day)
    assert caught.value.code == "calendar_contradicts"


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2022, 9, 30), 1, date(2022, 10, 8)),
        (date(2022, 9, 30), 3, date(2022, 10, 10)),
        (date(2022, 10, 3), 1, date(2022, 10, 8)),
        (date(2023, 1, 20), 5, date(2023, 2, 1)),
        (date(2023, 2, 1), -5, date(2023, 1, 20)),
        (date(2022, 10, 3), 0, date(2022, 10, 3)),
    ],
)
def test_working_days_are_counted_over_holidays_and_makeup_days(start: date, n: int, due: date) -> None:
    assert add_working_days(start, n, CALENDAR).day == due


def test_the_next_working_day_is_the_day_itself_when_it_is_worked() -> None:
    assert working_day_on_or_after(date(2022, 9, 30), CALENDAR).day == date(2022, 9, 30)
    assert working_day_on_or_after(date(2022, 10, 1), CALENDAR).day == date(2022, 10, 8)


def test_no_working_dates_lie_in_a_reversed_range() -> None:
    assert list(working_dates(date(2023, 3, 2), date(2023, 3, 1), CALENDAR)) == []


@given(INSIDE, st.integers(min_value=1, max_value=60))
def test_exactly_that_many_working_days_lie_in_between(start: date, n: int) -> None:
    due = add_working_days(start, n, CALENDAR).day
    after = (start + timedelta(days=k) for k in range(1, (due - start).days + 1))
    assert sum(map(CALENDAR.is_working, after)) == n
    assert CALENDAR.is_working(due)


@given(INSIDE, st.integers(min_value=-60, max_value=60).filter(bool))
def test_counting_between_undoes_adding(start: date, n: int) -> None:
    assert working_days_between(start, add_working_days(start, n, CALENDAR).day, CALENDAR) == n


@given(INSIDE.filter(CALENDAR.is_working), st.integers(min_value=-60, max_value=60))
def test_adding_and_taking_away_returns_to_a_working_start(start: date, n: int) -> None:
    there = add_working_days(start, n, CALENDAR).day
    assert add_working_days(there, -n, CALENDAR).day == start


@given(INSIDE, INSIDE, st.integers(min_value=1, max_value=40))
def test_who_starts_later_is_never_due_earlier(one: date, other: date, n: int) -> None:
    early, late = sorted((one, other))
    assert add_working_days(early, n, CALENDAR).day <= add_working_days(late, n, CALENDAR).day
    assert add_working_days(early, n, CALENDAR).day < add_working_days(early, n + 1, CALENDAR).day


@pytest.mark.parametrize(
    ("opened", "amount", "due"),
    [
        # Friday 16:00 before 国庆: 1.5 h that day, 2 h on the Saturday that is worked for it
        (at(2022, 9, 30, 16), Decimal("0.5"), at(2022, 10, 8, 11)),
        # Friday 16:00 before 春节
        (at(2023, 1, 20, 16), Decimal("0.5"), at(2023, 1, 28, 11)),
        (at(2023, 3, 1, 9), Decimal("0.5"), at(2023, 3, 1, 14)),
        (at(2023, 3, 1, 9), 1, at(2023, 3, 1, 17, 30)),
        (at(2023, 3, 1, 10), Fraction(1), at(2023, 3, 2, 10)),
        (at(2023, 3, 1, 12, 30), timedelta(hours=1), at(2023, 3, 1, 14, 30)),
        (at(2023, 3, 1, 20), timedelta(minutes=1), at(2023, 3, 2, 9, 1)),
        (at(2023, 3, 1, 9), timedelta(hours=3), at(2023, 3, 1, 12)),
        (at(2023, 3, 1, 13, 30), timedelta(hours=-3), at(2023, 3, 1, 9)),
        (at(2022, 10, 8, 11), Decimal("-0.5"), at(2022, 9, 30, 16)),
        (at(2023, 3, 4, 9), 0, at(2023, 3, 4, 9)),
    ],
)
def test_the_working_hour_clock_runs_only_in_working_hours(
    opened: datetime, amount: Decimal | Fraction | int | timedelta, due: datetime
) -> None:
    assert add_working_time(opened, amount, CALENDAR, HOURS, CHINA).moment == due


def test_a_moment_in_another_zone_is_counted_on_the_wall_clock_of_the_zone_asked_for() -> None:
    found = add_working_time(datetime(2022, 9, 30, 8, tzinfo=UTC), Decimal("0.5"), CALENDAR, HOURS, CHINA)
    assert found.moment.isoformat() == "2022-10-08T11:00:00+08:00"
    assert found.worked == timedelta(hours=3, minutes=30)


def test_a_clock_that_runs_past_the_last_notice_is_provisional() -> None:
    assert add_working_time(at(2022, 12, 30, 16), Decimal("0.5"), PROVISIONAL, HOURS, CHINA).provisional
    assert not add_working_time(at(2022, 12, 30, 9), Decimal("0.5"), PROVISIONAL, HOURS, CHINA).provisional


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = at(2023, 3, 1, 9).replace(tzinfo=None)
    with pytest.raises(EngineError) as caught:
        add_working_time(naive, 1, CALENDAR, HOURS, CHINA)
    assert caught.value.code == "moment_naive"


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(12), time(9)),),
        ((time(9), time(9)),),
        ((time(9), time(12)), (time(11), time(17))),
        ((time(13), time(17)), (time(9), time(12))),
    ],
)
def test_hours_that_are_no_spans_in_order_are_refused(spans: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(EngineError) as caught:
        WorkHours(spans)
    assert caught.value.code == "hours_malformed"


def test_a_day_is_as_long_as_its_spans() -> None:
    assert WorkHours().length == timedelta(hours=7)
    assert WorkHours(((time(8), time(12)), (time(12), time(16)))).length == timedelta(hours=8)


@given(MOMENTS, SPANS, st.booleans())
def test_exactly_that_much_working_time_lies_in_between(
    start: datetime, amount: timedelta, forward: bool
) -> None:
    signed = amount if forward else -amount
    due = add_working_time(start, signed, CALENDAR, HOURS, CHINA).moment
    assert working_time_between(start, due, CALENDAR, HOURS, CHINA) == signed
    assert working_time_between(due, start, CALENDAR, HOURS, CHINA) == -signed


@given(MOMENTS, MOMENTS, SPANS)
def test_who_opens_later_is_never_due_earlier(one: datetime, other: datetime, amount: timedelta) -> None:
    early, late = sorted((one, other))
    due = [add_working_time(start, amount, CALENDAR, HOURS, CHINA).moment for start in (early, late)]
    assert due == sorted(due)


@given(MOMENTS, st.integers(min_value=1, max_value=20))
def test_whole_working_days_end_at_the_same_hour_for_who_opens_in_working_hours(
    start: datetime, n: int
) -> None:
    local = start.time()
    if CALENDAR.is_working(start.date()) and any(a <= local < b for a, b in HOURS.spans) and local != time(9):
        due = add_working_time(start, n, CALENDAR, HOURS, CHINA).moment
        assert working_days_between(start.date(), due.date(), CALENDAR) == n
        assert due.time() == local or (local, due.time()) == (time(13, 30), time(12))
