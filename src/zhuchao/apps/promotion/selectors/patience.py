"""How long a lead may lie still and how the public pool is shared out: the dated figures, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from zhuchao.apps.core.errors import CalendarNotKnown
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.engines.workdays import WorkCalendar, add_working_days

from ..models import Lead

S = Lead.Stage


@dataclass(frozen=True)
class Patience:
    """After how many working days without contact a lead is brought before whom; None: never."""

    owner: int
    head: int
    pool: int | None


@dataclass(frozen=True)
class PatienceRules:
    """The patience with each stage from ``since`` on. A stage that is not written does not grow dormant."""

    since: date
    by_stage: Mapping[str, Patience]


@dataclass(frozen=True)
class PoolRules:
    """How the public pool and the leads between parks are shared out from ``since`` on.

    A person may hold ``most_held`` open leads taken from the pool at once, and takes one they gave up or let lapse
    again only ``cooling_working_days`` working days later. ``grace_working_days``: how long a lead must have been
    kept here before it can lapse, so that a ledger of old leads does not lapse on the day it is imported. A park
    answers an offered lead within ``referral_working_days``; a person asks other parks ``checks_a_day`` times.
    """

    since: date
    most_held: int
    cooling_working_days: int
    grace_working_days: int
    referral_working_days: int
    checks_a_day: int


PATIENCE: Sequence[PatienceRules] = (
    PatienceRules(
        date(2020, 1, 1),
        {
            S.FOUND: Patience(owner=5, head=10, pool=20),
            S.TALKING: Patience(owner=10, head=15, pool=30),
            S.AGREEING: Patience(owner=10, head=15, pool=None),
            S.PAUSED: Patience(owner=40, head=60, pool=120),
        },
    ),
)
POOL: Sequence[PoolRules] = (
    PoolRules(
        date(2020, 1, 1),
        most_held=10,
        cooling_working_days=10,
        grace_working_days=10,
        referral_working_days=5,
        checks_a_day=20,
    ),
)


class Dated(Protocol):
    """Rules that hold from a day on."""

    @property
    def since(self) -> date: ...


R = TypeVar("R", bound=Dated)


def in_force(rules: Sequence[R], on: date) -> R:
    """Return the rules in force on a day; before the first of them, the first."""
    return next((rule for rule in reversed(rules) if rule.since <= on), rules[0])


def calendar_for(on: date) -> WorkCalendar:
    """Return the working calendar; weekends only where none is loaded, so that a new house can work at once."""
    try:
        return work_calendar(provisional=True)
    except CalendarNotKnown:
        return WorkCalendar(date(2000, 1, 1), date(on.year + 1, 12, 31))


def working_day_after(day: date, working_days: int) -> date:
    """Return the day that many working days after ``day``, which is day 0."""
    return add_working_days(day, working_days, calendar_for(day)).day
