"""Reporting periods as people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.reading.periods import Period, parse_period

MAY = Period(date(2023, 1, 1), date(2023, 5, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2023-05",
        "2023.5",
        "2023/05",
        "2023年5月",
        "2023年05月",
        "2023年1-5月",
        "2023年1—5月",
        "2023年1月至5月",
        "2023年1-5月累计",
        " 2023-05-01 ",
        "2023年5月累计",
        "202305",
    ],
)
def test_a_month_means_january_up_to_it(text: str):
    assert parse_period(text) == MAY


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023年", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023年度", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023年全年", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023年上半年", date(2023, 1, 1), date(2023, 6, 30)),
        ("2023年下半年", date(2023, 7, 1), date(2023, 12, 31)),
        ("2023年前三季度", date(2023, 1, 1), date(2023, 9, 30)),
        ("2023年一季度", date(2023, 1, 1), date(2023, 3, 31)),
        ("2023年第四季度", date(2023, 10, 1), date(2023, 12, 31)),
        ("2023Q2", date(2023, 4, 1), date(2023, 6, 30)),
        ("2024年2月当月", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023年4-6月", date(2023, 4, 1), date(2023, 6, 30)),
    ],
)
def test_a_period_has_its_first_and_last_day(text: str, first: date, last: date):
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize(
    "text", ["", "五月", "2023年13月", "2023年6-5月", "23年5月", "1800年", "2023年第五季度", "2023-00"]
)
def test_what_is_not_a_period_is_refused_with_what_would_be_right(text: str):
    with pytest.raises(EngineError) as caught:
        parse_period(text)
    assert caught.value.code == "period_not_understood"
    assert caught.value.data["expected"] == "2023年1-5月"


@given(st.integers(1949, 2099), st.integers(1, 12))
def test_every_spelling_of_a_month_ends_on_its_last_day(year: int, month: int):
    found = parse_period(f"{year}-{month:02}")
    assert found == parse_period(f"{year}年1-{month}月") == parse_period(f"{year}年{month}月")
    assert found.first == date(year, 1, 1)
    assert (found.last + timedelta(days=1)).day == 1
    assert found.last.month == month
