"""What a record's timeline shows: one item an entry."""

from dataclasses import dataclass
from datetime import date, datetime

from .lists.page import Text


@dataclass(frozen=True)
class Item:
    """One entry as the timeline shows it.

    ``moment`` is when it was recorded, ``happened_on`` the day it happened. A replaced or voided one is shown
    struck through, with the way to what replaced it.
    """

    moment: datetime | None
    happened_on: date | None
    who: Text
    what: Text
    detail: Text = ""
    evidence_url: str = ""
    replaced_by_url: str = ""
    is_void: bool = False
    reason: Text = ""
    correct_url: str = ""
    void_url: str = ""
