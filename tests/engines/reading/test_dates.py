from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.reading import parse_day, parse_month

DAY = date(2023, 6, 15)
FORMS = (
    "{y}-{m:02}-{d:02}",
    "{y}-{m}-{d}",
    "{y}.{m}.{d}",
    "{y}/{m}/{d}",
    "{y}年{m}月{d}日",
    "{y} 年 {m} 月 {d} 日",
    "{y}年{m}月{d}号",
    "{y}{m:02}{d:02}",
    "{y}-{m:02}-{d:02} 08:30:00",
    "{y}-{m:02}-{d:02}T08:30:00+08:00",
    " {y}/{m}/{d} 8:30 ",
)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS))
def test_a_day_is_read_in_every_way_it_is_written(day, form):
    assert parse_day(form.format(y=day.year, m=day.month, d=day.day)) == day
    assert parse_month(form.format(y=day.year, m=day.month, d=day.day)) == day.replace(day=1)


@given(st.dates(date(1955, 1, 1), date(2099, 12, 31)))
def test_a_serial_number_of_either_system_is_its_day(day):
    serial = (day - date(1899, 12, 30)).days
    for cell in (serial, float(serial), serial + 0.75, str(serial), f"{serial}.5", Decimal(serial)):
        assert parse_day(cell) == day
    assert parse_day(serial - 1462, date_system=1904) == day


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        datetime.combine(DAY, datetime.min.time()),
        45092,
        20230615,
        20230615.0,
        "２０２３．６．１５",
        "二〇二三年六月十五日",
        "二零二三年六月十五日",
    ],
)
def test_the_fifteenth_of_june_is_read(cell):
    assert parse_day(cell) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [("二〇二三年十月十日", date(2023, 10, 10)), ("二〇二三年十二月三十一日", date(2023, 12, 31))],
)
def test_chinese_numerals_are_read(text, day):
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "cell",
    ["2023-06", "2023年6月", "2023年6月份", "2023.6", "2023.06", "2023/6", "202306", 202306, 2023.6, 2023.06],
)
def test_a_month_is_a_month_and_not_a_day(cell):
    assert parse_month(cell) == date(2023, 6, 1)
    with pytest.raises(EngineError) as caught:
        parse_day(cell)
    assert (caught.value.code, caught.value.data) == ("day_missing", {"month": date(2023, 6, 1)})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (2023.1, "month_ambiguous"),
        (Decimal("2023.10"), "month_ambiguous"),
        (2023, "month_missing"),
        ("2023", "month_missing"),
        ("2023年", "month_missing"),
        ("2023年度", "month_missing"),
        ("6月15日", "year_missing"),
        ("6.15", "year_missing"),
        (6.15, "year_missing"),
        ("6-15", "year_missing"),
        ("23.6.15", "year_short"),
        ("23年6月15日", "year_short"),
        ("2023-02-30", "date_impossible"),
        ("2023年13月", "date_impossible"),
        (20231301, "date_impossible"),
        ("长期", "date_not_understood"),
        ("六月", "date_not_understood"),
        ("前年六月", "date_not_understood"),
        ("", "date_not_understood"),
        (None, "date_not_understood"),
        (True, "date_not_understood"),
        (0, "date_not_understood"),
        (-5, "date_not_understood"),
        (123456.5, "date_not_understood"),
        (Decimal("sNaN"), "date_not_understood"),
        (Decimal("1E+999999"), "date_not_understood"),
        (float("nan"), "date_not_understood"),
        (float("inf"), "date_not_understood"),
        ("9" * 40, "date_not_understood"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(cell, code):
    with pytest.raises(EngineError) as caught:
        parse_day(cell)
    assert caught.value.code == code


def test_the_text_2023_10_is_october():
    assert parse_month("2023.10") == date(2023, 10, 1)
    assert parse_month("2023.1") == date(2023, 1, 1)


@given(st.text("0123456789.-/年月日号十二 :T", max_size=16) | st.floats() | st.integers())
def test_anything_else_is_a_day_or_a_refusal(cell):
    try:
        found = parse_day(cell)
    except EngineError:
        return
    assert isinstance(found, date)
    assert found - timedelta(days=1) < found
