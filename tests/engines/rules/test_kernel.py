import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.rules.drawing import FIELDS, asked_of_duckdb, conditions, facts, logics, table_of
from zhuchao.engines.rules import kernel
from zhuchao.engines.rules.columns import parts_of_table
from zhuchao.engines.rules.fields import Facts
from zhuchao.engines.rules.graph import Graph
from zhuchao.engines.rules.kernel import Match, Matcher
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
YES, NO, OPEN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def answers(policies: Sequence[Logic], firms: Sequence[Facts]) -> list[list[Truth]]:
    """Return what the kernel answers for each policy and firm."""
    matcher = Matcher(policies)
    found = [[None] * len(firms) for _ in policies]
    parts = list(parts_of_table(table_of(firms), FIELDS, matcher.fields))
    for place, truth, rows in matcher.find(parts, list(Truth)):
        for row in rows.tolist():
            assert found[place][row] is None
            found[place][row] = truth
    assert not any(None in row for row in found)
    return found


def answers_one_by_one(policies: Sequence[Logic], firms: Sequence[Facts]) -> list[list[Truth]]:
    """Return what generated Python answers."""
    asked = Asked(policies, FIELDS)
    rows = [asked.truths(asked.keep(firm)) for firm in firms]
    return [[row[place] for row in rows] for place in range(len(policies))]


def counted(policies: Sequence[Logic], firms: Sequence[Facts], **options: object) -> Match:
    matcher = Matcher(policies)
    return matcher.count(parts_of_table(table_of(firms), FIELDS, matcher.fields), **options)


def near(policy: Logic, firms: Sequence[Facts]) -> int:
    """Count near misses from what each part answers by itself."""
    graph = Graph([policy])
    asked = Asked([policy], FIELDS)
    total = 0
    for firm in firms:
        kept = asked.keep(firm)
        nodes = asked.nodes(kept)
        truths = [2 - nodes[ref >> 1] if ref & 1 else nodes[ref >> 1] for ref in graph.parts(graph.tops[0])]
        is_near = truths.count(0) == 1 and 1 not in truths
        assert asked.near(kept) == (is_near,)
        total += is_near
    return total


@settings(max_examples=60, deadline=None)
@given(st.lists(logics, min_size=1, max_size=6), st.lists(facts, max_size=70))
def test_the_kernel_generated_python_and_another_engine_agree(policies, firms):
    found = answers(policies, firms)
    assert found == answers_one_by_one(policies, firms)
    assert found == asked_of_duckdb(policies, firms)
    match = counted(policies, firms)
    assert match.rows == len(firms)
    assert match.eligible.tolist() == [row.count(YES) for row in found]
    assert match.ineligible.tolist() == [row.count(NO) for row in found]
    assert match.unknown.tolist() == [row.count(OPEN) for row in found]
    assert match.near.tolist() == [near(policy, firms) for policy in policies]


@settings(max_examples=100, deadline=None)
@given(logics, facts, st.data())
def test_what_is_not_known_any_more_never_turns_yes_into_no_or_back(policy, firm, data):
    known = sorted(name for name, value in firm.items() if value is not None and name != "punished")
    hidden = data.draw(st.sets(st.sampled_from(known)) if known else st.just(set()))
    before, after = answers_one_by_one([policy], [firm, {**firm, **dict.fromkeys(hidden)}])[0]
    assert after in (before, OPEN)


@pytest.mark.parametrize(
    ("rd", "revenue", "truth"),
    [
        ("5.00", "100", YES),
        ("4.99", "100", NO),
        ("0.01", "0.20", YES),
        ("0.01", "0.21", NO),
        ("8320750.37", "166415007.40", YES),
        ("8320750.36", "166415007.40", NO),
        ("0", "0", OPEN),
        ("5", "0", OPEN),
        ("5", "-1", OPEN),
        (None, "0", OPEN),
        ("5", None, OPEN),
        (None, "100", OPEN),
    ],
)
def test_a_ratio_is_exact_at_its_threshold_and_unknown_over_nothing(rd, revenue, truth):
    firm = {
        "rd": None if rd is None else Decimal(rd),
        "revenue": None if revenue is None else Decimal(revenue),
    }
    assert answers([INTENSITY, Not(INTENSITY)], [firm]) == [[truth], [Truth(2 - truth)]]
    assert answers_one_by_one([INTENSITY], [firm]) == asked_of_duckdb([INTENSITY], [firm]) == [[truth]]


def test_a_firm_exactly_at_a_rate_in_binary_fractions_is_not_misjudged():
    firms = [{"rd": Decimal(n) / 20, "revenue": Decimal(n)} for n in range(1, 2000)]
    assert counted([INTENSITY], firms).eligible.tolist() == [1999]


