from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.rules.drawing import FIELDS, facts, logics
from zhuchao.engines.rules.gaps import Gaps, Way, _Search, find_gaps
from zhuchao.engines.rules.one import Asked
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
FEW = Sized(Linear((("heads", -1),), 10), Sign.AT_LEAST)
LISTED = IsTrue("listed")


def gaps(logic: Logic, **firm: object) -> Gaps:
    return find_gaps(logic, FIELDS, firm)


def changed(way: Way | None) -> dict[str, object]:
    """Return a way as names and kept values."""
    assert way is not None
    return {change.field.name: change.after for change in way.changes}


def singles(found: Gaps) -> list[dict[str, object]]:
    return [changed(way) for way in found.singles]


def test_a_firm_that_is_eligible_has_no_gap():
    assert gaps(LARGE, revenue=Decimal(200_000)) == Gaps((), (), None, None)


def test_a_ratio_is_off_by_points_and_each_side_could_change():
    found = gaps(INTENSITY, rd=Decimal(710_000), revenue=Decimal(20_000_000))
    assert [gap.points for gap in found.gaps] == [Fraction(145, 100)]
    assert singles(found) == [{"revenue": 1_420_000_000}, {"rd": 100_000_000}]
    assert [way.changes[0].by for way in found.singles] == [-5_800_000, 290_000]


def test_the_change_is_the_least_that_is_enough():
    found = gaps(Sized(Linear((("heads", 3),), -10), Sign.ABOVE), heads=2)
    assert singles(found) == [{"heads": 4}]
    assert found.gaps[0].off_by == Fraction(4, 3)
    assert singles(gaps(Sized(Linear((("heads", -3),), 10), Sign.ABOVE), heads=9)) == [{"heads": 3}]
    assert singles(gaps(Sized(Linear((("heads", 3),), -10), Sign.IS), heads=9)) == []
    assert singles(gaps(Sized(Linear((("heads", 3),), -9), Sign.IS), heads=9)) == [{"heads": 3}]
    assert singles(gaps(Sized(Linear((("heads", 1),), -9), Sign.IS_NOT), heads=9)) == [{"heads": 8}]


def test_people_and_patents_are_never_fewer_than_none():
    assert singles(gaps(Sized(Linear((("heads", -1),), -1), Sign.AT_LEAST), heads=2)) == []


def test_all_needs_the_changes_of_each_part_together():
    found = gaps(All((LARGE, FEW, LISTED)), revenue=Decimal(100_000), heads=12, listed=True)
    assert found.singles == ()
    assert changed(found.together) == {"revenue": 200_000_00, "heads": 10}
    assert [gap.off_by for gap in found.gaps] == [100_000, 2]


def test_any_is_met_by_the_cheapest_branch():
    branches = Any((All((LARGE, FEW)), All((LISTED, FEW, INTENSITY))))
    found = gaps(branches, revenue=Decimal(199_999), heads=12, listed=False, rd=Decimal(0))
    assert found.singles == ()
    assert changed(found.together) == {"revenue": 200_000_00, "heads": 10}


def test_a_change_that_spoils_another_condition_is_not_proposed():
    less = Sized(Linear((("revenue", -1),), 300_000_00), Sign.AT_LEAST)
    found = gaps(All((LARGE, less, INTENSITY)), revenue=Decimal(100_000), rd=Decimal(5_000))
    assert found.singles == ()
    assert changed(found.together) == {"revenue": 200_000_00, "rd": 10_000_00}
    both = All((LARGE, Sized(Linear((("revenue", -1),), 100_000_00), Sign.AT_LEAST)))
    assert gaps(both, revenue=Decimal(1)).together is None


