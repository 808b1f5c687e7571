"""The API of first contact, credit, the public pool, referrals and viewings: the pages' rules, the pages' refusals."""

from datetime import date

import pytest
from django.utils import timezone

from tests.factories import make_lead, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones.models import Alliance, Role

API = "/api/v1"
DAY = date(2026, 3, 20)


@pytest.fixture
def zone():
    return make_zone(demo_day=DAY, demo_started_at=timezone.now())


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="李专员")


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone)


@pytest.fixture
def call(client):
    def run(person, method, path, body=None):
        signed_in(client, person)
        answer = getattr(client, method)(f"{API}{path}", body, content_type="application/json")
        return answer.status_code, answer.json() if answer.content else None

    return run


def test_a_lead_is_claimed_from_the_pool_once_and_given_back_with_a_reason(call, zone, officer):
    lead = make_lead(zone, name="公海项目")
    assert [one["id"] for one in call(officer, "get", f"/leads/commons?zone={zone.code}")[1]["items"]] == [
        lead.pk
    ]
    status, claimed = call(officer, "post", f"/leads/{lead.pk}/claim")
    assert (status, claimed["owner_id"]) == (200, officer.pk)
    other = make_user(Role.PROMOTION_OFFICER, zone=zone)
    assert call(other, "post", f"/leads/{lead.pk}/claim")[1]["code"] == "lead_not_in_pool"
    assert call(officer, "post", f"/leads/{lead.pk}/return", {"reason": " "})[1]["code"] == "reason_needed"
    assert call(officer, "post", f"/leads/{lead.pk}/return", {"reason": "专业不对口"})[1]["owner_id"] is None
    assert call(officer, "post", f"/leads/{lead.pk}/claim")[1]["code"] == "cooling_off"


def test_first_contact_is_entered_once_disputed_decided_and_its_credit_makes_exactly_100(
    call, zone, officer, leader
):
    lead = make_lead(zone, name="争议项目", owner=officer)
    rival = make_user(Role.PROMOTION_OFFICER, zone=zone)
    path = f"/leads/{lead.pk}"
    first = {"person_id": officer.pk, "on": "2026-03-02", "evidence_note": "3月2日约谈记录"}
    assert call(officer, "post", f"{path}/first-contact", first)[0] == 201
    assert call(rival, "post", f"{path}/first-contact", first)[1]["code"] == "first_contact_exists"
    assert call(officer, "get", f"{path}/credit")[1][0]["percent"] == "100"

    claim = {"claimed_on": "2026-02-20", "argument": "2月20日已在展会见过"}
    status, dispute = call(rival, "post", f"{path}/dispute", claim)
    assert (status, dispute["outcome"], dispute["arguments"][0]["text"]) == (201, "", claim["argument"])
    here = f"/disputes/{dispute['id']}"
    assert call(officer, "post", f"{here}/arguments", {"text": "当时未谈项目"})[0] == 201
    waiting = call(leader, "get", f"/disputes?zone={zone.code}&waiting=true")[1]["items"]
    assert [one["id"] for one in waiting] == [dispute["id"]]
    decision = {"outcome": "upheld", "reason": "展会名片可查"}
    assert call(officer, "post", f"{here}/decide", decision)[0] == 403
    assert call(leader, "post", f"{here}/decide", decision)[1]["outcome"] == "upheld"
    versions = call(leader, "get", f"{path}/first-contact")[1]
    assert [one["person_id"] for one in versions] == [rival.pk, officer.pk]

    parts = [{"person_id": rival.pk, "percent": "60"}, {"person_id": officer.pk, "percent": "39.99"}]
    refused = call(leader, "put", f"{path}/credit", {"parts": parts, "reason": "共同跟进"})[1]
    assert (refused["code"], refused["data"]["difference"]) == ("credit_not_whole", "0.01")
    parts[1]["percent"] = "40"
    shared = call(leader, "put", f"{path}/credit", {"parts": parts, "reason": "共同跟进"})[1]
    assert [(one["person_id"], one["percent"]) for one in shared] == [
        (rival.pk, "60.00"),
        (officer.pk, "40.00"),
    ]
    moved = call(
        leader, "post", f"{path}/transfer", {"owner_id": rival.pk, "parts": parts, "reason": "换组"}
    )[1]
    assert moved["owner_id"] == rival.pk


