"""Expressions: what they mean, that the same meaning is the same term, and what is refused."""

import os
import subprocess
import sys
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.rules.vocabulary import FIELDS, PARAMS
from zhuchao.engines import EngineError
from zhuchao.engines.rules.binding import bind
from zhuchao.engines.rules.fields import Field, Kind, Vocabulary
from zhuchao.engines.rules.language import read_condition, read_number
from zhuchao.engines.rules.terms import (
    All,
    Any,
    Begins,
    Greatest,
    Holds,
    IsTrue,
    Least,
    Linear,
    Logic,
    Not,
    OneOf,
    Ratio,
    Sign,
    Sized,
    Sum,
)
from zhuchao.engines.rules.tokens import LONGEST_TEXT, MOST_TOKENS

AS_OF = date(2026, 3, 31)


def meant(text: str) -> Logic:
    return read_condition(text, FIELDS, PARAMS).logic


def refused(text: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        read_condition(text, FIELDS, PARAMS)
    return caught.value


def sized(terms: dict[str, int], constant: int, sign: Sign = Sign.AT_LEAST, *guards: dict[str, int]) -> Sized:
    below = tuple(Linear(tuple(sorted(guard.items())), 0) for guard in guards)
    return Sized(Linear(tuple(sorted(terms.items())), constant), sign, below)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        # money is kept in fen, whatever unit it is written in
        ("revenue >= 30万元", sized({"revenue": 1}, -30_000_000)),
        ("revenue >= 300000 元", sized({"revenue": 1}, -30_000_000)),
        ("revenue <= big", sized({"revenue": -1}, 20_000_000_000)),
        ("revenue > below", sized({"revenue": 1}, 3_000_000, Sign.ABOVE)),
        ("revenue > 0", sized({"revenue": 1}, 0, Sign.ABOVE)),
        ("0 < revenue", sized({"revenue": 1}, 0, Sign.ABOVE)),
        ("revenue = 1.5元", sized({"revenue": 1}, -150, Sign.IS)),
        ("revenue == 1.5元", sized({"revenue": 1}, -150, Sign.IS)),
        ("1.5元 <> revenue", sized({"revenue": 1}, -150, Sign.IS_NOT)),
        ("revenue != 1.5元", sized({"revenue": 1}, -150, Sign.IS_NOT)),
        # a ratio is cross-multiplied, guarded by its denominator
        ("rd / revenue >= 0.05", sized({"rd": 20, "revenue": -1}, 0, Sign.AT_LEAST, {"revenue": 1})),
        ("rd / revenue >= 5%", sized({"rd": 20, "revenue": -1}, 0, Sign.AT_LEAST, {"revenue": 1})),
        ("low <= rd / revenue", sized({"rd": 20, "revenue": -1}, 0, Sign.AT_LEAST, {"revenue": 1})),
        ("rd >= low * revenue", sized({"rd": 20, "revenue": -1}, 0)),
        ("rd / revenue - 1 >= 5%", sized({"rd": 20, "revenue": -21}, 0, Sign.AT_LEAST, {"revenue": 1})),
        ("1 - rd / revenue >= 5%", sized({"rd": -20, "revenue": 19}, 0, Sign.AT_LEAST, {"revenue": 1})),
        ("rd / revenue > cost / revenue", sized({"rd": 1, "cost": -1}, 0, Sign.ABOVE, {"revenue": 1})),
        ("tech / staff >= 1/3", sized({"tech": 3, "staff": -1}, 0, Sign.AT_LEAST, {"staff": 1})),
        ("(rd + cost) / 2 >= 5万元", sized({"rd": 1, "cost": 1}, -10_000_000)),
        ("- rd + cost > 0", sized({"rd": -1, "cost": 1}, 0, Sign.ABOVE)),
        ("revenue / land >= 20万元/亩", sized({"revenue": 1, "land": -300}, 0, Sign.AT_LEAST, {"land": 1})),
        (
            "revenue / staff >= 1万元/人",
            sized({"revenue": 1, "staff": -(10**6)}, 0, Sign.AT_LEAST, {"staff": 1}),
        ),
        ("revenue >= 1万元 * staff", sized({"revenue": 1, "staff": -(10**6)}, 0)),
        ("revenue >= 1万元/人 * staff", sized({"revenue": 1, "staff": -(10**6)}, 0)),
        ("revenue >= 15元/㎡ * land", sized({"revenue": 1, "land": -15}, 0)),
        ("score / 2 >= 30", sized({"score": 1}, -600)),
        ("rd / score >= 1元", sized({"rd": 1, "score": -10}, 0, Sign.AT_LEAST, {"score": 1})),
        ("debt * 2 <= 140%", sized({"debt": -1}, 7000)),
        ("debt / low >= 2", sized({"debt": 1}, -1000)),
        # people, areas, rates and years in the base of their unit
        ("staff <= 500人", sized({"staff": -1}, 500)),
        ("staff <= 500", sized({"staff": -1}, 500)),
        ("staff < 0.05万人", sized({"staff": -1}, 500, Sign.ABOVE)),
        ("tech >= 10% * staff", sized({"tech": 10, "staff": -1}, 0)),
        ("land >= 10亩", sized({"land": 3}, -2_000_000)),
        ("land >= 1m2", sized({"land": 1}, -100)),
        ("debt <= 70%", sized({"debt": -1}, 7000)),
        ("debt > 0", sized({"debt": 1}, 0, Sign.ABOVE)),
        ("score >= 60", sized({"score": 1}, -600)),
        ("years >= 3年", sized({"years": 1}, -3)),
        ("years >= 30 months", sized({"years": 2}, -5)),
        ("staff between 1 and 20", All((sized({"staff": -1}, 20), sized({"staff": 1}, -1)))),
        ("staff in (1, 2)", Any((sized({"staff": 1}, -1, Sign.IS), sized({"staff": 1}, -2, Sign.IS)))),
        # words, codes, flags and tags
        ("size = '小型'", OneOf("size", ("小型",))),
        ("wanted = size", OneOf("size", ("小型",))),
        ("size in ('小型', '微型', '小型')", OneOf("size", ("小型", "微型"))),
        ("size not in ('小型')", Not(OneOf("size", ("小型",)))),
        ("size <> '小型' and size <> '微型'", Not(OneOf("size", ("小型", "微型")))),
        ("industry = 'C39'", OneOf("industry", ("C39",))),
        ("industry like 'C39%'", Begins("industry", ("C39",))),
        (
            "industry LIKE 'C39%' OR industry like 'C40%' or industry like 'C391%'",
            Begins("industry", ("C39", "C40")),
        ),
        ("industry not like 'C39%' and not industry like 'C1%'", Not(Begins("industry", ("C1", "C39")))),
        ("resident", IsTrue("resident")),
        ("resident = TRUE", IsTrue("resident")),
        ("resident <> false", IsTrue("resident")),
        ("resident = false", Not(IsTrue("resident"))),
        ("true <> resident", Not(IsTrue("resident"))),
        ("has(tags, '高企')", Holds("tags", ("高企",))),
        ("has(tags, '高企') or has(tags, '专精特新')", Holds("tags", ("专精特新", "高企"))),
        ("has(tags, '高企') and resident", All((Holds("tags", ("高企",)), IsTrue("resident")))),
        # logic: flat, sorted, each part once, negation at the leaves
        ("resident and (listed and resident)", All((IsTrue("listed"), IsTrue("resident")))),
        ("not (resident and listed)", Any((Not(IsTrue("listed")), Not(IsTrue("resident"))))),
        ("not (resident or listed)", All((Not(IsTrue("listed")), Not(IsTrue("resident"))))),
        ("not not resident", IsTrue("resident")),
        ("not staff >= 5", sized({"staff": -1}, 5, Sign.ABOVE)),
        ("not staff = 5", sized({"staff": 1}, -5, Sign.IS_NOT)),
        ("+ staff > 5", sized({"staff": 1}, -5, Sign.ABOVE)),
    ],
)
def test_an_expression_means_its_term(text, term):
    assert meant(text) == term


