"""What a ledger may hold, and how a cell or a sheet can be wrong."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Final

Cell = None | str | int | float | Decimal | date | datetime | bool
"""A cell as a spreadsheet reader gives it; a datetime is in the sheet's own local time, without a zone."""

Value = None | str | Decimal | int | date | bool
"""A value as `ColumnParser` gives it: see `Kind`."""

Merge = tuple[int, int, int, int]
"""A merged area: first row, first column, last row, last column, all counted from 0 and inclusive."""


class Kind(Enum):
    """What a field holds, and the value a cell becomes."""

    TEXT = "text"  # str
    CODE = "code"  # str, numbers written out without a decimal point
    CREDIT_CODE = "credit_code"  # str, through the caller's check
    MONEY = "money"  # Decimal, 元 to two places
    AREA = "area"  # Decimal, m² to two places
    COUNT = "count"  # int
    NUMBER = "number"  # Decimal, in the base unit of its dimension
    PERCENT = "percent"  # Decimal, a ratio: 5.1 % is 0.051
    DATE = "date"  # date
    MONTH = "month"  # date, the first of the month
    CHOICE = "choice"  # str, the value of a choice
    BOOL = "bool"  # bool
    PHONE = "phone"  # str


AMOUNTS = frozenset({Kind.MONEY, Kind.AREA, Kind.COUNT, Kind.NUMBER, Kind.PERCENT})


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field that a ledger's column may hold.

    Args:
        name: the caller's identifier.
        label: the column's name in Chinese; `aliases` are others in use, units left out.
        unit: the unit when neither header nor sheet names one (元, 万元, ㎡, 家, %, kVA).
        choices: label or alias to value, for CHOICE.
        max_length: most characters, for text.
        minimum, maximum: bounds in the base unit; AREA and COUNT are never negative.
        earliest, latest: bounds of a day; pass `latest` as the reference day plus 30 years, or the day itself for
            what must have happened already.
        month_allowed: a DATE may be a month, which then stands for its first day.
        places: decimals kept of a NUMBER or PERCENT, halves up; None keeps all.
        example: how a right cell looks, for hints.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    earliest: date = date(1949, 10, 1)
    latest: date | None = None
    month_allowed: bool = False
    places: int | None = None
    example: str = ""


CODES: Final = frozenset(
    {
        "no_header",
        "header_guessed",
        "no_data",
        "two_columns_one_field",
        "required_column_missing",
        "mixed_units",
        "approximate",
        "missing",
        "formula_error",
        "formula_text",
        "too_long",
        "text_became_date",
        "number_precision",
        "choice_unknown",
        "bool_unknown",
        "phone_malformed",
        "number_empty",
        "number_malformed",
        "number_out_of_range",
        "unit_unknown",
        "unit_missing",
        "unit_conflict",
        "currency_conflict",
        "negative",
        "below_minimum",
        "above_maximum",
        "not_whole",
        "day_missing",
        "month_missing",
        "month_ambiguous",
        "year_missing",
        "year_short",
        "date_impossible",
        "date_not_understood",
        "date_out_of_range",
    }
)
"""What may be wrong with a cell or a sheet; a caller's own check adds its codes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell or a sheet: a stable code, what was found, what would be right, more for a sentence."""

    code: str
    found: str = ""
    expected: str = ""
    data: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def plain_text(cell: Cell) -> str:
    """Return what stands in a cell as text: half width, outer spaces off, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else f"{cell:.15g}"
    elif isinstance(cell, datetime) and cell == cell.replace(hour=0, minute=0, second=0, microsecond=0):
        cell = cell.date()
    return unicodedata.normalize("NFKC", str(cell)).strip()


def plain_label(text: str) -> str:
    """Return a label as it is compared: half width, lower case, letters and digits only."""
    return "".join(
        character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum()
    )
