"""The API of firms: the same rules and the same codes as the pages."""

from decimal import Decimal

import pytest

from tests.factories import make_enterprise, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.enterprises import services
from zhuchao.apps.enterprises.models import Enterprise, Filing
from zhuchao.apps.zones.models import Role

from .conftest import DAY, code

ROOT = "/api/v1/enterprises"
JSON = "application/json"


def test_firms_are_listed_a_page_at_a_time(browser, zone):
    firms = [make_enterprise(zone) for _ in range(5)]
    make_enterprise(make_zone())
    first = browser.get(ROOT, {"zone": zone.code, "limit": 3}).json()
    assert [item["id"] for item in first["items"]] == [firm.pk for firm in firms[:3]]
    second = browser.get(ROOT, {"zone": zone.code, "limit": 3, "after": first["after"]}).json()
    assert [item["id"] for item in second["items"]] == [firm.pk for firm in firms[3:]]
    assert second["after"] is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"q": "苏鲲"}, 1), ({"state": "revoked"}, 0), ({"industry": "C"}, 1), ({"tag": "龙头"}, 1)],
)
def test_a_list_is_narrowed(browser, zone, add, officer, asked, found):
    firm = add(industry_code="C39")
    services.add_tag(actor=officer, enterprise=firm, tag="龙头", source="某局", happened_on=DAY)
    add("苏州别家贸易有限公司", industry_code="F51")
    assert len(browser.get(ROOT, {"zone": zone.code} | asked).json()["items"]) == found


def test_a_firm_is_added_read_and_edited(browser, zone):
    make_sector(zone, "智能制造")
    body = {
        "name": "苏州苏鲲科技有限公司",
        "credit_code": code(1),
        "sector": "智能制造",
        "registered_capital_cny": "1000000",
    }
    made = browser.post(f"{ROOT}?zone={zone.code}", body, content_type=JSON)
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    read = browser.get(f"{ROOT}/{pk}").json()
    assert (read["enterprise"]["sector"], read["family"]) == ("智能制造", [pk])
    assert [name["name"] for name in read["names"]] == ["苏州苏鲲科技有限公司"]
    edited = browser.patch(f"{ROOT}/{pk}", {"version": 1, "address": "人民路"}, content_type=JSON)
    assert (edited.json()["address"], edited.json()["version"]) == ("人民路", 2)
    assert Enterprise.objects.get().registered_capital_cny == Decimal(1_000_000)


def test_refusals_have_the_same_codes_as_everywhere(browser, zone, add):
    firm = add(credit_code=code(1))
    url = f"{ROOT}?zone={zone.code}"
    answers = {
        "credit_code_taken": browser.post(
            url, {"name": "苏州另一家有限公司", "credit_code": code(1)}, content_type=JSON
        ),
        "duplicate_found": browser.post(url, {"name": "苏州苏鲲科技股份有限公司"}, content_type=JSON),
        "credit_code_wrong": browser.post(
            url, {"name": "苏州另一家有限公司", "credit_code": "1"}, content_type=JSON
        ),
        "wrong_input": browser.post(url, {"name": "苏州另一家有限公司", "sector": "没有"}, content_type=JSON),
        "stale": browser.patch(f"{ROOT}/{firm.pk}", {"version": 7, "address": "x"}, content_type=JSON),
        "not_found": browser.get(f"{ROOT}/999999"),
    }
    assert {name: answer.json()["code"] for name, answer in answers.items()} == {
        name: name for name in answers
    }
    assert answers["duplicate_found"].json()["data"]["candidates"][0]["id"] == firm.pk
    assert answers["stale"].json()["data"]["yours"] == {"address": "x"}


def test_filings_are_filed_and_read(browser, add):
    firm = add()
    body = {
        "period": "month",
        "on": "2025-05-31",
        "status": "flash",
        "values": {"revenue": "12505000", "employees": "126"},
    }
    made = browser.post(f"{ROOT}/{firm.pk}/filings", body, content_type=JSON)
    assert made.status_code == 201, made.content
    assert Filing.objects.count() == 2
    (read,) = browser.get(f"{ROOT}/{firm.pk}/filings", {"measure": "revenue"}).json()
    assert (read["label"], Decimal(read["value"]), read["status"]) == (
        "2025年1-5月",
        Decimal(12_505_000),
        "flash",
    )
    weaker = browser.post(f"{ROOT}/{firm.pk}/filings", body | {"status": "forecast"}, content_type=JSON)
    assert (weaker.status_code, weaker.json()["code"]) == (409, "firmer_value_stands")


def test_contacts_are_always_masked(browser, add, officer):
    firm = add()
    services.add_contact(
        actor=officer, enterprise=firm, name="张三", phone="13812341234", email="zs@example.com"
    )
    (line,) = browser.get(f"{ROOT}/{firm.pk}/contacts").json()
    assert (line["phone"], line["email"]) == ("138****1234", "z***@example.com")


def test_nothing_is_for_strangers_or_for_those_who_may_not(client, zone, add):
    firm = add()
    assert client.get(f"{ROOT}/{firm.pk}").status_code == 401
    stranger = signed_in(client, make_user(Role.ADMINISTRATOR))
    for path in ("", "/filings", "/contacts"):
        assert stranger.get(f"{ROOT}/{firm.pk}{path}").status_code == 404
    assert stranger.get(ROOT, {"zone": zone.code}).status_code == 404
    auditor = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    answer = auditor.post(f"{ROOT}?zone={zone.code}", {"name": "苏州某某有限公司"}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
