"""Activities: whom they met, what came of them, and how they are counted."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import (
    make_department,
    make_enterprise,
    make_lead,
    make_ready,
    make_user,
    make_zone,
    passing_moment,
)
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, NotFound, WrongInput
from zhuchao.apps.enterprises.selectors import related_to
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.errors import ActivityExists, LeadDuplicateFound
from zhuchao.apps.promotion.models import Activity, ActivityParty, Lead
from zhuchao.apps.promotion.services import NewLead
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Role

MAY = date(2026, 5, 31)
JUNE = date(2026, 6, 1)
ENTERPRISE, AGENCY = ActivityParty.Kind.ENTERPRISE, ActivityParty.Kind.AGENCY


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def add(zone, officer):
    def run(title="赴南京招商考察", **values):
        given = {"direction": "out", "kind": "trip", "on": MAY} | values
        return services.add_activity(actor=officer, zone=zone, title=title, **given)

    return run


def between(zone, start=MAY, end=JUNE, as_of=None):
    return selectors.activities_between([zone.pk], start, end, as_of or zones.now(zone))


def parties(zone, kind=ENTERPRISE, as_of=None):
    return selectors.parties_between(kind, [zone.pk], MAY, JUNE, as_of or zones.now(zone))


def test_an_activity_is_entered_with_everybody_it_met(zone, add):
    firm = make_enterprise(zone, name="南京蓝鲸量子科技有限公司", normal_name="南京蓝鲸量子科技")
    activity = add(
        ended_on=JUNE,
        partner="农业银行姑苏支行",
        firms=["南京蓝鲸量子科技有限公司", " 南京蓝鲸量子科技 ", "另一家"],
        agencies=["南智先进光电集成技术研究院"],
        new_leads=[NewLead("量子研发中心项目", needs="500 ㎡ 恒温")],
    )
    trip = selectors.trip_of(activity)
    assert [(party.name, party.enterprise) for party in trip.firms] == [
        ("南京蓝鲸量子科技有限公司", firm),
        ("另一家", None),
    ]
    lead = trip.leads[0].lead
    assert (lead.name, lead.found_on, lead.needs, lead.source_note) == (
        "量子研发中心项目",
        MAY,
        "500 ㎡ 恒温",
        "赴南京招商考察",
    )
    assert list(selectors.search_activities(Activity.objects.all(), [zone.pk], "蓝鲸")) == [activity]


@pytest.mark.document("0-15")
def test_a_trip_lists_partner_firms_and_leads_and_tells_its_conversion(officer, add):
    activity = add(
        ended_on=JUNE,
        partner="农业银行姑苏支行",
        firms=[f"企业{n}" for n in range(4)],
        new_leads=[NewLead("甲项目")],
    )
    trip = selectors.trip_of(activity)
    assert (activity.partner, activity.happened_on, activity.ended_on) == ("农业银行姑苏支行", MAY, JUNE)
    assert (len(trip.firms), [party.name for party in trip.leads]) == (4, ["甲项目"])
    assert trip.conversion.ratio == Decimal("0.25")
    assert trip.signed.ratio == 0
    services.set_lead_stage(actor=officer, lead=make_ready(trip.leads[0].lead), stage="signed", on=JUNE)
    assert selectors.trip_of(activity).signed.ratio == 1


def test_a_known_lead_met_again_is_tied_and_an_alike_one_is_asked_about(zone, add):
    lead = make_lead(zone, name="甲项目", normal_name="甲")
    activity = add(new_leads=[NewLead("甲项目")])
    assert selectors.trip_of(activity).leads[0].lead == lead
    with pytest.raises(LeadDuplicateFound):
        add("第二次考察", new_leads=[NewLead("甲")])
    assert (Activity.objects.count(), Lead.objects.count()) == (1, 1)
    add("第二次考察", new_leads=[NewLead("甲")], duplicate_reason="二期")
    assert Lead.objects.count() == 2


def test_the_same_activity_is_entered_once(add):
    add()
    with pytest.raises(ActivityExists):
        add()
    add(direction="online", kind="talk")
    add(on=JUNE)
    assert Activity.objects.count() == 3


@pytest.mark.document("1-05")
def test_different_firms_are_not_meetings_and_both_open_to_records(zone, add):
    for n in range(150):
        add(
            f"拜访{n}",
            kind="visit",
            firms=[f"企业{n}有限公司", f"企业{n + 150}", "每次都去的企业"],
            agencies=[f"机构{n % 30}"],
        )
    met = parties(zone)
    firms = selectors.distinct_parties(met)
    assert (met.count(), len(firms)) == (450, 301)
    assert (firms[0].name, firms[0].meetings) == ("每次都去的企业", 150)
    assert sum(firm.meetings for firm in firms) == met.count()
    agencies = selectors.distinct_parties(parties(zone, AGENCY))
    assert (len(agencies), agencies[0].meetings) == (30, 5)
    assert met.values("normal_name").distinct().count() == 301
    found = selectors.headline([zone.pk], zones.now(zone))
    assert found == {"events": 150, "firms": 301, "meetings": 450, "agencies": 30}


def test_one_firm_met_under_two_of_its_names_counts_once(zone, add):
    firm = make_enterprise(zone, name="新名科技有限公司", normal_name="新名科技")
    old = make_enterprise(zone, name="旧名有限公司", normal_name="旧名", merged_into=firm)
    add("一", firms=["新名科技"])
    add("二", firms=[old.name])
    met = selectors.distinct_parties(parties(zone))
    assert [(one.enterprise_id, one.meetings) for one in met] == [(firm.pk, 2)]


@pytest.mark.document("4-21")
def test_in_and_out_add_up_to_all_by_the_type_of_each(zone, add):
    for n in range(51):
        add(f"接待{n}", direction="in", kind="reception")
    for n in range(20):
        add(f"外出{n}")
    found = between(zone)
    split = {direction: found.filter(direction=direction).count() for direction in ("in", "out", "online")}
    assert split == {"in": 51, "out": 20, "online": 0}
    assert found.count() == 71 == sum(split.values())


def test_a_joint_event_counts_once_over_the_zones_that_hold_it(zone, add):
    partner = make_zone()
    colleague = make_user(Role.PROMOTION_OFFICER, zone=partner)
    for held_in, person in ((zone, None), (partner, colleague)):
        services.add_activity(
            actor=person,
            zone=held_in,
            title="联动发展推介会",
            direction="out",
            kind="roadshow",
            on=JUNE,
            joint_code="LD-1",
            firms=["同一家", f"{held_in.pk}家"],
        )
    add()
    both = [zone.pk, partner.pk]
    now = passing_moment(zone)
    assert selectors.activities_between(both, MAY, JUNE, now).count() == 2
    assert selectors.activities_between([partner.pk], MAY, JUNE, now).count() == 1
    firms = selectors.parties_between(ENTERPRISE, both, MAY, JUNE, now)
    assert len(selectors.distinct_parties(firms)) == 3


def test_a_correction_keeps_whom_it_does_not_speak_of_and_the_past_stays(zone, officer, add):
    activity = add(firms=["甲", "乙"], agencies=["协会"], new_leads=[NewLead("丙项目")])
    before = passing_moment(zone)
    fixed = services.correct_activity(
        actor=officer, activity=activity, reason="漏了一家", firms=["甲", "乙", "丁"], title="赴南京考察"
    )
    trip = selectors.trip_of(fixed)
    assert [party.name for party in trip.firms] == ["甲", "乙", "丁"]
    assert [party.name for party in (*trip.agencies, *trip.leads)] == ["协会", "丙项目"]
    assert (parties(zone).count(), parties(zone, as_of=before).count()) == (3, 2)
    assert [row.title for row in between(zone)] == ["赴南京考察"]
    assert [row.title for row in between(zone, as_of=before)] == ["赴南京招商考察"]
    with pytest.raises(AlreadyReplaced):
        services.correct_activity(actor=officer, activity=activity, reason="再改", title="x")
    found = selectors.search_activities(Activity.objects.all(), [zone.pk], "南京")
    assert list(found) == [fixed]


def test_a_void_takes_its_meetings_out_and_leaves_its_leads(zone, officer, add):
    activity = add(firms=["甲"], new_leads=[NewLead("丙项目")])
    services.void_activity(actor=officer, activity=activity, reason="取消了")
    assert (between(zone).count(), parties(zone).count()) == (0, 0)
    lead = Lead.objects.get()
    assert list(selectors.activities_of_lead(officer, lead)) == []
    assert not selectors.search_activities(Activity.objects.all(), [zone.pk], "南京").exists()


def test_a_correction_onto_another_activity_is_refused(officer, add):
    add("第一场")
    second = add("第二场")
    with pytest.raises(ActivityExists):
        services.correct_activity(actor=officer, activity=second, reason="误", title="第一场")
    assert Activity.objects.live().filter(title="第二场").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"on": date.max}, {"ended_on": date(2026, 5, 30)}, {"department": 1}, {"alliance": 1}],
)
def test_an_activity_that_cannot_be_is_refused(add, wrong):
    if "department" in wrong:
        wrong = {"department": make_department()}
    if "alliance" in wrong:
        wrong = {"alliance": Alliance.objects.create(code="x", name="外", lead_zone=make_zone())}
    with pytest.raises(WrongInput):
        add(**wrong)
    assert not Activity.objects.exists()


def test_who_may_not_is_refused_and_a_stranger_finds_nothing(zone, add):
    activity = add()
    with pytest.raises(NotAllowed):
        services.void_activity(actor=make_user(Role.STEWARD, zone=zone), activity=activity, reason="x")
    stranger = make_user(Role.ADMINISTRATOR, zone=make_zone())
    for refused in (
        lambda: selectors.get_activity(stranger, activity.pk),
        lambda: services.correct_activity(actor=stranger, activity=activity, reason="x", title="y"),
        lambda: services.void_activity(actor=stranger, activity=activity, reason="x"),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_firm_shows_who_met_it(zone, officer, add):
    firm = make_enterprise(zone)
    activity = add(firms=[firm.name])
    groups = {group.key: group for group in related_to(officer, firm)}
    assert [row.title for row in groups["activities"].rows] == [activity.title]
    services.void_activity(actor=officer, activity=activity, reason="取消")
    assert "activities" not in {group.key for group in related_to(officer, firm)}


def test_counting_costs_one_query_however_many_activities(zone, add, django_assert_num_queries):
    for n in range(12):
        add(f"活动{n}", firms=[f"企业{n}"])
    moment = passing_moment(zone)
    with django_assert_num_queries(1):
        assert selectors.activities_between([zone.pk], MAY, JUNE, moment).count() == 12
    with django_assert_num_queries(1):
        assert len(selectors.distinct_parties(parties(zone, as_of=moment))) == 12