@pytest.mark.parametrize(
    ("text", "first_day_that_fails"),
    [
        ("established <= as_of - 1 year", date(2025, 4, 1)),
        ("established <= as_of - 1年", date(2025, 4, 1)),
        ("established <= as_of - 12个月", date(2025, 4, 1)),
        ("established <= as_of - 1 month", date(2026, 3, 1)),  # there is no 31 February
        ("established <= as_of - 30 days", date(2026, 3, 2)),
        ("30天 + established <= as_of", date(2026, 3, 2)),
        ("as_of - established >= 30", date(2026, 3, 2)),
        ("as_of - established >= 30天", date(2026, 3, 2)),
        ("established < as_of", AS_OF),
        ("established <= as_of - 1 month - 1 day", date(2026, 2, 28)),
        ("established < '2026-01-31'", date(2026, 1, 31)),
        ("established < 2026-01-31", date(2026, 1, 31)),
        ("established < start", date(2026, 1, 31)),
        ("established < start + 1 month", date(2026, 2, 28)),
        ("established < '2028-02-29' - 1 year", date(2027, 2, 28)),
    ],
)
def test_days_are_counted_from_the_day_that_is_asked_for(text, first_day_that_fails):
    last_that_holds = first_day_that_fails.toordinal() - 1
    assert bind(meant(text), AS_OF) == sized({"established": -1}, last_that_holds) or bind(
        meant(text), AS_OF
    ) == sized({"established": -1}, last_that_holds + 1, Sign.ABOVE)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "expression_empty", 1),
        ("  ", "expression_empty", 1),
        ("+", "expression_malformed", 1),
        ("+ +", "expression_malformed", 3),
        ("(" * 10_000_000, "expression_too_long", LONGEST_TEXT + 1),
        ("(" * 100 + "resident" + ")" * 100, "expression_too_deep", 25),
        ("not " * 30 + "resident", "expression_too_deep", 97),
        ("- " * 30 + "staff > 1", "expression_too_deep", 49),
        ("staff" + "+1" * MOST_TOKENS, "expression_too_long", 805),
        # what SQL could do besides comparing
        ("(select 1)", "construct_refused", 2),
        ("resident and exists (select 1)", "construct_refused", 14),
        ("CASE WHEN resident THEN true ELSE false END", "construct_refused", 1),
        ("rd is null", "construct_refused", 4),
        ("coalesce(rd, 0) > 1元", "construct_refused", 1),
        ("ifnull(rd, 0) > 1元", "construct_refused", 1),
        ("cast(staff as int) > 1", "construct_refused", 1),
        ("length(industry) > 3", "function_refused", 1),
        ("__import__('os')", "function_refused", 1),
        ("resident like ('a')", "function_refused", 10),
        ("resident or (staff) (1)", "construct_refused", 1),
        ("resident.real", "character_refused", 9),
        ("staff::int > 1", "character_refused", 6),
        ("resident; drop", "character_refused", 9),
        ("resident -- so", "comment_refused", 10),
        ("resident /* so */", "comment_refused", 10),
        ("resident # so", "comment_refused", 10),
        ("staff[0] > 1", "character_refused", 6),
        ("staff % 2 = 1", "character_refused", 7),
        ("staff || 'x'", "character_refused", 7),
        ('"staff" > 1', "character_refused", 1),
        ("`staff` > 1", "character_refused", 1),
        ("$1 > 1", "character_refused", 1),
        ("staff ＞ 1", "character_refused", 7),
        ("ѕtaff > 1", "character_refused", 1),  # a Cyrillic letter
        ("staff\u200b > 1", "character_refused", 6),
        ("staff\x00 > 1", "character_refused", 6),
        ("staff > １", "character_refused", 9),
        ("size = 'it''s'", "word_malformed", 8),
        ("size = '小型", "word_malformed", 8),
        ("size = ''", "word_malformed", 8),
        ("size = ' 小型'", "word_malformed", 8),
        ("size = 'a\\'", "word_malformed", 8),
        ("size = 'a\"b'", "word_malformed", 8),
        ("size = '小\u202e型'", "word_malformed", 8),
        (f"size = '{'小' * 65}'", "word_malformed", 8),
        # numbers
        ("staff > 1.2.3", "number_malformed", 9),
        ("staff > 5.", "number_malformed", 9),
        ("staff > 1_000", "number_malformed", 9),
        ("staff > .5", "character_refused", 9),
        ("staff > 1e5", "unit_unknown", 10),
        ("staff > 0x1F", "unit_unknown", 10),
        ("staff > 5%3", "unit_unknown", 10),
        ("revenue > 30万", "unit_unknown", 13),
        ("revenue > 30个太阳", "unit_unknown", 13),
        ("revenue > 1 万 元", "unit_unknown", 12),
        ("revenue > NaN", "field_unknown", 11),
        ("revenue > inf", "field_unknown", 11),
        ("staff > 9999999999999999999", "number_too_large", 9),
        ("revenue > 99999999999999亿元", "number_too_large", 11),
        ("revenue > 1000000000亿元", "number_too_large", 1),  # in fen
        ("rd * 1000000000000 > revenue / 1000000000000", "number_too_large", 1),
        ("rd > 10万美元", "currency_conflict", 8),
        ("established < '2026-02-30'", "date_malformed", 15),
        ("established < 2026-13-01", "date_malformed", 15),
        ("established < '2026-01-01' + 9999 years", "date_out_of_range", 15),
        ("established < '2026-01-01' + 99999999 days + 1 year", "date_out_of_range", 15),
        ("established < as_of - 0.5 days", "number_malformed", 15),
        ("established < as_of - 0.5 months", "number_malformed", 15),
        # what does not fit together
        ("staff > 5%", "dimension_mixed", 1),
        ("staff > 500元", "dimension_mixed", 1),
        ("revenue > staff", "dimension_mixed", 1),
        ("revenue > 10亩", "dimension_mixed", 1),
        ("revenue > score", "dimension_mixed", 1),
        ("rd / staff > cost / revenue", "dimension_mixed", 1),
        ("rd / years > 1", "dimension_mixed", 1),
        ("rd * 2亩 > 0", "dimension_mixed", 1),
        ("staff > as_of", "dimension_mixed", 1),
        ("established > 5", "dimension_mixed", 1),
        ("established + first_paid > as_of", "dimension_mixed", 1),
        ("as_of * 2 > established", "dimension_mixed", 1),
        ("as_of / 2 > established", "dimension_mixed", 1),
        ("30天 - as_of > established", "dimension_mixed", 1),
        ("as_of - established > 1 year", "dimension_mixed", 1),
        ("revenue > 2000", "unit_missing", 1),
        ("debt <= 70", "unit_missing", 1),
        ("debt <= 0.7", "unit_missing", 1),
        ("years >= 3", "unit_missing", 1),
        ("established < as_of - 30", "unit_missing", 15),
        ("established + 1 year < as_of", "months_refused", 1),
        ("established < as_of - 30 days - 1 month", "months_refused", 15),
        ("established < as_of + rd / cost * 1天", "not_linear", 15),
        ("rd * revenue > 1元", "not_linear", 1),
        ("rd / revenue / score > 1", "not_linear", 1),
        ("rd / revenue / cost > 1", "dimension_mixed", 1),
        ("rd / (revenue / cost) > 1元", "not_linear", 1),
        ("rd / revenue > rd / cost", "not_linear", 1),
        ("rd / (revenue - revenue) > 1", "division_by_zero", 1),
        ("(established - first_paid) / (as_of - established) > 1", "not_linear", 2),
        ("least(rd, cost) > 1元", "function_refused", 1),
        ("rd / 0 > 1元", "division_by_zero", 1),
        ("rd / (1 - 1) > 1元", "division_by_zero", 1),
        ("revnue > 1元", "field_unknown", 1),
        ("Revenue > 1元", "field_unknown", 1),
        ("revnue", "field_unknown", 1),
        ("size = '巨型'", "word_unknown", 8),
        ("size > '小型'", "type_mixed", 1),
        ("size = 5", "type_mixed", 8),
        ("size = resident", "type_mixed", 8),
        ("size = 1 + 1", "type_mixed", 1),
        ("size + 1 = 2", "type_mixed", 1),
        ("tags = '高企'", "type_mixed", 8),
        ("resident = 'true'", "type_mixed", 12),
        ("staff = '小型'", "type_mixed", 9),
        ("staff", "type_mixed", 1),
        ("as_of", "type_mixed", 1),
        ("true", "type_mixed", 1),
        ("1 + 1", "type_mixed", 1),
        ("staff > 1 > 1", "type_mixed", 1),
        ("staff > has(tags, 'a')", "type_mixed", 9),
        ("staff and resident", "type_mixed", 1),
        ("1 < 2", "nothing_compared", 1),
        ("revenue >= revenue", "nothing_compared", 1),
        ("(rd + as_of - as_of) > 0", "dimension_mixed", 2),
        ("rd / revenue >= rd / revenue", "nothing_compared", 1),
        ("industry like '%39'", "pattern_refused", 15),
        ("industry like 'C_9%'", "pattern_refused", 15),
        ("industry like '%'", "pattern_refused", 15),
        ("industry like 'C39'", "pattern_refused", 15),
        ("industry like 5", "pattern_refused", 1),
        ("industry + industry like 'C39%'", "pattern_refused", 1),
        ("size like '小%'", "type_mixed", 1),
        ("has(resident, '高企')", "type_mixed", 15),
        ("has(tags)", "function_refused", 1),
        ("has(tags, 1 + 1)", "function_refused", 1),
        ("least(tags, 'a')", "function_refused", 1),
        ("'has'(tags, 'a')", "function_refused", 1),
        ("5 (staff) > 1", "type_mixed", 1),
        ("has()", "function_refused", 1),
        ("has tags", "construct_refused", 1),
        ("has", "type_mixed", 1),
        ("has > 1", "type_mixed", 1),
        ("in", "expression_malformed", 1),
        ("in > 5", "expression_malformed", 1),
        ("staff in ()", "expression_malformed", 1),
        ("staff in staff", "construct_refused", 1),
        ("resident and", "expression_malformed", 10),
        ("(resident", "expression_malformed", 2),
        ("resident)", "expression_malformed", 9),
        ("()", "construct_refused", 1),
        ("resident, listed", "expression_malformed", 9),
        ("resident listed", "construct_refused", 1),
        ("* > 5", "construct_refused", 1),
        ("has(*)", "construct_refused", 1),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_place(text, code, at):
    error = refused(text)
    assert (error.code, error.data["at"]) == (code, at), str(error)


