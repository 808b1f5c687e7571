"""Values as the pages show them: one form for each kind, "—" for what is missing."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import said_money
from zhuchao.engines.units import (
    MISSING,
    from_base,
    show_area,
    show_number,
    show_percent,
    show_points,
    unit_named,
)

DAY = timedelta(days=1)


def number(value: Any) -> Decimal | None:
    """Return a value as an exact number, None for what is missing or none."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    if isinstance(value, Fraction):
        return from_base(value, unit_named("个"))
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def money_unit(zone: Any) -> str:
    """Return the unit a zone writes amounts in, 万元 where there is no zone."""
    return getattr(zone, "money_unit", "") or "万元"


def money(amount: Any, zone: Any = None) -> str:
    """Return an amount in yuan in the zone's custom unit, with the unit: ``12.50 万元``; in English in millions."""
    unit = zone if isinstance(zone, str) and zone else money_unit(zone)
    return said_money(number(amount), unit)


def money_number(amount: Any, zone: Any = None) -> str:
    """Return an amount in yuan in the zone's custom unit, without the unit, for a column that names it."""
    found = number(amount)
    return MISSING if found is None else show_number(Fraction(found) / unit_named(money_unit(zone)).factor, 2)


def area(value: Any, unit: str = "㎡") -> str:
    """Return an area in m² with its unit: ㎡ without decimals above 100, 亩 with two."""
    return show_area(number(value), unit)  # type: ignore[arg-type]


def area_number(value: Any) -> str:
    """Return an area in m² without the unit, for a column that names it."""
    return area(value).removesuffix(" ㎡")


def percent(ratio: Any) -> str:
    """Return a ratio as a percentage with one decimal."""
    return show_percent(number(ratio))


def points(value: Any) -> str:
    """Return a difference of rates in percentage points, with its sign."""
    found = number(value)
    if found is None:
        return MISSING
    text = show_points(found).removesuffix(" 个百分点")
    return _("%(points)s 个百分点") % {"points": text}


def plain_number(value: Any) -> str:
    """Return a number with thousands separators and at most two of the decimals it has."""
    found = number(value)
    if found is None:
        return MISSING
    exponent = found.normalize().as_tuple().exponent
    return show_number(found, min(2, max(0, -exponent)) if isinstance(exponent, int) else 0)


def day(value: Any) -> str:
    """Return a day as 2026-06-15; a moment gives its day in the office's time zone."""
    if isinstance(value, datetime):
        value = timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value.isoformat() if isinstance(value, date) else (str(value) if value else MISSING)


def exact_moment(value: Any) -> str:
    """Return a moment to the minute in the office's time zone: 2026-06-15 14:32."""
    if not isinstance(value, datetime):
        return day(value)
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"


def moment(value: Any, now: datetime | None = None) -> str:
    """Return a moment as people say it: relative under a day, else its day."""
    if not isinstance(value, datetime) or timezone.is_naive(value):
        return day(value)
    past = (now or timezone.now()) - value
    minutes = int(abs(past) // timedelta(minutes=1))
    if abs(past) >= DAY:
        return day(value)
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        before = ngettext("%(n)d 分钟前", "%(n)d 分钟前", minutes)
        after = ngettext("%(n)d 分钟后", "%(n)d 分钟后", minutes)
        return (before if past > timedelta(0) else after) % {"n": minutes}
    hours = minutes // 60
    before = ngettext("%(n)d 小时前", "%(n)d 小时前", hours)
    after = ngettext("%(n)d 小时后", "%(n)d 小时后", hours)
    return (before if past > timedelta(0) else after) % {"n": hours}
