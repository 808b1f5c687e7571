"""Growth, percentage points, targets, time progress and the lights of targets.

Ratios are ratios (0.051, not 5.1); a difference of rates is in percentage points (个百分点). A figure that
cannot be computed is None with the reason beside it, never zero and never infinite. Every result carries the
numbers it was made of.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from typing import Final, Literal

from zhuchao.engines import EngineError
from zhuchao.engines.units import round_half_up

# own contexts, so that a caller's decimal settings cannot change a figure
_DIVIDING = Context(prec=28, rounding=ROUND_HALF_EVEN)
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_PACE_PLACES = 10
_HUNDRED = Decimal(100)


class Why(StrEnum):
    """Why a figure is n/a, or what is odd about it."""

    MISSING_NOW = "missing_now"
    MISSING_BASE = "missing_base"
    ZERO_BASE = "zero_base"
    NEGATIVE_BASE = "negative_base"
    MISSING_VALUE = "missing_value"
    MISSING_TARGET = "missing_target"
    ZERO_TARGET = "zero_target"
    NEGATIVE_TARGET = "negative_target"
    ZERO_VALUE = "zero_value"
    NEGATIVE_VALUE = "negative_value"
    MISSING_PART = "missing_part"
    MISSING_WHOLE = "missing_whole"
    ZERO_WHOLE = "zero_whole"
    NEGATIVE_WHOLE = "negative_whole"
    MISSING_PREVIOUS = "missing_previous"
    FELL = "fell"


class Direction(Enum):
    """Whether more is better (产值) or less is (排名, 能耗)."""

    HIGHER_BETTER = "higher_better"
    LOWER_BETTER = "lower_better"


class Colour(Enum):
    """A light; NONE when there is nothing to judge yet."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    NONE = "none"


class LightReason(StrEnum):
    """Why a light has its colour."""

    NOT_KNOWN = "not_known"
    NOT_STARTED = "not_started"
    TARGET_MET = "target_met"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    FAR_BEHIND = "far_behind"
    NEAR_TARGET = "near_target"
    FAR_FROM_TARGET = "far_from_target"


class ValueStatus(Enum):
    """How firm a value is: 预计 < 快报 < 初步 < 核定."""

    FORECAST = "forecast"
    FLASH = "flash"
    PRELIMINARY = "preliminary"
    APPROVED = "approved"

    @property
    def firmness(self) -> int:
        """0 for a forecast up to 3 for an approved value."""
        return list(ValueStatus).index(self)


