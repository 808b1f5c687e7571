"""The match: which free units suit a lead, which leads suit a unit, and what each criterion says."""

import json
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.core.management import call_command

from tests.factories import make_lead, make_sector, make_site, make_unit, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.services import record_change
from zhuchao.apps.premises import services as premises
from zhuchao.apps.premises.models import Building, Floor, Unit
from zhuchao.apps.promotion import services
from zhuchao.apps.promotion.errors import NeedsNotSaid
from zhuchao.apps.promotion.models import Lead, LeadNeeds
from zhuchao.apps.promotion.selectors import match_data, matching
from zhuchao.apps.promotion.selectors.asks import VERDICTS
from zhuchao.apps.zones.models import Role
from zhuchao.engines.allocation import Verdict


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def site(zone):
    return make_site(zone, name="苏鲲科技产业园")


def asking(zone, *, sector="", lead=None, **needs):
    """Make a lead that asks for something of premises."""
    lead = lead or make_lead(zone, sector=make_sector(zone, sector) if sector else None)
    LeadNeeds.objects.create(zone=zone, lead=lead, **needs)
    return lead


def floor_of(site, *areas, level=1, **facts):
    """Make neighbouring units along one floor of a new building."""
    building = Building.objects.create(zone=site.zone, site=site, name=f"{Building.objects.count() + 1}号楼")
    floor = Floor.objects.create(zone=site.zone, building=building, level=level)
    return [
        Unit.objects.create(
            zone=site.zone,
            site=site,
            building=building,
            floor=floor,
            name=f"{level}0{n}",
            position=n,
            gross_area_m2=Decimal(area),
            **facts,
        )
        for n, area in enumerate(areas, 1)
    ]


def said(fit, name):
    return next(row for row in fit.rows if row.name == name)


@pytest.mark.document("0-19")
def test_every_criterion_of_a_need_is_answered_with_how_far_off_and_the_order_is_the_same_again(
    zone, officer, site, client
):
    good = make_unit(site, name="甲", gross_area_m2=Decimal(900), clear_height_m=8, floor_load_kn_m2=10)
    asked = make_unit(site, name="乙", gross_area_m2=Decimal(900), clear_height_m=8)
    low = make_unit(site, name="丙", gross_area_m2=Decimal(700), clear_height_m=5, floor_load_kn_m2=10)
    lead = asking(
        zone,
        area_min_m2=Decimal(800),
        clear_height_m=Decimal(6),
        floor_load_kn_m2=Decimal(8),
        is_hard=["clear_height_m", "floor_load_kn_m2"],
    )
    match = matching.match_lead(officer, lead)
    assert [fit.units for fit in match.fits] == [(good,)]
    assert [(fit.units, fit.question) for fit in match.asks] == [((asked,), "楼面荷载")]
    assert [fit.units for fit in match.nearest] == [(low,)]
    near = match.nearest[0]
    assert (said(near, "clear_height_m").verdict, said(near, "clear_height_m").gap) == (
        Verdict.NOT_MET,
        "差 1 m",
    )
    assert (said(near, "area_min_m2").verdict, said(near, "area_min_m2").gap) == (
        Verdict.NOT_MET,
        "差 100 ㎡",
    )
    page = signed_in(client, officer).get(f"/leads/{lead.pk}/match/")
    text = page.content.decode()
    for word, _colour in VERDICTS.values():
        assert str(word) in text
    assert "差 1 m" in text
    assert "先问清：楼面荷载" in text
    for fit in (*match.fits, *match.asks, *match.nearest):
        assert {row.name for row in fit.rows} >= {"area_min_m2", "clear_height_m", "floor_load_kn_m2"}
    # other rows in another order of the tables, the same answer
    Unit.objects.filter(pk=good.pk).update(version=2)
    record_change(actor=None, verb="edit", rows=[good], scope=zone.pk)
    assert match_data.match_data(matching.match_lead(officer, lead)) == match_data.match_data(match)


