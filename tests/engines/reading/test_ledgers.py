from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines.reading import (
    FieldSpec,
    Kind,
    check_total,
    column_parser,
    ledger_rows,
    shape_of,
    understand,
)

NAME = FieldSpec("name", "企业名称", required=True, aliases=("单位名称", "公司名称"))
CODE = FieldSpec("code", "统一社会信用代码", Kind.CREDIT_CODE, aliases=("信用代码",))
PLAN = FieldSpec("plan", "总投资", Kind.MONEY, aliases=("计划总投资", "投资额计划"), unit="万元")
DONE = FieldSpec("done", "完成投资", Kind.MONEY, aliases=("投资额完成",))
AREA = FieldSpec("area", "面积", Kind.AREA, aliases=("建筑面积",))
PEOPLE = FieldSpec("people", "员工人数", Kind.COUNT)
SIGNED = FieldSpec("signed", "签约日期", Kind.DATE, aliases=("签约时间",))
CONTACT = FieldSpec("contact", "联系人")
HEIGHT = FieldSpec("height", "层高", Kind.NUMBER)
FIELDS = (NAME, CODE, PLAN, DONE, AREA, PEOPLE, SIGNED, CONTACT, HEIGHT)

LEDGER = [
    ["2023年重点项目台账", None, None, None, None, None, None],
    ["填报单位：某街道", None, None, None, None, None, "单位：万元、亩"],
    ["序号", "企业名称（全称）", "投资额", None, "面积", "签约\n时间", "联系人"],
    [None, None, "计划", "完成（亿元）", None, None, None],
    [1, "苏鲲科技", 1200, "0.5", 3, "2023.6.15", "王"],
    [2, "恒远贸易", 3, 4.5, 5, 45092, "李"],
    ["", "", None, "  ", None, None, None],
    [3, None, None, None, None, None, None],
    ["合 计", None, 1203, 5, 8, None, None],
    ["备注：数据截至6月", None, None, None, None, None, None],
]
MERGES = [(2, 2, 2, 3), (2, 0, 3, 0), (0, 0, 0, 6)]


def seen(understanding):
    return {name: column.index for name, column in understanding.matched.items()}


@pytest.mark.parametrize("merges", [MERGES, []])
def test_a_ledger_as_an_office_keeps_it_is_understood(merges):
    found = understand(LEDGER, FIELDS, merges=merges)
    assert found.header_rows == (2, 3)
    assert seen(found) == {"name": 1, "plan": 2, "done": 3, "area": 4, "signed": 5, "contact": 6}
    assert [column.header for column in found.columns[:4]] == [
        "序号",
        "企业名称(全称)",
        "投资额/计划",
        "投资额/完成(亿元)",
    ]
    assert (found.data_rows, found.blank_rows) == ((4, 5), (6, 7))
    assert [(total.row, total.label) for total in found.totals] == [(8, "合计")]
    assert found.titles == ("2023年重点项目台账", "填报单位:某街道 单位:万元、亩")
    assert found.notes == ("备注:数据截至6月",)
    assert found.problems == ()


def test_each_column_says_its_unit_and_where_that_came_from():
    columns = understand(LEDGER, FIELDS, merges=MERGES).matched
    told = {
        name: (column.unit.name if column.unit else None, column.unit_from)
        for name, column in columns.items()
    }
    assert told["plan"] == ("万元", "sheet")
    assert told["done"] == ("亿元", "header")
    assert told["area"] == ("亩", "sheet")
    assert told["name"] == told["signed"] == (None, None)


def test_the_rows_are_read_by_field():
    found = understand(LEDGER, FIELDS, merges=MERGES)
    rows = list(ledger_rows(LEDGER, found, FIELDS))
    assert rows[0] == (
        4,
        {"name": "苏鲲科技", "plan": 1200, "done": "0.5", "area": 3, "signed": "2023.6.15", "contact": "王"},
    )
    plan = column_parser(PLAN, found.matched["plan"].unit)
    assert [plan(row["plan"]) for _, row in rows] == [Decimal("12000000.00"), Decimal("30000.00")]


def test_units_in_one_row_of_headers_are_taken_off_the_labels():
    found = understand(
        [["单位名称", "总投资(万元)", "建筑面积（亩）", "员工人数/人", "层高(米)"], ["甲", 1, 2, 3, 4]],
        FIELDS,
    )
    assert {name: column.unit and column.unit.name for name, column in found.matched.items()} == {
        "name": None,
        "plan": "万元",
        "area": "亩",
        "people": "人",
        "height": "米",
    }
    assert found.data_rows == (1,)


