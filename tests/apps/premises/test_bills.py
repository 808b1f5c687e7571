"""Rent to the cent: the worked figures of a clerk, and what holds of every lease."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.apps.premises.selectors.bills import (
    Step,
    Terms,
    add_months,
    arrears,
    bills_of,
    settle,
    to_cents,
)

START = date(2026, 1, 1)


def terms(
    last=date(2026, 12, 31), months=3, steps=((START, "30", "month"),), start=START, area="500", free=None
):
    return Terms(
        start,
        last,
        Decimal(area),
        months,
        tuple(Step(on, Decimal(rate), per) for on, rate, per in steps),
        free,
    )


def amounts(found):
    return [str(bill.amount_cny) for bill in bills_of(found)]


def test_a_year_by_the_quarter_is_four_bills_of_three_months():
    # 500 m² x 30 yuan x 3 months
    found = bills_of(terms())
    assert amounts(terms()) == ["45000.00"] * 4
    assert [(bill.start, bill.end) for bill in found][1] == (date(2026, 4, 1), date(2026, 6, 30))
    assert [bill.due_on for bill in found] == [bill.start for bill in found]


def test_a_rent_by_the_day_counts_the_days_of_each_period():
    # 90, 91, 92 and 92 days x 500 m² x 1.2 yuan
    assert amounts(terms(steps=((START, "1.2", "day"),))) == ["54000.00", "54600.00", "55200.00", "55200.00"]


def test_rent_free_days_cost_nothing_and_what_is_left_of_a_month_its_share_of_days():
    # January free and 14 of the 28 days of February: half of it, and the whole of March
    free = (START, date(2026, 2, 14))
    assert amounts(terms(free=free))[0] == "22500.00"
    assert amounts(terms(free=(START, date(2026, 3, 31))))[0] == "0.00"


def test_a_step_inside_a_month_divides_it_by_days():
    # 15 days of April at 30 and 15 at 33, then May and June at 33
    steps = ((START, "30", "month"), (date(2026, 4, 16), "33", "month"))
    assert amounts(terms(steps=steps)) == ["45000.00", "48750.00", "49500.00", "49500.00"]


def test_a_rent_may_change_from_the_month_to_the_day():
    steps = ((START, "30", "month"), (date(2026, 2, 1), "1", "day"))
    assert amounts(terms(steps=steps))[0] == str(Decimal(15000 + 500 * 59) + Decimal("0.00"))


def test_a_lease_that_ends_inside_a_month_pays_its_days_of_it():
    # the first quarter whole, then 10 of the 30 days of April
    assert amounts(terms(last=date(2026, 4, 10))) == ["45000.00", "5000.00"]


def test_a_lease_from_the_31st_has_months_that_begin_on_the_last_day_of_shorter_ones():
    found = bills_of(terms(start=date(2026, 1, 31), months=1, steps=((date(2026, 1, 31), "30", "month"),)))
    assert [bill.start for bill in found[:4]] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert found[0].amount_cny == found[1].amount_cny == Decimal("15000.00")


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        (Fraction(1, 3), "0.33"),
        (Fraction(1, 200), "0.01"),
        (Fraction(1, 201), "0.00"),
        (Fraction(2, 3), "0.67"),
    ],
)
def test_halves_of_a_cent_go_up(amount, cents):
    assert str(to_cents(amount)) == cents


def test_money_goes_to_the_oldest_open_bill_and_the_rest_is_late_since_it_was_due():
    found = settle(bills_of(terms()), Decimal(50000), date(2026, 7, 11))
    assert [str(row.paid_cny) for row in found] == ["45000.00", "5000.00", "0.00", "0.00"]
    assert [row.days_late for row in found] == [0, 101, 10, 0]
    assert found[1].open_cny == Decimal("40000.00")


def test_arrears_are_what_is_due_less_what_was_paid_and_do_not_go_when_the_lease_ends():
    bills = bills_of(terms())
    assert arrears(bills, Decimal(0), date(2025, 12, 31)) == 0
    assert arrears(bills, Decimal(45000), date(2026, 4, 1)) == Decimal("45000.00")
    assert arrears(bills, Decimal(100000), date(2026, 5, 1)) == Decimal("-10000.00")
    assert arrears(bills, Decimal(135000), date(2030, 1, 1)) == Decimal("45000.00")


@st.composite
def leases(draw):
    start = draw(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
    last = start + timedelta(days=draw(st.integers(0, 900)))
    days = (last - start).days
    later = draw(st.lists(st.integers(1, days), unique=True, max_size=3)) if days else []
    rate = st.decimals(Decimal(0), Decimal(500), places=4)
    steps = tuple(
        Step(start + timedelta(days=n), draw(rate), draw(st.sampled_from(("day", "month"))))
        for n in (0, *sorted(later))
    )
    free = None
    if draw(st.booleans()):
        first = draw(st.integers(0, days))
        free = (
            start + timedelta(days=first),
            start + timedelta(days=draw(st.integers(first, days))),
        )
    area = draw(st.decimals(Decimal("0.01"), Decimal(100000), places=2))
    return Terms(start, last, area, draw(st.sampled_from((1, 3, 6, 12))), steps, free)


@given(leases())
def test_the_bills_cover_each_day_once_in_order(lease):
    days = [
        part.start + timedelta(days=n)
        for bill in bills_of(lease)
        for part in bill.parts
        for n in range(part.days)
    ]
    assert days == [
        lease.starts_on + timedelta(days=n) for n in range((lease.last_on - lease.starts_on).days + 1)
    ]


@given(leases())
def test_a_bill_is_the_sum_of_its_days_to_half_a_cent(lease):
    def of_day(day, part):
        step = [step for step in lease.steps if step.from_on <= day][-1]
        if lease.free and lease.free[0] <= day <= lease.free[1]:
            return Fraction(0)
        whole = Fraction(lease.area_m2) * Fraction(step.rate_cny)
        return whole if step.per == "day" else whole / part.month_days

    for bill in bills_of(lease):
        exact = sum(
            (of_day(part.start + timedelta(days=n), part) for part in bill.parts for n in range(part.days)),
            Fraction(0),
        )
        assert abs(Fraction(bill.amount_cny) - exact) <= Fraction(1, 200)
        assert bill.amount_cny.as_tuple().exponent == -2


@given(leases())
def test_a_whole_month_at_one_rent_costs_its_rent_however_many_days_it_has(lease):
    for bill in bills_of(lease):
        for part in bill.parts:
            if part.days == part.month_days and part.step.per == "month" and not part.is_free:
                assert part.amount_cny == Fraction(lease.area_m2) * Fraction(part.step.rate_cny)


@given(leases(), st.decimals(Decimal(0), Decimal(10**9), places=2), st.integers(-40, 1200))
def test_what_is_open_of_the_due_bills_is_the_arrears_and_never_more_is_taken_than_came(lease, paid, after):
    bills, on = bills_of(lease), lease.starts_on + timedelta(days=after)
    found = settle(bills, paid, on)
    assert sum((row.paid_cny for row in found), Decimal(0)) == min(
        paid, sum((bill.amount_cny for bill in bills), Decimal(0))
    )
    due = sum((row.open_cny for row in found if row.bill.due_on <= on), Decimal(0))
    assert due == max(arrears(bills, paid, on), Decimal(0))
    assert all(row.days_late == 0 for row in found if row.open_cny == 0)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_months_are_added_to_the_same_day_or_the_last_of_the_month(day, months):
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)
