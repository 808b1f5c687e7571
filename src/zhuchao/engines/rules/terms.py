"""What an expression means: conditions in one canonical form, and how they are combined.

Everything here is frozen and compares by value, so that the same condition in two thousand policies is one condition.
An expression is read once (`language`), bound to a day (`bind`: "established <= as_of - 1 year" becomes a number of
days) and then answered by the kernel for millions of firms or by generated Python for one.

A condition is true, false or unknown. It is unknown where a field that it needs is not known, where a denominator
is not above zero, and always where a person must judge. Kleene's rules combine the three.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias


class Sign(StrEnum):
    """How a linear form is compared with zero."""

    AT_LEAST = ">="
    ABOVE = ">"
    IS = "=="
    IS_NOT = "!="


@dataclass(frozen=True, slots=True)
class Linear:
    """Whole numbers times kept fields plus a whole number: (("rd_expense", 20), ("revenue", -1)), 0.

    Fields are in order of name, no factor is 0. The numbers are of kept values (fen, days, steps of a number).
    """

    terms: tuple[tuple[str, int], ...]
    constant: int

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.terms)


@dataclass(frozen=True, slots=True)
class Sized:
    """A linear form compared with zero, in lowest terms; unknown unless every guard is above zero.

    `rd / revenue >= 0.05` is `20 * rd - revenue >= 0` guarded by `revenue`. Of a form and its negation only one is
    canonical: for IS and IS_NOT the first factor is above 0.
    """

    form: Linear
    sign: Sign
    guards: tuple[Linear, ...] = ()


@dataclass(frozen=True, slots=True)
class Begins:
    """A code begins with one of these, or a word is one of these; in order, none beginning with another."""

    field: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice or a code is exactly one of these words, in order."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """Among the tags of a field is at least one of these, in order."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IsTrue:
    """A flag is yes."""

    field: str


@dataclass(frozen=True, slots=True)
class Manual:
    """A person must judge: expert review, quota. Always unknown; `key` names the condition of its policy."""

    key: str


Condition: TypeAlias = Sized | Begins | OneOf | Holds | IsTrue | Manual


@dataclass(frozen=True, slots=True)
class Not:
    part: "Logic"


@dataclass(frozen=True, slots=True)
class All:
    """True when all parts are; with no part it is true."""

    parts: "tuple[Logic, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """True when one part is; with no part it is false."""

    parts: "tuple[Logic, ...]"


@dataclass(frozen=True, slots=True)
class Banded:
    """The part of the first band that a guide does not exceed: `by` at most `upto`, or the last band without one.

    Unknown where the guide is not known, unless every part answers the same. `upto` is of kept values and ascends.
    """

    by: Linear
    bands: "tuple[tuple[int | None, Logic], ...]"


Logic: TypeAlias = Condition | Not | All | Any | Banded


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number as a quotient of linear forms, exactly: `factor * top / bottom`; bottom None for none.

    The forms are of kept values, the number itself is in yuan (people, days): the factor turns one into the other. A
    bottom that is not above zero makes it unknown.
    """

    top: Linear
    factor: Fraction = Fraction(1)
    bottom: Linear | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What the parts are together."""

    parts: "tuple[Amount, ...]"


@dataclass(frozen=True, slots=True)
class Least:
    """The least of the parts: a cap."""

    parts: "tuple[Amount, ...]"


@dataclass(frozen=True, slots=True)
class Greatest:
    """The greatest of the parts: a floor."""

    parts: "tuple[Amount, ...]"


@dataclass(frozen=True, slots=True)
class Stepped:
    """The amount of the first band that a guide does not exceed; `by` and `upto` as in Banded."""

    by: Linear
    bands: "tuple[tuple[int | None, Amount], ...]"


Amount: TypeAlias = Ratio | Sum | Least | Greatest | Stepped
"""What benefits are made of, in yuan."""


def conditions_of(logic: Logic) -> Iterator[Condition]:
    """Yield each condition of a logic, in order, as often as it stands there."""
    if isinstance(logic, Not):
        yield from conditions_of(logic.part)
    elif isinstance(logic, (All, Any)):
        for part in logic.parts:
            yield from conditions_of(part)
    elif isinstance(logic, Banded):
        for _, part in logic.bands:
            yield from conditions_of(part)
    else:
        yield logic


def fields_of(logic: Logic) -> frozenset[str]:
    """Return every field that a logic looks at."""
    if isinstance(logic, Not):
        return fields_of(logic.part)
    if isinstance(logic, (All, Any)):
        return frozenset().union(*map(fields_of, logic.parts))
    if isinstance(logic, Banded):
        return frozenset(logic.by.fields).union(*(fields_of(part) for _, part in logic.bands))
    if isinstance(logic, Sized):
        return frozenset(logic.form.fields).union(*(guard.fields for guard in logic.guards))
    if isinstance(logic, Manual):
        return frozenset()
    return frozenset({logic.field})
