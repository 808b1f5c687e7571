"""Read a table out of a file people keep: .xlsx, .xls, or .csv in the encodings that are about."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from zhuchao.engines.reading import Cell, Merge

from ...errors import FileEmpty, NotAWorkbook, PasswordProtected, SheetMissing, TooManyRows, WorkbookBroken
from ...wording import listed
from .. import sniffing
from ..sniffing import Sniffed
from . import guards

MOST_ROWS = 200_000
_DELIMITERS = (",", "\t", ";", "，")
_SHORT = 12
_HEAD_LINES = 20

Grid = list[Sequence[Cell]]


@dataclass
class Table:
    """The cells of one sheet and what else the reading of them needs.

    ``grid`` starts with the sheet's first row. ``sheets`` are the names a person may choose from. ``marks``
    are cells that hold an error or a formula without a result, (row, column) from 0.
    """

    sheet: str
    sheets: tuple[str, ...]
    grid: Grid
    merges: tuple[Merge, ...] = ()
    date_system: int = 1900
    marks: dict[tuple[int, int], str] = field(default_factory=dict)
    width: int = 0

    def __post_init__(self) -> None:
        # Kept apart, since the grid is emptied while it is read.
        self.width = max(map(len, self.grid), default=0)


def refuse_unreadable(path: Path, kind: Sniffed, name: str) -> None:
    """Refuse what is not a table, opens with a password only, or would unfold beyond measure.

    Raises NotAWorkbook, PasswordProtected, WorkbookTooLarge, WorkbookBroken.
    """
    if kind is sniffing.LOCKED:
        raise PasswordProtected(name=name)
    if kind not in sniffing.WORKBOOKS:
        raise NotAWorkbook(name=name, found=str(kind.label))
    if kind in (sniffing.XLSX, sniffing.XLSM):
        guards.refuse_bomb(path, name)


def sheet_names(path: Path, kind: Sniffed, name: str) -> tuple[str, ...]:
    """Return the visible worksheets of a file; a .csv has one without a name."""
    if kind in (sniffing.CSV, sniffing.TEXT):
        return ("",)
    with _workbook(path, name) as workbook:
        return _choices(workbook)


def read_table(path: Path, kind: Sniffed, name: str, sheet: str) -> Table:
    """Read one sheet of a file that ``refuse_unreadable`` has let pass.

    Raises SheetMissing, TooManyRows, WorkbookBroken, FileEmpty.
    """
    if kind in (sniffing.CSV, sniffing.TEXT):
        return Table("", ("",), list(_csv_rows(path, name)))
    openxml = kind in (sniffing.XLSX, sniffing.XLSM)
    with _workbook(path, name) as workbook:
        sheets = _choices(workbook)
        if sheet not in sheets:
            raise SheetMissing(sheet=sheet, sheets=listed(sheets) or "—")
        scan = guards.scan_sheet(path, name, sheet, most_rows=MOST_ROWS) if openxml else guards.SheetScan()
        try:
            found = workbook.get_sheet_by_name(sheet)
            grid = _cells(found.iter_rows())
            merges = found.merged_cell_ranges or []
        except (python_calamine.CalamineError, ValueError) as error:
            raise WorkbookBroken(name=name) from error
    if len(grid) > MOST_ROWS + 1000 and not openxml:
        raise TooManyRows(sheet=sheet, limit=MOST_ROWS, name=name)
    for (row, column), text in scan.marks.items():
        _put(grid, row, column, text)
    return Table(
        sheet=sheet,
        sheets=sheets,
        grid=grid,
        merges=tuple((top, left, bottom, right) for (top, left), (bottom, right) in merges),
        date_system=guards.date_system(path) if openxml else 1900,
        marks=scan.marks,
    )


def csv_dialect(head: str) -> str:
    """Return the mark that separates the cells of a .csv: the one that most lines have most of."""
    lines = [line for line in head.splitlines() if line.strip()][:_HEAD_LINES]
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))


def _workbook(path: Path, name: str) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.load_workbook(path)
    except python_calamine.PasswordError as error:
        raise PasswordProtected(name=name) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise WorkbookBroken(name=name) from error


def _choices(workbook: python_calamine.CalamineWorkbook) -> tuple[str, ...]:
    return tuple(
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == python_calamine.SheetVisibleEnum.Visible
    )


def _cells(rows: Iterator[list[Any]]) -> Grid:
    """Return the cells with equal short texts kept once: a ledger says the same few words in every row."""
    kept: dict[str, str] = {}
    once = kept.setdefault
    return [
        [
            (once(cell, cell) if len(cell) < _SHORT else cell)
            if cell.__class__ is str
            else cell
            if cell.__class__ is float
            else _plain(cell)
            for cell in row
        ]
        for row in rows
    ]


def _plain(cell: Any) -> Cell:
    """Return a cell as the engine takes it; a time of day or a duration is text there."""
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    if cell is None or isinstance(cell, (str, int, float, Decimal, date)):
        return cell
    return str(cell)


def _put(grid: Grid, row: int, column: int, text: str) -> None:
    while len(grid) <= row:
        grid.append([])
    cells = list(grid[row])
    cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = text
    grid[row] = cells


def _csv_rows(path: Path, name: str) -> Iterator[list[Cell]]:
    encoding = sniffing.text_encoding(path)
    if encoding is None:
        raise NotAWorkbook(name=name, found=_("无法识别的内容"))
    with path.open(encoding=encoding, newline="") as file:
        dialect = csv_dialect("".join(line for line, _n in zip(file, range(_HEAD_LINES), strict=False)))
        file.seek(0)
        number = 0
        try:
            for number, cells in enumerate(csv.reader(file, delimiter=dialect), start=1):
                if number > MOST_ROWS + 1000:
                    raise TooManyRows(sheet=name, limit=MOST_ROWS, name=name)
                yield list(cells)
        except csv.Error as error:
            raise WorkbookBroken(name=name) from error
        if number == 0:
            raise FileEmpty(name=name)
