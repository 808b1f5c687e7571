"""Exact arithmetic of what an expression writes: linear forms that know what they measure."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import Field, Kind
from zhuchao.engines.rules.tokens import Token
from zhuchao.engines.units import Dimension, find_unit

THE_DAY = "@"
"""With a number of months behind it (@+0, @-12), what stands for the day that is asked for; no field begins so."""


class Own(Enum):
    """What no unit measures: a bare number, and a day."""

    BARE = "bare"
    DATE = "date"


Measure: TypeAlias = Dimension | Own

_TAKES_BARE = frozenset({Dimension.COUNT, Dimension.DAYS, Dimension.RATIO})
_PURE = frozenset({Own.BARE, Dimension.RATIO})
_PER: Mapping[tuple[Measure, Measure], Measure] = {
    (Dimension.MONEY, Dimension.AREA): Dimension.MONEY_PER_AREA,
    (Dimension.MONEY, Dimension.COUNT): Dimension.MONEY_PER_COUNT,
}
_TIMES: Mapping[frozenset[Measure], Measure] = {
    frozenset({Dimension.COUNT, Dimension.MONEY}): Dimension.MONEY,  # 1500元 for each hire
    frozenset({Dimension.COUNT, Dimension.MONEY_PER_COUNT}): Dimension.MONEY,
    frozenset({Dimension.AREA, Dimension.MONEY_PER_AREA}): Dimension.MONEY,
}
_KIND_MEASURES: Mapping[Kind, Measure] = {
    Kind.MONEY: Dimension.MONEY,
    Kind.NUMBER: Own.BARE,
    Kind.COUNT: Dimension.COUNT,
    Kind.DATE: Own.DATE,
}


@dataclass(frozen=True, slots=True)
class Form:
    """Factors of kept fields plus a constant in base units (元, ㎡, 1, days)."""

    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction

    def plus(self, other: "Form", times: Fraction = Fraction(1)) -> "Form":
        """Return this form plus `times` the other."""
        sums = dict(self.terms)
        for name, factor in other.terms:
            sums[name] = sums.get(name, Fraction(0)) + factor * times
        kept = tuple(sorted((name, factor) for name, factor in sums.items() if factor))
        return Form(kept, self.constant + other.constant * times)

    def scaled(self, factor: Fraction) -> "Form":
        return Form((), Fraction(0)).plus(self, factor)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a form, over another one when it is a ratio, and what it measures.

    `percent` says that a field is kept in percent, so that a bare 70 beside it is no clear number.
    """

    top: Form
    measure: Measure
    bottom: Form | None = None
    percent: bool = False

    @property
    def is_constant(self) -> bool:
        return not self.top.terms and self.bottom is None

    @property
    def is_bare_zero(self) -> bool:
        return self.is_constant and self.measure is Own.BARE and self.top.constant == 0


def of_number(token: Token) -> Side:
    """Return a written number."""
    return Side(Form((), token.value), token.dimension or Own.BARE)


def of_day(day: date) -> Side:
    """Return a written day."""
    return Side(Form((), Fraction(day.toordinal())), Own.DATE)


def of_as_of() -> Side:
    """Return the day for which is asked."""
    return Side(Form(((f"{THE_DAY}+0", Fraction(1)),), Fraction(0)), Own.DATE)


def of_field(field: Field) -> Side:
    """Return a sized field; one with a unit counts in the base of that unit.

    Raises:
        EngineError: unit_unknown where the unit of the field is none.
    """
    measure, factor = _KIND_MEASURES[field.kind], Fraction(1)
    if field.unit and field.kind in (Kind.NUMBER, Kind.COUNT):
        unit = find_unit(field.unit)
        if unit is None:
            raise EngineError("unit_unknown", f"{field.name} has no unit {field.unit}", found=field.unit)
        measure, factor = unit.dimension, unit.factor
    form = Form(((field.name, factor / field.scale),), Fraction(0))
    return Side(form, measure, percent=measure is Dimension.RATIO and factor != 1)


def same(a: Side, b: Side) -> Measure:
    """Return what both measure; raises EngineError dimension_mixed, or unit_missing for a bare number."""
    if a.measure is b.measure:
        return a.measure
    if a.is_bare_zero and b.measure is not Own.DATE:
        return b.measure
    if b.is_bare_zero and a.measure is not Own.DATE:
        return a.measure
    for bare, other in ((a, b), (b, a)):
        if bare.measure is not Own.BARE:
            continue
        if other.measure in _TAKES_BARE and not (other.percent and bare.is_constant):
            return other.measure
        if bare.is_constant:
            raise EngineError("unit_missing", f"a number beside {other.measure.value} needs its unit")
    raise EngineError(
        "dimension_mixed",
        f"{a.measure.value} and {b.measure.value} do not mix",
        found=(a.measure.value, b.measure.value),
    )


def _mixed(a: Measure, b: Measure) -> EngineError:
    return EngineError("dimension_mixed", f"{a.value} and {b.value} do not mix", found=(a.value, b.value))


def _not_linear(why: str) -> EngineError:
    return EngineError("not_linear", why)


