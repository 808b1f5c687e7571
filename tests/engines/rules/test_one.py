import subprocess
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.rules.drawing import FIELDS, facts, logics
from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import Field, Kind, Vocabulary
from zhuchao.engines.rules.one import Answer, Asked, Explanation
from zhuchao.engines.rules.terms import (
    All,
    Any,
    Banded,
    Begins,
    Holds,
    IsTrue,
    Linear,
    Logic,
    Manual,
    Not,
    OneOf,
    Sign,
    Sized,
)
from zhuchao.engines.rules.truth import Truth

REVENUE = Linear((("revenue", 1),), 0)
INTENSITY = Sized(Linear((("rd", 20), ("revenue", -1)), 0), Sign.AT_LEAST, (REVENUE,))
LARGE = Sized(Linear((("revenue", 1),), -200_000_00), Sign.AT_LEAST)
LISTED = IsTrue("listed")


def explained(logic: Logic, **firm: object) -> Explanation:
    return Asked([logic], FIELDS).explain(firm)[0]


def answered(logic: Logic, **firm: object) -> Answer:
    return explained(logic, **firm).answers[0]


@pytest.mark.parametrize(
    ("condition", "left", "comparison", "right"),
    [
        (LARGE, Fraction(1000), ">=", Fraction(200_000)),
        (Sized(Linear((("revenue", -2),), 300), Sign.AT_LEAST), Fraction(1000), "<=", Fraction(3, 2)),
        (Sized(Linear((("revenue", -1),), 0), Sign.ABOVE), Fraction(1000), "<", Fraction(0)),
        (Sized(Linear((("rate", 1),), -125), Sign.IS), Fraction(1, 2), "==", Fraction(5, 4)),
        (Sized(Linear((("born", -1),), 730_000), Sign.AT_LEAST), Fraction(date(2025, 6, 1).toordinal()), "<=", Fraction(730_000)),
        (INTENSITY, Fraction(4, 100), ">=", Fraction(1, 20)),
        (Sized(Linear((("rd", -20), ("revenue", 1)), 0), Sign.ABOVE, (REVENUE,)), Fraction(4, 100), "<", Fraction(1, 20)),
        # yuan a head: fen over people
        (
            Sized(Linear((("heads", -5_000_00), ("revenue", 1)), 0), Sign.AT_LEAST, (Linear((("heads", 1),), 0),)),
            Fraction(1000, 4),
            ">=",
            Fraction(5000),
        ),
        # a quotient of two sums of unlike units is shown as it is compared
        (
            Sized(Linear((("heads", 1), ("rate", 1), ("revenue", 1)), -7), Sign.AT_LEAST, (REVENUE,)),
            Fraction(4 + 50 + 100_000),
            ">=",
            Fraction(7),
        ),
        (Sized(Linear((("rd", 1), ("revenue", 1)), -7), Sign.IS_NOT), Fraction(1040), "!=", Fraction(7, 100)),
        (Sized(Linear((), 4), Sign.ABOVE), Fraction(0), ">", Fraction(-4)),
    ],
)  # fmt: skip
def test_both_sides_are_in_the_units_of_people(condition, left, comparison, right):
    found = answered(
        condition, revenue=Decimal(1000), rd=Decimal(40), rate=Decimal("0.5"), heads=4, born=date(2025, 6, 1)
    )
    assert (found.left, found.comparison, found.right) == (left, comparison, right)


def test_a_side_that_is_not_known_is_none():
    for condition in (LARGE, INTENSITY, Sized(Linear((("rd", 1), ("revenue", 1)), -7), Sign.IS)):
        found = answered(condition)
        assert (found.truth, found.left) == (Truth.UNKNOWN, None)
        assert found.right is not None


def test_words_are_shown_as_they_are():
    firm = {"industry": "C26", "honours": frozenset({"高企"}), "size": "大", "listed": True}
    logic = All((Begins("industry", ("C",)), Holds("honours", ("高企",)), OneOf("size", ("小",)), LISTED))
    found = explained(logic, **firm)
    assert [answer.found for answer in found.answers] == ["C26", {"高企"}, "大", 1]
    assert [answer.truth for answer in found.answers] == [Truth.TRUE, Truth.TRUE, Truth.FALSE, Truth.TRUE]
    assert {(answer.left, answer.right) for answer in found.answers} == {(None, None)}


def test_only_what_could_still_decide_is_missing():
    logic = All((LARGE, Any((LISTED, OneOf("size", ("小",)))), INTENSITY))
    assert set(explained(logic).missing) == {"revenue", "listed", "size", "rd"}
    assert set(explained(logic, listed=True).missing) == {"revenue", "rd"}
    assert set(explained(logic, revenue=Decimal(200_000), listed=False).missing) == {"size", "rd"}
    assert explained(logic, revenue=Decimal(199_999))[:1] + explained(logic, revenue=Decimal(199_999))[
        2:
    ] == (
        Truth.FALSE,
        (),
        (),
        (),
    )


