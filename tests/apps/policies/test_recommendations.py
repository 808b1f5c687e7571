"""政策推荐: firms that a policy fits are found and those who look after them told, in working time, once a day, once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories import make_enterprise, make_project, make_user, make_zone
from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import CalendarDay, CalendarYear
from zhuchao.apps.enterprises import services as firm_services
from zhuchao.apps.policies import services
from zhuchao.apps.policies.models import Reason, Recommendation, VersionSweep
from zhuchao.apps.policies.selectors.recommendations import (
    get_recommendation,
    listed_recommendations,
    speeds,
    visible_recommendations,
)
from zhuchao.apps.policies.services.facts import state_fact
from zhuchao.apps.policies.services.matches import refresh_due
from zhuchao.apps.policies.services.recommending import recommend_due, tell_due
from zhuchao.apps.portal.models import Door
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Notice, Role

from .conftest import CLAUSES, RULES, TODAY

pytestmark = pytest.mark.usefixtures("calendar")
NINE, FIVE = timedelta(0), timedelta(hours=8)


@pytest.fixture
def calendar():
    """The working calendar of 2023 around the Dragon Boat festival: 22 to 24 June off, Sunday 25 June worked."""
    CalendarYear.objects.get_or_create(year=2023, defaults={"source": "示例"})
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=date(2023, 6, day), is_working=day == 25, name="端午节") for day in (22, 23, 25)]
    )


@pytest.fixture
def file_firm(zone):
    """Enter a firm with what it reported for 2022."""

    def run(name, *, in_zone=None, **values):
        firm = make_enterprise(in_zone or zone, name=f"{name}（示例）有限公司", industry_code="C3962")
        if values:
            said = {key: Decimal(value) for key, value in values.items()}
            day = {"period": "year", "on": date(2022, 12, 31), "status": "approved"}
            firm_services.file_values(actor=None, enterprise=firm, values=said, **day)
        return firm

    return run


@pytest.fixture
def fitting(file_firm):
    return file_firm("甲", revenue=50_000_000, rnd=1_500_000)


def at(zone, day, after_nine=NINE):
    """Let the zone's clock stand on a day, so long after nine; it runs a thousand times slower than ours."""
    zone.demo_day, zone.demo_started_at = day, datetime.now(UTC) - 1000 * after_nine
    zone.save()


def run():
    """Do what comes due, in its order; return how many recommendations changed and were told."""
    refresh_due()
    return recommend_due(), tell_due()


@pytest.mark.document("0-34")
def test_who_looks_after_an_eligible_firm_is_told_within_a_working_day_across_a_holiday_and_it_is_measured(
    zone, clerk, page, make_policy, fitting
):
    at(zone, date(2023, 6, 21))
    make_policy("P-0", rules=RULES)
    assert run() == (1, 1)
    at(zone, date(2023, 6, 21), FIVE)
    late_in_the_day = make_policy("P-1", rules=RULES)
    assert run() == (1, 0)  # the digest of the day has gone out
    for day in (22, 23, 24):  # the festival and a Saturday
        at(zone, date(2023, 6, day))
        assert run() == (0, 0)
    at(zone, date(2023, 6, 25))  # a Sunday that is worked
    assert run() == (0, 1)
    row = Recommendation.objects.get(version__policy=late_in_the_day)
    assert (row.reason, row.found_on, row.working_days) == (Reason.ELIGIBLE, date(2023, 6, 21), 1)
    assert 29 <= row.working_minutes <= 30
    assert zones.day_of(row.told_at) == date(2023, 6, 25)
    assert [(n.user, fitting.name in n.body) for n in Notice.objects.order_by("pk")] == [(clerk, True)] * 2
    never = make_policy("P-2", rules=RULES)
    refresh_due()
    recommend_due()
    at(zone, date(2023, 6, 28))
    assert tell_due() == 1
    found = {one.version.policy.key: one for one in speeds(clerk, zone)}
    assert [(key, one.found, one.told, one.late) for key, one in sorted(found.items())] == [
        ("P-0", 1, 1, 0),
        ("P-1", 1, 1, 0),
        ("P-2", 1, 1, 1),
    ]
    assert 3 * 7 * 60 - 2 <= found["P-2"].most_minutes <= 3 * 7 * 60
    shown = page.get(reverse("policy-recommendation-speed")).content.decode()
    assert f"policy={never.pk}&amp;late=1" in shown
    late = page.get(reverse("policy-recommendation-list") + f"?policy={never.pk}&late=1").content.decode()
    assert fitting.name in late
    exported = page.get(reverse("policy-recommendation-list") + "?late=1&export=csv")
    assert (
        "P-2" in b"".join(exported.streaming_content if exported.streaming else [exported.content]).decode()
    )


def test_a_firm_that_lacks_one_known_fact_is_told_which_and_one_that_lacks_two_is_not(
    zone, make_policy, file_firm
):
    one = file_firm("乙", revenue=50_000_000)
    file_firm("丙")
    make_policy(rules=RULES)
    assert run() == (1, 1)
    row = Recommendation.objects.get()
    assert (row.enterprise, row.reason, row.missing) == (one, Reason.ONE_FACT, "rd")
    assert "还差上年研发费用" in Notice.objects.get().body


def test_nothing_is_found_or_told_twice_and_a_fact_that_comes_later_counts_from_its_own_day(
    zone, clerk, make_policy, file_firm
):
    firm = file_firm("丙")
    make_policy(rules=RULES)
    assert run() == (0, 0)
    assert run() == (0, 0)
    at(zone, date(2023, 6, 19))
    for field, value in (("revenue", "5000万元"), ("rd", "150万元")):
        state_fact(actor=clerk, enterprise=firm, field=field, value=value, source="企业申报")
    assert run() == (1, 1)
    row = Recommendation.objects.get()
    assert (row.reason, row.working_days) == (Reason.ELIGIBLE, 0)
    assert run() == (0, 0)
    assert Notice.objects.count() == 1


