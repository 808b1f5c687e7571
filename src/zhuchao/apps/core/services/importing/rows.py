"""Turn the rows of a table into values, and say what must be told of the file as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from zhuchao.engines.identity import check_credit_code
from zhuchao.engines.reading import (
    ColumnParser,
    FieldSpec,
    Kind,
    Problem,
    Understanding,
    check_total,
    column_parser,
    ledger_rows,
)
from zhuchao.engines.reading.fields import plain_label
from zhuchao.engines.units import from_base

from ..progress import Progress
from .registry import Ledger, Row
from .wording import EXAMPLE_MARK, OURS
from .workbooks import Table

_SUMMED = frozenset({Kind.MONEY, Kind.AREA, Kind.COUNT})
_PART_TOTALS = frozenset({"小计", "本页合计", "本页小计"})
_SAY_EVERY = 2000
_MOST_DUPLICATES = 20
_EXAMPLES_WITHIN = 10
# A total is written to two decimals of its column's unit.
_LAST_PLACE = Decimal("0.01")
YEARS_AHEAD = 30


@dataclass
class Rows:
    """The rows of a file: those that can be compared, those with problems, and what to tell of the whole."""

    clean: list[Row]
    refused: list[Row]
    warnings: list[Problem]


def read_rows(
    table: Table, understanding: Understanding, ledger: Ledger, *, today: date, progress: Progress, step: str
) -> Rows:
    """Read every data row; empties ``table.grid`` on the way, so that a long file is not kept twice.

    Dates later than thirty years from ``today`` are refused unless the field has a bound of its own.
    """
    parsers = _parsers(table, understanding, ledger, today)
    totals = _totals(table, understanding, parsers, ledger)
    summing = _Summing(tuple(totals), [name for name in parsers if _field(ledger, name).kind in _SUMMED])
    rows = Rows([], [], [])
    absent = {field.name: None for field in ledger.fields if field.name not in parsers}
    places = [(name, column.index, parsers[name]) for name, column in understanding.matched.items()]
    blanks = _blank_columns(understanding)
    seen: dict[int, int] = {}
    count = len(understanding.data_rows)
    for done, (index, cells) in enumerate(ledger_rows(table.grid, understanding, ledger.fields)):
        if done % _SAY_EVERY == 0:
            progress.say(step, done, count)
        if done < _EXAMPLES_WITHIN and _is_example(table.grid[index]):
            continue
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for name, column, parse in places:
            value = parse(cells[name])
            if value.__class__ is Problem:
                problems.append(_placed(value, name, table.marks, (index, column)))
                value = None
            values[name] = value
        blanks.difference_update([column for column in blanks if _is_filled(table.grid[index], column)])
        table.grid[index] = ()
        row = Row(index + 1, values | absent if absent else values, problems)
        summing.add(index, row)
        (rows.refused if problems else rows.clean).append(row)
        if not problems:
            _note_duplicate(row, seen, rows.warnings)
    rows.warnings[:0] = [
        *_assumed(understanding, ledger),
        *(problem for parser in parsers.values() for problem in parser.column_problems()),
        *summing.differences(totals, understanding, ledger),
        *_left_out(understanding, blanks),
    ]
    return rows


def _parsers(
    table: Table, understanding: Understanding, ledger: Ledger, today: date
) -> dict[str, ColumnParser]:
    checks: dict[Kind, Callable[[str], str]] = {Kind.CREDIT_CODE: lambda text: check_credit_code(text).code}
    checks |= getattr(ledger, "checks", {})
    latest = today.replace(year=today.year + YEARS_AHEAD, day=1)
    return {
        name: column_parser(
            replace(field, latest=latest) if field.latest is None else field,
            column.unit,
            date_system=table.date_system,
            checks=checks,
        )
        for name, column in understanding.matched.items()
        for field in (_field(ledger, name),)
    }


def _field(ledger: Ledger, name: str) -> FieldSpec:
    return next(field for field in ledger.fields if field.name == name)


def _placed(problem: Any, name: str, marks: Mapping[tuple[int, int], str], place: tuple[int, int]) -> Problem:
    """Return a cell's problem with the field it is in; a formula nobody has computed is called that."""
    code = "formula_without_value" if problem.code == "formula_text" and place in marks else problem.code
    return Problem(code, problem.found, problem.expected, {**problem.data, "field": name})


