"""Leases: what they do to their units from the signing to the day after the end, and what they owe."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_enterprise, make_site, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.premises import selectors, services
from zhuchao.apps.premises.errors import (
    AlreadyRenewed,
    LeaseExists,
    LeaseHasPayments,
    LeaseOver,
    LeaseOverlaps,
    UnitHeldForAnother,
    UnitTaken,
)
from zhuchao.apps.premises.models import Hold, Lease, LeaseEvent, LeaseUnit, Unit, UnitState
from zhuchao.apps.premises.selectors.bills import Step, add_months
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
    since = today - timedelta(days=2000)
    return [
        services.add_unit(actor=None, site=site, name=name, gross_area_m2=Decimal(500), on=since)
        for name in ("101", "102")
    ]


def sign(actor, units, starts_on, *, days=730, rate="30", number="A-1", tenant="甲公司", **values):
    today = zones.today(units[0].zone)
    given = {
        "signed_on": min(starts_on, today),
        "ends_on": starts_on + timedelta(days=days),
        "rent": [Step(starts_on, Decimal(rate), "month")],
    }
    return services.sign_lease(
        actor=actor, number=number, tenant=tenant, units=units, starts_on=starts_on, **(given | values)
    )


def states(units):
    return [Unit.objects.get(pk=unit.pk).state for unit in units]


def age(lease, days):
    """Move the last day of a lease, as if it had been signed for so much less."""
    last = lease.ends_on - timedelta(days=days)
    Lease.objects.filter(pk=lease.pk).update(ends_on=last, last_on=last)
    LeaseUnit.objects.filter(lease=lease).update(last_on=last)
    lease.refresh_from_db()


def test_signing_a_lease_that_has_begun_lets_its_units_to_the_tenant(steward, units, today, zone):
    firm = make_enterprise(zone)
    lease = sign(steward, units, today - timedelta(days=10), tenant=firm.name)
    assert (lease.tenant, lease.area_m2, lease.let_on) == (firm, Decimal(1000), lease.starts_on)
    for unit in units:
        unit.refresh_from_db()
        assert (unit.state, unit.state_since, unit.occupant) == (Unit.State.LET, lease.starts_on, firm)
    change = Change.objects.get(scope=zone.pk, verb="sign")
    assert change.data["tenant"] == firm.name
    assert Decimal(LeaseEvent.objects.get(lease=lease).terms["rent"][0]["rate_cny"]) == 30


def test_a_lease_to_come_signs_its_units_and_lets_them_on_its_first_day_once(steward, units, today, zone):
    lease = sign(steward, units, today + timedelta(days=5))
    assert states(units) == [Unit.State.SIGNED] * 2
    assert services.keep_leases(zone) == 0
    Lease.objects.filter(pk=lease.pk).update(starts_on=today)
    assert services.keep_leases(zone) == 1
    assert states(units) == [Unit.State.LET] * 2
    before = UnitState.objects.count()
    assert services.keep_leases(zone) == services.keep_all_leases() == 0
    assert UnitState.objects.count() == before


def test_signing_ends_the_hold_for_the_same_name_and_frees_what_was_held_but_not_signed(
    steward, units, today
):
    hold = services.hold_units(actor=steward, units=units, held_for="甲公司", until=today)
    lease = sign(steward, units[:1], today)
    hold.refresh_from_db()
    assert (hold.end, hold.end_why) == (Hold.End.SIGNED, lease.number)
    assert states(units) == [Unit.State.LET, Unit.State.VACANT]


def test_units_held_for_another_cannot_be_signed_for_unless_the_hold_is_named(steward, units, today):
    hold = services.hold_units(actor=steward, units=units, held_for="乙项目", until=today)
    with pytest.raises(UnitHeldForAnother):
        sign(steward, units, today)
    assert not Lease.objects.exists()
    assert Hold.objects.get().is_open
    sign(steward, units, today, hold=hold)
    assert not Hold.objects.get().is_open


def test_a_second_lease_that_shares_a_day_is_refused_and_one_from_the_day_after_is_not(steward, units, today):
    first = sign(steward, units[:1], today, days=364)
    with pytest.raises(LeaseOverlaps) as refused:
        sign(steward, units, first.ends_on, number="A-2", tenant="乙公司", signed_on=today)
    assert refused.value.data["number"] == "A-1"
    assert Lease.objects.count() == 1
    sign(
        steward,
        units[:1],
        first.ends_on + timedelta(days=1),
        number="A-2",
        tenant="乙公司",
        signed_on=today,
    )
    assert states(units[:1]) == [Unit.State.LET]


@pytest.mark.postgres  # SQLite has no such constraint
def test_postgresql_itself_refuses_two_leases_that_share_a_day(steward, units, today, zone):
    first = sign(steward, units[:1], today, days=100)
    other = sign(steward, units[1:], today, days=100, number="A-2")
    with pytest.raises(IntegrityError, match="leases_of_a_unit_share_no_day"), transaction.atomic():
        LeaseUnit.objects.create(
            zone=zone,
            lease=other,
            unit=units[0],
            area_m2=1,
            starts_on=first.last_on,
            last_on=first.last_on + timedelta(days=9),
        )


def test_a_unit_that_somebody_else_uses_cannot_be_signed_for(steward, units, today):
    services.change_unit_state(actor=steward, unit=units[0], state="let", on=today, occupant="乙公司")
    services.change_unit_state(actor=steward, unit=units[1], state="self_used", on=today)
    for unit in units:
        with pytest.raises(UnitTaken):
            sign(steward, [unit], today)
    services.change_unit_state(actor=steward, unit=units[0], state="let", on=today, occupant="甲公司")
    sign(steward, units[:1], today)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_on": date(2020, 1, 1)}, "到期日期"),
        ({"deposit_cny": Decimal(-1)}, "押金"),
        ({"areas": "more"}, "租赁面积"),
        ({"areas": "none"}, "租赁面积"),
        ({"payment_months": 5}, "付款周期"),
        ({"rent_free_from": date(2020, 1, 1), "rent_free_to": date(2020, 1, 2)}, "免租期"),
        ({"rent_free_from": date(2020, 1, 1)}, "免租期"),
        ({"rent": []}, "租金"),
        ({"rent": "late"}, "租金"),
        ({"rent": "disordered"}, "租金"),
        ({"rent": "beyond"}, "租金"),
        ({"rent": "negative"}, "租金"),
        ({"signed_on": date(2999, 1, 1)}, "日期"),
        ({"tenant": " "}, "承租方"),
        ({"number": ""}, "合同编号"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_the_field_and_nothing_is_kept(
    steward, units, today, values, field
):
    day, rate = timedelta(days=1), Decimal(30)
    if isinstance(values.get("areas"), str):
        area = Decimal("500.01") if values["areas"] == "more" else Decimal(0)
        values = {"areas": {units[0].pk: area}}
    if isinstance(values.get("rent"), str):
        rents = {
            "late": [Step(today + day, rate, "month")],
            "disordered": [Step(today + n * day, rate, "month") for n in (0, 9, 5)],
            "beyond": [Step(today, rate, "month"), Step(today + 900 * day, rate, "month")],
            "negative": [Step(today, Decimal(-1), "month")],
        }
        values = {"rent": rents[values["rent"]]}
    before = (Change.objects.count(), UnitState.objects.count())
    with pytest.raises(WrongInput) as refused:
        sign(steward, units, today, **values)
    assert str(refused.value.data["field"]) == field
    assert not Lease.objects.exists()
    assert (Change.objects.count(), UnitState.objects.count()) == before


def test_a_number_is_registered_once(steward, units, today):
    sign(steward, units[:1], today)
    with pytest.raises(LeaseExists):
        sign(steward, units[1:], today)


def test_the_day_after_its_last_a_lease_frees_its_units_says_why_and_still_owes(steward, units, today, zone):
    lease = sign(steward, units, today - timedelta(days=300), days=400)
    age(lease, 110)
    assert services.keep_leases(zone) == 1
    for unit in units:
        unit.refresh_from_db()
        assert (unit.state, unit.state_since) == (Unit.State.VACANT, lease.last_on + timedelta(days=1))
        assert unit.states.latest("pk").cause == UnitState.Cause.EXPIRED
    assert services.keep_leases(zone) == 0
    owed = selectors.account_of(lease, today).owed_cny
    assert owed > 0
    assert selectors.account_of(lease, today + timedelta(days=4000)).owed_cny == owed
    services.record_payment(actor=steward, lease=lease, on=today, amount_cny=owed)
    assert selectors.account_of(lease, today).arrears_cny == 0


def test_what_somebody_entered_by_hand_for_a_later_day_outlives_the_lease(steward, units, today, zone):
    lease = sign(steward, units, today - timedelta(days=300), days=400)
    services.change_unit_state(actor=steward, unit=units[0], state="in_works", on=today)
    age(lease, 110)
    services.keep_leases(zone)
    assert states(units) == [Unit.State.IN_WORKS, Unit.State.VACANT]


def test_a_lease_ends_early_on_a_day_to_come_and_frees_its_units_after_it(steward, units, today, zone):
    lease = sign(steward, units, today - timedelta(days=30))
    with pytest.raises(ReasonNeeded):
        services.end_lease(actor=steward, lease=lease, on=today, reason="")
    with pytest.raises(WrongInput):
        services.end_lease(actor=steward, lease=lease, on=lease.ends_on, reason="不对")
    lease = services.end_lease(actor=steward, lease=lease, on=today, reason="经营调整")
    assert states(units) == [Unit.State.LET] * 2
    assert lease.state_on(today) == Lease.State.RUNNING
    assert lease.state_on(today + timedelta(days=1)) == Lease.State.ENDED
    assert sign(None, units, today + timedelta(days=1), number="B-1", tenant="乙公司", signed_on=today)


def test_a_lease_ended_for_a_day_that_has_passed_frees_its_units_at_once_and_bills_no_further(
    steward, units, today
):
    start = today - timedelta(days=200)
    lease = sign(steward, units, start)
    last = today - timedelta(days=20)
    lease = services.end_lease(actor=steward, lease=lease, on=last, reason="搬离")
    assert states(units) == [Unit.State.VACANT] * 2
    assert {unit.states.latest("pk").cause for unit in units} == {UnitState.Cause.LEFT}
    assert selectors.bills_of_lease(lease)[-1].end == last
    with pytest.raises(LeaseOver):
        services.end_lease(actor=steward, lease=lease, on=last, reason="再次")


def test_a_renewal_takes_over_the_day_after_without_a_vacant_day_and_happens_once(
    steward, units, today, zone
):
    lease = sign(steward, units, today - timedelta(days=300), days=400)
    renewal = services.renew_lease(
        actor=steward,
        lease=lease,
        number="A-1-续",
        signed_on=today,
        ends_on=lease.ends_on + timedelta(days=365),
        rent=[Step(lease.ends_on + timedelta(days=1), Decimal(33), "month")],
    )
    assert (renewal.renews, renewal.starts_on) == (lease, lease.ends_on + timedelta(days=1))
    assert [event.kind for event in lease.events.order_by("pk")] == ["signed", "renewed"]
    with pytest.raises(AlreadyRenewed):
        services.renew_lease(
            actor=steward, lease=lease, number="x", signed_on=today, ends_on=renewal.ends_on, rent=[]
        )
    before = UnitState.objects.count()
    Lease.objects.filter(pk=renewal.pk).update(starts_on=today)
    LeaseUnit.objects.filter(lease=lease).update(last_on=today - timedelta(days=1))
    LeaseUnit.objects.filter(lease=renewal).update(starts_on=today)
    Lease.objects.filter(pk=lease.pk).update(last_on=today - timedelta(days=1))
    assert services.keep_leases(zone) == 2
    assert states(units) == [Unit.State.LET] * 2
    assert UnitState.objects.count() == before


def test_the_next_tenant_follows_the_last_one_on_the_first_day(steward, units, today, zone):
    first = sign(steward, units[:1], today - timedelta(days=300), days=400)
    second = sign(
        steward, units[:1], first.ends_on + timedelta(days=1), number="A-2", tenant="乙公司", signed_on=today
    )
    for lease, days in ((first, {"last_on": today - timedelta(days=1)}), (second, {"starts_on": today})):
        Lease.objects.filter(pk=lease.pk).update(**days)
        LeaseUnit.objects.filter(lease=lease).update(**days)
    services.keep_leases(zone)
    units[0].refresh_from_db()
    stands = selectors.latest_states([units[0].pk])[units[0].pk]
    assert (units[0].state, stands.happened_on) == (Unit.State.LET, today)
    assert selectors.user_of(units[0]) == "乙公司"
    assert not units[0].states.filter(state="vacant", happened_on__gt=first.starts_on).exists()


def test_a_change_keeps_what_was_said_before_and_needs_a_reason_and_the_version(steward, units, today):
    lease = sign(steward, units, today)
    with pytest.raises(ReasonNeeded):
        services.change_lease(actor=steward, lease=lease, version=lease.version, reason="", deposit_cny=1)
    rent = [Step(today, Decimal(30), "month"), Step(today + timedelta(days=365), Decimal(33), "month")]
    changed = services.change_lease(
        actor=steward,
        lease=lease,
        version=lease.version,
        reason="补充协议",
        deposit_cny=Decimal(90000),
        rent=rent,
        areas={units[0].pk: Decimal(400)},
    )
    assert (changed.deposit_cny, changed.area_m2) == (Decimal(90000), Decimal(900))
    assert selectors.steps_of(Lease.objects.get(pk=lease.pk)) == rent
    first, second = LeaseEvent.objects.filter(lease=lease).order_by("pk")
    assert (first.terms["deposit_cny"], second.terms["deposit_cny"]) == ("0", "90000")
    assert second.note == "补充协议"
    with pytest.raises(Stale):
        services.change_lease(actor=steward, lease=lease, version=1, reason="再改", note="x")


def test_a_change_of_the_first_day_moves_the_state_of_the_units_with_it(steward, units, today):
    lease = sign(steward, units, today - timedelta(days=30))
    later = today + timedelta(days=10)
    services.change_lease(
        actor=steward,
        lease=lease,
        version=None,
        reason="起租日录错",
        starts_on=later,
        rent=[Step(later, Decimal(30), "month")],
    )
    assert states(units) == [Unit.State.SIGNED] * 2
    assert LeaseUnit.objects.filter(lease=lease, starts_on=later).count() == 2


def test_a_change_cannot_stretch_a_lease_over_the_next(steward, units, today):
    first = sign(steward, units[:1], today, days=100)
    sign(steward, units[:1], today + timedelta(days=101), number="A-2", tenant="乙", signed_on=today)
    with pytest.raises(LeaseOverlaps):
        services.change_lease(
            actor=steward, lease=first, version=None, reason="延长", ends_on=today + timedelta(days=200)
        )


def test_a_void_lease_never_was_its_units_fall_back_and_its_days_are_free(steward, units, today):
    services.hold_units(actor=steward, units=units[:1], held_for="甲公司", until=today)
    lease = sign(steward, units, today)
    payment = services.record_payment(actor=steward, lease=lease, on=today, amount_cny=Decimal(1))
    with pytest.raises(LeaseHasPayments):
        services.void_lease(actor=steward, lease=lease, reason="重复登记")
    services.void_payment(actor=steward, entry=payment, reason="重复登记")
    lease = services.void_lease(actor=steward, lease=lease, reason="重复登记")
    assert states(units) == [Unit.State.VACANT] * 2
    assert lease.state_on(today) == Lease.State.VOID
    assert selectors.account_of(lease, today).arrears_cny == 0
    with pytest.raises(LeaseOver):
        services.record_payment(actor=steward, lease=lease, on=today, amount_cny=Decimal(1))
    sign(steward, units, today, number="A-2", tenant="乙公司")


def test_a_lease_that_is_over_when_it_is_entered_becomes_history(steward, units, today):
    start = today - timedelta(days=900)
    lease = sign(steward, units, start, days=365)
    assert states(units) == [Unit.State.VACANT] * 2
    on = selectors.unit_states_on([units[0].zone_id], start + timedelta(days=9), zones.now(units[0].zone))
    assert {entry.state for entry in on} == {Unit.State.LET}
    assert lease.state_on(today) == Lease.State.EXPIRED


def test_payments_are_entered_corrected_and_voided_and_no_more_goes_back_than_came(steward, units, today):
    lease = sign(steward, units, today - timedelta(days=10), deposit_cny=Decimal(500))
    for values in ({"amount_cny": Decimal(0)}, {"on": today + timedelta(days=1)}, {"kind": "returned"}):
        with pytest.raises(WrongInput):
            services.record_payment(
                actor=steward, lease=lease, **({"on": today, "amount_cny": Decimal(5)} | values)
            )
    services.record_payment(actor=steward, lease=lease, on=today, amount_cny=Decimal(500), kind="deposit")
    entry = services.record_payment(actor=steward, lease=lease, on=today, amount_cny=Decimal(80000))
    entry = services.correct_payment(actor=steward, entry=entry, reason="少录一位", amount_cny=Decimal(90000))
    found = selectors.account_of(lease, today)
    assert (found.paid_cny, found.deposit_cny, found.arrears_cny) == (Decimal(90000), Decimal(500), 0)
    assert selectors.account_of(lease, today - timedelta(days=1)).arrears_cny == Decimal(90000)
    services.void_payment(actor=steward, entry=entry, reason="退票")
    assert selectors.account_of(lease, today).owed_cny == Decimal(90000)


@pytest.mark.parametrize(("left", "reminder"), [(91, 0), (90, 90), (61, 90), (60, 60), (30, 30), (0, 30)])
def test_a_lease_is_called_to_mind_90_60_and_30_days_before_its_end(
    steward, units, today, zone, left, reminder
):
    lease = sign(steward, units, today - timedelta(days=200), days=200 + left)
    assert selectors.reminder_of(lease, today) == reminder
    assert list(selectors.leases_ending(steward, zone, today)) == ([lease] if reminder else [])


def test_a_renewed_lease_is_not_called_to_mind(steward, units, today, zone):
    lease = sign(steward, units, today - timedelta(days=200), days=220)
    first = lease.ends_on + timedelta(days=1)
    services.renew_lease(
        actor=steward,
        lease=lease,
        number="续",
        signed_on=today,
        ends_on=add_months(first, 12),
        rent=[Step(first, Decimal(1), "day")],
    )
    assert not selectors.leases_ending(steward, zone, today).exists()


def test_who_may_not_keep_leases_is_refused_and_a_stranger_finds_nothing(units, today, zone, steward):
    with pytest.raises(NotAllowed):
        sign(make_user(Role.LIAISON, zone=zone), units, today)
    with pytest.raises(NotFound):
        sign(make_user(Role.STEWARD), units, today)
    lease = sign(steward, units, today)
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    with pytest.raises(NotAllowed):
        services.record_payment(actor=officer, lease=lease, on=today, amount_cny=Decimal(1))
    with pytest.raises(NotFound):
        selectors.get_lease(make_user(Role.STEWARD), lease.pk)


def test_the_accounts_of_many_leases_cost_the_same_queries(steward, zone, today, django_assert_num_queries):
    site = make_site(zone)
    for n in range(6):
        unit = services.add_unit(actor=None, site=site, name=str(n), gross_area_m2=Decimal(50))
        lease = sign(steward, [unit], today, number=f"N-{n}")
        services.record_payment(actor=steward, lease=lease, on=today, amount_cny=Decimal(5))
    with django_assert_num_queries(6):
        rows = list(selectors.with_accounts(Lease.objects.filter(zone=zone)))
        assert all(selectors.account_of(row, today).paid_cny == 5 for row in rows)
