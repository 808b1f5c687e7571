"""A match in words: exact, with the clause, where each value comes from, and what would be enough."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.factories import make_enterprise
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.policies.selectors.explaining import in_words
from zhuchao.apps.policies.selectors.matches import match_firm
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.policies.services.facts import state_fact
from zhuchao.apps.policies.wording import show_kept, show_size, show_yuan

from .conftest import RULES, TODAY


@pytest.fixture
def words(zone, clerk, make_policy):
    def run(rules=RULES, **facts):
        make_policy(rules=rules)
        firm = make_enterprise(zone, name="示例庚（示例）有限公司", industry_code="C3962")
        for name, value in facts.items():
            state_fact(actor=clerk, enterprise=firm, field=name, value=value, source="企业申报")
        found = match_firm(firm, day=TODAY)
        return in_words(found.lines[0], found.known)

    return run


def test_a_comparison_says_what_was_found_asked_and_from_where(words):
    said = words(revenue="5000万元", rd="100万元")
    kind, size, share = said.conditions
    assert [(one.article, one.state) for one in said.conditions] == [
        ("第一条", "满足"),
        ("第二条", "满足"),
        ("第二条", "不满足"),
    ]
    assert (kind.found[0].label, kind.found[0].found, kind.found[0].origin) == (
        "国民经济行业代码",
        "C3962",
        "企业档案",
    )
    assert (size.found[0].found, size.found[0].asked, size.found[0].origin) == (
        "5,000.00 万元",
        "≥ 5,000.00 万元",
        "企业申报",
    )
    assert (share.found[0].label, share.found[0].found, share.found[0].asked) == (
        "上年研发费用 ÷ 上年营业收入",
        "2%",
        "≥ 3%",
    )
    assert said.reasons == (share,)
    assert "上年研发费用增加 50.00 万元，达到 150.00 万元，即符合" in said.ways


def test_what_is_not_known_is_asked_for_and_the_amount_is_a_range(words):
    said = words(revenue="5000万元")
    assert (said.label, said.missing, said.amount) == ("待核实", ("上年研发费用",), "最多 20.00 万元")
    assert said.conditions[2].state == "缺数据"
    assert said.conditions[2].found[0].found == "不知道"


OVER_NOTHING = """\
conditions:
- {id: review, text: 专家评审, article: 第一条, manual: true}
- {id: rd, text: "研发费用占营业收入 3% 以上", article: 第二条, test: "rd / revenue >= 3%"}
"""


def test_a_quotient_over_nothing_says_so(words):
    review, share = words(rules=OVER_NOTHING, revenue="0元", rd="1元").conditions
    assert (review.state, review.found) == ("须人工核对", ())
    assert (share.state, share.found[0].found) == ("分母为零，无法计算", "分母为零")


def test_a_day_that_comes_is_said(words):
    rules = """\
conditions:
- {id: age, text: 注册满一年, article: 第一条, test: established <= as_of - 1年}
"""
    said = words(rules=rules)
    assert said.label == "待核实"
    firm = Enterprise.objects.get()
    firm.established_on = date(2022, 9, 1)
    firm.save()
    found = match_firm(firm, day=TODAY)
    said = in_words(found.lines[0], found.known)
    assert said.ways == ("2023-09-01 起符合",)
    assert said.conditions[0].found[0].found == "2022-09-01"


def test_no_amount_is_rounded_across_a_limit():
    assert show_yuan(Decimal("49999999.99")) == "49,999,999.99 元"
    assert show_yuan(Decimal(50_000_000)) == "5,000.00 万元"
    assert show_yuan(Fraction(250_000_000)) == "2.50 亿元"
    assert show_yuan(Decimal("-12345")) == "−12,345.00 元"
    assert show_size(Fraction(1, 3), vocabulary()["debt_ratio"]) == "0.3333%"
    assert show_kept(None, vocabulary()["staff"]) == "不知道"
    assert show_kept(30, vocabulary()["staff"]) == "30 人"
    assert show_kept(1, vocabulary()["resident"]) == "是"
    assert show_kept(frozenset(), vocabulary()["honours"]) == "没有"
