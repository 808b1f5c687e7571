"""Tables in files: numbers stay numbers, days stay days, and nothing becomes a formula."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.apps.core.services.exporting import (
    FORMULA_STARTS,
    ExportColumn,
    safe_text,
    sheet_name,
    write_csv,
    write_xlsx,
)

# A file holds local time, without a zone.
MOMENT = datetime(2026, 6, 15, 14, 32)  # noqa: DTZ001
COLUMNS = (
    ExportColumn("企业名称"),
    ExportColumn("总投资", "money", "万元"),
    ExportColumn("增长", "percent"),
    ExportColumn("日期", "date"),
    ExportColumn("记录时间", "moment"),
)
ROW = ("甲有限公司", Decimal("1234.50"), Decimal("0.051"), date(2026, 6, 15), MOMENT)


def workbook(rows: Sequence[Sequence[Any]], columns: Sequence[ExportColumn] = COLUMNS, **more: Any) -> Any:
    target = io.BytesIO()
    assert write_xlsx(target, sheet="台账", columns=columns, rows=rows, **more) == len(rows)
    return openpyxl.load_workbook(target)


def lines(rows: Sequence[Sequence[Any]], columns: Sequence[ExportColumn] = COLUMNS) -> list[list[str]]:
    target = io.BytesIO()
    assert write_csv(target, columns=columns, rows=rows) == len(rows)
    return list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"))))


def test_a_sheet_holds_typed_values_under_headers_with_units() -> None:
    page = workbook([ROW]).active
    assert [cell.value for cell in page[1]] == ["企业名称", "总投资（万元）", "增长", "日期", "记录时间"]
    assert [cell.value for cell in page[2]] == [
        "甲有限公司",
        1234.5,
        0.051,
        MOMENT.replace(hour=0, minute=0),
        MOMENT,
    ]
    assert [cell.number_format for cell in page[2]][1:] == [
        "#,##0.00",
        "0.0%",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm",
    ]
    assert page.freeze_panes == "B2"


def test_a_text_table_holds_plain_numbers_and_days() -> None:
    assert lines([ROW])[1] == ["甲有限公司", "1234.5", "5.1%", "2026-06-15", "2026-06-15 14:32"]


def test_what_is_missing_is_an_empty_cell() -> None:
    row = ("甲", None, None, None, None)
    assert [cell.value for cell in workbook([row]).active[2]][1:] == [None] * 4
    assert lines([row])[1] == ["甲", "", "", "", ""]


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 138", "-5%", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "=cmd|'/c calc'!A1"]
)
def test_a_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    columns = (ExportColumn("名称"),)
    cell = workbook([[text]], columns).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix
    assert lines([[text]], columns)[1][0].startswith("'")


def test_a_header_that_looks_like_a_formula_stays_text() -> None:
    assert lines([], (ExportColumn("=1"),))[0] == ["'=1"]


@pytest.mark.parametrize("number", [Decimal("-15.20"), -3, -0.5, Fraction(-1, 2)])
def test_a_number_below_zero_stays_a_number(number: Any) -> None:
    columns = (ExportColumn("数", "number"),)
    assert workbook([[number]], columns).active["A2"].value == float(number)
    assert float(lines([[number]], columns)[1][0]) == float(number)


def test_a_number_with_more_digits_than_a_sheet_keeps_is_written_as_text() -> None:
    columns = (ExportColumn("数", "number"),)
    assert workbook([[Decimal(12345678901234567890)]], columns).active["A2"].value == "12345678901234567890"
    assert lines([[Decimal(12345678901234567890)]], columns)[1] == ["12345678901234567890"]


def test_a_code_of_digits_stays_text() -> None:
    columns = (ExportColumn("统一社会信用代码"),)
    assert workbook([["913200000000000017"]], columns).active["A2"].value == "913200000000000017"


def test_characters_that_no_file_may_hold_are_left_out() -> None:
    columns = (ExportColumn("名称"),)
    assert workbook([["a\x00b\x1fc"]], columns).active["A2"].value == "abc"


def test_notes_stand_on_a_sheet_of_their_own() -> None:
    book = workbook([ROW], notes=["筛选条件：在营", "=1+1"])
    assert [cell for (cell,) in book.worksheets[1].values] == ["筛选条件：在营", "=1+1"]
    assert len(workbook([ROW]).worksheets) == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [("载体/盘活[2026]", "载体 盘活 2026"), ("长" * 40, "长" * 31), ("'", "Sheet1"), ("", "Sheet1")],
)
def test_a_sheet_gets_a_name_it_may_have(title: str, name: str) -> None:
    assert sheet_name(title) == name


@given(st.text(max_size=30))
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert not safe_text(text).lstrip(" ").startswith(FORMULA_STARTS)


def test_rows_are_taken_one_by_one() -> None:
    taken = []

    def rows() -> Any:
        for n in range(3):
            taken.append(n)
            yield [f"行{n}"]

    assert write_csv(io.BytesIO(), columns=(ExportColumn("名称"),), rows=rows()) == 3
    assert taken == [0, 1, 2]
