"""What came of trips, expos and online talks after 30, 90 and 180 days."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.promotion import selectors, services
from zhuchao.apps.promotion.models import Activity, Lead
from zhuchao.apps.promotion.services import NewLead
from zhuchao.apps.zones.models import Role

ENDED = date(2026, 3, 6)
TODAY = date(2026, 7, 1)


@pytest.fixture
def zone():
    return make_zone(demo_day=TODAY, demo_started_at=timezone.now())


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def trip(zone, officer):
    def run(title="赴日本、新加坡经贸招商", kind="trip", leads=("甲", "乙", "丙"), **values):
        given = {"direction": "out", "on": date(2026, 3, 1), "ended_on": ENDED} | values
        return services.add_activity(
            actor=officer,
            zone=zone,
            title=title,
            kind=kind,
            firms=["某日资企业集团总部", "某半导体企业"],
            new_leads=[NewLead(name) for name in leads],
            **given,
        )

    return run


def move(name, stage, days, amount=None):
    lead = Lead.objects.get(name=name)
    if amount:
        Lead.objects.filter(pk=lead.pk).update(signed_investment_cny=amount)
    services.set_lead_stage(
        actor=None, lead=lead, stage=stage, on=ENDED + timedelta(days=days), override_reason="补登"
    )


@pytest.mark.document("1-09")
def test_a_trip_abroad_tells_its_results_at_30_90_and_180_days(client, officer, trip):
    activity = trip(country="日本、新加坡", place="东京、新加坡")
    move("甲", "talking", 20)
    move("甲", "signed", 80, 5_000_000)
    move("乙", "talking", 31)
    results = selectors.results_of([activity], TODAY)[activity.pk]
    assert [(one.days, one.leads, one.talking, one.signed, one.signed_cny) for one in results] == [
        (30, 3, 1, 0, 0),
        (90, 3, 2, 1, 5_000_000),
        (180, 3, 2, 1, 5_000_000),
    ]
    assert [one.is_due for one in results] == [True, True, False]
    page = signed_in(client, officer)
    words = page.get(f"/activities/{activity.pk}/").content.decode()
    assert "第 30 天（2026-04-05）" in words
    assert "未到，为至今数" in words
    assert activity.title in page.get("/activities/results/").content.decode()


def test_what_happens_later_does_not_change_an_earlier_horizon(trip):
    activity = trip()
    before = selectors.results_of([activity], TODAY)[activity.pk][0]
    move("丙", "talking", 31)
    assert selectors.results_of([activity], TODAY)[activity.pk][0] == before


@pytest.mark.document("4-22")
def test_leads_are_counted_for_each_expo(client, officer, trip):
    first = trip("第十三届中博会", "expo", ("展会甲", "展会乙"))
    second = trip("物流与供应链平台发展年会", "expo", ("展会丙",))
    trip()
    results = selectors.results_of([first, second], TODAY)
    assert [results[one.pk][0].leads for one in (first, second)] == [2, 1]
    assert set(Lead.objects.filter(name__startswith="展会").values_list("source", flat=True)) == {"expo"}
    words = signed_in(client, officer).get("/activities/results/?kind=expo").content.decode()
    assert "第十三届中博会" in words
    assert "赴日本" not in words


@pytest.mark.document("2-06")
def test_an_online_roadshow_keeps_link_and_minutes_and_referrals_tell_their_conversion(client, zone, officer):
    page = signed_in(client, officer)
    form = {
        "title": "云招商推介会",
        "direction": "online",
        "kind": "roadshow",
        "on": "2026-06-01",
        "meeting_url": "https://meeting.example.com/j/123",
        "minutes": "介绍园区政策，两家企业有意向",
        "firms": "某企业",
    }
    words = page.post("/activities/add/", form, follow=True).content.decode()
    assert 'href="https://meeting.example.com/j/123"' in words
    assert "介绍园区政策" in words
    assert "云招商推介会" in page.get("/activities/results/?kind=online").content.decode()
    for name in ("以商招商甲", "以商招商乙"):
        services.add_lead(actor=None, zone=zone, name=name, found_on=ENDED, source="referral")
    move("以商招商甲", "signed", 1)
    ways = {way.key: way for way in selectors.ways_by_source(Lead.objects.filter(zone=zone))}
    assert (ways["referral"].found, ways["referral"].signed, ways["referral"].conversion) == (2, 1, 0.5)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVaScRiPt://%0aalert(1)", "ftp://example.com/a", "//x"]
)
def test_a_link_that_a_browser_would_run_is_kept_by_no_door(client, zone, officer, trip, link):
    with pytest.raises(WrongInput):
        services.add_activity(
            actor=officer, zone=zone, title="云", direction="online", kind="talk", on=ENDED, meeting_url=link
        )
    activity = trip("云招商推介会")
    with pytest.raises(WrongInput):
        services.correct_activity(actor=officer, activity=activity, reason="误", meeting_url=link)
    page = signed_in(client, officer)
    form = {"title": "云", "direction": "online", "kind": "talk", "on": "2026-06-01", "meeting_url": link}
    assert page.post("/activities/add/", form).status_code == 422
    # One that came in past every check is not made a link either.
    old = Activity(meeting_url=link)
    assert old.meeting_link == ""


def test_the_list_of_activities_exports_the_link(client, zone, officer):
    services.add_activity(
        actor=officer,
        zone=zone,
        title="云招商推介会",
        direction="online",
        kind="roadshow",
        on=ENDED,
        meeting_url="HTTP://meeting.example.com/j/1",
    )
    shown = signed_in(client, officer).get("/activities/?cols=title,meeting_url&export=csv")
    assert "http://meeting.example.com/j/1" in b"".join(shown.streaming_content).decode("utf-8-sig")


def test_many_activities_cost_two_queries(trip, django_assert_num_queries):
    activities = [trip(f"考察{n}", leads=(f"线索{n}",)) for n in range(5)]
    with django_assert_num_queries(2):
        assert len(selectors.results_of(activities, TODAY)) == 5
