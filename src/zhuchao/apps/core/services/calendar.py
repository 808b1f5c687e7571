"""Load the working calendar, and count working days over it."""

from datetime import date

import chinese_calendar
from django.db import transaction

from zhuchao.engines import workdays
from zhuchao.engines.workdays import Due

from ..errors import CalendarNotKnown
from ..models import CalendarDay, CalendarYear
from ..selectors.calendar import last_confirmed_day, work_calendar
from .changes import record_change

__all__ = [
    "last_confirmed_day",
    "load_calendar",
    "work_calendar",
    "working_days_after",
    "working_days_between",
]

_SATURDAY = 5


@transaction.atomic
def load_calendar() -> int:
    """Load holidays and make-up days of every year the installed tables confirm; return the last such year.

    Safe to repeat: a second run with the same tables changes nothing.
    """
    notice = f"国务院办公厅节假日安排通知（chinesecalendar {chinese_calendar.__version__}）"
    days = _days_that_differ()
    years = sorted({day.year for day in chinese_calendar.holidays})
    there = dict(CalendarDay.objects.values_list("day", "is_working"))
    same_years = set(CalendarYear.objects.values_list("year", flat=True)) == set(years)
    if same_years and there == {day: works for day, (works, _) in days.items()}:
        return years[-1]
    CalendarDay.objects.filter(day__year__in=years).delete()
    CalendarYear.objects.filter(year__in=years).delete()
    CalendarYear.objects.bulk_create([CalendarYear(year=year, source=notice) for year in years])
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=day, is_working=works, name=name) for day, (works, name) in days.items()]
    )
    record_change(
        actor=None,
        verb="load_calendar",
        rows=[],
        scope=0,
        thing=CalendarYear._meta.label_lower,
        years=[years[0], years[-1]],
        source=notice,
    )
    return years[-1]


def working_days_after(start: date, n: int, *, provisional: bool = False) -> Due:
    """Return the day ``n`` working days after ``start``, which is day 0.

    Raises CalendarNotKnown beyond the last confirmed year, unless a ``provisional`` answer will do.
    """
    calendar = work_calendar(provisional=provisional)
    try:
        return workdays.add_working_days(start, n, calendar)
    except workdays.CalendarNotKnown as error:
        raise _not_known(error) from error


def working_days_between(start: date, end: date, *, provisional: bool = False) -> int:
    """Return how many working days ``end`` lies after ``start``; raises CalendarNotKnown as above."""
    calendar = work_calendar(provisional=provisional)
    try:
        return workdays.working_days_between(start, end, calendar)
    except workdays.CalendarNotKnown as error:
        raise _not_known(error) from error


def _not_known(error: workdays.CalendarNotKnown) -> CalendarNotKnown:
    return CalendarNotKnown(last=error.data["last"], day=error.data["day"])


def _days_that_differ() -> dict[date, tuple[bool, str]]:
    """Return {day: (worked, name)} for weekdays off and weekend days worked."""
    off = {
        day: (False, _chinese(name))
        for day, name in chinese_calendar.holidays.items()
        if day.weekday() < _SATURDAY
    }
    worked = {
        day: (True, _chinese(name))
        for day, name in chinese_calendar.workdays.items()
        if day.weekday() >= _SATURDAY
    }
    return off | worked


def _chinese(name: str) -> str:
    return next((holiday.chinese for holiday in chinese_calendar.Holiday if holiday.value == name), name)