def may_replace(old: ValueStatus | None, new: ValueStatus) -> bool:
    """Return whether a value of status `new` may replace one of status `old`, or None when there is none yet.

    >>> may_replace(ValueStatus.APPROVED, ValueStatus.FORECAST)
    False
    >>> may_replace(ValueStatus.FLASH, ValueStatus.FLASH)
    True
    """
    return old is None or new.firmness >= old.firmness


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth as a ratio (0.0483 for 4.83 %), or None and why."""

    ratio: Decimal | None
    why: Why | None
    now: Decimal | None
    base: Decimal | None


def growth(now: Decimal | None, base: Decimal | None) -> Growth:
    """Return the growth of `now` over `base`, a ratio; n/a on a missing, zero or negative base.

    >>> growth(Decimal("44.5"), Decimal("42.45")).ratio.quantize(Decimal("0.0001"))
    Decimal('0.0483')
    >>> growth(Decimal(3), Decimal(0)).why
    <Why.ZERO_BASE: 'zero_base'>
    """
    if now is None:
        return Growth(None, Why.MISSING_NOW, now, base)
    if base is None:
        return Growth(None, Why.MISSING_BASE, now, base)
    if base <= 0:
        return Growth(None, Why.NEGATIVE_BASE if base < 0 else Why.ZERO_BASE, now, base)
    return Growth(_divide(_EXACT.subtract(now, base), base), None, now, base)


def implied_base(now: Decimal, ratio: Decimal) -> Decimal:
    """Return the base that makes `now` a growth of `ratio`: what last year was if this year grew so.

    Raises:
        EngineError: growth_impossible at a fall of 100 % or more.

    >>> round_half_up(implied_base(Decimal("44.5"), Decimal("0.0483")), 2)
    Decimal('42.45')
    """
    if ratio <= -1:
        raise EngineError("growth_impossible", f"no base grows by {ratio}", ratio=ratio)
    return _divide(now, _EXACT.add(Decimal(1), ratio))


def points_change(rate_now: Decimal, rate_before: Decimal) -> Decimal:
    """Return the difference of two rates (ratios) in percentage points; never a ratio of rates.

    >>> points_change(Decimal("0.088"), Decimal("-0.112"))
    Decimal('20.000')
    """
    return _EXACT.multiply(_EXACT.subtract(rate_now, rate_before), _HUNDRED)


@dataclass(frozen=True, slots=True)
class Completion:
    """How much of a target is done, a ratio; `met` is known even where the ratio is not."""

    ratio: Decimal | None
    why: Why | None
    met: bool | None
    value: Decimal | None
    target: Decimal | None
    direction: Direction


def completion(
    value: Decimal | None, target: Decimal | None, direction: Direction = Direction.HIGHER_BETTER
) -> Completion:
    """Return how much of `target` is done: value / target, or target / value where lower is better.

    A rank of 12 against a target of 10 is 83.3 %, a rank of 8 is 125 %.

    >>> [round_half_up(completion(Decimal(a), Decimal(b)).ratio * 100, 1) for a, b in
    ...  (("14816", "12144"), ("13", "25"), ("16.2", "10.8"))]
    [Decimal('122.0'), Decimal('52.0'), Decimal('150.0')]
    """
    if value is None or target is None:
        why = Why.MISSING_VALUE if value is None else Why.MISSING_TARGET
        return Completion(None, why, None, value, target, direction)
    if direction is Direction.HIGHER_BETTER:
        met = value >= target
        dividend, divisor, zero, negative = value, target, Why.ZERO_TARGET, Why.NEGATIVE_TARGET
    else:
        met = value <= target
        dividend, divisor, zero, negative = target, value, Why.ZERO_VALUE, Why.NEGATIVE_VALUE
    if divisor <= 0:
        return Completion(None, negative if divisor < 0 else zero, met, value, target, direction)
    return Completion(_divide(dividend, divisor), None, met, value, target, direction)


def implied_target(value: Decimal, ratio: Decimal) -> Decimal:
    """Return the target that `value` completes to `ratio`.

    Raises:
        EngineError: completion_impossible at a ratio of 0 or less.

    >>> implied_target(Decimal("16.2"), Decimal("1.5"))
    Decimal('10.8')
    """
    if ratio <= 0:
        raise EngineError("completion_impossible", f"no target is completed to {ratio}", ratio=ratio)
    return _divide(value, ratio)


def time_progress(on: date, start: date, end: date, basis: Literal["month", "day"] = "month") -> Decimal:
    """Return how much of the period from `start` to `end` (both included) has passed on `on`, 0 to 1.

    On the month basis the reporting month counts whole, as monthly reports do: May of a year is 5/12.

    Raises:
        EngineError: period_reversed.

    >>> round_half_up(time_progress(date(2023, 5, 31), date(2023, 1, 1), date(2023, 12, 31)) * 100, 1)
    Decimal('41.7')
    """
    if end < start:
        raise EngineError("period_reversed", f"{end} is before {start}", start=start, end=end)
    if on < start:
        return Decimal(0)
    if on > end:
        return Decimal(1)
    if basis == "day":
        return _divide(Decimal((on - start).days + 1), Decimal((end - start).days + 1))
    return _divide(Decimal(_months(start, on)), Decimal(_months(start, end)))


def schedule_gap(ratio: Decimal, progress: Decimal) -> Decimal:
    """Return how far a completion is ahead of time progress (负数: 欠时序进度), in percentage points.

    >>> schedule_gap(Decimal("0.52"), Decimal("0.5"))
    Decimal('2.00')
    """
    return points_change(ratio, progress)


@dataclass(frozen=True, slots=True)
class LightRule:
    """From which share of the time progress a light is green, and from which amber; below that it is red.

    Where lower is better there is no pace: green is met, amber is at least `amber_from` of the way.

    Raises:
        EngineError: light_rule_malformed unless 0 < amber_from <= green_from.
    """

    green_from: Decimal = Decimal("0.95")
    amber_from: Decimal = Decimal("0.80")

    def __post_init__(self) -> None:
        if not 0 < self.amber_from <= self.green_from:
            message = f"need 0 < amber {self.amber_from} <= green {self.green_from}"
            raise EngineError("light_rule_malformed", message, green=self.green_from, amber=self.amber_from)


@dataclass(frozen=True, slots=True)
class Light:
    """A colour with its reason and numbers.

    `pace` is completion / progress to 10 places, `due_by_now` the value that full pace asks for, `short_by`
    how much of the value is missing to be green. They are None where there is no pace to keep.
    """

    colour: Colour
    reason: LightReason
    completion: Completion
    progress: Decimal
    rule: LightRule
    pace: Decimal | None = None
    due_by_now: Decimal | None = None
    short_by: Decimal | None = None


_DEFAULT_RULE = LightRule()


def light(done: Completion, progress: Decimal, rule: LightRule = _DEFAULT_RULE) -> Light:
    """Return the light of a target at a time progress (0 to 1).

    Where higher is better: green from 95 % of the pace, amber from 80 %, red below (the `LightRule` defaults).
    Where lower is better (a rank) time does not excuse: green when met, else amber or red by the completion.
    A target already met is green at any time; before the period there is no light.

    >>> may = time_progress(date(2023, 5, 31), date(2023, 1, 1), date(2023, 12, 31))
    >>> [light(completion(Decimal(a), Decimal(b)), may).colour.value for a, b in
    ...  (("11.06", "43"), ("9.05", "29"), ("6.65", "14.9"))]
    ['red', 'red', 'green']
    """
    if done.met:
        return Light(Colour.GREEN, LightReason.TARGET_MET, done, progress, rule)
    if done.ratio is None or done.value is None or done.target is None:
        colour = Colour.NONE if done.met is None else Colour.RED
        reason = LightReason.NOT_KNOWN if done.met is None else LightReason.FAR_FROM_TARGET
        return Light(colour, reason, done, progress, rule)
    if done.direction is Direction.LOWER_BETTER:
        near = done.ratio >= rule.amber_from
        colour = Colour.AMBER if near else Colour.RED
        reason = LightReason.NEAR_TARGET if near else LightReason.FAR_FROM_TARGET
        return Light(colour, reason, done, progress, rule)
    if progress <= 0:
        return Light(Colour.NONE, LightReason.NOT_STARTED, done, progress, rule)
    # to 10 places, so that exactly 95 % of 5/12 is green and not a digit short of it
    pace = round_half_up(_divide(done.ratio, progress), _PACE_PLACES)
    if pace >= rule.green_from:
        colour, reason = Colour.GREEN, LightReason.ON_PACE
    elif pace >= rule.amber_from:
        colour, reason = Colour.AMBER, LightReason.BEHIND
    else:
        colour, reason = Colour.RED, LightReason.FAR_BEHIND
    due = _EXACT.multiply(done.target, progress)
    missing = _EXACT.subtract(_EXACT.multiply(due, rule.green_from), done.value)
    short = Decimal(0) if colour is Colour.GREEN else missing
    return Light(colour, reason, done, progress, rule, pace, due, short)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole as a ratio, or None and why."""

    ratio: Decimal | None
    why: Why | None
    part: Decimal | None
    whole: Decimal | None


