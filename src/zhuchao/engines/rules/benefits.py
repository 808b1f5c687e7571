"""What a benefit comes to: exactly where everything is known, else between two amounts and what they need.

A field that is not known may be any number, so an amount without a cap has no upper end. A benefit is never below zero,
and it is rounded once, at the end and down to the fen: a grant never exceeds the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from zhuchao.engines.rules.one import Kept
from zhuchao.engines.rules.terms import Amount, Least, Linear, Ratio, Stepped, Sum

_End: TypeAlias = Fraction | None  # None is without end, to the side on which it stands
_Span: TypeAlias = tuple[_End, _End]

_FEN = 100


@dataclass(frozen=True, slots=True)
class Benefit:
    """An amount of money in yuan.

    Attributes:
        least: at least so much, 0 or more.
        most: at most so much; None where nothing limits it while something is not known.
        needs: fields to know for one amount; none where it is known, or where no field could settle it.
    """

    least: Decimal
    most: Decimal | None
    needs: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.least == self.most


def benefit_of(amount: Amount, kept: Mapping[str, Kept]) -> Benefit:
    """Return what an amount comes to for a firm of which these kept facts are known."""
    low, high = _span(amount, kept)
    least = _rounded(max(low, Fraction(0))) if low is not None else Decimal("0.00")
    most = None if high is None else _rounded(max(high, Fraction(0)))
    if least == most:
        return Benefit(least, most)
    return Benefit(least, most, tuple(sorted(_needs(amount, kept))))


def _rounded(yuan: Fraction) -> Decimal:
    return Decimal(yuan.numerator * _FEN // yuan.denominator).scaleb(-2)


def _sum(form: Linear, kept: Mapping[str, Kept]) -> int | None:
    total = form.constant
    for name, factor in form.terms:
        value = kept.get(name)
        if not isinstance(value, int):
            return None
        total += factor * value
    return total


def _span(amount: Amount, kept: Mapping[str, Kept]) -> _Span:
    """Return between what the exact amount lies."""
    if isinstance(amount, Ratio):
        top = _sum(amount.top, kept)
        bottom = 1 if amount.bottom is None else _sum(amount.bottom, kept)
        if top is None or bottom is None or bottom <= 0:
            return None, None
        exact = amount.factor * top / bottom
        return exact, exact
    if isinstance(amount, Stepped):
        return _of_bands(amount, kept)
    spans = [_span(part, kept) for part in amount.parts]
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    if isinstance(amount, Sum):
        return _total(lows), _total(highs)
    if isinstance(amount, Least):
        return _inner(lows, all_known=True, most=False), _inner(highs, all_known=False, most=False)
    return _inner(lows, all_known=False, most=True), _inner(highs, all_known=True, most=True)


def _of_bands(amount: Stepped, kept: Mapping[str, Kept]) -> _Span:
    guide = _sum(amount.by, kept)
    nothing = Ratio(Linear((), 0))  # beyond the last band
    closed = not amount.bands or amount.bands[-1][0] is not None
    bands = (*amount.bands, (None, nothing)) if closed else amount.bands
    if guide is not None:
        return next(_span(part, kept) for upto, part in bands if upto is None or guide <= upto)
    spans = [_span(part, kept) for _, part in bands]
    return (
        _inner([low for low, _ in spans], all_known=True, most=False),
        _inner([high for _, high in spans], all_known=True, most=True),
    )


def _total(ends: list[_End]) -> _End:
    known = [end for end in ends if end is not None]
    return sum(known, Fraction(0)) if len(known) == len(ends) else None


def _inner(ends: list[_End], *, all_known: bool, most: bool) -> _End:
    """Return the least or the most of ends; where `all_known`, one without end makes it so too."""
    known = [end for end in ends if end is not None]
    if not known or (all_known and len(known) < len(ends)):
        return None
    return max(known) if most else min(known)


def _needs(amount: Amount, kept: Mapping[str, Kept]) -> set[str]:
    """Return the fields not known that an amount rests on: of bands only the one that is known to be the firm's."""
    if isinstance(amount, Ratio):
        forms = (amount.top, amount.bottom or Linear((), 0))
        if amount.bottom is not None and (below := _sum(amount.bottom, kept)) is not None and below <= 0:
            return set()
        return {name for form in forms for name in form.fields if kept.get(name) is None}
    if isinstance(amount, Stepped):
        guide = _sum(amount.by, kept)
        if guide is None:
            found = {name for name in amount.by.fields if kept.get(name) is None}
            return found.union(*(_needs(part, kept) for _, part in amount.bands))
        return next(
            (_needs(part, kept) for upto, part in amount.bands if upto is None or guide <= upto), set()
        )
    return set().union(*(_needs(part, kept) for part in amount.parts if not _settled(part, kept)))


def _settled(amount: Amount, kept: Mapping[str, Kept]) -> bool:
    low, high = _span(amount, kept)
    return low is not None and low == high