def test_a_firm_can_move_to_another_band():
    guide = Linear((("revenue", 1),), 0)
    strict = Sized(Linear((("rd", 10), ("revenue", -1)), 0), Sign.AT_LEAST, (REVENUE,))
    bands = Banded(guide, ((100_000_00, strict), (None, INTENSITY)))
    found = gaps(bands, revenue=Decimal(100_000), rd=Decimal(6_000))
    assert [(changed(way), way.moves_band) for way in found.singles] == [
        ({"revenue": 100_000_01}, True),
        ({"rd": 10_000_00}, False),
    ]
    assert [gap.points for gap in found.gaps] == [4]


def test_words_flags_and_honours_can_change_but_no_industry_and_nothing_that_is_fixed():
    logic = All(
        (LISTED, OneOf("size", ("小", "微")), Holds("honours", ("高企",)), Holds("honours", ("小巨人",)))
    )
    good = {"listed": True, "size": "小", "honours": frozenset({"高企", "小巨人", "其他"})}
    assert singles(gaps(logic, **{**good, "listed": False})) == [{"listed": 1}]
    assert singles(gaps(logic, **{**good, "size": "大"})) == [{"size": "小"}]
    assert singles(gaps(logic, **{**good, "honours": frozenset({"其他"})})) == [{"honours": good["honours"]}]
    assert singles(gaps(logic, **{**good, "honours": None})) == [{"honours": {"高企", "小巨人"}}]
    assert singles(gaps(Not(Holds("honours", ("高企",))), **good)) == [{"honours": {"小巨人", "其他"}}]
    assert changed(gaps(logic, size="大", listed=False, honours=None).together) == {
        "listed": 1,
        "size": "小",
        "honours": {"高企", "小巨人"},
    }
    industry = gaps(Begins("industry", ("C",)), industry="D")
    assert (industry.singles, industry.together, industry.gaps) == ((), None, ())
    assert gaps(OneOf("industry", ("C",)), industry="D").singles == ()
    assert find_gaps(LISTED, FIELDS, {"listed": False}, fixed=["listed"]).singles == ()
    assert gaps(Not(IsTrue("punished")), punished=True).singles[0].changes[0].by is None


def test_what_is_not_known_is_answered_by_what_it_would_have_to_be():
    found = gaps(INTENSITY, rd=Decimal(5))
    assert singles(found) == [{"revenue": 1}]
    assert found.singles[0].changes[0].by is None
    assert found.gaps == ()
    assert singles(gaps(INTENSITY, revenue=Decimal(100))) == [{"rd": 500}]
    assert gaps(INTENSITY).singles == ()


def test_a_denominator_of_nothing_can_be_mended():
    assert changed(gaps(INTENSITY, revenue=Decimal(0), rd=Decimal(5)).singles[0]) == {"revenue": 1}


def test_what_people_judge_is_taken_as_met():
    assert gaps(All((Manual("review"), Not(Manual("objection"))))) == Gaps((), (), None, None)
    logic = Banded(REVENUE, ((5, All((Manual("review"), LARGE))), (None, Any((LARGE,)))))
    assert singles(gaps(logic, revenue=Decimal(0))) == [{"revenue": 200_000_00}]


def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def aged(months: int, day: date) -> Logic:
    """Return `born <= day - months`."""
    return Sized(Linear((("born", -1),), months_after(day, -months).toordinal()), Sign.AT_LEAST)


@settings(deadline=None)
@given(st.dates(date(2023, 1, 1), date(2024, 12, 31)), st.sampled_from([1, 6, 12, 24]), st.integers(0, 700))
def test_the_first_day_on_which_a_firm_is_old_enough_is_found(born, months, before):
    firm = {"born": born, "listed": True}
    as_of = date.fromordinal(born.toordinal() + before)

    def logic_on(day: date) -> Logic:
        return All((aged(months, day), LISTED, Manual("review")))

    found = find_gaps(logic_on(as_of), FIELDS, firm, as_of=as_of, logic_on=logic_on)
    asked = Asked([aged(months, as_of)], FIELDS)
    if asked.truths(asked.keep(firm))[0] is Truth.TRUE:
        assert found.eligible_from is None
        return
    day = as_of
    while months_after(day, -months) < born:
        day = date.fromordinal(day.toordinal() + 1)
    assert found.eligible_from == day
    assert found.singles == ()
    assert [gap.off_by for gap in found.gaps] == [(born - months_after(as_of, -months)).days]


