"""Space as an offer: occupancy, months of stock, idle clocks, land, free space in one piece."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_enterprise, make_site, make_user, make_zone, signed_in
from zhuchao.apps.enterprises.services import add_tag
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.services import Part
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

MAY, JUNE, END = date(2025, 5, 1), date(2025, 6, 1), date(2025, 12, 31)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def site(zone):
    return make_site(zone, name="苏鲲科技产业园", address="人民路1401号")


@pytest.fixture
def building(site):
    return services.add_building(actor=None, site=site, name="邮政大厦")


@pytest.fixture
def page(client, zone):
    return signed_in(client, make_user(Role.STEWARD, zone=zone))


def add(site, building, level, name, area, **values):
    values = {"on": MAY} | values
    return services.add_unit(
        actor=None,
        site=site,
        building=building,
        level=level,
        name=name,
        gross_area_m2=Decimal(area),
        **values,
    )


def supplies(zone, on=END):
    units = Unit.objects.filter(zone=zone)
    steps = selectors.unit_steps([zone.pk], on, zones.now(zone), units)
    return selectors.supply_by_kind(steps, dict(units.values_list("pk", "kind")), on)


@pytest.mark.document("0-06")
def test_one_floor_is_used_while_the_others_are_under_works_and_area_weighs_the_occupancy(
    page, site, building
):
    add(site, building, 1, "展厅", "1300", state="let", occupant="比亚迪新能源汽车展厅")
    for level in (2, 3, 4):
        add(site, building, level, f"{level}01", "1300", state="in_works")
    add(site, building, 5, "501", "1300.50", state="in_works")
    stack = selectors.stack_of(site)[0]
    states = {floor.label: floor.units[0].get_state_display() for floor in stack.floors}
    assert states == {"5F": "改造中", "4F": "改造中", "3F": "改造中", "2F": "改造中", "1F": "在用"}
    assert stack.occupancy.ratio == Decimal(1300) / Decimal("6500.50")
    words = page.get(f"/premises/buildings/{building.pk}/").content.decode()
    assert "使用率 20.0%" in words
    assert words.index("5F") < words.index("1F")


def test_a_part_that_stands_empty_weighs_too(site, building):
    unit = add(site, building, 1, "101", "1000")
    services.change_unit_state(
        actor=None, unit=unit, state="let", on=JUNE, occupant="甲", idle_m2=Decimal(250)
    )
    stack = selectors.stack_of(site)[0]
    assert (stack.occupancy.ratio, stack.vacant_m2) == (Decimal("0.75"), Decimal(250))


@pytest.mark.document("2-14")
def test_the_months_of_stock_are_told_for_each_kind(page, zone, site, building):
    let = add(site, building, 1, "101", "600", kind="office")
    add(site, building, 2, "201", "300", kind="office")
    add(site, building, 3, "301", "100", kind="workshop")
    services.change_unit_state(actor=None, unit=let, state="signed", on=JUNE, occupant="甲")
    services.change_unit_state(actor=None, unit=let, state="let", on=END, occupant="甲")
    office, workshop = sorted(supplies(zone), key=lambda row: row.kind)
    assert (office.absorbed_m2, office.vacant_m2, office.months_of_stock) == (600, 300, Decimal("6.0"))
    assert (office.absorption.ratio, office.occupancy.ratio) == (600 / Decimal(900), 600 / Decimal(900))
    assert (workshop.months_of_stock, workshop.vacancy.ratio) == (None, 1)
    words = page.get("/premises/space/?end=2025-12-31").content.decode()
    assert "去化周期" in words
    assert ">6<" in words


def test_what_was_taken_more_than_a_year_ago_is_no_pace(zone, site, building):
    unit = add(site, building, 1, "101", "600", on=date(2023, 1, 1))
    services.change_unit_state(actor=None, unit=unit, state="let", on=date(2024, 12, 31), occupant="甲")
    assert supplies(zone)[0].absorbed_m2 == 0
    assert supplies(zone, on=date(2025, 12, 30))[0].absorbed_m2 == 600


@pytest.mark.document("2-18")
def test_a_site_holds_units_of_several_kinds_and_says_how_much_of_each(page, site, building):
    for level, kind in enumerate(("office", "rnd", "shop"), 1):
        add(site, building, level, f"{level}01", str(100 * level), kind=kind)
    words = page.get(f"/premises/{site.pk}/").content.decode()
    table = words[words.index("各类空间") :]
    for label, area in (("办公", "100"), ("研发", "200"), ("商业", "300")):
        row = table[table.index(f">{label}<") :]
        assert f"{area} ㎡" in row[:200]


@pytest.mark.document("2-25")
def test_land_is_told_in_mu_by_state(page, site):
    for name, area, state in (("地块1", "66666.67", "vacant"), ("地块2", "20000", "let")):
        services.add_unit(
            actor=None,
            site=site,
            name=name,
            kind="plot",
            gross_area_m2=Decimal(area),
            on=MAY,
            state=state,
            occupant="甲" if state == "let" else "",
        )
    words = page.get("/premises/space/").content.decode()
    table = words[words.index("土地") :]
    assert table.index("空置") < table.index("100.00 亩") < table.index("在用") < table.index("30.00 亩")


def test_the_idle_clock_runs_by_reason_and_goes_on_through_a_split(zone, site, building):
    old = add(site, building, 1, "101", "200", why="到期未续")
    add(site, building, 2, "201", "100", on=JUNE)
    services.split_unit(
        actor=None, unit=old, on=END, parts=[Part("101A", Decimal(50)), Part("101B", Decimal(150))]
    )
    clock = selectors.idle_clock([zone.pk], END, zones.now(zone), Unit.objects.filter(zone=zone))
    assert clock.longest_days == (END - MAY).days
    assert [(group.code, group.units, group.area_m2) for group in clock.groups] == [
        ("expired", 2, Decimal(200)),
        ("", 1, Decimal(100)),
    ]


def test_the_trend_ends_on_the_day_asked_about(zone, site, building):
    unit = add(site, building, 1, "101", "200")
    services.change_unit_state(actor=None, unit=unit, state="let", on=date(2025, 11, 5), occupant="甲")
    steps = selectors.unit_steps([zone.pk], END, zones.now(zone))
    trend = selectors.vacancy_trend(steps, END, months=4)
    assert [(month.on, month.vacant_m2) for month in trend] == [
        (date(2025, 9, 30), 200),
        (date(2025, 10, 31), 200),
        (date(2025, 11, 30), 0),
        (END, 0),
    ]


def test_the_largest_free_space_is_neighbours_on_one_floor(site, building):
    for position, state in enumerate(("vacant", "vacant", "let", "vacant"), 1):
        add(
            site,
            building,
            1,
            f"10{position}",
            "100",
            position=position,
            state=state,
            occupant="甲" if state == "let" else "",
        )
    add(site, building, 2, "201", "150")
    add(site, building, 2, "202", "150")
    run = selectors.stack_of(site)[0].largest_free
    assert ([unit.name for unit in run.units], run.area_m2) == (["101", "102"], 200)


@pytest.mark.document("0-01")
def test_one_call_finds_the_building_at_a_street_number_its_tenants_and_their_tags(
    page, zone, site, building
):
    firm = make_enterprise(zone, name="比亚迪展厅（示例）有限公司", industry_code="F5261")
    add_tag(actor=None, enterprise=firm, tag="首家", happened_on=MAY, source="区商务局")
    add(site, building, 1, "展厅", "1300", state="let", occupant=firm.name)
    other = make_site(zone, name="别处", address="人民路1号")
    services.add_unit(
        actor=None, site=other, name="1", gross_area_m2=Decimal(9), on=MAY, state="let", occupant="乙"
    )
    found = page.get(f"/api/v1/tenants?zone={zone.code}&q=人民路1401号").json()["items"]
    assert [(row["building"], row["firm"], row["tags"]) for row in found] == [
        ("邮政大厦", firm.name, ["首家"])
    ]
    words = page.get("/premises/tenants/?q=人民路1401号").content.decode()
    assert "首家" in words
    assert "乙" not in words


@pytest.mark.document("2-23")
def test_industry_park_and_firm_are_one_click_from_each_other(page, zone, site, building):
    firm = make_enterprise(zone, name="甲航空有限公司", industry_code="C3749")
    add(site, building, 1, "101", "1300", state="let", occupant=firm.name)
    site_url, firm_url = f'"/premises/{site.pk}/"', f'"/enterprises/{firm.pk}/"'
    industry_url = '"/premises/tenants/?industry=C37"'
    of_park = page.get(f"/premises/{site.pk}/").content.decode()
    assert firm_url in of_park
    assert industry_url in of_park
    of_industry = page.get("/premises/tenants/?industry=C37").content.decode()
    assert firm_url in of_industry
    assert site_url in of_industry
    of_firm = page.get(f"/enterprises/{firm.pk}/related/").content.decode()
    assert site_url in of_firm
    assert industry_url in of_firm


@pytest.mark.document("3-21")
def test_two_e_commerce_parks_of_a_street_show_their_four_firms(page, zone):
    for name, firms in (
        ("稠江跨境电子商务园", ("吉茂科技", "潘朵贸易")),
        ("新纪元电子商务园", ("银河在线", "九天电子商务")),
    ):
        park = make_site(zone, name=name, theme="跨境电商")
        for number, firm in enumerate(firms):
            services.add_unit(
                actor=None,
                site=park,
                name=f"10{number}",
                gross_area_m2=Decimal(100),
                on=MAY,
                state="let",
                occupant=firm,
            )
    make_site(zone, name="五金园", theme="五金")
    parks = page.get("/premises/?theme=跨境电商").content.decode()
    assert "稠江跨境电子商务园" in parks
    assert "新纪元电子商务园" in parks
    assert "五金园" not in parks[parks.index("<tbody") :]
    tenants = page.get("/premises/tenants/?theme=跨境电商").content.decode()
    assert all(firm in tenants for firm in ("吉茂科技", "潘朵贸易", "银河在线", "九天电子商务"))


@pytest.mark.document("2-19")
@pytest.mark.document("2-20")
def test_carriers_are_told_apart_by_class(page, zone):
    make_site(zone, name="大而强园", carrier_class="flagship")
    make_site(zone, name="小而精园", carrier_class="functional")
    for chosen, there, gone in (("flagship", "大而强园", "小而精园"), ("functional", "小而精园", "大而强园")):
        words = page.get(f"/premises/?class={chosen}").content.decode()
        assert there in words
        assert gone not in words


@pytest.mark.document("2-21")
def test_firms_that_left_an_incubator_are_its_alumni(page, zone, site, building):
    services.change_site(actor=None, site=site, version=None, incubator=True)
    inner = make_site(zone, name="小样青年社区", parent=site)
    grown = add(site, building, 1, "101", "100", state="let", occupant="已毕业公司")
    services.change_unit_state(actor=None, unit=grown, state="vacant", on=JUNE)
    moved = services.add_unit(
        actor=None, site=inner, name="1", gross_area_m2=Decimal(9), on=MAY, state="let", occupant="换房公司"
    )
    services.change_unit_state(actor=None, unit=moved, state="vacant", on=JUNE)
    services.change_unit_state(actor=None, unit=grown, state="let", on=END, occupant="换房公司")
    site.refresh_from_db()
    assert [(one.name, one.since, one.until) for one in selectors.alumni_of(site)] == [
        ("已毕业公司", MAY, JUNE)
    ]
    words = page.get(f"/premises/{site.pk}/").content.decode()
    assert "孵化毕业 1 家" in words
    assert "小样青年社区" in words
