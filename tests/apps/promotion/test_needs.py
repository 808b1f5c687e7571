"""What a lead asks of premises: set as one, contradictions refused, never lost between two people."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from tests.factories import make_lead, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import NeedsContradict
from zhuchao.apps.promotion.models import LeadNeeds
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def lead(zone):
    return make_lead(zone)


@pytest.fixture
def say(officer, lead):
    def run(version=0, **values):
        return services.set_lead_needs(actor=officer, lead=lead, version=version, **values)

    return run


def test_needs_are_said_once_and_what_is_not_given_stays(lead, say):
    say(area_min_m2=Decimal(3000), kinds=["office", "workshop"], is_hard=["area_min_m2"])
    needs = say(version=1, clear_height_m=Decimal("7.2"))
    assert (needs.area_min_m2, needs.clear_height_m, needs.kinds, needs.is_hard, needs.version) == (
        3000,
        Decimal("7.2"),
        ["workshop", "office"],
        ["area_min_m2"],
        2,
    )
    assert say(version=2, area_min_m2=None, is_hard=[]).area_min_m2 is None
    assert selectors.needs_of(lead) == LeadNeeds.objects.get()
    assert Change.objects.filter(verb="set_needs").count() == 3


def test_saying_the_same_again_changes_nothing(say):
    say(power_kva=Decimal(800))
    assert say(version=1, power_kva=Decimal(800)).version == 1
    assert Change.objects.filter(verb="set_needs").count() == 1


def test_of_two_people_who_say_it_first_the_second_is_shown_both(say):
    say(area_min_m2=Decimal(3000))
    with pytest.raises(Stale) as caught:
        say(area_min_m2=Decimal(5000))
    assert caught.value.data["theirs"]["area_min_m2"] == "3000"


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        (
            {"area_min_m2": Decimal(5000), "area_max_m2": Decimal(3000)},
            ["area_min_m2", "area_max_m2"],
        ),
        ({"fire_class": "a", "kinds": ["office", "shop"]}, ["fire_class", "kinds"]),
        ({"move_in_on": date(2026, 1, 1)}, ["move_in_on", "found_on"]),
        ({"is_hard": ["hoist_t"]}, ["hoist_t", "is_hard"]),
    ],
)
def test_needs_that_contradict_are_refused_naming_the_two(say, values, fields):
    with pytest.raises(NeedsContradict) as caught:
        say(**values)
    assert caught.value.data["fields"] == fields
    assert str(caught.value).count("“") >= 2
    assert not LeadNeeds.objects.exists()


def test_a_contradiction_with_what_was_said_before_is_refused_too(say):
    say(area_min_m2=Decimal(5000))
    with pytest.raises(NeedsContradict):
        say(version=1, area_max_m2=Decimal(4000))


@pytest.mark.parametrize(
    "values",
    [
        {"clear_height_m": Decimal(0)},
        {"kinds": ["castle"]},
        {"is_hard": ["colour"]},
        {"fire_class": "x"},
    ],
)
def test_what_no_premises_can_be_is_refused(say, values):
    with pytest.raises(WrongInput):
        say(**values)


def test_only_who_may_change_the_lead_says_what_it_needs(zone, lead):
    with pytest.raises(NotAllowed):
        services.set_lead_needs(
            actor=make_user(Role.AUDITOR, zone=zone), lead=lead, version=0, use="晶圆检测"
        )
    with pytest.raises(TypeError):
        services.set_lead_needs(actor=None, lead=lead, version=0, colour="红")


def test_the_database_refuses_an_area_range_that_is_upside_down(lead):
    with pytest.raises(IntegrityError, match="needs_area_range_is_not_upside_down"):
        LeadNeeds.objects.create(zone=lead.zone, lead=lead, area_min_m2=2, area_max_m2=1)


def test_needs_are_seen_where_the_lead_is_seen(zone, officer, lead, say):
    needs = say(use="晶圆检测")
    assert list(selectors.visible_needs(officer)) == [needs]
    assert not selectors.visible_needs(make_user(Role.PROMOTION_OFFICER)).exists()


def test_the_form_takes_mu_and_the_page_shows_what_was_said(client, officer, lead):
    page = signed_in(client, officer)
    url = f"/leads/{lead.pk}/needs/"
    form = {"version": "0", "area_min_m2": "6亩", "kinds": ["workshop"], "needs_gas": "False"}
    assert page.post(url, form | {"is_hard": ["area_min_m2"]}).status_code == 302
    needs = LeadNeeds.objects.get()
    assert (needs.area_min_m2, needs.needs_gas, needs.needs_sewage) == (4000, False, None)
    words = page.get(f"/leads/{lead.pk}/").content.decode()
    assert "4,000" in words
    assert "标准厂房" in words
    assert "必须" in words
    assert 'value="4000"' in page.get(url).content.decode()
    wrong = page.post(url, {"version": "1", "area_min_m2": "6亩", "area_max_m2": "3000"})
    assert wrong.status_code == 422
    assert "互相矛盾" in wrong.content.decode()


def test_the_api_says_and_returns_needs_by_the_same_rule(client, officer, lead):
    api = signed_in(client, officer)
    url = f"/api/v1/leads/{lead.pk}/needs"
    assert api.get(url).json()["version"] == 0
    body = {"version": 0, "area_min_m2": "3000", "area_max_m2": "5000", "ground_floor": True}
    answer = api.put(url, body, content_type="application/json").json()
    assert (answer["area_max_m2"], answer["ground_floor"], answer["version"]) == ("5000.00", True, 1)
    wrong = api.put(url, {"version": 1, "area_max_m2": "10"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "needs_contradict")
