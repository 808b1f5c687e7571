"""The duty roster 365天天帮: no day without an officer, and a day without one is seen."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.core.models import CalendarDay, Change
from zhuchao.apps.zones import selectors, services
from zhuchao.apps.zones.errors import NotWorkingHere, OnDutyAlready
from zhuchao.apps.zones.models import DutyShift, Role

START = date(2026, 1, 1)
LAST = START + timedelta(days=364)


@pytest.fixture
def team(zone):
    return [
        make_user(Role.PROMOTION_OFFICER, zone=zone, display_name=name) for name in ("赵一", "钱二", "孙三")
    ]


@pytest.fixture
def holidays():
    """New Year and the spring festival, as the notice of a year would say."""
    for day, works in ((date(2026, 1, 1), False), (date(2026, 1, 2), False), (date(2026, 1, 4), True)):
        CalendarDay.objects.create(day=day, is_working=works, name="" if works else "元旦")


@pytest.mark.document("1-15")
def test_no_day_of_365_is_without_an_officer_holidays_included(page, zone, team, holidays):
    assert len(selectors.duty.gaps(zone, START, LAST)) == 365
    values = {"officers": [officer.pk for officer in team], "since": START, "until": LAST}
    assert page.post("/duty/fill/", values).status_code == 302
    assert selectors.duty.gaps(zone, START, LAST) == []
    assert DutyShift.objects.filter(zone=zone).count() == 365
    january = page.get("/duty/?month=2026-01").content.decode().split("<table")[1]
    assert "元旦" in january
    assert "无人值班" not in january
    assert "无人值班" in page.get("/duty/?month=2027-01").content.decode().split("<table")[1]


@pytest.mark.document("1-15")
def test_any_365_days_are_searched_for_gaps_and_a_gap_is_named(page, zone, team):
    today = selectors.today(zone)
    services.fill_duty(actor=None, zone=zone, officers=team, since=today, until=today + timedelta(days=364))
    assert "每天都有人值班" in page.get("/duty/").content.decode()
    lost = today + timedelta(days=100)
    services.remove_shift(actor=None, shift=DutyShift.objects.get(zone=zone, day=lost))
    assert selectors.duty.gaps(zone, today, today + timedelta(days=364)) == [lost]
    text = page.get("/duty/").content.decode()
    assert "有 1 天无人值班" in text
    assert lost.isoformat() in text


def test_everybody_stands_as_often_and_days_of_rest_fall_on_all_alike(zone, team, holidays):
    services.fill_duty(actor=None, zone=zone, officers=team, since=START, until=LAST)
    rest = selectors.duty.rest_days(START, LAST)
    shifts = DutyShift.objects.filter(zone=zone)
    for days in ([s for s in shifts if s.day in rest], [s for s in shifts if s.day not in rest]):
        counts = Counter(shift.officer_id for shift in days)
        assert max(counts.values()) - min(counts.values()) <= 1
    assert date(2026, 1, 1) in rest
    assert date(2026, 1, 4) not in rest


def test_filling_goes_on_from_where_it_left_off_and_never_overwrites(zone, team):
    services.fill_duty(actor=None, zone=zone, officers=team, since=date(2026, 3, 2), until=date(2026, 3, 3))
    services.add_shift(actor=None, zone=zone, day=date(2026, 3, 5), officer=team[0])
    new = services.fill_duty(
        actor=None, zone=zone, officers=team, since=date(2026, 3, 2), until=date(2026, 3, 6)
    )
    assert [(shift.day.day, shift.officer) for shift in new] == [(4, team[2]), (6, team[1])]
    assert (
        services.fill_duty(
            actor=None, zone=zone, officers=team, since=date(2026, 3, 2), until=date(2026, 3, 6)
        )
        == []
    )


def test_a_shift_of_somebody_who_left_is_a_gap(zone, team):
    today = timezone.localdate()
    days = [today + timedelta(days=n) for n in range(6)]
    services.fill_duty(actor=None, zone=zone, officers=[team[0]], since=days[0], until=days[-1])
    services.end_membership(actor=None, membership=team[0].memberships.get(), on=days[2])
    assert selectors.duty.gaps(zone, days[0], days[-1]) == days[3:]
    services.fill_duty(actor=None, zone=zone, officers=[team[1]], since=days[0], until=days[-1])
    assert selectors.duty.gaps(zone, days[0], days[-1]) == []
    services.deactivate_person(actor=None, person=team[1])
    assert selectors.duty.gaps(zone, days[0], days[-1]) == days[3:]


def test_an_officer_whose_role_ends_is_passed_over_from_then_on(zone, team):
    today = timezone.localdate()
    services.end_membership(actor=None, membership=team[0].memberships.get(), on=today + timedelta(days=1))
    services.fill_duty(actor=None, zone=zone, officers=team[:2], since=today, until=today + timedelta(days=9))
    late = DutyShift.objects.filter(zone=zone, day__gt=today + timedelta(days=1))
    assert {shift.officer_id for shift in late} == {team[1].pk}
    with pytest.raises(WrongInput):
        services.fill_duty(
            actor=None,
            zone=zone,
            officers=team[:1],
            since=today + timedelta(days=20),
            until=today + timedelta(days=21),
        )


def test_two_officers_swap_their_days(page, zone, team):
    services.fill_duty(actor=None, zone=zone, officers=team, since=date(2026, 3, 2), until=date(2026, 3, 4))
    one, two, _three = DutyShift.objects.filter(zone=zone).order_by("day")
    assert page.post(f"/duty/{one.pk}/swap/", {"other": two.pk}).status_code == 302
    assert [s.officer for s in DutyShift.objects.order_by("day")] == [team[1], team[0], team[2]]
    assert Change.objects.get(verb="swap").rows == [one.pk, two.pk]


def test_nobody_stands_one_day_twice(zone, team):
    day, next_day = date(2026, 3, 2), date(2026, 3, 3)
    one = services.add_shift(actor=None, zone=zone, day=day, officer=team[0])
    services.add_shift(actor=None, zone=zone, day=day, officer=team[1])
    other = services.add_shift(actor=None, zone=zone, day=next_day, officer=team[1])
    with pytest.raises(OnDutyAlready):
        services.add_shift(actor=None, zone=zone, day=day, officer=team[0])
    with pytest.raises(OnDutyAlready):
        services.swap_shifts(actor=None, shift=one, other=other)
    with pytest.raises(OnDutyAlready):
        services.edit_shift(actor=None, shift=one, seen_version=None, officer=team[1], note="")


@pytest.mark.parametrize("days", [-1, 900])
def test_a_range_that_ends_too_early_or_too_late_is_refused(zone, team, days):
    with pytest.raises(WrongInput):
        services.fill_duty(
            actor=None, zone=zone, officers=team, since=START, until=START + timedelta(days=days)
        )


def test_only_people_of_the_zone_stand_its_roster(zone, team):
    for stranger in (make_user(Role.STEWARD), make_user(Role.STEWARD, zone=zone, is_active=False)):
        with pytest.raises(NotWorkingHere):
            services.fill_duty(actor=None, zone=zone, officers=[stranger], since=START, until=LAST)
        with pytest.raises(NotWorkingHere):
            services.add_shift(actor=None, zone=zone, day=START, officer=stranger)


def test_an_officer_reads_the_roster_and_does_not_change_it(zone, team, client):
    shift = services.add_shift(actor=None, zone=zone, day=START, officer=team[0])
    browser = signed_in(client, team[0])
    assert "/edit/" not in browser.get("/duty/?month=2026-01").content.decode().split("<table")[1]
    assert browser.get(f"/duty/{shift.pk}/edit/").status_code == 403
    with pytest.raises(NotAllowed):
        services.remove_shift(actor=team[0], shift=shift)


@pytest.mark.parametrize("month", ["2026-13", "x", "26-1", "2026", "٢٠٢٦-01", "99999-01", "2026-00"])
def test_a_month_that_is_none_is_a_clear_refusal(page, month):
    assert page.get("/duty/", {"month": month}).status_code == 422


def test_the_roster_of_another_zone_says_nothing_of_ours(zone, team):
    services.add_shift(actor=None, zone=zone, day=START, officer=team[0])
    assert selectors.duty.gaps(make_zone(), START, START) == [START]


def test_a_year_of_roster_costs_few_queries(zone, team, django_assert_num_queries):
    services.fill_duty(actor=None, zone=zone, officers=team, since=START, until=LAST)
    with django_assert_num_queries(3):  # shifts, memberships, tree
        selectors.duty.gaps(zone, START, LAST)
