"""Two people at one unit at once: nothing is lost, on either database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import make_site, make_user, make_zone
from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.models import Hold, Lease, Revitalisation, Unit, UnitState
from zhuchao.apps.premises.selectors.bills import Step
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 6, 1)


def at_once(*works):
    """Run all at the same moment, each on a connection of its own; return results and refusals in order."""
    barrier = Barrier(len(works))

    def run(work):
        try:
            barrier.wait()
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


@pytest.fixture
def unit(zone, steward):
    return services.add_unit(
        actor=steward, site=make_site(zone), name="101", gross_area_m2=Decimal(500), on=date(2026, 5, 1)
    )


def test_eight_people_who_saw_the_same_state_change_it_once(steward, unit, zone):
    seen = UnitState.objects.get(unit=unit).pk

    def let_to(n):
        return lambda: services.change_unit_state(
            actor=steward, unit=unit, state="let", on=DAY, occupant=f"企业{n}", seen=seen
        )

    outcomes = at_once(*(let_to(n) for n in range(8)))
    won = [outcome for outcome in outcomes if isinstance(outcome, UnitState)]
    assert len(won) == 1
    assert {outcome.code for outcome in outcomes if outcome not in won} == {"unit_state_moved"}
    assert UnitState.objects.filter(unit=unit).count() == 2
    assert all(isinstance(link, int) for link in verify_changes(zone.pk))


def test_two_people_who_saw_nothing_are_both_recorded_and_the_unit_shows_the_later(steward, unit):
    def let_to(name):
        return lambda: services.change_unit_state(
            actor=steward, unit=unit, state="let", on=DAY, occupant=name
        )

    outcomes = at_once(let_to("甲公司"), let_to("乙公司"))
    assert all(isinstance(outcome, UnitState) for outcome in outcomes)
    latest = selectors.in_order(UnitState.objects.live().filter(unit=unit))
    assert {entry.occupant_name for entry in latest[:2]} == {"甲公司", "乙公司"}
    assert Unit.objects.get(pk=unit.pk).state == latest[0].state


def test_the_same_space_entered_by_two_people_counts_once(steward, unit, zone):
    def revitalise():
        return services.record_revitalisation(
            actor=steward, zone=zone, on=DAY, unit=unit, area_m2=Decimal(300), evidence_note="租赁合同 1 号"
        )

    outcomes = at_once(revitalise, revitalise)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CountedAlready", "Revitalisation"]
    assert Revitalisation.objects.count() == 1


def test_eight_people_who_hold_the_same_units_at_once_hold_them_once(steward, unit, zone):
    other = services.add_unit(actor=steward, site=unit.site, name="102", gross_area_m2=Decimal(80))
    until = zones.today(zone) + timedelta(days=5)

    def hold(n):
        units = [unit, other] if n % 2 else [other, unit]
        return lambda: services.hold_units(actor=steward, units=units, held_for=f"企业{n}", until=until)

    outcomes = at_once(*(hold(n) for n in range(8)))
    won = [outcome for outcome in outcomes if isinstance(outcome, Hold)]
    assert len(won) == 1
    assert {outcome.code for outcome in outcomes if outcome not in won} == {"unit_not_vacant"}
    assert UnitState.objects.filter(unit=unit).count() == 2
    assert all(isinstance(link, int) for link in verify_changes(zone.pk))


def test_a_hold_past_its_end_is_released_once_however_many_workers_look(steward, unit, zone):
    today = zones.today(zone)
    hold = services.hold_units(actor=steward, units=[unit], held_for="甲公司", until=today)
    Hold.objects.filter(pk=hold.pk).update(held_on=today - timedelta(days=5), until=today - timedelta(days=2))
    outcomes = at_once(*[lambda: services.expire_holds(zone)] * 8)
    assert sum(len(outcome) for outcome in outcomes) == 1
    assert UnitState.objects.filter(unit=unit).count() == 3


def test_eight_people_who_sign_for_the_same_units_at_once_sign_once(steward, unit, zone):
    other = services.add_unit(actor=steward, site=unit.site, name="102", gross_area_m2=Decimal(80))
    today = zones.today(zone)

    def sign(n):
        # Each begins on another day, so that no two say the same and all share days.
        start = today + timedelta(days=n)
        return lambda: services.sign_lease(
            actor=steward,
            number=f"A-{n}",
            tenant=f"企业{n}",
            units=[unit, other] if n % 2 else [other, unit],
            signed_on=today,
            starts_on=start,
            ends_on=start + timedelta(days=365),
            rent=[Step(start, Decimal(30), "month")],
        )

    outcomes = at_once(*(sign(n) for n in range(8)))
    won = [outcome for outcome in outcomes if isinstance(outcome, Lease)]
    assert len(won) == 1
    assert {outcome.code for outcome in outcomes if outcome not in won} == {"lease_overlaps"}
    assert Lease.objects.count() == 1
    assert UnitState.objects.filter(unit=unit).count() == 2
    assert all(isinstance(link, int) for link in verify_changes(zone.pk))
