"""The national policies: each file is read, its own tests hold, and none is wanting."""

from datetime import date
from pathlib import Path

import pytest

from tests.engines.rules.answering import Answering
from zhuchao.engines.rules.files import read_policy, read_vocabulary
from zhuchao.engines.rules.policies import Status, check_policy

FOLDER = Path(__file__).parents[3] / "policies"
FILES = sorted((FOLDER / "cn").glob("*.yaml"))
VOCABULARY = read_vocabulary((FOLDER / "fields.yaml").read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_national_policy_holds_its_own_tests(path):
    policy = read_policy(path.read_text("utf-8"), VOCABULARY)
    assert policy.id == f"cn-{path.stem}"
    assert check_policy(policy, VOCABULARY, Answering(VOCABULARY)) == ()


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
