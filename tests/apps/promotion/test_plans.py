"""Many leads on many units at once: ordered, calculated in a job, stopped, held, and told why."""

import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from openpyxl import load_workbook

from tests.factories import (
    make_enterprise,
    make_lead,
    make_sector,
    make_site,
    make_user,
    make_zone,
    signed_in,
)
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.core.models import Change, Job
from zhuchao.apps.core.services import jobs
from zhuchao.apps.premises.models import Building, Floor, Hold, Unit
from zhuchao.apps.promotion import services
from zhuchao.apps.promotion.errors import NeighbourApart, NothingToPlace, PlanNotMade
from zhuchao.apps.promotion.models import Lead, LeadNeeds, PlacingPlan, PlanRow
from zhuchao.apps.promotion.selectors import plan_making, plans
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role
from zhuchao.engines.allocation import Why

ANYTHING = {"hazard_allowed": True, "food_allowed": True, "fire_class": "a", "allowed_uses": ["食品加工"]}


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def site(zone):
    return make_site(zone, name="苏鲲科技产业园")


def building_of(site, *areas, name="", **facts):
    """Make a building with units of these areas side by side on its ground floor."""
    name = name or f"{Building.objects.count() + 1}号楼"
    building = Building.objects.create(zone=site.zone, site=site, name=name)
    floor = Floor.objects.create(zone=site.zone, building=building, level=1)
    return [
        Unit.objects.create(
            zone=site.zone,
            site=site,
            building=building,
            floor=floor,
            name=f"10{n}",
            position=n,
            gross_area_m2=Decimal(area),
            **facts,
        )
        for n, area in enumerate(areas, 1)
    ]


def asking(zone, name, million, *, stage="agreeing", needs=None, **lead):
    """Make a lead of some million yuan that asks for something of premises."""
    amount = None if million is None else Decimal(million) * 1_000_000
    made = make_lead(zone, name=name, stage=stage, planned_investment_cny=amount, **lead)
    asked = {"area_min_m2": Decimal(400), "is_hard": ["area_min_m2"]} | (needs or {})
    LeadNeeds.objects.create(zone=zone, lead=made, **asked)
    return made


def made(officer, zone, **asked):
    """Order a plan and let a worker make it."""
    plan = services.start_plan(actor=officer, zone=zone, **asked)
    job = jobs.run(plan.job_id)
    assert job.state == Job.State.DONE, job.problem
    return plans.get_plan(officer, plan.pk)


def row_of(plan, lead):
    return plan.rows.get(lead=lead)


def until(zone, days=20):
    return zones.today(zone) + timedelta(days=days)


def test_the_greatest_benefit_wins_and_who_lost_hears_to_whom_and_how_much(zone, officer, site):
    (hall,) = building_of(site, 500)
    small, large = asking(zone, "小项目", 10), asking(zone, "大项目", 30)
    plan = made(officer, zone)
    won, lost = row_of(plan, large), row_of(plan, small)
    assert (won.unit_ids, won.worth, won.why) == ([hall.pk], Decimal(2400), Why.BEST)
    assert (lost.unit_ids, lost.lost, lost.why, lost.by) == ([], Decimal(800), Why.OUTBID, [large.pk])
    said = plans.why_said(lost, plans.lead_names([won, lost]))
    assert said == f"最合适的{hall}安排给了大项目，那样总效益更高"
    assert (plan.is_proved, plan.worth, plan.gap) == (True, Decimal(2400), 0)
    assert plans.gap_said(plan) == "已证明最优：没有更好的安排"
    # one more hall would bring the small one: 800 over 500 square metres at least
    (price,) = plans.prices_of(plan)
    assert (price.label, price.units) == ("其他", 1)
    assert Decimal("1.6") <= price.price_m2 <= Decimal("4.8")


def test_the_chance_to_sign_weighs_what_a_lead_may_bring(zone, officer, site):
    building_of(site, 500)
    sure, hoped = asking(zone, "稳的", 10), asking(zone, "大的", 30, stage="found")
    plan = made(officer, zone)
    assert row_of(plan, sure).is_placed  # 1000 x 80% against 3000 x 20%
    plan = made(officer, zone, chances={Lead.Stage.FOUND: 50})
    assert row_of(plan, hoped).is_placed
    plan = made(officer, zone, weighting=PlacingPlan.Weighting.LEADS)
    assert row_of(plan, sure).is_placed


