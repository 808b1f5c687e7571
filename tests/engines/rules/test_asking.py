from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.rules.drawing import FIELDS, facts, logics, table_of
from zhuchao.engines.rules.asking import Question, questions_for, questions_for_all
from zhuchao.engines.rules.columns import parts_of_table
from zhuchao.engines.rules.kernel import Matcher
from zhuchao.engines.rules.one import Asked
from zhuchao.engines.rules.terms import All, Any, IsTrue, Linear, Manual, Sign, Sized

REVENUE = Linear((("revenue", 1),), 0)
INTENSITY = Sized(Linear((("rd", 20), ("revenue", -1)), 0), Sign.AT_LEAST, (REVENUE,))
LARGE = Sized(Linear((("revenue", 1),), -200_000_00), Sign.AT_LEAST)
LISTED = IsTrue("listed")


def asked_one(policies, firm, amounts):
    return questions_for(Asked(policies, FIELDS).explain(firm), [Decimal(amount) for amount in amounts])


def asked_all(policies, firms, amounts):
    matcher = Matcher(policies)
    parts = parts_of_table(table_of(firms), FIELDS, matcher.fields)
    return questions_for_all(matcher, parts, [Decimal(amount) for amount in amounts])


def test_the_fact_that_settles_the_most_money_is_asked_for_first():
    policies = [LARGE, INTENSITY, LISTED, All((LISTED, LARGE))]
    expected = [
        Question("listed", 1, Decimal(70), 1, Decimal(5)),
        Question("revenue", 1, Decimal(10), 2, Decimal(905)),
        Question("rd", 0, Decimal(0), 1, Decimal(900)),
    ]
    assert asked_one(policies, {}, [10, 900, 70, 5]) == expected
    assert asked_all(policies, [{}], [10, 900, 70, 5]) == expected


def test_what_cannot_decide_any_more_is_not_asked_for():
    policies = [All((LISTED, LARGE)), Any((LISTED, IsTrue("punished")))]
    firm = {"listed": False, "punished": False}
    assert asked_one(policies, firm, [1, 1]) == asked_all(policies, [firm], [1, 1]) == []


def test_a_fact_beside_what_people_judge_or_nothing_divides_settles_nothing():
    for policy, firm in (
        (All((LISTED, Manual("review"))), {}),
        (All((LISTED, INTENSITY)), {"revenue": Decimal(0), "rd": Decimal(1)}),
    ):
        expected = [Question("listed", 0, Decimal(0), 1, Decimal(3))]
        assert asked_one([policy], firm, [3]) == asked_all([policy], [firm], [3]) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(logics, min_size=1, max_size=4), st.lists(facts, max_size=12))
def test_asking_all_firms_is_asking_each(policies, firms):
    amounts = [10**place for place in range(len(policies))]
    together: dict[str, list] = defaultdict(lambda: [0, Decimal(0), 0, Decimal(0)])
    for firm in firms:
        for one in asked_one(policies, firm, amounts):
            tally = together[one.field]
            for place, value in enumerate((one.settles, one.settles_amount, one.helps, one.helps_amount)):
                tally[place] += value
    found = {
        one.field: [one.settles, one.settles_amount, one.helps, one.helps_amount]
        for one in asked_all(policies, firms, amounts)
    }
    assert found == together
