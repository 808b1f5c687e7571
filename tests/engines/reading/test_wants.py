"""What a project asks of premises, out of running text: read exactly, never guessed, contradictions told."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines.reading.wants import WHYS, Want, read_wants

ON = date(2026, 3, 2)


def values(text: str) -> dict[str, object]:
    return dict(read_wants(text, on=ON).values)


def whys(text: str) -> list[tuple[str, str]]:
    return [(one.field, one.why) for one in read_wants(text, on=ON).unclear]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("需要3000-5000平厂房", "3000", "5000"),
        ("面积三千到五千平方米", "3000", "5000"),
        ("1-2万平", "10000", "20000"),
        ("3000-1万平", "3000", "10000"),
        ("3000㎡至5000㎡", "3000", "5000"),
        ("不少于1.2万平方米", "12000", None),
        ("至少 3,000㎡", "3000", None),
        ("３０００平米以上", "3000", None),
        ("不超过5000平方", None, "5000"),
        ("5000㎡以内", None, "5000"),
        ("约3000㎡", "3000", None),
        ("3000㎡左右", "3000", None),
        ("20亩", "13333.33", None),
        ("2公顷", "20000", None),
        ("厂房3000平、办公500平，合计3500平", "3500", None),
        ("3000m2", "3000", None),
    ],
)
def test_an_area_is_read_with_its_bounds(text, least, most):
    found = values(text)
    assert found.get("area_min_m2") == (Decimal(least) if least else None)
    assert found.get("area_max_m2") == (Decimal(most) if most else None)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("净高不低于7.2m", "clear_height_m", "7.2"),
        ("梁下净高6-8米", "clear_height_m", "6"),
        ("8米的净高", "clear_height_m", "8"),
        ("荷载2吨/㎡", "floor_load_kn_m2", "19.61"),
        ("荷载5kN/㎡", "floor_load_kn_m2", "5"),
        ("每平方米承重800公斤", "floor_load_kn_m2", "7.85"),
        ("用电2000kVA", "power_kva", "2000"),
        ("2MVA", "power_kva", "2000"),
        ("800千伏安", "power_kva", "800"),
        ("用水50吨/天", "water_m3_day", "50"),
        ("日均用水约50立方米", "water_m3_day", "50"),
        ("5吨行车两台", "hoist_t", "5"),
        ("行车吨位10t", "hoist_t", "10"),
        ("租金不超过1.2元/㎡/天", "rent_max_cny_m2_day", "1.2"),
        ("0.8-1.2元/㎡·天", "rent_max_cny_m2_day", "1.2"),
        ("35元/平/月以内", "rent_max_cny_m2_day", "1.15"),
        ("总投资1.2亿元", "planned_investment_cny", "120000000"),
        ("计划投资5000万", "planned_investment_cny", "50000000"),
    ],
)
def test_a_figure_is_read_in_the_unit_of_its_field(text, field, value):
    assert values(text) == {field: Decimal(value)}


def test_tonnes_a_square_metre_are_exact_before_they_are_rounded():
    assert values("荷载3吨/㎡")["floor_load_kn_m2"] == Decimal("29.42")  # 3 x 9.80665 = 29.41995


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("需要天然气", "needs_gas", True),
        ("不需要燃气", "needs_gas", False),
        ("天然气需要接入", "needs_gas", True),
        ("有工业废水", "needs_sewage", True),
        ("无废水", "needs_sewage", False),
        ("带卸货平台", "needs_dock", True),
        ("不要月台", "needs_dock", False),
        ("要一楼", "ground_floor", True),
        ("最好首层", "ground_floor", True),
        ("丙类厂房", "fire_class", "c"),
    ],
)
def test_a_yes_or_no_is_read_only_where_it_is_said(text, field, value):
    assert values(text)[field] == value


def test_a_load_that_names_its_square_metre_is_not_unclear_as_well():
    assert values("每平方米承重2吨") == {"floor_load_kn_m2": Decimal("19.61")}
    assert whys("每平方米承重2吨") == []


def test_one_verb_holds_for_all_that_stand_behind_it():
    assert values("需要天然气、排污，不需要卸货平台") == {
        "needs_gas": True,
        "needs_sewage": True,
        "needs_dock": False,
    }


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("厂房", ("workshop",)),
        ("想租写字楼", ("office",)),
        ("需要研发、办公空间500平", ("office", "rnd")),
        ("找仓库，沿街商铺也要", ("storage", "shop")),
        ("老宅300平", ("heritage",)),
        ("求购土地20亩", ("plot",)),
        ("已租办公200平，拟租3000平仓库", ("storage",)),
    ],
)
def test_the_kinds_of_space_are_those_that_are_asked_for(text, kinds):
    assert values(text)["kinds"] == kinds


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年3月底前入驻", date(2026, 3, 31)),
        ("2026年6月前进场", date(2026, 5, 31)),
        ("2026年6月入驻", date(2026, 6, 30)),
        ("2026-05-01交付", date(2026, 5, 1)),
        ("入驻时间：2026年5月1日", date(2026, 5, 1)),
        ("2026年5月中旬搬入", date(2026, 5, 20)),
        ("2026年上半年投用", date(2026, 6, 30)),
        ("明年底前搬入", date(2027, 12, 31)),
        ("后年3月入驻", date(2028, 3, 31)),
        ("三个月内入驻", date(2026, 6, 2)),
        ("半年内搬入", date(2026, 9, 2)),
    ],
)
def test_the_day_is_the_last_one_that_fits_what_was_said(text, day):
    assert values(text) == {"move_in_on": day}


def test_months_from_the_end_of_a_month_end_with_the_month():
    assert read_wants("1个月内入驻", on=date(2026, 1, 31)).values == {"move_in_on": date(2026, 2, 28)}


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ("每层1000平", "area_min_m2", "area_of_part"),
        ("现有厂房2000平", "area_min_m2", "present_state"),
        ("厂房3000平、办公500平，合计3500平", "area_min_m2", "part_of_total"),
        ("净高不超过6米", "clear_height_m", "upper_limit"),
        ("租金不低于1元/平/天", "rent_max_cny_m2_day", "lower_limit"),
        ("荷载2吨", "floor_load_kn_m2", "load_unit"),
        ("用电500千瓦", "power_kva", "power_in_kw"),
        ("500kW", "power_kva", "power_in_kw"),
        ("年用水1万吨", "water_m3_day", "water_period"),
        ("用水20吨", "water_m3_day", "water_period"),
        ("天然气", "needs_gas", "mentioned"),
        ("客户参观了对面的大型物流仓库群", "kinds", "mentioned"),
        ("可能要燃气", "needs_gas", "uncertain"),
        ("可能要研发中心", "kinds", "uncertain"),
        ("不要办公", "kinds", "not_wanted"),
        ("要一层", "ground_floor", "one_floor_or_first"),
        ("3月底入驻", "move_in_on", "day_vague"),
        ("2026年3月初入驻", "move_in_on", "day_vague"),
        ("2026年13月入驻", "move_in_on", "day_vague"),
        ("2026年2月30日入驻", "move_in_on", "day_vague"),
        ("1.5个月内入驻", "move_in_on", "day_vague"),
        ("999个月内入驻", "move_in_on", "day_vague"),
        ("投资500万美元", "planned_investment_cny", "foreign_currency"),
        ("一万二平", "area_min_m2", "number_unreadable"),
        ("0平", "area_min_m2", "out_of_range"),
        ("净高600米", "clear_height_m", "out_of_range"),
    ],
)
def test_what_is_not_settled_is_handed_back_with_the_reason(text, field, why):
    assert why in WHYS
    assert (field, why) in whys(text)
    assert field not in values(text) or why == "part_of_total"


@pytest.mark.parametrize(
    "text",
    ["", "十一楼", "3平台", "投资强度500万元/亩", "3000平方公里", "年产能50吨/天", "百元/平", "办公设备一批"],
)
def test_what_only_looks_like_a_need_is_left_alone(text):
    assert values(text) == {}


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("净高不低于7.2m，8米净高", "净高不低于7.2m", "8米净高"),
        ("不少于5000平，最多3000平", "不少于5000平", "最多3000平"),
        ("需要燃气，后来说不需要燃气", "需要燃气", "后来说不需要燃气"),
        ("丙、丁类", "丙", "丁类"),
        ("厂房3000平、办公500平", "3000平", "500平"),
    ],
)
def test_two_statements_that_cannot_both_hold_are_told_and_neither_is_taken(text, first, second):
    found = read_wants(text, on=ON)
    assert [(one.first.words, one.second.words) for one in found.contradictions] == [(first, second)]
    taken = {one.first.field for one in found.contradictions} | {
        one.second.field for one in found.contradictions
    }
    assert not taken & set(found.values)


def test_each_fact_carries_the_words_and_how_firmly_they_stand():
    found = read_wants("约3000平，必须有10吨行车，层高8米，租金30元/㎡/月", on=ON)
    assert found.wants == (
        Want("area_min_m2", Decimal("3000.00"), "约3000平", "about"),
        Want("hoist_t", Decimal("10.00"), "10吨行车", "", is_must=True),
        Want("clear_height_m", Decimal("8.00"), "层高8米", "storey_height"),
        Want("rent_max_cny_m2_day", Decimal("0.986"), "30元/㎡/月", "per_month"),
    )


def test_the_same_said_twice_is_one_fact():
    found = read_wants("2000kVA，也就是2MVA，厂房，标准厂房", on=ON)
    assert found.values == {"power_kva": Decimal("2000.0"), "kinds": ("workshop",)}
    assert not found.contradictions


@given(st.integers(1, 9_999_999), st.integers(0, 9_999_999), st.sampled_from(["平", "㎡", "平方米", "平米"]))
def test_any_range_of_areas_is_read_back_exactly(low, more, unit):
    found = read_wants(f"需要{low}-{low + more}{unit}厂房", on=ON)
    assert found.values == {
        "kinds": ("workshop",),
        "area_min_m2": Decimal(low),
        "area_max_m2": Decimal(low + more),
    }


@given(
    st.lists(
        st.sampled_from(
            [
                *"0123456789.,，。-一二两十百千万亿约不无有需要天月年底前内吨平㎡米元/类甲丙",
                *("入驻", "用水", "净高", "行车", "投资", "kVA", "燃气", "厂房", "一楼", "2026年", "租金"),
            ]
        ),
        max_size=40,
    )
)
def test_no_text_breaks_the_reader_and_every_fact_is_in_its_own_words(parts):
    text = "".join(parts)
    found = read_wants(text, on=ON)
    assert len({want.field for want in found.wants}) == len(found.wants)
    assert all(part in text for want in found.wants for part in want.words.split("、"))
    assert all(one.words in text and one.why in WHYS for one in found.unclear)
