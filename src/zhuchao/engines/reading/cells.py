"""Read one cell after another of a column: a value, or what is wrong and what would be right."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.reading.dates import parse_day, parse_month
from zhuchao.engines.reading.fields import (
    AMOUNTS,
    Cell,
    FieldSpec,
    Kind,
    Problem,
    Value,
    plain_label,
    plain_text,
)
from zhuchao.engines.units import (
    Qualifier,
    Unit,
    exact_decimal,
    parse_quantity,
    read_number,
    round_half_up,
    to_base,
    unit_named,
)

Check = Callable[[str], str]
"""Returns the normal form of a text or raises EngineError, whose code and data become the problem's."""

NOTHING: Final = frozenset({"", "-", "--", "—", "——", "/", "\\"})
UNKNOWN: Final = NOTHING | {"无", "暂无", "待定", "未定", "不详", "未知", "暂缺"}
_ERRORS: Final = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_YES: Final = frozenset({"是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "对", "已"})
_NO: Final = frozenset({"否", "无", "没有", "×", "✗", "✘", "x", "n", "no", "false", "0", "不", "未"})
_PLAIN: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?")
_PHONE: Final = re.compile(
    r"1[3-9][0-9]{9}|(?:0[0-9]{2,3}-?)?[2-9][0-9]{6,7}(?:-[0-9]{1,6})?|[48]00-?[0-9]{3}-?[0-9]{4}"
)
_PHONE_PARTS: Final = re.compile(r"[、,;/|]|\s{2,}")
_DEFAULT_UNITS: Final = {Kind.MONEY: "元", Kind.AREA: "㎡", Kind.COUNT: "个", Kind.PERCENT: "倍"}
_CENT: Final = Decimal("0.01")
_EXACT_DIGITS: Final = 15  # a spreadsheet's own precision: more are noise of binary fractions
_LARGEST: Final = 10**18
_FINEST: Final = 30
_CACHE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, and a note on how it was read: "approximate" (约500) or "own_unit" (the cell names its unit)."""

    value: Value
    note: str | None = None


class ColumnParser:
    """Read the cells of one column; call it with a cell to get a value or a `Problem`.

    Besides, it keeps what must be told of the whole column: `units_seen`, the units its amounts were in, and
    `approximate`, how many cells said 约, 余 or the like.
    """

    def __init__(
        self, field: FieldSpec, unit: Unit | None, date_system: int, checks: Mapping[Kind, Check]
    ) -> None:
        self.field = field
        self.unit = unit
        self.approximate = 0
        self._date_system = date_system
        self._check = checks.get(field.kind)
        self._bare = False
        self._own_units: dict[str, None] = {}
        self._seen: dict[str | float, Value | Problem] = {}
        self._choices = {plain_label(label): value for label, value in field.choices.items()}
        self._choices |= {plain_label(value): value for value in field.choices.values()}
        self._minimum = field.minimum
        if field.minimum is None and field.kind in (Kind.AREA, Kind.COUNT):
            self._minimum = Decimal(0)
        self._factor = Decimal(1) if unit is None else exact_decimal(unit.factor)  # None: 亩
        readers: dict[Kind, Callable[[Cell], Value | Problem]] = {
            Kind.TEXT: self._text,
            Kind.CODE: self._code,
            Kind.CREDIT_CODE: self._code,
            Kind.DATE: self._date,
            Kind.MONTH: self._date,
            Kind.CHOICE: self._choice,
            Kind.BOOL: self._bool,
            Kind.PHONE: self._phone,
        }
        self._read = readers.get(field.kind, self._amount)

    def __call__(self, cell: Cell) -> Value | Problem:
        """Return the value of a cell, None when it is empty and may be, or the problem."""
        if cell is None:
            return self._missing() if self.field.required else None
        if isinstance(cell, str):
            cell = cell.strip()
            if cell[:1] == "#" and cell.upper() in _ERRORS:
                return Problem("formula_error", cell)
            if cell[:1] == "=" and len(cell) > 1:
                return Problem("formula_text", cell)
        value = self._read(cell)
        if value is None and self.field.required:
            return self._missing()
        return value

    @property
    def units_seen(self) -> tuple[str, ...]:
        """The units of the amounts read so far, the column's own first."""
        own = (self.unit.name,) if self._bare and self.unit is not None else ()
        return tuple(dict.fromkeys((*own, *self._own_units)))

    def column_problems(self) -> tuple[Problem, ...]:
        """Return what to tell of the column as a whole once it has been read: `mixed_units`, `approximate`."""
        problems = []
        if len(self.units_seen) > 1:
            data = {"label": self.field.label, "units": self.units_seen}
            problems.append(Problem("mixed_units", "、".join(self.units_seen), data=data))
        if self.approximate:
            count = self.approximate
            problems.append(
                Problem("approximate", str(count), data={"label": self.field.label, "count": count})
            )
        return tuple(problems)

    def _missing(self) -> Problem:
        return Problem("missing", "", self.field.example)

    def _text(self, cell: Cell) -> Value | Problem:
        text = cell if isinstance(cell, str) else plain_text(cell)
        if text in NOTHING:
            return None
        most = self.field.max_length
        if most is not None and len(text) > most:
            return Problem("too_long", text, str(most), {"length": len(text), "most": most})
        return self._checked(text) if self._check is not None else text

    def _code(self, cell: Cell) -> Value | Problem:
        if isinstance(cell, date):
            return Problem("text_became_date", f"{cell:%Y-%m-%d}", self.field.example)
        if isinstance(cell, (int, float)) and abs(cell) >= 10**_EXACT_DIGITS:
            return Problem("number_precision", plain_text(cell), self.field.example)
        return self._text(plain_text(cell))

    def _checked(self, text: str) -> Value | Problem:
        assert self._check is not None
        try:
            return self._check(text)
        except EngineError as error:
            return _problem(error, text)

    def _choice(self, cell: Cell) -> Value | Problem:
        text = plain_text(cell)
        found = self._choices.get(plain_label(text))
        if found is not None:
            return found
        if text in UNKNOWN:
            return None
        options = tuple(self.field.choices)
        return Problem("choice_unknown", text, "、".join(options), {"options": options})

    def _bool(self, cell: Cell) -> Value | Problem:
        if isinstance(cell, bool):
            return cell
        text = plain_text(cell).casefold()
        if text in _YES:
            return True
        if text in _NO:
            return False
        return None if text in UNKNOWN else Problem("bool_unknown", plain_text(cell), "是、否")

    def _phone(self, cell: Cell) -> Value | Problem:
        text = plain_text(cell)
        if text in UNKNOWN:
            return None
        numbers = [
            re.sub(r"[\s()+]", "", part).removeprefix("86") for part in _PHONE_PARTS.split(text) if part
        ]
        for number in numbers:
            if not _PHONE.fullmatch(number.replace("-", "") if number[:1] == "1" else number):
                return Problem(
                    "phone_malformed", text, "13812341234", {"digits": sum(map(str.isdigit, text))}
                )
        return self._text(
            "、".join(number.replace("-", "") if number[:1] == "1" else number for number in numbers)
        )

    def _date(self, cell: Cell) -> Value | Problem:
        if isinstance(cell, (str, float)):
            if cell in self._seen:
                return self._seen[cell]
            found = self._fresh_date(cell)
            if len(self._seen) < _CACHE:
                self._seen[cell] = found
            return found
        return self._fresh_date(cell)

    def _fresh_date(self, cell: Cell) -> Value | Problem:
        if isinstance(cell, str) and cell in UNKNOWN:
            return None
        field = self.field
        by_month = field.kind is Kind.MONTH
        try:
            if by_month:
                day = parse_month(cell, date_system=self._date_system)
            else:
                day = parse_day(cell, date_system=self._date_system)
        except EngineError as error:
            month = error.data.get("month")
            if not (field.month_allowed and isinstance(month, date)):
                return _problem(error, plain_text(cell), expected=field.example or "2023-06-15")
            day = month
        earliest = field.earliest.replace(day=1) if by_month else field.earliest
        if day < earliest or (field.latest is not None and day > field.latest):
            data = {"date": day, "earliest": earliest, "latest": field.latest}
            return Problem(
                "date_out_of_range", day.isoformat(), f"{earliest} – {field.latest or ''}".strip(" –"), data
            )
        return day

    def _amount(self, cell: Cell) -> Value | Problem:
        if isinstance(cell, (bool, date)):
            return Problem("number_malformed", plain_text(cell), self.field.example)
        if isinstance(cell, str):
            if cell in UNKNOWN:
                return None
            if not _PLAIN.fullmatch(cell):
                return self._written_amount(cell)
            number = Decimal(cell)
        elif isinstance(cell, float):
            number = Decimal(f"{cell:.{_EXACT_DIGITS}g}")
        else:
            assert cell is not None
            number = Decimal(cell)
        if not number.is_finite():
            return Problem("number_malformed", str(cell), self.field.example)
        if number and not -_FINEST < number.adjusted() < _FINEST:
            return Problem("number_out_of_range", str(cell))
        self._bare = True
        if self._factor is not None:
            return self._bounded(number * self._factor)
        assert self.unit is not None
        return self._bounded(to_base(number, self.unit))

    def _written_amount(self, text: str) -> Value | Problem:
        """Read an amount with a unit, qualifier or Chinese numerals of its own."""
        try:
            if self.unit is None:
                read = read_number(text)
                value, qualifier = read.value, read.qualifier
            else:
                quantity = parse_quantity(text, self.unit)
                value, qualifier = quantity.base, quantity.qualifier
                if quantity.unit == self.unit:
                    self._bare = True
                elif quantity.unit.factor != self.unit.factor:
                    self._own_units[quantity.unit.name] = None
        except EngineError as error:
            return _problem(error, text, expected=self.field.example)
        self.approximate += qualifier is not Qualifier.EXACT
        return self._bounded(value)

    def _bounded(self, value: Decimal) -> Value | Problem:
        field = self.field
        if not -_LARGEST < value < _LARGEST:
            return Problem("number_out_of_range", _shown(value))
        if self._minimum is not None and value < self._minimum:
            code = "negative" if value < 0 == self._minimum else "below_minimum"
            return Problem(code, _shown(value), _shown(self._minimum), {"minimum": self._minimum})
        if field.maximum is not None and value > field.maximum:
            return Problem("above_maximum", _shown(value), _shown(field.maximum), {"maximum": field.maximum})
        if field.kind is Kind.COUNT:
            whole = int(value)
            return (
                whole if whole == value else Problem("not_whole", _shown(value), str(round_half_up(value, 0)))
            )
        if field.kind is Kind.MONEY or field.kind is Kind.AREA:
            return value.quantize(_CENT, ROUND_HALF_UP)
        return value if field.places is None else round_half_up(value, field.places)


def column_parser(
    field: FieldSpec,
    unit: Unit | None = None,
    *,
    date_system: int = 1900,
    checks: Mapping[Kind, Check] = MappingProxyType({}),
) -> ColumnParser:
    """Return the reader of a column, made once and called for every cell.

    Args:
        unit: what bare numbers are in; None takes the field's own, else 元, ㎡, 个 or the ratio itself.
        date_system: 1900 or 1904, for serial numbers of days.
        checks: what a text of a kind must pass besides, such as `{Kind.CREDIT_CODE: ...}`.

    Raises:
        EngineError: `unit_unknown` for the field's unit.
    """
    return ColumnParser(field, default_unit(field) if unit is None else unit, date_system, checks)


def default_unit(field: FieldSpec) -> Unit | None:
    """Return what a field's bare numbers are in when nothing names a unit; None: they are plain numbers."""
    name = (field.unit or _DEFAULT_UNITS.get(field.kind)) if field.kind in AMOUNTS else None
    return None if name is None else unit_named(name)


def parse_cell(
    cell: Cell,
    field: FieldSpec,
    unit: Unit | None = None,
    *,
    date_system: int = 1900,
    checks: Mapping[Kind, Check] = MappingProxyType({}),
) -> Parsed | Problem:
    """Read a single cell; takes and raises as `column_parser`, which is the one for many cells."""
    parser = column_parser(field, unit, date_system=date_system, checks=checks)
    value = parser(cell)
    if isinstance(value, Problem):
        return value
    if parser.approximate:
        return Parsed(value, "approximate")
    own = parser.unit is not None and parser.units_seen not in ((), (parser.unit.name,))
    return Parsed(value, "own_unit" if own else None)


def _problem(error: EngineError, text: str, expected: str = "") -> Problem:
    """Turn a refusal into a problem; what it found and expected stand in its data."""
    data = dict(error.data)
    found = str(data.get("found", text))
    right = data.get("expected", data.get("wanted", expected))
    return Problem(error.code, found, str(right), data | {"text": text})


def _shown(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
