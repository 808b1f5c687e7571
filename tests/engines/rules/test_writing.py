"""Policy files taken apart and put together: what is read again is what was written."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from zhuchao.engines import EngineError
from zhuchao.engines.rules.files import read_policy, read_vocabulary
from zhuchao.engines.rules.policies import Policy, Source, Span, Status
from zhuchao.engines.rules.writing import WrittenVersion, rules_of_versions, rules_within, write_policy

TOP = Path(__file__).parents[3]
VOCABULARY = read_vocabulary((TOP / "policies" / "fields.yaml").read_text("utf-8"))
NATIONAL = sorted((TOP / "policies" / "cn").glob("*.yaml"))
LOCAL = sorted((TOP / "demo").glob("*/policies/*.yaml"))
RULES = """
conditions:
- {id: people, article: 第一条, text: 人数, test: staff >= 20}
tests:
- {as_of: 2024-05-01, given: {staff: 20}, expect: eligible}
- {as_of: 2025-05-01, given: {staff: 20}, expect: eligible}
"""


def clause(place: int) -> str:
    return f"条件{place}"


def written(policy: Policy, text: str) -> str:
    """Return a policy file made of what a file says, version by version."""
    rules = rules_of_versions(text, clause)
    head = {name: getattr(policy, name) for name in ("id", "title", "level", "department", "object", "note")}
    versions = [
        WrittenVersion(one.number, one.effective, one.recorded, one.source, rules[one.number], one.window)
        for one in policy.versions
    ]
    return write_policy(head, versions)


def without_lines(policy: Policy) -> Policy:
    return replace(policy, tests=tuple(replace(test, line=0) for test in policy.tests))


@pytest.mark.parametrize("path", LOCAL, ids=lambda path: path.stem)
def test_a_file_whose_conditions_name_their_clauses_is_written_as_it_was(path):
    text = path.read_text("utf-8")
    policy = read_policy(text, VOCABULARY)
    assert without_lines(read_policy(written(policy, text), VOCABULARY)) == without_lines(policy)


@pytest.mark.parametrize("path", NATIONAL, ids=lambda path: path.stem)
def test_a_condition_without_an_article_is_named_by_its_place_and_nothing_else_changes(path):
    text = path.read_text("utf-8")
    policy = read_policy(text, VOCABULARY)
    named = tuple(
        replace(
            version,
            conditions=tuple(
                replace(one, article=one.article or clause(place))
                for place, one in enumerate(version.conditions, start=1)
            ),
        )
        for version in policy.versions
    )
    again = read_policy(written(policy, text), VOCABULARY)
    assert replace(again, tests=()) == replace(policy, versions=named, tests=())
    assert sorted(test.name for test in again.tests) == sorted(test.name for test in policy.tests)


def test_each_version_takes_the_tests_of_its_own_days():
    path = TOP / "policies" / "cn" / "hiring-subsidy.yaml"
    rules = rules_of_versions(path.read_text("utf-8"), clause)
    assert "as_of: 2025-06-01" in rules[1]
    assert "as_of: 2026-06-30" not in rules[1]
    assert "as_of: 2026-06-30" in rules[2]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2024, 1, 1), None, ["2024-05-01", "2025-05-01"]),
        (date(2024, 1, 1), date(2024, 12, 31), ["2024-05-01"]),
        (date(2024, 5, 2), None, ["2025-05-01"]),
        (date(2026, 1, 1), None, []),
    ],
)
def test_rules_for_other_days_leave_out_the_tests_of_days_that_are_not_theirs(first, last, days):
    found = rules_within(RULES, Span(first, last))
    assert [day for day in ("2024-05-01", "2025-05-01") if day in found] == days
    assert ("tests:" in found) is bool(days)
    assert rules_within(found, Span(first, last)) == found


def test_words_that_look_like_something_else_are_written_as_words():
    source = Source("2024", number="true", verified_on=date(2026, 1, 2), status=Status.CONFIRMED)
    version = WrittenVersion(1, Span(date(2024, 1, 1)), date(2024, 1, 1), source, RULES)
    head = {"id": "a", "title": "2024-01-01", "level": "city", "note": ""}
    policy = read_policy(write_policy(head, [version]), VOCABULARY)
    assert (policy.title, policy.note) == ("2024-01-01", "")
    assert policy.versions[0].source == source
    assert policy.versions[0].window is None


@pytest.mark.parametrize(("rules", "code"), [("logic: people", "key_missing"), ("- people", "type_wrong")])
def test_a_version_without_conditions_is_not_written(rules, code):
    version = WrittenVersion(1, Span(date(2024, 1, 1)), date(2024, 1, 1), Source("文件"), rules)
    with pytest.raises(EngineError) as caught:
        write_policy({"id": "a", "title": "政策", "level": "city"}, [version])
    assert caught.value.code == code


def test_a_version_without_tests_is_written_without_any():
    rules = RULES.partition("tests:")[0]
    version = WrittenVersion(1, Span(date(2024, 1, 1)), date(2024, 1, 1), Source("文件"), rules)
    assert (
        read_policy(write_policy({"id": "a", "title": "政策", "level": "city"}, [version]), VOCABULARY).tests
        == ()
    )