def test_time_alone_does_not_help_where_something_else_is_false_or_the_day_is_not_known():
    def logic_on(day: date) -> Logic:
        return All((aged(12, day), LISTED, Sized(Linear((), -1), Sign.AT_LEAST)))

    for firm in ({"born": date(2026, 1, 1), "listed": False}, {"listed": True}):
        found = find_gaps(logic_on(date(2026, 6, 1)), FIELDS, firm, as_of=date(2026, 6, 1), logic_on=logic_on)
        assert found.eligible_from is None


@settings(max_examples=80, deadline=None)
@given(logics, facts)
def test_every_proposed_change_makes_the_firm_eligible(logic, firm):
    found = find_gaps(logic, FIELDS, firm)
    asked = Asked([_favoured(logic, True)], FIELDS)
    for way in (*found.singles, *([found.together] if found.together else [])):
        kept = asked.keep(firm)
        assert asked.truths(kept)[0] is not Truth.TRUE
        for change in way.changes:
            assert kept[change.field.name] == change.before != change.after
        for count in range(len(way.changes)):
            if len(way.changes) > 1:
                rest = way.changes[:count] + way.changes[count + 1 :]
                some = kept | {other.field.name: other.after for other in rest}
                assert asked.truths(some)[0] is not Truth.TRUE
        assert asked.truths(kept | changed(way))[0] is Truth.TRUE


def _favoured(logic: Logic, met: bool) -> Logic:
    match logic:
        case Manual():
            return All(()) if met else Any(())
        case Not(part):
            return Not(_favoured(part, not met))
        case All(parts) | Any(parts):
            return type(logic)(tuple(_favoured(part, met) for part in parts))
        case Banded(by, bands):
            return Banded(by, tuple((upto, _favoured(part, met)) for upto, part in bands))
    return logic


_small = st.builds(
    lambda factor, constant, sign: Sized(Linear((("heads", factor),), constant), sign),
    st.sampled_from([-3, -2, -1, 1, 2, 3]),
    st.integers(-30, 30),
    st.sampled_from(Sign),
)


_nested = st.recursive(
    _small,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.tuples(inner, inner))
        | st.builds(Any, st.tuples(inner, inner))
    ),
    max_leaves=5,
)


@settings(max_examples=80, deadline=None)
@given(_nested, st.integers(0, 20))
def test_no_single_change_is_said_only_where_there_is_none_and_the_least_is_found(logic, heads):
    asked = Asked([logic], FIELDS)
    enough = [n for n in range(100) if asked.truths({"heads": n})[0] is Truth.TRUE]
    found = find_gaps(logic, FIELDS, {"heads": heads})
    if heads in enough or not enough:
        assert found.singles == ()
    else:
        assert abs(singles(found)[0]["heads"] - heads) == min(abs(n - heads) for n in enough)


@pytest.mark.parametrize("count", [3, 60])
def test_a_search_over_very_many_changes_ends(count):
    parts = [
        Sized(Linear((("heads", n + 2), ("rd", -1), ("rate", 1)), -n * n), Sign.IS) for n in range(count)
    ]
    found = gaps(All(tuple(parts)), heads=1, rd=Decimal(1), rate=Decimal(1))
    assert found.singles == ()


def test_a_change_that_is_not_needed_is_left_out():
    search = _Search(All((LARGE, LISTED)), FIELDS, {"revenue": Decimal(1), "listed": True}, frozenset())
    assert search._needed({"revenue": 200_000_00, "listed": 1}) == {"revenue": 200_000_00}
