"""A lead gets units: held, signed for, in one step, never against a rule of the place, never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import (
    DAY,
    make_lead,
    make_ready,
    make_sector,
    make_site,
    make_unit,
    make_user,
    make_zone,
    signed_in,
)
from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import Change
from zhuchao.apps.premises import services as premises
from zhuchao.apps.premises.errors import UnitHeldForAnother, UnitTaken
from zhuchao.apps.premises.models import Hold, Signing, Unit, UnitState
from zhuchao.apps.premises.selectors.bills import Step
from zhuchao.apps.promotion import services
from zhuchao.apps.promotion.errors import OutOfScope, StageFactsMissing, UseForbidden
from zhuchao.apps.promotion.models import Lead, LeadNeeds, LeadSigning, LeadStage
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def site(zone):
    return make_site(zone, name="拾方·云智慧产业园", address="中张家巷27号")


def ready(zone, **values):
    return make_ready(make_lead(zone, stage="agreeing", **values))


def until(zone, days=20):
    return zones.today(zone) + timedelta(days=days)


def sign(officer, lead, unit, **values):
    return services.sign_lead_on_units(actor=officer, lead=lead, units=[unit], on=DAY, **values)


@pytest.mark.document("0-12")
def test_signing_moves_the_lead_and_its_unit_together_and_ends_its_hold(zone, officer, site, client):
    unit, lead = make_unit(site), ready(zone, name="拾方", investor="拾方科技")
    services.hold_for_lead(actor=officer, lead=lead, units=[unit], until=until(zone))
    unit.refresh_from_db()
    assert unit.state == Unit.State.RESERVED
    answer = signed_in(client, officer).post(
        f"/leads/{lead.pk}/sign/", {"units": str(unit.pk), "on": DAY.isoformat()}
    )
    assert answer.status_code == 302
    lead.refresh_from_db()
    unit.refresh_from_db()
    assert (lead.stage, unit.state) == (Lead.Stage.SIGNED, Unit.State.SIGNED)
    assert Hold.objects.get().end == Hold.End.SIGNED
    assert UnitState.objects.live().filter(unit=unit, state="signed").get().occupant_name == "拾方科技"
    other = ready(zone)
    with pytest.raises(UnitTaken):
        sign(officer, other, unit)
    other.refresh_from_db()
    assert other.stage == Lead.Stage.AGREEING
    assert not LeadStage.objects.filter(lead=other).exists()


def test_a_lead_whose_facts_are_missing_leaves_the_unit_as_it_is(zone, officer, site):
    unit, lead = make_unit(site), make_lead(zone, stage="agreeing")
    with pytest.raises(StageFactsMissing):
        sign(officer, lead, unit)
    unit.refresh_from_db()
    assert unit.is_vacant


def test_a_unit_held_for_another_is_not_signed_for(zone, officer, site):
    unit = make_unit(site)
    services.hold_for_lead(actor=officer, lead=ready(zone), units=[unit], until=until(zone))
    with pytest.raises(UnitHeldForAnother):
        sign(officer, ready(zone), unit)


@pytest.mark.document("2-11")
def test_neither_hold_nor_signing_goes_against_the_plan(zone, officer, client):
    site = make_site(zone, plan_constraints=["化工"], plan_source="控规批复")
    unit, lead = make_unit(site), ready(zone)
    LeadNeeds.objects.create(zone=zone, lead=lead, use="精细化工")
    with pytest.raises(UseForbidden) as caught:
        sign(officer, lead, unit, scope_reason="领导同意")
    assert "控规批复：化工" in str(caught.value)
    page = signed_in(client, officer).post(
        f"/leads/{lead.pk}/hold/", {"units": str(unit.pk), "until": until(zone).isoformat()}
    )
    assert (page.status_code, "控规批复" in page.content.decode()) == (422, True)
    unit.refresh_from_db()
    assert unit.is_vacant


@pytest.mark.document("2-17")
def test_a_lead_out_of_the_parks_scope_is_warned_and_the_override_is_logged(zone, officer, client):
    park = make_site(zone, name="航空航天产业园", admission_scope=["航空零部件", "新材料"])
    unit = make_unit(make_site(zone, parent=park))
    lead = ready(zone, sector=make_sector(zone, "生物医药"))
    LeadNeeds.objects.create(zone=zone, lead=lead, area_min_m2=Decimal(100))
    page = signed_in(client, officer)
    assert "航空航天产业园准入产业" in page.get(f"/leads/{lead.pk}/match/").content.decode()
    with pytest.raises(OutOfScope):
        sign(officer, lead, unit)
    sent = {"units": str(unit.pk), "until": until(zone).isoformat()}
    assert page.post(f"/leads/{lead.pk}/hold/", sent).status_code == 422
    assert page.post(f"/leads/{lead.pk}/hold/", sent | {"scope_reason": "主任会同意"}).status_code == 302
    change = Change.objects.get(verb="hold_for")
    assert change.data["override_reason"] == "主任会同意"
    assert "航空航天产业园" in change.data["out_of"][0]


@pytest.mark.django_db(transaction=True)
def test_of_eight_leads_that_sign_for_one_unit_at_once_one_gets_it(zone, officer, site):
    unit = make_unit(site)
    leads = [ready(zone) for _ in range(8)]
    barrier = Barrier(8)

    def run(lead):
        try:
            barrier.wait()
            return sign(officer, lead, unit)
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(run, leads))
    assert [getattr(one, "code", "") for one in outcomes].count("unit_taken") == 7
    assert Lead.objects.filter(stage="signed").count() == 1
    assert UnitState.objects.filter(unit=unit, state="signed").count() == 1


@pytest.mark.document("0-12")
def test_a_signed_lead_and_its_units_show_each_other_and_lead_on_to_the_lease(zone, officer, site, client):
    unit, lead = make_unit(site), ready(zone, name="拾方", investor="拾方科技")
    page = signed_in(client, officer)
    sent = {"units": str(unit.pk), "on": DAY.isoformat(), "awaits_lease": "on"}
    answer = page.post(f"/leads/{lead.pk}/sign/", sent)
    signing = Signing.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/premises/leases/add/?signing={signing.pk}")
    assert LeadSigning.objects.get().stage == LeadStage.objects.get(lead=lead, stage="signed")
    lead_page = page.get(f"/leads/{lead.pk}/").content.decode()
    assert f"/premises/units/{unit.pk}/" in lead_page
    assert "待登记租约" in lead_page
    unit_page = page.get(f"/premises/units/{unit.pk}/").content.decode()
    assert f'href="/leads/{lead.pk}/"' in unit_page
    rent = [Step(DAY, Decimal(30), "month")]
    lease = premises.sign_lease(
        actor=officer,
        number="租-7",
        tenant="拾方科技",
        units=[unit],
        signed_on=DAY,
        starts_on=DAY,
        ends_on=DAY + timedelta(days=3650),
        rent=rent,
    )
    assert f'href="/premises/leases/{lease.pk}/"' in page.get(f"/leads/{lead.pk}/").content.decode()


def test_a_signing_that_is_refused_leaves_no_trace_of_itself(zone, officer, site):
    unit, taken, lead = make_unit(site), make_unit(site), ready(zone)
    sign(officer, ready(zone), taken)
    with pytest.raises(UnitTaken):
        services.sign_lead_on_units(actor=officer, lead=lead, units=[unit, taken], on=DAY)
    assert Signing.objects.count() == 1
    assert not LeadSigning.objects.filter(lead=lead).exists()


def test_the_api_holds_and_signs_for_a_lead(zone, officer, site, client):
    unit, lead = make_unit(site), ready(zone)
    api = signed_in(client, officer)
    body = {"unit_ids": [unit.pk], "until": until(zone).isoformat()}
    held = api.post(f"/api/v1/leads/{lead.pk}/hold", body, content_type="application/json")
    assert (held.status_code, held.json()["id"]) == (201, Hold.objects.get().pk)
    body = {"unit_ids": [unit.pk], "on": DAY.isoformat()}
    signed = api.post(f"/api/v1/leads/{lead.pk}/sign", body, content_type="application/json")
    assert (signed.status_code, signed.json()["stage"]) == (201, "signed")
    assert Signing.objects.get().places.get().unit == unit