def share(part: Decimal | None, whole: Decimal | None) -> Share:
    """Return what share of `whole` is `part`.

    >>> round_half_up(share(Decimal(23), Decimal(41)).ratio * 100, 0)
    Decimal('56')
    """
    if part is None or whole is None:
        return Share(None, Why.MISSING_PART if part is None else Why.MISSING_WHOLE, part, whole)
    if whole <= 0:
        return Share(None, Why.NEGATIVE_WHOLE if whole < 0 else Why.ZERO_WHOLE, part, whole)
    return Share(_divide(part, whole), None, part, whole)


def subset_ok(part: Decimal, whole: Decimal) -> bool:
    """Return whether an 其中 value is no larger than its total.

    >>> subset_ok(Decimal("5.8"), Decimal("40"))
    True
    """
    return part <= whole


def subset_difference(part: Decimal, whole: Decimal) -> Decimal:
    """Return what the total holds besides the 其中 value; negative by how much it is exceeded."""
    return _EXACT.subtract(whole, part)


def decomposition_difference(parent: Decimal, children: Sequence[Decimal]) -> Decimal:
    """Return the parent less its parts: 0 when they add up, negative when the parts are too much.

    >>> decomposition_difference(Decimal(71), [Decimal(51), Decimal(20)])
    Decimal('0')
    """
    left = parent
    for child in children:
        left = _EXACT.subtract(left, child)
    return left


