"""Files that are not what they seem: each is refused with what happened, why, and what to do."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from django.conf import settings
from msoffcrypto.format.ooxml import OOXMLFile

from tests.apps.core.conftest import HEADER, make_csv, make_xlsx
from tests.factories import make_zone
from zhuchao.apps.core.errors import (
    DomainError,
    FileEmpty,
    FileTooLarge,
    LedgerNotUnderstood,
    NotAWorkbook,
    PasswordProtected,
    TooManyRows,
    WorkbookBroken,
    WorkbookTooLarge,
)
from zhuchao.apps.core.models import Attachment, ImportBatch
from zhuchao.apps.core.selectors.files import open_attachment
from zhuchao.apps.core.services.importing import as_problem, get_ledger, try_import, upload_ledger, words

DOC = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def upload(content: io.BufferedIOBase, name: str = "台账.xlsx", sheet: str = "") -> ImportBatch:
    return upload_ledger(actor=None, scope=make_zone().pk, kind="toy", file=content, name=name, sheet=sheet)


def refused(
    error: type[DomainError], content: bytes | io.BufferedIOBase, name: str = "台账.xlsx"
) -> DomainError:
    """Upload what must be refused; nothing of it may stay."""
    file = BytesIO(content) if isinstance(content, bytes) else content
    with pytest.raises(error) as caught:
        upload(file, name)
    assert not Attachment.objects.exists()
    assert not ImportBatch.objects.exists()
    assert not list(Path(settings.FILES).glob("incoming-*"))
    return caught.value


def first_problem(batch: ImportBatch) -> str:
    trial = try_import(batch)
    row = trial.preview["refused"][0]
    return words(as_problem(row["problems"][0]), get_ledger("toy"), row["row"]).whole


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (DOC, "PDF 文件"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 32, "PNG 图片"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "网页"),
        (b"PK\x05\x06" + b"\0" * 18, "压缩包"),
        (bytes(range(256)) * 8, "无法识别的内容"),
    ],
)
def test_a_file_that_is_no_workbook_under_that_name_is_told_what_it_is(content, found):
    error = refused(NotAWorkbook, content)
    assert f"它的内容是{found}" in str(error)
    assert "另存为 .xlsx" in error.next_sentence


def test_a_workbook_that_was_cut_short_is_said_to_be_broken():
    whole = make_xlsx([HEADER, ["甲"]]).getvalue()
    assert refused(NotAWorkbook, whole[: len(whole) // 2]).code == "not_a_workbook"
    broken = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(broken, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item.filename, content[:50] if item.filename.endswith("sheet1.xml") else content)
    assert "已损坏" in str(refused(WorkbookBroken, broken.getvalue()))


def test_an_empty_file_is_refused():
    refused(FileEmpty, b"")


def test_a_workbook_with_a_password_says_how_to_take_it_away():
    locked = BytesIO()
    OOXMLFile(make_xlsx([HEADER, ["甲"]])).encrypt("secret", locked)
    error = refused(PasswordProtected, locked.getvalue())
    assert "取消密码" in error.next_sentence


class Blank(io.RawIOBase):
    """A file of so many zero bytes that nobody has to keep."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        taken = min(self.left, size if size >= 0 else self.left)
        self.left -= taken
        return bytes(taken)


def test_two_hundred_megabytes_are_refused_by_their_size_without_filling_the_memory():
    tracemalloc.start()
    error = refused(FileTooLarge, Blank(200 * 1024 * 1024))  # type: ignore[arg-type]
    assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    tracemalloc.stop()
    assert "50 MB" in str(error)


