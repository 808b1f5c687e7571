"""Find the table in a sheet: titles and unit notes above, one or two rows of headers, data, totals and notes below."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhuchao.engines.reading.fields import AMOUNTS, Cell, FieldSpec, Merge, Problem, plain_label, plain_text
from zhuchao.engines.reading.headers import ColumnMatch, Header, match_columns
from zhuchao.engines.units import Unit, sheet_unit

__all__ = ["ColumnMatch", "TotalCheck", "TotalRow", "Understanding", "check_total", "ledger_rows", "shape_of"]

Grid = Sequence[Sequence[Cell]]

_SEARCHED_ROWS: Final = 30
_WIDER: Final = 4
_NUMBER: Final = re.compile(r"[-+.,%\d\s]+")
_TOTALS: Final = frozenset({"合计", "总计", "小计", "总和", "总合计", "累计", "本页合计", "本页小计", "共计"})
_NOTE: Final = re.compile(
    r"(?:备\s*注|注|说\s*明|填表说明|填报说明|填\s*表\s*人|填\s*报\s*人|制\s*表\s*人?|审\s*核\s*人?|负\s*责\s*人|单位负责人"
    r"|分管领导|联\s*系\s*人|联系电话|数据来源|资料来源|填报单位|填报日期|填表日期)\s*([:1-9一二三]|$)"
)


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A row of totals, kept apart from the data: where it stands and what it calls itself."""

    row: int
    label: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a sheet was understood; rows count from 0.

    `header_rows` is empty when no header was found, and then there is no data. `data_rows` are the rows to read;
    totals, blank rows, notes and repeated headers are left out of them. `shape` is the key under which a mapping may
    be remembered.
    """

    header_rows: tuple[int, ...]
    columns: tuple[ColumnMatch, ...]
    data_rows: tuple[int, ...]
    totals: tuple[TotalRow, ...]
    titles: tuple[str, ...]
    notes: tuple[str, ...]
    blank_rows: tuple[int, ...]
    sheet_units: tuple[Unit, ...]
    shape: str
    problems: tuple[Problem, ...]
    merges: tuple[Merge, ...] = ()

    @property
    def matched(self) -> dict[str, ColumnMatch]:
        """The columns that hold a field, by the field's name."""
        return {column.field: column for column in self.columns if column.field is not None}


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """Whether a total is the sum of its rows; `difference` is found less expected."""

    ok: bool
    expected: Decimal
    found: Decimal
    difference: Decimal


@dataclass(frozen=True, slots=True)
class _Table:
    rows: tuple[int, ...]
    columns: tuple[ColumnMatch, ...]
    units: tuple[Unit, ...]
    worth: int


@dataclass(slots=True)
class _Below:
    data: list[int]
    totals: list[TotalRow]
    notes: list[str]
    blanks: list[int]


def understand(
    grid: Grid,
    fields: Sequence[FieldSpec],
    *,
    merges: Sequence[Merge] = (),
    remembered: Mapping[str, str] | None = None,
    guess: bool = False,
) -> Understanding:
    """Find the table of a sheet and match its columns to the fields.

    Args:
        grid: the rows of the sheet; a merged area has its value in its first cell and None or "" in the others.
        merges: the merged areas, if the reader knows them; without, blanks beside a header are taken for merged.
        remembered: header text to field name ("" leaves the column out), from an earlier file of this `shape`.
        guess: where no row names fields, take the one that looks most like a header; a person says what its
            columns are.

    Returns:
        Always an understanding; its `problems` are `no_header`, `header_guessed` (row, the way people count),
        `two_columns_one_field` (label, headers),
        `required_column_missing` (label) and `no_data`.
    """
    table = _find_table(grid, fields, merges, remembered or {})
    guessed = table is None and guess
    if guessed:
        table = _likely_table(grid, fields, remembered or {})
    if table is None:
        notes = tuple(filter(None, (" ".join(_texts(row)) for row in grid[:_SEARCHED_ROWS])))
        labels = [field.label for field in fields if field.required] or [f.label for f in fields[:3]]
        problem = Problem("no_header", "", "、".join(labels), {"options": tuple(labels)})
        return Understanding((), (), (), (), (), notes, (), (), "", (problem,), tuple(merges))
    below = _below(grid, table)
    problems = _column_problems(table.columns, fields)
    if guessed:
        row = table.rows[0]
        problems.insert(0, Problem("header_guessed", " ".join(_texts(grid[row])), data={"row": row + 1}))
    if not below.data:
        problems.append(Problem("no_data"))
    return Understanding(
        header_rows=table.rows,
        columns=table.columns,
        data_rows=tuple(below.data),
        totals=tuple(below.totals),
        titles=tuple(filter(None, (" ".join(_texts(row)) for row in grid[: table.rows[0]]))),
        notes=tuple(below.notes),
        blank_rows=tuple(below.blanks),
        sheet_units=table.units,
        shape=shape_of([column.header for column in table.columns]),
        problems=tuple(problems),
        merges=tuple(merges),
    )


