"""What a unit offers and a site admits: kept, checked, shown to who may see it."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_department, make_site, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.models import Site, Unit
from zhuchao.apps.zones.models import Department, Role

MAY = date(2026, 5, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def site(zone):
    return make_site(zone, name="航空航天产业园")


def add(site, **facts):
    return services.add_unit(
        actor=None, site=site, name=f"1{Unit.objects.count()}", gross_area_m2=Decimal(500), on=MAY, **facts
    )


def change(unit, **facts):
    return services.change_unit(actor=None, unit=unit, version=None, **facts)


def test_what_nobody_said_of_a_unit_is_not_known(site):
    unit = add(site)
    assert (unit.has_gas, unit.hoist_t, unit.allowed_uses, unit.fire_class) == (None, None, [], "")


def test_words_are_tidied_and_each_is_kept_once(site):
    unit = add(site, allowed_uses=[" 办公", "展 示", "办公", ""])
    assert unit.allowed_uses == ["办公", "展示"]
    with pytest.raises(WrongInput):
        change(unit, amenities=["字" * 21])
    with pytest.raises(WrongInput):
        change(unit, amenities="食堂")


@pytest.mark.parametrize(
    "facts",
    [
        {"hoist_t": Decimal(-1)},
        {"loading_docks": -1},
        {"rent_floor_cny_m2_day": Decimal("-0.1")},
        {"position": 0},
        {"allowed_uses": ["餐饮"], "forbidden_uses": ["餐饮"]},
    ],
)
def test_a_fact_that_cannot_be_is_refused(site, facts):
    with pytest.raises(WrongInput):
        add(site, **facts)


def test_a_heritage_unit_is_never_allowed_a_use_its_protection_forbids(site):
    house = add(site, kind="heritage", forbidden_uses=["餐饮", "明火"])
    for use in ("餐饮", "明火"):
        with pytest.raises(WrongInput):
            change(house, allowed_uses=["展示", use])
    change(house, allowed_uses=["展示"])
    house.refresh_from_db()
    assert not set(house.allowed_uses) & set(house.forbidden_uses)


def test_the_plan_of_a_site_holds_for_every_unit_inside_it(zone, site):
    inner = make_site(zone, name="园中园", parent=site)
    services.change_site(
        actor=None, site=site, version=None, plan_constraints=["仓储"], plan_source="控规2026-8号"
    )
    assert selectors.plan_constraints_of(inner) == ["仓储"]
    with pytest.raises(WrongInput, match="规划禁止"):
        add(inner, allowed_uses=["仓储"])
    with pytest.raises(WrongInput):
        services.change_site(actor=None, site=inner, version=None, plan_constraints=["餐饮"])


def test_a_park_says_whether_it_admits_an_industry(zone, site):
    assert selectors.admits(site, ["房地产"]) is True
    services.change_site(
        actor=None, site=site, version=None, admission_scope=["航空零部件", "新材料", "电子设备"]
    )
    site = Site.objects.get(pk=site.pk)
    inner = make_site(zone, name="检测中心", parent=site)
    assert selectors.admits(inner, ["航空零部件精密制造"]) is True
    assert selectors.admits(inner, ["房地产"]) is False
    assert selectors.admits(inner, []) is None


def test_sites_do_not_stand_inside_each_other(zone, site):
    inner = services.add_site(actor=None, zone=zone, name="内园", parent=site)
    with pytest.raises(WrongInput, match="之下"):
        services.change_site(actor=None, site=site, version=None, parent=inner)
    with pytest.raises(WrongInput):
        services.change_site(actor=None, site=inner, version=None, parent=inner)
    with pytest.raises(WrongInput, match="不属于"):
        services.change_site(actor=None, site=site, version=None, parent=make_site(make_zone()))


SEES = {
    Role.LEADER: True,
    Role.PROMOTION_OFFICER: True,
    Role.STEWARD: True,
    Role.AUDITOR: True,
    Role.ADMINISTRATOR: True,
    Role.LIAISON: False,
    Role.ANALYST: False,
}


@pytest.mark.parametrize("role", SEES)
def test_the_lowest_rent_and_the_tenure_are_for_those_who_may_reveal_them(client, zone, site, role):
    unit = add(site, rent_floor_cny_m2_day=Decimal("1.237"), tenure="collective")
    page = signed_in(client, make_user(role, zone=zone))
    body = page.get(f"/api/v1/units/{unit.pk}").json()
    shown = page.get(f"/premises/units/{unit.pk}/").content.decode()
    listed = page.get("/premises/units/?cols=name,rent_floor,tenure").content.decode()
    assert (body["rent_floor_cny_m2_day"] == "1.237") is SEES[role]
    assert (body["tenure"] == "collective") is SEES[role]
    for text in (shown, listed):
        assert ("1.24" in text or "1.237" in text) is SEES[role]
        assert ("集体" in text) is SEES[role]


def test_an_operator_reveals_only_the_units_it_runs(zone, site):
    ours = make_department(zone, kind=Department.Kind.DEVELOPER)
    actor = make_user(Role.OPERATOR, zone=zone, department=ours)
    theirs = add(site)
    own = add(make_site(zone, operator=ours))
    assert selectors.may_reveal(actor, own)
    assert not selectors.may_reveal(actor, theirs)
    assert not selectors.may_reveal(make_user(Role.ENTERPRISE_MEMBER, zone=zone), own)


def test_the_form_of_a_unit_keeps_every_fact(client, zone, steward, site):
    unit = add(site)
    page = signed_in(client, steward)
    page.post(
        f"/premises/units/{unit.pk}/edit/",
        {
            "version": unit.version,
            "name": unit.name,
            "kind": "rnd",
            "gross_area_m2": "500",
            "column_grid": "8.4×8.4",
            "has_gas": "no",
            "hoist_t": "5",
            "fire_class": "c",
            "allowed_uses": "办公、研发,展示",
            "food_allowed": "yes",
            "asking_rent_cny_m2_day": "1.25",
            "rent_floor_cny_m2_day": "1.1",
            "tenure": "state",
            "available_on": "2026-07-01",
            "position": "2",
        },
    )
    unit.refresh_from_db()
    assert (unit.column_grid, unit.has_gas, unit.has_sewage, unit.fire_class) == ("8.4×8.4", False, None, "c")
    assert unit.allowed_uses == ["办公", "研发", "展示"]
    assert (unit.food_allowed, unit.tenure, unit.position) == (True, "state", 2)
    assert unit.rent_floor_cny_m2_day == Decimal("1.1")
    form = page.get(f"/premises/units/{unit.pk}/edit/").content.decode()
    assert "办公、研发、展示" in form


def test_who_may_not_reveal_units_sets_neither_rent_nor_tenure(zone, site, monkeypatch):
    unit = add(site)
    clerk = make_user(Role.LIAISON, zone=zone)
    with pytest.raises(NotAllowed):
        services.change_unit(actor=clerk, unit=unit, version=None, tenure="state")


def test_a_part_that_stands_empty_is_smaller_than_the_unit_and_the_unit_is_used(site):
    unit = add(site)
    for state, idle in (("let", "500"), ("let", "0"), ("vacant", "100")):
        with pytest.raises(WrongInput):
            services.change_unit_state(actor=None, unit=unit, state=state, on=MAY, idle_m2=Decimal(idle))
    services.change_unit_state(
        actor=None, unit=unit, state="let", on=MAY, occupant="甲", idle_m2=Decimal("120.5")
    )
    unit.refresh_from_db()
    assert unit.idle_m2 == Decimal("120.5")
