"""Sites, buildings and units: entered, renamed, handed over, found."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.factories import make_department, make_enterprise, make_site, make_unit, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.enterprises.selectors import related_to
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import BuildingExists, LastSiteName, PlaceMismatch, SiteExists, UnitExists
from zhuchao.apps.premises.models import Site, SiteName, Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

MAY = date(2026, 5, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def boss(zone):
    return make_user(Role.ADMINISTRATOR, zone=zone)


@pytest.fixture
def site(zone, steward):
    return services.add_site(actor=steward, zone=zone, name="老邮政大楼", on=date(2019, 1, 1))


def found(zone, text):
    return list(selectors.search_sites(Site.objects.all(), [zone.pk], text))


def test_a_site_is_entered_with_its_name_and_its_steward_answers_for_it(zone, steward):
    site = services.add_site(actor=steward, zone=zone, name="  苏鲲  产业园 ", steward=steward)
    assert site.name == "苏鲲 产业园"
    assert SiteName.objects.get(site=site).happened_on == zones.today(zone)
    assert steward.assignments.get().label == site.name
    assert Change.objects.filter(scope=zone.pk, verb="add", thing="premises.site").count() == 1


@pytest.mark.parametrize("name", ["老邮政大楼", "老邮政 大楼", "老郵政大楼x"])
def test_a_name_that_a_site_has_or_had_is_not_given_to_another(zone, steward, site, name):
    services.name_site(actor=steward, site=site, name="苏鲲科技产业园", on=date(2022, 7, 1))
    if name.endswith("x"):
        assert services.add_site(actor=steward, zone=zone, name=name).pk != site.pk
        return
    with pytest.raises(SiteExists) as refused:
        services.add_site(actor=steward, zone=zone, name=name)
    assert refused.value.data["site"] == "苏鲲科技产业园"


@pytest.mark.document("0-04")
def test_a_site_is_found_by_its_old_and_its_new_name_and_shows_both_with_dates(zone, steward, site):
    services.name_site(actor=steward, site=site, name="苏鲲科技产业园", on=date(2022, 7, 1))
    assert found(zone, "老邮政") == found(zone, "苏鲲科技") == [site]
    history = SiteName.objects.live().filter(site=site).values_list("name", "happened_on")
    assert list(history) == [("苏鲲科技产业园", date(2022, 7, 1)), ("老邮政大楼", date(2019, 1, 1))]


def test_a_former_name_entered_later_leaves_the_present_one(steward, site):
    services.name_site(actor=steward, site=site, name="察院场邮局", on=date(1990, 1, 1))
    site.refresh_from_db()
    assert site.name == "老邮政大楼"


def test_voiding_a_wrong_name_brings_the_one_before_back(zone, steward, site):
    services.name_site(actor=steward, site=site, name="写错的名字", on=date(2022, 7, 1))
    entry = SiteName.objects.get(name="写错的名字")
    services.void_site_name(actor=steward, entry=entry, reason="录错")
    site.refresh_from_db()
    assert site.name == "老邮政大楼"
    assert found(zone, "写错") == []
    with pytest.raises(LastSiteName):
        services.void_site_name(actor=steward, entry=SiteName.objects.get(name="老邮政大楼"), reason="录错")


def test_units_are_found_under_the_new_name_of_their_site(zone, steward, site):
    unit = services.add_unit(actor=steward, site=site, name="101", gross_area_m2=Decimal(10), on=MAY)
    services.name_site(actor=steward, site=site, name="苏鲲科技产业园", on=date(2022, 7, 1))
    assert list(selectors.search_units(Unit.objects.all(), [zone.pk], "苏鲲")) == [unit]


def test_a_handover_needs_the_verb_and_keeps_who_was_there(zone, boss, steward, site):
    services.hand_over_site(actor=steward, site=site, steward=steward)
    heir = make_user(Role.STEWARD, zone=zone)
    with pytest.raises(NotAllowed):
        services.hand_over_site(actor=heir, site=Site.objects.get(pk=site.pk), steward=heir)
    services.hand_over_site(actor=boss, site=Site.objects.get(pk=site.pk), steward=heir, reason="轮岗")
    held = zones.assignments.assignments_of(boss, "premises.site", site.pk)
    assert [(row.officer, row.until is None) for row in held] == [(heir, True), (steward, False)]
    with pytest.raises(WrongInput):
        services.hand_over_site(actor=boss, site=site, steward=make_user(Role.STEWARD, zone=make_zone()))


def test_sites_without_a_steward_are_listed_for_who_may_see_them(zone, boss, steward, site):
    make_site(zone, name="有人园", steward=steward)
    make_site(make_zone(), name="别处")
    assert list(selectors.sites_without_steward(boss, zone)) == [site]
    assert not selectors.sites_without_steward(make_user(Role.STEWARD, zone=make_zone()), zone).exists()


def test_an_edit_against_an_older_version_is_refused_with_both(steward, site):
    services.change_site(actor=steward, site=site, version=1, address="甲")
    with pytest.raises(Stale) as refused:
        services.change_site(actor=steward, site=site, version=1, address="乙")
    assert refused.value.data["theirs"] == {"address": "甲"}
    assert refused.value.data["yours"] == {"address": "乙"}


def test_an_edit_that_changes_nothing_is_not_a_change(steward, site):
    before = Change.objects.count()
    services.change_site(actor=steward, site=site, version=1, address="")
    assert Change.objects.count() == before


@pytest.mark.parametrize(
    "wrong", [{"land_area_m2": Decimal(0)}, {"operator": "another zone's"}, {"steward": "another zone's"}]
)
def test_a_site_with_a_fact_that_cannot_be_is_refused(zone, steward, wrong):
    if wrong.get("operator"):
        wrong = {"operator": make_department()}
    if wrong.get("steward"):
        wrong = {"steward": make_user(Role.STEWARD, zone=make_zone())}
    with pytest.raises(WrongInput):
        services.add_site(actor=steward, zone=zone, name="甲园", **wrong)
    assert not Site.objects.filter(name="甲园").exists()


def test_a_building_and_a_unit_stand_once_at_their_place(steward, site):
    building = services.add_building(actor=steward, site=site, name="1号楼")
    with pytest.raises(BuildingExists):
        services.add_building(actor=steward, site=site, name=" 1号楼 ")
    given = {"building": building, "level": 3, "name": "301", "gross_area_m2": Decimal(100)}
    unit = services.add_unit(actor=steward, site=site, **given)
    assert str(unit) == "老邮政大楼 1号楼 3F 301"
    with pytest.raises(UnitExists):
        services.add_unit(actor=steward, site=site, **given)
    services.add_unit(actor=steward, site=site, **(given | {"level": 4}))
    other = services.add_building(actor=steward, site=make_site(site.zone), name="2号楼")
    with pytest.raises(PlaceMismatch):
        services.add_unit(actor=steward, site=site, **(given | {"building": other}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"gross_area_m2": Decimal(0)},
        {"gross_area_m2": Decimal(100), "net_area_m2": Decimal(101)},
        {"gross_area_m2": Decimal(100), "level": 3},
        {"gross_area_m2": Decimal(100), "name": "  "},
        {"gross_area_m2": Decimal(100), "on": date.max},
    ],
)
def test_a_unit_that_cannot_be_is_refused(steward, site, wrong):
    with pytest.raises(WrongInput):
        services.add_unit(actor=steward, site=site, **({"name": "301"} | wrong))
    assert not Unit.objects.exists()


def test_the_ground_floor_is_one_and_there_is_no_floor_zero(steward, site):
    building = services.add_building(actor=steward, site=site, name="1号楼")
    with pytest.raises(WrongInput):
        services.add_unit(
            actor=steward, site=site, building=building, level=0, name="1", gross_area_m2=Decimal(1)
        )


def test_a_stack_shows_the_highest_floor_first_and_what_has_no_floor_last(steward, site):
    building = services.add_building(actor=steward, site=site, name="1号楼")
    for level, name in ((1, "101"), (3, "301"), (-1, "B101"), (3, "302")):
        services.add_unit(
            actor=steward,
            site=site,
            building=building,
            level=level,
            name=name,
            gross_area_m2=Decimal(100),
            on=MAY,
        )
    services.add_unit(
        actor=steward, site=site, building=building, name="天台", gross_area_m2=Decimal(50), on=MAY
    )
    services.add_unit(actor=steward, site=site, name="门房", gross_area_m2=Decimal(20), on=MAY)
    tower, rest = selectors.stack_of(site)
    assert [(floor.label, len(floor.units)) for floor in tower.floors] == [
        ("3F", 2),
        ("1F", 1),
        ("B1", 1),
        ("", 1),
    ]
    assert (tower.area_m2, tower.vacant_m2) == (Decimal(450), Decimal(450))
    assert rest.building is None
    assert rest.floors[0].units[0].name == "门房"


def test_an_operator_adds_and_changes_units_of_its_own_sites_only(zone, steward, site):
    developer = make_department(zone, kind="developer")
    operator = make_user(Role.OPERATOR, zone=zone, department=developer)
    own = make_site(zone, operator=developer)
    unit = services.add_unit(actor=operator, site=own, name="101", gross_area_m2=Decimal(100), on=MAY)
    services.change_unit_state(actor=operator, unit=unit, state="let", on=MAY + timedelta(days=1))
    others = make_unit(site)
    for refused in (
        lambda: services.add_unit(actor=operator, site=site, name="101", gross_area_m2=Decimal(100)),
        lambda: services.change_unit(actor=operator, unit=others, version=1, name="x"),
        lambda: services.change_unit_state(actor=operator, unit=others, state="let", on=MAY),
        lambda: services.add_building(actor=operator, site=site, name="1号楼"),
    ):
        with pytest.raises(NotFound):
            refused()
    assert list(selectors.visible_units(operator)) == [unit]
    assert {entry.unit for entry in selectors.visible_unit_states(operator)} == {unit}


def test_a_firm_shows_the_space_it_uses_to_who_may_see_units(zone, steward, site):
    firm = make_enterprise(zone)
    unit = services.add_unit(
        actor=steward,
        site=site,
        name="101",
        gross_area_m2=Decimal(100),
        state="let",
        on=MAY,
        occupant=firm.name,
    )
    groups = {group.key: group for group in related_to(steward, firm)}
    assert [row.title for row in groups["units"].rows] == [str(unit)]
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    assert "units" not in {group.key for group in related_to(clerk, firm)}


def test_firms_are_known_by_code_by_name_and_by_the_normal_form_of_one_only(zone):
    one = make_enterprise(
        zone, name="苏州苏鲲汽贸有限公司", normal_name="苏州苏鲲汽贸", credit_code="91320508MA1MYEK07R"
    )
    old = make_enterprise(zone, name="旧名有限公司", normal_name="旧名", merged_into=one)
    make_enterprise(zone, name="同名甲有限公司", normal_name="同名")
    make_enterprise(zone, name="同名乙有限公司", normal_name="同名")
    make_enterprise(make_zone(), name="别处有限公司", normal_name="别处")
    names = [
        "91320508MA1MYEK07R",
        "苏州苏鲲汽贸有限公司",
        "苏州苏鲲汽贸",
        old.name,
        "同名",
        "别处有限公司",
        "",
    ]
    known = selectors.firms_named(zone.pk, names)
    assert known == dict.fromkeys(names[:4], one)