def test_neighbours_are_taken_together_and_a_gap_names_the_one_that_fails(zone, officer, site):
    first, second, third = floor_of(site, 400, 500, 600, clear_height_m=Decimal(7))
    Unit.objects.filter(pk=third.pk).update(clear_height_m=Decimal(5))
    lead = asking(
        zone,
        area_min_m2=Decimal(850),
        clear_height_m=Decimal(6),
        is_hard=["area_min_m2", "clear_height_m"],
    )
    match = matching.match_lead(officer, lead)
    assert [fit.units for fit in match.fits] == [(first, second)]
    assert match.fits[0].name.endswith("1F 101 + 1F 102")
    run = matching.compare(officer, lead, [[second.pk, third.pk]])[0]
    assert said(run, "clear_height_m").gap == "差 1 m，103"


def test_a_need_in_mu_is_read_exactly_where_units_are_square_metres(zone, officer, site, client):
    fits = make_unit(site, name="三亩", gross_area_m2=Decimal("2000.00"))
    make_unit(site, name="少一分", gross_area_m2=Decimal("1999.99"))
    lead = make_lead(zone)
    page = signed_in(client, officer)
    sent = {"area_min_m2": "3亩", "is_hard": ["area_min_m2"], "version": "0"}
    assert page.post(f"/leads/{lead.pk}/needs/", sent).status_code == 302
    match = matching.match_lead(officer, lead)
    assert [fit.units for fit in match.fits] == [(fits,)]
    assert said(match.nearest[0], "area_min_m2").gap == "差 0.01 ㎡"


def test_rents_by_the_day_are_compared_exactly_and_shown_by_the_day(zone, officer, site):
    make_unit(site, asking_rent_cny_m2_day=Decimal("1.235"))
    lead = asking(zone, rent_max_cny_m2_day=Decimal("1.2"))
    row = said(matching.match_lead(officer, lead).fits[0], "rent_max_cny_m2_day")
    assert (row.verdict, row.found, row.gap) == (Verdict.NOT_MET, "1.235 元/㎡·天", "超 0.035 元/㎡·天")


def test_what_is_let_and_free_on_a_known_day_stands_apart(zone, officer, site):
    make_unit(site, name="空", gross_area_m2=Decimal(500))
    soon = make_unit(site, name="满", state="let", available_on=date(2026, 12, 31))
    make_unit(site, name="用", state="let")
    match = matching.match_lead(officer, asking(zone, area_min_m2=Decimal(100)))
    assert [fit.units for fit in match.soon] == [(soon,)]
    assert match.vacant_count == 1


def test_a_fire_class_asks_for_that_or_a_more_dangerous_one_and_hazard_goes_where_it_may(zone, officer, site):
    allowed = make_unit(site, name="甲", fire_class="a")
    make_unit(site, name="丙", fire_class="c")
    make_unit(site, name="禁", fire_class="a", hazard_allowed=False)
    lead = asking(zone, fire_class="b", is_hard=["fire_class"])
    assert [fit.units for fit in matching.match_lead(officer, lead).fits] == [(allowed,)]
    mild = asking(zone, fire_class="d", is_hard=["fire_class"])
    assert matching.match_lead(officer, mild).fits_count == 3


def test_the_ground_floor_is_one_criterion(zone, officer, site):
    ground = make_unit(site, name="一楼")
    floor_of(site, 500, level=3)
    lead = asking(zone, ground_floor=True, is_hard=["ground_floor"])
    match = matching.match_lead(officer, lead)
    assert [fit.units for fit in match.fits] == [(ground,)]
    rows = [row for row in match.nearest[0].rows if row.name == "ground_floor"]
    assert [(row.verdict, row.asked, row.found) for row in rows] == [(Verdict.NOT_MET, "需要", "3 层")]