def test_a_unit_that_nothing_names_is_marked_as_assumed():
    columns = understand([["企业名称", "总投资", "面积", "层高"], ["甲", 1, 2, 3]], FIELDS).matched
    assert (columns["plan"].unit.name, columns["plan"].unit_from) == ("万元", "assumed")
    assert (columns["area"].unit.name, columns["area"].unit_from) == ("㎡", "assumed")
    assert (columns["height"].unit, columns["height"].unit_from) == (None, None)


def test_a_note_in_another_unit_does_not_touch_the_column():
    columns = understand([["单位：亩"], ["企业名称", "总投资"], ["甲", 1]], FIELDS).matched
    assert columns["plan"].unit_from == "assumed"


def test_a_header_in_a_unit_of_another_kind_is_another_column():
    found = understand([["企业名称", "面积（万元）", "联系人（个）"], ["甲", 1, 2]], FIELDS)
    assert seen(found) == {"name": 0, "contact": 2}
    assert found.columns[2].score == 80


@pytest.mark.parametrize(
    ("header", "field", "why"),
    [
        ("企业名称", "name", "label"),
        (" 企 业 名 称 * ", "name", "label"),
        ("公司名称", "name", "alias"),
        ("企业名称（盖章）", "name", "label"),
        ("统一社会信用代码证", "code", "similar"),
        ("员工总人数", "people", "similar"),
        ("毫不相干", None, "unmatched"),
        ("No.", None, "serial"),
        ("", None, "unmatched"),
    ],
)
def test_a_header_is_matched_by_label_alias_or_likeness(header, field, why):
    found = understand([[header, "联系人", "层高", "面积"], ["甲", "乙", 3, 4]], FIELDS)
    column = found.columns[0]
    assert (column.field, column.why) == (field, why)


def test_the_parts_of_a_header_may_stand_either_way_round():
    grid = [["企业名称", "总投资", None], [None, "计划", "备注"], ["甲", 1, "x"]]
    found = understand(grid, FIELDS)
    assert seen(found) == {"name": 0, "plan": 1}
    assert found.columns[1].header == "总投资/计划"


def test_a_child_that_is_a_label_of_its_own_is_matched():
    grid = [
        ["基本情况", None, "经营情况", None],
        ["企业名称", "联系人", "面积", "员工人数"],
        ["甲", "乙", 3, 4],
    ]
    found = understand(grid, FIELDS)
    assert seen(found) == {"name": 0, "contact": 1, "area": 2, "people": 3}


def test_a_row_of_text_under_one_header_is_data():
    grid = [["企业名称", "联系人", None], ["甲", "乙", "丙"], ["丁", "戊", None]]
    found = understand(grid, FIELDS)
    assert (found.header_rows, found.data_rows) == ((0,), (1, 2))


def test_two_columns_that_claim_one_field_are_told_and_the_first_is_kept():
    found = understand([["企业名称", "总投资", "计划总投资（亿元）", "联系人"], ["甲", 1, 2, "乙"]], FIELDS)
    assert found.matched["plan"].index == 1
    assert (found.columns[2].field, found.columns[2].why, found.columns[2].claims) == (
        None,
        "claimed_twice",
        "plan",
    )
    assert found.problems[0].data == {"label": "总投资", "columns": ("总投资", "计划总投资(亿元)")}
    twice = understand([["企业名称", "企业名称"], ["甲", "乙"], ["联系人", "丙"]], FIELDS[:1])
    assert [problem.code for problem in twice.problems] == ["two_columns_one_field"]


def test_a_column_that_is_only_similar_gives_way_in_silence():
    found = understand([["员工总人数", "员工人数", "企业名称"], [1, 2, "甲"]], FIELDS)
    assert seen(found) == {"people": 1, "name": 2}
    assert found.problems == ()


def test_a_required_column_that_is_missing_is_told():
    found = understand([["联系人", "面积"], ["甲", 1]], FIELDS)
    assert [(problem.code, problem.data["label"]) for problem in found.problems] == [
        ("required_column_missing", "企业名称")
    ]