def zip_of(parts: dict[str, Iterable[bytes]]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, pieces in parts.items():
            with archive.open(name, "w") as part:
                for piece in pieces:
                    part.write(piece)
    return file.getvalue()


def workbook_around(sheet: Iterable[bytes], strings: Iterable[bytes] = ()) -> bytes:
    """Return a workbook with one sheet of raw XML."""
    with zipfile.ZipFile(make_xlsx([HEADER, ["甲"]])) as archive:
        parts: dict[str, Iterable[bytes]] = {name: [archive.read(name)] for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    return zip_of(parts)


def test_a_zip_bomb_is_refused_before_it_is_opened():
    megabyte = b"<si><t>" + b"a" * (1024 * 1024) + b"</t></si>"
    bomb = workbook_around([b"<worksheet><sheetData/></worksheet>"], (megabyte for _ in range(300)))
    assert len(bomb) < 5 * 1024 * 1024
    tracemalloc.start()
    error = refused(WorkbookTooLarge, bomb)
    assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    tracemalloc.stop()
    assert "上限" in str(error)


def rows_of_xml(count: int) -> Iterable[bytes]:
    yield b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    yield (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>面积(亩)</t></is></c></row>'
    ).encode()
    for start in range(2, count + 2, 1000):
        last = min(start + 1000, count + 2)
        yield b"".join(
            b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>n%d</t></is></c><c r="B%d"><v>1</v></c></row>'
            % (row, row, row, row)
            for row in range(start, last)
        )
    yield b"</sheetData></worksheet>"


@pytest.mark.slow
def test_a_sheet_of_a_million_rows_is_refused_quickly_and_in_little_memory():
    full = workbook_around(rows_of_xml(1_048_575))
    assert len(full) < settings.UPLOAD_LIMIT_BYTES
    tracemalloc.start()
    error = refused(TooManyRows, full)
    assert tracemalloc.get_traced_memory()[1] < 60 * 1024 * 1024
    tracemalloc.stop()
    assert "超过 200000 行" in str(error)
    assert "拆成几个文件" in error.next_sentence


def test_a_csv_of_too_many_rows_is_refused():
    text = b"name,area\n" + b"a,1\n" * 201_100
    assert refused(TooManyRows, text, "台账.csv").code == "too_many_rows"


def test_a_million_rows_that_are_only_formatted_do_not_count():
    def more(book, page):
        grey = book.add_format({"bg_color": "#EEEEEE"})
        for row in range(2, 3000):
            page.set_row(row, 20, grey)
        page.write_blank(1_048_575, 0, None, grey)

    batch = upload(make_xlsx([HEADER, ["招商一科"]], more=more))
    assert try_import(batch).counts["rows"] == 1


def test_a_formula_whose_result_is_in_the_file_is_read():
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["名称", "面积(㎡)"])
    page.write(1, 0, "甲")
    page.write_formula(1, 1, "=5+7", None, 12)
    book.close()
    file.seek(0)
    trial = try_import(upload(file))
    assert trial.preview["new"][0]["cells"][1] == ["面积", "12.00 ㎡"]


def test_a_formula_without_a_result_is_not_taken_for_a_blank():
    book = openpyxl.Workbook()
    book.active.append(["名称", "面积(㎡)"])
    book.active.append(["甲", "=5+7"])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    said = first_problem(upload(file))
    assert said.startswith("第 2 行面积是公式，但文件里没有它的计算结果。")
    assert "保存一次再上传" in said


def test_an_error_cell_is_not_taken_for_a_blank():
    def more(book, page):
        page.write_formula(1, 3, "=1/0", None, "#DIV/0!")

    said = first_problem(upload(make_xlsx([HEADER, ["甲"]], more=more)))
    assert said == "第 2 行面积是公式错误 #DIV/0!。请修正公式，或直接填写数值。"


def test_a_sheet_without_a_header_says_which_columns_it_should_have():
    error = refused(LedgerNotUnderstood, make_xlsx([["张三", 5], ["李四", 6]]))
    assert str(error) == "没有找到表头。至少应有“名称”这些列。"
    assert error.next_sentence == "请在数据上面加一行列名。"


def test_a_header_with_nothing_below_it_is_refused():
    error = refused(LedgerNotUnderstood, make_xlsx([HEADER]))
    assert "没有数据" in str(error)


def test_a_workbook_whose_elements_carry_a_prefix_is_read_and_given_back():
    def cell(text: str) -> str:
        return f'<x:c t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c>'

    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        + "".join(
            f"<x:row>{''.join(map(cell, cells))}</x:row>" for cells in (("名称", "类型"), ("甲", "小卖部"))
        )
        + "</x:sheetData></x:worksheet>"
    )
    trial = try_import(upload(BytesIO(workbook_around([sheet.encode()]))))
    assert trial.counts["refused"] == 1
    back = openpyxl.load_workbook(BytesIO(given_back(trial.batch)))
    assert back.active["C2"].value.startswith("第 2 行类型“小卖部”")


def given_back(batch: ImportBatch) -> bytes:
    assert batch.outcome is not None
    return open_attachment(batch.outcome).read()


def test_a_hostile_text_in_a_refused_row_does_not_become_a_formula_in_the_file_that_goes_back():
    rows = [["名称", "类型"], ["甲", '=HYPERLINK("http://x")']]
    trial = try_import(upload(make_csv(rows), "台账.csv"))
    line = given_back(trial.batch).decode().splitlines()[1]
    assert not any(cell.startswith("=第") for cell in line.split(","))
    assert trial.counts["refused"] == 1