def test_a_lead_without_an_amount_takes_part_and_says_so(zone, officer, site):
    building_of(site, 500)
    lead = asking(zone, "未报金额", None)
    row = row_of(made(officer, zone), lead)
    assert (row.benefit, row.says) == (Decimal("0.8"), {"no_amount": True})


def test_hazard_and_food_never_share_a_building_however_much_they_bring(zone, officer, site):
    first = building_of(site, 700, 500, **ANYTHING)
    paint = asking(zone, "涂料", 50, needs={"fire_class": "a", "area_min_m2": 600})
    cakes = asking(zone, "糕点", 20, needs={"use": "食品加工"})
    plan = made(officer, zone)
    assert row_of(plan, paint).is_placed
    lost = row_of(plan, cakes)
    assert (lost.is_placed, lost.why, lost.by) == (False, Why.APART, [paint.pk])
    assert "危险品与食品不能同楼" in plans.why_said(lost, {paint.pk: "涂料"})
    other = building_of(site, 500, **ANYTHING)
    plan = made(officer, zone)
    assert row_of(plan, paint).unit_ids == [first[0].pk]
    assert row_of(plan, cakes).unit_ids == [other[0].pk]


@pytest.mark.parametrize("industry", ["C2614", "2614"])
def test_a_tenant_of_a_dangerous_industry_keeps_food_out_of_its_building(zone, officer, site, industry):
    free, let = building_of(site, 500, 500, **ANYTHING)
    Unit.objects.filter(pk=let.pk).update(
        state=Unit.State.LET, occupant=make_enterprise(zone, industry_code=industry)
    )
    cakes = asking(zone, "糕点", 20, needs={"use": "食品加工"})
    row = row_of(made(officer, zone), cakes)
    assert (row.is_placed, row.why) == (False, Why.BUILDING)
    assert free.pk not in row.unit_ids


def test_what_is_held_for_a_dangerous_lead_keeps_food_away_even_after_the_plan(zone, officer, site):
    one, two = building_of(site, 500, 500, **ANYTHING)
    cakes = asking(zone, "糕点", 20, needs={"use": "食品加工"})
    plan = made(officer, zone)
    paint = asking(zone, "涂料", 50, needs={"fire_class": "a"})
    taken = next(unit for unit in (one, two) if unit.pk not in row_of(plan, cakes).unit_ids)
    services.hold_for_lead(actor=officer, lead=paint, units=[taken], until=until(zone))
    (outcome,) = services.hold_plan(actor=officer, plan=plan, until=until(zone))
    assert isinstance(outcome.refusal, NeighbourApart)
    assert Hold.objects.count() == 1


def test_a_lead_that_nothing_fits_hears_what_refuses_or_what_to_ask_for(zone, officer, site):
    building_of(site, 500, clear_height_m=Decimal(5))
    low = asking(zone, "高", 10, needs={"clear_height_m": 8, "is_hard": ["clear_height_m"]})
    load = asking(zone, "重", 10, needs={"floor_load_kn_m2": 9, "is_hard": ["floor_load_kn_m2"]})
    plan = made(officer, zone)
    names = {}
    assert "净高 1" in plans.why_said(row_of(plan, low), names)
    assert "先问清：楼面荷载" in plans.why_said(row_of(plan, load), names)


def test_only_open_leads_that_say_what_they_need_and_have_no_hold_yet_take_part(zone, officer, site):
    free, _other = building_of(site, 500, 500)
    mute, lost = make_lead(zone), asking(zone, "流失", 10, stage="lost")
    held, asked = asking(zone, "已预留", 10), asking(zone, "参加", 10)
    services.hold_for_lead(actor=officer, lead=held, units=[free], until=until(zone))
    plan = services.start_plan(actor=officer, zone=zone)
    assert plan.lead_ids == [asked.pk]
    assert mute.pk not in plan.lead_ids
    assert lost.pk not in plan.lead_ids


def test_a_plan_may_be_of_one_sector_one_owner_and_one_site_with_what_is_inside_it(zone, officer, site):
    inner = make_site(zone, parent=site)
    (unit,) = building_of(inner, 500)
    building_of(make_site(zone), 500)
    mine = asking(zone, "我的", 10, sector=make_sector(zone, "生物医药"), owner=officer)
    asking(zone, "别的", 90)
    plan = made(officer, zone, sector=mine.sector_id, owner=officer, site_ids=[site.pk])
    assert (plan.lead_ids, plan.vacant_units) == ([mine.pk], 1)
    assert row_of(plan, mine).unit_ids == [unit.pk]


