"""Working-day and working-hour clocks over a loaded calendar.

Which days are holidays and which weekends are worked (调休) is data from the yearly State Council notice; the
caller loads it. A day outside the calendar is refused; a day after the last confirmed one is computed by
weekends only and the answer says it is provisional.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction

from zhuchao.engines import EngineError

_SATURDAY = 5
_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


class CalendarNotKnown(EngineError):
    """A day lies outside the loaded calendar; data: `day`, `first`, `last`."""

    def __init__(self, day: date, *, first: date, last: date) -> None:
        message = f"{day} is outside the calendar, which runs from {first} to {last}"
        super().__init__("calendar_not_known", message, day=day, first=first, last=last)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days from `first` to `last`, both included.

    Args:
        holidays: weekdays (or weekends) that are off.
        makeup: weekend days that are worked.
        provisional_after: last day the notice covers, later days follow weekends only; None when it covers all.

    Raises:
        EngineError: calendar_empty when it ends before it begins, calendar_contradicts for a day that is both
            off and worked.

    >>> new_year = frozenset({date(2026, 1, 1)})
    >>> calendar = WorkCalendar(date(2025, 12, 1), date(2026, 12, 31), holidays=new_year)
    >>> calendar.is_working(date(2025, 12, 31)), calendar.is_working(date(2026, 1, 1))
    (True, False)
    """

    first: date
    last: date
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    provisional_after: date | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            message = f"{self.last} is before {self.first}"
            raise EngineError("calendar_empty", message, first=self.first, last=self.last)
        both = sorted(self.holidays & self.makeup)
        if both:
            raise EngineError("calendar_contradicts", f"off and worked at once: {both[0]}", days=tuple(both))

    def is_working(self, day: date) -> bool:
        """Return whether `day` is worked; raises CalendarNotKnown outside the calendar."""
        if not self.first <= day <= self.last:
            raise CalendarNotKnown(day, first=self.first, last=self.last)
        weekday = day.weekday() < _SATURDAY
        if self.is_provisional(day):
            return weekday
        return day in self.makeup or (weekday and day not in self.holidays)

    def is_provisional(self, day: date) -> bool:
        """Return whether `day` lies after the last day that the notice covers."""
        return self.provisional_after is not None and day > self.provisional_after


@dataclass(frozen=True, slots=True)
class Due:
    """The day a clock of working days ends; `provisional` when it judged a day the notice does not cover yet."""

    day: date
    provisional: bool
    start: date
    working_days: int


def add_working_days(start: date, n: int, calendar: WorkCalendar) -> Due:
    """Return the day `n` working days after `start`, which is day 0 and need not be worked itself.

    A negative `n` counts back (T-30); 0 returns `start`.

    Raises:
        CalendarNotKnown: the calendar ends first.

    >>> calendar = WorkCalendar(date(2026, 1, 1), date(2026, 12, 31))
    >>> add_working_days(date(2026, 3, 6), 2, calendar).day
    datetime.date(2026, 3, 10)
    >>> add_working_days(date(2026, 3, 9), -1, calendar).day
    datetime.date(2026, 3, 6)
    """
    step = _DAY if n > 0 else -_DAY
    day, left, provisional = start, abs(n), False
    while left:
        day += step
        left -= calendar.is_working(day)
        provisional = provisional or calendar.is_provisional(day)
    return Due(day, provisional, start, n)


def working_dates(first: date, last: date, calendar: WorkCalendar) -> Iterator[date]:
    """Yield the working days from `first` to `last`, both included; none when `last` is earlier.

    Raises:
        CalendarNotKnown: a day in between lies outside the calendar.
    """
    day = first
    while day <= last:
        if calendar.is_working(day):
            yield day
        day += _DAY


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """Return how many working days `end` lies after `start`, negative when before; undoes `add_working_days`.

    The start is day 0 and is not counted, the end is.

    >>> calendar = WorkCalendar(date(2026, 1, 1), date(2026, 12, 31))
    >>> working_days_between(date(2026, 3, 6), date(2026, 3, 10), calendar)
    2
    """
    if end >= start:
        return sum(1 for _ in working_dates(start + _DAY, end, calendar))
    return -sum(1 for _ in working_dates(end, start - _DAY, calendar))