@pytest.mark.parametrize("sign", list(Sign))
@pytest.mark.parametrize("factor", [1, -1, 3, -3, 2**62])
@pytest.mark.parametrize(
    "limit", [0, 1, 7, 2**63 - 2, 2**63 - 1, 2**63, 2**64, -(2**63), -(2**63) - 1, 2**90]
)
def test_numbers_near_the_end_of_64_bits_are_compared_exactly(sign, factor, limit):
    ends = [0, 2, 3, 2**63 - 1, -(2**63) + 1, 2**62, 1]
    firms = [{"heads": one, "revenue": Decimal(other) / 100} for one in ends for other in ends]
    single = Sized(Linear((("revenue", factor),), -limit), sign)
    double = Sized(Linear((("heads", factor), ("revenue", 1)), -limit), sign)
    policies = [single, double]
    assert answers(policies, firms) == answers_one_by_one(policies, firms)
    expected = [[one["heads"] * factor + int(one["revenue"] * 100) - limit for one in firms]]
    tests = {
        Sign.AT_LEAST: lambda n: n >= 0,
        Sign.ABOVE: lambda n: n > 0,
        Sign.IS: lambda n: n == 0,
        Sign.IS_NOT: lambda n: n != 0,
    }
    assert [truth is YES for truth in answers([double], firms)[0]] == [tests[sign](n) for n in expected[0]]


def test_a_block_of_small_numbers_stays_quick_beside_a_large_one():
    big = {"heads": 2**62, "revenue": Decimal(2**62) / 100}
    small = {"heads": 1, "revenue": Decimal("0.01")}
    policy = Sized(Linear((("heads", 4), ("revenue", 4)), -8), Sign.AT_LEAST)
    firms = [big] + [small] * kernel.BLOCK
    assert counted([policy], firms).eligible.tolist() == [kernel.BLOCK + 1]


def test_no_firms_and_no_policies_are_counted_as_none():
    empty = counted([INTENSITY], [])
    assert (empty.rows, empty.eligible.tolist(), empty.unknown.tolist()) == (0, [0], [0])
    assert counted([], [{}]).eligible.tolist() == []


def test_a_firm_of_which_nothing_is_known_is_unknown_except_where_nothing_is_asked():
    policies = [
        INTENSITY,
        All(()),
        Any(()),
        IsTrue("punished"),
        Manual("review"),
        Any((Manual("review"), All(()))),
    ]
    assert [row[0] for row in answers(policies, [{}])] == [OPEN, YES, NO, NO, OPEN, YES]


def test_a_band_without_its_guide_is_unknown_unless_every_part_says_the_same():
    bands = Banded(
        Linear((("heads", 1),), 0), ((3, IsTrue("listed")), (10, Begins("industry", ("C",))), (None, All(())))
    )
    firms = [
        {"heads": 3, "listed": True},
        {"heads": 4, "listed": True, "industry": "D"},
        {"heads": 11},
        {"listed": True, "industry": "C26"},
        {"listed": False, "industry": "C26"},
        {"heads": 3, "industry": "C26"},
    ]
    assert answers([bands], firms) == [[YES, NO, YES, YES, OPEN, OPEN]]
    closed = Banded(Linear((("heads", 1),), 0), ((3, All(())),))
    assert answers([closed, Banded(Linear((), 0), ())], [{"heads": 3}, {"heads": 4}, {}]) == [
        [YES, NO, OPEN],
        [NO, NO, NO],
    ]


def test_words_that_begin_alike_are_found_however_many_are_asked_for():
    firms = [{"industry": code} for code in ("A01", "C26", "C261", "C27", "D", "E", "G", "I", "K", "M", None)]
    few = Begins("industry", ("C26", "D"))
    many = Begins("industry", ("A0", "C261", "D", "G", "K", "L"))
    exact = OneOf("industry", ("C26", "C27", "Q"))
    assert [[truth is YES for truth in row] for row in answers([few, many, exact], firms)] == [
        [False, True, True, False, True, *[False] * 6],
        [True, False, True, False, True, False, True, False, True, False, False],
        [False, True, False, True, *[False] * 7],
    ]
    assert answers([few], firms)[0][-1] is OPEN


def test_a_near_miss_has_one_thing_false_and_nothing_unknown():
    policy = All((IsTrue("listed"), Begins("industry", ("C",)), Holds("honours", ("高企",))))
    firm = {"listed": True, "industry": "C26", "honours": frozenset({"高企"})}
    firms = [
        firm,
        {**firm, "listed": False},
        {**firm, "industry": "D"},
        {**firm, "honours": frozenset()},
        {**firm, "listed": False, "industry": "D"},
        {**firm, "listed": False, "industry": None},
    ]
    match = counted([policy, Not(Any((Not(IsTrue("listed")), IsTrue("punished"))))], firms)
    assert match.near.tolist() == [3, 3]
    assert match.ineligible.tolist() == [5, 3]


