"""A number with its unit: exact, converted by declared rounding, read out of a cell."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from zhuchao.engines import EngineError
from zhuchao.engines.units.catalogue import (
    Dimension,
    Unit,
    currency_of_sign,
    currency_unit,
    find_unit,
    plain_unit,
    unit_named,
)
from zhuchao.engines.units.numbers import (
    Qualifier,
    exact_decimal,
    malformed,
    numeral,
    round_half_up,
    signed,
    take_body,
    take_sign,
)

BASE_PLACES = {Dimension.MONEY: 2, Dimension.AREA: 2}
"""Decimals that a base value keeps, halves up: money 0.01, area 0.01 ㎡; other dimensions are kept exact."""

_ENDLESS_PLACES = 12
_ORDER = "十百千万亿"
_NUMERIC = re.compile(r"[0-9.,零一二三四五六七八九十点]")
_SIGN_BEFORE = re.compile(
    r"(人民币|RMB|US\$|HK\$|NT\$|[¥$€£]|[A-Z]{3}) *(?=[0-9.(+\-零一二三四五六七八九十])"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact value in a unit, as it was written."""

    value: Decimal
    unit: Unit
    qualifier: Qualifier = Qualifier.EXACT

    @property
    def exact(self) -> Fraction:
        """The value in the base unit, exactly."""
        return to_base_exact(self.value, self.unit)

    @property
    def base(self) -> Decimal:
        """The value in the base unit, rounded as `BASE_PLACES` declares."""
        return to_base(self.value, self.unit)


def to_base_exact(value: Decimal | Fraction, unit: Unit) -> Fraction:
    """Return `value` of `unit` in the base unit, exactly."""
    return Fraction(value) * unit.factor


def to_base(value: Decimal | Fraction, unit: Unit) -> Decimal:
    """Return `value` of `unit` in the base unit; money and area to two decimals, halves up.

    >>> to_base(Decimal("16.2"), unit_named("亿元")), to_base(Decimal("100"), unit_named("亩"))
    (Decimal('1620000000.00'), Decimal('66666.67'))
    """
    return _decimal(to_base_exact(value, unit), BASE_PLACES.get(unit.dimension))


def from_base_exact(base: Decimal | Fraction, unit: Unit) -> Fraction:
    """Return a base value in `unit`, exactly."""
    return Fraction(base) / unit.factor


def from_base(base: Decimal | Fraction, unit: Unit, places: int | None = None) -> Decimal:
    """Return a base value in `unit`, to `places` decimals (halves up), or exactly when None.

    A value whose digits never end (one month in years) is rounded to 12 places.

    >>> from_base(Decimal("348620000"), unit_named("亿元"))
    Decimal('3.4862')
    >>> from_base(Decimal("66666.67"), unit_named("亩"), places=2)
    Decimal('100.00')
    """
    return _decimal(from_base_exact(base, unit), places)


def _decimal(value: Fraction, places: int | None) -> Decimal:
    if places is not None:
        return round_half_up(value, places)
    exact = exact_decimal(value)
    return round_half_up(value, _ENDLESS_PLACES) if exact is None else exact


def parse_quantity(text: str, default: Unit | None) -> Quantity:
    """Read a number with its unit; a bare number takes `default`, and "1.2亿" under 万元 is 1.2 亿元.

    Args:
        text: a cell or phrase: 1.2亿元, 1亿2000万元, 6500平方米, 100亩, 5.1%, 20个百分点, 300余家, $7.1亿.
        default: unit of the column, or None when the text must name its own.

    Raises:
        EngineError: number_empty, number_malformed, number_out_of_range, unit_unknown (with `closest`),
            unit_missing, unit_conflict (another dimension than the default), currency_conflict.

    >>> quantity = parse_quantity("1亿2000万元", None)
    >>> quantity.base, quantity.unit.name
    (Decimal('120000000.00'), '元')
    """
    body = take_body(text)
    code, rest = _take_currency(body.text)
    sign = body.sign
    if code and sign > 0:
        sign, rest = take_sign(rest)
    found = _read(rest.removesuffix("整"), code, default, text)
    if code and found.unit.currency != code:
        raise _conflict("currency_conflict", text, found.unit, currency_unit(code))
    if default is not None and found.unit.dimension is not default.dimension:
        raise _conflict("unit_conflict", text, found.unit, default)
    if default is not None and found.unit.currency != default.currency:
        raise _conflict("currency_conflict", text, found.unit, default)
    return Quantity(signed(found.value, sign), found.unit, body.qualifier)


def _take_currency(text: str) -> tuple[str | None, str]:
    match = _SIGN_BEFORE.match(text)
    code = currency_of_sign(match[1]) if match else None
    return (code, text[match.end() :]) if match and code else (None, text)


def _read(body: str, code: str | None, default: Unit | None, text: str) -> Quantity:
    for words, unit_name in (("百分之", "%"), ("千分之", "‰")):
        share = numeral(body.removeprefix(words)) if body.startswith(words) else None
        if share is not None:
            return Quantity(share, unit_named(unit_name))
    found = _with_unit(body)
    if found is not None:
        return found
    value = numeral(body)
    if value is None:
        raise _why_unreadable(body, text)
    unit = currency_unit(code) if code else default
    if unit is None:
        raise EngineError("unit_missing", f"no unit in {text!r}", text=text)
    if "万" not in body and "亿" not in body:
        return Quantity(value, unit)
    # "1.2亿" under a 万元 header names its own size: 1.2 亿元, never 1.2 亿 of 万元
    stem = plain_unit(unit)
    return _with_unit(body + stem.name) or Quantity(value, stem)


def _with_unit(body: str) -> Quantity | None:
    """Split number and unit at the longest unit whose 万 or 亿 is not part of the number itself."""
    for start in range(1, len(body)):
        unit = None if body[start] in "0123456789.," else find_unit(body[start:])
        if unit is None:
            continue
        head = body[:start].rstrip(" ")
        leading = _ORDER.find(body[start])
        # in 一亿零五万元 the 万 belongs to the numeral, in 一千二百万元 it may belong to the unit
        if leading >= 0 and any(_ORDER.find(char) >= leading for char in head):
            continue
        value = numeral(head)
        if value is not None:
            return Quantity(value, unit)
    return None


def _why_unreadable(body: str, text: str) -> EngineError:
    for end in range(len(body) - 1, 0, -1):
        tail = body[end:].strip(" ")
        if numeral(body[:end]) is not None and not _NUMERIC.search(tail):
            try:
                unit_named(tail)
            except EngineError as unknown:
                return unknown
            break
    return malformed(text)


def _conflict(code: str, text: str, found: Unit, wanted: Unit) -> EngineError:
    message = f"{text!r} is in {found.name}, {wanted.name} is wanted"
    return EngineError(code, message, text=text, found=found.name, wanted=wanted.name)
