"""Planned arrivals: what is due this month, what is overdue since the first of it, and how a plan ends."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import make_site, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, Stale, WrongInput
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import ArrivalOver, ArrivalPlanned, PlaceMismatch
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

JUNE = date(2023, 6, 1)


@pytest.fixture
def zone():
    return make_zone(demo_day=date(2023, 6, 15), demo_started_at=timezone.now())


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def building(zone):
    return services.add_building(actor=None, site=make_site(zone), name="邮政大厦")


def plan(officer, building, who, month=JUNE, **values):
    return services.plan_arrival(
        actor=officer, site=building.site, building=building, who=who, expected_month=month, **values
    )


def named(rows):
    return [row.who for row in rows]


@pytest.mark.document("0-02")
def test_arrivals_of_a_building_are_due_in_their_month_and_overdue_from_the_first_of_the_next(
    officer, building, zone
):
    plan(officer, building, "宝马 i Space 新能源系列", date(2023, 6, 20))
    plan(officer, building, "比亚迪 F 品牌系列")
    plan(officer, building, "七月品牌", date(2023, 7, 1))
    late = plan(officer, building, "五月品牌", date(2023, 5, 31))
    rows = selectors.visible_arrivals(officer).filter(building=building)
    due = selectors.arrivals_in(rows, selectors.DUE, zones.today(zone))
    assert named(due) == ["宝马 i Space 新能源系列", "比亚迪 F 品牌系列"]
    assert named(selectors.arrivals_in(rows, selectors.OVERDUE, zones.today(zone))) == ["五月品牌"]
    assert named(selectors.arrivals_due(officer, zone, date(2023, 6, 30))) == [late.who, *named(due)]
    assert not selectors.arrivals_in(rows, selectors.OVERDUE, date(2023, 5, 31)).exists()
    assert named(selectors.arrivals_in(rows, selectors.OVERDUE, date(2023, 7, 1))) == [late.who, *named(due)]


def test_an_arrival_that_came_is_due_no_more_and_one_taken_back_is_due_again(officer, building, zone):
    arrival = plan(officer, building, "甲品牌")
    with pytest.raises(WrongInput):
        services.finish_arrival(actor=officer, arrival=arrival, on=zones.today(zone) + timedelta(days=1))
    arrival = services.finish_arrival(actor=officer, arrival=arrival, on=zones.today(zone))
    assert selectors.state_of_arrival(arrival, date(2023, 9, 1)) == selectors.DONE
    assert not selectors.arrivals_due(officer, zone, date(2023, 9, 1)).exists()
    with pytest.raises(ArrivalOver):
        services.call_off_arrival(actor=officer, arrival=arrival, reason="不来了")
    with pytest.raises(ReasonNeeded):
        services.reopen_arrival(actor=officer, arrival=arrival, reason="")
    services.reopen_arrival(actor=officer, arrival=arrival, reason="登记错了")
    assert selectors.arrivals_due(officer, zone, JUNE).exists()


def test_a_plan_is_called_off_with_a_reason(officer, building, zone):
    arrival = plan(officer, building, "甲品牌")
    with pytest.raises(ReasonNeeded):
        services.call_off_arrival(actor=officer, arrival=arrival, reason=" ")
    arrival = services.call_off_arrival(actor=officer, arrival=arrival, reason="改落他区")
    assert selectors.state_of_arrival(arrival, JUNE) == selectors.CALLED_OFF
    plan(officer, building, "甲品牌")


def test_another_month_needs_a_reason_and_the_version_that_was_seen(officer, building):
    arrival = plan(officer, building, "甲品牌")
    july = date(2023, 7, 15)
    with pytest.raises(ReasonNeeded):
        services.change_arrival(actor=officer, arrival=arrival, version=arrival.version, expected_month=july)
    moved = services.change_arrival(
        actor=officer, arrival=arrival, version=arrival.version, expected_month=july, reason="装修延期"
    )
    assert moved.expected_month == date(2023, 7, 1)
    assert selectors.state_of_arrival(moved, JUNE) == selectors.LATER
    with pytest.raises(Stale):
        services.change_arrival(actor=officer, arrival=arrival, version=1, note="x")


def test_the_same_arrival_is_planned_once_and_only_at_places_of_the_site(officer, building, zone):
    plan(officer, building, "甲品牌")
    with pytest.raises(ArrivalPlanned):
        plan(officer, building, " 甲 品牌")
    elsewhere = make_site(zone)
    with pytest.raises(PlaceMismatch):
        services.plan_arrival(actor=officer, site=elsewhere, building=building, who="乙", expected_month=JUNE)
    unit = services.add_unit(actor=None, site=building.site, name="1", gross_area_m2=Decimal(9), on=JUNE)
    with pytest.raises(PlaceMismatch):
        plan(officer, building, "乙", unit=unit)


def test_who_may_not_plan_is_refused_and_a_stranger_finds_nothing(building, zone, officer):
    with pytest.raises(NotAllowed):
        plan(make_user(Role.LIAISON, zone=zone), building, "甲")
    arrival = plan(officer, building, "甲")
    with pytest.raises(NotFound):
        selectors.get_arrival(make_user(Role.PROMOTION_OFFICER), arrival.pk)
