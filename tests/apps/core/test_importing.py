"""A ledger comes in whole or not at all, and its refused rows go back in the person's own file."""

import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlwt
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import load_workbook

from tests.apps.core.conftest import HEADER, make_csv, make_xlsx
from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import (
    ColumnMissing,
    ColumnsClaimOneField,
    ImportIsOver,
    ImportNotTried,
    NoSuchLedger,
    NotAllowed,
    RowsRefused,
    WrongInput,
)
from zhuchao.apps.core.models import Change, ImportBatch, ImportShape, Job
from zhuchao.apps.core.selectors.files import attachment_path, open_attachment
from zhuchao.apps.core.services import importing, jobs
from zhuchao.apps.core.services.importing import (
    PROBLEM_HEADER,
    RIGHT_HEADER,
    as_problem,
    column_views,
    confirm_import,
    get_ledger,
    import_file,
    run_import,
    set_mapping,
    template_workbook,
    to_decide,
    try_import,
    understanding_of,
    upload_ledger,
    words,
)
from zhuchao.apps.zones.models import Department, Zone

GOOD = [
    HEADER,
    ["招商一科", "招商办", "", 10, 1.5, 3, date(2020, 5, 1)],
    ["规划科", "职能部门", "", "", "2亿", "", "2023年6月15日"],
]


def upload(content: BytesIO, name: str = "科室.xlsx", zone: Zone | None = None, **more: Any) -> ImportBatch:
    zone = zone or make_zone()
    return upload_ledger(actor=None, scope=zone.pk, kind="toy", file=content, name=name, **more)


def tried(rows: Sequence[Sequence[Any]], zone: Zone | None = None) -> importing.Trial:
    return try_import(upload(make_xlsx(rows), zone=zone))


def counts(trial: importing.Trial) -> list[int]:
    return [trial.counts[state] for state in ("new", "changed", "same", "refused")]


def sentences(trial: importing.Trial) -> list[str]:
    """Return what is said of each refused row."""
    ledger = get_ledger("toy")
    return [
        words(as_problem(problem), ledger, row["row"]).whole
        for row in trial.preview["refused"]
        for problem in row["problems"]
    ]


def warnings(trial: importing.Trial) -> list[str]:
    return [words(as_problem(problem), get_ledger("toy")).sentence for problem in trial.warnings]


def grid_of(batch: ImportBatch) -> list[list[Any]]:
    """Return the cells of the file that goes back to the person."""
    assert batch.outcome is not None
    path = attachment_path(batch.outcome)
    return load_workbook(path).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_a_trial_counts_and_writes_nothing_of_the_ledger():
    zone = make_zone()
    trial = tried(GOOD, zone)
    assert counts(trial) == [2, 0, 0, 0]
    assert not Department.objects.exists()
    assert trial.preview["new"][0]["cells"][:4] == [
        ["名称", "招商一科"],
        ["类型", "招商办"],
        ["面积", "6,666.67 ㎡"],
        ["总投资", "1.50 万元"],
    ]


def test_an_import_writes_everything_and_says_where_it_came_from():
    zone, person = make_zone(), make_user()
    batch = upload_ledger(actor=person, scope=zone.pk, kind="toy", file=make_xlsx(GOOD), name="科室.xlsx")
    trial = run_import(batch, actor=person)
    assert counts(trial) == [2, 0, 0, 0]
    assert set(Department.objects.filter(zone=zone).values_list("name", "kind")) == {
        ("招商一科", "office"),
        ("规划科", "department"),
    }
    last = Change.objects.filter(scope=zone.pk).first()
    assert (last.verb, last.data["sha256"], last.actor) == ("import_file", batch.attachment.file_id, person)


def test_the_same_file_again_changes_nothing():
    zone = make_zone()
    run_import(upload(make_xlsx(GOOD), zone=zone), actor=None)
    again = run_import(upload(make_xlsx(GOOD), zone=zone), actor=None)
    assert counts(again) == [0, 0, 2, 0]
    assert Department.objects.filter(zone=zone).count() == 2


