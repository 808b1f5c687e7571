"""What is known of a firm: named fields, how each is kept exactly, and what its absence means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from zhuchao.engines import EngineError


class Kind(StrEnum):
    """How a field is kept: everything that is compared by size is a whole number of its smallest part."""

    MONEY = "money"  # yuan in files and facts, fen inside
    NUMBER = "number"  # a decimal, kept in steps of 10 ** -places
    COUNT = "count"  # people, patents: a number without places
    DATE = "date"  # days since 0001-01-01 (date.toordinal)
    FLAG = "flag"
    CODE = "code"  # a code whose beginning says what it belongs to: industry, division
    CHOICE = "choice"  # one word of a closed list
    TAGS = "tags"  # a set of words


SIZED = frozenset({Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.DATE})
"""Kinds that are added and compared by size."""

MOST_PLACES = 6

FactValue: TypeAlias = Decimal | int | date | bool | str | frozenset[str]
"""Money and number Decimal, count int, date, flag bool, code and choice str, tags a frozenset; None is not known."""

Facts: TypeAlias = Mapping[str, FactValue | None]
"""What is known of one firm; a field that is not there is not known."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that policies may ask about.

    Attributes:
        name: as expressions write it: small letters, digits and underscores, a letter first.
        label: as people read it.
        places: decimal places of a number.
        choices: words of a choice, in the order in which people see them.
        missing_as: what absence means where it has a meaning ("no record of punishment" is no); otherwise a field
            that is not there is not known.
        unit: what is written behind a number (%, 项), for people.
    """

    name: str
    kind: Kind
    label: str = ""
    places: int = 0
    choices: tuple[str, ...] = ()
    missing_as: FactValue | None = None
    unit: str = ""

    @property
    def scale(self) -> int:
        """How many of the kept whole number make one: 100 for money, 10 ** places for a number, else 1."""
        if self.kind is Kind.MONEY:
            return 100
        return 10**self.places if self.kind is Kind.NUMBER else 1

    def keep(self, value: FactValue) -> int:
        """Return a sized value or flag as the whole number that is compared; raises EngineError `fact_malformed`.

        A value with more places than are kept is refused rather than rounded: it may stand at a threshold.
        """
        if self.kind is Kind.DATE and type(value) is date:
            return value.toordinal()
        if self.kind is Kind.FLAG and isinstance(value, bool):
            return int(value)
        sized = self.kind in SIZED and self.kind is not Kind.DATE
        if sized and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            kept = Decimal(value) * self.scale
            if kept.is_finite() and kept == kept.to_integral_value():
                return int(kept)
        raise EngineError("fact_malformed", f"{self.name} cannot be {value!r}", field=self.name, value=value)


class Vocabulary:
    """The fields that expressions may name."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._fields: dict[str, Field] = {}
        for field in fields:
            if field.name in self._fields:
                raise EngineError("field_twice", f"{field.name} is declared twice", field=field.name)
            self._fields[field.name] = field

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __getitem__(self, name: str) -> Field:
        """Return a field; raises EngineError `field_unknown` with the nearest names."""
        try:
            return self._fields[name]
        except KeyError:
            from difflib import get_close_matches

            near = get_close_matches(name, self._fields, n=3, cutoff=0.6)
            raise EngineError("field_unknown", f"there is no field {name}", field=name, near=near) from None