def added(a: Side, b: Side, sign: int) -> Side:
    """Return `a + sign * b`; raises EngineError dimension_mixed, unit_missing, not_linear, date_out_of_range."""
    times = Fraction(sign)
    if Own.DATE in (a.measure, b.measure):
        return _day_added(a, b, sign)
    measure = same(a, b)
    percent = a.percent or b.percent
    if a.bottom == b.bottom:
        return Side(a.top.plus(b.top, times), measure, a.bottom, percent)
    if a.bottom is not None and b.is_constant:
        return Side(a.top.plus(a.bottom, times * b.top.constant), measure, a.bottom, percent)
    if b.bottom is not None and a.is_constant:
        return Side(b.top.scaled(times).plus(b.bottom, a.top.constant), measure, b.bottom, percent)
    raise _not_linear("ratios of different denominators cannot be added")


def _day_added(a: Side, b: Side, sign: int) -> Side:
    if a.measure is b.measure and sign < 0:
        return Side(a.top.plus(b.top, Fraction(-1)), Dimension.DAYS)
    if sign > 0 and b.measure is Own.DATE:
        a, b = b, a
    if a.measure is Own.DATE and b.measure is Dimension.DAYS:
        if b.bottom is not None:
            raise _not_linear("a ratio is no number of days")
        if b.is_constant and b.top.constant.denominator != 1:
            raise EngineError("number_malformed", "days are whole")
        return Side(a.top.plus(b.top, Fraction(sign)), Own.DATE)
    if a.measure is Own.DATE and b.measure is Dimension.MONTHS and b.is_constant:
        return _months_later(a, b.top.constant * sign)
    if a.measure is Own.DATE and b.measure is Own.BARE and b.is_constant:
        raise EngineError("unit_missing", "a number beside a day needs days, months or years")
    raise _mixed(a.measure, b.measure)


def _months_later(day: Side, months: Fraction) -> Side:
    if months.denominator != 1:
        raise EngineError("number_malformed", "months are whole")
    if not day.top.terms:
        return of_day(months_after(_day_of(day.top.constant), int(months)))
    if day.top == of_as_of().top:
        return Side(Form(((f"{THE_DAY}{int(months):+d}", Fraction(1)),), Fraction(0)), Own.DATE)
    raise EngineError(
        "months_refused",
        "months and years count from as_of or from a written day, before days: as_of - 1 year",
    )


def _day_of(ordinal: Fraction) -> date:
    if not 1 <= ordinal <= date.max.toordinal():
        raise EngineError("date_out_of_range", "there is no such day", found=int(ordinal))
    return date.fromordinal(int(ordinal))


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month where it has no such day.

    Raises:
        EngineError: date_out_of_range.

    >>> months_after(date(2026, 1, 31), 1), months_after(date(2028, 2, 29), -12)
    (datetime.date(2026, 2, 28), datetime.date(2027, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise EngineError("date_out_of_range", f"{months} months from {day} is no day", found=months)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def multiplied(a: Side, b: Side) -> Side:
    """Return `a * b`, one of which is a number; raises EngineError not_linear, dimension_mixed."""
    if b.is_constant:
        a, b = b, a
    if not a.is_constant:
        raise _not_linear("fields cannot be multiplied with each other")
    if Own.DATE in (a.measure, b.measure):
        raise _mixed(a.measure, b.measure)
    if a.measure in _PURE:
        measure = b.measure if b.measure is not Own.BARE else a.measure
    elif b.measure in _PURE:
        measure = a.measure
    else:
        found = _TIMES.get(frozenset({a.measure, b.measure}))
        if found is None:
            raise _mixed(a.measure, b.measure)
        measure = found
    return Side(b.top.scaled(a.top.constant), measure, b.bottom, a.percent or b.percent)


def divided(a: Side, b: Side) -> Side:
    """Return `a / b`; raises EngineError division_by_zero, not_linear, dimension_mixed."""
    if Own.DATE in (a.measure, b.measure):
        raise _mixed(a.measure, b.measure)
    if b.measure in _PURE and (a.measure is not b.measure or a.measure is Own.BARE):
        measure = a.measure
    elif a.measure is b.measure:
        measure = Dimension.RATIO
    elif (a.measure, b.measure) in _PER:
        measure = _PER[a.measure, b.measure]
    else:
        raise _mixed(a.measure, b.measure)
    percent = a.percent and b.measure is not a.measure
    if b.is_constant:
        if b.top.constant == 0:
            raise EngineError("division_by_zero", "nothing is divided by 0")
        return Side(a.top.scaled(1 / b.top.constant), measure, a.bottom, percent)
    if a.bottom is not None or b.bottom is not None:
        raise _not_linear("a ratio of ratios is not linear")
    if not b.top.terms or any(name.startswith(THE_DAY) for name, _ in b.top.terms):
        raise _not_linear("this cannot be a denominator")
    return Side(a.top, measure, b.top, percent)


def difference(a: Side, b: Side) -> tuple[Form, tuple[Form, ...]]:
    """Return what decides how `a` compares with `b`, cross-multiplied, and what must be above zero for that.

    Raises:
        EngineError: dimension_mixed, unit_missing, not_linear.
    """
    if Own.DATE in (a.measure, b.measure):
        if a.measure is not b.measure:
            raise _mixed(a.measure, b.measure)
        return a.top.plus(b.top, Fraction(-1)), ()
    both = added(a, b, -1)
    return both.top, () if both.bottom is None else (both.bottom,)
