"""The steps of a project against their plan: lights in working days, and when it will be finished.

A step is planned for a day and met on a day or not yet. Its light says how many working days it is late or has
left; the light of the whole is that of its worst open step. When it will be finished is told as a range, from the
pace of the work or from how late the steps have been so far, and not at all where there is too little to go by.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.figures.targets import Colour
from zhuchao.engines.workdays import WorkCalendar, add_working_days

LEAST_DAYS_BETWEEN_SHARES: Final = 28
"""Shares of the work told fewer days apart say nothing of a pace."""

STEPS_OF_LATENESS: Final = 3
"""So many of the last steps tell how late the next ones will be."""

_DAY = timedelta(days=1)
_WHOLE = 100
_GRAVITY: Final = {Colour.RED: 3, Colour.AMBER: 2, Colour.GREEN: 1, Colour.NONE: 0}


class StepReason(StrEnum):
    """Why a step has its light."""

    NOT_PLANNED = "not_planned"
    MET_IN_TIME = "met_in_time"
    MET_LATE = "met_late"
    ON_PLAN = "on_plan"
    NEAR_AND_NOT_READY = "near_and_not_ready"
    LATE = "late"
    FAR_LATE = "far_late"


_COLOURS: Final = {
    StepReason.NOT_PLANNED: Colour.NONE,
    StepReason.MET_IN_TIME: Colour.GREEN,
    StepReason.MET_LATE: Colour.GREEN,
    StepReason.ON_PLAN: Colour.GREEN,
    StepReason.NEAR_AND_NOT_READY: Colour.AMBER,
    StepReason.LATE: Colour.AMBER,
    StepReason.FAR_LATE: Colour.RED,
}


@dataclass(frozen=True, slots=True)
class StepRule:
    """Up to how many working days late a step is amber, and how many before its day it must be ready; else red.

    Raises:
        EngineError: step_rule_malformed when either is negative.
    """

    late_days: int = 10
    near_days: int = 5

    def __post_init__(self) -> None:
        if min(self.late_days, self.near_days) < 0:
            message = f"need 0 or more, got {self.late_days} late and {self.near_days} near"
            raise EngineError("step_rule_malformed", message, late=self.late_days, near=self.near_days)


@dataclass(frozen=True, slots=True)
class Step:
    """The day a step is planned for and the day it was met; ``ready`` says that nothing is known to hold it up."""

    planned: date | None
    met: date | None = None
    ready: bool = False


@dataclass(frozen=True, slots=True)
class StepLight:
    """A colour with its reason and numbers.

    ``working_days`` is how late the step was met or is on the day, negative when it was early or has so many left;
    None without a plan, or where the calendar does not reach. ``provisional``: it counted days that no notice covers.
    """

    colour: Colour
    reason: StepReason
    working_days: int | None
    provisional: bool
    step: Step
    on: date
    rule: StepRule

    @property
    def is_open(self) -> bool:
        """Return whether the step is planned and not met by the day."""
        return self.reason not in {StepReason.NOT_PLANNED, StepReason.MET_IN_TIME, StepReason.MET_LATE}


_DEFAULT_RULE = StepRule()


def step_lights(
    steps: Sequence[Step], *, on: date, calendar: WorkCalendar, rule: StepRule = _DEFAULT_RULE
) -> tuple[StepLight, ...]:
    """Return the light of each step on a day; many steps cost one walk over the calendar.

    Green: met, or the day has not come. Amber: up to ``late_days`` working days late, or at most ``near_days`` left and
    not ready. Red: later. A step met after ``on`` was still open on it.

    >>> calendar = WorkCalendar(date(2026, 1, 1), date(2026, 12, 31))
    >>> friday = date(2026, 3, 6)
    >>> found = step_lights([Step(date(2026, 3, 5)), Step(date(2026, 2, 9)), Step(date(2026, 3, 10)),
    ...                      Step(date(2026, 3, 10), ready=True)], on=friday, calendar=calendar)
    >>> [(light.colour.value, light.working_days) for light in found]
    [('amber', 1), ('red', 19), ('amber', -2), ('green', -2)]
    """
    days = (day for step in steps for day in (step.planned, step.met) if day is not None)
    worked = _WorkedDays(calendar, (*days, on))
    return tuple(_step_light(step, on, rule, worked) for step in steps)


def worst_open(lights: Sequence[StepLight]) -> int | None:
    """Return the place of the open step that decides: the gravest colour, of these the latest; None when none is open.

    >>> calendar = WorkCalendar(date(2026, 1, 1), date(2026, 12, 31))
    >>> worst_open(step_lights([Step(date(2026, 4, 1)), Step(date(2026, 2, 2)), Step(date(2026, 1, 5))],
    ...                        on=date(2026, 3, 6), calendar=calendar))
    2
    """
    judged = [
        (-_GRAVITY[light.colour], light.step.planned, place)
        for place, light in enumerate(lights)
        if light.is_open and light.step.planned is not None
    ]
    return min(judged)[2] if judged else None


class FinishBasis(StrEnum):
    """What a forecast of the finish was reckoned from."""

    PACE = "pace"
    LATENESS = "lateness"


class FinishWhy(StrEnum):
    """Why there is no forecast."""

    FINISHED = "finished"
    TOO_FEW = "too_few"
    NO_PROGRESS = "no_progress"
    NO_PLAN = "no_plan"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True, slots=True)
class Finish:
    """When a project will be finished: from ``earliest`` to ``latest``; without a day, why.

    ``latest`` is None where the work has come to a stand of late: then no day can be told. By pace ``slow`` and ``fast``
    are percentage points a day; by lateness they are working days late.
    """

    basis: FinishBasis
    earliest: date | None
    latest: date | None
    why: FinishWhy | None
    fast: Fraction | None = None
    slow: Fraction | None = None


def finish_by_pace(shares: Iterable[tuple[date, Decimal]], *, on: date) -> Finish:
    """Return when a work will be finished by its pace over all the time and of late: straight lines.

    Args:
        shares: day and share of the work done by then, percent 0 to 100; those after ``on`` do not count.
        on: the day on which it is asked; no forecast lies before it.

    Two shares at least 28 days apart are needed. Of late: since the last share at least 28 days before the newest.

    >>> found = finish_by_pace([(date(2026, 1, 1), Decimal(0)), (date(2026, 3, 2), Decimal(30)),
    ...                         (date(2026, 4, 1), Decimal(60))], on=date(2026, 4, 1))
    >>> found.earliest, found.latest
    (datetime.date(2026, 5, 11), datetime.date(2026, 5, 31))
    """
    told = sorted((day, Fraction(share)) for day, share in shares if day <= on)
    if told and told[-1][1] >= _WHOLE:
        return Finish(FinishBasis.PACE, None, None, FinishWhy.FINISHED)
    if not told or (told[-1][0] - told[0][0]).days < LEAST_DAYS_BETWEEN_SHARES:
        return Finish(FinishBasis.PACE, None, None, FinishWhy.TOO_FEW)
    newest, share = told[-1]
    before = [one for one in told if (newest - one[0]).days >= LEAST_DAYS_BETWEEN_SHARES]
    paces = [(share - was) / (newest - day).days for day, was in (before[0], before[-1])]
    fast, slow = max(paces), min(paces)
    if fast <= 0:
        return Finish(FinishBasis.PACE, None, None, FinishWhy.NO_PROGRESS, fast, slow)
    left = _WHOLE - share
    try:
        earliest = max(newest + timedelta(days=math.ceil(left / fast)), on)
        latest = max(newest + timedelta(days=math.ceil(left / slow)), on) if slow > 0 else None
    except OverflowError:
        return Finish(FinishBasis.PACE, None, None, FinishWhy.OUT_OF_RANGE, fast, slow)
    return Finish(FinishBasis.PACE, earliest, latest, None, fast, slow)


def finish_by_lateness(
    lights: Sequence[StepLight], *, planned: date | None, calendar: WorkCalendar
) -> Finish:
    """Return when the last step will be met if it is as late as the ones before.

    Args:
        lights: the steps of one project on one day, with the last step or without it.
        planned: the day the last step is planned for.
        calendar: as the lights were made with.

    The last three steps met, and the open step that is latest, say from how many to how many working days it will be;
    never less than an open step is late already, and no forecast lies before the day of the lights.
    """
    if planned is None:
        return Finish(FinishBasis.LATENESS, None, None, FinishWhy.NO_PLAN)
    met = sorted(
        (light.step.met, light.working_days)
        for light in lights
        if light.step.met is not None and not light.is_open and light.working_days is not None
    )
    slips = [late for _day, late in met[-STEPS_OF_LATENESS:]]
    held = max((light.working_days or 0 for light in lights if light.is_open), default=0)
    if held > 0:
        slips.append(held)
    if not slips:
        return Finish(FinishBasis.LATENESS, None, None, FinishWhy.TOO_FEW)
    fast, slow = max(min(slips), held) if held > 0 else min(slips), max(slips)
    asked = lights[0].on
    try:
        days = [add_working_days(planned, late, calendar).day for late in (fast, slow)]
    except EngineError:
        return Finish(
            FinishBasis.LATENESS, None, None, FinishWhy.OUT_OF_RANGE, Fraction(fast), Fraction(slow)
        )
    earliest, latest = (max(day, asked) for day in days)
    return Finish(FinishBasis.LATENESS, earliest, latest, None, Fraction(fast), Fraction(slow))


class _WorkedDays:
    """How many working days lie up to each day of a span; None for a day that the calendar does not know."""

    def __init__(self, calendar: WorkCalendar, days: Iterable[date]) -> None:
        known = sorted(day for day in days if calendar.first <= day <= calendar.last)
        self._first = known[0] if known else calendar.first
        span = (known[-1] - self._first).days + 1 if known else 0
        worked = [calendar.is_working(self._first + _DAY * n) for n in range(span)]
        self._until = list(accumulate(worked, initial=0))
        self._calendar = calendar

    def between(self, start: date, end: date) -> int | None:
        """Return how many working days ``end`` lies after ``start``, as ``working_days_between`` does."""
        here, there = self._place(start), self._place(end)
        if here is None or there is None:
            return None
        if there >= here:
            return self._until[there + 1] - self._until[here + 1]
        return self._until[there] - self._until[here]

    def is_provisional(self, day: date) -> bool:
        """Return whether a day lies after those that the notice covers."""
        return self._calendar.is_provisional(day)

    def _place(self, day: date) -> int | None:
        place = (day - self._first).days
        return place if 0 <= place < len(self._until) - 1 else None


def _step_light(step: Step, on: date, rule: StepRule, worked: _WorkedDays) -> StepLight:
    if step.planned is None:
        return StepLight(Colour.NONE, StepReason.NOT_PLANNED, None, False, step, on, rule)
    met = step.met if step.met is not None and step.met <= on else None
    counted = met or on
    days = worked.between(step.planned, counted)
    late = days > 0 if days is not None else counted > step.planned
    if met is not None:
        reason = StepReason.MET_LATE if late else StepReason.MET_IN_TIME
    elif days is None:
        reason = StepReason.FAR_LATE if late else StepReason.ON_PLAN
    elif late:
        reason = StepReason.FAR_LATE if days > rule.late_days else StepReason.LATE
    else:
        near = -days <= rule.near_days and not step.ready
        reason = StepReason.NEAR_AND_NOT_READY if near else StepReason.ON_PLAN
    provisional = days is None or worked.is_provisional(max(step.planned, counted))
    return StepLight(_COLOURS[reason], reason, days, provisional, step, on, rule)
