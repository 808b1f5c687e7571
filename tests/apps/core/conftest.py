"""What the tests of core stand on: the toy ledger, and files made while they run."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from tests.apps.core.toy_ledger import register_toy
from zhuchao.apps.core.services.importing import registry

HEADER = ["名称", "类型", "统一社会信用代码", "面积(亩)", "总投资(万元)", "人数", "成立日期"]


def make_xlsx(
    rows: Sequence[Sequence[Any]], *, sheet: str = "科室台账", more: Callable[..., None] | None = None
) -> BytesIO:
    """Return an .xlsx with ``rows`` from its first row on; ``more`` may add to the book and the sheet."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                page.write(number, column, cell)
    if more is not None:
        more(book, page)
    book.close()
    file.seek(0)
    return file


def make_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> BytesIO:
    """Return a .csv in an encoding."""
    return BytesIO("\r\n".join(",".join(cells) for cells in rows).encode(encoding))


@pytest.fixture(autouse=True)
def toy_ledger() -> Iterator[None]:
    """Offer the toy ledger to one test."""
    kept = dict(registry._ledgers)
    register_toy()
    yield
    registry._ledgers.clear()
    registry._ledgers.update(kept)
