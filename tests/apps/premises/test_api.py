"""The API of premises: the same rules as the pages, the same codes of refusal."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_department, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.premises import services
from zhuchao.apps.premises.models import Site, Unit, UnitState
from zhuchao.apps.zones.models import Role

API = "/api/v1"
MAY = date(2026, 5, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def api(client, steward):
    signed_in(client, steward)

    def call(method, path, body=None):
        answer = getattr(client, method)(f"{API}{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    return call


@pytest.fixture
def unit(zone, steward):
    site = services.add_site(actor=steward, zone=zone, name="苏鲲产业园", on=MAY)
    return services.add_unit(actor=steward, site=site, name="101", gross_area_m2=Decimal(500), on=MAY)


def test_a_site_is_entered_edited_renamed_and_found_by_its_old_name(api, zone, steward):
    status, site = api("post", f"/sites?zone={zone.code}", {"name": "老邮政大楼", "on": "2019-01-01"})
    assert status == 201
    path = f"/sites/{site['id']}"
    assert api("patch", path, {"version": 1, "address": "人民路1401号"})[1]["address"] == "人民路1401号"
    status, refusal = api("patch", path, {"version": 1, "address": "别处"})
    assert (status, refusal["code"]) == (409, "stale")
    api("post", f"{path}/names", {"name": "苏鲲科技产业园", "on": "2022-07-01"})
    assert api("post", f"{path}/steward", {"steward_id": steward.pk})[1]["steward"] == str(steward)
    found = api("get", f"/sites?zone={zone.code}&q=老邮政")[1]["items"]
    assert [item["name"] for item in found] == ["苏鲲科技产业园"]
    assert api("post", f"/sites?zone={zone.code}", {"name": "老邮政大楼"})[1]["code"] == "site_exists"


def test_a_unit_passes_states_and_the_stock_follows(api, zone, unit):
    path = f"/units/{unit.pk}"
    status, entry = api("post", f"{path}/states", {"state": "let", "on": "2026-06-01", "occupant": "甲公司"})
    assert (status, entry["occupant_name"]) == (201, "甲公司")
    again = api("post", f"{path}/states", {"state": "let", "on": "2026-06-02", "occupant": "甲公司"})
    assert again[1]["code"] == "unit_state_same"
    stock = api("get", f"/stock?zone={zone.code}&on=2026-06-01")[1]
    assert (stock["by_state"][0]["state"], Decimal(stock["total_m2"])) == ("let", Decimal(500))
    assert api("get", f"/sites/{unit.site_id}/stock?on=2026-05-02")[1]["by_state"][0]["state"] == "vacant"
    assert api("get", f"/stock?zone={zone.code}&as_of=2026-06-01T00:00:00")[0] == 422
    status, corrected = api(
        "post", f"/units/states/{entry['id']}/correct", {"reason": "录错", "state": "reserved"}
    )
    assert (status, corrected["replaces_id"], corrected["occupant_name"]) == (200, entry["id"], "甲公司")
    assert api("post", f"/units/states/{corrected['id']}/void", {"reason": "未签"})[1]["is_void"] is True
    assert len(api("get", f"{path}/states")[1]) == 4
    assert api("get", path)[1]["state"] == "vacant"


def test_a_unit_is_entered_and_edited(api, unit):
    building = api("post", f"/sites/{unit.site_id}/buildings", {"name": "1号楼"})[1]
    body = {"name": "301", "gross_area_m2": "120.5", "building_id": building["id"], "level": 3}
    status, made = api("post", f"/sites/{unit.site_id}/units", body)
    assert (status, made["level"], made["state"]) == (201, 3, "vacant")
    edited = api("patch", f"/units/{made['id']}", {"version": 1, "gross_area_m2": "130", "on": "2026-06-01"})[
        1
    ]
    assert Decimal(edited["gross_area_m2"]) == 130
    assert UnitState.objects.filter(unit_id=made["id"]).count() == 2
    assert api("patch", f"/units/{made['id']}", {"version": 2, "name": " "})[1]["code"] == "wrong_input"


def test_a_revitalisation_is_entered_once_corrected_and_voided(api, zone, unit):
    body = {"on": "2026-06-01", "area_m2": "300", "unit_id": unit.pk, "evidence_note": "合同 1 号"}
    status, entry = api("post", f"/revitalisations?zone={zone.code}", body)
    assert status == 201
    assert api("post", f"/revitalisations?zone={zone.code}", body)[1]["code"] == "counted_already"
    fixed = api("post", f"/revitalisations/{entry['id']}/correct", {"reason": "误", "area_m2": "280"})[1]
    page = api("get", f"/revitalisations?zone={zone.code}&start=2026-06-01&end=2026-06-30")[1]
    assert (Decimal(page["total_m2"]), [item["id"] for item in page["items"]]) == (
        Decimal(280),
        [fixed["id"]],
    )
    assert api("get", f"/revitalisations/{entry['id']}")[0] == 200
    assert api("post", f"/revitalisations/{fixed['id']}/void", {"reason": "重复"})[0] == 200
    assert Decimal(api("get", f"/revitalisations?zone={zone.code}")[1]["total_m2"]) == 0


def test_lists_go_on_after_an_id_and_narrow(api, zone, unit, steward):
    for n in range(3):
        services.add_unit(
            actor=steward, site=unit.site, name=f"2{n}", gross_area_m2=Decimal(10), on=MAY, state="let"
        )
    first = api("get", f"/units?zone={zone.code}&limit=3")[1]
    assert len(first["items"]) == 3
    assert first["after"]
    rest = api("get", f"/units?zone={zone.code}&limit=3&after={first['after']}")[1]
    assert (len(rest["items"]), rest["after"]) == (1, None)
    assert (
        len(api("get", f"/units?zone={zone.code}&state=let&site_id={unit.site_id}&q=苏鲲")[1]["items"]) == 3
    )


def test_another_zone_and_another_operator_find_nothing(client, zone, unit):
    developer = make_department(zone, kind="developer")
    make_unit(make_site(zone, operator=developer))
    operator = make_user(Role.OPERATOR, zone=zone, department=developer)
    for person in (make_user(Role.ADMINISTRATOR, zone=make_zone()), operator):
        signed_in(client, person)
        for path in (f"/sites/{unit.site_id}", f"/units/{unit.pk}", f"/units/{unit.pk}/states"):
            assert client.get(f"{API}{path}").status_code == 404, path
    own = client.get(f"{API}/stock?zone={zone.code}").json()
    assert own["units"] == 0
    listed = client.get(f"{API}/sites?zone={zone.code}").json()["items"]
    assert [item["id"] for item in listed] == list(
        Site.objects.filter(operator=developer).values_list("pk", flat=True)
    )


def test_who_is_not_signed_in_is_told_so(client, unit):
    assert client.get(f"{API}/units/{unit.pk}").status_code == 401
    assert Unit.objects.count() == 1
