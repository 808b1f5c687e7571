"""Several people at one firm at once: one wins, the others hear why, and nothing is lost, on either database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import DomainError, Stale
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.enterprises import services
from zhuchao.apps.enterprises.errors import CreditCodeTaken
from zhuchao.apps.enterprises.models import Enterprise, EnterpriseName, Filing
from zhuchao.apps.zones.models import Role

from .conftest import code, wan

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run all at the same moment, each on a connection of its own; return results and refusals in order."""
    barrier = Barrier(len(works))

    def run(work):
        try:
            barrier.wait()
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.LIAISON, zone=zone)


def test_of_six_people_who_add_one_code_one_wins_and_the_others_hear_who_has_it(zone, officer):
    def adding(n):
        return lambda: services.add_enterprise(
            actor=officer, zone=zone, name=f"苏州第{n}人抢注有限公司", credit_code=code(1)
        )

    outcomes = at_once(*(adding(n) for n in range(6)))
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, Enterprise)]
    lost = [outcome for outcome in outcomes if outcome is not won]
    assert {type(outcome) for outcome in lost} == {CreditCodeTaken}
    assert all(won.name in str(outcome) for outcome in lost)
    assert Enterprise.objects.count() == EnterpriseName.objects.count() == 1
    assert all(isinstance(link, int) for link in verify_changes(zone.pk))


def test_of_two_people_who_edit_one_version_the_second_sees_both(zone, officer):
    firm = services.add_enterprise(actor=officer, zone=zone, name="苏州苏鲲科技有限公司")

    def editing(text):
        return lambda: services.edit_enterprise(actor=officer, enterprise=firm, seen_version=1, address=text)

    outcomes = at_once(editing("甲写的"), editing("乙写的"))
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, Enterprise)]
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, Stale)]
    assert lost.data["theirs"]["address"] == won.address
    assert {won.address, lost.data["yours"]["address"]} == {"甲写的", "乙写的"}


def test_values_filed_at_once_leave_one_standing_and_every_entry_kept(zone, officer):
    firm = services.add_enterprise(actor=officer, zone=zone, name="苏州苏鲲科技有限公司")

    def filing(n):
        return lambda: services.file_values(
            actor=officer,
            enterprise=firm,
            period="month",
            on=date(2025, 5, 31),
            status="flash",
            values={"revenue": wan(str(n + 1))},
        )

    outcomes = at_once(*(filing(n) for n in range(4)))
    assert all(isinstance(outcome, list) for outcome in outcomes)
    assert Filing.objects.count() == 4
    assert Filing.objects.live().count() == 1