def test_two_units_that_claim_one_place_stand_for_themselves(zone, officer, site):
    first, second = floor_of(site, 400, 500)
    Unit.objects.filter(pk=second.pk).update(position=1)
    lead = asking(zone, area_min_m2=Decimal(100))
    assert {fit.units for fit in matching.match_lead(officer, lead).fits} == {(first,), (second,)}


@pytest.mark.document("0-17")
def test_no_heritage_unit_is_ever_matched_to_a_use_its_constraint_forbids(zone, officer, site):
    random = Random(17)
    uses = ("餐饮", "展示", "办公", "民宿", "零售", "仓储", "酒吧")
    for n in range(60):
        make_unit(
            site,
            name=f"老宅{n}",
            kind="heritage",
            forbidden_uses=random.sample(uses, random.randint(0, 3)),
            allowed_uses=random.sample(uses, random.randint(0, 2)),
            clear_height_m=Decimal(random.randint(2, 6)) if random.random() < 0.7 else None,
        )
    seen = violations = 0
    for _ in range(40):
        use = "、".join(random.sample(uses, random.randint(1, 2)))
        lead = asking(zone, use=use, area_min_m2=Decimal(100), clear_height_m=Decimal(3))
        match = matching.match_lead(officer, lead, limit=100)
        for fit in (*match.fits, *match.asks):
            seen += 1
            unit = fit.units[0]
            violations += any(word in use for word in unit.forbidden_uses)
            if fit in match.fits:
                assert unit.allowed_uses or unit.forbidden_uses, "nobody knows what it forbids"
    assert (violations, seen > 500) == (0, True)


def test_a_heritage_unit_with_a_ban_asks_what_the_lead_does_before_it_is_matched(zone, officer, site):
    make_unit(site, kind="heritage", forbidden_uses=["餐饮"])
    match = matching.match_lead(officer, asking(zone, area_min_m2=Decimal(100)))
    assert (match.fits_count, match.asks_count) == (0, 0)
    row = said(match.nearest[0], "forbids")
    assert (row.verdict, row.found, row.clause) == (
        Verdict.UNKNOWN,
        "请先填写线索的用途",
        "文保约束禁止用途：餐饮",
    )


@pytest.mark.document("2-11")
def test_what_the_plan_of_a_site_or_of_one_above_it_forbids_is_never_matched(zone, officer, client):
    park = make_site(
        zone,
        name="相城开发区",
        plan_constraints=["化工", "危化品仓储"],
        plan_source="苏府复〔2023〕58 号控规批复",
        plan_on=date(2023, 8, 15),
    )
    plot = make_unit(
        make_site(zone, name="一号地块", parent=park), kind="plot", allowed_uses=["化工", "制造"]
    )
    free = make_unit(make_site(zone, name="别处"), allowed_uses=["化工"])
    lead = asking(zone, use="精细化工", area_min_m2=Decimal(100))
    match = matching.match_lead(officer, lead)
    assert [fit.units for fit in match.fits] == [(free,)]
    assert [fit.units for fit in match.nearest] == [(plot,)]
    row = said(match.nearest[0], "forbids")
    assert (row.verdict, row.clause) == (
        Verdict.NOT_MET,
        "苏府复〔2023〕58 号控规批复 2023-08-15：化工、危化品仓储",
    )
    text = signed_in(client, officer).get(f"/leads/{lead.pk}/match/").content.decode()
    assert "苏府复〔2023〕58 号控规批复" in text
    assert text.count('class="m-score"') == len(match.fits)  # what may not be is not scored
    # the sector alone is enough to find the conflict
    unsaid = asking(zone, sector="化工", area_min_m2=Decimal(100))
    assert plot not in {fit.units[0] for fit in matching.match_lead(officer, unsaid).fits}


