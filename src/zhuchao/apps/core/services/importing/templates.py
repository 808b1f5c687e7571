"""The blank ledger a person fills in: headers with units, an example row marked 示例, lists to choose from."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from zhuchao.engines.reading import FieldSpec, Kind
from zhuchao.engines.reading.cells import default_unit
from zhuchao.engines.reading.fields import AMOUNTS

from ...wording import clauses, listed
from .registry import Ledger
from .wording import EXAMPLE_MARK

_ROWS_WITH_LISTS = 5000
_NAMELESS_UNITS = frozenset({"个", "倍"})
# A list of choices must fit into the 255 characters that a sheet allows for one.
_LONGEST_LIST = 250


def template_workbook(ledger: Ledger) -> bytes:
    """Return an .xlsx to fill in for a kind of ledger.

    The first sheet is the ledger; a remark beside its example rows marks them, and such rows are never read. The
    second sheet says what each column holds.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(str(ledger.title)[:31])
    formats = {
        "required": book.add_format({"bold": True, "bg_color": "#D9EFE6", "border": 1, "text_wrap": True}),
        "header": book.add_format({"bold": True, "bg_color": "#F1F3F5", "border": 1, "text_wrap": True}),
        "example": book.add_format({"italic": True, "font_color": "#868E96"}),
        "example_day": book.add_format({"italic": True, "font_color": "#868E96", "num_format": "yyyy-mm-dd"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({"num_format": "@"}),
    }
    for column, field in enumerate(ledger.fields):
        _write_column(sheet, column, field, formats)
    for row, example in enumerate(ledger.examples, start=1):
        for column, field in enumerate(ledger.fields):
            _write_example(sheet, row, column, example.get(field.name), formats)
        sheet.write_string(
            row, len(ledger.fields), clauses((EXAMPLE_MARK, _("可以删去这一行"))), formats["example"]
        )
    sheet.freeze_panes(1, 1)
    _write_guide(book, ledger, formats)
    book.close()
    return file.getvalue()


def header_text(field: FieldSpec) -> str:
    """Return the header of a field in the template: 占地面积(亩)."""
    unit = default_unit(field) if field.kind in AMOUNTS else None
    if unit is None or unit.name in _NAMELESS_UNITS:
        return field.label
    return f"{field.label}({unit.name})"


def _write_column(sheet: Any, column: int, field: FieldSpec, formats: dict[str, Any]) -> None:
    text = header_text(field)
    sheet.write_string(0, column, text, formats["required" if field.required else "header"])
    cells = {Kind.DATE: formats["day"], Kind.CODE: formats["text"], Kind.CREDIT_CODE: formats["text"]}
    sheet.set_column(column, column, max(12, min(30, 2 * len(text) + 2)), cells.get(field.kind))
    choices = list(dict.fromkeys(_usual(field)))
    if field.kind is Kind.BOOL:
        choices = ["是", "否"]
    if choices and len(",".join(choices)) <= _LONGEST_LIST:
        sheet.data_validation(
            1, column, _ROWS_WITH_LISTS, column, {"validate": "list", "source": choices, "ignore_blank": True}
        )


def _usual(field: FieldSpec) -> list[str]:
    """Return one label for each value of a choice: the first one given."""
    labels: dict[str, str] = {}
    for label, value in field.choices.items():
        labels.setdefault(value, label)
    return list(labels.values())


def _write_example(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (date, datetime)):
        sheet.write_datetime(row, column, value, formats["example_day"])
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        sheet.write_number(row, column, float(value), formats["example"])
    else:
        sheet.write_string(row, column, str(value), formats["example"])


def _write_guide(book: Any, ledger: Ledger, formats: dict[str, Any]) -> None:
    guide = book.add_worksheet(_("填写说明"))
    guide.write_row(0, 0, [_("列"), _("必填"), _("填什么"), _("例如")], formats["header"])
    for row, field in enumerate(ledger.fields, start=1):
        says = [header_text(field), _("必填") if field.required else "", _holds(field), field.example]
        for column, text in enumerate(says):
            guide.write_string(row, column, str(text))
    guide.set_column(0, 0, 24)
    guide.set_column(2, 3, 48)


def _holds(field: FieldSpec) -> str:
    if field.choices:
        return listed(_usual(field))
    unit = default_unit(field) if field.kind in AMOUNTS else None
    names = {
        Kind.DATE: _("日期，如 2023-06-15"),
        Kind.MONTH: _("月份，如 2023-06"),
        Kind.BOOL: _("是或否"),
        Kind.CREDIT_CODE: _("18 位统一社会信用代码"),
        Kind.PHONE: _("电话号码"),
        Kind.COUNT: _("整数"),
    }
    if unit is not None and unit.name not in _NAMELESS_UNITS:
        return _("数字，单位{unit}").format(unit=unit.name)
    return names.get(field.kind, _("数字") if field.kind in AMOUNTS else _("文字"))
