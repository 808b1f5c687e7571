"""The states of units: entered, corrected, voided, and the area of every day that follows from them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.factories import make_enterprise, make_site, make_user, make_zone, passing_moment
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import LastUnitState, UnitStateMoved, UnitStateSame
from zhuchao.apps.premises.models import Unit, UnitState
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def unit(zone, steward):
    return services.add_unit(
        actor=steward, site=make_site(zone), name="101", gross_area_m2=Decimal("500.00"), on=MAY
    )


def stock(zone, on, units=None):
    return selectors.area_by_state([zone.pk], on, zones.now(zone), units=units)


def test_a_new_unit_is_vacant_from_its_day_and_its_area_counts(zone, unit):
    unit.refresh_from_db()
    assert (unit.state, unit.state_since) == (Unit.State.VACANT, MAY)
    assert stock(zone, MAY).area_m2("vacant") == Decimal("500.00")
    assert stock(zone, MAY - timedelta(days=1)).total_m2 == 0


def test_a_state_is_entered_with_its_firm_and_repeated_on_the_unit(zone, steward, unit):
    firm = make_enterprise(zone)
    entry = services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE, enterprise=firm)
    unit.refresh_from_db()
    assert (unit.state, unit.state_since, unit.occupant) == (Unit.State.LET, JUNE, firm)
    assert (entry.area_m2, entry.occupant_name, entry.recorded_by) == (Decimal("500.00"), firm.name, steward)
    change = Change.objects.filter(scope=zone.pk).latest("seq")
    assert (change.verb, change.data["entry"]) == ("state", entry.pk)


def test_history_entered_later_leaves_the_present_state(zone, steward, unit):
    services.change_unit_state(actor=steward, unit=unit, state="let", on=JULY, occupant="甲公司")
    services.change_unit_state(actor=steward, unit=unit, state="in_works", on=JUNE)
    unit.refresh_from_db()
    assert (unit.state, unit.state_since) == (Unit.State.LET, JULY)
    assert stock(zone, JUNE).area_m2("in_works") == Decimal("500.00")


def test_since_is_the_day_the_run_began_even_when_the_occupant_changed(steward, unit):
    services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE, occupant="甲公司")
    services.change_unit_state(actor=steward, unit=unit, state="let", on=JULY, occupant="乙公司")
    unit.refresh_from_db()
    assert unit.state_since == JUNE


def test_the_same_state_said_twice_is_refused_and_leaves_no_trace(steward, unit):
    before = (UnitState.objects.count(), Change.objects.count())
    with pytest.raises(UnitStateSame) as refused:
        services.change_unit_state(actor=steward, unit=unit, state="vacant", on=JUNE)
    assert "2026-05-01" in str(refused.value)
    assert (UnitState.objects.count(), Change.objects.count()) == before


def test_a_day_to_come_is_refused(zone, steward, unit):
    tomorrow = zones.today(zone) + timedelta(days=1)
    with pytest.raises(WrongInput):
        services.change_unit_state(actor=steward, unit=unit, state="let", on=tomorrow)


def test_who_saw_an_older_state_is_told_of_the_newer_one(steward, unit):
    seen = UnitState.objects.get(unit=unit)
    services.change_unit_state(actor=steward, unit=unit, state="reserved", on=JUNE, seen=seen.pk)
    with pytest.raises(UnitStateMoved) as refused:
        services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE, seen=seen.pk)
    assert refused.value.data["state"] == "预留"


def test_a_correction_moves_the_present_state_and_the_area_of_the_day(zone, steward, unit):
    entry = services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE)
    before = passing_moment(zone)
    services.correct_unit_state(
        actor=steward, entry=entry, reason="日期录错", happened_on=JULY, state="self_used"
    )
    unit.refresh_from_db()
    assert (unit.state, unit.state_since) == (Unit.State.SELF_USED, JULY)
    assert stock(zone, JUNE).area_m2("vacant") == Decimal("500.00")
    as_it_was = selectors.area_by_state([zone.pk], JUNE, before)
    assert as_it_was.area_m2("let") == Decimal("500.00")


def test_correcting_the_earlier_of_two_entries_of_one_day_keeps_their_order(steward, unit):
    first = services.change_unit_state(actor=steward, unit=unit, state="in_works", on=JUNE)
    services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE)
    services.correct_unit_state(actor=steward, entry=first, reason="补充说明", why="装修")
    unit.refresh_from_db()
    assert unit.state == Unit.State.LET


def test_correcting_a_correction_keeps_the_place_of_the_first(steward, unit):
    first = services.change_unit_state(actor=steward, unit=unit, state="in_works", on=JUNE)
    services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE)
    second = services.correct_unit_state(actor=steward, entry=first, reason="一", why="装修")
    services.correct_unit_state(actor=steward, entry=second, reason="二", why="改造")
    unit.refresh_from_db()
    assert unit.state == Unit.State.LET


def test_a_void_takes_the_state_back(zone, steward, unit):
    entry = services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE)
    services.void_unit_state(actor=steward, entry=entry, reason="合同未签")
    unit.refresh_from_db()
    assert (unit.state, unit.state_since) == (Unit.State.VACANT, MAY)
    assert stock(zone, JULY).area_m2("let") == 0


def test_the_only_state_cannot_be_voided(steward, unit):
    with pytest.raises(LastUnitState):
        services.void_unit_state(actor=steward, entry=UnitState.objects.get(unit=unit), reason="误录")


def test_an_entry_is_replaced_once_only_and_with_a_reason(steward, unit):
    entry = services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE)
    with pytest.raises(ReasonNeeded):
        services.correct_unit_state(actor=steward, entry=entry, reason=" ", state="reserved")
    services.correct_unit_state(actor=steward, entry=entry, reason="录错", state="reserved")
    with pytest.raises(AlreadyReplaced):
        services.correct_unit_state(actor=steward, entry=entry, reason="录错", state="signed")
    unit.refresh_from_db()
    assert unit.state == Unit.State.RESERVED


def test_another_area_counts_from_its_day_and_not_before(zone, steward, unit):
    services.change_unit_state(actor=steward, unit=unit, state="let", on=JUNE, occupant="甲公司")
    unit.refresh_from_db()
    services.change_unit(
        actor=steward, unit=unit, version=unit.version, on=JULY, gross_area_m2=Decimal("520.50")
    )
    unit.refresh_from_db()
    assert stock(zone, JUNE).total_m2 == Decimal("500.00")
    assert stock(zone, JULY).area_m2("let") == Decimal("520.50")
    assert (unit.state, unit.state_since) == (Unit.State.LET, JUNE)
    assert unit.states.latest("pk").occupant_name == "甲公司"


def test_on_any_day_the_states_add_up_to_the_total_to_the_cent(zone, steward):
    site = make_site(zone)
    states = ["vacant", "let", "reserved", "in_works", "withdrawn", "self_used", "signed"]
    total = Decimal(0)
    for n, state in enumerate(states * 3):
        area = Decimal("100.33") + n
        total += area
        unit = services.add_unit(actor=steward, site=site, name=str(n), gross_area_m2=area, on=MAY)
        if state != "vacant":
            services.change_unit_state(actor=steward, unit=unit, state=state, on=JUNE + timedelta(days=n))
    for day in (MAY, JUNE, JUNE + timedelta(days=9), JULY):
        found = stock(zone, day)
        assert sum(part.area_m2 for part in found.by_state) == found.total_m2 == total
        assert found.units == 21
    latest = stock(zone, JULY)
    by_unit = {unit.state for unit in Unit.objects.filter(site=site)}
    assert by_unit == {part.state for part in latest.by_state}
    assert latest.stock_m2 == total - latest.area_m2("withdrawn")
    assert latest.vacancy.ratio == latest.area_m2("vacant") / latest.stock_m2


def test_the_area_of_a_day_costs_one_query_however_many_units(zone, steward, django_assert_num_queries):
    site = make_site(zone)
    for n in range(12):
        services.add_unit(actor=steward, site=site, name=str(n), gross_area_m2=Decimal(100), on=MAY)
    moment = passing_moment(zone)
    with django_assert_num_queries(1):
        assert selectors.area_by_state([zone.pk], JUNE, moment).units == 12


def test_who_may_not_change_units_is_refused(zone, unit):
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    with pytest.raises(NotAllowed):
        services.change_unit_state(actor=officer, unit=unit, state="let", on=JUNE)
    stranger = make_user(Role.ADMINISTRATOR, zone=make_zone())
    with pytest.raises(NotFound):
        services.change_unit_state(actor=stranger, unit=unit, state="let", on=JUNE)
    with pytest.raises(NotFound):
        services.void_unit_state(actor=stranger, entry=UnitState.objects.get(unit=unit), reason="试试")
