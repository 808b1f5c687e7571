"""送政策台账 through the importer: who was told comes in, a receipt that came later replaces, the same changes nothing."""

from datetime import date

import pytest

from tests.factories import make_enterprise, make_user
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.policies.models import PolicyTelling
from zhuchao.apps.zones.models import Role

ROW = {"日期": "2023-06-12", "政策": "P-1", "企业": "示例甲科技有限公司", "方式": "上门"}


@pytest.fixture(autouse=True)
def known(zone, make_policy):
    make_policy()
    return [make_enterprise(zone, name=f"示例{word}科技有限公司") for word in ("甲", "乙")]


@pytest.fixture
def bring(take_in):
    def run(*rows, **options):
        return take_in(*rows, kind="policy_tellings", **options)

    return run


def counts(trial):
    return {name: number for name, number in trial.counts.items() if number and name != "rows"}


def test_a_row_becomes_an_entry_of_whom_it_names_with_its_origin(bring, zone, known):
    officer = make_user(Role.LIAISON, zone=zone, display_name="送政策")
    batch = bring(ROW | {"告知人": "送政策", "场次": "六月走访"}, ROW | {"企业": known[1].name})
    assert counts(batch) == {"new": 2}
    entry = PolicyTelling.objects.get(enterprise=known[0])
    assert (entry.officer, entry.happened_on, entry.occasion) == (officer, date(2023, 6, 12), "六月走访")
    assert entry.batch_row is not None
    assert PolicyTelling.objects.filter(enterprise=known[1]).count() == 1


def test_the_same_file_changes_nothing_and_a_receipt_that_came_later_replaces(bring, clerk):
    bring(ROW)
    assert counts(bring(ROW)) == {"same": 1}
    assert counts(bring(ROW | {"回执": "王示例签收"})) == {"changed": 1}
    assert counts(bring(ROW)) == {"same": 1}
    live = PolicyTelling.objects.live().get()
    assert (live.receipt, live.replaces is not None) == ("王示例签收", True)


@pytest.mark.parametrize(
    "change",
    [
        {"政策": "没有这项"},
        {"企业": "没有登记公司"},
        {"告知人": "查无此人"},
        {"日期": "2023-06-20"},
        {"政策": "P-2"},
        {"方式": "托梦"},
    ],
)
def test_a_row_that_means_nothing_known_or_nothing_in_force_is_refused_before_anything_is_written(
    bring, make_policy, change
):
    make_policy("P-2", effective_to=date(2023, 5, 1))
    assert counts(bring(ROW | change)) == {"refused": 1}
    assert not PolicyTelling.objects.exists()


def test_a_row_that_stands_twice_is_one_entry_and_the_later_one_says_more(bring):
    bring(ROW, ROW, ROW | {"接待人": "王示例"})
    assert PolicyTelling.objects.live().get().person == "王示例"


def test_who_may_not_import_is_refused(bring, zone):
    with pytest.raises(NotAllowed):
        bring(ROW, actor=make_user(Role.ANALYST, zone=zone))
