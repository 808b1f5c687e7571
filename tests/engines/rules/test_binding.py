"""What was read, for one day."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.rules.vocabulary import FIELDS
from zhuchao.engines import EngineError
from zhuchao.engines.rules.binding import bind, bind_amount
from zhuchao.engines.rules.canonical import FALSE, TRUE
from zhuchao.engines.rules.language import read_condition, read_number
from zhuchao.engines.rules.measures import months_after
from zhuchao.engines.rules.terms import (
    Any,
    Banded,
    IsTrue,
    Least,
    Linear,
    Not,
    Ratio,
    Sized,
    Stepped,
    Sum,
    conditions_of,
    fields_of,
)

AS_OF = date(2026, 3, 31)


def bound(text, day=AS_OF):
    return bind(read_condition(text, FIELDS).logic, day)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 1, 31), 0, date(2026, 1, 31)),
    ],
)
def test_months_end_on_the_last_day_that_there_is(day, months, later):
    assert months_after(day, months) == later


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_later_is_in_that_month_and_on_that_day_unless_it_has_none(day, months):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and later.toordinal() + 1 == _first_of_next(later))


def _first_of_next(day: date) -> int:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1).toordinal()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("as_of >= '2026-04-01'", FALSE),
        ("as_of >= '2026-03-31'", TRUE),
        ("as_of > '2026-03-31'", FALSE),
        ("as_of = '2026-03-31'", TRUE),
        ("as_of <> '2026-03-31'", FALSE),
        ("not as_of >= '2026-04-01'", TRUE),
        ("as_of - 1 month = '2026-02-28'", TRUE),
        ("as_of - 30 days = '2026-03-01'", TRUE),
        ("resident and as_of >= '2026-04-01'", FALSE),
        ("resident or as_of < '2026-04-01'", TRUE),
        ("resident and as_of < '2026-04-01'", IsTrue("resident")),
        ("resident or as_of >= '2026-04-01'", IsTrue("resident")),
        ("not resident and as_of < '2026-04-01'", Not(IsTrue("resident"))),
        ("as_of >= '2026-04-01' or as_of < '2026-01-01'", FALSE),
        ("not (resident and as_of < '2026-04-01')", Not(IsTrue("resident"))),
    ],
)
def test_what_only_the_day_decides_is_decided(text, answer):
    assert bound(text) == answer


def test_two_days_give_two_conditions_and_the_same_day_one():
    text = "established <= as_of - 1 year"
    assert bound(text) == bound(text)
    assert bound(text) != bound(text, date(2026, 4, 1))
    assert bound(text, date(2028, 2, 29)) == bound(text, date(2028, 2, 28))


@pytest.mark.parametrize("text", ["established < as_of - 9999 years", "established < as_of + 9999 years"])
def test_a_day_beyond_the_calendar_is_refused(text):
    with pytest.raises(EngineError) as caught:
        bound(text)
    assert caught.value.code == "date_out_of_range"


def test_bands_are_bound_part_by_part():
    by = Linear((("revenue", 1),), 0)
    old, new = (read_condition(f"established {sign} as_of - 1 year", FIELDS).logic for sign in ("<=", ">"))
    banded = Banded(by, ((100, old), (None, Not(Banded(by, ((None, new),))))))
    found = bind(banded, AS_OF)
    day = date(2025, 3, 31).toordinal()
    parts = list(conditions_of(found))
    assert [part.form.constant for part in parts if isinstance(part, Sized)] == [day, -day]
    assert fields_of(found) == {"revenue", "established"}
    assert fields_of(bound("resident or rd / revenue > 5%")) == {"resident", "rd", "revenue"}
    assert isinstance(bound("resident or rd / revenue > 5%"), Any)


def test_a_number_may_count_days():
    found = read_number("least(as_of - established, 100天) + 5天", FIELDS).amount
    ordinal = AS_OF.toordinal()
    since = Ratio(Linear((("established", 1),), -ordinal), Fraction(-1))
    assert bind_amount(found, AS_OF) == Sum(
        (Least((since, Ratio(Linear((), 1), Fraction(100)))), Ratio(Linear((), 1), Fraction(5)))
    ) or set(bind_amount(found, AS_OF).parts) == {
        Least((Ratio(Linear((), 1), Fraction(100)), since)),
        Ratio(Linear((), 1), Fraction(5)),
    }
    by = Linear((("staff", 1),), 0)
    assert bind_amount(Stepped(by, ((None, found),)), AS_OF) == Stepped(
        by, ((None, bind_amount(found, AS_OF)),)
    )
    share = read_number("rd / revenue", FIELDS).amount
    assert bind_amount(share, AS_OF) == share
