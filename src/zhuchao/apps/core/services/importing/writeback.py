"""Give refused rows back in the person's own file, with what is wrong and what would be right beside them.

An .xlsx keeps everything else it holds, a .csv its encoding; an .xls comes back as .xlsx with its values.
"""

import csv
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from zhuchao.engines.reading import Cell
from zhuchao.engines.reading.fields import plain_label

from .. import sniffing
from ..sniffing import Sniffed
from .openxml import AddedCells, add_cells
from .registry import Ledger, Outcome
from .trial import Examined
from .wording import OUR_HEADERS, right_value, words
from .workbooks import Table, csv_dialect, read_table

_WIDTH = 44
_MARK = "（筑巢标注）"
_HEAD_CHARACTERS = 1 << 16

Notes = Mapping[int, tuple[str, str]]


@contextmanager
def annotated_file(
    path: Path, kind: Sniffed, name: str, examined: Examined
) -> Iterator[tuple[BinaryIO, str]]:
    """Give the examined file with a note beside each refused row, open for reading, and a name for it."""
    stem, ending = os.path.splitext(name)
    notes = notes_of(examined.refused, examined.ledger)
    added = AddedCells(
        texts={examined.understanding.header_rows[-1] + 1: OUR_HEADERS, **notes},
        columns=_columns(examined),
        header_row=examined.understanding.header_rows[-1] + 1,
    )
    with tempfile.TemporaryDirectory(prefix="zhuchao-") as folder:
        target = Path(folder) / "annotated"
        if kind in (sniffing.CSV, sniffing.TEXT):
            _annotate_csv(path, target, added)
        elif kind in (sniffing.XLSX, sniffing.XLSM):
            add_cells(path, target, examined.table.sheet, added)
        else:
            ending = ".xlsx"
            _copy_as_openxml(read_table(path, kind, name, examined.table.sheet), target, added)
        with target.open("rb") as file:
            yield file, f"{stem.removesuffix(_MARK)}{_MARK}{ending}"


def notes_of(outcomes: Sequence[Outcome], ledger: Ledger) -> dict[int, tuple[str, str]]:
    """Return what to write beside each refused row: (what is wrong, what would be right)."""
    notes = {}
    for outcome in outcomes:
        number = outcome.row.number
        said = [words(problem, ledger, number).sentence for problem in outcome.problems]
        right = [right_value(problem, ledger) for problem in outcome.problems]
        notes[number] = ("\n".join(said), "\n".join(dict.fromkeys(filter(None, right))))
    return notes


def _columns(examined: Examined) -> list[int]:
    """Return where the two columns go: where they stand from an earlier round, else after the last one."""
    there = {plain_label(column.header): column.index for column in examined.understanding.columns}
    places, after = [], examined.table.width
    for header in OUR_HEADERS:
        place = there.get(plain_label(header))
        if place is None:
            place, after = after, after + 1
        places.append(place)
    return places


def _annotate_csv(path: Path, target: Path, added: AddedCells) -> None:
    encoding = sniffing.text_encoding(path) or "utf-8-sig"
    if encoding == "utf-8-sig":
        with path.open("rb") as raw:
            encoding = "utf-8-sig" if raw.read(3) == b"\xef\xbb\xbf" else "utf-8"
    with path.open(encoding=encoding, newline="") as source:
        head = source.read(_HEAD_CHARACTERS)
        source.seek(0)
        mark, end = csv_dialect(head), "\r\n" if "\r\n" in head else "\n"
        with target.open("w", encoding=encoding, newline="", errors="replace") as file:
            writer = csv.writer(file, delimiter=mark, lineterminator=end)
            for number, line in enumerate(csv.reader(source, delimiter=mark), start=1):
                texts = added.texts.get(number)
                stands = any(column < len(line) for column in added.columns)
                writer.writerow(_with_texts(line, added.columns, texts) if texts or stands else line)


def _with_texts(line: Sequence[str], columns: Sequence[int], texts: Sequence[str] | None) -> list[str]:
    cells = list(line) + [""] * (max(columns) + 1 - len(line))
    for column, text in zip(columns, texts or ("", ""), strict=True):
        cells[column] = f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
    return cells


def _copy_as_openxml(table: Table, target: Path, added: AddedCells) -> None:
    """Write the values of an .xls, with its merged areas, as .xlsx."""
    book = xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(table.sheet)
    formats = {
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "header": book.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"}),
        "note": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#9C0006"}),
    }
    for top, left, bottom, right in table.merges:
        sheet.merge_range(top, left, bottom, right, "")
    for row, cells in enumerate(table.grid):
        for column, cell in enumerate(cells):
            if column not in added.columns:
                _write_cell(sheet, row, column, cell, formats)
        for column, text in zip(added.columns, added.texts.get(row + 1, ()), strict=False):
            sheet.write_string(
                row, column, text, formats["header" if row + 1 == added.header_row else "note"]
            )
    sheet.set_column(min(added.columns), max(added.columns), _WIDTH)
    book.close()


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: Mapping[str, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["day"])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write_number(row, column, float(cell))
