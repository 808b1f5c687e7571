"""The demo's applications, batches and budget, out of the description of a zone."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.factories import make_enterprise, make_user
from zhuchao.apps.enterprises.services import add_document
from zhuchao.apps.policies.models import Application, Payment, PaymentBatch
from zhuchao.apps.policies.services.grants_demo import grant_demo
from zhuchao.apps.zones.models import Role

DEMO = Path(__file__).parents[3] / "demo"


@pytest.mark.parametrize(
    ("code", "states", "batches"),
    [
        (
            "pingjiang",
            {"approved", "accepted", "returned", "objected", "submitted", "withdrawn"},
            {"sent", "draft"},
        ),
        ("xiangcheng", {"approved", "accepted", "submitted"}, {"sent"}),
    ],
)
def test_the_demo_shows_applications_in_several_states_and_a_batch_paid(
    zone, make_policy, code, states, batches
):
    described = tomllib.loads((DEMO / code / "zone.toml").read_text(encoding="utf-8"))
    said = described["grants"]
    zone.demo_day = described["zone"]["demo_day"]
    zone.save()
    make_user(Role.LIAISON, zone=zone, username=said["clerk"])
    make_user(Role.LEADER, zone=zone, username=said["decider"])
    keys = {one["policy"] for one in (*said["reviews"], *said["applications"])}
    for key in keys:
        make_policy(key, effective_from=date(2022, 1, 1))
    for name in {one["firm"] for one in said["applications"]}:
        firm = make_enterprise(zone, name=name)
        add_document(
            actor=None, enterprise=firm, kind="licence", number=f"照{firm.pk}", received_on=date(2022, 5, 1)
        )
    grant_demo(zone, said)
    grant_demo(zone, said)
    assert set(Application.objects.values_list("state", flat=True)) == states
    assert set(PaymentBatch.objects.values_list("state", flat=True)) == batches
    assert Application.objects.count() == len(said["applications"])
    assert all("示例" in one["note"] for one in said["applications"])
    assert Payment.objects.count() == 2
    assert all(one.amount_cny > Decimal(0) for one in Payment.objects.all())