PIECES = """
( ( ) ) , + - * / < <= = <> and or not between in like has least greatest true as_of '小型' 'C39%' '2026-01-01' 5 0 5%
30万元 1年 rd revenue staff resident industry size tags established low null is case ; . -- * x
"""


@given(st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join) | st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused_with_a_place(text):
    for read in (read_condition, read_number):
        refusals: list[EngineError] = []
        try:
            read(text, FIELDS, PARAMS)
        except EngineError as error:
            refusals.append(error)
        assert all(1 <= error.data["at"] <= len(text) + 1 for error in refusals)


def test_a_misspelt_field_or_word_is_answered_with_the_nearest():
    assert refused("revnue > 1元").data["near"] == ["revenue"]
    assert "小型" in refused("size = '小形'").data["near"]


def test_an_error_of_the_parser_before_the_first_token_has_a_place():
    assert refused(")").code == "expression_malformed"


@pytest.mark.parametrize(
    "value", ["", "5% or resident", "revenue", "1 + 1", "--5%", "-'a'", "x" * 65, "5公斤力"]
)
def test_a_parameter_is_one_value(value):
    with pytest.raises(EngineError) as caught:
        read_condition("rd / revenue >= p", FIELDS, {"p": value})
    assert caught.value.code == "param_malformed"
    assert caught.value.data["name"] == "p"