@pytest.mark.parametrize(
    "grid", [[], [[]], [[None, ""]], [["苏鲲", 1], ["恒远", 2]], [["企业名称"], ["苏鲲"]]]
)
def test_a_sheet_without_header_is_told_and_has_no_data(grid):
    found = understand(grid, FIELDS)
    assert [problem.code for problem in found.problems] == ["no_header"]
    assert (found.columns, found.data_rows, found.shape) == ((), (), "")
    assert found.problems[0].data["options"] == ("企业名称",)


STRANGE = [
    ["单位：万元"],
    ["甲方", "规模", "人", "备用"],
    ["苏鲲科技", 1200, "王", ""],
    ["恒远贸易", 3, "李", ""],
    ["合计", 1203],
]


def test_a_header_that_names_no_field_is_guessed_where_a_person_will_say_what_it_means():
    assert [problem.code for problem in understand(STRANGE, FIELDS).problems] == ["no_header"]
    found = understand(STRANGE, FIELDS, guess=True)
    assert (found.header_rows, found.data_rows, found.titles) == ((1,), (2, 3), ("单位:万元",))
    assert [column.header for column in found.columns] == ["甲方", "规模", "人", "备用"]
    assert [problem.code for problem in found.problems] == ["header_guessed", "required_column_missing"]
    assert (found.problems[0].found, found.problems[0].data["row"]) == ("甲方 规模 人 备用", 2)
    assert [unit.name for unit in found.sheet_units] == ["万元"]
    assert found.shape == shape_of(["甲方", "规模", "人", "备用"])


def test_one_column_that_is_known_keeps_its_field_in_a_guessed_header():
    grid = [["企业名称", "规模甲", "规模乙"], ["苏鲲", 1, 2]]
    assert seen(understand(grid, FIELDS, guess=True)) == {"name": 0}


def test_nothing_is_guessed_where_a_row_names_fields():
    grid = [["一", "二", "三", "四"], ["企业名称", "联系人"], ["苏鲲", "王"]]
    assert understand(grid, FIELDS, guess=True).header_rows == (1,)


@pytest.mark.parametrize(
    "grid",
    [
        [],
        [["苏鲲", 1], ["恒远", 2]],  # a number is no name of a column
        [["苏鲲", "苏鲲"], ["恒远", "王"]],  # nor is what stands twice
        [["甲方", "规模"]],
        [["甲方", "规模"], ["只有一格"]],
        [["企业"], ["苏鲲"]],
    ],
)
def test_what_looks_like_no_header_is_not_guessed_to_be_one(grid):
    found = understand(grid, FIELDS, guess=True)
    assert [problem.code for problem in found.problems] == ["no_header"]


def test_without_required_fields_the_first_labels_are_named():
    assert understand([], FIELDS[1:]).problems[0].expected == "统一社会信用代码、总投资、完成投资"


def test_a_header_without_rows_is_told():
    found = understand([["企业名称", "联系人"], ["备注：无"], [None]], FIELDS)
    assert [problem.code for problem in found.problems] == ["no_data"]


def test_a_single_field_needs_a_single_column():
    assert seen(understand([["企业名称"], ["苏鲲"]], [NAME])) == {"name": 0}


def test_a_mapping_that_is_remembered_is_believed_before_anything_else():
    grid = [["甲方", "企业名称", "联系人", "面积"], ["a", "b", "c", 1]]
    found = understand(grid, FIELDS, remembered={"甲方": "name", "联系人": "", "面积": "gone"})
    assert seen(found) == {"name": 0, "area": 3}
    assert [column.why for column in found.columns] == ["remembered", "unmatched", "remembered", "label"]
    assert found.problems == ()


def test_a_header_repeated_on_each_printed_page_is_no_data():
    grid = [["企业名称", "联系人"], ["甲", "乙"], ["企业名称", "联系人"], ["丙", "丁"], ["企业名称", "戊"]]
    assert understand(grid, FIELDS).data_rows == (1, 3, 4)


def test_totals_stand_anywhere_and_are_never_data():
    grid = [
        ["序号", "企业名称", "面积"],
        [1, "甲", 1],
        ["小计", None, 1],
        [None, "总　计（平方米）", 1],
        [None, "合计贸易", 2],
    ]
    found = understand(grid, FIELDS)
    assert [(total.row, total.label) for total in found.totals] == [(2, "小计"), (3, "总计")]
    assert found.data_rows == (1, 4)


@pytest.mark.parametrize("note", ["备注：见附件", "注1：不含税", "注：", "填表人：王", "说明", "制表：李"])
def test_notes_below_are_kept_apart(note):
    found = understand([["企业名称", "联系人"], ["甲", "乙"], [note, None]], FIELDS)
    assert (found.notes, found.data_rows) == ((note.replace("：", ":"),), (1,))


