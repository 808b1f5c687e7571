"""线索台账 and 活动台账 through the importer: what comes in, what is refused, what a second time changes."""

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_department, make_enterprise, make_ready, make_sector, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.services.importing import Row, import_file
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.models import Activity, ActivityParty, Lead, LeadStage
from zhuchao.apps.promotion.services.ledgers import ACTIVITIES, LEADS
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Role
from zhuchao.engines.identity import make_synthetic_code

LEAD_HEADER = [
    "项目名称",
    "投资方",
    "统一社会信用代码",
    "产业领域",
    "线索来源",
    "来源说明",
    "来源地",
    "计划总投资(万元)",
]
LEAD_HEADER += [
    "落户需求",
    "阶段",
    "阶段日期",
    "责任人",
    "责任单位",
    "获得日期",
    "下一步",
    "下一步日期",
    "共享联盟",
]
HEADER = [
    "活动日期",
    "结束日期",
    "活动名称",
    "方向",
    "类型",
    "地点",
    "国家或地区",
    "合作单位",
    "责任单位",
    "参加人员",
]
HEADER += ["对接企业", "对接机构", "新增线索", "纪要", "会议链接", "联盟", "联办编号"]
TO_COME = (timezone.localdate() + timedelta(days=40)).isoformat()

LEAD = {
    "项目名称": "印势新材料项目",
    "投资方": "江苏印势新材料有限公司",
    "产业领域": "新能源新材料",
    "线索来源": "以商招商",
    "来源地": "苏州",
    "计划总投资(万元)": "5000",
    "阶段": "在谈",
    "阶段日期": "2023-05-10",
    "责任人": "李专员",
    "责任单位": "招商一局",
    "获得日期": "2023.4.1",
    "下一步": "约企业来踏勘",
    "下一步日期": "2023-06-20",
}
OTHER = {"项目名称": "聚申元项目", "阶段": "线索", "获得日期": "2023-05-01"}
TRIP = {
    "活动日期": "2023-05-31",
    "结束日期": "2023-06-01",
    "活动名称": "赴南京招商考察",
    "方向": "走出去",
    "类型": "外出考察",
    "地点": "南京",
    "合作单位": "农业银行姑苏支行",
    "对接企业": "南京蓝鲸量子科技有限公司、另一家有限公司",
    "对接机构": "南智先进光电集成技术研究院",
    "新增线索": "量子研发中心项目",
}


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def sector(zone):
    return make_sector(zone, "新能源新材料")


@pytest.fixture
def officer(zone, sector):
    make_department(zone, name="招商一局")
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="李专员")


@pytest.fixture
def take_in(tmp_path, zone, officer):
    def run(kind, *rows, actor=officer, **options):
        path = tmp_path / f"{kind}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, LEAD_HEADER if kind == "leads" else HEADER, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return import_file(actor=actor, scope=zone.pk, kind=kind, path=path, **options)

    return run


def problems(trial, state="refused"):
    return {problem["code"] for row in trial.preview[state] for problem in row.get("problems", ())}


def test_leads_come_in_with_owner_sector_and_the_stages_they_passed(take_in, zone, officer, sector):
    trial = take_in("leads", LEAD, OTHER)
    assert dict(trial.counts) == {"rows": 2, "new": 2, "changed": 0, "same": 0, "refused": 0}
    lead = Lead.objects.get(name="印势新材料项目")
    assert (lead.owner, lead.sector, lead.planned_investment_cny) == (officer, sector, Decimal(50_000_000))
    assert (lead.stage, lead.stage_since, lead.next_action_on) == (
        "talking",
        date(2023, 5, 10),
        date(2023, 6, 20),
    )
    entries = selectors.in_order(LeadStage.objects.filter(lead=lead))
    assert [(e.stage, e.happened_on, e.batch_row) for e in entries] == [
        ("talking", date(2023, 5, 10), 2),
        ("found", date(2023, 4, 1), 2),
    ]
    assert officer.assignments.get().row_id == lead.pk
    april = selectors.pipeline([zone.pk], date(2023, 4, 30), zones.now(zone))
    may = selectors.pipeline([zone.pk], date(2023, 5, 31), zones.now(zone))
    assert (april.in_talks, may.in_talks) == (0, 1)


def test_the_same_file_again_changes_nothing(take_in):
    take_in("leads", LEAD, OTHER)
    before = (LeadStage.objects.count(), list(Lead.objects.order_by("pk").values_list("version", flat=True)))
    assert take_in("leads", LEAD, OTHER).counts["same"] == 2
    assert (
        LeadStage.objects.count(),
        list(Lead.objects.order_by("pk").values_list("version", flat=True)),
    ) == before