@pytest.mark.parametrize("name", ["rd", "as_of"])
def test_a_parameter_cannot_hide_a_field(name):
    with pytest.raises(EngineError) as caught:
        read_condition("rd > 0", FIELDS, {name: "5%"})
    assert caught.value.code == "param_is_field"


def test_a_field_whose_unit_is_none_is_refused_where_it_is_read():
    odd = Vocabulary([Field("weight", Kind.NUMBER, unit="斗")])
    with pytest.raises(EngineError) as caught:
        read_condition("weight > 0", odd)
    assert caught.value.code == "unit_unknown"


def test_a_ratio_of_days_has_nothing_to_compare_once_its_field_is_gone():
    days = Vocabulary([Field("on_leave", Kind.NUMBER, unit="天")])
    with pytest.raises(EngineError) as caught:
        read_condition("(on_leave + (as_of - '2026-01-01')) / on_leave > 1", days)
    assert caught.value.code == "nothing_compared"


def test_a_condition_is_read_once():
    assert read_condition("rd > 7元", FIELDS, {"p": "5%"}) is read_condition("rd > 7元", FIELDS, {"p": "5%"})
    assert read_condition("rd > p", FIELDS, {"p": "5元"}) != read_condition("rd > p", FIELDS, {"p": "6元"})


