"""The conditions of a version: checked when they are saved, and before anybody may rely on them."""

from datetime import date

import pytest
from django.utils.translation import override

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.errors import VersionNotReady
from zhuchao.apps.policies.selectors.field_words import FIELD_WORDS
from zhuchao.apps.policies.selectors.rules import declared, ready, rules_of, versions_in_force, vocabulary

from .conftest import RULES, TODAY


def test_rules_are_read_as_they_were_saved(make_policy):
    version = selectors.current_version(make_policy(rules=RULES), TODAY)
    rules = rules_of(version)
    assert [one.article for one in rules.version.conditions] == ["第一条", "第二条", "第二条"]
    assert rules.version.effective.first == date(2023, 1, 1)
    assert rules_of(selectors.current_version(make_policy("P-2"), TODAY)) is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("revenue >= 5000万元", "revenu >= 5000万元", "第 3 行：没有“revenu”这个字段。是不是：revenue"),
        ("revenue >= 5000万元", "revenue >= 5000人", "第 3 行：单位不一致"),
        ("revenue >= 5000万元", "revenue >= 5000", "第 3 行：请写明单位"),
        ("effort: 2", "efort: 2", "第 5 行：不认识“efort”。是不是：effort"),
        ("conditions:", "conditions: &a", "不能使用 YAML 的锚点"),
        ("rd / revenue >= 3%", "rd / revenue >= 3%; drop table firms", "第 4 行"),
        ("rd / revenue >= 3%", "(select 1) >= 3%", "第 4 行：条件里不能使用 select"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line_in_words(make_policy, old, new, why):
    with pytest.raises(WrongInput) as refused:
        make_policy(is_draft=True, rules=RULES.replace(old, new))
    assert why in str(refused.value)


@pytest.mark.parametrize("instead", ["status: confirmed", "article: 第九条"])
def test_a_condition_without_a_clause_is_not_published(make_policy, second, instead):
    policy = make_policy(is_draft=True, rules=RULES.replace("article: 第一条", instead))
    with pytest.raises(VersionNotReady, match="“制造业企业”没有写明出自哪一条"):
        services.publish_version(actor=second, draft=selectors.draft_of(policy))


def test_a_version_whose_test_fails_is_not_published(make_policy, second):
    policy = make_policy(is_draft=True, rules=RULES.replace("expect: eligible", "expect: ineligible"))
    with pytest.raises(VersionNotReady, match="测试没有通过：符合（应为不符合，算出的是符合）"):
        services.publish_version(actor=second, draft=selectors.draft_of(policy))


def test_what_has_ended_or_closed_is_asked_of_nobody(zone, make_policy):
    make_policy("P-1", rules=RULES)
    make_policy("P-2", rules=RULES, effective_to=date(2023, 6, 14))
    make_policy("P-3", rules=RULES, window_open=date(2023, 3, 1), window_close=date(2023, 6, 14))
    make_policy("P-4", rules=RULES, window_open=date(2023, 7, 1), window_close=date(2023, 7, 31))
    make_policy("P-5")
    make_policy("P-6", is_draft=True, rules=RULES)
    make_policy("P-7", rules=RULES[: RULES.index("tests:")], effective_from=date(2023, 6, 16))
    keys = [version.policy.key for version in versions_in_force([zone.pk], TODAY)]
    assert keys == ["P-1", "P-4"]
    assert ready(zone, TODAY).asked is ready(zone, TODAY).asked


def test_every_fact_that_policies_ask_for_has_its_words_in_english():
    assert {field.label for field in declared()} == set(FIELD_WORDS)
    with override("en"):
        assert vocabulary()["revenue"].label == "Revenue last year"
    assert vocabulary()["revenue"].label == "上年营业收入"