def working_day_on_or_after(day: date, calendar: WorkCalendar) -> Due:
    """Return `day` if it is worked, else the next working day; raises CalendarNotKnown if there is none."""
    return add_working_days(day - _DAY, 1, calendar)


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The spans of a working day, local wall-clock time, in order and apart.

    Raises:
        EngineError: hours_malformed when there is none, or spans are reversed or overlap.

    >>> WorkHours().length
    datetime.timedelta(seconds=25200)
    """

    spans: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        reversed_span = any(end <= begin for begin, end in self.spans)
        if not edges or reversed_span or edges != sorted(edges):
            raise EngineError("hours_malformed", "working hours must be spans, in order", spans=self.spans)

    @property
    def length(self) -> timedelta:
        """The working time of one day, without its breaks."""
        return sum((_length(*span) for span in self.spans), _NOTHING)


@dataclass(frozen=True, slots=True)
class DueMoment:
    """The moment a clock of working time ends, in the zone asked for; `worked` is the time it measured."""

    moment: datetime
    provisional: bool
    start: datetime
    worked: timedelta


def add_working_time(
    moment: datetime,
    amount: Fraction | Decimal | int | timedelta,
    calendar: WorkCalendar,
    hours: WorkHours,
    tz: tzinfo,
) -> DueMoment:
    """Return the moment by which `amount` of working time has passed.

    Args:
        moment: aware; outside working hours the clock waits for the next span.
        amount: working time, or a number of working days of `hours.length` each (0.5 is half a day);
            negative counts back; 0 returns the moment.
        tz: zone whose wall clock the hours are on.

    Returns:
        An end that falls on the end of a span is that end, not the start of the next one.

    Raises:
        EngineError: moment_naive. CalendarNotKnown: the calendar ends first.
    """
    worked = amount if isinstance(amount, timedelta) else _of_days(Fraction(amount), hours)
    local = _wall_clock(moment, tz)
    left, forward = abs(worked), worked > _NOTHING
    day, now, provisional = local.date(), local, False
    while left:
        spans = _open_spans(day, calendar, hours)
        provisional = provisional or calendar.is_provisional(day)
        for begin, end in spans if forward else reversed(spans):
            begin, end = (max(begin, local), end) if forward else (begin, min(end, local))
            if begin >= end:
                continue
            taken = min(left, end - begin)
            left -= taken
            now = begin + taken if forward else end - taken
            if not left:
                break
        day += _DAY if forward else -_DAY
    return DueMoment(now.replace(tzinfo=tz), provisional, moment, worked)


def working_time_between(
    start: datetime, end: datetime, calendar: WorkCalendar, hours: WorkHours, tz: tzinfo
) -> timedelta:
    """Return the working time from `start` to `end`, negative when `end` is earlier.

    Raises:
        EngineError: moment_naive. CalendarNotKnown: a day in between lies outside the calendar.
    """
    first, last = _wall_clock(start, tz), _wall_clock(end, tz)
    if last < first:
        return -working_time_between(end, start, calendar, hours, tz)
    total, day = _NOTHING, first.date()
    while day <= last.date():
        for begin, close in _open_spans(day, calendar, hours):
            total += max(min(close, last) - max(begin, first), _NOTHING)
        day += _DAY
    return total


def _of_days(days: Fraction, hours: WorkHours) -> timedelta:
    microseconds = days * (hours.length // timedelta(microseconds=1))
    return timedelta(microseconds=round(microseconds))


def _length(begin: time, end: time) -> timedelta:
    return datetime.combine(date.min, end) - datetime.combine(date.min, begin)


def _wall_clock(moment: datetime, tz: tzinfo) -> datetime:
    if moment.tzinfo is None:
        raise EngineError("moment_naive", f"{moment} has no time zone", moment=moment)
    return moment.astimezone(tz).replace(tzinfo=None)


def _open_spans(day: date, calendar: WorkCalendar, hours: WorkHours) -> list[tuple[datetime, datetime]]:
    if not calendar.is_working(day):
        return []
    return [(datetime.combine(day, begin), datetime.combine(day, end)) for begin, end in hours.spans]
