"""A card of 今日: one thing to see to, and how soon."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# As many cards of one kind as a person can take in; the rest is one click away as a list.
MOST_OF_A_KIND = 15


class Urgency(StrEnum):
    """How soon: the groups of the page, in its order."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    WAITING = "waiting"


@dataclass(frozen=True)
class Card:
    """One thing to see to. ``key`` is stable, so that it can be put off."""

    key: str
    urgency: Urgency
    title: str
    why: str
    url: str
    verb: str
    day: date | None = None
    kind: str = ""
    light: str = "none"


def urgency_of(day: date, on: date) -> Urgency:
    """Return the group of what is due on a day."""
    if day < on:
        return Urgency.OVERDUE
    return Urgency.TODAY if day == on else Urgency.WEEK


def when_due(day: date, on: date) -> str:
    """Say how late something is on a day, or when it is due."""
    days = (on - day).days
    if days > 0:
        return ngettext("已逾期 %(days)d 天", "已逾期 %(days)d 天", days) % {"days": days}
    return _("今天到期") if days == 0 else _("%(day)s 到期") % {"day": f"{day:%m-%d}"}