def test_a_chain_of_hundreds_of_parts_is_read_without_recursion():
    many = " or ".join(f"staff = {number}" for number in range(150))
    assert len(meant(many).parts) == 150  # type: ignore[union-attr]
    assert meant("staff" + "+1" * 300 + " > 0") == sized({"staff": 1}, 300, Sign.ABOVE)


R_RD = Ratio(Linear((("rd", 1),), 0), Fraction(1, 500))
R_COST = Ratio(Linear((("cost", 1),), 0), Fraction(1, 100))


def number(yuan: int) -> Ratio:
    return Ratio(Linear((), 1), Fraction(yuan))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("20% * rd", R_RD),
        ("rd / 5", R_RD),
        ("30万元", number(300_000)),
        ("below", number(-30_000)),
        ("0", Ratio(Linear((), 0), Fraction(1))),
        ("1500元 * staff", Ratio(Linear((("staff", 1),), 0), Fraction(1500))),
        ("rd * 5% - 3万元", Ratio(Linear((("rd", 1),), -60_000_000), Fraction(1, 2000))),
        ("least(30万元, 0.2 * rd)", Least((R_RD, number(300_000)))),
        ("least(0.2 * rd, least(30万元, 30万元))", Least((R_RD, number(300_000)))),
        ("least(rd)", Ratio(Linear((("rd", 1),), 0), Fraction(1, 100))),
        ("greatest(cost, 1元) * 2", Greatest((Ratio(R_COST.top, Fraction(1, 50)), number(2)))),
        ("2 * greatest(cost, 1元)", Greatest((Ratio(R_COST.top, Fraction(1, 50)), number(2)))),
        ("- least(cost, 2元) / 2", Greatest((Ratio(R_COST.top, Fraction(-1, 200)), number(-1)))),
        ("-1 * greatest(cost, 2元)", Least((Ratio(R_COST.top, Fraction(-1, 100)), number(-2)))),
        ("least(cost, 2元) - rd / 5", Sum((Least((R_COST, number(2))), Ratio(R_RD.top, -R_RD.factor)))),
        ("rd / revenue * 1万元", Ratio(R_RD.top, Fraction(10_000), Linear((("revenue", 1),), 0))),
        (
            "rd / (2 * revenue) + cost / rd",
            Sum(
                (
                    Ratio(Linear((("cost", 1),), 0), Fraction(1), Linear((("rd", 1),), 0)),
                    Ratio(Linear((("rd", 1),), 0), Fraction(1, 2), Linear((("revenue", 1),), 0)),
                )
            ),
        ),
    ],
)
def test_a_number_means_its_amount_in_yuan(text, amount):
    found = read_number(text, FIELDS, PARAMS).amount
    assert found == amount or (isinstance(found, Sum) and set(found.parts) == set(amount.parts))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("least(rd, staff)", "dimension_mixed"),
        ("least(300, rd)", "unit_missing"),
        ("least()", "type_mixed"),
        ("has(tags, 'a')", "type_mixed"),
        ("resident", "type_mixed"),
        ("'小型'", "type_mixed"),
        ("rd > 5元", "type_mixed"),
        ("rd * cost", "not_linear"),
        ("least(rd, cost) * staff", "not_linear"),
        ("rd / least(rd, cost)", "not_linear"),
        ("1元 / least(rd, cost)", "not_linear"),
        ("least(rd, cost) / staff", "not_linear"),
        ("least(rd, cost) / 0", "division_by_zero"),
        ("least(rd, cost) + staff", "dimension_mixed"),
        ("rd * 1000000000000000 + 1.00000001元", "number_too_large"),
    ],
)
def test_a_number_that_fits_nothing_is_refused(text, code):
    with pytest.raises(EngineError) as caught:
        read_number(text, FIELDS, PARAMS)
    assert caught.value.code == code


