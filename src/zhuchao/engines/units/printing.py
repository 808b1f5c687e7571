"""Numbers as pages and reports show them.

`plain=True` is for machines: a hyphen as minus and no thousands separators.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from zhuchao.engines.units.catalogue import currency_unit, unit_named
from zhuchao.engines.units.numbers import round_half_up

MISSING = "—"

Amount = Decimal | Fraction | int

MoneyCustom = Literal["auto", "元", "万元", "亿元"]
AreaCustom = Literal["㎡", "万㎡", "亩", "公顷"]


def show_number(value: Amount | None, places: int = 0, *, plain: bool = False) -> str:
    """Return a number to `places` decimals with thousands separators, "—" when missing.

    >>> show_number(Decimal("-14816.5")), show_number(None)
    ('−14,817', '—')
    """
    if value is None:
        return MISSING
    rounded = round_half_up(value, places)
    return f"{rounded:f}" if plain else f"{rounded:,f}".replace("-", "−")


def show_money(
    amount: Amount | None,
    custom: MoneyCustom = "auto",
    *,
    currency: str = "CNY",
    plain: bool = False,
) -> str:
    """Return an amount in 元, 万元 or 亿元 to two decimals; "auto" takes 亿 from 1 亿 up, 万 from 1 万 up.

    Args:
        amount: in 元, or in whole units of `currency`.
        custom: how large the unit is; with another currency 万元 stands for 万美元 and so on.
        currency: ISO 4217 code; raises EngineError unit_unknown for another.

    >>> show_money(Decimal("148160000"), "万元"), show_money(710_000_000, currency="USD")
    ('14,816.00 万元', '7.10 亿美元')
    """
    if amount is None:
        return MISSING
    size = abs(Fraction(amount))
    if custom == "auto":
        scale = "亿" if size >= 10**8 else "万" if size >= 10**4 else ""
    else:
        scale = custom.removesuffix("元")
    unit = unit_named(scale + currency_unit(currency).name)
    return f"{show_number(Fraction(amount) / unit.factor, 2, plain=plain)} {unit.name}"


def show_area(area_m2: Amount | None, custom: AreaCustom = "㎡", *, plain: bool = False) -> str:
    """Return an area: ㎡ without decimals from 100 up and with two below, other units with two.

    >>> show_area(Decimal("14816.40")), show_area(Decimal("66666.67"), "亩")
    ('14,816 ㎡', '100.00 亩')
    """
    if area_m2 is None:
        return MISSING
    unit = unit_named(custom)
    places = 0 if custom == "㎡" and abs(Fraction(area_m2)) >= 100 else 2
    return f"{show_number(Fraction(area_m2) / unit.factor, places, plain=plain)} {unit.name}"


def show_percent(ratio: Amount | None, places: int = 1, *, plain: bool = False) -> str:
    """Return a ratio as a percentage.

    >>> show_percent(Decimal("1.22")), show_percent(Decimal("-0.051"))
    ('122.0%', '−5.1%')
    """
    if ratio is None:
        return MISSING
    return show_number(Fraction(ratio) * 100, places, plain=plain) + "%"


def show_points(points: Amount | None, places: int = 1, *, plain: bool = False) -> str:
    """Return a difference of rates in percentage points, always with its sign unless it is zero.

    >>> show_points(Decimal("20")), show_points(Decimal("-3.25"))
    ('+20.0 个百分点', '−3.3 个百分点')
    """
    if points is None:
        return MISSING
    sign = "+" if round_half_up(points, places) > 0 else ""
    return f"{sign}{show_number(points, places, plain=plain)} 个百分点"


def show_count(count: Decimal | int | None, unit: str = "个", *, plain: bool = False) -> str:
    """Return a whole number with its counting word; part of one is shown as it is.

    >>> show_count(1300, "家")
    '1,300 家'
    """
    if count is None:
        return MISSING
    places = max(0, -int(Decimal(count).normalize().as_tuple().exponent))
    return f"{show_number(count, places, plain=plain)} {unit}"
