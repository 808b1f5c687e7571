"""One policy over many firms is what each firm is told by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.rules.drawing import FIELDS, facts, logics, table_of
from zhuchao.engines.rules.columns import parts_of_table
from zhuchao.engines.rules.firms import answers_of
from zhuchao.engines.rules.kernel import BLOCK, Matcher
from zhuchao.engines.rules.one import Asked
from zhuchao.engines.rules.terms import All, IsTrue, Linear, Manual, Sign, Sized
from zhuchao.engines.rules.truth import Truth

LARGE = Sized(Linear((("revenue", 1),), -200_000_00), Sign.AT_LEAST)
LISTED = IsTrue("listed")


def answered(policy, firms):
    return list(answers_of(policy, parts_of_table(table_of(firms), FIELDS, Matcher([policy]).fields)))


@settings(max_examples=80, deadline=None)
@given(logics, st.lists(facts, min_size=1, max_size=12))
def test_many_firms_are_answered_as_each_by_itself(policy, firms):
    (found,) = answered(policy, firms)
    asked = Asked([policy], FIELDS)
    for row, firm in enumerate(firms):
        (said,) = asked.explain(firm)
        assert found.truths[row] == said.truth
        missing = {name for name, rows in found.missing.items() if rows[row]}
        assert missing == set(said.missing)
        assert bool(found.judged[row]) == bool(said.manual or said.undefined)


def test_near_is_one_thing_false_and_nothing_unknown():
    policy = All((LISTED, LARGE, IsTrue("punished")))
    firms = [
        {"listed": True, "revenue": 1, "punished": True},
        {"listed": False, "revenue": 1, "punished": True},
        {"listed": True, "revenue": 200_000, "punished": True},
        {"listed": None, "revenue": 1, "punished": True},
    ]
    (found,) = answered(policy, firms)
    assert found.near.tolist() == [True, False, False, False]
    assert found.truths.tolist() == [Truth.FALSE, Truth.FALSE, Truth.TRUE, Truth.FALSE]


def test_what_a_person_judges_is_told_apart_from_what_is_not_known():
    (found,) = answered(All((LISTED, Manual("review"))), [{"listed": True}, {}, {"listed": False}])
    assert found.judged.tolist() == [True, True, False]
    assert found.missing["listed"].tolist() == [False, True, False]


@pytest.mark.parametrize("rows", [BLOCK, BLOCK + 1])
def test_blocks_follow_each_other_to_the_last_firm(rows):
    found = answered(LISTED, [{"listed": True}] * (rows - 1) + [{"listed": False}])
    assert [one.first for one in found] == list(range(0, rows, BLOCK))
    assert sum(len(one.truths) for one in found) == rows
    assert found[-1].truths[-1] == Truth.FALSE
    assert all(one.truths[:-1].min(initial=2) == Truth.TRUE for one in found)