def test_a_lead_goes_to_another_park_of_the_alliance_with_its_agreed_credit(call, zone, leader):
    partner, stranger = make_zone(), make_zone()
    alliance = Alliance.objects.create(code="one-five", name="1+5", lead_zone=zone)
    alliance.members.set([zone, partner])
    taker = make_user(Role.PROMOTION_OFFICER, zone=partner)
    lead = make_lead(zone, name="转移项目", investor="某精密有限公司")
    offer = {"to_zone": partner.code, "giving_share": "30", "note": "用地不足"}
    assert call(leader, "post", f"/leads/{lead.pk}/refer", offer | {"to_zone": stranger.code})[0] == 404
    status, made = call(leader, "post", f"/leads/{lead.pk}/refer", offer)
    assert (status, made["state"], made["taking_share"]) == (201, "offered", "70")
    assert call(make_user(Role.LEADER, zone=stranger), "get", f"/referrals/{made['id']}")[0] == 404
    assert [
        one["id"] for one in call(taker, "get", f"/referrals?zone={partner.code}&waiting=true")[1]["items"]
    ]
    assert (
        call(taker, "post", f"/referrals/{made['id']}/decline", {"reason": ""})[1]["code"] == "reason_needed"
    )
    taken = call(taker, "post", f"/referrals/{made['id']}/accept", {})[1]
    assert (taken["zone"], taken["name"]) == (partner.code, "转移项目")
    assert Lead.objects.get(pk=lead.pk).stage == "moved"
    assert call(taker, "post", f"/referrals/{made['id']}/accept", {})[1]["code"] == "referral_answered"
    asked = call(taker, "post", f"/leads/talks?zone={partner.code}", {"name": "某精密有限公司"})[1]
    assert asked == {"is_in_talks": False, "since": None}


def test_a_viewing_is_booked_moved_and_closed_and_two_at_once_are_refused(call, zone, officer):
    unit = make_unit(make_site(zone, name="苏州健康园"))
    lead = make_lead(zone, name="踏勘项目", owner=officer)
    body = {"on": "2026-03-10", "starts_at": "14:30", "escort_id": officer.pk, "unit_ids": [unit.pk]}
    status, made = call(officer, "post", f"/leads/{lead.pk}/viewings", body)
    assert (status, made["unit_ids"], made["outcome"]) == (201, [unit.pk], "")
    assert call(officer, "post", f"/leads/{lead.pk}/viewings", body)[1]["code"] == "escort_busy"
    assert call(officer, "post", f"/leads/{lead.pk}/viewings", body | {"unit_ids": [10**6]})[0] == 404
    here = f"/viewings/{made['id']}"
    moved = call(officer, "patch", here, {"version": made["version"], "on": "2026-03-11"})[1]
    assert (moved["on"], moved["starts_at"]) == ("2026-03-11", "14:30:00")
    assert call(officer, "patch", here, {"version": made["version"], "note": "x"})[1]["code"] == "stale"
    page = f"/viewings?zone={zone.code}&waiting=true&q=健康园"
    assert [one["id"] for one in call(officer, "get", page)[1]["items"]] == [made["id"]]
    said = {"version": moved["version"], "outcome": "liked", "outcome_note": "看中"}
    assert call(officer, "post", f"{here}/outcome", said)[1]["outcome"] == "liked"
    assert call(officer, "get", page)[1]["items"] == []
    assert call(make_user(Role.LEADER), "get", here)[0] == 404


def test_a_chain_is_built_and_its_gap_closes_with_a_firm_and_not_with_a_lead(call, zone, leader):
    admin = make_user(Role.ADMINISTRATOR, zone=zone)
    lead = make_lead(zone, name="储氢瓶项目")
    status, chain = call(admin, "post", f"/chains?zone={zone.code}", {"name": "氢能"})
    assert (status, chain["nodes"]) == (201, [])
    here = f"/chains/{chain['id']}"
    for name, tier in (("制氢", "up"), ("储氢", "mid")):
        chain = call(admin, "post", f"{here}/nodes", {"name": name, "tier": tier})[1]
    up, mid = (node["id"] for node in chain["nodes"])
    chain = call(admin, "post", f"/chains/nodes/{mid}/places", {"lead_ids": [lead.pk]})[1]
    assert (chain["filled"], chain["gaps"], chain["nodes"][1]["is_gap"]) == (0, 2, True)
    chain = call(admin, "post", f"/chains/nodes/{up}/places", {"firms": ["甲能源"], "are_anchors": True})[1]
    chain = call(admin, "post", f"/chains/nodes/{mid}/places", {"firms": ["乙储运"]})[1]
    assert (chain["filled"], chain["gaps"]) == (2, 0)
    anchor, supplier = (node["firms"][0]["id"] for node in chain["nodes"])
    linked = call(admin, "post", f"{here}/links", {"anchor_id": anchor, "supplier_id": supplier})[1]
    assert [(one["anchor"], one["supplier"]) for one in linked["links"]] == [("甲能源", "乙储运")]
    assert call(admin, "delete", f"/chains/places/{supplier}")[0] == 204
    assert call(leader, "get", here)[1]["gaps"] == 1
    assert [one["name"] for one in call(leader, "get", f"/chains?zone={zone.code}")[1]] == ["氢能"]
    assert call(make_user(Role.LEADER), "get", here)[0] == 404
