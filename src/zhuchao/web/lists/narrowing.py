"""How the usual filters narrow the rows, made from the name of a field.

>>> Filter("found", _("获得日期"), by_date_range("found_on"), kind="date_range")
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from zhuchao.engines.units import to_base, unit_named

Narrowing = Callable[[QuerySet[Any], str], QuerySet[Any]]

# No moment that is kept lies outside; the ends of the calendar itself have no moment in another time zone.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def by_value(field: str) -> Narrowing:
    """Keep the rows whose field equals the chosen value; ``-`` is the choice for "not said"."""

    def apply(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        if text == "-":
            return rows.filter(**{f"{field}__isnull": True})
        return rows.filter(**{field: text})

    return apply


def by_flag(field: str) -> Narrowing:
    """Keep the rows whose yes-or-no field is as chosen; the choices are ``1`` and ``0``."""

    def apply(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(**{field: text == "1"})

    return apply


def by_text(field: str) -> Narrowing:
    """Keep the rows whose field contains the text: for short lists only, it reads every row."""

    def apply(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(**{f"{field}__icontains": text})

    return apply


def by_date_range(field: str) -> Narrowing:
    """Keep the rows whose day lies in ``low..high``, both ends included."""

    def apply(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        low, high = ends(text)
        if low:
            rows = rows.filter(**{f"{field}__gte": date.fromisoformat(low)})
        if high:
            rows = rows.filter(**{f"{field}__lte": date.fromisoformat(high)})
        return rows

    return apply


def by_moment_range(field: str) -> Narrowing:
    """Keep the rows whose moment lies in the days ``low..high`` of the office's time zone, both ends included."""

    def start(text: str, later: int = 0) -> datetime:
        day = min(max(date.fromisoformat(text), FIRST_DAY), LAST_DAY) + timedelta(days=later)
        return datetime.combine(day, time.min, timezone.get_default_timezone())

    def apply(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        low, high = ends(text)
        if low:
            rows = rows.filter(**{f"{field}__gte": start(low)})
        if high:
            rows = rows.filter(**{f"{field}__lt": start(high, later=1)})
        return rows

    return apply


def by_number_range(field: str, unit: str = "") -> Narrowing:
    """Keep the rows whose number lies in ``low..high``; with a unit (万元, 亩) the field holds its base unit."""

    def base(text: str) -> Decimal:
        return to_base(Decimal(text), unit_named(unit)) if unit else Decimal(text)

    def apply(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        low, high = ends(text)
        if low:
            rows = rows.filter(**{f"{field}__gte": base(low)})
        if high:
            rows = rows.filter(**{f"{field}__lte": base(high)})
        return rows

    return apply


def ends(text: str) -> tuple[str, str]:
    """Return the two ends of a range as it stands in the address; a single value is both."""
    low, dots, high = text.partition("..")
    return (low.strip(), high.strip()) if dots else (low.strip(), low.strip())
