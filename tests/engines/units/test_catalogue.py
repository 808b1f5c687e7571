"""The units of a zone's ledgers."""

import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhuchao
from zhuchao.engines import EngineError
from zhuchao.engines.units import (
    ISO_CURRENCIES,
    Dimension,
    currency_unit,
    find_unit,
    plain_unit,
    unit_named,
)
from zhuchao.engines.units.catalogue import PLAIN_UNITS

YI = 10**8


@pytest.mark.parametrize(
    ("text", "name", "dimension", "currency", "factor"),
    [
        ("元", "元", Dimension.MONEY, "CNY", 1),
        ("万元", "万元", Dimension.MONEY, "CNY", 10**4),
        ("亿元", "亿元", Dimension.MONEY, "CNY", YI),
        ("千元", "千元", Dimension.MONEY, "CNY", 1000),
        ("百万元", "百万元", Dimension.MONEY, "CNY", 10**6),
        ("万亿元", "万亿元", Dimension.MONEY, "CNY", 10**12),
        ("人民币万元", "万元", Dimension.MONEY, "CNY", 10**4),
        ("万元人民币", "万元", Dimension.MONEY, "CNY", 10**4),
        ("RMB", "元", Dimension.MONEY, "CNY", 1),
        ("美元", "美元", Dimension.MONEY, "USD", 1),
        ("万美元", "万美元", Dimension.MONEY, "USD", 10**4),
        ("亿美元", "亿美元", Dimension.MONEY, "USD", YI),
        ("万usd", "万美元", Dimension.MONEY, "USD", 10**4),
        ("亿日元", "亿日元", Dimension.MONEY, "JPY", YI),
        ("万港币", "万港元", Dimension.MONEY, "HKD", 10**4),
        ("NOK", "挪威克朗", Dimension.MONEY, "NOK", 1),
        ("万KZT", "万KZT", Dimension.MONEY, "KZT", 10**4),
        ("㎡", "㎡", Dimension.AREA, None, 1),
        ("平方米", "㎡", Dimension.AREA, None, 1),
        ("m²", "㎡", Dimension.AREA, None, 1),
        ("M2", "㎡", Dimension.AREA, None, 1),
        ("平米", "㎡", Dimension.AREA, None, 1),
        ("万平方米", "万㎡", Dimension.AREA, None, 10**4),
        ("公顷", "公顷", Dimension.AREA, None, 10**4),
        ("亩", "亩", Dimension.AREA, None, Fraction(2000, 3)),
        ("万亩", "万亩", Dimension.AREA, None, Fraction(20000000, 3)),
        ("家", "家", Dimension.COUNT, None, 1),
        ("万人", "万人", Dimension.COUNT, None, 10**4),
        ("％", "%", Dimension.RATIO, None, Fraction(1, 100)),
        ("个百分点", "个百分点", Dimension.POINTS, None, 1),
        ("天", "天", Dimension.DAYS, None, 1),
        ("个工作日", "工作日", Dimension.WORKING_DAYS, None, 1),
        ("年", "年", Dimension.MONTHS, None, 12),
        ("元/㎡", "元/㎡", Dimension.MONEY_PER_AREA, "CNY", 1),
        ("万元／亩", "万元/亩", Dimension.MONEY_PER_AREA, "CNY", 15),
        ("万元/人", "万元/人", Dimension.MONEY_PER_COUNT, "CNY", 10**4),
        ("万元/吨标煤", "万元/吨标准煤", Dimension.MONEY_PER_COAL, "CNY", 10**4),
        ("元/㎡·月", "元/㎡·月", Dimension.RENT_PER_MONTH, "CNY", 1),
        ("元/平方米/月", "元/㎡·月", Dimension.RENT_PER_MONTH, "CNY", 1),
        ("元/月/平方米", "元/㎡·月", Dimension.RENT_PER_MONTH, "CNY", 1),
        ("元/㎡/天", "元/㎡·天", Dimension.RENT_PER_DAY, "CNY", 1),
        ("kN/m2", "kN/㎡", Dimension.LOAD, None, 1),
        ("千牛/平方米", "kN/㎡", Dimension.LOAD, None, 1),
        ("吨/㎡", "吨/㎡", Dimension.LOAD, None, Fraction(980665, 100000)),
        ("KVA", "kVA", Dimension.APPARENT_POWER, None, 1),
    ],
)
def test_a_unit_is_found_under_each_of_its_names(
    text: str, name: str, dimension: Dimension, currency: str | None, factor: Fraction
) -> None:
    unit = unit_named(text)
    assert (unit.name, unit.dimension, unit.currency, unit.factor) == (name, dimension, currency, factor)
    assert str(unit) == name


@pytest.mark.parametrize(
    "text", ["", "尺", "万", "万万元", "亿%", "人民币亩", "元/尺", "尺/㎡", "%/㎡", "元/月", "/", "面积"]
)
def test_what_is_no_unit_is_not_found(text: str) -> None:
    assert find_unit(text) is None


def test_an_unknown_unit_is_refused_with_the_closest_names() -> None:
    with pytest.raises(EngineError) as caught:
        unit_named("平方")
    assert caught.value.code == "unit_unknown"
    assert "平方米" in caught.value.data["closest"]  # type: ignore[operator]


def test_no_two_units_share_a_name() -> None:
    names = Counter(
        alias.casefold() for unit in PLAIN_UNITS for alias in dict.fromkeys((unit.name, *unit.aliases))
    )
    assert [name for name, times in names.items() if times > 1] == []


@given(st.sampled_from([prefix + unit.name for unit in PLAIN_UNITS for prefix in ("", "万", "亿")]))
def test_a_unit_is_found_again_by_its_own_name_and_aliases(text: str) -> None:
    unit = find_unit(text)
    if unit is not None:
        assert unit.name == text
        assert all(find_unit(alias) == unit for alias in unit.aliases)
        assert plain_unit(unit).dimension is unit.dimension


def test_every_iso_currency_has_a_unit_of_its_own() -> None:
    assert {currency_unit(code).currency for code in ISO_CURRENCIES} == ISO_CURRENCIES
    assert currency_unit("usd").name == "美元"


def test_a_currency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        currency_unit("XYZ")
    assert caught.value.code == "unit_unknown"


def test_the_calculating_engines_load_no_third_party_and_no_network() -> None:
    code = (
        "import sys; before = set(sys.modules);"
        "import zhuchao.engines.units, zhuchao.engines.workdays, zhuchao.engines.figures;"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    source = str(Path(zhuchao.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": source}
    )
    loaded = set(done.stdout.split())
    assert loaded - sys.stdlib_module_names == {"zhuchao"}
    assert not loaded & {"socket", "http", "urllib", "sqlite3", "subprocess", "tempfile"}
