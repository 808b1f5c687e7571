"""A month of promotion: what happened each day, which days saw a signing, and months without one.

A signing is a lead that came to be signed, and whatever a higher app registers with ``register_signings``: a project
that was signed without ever having been a lead.
"""

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Min

from ..models import Activity, Lead, LeadStage, Viewing
from .activities import Actor, visible_activities
from .leads import visible_leads
from .viewings import visible_viewings

FLAG_DAY = 25
"""From this day a month without a signing is brought before leader and office (月月有签约)."""


@dataclass(frozen=True)
class Signing:
    """A signing that another app keeps: its day, what it is called, and where it opens."""

    on: date
    name: str
    url: str


SigningSource = Callable[[Actor, Sequence[int], date, date], Sequence[Signing]]
"""Takes who asks (None for all that there is), zones and a period. What was a signed lead already is not among it."""

_sources: list[SigningSource] = []


def register_signings(source: SigningSource) -> None:
    """Add a source of signings that were no leads; the same one twice counts once."""
    if source not in _sources:
        _sources.append(source)


def other_signings(actor: Actor, zone_ids: Sequence[int], start: date, end: date) -> list[Signing]:
    """Return the signings from ``start`` to ``end`` that were no leads, in the order of registering."""
    return [found for source in _sources for found in source(actor, zone_ids, start, end)]


@dataclass
class Day:
    """A day of the calendar: what happened, what is booked, and what was signed."""

    day: date
    in_month: bool
    activities: list[Activity] = field(default_factory=list)
    viewings: list[Viewing] = field(default_factory=list)
    signings: list[Lead] = field(default_factory=list)
    other_signings: list[Signing] = field(default_factory=list)

    @property
    def is_signed(self) -> bool:
        return bool(self.signings or self.other_signings)


@dataclass(frozen=True)
class MonthCount:
    """How many leads and projects were signed in a month; ``is_flagged`` where none was and it is time to say so."""

    first: date
    signings: int
    is_flagged: bool


def signing_days(zone_ids: Sequence[int], start: date, end: date) -> dict[int, date]:
    """Return {lead id: day} of the leads that came to be signed from ``start`` to ``end``; one query.

    A lead counts on the first day it stood as signed, so a later entry for another amount is no second signing.
    """
    signed = LeadStage.objects.live().filter(zone_id__in=zone_ids, stage=Lead.Stage.SIGNED)
    first = signed.order_by().values("lead_id").annotate(first=Min("happened_on"))
    return dict(first.filter(first__range=(start, end)).values_list("lead_id", "first"))


def month_is_without_signing(zone_ids: Sequence[int], on: date) -> bool:
    """Return whether it is the 25th or later and nothing was signed in the month of ``on`` so far."""
    first = on.replace(day=1)
    return (
        on.day >= FLAG_DAY
        and not signing_days(zone_ids, first, on)
        and not other_signings(None, zone_ids, first, on)
    )


def months_of_signings(zone_ids: Sequence[int], on: date, months: int = 12) -> list[MonthCount]:
    """Return the last ``months`` months up to that of ``on`` with their signings, the oldest first; one query and one a source."""
    firsts = [_months_back(on, back) for back in range(months - 1, -1, -1)]
    signed = [*signing_days(zone_ids, firsts[0], on).values()]
    signed += [one.on for one in other_signings(None, zone_ids, firsts[0], on)]
    found = [day.replace(day=1) for day in signed]
    counts = [(first, found.count(first)) for first in firsts]
    return [
        MonthCount(first, count, not count and (first < on.replace(day=1) or on.day >= FLAG_DAY))
        for first, count in counts
    ]


def month_of(actor: Actor, zone_ids: Sequence[int], first: date) -> list[list[Day]]:
    """Return the weeks of a month, Monday first, each day with what this person may see; seven queries at most."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    days = {day: Day(day, day.month == first.month) for week in weeks for day in week}
    start, end = weeks[0][0], weeks[-1][-1]
    held = (
        visible_activities(actor)
        .live()
        .filter(zone_id__in=zone_ids, happened_on__lte=end, ended_on__gte=start)
    )
    for activity in held.order_by("happened_on", "pk"):
        day = max(activity.happened_on, start)
        while day <= min(activity.ended_on, end):
            days[day].activities.append(activity)
            day += timedelta(days=1)
    booked = visible_viewings(actor).filter(zone_id__in=zone_ids, on__range=(start, end))
    for viewing in booked.exclude(outcome=Viewing.Outcome.CANCELLED).order_by("on", "starts_at", "pk"):
        days[viewing.on].viewings.append(viewing)
    signed = signing_days(zone_ids, start, end)
    for lead in visible_leads(actor).filter(pk__in=signed).order_by("name", "pk"):
        days[signed[lead.pk]].signings.append(lead)
    for one in other_signings(actor, zone_ids, start, end):
        days[one.on].other_signings.append(one)
    return [[days[day] for day in week] for week in weeks]


def _months_back(on: date, back: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 - back, 12)
    return date(year, month + 1, 1)
