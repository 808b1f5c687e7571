"""Leads: entered once, moved along their stages, shared, given to somebody; the pipeline of every day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import (
    make_department,
    make_enterprise,
    make_lead,
    make_ready,
    make_sector,
    make_user,
    make_zone,
    passing_moment,
)
from zhuchao.apps.core.errors import (
    AlreadyReplaced,
    DomainError,
    NotAllowed,
    NotFound,
    ReasonNeeded,
    Stale,
    WrongInput,
)
from zhuchao.apps.core.models import Change
from zhuchao.apps.enterprises.errors import CreditCodeWrong
from zhuchao.apps.enterprises.selectors import related_to
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import (
    LastLeadStage,
    LeadDuplicateFound,
    PoolLeadReadOnly,
    StageMoved,
    StageMoveRefused,
)
from zhuchao.apps.promotion.models import Lead, LeadStage
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Role
from zhuchao.engines.identity import make_synthetic_code

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)
S = Lead.Stage
CODE = make_synthetic_code(7)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def add(zone, officer):
    def run(name="印势新材料项目", **values):
        return services.add_lead(actor=officer, zone=zone, **({"name": name, "found_on": MAY} | values))

    return run


def latest_entry(lead):
    return selectors.in_order(LeadStage.objects.live().filter(lead=lead)).first()


def test_a_lead_is_entered_with_its_stage_and_its_owner_answers_for_it(zone, officer, add):
    sector = make_sector(zone)
    lead = add(
        sector=sector,
        planned_investment_cny=Decimal(50_000_000),
        owner=officer,
        stage="talking",
        stage_on=JUNE,
    )
    assert (lead.stage, lead.stage_since) == (S.TALKING, JUNE)
    entries = selectors.in_order(LeadStage.objects.filter(lead=lead))
    assert [(e.stage, e.happened_on, e.sector) for e in entries] == [
        (S.TALKING, JUNE, sector),
        (S.FOUND, MAY, sector),
    ]
    assert officer.assignments.get().row_id == lead.pk
    assert Change.objects.filter(scope=zone.pk, thing="promotion.lead", verb="add").count() == 1
    assert list(selectors.search_leads(Lead.objects.all(), [zone.pk], "印势")) == [lead]


@pytest.mark.parametrize(
    "again",
    [
        {"name": "印势新材料项目"},
        {"name": "另一个名字", "investor": "江苏省苏鲲科技有限责任公司"},
        {"name": "另一个名字", "credit_code": CODE},
    ],
)
def test_the_same_lead_is_found_before_it_is_saved_twice(add, again):
    first = add(investor="江苏苏鲲科技有限公司", credit_code=CODE)
    with pytest.raises(LeadDuplicateFound) as refused:
        add(**again)
    assert refused.value.data["candidates"][0]["id"] == first.pk
    assert Lead.objects.count() == 1
    second = add(**again, duplicate_reason="二期项目")
    assert Change.objects.get(thing="promotion.lead", rows=[second.pk]).data["not_a_duplicate"] == "二期项目"


def test_a_registered_firm_is_a_duplicate_unless_the_lead_is_tied_to_it(zone, add):
    firm = make_enterprise(zone, name="江苏苏鲲科技有限公司", normal_name="苏鲲科技")
    with pytest.raises(LeadDuplicateFound) as refused:
        add(investor="江苏苏鲲科技有限公司")
    assert refused.value.data["candidates"][0]["kind"] == "enterprise"
    lead = add(investor="江苏苏鲲科技有限公司", enterprise=firm)
    groups = {group.key: group for group in related_to(make_user(Role.LEADER, zone=zone), firm)}
    assert [row.title for row in groups["leads"].rows] == [lead.name]


def test_a_code_with_a_wrong_digit_is_refused_with_the_right_one(add):
    with pytest.raises(CreditCodeWrong) as refused:
        add(credit_code=CODE[:-1] + ("A" if CODE[-1] != "A" else "B"))
    assert CODE[-1] in str(refused.value)


@pytest.mark.parametrize("stage", list(S))
def test_a_lead_moves_only_along_the_ways_there_are(add, officer, stage):
    lead = add(stage=stage)
    for wanted in S:
        if wanted in services.ALLOWED_MOVES[stage]:
            continue
        with pytest.raises(StageMoveRefused):
            services.set_lead_stage(actor=officer, lead=lead, stage=wanted, on=JUNE, note="试")
    assert LeadStage.objects.count() == 1


def test_what_is_signed_stays_signed(add, officer):
    lead = make_ready(add(stage="agreeing"))
    services.set_lead_stage(actor=officer, lead=lead, stage="signed", on=JUNE)
    lead.refresh_from_db()
    assert not lead.is_open
    with pytest.raises(StageMoveRefused) as refused:
        services.set_lead_stage(actor=officer, lead=lead, stage="lost", on=JULY, note="反悔")
    assert refused.value.data["allowed"] == "无"


def test_a_loss_says_why_and_a_lost_lead_can_be_taken_up_again(add, officer):
    lead = make_ready(add(stage="talking"))
    with pytest.raises(ReasonNeeded):
        services.set_lead_stage(actor=officer, lead=lead, stage="lost", on=JUNE)
    services.set_lead_stage(actor=officer, lead=lead, stage="lost", on=JUNE, note="选址外地")
    services.set_lead_stage(actor=officer, lead=lead, stage="talking", on=JULY)
    lead.refresh_from_db()
    assert (lead.stage, lead.stage_since) == (S.TALKING, JULY)


@pytest.mark.parametrize("on", [MAY - timedelta(days=1), date.max])
def test_a_stage_before_the_present_one_or_to_come_is_refused(add, officer, on):
    lead = make_ready(add(stage="talking"))
    with pytest.raises(WrongInput):
        services.set_lead_stage(actor=officer, lead=lead, stage="agreeing", on=on)


def test_who_saw_an_older_stage_is_told_of_the_newer_one(add, officer):
    lead = make_ready(add(stage="talking"))
    seen = latest_entry(lead).pk
    services.set_lead_stage(actor=officer, lead=lead, stage="agreeing", on=JUNE, seen=seen)
    with pytest.raises(StageMoved) as refused:
        services.set_lead_stage(actor=officer, lead=lead, stage="signed", on=JUNE, seen=seen)
    assert refused.value.data["stage"] == "拟签约"


def test_a_correction_and_a_void_move_the_lead_back(add, officer):
    lead = make_ready(add(stage="talking"))
    entry = services.set_lead_stage(actor=officer, lead=lead, stage="signed", on=JUNE)
    fixed = services.correct_lead_stage(actor=officer, entry=entry, reason="误录", stage="agreeing")
    lead.refresh_from_db()
    assert lead.stage == S.AGREEING
    with pytest.raises(AlreadyReplaced):
        services.void_lead_stage(actor=officer, entry=entry, reason="误录")
    services.void_lead_stage(actor=officer, entry=fixed, reason="误录")
    lead.refresh_from_db()
    assert (lead.stage, lead.stage_since) == (S.TALKING, MAY)
    with pytest.raises(LastLeadStage):
        services.void_lead_stage(actor=officer, entry=latest_entry(lead), reason="误录")


def test_an_edit_against_an_older_version_is_refused_with_both(add, officer):
    lead = add()
    services.change_lead(actor=officer, lead=lead, version=1, next_action="约谈", next_action_on=JULY)
    with pytest.raises(Stale) as refused:
        services.change_lead(actor=officer, lead=lead, version=1, next_action="踏勘")
    assert refused.value.data["theirs"] == {"next_action": "约谈"}


def test_a_name_is_checked_for_duplicates_when_it_changes_and_only_then(add, officer):
    first, second = add("甲项目"), add("乙项目")
    services.change_lead(actor=officer, lead=second, version=1, needs="500 ㎡")
    with pytest.raises(LeadDuplicateFound):
        services.change_lead(actor=officer, lead=second, version=2, name="甲项目")
    changed = services.change_lead(
        actor=officer, lead=second, version=2, name="甲项目", duplicate_reason="二期"
    )
    assert (changed.name, changed.normal_name) == (first.name, first.normal_name)


def test_a_handover_needs_the_verb_and_is_kept(zone, add, officer):
    lead = add(owner=officer)
    heir, department = make_user(Role.PROMOTION_OFFICER, zone=zone), make_department(zone)
    with pytest.raises(NotAllowed):
        services.assign_lead(actor=make_user(Role.STEWARD, zone=zone), lead=lead, owner=heir)
    services.assign_lead(actor=officer, lead=lead, owner=heir, department=department, reason="调岗")
    held = zones.assignments.assignments_of(officer, "promotion.lead", lead.pk)
    assert [(row.officer, row.department, row.until is None) for row in held] == [
        (heir, department, True),
        (officer, None, False),
    ]
    with pytest.raises(WrongInput):
        services.assign_lead(actor=officer, lead=lead, owner=make_user(Role.LEADER, zone=make_zone()))


@pytest.mark.parametrize(
    "wrong", ["sector", "owner", "department", "alliance", "enterprise", "amount", "name", "day"]
)
def test_a_lead_with_a_fact_that_cannot_be_is_refused(zone, add, wrong):
    values = {
        "sector": lambda: {"sector": make_sector()},
        "owner": lambda: {"owner": make_user(Role.LEADER, zone=make_zone())},
        "department": lambda: {"department": make_department()},
        "alliance": lambda: {"alliance": Alliance.objects.create(code="x", name="外", lead_zone=make_zone())},
        "enterprise": lambda: {"enterprise": make_enterprise()},
        "amount": lambda: {"planned_investment_cny": Decimal(-1)},
        "name": lambda: {"name": "  "},
        "day": lambda: {"found_on": zones.today(zone) + timedelta(days=1)},
    }[wrong]()
    with pytest.raises(WrongInput):
        add(**values)
    assert not Lead.objects.exists()


def test_the_pipeline_counts_who_is_in_talks_by_sector_and_adds_up(zone, add, officer):
    digital, finance = make_sector(zone, "数字创意"), make_sector(zone, "金融产业")
    for n in range(3):
        add(f"数字{n}", sector=digital, stage="talking", planned_investment_cny=Decimal(100))
    add("金融0", sector=finance, stage="agreeing")
    add("无行业", stage="talking")
    for stage in ("found", "signed", "lost", "paused"):
        add(stage, sector=digital, stage=stage)
    found = selectors.pipeline([zone.pk], MAY, zones.now(zone))
    assert [(part.name, part.leads) for part in found.by_sector] == [
        ("数字创意", 3),
        ("金融产业", 1),
        ("", 1),
    ]
    assert found.in_talks == 5 == sum(part.leads for part in found.by_sector)
    assert found.by_sector[0].planned_investment_cny == 300
    assert sum(part.leads for part in found.by_stage) == 9


@pytest.mark.document("0-22", "1-06")
def test_the_pipeline_of_a_day_stays_what_it_was_whatever_changes_later(zone, add, officer):
    """48 leads in talks over five sectors; later moves, edits, corrections and voids leave that day's answer."""
    sizes = {"数字创意": 15, "金融产业": 10, "文旅新消费": 9, "高技术服务": 8, "都市科技": 6}
    sectors = {name: make_sector(zone, name) for name in sizes}
    leads = [
        add(f"{name}{n}", sector=sectors[name], stage="talking")
        for name, size in sizes.items()
        for n in range(size)
    ]
    day, moment = JUNE, zones.now(zone)

    def split(found):
        return {part.name: part.leads for part in found.by_sector}

    before = selectors.pipeline([zone.pk], day, moment)
    assert (before.in_talks, split(before)) == (48, sizes)

    services.set_lead_stage(actor=officer, lead=make_ready(leads[0]), stage="signed", on=JULY)
    services.set_lead_stage(actor=officer, lead=leads[1], stage="lost", on=JULY, note="外地")
    services.change_lead(actor=officer, lead=leads[2], version=None, sector=sectors["都市科技"])
    services.void_lead_stage(
        actor=officer,
        entry=services.set_lead_stage(actor=officer, lead=leads[3], stage="paused", on=JULY),
        reason="误录",
    )
    # An entry of that very day corrected afterwards: the day is another now, and still the same as known then.
    services.correct_lead_stage(actor=officer, entry=latest_entry(leads[4]), reason="阶段有误", stage="found")
    add("后来的", sector=sectors["金融产业"], stage="talking", found_on=JULY)

    assert split(selectors.pipeline([zone.pk], day, moment)) == sizes
    known_now = selectors.pipeline([zone.pk], day, zones.now(zone))
    assert known_now.in_talks == 47
    later = selectors.pipeline([zone.pk], zones.today(zone), zones.now(zone))
    assert later.in_talks == 48 - 2 - 1 + 1
    assert split(later)["都市科技"] == 7
    entries = selectors.open_lead_stages([zone.pk], day, moment)
    assert (entries.count(), entries.filter(sector=sectors["都市科技"]).count()) == (48, 6)