def test_a_later_file_moves_the_lead_and_leaves_what_it_does_not_say(take_in, sector):
    take_in("leads", LEAD)
    later = {
        "项目名称": "印势新材料项目",
        "阶段": "已签约",
        "阶段日期": "2023-06-28",
        "获得日期": "2023-04-01",
    }
    trial = take_in("leads", later)
    assert trial.counts["changed"] == 1
    lead = Lead.objects.get()
    assert (lead.stage, lead.stage_since, lead.sector, lead.version) == (
        "signed",
        date(2023, 6, 28),
        sector,
        1,
    )
    assert problems(take_in("leads", LEAD | {"阶段": "流失", "阶段日期": "2023-07-01"})) == {"lead_signed"}
    assert take_in("leads", LEAD).counts["same"] == 1


def test_another_amount_is_an_entry_so_that_the_past_stays(take_in, zone):
    take_in("leads", LEAD)
    take_in("leads", LEAD | {"计划总投资(万元)": "8000"})
    may = selectors.pipeline([zone.pk], date(2023, 5, 31), zones.now(zone))
    now = selectors.pipeline([zone.pk], zones.today(zone), zones.now(zone))
    assert may.by_sector[0].planned_investment_cny == 50_000_000
    assert now.by_sector[0].planned_investment_cny == 80_000_000


def test_a_move_made_by_hand_is_not_undone_by_the_old_file(take_in, officer):
    row = {key: text for key, text in LEAD.items() if key != "阶段日期"}
    take_in("leads", row)
    lead = Lead.objects.get()
    make_ready(lead)
    services.set_lead_stage(actor=officer, lead=lead, stage="agreeing", on=zones.today(lead.zone))
    assert take_in("leads", row).counts["same"] == 1
    lead.refresh_from_db()
    assert lead.stage == "agreeing"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"产业领域": "养猪"}, "sector_unknown"),
        ({"责任人": "王五"}, "person_unknown"),
        ({"责任单位": "没有这个局"}, "department_unknown"),
        ({"共享联盟": "没有这个联盟"}, "alliance_unknown"),
        ({"阶段日期": "2023-03-01"}, "stage_before_found"),
        ({"阶段日期": TO_COME}, "day_to_come"),
        ({"获得日期": TO_COME}, "day_to_come"),
        ({"计划总投资(万元)": "约五千"}, None),
        ({"计划总投资(万元)": "很多"}, "number_malformed"),
        ({"阶段": "黄了"}, "choice_unknown"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_comes_in(take_in, changed, code):
    trial = take_in("leads", OTHER, LEAD | changed)
    assert problems(trial) == ({code} if code else set()) or code in problems(trial)
    assert Lead.objects.exists() == (code is None)


def test_a_code_with_a_wrong_digit_is_told_with_the_right_one(take_in):
    code = make_synthetic_code(5)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    trial = take_in("leads", LEAD | {"统一社会信用代码": wrong})
    problem = trial.preview["refused"][0]["problems"][0]
    assert (problem["code"], problem["expected"]) == ("credit_code_check", code[-1])


def test_a_name_said_twice_is_refused_and_an_alike_one_is_told_and_kept_apart(take_in):
    assert problems(take_in("leads", OTHER, OTHER)) == {"row_twice"}
    code = make_synthetic_code(5)
    first = LEAD | {"统一社会信用代码": code}
    second = LEAD | {"项目名称": "印势二期", "统一社会信用代码": code}
    third = LEAD | {"项目名称": "印势三期", "投资方": "江苏省印势新材料有限责任公司"}
    trial = take_in("leads", first, second, third)
    assert (trial.counts["new"], problems(trial, "new")) == (3, {"lead_alike"})
    assert Lead.objects.count() == 3


def test_a_lead_of_a_registered_firm_is_tied_to_its_file(take_in, zone):
    firm = make_enterprise(zone, name="江苏印势新材料有限公司", normal_name="印势新材料")
    take_in("leads", LEAD)
    assert Lead.objects.get().enterprise == firm


def test_a_lead_comes_into_the_pool_of_an_alliance_by_its_name(take_in, zone):
    alliance = Alliance.objects.create(code="one-five", name="“1+5”联动发展", lead_zone=zone)
    alliance.members.set([zone])
    take_in("leads", LEAD | {"共享联盟": "“1+5”联动发展"})
    assert Lead.objects.get().alliance == alliance


def test_the_link_of_an_online_meeting_comes_in_and_only_a_web_address_does(take_in):
    row = TRIP | {"方向": "云端", "会议链接": "HTTPS://meeting.example.com/j/123"}
    take_in("activities", row)
    assert Activity.objects.get().meeting_url == "https://meeting.example.com/j/123"
    assert take_in("activities", row).counts["same"] == 1
    for wrong in ("javascript:alert(1)", "data:text/html,x", "ftp://example.com/a", "腾讯会议 123"):
        trial = take_in("activities", row | {"会议链接": wrong})
        assert trial.counts["refused"] == 1, wrong
    assert Activity.objects.count() == 1


def test_activities_come_in_once_with_parties_and_leads(take_in, zone):
    firm = make_enterprise(zone, name="南京蓝鲸量子科技有限公司", normal_name="蓝鲸量子科技")
    trial = take_in("activities", TRIP)
    assert trial.counts["new"] == 1
    trip = selectors.trip_of(Activity.objects.get())
    assert [(party.name, party.enterprise) for party in trip.firms] == [
        (firm.name, firm),
        ("另一家有限公司", None),
    ]
    assert len(trip.agencies) == 1
    lead = Lead.objects.get()
    assert (lead.name, lead.found_on, lead.stage) == ("量子研发中心项目", date(2023, 5, 31), "found")
    assert take_in("activities", TRIP).counts["same"] == 1
    rewritten = TRIP | {"对接企业": "蓝鲸量子科技；另一家", "地点": ""}
    assert take_in("activities", rewritten).counts["same"] == 1
    assert (Activity.objects.count(), ActivityParty.objects.count()) == (1, 4)


def test_a_corrected_row_replaces_its_entry_and_keeps_whom_it_leaves_out(take_in, zone):
    take_in("activities", TRIP)
    trial = take_in("activities", TRIP | {"地点": "南京、镇江", "对接企业": "第三家", "对接机构": ""})
    assert trial.counts["changed"] == 1
    live = Activity.objects.live().get()
    trip = selectors.trip_of(live)
    assert (live.place, [party.name for party in trip.firms], len(trip.agencies)) == (
        "南京、镇江",
        ["第三家"],
        1,
    )
    assert take_in("activities", TRIP).counts["same"] == 1


def test_what_was_corrected_or_voided_by_hand_stays_so(take_in, officer):
    take_in("activities", TRIP)
    activity = Activity.objects.get()
    fixed = services.correct_activity(actor=officer, activity=activity, reason="地点有误", place="镇江")
    assert take_in("activities", TRIP).counts["same"] == 1
    services.void_activity(actor=officer, activity=fixed, reason="取消")
    assert take_in("activities", TRIP).counts["same"] == 1
    assert not Activity.objects.live().exists()


def test_leads_named_by_activities_and_by_the_ledger_are_one(take_in):
    take_in("activities", TRIP, TRIP | {"活动名称": "再次拜访"})
    assert Lead.objects.count() == 1
    row = LEAD | {"项目名称": "量子研发中心项目", "获得日期": "2023-05-31", "阶段日期": "2023-06-05"}
    assert take_in("leads", row).counts["changed"] == 1
    assert (Lead.objects.count(), Lead.objects.get().stage) == (1, "talking")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"结束日期": "2023-05-30"}, "ends_before_it_begins"),
        ({"活动日期": TO_COME, "结束日期": ""}, "day_to_come"),
        ({"方向": "横着走"}, "choice_unknown"),
        ({"责任单位": "没有这个局"}, "department_unknown"),
        ({"联盟": "没有这个联盟"}, "alliance_unknown"),
        ({"活动名称": ""}, "missing"),
    ],
)
def test_an_activity_that_cannot_be_is_refused(take_in, changed, code):
    assert problems(take_in("activities", TRIP | changed)) == {code}
    assert not Activity.objects.exists()
    assert not Lead.objects.exists()