def test_a_note_may_go_on_in_the_next_cell():
    assert understand([["企业名称", "联系人"], ["甲", "乙"], ["备注：", "见附件"]], FIELDS).notes == (
        "备注: 见附件",
    )


def test_a_firm_whose_name_begins_like_a_note_is_data():
    assert understand([["企业名称", "联系人"], ["注塑机械厂", "说明"], ["说明", "乙"]], FIELDS).data_rows == (
        1,
        2,
    )


def test_what_is_merged_down_counts_for_each_row_but_an_amount_only_once():
    grid = [["企业名称", "联系人", "面积"], ["甲", "王", 100], [None, "李", None], ["乙", "赵", 5], ["丙"]]
    found = understand(grid, FIELDS, merges=[(1, 0, 2, 0), (1, 2, 2, 2), (3, 1, 4, 1), (3, 0, 3, 0)])
    rows = [row for _, row in ledger_rows(grid, found, FIELDS)]
    assert rows[1] == {"name": "甲", "contact": "李", "area": None}
    assert rows[3] == {"name": "丙", "contact": "赵", "area": None}


def test_the_shape_is_the_headers_in_order():
    assert shape_of(["企业名称", "面积（亩）"]) == shape_of([" 企业名称 ", "面积(亩)", ""])
    assert shape_of(["企业名称", "面积（亩）"]) != shape_of(["面积（亩）", "企业名称"])
    assert shape_of(["a", "b"]) != shape_of(["ab"])
    assert understand(LEDGER, FIELDS).shape == understand(LEDGER[2:], FIELDS, merges=[]).shape


def test_a_total_that_does_not_add_up_tells_the_difference():
    check = check_total([Decimal("12000000"), None, 30000], Decimal("12040000"))
    assert (check.ok, check.expected, check.found, check.difference) == (False, 12030000, 12040000, 10000)
    assert check_total([1, 2], 3).ok
    assert check_total([Decimal("1.004"), 2], Decimal("3.01"), tolerance=Decimal("0.01")).ok


@given(st.lists(st.integers(-(10**9), 10**9) | st.none(), max_size=20), st.integers(-5, 5))
def test_the_difference_is_what_is_found_less_the_sum(values, extra):
    right = sum(value for value in values if value is not None)
    check = check_total(values, right + extra)
    assert (check.difference, check.ok) == (extra, extra == 0)


CELL = (
    st.none()
    | st.integers(0, 60000)
    | st.sampled_from(["", "企业名称", "总投资（万元）", "面积", "联系人", "合计", "备注：", "甲"])
)


@given(st.lists(st.lists(CELL, max_size=5), max_size=8))
def test_every_row_below_the_header_is_in_one_place(grid):
    found = understand(grid, FIELDS)
    placed = [*found.data_rows, *found.blank_rows, *(total.row for total in found.totals)]
    assert len(set(placed)) == len(placed)
    names = [column.field for column in found.columns if column.field]
    assert len(set(names)) == len(names)
    if found.header_rows:
        assert all(row > found.header_rows[-1] for row in placed)
        assert all(set(row) == set(names) for _, row in ledger_rows(grid, found, FIELDS))
    else:
        assert placed == []


def test_columns_without_a_header_do_not_make_the_first_row_a_header():
    grid = [
        ["企业名称", "联系人", None, None, "其他", "另外"],
        ["甲", "乙", "丙", "丁", "戊", "己"],
        ["庚", "辛"],
    ]
    found = understand(grid, FIELDS)
    assert (found.header_rows, found.data_rows) == ((0,), (1, 2))


def test_a_column_with_nothing_under_a_wider_header_is_no_part_of_it():
    grid = [
        ["企业名称", "总投资", None, None, None],
        [None, "计划", None, "面积", "联系人"],
        ["甲", 1, None, 2, "乙"],
    ]
    found = understand(grid, FIELDS, merges=[(0, 1, 0, 2)])
    assert seen(found) == {"name": 0, "plan": 1, "area": 3, "contact": 4}


def test_a_label_may_stand_in_the_lower_row_alone():
    grid = [["企业名称", None, "投资额", None], [None, "联系人", "计划", "完成"], ["甲", "乙", 1, 2]]
    assert seen(understand(grid, FIELDS)) == {"name": 0, "contact": 1, "plan": 2, "done": 3}
