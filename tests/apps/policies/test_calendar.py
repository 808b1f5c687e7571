"""政策日历: the days, the file, the reminders at 30, 7 and 1 working days, and who is told how soon."""

from datetime import date, timedelta

import pytest

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.models import PolicySubscription
from zhuchao.apps.policies.selectors.calendar import calendar_of, get_subscription, told_of
from zhuchao.apps.zones.models import Notice, Role

from .conftest import CLAUSES, TODAY

pytestmark = pytest.mark.usefixtures("calendar")
WINDOW = {"window_open": date(2023, 6, 1), "window_close": date(2023, 6, 30)}


def days(zone, actor=None, **options):
    found = calendar_of(actor, zone, date(2023, 1, 1), date(2023, 12, 31), **options)
    return [(event.day.isoformat(), event.kind.value, event.policy.key) for event in found]


def at(zone, day):
    zone.demo_day = day
    zone.save()


@pytest.mark.document("0-26")
def test_the_calendar_its_file_and_reminders_at_30_7_and_1_working_days_show_no_expired_policy(
    page, zone, clerk, make_policy
):
    services.subscribe(actor=clerk, zone=zone)
    at(zone, date(2023, 3, 1))
    make_policy("P-1", **WINDOW, decides_on=date(2023, 7, 20), pays_on=date(2023, 8, 31))
    make_policy("P-0", window_close=date(2023, 6, 30), effective_to=date(2023, 5, 31))
    assert days(zone) == [
        ("2023-06-01", "open", "P-1"),
        ("2023-06-30", "close", "P-1"),
        ("2023-07-20", "decide", "P-1"),
        ("2023-08-31", "pay", "P-1"),
    ]
    text = page.get("/policies/calendar/file/").content.decode().replace("\r\n ", "")
    for line in (
        "DTSTART;VALUE=DATE:20230601",
        "DTSTART;VALUE=DATE:20230831",
        "SUMMARY:申报截止：示例办法 P-1",
    ):
        assert f"{line}\r\n" in text
    assert "P-0" not in text
    Notice.objects.all().delete()
    reminded = {}
    day = date(2023, 3, 1)
    while day <= date(2023, 7, 5):
        at(zone, day)
        if services.remind_due():
            reminded[day] = [notice.key.rpartition(":")[2] for notice in Notice.objects.order_by("-pk")[:1]]
        day += timedelta(days=1)
    # 30, 7 and 1 working days (weekends only here) before 1 June, then before 30 June.
    assert [day.isoformat() for day in reminded] == [
        *("2023-04-20", "2023-05-19", "2023-05-23", "2023-05-31"),
        *("2023-06-21", "2023-06-29"),
    ]
    assert Notice.objects.filter(user=clerk).count() == 6
    at(zone, TODAY)
    assert [row.key for row in selectors.open_policies(clerk, zone, TODAY)] == ["P-1"]


def test_a_reminder_is_given_once_and_a_late_policy_gets_only_the_nearest(make_policy, zone, clerk):
    services.subscribe(actor=clerk, zone=zone)
    make_policy(window_close=date(2023, 6, 16))
    Notice.objects.all().delete()
    assert (services.remind_due(), services.remind_due()) == (1, 0)
    assert Notice.objects.get().key.endswith("T-1")


def test_the_owner_is_reminded_without_a_subscription(make_policy, zone, second):
    policy = make_policy(window_close=date(2023, 6, 20), head={"owner": second})
    services.remind_due()
    assert Notice.objects.get().user == second
    assert policy.title in Notice.objects.get().title


def test_the_owner_is_asked_once_to_review_on_the_day_and_again_for_a_later_day(make_policy, zone, second):
    policy = make_policy(head={"owner": second, "review_on": TODAY + timedelta(days=1)})
    services.remind_due()
    assert not Notice.objects.filter(key__startswith="policies.review").exists()
    at(zone, TODAY + timedelta(days=1))
    services.remind_due()
    services.remind_due()
    asked = Notice.objects.get(key__startswith="policies.review")
    assert asked.user == second
    assert policy.title in asked.title
    services.change_policy(actor=None, policy=policy, version=None, review_on=TODAY)
    services.remind_due()
    assert Notice.objects.filter(key__startswith="policies.review").count() == 2


def test_who_subscribed_is_told_on_the_day_of_publication_and_that_is_measured(
    make_policy, zone, clerk, second
):
    other = make_user(Role.ANALYST, zone=zone)
    services.subscribe(actor=clerk, zone=zone, industry="金融")
    services.subscribe(actor=other, zone=zone, level="city")
    policy = make_policy(head={"industries": ["金融"]})
    told = told_of(selectors.current_version(policy, TODAY))
    assert (told.people, told.working_days) == (1, 0)
    assert Notice.objects.get().user == clerk
    # A notice that goes out on the Monday after the next is two working days late by then.
    Notice.objects.update(due_at=Notice.objects.get().due_at + timedelta(days=4))
    assert told_of(selectors.current_version(policy, TODAY)).working_days == 2


def test_who_no_longer_works_there_is_told_nothing(make_policy, zone):
    PolicySubscription.objects.create(zone=zone, user=make_user())
    make_policy()
    assert not Notice.objects.exists()


def test_a_newer_version_takes_the_window_of_the_older_off_the_calendar(make_policy, zone, clerk, second):
    policy = make_policy(**WINDOW, pays_on=date(2023, 8, 1))
    draft = services.draft_version(
        actor=clerk, policy=policy, clauses=CLAUSES, effective_from=date(2023, 6, 20), document_no="二"
    )
    services.publish_version(actor=second, draft=draft)
    assert [kind for _day, kind, _key in days(zone)] == ["open", "pay"]


def test_mine_shows_what_one_subscribed_to(make_policy, zone, clerk):
    make_policy("A", **WINDOW, head={"level": "city"})
    make_policy("B", **WINDOW)
    services.subscribe(actor=clerk, zone=zone, level="city")
    assert {key for _day, _kind, key in days(zone, clerk, mine=True)} == {"A"}


def test_a_subscription_is_one_s_own_and_made_once(zone, clerk, second):
    wish = services.subscribe(actor=clerk, zone=zone, department=" 经发局 ")
    assert services.subscribe(actor=clerk, zone=zone, department="经发局") == wish
    with pytest.raises(NotFound):
        get_subscription(second, wish.pk)
    services.unsubscribe(actor=second, wish=wish)
    assert PolicySubscription.objects.filter(pk=wish.pk).exists()
    services.unsubscribe(actor=clerk, wish=wish)
    assert not PolicySubscription.objects.exists()
    with pytest.raises(NotFound):
        services.subscribe(actor=clerk, zone=make_zone())


def test_the_pages_subscribe_stop_and_show_the_days(page, client, zone, second, make_policy):
    make_policy(**WINDOW, head={"department": "科技局"})
    assert "2023-06-30" in page.get("/policies/calendar/").content.decode()
    assert page.post("/policies/subscriptions/", {"department": "科技局"}).status_code == 302
    wish = PolicySubscription.objects.get()
    assert "科技局" in page.get("/policies/subscriptions/").content.decode()
    assert "2023-06-30" in page.get("/policies/calendar/?mine=1").content.decode()
    signed_in(client, second)
    assert client.post(f"/policies/subscriptions/{wish.pk}/stop/").status_code == 404
    answer = client.get(f"/api/v1/policies/calendar?zone={zone.code}&start=2023-06-01&end=2023-06-30")
    assert [one["kind"] for one in answer.json()] == ["open", "close"]
