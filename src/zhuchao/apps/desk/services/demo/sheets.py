"""A ledger sheet kept as reviewable text, and the .xlsx it stands for.

A text is CSV, one line a row of the sheet as an office would have typed it, after directive lines:
``#! kind: leads``, ``#! zone: susu``, ``#! sheet: 线索台账``, ``#! merge: A1:G1``, ``#! header: 3``. A cell that
looks like a number is one, ``2023-06-15`` is an Excel date, ``'…`` is text, ``=SUM(C4:C9)|120`` a formula with
its value; everything else is text (``2023.6.15`` stays as typed).
"""

import csv
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import xlsxwriter

from zhuchao.apps.core.errors import DomainError

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_NUMBER = 15


class SheetTextWrong(DomainError):
    """A sheet text does not follow its form."""

    code = "sheet_text_wrong"
    message = "{file} 第 {line} 行：{why}"


@dataclass(frozen=True)
class SheetText:
    """One sheet: which ledger it is, for which zone, its name, merged areas, header rows (from 1) and cells."""

    path: Path
    kind: str
    zone: str = ""
    sheet: str = "台账"
    merges: tuple[str, ...] = ()
    headers: frozenset[int] = field(default_factory=frozenset)
    rows: tuple[tuple[str, ...], ...] = ()


def read_sheet_text(path: Path) -> SheetText:
    """Read a sheet text; raises SheetTextWrong."""
    said: dict[str, str] = {}
    merges: list[str] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    place = 0
    for place, line in enumerate(lines):
        if not line.startswith("#!"):
            break
        name, colon, value = line[2:].partition(":")
        if not colon:
            raise SheetTextWrong(file=path.name, line=place + 1, why="应写成 #! 名称: 值")
        if name.strip() == "merge":
            merges += value.split()
        else:
            said[name.strip()] = value.strip()
    if unknown := said.keys() - {"kind", "zone", "sheet", "header"}:
        raise SheetTextWrong(file=path.name, line=1, why=f"不认识的名称 {', '.join(sorted(unknown))}")
    if "kind" not in said:
        raise SheetTextWrong(file=path.name, line=1, why="缺少 #! kind")
    rows = tuple(tuple(row) for row in csv.reader(lines[place:]))
    headers = frozenset(int(number) for number in said.get("header", "").replace(",", " ").split())
    return SheetText(
        path, said["kind"], said.get("zone", ""), said.get("sheet", "台账"), tuple(merges), headers, rows
    )


def write_workbook(text: SheetText, target: Path) -> None:
    """Write the .xlsx that a sheet text stands for."""
    target.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(target))
    sheet = book.add_worksheet(text.sheet[:31])
    plain = book.add_format({"font_name": "宋体", "font_size": 11})
    head = book.add_format(
        {
            "font_name": "宋体",
            "font_size": 11,
            "bold": True,
            "border": 1,
            "align": "center",
            "valign": "vcenter",
        }
    )
    dated = book.add_format({"font_name": "宋体", "font_size": 11, "num_format": "yyyy-mm-dd"})
    for place, row in enumerate(text.rows):
        for column, cell in enumerate(row):
            _write(sheet, place, column, cell, head if place + 1 in text.headers else plain, dated)
    for area in text.merges:
        first = area.split(":")[0]
        row_, column_ = _corner(first)
        sheet.merge_range(area, text.rows[row_][column_], head)
    sheet.set_column(0, max((len(row) for row in text.rows), default=1), 14)
    book.close()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: str, plain: object, dated: object
) -> None:
    if cell == "":
        return
    if cell.startswith("'"):
        sheet.write_string(row, column, cell[1:], plain)
    elif cell.startswith("="):
        formula, _, value = cell.partition("|")
        sheet.write_formula(row, column, formula, plain, float(value) if value else 0)
    elif _DATE.fullmatch(cell):
        sheet.write_datetime(row, column, date.fromisoformat(cell), dated)
    elif _NUMBER.fullmatch(cell) and len(cell) <= _LONGEST_NUMBER:
        sheet.write_number(row, column, float(cell), plain)
    else:
        sheet.write_string(row, column, cell, plain)


def _corner(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1
