"""What a need may ask, how it is read, and what contradicts itself."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from tests.engines.allocation.making import a_space, at_least, at_most, includes, is_so, one_of
from zhuchao.engines import EngineError, allocation
from zhuchao.engines.allocation import Comparison, Contradiction, Criterion, Fact, Need, find_contradictions
from zhuchao.engines.allocation.facts import number_of, read_number


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        (Fact.AREA, "3亩", "2000.00"),
        (Fact.AREA, "1200", "1200.00"),
        (Fact.AREA, "1.2万平方米", "12000.00"),
        (Fact.FLOOR_LOAD, "1吨/㎡", "9.80665"),
        (Fact.FLOOR, "3层", "3"),
        (Fact.FLOOR, "-1", "-1"),
        (Fact.POWER, "400kVA", "400"),
        (Fact.RENT, "25", "25"),
    ],
)
def test_a_number_is_read_into_the_unit_of_its_fact(fact, text, value):
    assert read_number(fact, text) == Decimal(value)


def test_an_area_in_metres_is_refused():
    with pytest.raises(EngineError) as refused:
        read_number(Fact.AREA, "30米")
    assert refused.value.code == "unit_conflict"


def test_only_numbers_are_read_as_numbers():
    with pytest.raises(EngineError) as refused:
        read_number(Fact.GAS, "1")
    assert refused.value.code == "fact_not_number"
    with pytest.raises(EngineError) as refused:
        number_of(frozenset({"制造"}))
    assert refused.value.code == "fact_not_number"
    assert number_of(True) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"fact": Fact.AREA, "comparison": Comparison.IS, "value": True},
        {"fact": Fact.AREA, "comparison": Comparison.AT_LEAST, "value": date(2026, 1, 1)},
        {"fact": Fact.AREA, "comparison": Comparison.AT_LEAST, "value": Decimal("NaN")},
        {"fact": Fact.TYPE, "comparison": Comparison.ONE_OF, "value": frozenset()},
        {"fact": Fact.GAS, "comparison": Comparison.IS, "value": True, "weight": Decimal(0)},
        {"fact": Fact.GAS, "comparison": Comparison.IS, "value": True, "slack": Decimal(0)},
        {"fact": Fact.USES, "comparison": Comparison.ONE_OF, "value": frozenset({"制造"})},
    ],
)
def test_a_criterion_that_does_not_fit_its_fact_is_refused(wrong):
    with pytest.raises(EngineError) as refused:
        Criterion(**wrong)
    assert refused.value.code == "criterion_malformed"


@pytest.mark.parametrize(
    "wrong", [{"most_spaces": 0}, {"benefit": Decimal(-1)}, {"takes": {"power": Decimal("Infinity")}}]
)
def test_a_need_of_nothing_or_less_is_refused(wrong):
    with pytest.raises(EngineError) as refused:
        Need("n", **wrong)
    assert refused.value.code == "need_malformed"


@pytest.mark.parametrize("area", ["0", "-5", "NaN"])
def test_a_space_without_area_is_refused(area):
    with pytest.raises(EngineError) as refused:
        a_space("s", area)
    assert refused.value.code == "space_area"


def test_a_space_with_a_negative_load_is_refused_and_one_below_ground_is_not():
    with pytest.raises(EngineError) as refused:
        a_space("s", floor_load_kn_m2=Decimal(-1))
    assert (refused.value.code, refused.value.data["fact"]) == ("space_fact", Fact.FLOOR_LOAD)
    assert a_space("s", at=("A", -2, 1)).fact(Fact.FLOOR) == Decimal(-2)


@pytest.mark.parametrize(
    ("first", "second", "excluded"),
    [
        (at_least(Fact.AREA, "900"), at_most(Fact.AREA, "800"), True),
        (at_most(Fact.AREA, "800"), at_least(Fact.AREA, "900"), True),
        (at_least(Fact.AREA, "800"), at_most(Fact.AREA, "800"), False),
        (at_least(Fact.AREA, "900"), at_least(Fact.AREA, "800"), False),
        (at_most(Fact.AREA, "900"), at_most(Fact.AREA, "800"), False),
        (at_least(Fact.AREA, "900"), at_most(Fact.POWER, "800"), False),
        (at_least(Fact.AVAILABLE_ON, date(2026, 7, 1)), at_most(Fact.AVAILABLE_ON, date(2026, 6, 1)), True),
        (is_so(Fact.GAS, True), is_so(Fact.GAS, False), True),
        (is_so(Fact.GAS, True), is_so(Fact.GAS, True), False),
        (one_of(Fact.TYPE, "office"), one_of(Fact.TYPE, "workshop"), True),
        (one_of(Fact.TYPE, "office"), one_of(Fact.TYPE, "office", "workshop"), False),
        (includes(Fact.USES, "制造"), includes(Fact.USES, "研发"), False),
        (at_least(Fact.AREA, "900", hard=False), at_most(Fact.AREA, "800"), False),
    ],
)
def test_two_criteria_contradict_exactly_when_nothing_can_meet_both(first, second, excluded):
    found = find_contradictions(Need("n", (first, second)))
    assert found == ((Contradiction(first, second),) if excluded else ())


@pytest.mark.parametrize(
    ("criterion", "end"),
    [
        (at_least(Fact.AREA, "900", hard=False), "900"),
        (at_least(Fact.AREA, "900", hard=False, slack=Decimal(50)), "50"),
        (at_most(Fact.AVAILABLE_ON, date(2026, 6, 1), hard=False), "180"),
        (is_so(Fact.GAS, True, hard=False), "0"),
    ],
)
def test_the_points_of_a_soft_criterion_end_somewhere(criterion, end):
    assert criterion.points_end_at == Decimal(end)


def test_the_engine_is_imported_without_what_it_calculates_with():
    program = (
        "import sys, zhuchao.engines.allocation as engine\n"
        "assert not {'numpy', 'scipy', 'django'} & set(sys.modules), 'loaded too early'\n"
        "assert all(getattr(engine, name) for name in engine.__all__)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_name_that_the_engine_does_not_have_is_refused():
    with pytest.raises(AttributeError):
        _ = allocation.nothing_of_this_name
