"""Two clerks at the last money of a budget at once: one pays, the other is told how much is left."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.premises.test_races import at_once
from tests.factories import make_enterprise, make_user, make_zone
from zhuchao.apps.core.models import CalendarYear
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.policies import services
from zhuchao.apps.policies.errors import BudgetExceeded, NotPayable
from zhuchao.apps.policies.models import Payment, PaymentBatch
from zhuchao.apps.policies.selectors import payments
from zhuchao.apps.policies.services import application_steps as steps
from zhuchao.apps.policies.services.applications import draft_application
from zhuchao.apps.policies.services.budgets import allocate_budget
from zhuchao.apps.policies.services.payments import Line, make_batch, send_batch, set_schedule
from zhuchao.apps.policies.services.terms import add_review
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zone():
    zone = make_zone()
    for year in (zones.today(zone).year, zones.today(zone).year + 1):
        CalendarYear.objects.get_or_create(year=year, defaults={"source": "示例"})
    return zone


@pytest.fixture
def people(zone):
    return make_user(Role.LIAISON, zone=zone), [make_user(Role.LEADER, zone=zone) for _ in range(2)]


@pytest.fixture
def policy(zone, people):
    clerk, leaders = people
    policy = services.add_policy(
        actor=clerk, zone=zone, key="P-1", title="示例办法", level="district", department="经发局"
    )
    draft = services.draft_version(
        actor=clerk,
        policy=policy,
        clauses=[("第一条", "给予奖励。")],
        effective_from=date(2020, 1, 1),
        document_no="示例",
    )
    version = services.publish_version(actor=leaders[0], draft=draft)
    add_review(actor=clerk, version=version, conclusion="passed", body="区局（示例）")
    year = zones.today(zone).year
    allocate_budget(actor=clerk, policy=policy, year=year, amount_cny=Decimal(150))
    return policy


def granted(policy, people, zone):
    clerk, leaders = people
    version = policy.versions.get()
    made = draft_application(actor=clerk, version=version, enterprise=make_enterprise(zone))
    steps.submit_application(actor=clerk, application=made)
    steps.accept_application(actor=clerk, application=made)
    steps.approve_application(actor=leaders[0], application=made, amount_cny=Decimal(100), reason="符合")
    lines = [Line(Decimal(100), "approval", zones.today(zone))]
    return set_schedule(actor=clerk, application=made, lines=lines)[0]


def test_the_last_money_of_a_budget_is_paid_once(policy, people, zone):
    clerk, leaders = people
    batches = [
        make_batch(actor=clerk, zone=zone, instalments=[granted(policy, people, zone)]) for _ in leaders
    ]
    results = at_once(
        *(
            lambda leader=leader, batch=batch: send_batch(actor=leader, batch=batch)
            for leader, batch in zip(leaders, batches, strict=True)
        )
    )
    refused = [one for one in results if isinstance(one, BudgetExceeded)]
    assert [str(one.data["left"]) for one in refused] == ["50.00"]
    assert Payment.objects.count() == 1
    assert payments.budget_of(policy, zones.today(zone).year).left_cny == 50
    assert sorted(PaymentBatch.objects.values_list("state", flat=True)) == ["draft", "sent"]
    assert all(isinstance(link, int) for link in verify_changes(zone.pk))


def test_an_instalment_that_two_clerks_take_at_once_is_in_one_batch(policy, people, zone):
    clerk, _leaders = people
    only = granted(policy, people, zone)
    other = make_user(Role.LIAISON, zone=zone)
    results = at_once(
        *(
            lambda actor=actor: make_batch(actor=actor, zone=zone, instalments=[only])
            for actor in (clerk, other)
        )
    )
    assert sum(isinstance(one, NotPayable) for one in results) == 1
    assert PaymentBatch.objects.count() == 1
