"""What a project asks of premises: criteria that must hold, criteria that count, and what contradicts itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.allocation.facts import FACTS, Fact, Joined, Kind, Reduction, Value, number_of

DAYS_UNTIL_WORTHLESS: Final = 180
"""A soft criterion about a day gives no points from so many days off on, unless it says otherwise."""

_NOTHING: Final[Mapping[str, Decimal]] = MappingProxyType({})


class Comparison(StrEnum):
    """How a value is compared; at_most of a day is 'by that day'."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ONE_OF = "one_of"  # the word of the space is one of these
    INCLUDES = "includes"  # all of these are among the words of the space
    IS = "is"


_COMPARISONS: Final = {
    Kind.NUMBER: {Comparison.AT_LEAST, Comparison.AT_MOST},
    Kind.DAY: {Comparison.AT_LEAST, Comparison.AT_MOST},
    Kind.FLAG: {Comparison.IS},
    Kind.WORD: {Comparison.ONE_OF},
    Kind.WORDS: {Comparison.INCLUDES},
}
_TYPES: Final[dict[Kind, type]] = {
    Kind.NUMBER: Decimal,
    Kind.DAY: date,
    Kind.FLAG: bool,
    Kind.WORD: frozenset,
    Kind.WORDS: frozenset,
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a need asks. A hard one must hold; a soft one gives up to `weight` points.

    Attributes:
        value: in the unit of the fact; words as a frozenset.
        weight: of a soft criterion, above 0.
        slack: how far off (in the unit, or in days) a soft criterion gives no points any more; None is the value
            itself, or 180 days. In between the points fall in a straight line.

    Raises:
        EngineError: criterion_malformed where the comparison, the value or the weight does not fit the fact.
    """

    fact: Fact
    comparison: Comparison
    value: Value
    hard: bool = True
    weight: Decimal = Decimal(1)
    slack: Decimal | None = None

    def __post_init__(self) -> None:
        kind = FACTS[self.fact].kind
        fits = self.comparison in _COMPARISONS[kind] and isinstance(self.value, _TYPES[kind])
        fits = fits and (not isinstance(self.value, Decimal) or self.value.is_finite())
        fits = fits and self.value != frozenset()
        fits = fits and self.weight.is_finite() and self.weight > 0
        if not fits or (self.slack is not None and not (self.slack.is_finite() and self.slack > 0)):
            raise EngineError("criterion_malformed", f"{self} cannot be asked", criterion=self)

    @property
    def limit(self) -> tuple[bool, Decimal]:
        """Whether at least or at most, and how much; a yes is at least 1, a no at most 0. Not for words."""
        if isinstance(self.value, bool):
            return self.value, Decimal(self.value)
        return self.comparison is Comparison.AT_LEAST, number_of(self.value)

    @property
    def reduction(self) -> Reduction:
        """Which of the spaces of a run decides: their sum, the least or the greatest. Not for words."""
        joined = FACTS[self.fact].joined
        if joined in (Joined.TOTAL, Joined.MEAN):
            return "sum"
        return "min" if joined is Joined.EACH and self.limit[0] else "max"

    @property
    def points_end_at(self) -> Decimal:
        """How far off no points are given any more; 0 where only a met criterion gives points."""
        if self.slack is not None:
            return self.slack
        if isinstance(self.value, Decimal):
            return abs(self.value)
        return Decimal(DAYS_UNTIL_WORTHLESS if isinstance(self.value, date) else 0)


@dataclass(frozen=True, slots=True)
class Need:
    """What one project asks of premises.

    Attributes:
        key: the caller's key, once among the needs.
        most_spaces: of how many neighbouring spaces a run for it may be made.
        benefit: what placing it perfectly is expected to bring, in any one unit (万元 of yearly tax times the chance
            to sign); only compared with that of other needs.
        tags: what it brings into a building, such as hazard or food.
        takes: what it draws from its building, such as {"power_kva": 400}.
    """

    key: str
    criteria: tuple[Criterion, ...] = ()
    most_spaces: int = 4
    benefit: Decimal = Decimal(1)
    tags: frozenset[str] = frozenset()
    takes: Mapping[str, Decimal] = field(default_factory=lambda: _NOTHING)

    def __post_init__(self) -> None:
        amounts = (self.benefit, *self.takes.values())
        if self.most_spaces < 1 or not all(amount.is_finite() and amount >= 0 for amount in amounts):
            raise EngineError("need_malformed", f"{self.key} cannot be asked", need=self.key)

    @property
    def hard(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.hard)

    @property
    def soft(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.hard)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two hard criteria of one need that no space can meet together."""

    first: Criterion
    second: Criterion


def find_contradictions(need: Need) -> tuple[Contradiction, ...]:
    """Return every pair of hard criteria that exclude each other, in the order of the need.

    >>> least = Criterion(Fact.AREA, Comparison.AT_LEAST, Decimal(900))
    >>> most = Criterion(Fact.AREA, Comparison.AT_MOST, Decimal(800))
    >>> find_contradictions(Need("A", (least, most))) == (Contradiction(least, most),)
    True
    """
    pairs = combinations(need.hard, 2)
    return tuple(Contradiction(first, second) for first, second in pairs if _exclude(first, second))


def refuse_contradictions(need: Need) -> None:
    """Raise need_contradicts, naming the two criteria, when a need can never be met."""
    for found in find_contradictions(need):
        message = f"{need.key}: {found.first} and {found.second} exclude each other"
        raise EngineError("need_contradicts", message, need=need.key, first=found.first, second=found.second)


def _exclude(first: Criterion, second: Criterion) -> bool:
    if first.fact is not second.fact:
        return False
    if isinstance(first.value, bool):
        return first.value is not second.value
    if isinstance(first.value, frozenset) and isinstance(second.value, frozenset):
        return first.comparison is Comparison.ONE_OF and not first.value & second.value
    least, most = (first, second) if first.comparison is Comparison.AT_LEAST else (second, first)
    opposed = (least.comparison, most.comparison) == (Comparison.AT_LEAST, Comparison.AT_MOST)
    return opposed and number_of(least.value) > number_of(most.value)
