"""What a record's timeline shows: one item an entry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import remarks

from .attachments import evidence_url
from .lists.page import Text


@dataclass(frozen=True)
class Item:
    """One entry as the timeline shows it.

    ``moment`` is when it was recorded, ``happened_on`` the day it happened. A replaced or voided one is shown
    struck through, with the way to what replaced it. ``line`` says what it is about, ``url`` where it is seen.
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
    line: Text = ""
    url: str = ""


def entry_item(
    entry: Any,
    *,
    what: Text,
    detail: Text = "",
    here: str,
    evidence: str = "",
    correct_url: str = "",
    void_url: str = "",
) -> Item:
    """Return an entry as the timeline shows it; ``entry`` was read with ``recorded_by`` and ``replaced_by``.

    ``here`` is where what replaced it is shown, ``evidence`` the name of the address its file opens at.
    """
    successor = getattr(entry, "replaced_by", None)
    is_void = successor is not None and successor.is_void
    why_void = successor.reason if successor is not None and is_void else ""
    return Item(
        moment=entry.recorded_at,
        happened_on=entry.happened_on,
        who=str(entry.recorded_by or _("系统")),
        what=what,
        detail=remarks((detail, entry.evidence_note)),
        evidence_url=evidence_url(entry, evidence) if evidence else "",
        replaced_by_url=here if successor is not None and not is_void else "",
        is_void=is_void,
        reason=remarks((entry.reason, why_void)),
        correct_url=correct_url,
        void_url=void_url,
    )
