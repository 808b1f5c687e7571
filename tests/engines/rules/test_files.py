"""Policy files: what they say, what is refused with its line, and the tests that travel with them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.engines.rules.answering import Answering
from tests.engines.rules.vocabulary import FIELDS
from zhuchao.engines import EngineError
from zhuchao.engines.nodes import read_nodes
from zhuchao.engines.rules.benefits import benefit_of
from zhuchao.engines.rules.checking import evaluator
from zhuchao.engines.rules.fields import Kind
from zhuchao.engines.rules.files import read_policy, read_rules, read_vocabulary
from zhuchao.engines.rules.policies import Expected, Source, Span, Status, Verdict, check_policy
from zhuchao.engines.rules.terms import All, Any, Banded, IsTrue, Least, Linear, Manual, Not, Ratio, Stepped

GOOD = """\
id: good
title: 好政策
level: national
department: 某局
versions:
- version: 1
  effective: {from: 2024-01-01, to: 2025-12-31}
  recorded: 2024-01-05
  source: {title: 办法, status: memory}
  conditions:
  - {id: people, text: 二十人以上, test: staff >= 20}
- version: 2
  effective: {from: 2026-01-01, to: null}
  recorded: 2026-01-05
  window: {open: 2026-03-01, close: 2026-06-30}
  source: {title: 办法, number: 〔2026〕1号, article: 第三条, address: "https://example.org/", verified_on: 2026-11-22,
    status: confirmed, note: 注}
  params: {least_rd: 5%, since: 2020-01-01, least_staff: 20}
  conditions:
  - {id: age, text: 满一年, article: 第一条, status: unconfirmed, test: established <= as_of - 1 year}
  - id: share
    text: 研发占比
    banded:
      by: revenue
      bands:
      - {upto: 5000万元, test: rd >= least_rd * revenue}
      - {test: rd >= 3% * revenue}
  - id: kind
    text: 高企或小型
    any:
    - has(tags, '高企')
    - all: [size = '小型', {test: staff >= least_staff}]
  - {id: review, text: 专家评审, manual: true}
  logic: age and share and kind and not not review
  benefit: {text: 奖补, amount: 20% * rd, cap: 30万元, exclusive_group: rd, effort: 2}
tests:
- as_of: 2025-06-01
  given: {staff: 20}
  name: 二十人
  expect: eligible
  firms:
  - {name: 不知人数, given: {staff: null}, expect: unknown, missing: [staff]}
  edges:
  - {vary: staff, at: 20, expect: [ineligible, eligible, eligible]}
- as_of: 2026-06-01
  given: {staff: 20, established: 2025-06-01, revenue: 5000万元, rd: 250万元, size: 小型, tags: []}
  firms:
  - {name: 只等评审, given: {}, expect: unknown, missing: [], manual: [review]}
  - {name: 大型, given: {size: 大型}, expect: ineligible}
  - {name: 缺研发, given: {rd: null}, expect: unknown, missing: [rd]}
  edges:
  - {vary: established, at: 2025-06-01, expect: [unknown, unknown, ineligible]}
  - {vary: staff, at: 20, expect: [ineligible, unknown, unknown]}
  - {vary: rd, at: 250万元, expect: [ineligible, unknown, unknown]}
  - {vary: revenue, at: 5000万元, expect: [unknown, unknown, unknown]}
  - {vary: rd, at: 300万元, given: {revenue: 10000万元}, expect: [ineligible, unknown, unknown]}