FACTORS = st.integers(-9, 9).filter(bool)
MONEY = st.sampled_from(("rd", "cost", "revenue"))


@given(
    st.dictionaries(MONEY, FACTORS, min_size=1),
    st.integers(-500, 500),
    st.sampled_from((">=", ">", "<=", "<", "=", "<>")),
    st.integers(1, 40),
    st.randoms(use_true_random=False),
)
def test_the_same_meaning_written_differently_is_the_same_term(factors, constant, sign, times, random):
    """Multiplied through, sides swapped, terms moved across and shuffled, or denied twice."""
    swapped = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "<>": "<>"}
    denied = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "=": "<>", "<>": "="}

    def side(terms: list[tuple[str, int]], rest: int) -> str:
        pieces = [f"({factor}) * {name}" for name, factor in terms] + [f"({rest}) * 1元"]
        random.shuffle(pieces)
        return " + ".join(pieces)

    plain = f"{side(list(factors.items()), constant)} {sign} 0"
    left = [(name, factor * times) for name, factor in factors.items() if random.random() < 0.5]
    moved = [(name, -f * times) for name, f in factors.items() if (name, f * times) not in left]
    there, here = side(left, constant * times), side(moved, 0)
    ways = (
        f"{there} {sign} {here}",
        f"{here} {swapped[sign]} {there}",
        f"not ({there} {denied[sign]} {here})",
        f"({there}) / {times} {sign} ({here}) / {times}",
    )
    for way in ways:
        assert meant(way) == meant(plain), way