def test_a_batch_that_is_in_is_not_written_twice():
    zone = make_zone()
    batch = upload(make_xlsx(GOOD), zone=zone)
    run_import(batch, actor=None)
    before = Change.objects.count()
    run_import(batch, actor=None)
    assert Change.objects.count() == before


def test_two_files_with_the_same_new_rows_write_them_once_even_when_compared_at_the_same_time(monkeypatch):
    zone = make_zone()
    first, second = upload(make_xlsx(GOOD), zone=zone), upload(make_xlsx(GOOD), zone=zone)
    real = importing.batches.examine

    def examine_while_the_other_file_goes_in(batch, progress, found=None):
        examined = real(batch, progress, found)
        monkeypatch.setattr(importing.batches, "examine", real)
        run_import(second, actor=None)
        return examined

    monkeypatch.setattr(importing.batches, "examine", examine_while_the_other_file_goes_in)
    assert counts(run_import(first, actor=None)) == [0, 0, 2, 0]
    assert Department.objects.filter(zone=zone).count() == 2


def test_a_changed_row_shows_the_old_and_the_new():
    zone = make_zone()
    run_import(upload(make_xlsx(GOOD), zone=zone), actor=None)
    changed = [HEADER, ["招商一科", "职能部门"], ["规划科", ""]]
    trial = tried(changed, zone)
    assert counts(trial) == [0, 1, 1, 0]
    assert trial.preview["changed"][0]["changes"] == [["类型", "招商办", "职能部门"]]


def test_one_refused_row_keeps_the_whole_file_out():
    zone = make_zone()
    batch = upload(make_xlsx([*GOOD, ["评审科", "", "", -5]]), zone=zone)
    with pytest.raises(RowsRefused) as caught:
        run_import(batch, actor=None)
    assert caught.value.data["count"] == 1
    assert not Department.objects.exists()
    batch.refresh_from_db()
    assert (batch.state, batch.counts["refused"]) == ("refused", 1)
    assert batch.outcome is not None


def test_refused_rows_are_left_out_only_when_somebody_says_so():
    zone = make_zone()
    batch = upload(make_xlsx([*GOOD, ["评审科", "", "", -5]]), zone=zone)
    trial = run_import(batch, actor=None, skip_refused=True)
    assert counts(trial) == [2, 0, 0, 1]
    assert Department.objects.filter(zone=zone).count() == 2
    assert trial.batch.outcome is not None


def test_every_problem_names_its_row_and_what_would_be_right():
    trial = tried(
        [
            HEADER,
            ["", "招商办"],
            ["甲", "小卖部"],
            ["乙", "", "91320508MA00000071"],
            ["丙", "", "", -3],
            ["丁", "", "", "", "很多"],
            ["戊", "", "", "", "", 2.5],
            ["己", "", "", "", "", "", "1900-01-01"],
            ["庚", "", "", "", "", "", "2099-01-01"],
            ["禁用"],
        ]
    )
    said = sentences(trial)
    assert counts(trial) == [0, 0, 0, 9]
    assert said[0].startswith("第 2 行没有填写名称")
    assert "第 3 行类型“小卖部”不在可选范围内。请填写其中之一：招商办、职能部门" in said[1]
    assert said[2] == "第 4 行统一社会信用代码校验位应为 6，现为 1。请核对营业执照。"
    assert said[3].startswith("第 5 行面积是负数 -2000")
    assert said[4].startswith("第 6 行总投资“很多”不是数字")
    assert said[5].startswith("第 7 行人数 2.5 不是整数")
    assert said[6].startswith("第 8 行成立日期 1900-01-01 超出合理范围")
    assert said[7].startswith("第 9 行成立日期 2099-01-01 超出合理范围")
    assert said[8] == "第 10 行名称“禁用”不许用。请换一个名称。"