def test_there_is_no_plan_without_leads_or_units_or_with_a_chance_or_time_out_of_range(zone, officer, site):
    with pytest.raises(NothingToPlace):
        services.start_plan(actor=officer, zone=zone)
    asking(zone, "参加", 10)
    with pytest.raises(NothingToPlace):
        services.start_plan(actor=officer, zone=zone)
    building_of(site, 500)
    for wrong in ({"seconds": 1}, {"chances": {Lead.Stage.FOUND: 0}}):
        with pytest.raises(WrongInput):
            services.start_plan(actor=officer, zone=zone, **wrong)
    with pytest.raises(NotAllowed):
        services.start_plan(actor=make_user(Role.STEWARD, zone=zone), zone=zone)
    assert not Job.objects.exists()
    assert not PlacingPlan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_search_keeps_the_best_plan_so_far(zone, officer, site, monkeypatch):
    building_of(site, 500)
    asking(zone, "小项目", 10), asking(zone, "大项目", 30)
    plan = services.start_plan(actor=officer, zone=zone)
    calculated, tick = plan_making.calculated, Event()

    def cancelled_first(drawing, *, goes_on, **more):
        services.stop_plan(actor=officer, plan=plan)

        def until_it_is_heard(found):
            for _ in range(400):
                if not goes_on(found):
                    return False
                tick.wait(0.05)
            raise AssertionError("the cancel was never heard")

        return calculated(drawing, goes_on=until_it_is_heard, **more)

    monkeypatch.setattr(plan_making, "calculated", cancelled_first)
    job = jobs.run(plan.job_id)
    plan.refresh_from_db()
    assert (job.state, job.cancel_asked, job.result) == (Job.State.DONE, True, {"plan_id": plan.pk})
    assert (plan.was_stopped, plan.made_at is not None, plan.rows.count()) == (True, True, 2)
    assert plan.worth <= plan.bound
    assert Change.objects.get(verb="make_plan").data["stopped"] is True


def test_a_plan_that_waits_is_cancelled_before_it_begins_and_holds_nothing(zone, officer, site):
    building_of(site, 500)
    asking(zone, "参加", 10)
    plan = services.start_plan(actor=officer, zone=zone)
    assert services.stop_plan(actor=officer, plan=plan).state == Job.State.CANCELLED
    assert jobs.run(plan.job_id) is None
    with pytest.raises(PlanNotMade):
        services.hold_plan(actor=officer, plan=plan, until=until(zone))


def test_making_a_plan_again_changes_nothing(zone, officer, site):
    building_of(site, 500)
    asking(zone, "参加", 10)
    plan = made(officer, zone)
    again = services.make_plan(plan=PlacingPlan.objects.get(pk=plan.pk))
    assert (again.made_at, again.rows.count()) == (plan.made_at, 1)
    assert Change.objects.filter(verb="make_plan").count() == 1


def test_holding_a_plan_tells_of_each_row_what_became_of_it(zone, officer, site):
    one, two = building_of(site, 500), building_of(site, 500)
    first, second = asking(zone, "甲", 20), asking(zone, "乙", 10)
    plan = made(officer, zone)
    theirs = {lead.pk: row_of(plan, lead).unit_ids for lead in (first, second)}
    other = asking(zone, "丙", 1)
    services.hold_for_lead(
        actor=officer, lead=other, units=[Unit.objects.get(pk=theirs[second.pk][0])], until=until(zone)
    )
    outcomes = services.hold_plan(actor=officer, plan=plan, until=until(zone))
    told = {outcome.row.lead_id: outcome for outcome in outcomes}
    assert told[first.pk].hold.until == until(zone)
    assert told[second.pk].refusal.code == "unit_not_vacant"
    assert row_of(plan, first).hold == told[first.pk].hold
    assert row_of(plan, second).hold is None
    assert {one[0].pk, two[0].pk} == {pk for ids in theirs.values() for pk in ids}
    # the second time nothing is held twice
    rows = [row.pk for row in plan.rows.all()]
    again = services.hold_plan(actor=officer, plan=plan, until=until(zone), row_ids=rows)
    assert [outcome.refusal.code for outcome in again] == ["plan_row_held", "unit_not_vacant"]
    assert Hold.objects.count() == 2