def test_a_park_that_does_not_take_the_industry_warns_and_ranks_lower(zone, officer):
    park = make_site(
        zone, name="航空航天产业园", admission_scope=["航空零部件精密制造", "新材料", "检测维修"]
    )
    outside = make_unit(make_site(zone, name="园中楼", parent=park))
    open_to_all = make_unit(make_site(zone, name="综合园"))
    lead = asking(zone, sector="生物医药", area_min_m2=Decimal(100))
    match = matching.match_lead(officer, lead)
    assert [fit.units for fit in match.fits] == [(open_to_all,), (outside,)]
    row = said(match.fits[1], "admission")
    assert (row.verdict, row.is_hard) == (Verdict.NOT_MET, False)
    assert row.clause == "航空航天产业园准入产业：航空零部件精密制造、新材料、检测维修"
    inside = asking(zone, sector="新材料", area_min_m2=Decimal(100))
    assert matching.match_lead(officer, inside).fits[0].score == 100


@pytest.mark.document("0-23")
def test_each_vacant_unit_shows_its_projects_ranked_with_reasons(zone, officer, site, client):
    unit = make_unit(site, gross_area_m2=Decimal(800), clear_height_m=Decimal(8))
    large = make_lead(zone, name="大项目", planned_investment_cny=Decimal(80_000_000))
    small = make_lead(zone, name="小项目", planned_investment_cny=Decimal(5_000_000))
    asking(zone, lead=small, area_min_m2=Decimal(500), is_hard=["area_min_m2"])
    asking(zone, lead=large, area_min_m2=Decimal(500), clear_height_m=Decimal(6), is_hard=["clear_height_m"])
    too_big = asking(zone, area_min_m2=Decimal(5000), is_hard=["area_min_m2"])
    asking(zone, lead=make_lead(zone, name="已流失", stage="lost"), area_min_m2=Decimal(1))
    match = matching.match_unit(officer, unit)
    assert [fit.lead for fit in match.fits] == [large, small]
    assert [(fit.lead, said(fit, "area_min_m2").gap) for fit in match.refused] == [(too_big, "差 4,200 ㎡")]
    page = signed_in(client, officer)
    record = page.get(f"/premises/units/{unit.pk}/").content.decode()
    assert record.index("大项目") < record.index("小项目")
    assert "匹配项目" in record
    assert "满足 3 项" in record
    whole = page.get(f"/premises/units/{unit.pk}/leads/").content.decode()
    assert "差 4,200 ㎡" in whole
    assert "已流失" not in whole
    let = make_unit(site, name="在用", state="let")
    assert "不是空置的" in page.get(f"/premises/units/{let.pk}/leads/").content.decode()
    assert 'id="unit-leads"' not in page.get(f"/premises/units/{let.pk}/").content.decode()


def test_a_lead_that_said_nothing_is_led_to_the_form(zone, officer, client):
    lead = make_lead(zone)
    assert matching.match_lead(officer, lead) is None
    text = signed_in(client, officer).get(f"/leads/{lead.pk}/match/").content.decode()
    assert f"/leads/{lead.pk}/needs/" in text
    with pytest.raises(NeedsNotSaid):
        match_data.lead_match_data(officer, lead)


def test_a_zone_without_a_free_unit_says_so(zone, officer, client):
    lead = asking(zone, area_min_m2=Decimal(1))
    text = signed_in(client, officer).get(f"/leads/{lead.pk}/match/").content.decode()
    assert "没有可以匹配的空置房源" in text


def test_units_of_another_zone_and_of_another_operator_are_not_matched(zone, officer, site):
    make_unit(make_site(make_zone()), gross_area_m2=Decimal(900))
    mine = make_unit(site)
    lead = asking(zone, area_min_m2=Decimal(1))
    assert [fit.units for fit in matching.match_lead(officer, lead).fits] == [(mine,)]


