"""Units in column headers and sheet notes."""

import pytest

from zhuchao.engines.units import sheet_unit, split_header


@pytest.mark.parametrize(
    ("header", "label", "unit"),
    [
        ("面积(亩)", "面积", "亩"),
        ("总投资（万元）", "总投资", "万元"),
        ("总投资\n（万元）", "总投资", "万元"),
        ("总投资[万元]", "总投资", "万元"),
        ("总投资（单位：万元）", "总投资", "万元"),
        ("总投资（万元，不含税）", "总投资(不含税)", "万元"),
        ("总投资（万元）合计", "总投资合计", "万元"),
        ("租金(元/㎡·月)(含税)", "租金(含税)", "元/㎡·月"),
        ("投资额/亿元", "投资额", "亿元"),
        ("投资额：亿元", "投资额", "亿元"),
        ("建筑面积 ㎡", "建筑面积", "㎡"),
        ("租金/元/㎡/月", "租金", "元/㎡·月"),
        ("增幅%", "增幅", "%"),
        ("建筑面积㎡", "建筑面积", "㎡"),
        ("总投资万元", "总投资", "万元"),
        ("工期（月）", "工期", "个月"),
        ("企业数（家）", "企业数", "家"),
        ("层高(m)", "层高", "米"),
        ("企业名称", "企业名称", None),
        ("企业名称（全称）", "企业名称(全称)", None),
        ("面积(㎡/亩)", "面积(㎡/亩)", None),
        ("投资（万元、亿元）", "投资(万元、亿元)", None),
        ("年/月", "年/月", None),
        ("年/月/日", "年/月/日", None),
        ("5月", "5月", None),
        ("Block M", "Block M", None),
        ("千万工程", "千万工程", None),
        ("/亿元", "/亿元", None),
        ("", "", None),
    ],
)
def test_a_header_is_split_into_label_and_unit(header: str, label: str, unit: str | None) -> None:
    found_label, found = split_header(header)
    assert (found_label, found and found.name) == (label, unit)


@pytest.mark.parametrize(
    ("note", "units"),
    [
        ("单位：万元", ["万元"]),
        ("单位：万元、亩", ["万元", "亩"]),
        ("（单位:万元，㎡；家）", ["万元", "㎡", "家"]),
        ("（金额单位：人民币万元）", ["万元"]),
        ("单位：元/㎡", ["元/㎡"]),
        ("单位 万元 亩", ["万元", "亩"]),
        ("填报单位：某街道办事处", []),
        ("2023年5月 单位：万元", ["万元"]),
        ("单位", []),
        ("五月报表", []),
    ],
)
def test_a_sheet_note_declares_its_units(note: str, units: list[str]) -> None:
    assert [unit.name for unit in sheet_unit(note)] == units
