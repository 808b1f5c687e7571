"""The pages of promotion: what they show, what they take, whom they turn away."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_enterprise, make_ready, make_sector, make_user, make_zone, signed_in
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.models import Activity, Lead, LeadStage
from zhuchao.apps.promotion.services import NewLead
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Role

MAY = date(2026, 5, 1)
LEAD = {"name": "印势新材料项目", "source": "own", "found_on": "2026-05-01", "stage": "found"}
TRIP = {"title": "赴南京招商考察", "direction": "out", "kind": "trip", "on": "2026-05-31"}


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def page(client, officer):
    return signed_in(client, officer)


@pytest.fixture
def lead(zone, officer):
    return services.add_lead(
        actor=officer, zone=zone, name="聚申元项目", found_on=MAY, stage="talking", owner=officer
    )


@pytest.fixture
def trip(zone, officer):
    return services.add_activity(
        actor=officer,
        zone=zone,
        title="赴南京招商考察",
        direction="out",
        kind="trip",
        on=date(2026, 5, 31),
        ended_on=date(2026, 6, 1),
        partner="农业银行姑苏支行",
        firms=["南京蓝鲸量子科技有限公司", "另一家"],
        new_leads=[NewLead("量子研发中心项目")],
    )


def test_a_lead_is_entered_in_wan_yuan_and_kept_in_yuan(page, zone):
    make_sector(zone, "新能源新材料")
    answer = page.post("/leads/add/", LEAD | {"planned_investment_cny": "5000.5", "next_action": "约谈"})
    assert answer.status_code == 302
    lead = Lead.objects.get()
    assert lead.planned_investment_cny == 50_005_000
    words = page.get(answer.url).content.decode()
    assert "印势新材料项目" in words
    assert "5,000.50" in words
    assert "约谈" in words


def test_a_likely_duplicate_stands_on_the_form_with_a_way_to_it(page, zone, lead):
    make_enterprise(zone, name="苏州苏鲲科技有限公司", normal_name="苏州苏鲲科技")
    answer = page.post("/leads/add/", LEAD | {"name": "聚申元项目"})
    words = answer.content.decode()
    assert answer.status_code == 422
    assert f"/leads/{lead.pk}/" in words
    assert "可能重复" in words
    assert (
        page.post("/leads/add/", LEAD | {"name": "聚申元项目", "duplicate_reason": "二期"}).status_code == 302
    )


def test_the_list_of_leads_has_tabs_for_mine_and_for_what_is_due(page, zone, officer, lead):
    today = zones.today(zone)
    late = services.add_lead(
        actor=officer, zone=zone, name="逾期项目", found_on=MAY, next_action_on=today - timedelta(days=3)
    )
    everything = page.get("/leads/").content.decode()
    assert everything.index("逾期项目") < everything.index("聚申元项目")
    overdue = page.get("/leads/?due=overdue").content.decode()
    assert late.name in overdue
    assert lead.name not in overdue
    mine = page.get(f"/leads/?owner={officer.pk}").content.decode()
    assert lead.name in mine
    assert late.name not in mine
    assert lead.name in page.get("/leads/?due=none&stage=talking").content.decode()
    assert page.get("/leads/?due=soon").status_code == 200


def test_a_lead_is_moved_on_its_form_and_only_where_it_can_go(page, lead):
    make_ready(lead)
    seen = LeadStage.objects.get(lead=lead).pk
    words = page.get(f"/leads/{lead.pk}/").content.decode()
    assert "转为拟签约" in words
    assert "转为线索" not in words
    url = f"/leads/{lead.pk}/stage/"
    assert page.post(url, {"stage": "found", "on": "2026-06-01", "seen": seen}).status_code == 422
    assert page.post(url, {"stage": "lost", "on": "2026-06-01", "seen": seen}).status_code == 422
    answer = page.post(url, {"stage": "signed", "on": "2026-06-01", "note": "协议已签", "seen": seen})
    words = page.get(answer.url).content.decode()
    assert "已签约" in words
    assert "协议已签" in words
    assert "转为" not in words.replace("已转为", "")


def test_a_stage_is_corrected_and_voided_with_a_reason(page, officer, lead):
    entry = services.set_lead_stage(
        actor=officer, lead=make_ready(lead), stage="agreeing", on=date(2026, 6, 1)
    )
    form = {"stage": "signed", "on": "2026-06-02"}
    assert page.post(f"/leads/stages/{entry.pk}/correct/", form).status_code == 422
    assert page.post(f"/leads/stages/{entry.pk}/correct/", form | {"reason": "已签"}).status_code == 302
    successor = LeadStage.objects.get(replaces=entry)
    assert page.post(f"/leads/stages/{successor.pk}/void/", {"reason": "未签"}).status_code == 302
    words = page.get(f"/leads/{lead.pk}/").content.decode()
    assert "已更正" in words
    assert "已作废" in words
    assert "未签" in words
    lead.refresh_from_db()
    assert lead.stage == "talking"


def test_a_lead_is_edited_and_a_stale_form_shows_both_versions(page, officer, lead):
    services.change_lead(actor=officer, lead=lead, version=1, next_action="甲方案")
    form = {
        "name": lead.name,
        "source": "own",
        "found_on": "2026-05-01",
        "next_action": "乙方案",
        "version": "1",
    }
    answer = page.post(f"/leads/{lead.pk}/edit/", form)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert "甲方案" in words
    assert "乙方案" in words
    assert 'name="version" value="2"' in words
    assert page.post(f"/leads/{lead.pk}/edit/", form | {"version": "2"}).status_code == 302
    lead.refresh_from_db()
    assert lead.next_action == "乙方案"


def test_a_lead_is_assigned_on_its_form(page, zone, lead):
    heir = make_user(Role.PROMOTION_OFFICER, zone=zone)
    assert page.post(f"/leads/{lead.pk}/assign/", {"owner": heir.pk, "reason": "调岗"}).status_code == 302
    assert heir.display_name in page.get(f"/leads/{lead.pk}/").content.decode()


def test_the_board_shows_columns_and_the_counts_of_any_day(page, zone, officer, lead):
    words = page.get("/leads/board/").content.decode()
    assert "聚申元项目" in words
    assert "在谈项目 1 个" in words
    assert "在谈项目 0 个" in page.get("/leads/board/?on=2026-04-30").content.decode()
    # What was known on a day before anything was recorded is nothing.
    assert "在谈项目 0 个" in page.get("/leads/board/?on=2026-06-01&known=2026-05-01").content.decode()
    assert page.get("/leads/board/?on=2026-13-01").status_code == 422


def test_an_activity_is_entered_with_names_in_lines_and_opened(page, zone):
    form = TRIP | {"firms": "甲公司、乙公司\n丙公司", "agencies": "协会", "new_leads": "甲项目"}
    answer = page.post("/activities/add/", form)
    assert answer.status_code == 302
    trip = selectors.trip_of(Activity.objects.get())
    assert ([party.name for party in trip.firms], len(trip.leads)) == (["甲公司", "乙公司", "丙公司"], 1)
    assert page.post("/activities/add/", form).status_code == 422


@pytest.mark.document("0-15")
def test_the_page_of_a_trip_lists_partner_firms_and_leads_with_its_conversion(page, officer, trip):
    words = page.get(f"/activities/{trip.pk}/").content.decode()
    for shown in (
        "农业银行姑苏支行",
        "2026-05-31 至 2026-06-01",
        "南京蓝鲸量子科技有限公司",
        "量子研发中心项目",
    ):
        assert shown in words
    assert "对接企业 2 家" in words
    assert "转化率 50.0%" in words
    assert "已签约 0 个" in words
    services.set_lead_stage(
        actor=officer, lead=make_ready(Lead.objects.get()), stage="signed", on=date(2026, 6, 2)
    )
    assert "已签约 1 个" in page.get(f"/activities/{trip.pk}/").content.decode()


def test_the_list_of_activities_says_events_firms_and_meetings_and_opens_to_them(page, zone, officer, trip):
    services.add_activity(
        actor=officer,
        zone=zone,
        title="再次拜访",
        direction="out",
        kind="visit",
        on=date(2026, 6, 5),
        firms=["另一家"],
        agencies=["协会"],
    )
    words = page.get("/activities/").content.decode()
    assert "活动 2 场" in words
    assert "对接企业 2 家（3 家次）" in words
    assert "机构 1 家" in words
    assert "再次拜访" not in page.get("/activities/?kind=trip").content.decode()
    met = page.get("/activities/met/").content.decode()
    assert "另一家" in met
    assert "共 2 家" in met
    assert "协会" in page.get("/activities/met/?kind=agency").content.decode()


def test_a_minute_is_taken_on_a_phone_with_a_lead(page, zone):
    form = {
        "firm": "蓝鲸量子",
        "direction": "in",
        "on": "2026-06-01",
        "minutes": "要 500 ㎡ 恒温",
        "new_lead": "量子项目",
    }
    answer = page.post("/activities/quick/", form)
    assert answer.status_code == 302
    activity, lead = Activity.objects.get(), Lead.objects.get()
    assert (activity.title, activity.kind) == ("对接蓝鲸量子", "reception")
    assert (lead.investor, selectors.needs_of(lead).area_min_m2) == ("蓝鲸量子", 500)


def test_an_activity_is_corrected_and_voided_and_the_list_counts_what_is_left(page, trip):
    words = page.get(f"/activities/{trip.pk}/correct/").content.decode()
    assert "南京蓝鲸量子科技有限公司" in words
    form = TRIP | {"ended_on": "2026-06-01", "firms": "另一家", "reason": "未见到"}
    answer = page.post(f"/activities/{trip.pk}/correct/", form)
    assert answer.status_code == 302
    successor = Activity.objects.get(replaces=trip)
    assert [party.name for party in selectors.trip_of(successor).firms] == ["另一家"]
    assert "已更正" in page.get(f"/activities/{trip.pk}/").content.decode()
    assert page.post(f"/activities/{successor.pk}/void/", {"reason": "取消"}).status_code == 302
    assert "活动 0 场" in page.get("/activities/").content.decode()


def test_evidence_of_a_stage_opens_for_the_lead_s_own_zone_only(client, zone, officer):
    partner = make_zone()
    alliance = Alliance.objects.create(code="one-five", name="1+5", lead_zone=zone)
    alliance.members.set([zone, partner])
    shared = services.add_lead(actor=officer, zone=zone, name="共享项目", found_on=MAY, alliance=alliance)
    make_ready(shared)
    page = signed_in(client, officer)
    file = SimpleUploadedFile("协议.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    form = {"stage": "signed", "on": "2026-06-01", "evidence": file}
    assert page.post(f"/leads/{shared.pk}/stage/", form).status_code == 302
    entry = LeadStage.objects.get(lead=shared, stage="signed")
    url = f"/leads/stages/{entry.pk}/evidence/"
    assert url in page.get(f"/leads/{shared.pk}/").content.decode()
    assert page.get(url).status_code == 200
    page = signed_in(client, make_user(Role.ADMINISTRATOR, zone=partner))
    assert url not in page.get(f"/leads/{shared.pk}/").content.decode()
    assert page.get(url).status_code == 403


def test_evidence_of_an_activity_opens_from_its_page(page):
    file = SimpleUploadedFile("照片.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    url = page.post("/activities/add/", TRIP | {"evidence": file}).url
    assert f"{url}evidence/" in page.get(url).content.decode()
    assert page.get(f"{url}evidence/").status_code == 200


def test_a_lead_shows_the_activities_that_met_it(page, trip):
    lead = Lead.objects.get()
    assert "赴南京招商考察" in page.get(f"/leads/{lead.pk}/").content.decode()


def test_a_shared_lead_is_seen_in_the_pool_and_offers_no_verb(client, zone, officer):
    partner = make_zone()
    alliance = Alliance.objects.create(code="one-five", name="1+5", lead_zone=zone)
    alliance.members.set([zone, partner])
    shared = services.add_lead(actor=officer, zone=zone, name="共享项目", found_on=MAY, alliance=alliance)
    page = signed_in(client, make_user(Role.PROMOTION_OFFICER, zone=partner))
    assert "共享项目" in page.get("/leads/pool/").content.decode()
    assert "共享项目" not in page.get("/leads/").content.decode()
    words = page.get(f"/leads/{shared.pk}/").content.decode()
    assert "只能查看" in words
    assert f"/leads/{shared.pk}/edit/" not in words
    assert "转为" not in words
    answer = page.post(f"/leads/{shared.pk}/stage/", {"stage": "talking", "on": "2026-06-01"})
    assert answer.status_code == 403
    # Not even the forms: they name the people of the other zone.
    stage = LeadStage.objects.get(lead=shared)
    for url in (
        f"/leads/{shared.pk}/edit/",
        f"/leads/{shared.pk}/assign/",
        f"/leads/stages/{stage.pk}/correct/",
    ):
        assert page.get(url).status_code == 403, url
    shared.refresh_from_db()
    assert shared.stage == "found"


def test_another_zone_finds_nothing_on_any_page(client, lead, trip):
    page = signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    stage = LeadStage.objects.filter(lead=lead).get()
    for url in (
        f"/leads/{lead.pk}/",
        f"/leads/{lead.pk}/edit/",
        f"/leads/{lead.pk}/assign/",
        f"/leads/{lead.pk}/stage/",
        f"/leads/stages/{stage.pk}/correct/",
        f"/leads/stages/{stage.pk}/void/",
        f"/activities/{trip.pk}/",
        f"/activities/{trip.pk}/correct/",
        f"/activities/{trip.pk}/void/",
    ):
        assert page.get(url).status_code == 404, url
    for url in ("/leads/", "/leads/board/", "/leads/pool/", "/activities/", "/activities/met/"):
        words = page.get(url).content.decode()
        assert lead.name not in words
        assert trip.title not in words
        assert "蓝鲸" not in words


def test_who_may_only_look_is_not_offered_a_verb_and_is_refused_one(client, zone, lead, trip):
    page = signed_in(client, make_user(Role.AUDITOR, zone=zone))
    assert "转为" not in page.get(f"/leads/{lead.pk}/").content.decode()
    assert page.post(f"/leads/{lead.pk}/stage/", {"stage": "signed", "on": "2026-06-01"}).status_code == 403
    assert page.post(f"/activities/{trip.pk}/void/", {"reason": "x"}).status_code == 403


def test_nobody_reads_a_page_without_signing_in(client, lead, trip):
    for url in ("/leads/", f"/leads/{lead.pk}/", "/leads/board/", "/activities/", f"/activities/{trip.pk}/"):
        assert client.get(url).status_code == 302


@pytest.mark.parametrize(
    "url", ["/leads/", "/leads/board/", "/leads/pool/", "/activities/", "/activities/met/"]
)
def test_a_list_costs_the_same_for_two_rows_and_for_twelve(
    page, zone, officer, url, django_assert_max_num_queries
):
    sector = make_sector(zone)

    def grow(names):
        for name in names:
            services.add_activity(
                actor=officer,
                zone=zone,
                title=name,
                direction="out",
                kind="visit",
                on=MAY,
                firms=[f"{name}公司"],
                new_leads=[NewLead(f"{name}项目")],
            )
        Lead.objects.update(sector=sector)

    grow(["甲", "乙"])
    page.get(url)
    with django_assert_max_num_queries(100) as few:
        page.get(url)
    grow("丙丁戊己庚辛壬癸子丑")
    with django_assert_max_num_queries(len(few)):
        page.get(url)


def test_a_lead_and_an_activity_cost_the_same_however_much_happened(
    page, zone, officer, trip, django_assert_max_num_queries
):
    lead = make_ready(Lead.objects.get())
    urls = (f"/leads/{lead.pk}/", f"/activities/{trip.pk}/")
    costs = []
    for url in urls:
        page.get(url)
        with django_assert_max_num_queries(100) as few:
            page.get(url)
        costs.append(len(few))
    for n, stage in enumerate(("talking", "agreeing", "talking", "agreeing", "signed")):
        services.set_lead_stage(actor=officer, lead=lead, stage=stage, on=date(2026, 6, n + 1))
        services.add_activity(
            actor=officer, zone=zone, title=f"回访{n}", direction="out", kind="visit", on=MAY, leads=[lead]
        )
    services.correct_activity(
        actor=officer, activity=trip, reason="补充", firms=[f"企业{n}" for n in range(9)]
    )
    for url, cost in zip(urls, costs, strict=True):
        with django_assert_max_num_queries(cost + 1):  # the gate of its stage asks after viewings
            page.get(url)
