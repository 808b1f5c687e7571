"""The working calendar as the engines take it."""

from datetime import date
from functools import lru_cache

from django.db.models import Count, Max, Min

from zhuchao.engines import workdays

from ..errors import CalendarNotKnown
from ..models import CalendarDay, CalendarYear

# How far beyond the last confirmed year a provisional answer is given.
PROVISIONAL_YEARS = 10


def last_confirmed_day() -> date | None:
    """Return the last day whose holidays are published and loaded, or None before any is."""
    year = CalendarYear.objects.aggregate(last=Max("year"))["last"]
    return date(year, 12, 31) if year else None


def work_calendar(*, provisional: bool = False) -> workdays.WorkCalendar:
    """Return the working calendar; one query when it is known already.

    It ends with the last confirmed year, so that a later day is refused. With ``provisional`` it goes on by
    weekends only, and answers beyond the confirmed years are marked as provisional.

    Raises CalendarNotKnown when none is loaded.
    """
    known = CalendarYear.objects.aggregate(
        first=Min("year"), last=Max("year"), years=Count("year"), loaded=Max("loaded_at")
    )
    if not known["years"]:
        raise CalendarNotKnown(last="—", day="—")
    return _calendar(known["first"], known["last"], str(known["loaded"]), provisional)


@lru_cache(maxsize=4)
def _calendar(first: int, last: int, loaded: str, provisional: bool) -> workdays.WorkCalendar:
    days = dict(CalendarDay.objects.values_list("day", "is_working"))
    return workdays.WorkCalendar(
        first=date(first, 1, 1),
        last=date(last + PROVISIONAL_YEARS if provisional else last, 12, 31),
        holidays=frozenset(day for day, works in days.items() if not works),
        makeup=frozenset(day for day, works in days.items() if works),
        provisional_after=date(last, 12, 31) if provisional else None,
    )