def test_refused_rows_come_back_in_the_persons_own_workbook_and_the_rest_of_it_stays():
    def more(book, page):
        page.merge_range(0, 0, 0, 6, "二〇二三年科室台账")
        page.set_column(0, 0, 33)
        page.write_formula(2, 3, "=5+5", None, 10)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=科室台账!$D$3:$D$4"})
        page.insert_chart("J2", chart)
        book.add_worksheet("说明").write(0, 0, "不要动")

    rows = [["二〇二三年科室台账"], HEADER, ["招商一科", "招商办"], ["乙", "", "91320508MA00000071"]]
    batch = upload(make_xlsx(rows, more=more))
    trial = try_import(batch)
    assert counts(trial) == [1, 0, 0, 1]
    given, back = attachment_path(batch.attachment), attachment_path(trial.batch.outcome)
    cells = grid_of(trial.batch)
    assert cells[1][7:9] == [PROBLEM_HEADER, RIGHT_HEADER]
    assert cells[3][:3] == ["乙", "", "91320508MA00000071"]
    assert cells[3][7] == "第 4 行统一社会信用代码校验位应为 6，现为 1。"
    assert cells[3][8].startswith("6。请核对营业执照")
    with zipfile.ZipFile(given) as old, zipfile.ZipFile(back) as new:
        assert old.namelist() == new.namelist()
        touched = {name for name in old.namelist() if old.read(name) != new.read(name)}
    assert touched == {"xl/worksheets/sheet1.xml", "xl/styles.xml"}
    book = openpyxl.load_workbook(open_attachment(trial.batch.outcome))
    assert book["科室台账"]["D3"].value == "=5+5"
    assert book["科室台账"]["H2"].font.bold
    assert str(book["科室台账"].merged_cells.ranges) == "{<MergedCellRange A1:G1>}"
    assert book["说明"]["A1"].value == "不要动"
    assert trial.batch.outcome.name == "科室（筑巢标注）.xlsx"


def test_a_corrected_file_that_comes_back_is_understood_as_before_and_its_old_notes_go():
    zone = make_zone()
    first = try_import(upload(make_xlsx([HEADER, ["甲", "小卖部"], ["乙", "招商办"]]), zone=zone))
    book = openpyxl.load_workbook(open_attachment(first.batch.outcome))
    book.active["B2"] = "招商办"
    book.active["B3"] = "小铺"
    file = BytesIO()
    book.save(file)
    file.seek(0)
    second = try_import(upload(file, "科室（筑巢标注）.xlsx", zone=zone))
    assert counts(second) == [1, 0, 0, 1]
    assert second.batch.shape == first.batch.shape
    cells = grid_of(second.batch)
    assert [row[7:] for row in cells[:2]] == [[PROBLEM_HEADER, RIGHT_HEADER], ["", ""]]
    assert cells[2][7].startswith("第 3 行类型“小铺”")
    assert second.batch.outcome.name == "科室（筑巢标注）.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_its_encoding_and_goes_back_in_it(encoding):
    rows = [["科室台账", ""], ["名称", "类型"], ["招商一科", "招商办"], ["评审科", "小卖部"]]
    trial = try_import(upload(make_csv(rows, encoding), "科室.csv"))
    assert counts(trial) == [1, 0, 0, 1]
    text = open_attachment(trial.batch.outcome).read().decode(encoding)
    lines = text.splitlines()
    assert lines[1] == f"名称,类型,{PROBLEM_HEADER},{RIGHT_HEADER}"
    assert lines[2] == "招商一科,招商办"
    assert lines[3].startswith("评审科,小卖部,第 4 行类型“小卖部”不在可选范围内")