def test_ticked_rows_alone_are_held_and_a_closed_lead_is_not(zone, officer, site):
    building_of(site, 500), building_of(site, 500)
    first, second = asking(zone, "甲", 20), asking(zone, "乙", 10)
    plan = made(officer, zone)
    Lead.objects.filter(pk=second.pk).update(stage=Lead.Stage.LOST)
    (outcome,) = services.hold_plan(
        actor=officer, plan=plan, until=until(zone), row_ids=[row_of(plan, second).pk]
    )
    assert outcome.refusal.code == "lead_closed"
    with pytest.raises(WrongInput):
        services.hold_plan(actor=officer, plan=plan, until=until(zone), row_ids=[0])
    assert not Hold.objects.exists()
    assert first.pk in plan.lead_ids


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hold_the_same_plan_at_once_each_row_is_held_once(zone, officer, site):
    for number in range(6):
        building_of(site, 500)
        asking(zone, f"项目{number}", 10 + number)
    plan = made(officer, zone)
    other = make_user(Role.PROMOTION_OFFICER, zone=zone)
    told, day = [], until(zone)
    rows = [row.pk for row in plan.rows.all()]

    def hold(person):
        try:
            told.extend(services.hold_plan(actor=person, plan=plan, until=day, row_ids=rows))
        finally:
            connection.close()

    threads = [Thread(target=hold, args=(person,)) for person in (officer, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 12
    assert sorted(one.refusal.code for one in told if one.refusal) == ["plan_row_held"] * 6
    assert Hold.objects.count() == 6
    assert Unit.objects.filter(state=Unit.State.RESERVED).count() == 6
    assert PlanRow.objects.filter(hold__isnull=True).count() == 0


def test_a_plan_says_when_units_changed_since_but_not_for_what_it_holds_itself(zone, officer, site):
    building_of(site, 500), building_of(site, 500)
    asking(zone, "甲", 20), asking(zone, "乙", 10)
    plan = made(officer, zone)
    services.hold_plan(actor=officer, plan=plan, until=until(zone), row_ids=[plans.rows_of_plan(plan)[0].pk])
    assert plan_making.fingerprint_of(plan) == plan.fingerprint
    rows = plans.rows_of_plan(plan)
    assert plans.no_longer_free(rows) == set()
    Unit.objects.filter(pk__in=rows[1].unit_ids).update(state=Unit.State.LET)
    assert plan_making.fingerprint_of(plan) != plan.fingerprint
    assert plans.no_longer_free(rows) == set(rows[1].unit_ids)


def test_the_command_prints_the_same_plan_and_keeps_nothing(zone, officer, site, capsys):
    building_of(site, 500)
    asking(zone, "小项目", 10), asking(zone, "大项目", 30)
    call_command("match", "place-all", "--zone", zone.code, "--json", "--seconds", "20")
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert [(one["lead"], one["worth"]) for one in told["placements"]] == [("大项目", "2400.0000")]
    assert [one["why"] for one in told["without"]] == ["outbid"]
    assert told["proved"] is True
    assert "已证明最优" in said.err
    assert not PlacingPlan.objects.exists()
    call_command("match", "place-all", "--zone", zone.code)
    assert capsys.readouterr().out.startswith("大项目\t")


def test_the_pages_order_a_plan_show_who_goes_where_and_hold_what_is_ticked(zone, officer, site, client):
    building_of(site, 500, name="一号楼"), building_of(site, 600, name="二号楼")
    asking(zone, "甲项目", 20), asking(zone, "乙项目", 10), asking(zone, "丙项目", 1)
    page = signed_in(client, officer)
    assert "现有 3 条线索可以参加" in page.get("/leads/plans/add/").content.decode()
    sent = {"weighting": "investment", "found": 20, "talking": 50, "agreeing": 80, "seconds": 30}
    assert page.post("/leads/plans/add/", sent | {"seconds": 1}).status_code == 422
    answer = page.post("/leads/plans/add/", sent)
    plan = PlacingPlan.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/leads/plans/{plan.pk}/")
    waiting = page.get(answer["Location"]).content.decode()
    assert "停下，用现在最好的方案" in waiting
    jobs.run(plan.job_id)
    poll = page.get(answer["Location"], headers={"HX-Request": "true", "HX-Target": "job"})
    assert poll["HX-Redirect"] == answer["Location"]
    assert f"/leads/plans/{plan.pk}/" in page.get(f"/jobs/{plan.job_id}/").content.decode()
    text = page.get(answer["Location"]).content.decode()
    for words in (
        "3 条线索中 2 条有去处",
        "已证明最优",
        "一号楼",
        "丙项目",
        "安排给了",
        "再多一平方米值多少",
    ):
        assert words in text
    ticked = plan.rows.get(lead__name="乙项目")
    day = until(zone).isoformat()
    held = page.post(f"/leads/plans/{plan.pk}/hold/", {"until": day, "rows": [ticked.pk]})
    assert "1 条中预留成功 1 条" in held.content.decode()
    held = page.post(f"/leads/plans/{plan.pk}/hold/", {"until": day, "every": "1"}).content.decode()
    assert "1 条中预留成功 1 条" in held
    both = page.post(f"/leads/plans/{plan.pk}/hold/", {"until": day, "rows": [ticked.pk]}).content.decode()
    assert "乙项目已按这份方案预留" in both
    assert page.post(f"/leads/plans/{plan.pk}/hold/", {"until": "?"}).status_code == 422
    assert "整体匹配" in page.get("/leads/plans/").content.decode()
    assert Hold.objects.count() == 2


def test_a_plan_is_exported_with_the_reason_of_every_lead_and_that_is_recorded(zone, officer, site, client):
    building_of(site, 500)
    asking(zone, "大项目", 20), asking(zone, "小项目", 10)
    plan = made(officer, zone)
    answer = signed_in(client, officer).get(f"/leads/plans/{plan.pk}/file/")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert [row[:2] for row in rows[1:]] == [["大项目", "已安排"], ["小项目", "没有安排"]]
    assert "安排给了大项目" in rows[2][8]
    assert Change.objects.get(verb="export").data["list"] == "placing-plans"
    steward = signed_in(client, make_user(Role.STEWARD, zone=zone))
    assert steward.get(f"/leads/plans/{plan.pk}/").status_code == 200
    assert steward.get(f"/leads/plans/{plan.pk}/file/").status_code == 403
    assert "全部预留" not in steward.get(f"/leads/plans/{plan.pk}/").content.decode()


def test_the_api_starts_reads_stops_and_holds_a_plan(zone, officer, site, client):
    (hall,) = building_of(site, 500)
    lead = asking(zone, "甲", 20)
    page = signed_in(client, officer)

    def send(path, body):
        return page.post(f"/api/v1/leads/plans{path}", body, content_type="application/json")

    started = send("", {"zone": zone.code, "lead_ids": [lead.pk], "chances": {"agreeing": 100}})
    assert (started.status_code, started.json()["state"]) == (201, "queued")
    pk = started.json()["id"]
    day = until(zone).isoformat()
    assert send(f"/{pk}/hold", {"until": day}).json()["code"] == "plan_not_made"
    jobs.run(PlacingPlan.objects.get().job_id)
    told = page.get(f"/api/v1/leads/plans/{pk}").json()
    assert (told["state"], told["proved"], told["stale"]) == ("done", True, False)
    assert [(one["lead_id"], one["unit_ids"]) for one in told["placements"]] == [(lead.pk, [hall.pk])]
    assert Decimal(told["worth"]) == 2000
    (held,) = send(f"/{pk}/hold", {"until": day}).json()
    assert (held["held"], held["lead_id"], held["code"]) == (True, lead.pk, "")
    assert send(f"/{pk}/stop", {}).json()["code"] == "job_is_over"
    assert send("", {"zone": zone.code}).json()["code"] == "nothing_to_place"


def test_a_plan_costs_the_same_queries_for_many_leads(
    zone, officer, site, client, django_assert_max_num_queries
):
    for number in range(12):
        building_of(site, 500)
        asking(zone, f"项目{number}", 10 + number)
    plan = made(officer, zone)
    page = signed_in(client, officer)
    page.get(f"/leads/plans/{plan.pk}/")
    with django_assert_max_num_queries(32):
        page.get(f"/leads/plans/{plan.pk}/")


def test_the_pages_of_a_plan_speak_english(zone, officer, site, client):
    building_of(site, 500)
    asking(zone, "大项目", 20), asking(zone, "小项目", 10)
    plan = made(officer, zone)
    page = signed_in(client, officer)
    page.cookies["django_language"] = "en"
    text = page.get(f"/leads/plans/{plan.pk}/").content.decode()
    assert "Proved best" in text
    assert "went to 大项目" in text
    assert "What one more square metre is worth" in text
