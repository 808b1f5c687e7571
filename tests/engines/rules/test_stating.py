"""Facts as people write them, and as they are kept."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from tests.engines.rules.drawing import FIELDS, facts
from zhuchao.engines import EngineError
from zhuchao.engines.rules.stating import fact_of, plain_fact, read_fact


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("revenue", "5000万元", Decimal(50_000_000)),
        ("revenue", " 1.2亿元 ", Decimal(120_000_000)),
        ("revenue", "12.34元", Decimal("12.34")),
        ("revenue", "-3万元", Decimal(-30_000)),
        ("heads", "30", 30),
        ("heads", "30人", 30),
        ("rate", "5.25", Decimal("5.25")),
        ("born", "2026-01-31", date(2026, 1, 31)),
        ("born", "2026年1月31日", date(2026, 1, 31)),
        ("listed", "是", True),
        ("listed", "No", False),
        ("industry", "C2710", "C2710"),
        ("size", "小", "小"),
        ("honours", "高企、小巨人，专精特新", frozenset({"高企", "小巨人", "专精特新"})),
    ],
)
def test_what_people_write_is_read_exactly(name, text, value):
    found = read_fact(text, FIELDS[name])
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("revenue", "", "fact_malformed"),
        ("revenue", "很多", "character_refused"),
        ("revenue", "revenue", "field_unknown"),
        ("revenue", "2 * revenue", "field_unknown"),
        ("revenue", "5000", "unit_missing"),
        ("revenue", "30人", "dimension_mixed"),
        ("revenue", "0.001元", "fact_malformed"),
        ("heads", "1.5", "fact_malformed"),
        ("born", "2026-02-30", "fact_malformed"),
        ("listed", "也许", "fact_malformed"),
        ("size", "巨", "word_unknown"),
        ("revenue", "1万元; drop table firms", "character_refused"),
        ("revenue", "9" * 401, "fact_malformed"),
    ],
)
def test_what_is_not_a_value_is_refused(name, text, code):
    with pytest.raises(EngineError) as refused:
        read_fact(text, FIELDS[name])
    assert refused.value.code == code


@given(facts)
def test_what_is_kept_as_json_comes_back_as_it_was(firm):
    for name, value in firm.items():
        if value is not None:
            found = fact_of(plain_fact(value), FIELDS[name])
            assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "plain"), [("revenue", 5), ("listed", "true"), ("born", "later"), ("honours", "高企")]
)
def test_what_was_never_kept_is_refused(name, plain):
    with pytest.raises(EngineError, match="cannot be"):
        fact_of(plain, FIELDS[name])