def test_an_old_xls_is_read_and_comes_back_as_xlsx():
    book = xlwt.Workbook()
    page = book.add_sheet("科室")
    page.write_merge(0, 0, 0, 3, "标题")
    for column, text in enumerate(["名称", "类型", "面积(亩)", "成立日期"]):
        page.write(1, column, text)
    page.write(2, 0, "招商一科")
    page.write(2, 3, date(2020, 5, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    page.write(3, 0, "评审科")
    page.write(3, 2, -1)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    trial = try_import(upload(file, "科室.xls"))
    assert counts(trial) == [1, 0, 0, 1]
    assert trial.batch.outcome.name.endswith(".xlsx")
    cells = grid_of(trial.batch)
    assert cells[2][:4] == ["招商一科", "", "", date(2020, 5, 1)]
    assert cells[3][4].startswith("第 4 行面积是负数")


def test_what_must_be_told_of_the_whole_file_is_told():
    trial = tried(
        [
            ["名称", "面积", "总投资(万元)", "人数", "随手记"],
            ["甲", 10, 100, 1, "x"],
            ["乙", 20, "2亿", 2, ""],
            ["乙", 20, "2亿", 2, ""],
            ["合计", 60, 40100, 6],
        ]
    )
    assert warnings(trial) == [
        "“面积”列没有写单位，按“㎡”读取。",
        "“总投资”列里混用了万元、亿元，已分别按各自的单位换算。",
        "第 5 行“面积”的合计为 60 ㎡，各行相加为 50 ㎡，相差 10 ㎡。",
        "第 5 行“人数”的合计为 6 个，各行相加为 5 个，相差 1 个。",
        "这些列没有导入：随手记。",
        "第 4 行与第 3 行内容完全相同。",
    ]


def test_a_total_that_adds_up_and_parts_of_one_are_not_complained_of():
    trial = tried(
        [
            ["名称", "面积(㎡)"],
            ["甲", 10],
            ["小计", 10],
            ["乙", 20.5],
            ["丙", 1],
            ["小计", 21.5],
            ["合计", 31.5],
        ]
    )
    assert warnings(trial) == []
    assert counts(trial) == [3, 0, 0, 0]


def test_the_sheet_that_looks_like_the_ledger_is_chosen_and_hidden_ones_are_not_offered():
    def more(book, page):
        other = book.add_worksheet("科室")
        for row, cells in enumerate(GOOD):
            for column, cell in enumerate(cells):
                other.write(row, column, cell)
        book.add_worksheet("空白")
        book.add_worksheet("隐藏").hide()

    batch = upload(make_xlsx([["说明"], ["请填写科室"]], sheet="封面", more=more))
    assert batch.sheet == "科室"
    found = understanding_of(batch)
    assert found.table.sheets == ("封面", "科室", "空白")
    assert "只导入了工作表“科室”，没有读取：封面、空白。" in warnings(try_import(batch))


def test_a_mapping_that_was_confirmed_is_remembered_for_files_of_the_same_shape_in_the_same_zone():
    zone = make_zone()
    rows = [["单位全称", "面积(亩)", "备考"], ["招商一科", 1, "甲"], ["规划科", 2, "乙"]]
    batch = upload(make_xlsx([["名称", *rows[0]], ["", *rows[1]]]), zone=zone)
    mapping = {"fields": {"1": "name", "2": "area_m2"}, "units": {"2": "公顷"}}
    batch = set_mapping(actor=None, batch=batch, mapping=mapping)
    assert try_import(batch).preview["new"][0]["cells"] == [["名称", "招商一科"], ["面积", "10,000.00 ㎡"]]
    confirm_import(actor=None, batch=batch)
    assert ImportShape.objects.get().mapping == mapping
    again = upload(make_xlsx([["名称", *rows[0]], ["", *rows[2]]]), zone=zone)
    elsewhere = upload(make_xlsx([["名称", *rows[0]], ["x", *rows[2]]]))
    assert again.mapping == mapping
    assert elsewhere.mapping != mapping


def test_columns_are_shown_with_samples_units_and_how_surely_they_were_understood():
    batch = upload(
        make_xlsx([["科室名称", "面积", "序号", "谁知道"], ["招商一科", 10, 1, "x"], ["规划科", 20, 2, ""]])
    )
    views = {
        view.header: view for view in column_views(understanding_of(batch), get_ledger("toy"), batch.mapping)
    }
    assert views["科室名称"].field == "name"
    assert views["科室名称"].samples == ("招商一科", "规划科")
    assert (views["面积"].unit, views["面积"].unit_assumed) == ("㎡", True)
    assert "亩" in views["面积"].units
    assert (views["谁知道"].field, views["谁知道"].why) == ("", "unmatched")


def test_a_unit_that_does_not_fit_is_refused():
    batch = upload(make_xlsx(GOOD))
    with pytest.raises(WrongInput):
        set_mapping(actor=None, batch=batch, mapping={**batch.mapping, "units": {"3": "万元"}})


def test_two_columns_for_one_field_are_for_the_person_to_decide():
    batch = upload(make_xlsx([["名称", "面积(亩)", "面积(亩)"], ["甲", 1, 2]]))
    problems = to_decide(understanding_of(batch).understanding)
    assert [words(problem).whole for problem in problems] == [
        "“面积(亩)、面积(亩)”两列都像是“面积”。请选定其中一列。"
    ]
    with pytest.raises(ColumnsClaimOneField):
        set_mapping(
            actor=None, batch=batch, mapping={"fields": {"0": "name", "1": "area_m2", "2": "area_m2"}}
        )
    chosen = set_mapping(actor=None, batch=batch, mapping={"fields": {"0": "name", "2": "area_m2"}})
    assert ["面积", "1,333.33 ㎡"] in try_import(chosen).preview["new"][0]["cells"]


def test_a_missing_required_column_is_named():
    batch = upload(make_xlsx([["类型", "面积(亩)"], ["招商办", 3]]))
    with pytest.raises(ColumnMissing) as caught:
        try_import(batch)
    assert "名称" in str(caught.value)


def test_an_import_needs_a_trial_first_and_cannot_be_confirmed_twice():
    batch = upload(make_xlsx(GOOD))
    with pytest.raises(ImportNotTried):
        confirm_import(actor=None, batch=batch)
    try_import(batch)
    confirm_import(actor=None, batch=batch)
    with pytest.raises(ImportIsOver):
        confirm_import(actor=None, batch=batch)
    with pytest.raises(ImportIsOver):
        set_mapping(actor=None, batch=batch, mapping=batch.mapping)


def test_refused_rows_must_be_skipped_knowingly_to_confirm():
    batch = upload(make_xlsx([*GOOD, ["评审科", "小卖部"]]))
    try_import(batch)
    with pytest.raises(RowsRefused):
        confirm_import(actor=None, batch=batch)
    job = confirm_import(actor=None, batch=batch, skip_refused=True)
    done = jobs.run(job.pk)
    assert done.result["counts"] == {"rows": 3, "new": 2, "changed": 0, "same": 0, "refused": 1}
    assert Department.objects.count() == 2


def test_a_confirmed_import_whose_job_was_cancelled_can_be_confirmed_again():
    batch = upload(make_xlsx(GOOD))
    try_import(batch)
    job = confirm_import(actor=None, batch=batch)
    jobs.cancel_job(actor=None, job=job)
    assert confirm_import(actor=None, batch=batch).pk != job.pk
    assert Job.objects.count() == 2


def test_a_long_file_is_tried_as_a_job(monkeypatch):
    monkeypatch.setattr(importing.batches, "TRIED_AT_ONCE", 1)
    batch = upload(make_xlsx(GOOD))
    job = importing.start_trial(actor=None, batch=batch)
    assert isinstance(job, Job)
    assert jobs.run(job.pk).result["counts"]["new"] == 2
    batch.refresh_from_db()
    assert batch.state == "tried"


def test_who_may_not_import_here_uploads_nothing():
    stranger = make_user(username="stranger")
    with pytest.raises(NotAllowed):
        upload_ledger(actor=stranger, scope=make_zone().pk, kind="toy", file=make_xlsx(GOOD), name="a.xlsx")
    assert not ImportBatch.objects.exists()
    batch = upload(make_xlsx(GOOD))
    for refused in (
        lambda: set_mapping(actor=stranger, batch=batch, mapping=batch.mapping),
        lambda: confirm_import(actor=stranger, batch=batch),
        lambda: importing.choose_sheet(actor=stranger, batch=batch, sheet=batch.sheet),
        lambda: importing.start_trial(actor=stranger, batch=batch),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_an_unknown_kind_names_the_kinds_there_are():
    with pytest.raises(NoSuchLedger) as caught:
        upload_ledger(actor=None, scope=1, kind="nothing", file=make_xlsx(GOOD), name="a.xlsx")
    assert "toy" in caught.value.next_sentence


def test_the_blank_template_is_understood_by_the_importer_and_its_example_is_not_imported(tmp_path):
    zone, path = make_zone(), tmp_path / "空白.xlsx"
    path.write_bytes(template_workbook(get_ledger("toy")))
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]][:5] == [
        "名称",
        "类型",
        "统一社会信用代码",
        "面积(㎡)",
        "总投资(万元)",
    ]
    assert page["H2"].value.startswith("← 示例")
    assert page.data_validations.dataValidation[0].formula1 == '"招商办,职能部门"'
    page["A3"] = "招商一科"
    book.save(path)
    trial = import_file(actor=None, scope=zone.pk, kind="toy", path=path)
    assert counts(trial) == [1, 0, 0, 0]
    assert list(Department.objects.values_list("name", flat=True)) == ["招商一科"]


def test_a_file_is_taken_in_at_one_go_with_a_mapping_by_header(tmp_path):
    path, zone = tmp_path / "科室.csv", make_zone()
    rows = [
        ["全名", "名称", "类型", "人数"],
        ["招商一科", "x", "招商办", "1"],
        ["评审科", "y", "招商办", "2"],
    ]
    path.write_bytes(make_csv(rows).getvalue())
    said = {"全名": "名称", "类型": ""}
    dry = import_file(actor=None, scope=zone.pk, kind="toy", path=path, mapping=said, dry_run=True)
    assert counts(dry) == [2, 0, 0, 0]
    assert not Department.objects.exists()
    import_file(actor=None, scope=zone.pk, kind="toy", path=path, mapping=said)
    assert set(Department.objects.values_list("name", "kind")) == {
        ("招商一科", "department"),
        ("评审科", "department"),
    }
    for wrong in ({"没有这一列": "name"}, {"全名": "没有这一项"}):
        with pytest.raises(WrongInput):
            import_file(actor=None, scope=zone.pk, kind="toy", path=path, mapping=wrong)


def test_a_file_with_refused_rows_taken_in_at_one_go_says_which(tmp_path):
    path = tmp_path / "科室.csv"
    path.write_bytes(make_csv([["名称", "类型"], ["甲", "小卖部"], ["乙", "招商办"]]).getvalue())
    trial = import_file(actor=None, scope=make_zone().pk, kind="toy", path=path)
    assert counts(trial) == [1, 0, 0, 1]
    assert trial.first_problems[0]["row"] == 2
    assert not Department.objects.exists()


def test_an_import_of_many_rows_costs_hardly_more_queries_than_one_of_few():
    def cost(rows: int) -> int:
        batch = upload(make_xlsx([["名称", "类型"], *([f"科室{n}", "招商办"] for n in range(rows))]))
        with CaptureQueriesContext(connection) as captured:
            run_import(batch, actor=None)
        return len(captured)

    assert cost(400) <= cost(4) + 4  # a statement takes so many rows only
