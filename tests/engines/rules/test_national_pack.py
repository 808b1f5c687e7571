"""The national policies: each file is read, its own tests hold, and none is wanting."""

from datetime import date
from pathlib import Path

import pytest

from tests.engines.rules.answering import Answering
from zhuchao.engines.rules.checking import evaluator
from zhuchao.engines.rules.files import read_policy, read_vocabulary
from zhuchao.engines.rules.policies import Status, Verdict, check_policy

FOLDER = Path(__file__).parents[3] / "policies"
FILES = sorted((FOLDER / "cn").glob("*.yaml"))
VOCABULARY = read_vocabulary((FOLDER / "fields.yaml").read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_national_policy_holds_its_own_tests(path):
    policy = read_policy(path.read_text("utf-8"), VOCABULARY)
    assert policy.id == f"cn-{path.stem}"
    assert check_policy(policy, VOCABULARY, evaluator(VOCABULARY)) == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_engine_answers_as_the_plainest_evaluation_does(path):
    """On every firm of the tests, and with each of its facts taken away."""
    policy = read_policy(path.read_text("utf-8"), VOCABULARY)
    engine, plain = evaluator(VOCABULARY), Answering(VOCABULARY)
    for test in policy.tests:
        version = policy.on(test.as_of)
        assert version is not None
        bound = version.bound(test.as_of)
        known = engine(bound, test.given)
        assert known.verdict is plain(bound, test.given).verdict
        for name in test.given:
            less = {**test.given, name: None}
            found, expected = engine(bound, less), plain(bound, less)
            assert found.verdict is expected.verdict
            assert set(found.missing or ()) <= set(expected.missing or ())
            # what is not known never turns an answer into its opposite
            assert {found.verdict, known.verdict} != {Verdict.ELIGIBLE, Verdict.INELIGIBLE}


def test_there_are_at_least_twenty_and_what_is_from_memory_says_so():
    policies = {path.stem: read_policy(path.read_text("utf-8"), VOCABULARY) for path in FILES}
    assert len(policies) >= 20
    assert policies["rd-deduction-chips"].versions[0].source.status is Status.UNCONFIRMED
    assert policies["hnte"].versions[0].source.status is Status.CONFIRMED


def test_the_day_of_an_application_chooses_between_the_rules_of_2022_and_2026():
    giant = read_policy((FOLDER / "cn" / "little-giant.yaml").read_text("utf-8"), VOCABULARY)
    before, after = giant.on(date(2026, 3, 31)), giant.on(date(2026, 4, 1))
    assert before is not None
    assert after is not None
    assert (before.source.number, after.source.number) == ("工信部企业〔2022〕63号", "工信部企业〔2026〕2号")
    again = read_policy((FOLDER / "cn" / "little-giant-recheck.yaml").read_text("utf-8"), VOCABULARY)
    recheck = again.on(date(2026, 5, 1))
    assert recheck is not None
    assert {part.id: part.text for part in recheck.conditions}["main"] == "主营业务收入占比 70% 以上"
