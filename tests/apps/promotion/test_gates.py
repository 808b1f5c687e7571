"""Stage gates: what is missing is named with where to fill it in, and only a leader passes without."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_lead, make_ready, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.models import Change
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import StageFactsMissing
from zhuchao.apps.promotion.models import Lead, LeadStage, Viewing
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
S = Lead.Stage


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone)


@pytest.fixture
def lead(zone, officer):
    return services.add_lead(actor=officer, zone=zone, name="聚申元项目", found_on=MAY)


def keys(refused):
    return [fact["key"] for fact in refused.value.data["missing"]]


@pytest.mark.parametrize("stage", [S.TALKING, S.AGREEING, S.SIGNED])
def test_a_stage_names_every_fact_that_is_missing_and_where_to_fill_it_in(lead, officer, stage):
    Viewing.objects.create(zone=lead.zone, lead=lead, on=JUNE, escort=officer)
    with pytest.raises(StageFactsMissing) as refused:
        services.set_lead_stage(actor=officer, lead=lead, stage=stage, on=JUNE)
    assert tuple(keys(refused)) == selectors.REQUIRED[stage]
    for fact in refused.value.data["missing"]:
        assert fact["label"] in str(refused.value)
        assert "#id_" in fact["url"]
    assert LeadStage.objects.filter(lead=lead).count() == 1


def test_a_stage_that_asks_for_nothing_takes_any_lead(lead, officer):
    for stage in (S.PAUSED, S.LOST):
        services.set_lead_stage(actor=officer, lead=lead, stage=stage, on=JUNE, note="暂无用地")
    lead.refresh_from_db()
    assert lead.stage == S.LOST


def test_each_fact_is_asked_for_until_it_is_there(zone, lead, officer):
    lead = services.change_lead(actor=officer, lead=lead, version=None, sector=make_sector(zone))
    assert [fact.key for fact in selectors.missing_facts(lead, S.TALKING)] == ["owner"]
    lead = services.assign_lead(actor=officer, lead=lead, owner=officer)
    services.set_lead_stage(actor=officer, lead=lead, stage=S.TALKING, on=zones.today(zone))
    lead = services.change_lead(
        actor=officer, lead=lead, version=None, planned_investment_cny=Decimal(1_000_000)
    )
    assert [fact.key for fact in selectors.missing_facts(lead, S.AGREEING)] == ["met"]
    visit = services.add_activity(
        actor=officer, zone=zone, title="踏勘", direction="in", kind="reception", on=JUNE, leads=[lead]
    )
    assert not selectors.missing_facts(lead, S.AGREEING)
    services.void_activity(actor=officer, activity=visit, reason="未成行")
    assert [fact.key for fact in selectors.missing_facts(lead, S.AGREEING)] == ["met"]


def test_a_leader_passes_a_gate_with_a_reason_that_entry_and_log_keep(lead, officer, leader):
    with pytest.raises(NotAllowed):
        services.set_lead_stage(
            actor=officer, lead=lead, stage=S.TALKING, on=JUNE, override_reason="市里督办"
        )
    with pytest.raises(NotAllowed):
        services.set_lead_stage(actor=leader, lead=lead, stage=S.TALKING, on=JUNE)
    entry = services.set_lead_stage(
        actor=leader, lead=lead, stage=S.TALKING, on=JUNE, override_reason=" 市里督办 "
    )
    assert entry.override_reason == "市里督办"
    change = Change.objects.get(verb="stage")
    assert (change.actor_id, change.data["without"], change.data["override_reason"]) == (
        leader.pk,
        ["sector", "owner"],
        "市里督办",
    )


def test_a_reason_that_was_not_needed_is_not_kept(lead, leader):
    entry = services.set_lead_stage(
        actor=leader, lead=make_ready(lead), stage=S.TALKING, on=JUNE, override_reason="以防万一"
    )
    assert entry.override_reason == ""
    assert "without" not in Change.objects.get(verb="stage").data


def test_a_correction_is_no_way_around_a_gate(lead, officer):
    entry = LeadStage.objects.get(lead=lead)
    with pytest.raises(StageFactsMissing):
        services.correct_lead_stage(actor=officer, entry=entry, reason="误录", stage=S.SIGNED)
    services.correct_lead_stage(actor=officer, entry=entry, reason="误录", evidence_note="补充")


def test_the_form_lists_what_is_missing_with_links_and_keeps_what_was_typed(client, lead, officer, leader):
    page = signed_in(client, officer)
    words = page.get(f"/leads/{lead.pk}/stage/?to=signed").content.decode()
    assert f"/leads/{lead.pk}/edit/#id_signed_investment_cny" in words
    assert f"/leads/{lead.pk}/assign/#id_owner" in words
    assert "override_reason" not in words
    answer = page.post(
        f"/leads/{lead.pk}/stage/", {"stage": "signed", "on": "2026-06-01", "note": "协议已定"}
    )
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "签约金额" in words
    assert "协议已定" in words
    page = signed_in(client, leader)
    form = {"stage": "talking", "on": "2026-06-01", "override_reason": "市里督办"}
    assert page.post(f"/leads/{lead.pk}/stage/", form).status_code == 302
    words = page.get(f"/leads/{lead.pk}/").content.decode()
    assert "市里督办" in words
    assert "填写产业领域" in words


def test_a_card_on_the_board_moves_by_its_verbs_and_comes_back_to_the_board(client, zone, lead, officer):
    page = signed_in(client, officer)
    words = page.get("/leads/board/").content.decode()
    assert f'href="/leads/{lead.pk}/stage/?to=talking&amp;back=board"' in words.replace("&back", "&amp;back")
    assert 'draggable="true"' in words
    make_ready(lead)
    url = f"/leads/{lead.pk}/stage/?to=talking&back=board"
    assert page.post(url, {"stage": "talking", "on": "2026-06-01"}).url == "/leads/board/"
    page = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    assert 'draggable="true"' not in page.get("/leads/board/").content.decode()


def test_the_api_names_the_missing_facts_too(client, lead, officer):
    answer = signed_in(client, officer).post(
        f"/api/v1/leads/{lead.pk}/stages",
        {"stage": "talking", "on": "2026-06-01"},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "stage_facts_missing")
    assert [fact["key"] for fact in answer.json()["data"]["missing"]] == ["sector", "owner"]


def test_a_lead_without_a_zone_of_its_own_facts_costs_two_questions_only(zone, django_assert_num_queries):
    lead = make_ready(make_lead(zone))
    with django_assert_num_queries(2):  # whether it was met and shown premises; the rest stands on the row
        assert not selectors.missing_facts(lead, S.AGREEING)