WRITTEN = st.recursive(
    st.sampled_from(
        [
            ("resident", "resident"),
            ("listed = false", "not listed"),
            ("staff >= 5", "not staff < 5"),
            ("industry like 'C1%'", "(industry like 'C1%' or industry like 'C13%')"),
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} and {p[1][0]})", f"({p[1][1]} and {p[0][1]})")),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} or {p[1][0]})", f"({p[1][1]} or {p[0][1]})")),
        st.tuples(inner, inner).map(
            lambda p: (f"not ({p[0][0]} or {p[1][0]})", f"(not {p[1][1]} and not {p[0][1]})")
        ),
    ),
    max_leaves=6,
)


@given(WRITTEN)
def test_logic_written_in_another_order_or_by_de_morgan_is_the_same_term(written):
    first, second = (text.replace("not not", "") for text in written)
    assert meant(f"({first})") == meant(f"({second})")


def test_the_package_is_imported_without_the_parser_and_without_django():
    program = (
        "import sys, zhuchao.engines.rules, zhuchao.engines.rules.terms, zhuchao.engines.rules.fields;"
        "print([name for name in ('sqlglot', 'django', 'numpy', 'pyarrow', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env=dict(os.environ),
        check=True,
    )
    assert done.stdout.strip() == "[]"
