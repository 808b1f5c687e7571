"""The steps of a project against their plan, and when it will be finished."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhuchao.engines import EngineError
from zhuchao.engines.figures import (
    Colour,
    Finish,
    FinishBasis,
    FinishWhy,
    Step,
    StepLight,
    StepReason,
    StepRule,
    finish_by_lateness,
    finish_by_pace,
    step_lights,
    worst_open,
)
from zhuchao.engines.workdays import WorkCalendar, working_days_between

# Monday 2026-10-05 to Thursday 2026-10-08 are off, Saturday 2026-10-10 is worked: an example, no source.
CALENDAR = WorkCalendar(
    date(2025, 1, 1),
    date(2027, 12, 31),
    holidays=frozenset(date(2026, 10, day) for day in range(5, 9)),
    makeup=frozenset({date(2026, 10, 10)}),
    provisional_after=date(2026, 12, 31),
)
FRIDAY = date(2026, 3, 6)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def lit(*steps: Step, on: date = FRIDAY, rule: StepRule | None = None) -> tuple[StepLight, ...]:
    return step_lights(steps, on=on, calendar=CALENDAR, rule=rule or StepRule())


@pytest.mark.parametrize(
    ("step", "colour", "reason", "days"),
    [
        (Step(None), Colour.NONE, StepReason.NOT_PLANNED, None),
        (Step(None, met=FRIDAY), Colour.NONE, StepReason.NOT_PLANNED, None),
        (Step(date(2026, 3, 5), met=date(2026, 3, 4)), Colour.GREEN, StepReason.MET_IN_TIME, -1),
        (Step(date(2026, 3, 2), met=date(2026, 3, 5)), Colour.GREEN, StepReason.MET_LATE, 3),
        (Step(date(2026, 3, 5), met=date(2026, 3, 9)), Colour.AMBER, StepReason.LATE, 1),
        (Step(date(2026, 5, 6)), Colour.GREEN, StepReason.ON_PLAN, -43),
        (Step(date(2026, 3, 13)), Colour.AMBER, StepReason.NEAR_AND_NOT_READY, -5),
        (Step(date(2026, 3, 13), ready=True), Colour.GREEN, StepReason.ON_PLAN, -5),
        (Step(date(2026, 3, 16)), Colour.GREEN, StepReason.ON_PLAN, -6),
        (Step(FRIDAY), Colour.AMBER, StepReason.NEAR_AND_NOT_READY, 0),
        (Step(date(2026, 2, 20)), Colour.AMBER, StepReason.LATE, 10),
        (Step(date(2026, 2, 19)), Colour.RED, StepReason.FAR_LATE, 11),
    ],
)
def test_a_light_follows_from_plan_and_fact_in_working_days(
    step: Step, colour: Colour, reason: StepReason, days: int | None
) -> None:
    (found,) = lit(step)
    assert (found.colour, found.reason, found.working_days) == (colour, reason, days)
    assert not found.provisional


def test_holidays_and_worked_weekends_count_as_the_calendar_says() -> None:
    (found,) = lit(Step(date(2026, 9, 30)), on=date(2026, 10, 12))
    assert found.working_days == 5  # the 1st, 2nd, 9th, the worked Saturday and the 12th


def test_the_thresholds_are_what_the_rule_says() -> None:
    strict = StepRule(late_days=0, near_days=0)
    late, near = lit(Step(date(2026, 3, 5)), Step(date(2026, 3, 9)), rule=strict)
    assert (late.colour, near.colour) == (Colour.RED, Colour.GREEN)
    assert late.rule is strict


@pytest.mark.parametrize("days", [{"late_days": -1}, {"near_days": -1}])
def test_a_rule_of_less_than_no_days_is_refused(days: dict[str, int]) -> None:
    with pytest.raises(EngineError) as caught:
        StepRule(**days)
    assert caught.value.code == "step_rule_malformed"


def test_days_that_no_notice_covers_are_provisional_and_those_beyond_the_calendar_are_not_counted() -> None:
    covered, provisional, beyond, before = lit(
        Step(date(2026, 12, 31)), Step(date(2027, 1, 4)), Step(date(2031, 1, 1)), Step(date(2001, 1, 1))
    )
    assert not covered.provisional
    assert provisional.provisional
    assert (beyond.reason, beyond.working_days, beyond.provisional) == (StepReason.ON_PLAN, None, True)
    assert (before.reason, before.working_days, before.colour) == (StepReason.FAR_LATE, None, Colour.RED)


def test_a_day_beyond_the_calendar_can_still_be_met() -> None:
    (found,) = step_lights(
        [Step(date(2001, 1, 1), met=date(2001, 1, 2))], on=date(2001, 2, 1), calendar=CALENDAR
    )
    assert (found.reason, found.working_days) == (StepReason.MET_LATE, None)


@given(DAYS, DAYS)
def test_a_step_is_as_late_as_the_working_days_between_plan_and_day(planned: date, on: date) -> None:
    (found,) = lit(Step(planned), on=on)
    assert found.working_days == working_days_between(planned, on, CALENDAR)


@given(DAYS, DAYS, st.integers(0, 30), st.integers(0, 30))
def test_a_light_never_gets_better_by_waiting(planned: date, on: date, late: int, near: int) -> None:
    order = [Colour.GREEN, Colour.AMBER, Colour.RED]
    later = min(on + timedelta(days=1), CALENDAR.last)
    rule = StepRule(late, near)
    (before,) = lit(Step(planned), on=on, rule=rule)
    (after,) = lit(Step(planned), on=later, rule=rule)
    assert order.index(after.colour) >= order.index(before.colour)


def test_the_worst_open_step_decides_and_of_equals_the_one_planned_first() -> None:
    met_late = Step(date(2026, 1, 5), met=date(2026, 3, 2))
    red, redder = Step(date(2026, 2, 2)), Step(date(2026, 1, 12))
    assert worst_open(lit(Step(date(2026, 6, 1)), met_late, red, redder, Step(None))) == 3
    assert worst_open(lit(Step(date(2026, 6, 1)), Step(date(2026, 3, 5)))) == 1
    assert worst_open(lit(met_late, Step(None))) is None
    assert worst_open(()) is None


def pct(*told: tuple[int, int, str]) -> list[tuple[date, Decimal]]:
    return [(date(2026, month, day), Decimal(share)) for month, day, share in told]


def test_a_pace_that_grew_gives_a_range_from_the_recent_to_the_whole() -> None:
    found = finish_by_pace(pct((1, 1, "0"), (3, 2, "30"), (4, 1, "60")), on=date(2026, 4, 1))
    assert (found.earliest, found.latest) == (date(2026, 5, 11), date(2026, 5, 31))
    assert (found.fast, found.slow) == (Fraction(1), Fraction(2, 3))
    assert (found.basis, found.why) == (FinishBasis.PACE, None)


def test_an_even_pace_gives_one_day() -> None:
    found = finish_by_pace(pct((1, 1, "10"), (1, 31, "40")), on=date(2026, 2, 1))
    assert found.earliest == found.latest == date(2026, 4, 1)


def test_work_that_came_to_a_stand_has_no_latest_day() -> None:
    found = finish_by_pace(pct((1, 1, "0"), (2, 1, "40"), (4, 1, "40")), on=date(2026, 4, 1))
    assert found.earliest == date(2026, 8, 14)
    assert found.latest is None
    assert found.slow == 0


def test_no_forecast_lies_before_the_day_it_is_asked() -> None:
    found = finish_by_pace(pct((1, 1, "10"), (1, 31, "90")), on=date(2026, 6, 1))
    assert found.earliest == found.latest == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ([], FinishWhy.TOO_FEW),
        (pct((1, 1, "10")), FinishWhy.TOO_FEW),
        (pct((1, 1, "10"), (1, 28, "40")), FinishWhy.TOO_FEW),
        (pct((1, 1, "10"), (5, 1, "40")), FinishWhy.TOO_FEW),  # the second one is still to come
        (pct((1, 1, "40"), (2, 1, "40")), FinishWhy.NO_PROGRESS),
        (pct((1, 1, "40"), (2, 1, "30")), FinishWhy.NO_PROGRESS),
        (pct((1, 1, "40"), (2, 1, "100")), FinishWhy.FINISHED),
        (pct((1, 1, "0"), (2, 1, "0.001")), FinishWhy.OUT_OF_RANGE),
    ],
)
def test_too_little_to_go_by_gives_no_forecast_and_says_why(
    told: list[tuple[date, Decimal]], why: FinishWhy
) -> None:
    found = finish_by_pace(told, on=date(2026, 3, 1))
    assert (found.earliest, found.latest, found.why) == (None, None, why)


@given(
    st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 99)), max_size=8),
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
)
def test_a_forecast_is_a_range_that_is_not_past(told: list[tuple[date, int]], on: date) -> None:
    found = finish_by_pace([(day, Decimal(share)) for day, share in told], on=on)
    assert (found.earliest is None) == (found.why is not None)
    if found.earliest is not None:
        assert found.earliest >= on
        assert found.latest is None or found.latest >= found.earliest


def by_lateness(*steps: Step, planned: date | None = date(2026, 6, 1), on: date = FRIDAY) -> Finish:
    return finish_by_lateness(lit(*steps, on=on), planned=planned, calendar=CALENDAR)


def test_the_lateness_of_the_last_three_steps_is_carried_to_the_finish() -> None:
    found = by_lateness(
        Step(date(2025, 3, 3), met=date(2025, 6, 2)),  # long ago, no longer counted
        Step(date(2025, 9, 1), met=date(2025, 9, 3)),
        Step(date(2025, 11, 3), met=date(2025, 11, 10)),
        Step(date(2026, 1, 5), met=date(2026, 1, 5)),
        Step(date(2026, 6, 1)),
    )
    assert (found.earliest, found.latest) == (date(2026, 6, 1), date(2026, 6, 8))
    assert (found.basis, found.fast, found.slow) == (FinishBasis.LATENESS, 0, 5)


def test_the_finish_is_at_least_as_late_as_an_open_step_is_already() -> None:
    found = by_lateness(Step(date(2026, 1, 5), met=date(2026, 1, 5)), Step(date(2026, 2, 27)))
    assert found.earliest == found.latest == date(2026, 6, 8)


def test_steps_met_early_bring_the_finish_forward_but_not_before_the_day() -> None:
    early = Step(date(2026, 2, 9), met=date(2026, 2, 2))
    assert by_lateness(early).earliest == date(2026, 5, 25)
    assert by_lateness(early, planned=date(2026, 3, 9)).earliest == FRIDAY


@pytest.mark.parametrize(
    ("steps", "planned", "why"),
    [
        ((Step(date(2026, 6, 1)),), date(2026, 6, 1), FinishWhy.TOO_FEW),
        ((), date(2026, 6, 1), FinishWhy.TOO_FEW),
        ((Step(date(2026, 1, 5), met=date(2026, 1, 5)),), None, FinishWhy.NO_PLAN),
        ((Step(date(2026, 1, 5), met=date(2026, 1, 5)),), date(2040, 1, 1), FinishWhy.FINISHED),
    ],
)
def test_without_steps_or_plan_there_is_no_forecast(
    steps: tuple[Step, ...], planned: date | None, why: FinishWhy
) -> None:
    found = by_lateness(*steps, planned=planned)
    if why is FinishWhy.FINISHED:  # nothing was late: the planned day itself, however far
        assert found.earliest == found.latest == planned
    else:
        assert (found.earliest, found.why) == (None, why)


def test_a_finish_beyond_the_calendar_is_not_told() -> None:
    late = Step(date(2026, 1, 5), met=date(2026, 1, 12))
    assert by_lateness(late, planned=date(2027, 12, 31)).why is FinishWhy.OUT_OF_RANGE
