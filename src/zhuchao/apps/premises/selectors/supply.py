"""Space as an offer: occupancy, what was taken, months of stock, how long it stands empty and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from zhuchao.engines.figures import Share, share

from ..models import Unit, UnitState
from .movement import Step, histories
from .states import unit_states_on

ZERO = Decimal(0)
TAKEN = frozenset({Unit.State.SIGNED, Unit.State.LET, Unit.State.SELF_USED})
"""The states in which space is no longer to be had 去化."""
BUILT = frozenset({UnitState.Cause.BUILT, UnitState.Cause.NEW})
MONTHS = 12


@dataclass(frozen=True)
class Supply:
    """Space of one kind on a day. Areas in m².

    ``absorbed_m2`` is what was taken in the twelve months until then.
    """

    kind: str
    label: str
    stock_m2: Decimal
    taken_m2: Decimal
    used_m2: Decimal
    vacant_m2: Decimal
    absorbed_m2: Decimal

    @property
    def occupancy(self) -> Share:
        """Return 使用率: what is used of the stock, weighted by area."""
        return share(self.used_m2, self.stock_m2)

    @property
    def absorption(self) -> Share:
        """Return 去化率: what is signed for, let or used by its owner, of the stock."""
        return share(self.taken_m2, self.stock_m2)

    @property
    def vacancy(self) -> Share:
        """Return 空置率: what stands empty of the stock."""
        return share(self.vacant_m2, self.stock_m2)

    @property
    def months_of_stock(self) -> Decimal | None:
        """Return in how many months what is vacant goes at the year's pace; None when nothing went."""
        if not self.absorbed_m2:
            return None
        return (self.vacant_m2 * MONTHS / self.absorbed_m2).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class MonthStock:
    """The stock at the end of a month, or on the last day asked about."""

    on: date
    stock_m2: Decimal
    vacant_m2: Decimal

    @property
    def vacancy(self) -> Share:
        return share(self.vacant_m2, self.stock_m2)


@dataclass(frozen=True)
class IdleGroup:
    """Vacant units that stand empty for one reason; ``code`` empty for no reason given."""

    code: str
    label: str
    units: int
    area_m2: Decimal
    longest_days: int


@dataclass(frozen=True)
class IdleClock:
    """How long space has been standing empty on a day."""

    groups: tuple[IdleGroup, ...]
    longest: Unit | None
    longest_days: int
    mean_days: int

    @property
    def area_m2(self) -> Decimal:
        return sum((group.area_m2 for group in self.groups), ZERO)

    @property
    def units(self) -> int:
        return sum(group.units for group in self.groups)


def unit_steps(
    zone_ids: Sequence[int], until: date, as_of: datetime, units: QuerySet[Unit] | None = None
) -> list[list[Step]]:
    """Return the history of every unit until a day, for the figures below; one query."""
    return list(histories(zone_ids, until, as_of, units=units))


def supply_by_kind(steps: Iterable[Sequence[Step]], kinds: Mapping[int, str], on: date) -> list[Supply]:
    """Return the offer of each kind of unit on ``on``; ``kinds`` says which kind each unit is. No query.

    A unit counts as taken in the year when it came to be signed for, let or used by its owner; a split or merge of
    what was taken before takes nothing.
    """
    since = _year_before(on)
    found: dict[str, dict[str, Decimal]] = {}
    for history in steps:
        kind = kinds.get(history[0].unit_id)
        if kind is None:
            continue
        sums = found.setdefault(kind, dict.fromkeys(("stock", "taken", "used", "vacant", "absorbed"), ZERO))
        before: Step | None = None
        for step in history:
            # What was used already when it was first entered was not taken then, unless it was built then.
            is_new = before.state not in TAKEN if before else step.cause in BUILT
            if step.state in TAKEN and is_new and step.lineage_id is None and since < step.happened_on <= on:
                sums["absorbed"] += step.area_m2
            before = step
        last = history[-1]
        idle = last.idle_m2 or ZERO
        sums["stock"] += last.stock_m2
        sums["vacant"] += _vacant(last)
        if last.state in TAKEN:
            sums["taken"] += last.area_m2 - idle
        if last.state in (Unit.State.LET, Unit.State.SELF_USED):
            sums["used"] += last.area_m2 - idle
    return [
        Supply(
            str(kind.value),
            str(kind.label),
            found[kind]["stock"],
            found[kind]["taken"],
            found[kind]["used"],
            found[kind]["vacant"],
            found[kind]["absorbed"],
        )
        for kind in Unit.Kind
        if kind in found
    ]


