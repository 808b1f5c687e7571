"""Signings: units signed for, taken back, and made a lease; and what stands empty through a hold."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.factories import make_site, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, ReasonNeeded, WrongInput
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import SigningDone, SigningHasLease, UnitTaken
from zhuchao.apps.premises.models import Hold, Lease, Signing, Unit, UnitState
from zhuchao.apps.premises.selectors.bills import Step
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def today(zone):
    return zones.today(zone)


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def units(zone, today):
    site = make_site(zone)
    return [
        services.add_unit(
            actor=None, site=site, name=name, gross_area_m2=Decimal(500), on=today - timedelta(days=400)
        )
        for name in ("101", "102")
    ]


def sign(steward, units, today, **values):
    (signing,) = services.sign_units(
        actor=steward, units=units, signed_for="蓝湾科技", on=today - timedelta(days=3), **values
    )
    return signing


def lease(steward, units, today, **values):
    start = today + timedelta(days=10)
    given = {
        "number": "租-1",
        "tenant": "蓝湾科技",
        "signed_on": today,
        "starts_on": start,
        "ends_on": start + timedelta(days=364),
        "rent": [Step(start, Decimal(30), "month")],
    }
    return services.sign_lease(actor=steward, units=units, **(given | values))


def state(unit):
    unit.refresh_from_db()
    return unit.state


def test_signing_for_units_of_two_sites_makes_one_signing_for_each(zone, units, steward, today):
    other = services.add_unit(actor=None, site=make_site(zone), name="A", gross_area_m2=Decimal(90))
    signings = services.sign_units(actor=steward, units=[*units, other], signed_for="蓝湾科技", on=today)
    assert [len(selectors.units_of_signing(one)) for one in signings] == [2, 1]
    assert {state(unit) for unit in (*units, other)} == {Unit.State.SIGNED}


def test_a_signing_taken_back_leaves_its_units_vacant_since_before_it(units, steward, today):
    services.hold_units(actor=steward, units=units, held_for="蓝湾科技", until=today + timedelta(days=5))
    signing = sign(steward, units, today)
    assert Hold.objects.get().end == Hold.End.SIGNED
    services.void_signing(actor=steward, signing=signing, reason="对方放弃")
    assert {state(unit) for unit in units} == {Unit.State.VACANT}
    assert units[0].state_since == today - timedelta(days=400)
    assert not Signing.objects.live().exists()
    with pytest.raises(AlreadyReplaced):
        services.void_signing(actor=steward, signing=signing, reason="再撤一次")


def test_a_signing_is_taken_back_only_with_a_reason_by_who_may(units, steward, today, zone):
    signing = sign(steward, units, today)
    with pytest.raises(ReasonNeeded):
        services.void_signing(actor=steward, signing=signing, reason=" ")
    with pytest.raises(NotAllowed):
        services.void_signing(actor=make_user(Role.ANALYST, zone=zone), signing=signing, reason="误录")


def test_a_signing_without_a_name_is_refused(units, steward, today):
    with pytest.raises(WrongInput):
        services.sign_units(actor=steward, units=units, signed_for="  ", on=today)


def test_a_lease_for_the_same_name_and_units_finds_its_signing(units, steward, today):
    signing = sign(steward, units, today, awaits_lease=True)
    assert lease(steward, units, today).signing == signing
    with pytest.raises(SigningHasLease):
        services.void_signing(actor=steward, signing=signing, reason="对方放弃")


def test_a_lease_to_a_firm_founded_for_the_project_fulfils_the_signing_it_names(units, steward, today):
    signing = sign(steward, units, today, awaits_lease=True)
    with pytest.raises(UnitTaken):
        lease(steward, units, today, tenant="蓝湾（苏州）新公司")
    made = lease(steward, units, today, tenant="蓝湾（苏州）新公司", signing=signing)
    assert (made.signing, made.tenant_name) == (signing, "蓝湾（苏州）新公司")


def test_a_lease_of_only_some_of_the_signed_units_does_not_fulfil_the_signing(units, steward, today):
    signing = sign(steward, units, today)
    with pytest.raises(WrongInput, match="102"):
        lease(steward, units[:1], today, signing=signing)
    assert not Lease.objects.exists()


def test_a_signing_becomes_one_lease_only_and_is_free_again_when_that_is_void(units, steward, today):
    signing = sign(steward, units, today)
    made = lease(steward, units, today)
    late = today + timedelta(days=800)
    again = {"starts_on": late, "ends_on": late, "rent": [Step(late, Decimal(30), "month")]}
    with pytest.raises(SigningDone, match="租-1"):
        lease(steward, units, today, number="租-2", signing=signing, **again)
    services.void_lease(actor=steward, lease=made, reason="重签")
    assert {state(unit) for unit in units} == {Unit.State.SIGNED}
    assert lease(steward, units, today, number="租-2", signing=signing).signing == signing
    void = sign(steward, [_another(units[0], "103")], today)
    services.void_signing(actor=steward, signing=void, reason="误录")
    with pytest.raises(SigningDone, match="已撤销"):
        lease(steward, [_another(units[0], "104")], today, number="租-3", signing=void)


def _another(unit, name):
    return services.add_unit(actor=None, site=unit.site, name=name, gross_area_m2=Decimal(80))


def test_today_calls_to_mind_a_signing_without_its_lease_until_there_is_one(units, steward, today, zone):
    sign(steward, units, today, awaits_lease=True)
    assert [card.title for card in cards_for(steward, zone)[0] if card.key.startswith("signing:")] == [
        "蓝湾科技已签约，租约还没登记"
    ]
    lease(steward, units, today)
    assert not [card for card in cards_for(steward, zone)[0] if card.key.startswith("signing:")]


def test_the_lease_form_opens_with_what_the_signing_says_and_completes_it(
    client, units, steward, today, zone
):
    signing = sign(steward, units, today, awaits_lease=True)
    page = signed_in(client, steward)
    assert "待登记租约" in page.get("/premises/signings/?lease=waiting").content.decode()
    assert f"?signing={signing.pk}" in page.get(f"/premises/units/{units[0].pk}/").content.decode()
    address = f"/premises/leases/add/?signing={signing.pk}"
    shown = page.get(address).content.decode()
    assert 'value="蓝湾科技"' in shown
    sent = {
        "number": "租-9",
        "tenant": "蓝湾科技",
        "signed_on": today.isoformat(),
        "units": [unit.pk for unit in units],
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=364)).isoformat(),
        "rent": "30",
        "per": "month",
        "payment_months": "3",
    }
    assert page.post(address, sent).status_code == 302
    assert Lease.objects.get().signing == signing
    assert "待登记租约" not in page.get(f"/premises/units/{units[0].pk}/").content.decode()


def test_a_signing_is_taken_back_on_its_page(client, units, steward, today):
    signing = sign(steward, units, today)
    page = signed_in(client, steward)
    assert page.post(f"/premises/signings/{signing.pk}/void/", {"reason": "误录"}).status_code == 302
    assert state(units[0]) == Unit.State.VACANT


def test_the_api_signs_shows_and_takes_back(client, units, steward, today, zone):
    api = signed_in(client, steward)
    body = {"unit_ids": [unit.pk for unit in units], "signed_for": "蓝湾科技", "on": today.isoformat()}
    made = api.post("/api/v1/signings", body | {"awaits_lease": True}, content_type="application/json")
    assert made.status_code == 201
    (said,) = made.json()
    assert (said["unit_ids"], said["awaits_lease"], said["lease_id"]) == (body["unit_ids"], True, None)
    again = api.post("/api/v1/signings", body, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "unit_taken")
    listed = api.get(f"/api/v1/signings?zone={zone.code}").json()["items"]
    assert [row["id"] for row in listed] == [said["id"]]
    url = f"/api/v1/signings/{said['id']}"
    assert api.get(url).json()["signed_for"] == "蓝湾科技"
    assert api.post(f"{url}/void", {"reason": "误录"}, content_type="application/json").status_code == 200
    assert api.get(f"/api/v1/signings?zone={zone.code}").json()["items"] == []


@pytest.mark.parametrize("how", ["released", "expired"])
def test_a_hold_that_came_to_nothing_does_not_restart_the_idle_clock(units, steward, today, zone, how):
    unit, since = units[0], today - timedelta(days=400)
    hold = services.hold_units(actor=steward, units=[unit], held_for="甲公司", until=today)
    if how == "released":
        services.release_hold(actor=steward, hold=hold, why="董事会没有通过")
    else:
        past = today - timedelta(days=9)
        Hold.objects.filter(pk=hold.pk).update(held_on=past, until=past)
        services.expire_holds(zone)
    assert (state(unit), unit.state_since) == (Unit.State.VACANT, since)
    assert UnitState.objects.live().filter(unit=unit).count() == 3


def test_the_idle_clock_begins_anew_after_somebody_was_in_the_unit(units, steward, today):
    unit = units[0]
    for state_, days in (("let", 300), ("vacant", 50), ("reserved", 20), ("vacant", 10)):
        services.change_unit_state(
            actor=steward, unit=unit, state=state_, on=today - timedelta(days=days), occupant="甲公司"
        )
    unit.refresh_from_db()
    assert unit.state_since == today - timedelta(days=50)
