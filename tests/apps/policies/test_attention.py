"""What of the policies stands on somebody's desk: drafts to check, reviews whose day has come, windows that close."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.desk.selectors.today import cards_for
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.errors import NothingToReview
from zhuchao.apps.zones.models import Role

from .conftest import TODAY

pytestmark = pytest.mark.usefixtures("calendar")
NEXT = TODAY + timedelta(days=180)


def keys(user, zone):
    found, _figures = cards_for(user, zone)
    return [card.key.split(":")[0] for card in found if card.key.startswith("policy-")]


def test_a_draft_waits_for_who_may_publish_it_and_did_not_prepare_it_and_says_who_did(
    make_policy, zone, clerk, second, client
):
    make_policy(is_draft=True)
    assert keys(clerk, zone) == []
    assert keys(make_user(Role.ANALYST, zone=zone), zone) == []
    assert keys(make_user(Role.LIAISON, zone=zone), zone) == ["policy-draft"]
    card = next(card for card in cards_for(second, zone)[0] if card.key.startswith("policy-draft"))
    assert "祝起草" in card.why
    page = signed_in(client, second).get(card.url)
    assert page.status_code == 200
    assert "祝起草" in page.content.decode()


def test_a_draft_that_is_published_waits_no_longer(make_policy, zone, second):
    make_policy()
    assert keys(second, zone) == []


@pytest.mark.parametrize(("days", "there"), [(-1, True), (0, True), (1, False)])
def test_a_review_stands_on_the_desk_of_the_owner_from_its_day_on(
    make_policy, zone, clerk, second, days, there
):
    make_policy(head={"owner": clerk, "review_on": TODAY + timedelta(days=days)})
    assert keys(clerk, zone) == (["policy-review"] if there else [])
    assert keys(make_user(Role.LIAISON, zone=zone), zone) == []


def test_what_has_expired_is_reviewed_by_nobody(make_policy, zone, clerk):
    make_policy(head={"owner": clerk, "review_on": TODAY}, effective_to=date(2023, 6, 1))
    assert keys(clerk, zone) == []


@pytest.mark.parametrize(("days", "there"), [(-1, False), (0, True), (7, True), (8, False)])
def test_a_window_that_closes_within_seven_days_stands_before_who_tells_firms(
    make_policy, zone, clerk, days, there
):
    make_policy(window_close=TODAY + timedelta(days=days))
    assert keys(clerk, zone) == (["policy-window"] if there else [])
    assert keys(make_user(Role.ANALYST, zone=zone), zone) == []


def test_a_review_confirms_the_source_of_what_counts_and_sets_the_next_day(make_policy, zone, clerk, page):
    policy = make_policy(head={"owner": clerk, "review_on": TODAY}, address="https://example.org/1")
    url = reverse("policy-review", args=[policy.pk])
    shown = page.get(url).content.decode()
    assert "https://example.org/1" in shown
    assert "最高 20 万元。" in shown
    answer = page.post(
        url, {"checked": "on", "next_review_on": NEXT.isoformat(), "note": "无变化", "version": 1}
    )
    assert answer.status_code == 302
    policy.refresh_from_db()
    version = selectors.current_version(policy, TODAY)
    assert (policy.review_on, version.verified_on, version.is_confirmed) == (NEXT, TODAY, True)
    assert Change.objects.filter(verb="review").count() == 1
    assert keys(clerk, zone) == []


def test_a_review_without_a_published_version_a_later_day_or_the_right_is_refused(make_policy, zone, clerk):
    draft, policy = make_policy("D", is_draft=True), make_policy()
    with pytest.raises(NothingToReview):
        services.review_policy(actor=clerk, policy=draft, version=None, next_review_on=NEXT)
    with pytest.raises(WrongInput):
        services.review_policy(actor=clerk, policy=policy, version=None, next_review_on=TODAY)
    with pytest.raises(NotAllowed):
        services.review_policy(
            actor=make_user(Role.ANALYST, zone=zone), policy=policy, version=None, next_review_on=NEXT
        )
    services.change_policy(actor=clerk, policy=policy, version=1, summary="改过")
    with pytest.raises(Stale):
        services.review_policy(actor=clerk, policy=policy, version=1, next_review_on=NEXT)
    assert not Change.objects.filter(verb="review").exists()


def test_the_desk_of_another_zone_shows_nothing_of_it(make_policy):
    make_policy(is_draft=True)
    make_policy("W", window_close=TODAY)
    other = make_zone()
    assert keys(make_user(Role.ADMINISTRATOR, zone=other), other) == []