@pytest.mark.parametrize("count", [1, 63, 64, 65, 255, 256, 265, 2 * 256 + 64])
def test_every_row_is_counted_once_whatever_their_number(count):
    matcher = Matcher([IsTrue("listed"), Not(IsTrue("listed"))])
    matcher.plan.rows = 256
    firms = [{"listed": [True, False, None][row % 3]} for row in range(count)]
    parts = list(parts_of_table(table_of(firms), FIELDS, matcher.fields))
    told: list[int] = []
    for threads in (1, 3):
        match = matcher.count(parts, threads=threads, progress=told.append)
        yes, no = -(-count // 3), -(-(count - 1) // 3)
        assert match.eligible.tolist() == [yes, no]
        assert match.ineligible.tolist() == [no, yes]
        assert told[-1] == match.rows == count
    assert told == sorted(told[: len(told) // 2]) * 2


def test_a_block_in_which_all_bits_are_set_is_counted():
    ones = np.full((1, 1, kernel.BLOCK // 64), ~np.uint64(0))
    assert kernel._ones(ones).tolist() == [[kernel.BLOCK]]


def test_of_thousands_of_conditions_fewer_rows_are_answered_at_once():
    matcher = Matcher([Sized(Linear((("revenue", 1),), -number), Sign.AT_LEAST) for number in range(2_001)])
    assert matcher.plan.rows == kernel.BLOCK // 2
    parts = parts_of_table(table_of([{"revenue": Decimal(10)}]), FIELDS, matcher.fields)
    assert matcher.count(parts).eligible.sum() == 1_001


def test_blocks_of_different_length_leave_nothing_of_one_in_the_next():
    matcher = Matcher([IsTrue("listed"), Sized(REVENUE, Sign.AT_LEAST), All(())])
    sizes = (60, 9, 1, 33)
    tables = [table_of([{"listed": True, "revenue": Decimal(1)}] * size) for size in sizes]
    parts = [part for table in tables for part in parts_of_table(table, FIELDS, matcher.fields)]
    match = matcher.count(parts)
    assert match.eligible.tolist() == [103, 103, 103]
    assert match.ineligible.tolist() == [0, 0, 0]


def test_counting_can_be_stopped_and_says_how_far_it_came():
    matcher = Matcher([IsTrue("punished")])
    parts = list(parts_of_table(table_of([{}] * (3 * kernel.BLOCK)), FIELDS, matcher.fields))
    asked = iter([False, True])
    match = matcher.count(parts, cancelled=lambda: next(asked))
    assert match.stopped
    assert match.rows == match.ineligible[0] == kernel.BLOCK
    assert not matcher.count(parts).stopped


def test_rows_are_listed_by_their_number_in_the_whole():
    matcher = Matcher([IsTrue("listed")])
    rows = kernel.BLOCK + 5
    table = table_of([{"listed": row in (3, kernel.BLOCK + 2)} for row in range(rows)])
    found = list(matcher.find(parts_of_table(table, FIELDS, matcher.fields), [YES]))
    assert [(place, truth, numbers.tolist()) for place, truth, numbers in found] == [
        (0, YES, [3]),
        (0, YES, [kernel.BLOCK + 2]),
    ]


@given(st.lists(conditions, min_size=1, max_size=4))
def test_what_policies_share_stands_once(parts):
    forward, backward = All(tuple(parts)), All(tuple(reversed(parts)))
    graph = Graph([forward, backward, Not(forward), Any(tuple(Not(part) for part in parts))])
    assert graph.tops[0] == graph.tops[1]
    assert graph.tops[2] == graph.tops[3] == graph.tops[0] ^ 1
    assert len(graph.nodes) == len(set(graph.nodes))


def test_two_thousand_policies_of_the_same_meaning_cost_one():
    matcher = Matcher([All((IsTrue("listed"), INTENSITY)), All((INTENSITY, IsTrue("listed")))] * 1000)
    assert len(matcher.plan.asked) == 1
    assert len(matcher.plan.leaves) == 3  # the denominator is one too
    firms = [{"listed": True, "rd": Decimal(5), "revenue": Decimal(100)}]
    table = parts_of_table(table_of(firms), FIELDS, matcher.fields)
    assert matcher.count(table).eligible.tolist() == [1] * 2000


def test_days_are_compared_to_the_day():
    threshold = date(2025, 6, 1)
    policy = Sized(Linear((("born", -1),), threshold.toordinal()), Sign.AT_LEAST)
    firms = [{"born": day} for day in (date(2025, 5, 31), threshold, date(2025, 6, 2), date.min, date.max)]
    assert answers([policy], firms) == [[YES, YES, NO, YES, NO]]


def test_the_bits_after_the_last_row_are_empty():
    matcher = Matcher([Not(IsTrue("punished"))])
    block = next(matcher.blocks(parts_of_table(table_of([{}] * 5), FIELDS, matcher.fields)))
    assert math.isclose(float(np.bitwise_count(block.ones).sum()), 5)
    assert all(int(np.bitwise_count(bits).sum()) <= 5 for bits in block.bits)
