"""The API plans and rehearses a procedure under the same assumptions as the page, with the same answer."""

import pytest

from tests.apps.approvals.procedures import clerk_of, demo_zone, make_procedure
from tests.factories import make_user, signed_in
from zhuchao.apps.approvals.selectors.networks import shipped_procedures
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db
DAY = {"start": "2022-11-10T09:00", "pre_review": 30}


@pytest.fixture
def zone():
    load_calendar()
    return demo_zone()


@pytest.fixture
def land(zone):
    return make_procedure(zone, shipped_procedures()["land-to-start"].text, key="land")[0]


@pytest.fixture
def asked(client, zone, land):
    """Return what asks for the plan or the rehearsal of the procedure."""
    clerk = signed_in(client, clerk_of(zone))

    def ask(what, **said):
        return clerk.get(f"/api/v1/approvals/procedures/{land.pk}/{what}", DAY | said)

    return ask


def test_the_plan_of_the_day_tells_every_task_and_what_decides_the_end(asked):
    told = asked("plan").json()
    assert (told["finish_at"][:16], told["minutes"], told["proved"]) == ("2022-11-10T14:30", 240, True)
    assert len(told["tasks"]) == 19
    assert max(task["finish_at"] for task in told["tasks"]) == told["finish_at"]
    assert sum(step["minutes"] for step in told["chain"]) >= 240
    without = asked("plan", pre_review=0, modes="normal").json()
    assert without["minutes"] > told["minutes"]
    assert {task["mode"] for task in without["tasks"]} == {"normal"}


def test_the_rehearsal_of_the_day_tells_chances_and_the_bottleneck(asked):
    told = asked("rehearsal", reviewers=["税务局:2"]).json()
    assert told["bottleneck"]["name"] == "不动产首次登记（交地即发证）"
    assert told["p50_minutes"] <= told["p80_minutes"]
    assert told["chance_of_the_day"] > 0.9
    assert 0 < max(told["criticality"].values()) <= 1


def test_what_cannot_be_is_refused_with_the_reason(asked):
    late = asked("plan", deadline="2022-11-10T11:00")
    assert "最早 2022-11-10 14:30 才能办结" in late.json()["message"]
    for wrong in (
        {"modes": "fast"},
        {"reviewers": ["税务局"]},
        {"reviewers": ["没有:2"]},
        {"pre_review": -1},
    ):
        assert asked("rehearsal", **wrong).json()["code"] == "wrong_input"
    assert asked("plan", start="tomorrow").status_code == 422


def test_a_procedure_of_another_zone_is_not_there(client, land):
    stranger = signed_in(client, make_user(Role.ADMINISTRATOR))
    assert stranger.get(f"/api/v1/approvals/procedures/{land.pk}/plan").status_code == 404
