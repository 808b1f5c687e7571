"""Write tables to files: what a spreadsheet would take for a formula stays text, numbers stay numbers.

What a person takes out of the product is recorded, like every other look at data that may name people.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, BinaryIO

from django.db import models, transaction
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ..models import Change
from ..wording import explained
from .changes import record_change

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMATS = {
    "number": "#,##0.##########",
    "money": "#,##0.00",
    "area": "#,##0.00",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
WIDTHS = {"text": 24, "state": 12, "bool": 8, "date": 12, "moment": 17, "percent": 10}
LONGEST_CELL = 32_767
EXACT_BELOW = 10**15  # a spreadsheet's number keeps fifteen digits
FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@transaction.atomic
def record_export(
    *,
    actor: models.Model | None,
    scope: int,
    thing: str,
    list_key: str,
    kind: str,
    count: int,
    columns: Sequence[str],
    query: Mapping[str, str],
) -> Change:
    """Record that ``actor`` took ``count`` rows of a list out as a file, with which columns and how narrowed."""
    return record_change(
        actor=actor,
        verb="export",
        rows=[],
        thing=thing,
        scope=scope,
        row_count=count,
        list=list_key,
        kind=kind,
        columns=list(columns),
        query=dict(query),
    )


@dataclass(frozen=True)
class ExportColumn:
    """A column of a file. ``kind`` is text, number, money, area, percent, date, moment, state or bool.

    ``unit`` stands in the header; amounts and areas come in that unit, percentages as ratios.
    """

    label: str
    kind: str = "text"
    unit: str = ""

    @property
    def header(self) -> str:
        return explained(self.label, self.unit)


def write_xlsx(
    target: BinaryIO,
    *,
    sheet: str,
    columns: Sequence[ExportColumn],
    rows: Iterable[Sequence[Any]],
    notes: Sequence[str] = (),
) -> int:
    """Write one table as .xlsx, its header in the first row, ``notes`` on a sheet of their own; return the rows.

    Rows are written as they come and not kept in memory.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1})
        text = book.add_format({"quote_prefix": True})
        formats = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
        page = book.add_worksheet(sheet_name(sheet))
        page.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            page.set_column(place, place, WIDTHS.get(column.kind, 16))
        page.write_row(0, 0, [safe_text(column.header) for column in columns], head)
        count = 0
        for count, row in enumerate(rows, start=1):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                _write_cell(page, count, place, value, formats.get(column.kind), text)
        if columns:
            page.autofilter(0, 0, count, len(columns) - 1)
        if notes:
            about = book.add_worksheet(sheet_name(_("说明")))
            about.set_column(0, 0, 80)
            for place, note in enumerate(notes):
                about.write_string(place, 0, note[:LONGEST_CELL], text)
    return count


def write_csv(target: BinaryIO, *, columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> int:
    """Write one table as .csv in UTF-8 with the mark that spreadsheets know it by; return the rows."""
    wrapper = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(wrapper)
    writer.writerow([safe_text(column.header) for column in columns])
    count = 0
    for row in rows:
        writer.writerow([_csv_cell(column.kind, value) for column, value in zip(columns, row, strict=True)])
        count += 1
    wrapper.flush()
    wrapper.detach()
    return count


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that would be is led by an apostrophe."""
    text = CONTROL.sub("", text)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def sheet_name(text: str) -> str:
    """Return a name that a sheet may have: up to 31 characters, none of those that stand for something."""
    return FORBIDDEN_IN_SHEET_NAME.sub(" ", CONTROL.sub("", text)).strip(" '")[:31] or "Sheet1"


def _write_cell(
    page: Worksheet, row: int, place: int, value: Any, typed: Format | None, text: Format
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float, Decimal, Fraction)) and not isinstance(value, bool):
        number = float(value)
        if abs(number) < EXACT_BELOW:
            page.write_number(row, place, number, typed)
        else:
            page.write_string(row, place, _plain(value), text)
    elif isinstance(value, (date, datetime)) and value.year >= 1900:
        page.write_datetime(
            row, place, value.replace(tzinfo=None) if isinstance(value, datetime) else value, typed
        )
    else:
        written = CONTROL.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_CELL]
        # Excel's own mark for "this is text": editing the cell does not make a formula of it.
        page.write_string(
            row, place, written, text if written.lstrip(" ").startswith(FORMULA_STARTS) else None
        )


def _csv_cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (Decimal, int, float, Fraction)) and not isinstance(value, bool):
        if kind == "percent":
            return f"{_plain(value * 100)}%"
        return _plain(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return safe_text(str(value))


def _plain(value: Decimal | int | float | Fraction) -> str:
    """Return a number without separators and without trailing zeros."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{value:f}" if isinstance(value, (Decimal, float)) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
