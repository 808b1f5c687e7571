"""Splitting and merging on the pages and through the API."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_department, make_site, make_user, make_zone, signed_in
from zhuchao.apps.premises import services
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones.models import Role

MAY = date(2026, 5, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def page(client, zone):
    return signed_in(client, make_user(Role.STEWARD, zone=zone))


@pytest.fixture
def unit(zone):
    site = make_site(zone)
    building = services.add_building(actor=None, site=site, name="1号楼")
    return services.add_unit(
        actor=None, site=site, building=building, level=3, name="301", gross_area_m2=Decimal(1000), on=MAY
    )


def test_a_unit_is_split_on_its_form_and_what_does_not_add_up_says_by_how_much(page, unit):
    address = f"/premises/units/{unit.pk}/split/"
    typed = {"on": "2026-06-01", "name_1": "301A", "area_1": "400", "name_2": "301B", "area_2": "599.5"}
    refused = page.post(address, typed)
    assert refused.status_code == 422
    assert "相差 -0.50 ㎡" in refused.content.decode()
    assert "599.5" in refused.content.decode()
    done = page.post(address, typed | {"area_2": "600", "state_2": "vacant"})
    assert done.url == f"/premises/buildings/{unit.building_id}/"
    shown = page.get(done.url).content.decode()
    assert "301A" in shown
    assert ">301<" not in shown
    part = Unit.objects.get(name="301A")
    assert "拆分" in page.get(f"/premises/units/{part.pk}/").content.decode()


def test_units_are_merged_on_the_form(page, unit):
    other = services.add_unit(
        actor=None,
        site=unit.site,
        building=unit.building,
        level=3,
        name="302",
        gross_area_m2=Decimal("50.5"),
        on=MAY,
    )
    address = f"/premises/units/{unit.pk}/merge/"
    assert "3F 302" in page.get(address).content.decode()
    done = page.post(address, {"on": "2026-06-01", "units": [other.pk], "name": "301-302"})
    whole = Unit.objects.get(name="301-302")
    assert done.url == f"/premises/units/{whole.pk}/"
    assert whole.gross_area_m2 == Decimal("1050.5")


def test_who_may_not_change_units_is_offered_neither(client, zone, unit):
    looker = signed_in(client, make_user(Role.LIAISON, zone=zone))
    assert "/split/" not in looker.get(f"/premises/units/{unit.pk}/").content.decode()
    for verb in ("split", "merge"):
        assert looker.get(f"/premises/units/{unit.pk}/{verb}/").status_code == 403


def test_the_api_splits_merges_and_accounts(page, zone, unit):
    body = {
        "on": "2026-06-01",
        "parts": [{"name": "a", "gross_area_m2": "1"}, {"name": "b", "gross_area_m2": "998"}],
    }
    address = f"/api/v1/units/{unit.pk}/split"
    refused = page.post(address, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "area_not_conserved")
    body["parts"][1]["gross_area_m2"] = "999"
    one, two = page.post(address, body, content_type="application/json").json()
    merged = page.post(
        f"/api/v1/units/{one['id']}/merge",
        {"on": "2026-06-02", "unit_ids": [two["id"]], "name": "c"},
        content_type="application/json",
    )
    assert (merged.status_code, merged.json()["gross_area_m2"]) == (201, "1000.00")
    account = page.get(f"/api/v1/space?zone={zone.code}&start=2026-06-01&end=2026-06-30").json()
    assert Decimal(account["opening_m2"]) == Decimal(account["closing_m2"]) == 1000
    assert (account["increase"], account["decrease"], Decimal(account["difference_m2"])) == ([], [], 0)


@pytest.mark.document("0-11")
def test_the_page_shows_that_the_account_closes_and_refuses_a_period_that_runs_backwards(page, unit):
    words = page.get("/premises/space/?start=2026-04-01&end=2026-06-01").content.decode()
    assert "账平：相差 0 ㎡" in words
    assert "纳入管理" in words
    assert page.get("/premises/space/?start=2026-07-01&end=2026-06-01").status_code == 422
    assert page.get("/premises/space/?start=2026-02-31").status_code == 422


def test_an_operator_sees_the_account_of_its_own_space_only(client, zone, unit):
    ours = make_department(zone, kind="developer")
    services.add_unit(
        actor=None, site=make_site(zone, operator=ours), name="1", gross_area_m2=Decimal(77), on=MAY
    )
    looker = signed_in(client, make_user(Role.OPERATOR, zone=zone, department=ours))
    words = looker.get("/premises/space/").content.decode()
    assert "77" in words
    assert "1,000" not in words
    assert looker.get("/premises/tenants/").status_code == 403