def test_one_activity_said_twice_is_refused(take_in):
    assert problems(take_in("activities", TRIP, TRIP)) == {"row_twice"}


def test_who_may_not_import_is_refused(take_in, zone):
    for kind, row in (("leads", LEAD), ("activities", TRIP)):
        with pytest.raises(NotAllowed):
            take_in(kind, row, actor=make_user(Role.STEWARD, zone=zone))


def test_comparing_costs_the_same_for_many_rows(zone, officer):
    def cost(ledger, make_row, count):
        rows = [Row(n, make_row(n)) for n in range(2, count + 2)]
        with CaptureQueriesContext(connection) as queries:
            assert all(outcome.state == "new" for outcome in ledger.compare(scope=zone.pk, rows=rows))
        return len(queries)

    day = date(2023, 5, 1)
    for ledger, make_row in (
        (LEADS, lambda n: {"name": f"项目{n}", "investor": f"企业{n}", "stage": "found", "found_on": day}),
        (
            ACTIVITIES,
            lambda n: {
                "on": day,
                "title": f"活动{n}",
                "direction": "out",
                "kind": "visit",
                "firms": f"企业{n}",
            },
        ),
    ):
        assert cost(ledger, make_row, 300) == cost(ledger, make_row, 3) <= 14


def test_writing_many_rows_takes_few_statements(take_in):
    with CaptureQueriesContext(connection) as queries:
        take_in("leads", *(OTHER | {"项目名称": f"项目{n}", "责任人": "李专员"} for n in range(300)))
        take_in("activities", *(TRIP | {"活动名称": f"考察{n}", "新增线索": f"线索{n}"} for n in range(300)))
    assert (Lead.objects.count(), Activity.objects.count()) == (600, 300)
    assert len(queries) < 250