def shape_of(headers: Sequence[str]) -> str:
    """Return a key that two sheets share when their headers are the same in the same order, spelling aside.

    >>> shape_of(["企业名称", "面积（亩）"]) == shape_of([" 企业名称", "面积(亩)"])
    True
    """
    plain = "\x1f".join(plain_label(header) for header in headers).rstrip("\x1f")
    return hashlib.sha256(plain.encode()).hexdigest()[:24]


def ledger_rows(
    grid: Grid, understanding: Understanding, fields: Sequence[FieldSpec]
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Give each data row: its number and its cells by field name.

    What is merged over several rows counts for each of them, except an amount, which would be counted twice.
    """
    kinds = {field.name: field.kind for field in fields}
    places = [(name, column.index) for name, column in understanding.matched.items()]
    filled: dict[tuple[int, int], Cell] = {}
    repeated = {index for name, index in places if kinds[name] not in AMOUNTS}
    for first, left, last, _ in understanding.merges:
        if last > first and left in repeated:
            for row in range(first + 1, last + 1):
                filled[row, left] = _at(grid, first, left)
    for row in understanding.data_rows:
        cells = grid[row]
        width = len(cells)
        record = {name: cells[index] if index < width else None for name, index in places}
        if filled:
            for name, index in places:
                if (row, index) in filled and record[name] in (None, ""):
                    record[name] = filled[row, index]
        yield row, record


def check_total(
    values: Iterable[Decimal | int | None], total: Decimal | int, *, tolerance: Decimal = Decimal(0)
) -> TotalCheck:
    """Compare a total with the sum of its rows, all in the base unit; empty cells count nothing.

    Args:
        tolerance: most that rounding in the ledger may make, such as 0.005 万元 a row.

    >>> check_total([Decimal("1.50"), None, 2], Decimal("3.60")).difference
    Decimal('0.10')
    """
    expected = sum((Decimal(value) for value in values if value is not None), Decimal(0))
    found = Decimal(total)
    difference = found - expected
    return TotalCheck(abs(difference) <= tolerance, expected, found, difference)


def _find_table(
    grid: Grid, fields: Sequence[FieldSpec], merges: Sequence[Merge], remembered: Mapping[str, str]
) -> _Table | None:
    """Take the row, or pair of rows, whose columns match the fields best."""
    best: _Table | None = None
    units: tuple[Unit, ...] = ()
    for row in range(min(len(grid), _SEARCHED_ROWS)):
        texts = _texts(grid[row])
        for rows in ((row,), (row, row + 1)) if len(texts) >= min(2, len(fields)) else ():
            headers = _headers(grid, rows, merges)
            if headers is None:
                continue
            columns = match_columns(headers, fields, units, remembered)
            found = [column.score for column in columns if column.field is not None]
            # 总投资/计划 says a little less than 总投资 alone, and is right; 总投资/1200 says far less
            worth = sum(found) + _WIDER * sum(header.is_under_wider for header in headers)
            if len(found) >= min(2, len(fields)) and (best is None or worth > best.worth):
                best = _Table(rows, columns, units, worth)
        units += tuple(unit for text in texts for unit in sheet_unit(text))
    return best


def _likely_table(grid: Grid, fields: Sequence[FieldSpec], remembered: Mapping[str, str]) -> _Table | None:
    """Take the first of the rows with the most words, all different and none a number, above a row of cells."""
    most, likely = 1, None
    for row in range(min(len(grid) - 1, _SEARCHED_ROWS)):
        texts = _texts(grid[row])
        is_header = len(set(texts)) == len(texts) and not any(map(_NUMBER.fullmatch, texts))
        if is_header and len(texts) > most and len(_texts(grid[row + 1])) > 1:
            most, likely = len(texts), row
    if likely is None:
        return None
    headers = [
        Header((text,) if text else ())
        for text in (_label(grid, likely, n) for n in range(len(grid[likely])))
    ]
    units = tuple(unit for row in grid[:likely] for text in _texts(row) for unit in sheet_unit(text))
    return _Table((likely,), match_columns(headers, fields, units, remembered), units, 0)


def _headers(grid: Grid, rows: tuple[int, ...], merges: Sequence[Merge]) -> list[Header] | None:
    """Return the headers made of one row, or of two when the upper one spans columns of the lower one."""
    if rows[-1] >= len(grid):
        return None
    width = max(len(grid[row]) for row in rows)
    upper = [_label(grid, rows[0], column) for column in range(width)]
    if len(rows) == 1:
        return [Header((text,) if text else ()) for text in upper]
    lower = [_label(grid, rows[1], column) for column in range(width)]
    spans = _spans(upper, lower, rows[0], merges)
    if not spans:
        return None
    headers = []
    for column, (above, below) in enumerate(zip(upper, lower, strict=True)):
        if column in spans:  # with nothing under it, a column is no part of the wider header
            levels = (upper[spans[column]], below) if below else ()
        else:
            levels = (above, below)
        headers.append(Header(tuple(dict.fromkeys(filter(None, levels))), column in spans))
    return headers


def _spans(upper: list[str], lower: list[str], row: int, merges: Sequence[Merge]) -> dict[int, int]:
    """Return, for each column under a wider header, the column where that header stands."""
    spans: dict[int, int] = {}
    for top, left, bottom, right in merges:
        if top == row == bottom and right > left:
            spans |= dict.fromkeys(range(left, min(right + 1, len(upper))), left)
    if spans:
        return spans
    parent: int | None = None
    for column, (above, below) in enumerate(zip(upper, lower, strict=True)):
        if above or not below:
            parent = column if below else None
        elif parent is not None:
            spans[column] = spans[parent] = parent
    return spans


def _below(grid: Grid, table: _Table) -> _Below:
    """Sort the rows under the header."""
    found = _Below([], [], [], [])
    serial = {column.index for column in table.columns if column.why == "serial"}
    headers = {plain_label(text) for row in table.rows for text in _texts(grid[row])}
    for row in range(table.rows[-1] + 1, len(grid)):
        cells = grid[row]
        filled = [index for index, cell in enumerate(cells) if cell is not None and cell != ""]
        leading = [cell.strip() for cell in (cells[index] for index in filled[:2]) if isinstance(cell, str)]
        labels = [plain_label(text.replace("（", "(").split("(")[0]) for text in leading]
        total = next((label for label in labels if label in _TOTALS), None)
        if total is not None:
            found.totals.append(TotalRow(row, total))
        elif len(filled) <= 3 and _is_note(_texts(cells)):
            found.notes.append(" ".join(_texts(cells)))
        elif all(index in serial or plain_text(cells[index]) == "" for index in filled):
            found.blanks.append(row)
        elif len(filled) < 2 or not set(labels) & headers or set(map(plain_label, _texts(cells))) - headers:
            found.data.append(row)  # else it is the header again, at the head of a printed page
    return found


def _is_note(texts: Sequence[str]) -> bool:
    """Tell whether a row with few cells is a remark: 备注：…, or the word alone."""
    found = _NOTE.match(texts[0]) if texts else None
    return found is not None and (found[1] != "" or len(texts) == 1)


def _column_problems(columns: Sequence[ColumnMatch], fields: Sequence[FieldSpec]) -> list[Problem]:
    labels = {field.name: field.label for field in fields}
    holders = {column.field: column.header for column in columns}
    problems = []
    for column in columns:
        if column.claims is not None:
            headers = (holders[column.claims], column.header)
            data = {"label": labels[column.claims], "columns": headers}
            problems.append(Problem("two_columns_one_field", column.header, data=data))
    problems += [
        Problem("required_column_missing", "", field.label, {"label": field.label})
        for field in fields
        if field.required and field.name not in holders
    ]
    return problems


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [text for text in map(plain_text, cells) if text]


def _label(grid: Grid, row: int, column: int) -> str:
    return " ".join(plain_text(_at(grid, row, column)).split())


def _at(grid: Grid, row: int, column: int) -> Cell:
    cells = grid[row]
    return cells[column] if column < len(cells) else None
