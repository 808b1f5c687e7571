"""Holds: units kept until a day, given back by hand or by their end, and never held twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_department, make_site, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import HoldEnded, HoldPast, HoldTooLong, PlaceMismatch, UnitNotVacant
from zhuchao.apps.premises.models import Hold, HoldUnit, Unit, UnitState
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def today(zone):
    return zones.today(zone)


@pytest.fixture
def units(zone, today):
    site = make_site(zone)
    return [
        services.add_unit(
            actor=None,
            site=site,
            name=name,
            gross_area_m2=Decimal(500),
            on=today - timedelta(days=60),
        )
        for name in ("101", "102")
    ]


def hold(officer, units, until, **values):
    return services.hold_units(actor=officer, units=units, held_for="蓝湾科技", until=until, **values)


def put_back(row, **days):
    """Move a hold into the past, as if it had been made then."""
    Hold.objects.filter(pk=row.pk).update(**days)


def test_a_hold_reserves_its_units_for_somebody_until_a_day(officer, units, today, zone):
    row = hold(officer, units, today + timedelta(days=10), why="等待董事会")
    for unit in units:
        unit.refresh_from_db()
        assert (unit.state, unit.state_since) == (Unit.State.RESERVED, today)
        assert selectors.open_hold_of(officer, unit) == row
        assert unit.states.latest("pk").occupant_name == "蓝湾科技"
    change = Change.objects.filter(scope=zone.pk, verb="hold").get()
    assert change.data["units"] == sorted(unit.pk for unit in units)


def test_a_held_unit_cannot_be_held_again_and_nothing_is_recorded(officer, units, today):
    hold(officer, units[:1], today)
    before = (Hold.objects.count(), UnitState.objects.count(), Change.objects.count())
    with pytest.raises(UnitNotVacant) as refused:
        hold(officer, units, today + timedelta(days=3))
    assert "预留" in str(refused.value)
    assert (Hold.objects.count(), UnitState.objects.count(), Change.objects.count()) == before


def test_the_database_itself_refuses_a_unit_in_two_open_holds(officer, units, today, zone):
    row = hold(officer, units[:1], today)
    other = Hold.objects.create(zone=zone, site=row.site, held_for="乙", held_on=today, until=today)
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldUnit.objects.create(zone=zone, hold=other, unit=units[0])


def test_a_hold_past_its_end_is_refused_and_so_is_one_longer_than_the_zone_lets_it_last(
    officer, units, today, zone
):
    with pytest.raises(HoldPast):
        hold(officer, units, today - timedelta(days=1))
    limit = selectors.LONGEST_HOLD_DAYS
    with pytest.raises(HoldTooLong):
        hold(officer, units, today + timedelta(days=limit + 1))
    services.limit_holds(actor=None, zone=zone, days=15, since=today, reason="会议纪要")
    with pytest.raises(HoldTooLong) as refused:
        hold(officer, units, today + timedelta(days=16))
    assert refused.value.data["days"] == 15
    hold(officer, units, today + timedelta(days=15))


def test_the_longest_time_is_that_of_the_nearest_zone_above_on_the_day(zone, today):
    below = make_zone(parent=zone)
    services.limit_holds(
        actor=None, zone=zone, days=20, since=today - timedelta(days=30), reason="管委会办法"
    )
    services.limit_holds(actor=None, zone=zone, days=40, since=today, reason="修订")
    assert selectors.longest_hold_days(below, today - timedelta(days=31)) == selectors.LONGEST_HOLD_DAYS
    assert selectors.longest_hold_days(below, today - timedelta(days=1)) == 20
    assert selectors.longest_hold_days(below, today) == 40
    services.limit_holds(actor=None, zone=below, days=10, since=today, reason="本园区")
    assert selectors.longest_hold_days(below, today) == 10
    with pytest.raises(WrongInput):
        services.limit_holds(actor=None, zone=below, days=0, since=today, reason="")


def test_units_of_two_sites_no_units_and_nobody_to_hold_for_are_refused(officer, units, today, zone):
    elsewhere = services.add_unit(actor=None, site=make_site(zone), name="1", gross_area_m2=Decimal(10))
    with pytest.raises(PlaceMismatch):
        hold(officer, [*units, elsewhere], today)
    with pytest.raises(WrongInput):
        hold(officer, [], today)
    with pytest.raises(WrongInput):
        services.hold_units(actor=officer, units=units, held_for="  ", until=today)


def test_a_release_makes_the_units_vacant_today_says_why_and_happens_once(officer, units, today):
    row = hold(officer, units, today + timedelta(days=5))
    with pytest.raises(ReasonNeeded):
        services.release_hold(actor=officer, hold=row, why=" ")
    row = services.release_hold(actor=officer, hold=row, why="项目落户他处")
    assert (row.end, row.ended_on) == (Hold.End.RELEASED, today)
    for unit in units:
        unit.refresh_from_db()
        assert unit.is_vacant
        assert unit.states.latest("pk").why == "项目落户他处"
    with pytest.raises(HoldEnded):
        services.release_hold(actor=officer, hold=row, why="再来")
    hold(officer, units, today)


def test_a_hold_expires_the_day_after_its_last_day_however_late_that_is_noticed(officer, units, today, zone):
    row = hold(officer, units[:1], today, on=today - timedelta(days=20))
    assert services.expire_holds(zone) == []
    put_back(row, until=today - timedelta(days=3))
    assert services.expire_holds(zone) == [row]
    row.refresh_from_db()
    assert (row.end, row.ended_on) == (Hold.End.EXPIRED, today - timedelta(days=2))
    units[0].refresh_from_db()
    latest = selectors.latest_states([units[0].pk])[units[0].pk]
    assert (units[0].state, latest.happened_on) == (Unit.State.VACANT, today - timedelta(days=2))
    before = (UnitState.objects.count(), Change.objects.count())
    assert services.expire_holds(zone) == []
    assert services.expire_all_holds() == 0
    assert (UnitState.objects.count(), Change.objects.count()) == before


def test_the_end_of_a_hold_leaves_a_unit_that_was_let_in_the_meantime_as_it_is(officer, units, today, zone):
    row = hold(officer, units, today)
    services.change_unit_state(actor=None, unit=units[0], state="let", on=today, occupant="乙公司")
    put_back(row, held_on=today - timedelta(days=9), until=today - timedelta(days=1))
    services.expire_holds(zone)
    states = [Unit.objects.get(pk=unit.pk).state for unit in units]
    assert states == [Unit.State.LET, Unit.State.VACANT]


def test_a_hold_is_extended_with_a_reason_against_the_version_that_was_seen(officer, units, today):
    row = hold(officer, units, today)
    until = today + timedelta(days=4)
    with pytest.raises(ReasonNeeded):
        services.extend_hold(actor=officer, hold=row, until=until, version=row.version, reason="")
    row = services.extend_hold(actor=officer, hold=row, until=until, version=row.version, reason="再谈一轮")
    assert row.until == until
    with pytest.raises(Stale):
        services.extend_hold(actor=officer, hold=row, until=today, version=1, reason="缩短")
    with pytest.raises(HoldPast):
        services.extend_hold(
            actor=officer, hold=row, until=today - timedelta(days=1), version=row.version, reason="x"
        )


def test_what_ends_in_the_next_days_is_called_to_mind_and_what_ends_later_is_not(officer, units, today, zone):
    soon = hold(officer, units[:1], today + timedelta(days=3))
    hold(officer, units[1:], today + timedelta(days=30))
    assert list(selectors.holds_ending(officer, zone, today)) == [soon]


def test_who_may_not_hold_is_refused_and_a_stranger_finds_nothing(units, today, zone):
    with pytest.raises(NotAllowed):
        hold(make_user(Role.LIAISON, zone=zone), units, today)
    with pytest.raises(NotFound):
        hold(make_user(Role.PROMOTION_OFFICER), units, today)
    with pytest.raises(NotAllowed):
        services.limit_holds(
            actor=make_user(Role.STEWARD, zone=zone), zone=zone, days=9, since=today, reason=""
        )


def test_a_developer_holds_and_sees_holds_at_its_own_sites_only(zone, today):
    own, other = (make_department(zone, kind=Department.Kind.DEVELOPER) for _ in range(2))
    actor = make_user(Role.OPERATOR, zone=zone, department=own)
    mine, theirs = (
        services.add_unit(
            actor=None, site=make_site(zone, operator=who), name="1", gross_area_m2=Decimal(10), on=today
        )
        for who in (own, other)
    )
    row = hold(actor, [mine], today)
    hold(None, [theirs], today)
    with pytest.raises(NotFound):
        hold(actor, [theirs], today)
    assert list(selectors.visible_holds(actor)) == [row]


@pytest.mark.parametrize("many", [1, 6])
def test_holding_many_units_costs_no_more_than_holding_one(
    officer, zone, today, many, django_assert_max_num_queries
):
    site = make_site(zone)
    rows = [
        services.add_unit(actor=None, site=site, name=str(n), gross_area_m2=Decimal(50), on=today)
        for n in range(many)
    ]
    with django_assert_max_num_queries(38):
        hold(officer, rows, today)
