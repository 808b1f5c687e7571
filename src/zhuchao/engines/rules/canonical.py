"""One form for one meaning: lowest whole numbers, sorted parts, negation at the leaves."""

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm

from zhuchao.engines import EngineError
from zhuchao.engines.rules.measures import Form
from zhuchao.engines.rules.terms import (
    All,
    Amount,
    Any,
    Begins,
    Greatest,
    Holds,
    Least,
    Linear,
    Logic,
    Not,
    OneOf,
    Ratio,
    Sign,
    Sized,
    Stepped,
    Sum,
)
from zhuchao.engines.rules.tokens import LARGEST

TRUE: Logic = All(())
FALSE: Logic = Any(())


def lowest(form: Form) -> tuple[Linear, Fraction]:
    """Return the whole-number form of lowest terms, and by what it is to be multiplied to give this one (above 0).

    Raises:
        EngineError: number_too_large where a whole number is beyond 63 bits.
    """
    numbers = [factor for _, factor in form.terms] + [form.constant]
    together = lcm(*(number.denominator for number in numbers))
    whole = [int(number * together) for number in numbers]
    common = gcd(*whole) or 1
    least = [number // common for number in whole]
    if max(map(abs, least)) > LARGEST:
        raise EngineError("number_too_large", "the numbers together are too large to be compared")
    terms = tuple((name, number) for (name, _), number in zip(form.terms, least[:-1], strict=True))
    return Linear(terms, least[-1]), Fraction(common, together)


def sized(form: Form, sign: Sign, guards: Iterable[Form] = ()) -> Sized:
    """Return the canonical comparison of a form with zero; raises EngineError number_too_large."""
    if sign in (Sign.IS, Sign.IS_NOT) and form.terms and form.terms[0][1] < 0:
        form = form.scaled(Fraction(-1))
    above = {lowest(guard)[0] for guard in guards}
    return Sized(lowest(form)[0], sign, tuple(sorted(above, key=repr)))


def settled(condition: Sized) -> Logic:
    """Return a comparison as it is, or true or false where no field is left in it.

    A guard always has fields: what `language` lets under a line has one.
    """
    if condition.form.terms or condition.guards:
        return condition
    constant = condition.form.constant
    answers = {
        Sign.AT_LEAST: constant >= 0,
        Sign.ABOVE: constant > 0,
        Sign.IS: constant == 0,
        Sign.IS_NOT: constant != 0,
    }
    return TRUE if answers[condition.sign] else FALSE


_OPPOSITE = {Sign.IS: Sign.IS_NOT, Sign.IS_NOT: Sign.IS, Sign.AT_LEAST: Sign.ABOVE, Sign.ABOVE: Sign.AT_LEAST}


def negated(logic: Logic) -> Logic:
    """Return what is true where a logic is false, unknown where it is unknown."""
    if isinstance(logic, Not):
        return logic.part
    if isinstance(logic, All):
        return any_of(map(negated, logic.parts))
    if isinstance(logic, Any):
        return all_of(map(negated, logic.parts))
    if isinstance(logic, Sized):
        form = logic.form
        if logic.sign in (Sign.AT_LEAST, Sign.ABOVE):
            form = Linear(tuple((name, -factor) for name, factor in form.terms), -form.constant)
        return Sized(form, _OPPOSITE[logic.sign], logic.guards)
    return Not(logic)


def all_of(parts: Iterable[Logic]) -> Logic:
    """Return what is true where every part is, in canonical form."""
    flat: set[Logic] = set()
    for part in parts:
        flat.update(part.parts if isinstance(part, All) else (part,))
    if FALSE in flat:
        return FALSE
    denied = [part.part for part in flat if isinstance(part, Not)]
    rest = [part for part in flat if not isinstance(part, Not)]
    # not C13 and not C14 is not (C13 or C14)
    kept = sorted((*rest, *map(Not, _merged(denied))), key=repr)
    return kept[0] if len(kept) == 1 else All(tuple(kept))


def any_of(parts: Iterable[Logic]) -> Logic:
    """Return what is true where one part is, in canonical form."""
    flat: set[Logic] = set()
    for part in parts:
        flat.update(part.parts if isinstance(part, Any) else (part,))
    if TRUE in flat:
        return TRUE
    kept = sorted(_merged(flat), key=repr)
    return kept[0] if len(kept) == 1 else Any(tuple(kept))


def _merged(parts: Iterable[Logic]) -> list[Logic]:
    """Put the words that one field may have into one condition."""
    others: list[Logic] = []
    words: dict[tuple[type[Begins | OneOf | Holds], str], set[str]] = {}
    for part in parts:
        if isinstance(part, Begins):
            words.setdefault((Begins, part.field), set()).update(part.prefixes)
        elif isinstance(part, (OneOf, Holds)):
            words.setdefault((type(part), part.field), set()).update(part.words)
        else:
            others.append(part)
    for (kind, field), found in words.items():
        others.append(begins(field, found) if kind is Begins else kind(field, tuple(sorted(found))))
    return others


def begins(field: str, prefixes: Iterable[str]) -> Begins:
    """Return the condition on the beginning of a code, without prefixes that another one contains."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return Begins(field, tuple(kept))


def ratio(top: Form, bottom: Form | None) -> Ratio:
    """Return a number as lowest forms and one factor; raises EngineError number_too_large."""
    leads = [factor for _, factor in top.terms] or [top.constant]
    sign = Fraction(-1 if leads[0] < 0 else 1)
    above, factor = lowest(top.scaled(sign))
    if bottom is None:
        return Ratio(above, sign * factor)
    below, divisor = lowest(bottom)
    return Ratio(above, sign * factor / divisor, below)


def times(amount: Amount, factor: Fraction) -> Amount:
    """Return an amount times a number; below zero the least becomes the greatest."""
    if isinstance(amount, Ratio):
        return Ratio(amount.top, amount.factor * factor, amount.bottom)
    if isinstance(amount, Stepped):
        return Stepped(amount.by, tuple((upto, times(part, factor)) for upto, part in amount.bands))
    kind = type(amount)
    if factor < 0 and kind is not Sum:
        kind = Greatest if kind is Least else Least
    return joined(kind, [times(part, factor) for part in amount.parts])


def joined(kind: type[Sum | Least | Greatest], parts: Iterable[Amount]) -> Amount:
    """Return the sum, least or greatest of amounts in canonical order."""
    flat: list[Amount] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    if kind is not Sum:
        flat = list(dict.fromkeys(flat))
    kept = sorted(flat, key=repr)
    return kept[0] if len(kept) == 1 else kind(tuple(kept))