def _note_duplicate(row: Row, seen: dict[int, int], warnings: list[Problem]) -> None:
    key = hash(tuple(row.values.values()))
    first = seen.setdefault(key, row.number)
    if first != row.number:
        if len(warnings) < _MOST_DUPLICATES:
            warnings.append(Problem("duplicate_rows", data={"row": row.number, "first": first}))
        elif warnings[-1].code == "more":
            warnings[-1] = Problem("more", data={"count": int(str(warnings[-1].data["count"])) + 1})
        else:
            warnings.append(Problem("more", data={"count": 1}))


@dataclass(frozen=True)
class _Total:
    row: int
    name: str
    value: Decimal
    is_part: bool


def _totals(
    table: Table, understanding: Understanding, parsers: Mapping[str, ColumnParser], ledger: Ledger
) -> list[_Total]:
    found = []
    for total in understanding.totals:
        cells = table.grid[total.row]
        for name, column in understanding.matched.items():
            field = _field(ledger, name)
            if field.kind not in _SUMMED or column.index >= len(cells):
                continue
            value = column_parser(replace(field, required=False), column.unit)(cells[column.index])
            if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
                found.append(_Total(total.row, name, Decimal(value), total.label in _PART_TOTALS))
    return found


class _Summing:
    """The amounts of the rows, where a total below them must be checked; nothing is kept where there is none."""

    def __init__(self, totals: tuple[_Total, ...], names: list[str]) -> None:
        wanted = {total.name for total in totals}
        self._amounts: dict[str, list[tuple[int, Any]]] = {name: [] for name in names if name in wanted}
        self._unread: set[str] = set()

    def add(self, index: int, row: Row) -> None:
        if not self._amounts:
            return
        self._unread.update(str(problem.data["field"]) for problem in row.problems)
        for name, kept in self._amounts.items():
            kept.append((index, row.values[name]))

    def differences(
        self, totals: list[_Total], understanding: Understanding, ledger: Ledger
    ) -> Iterator[Problem]:
        """Yield the totals that do not add up, with the difference; a column with unread cells is left alone."""
        before: dict[str, int] = {}
        for total in totals:
            after = before.get(total.name, -1) if total.is_part else -1
            before[total.name] = total.row
            if total.name in self._unread:
                continue
            unit = understanding.matched[total.name].unit
            factor = Decimal(1) if unit is None else Decimal(unit.factor.numerator) / unit.factor.denominator
            amounts = [
                value
                for index, value in self._amounts[total.name]
                if not total.is_part or after < index < total.row
            ]
            check = check_total(amounts, total.value, tolerance=_LAST_PLACE * factor)
            if check.ok:
                continue
            shown = [
                amount if unit is None else from_base(amount, unit, 2)
                for amount in (check.found, check.expected, check.difference)
            ]
            name = "" if unit is None else unit.name
            found, expected, difference = (f"{amount.normalize():f} {name}".strip() for amount in shown)
            data = {"row": total.row + 1, "label": _field(ledger, total.name).label, "difference": difference}
            yield Problem("total_differs", found, expected, data)


def _assumed(understanding: Understanding, ledger: Ledger) -> Iterator[Problem]:
    for name, column in understanding.matched.items():
        field = _field(ledger, name)
        if column.unit_from == "assumed" and field.kind is not Kind.COUNT and column.unit is not None:
            yield Problem("unit_assumed", data={"label": field.label, "unit": column.unit.name})


def _blank_columns(understanding: Understanding) -> set[int]:
    """Return the columns that are left out; those that turn out to hold something must be told of."""
    return {
        column.index
        for column in understanding.columns
        if column.field is None and column.why != "serial" and column.header
    }


def _is_example(cells: Any) -> bool:
    """Return whether this is the example row of our own blank template, left in place."""
    return any(isinstance(cell, str) and cell.startswith(EXAMPLE_MARK) for cell in cells)


def _is_filled(cells: Any, column: int) -> bool:
    return column < len(cells) and cells[column] not in (None, "")


def _left_out(understanding: Understanding, blanks: set[int]) -> Iterator[Problem]:
    headers = [
        column.header
        for column in understanding.columns
        if column.field is None
        and column.why != "serial"
        and column.header
        and column.index not in blanks
        and plain_label(column.header) not in OURS
    ]
    if headers:
        yield Problem("columns_left_out", data={"columns": headers})
