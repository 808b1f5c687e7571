"""The API of cases follows the same rules as the pages: no stage is jumped."""

import pytest

from tests.apps.approvals.played import make_case, make_room, task_of
from tests.factories import make_user, signed_in
from zhuchao.apps.approvals.models import TaskEvent
from zhuchao.apps.zones.models import Role

JSON = "application/json"


@pytest.fixture
def case():
    return make_case(make_room(), "2022-10-10 09:00")


def test_a_stage_jumped_by_the_api_is_refused_and_nothing_is_kept(client, case):
    admin = signed_in(client, make_user(Role.ADMINISTRATOR, zone=case.zone))
    base = f"/api/v1/approvals/cases/tasks/{task_of(case, 'T1').pk}/events"
    jumped = admin.post(base, {"kind": "finish"}, content_type=JSON)
    assert (jumped.status_code, jumped.json()["code"]) == (409, "task_step_not_now")
    assert not TaskEvent.objects.exists()
    assert admin.post(base, {"kind": "start"}, content_type=JSON).status_code == 201
    tasks = admin.get(f"/api/v1/approvals/cases/{case.pk}/tasks").json()
    assert [one["state"] for one in tasks] == ["reviewing", "ready", "waiting"]
    events = admin.get(f"/api/v1/approvals/cases/{case.pk}/events").json()
    assert [one["kind"] for one in events] == ["start"]
    listed = admin.get("/api/v1/approvals/cases", {"zone": case.zone.code}).json()
    assert [one["number"] for one in listed["items"]] == [case.number]
    assert admin.get(f"/api/v1/approvals/cases/{case.pk}").json()["state"] == "open"


def test_a_case_of_another_zone_is_not_there(client, case):
    stranger = signed_in(client, make_user(Role.ADMINISTRATOR))
    assert stranger.get(f"/api/v1/approvals/cases/{case.pk}").status_code == 404
