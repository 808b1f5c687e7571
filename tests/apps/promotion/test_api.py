"""The API of promotion: the same rules as the pages, the same codes of refusal."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_ready, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.promotion import services
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones.models import Alliance, Role

API = "/api/v1"


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def api(client, officer):
    signed_in(client, officer)

    def call(method, path, body=None):
        answer = getattr(client, method)(f"{API}{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    return call


def test_a_lead_is_entered_edited_assigned_and_moved(api, zone, officer):
    make_sector(zone, "数字创意")
    body = {
        "name": "甲项目",
        "found_on": "2026-05-01",
        "sector": "数字创意",
        "planned_investment_cny": "50000000",
    }
    status, lead = api("post", f"/leads?zone={zone.code}", body)
    assert (status, lead["stage"], lead["sector"]) == (201, "found", "数字创意")
    path = f"/leads/{lead['id']}"
    status, refusal = api("post", f"/leads?zone={zone.code}", body)
    assert (status, refusal["code"], refusal["data"]["candidates"][0]["id"]) == (
        409,
        "lead_duplicate_found",
        lead["id"],
    )
    assert api("post", f"/leads?zone={zone.code}", body | {"sector": "养猪"})[0] == 422
    assert api("patch", path, {"version": 1, "next_action": "约谈"})[1]["next_action"] == "约谈"
    assert api("patch", path, {"version": 1, "next_action": "踏勘"})[1]["code"] == "stale"
    assert api("post", f"{path}/assign", {"owner_id": officer.pk})[1]["owner"] == str(officer)
    status, entry = api("post", f"{path}/stages", {"stage": "talking", "on": "2026-06-01"})
    assert (status, entry["sector"]) == (201, "数字创意")
    assert (
        api("post", f"{path}/stages", {"stage": "found", "on": "2026-06-02"})[1]["code"]
        == "stage_move_refused"
    )
    found = api("get", f"/leads/pipeline?zone={zone.code}&on=2026-06-01")[1]
    assert (found["in_talks"], Decimal(found["by_sector"][0]["planned_investment_cny"])) == (1, 50_000_000)
    assert api("get", f"/leads/pipeline?zone={zone.code}&on=2026-05-31")[1]["in_talks"] == 0
    assert api("get", f"/leads/pipeline?zone={zone.code}&as_of=2026-06-01T00:00:00")[0] == 422
    make_ready(Lead.objects.get())
    fixed = api("post", f"/leads/stages/{entry['id']}/correct", {"reason": "误", "stage": "agreeing"})[1]
    assert api("post", f"/leads/stages/{fixed['id']}/void", {"reason": "误"})[0] == 200
    assert len(api("get", f"{path}/stages")[1]) == 4
    assert api("get", path)[1]["stage"] == "found"


def test_an_activity_is_entered_corrected_and_voided(api, zone):
    body = {
        "title": "赴南京考察",
        "direction": "out",
        "kind": "trip",
        "on": "2026-05-31",
        "ended_on": "2026-06-01",
        "firms": ["甲公司", "乙公司"],
        "agencies": ["协会"],
        "new_leads": [{"name": "甲项目"}],
    }
    status, made = api("post", f"/activities?zone={zone.code}", body)
    assert (status, len(made["parties"])) == (201, 4)
    assert api("post", f"/activities?zone={zone.code}", body)[1]["code"] == "activity_exists"
    met = f"/activities/met?zone={zone.code}&start=2026-05-01&end=2026-06-30"
    assert [one["name"] for one in api("get", met)[1]] == ["乙公司", "甲公司"] or len(api("get", met)[1]) == 2
    assert len(api("get", f"{met}&kind=agency")[1]) == 1
    fixed = api("post", f"/activities/{made['id']}/correct", {"reason": "漏", "firms": ["甲公司"]})[1]
    assert (fixed["title"], len(fixed["parties"])) == ("赴南京考察", 3)
    page = api("get", f"/activities?zone={zone.code}&start=2026-05-01&end=2026-05-31&q=南京")[1]
    assert [item["id"] for item in page["items"]] == [fixed["id"]]
    assert api("post", f"/activities/{fixed['id']}/void", {"reason": "取消"})[1]["is_void"] is True
    assert api("get", f"/activities?zone={zone.code}")[1]["items"] == []
    assert api("get", f"/activities/{made['id']}")[0] == 200


def test_lists_go_on_after_an_id_and_narrow(api, zone, officer):
    for n in range(4):
        services.add_lead(
            actor=officer,
            zone=zone,
            name=f"项目{n}",
            found_on=date(2026, 5, 1),
            stage="talking" if n else "found",
        )
    first = api("get", f"/leads?zone={zone.code}&limit=3")[1]
    rest = api("get", f"/leads?zone={zone.code}&limit=3&after={first['after']}")[1]
    assert (len(first["items"]), len(rest["items"]), rest["after"]) == (3, 1, None)
    assert len(api("get", f"/leads?zone={zone.code}&stage=talking&q=项目")[1]["items"]) == 3


def test_another_zone_finds_nothing_but_what_an_alliance_shares(client, zone, officer):
    partner = make_zone()
    alliance = Alliance.objects.create(code="one-five", name="1+5", lead_zone=zone)
    alliance.members.set([zone, partner])
    given = {"actor": officer, "zone": zone, "found_on": date(2026, 5, 1)}
    shared = services.add_lead(name="共享项目", alliance=alliance, **given)
    private = services.add_lead(name="内部项目", **given)
    activity = services.add_activity(
        actor=officer, zone=zone, title="活动", direction="in", kind="reception", on=date(2026, 5, 1)
    )
    signed_in(client, make_user(Role.ADMINISTRATOR, zone=partner))
    pool = client.get(f"{API}/leads?zone={partner.code}&pool=1&q=共享").json()["items"]
    assert [lead["id"] for lead in pool] == [shared.pk]
    assert client.get(f"{API}/leads/{shared.pk}").status_code == 200
    refused = client.patch(
        f"{API}/leads/{shared.pk}", {"version": 1, "needs": "x"}, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "pool_lead_read_only")
    for path in (f"/leads/{private.pk}", f"/leads/{private.pk}/stages", f"/activities/{activity.pk}"):
        assert client.get(f"{API}{path}").status_code == 404, path
    assert client.get(f"{API}/leads?zone={zone.code}").status_code == 404
    assert Lead.objects.get(pk=shared.pk).needs == ""