def test_a_change_in_the_zone_is_seen_at_once_and_nothing_is_read_twice(
    zone, officer, site, django_assert_max_num_queries
):
    unit = premises.add_unit(
        actor=None, site=site, name="101", gross_area_m2=Decimal(500), on=date(2026, 5, 1)
    )
    lead = asking(zone, area_min_m2=Decimal(1))
    assert matching.match_lead(officer, lead).vacant_count == 1
    with django_assert_max_num_queries(6):
        matching.match_lead(officer, lead)
    premises.change_unit_state(actor=None, unit=unit, state="let", on=date(2026, 5, 2), occupant="某公司")
    assert matching.match_lead(officer, lead).vacant_count == 0


def test_up_to_four_choices_stand_side_by_side(zone, officer, site, client):
    units = floor_of(site, 400, 500, 600, 700, 800)
    lead = asking(zone, area_min_m2=Decimal(450))
    page = signed_in(client, officer)
    wanted = [f"{units[0].pk}", f"{units[1].pk}-{units[2].pk}"]
    text = page.get(f"/leads/{lead.pk}/match/compare/", {"u": wanted}).content.decode()
    assert "1F 102 + 1F 103" in text
    assert "差 50 ㎡" in text
    assert "还没有勾选" in page.get(f"/leads/{lead.pk}/match/compare/").content.decode()
    with pytest.raises(WrongInput):
        matching.compare(officer, lead, [[unit.pk] for unit in units])
    with pytest.raises(NotFound):
        matching.compare(officer, lead, [[987654321]])
    assert page.get(f"/leads/{lead.pk}/match/compare/", {"u": "x"}).status_code == 422


def test_a_lead_that_another_zone_shares_is_matched_with_our_units(zone, officer, site, client):
    from zhuchao.apps.zones.models import Alliance

    other = make_zone()
    alliance = Alliance.objects.create(code="ally", name="联盟", lead_zone=other)
    alliance.members.add(other, zone)
    lead = asking(other, lead=make_lead(other, alliance=alliance), area_min_m2=Decimal(1))
    make_unit(site, name="我们的")
    text = signed_in(client, officer).get(f"/leads/{lead.pk}/match/").content.decode()
    assert "我们的" in text


def test_api_and_command_give_what_the_page_shows(zone, officer, site, client, capsys):
    unit = make_unit(site, gross_area_m2=Decimal(900))
    lead = asking(zone, area_min_m2=Decimal(800))
    page = signed_in(client, officer)
    answer = page.get(f"/api/v1/leads/{lead.pk}/match").json()
    assert [fit["unit_ids"] for fit in answer["fits"]] == [[unit.pk]]
    assert {row["verdict"] for row in answer["fits"][0]["criteria"]} == {"met"}
    back = page.get(f"/api/v1/units/{unit.pk}/leads").json()
    assert [fit["lead_id"] for fit in back["fits"]] == [lead.pk]
    call_command("match", "premises", "--lead", str(lead.pk), "--json")
    printed = json.loads(capsys.readouterr().out)
    assert printed["fits"][0]["unit_ids"] == [unit.pk]
    call_command("match", "premises", "--lead", str(lead.pk))
    assert capsys.readouterr().out.startswith("fits\t")
    let = make_unit(site, name="在用", state="let")
    assert page.get(f"/api/v1/units/{let.pk}/leads").status_code == 404
    silent = page.get(f"/api/v1/leads/{make_lead(zone).pk}/match")
    assert (silent.status_code, silent.json()["code"]) == (422, "needs_not_said")


def test_needs_of_which_two_exclude_each_other_are_refused_with_both(zone, officer):
    lead = make_lead(zone, stage=Lead.Stage.FOUND)
    with pytest.raises(services.needs.NeedsContradict) as caught:
        services.set_lead_needs(
            actor=officer,
            lead=lead,
            version=0,
            area_min_m2=Decimal(900),
            area_max_m2=Decimal(800),
            is_hard=["area_min_m2", "area_max_m2"],
        )
    assert "最小面积" in str(caught.value)
    assert "最大面积" in str(caught.value)
