"""The clocks of a task: when it is due by promise and by law, what stops them, and how much of them is gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils import timezone

from zhuchao.apps.core.errors import CalendarNotKnown
from zhuchao.apps.core.selectors.calendar import last_confirmed_day, work_calendar
from zhuchao.engines import workdays
from zhuchao.engines.workdays import WorkCalendar, WorkHours

from ..models import MatterVersion

HOURS: Final = WorkHours()
"""The hours of an approving office."""
CLOSING: Final = HOURS.spans[-1][1]
_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Pause:
    """A span that is not counted: a stop of the clock, or a return for correction. ``end`` None: it still lasts."""

    begin: datetime
    end: datetime | None
    why: str = ""


def known_calendar() -> WorkCalendar | None:
    """Return the working calendar, provisional after the last confirmed year; None where none is loaded."""
    try:
        return work_calendar(provisional=True)
    except CalendarNotKnown:
        return None


def promised_due(
    begin: datetime, working_days: Decimal | None, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return when a promise of working days (0.5: half a working day's hours) that runs from ``begin`` is due.

    0 is the same working day. None without a promise, while the clock stands still, and where no calendar reaches so
    far. What lies after the last confirmed year is provisional, see ``is_provisional``.
    """
    calendar, stops = known_calendar(), list(pauses)
    if working_days is None or calendar is None or any(one.end is None for one in stops):
        return None
    tz = timezone.get_default_timezone()
    try:
        stopped = worked_in(stops, calendar)
        if not working_days:
            due = workdays.add_working_time(begin, timedelta(minutes=1), calendar, HOURS, tz).moment
            day = workdays.add_working_days(due.date(), paused_days(stops, calendar), calendar).day
            return closing_of(day)
        amount = Fraction(working_days) * Fraction(HOURS.length // timedelta(seconds=1))
        return workdays.add_working_time(
            begin, timedelta(seconds=round(amount)) + stopped, calendar, HOURS, tz
        ).moment
    except workdays.CalendarNotKnown:
        return None


def legal_due(begin: datetime, days: int | None, kind: str, pauses: Iterable[Pause] = ()) -> datetime | None:
    """Return the end of the last day of a limit of law; the day of ``begin`` is day 0.

    Working days leave out what stopped the clock in whole working days. Calendar days go on over holidays, and one
    that ends on a day off ends with the next working day. None as in ``promised_due``.
    """
    calendar, stops = known_calendar(), list(pauses)
    if days is None or calendar is None or any(one.end is None for one in stops):
        return None
    start = timezone.localdate(begin, timezone.get_default_timezone())
    try:
        if kind == MatterVersion.DayKind.CALENDAR:
            stopped = sum((_day(one.end) - _day(one.begin)).days for one in stops if one.end is not None)
            last = start + timedelta(days=days + stopped)
            return closing_of(workdays.working_day_on_or_after(last, calendar).day)
        due = workdays.add_working_days(start, days + paused_days(stops, calendar), calendar)
        return closing_of(due.day)
    except workdays.CalendarNotKnown:
        return None


def worked_in(pauses: Iterable[Pause], calendar: WorkCalendar) -> timedelta:
    """Return the working time of pauses that are over."""
    tz = timezone.get_default_timezone()
    return sum(
        (
            workdays.working_time_between(one.begin, one.end, calendar, HOURS, tz)
            for one in pauses
            if one.end is not None
        ),
        _NOTHING,
    )


def paused_days(pauses: Iterable[Pause], calendar: WorkCalendar) -> int:
    """Return the whole working days of pauses that are over: the day of the stop is not counted, that of the end is."""
    return sum(
        workdays.working_days_between(_day(one.begin), _day(one.end), calendar)
        for one in pauses
        if one.end is not None
    )


def worked_between(start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta | None:
    """Return the working time from ``start`` to ``end`` without the pauses; None where no calendar reaches."""
    calendar = known_calendar()
    if calendar is None:
        return None
    tz = timezone.get_default_timezone()
    try:
        whole = workdays.working_time_between(start, end, calendar, HOURS, tz)
        within = [
            Pause(max(one.begin, start), min(one.end or end, end))
            for one in pauses
            if one.begin < end and (one.end is None or one.end > start)
        ]
        return whole - worked_in(within, calendar)
    except workdays.CalendarNotKnown:
        return None


def is_provisional(moment: datetime | None) -> bool:
    """Return whether a moment lies after the last day whose holidays are published."""
    last = last_confirmed_day()
    return moment is not None and last is not None and _day(moment) > last


def as_working_days(worked: timedelta) -> Decimal:
    """Return working time as working days, to a tenth."""
    return (Decimal(worked // timedelta(seconds=1)) / (HOURS.length // timedelta(seconds=1))).quantize(
        Decimal("0.1")
    )


def closing_of(day: date) -> datetime:
    """Return the moment at which the office closes on a day."""
    return _at(day, CLOSING)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, timezone.get_default_timezone())


def _day(moment: datetime) -> date:
    return timezone.localdate(moment, timezone.get_default_timezone())