@dataclass(frozen=True, slots=True)
class Single:
    """One period of a cumulative series: its own `value`, or None; `flag` says what is odd."""

    value: Decimal | None
    flag: Why | None
    cumulative: Decimal | None
    previous: Decimal | None


def cumulative_to_single(series: Sequence[Decimal | None]) -> tuple[Single, ...]:
    """Return the value of each period of a series that accumulates from zero (1月, 1-2月, 1-3月 ...).

    A period whose predecessor is missing has no value of its own. A series that falls below its last known
    value is flagged FELL, with the negative value kept where it is known: it is a correction or a mistake, for
    people to say which.

    >>> [(item.value, item.flag and item.flag.value) for item in cumulative_to_single(
    ...  [Decimal(5), Decimal(9), Decimal(8)])]
    [(Decimal('5'), None), (Decimal('4'), None), (Decimal('-1'), 'fell')]
    """
    result: list[Single] = []
    previous: Decimal | None = Decimal(0)
    known = Decimal(0)
    for cumulative in series:
        if cumulative is None:
            result.append(Single(None, Why.MISSING_VALUE, None, previous))
        else:
            value = None if previous is None else _EXACT.subtract(cumulative, previous)
            flag = Why.FELL if cumulative < known else Why.MISSING_PREVIOUS if previous is None else None
            result.append(Single(value, flag, cumulative, previous))
            known = cumulative
        previous = cumulative
    return tuple(result)


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """Whether a value keeps within another; `ratio` is value / limit, None when the limit is not positive."""

    ok: bool
    ratio: Decimal | None
    excess: Decimal
    value: Decimal
    limit: Decimal
    tolerance: Decimal


def cross_check(value: Decimal, limit: Decimal, tolerance: Decimal = Decimal(0)) -> CrossCheck:
    """Check that `value` is at most `limit`, give or take `tolerance` of it (0.05 is 5 %).

    到位资金 of 16.2 亿 against a whole 固定资产投资 of 34,862 万 warns at 4.6 times: the definitions differ.

    >>> found = cross_check(Decimal("162000"), Decimal("34862"))
    >>> found.ok, round_half_up(found.ratio, 1)
    (False, Decimal('4.6'))
    """
    allowed = _EXACT.add(limit, _EXACT.multiply(_EXACT.abs(limit), tolerance))
    ratio = _divide(value, limit) if limit > 0 else None
    excess = max(_EXACT.subtract(value, limit), Decimal(0))
    return CrossCheck(value <= allowed, ratio, excess, value, limit, tolerance)


