"""One value of a list: as text on the page, and as a typed value in a file."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import unit_word
from zhuchao.engines.units import MISSING, from_base, unit_named

from .. import printing
from .page import Column, Kind, Text

NUMERIC = frozenset({Kind.NUMBER, Kind.MONEY, Kind.AREA, Kind.PERCENT})
COLOUR = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True)
class Cell:
    """One value as the page shows it."""

    text: str
    url: str = ""
    colour: str = ""  # of a state
    title: str = ""  # the exact moment behind a relative one
    negative: bool = False

    @property
    def is_missing(self) -> bool:
        return self.text == MISSING


def cell_of(column: Column, row: Any, zone: Any) -> Cell:
    """Return the value of a column in a row as the page shows it."""
    value = column.value(row)
    said, colour = shown(column, value, zone)
    text = str(said)  # once: a lazy text is translated anew each time it is looked at
    url = column.link(row) if column.link is not None and text != MISSING else None
    amount = printing.number(value) if column.kind in NUMERIC else None
    return Cell(
        text=text,
        url=url or "",
        colour=colour,
        title=printing.exact_moment(value) if column.kind == Kind.MOMENT and value else "",
        negative=amount is not None and amount < 0,
    )


def shown(column: Column, value: Any, zone: Any) -> tuple[Text, str]:
    """Return a value's text and, for a state, its colour."""
    if column.kind == Kind.STATE and isinstance(value, (tuple, list)):
        colour = str(value[2]) if len(value) > 2 and value[2] else "secondary"
        return (value[1] or MISSING), (colour if COLOUR.fullmatch(colour) else "secondary")
    if value is None or value == "":
        return MISSING, ""
    match column.kind:
        case Kind.NUMBER:
            return printing.plain_number(value), ""
        case Kind.MONEY:
            return printing.money_number(value, zone), ""
        case Kind.AREA:
            return printing.area_number(value), ""
        case Kind.PERCENT:
            return printing.percent(value), ""
        case Kind.DATE:
            return printing.day(value), ""
        case Kind.MOMENT:
            return printing.moment(value), ""
        case Kind.BOOL:
            return (_("是") if value else _("否")), ""
        case Kind.STATE:
            return value, "secondary"
    return (value if isinstance(value, str) else str(value)), ""


def unit_of(column: Column, zone: Any) -> Text:
    """Return the unit that stands in a column's header."""
    if column.unit:
        return unit_word(column.unit)
    if column.kind == Kind.MONEY:
        return unit_word(printing.money_unit(zone))
    return "㎡" if column.kind == Kind.AREA else ""


def exported(column: Column, row: Any, zone: Any) -> Any:
    """Return the value of a column in a row as a file holds it: numbers as numbers, days as days."""
    value = column.value(row)
    if column.kind == Kind.STATE:
        return str(value[1]) if isinstance(value, (tuple, list)) else str(value or "")
    if value is None or value == "":
        return None
    match column.kind:
        case Kind.NUMBER | Kind.PERCENT | Kind.AREA:
            return printing.number(value)
        case Kind.MONEY:
            return in_money_unit(value, zone)
        case Kind.DATE:
            return value
        case Kind.MOMENT:
            aware = isinstance(value, datetime) and timezone.is_aware(value)
            return timezone.localtime(value).replace(tzinfo=None) if aware else value
        case Kind.BOOL:
            return _("是") if value else _("否")
    return str(value)


def in_money_unit(value: Any, zone: Any) -> Decimal | None:
    """Return an amount in yuan as a number of the zone's custom unit."""
    amount = printing.number(value)
    return None if amount is None else from_base(Fraction(amount), unit_named(printing.money_unit(zone)))