def whole(supplies: Iterable[Supply]) -> Supply:
    """Return the offers of all kinds as one."""
    rows = list(supplies)
    return Supply(
        "",
        "",
        sum((row.stock_m2 for row in rows), ZERO),
        sum((row.taken_m2 for row in rows), ZERO),
        sum((row.used_m2 for row in rows), ZERO),
        sum((row.vacant_m2 for row in rows), ZERO),
        sum((row.absorbed_m2 for row in rows), ZERO),
    )


def vacancy_trend(steps: Iterable[Sequence[Step]], on: date, months: int = MONTHS) -> list[MonthStock]:
    """Return the stock and what stood empty at the end of each of the months until ``on``. No query."""
    ends = [on]
    while len(ends) < months and ends[-1].replace(day=1) > date.min:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    ends.reverse()
    stock, vacant = dict.fromkeys(ends, ZERO), dict.fromkeys(ends, ZERO)
    for history in steps:
        place, last = 0, None
        for end in ends:
            while place < len(history) and history[place].happened_on <= end:
                last = history[place]
                place += 1
            if last is not None:
                stock[end] += last.stock_m2
                vacant[end] += _vacant(last)
    return [MonthStock(end, stock[end], vacant[end]) for end in ends]


def idle_clock(zone_ids: Sequence[int], on: date, as_of: datetime, units: QuerySet[Unit]) -> IdleClock:
    """Return how long the units that are vacant now have stood empty on ``on``, by reason; two queries."""
    vacant = list(units.filter(zone_id__in=zone_ids, state=Unit.State.VACANT).order_by("state_since", "pk"))
    entries = unit_states_on(zone_ids, on, as_of, units=units.filter(state=Unit.State.VACANT))
    causes = {entry.unit_id: entry.cause_code for entry in entries.only("unit_id", "cause", "why")}
    groups: dict[str, list[Unit]] = {}
    for unit in vacant:
        groups.setdefault(causes.get(unit.pk, ""), []).append(unit)
    labels = dict(UnitState.Cause.choices)
    area = sum((unit.gross_area_m2 for unit in vacant), ZERO)
    days = {unit.pk: idle_days(unit, on) for unit in vacant}
    weighted = sum((unit.gross_area_m2 * days[unit.pk] for unit in vacant), ZERO)
    found = [
        IdleGroup(
            code,
            str(labels.get(code, "")),
            len(rows),
            sum((unit.gross_area_m2 for unit in rows), ZERO),
            max(days[unit.pk] for unit in rows),
        )
        for code, rows in groups.items()
    ]
    found.sort(key=lambda group: (-group.area_m2, group.code))
    return IdleClock(
        tuple(found),
        vacant[0] if vacant else None,
        max(days.values(), default=0),
        int(weighted / area) if area else 0,
    )


def idle_days(unit: Unit, on: date) -> int:
    """Return for how many days a unit has been in its present state; the day it began counts as 0."""
    return max((on - unit.state_since).days, 0) if unit.state_since else 0


def _vacant(step: Step) -> Decimal:
    if step.state == Unit.State.VACANT:
        return step.area_m2
    return ZERO if step.state == Unit.State.WITHDRAWN else step.idle_m2 or ZERO


def _year_before(on: date) -> date:
    if on.year == date.min.year:
        return date.min
    try:
        return on.replace(year=on.year - 1)
    except ValueError:  # February 29
        return on.replace(year=on.year - 1, day=28)