def test_the_pipeline_costs_two_queries_however_many_leads(zone, add, django_assert_num_queries):
    for n in range(10):
        add(f"项目{n}", stage="talking")
    moment = passing_moment(zone)
    with django_assert_num_queries(2):
        assert selectors.pipeline([zone.pk], JUNE, moment).in_talks == 10


def test_correcting_the_earlier_of_two_entries_of_one_day_keeps_their_order(add, officer):
    lead = make_ready(add(stage="talking"))
    first = services.set_lead_stage(actor=officer, lead=lead, stage="agreeing", on=JUNE)
    services.set_lead_stage(actor=officer, lead=lead, stage="signed", on=JUNE)
    services.correct_lead_stage(actor=officer, entry=first, reason="补充", evidence_note="会议纪要")
    lead.refresh_from_db()
    assert lead.stage == S.SIGNED


def test_due_leads_come_in_order_and_only_open_ones(zone, add, officer):
    today = zones.today(zone)
    days = {"逾期": -1, "今天": 0, "本周": 7, "以后": 8}
    for name, offset in days.items():
        add(name, next_action="约谈", next_action_on=today + timedelta(days=offset))
    add("没有下一步")
    add("已签", stage="signed", next_action_on=today - timedelta(days=9))
    make_lead(make_zone(), next_action_on=today)
    due = selectors.leads_due(officer, [zone.pk], today)
    assert [(lead.name, lead.due) for lead in due] == [
        ("逾期", "overdue"),
        ("今天", "today"),
        ("本周", "soon"),
        ("没有下一步", "none"),
    ]