"""


def test_a_file_says_its_policy():
    policy = read_policy(GOOD, FIELDS)
    assert (policy.id, policy.title, policy.level, policy.department, policy.note) == (
        "good",
        "好政策",
        "national",
        "某局",
        "",
    )
    first, second = policy.versions
    assert first.effective == Span(date(2024, 1, 1), date(2025, 12, 31))
    assert first.source.status is Status.UNCONFIRMED
    assert (first.window, first.benefit, first.bound(date(2025, 1, 1)).amount) == (None, None, None)
    assert second.window == Span(date(2026, 3, 1), date(2026, 6, 30))
    assert second.source.verified_on == date(2026, 11, 22)
    assert second.params == {"least_rd": "5%", "since": "2020-01-01", "least_staff": "20"}
    assert [condition.status for condition in second.conditions] == [
        Status.UNCONFIRMED,
        *[Status.CONFIRMED] * 3,
    ]
    assert second.conditions[3].is_manual
    assert isinstance(second.logic, All)
    assert Manual("review") in second.logic.parts
    share = second.conditions[1].logic
    assert isinstance(share, Banded)
    assert (share.by, share.bands[0][0]) == (Linear((("revenue", 1),), 0), 5_000_000_000)
    assert isinstance(second.conditions[2].logic, Any)
    assert second.benefit is not None
    assert second.benefit.amount == Least(
        (
            Ratio(Linear((("rd", 1),), 0), Fraction(1, 500)),
            Ratio(Linear((), 1), Fraction(300_000)),
        )
    )
    assert (second.benefit.exclusive_group, second.benefit.effort) == ("rd", 2)
    assert second.bound(date(2026, 6, 1)).amount == second.benefit.amount
    given = policy.tests[3].given
    assert len(policy.tests) == 5 + 3 + 15
    assert policy.tests[0].given == {"staff": 20}
    assert policy.tests[5].given["revenue"] == Decimal("50000000")
    assert (given["staff"], policy.tests[4].given["staff"]) == (20, 21)


def test_the_tests_of_a_good_file_hold_and_are_complete():
    for evaluate in (Answering(FIELDS), evaluator(FIELDS)):
        assert check_policy(read_policy(GOOD, FIELDS), FIELDS, evaluate) == ()


def test_the_version_in_force_is_found_as_far_as_it_was_known():
    policy = read_policy(GOOD, FIELDS)
    assert policy.on(date(2023, 12, 31)) is None
    assert policy.on(date(2025, 12, 31)) is policy.versions[0]
    assert policy.on(date(2026, 1, 1)) is policy.versions[1]
    assert policy.on(date(2099, 1, 1)) is policy.versions[1]
    assert policy.on(date(2026, 1, 1), known_on=date(2026, 1, 4)) is None
    assert policy.on(date(2026, 1, 1), known_on=date(2026, 1, 5)) is policy.versions[1]


def refused(text: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        read_policy(text, FIELDS)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "code", "later"),
    [
        ("department:", "departement:", "key_unknown", 0),
        ("level: national\n", "", "key_missing", -2),
        ("title: 好政策", "title: 好政策\ntitle: 再来", "key_twice", 1),
        ("title: 好政策", "title: [好]", "type_wrong", 0),
        ("title: 好政策", "title: ''", "type_wrong", 0),
        ("title: 好政策", "title: true", "type_wrong", 0),
        ("title: 好政策", "? [a]\n: b", "type_wrong", -1),
        ("title: 好政策", "title: &a 好政策", "alias_refused", 0),
        ("title: 好政策", "title: *a", "alias_refused", 0),
        ("title: 好政策", "title: !!python/name:os.system x", "tag_refused", 0),
        ("title: 好政策", "title: {a: b: c}", "file_malformed", 0),
        ("title: 好政策", "title: 好\u0007", "file_malformed", -1),
        (
            "title: 好政策",
            "title: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            "file_too_deep",
            0,
        ),
        ("id: good", "id: Gut", "id_malformed", 0),
        ("- version: 1\n", "- version: one\n", "type_wrong", 0),
        ("- version: 2\n", "- version: 1\n", "version_overlap", 0),
        ("to: 2025-12-31", "to: 2026-01-01", "version_overlap", 5),
        ("to: 2025-12-31", "to: null", "version_overlap", 5),
        ("to: 2025-12-31", "to: 2025-12-30", "version_gap", 5),
        ("to: 2025-12-31", "to: 2023-12-31", "span_backwards", 0),
        ("to: 2025-12-31", "to: 2025-13-31", "type_wrong", 0),
        ("close: 2026-06-30", "close: 2026-02-28", "window_backwards", 0),
        ("status: memory", "status: sure", "status_unknown", 0),
        ("least_rd: 5%", "least_rd: 0.05", "float_refused", 0),
        ("least_rd: 5%", "least_rd: 5% or resident", "param_malformed", 0),
        ("params: {least_rd: 5%, since: 2020-01-01, least_staff: 20}", "params: [5]", "type_wrong", 0),
        ("test: staff >= 20}", "test: staf >= 20}", "field_unknown", 0),
        ("test: staff >= 20}", "test: staff >= 20, manual: true}", "type_wrong", 0),
        ("test: staff >= 20}", "manual: false}", "type_wrong", 0),
        ("test: staff >= 20}", "manual: 1}", "type_wrong", 0),
        ("id: people,", "id: 5x,", "id_malformed", 0),
        (
            "  conditions:\n  - {id: people, text: 二十人以上, test: staff >= 20}",
            "  conditions: []",
            "key_missing",
            0,
        ),
        ("missing: [staff]", "missing: staff", "type_wrong", 0),
        ("id: review", "id: kind", "id_twice", 0),
        ("logic: age and share and kind and", "logic: age and share and", "condition_unused", 0),
        ("logic: age", "logic: agee", "field_unknown", 0),
        ("by: revenue", "by: revenue / staff", "bands_malformed", 0),
        ("by: revenue", "by: 5万元", "bands_malformed", 0),
        ("by: revenue", "by: 0 - revenue", "bands_malformed", 0),
        ("upto: 5000万元, ", "", "bands_malformed", 0),
        ("- {test: rd >= 3%", "- {upto: 6000万元, test: rd >= 3%", "bands_malformed", 0),
        (
            "- {test: rd >= 3%",
            "- {upto: 5000万元, test: listed}\n      - {test: rd >= 3%",
            "bands_malformed",
            0,
        ),
        ("upto: 5000万元", "upto: 5000人", "dimension_mixed", 0),
        ("effort: 2", "effort: 6", "type_wrong", 0),
        ("amount: 20% * rd, ", "", "key_missing", 0),
        ("amount: 20% * rd", "amount: staff", "dimension_mixed", 0),
        ("cap: 30万元", "banded: {}", "type_wrong", 0),
        ("given: {staff: 20}", "given: {staf: 20}", "field_unknown", 0),
        ("given: {staff: 20}", "given: [20]", "type_wrong", 0),
        ("given: {staff: 20}", "given: {staff: 二十}", "character_refused", 0),
        ("given: {staff: 20}", "given: {staff: 0.05}", "float_refused", 0),
        ("expect: eligible\n", "expect: yes!\n", "type_wrong", 0),
        ("size: 小型, tags", "size: 超小型, tags", "word_unknown", 0),
        ("revenue: 5000万元, rd: 250", "revenue: 0.001元, rd: 250", "fact_malformed", 0),
        ("revenue: 5000万元, rd: 250", "revenue: 1/3 * 1元, rd: 250", "fact_malformed", 0),
        (
            "{vary: staff, at: 20, expect: [ineligible, unknown",
            "{vary: size, at: 小型, expect: [unknown, unknown",
            "type_wrong",
            0,
        ),
        ("expect: [ineligible, eligible, eligible]", "expect: [eligible]", "type_wrong", 0),
        ("vary: established", "vary: founded", "field_unknown", 0),
    ],
)
def test_what_a_file_does_wrong_is_refused_with_its_line(old, new, code, later):
    line = GOOD[: GOOD.index(old)].count("\n") + 1 + later
    error = refused(GOOD.replace(old, new, 1))
    assert (error.code, error.data["line"]) == (code, line), str(error)


def test_a_misspelt_key_is_answered_with_the_nearest():
    assert refused(GOOD.replace("department:", "departement:")).data["near"] == ("department",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_malformed"),
        ("x" * 1_000_001, "file_too_large"),
        ("a: b\n---\nc: d", "file_malformed"),
        ('a: "b', "file_malformed"),
        ("- a", "type_wrong"),
        ("&a [*a]", "alias_refused"),
    ],
)
def test_a_file_that_is_no_policy_is_refused(text, code):
    assert refused(text).code == code


def test_a_policy_has_a_version_and_bands_have_one_band():
    nothing = "id: a\ntitle: b\nlevel: c\nversions: []\ntests: []"
    assert (refused(nothing).code, refused(nothing).data["line"]) == ("key_missing", 4)
    start = GOOD.index("      bands:")
    without = GOOD[:start] + "      bands: []\n" + GOOD[GOOD.index("  - id: kind") :]
    assert refused(without).code == "bands_malformed"
    assert read_nodes("a: [b]").line == 1


def test_a_benefit_may_go_by_bands_and_by_words_alone():
    banded = "banded: {by: staff, bands: [{upto: 10人, amount: 1万元}, {amount: 0}]}"
    benefit = read_policy(GOOD.replace("amount: 20% * rd, cap: 30万元", banded), FIELDS).versions[1].benefit
    assert benefit is not None
    assert benefit.amount == Stepped(
        Linear((("staff", 1),), 0),
        ((10, Ratio(Linear((), 1), Fraction(10_000))), (None, Ratio(Linear((), 0)))),
    )
    text = GOOD.replace("amount: 20% * rd, cap: 30万元, exclusive_group: rd, effort: 2", "")
    plain = read_policy(text.replace("{text: 奖补, }", "{text: 奖补}"), FIELDS).versions[1].benefit
    assert plain is not None
    assert (plain.amount, plain.effort) == (None, 0)


def test_logic_over_ids_may_deny_and_choose():
    text = GOOD.replace("age and share and kind and not not review", "age and (share or not kind) or review")
    logic = read_policy(text, FIELDS).versions[1].logic
    assert isinstance(logic, Any)
    banded_denied = GOOD.replace("age and share and kind", "age and not share and kind")
    policy = read_policy(banded_denied, FIELDS)
    assert any(isinstance(part, Not) for part in policy.versions[1].logic.parts)  # type: ignore[union-attr]
    assert check_policy(policy, FIELDS, Answering(FIELDS))


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("expect: eligible\n", "expect: unknown\n", {"test_failed"}),
        ("missing: [staff]", "missing: [rd]", {"test_failed"}),
        ("manual: [review]", "manual: []", {"test_failed"}),
        ("as_of: 2025-06-01", "as_of: 2023-06-01", {"test_without_version", "verdict_untested"}),
        ("  - {name: 缺研发, given: {rd: null}, expect: unknown, missing: [rd]}\n", "", {"verdict_untested"}),
        (
            "  - {vary: established, at: 2025-06-01, expect: [unknown, unknown, ineligible]}\n",
            "",
            {"threshold_untested"},
        ),
        (
            "  - {vary: revenue, at: 5000万元, expect: [unknown, unknown, unknown]}\n",
            "",
            {"threshold_untested"},
        ),
    ],
)
def test_a_failing_or_wanting_test_is_named(old, new, codes):
    assert old in GOOD
    found = check_policy(read_policy(GOOD.replace(old, new, 1), FIELDS), FIELDS, Answering(FIELDS))
    assert {failure.code for failure in found} == codes


VOCABULARY = """\
- {name: revenue, kind: money, label: 营业收入}
- {name: debt, kind: number, label: 资产负债率, places: 2, unit: "%"}
- {name: size, kind: choice, label: 规模, choices: [大型, 小型]}
- {name: punished, kind: flag, label: 处罚, missing_as: false}
"""


def test_a_vocabulary_is_read_with_what_absence_means():
    fields = read_vocabulary(VOCABULARY)
    assert [field.kind for field in fields] == [Kind.MONEY, Kind.NUMBER, Kind.CHOICE, Kind.FLAG]
    assert (fields["debt"].places, fields["debt"].unit, fields["size"].choices) == (2, "%", ("大型", "小型"))
    assert (fields["punished"].missing_as, fields["debt"].missing_as) == (False, None)
    assert Answering(fields).logic(IsTrue("punished"), {}) is False


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("kind: money", "kind: cash", "kind_unknown"), ("places: 2", "places: 9", "type_wrong")],
)
def test_a_vocabulary_that_is_wrong_is_refused(old, new, code):
    with pytest.raises(EngineError) as caught:
        read_vocabulary(VOCABULARY.replace(old, new))
    assert caught.value.code == code


def test_an_expectation_that_says_nothing_of_missing_facts_takes_any():
    assert Expected(Verdict.UNKNOWN).missing is None


RULES = """\
params: {least_staff: 20}
conditions:
- {id: people, text: 二十人以上, article: 第二条, test: staff >= least_staff}
- {id: review, text: 专家评审, manual: true}
logic: people and review
benefit: {text: 奖补, amount: 5万元}
tests:
- as_of: 2026-06-01
  given: {staff: 20}
  expect: unknown
"""


def rules(text):
    said = {"number": 3, "effective": Span(date(2026, 1, 1)), "recorded": date(2026, 1, 5)}
    return read_rules(text, FIELDS, source=Source("办法"), **said)


def test_the_rules_of_a_version_kept_elsewhere_are_read_like_those_of_a_file():
    version, tests = rules(RULES)
    assert (version.number, version.effective.first) == (3, date(2026, 1, 1))
    assert [(one.id, one.article) for one in version.conditions] == [("people", "第二条"), ("review", "")]
    assert version.params == {"least_staff": "20"}
    assert benefit_of(version.bound(date(2026, 6, 1)).amount, {}).least == Decimal("50000.00")
    assert [test.expect.verdict for test in tests] == [Verdict.UNKNOWN]


def test_rules_say_neither_days_nor_a_source_and_tests_may_wait():
    with pytest.raises(EngineError) as refused:
        rules("version: 1\n" + RULES)
    assert (refused.value.code, refused.value.data["line"]) == ("key_unknown", 1)
    version, tests = rules("conditions:\n- {id: all, text: 全部, test: resident}\n")
    assert tests == ()
    assert version.benefit is None