def rank(
    values: Sequence[Decimal | None], direction: Direction = Direction.HIGHER_BETTER
) -> tuple[int | None, ...]:
    """Return the place of each value, 1 the best; equals share a place and the next is left out (1, 2, 2, 4).

    >>> rank([Decimal(5), Decimal(9), None, Decimal(9)])
    (3, 1, None, 1)
    """
    best_first = direction is Direction.HIGHER_BETTER
    known = sorted((value for value in values if value is not None), reverse=best_first)
    return tuple(None if value is None else known.index(value) + 1 for value in values)


def largest_remainder(parts: Sequence[Decimal], places: int = 1) -> tuple[Decimal, ...]:
    """Return the percentages of `parts`, to `places` decimals, so that they add to exactly 100.

    What rounding down leaves over goes to the largest remainders, the earlier part first among equals.

    Raises:
        EngineError: part_negative, zero_whole.

    >>> largest_remainder([Decimal(1), Decimal(1), Decimal(1)])
    (Decimal('33.4'), Decimal('33.3'), Decimal('33.3'))
    """
    if not parts:
        return ()
    if min(parts) < 0:
        raise EngineError("part_negative", f"a part is negative: {min(parts)}", part=min(parts))
    total = _EXACT.minus(decomposition_difference(Decimal(0), parts))
    if not total:
        raise EngineError("zero_whole", "the parts add to zero")
    step = Decimal(f"1E-{places}")
    steps = 100 * 10**places
    exact = [_divide(_EXACT.multiply(part, Decimal(steps)), total) for part in parts]
    floors = [int(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: floors[index] - exact[index])
    for index in by_remainder[: steps - sum(floors)]:
        floors[index] += 1
    return tuple(_EXACT.multiply(Decimal(floor), step) for floor in floors)


@dataclass(frozen=True, slots=True)
class CountForecast:
    """What a count will be at a deadline when it goes on as before; the numbers it was made of stand with it.

    ``per_month`` is the pace over the days from ``before_on`` to ``on``, a month being 365/12 days; None when they
    are too few to tell. ``expected`` is the whole number that is surely reached at that pace; None as the pace.
    ``gap`` is what is missing to the goal of what is expected, else of what is there; never below 0.
    """

    now: int
    on: date
    before: int
    before_on: date
    goal: int
    deadline: date
    per_month: Fraction | None
    expected: int | None
    gap: int

    @property
    def status(self) -> ValueStatus:
        """Return that it is a forecast, or approved once the deadline is over."""
        return ValueStatus.APPROVED if self.on >= self.deadline else ValueStatus.FORECAST


LEAST_DAYS_OF_PACE: Final = 90


def forecast_count(
    *, now: int, on: date, before: int, before_on: date, goal: int, deadline: date
) -> CountForecast:
    """Return a count at its deadline by the pace since ``before_on``: a straight line.

    At or after the deadline there is nothing to expect: what is there counts. With fewer than 90 days to go by
    there is no forecast. A count never falls below 0.

    >>> found = forecast_count(now=40, on=date(2023, 1, 1), before=28, before_on=date(2022, 1, 1),
    ...                        goal=60, deadline=date(2024, 1, 1))
    >>> found.expected, found.gap
    (52, 8)
    """
    if on >= deadline:
        return CountForecast(now, on, before, before_on, goal, deadline, None, now, max(goal - now, 0))
    days = (on - before_on).days
    if days < LEAST_DAYS_OF_PACE:
        return CountForecast(now, on, before, before_on, goal, deadline, None, None, max(goal - now, 0))
    pace = Fraction(now - before, days)
    expected = max(math.floor(now + pace * (deadline - on).days), 0)
    return CountForecast(
        now,
        on,
        before,
        before_on,
        goal,
        deadline,
        pace * Fraction(365, 12),
        expected,
        max(goal - expected, 0),
    )


def _divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    return _DIVIDING.divide(dividend, divisor)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1