@pytest.mark.document("1-30")
def test_members_of_an_alliance_see_its_shared_leads_and_change_none(zone, add, officer):
    partners, outsider = [make_zone() for _ in range(5)], make_zone()
    partner = partners[0]
    alliance = Alliance.objects.create(code="one-five", name="1+5", lead_zone=zone)
    alliance.members.set([zone, *partners])
    shared, private = add("共享项目", alliance=alliance), add("不共享的项目")
    colleague = make_user(Role.PROMOTION_OFFICER, zone=partner)
    stranger = make_user(Role.PROMOTION_OFFICER, zone=outsider)
    for member in partners:
        assert list(selectors.visible_leads(make_user(Role.LEADER, zone=member))) == [shared]
    assert list(selectors.visible_leads(colleague)) == [shared]
    assert list(selectors.pool_of(colleague, partner)) == [shared]
    assert list(selectors.leads_of(colleague, partner)) == []
    assert selectors.get_lead_stage(colleague, latest_entry(shared).pk).lead == shared
    assert not selectors.visible_leads(stranger).exists()
    with pytest.raises(NotFound):
        selectors.get_lead(colleague, private.pk)
    for refused in (
        lambda: services.change_lead(actor=colleague, lead=shared, version=1, needs="x"),
        lambda: services.set_lead_stage(actor=colleague, lead=shared, stage="talking", on=JUNE),
        lambda: services.assign_lead(actor=colleague, lead=shared, owner=colleague),
        lambda: services.void_lead_stage(actor=colleague, entry=latest_entry(shared), reason="x"),
    ):
        with pytest.raises(PoolLeadReadOnly):
            refused()
    assert not selectors.leads_due(colleague, [zone.pk], JUNE).exists()


@pytest.mark.django_db(transaction=True)
def test_eight_people_who_saw_the_same_stage_move_it_once():
    zone = make_zone()
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    lead = services.add_lead(actor=officer, zone=zone, name="抢签项目", found_on=MAY, stage="agreeing")
    make_ready(lead)
    seen = latest_entry(lead).pk
    barrier = Barrier(8)

    def sign(_n):
        try:
            barrier.wait()
            return services.set_lead_stage(actor=officer, lead=lead, stage="signed", on=JUNE, seen=seen)
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(sign, range(8)))
    assert sum(isinstance(outcome, LeadStage) for outcome in outcomes) == 1
    assert LeadStage.objects.filter(lead=lead, stage=S.SIGNED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_lead_entered_by_two_people_at_once_is_kept_once():
    zone = make_zone()
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    barrier = Barrier(2)

    def enter(_n):
        try:
            barrier.wait()
            return services.add_lead(actor=officer, zone=zone, name="同一项目", found_on=MAY)
        except LeadDuplicateFound as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(enter, range(2)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Lead", "LeadDuplicateFound"]
    assert Lead.objects.count() == 1
