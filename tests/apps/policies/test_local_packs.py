"""The local packs of the demo zones: each file holds its own tests, cites a clause and says that it is made up."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from zhuchao.apps.policies.services import packs
from zhuchao.engines.rules.policies import Status

DEMO = Path(settings.CHECKOUT) / "demo"
ZONES = ("beihai", "choujiang", "pingjiang", "susu", "xiangcheng")


@pytest.mark.parametrize("zone", ZONES)
def test_a_local_pack_holds_its_own_tests_and_is_nowhere_confirmed(zone):
    folder = DEMO / zone / "policies"
    checked = packs.check_pack(folder, on=date(2026, 11, 22), stale_days=180)
    assert checked.problems == []
    assert 5 <= checked.policies <= 8
    assert len(checked.unconfirmed) == checked.versions == checked.policies


@pytest.mark.parametrize("zone", ZONES)
def test_each_local_policy_says_that_it_is_made_up_and_cites_a_clause_for_each_condition(zone):
    _, policies = packs.read_pack(DEMO / zone / "policies")
    groups: list[str] = []
    for policy in policies.values():
        assert "合成示例" in policy.title
        assert policy.note.startswith("合成示例，不是真实政策")
        (version,) = policy.versions
        assert version.source.status is Status.UNCONFIRMED
        assert version.source.note == "合成示例，没有真实出处"
        assert all(condition.article for condition in version.conditions)
        assert version.benefit is not None
        assert version.benefit.amount is not None
        groups.append(version.benefit.exclusive_group)
    assert any(groups.count(group) == 2 for group in set(groups) - {""})
