"""Units swapped inside a running lease: rent to the cent, no overlap, history kept."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import make_site, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, ReasonNeeded, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import LeaseOver, LeaseOverlaps, PlaceMismatch, UnitHeldForAnother
from zhuchao.apps.premises.models import LeaseEvent, Unit
from zhuchao.apps.premises.selectors.bills import Step, Terms, add_months, bills_of, to_cents
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_zone()


@pytest.fixture
def steward(zone):
    return make_user(Role.STEWARD, zone=zone)


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
            gross_area_m2=Decimal(area),
            on=today - timedelta(days=2000),
        )
        for name, area in (("101", 500), ("102", 300), ("201", 800))
    ]


@pytest.fixture
def start(today):
    return today - timedelta(days=100)


def sign(actor, units, start, *, days=729, number="A-1", tenant="甲公司", **values):
    given = {
        "signed_on": start,
        "ends_on": start + timedelta(days=days),
        "rent": [Step(start, Decimal("1.5"), "day")],
    }
    return services.sign_lease(
        actor=actor, number=number, tenant=tenant, units=units, starts_on=start, **(given | values)
    )


def swap(actor, lease, out, units, on, **values):
    given = {"reason": "承租方扩产", "version": None} | values
    return services.swap_lease_units(actor=actor, lease=lease, out=out, units=units, on=on, **given)


def states(units):
    return [Unit.objects.get(pk=unit.pk).state for unit in units]


def total(lease):
    lease.refresh_from_db()
    return sum((bill.amount_cny for bill in selectors.bills_of_lease(lease)), Decimal(0))


def test_a_swap_frees_the_old_unit_lets_the_new_one_and_counts_rent_by_the_day(steward, units, start):
    lease = sign(steward, units[:1], start, days=364, payment_months=12)
    on = start + timedelta(days=60)
    swapped = swap(steward, lease, units[:1], units[2:], on)
    assert states(units) == ["vacant", "vacant", "let"]
    assert Unit.objects.get(pk=units[0].pk).state_since == on
    assert swapped.area_m2 == 800
    assert total(lease) == Decimal("1.5") * (60 * 500 + 305 * 800)
    entry = LeaseEvent.objects.get(kind="swapped")
    assert (entry.happened_on, entry.note) == (on, "承租方扩产")
    assert [row[0] for row in entry.terms["units"]] == [units[0].pk, units[2].pk]
    change = Change.objects.get(verb="swap_units")
    assert (change.data["out"], change.data["units"]) == ([units[0].pk], [units[2].pk])


def test_only_the_swapped_unit_changes_and_a_new_price_holds_from_the_day(steward, units, start):
    lease = sign(steward, units[:2], start, days=364, payment_months=12)
    on = start + timedelta(days=10)
    swap(steward, lease, [units[1]], [units[2]], on, rent=[Step(on, Decimal(2), "day")])
    assert states(units) == ["let", "vacant", "let"]
    assert total(lease) == Decimal("1.5") * 10 * 800 + Decimal(2) * 355 * 1300
    assert [step.rate_cny for step in selectors.steps_of(lease)] == [Decimal("1.5"), Decimal(2)]


def test_bills_before_the_swap_stay_and_a_month_is_shared_by_its_days(steward, units, start):
    first = start.replace(day=1)
    lease = sign(
        steward, units[:1], first, days=400, payment_months=1, rent=[Step(first, Decimal("30.33"), "month")]
    )
    before = [bill.amount_cny for bill in selectors.bills_of_lease(lease)]
    on = add_months(first, 1) + timedelta(days=9)
    swap(steward, lease, units[:1], [units[1]], on)
    lease.refresh_from_db()
    bills = selectors.bills_of_lease(lease)
    days = (add_months(first, 2) - add_months(first, 1)).days
    shared = Fraction("30.33") * (Fraction(500 * 9, days) + Fraction(300 * (days - 9), days))
    assert bills[0].amount_cny == before[0]
    assert bills[1].amount_cny == to_cents(shared)
    assert bills[2].amount_cny == to_cents(Fraction("30.33") * 300)


def test_the_unit_that_left_can_be_let_to_another_and_the_one_that_came_cannot(steward, units, start, today):
    lease = sign(steward, units[:1], start)
    on = today - timedelta(days=20)
    swap(steward, lease, units[:1], [units[1]], on)
    with pytest.raises(LeaseOverlaps):
        sign(steward, [units[1]], today, number="B-1", tenant="乙公司")
    with pytest.raises(LeaseOverlaps):
        sign(steward, [units[0]], on - timedelta(days=1), number="B-2", tenant="乙公司")
    other = sign(steward, [units[0]], on, number="B-3", tenant="乙公司")
    assert states(units[:2]) == ["let", "let"]
    services.change_lease(actor=steward, lease=lease, version=None, reason="更名", tenant="甲科技")
    assert states(units[:2]) == ["let", "let"]
    latest = selectors.latest_states([unit.pk for unit in units[:2]])
    assert [latest[unit.pk].occupant_name for unit in units[:2]] == [other.tenant_name, "甲科技"]


def test_a_unit_may_come_back_into_the_lease(steward, units, start, today):
    lease = sign(steward, units[:1], start)
    swap(steward, lease, units[:1], [units[1]], today - timedelta(days=50))
    swap(steward, lease, [units[1]], units[:1], today - timedelta(days=10))
    assert states(units[:2]) == ["let", "vacant"]
    assert lease.places.count() == 3
    services.change_lease(actor=steward, lease=lease, version=None, reason="更名", tenant="甲科技")
    assert states(units[:2]) == ["let", "vacant"]


def test_what_comes_after_a_swap_knows_it(steward, units, start, today):
    lease = sign(steward, units[:1], start, days=200)
    on = today - timedelta(days=30)
    swap(steward, lease, units[:1], [units[1]], on)
    with pytest.raises(WrongInput, match=on.isoformat()):
        services.end_lease(actor=steward, lease=lease, on=on - timedelta(days=1), reason="退租")
    with pytest.raises(WrongInput):
        services.change_lease(
            actor=steward, lease=lease, version=None, reason="改", ends_on=on - timedelta(days=5)
        )
    renewal = services.renew_lease(
        actor=steward,
        lease=lease,
        number="A-2",
        signed_on=today,
        ends_on=lease.last_on + timedelta(days=365),
        rent=[Step(lease.last_on + timedelta(days=1), Decimal(2), "day")],
    )
    assert [place.unit_id for place in renewal.places.all()] == [units[1].pk]
    services.void_lease(actor=steward, lease=renewal, reason="误录")
    services.end_lease(actor=steward, lease=lease, on=today, reason="退租")
    lease.refresh_from_db()
    assert [place.last_on for place in lease.places.order_by("starts_on")] == [
        on - timedelta(days=1),
        today,
    ]
    services.void_lease(actor=steward, lease=lease, reason="误录")
    assert states(units[:2]) == ["vacant", "vacant"]


def test_swaps_that_cannot_be_are_refused_and_leave_no_trace(steward, units, start, today, zone):
    lease = sign(steward, units[:1], start)
    services.hold_units(actor=None, units=[units[2]], held_for="丙公司", until=today)
    sign(steward, [units[1]], today + timedelta(days=30), number="B-1", tenant="乙公司", signed_on=today)
    elsewhere = services.add_unit(actor=None, site=make_site(zone), name="9", gross_area_m2=Decimal(9))
    day = today - timedelta(days=5)
    for out, new, on, error in (
        (units[:1], [units[1]], day, LeaseOverlaps),
        (units[:1], [units[2]], day, UnitHeldForAnother),
        (units[:1], [elsewhere], day, PlaceMismatch),
        (units[:1], units[:1], day, WrongInput),
        ([units[1]], [units[2]], day, WrongInput),
        ([], [units[2]], day, WrongInput),
        (units[:1], [], day, WrongInput),
        (units[:1], [units[2]], start, WrongInput),
        (units[:1], [units[2]], today + timedelta(days=1), WrongInput),
    ):
        with pytest.raises(error):
            swap(steward, lease, out, new, on)
    with pytest.raises(ReasonNeeded):
        swap(steward, lease, units[:1], [units[2]], day, reason=" ")
    with pytest.raises(Stale):
        swap(steward, lease, units[:1], [units[2]], day, version=99)
    with pytest.raises(NotAllowed):
        swap(make_user(Role.ANALYST, zone=zone), lease, units[:1], [units[2]], day)
    assert lease.places.count() == 1
    assert not LeaseEvent.objects.filter(kind="swapped").exists()


def test_a_lease_that_does_not_run_has_nothing_to_swap(steward, units, today):
    over = sign(steward, units[:1], today - timedelta(days=400), days=100)
    with pytest.raises(LeaseOver):
        swap(steward, over, units[:1], [units[1]], today - timedelta(days=350))


def test_units_are_swapped_on_the_page_and_the_record_shows_both(client, steward, units, start, today):
    lease = sign(steward, units[:1], start)
    page = signed_in(client, steward)
    address = f"/premises/leases/{lease.pk}/swap/"
    assert address in page.get(f"/premises/leases/{lease.pk}/").content.decode()
    assert page.get(address).status_code == 200
    sent = {
        "on": (today - timedelta(days=5)).isoformat(),
        "out": [units[0].pk],
        "units": [units[2].pk],
        "rent": "",
        "per": "day",
        "reason": "扩产",
        "version": lease.version,
    }
    assert page.post(address, sent).status_code == 302
    shown = page.get(f"/premises/leases/{lease.pk}/").content.decode()
    assert "已调出" in shown
    assert "调换房源" in shown
    listed = page.get("/premises/leases/").content.decode()
    assert ">201<" in listed
    assert ">101<" not in listed
    assert page.post(address, sent).status_code in (409, 422)


def test_the_api_swaps_units_with_another_rent(client, steward, units, start, today):
    lease = sign(steward, units[:1], start)
    on = (today - timedelta(days=5)).isoformat()
    body = {
        "version": lease.version,
        "on": on,
        "out_ids": [units[0].pk],
        "places": [{"unit_id": units[2].pk, "area_m2": "700"}],
        "rent": [{"from_on": on, "rate_cny": "2", "per": "day"}],
        "reason": "扩产",
    }
    api = signed_in(client, steward)
    answer = api.post(f"/api/v1/leases/{lease.pk}/swap", body, content_type="application/json")
    assert answer.status_code == 200
    said = answer.json()
    assert Decimal(said["area_m2"]) == 700
    assert {(place["unit_id"], place["starts_on"]) for place in said["places"]} == {
        (units[0].pk, start.isoformat()),
        (units[2].pk, on),
    }
    assert (
        api.post(f"/api/v1/leases/{lease.pk}/swap", body, content_type="application/json").status_code == 409
    )


@settings(max_examples=60)
@given(st.integers(1, 900), st.integers(1, 900), st.integers(1, 700), st.sampled_from([1, 3, 6, 12]))
def test_the_rent_of_a_swapped_lease_is_the_sum_of_its_days(before, after, day, months):
    first = date(2023, 1, 31)
    on, last = first + timedelta(days=day), first + timedelta(days=729)
    steps = (Step(first, Decimal("1.37"), "day"),)
    areas = ((first, Decimal(before)), (on, Decimal(after)))
    bills = bills_of(Terms(first, last, Decimal(after), months, steps, None, areas))
    exact = sum((bill.exact_cny for bill in bills), Fraction(0))
    assert exact == Fraction("1.37") * (before * day + after * (730 - day))
    assert sum(part.days for bill in bills for part in bill.parts) == 730
