"""Numbers with units."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.units import (
    Qualifier,
    from_base,
    from_base_exact,
    parse_quantity,
    to_base,
    to_base_exact,
    unit_named,
)

UNIT_NAMES = [
    "元",
    "万元",
    "亿元",
    "亿美元",
    "㎡",
    "万㎡",
    "公顷",
    "亩",
    "家",
    "万人",
    "%",
    "个百分点",
    "年",
    "吨/㎡",
]
VALUES = st.decimals(min_value="-9999999", max_value="9999999", places=4)


@pytest.mark.parametrize(
    ("text", "value", "unit", "base"),
    [
        ("1.2亿元", "1.2", "亿元", "120000000.00"),
        ("16.2 亿元", "16.2", "亿元", "1620000000.00"),
        ("34862万元", "34862", "万元", "348620000.00"),
        ("1亿2000万元", "120000000", "元", "120000000.00"),
        ("1亿零5万元", "100050000", "元", "100050000.00"),
        ("一千二百万元", "1200", "万元", "12000000.00"),
        ("一万二千亿元", "12000", "亿元", "1200000000000.00"),
        ("三百万元", "3", "百万元", "3000000.00"),
        ("壹佰万元整", "1", "百万元", "1000000.00"),
        ("3万5000元", "35000", "元", "35000.00"),
        ("-12,345.67元", "-12345.67", "元", "-12345.67"),
        ("（1,234）万元", "-1234", "万元", "-12340000.00"),
        ("7.1亿美元", "7.1", "亿美元", "710000000.00"),
        ("$7.1亿", "7.1", "亿美元", "710000000.00"),
        ("-$5万", "-5", "万美元", "-50000.00"),
        ("$(5)万", "-5", "万美元", "-50000.00"),
        ("US$ 1,000", "1000", "美元", "1000.00"),
        ("EUR 1,000", "1000", "欧元", "1000.00"),
        ("￥12", "12", "元", "12.00"),
        ("人民币1.2亿元", "1.2", "亿元", "120000000.00"),
        ("6500平方米", "6500", "㎡", "6500.00"),
        ("6500 m²", "6500", "㎡", "6500.00"),
        ("100亩", "100", "亩", "66666.67"),
        ("1.5万平方米", "1.5", "万㎡", "15000.00"),
        ("5.1%", "5.1", "%", "0.051"),
        ("５．１％", "5.1", "%", "0.051"),
        ("百分之五点一", "5.1", "%", "0.051"),
        ("千分之三", "3", "‰", "0.003"),
        ("20个百分点", "20", "个百分点", "20"),
        ("二十个百分点", "20", "个百分点", "20"),
        ("20百分点", "20", "个百分点", "20"),
        ("0.5个工作日", "0.5", "工作日", "0.5"),
        ("7个月", "7", "个月", "7"),
        ("三千瓦", "3", "kW", "3"),
        ("25元/㎡·月", "25", "元/㎡·月", "25"),
    ],
)
def test_a_quantity_is_read_with_its_own_unit(text: str, value: str, unit: str, base: str) -> None:
    quantity = parse_quantity(text, None)
    assert (quantity.value, quantity.unit.name) == (Decimal(value), unit)
    assert str(quantity.base) == base


def test_a_hundred_mu_is_kept_exactly_beside_its_rounded_area() -> None:
    quantity = parse_quantity("100亩", None)
    assert quantity.exact == Fraction(200000, 3)
    assert quantity.base == Decimal("66666.67")


@pytest.mark.parametrize(
    ("text", "default", "value", "unit"),
    [
        ("8000", "万元", "8000", "万元"),
        ("1.2亿", "万元", "1.2", "亿元"),
        ("3万", "万平方米", "3", "万㎡"),
        ("1.2万", "亩", "1.2", "万亩"),
        ("一千二百", "万元", "1200", "万元"),
        ("1亿2000万", "万元", "120000000", "元"),
        ("5000元", "万元", "5000", "元"),
        ("5.1", "%", "5.1", "%"),
        ("3万", "%", "30000", "%"),
        ("500㎡", "亩", "500", "㎡"),
    ],
)
def test_a_bare_number_takes_the_unit_of_its_column(text: str, default: str, value: str, unit: str) -> None:
    quantity = parse_quantity(text, unit_named(default))
    assert (quantity.value, quantity.unit.name) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("300余家", Qualifier.AT_LEAST),
        ("150余次", Qualifier.AT_LEAST),
        ("超220亿元", Qualifier.AT_LEAST),
        ("20个百分点以上", Qualifier.AT_LEAST),
        ("300+家", Qualifier.AT_LEAST),
        ("3个多月", Qualifier.AT_LEAST),
        ("近82%", Qualifier.NEARLY),
        ("7个月左右", Qualifier.ABOUT),
        ("约300余家", Qualifier.ABOUT),
        ("不超过5个工作日", Qualifier.AT_MOST),
        ("41家", Qualifier.EXACT),
    ],
)
def test_a_quantity_keeps_how_sure_its_writer_was(text: str, qualifier: Qualifier) -> None:
    assert parse_quantity(text, None).qualifier is qualifier


@pytest.mark.parametrize(
    ("text", "default", "code"),
    [
        ("", "万元", "number_empty"),
        ("—", "万元", "number_empty"),
        ("1.2.3", "万元", "number_malformed"),
        ("待定", "万元", "number_malformed"),
        ("三万五元", None, "number_malformed"),
        ("百分之", None, "number_malformed"),
        ("12万元3", None, "number_malformed"),
        ("3百元万", None, "unit_unknown"),
        ("1亿2000万元元", None, "unit_unknown"),
        ("一百五家", None, "number_malformed"),
        ("12尺", None, "unit_unknown"),
        ("12a", "万元", "unit_unknown"),
        ("1e99元", None, "number_out_of_range"),
        ("ABC 5", None, "number_malformed"),
        ("12", None, "unit_missing"),
        ("5亩", "万元", "unit_conflict"),
        ("20个百分点", "%", "unit_conflict"),
        ("5天", "工作日", "unit_conflict"),
        ("7亿美元", "万元", "currency_conflict"),
        ("$5元", None, "currency_conflict"),
        ("$5亩", None, "currency_conflict"),
    ],
)
def test_a_quantity_that_cannot_be_trusted_is_refused(text: str, default: str | None, code: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_quantity(text, unit_named(default) if default else None)
    assert caught.value.code == code


def test_a_conflict_names_both_units() -> None:
    with pytest.raises(EngineError) as caught:
        parse_quantity("7亿美元", unit_named("万元"))
    assert caught.value.data == {"text": "7亿美元", "found": "亿美元", "wanted": "万元"}


def test_a_known_unit_behind_a_broken_number_is_a_broken_number() -> None:
    with pytest.raises(EngineError) as caught:
        parse_quantity("一千百万元", None)
    assert caught.value.code == "number_malformed"


@given(VALUES, st.sampled_from(UNIT_NAMES))
def test_a_value_goes_to_the_base_and_back(value: Decimal, name: str) -> None:
    unit = unit_named(name)
    assert from_base_exact(to_base_exact(value, unit), unit) == Fraction(value)
    assert from_base(to_base_exact(value, unit), unit, 4) == value


@given(
    st.decimals(min_value="-9999999", max_value="9999999", places=2),
    st.sampled_from(["万元", "亿元", "亩", "公顷"]),
)
def test_two_decimals_survive_the_rounding_of_the_base(value: Decimal, name: str) -> None:
    unit = unit_named(name)
    assert from_base(to_base(value, unit), unit, 2) == value


@given(st.lists(VALUES, max_size=20), st.sampled_from(UNIT_NAMES))
def test_a_sum_of_converted_values_is_the_converted_sum(values: list[Decimal], name: str) -> None:
    unit = unit_named(name)
    total = sum((Fraction(value) for value in values), Fraction(0))
    assert sum((to_base_exact(value, unit) for value in values), Fraction(0)) == to_base_exact(total, unit)


@given(VALUES, st.sampled_from(["万元", "亿美元", "㎡", "亩", "家", "%", "个百分点", "工作日"]))
def test_a_written_quantity_is_read_back(value: Decimal, name: str) -> None:
    quantity = parse_quantity(f"{value:f}{name}", None)
    assert (quantity.value, quantity.unit) == (value, unit_named(name))


def test_a_base_value_without_an_end_is_rounded_to_twelve_places() -> None:
    assert from_base(Decimal(1), unit_named("年")) == Decimal("0.083333333333")
    assert from_base(Decimal("66666.67"), unit_named("亩")) == Decimal("100.000005")
