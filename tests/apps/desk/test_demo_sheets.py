"""The demo's sheets as text, and the .xlsx each stands for."""

from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.factories import make_user
from zhuchao.apps.core.models import Installation
from zhuchao.apps.desk.services.demo import (
    DemoRefused,
    demo_sign_ins,
    load_demo,
    read_sheet_text,
    write_workbook,
)
from zhuchao.apps.desk.services.demo.sheets import SheetTextWrong

DEMO = Path(__file__).resolve().parents[3] / "demo"


def written(tmp_path: Path, text: str) -> list[list[object]]:
    source = tmp_path / "sheet.csv"
    source.write_text(text, encoding="utf-8")
    write_workbook(read_sheet_text(source), tmp_path / "sheet.xlsx")
    return CalamineWorkbook.from_path(str(tmp_path / "sheet.xlsx")).get_sheet_by_index(0).to_python()


def test_cells_become_what_an_office_would_have_typed(tmp_path: Path):
    rows = written(
        tmp_path,
        "#! kind: leads\n#! sheet: 线索\n#! merge: A1:C1\n标题,,\n1.5,2023-06-15,2023.6.15\n'007,=SUM(A2:A2)|1.5,91320508MA1ABCDE2X\n",
    )
    assert rows[0][0] == "标题"
    assert rows[1] == [1.5, date(2023, 6, 15), "2023.6.15"]
    assert rows[2] == ["007", 1.5, "91320508MA1ABCDE2X"]


@pytest.mark.parametrize("text", ["a,b\n", "#! kind\n", "#! kind: leads\n#! colour: red\n"])
def test_a_text_without_its_form_is_refused(tmp_path: Path, text: str):
    source = tmp_path / "sheet.csv"
    source.write_text(text, encoding="utf-8")
    with pytest.raises(SheetTextWrong):
        read_sheet_text(source)


def test_every_demo_sheet_says_that_it_is_synthetic():
    paths = sorted(DEMO.glob("*/*.csv"))
    assert len(paths) > 30
    for path in paths:
        assert "示例数据" in "".join(read_sheet_text(path).rows[0]), path.name


def test_the_demo_does_not_go_into_a_data_file_in_use(tmp_path: Path):
    make_user("administrator")
    with pytest.raises(DemoRefused):
        load_demo(DEMO, work=tmp_path)
    assert not Installation.objects.filter(mode=Installation.Mode.DEMO).exists()


def test_no_demo_account_is_shown_unless_the_data_file_is_a_demo():
    make_user("leader", is_demo=True)
    assert demo_sign_ins() == []
