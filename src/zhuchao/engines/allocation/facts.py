"""What is known of a space: the catalogue of facts, and how the facts of neighbours become those of a run."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final, Literal

from zhuchao.engines import EngineError
from zhuchao.engines.units import parse_quantity, unit_named

Value = Decimal | date | bool | frozenset[str]
"""A number in the unit of its fact, a day, a yes or no, or words."""

Reduction = Literal["sum", "min", "max"]


class Verdict(StrEnum):
    """One of three answers; unknown is never no."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Kind(Enum):
    """What the value of a fact is."""

    NUMBER = "number"
    DAY = "day"
    FLAG = "flag"
    WORD = "word"  # one word, such as the type of a space
    WORDS = "words"  # all that holds, such as the uses that are allowed


class Joined(Enum):
    """How the facts of neighbours become the fact of their run."""

    TOTAL = "total"  # a run has as much as its spaces together
    MEAN = "mean"  # by area
    EACH = "each"  # every space of the run must do
    ANY = "any"  # one space that has it is enough


class Fact(StrEnum):
    """A fact that a need may ask for; the value is the attribute of `Space` that holds it."""

    AREA = "area_m2"
    FLOOR = "floor"
    CLEAR_HEIGHT = "clear_height_m"
    FLOOR_LOAD = "floor_load_kn_m2"
    COLUMN_SPACING = "column_spacing_m"
    HOIST = "hoist_t"
    POWER = "power_kva"
    WATER_DAY = "water_m3_day"
    RENT = "rent_cny_m2_month"
    AVAILABLE_ON = "available_on"
    TYPE = "type"
    FIRE_CLASS = "fire_class"
    TENURE = "tenure"
    USES = "uses"
    WATER = "water"
    GAS = "gas"
    SEWAGE = "sewage"
    LOADING_DOCK = "loading_dock"
    HERITAGE = "heritage"
    ADMITS_HAZARD = "admits_hazard"
    ADMITS_FOOD = "admits_food"
    FORBIDS = "forbids"
    PERMITS = "permits"
    ADMISSION = "admission"


@dataclass(frozen=True, slots=True)
class FactKind:
    """What kind of value a fact has, how neighbours join, and its unit ("" where it has none)."""

    kind: Kind
    joined: Joined
    unit: str = ""


FACTS: Final[dict[Fact, FactKind]] = {
    Fact.AREA: FactKind(Kind.NUMBER, Joined.TOTAL, "㎡"),
    Fact.FLOOR: FactKind(Kind.NUMBER, Joined.EACH, "层"),
    Fact.CLEAR_HEIGHT: FactKind(Kind.NUMBER, Joined.EACH, "米"),
    Fact.FLOOR_LOAD: FactKind(Kind.NUMBER, Joined.EACH, "kN/㎡"),
    Fact.COLUMN_SPACING: FactKind(Kind.NUMBER, Joined.EACH, "米"),
    Fact.HOIST: FactKind(Kind.NUMBER, Joined.EACH, "吨"),
    Fact.POWER: FactKind(Kind.NUMBER, Joined.TOTAL, "kVA"),
    Fact.WATER_DAY: FactKind(Kind.NUMBER, Joined.TOTAL),
    Fact.RENT: FactKind(Kind.NUMBER, Joined.MEAN, "元/㎡·月"),
    Fact.AVAILABLE_ON: FactKind(Kind.DAY, Joined.EACH, "天"),
    Fact.TYPE: FactKind(Kind.WORD, Joined.EACH),
    Fact.FIRE_CLASS: FactKind(Kind.WORD, Joined.EACH),
    Fact.TENURE: FactKind(Kind.WORD, Joined.EACH),
    Fact.USES: FactKind(Kind.WORDS, Joined.EACH),
    Fact.WATER: FactKind(Kind.FLAG, Joined.EACH),
    Fact.GAS: FactKind(Kind.FLAG, Joined.EACH),
    Fact.SEWAGE: FactKind(Kind.FLAG, Joined.EACH),
    Fact.LOADING_DOCK: FactKind(Kind.FLAG, Joined.ANY),
    Fact.HERITAGE: FactKind(Kind.FLAG, Joined.EACH),
    Fact.ADMITS_HAZARD: FactKind(Kind.FLAG, Joined.EACH),
    Fact.ADMITS_FOOD: FactKind(Kind.FLAG, Joined.EACH),
    Fact.FORBIDS: FactKind(Kind.WORD, Joined.EACH),
    Fact.PERMITS: FactKind(Kind.WORD, Joined.EACH),
    Fact.ADMISSION: FactKind(Kind.WORD, Joined.EACH),
}


def read_number(fact: Fact, text: str) -> Decimal:
    """Return a number as people write it in the unit of its fact: 3亩 is 2000 ㎡, 1.5吨/㎡ is 14.71 kN/㎡.

    A number without a unit is in the unit of the fact.

    Raises:
        EngineError: fact_not_number; and as `units.parse_quantity`, such as unit_conflict for 3 米 of area.

    >>> read_number(Fact.AREA, "3亩"), read_number(Fact.CLEAR_HEIGHT, "7.5")
    (Decimal('2000.00'), Decimal('7.5'))
    """
    kind = FACTS[fact]
    if kind.kind is not Kind.NUMBER:
        raise EngineError("fact_not_number", f"{fact} is not a number", fact=fact)
    return parse_quantity(text, unit_named(kind.unit)).base


def number_of(value: Value) -> Decimal:
    """Return a value as a number to compare: a day by its ordinal, a yes as 1."""
    match value:
        case Decimal():
            return value
        case bool():
            return Decimal(value)
        case date():
            return Decimal(value.toordinal())
    raise EngineError("fact_not_number", f"{value} is not a number", value=value)
