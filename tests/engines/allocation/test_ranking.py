"""Runs, answers and ranks."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.allocation.making import (
    A,
    a_space,
    at_least,
    at_most,
    includes,
    is_so,
    needs,
    one_of,
    plain_runs,
    stocks,
)
from zhuchao.engines import EngineError
from zhuchao.engines.allocation import (
    Fact,
    Need,
    Question,
    Stock,
    Verdict,
    answer,
    find_contradictions,
    look_at,
    rank_needs,
    rank_spaces,
)

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


def keys_of(stock: Stock) -> list[frozenset[str]]:
    return [frozenset(space.key for space in stock.run(row)) for row in range(len(stock))]


@given(stocks(), st.integers(1, 4))
def test_runs_are_those_that_trying_every_set_of_spaces_finds(spaces, longest):
    found = keys_of(Stock(spaces, longest=longest))
    assert len(found) == len(set(found))
    assert set(found) == plain_runs(spaces, longest)


@given(stocks(), st.randoms())
def test_a_stock_does_not_depend_on_the_order_of_its_spaces(spaces, chance):
    shuffled = chance.sample(spaces, len(spaces))
    one, other = Stock(spaces), Stock(shuffled)
    assert keys_of(one) == keys_of(other)
    assert np.array_equal(one.tie_rank, other.tie_rank)


@pytest.mark.parametrize(
    ("spaces", "code"),
    [
        ([a_space("a"), a_space("a")], "space_twice"),
        ([a_space("a", at=(A, 1, 1)), a_space("b", at=(A, 1, 1))], "position_twice"),
    ],
)
def test_two_spaces_with_one_key_or_place_are_refused(spaces, code):
    with pytest.raises(EngineError) as refused:
        Stock(spaces)
    assert refused.value.code == code


def test_runs_of_no_or_five_spaces_are_not_made():
    for longest in (0, 5):
        with pytest.raises(EngineError) as refused:
            Stock([a_space("a")], longest=longest)
        assert refused.value.code == "longest_malformed"


def test_the_ground_floor_lies_on_the_first_basement():
    spaces = [a_space("up", at=(A, 1, 1)), a_space("down", at=(A, -1, 1))]
    assert frozenset({"up", "down"}) in keys_of(Stock(spaces))


HIGH = a_space("high", "600", clear_height_m=Decimal(8), power_kva=Decimal(100), gas=True, loading_dock=True)
LOW = a_space("low", "200", clear_height_m=Decimal(5), power_kva=Decimal(40), gas=False, loading_dock=False)
BLANK = a_space("blank", "200")
WORKSHOP = a_space(
    "workshop",
    type="workshop",
    uses=frozenset({"制造", "研发"}),
    available_on=date(2026, 3, 1),
    rent_cny_m2_month=Decimal(20),
)
OFFICE = a_space(
    "office",
    "1500",
    type="office",
    uses=frozenset({"研发"}),
    available_on=date(2026, 9, 1),
    rent_cny_m2_month=Decimal(40),
)


@pytest.mark.parametrize(
    ("criterion", "run", "verdict", "found", "off_by", "unknown", "failing"),
    [
        (at_least(Fact.AREA, "800"), (HIGH, LOW), MET, "800", None, (), ()),
        (at_least(Fact.AREA, "801"), (HIGH, LOW), NOT_MET, "800", "1", (), ()),
        (at_most(Fact.AREA, "700"), (HIGH, LOW), NOT_MET, "800", "100", (), ()),
        (at_least(Fact.CLEAR_HEIGHT, "6"), (HIGH, LOW), NOT_MET, "5", "1", (), ("low",)),
        (at_most(Fact.CLEAR_HEIGHT, "6"), (HIGH, LOW), NOT_MET, "8", "2", (), ("high",)),
        (at_least(Fact.CLEAR_HEIGHT, "6"), (LOW, BLANK), NOT_MET, "5", "1", (), ("low",)),
        (at_least(Fact.CLEAR_HEIGHT, "6"), (HIGH, BLANK), UNKNOWN, None, None, ("blank",), ()),
        (at_least(Fact.POWER, "90"), (HIGH, BLANK), MET, "100", None, (), ()),
        (at_least(Fact.POWER, "120"), (HIGH, BLANK), UNKNOWN, None, None, ("blank",), ()),
        (at_least(Fact.POWER, "140"), (HIGH, LOW), MET, "140", None, (), ()),
        (is_so(Fact.GAS, True), (HIGH, LOW), NOT_MET, False, None, (), ("low",)),
        (is_so(Fact.GAS, True), (HIGH, BLANK), UNKNOWN, None, None, ("blank",), ()),
        (is_so(Fact.GAS, False), (LOW,), MET, False, None, (), ()),
        (is_so(Fact.LOADING_DOCK, True), (HIGH, LOW), MET, True, None, (), ()),
        (is_so(Fact.LOADING_DOCK, True), (HIGH, BLANK), MET, True, None, (), ()),
        (is_so(Fact.LOADING_DOCK, False), (HIGH, LOW), NOT_MET, True, None, (), ()),
        (one_of(Fact.TYPE, "workshop"), (WORKSHOP, OFFICE), NOT_MET, {"workshop", "office"}, None, (), ("office",)),
        (one_of(Fact.TYPE, "workshop"), (WORKSHOP, BLANK), UNKNOWN, None, None, ("blank",), ()),
        (one_of(Fact.TYPE, "workshop"), (BLANK,), UNKNOWN, None, None, ("blank",), ()),
        (includes(Fact.USES, "研发"), (WORKSHOP, OFFICE), MET, {"研发"}, None, (), ()),
        (includes(Fact.USES, "制造"), (OFFICE, BLANK), NOT_MET, {"研发"}, None, (), ("office",)),
        (includes(Fact.USES, "制造"), (BLANK,), UNKNOWN, None, None, ("blank",), ()),
        (at_most(Fact.RENT, "30"), (WORKSHOP, OFFICE), NOT_MET, "35", "5", (), ()),
        (at_most(Fact.RENT, "35"), (WORKSHOP, OFFICE), MET, "35", None, (), ()),
        (at_least(Fact.RENT, "10"), (WORKSHOP, BLANK), MET, "14.2857", None, (), ()),
        (
            at_most(Fact.AVAILABLE_ON, date(2026, 8, 1)),
            (WORKSHOP, OFFICE),
            NOT_MET,
            date(2026, 9, 1),
            "31",
            (),
            ("office",),
        ),
    ],
)  # fmt: skip
def test_a_criterion_answers_met_not_met_or_unknown_and_how_far(
    criterion, run, verdict, found, off_by, unknown, failing
):
    given_answer = answer(criterion, run)
    if isinstance(found, str):
        found = Decimal(found)
    assert given_answer.verdict is verdict
    assert given_answer.found == found
    assert given_answer.off_by == (None if off_by is None else Decimal(off_by))
    assert (given_answer.unknown, given_answer.failing) == (unknown, failing)
    assert given_answer.points is None


@pytest.mark.parametrize(
    ("criterion", "run", "points"),
    [
        (at_least(Fact.AREA, "800", hard=False, weight=Decimal(3)), (HIGH,), "2.25"),
        (at_least(Fact.AREA, "600", hard=False, weight=Decimal(3)), (HIGH,), "3"),
        (at_least(Fact.AREA, "800", hard=False, slack=Decimal(100)), (HIGH,), "0"),
        (at_most(Fact.AREA, "500", hard=False, slack=Decimal(200)), (HIGH,), "0.5"),
        (at_least(Fact.CLEAR_HEIGHT, "6", hard=False), (BLANK,), "0.5"),
        (is_so(Fact.GAS, True, hard=False), (LOW,), "0"),
        (one_of(Fact.TYPE, "office", hard=False), (WORKSHOP,), "0"),
        (at_most(Fact.AVAILABLE_ON, date(2026, 6, 3), hard=False), (OFFICE,), "0.5"),
    ],
)
def test_a_soft_criterion_gives_points_by_how_far_it_is_off(criterion, run, points):
    assert answer(criterion, run).points == Decimal(points)


def test_a_score_is_points_over_weights_and_tells_how_much_of_it_is_a_guess():
    need = Need(
        "n",
        (
            at_least(Fact.AREA, "800", hard=False, weight=Decimal(3)),
            at_least(Fact.FLOOR_LOAD, "5", hard=False),
        ),
    )
    candidate = look_at(need, (HIGH,))
    assert [found.points for found in candidate.answers] == [Decimal("2.25"), Decimal("0.5")]
    assert (candidate.score, candidate.doubt) == (Decimal("68.75"), Decimal("12.5"))
    assert (candidate.spaces, candidate.area_m2, candidate.question) == (("high",), Decimal(600), None)


def test_a_space_of_unknown_load_is_listed_apart_with_the_one_fact_to_ask_for():
    load = at_least(Fact.FLOOR_LOAD, "5")
    spaces = [
        a_space("strong", floor_load_kn_m2=Decimal(10)),
        a_space("weak", floor_load_kn_m2=Decimal(3)),
        a_space("unknown"),
    ]
    ranking = rank_spaces(Need("n", (at_least(Fact.AREA, "300"), load)), Stock(spaces))
    assert [candidate.spaces for candidate in ranking.fits] == [("strong",)]
    assert [candidate.spaces for candidate in ranking.asks] == [("unknown",)]
    assert ranking.asks[0].question == Question(load, ("unknown",))
    assert [candidate.spaces for candidate in ranking.nearest] == [("weak",)]
    assert ranking.nearest[0].answers[1].off_by == Decimal(2)
    assert ranking.refused_by == ((at_least(Fact.AREA, "300"), 0), (load, 1))
    assert (ranking.fits_count, ranking.asks_count, ranking.refused_count) == (1, 1, 1)


def test_among_equals_fewer_spaces_then_less_area_then_the_place_come_first():
    spaces = [a_space(f"{n}", area, at=(A, 1, n)) for n, area in ((1, "400"), (2, "300"), (3, "300"))]
    ranking = rank_spaces(Need("n", (at_least(Fact.AREA, "300"),)), Stock(spaces))
    assert [candidate.spaces for candidate in ranking.fits] == [
        ("2",), ("3",), ("1",), ("2", "3"), ("1", "2"), ("1", "2", "3"),
    ]  # fmt: skip


def test_a_need_that_contradicts_itself_is_refused_with_its_two_criteria():
    need = Need("n", (at_least(Fact.AREA, "900"), at_most(Fact.AREA, "800")))
    with pytest.raises(EngineError) as refused:
        rank_spaces(need, Stock([a_space("a")]))
    assert refused.value.code == "need_contradicts"
    assert (refused.value.data["first"], refused.value.data["second"]) == need.criteria


@given(stocks(), needs(), st.randoms(), st.integers(0, 30))
def test_the_quick_ranking_is_the_plain_one_whatever_the_order(spaces, need, chance, limit):
    if find_contradictions(need):
        return
    stock = Stock(chance.sample(spaces, len(spaces)))
    ranking = rank_spaces(need, stock, limit=limit)
    looked = [
        (look_at(need, run), rank) for run, rank in zip(map(stock.run, range(len(stock))), stock.tie_rank, strict=True)
        if len(run) <= need.most_spaces
    ]  # fmt: skip
    by_verdict = {
        verdict: [(found, rank) for found, rank in looked if found.verdict is verdict] for verdict in Verdict
    }
    assert ranking.fits_count == len(by_verdict[MET])
    assert ranking.asks_count == len(by_verdict[UNKNOWN])
    assert ranking.refused_count == len(by_verdict[NOT_MET])
    plain = sorted(by_verdict[MET], key=lambda pair: (-pair[0].score, pair[1]))[:limit]
    assert [found.score for found, _ in plain] == pytest.approx(
        [c.score for c in ranking.fits], abs=Decimal("0.001")
    )
    for candidate in (*ranking.fits, *ranking.asks, *ranking.nearest):
        same = look_at(need, candidate.run)
        assert same.verdict is candidate.verdict
        assert same.score == pytest.approx(candidate.score, abs=Decimal("0.001"))
        if candidate.verdict is UNKNOWN:
            assert candidate.question is not None
    for criterion, count in ranking.refused_by:
        assert count == sum(answer(criterion, found.run).verdict is NOT_MET for found, _ in looked)


@given(stocks(), needs(), st.randoms())
def test_a_ranking_does_not_depend_on_the_order_of_the_spaces(spaces, need, chance):
    if not find_contradictions(need):
        shuffled = chance.sample(spaces, len(spaces))
        assert rank_spaces(need, Stock(spaces)) == rank_spaces(need, Stock(shuffled))


@given(stocks(), needs(), st.data())
def test_learning_a_fact_never_turns_a_met_or_refused_run_around(spaces, need, data):
    blank = data.draw(st.sampled_from(spaces))
    known = {"clear_height_m": Decimal(6), "gas": True, "type": "office", "power_kva": Decimal(200)}
    fact = data.draw(st.sampled_from(sorted(known)))
    values = {name: getattr(blank, name) for name in type(blank).__dataclass_fields__}
    before = type(blank)(**values | {fact: None})
    after = type(blank)(**values | {fact: known[fact]})
    for criterion in need.criteria:
        first, second = answer(criterion, (before,)), answer(criterion, (after,))
        assert first.verdict in (second.verdict, UNKNOWN)


def test_needs_are_ranked_for_one_space_alone_or_with_its_neighbours():
    spaces = [a_space("1", "300", at=(A, 1, 1), power_kva=Decimal(50)), a_space("2", "300", at=(A, 1, 2))]
    stock = Stock([*spaces, a_space("elsewhere", "900")])
    area = at_least(Fact.AREA, "300")
    found = rank_needs(
        [
            Need("small", (area,), benefit=Decimal(1)),
            Need("both", (at_least(Fact.AREA, "600"),), benefit=Decimal(5)),
            Need("asks", (area, at_least(Fact.FLOOR_LOAD, "5"))),
            Need("too large", (at_least(Fact.AREA, "900"),)),
            Need("torn", (at_least(Fact.AREA, "900"), at_most(Fact.AREA, "100"))),
        ],
        stock,
        "1",
    )
    assert [(one.need.key, one.spaces) for one in found.fits] == [("both", ("1", "2")), ("small", ("1",))]
    assert [(one.need.key, one.question.of) for one in found.asks] == [("asks", ("1",))]
    assert [one.need.key for one in found.refused] == ["too large", "torn"]
    with pytest.raises(EngineError) as refused:
        rank_needs([], stock, "nowhere")
    assert refused.value.code == "space_unknown"
