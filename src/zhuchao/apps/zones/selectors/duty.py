"""Who is on duty on which day, and on which day nobody is."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import CalendarDay

from ..models import DutyShift, User, Zone
from .assignments import assignments_of, load_of, shares_of, squads_of
from .people import last_days_in, officers_of
from .permissions import Thing, in_zones

__all__ = [
    "DutyDay",
    "assignments_of",
    "gaps",
    "get_shift",
    "load_of",
    "month_of",
    "officers_of",
    "on_duty",
    "rest_days",
    "shares_of",
    "squads_of",
    "standing_shifts",
    "visible_shifts",
]


@dataclass(frozen=True)
class DutyDay:
    """One day of the roster: who stands it, whether it is a day of rest and by what name, whether nobody stands it."""

    day: date
    in_month: bool
    shifts: Sequence[DutyShift]
    is_rest: bool
    rest_name: str
    is_gap: bool


def visible_shifts(actor: User | AnonymousUser | None) -> QuerySet[DutyShift]:
    """Return the shifts this person may see."""
    return in_zones(DutyShift.objects.select_related("officer"), actor, Thing.DUTY)


def get_shift(actor: User | AnonymousUser | None, pk: int) -> DutyShift:
    """Return a shift; raises NotFound when it is hidden or missing."""
    shift = visible_shifts(actor).select_related("zone", "officer").filter(pk=pk).first()
    if shift is None:
        raise NotFound(what=_("该值班安排"))
    return shift


def standing_shifts(zone: Zone, since: date, until: date) -> list[DutyShift]:
    """Return the shifts from one day to another whose officer can stand them, in two queries.

    A shift of somebody who is no longer active, or whose roles in the zone ended before that day, is nobody's.
    """
    shifts = list(
        DutyShift.objects.filter(zone=zone, day__range=(since, until), officer__is_active=True)
        .select_related("officer")
        .order_by("day", "pk")
    )
    last_days = last_days_in(zone, {shift.officer_id for shift in shifts})
    return [shift for shift in shifts if last_days.get(shift.officer_id, date.min) >= shift.day]


def gaps(zone: Zone, since: date, until: date) -> list[date]:
    """Return the days from ``since`` to ``until``, both included, on which nobody is on duty."""
    covered = {shift.day for shift in standing_shifts(zone, since, until)}
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return [day for day in days if day not in covered]


def on_duty(zone: Zone, day: date) -> list[User]:
    """Return the officers on duty on a day."""
    return [shift.officer for shift in standing_shifts(zone, day, day)]


def rest_days(since: date, until: date) -> dict[date, str]:
    """Return the days of rest from one day to another with the holiday's name, empty for a plain weekend.

    Where the calendar says nothing, Saturday and Sunday are days of rest.
    """
    known = {row.day: row for row in CalendarDay.objects.filter(day__range=(since, until))}
    found: dict[date, str] = {}
    for n in range((until - since).days + 1):
        day = since + timedelta(days=n)
        row = known.get(day)
        if row is not None and not row.is_working:
            found[day] = row.name
        elif row is None and day.weekday() >= 5:
            found[day] = ""
    return found


def month_of(zone: Zone, year: int, month: int) -> list[list[DutyDay]]:
    """Return a month of the roster as weeks of seven days, Monday first."""
    weeks = Calendar().monthdatescalendar(year, month)
    first, last = weeks[0][0], weeks[-1][-1]
    rest = rest_days(first, last)
    by_day: dict[date, list[DutyShift]] = {}
    for shift in standing_shifts(zone, first, last):
        by_day.setdefault(shift.day, []).append(shift)
    return [
        [
            DutyDay(
                day,
                in_month=day.month == month,
                shifts=by_day.get(day, ()),
                is_rest=day in rest,
                rest_name=rest.get(day, ""),
                is_gap=day not in by_day,
            )
            for day in week
        ]
        for week in weeks
    ]