def test_a_denominator_that_is_not_above_zero_leaves_nothing_to_ask():
    found = explained(INTENSITY, revenue=Decimal(0))
    assert (found.truth, found.missing) == (Truth.UNKNOWN, ())
    assert found.answers[0].undefined
    assert found.undefined == (INTENSITY,)
    assert explained(All((INTENSITY, LISTED)), revenue=Decimal(0), listed=False).undefined == ()
    assert not explained(INTENSITY).answers[0].undefined


def test_a_condition_for_people_is_named_where_it_could_still_decide():
    logic = All((LISTED, Manual("review"), Any((Manual("quota"), IsTrue("punished")))))
    assert explained(logic, listed=True)[2:] == ((), ("review", "quota"), ())
    assert explained(logic).missing == ("listed",)
    assert explained(logic, listed=False)[2:] == ((), (), ())
    assert explained(logic, listed=True, punished=True)[2:] == ((), ("review",), ())


def test_only_the_band_of_the_firm_is_asked_about():
    guide = Linear((("heads", 1),), 0)
    bands = Banded(guide, ((3, LISTED), (10, Begins("industry", ("C",))), (None, OneOf("size", ("小",)))))
    assert explained(bands, heads=3).missing == ("listed",)
    assert explained(bands, heads=4).missing == ("industry",)
    assert explained(bands, heads=11).missing == ("size",)
    assert set(explained(bands).missing) == {"heads", "listed", "industry", "size"}
    assert set(explained(bands, listed=True, size="小").missing) == {"heads", "industry"}
    assert explained(bands, listed=False, industry="D", size="大").truth is Truth.FALSE


def test_each_condition_is_explained_once_in_the_order_of_the_policy():
    found = explained(Any((All((LARGE, LISTED)), All((INTENSITY, Not(LISTED))))), listed=True)
    assert [answer.condition for answer in found.answers] == [LARGE, LISTED, INTENSITY]
    assert explained(All(())) == (Truth.TRUE, (), (), (), ())


@settings(max_examples=60, deadline=None)
@given(logics, facts, st.data())
def test_a_field_that_is_not_named_as_missing_does_not_decide(policy, firm, data):
    asked = Asked([policy], FIELDS)
    before = asked.explain(firm)[0]
    other = data.draw(facts)
    filled = {
        name: other[name] if value is None and name not in before.missing else value
        for name, value in firm.items()
    }
    if before.truth is not Truth.UNKNOWN:
        assert asked.explain(filled)[0].truth is before.truth
    elif not before.missing:
        assert asked.explain(filled)[0].truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("revenue", "3"),
        ("revenue", True),
        ("revenue", 0.5),
        ("revenue", Decimal("0.001")),
        ("revenue", Decimal("NaN")),
        ("heads", Decimal("1.5")),
        ("born", 3),
        ("listed", 1),
        ("industry", 26),
        ("size", "巨"),
        ("honours", "高企"),
    ],
)
def test_a_fact_of_another_type_is_refused(name, value):
    logic = All((Sized(Linear((("born", 1), ("heads", 1), ("revenue", 1)), 0), Sign.AT_LEAST),
                 LISTED, Begins("industry", ()), OneOf("size", ()), Holds("honours", ())))  # fmt: skip
    with pytest.raises(EngineError, match=name) as caught:
        explained(logic, **{name: value})
    assert caught.value.code == "fact_malformed"


def test_absence_means_what_the_field_says():
    fields = Vocabulary([Field("honours", Kind.TAGS, missing_as=frozenset({"高企"})), Field("x", Kind.FLAG)])
    logic = All((Holds("honours", ("高企",)), Not(IsTrue("x"))))
    assert Asked([logic], fields).explain({"x": False})[0].truth is Truth.TRUE


def test_a_field_that_nobody_declared_is_refused_with_the_nearest_name():
    with pytest.raises(EngineError) as caught:
        Asked([IsTrue("listd")], FIELDS)
    assert caught.value.data == {"field": "listd", "near": ["listed"]}


def test_words_of_authors_are_values_and_never_source():
    word = "') or __import__('os').abort() or ('"
    logic = All(
        (OneOf("industry", (word,)), Begins("industry", (word,)), Holds("honours", (word,)), Manual(word))
    )
    found = explained(logic, industry=word, honours=frozenset({word}))
    assert [answer.truth for answer in found.answers] == [Truth.TRUE] * 3 + [Truth.UNKNOWN]


def test_one_firm_is_explained_without_loading_what_many_need():
    names = ("one", "gaps", "benefits", "groups", "asking")
    code = (
        f"import {', '.join(f'zhuchao.engines.rules.{name}' for name in names)}, sys; "
        "print([name for name in ('numpy', 'pyarrow', 'sqlglot', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
