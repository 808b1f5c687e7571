"""Fields and how their values are kept; terms taken apart."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.engines.rules.vocabulary import FIELDS
from zhuchao.engines import EngineError
from zhuchao.engines.rules.canonical import times
from zhuchao.engines.rules.fields import Field, Kind, Vocabulary
from zhuchao.engines.rules.terms import (
    All,
    Begins,
    Greatest,
    IsTrue,
    Least,
    Linear,
    Manual,
    Not,
    Ratio,
    Stepped,
    conditions_of,
    fields_of,
)


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (Field("a", Kind.MONEY), Decimal("12.34"), 1234),
        (Field("a", Kind.MONEY), 12, 1200),
        (Field("a", Kind.NUMBER, places=3), Decimal("-0.125"), -125),
        (Field("a", Kind.COUNT), 7, 7),
        (Field("a", Kind.COUNT), Decimal("7.0"), 7),
        (Field("a", Kind.DATE), date(1, 1, 2), 2),
        (Field("a", Kind.FLAG), True, 1),
        (Field("a", Kind.FLAG), False, 0),
    ],
)
def test_a_value_is_kept_as_a_whole_number(field, value, kept):
    assert field.keep(value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.MONEY, Decimal("0.001")),
        (Kind.MONEY, Decimal("NaN")),
        (Kind.MONEY, Decimal("Infinity")),
        (Kind.MONEY, True),
        (Kind.MONEY, "5"),
        (Kind.COUNT, Decimal("7.5")),
        (Kind.DATE, 5),
        (Kind.FLAG, 1),
        (Kind.CODE, "C39"),
    ],
)
def test_a_value_that_cannot_be_kept_exactly_is_refused(kind, value):
    with pytest.raises(EngineError) as caught:
        Field("a", kind).keep(value)
    assert caught.value.code == "fact_malformed"


def test_a_vocabulary_names_each_field_once():
    with pytest.raises(EngineError) as caught:
        Vocabulary([Field("a", Kind.FLAG), Field("a", Kind.COUNT)])
    assert caught.value.code == "field_twice"
    assert "revenue" in FIELDS
    assert [field.name for field in FIELDS][:2] == ["revenue", "rd"]


def test_terms_name_their_conditions_and_fields():
    logic = All((IsTrue("resident"), Not(Begins("industry", ("C39",))), Manual("review")))
    assert list(conditions_of(logic)) == [IsTrue("resident"), Begins("industry", ("C39",)), Manual("review")]
    assert fields_of(logic) == {"resident", "industry"}
    assert Linear((("rd", 1), ("revenue", 2)), 0).fields == ("rd", "revenue")


def test_a_stepped_amount_is_multiplied_in_each_band():
    one = Ratio(Linear((("rd", 1),), 0))
    by = Linear((("staff", 1),), 0)
    two = Ratio(one.top, Fraction(2))
    capped = Least((one, Ratio(Linear((), 1), Fraction(5))))
    doubled = times(Stepped(by, ((10, one), (None, capped))), Fraction(2))
    assert isinstance(doubled, Stepped)
    assert doubled.bands[0] == (10, two)
    assert isinstance(times(capped, Fraction(-1)), Greatest)
