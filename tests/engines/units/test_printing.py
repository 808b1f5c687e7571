"""Numbers as pages and reports show them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.units import (
    from_base,
    parse_quantity,
    round_half_up,
    show_area,
    show_count,
    show_money,
    show_number,
    show_percent,
    show_points,
)

AMOUNTS = st.decimals(min_value="-99999999999", max_value="99999999999", places=2)


@pytest.mark.parametrize(
    ("amount", "custom", "shown"),
    [
        ("148160000", "万元", "14,816.00 万元"),
        ("1620000000", "亿元", "16.20 亿元"),
        ("1620000000", "auto", "16.20 亿元"),
        ("348620000", "auto", "3.49 亿元"),
        ("65770000", "auto", "6,577.00 万元"),
        ("9999.5", "auto", "9,999.50 元"),
        ("9999.5", "元", "9,999.50 元"),
        ("-17980000", "auto", "−1,798.00 万元"),
        ("-0.001", "元", "0.00 元"),
        ("0", "auto", "0.00 元"),
    ],
)
def test_money_is_shown_as_the_reader_is_used_to(amount: str, custom: str, shown: str) -> None:
    assert show_money(Decimal(amount), custom) == shown  # type: ignore[arg-type]


def test_foreign_money_keeps_its_currency() -> None:
    assert show_money(Decimal("710000000"), currency="USD") == "7.10 亿美元"
    assert show_money(Decimal("710000000"), "万元", currency="USD") == "71,000.00 万美元"
    with pytest.raises(EngineError):
        show_money(Decimal(1), currency="XYZ")


@pytest.mark.parametrize(
    ("area", "custom", "shown"),
    [
        ("14816.4", "㎡", "14,816 ㎡"),
        ("100", "㎡", "100 ㎡"),
        ("99.5", "㎡", "99.50 ㎡"),
        ("66666.67", "亩", "100.00 亩"),
        ("15000", "万㎡", "1.50 万㎡"),
    ],
)
def test_an_area_has_decimals_only_where_they_say_something(area: str, custom: str, shown: str) -> None:
    assert show_area(Decimal(area), custom) == shown  # type: ignore[arg-type]


def test_rates_points_and_counts_are_shown_with_their_units() -> None:
    assert show_percent(Decimal("1.22003")) == "122.0%"
    assert show_percent(Decimal("-0.0483"), 2) == "−4.83%"
    assert show_points(Decimal("20")) == "+20.0 个百分点"
    assert show_points(Decimal("-3.2")) == "−3.2 个百分点"
    assert show_points(Decimal("0.01")) == "0.0 个百分点"
    assert show_count(Decimal("1300"), "家") == "1,300 家"
    assert show_count(Decimal("0.5"), "个工作日") == "0.5 个工作日"


def test_what_is_missing_is_a_dash_and_never_zero() -> None:
    shown = {
        show_number(None),
        show_money(None),
        show_area(None),
        show_percent(None),
        show_points(None),
        show_count(None),
    }
    assert shown == {"—"}


def test_machines_get_a_hyphen_and_no_separators() -> None:
    assert show_money(Decimal("-148160000"), "万元", plain=True) == "-14816.00 万元"
    assert show_area(Decimal("-14816"), plain=True) == "-14816 ㎡"
    assert show_percent(Decimal("-0.051"), plain=True) == "-5.1%"
    assert show_points(Decimal("-20"), plain=True) == "-20.0 个百分点"
    assert show_count(-1300, "家", plain=True) == "-1300 家"


@given(AMOUNTS, st.sampled_from(["auto", "元", "万元", "亿元"]), st.booleans())
def test_shown_money_is_read_back_to_the_places_shown(amount: Decimal, custom: str, plain: bool) -> None:
    quantity = parse_quantity(show_money(amount, custom, plain=plain), None)  # type: ignore[arg-type]
    assert quantity.value == from_base(amount, quantity.unit, 2)
    assert custom in ("auto", quantity.unit.name)


@given(AMOUNTS, st.sampled_from(["㎡", "万㎡", "亩", "公顷"]))
def test_a_shown_area_is_read_back_to_the_places_shown(area: Decimal, custom: str) -> None:
    quantity = parse_quantity(show_area(area, custom), None)  # type: ignore[arg-type]
    places = 0 if custom == "㎡" and abs(area) >= 100 else 2
    assert quantity.value == from_base(area, quantity.unit, places)


@given(st.decimals(min_value="-100", max_value="100", places=6))
def test_shown_rates_and_points_are_read_back(ratio: Decimal) -> None:
    assert parse_quantity(show_percent(ratio), None).base == round_half_up(ratio, 3)
    assert parse_quantity(show_points(ratio), None).base == round_half_up(ratio, 1)
