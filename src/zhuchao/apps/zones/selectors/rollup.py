"""Add up what units of an organisation did together without counting anything twice."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

Share = tuple[int | None, Decimal | int] | int | None
CENT = Decimal("0.01")


@dataclass(frozen=True)
class UnitTotal:
    """What is counted for one department, or for all.

    ``things`` are the different things it had a part in (two departments may both name the same one);
    ``credit`` is the sum of its shares in them, 1 a whole thing; ``amount`` is its part of the amounts.
    Credits and amounts of the departments add up to the total's exactly.
    """

    things: int
    credit: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rollup:
    """Totals by department (None: nobody's), by department with all below it, and over all."""

    departments: Mapping[int | None, UnitTotal]
    branches: Mapping[int | None, UnitTotal]
    total: UnitTotal


def by_department(
    rows: Iterable[tuple[Hashable, Sequence[Share], Decimal | int]],
    parents: Mapping[int, int | None] | None = None,
) -> Rollup:
    """Add up rows of (thing, [(department id, share in percent), ...], amount) over departments.

    Departments without shares (plain ids) part a thing equally; shares that do not make 100 are taken in
    proportion; no department at all is None's. A thing may come in several rows (the amounts of one project):
    it is counted once. Amounts are parted to the cent, what rounding leaves goes to the largest share.

    ``parents`` ({department id: parent id or None}) adds up ``branches``; without it they are the departments.

    >>> two = by_department([("project 1", [(7, 60), (8, 40)], Decimal("100"))])
    >>> two.departments[7].amount, two.departments[8].credit, two.total.things
    (Decimal('60.00'), Decimal('0.4'), 1)
    """
    amounts: dict[int | None, Decimal] = {}
    shares: dict[Hashable, dict[int | None, Decimal]] = {}
    total_amount = Decimal(0)
    for thing, given, amount in rows:
        parts = _parts(given)
        # The shares of a thing are those of its first row: they belong to the thing and not to the amount.
        parts = shares.setdefault(thing, parts)
        total_amount += Decimal(amount)
        for department, part in _split(Decimal(amount), parts).items():
            amounts[department] = amounts.get(department, Decimal(0)) + part
    departments = _totals(((thing, parts) for thing, parts in shares.items()), amounts)
    branches = departments
    if parents is not None:
        branches = _totals(
            ((thing, _lift(parts, parents)) for thing, parts in shares.items()), _lift(amounts, parents)
        )
    total = UnitTotal(len(shares), Decimal(len(shares)), total_amount)
    return Rollup(departments, branches, total)


def _parts(given: Sequence[Share]) -> dict[int | None, Decimal]:
    """Return each department's part of one thing, adding up to one."""
    weights: dict[int | None, Decimal] = {}
    for item in given or (None,):
        department, weight = item if isinstance(item, tuple) else (item, 1)
        weights[department] = weights.get(department, Decimal(0)) + Decimal(weight)
    whole = sum(weights.values(), Decimal(0))
    if whole <= 0:
        return {None: Decimal(1)}
    parts = {department: weight / whole for department, weight in weights.items()}
    largest = max(parts, key=lambda key: parts[key])
    parts[largest] += 1 - sum(parts.values(), Decimal(0))
    return parts


def _split(amount: Decimal, parts: Mapping[int | None, Decimal]) -> dict[int | None, Decimal]:
    found = {department: (amount * part).quantize(CENT, ROUND_DOWN) for department, part in parts.items()}
    largest = max(parts, key=lambda key: parts[key])
    found[largest] += amount - sum(found.values(), Decimal(0))
    return found


def _lift(
    parts: Mapping[int | None, Decimal], parents: Mapping[int, int | None]
) -> dict[int | None, Decimal]:
    """Return the parts with every part added to all the departments above its own."""
    lifted: dict[int | None, Decimal] = {}
    for department, part in parts.items():
        seen: set[int | None] = set()
        key = department
        while key not in seen:
            seen.add(key)
            lifted[key] = lifted.get(key, Decimal(0)) + part
            above = parents.get(key) if key is not None else None
            if above is None:
                break
            key = above
    return lifted


def _totals(
    shares: Iterable[tuple[Hashable, Mapping[int | None, Decimal]]], amounts: Mapping[int | None, Decimal]
) -> dict[int | None, UnitTotal]:
    things: dict[int | None, int] = {}
    credit: dict[int | None, Decimal] = {}
    for _thing, parts in shares:
        for department, part in parts.items():
            things[department] = things.get(department, 0) + 1
            credit[department] = credit.get(department, Decimal(0)) + part
    return {
        department: UnitTotal(things[department], credit[department], amounts.get(department, Decimal(0)))
        for department in things
    }