def test_what_fits_no_longer_is_withdrawn_and_who_fits_again_is_not_told_again(
    zone, clerk, make_policy, fitting
):
    make_policy(rules=RULES)
    run()
    state = {"actor": clerk, "enterprise": fitting, "reason": "", "seen_version": None}
    firm_services.change_state(**state | {"state": "moved_out", "reason": "迁出"})
    assert run() == (1, 0)
    (row,) = listed_recommendations(clerk, zone)
    assert row.progress == "withdrawn"
    fitting.refresh_from_db()
    firm_services.change_state(**state | {"enterprise": fitting, "state": "operating", "reason": "迁回"})
    at(zone, date(2023, 6, 16))
    assert run() == (1, 0)
    (row,) = listed_recommendations(clerk, zone)
    assert row.progress == "told"


@pytest.mark.parametrize("facts", [{"effective_to": TODAY}, {"window_close": TODAY}])
def test_what_ended_or_closed_before_the_digest_is_not_told(zone, make_policy, fitting, facts):
    make_policy(rules=RULES, **facts)
    refresh_due()
    assert recommend_due() == 1
    at(zone, TODAY + timedelta(days=1))
    assert tell_due() == 0
    assert not Notice.objects.exists()


def test_the_portions_are_bounded_and_the_next_run_goes_on(zone, make_policy, file_firm):
    for name in "甲乙丙":
        file_firm(name, revenue=50_000_000, rnd=1_500_000)
    make_policy(rules=RULES)
    refresh_due()
    assert (recommend_due(most=2), VersionSweep.objects.exists()) == (2, False)
    assert (recommend_due(most=2), VersionSweep.objects.exists()) == (1, True)
    assert recommend_due(most=2) == 0
    assert len({row.counted_from for row in Recommendation.objects.all()}) == 1


def test_the_officer_of_a_project_hears_of_its_firm_and_a_zone_without_liaison_tells_its_leader(
    zone, make_policy, fitting, clerk
):
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    make_project(zone, enterprise=fitting, officer=officer)
    make_policy(rules=RULES)
    run()
    assert set(Notice.objects.values_list("user", flat=True)) == {clerk.pk, officer.pk}


def test_that_a_recommendation_was_opened_is_kept_the_first_time_with_the_words_for_the_firm(
    zone, clerk, page, make_policy, fitting
):
    policy = make_policy(rules=RULES, window_close=date(2023, 6, 30))
    run()
    row = Recommendation.objects.get()
    url = reverse("policy-recommendation-detail", args=[row.pk])
    text = page.get(url).content.decode()
    assert "<svg" not in text.split('id="notice"')[1].split("</section>")[0]  # nobody else may read it yet
    Door.objects.create(zone=zone, slug="tui", is_open=True, shows_policies=True)
    text = page.get(url).content.decode()
    assert f"/p/tui/policies/{policy.pk}/" in text
    for words in (fitting.name, policy.title, "2023-06-30", "来源未核实"):
        assert words in text
    first = Recommendation.objects.get().opened_at
    assert first is not None
    page.get(url)
    assert Recommendation.objects.get().opened_at == first
    assert [one.progress for one in listed_recommendations(clerk, zone)] == ["opened"]


def test_a_new_version_is_recommended_anew(zone, clerk, second, make_policy, fitting):
    policy = make_policy(rules=RULES)
    run()
    at(zone, date(2023, 6, 20))
    draft = services.draft_version(
        actor=clerk,
        policy=policy,
        clauses=CLAUSES,
        rules=RULES.replace("2023-06-01", "2023-06-20"),
        effective_from=date(2023, 6, 20),
        document_no="二",
    )
    services.publish_version(actor=second, draft=draft)
    assert run() == (1, 1)
    assert Recommendation.objects.count() == 2


def test_the_firms_of_a_zone_below_are_told_to_those_who_look_after_it_and_strangers_see_nothing(
    zone, make_policy, file_firm, clerk
):
    below = make_zone(parent=zone, demo_day=zone.demo_day, demo_started_at=zone.demo_started_at)
    liaison = make_user(Role.LIAISON, zone=below)
    file_firm("戊", in_zone=below, revenue=50_000_000, rnd=1_500_000)
    make_policy(rules=RULES)
    assert run() == (1, 1)
    row = Recommendation.objects.get()
    assert row.zone == below
    assert set(Notice.objects.values_list("user", flat=True)) == {liaison.pk, clerk.pk}
    assert row in visible_recommendations(clerk)
    with pytest.raises(NotFound):
        get_recommendation(make_user(Role.LIAISON, zone=make_zone()), row.pk)


def test_the_api_lists_opens_and_measures(zone, page, make_policy, fitting):
    policy = make_policy(rules=RULES)
    run()
    (one,) = page.get(f"/api/v1/policy-recommendations?zone={zone.code}&policy_id={policy.pk}").json()[
        "items"
    ]
    assert (one["enterprise"], one["progress"], one["is_late"]) == (fitting.name, "told", False)
    opened = page.post(f"/api/v1/policy-recommendations/{one['id']}/open").json()
    assert (opened["progress"], opened["opened_at"] is not None) == ("opened", True)
    (speed,) = page.get(f"/api/v1/policy-recommendations/speed?zone={zone.code}").json()
    assert (speed["found"], speed["told"], speed["late"]) == (1, 1, 0)
