"""What rent falls due when: exact arithmetic over days and rates, without a row of the database.

A rent by the day is area x rate x days. A rent by the month is area x rate for each month counted from the first
day of the lease (a lease that begins on the 31st has months that begin on the last day of a shorter one); of a month
that is not whole, its days over all the days of that month. Each bill is rounded to the cent once, halves up.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

ONE_DAY = timedelta(days=1)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Step:
    """A rent from a day on: yuan for each m² and ``per`` day or month."""

    from_on: date
    rate_cny: Decimal
    per: Literal["day", "month"]


@dataclass(frozen=True)
class Terms:
    """What a bill is made of. ``steps`` are in order of their days, the first on or before ``starts_on``.

    ``areas`` are the m² let from a day on, in order of their days, where units were swapped.

    ``free`` is the first and the last day without rent. A bill covers ``payment_months`` months and is due on its
    first day.
    """

    starts_on: date
    last_on: date
    area_m2: Decimal
    payment_months: int
    steps: tuple[Step, ...]
    free: tuple[date, date] | None = None
    areas: tuple[tuple[date, Decimal], ...] = ()

    def area_on(self, on: date) -> Decimal:
        """Return the m² that are let on a day: what ``areas`` says from a day on, else ``area_m2``."""
        return next((area for since, area in reversed(self.areas) if since <= on), self.area_m2)


@dataclass(frozen=True)
class Part:
    """Days of a bill at one rent: ``amount_cny`` is exact."""

    start: date
    end: date
    step: Step
    is_free: bool
    month_days: int
    amount_cny: Fraction

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Bill:
    """The rent of one payment period, due on its first day."""

    number: int
    start: date
    end: date
    parts: tuple[Part, ...]

    @property
    def due_on(self) -> date:
        return self.start

    @property
    def exact_cny(self) -> Fraction:
        return sum((part.amount_cny for part in self.parts), Fraction(0))

    @property
    def amount_cny(self) -> Decimal:
        return to_cents(self.exact_cny)


@dataclass(frozen=True)
class Settled:
    """A bill with what was paid on it, the oldest bill first, and by how many days the rest is late."""

    bill: Bill
    paid_cny: Decimal
    days_late: int

    @property
    def open_cny(self) -> Decimal:
        return self.bill.amount_cny - self.paid_cny


def to_cents(amount: Fraction) -> Decimal:
    """Return an amount that is not negative to the cent, halves up.

    >>> to_cents(Fraction(1, 200))
    Decimal('0.01')
    """
    return Decimal((2 * amount.numerator * 100 + amount.denominator) // (2 * amount.denominator)).scaleb(-2)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month that many months later, or that month's last day.

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2026, 1, 31), 2)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def bills_of(terms: Terms) -> list[Bill]:
    """Return every bill of a lease, first to last; together they cover each of its days once."""
    bills: list[Bill] = []
    period = 0
    while (start := add_months(terms.starts_on, period * terms.payment_months)) <= terms.last_on:
        following = add_months(terms.starts_on, (period + 1) * terms.payment_months)
        parts = [
            part
            for month in range(period * terms.payment_months, (period + 1) * terms.payment_months)
            for part in _parts_of_month(terms, month)
        ]
        bills.append(Bill(period + 1, start, min(following - ONE_DAY, terms.last_on), tuple(parts)))
        period += 1
    return bills


def _parts_of_month(terms: Terms, month: int) -> Iterator[Part]:
    start = add_months(terms.starts_on, month)
    whole = add_months(terms.starts_on, month + 1) - ONE_DAY
    end = min(whole, terms.last_on)
    cuts = {step.from_on for step in terms.steps} | {since for since, _area in terms.areas}
    if terms.free is not None:
        cuts |= {terms.free[0], terms.free[1] + ONE_DAY}
    begins = [start, *sorted(cut for cut in cuts if start < cut <= end)] if start <= end else []
    month_days = (whole - start).days + 1
    for index, first in enumerate(begins):
        last = begins[index + 1] - ONE_DAY if index + 1 < len(begins) else end
        step = [step for step in terms.steps if step.from_on <= first][-1]
        is_free = terms.free is not None and terms.free[0] <= first <= terms.free[1]
        yield Part(
            first, last, step, is_free, month_days, _rent(terms, step, first, last, month_days, is_free)
        )


def _rent(terms: Terms, step: Step, first: date, last: date, month_days: int, is_free: bool) -> Fraction:
    if is_free:
        return Fraction(0)
    days = (last - first).days + 1
    share = Fraction(days) if step.per == "day" else Fraction(days, month_days)
    return Fraction(terms.area_on(first)) * Fraction(step.rate_cny) * share


def settle(bills: Sequence[Bill], paid_cny: Decimal, on: date) -> list[Settled]:
    """Return each bill with what was paid on it: money goes to the oldest bill that is still open.

    ``days_late`` counts from the day after it was due, 0 for what is paid, free or not yet due.
    """
    left = paid_cny
    found = []
    for bill in bills:
        taken = max(min(left, bill.amount_cny), Decimal(0))
        left -= taken
        is_open = taken < bill.amount_cny
        found.append(Settled(bill, taken, max((on - bill.due_on).days, 0) if is_open else 0))
    return found


def arrears(bills: Sequence[Bill], paid_cny: Decimal, on: date) -> Decimal:
    """Return what was due up to and including ``on`` and is not paid; negative is paid ahead.

    A lease that has ended still owes what it owed: only payments make it less.
    """
    return sum((bill.amount_cny for bill in bills if bill.due_on <= on), Decimal(0)) - paid_cny
