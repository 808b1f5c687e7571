"""Growth, targets, time progress and lights."""

import doctest
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhuchao.engines import EngineError, workdays
from zhuchao.engines.figures import (
    Colour,
    CountForecast,
    Direction,
    LightReason,
    LightRule,
    ValueStatus,
    Why,
    completion,
    cross_check,
    cumulative_to_single,
    decomposition_difference,
    forecast_count,
    growth,
    implied_base,
    implied_target,
    largest_remainder,
    light,
    may_replace,
    points_change,
    rank,
    round_half_up,
    schedule_gap,
    share,
    steps,
    subset_difference,
    subset_ok,
    targets,
    time_progress,
)
from zhuchao.engines.units import catalogue, headers, numbers, printing, quantities

YEAR = (date(2023, 1, 1), date(2023, 12, 31))
MAY = time_progress(date(2023, 5, 31), *YEAR)
AMOUNTS = st.decimals(min_value="-1000000", max_value="1000000", places=2)
POSITIVE = st.decimals(min_value="0.01", max_value="1000000", places=2)


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    "module",
    [catalogue, steps, targets, headers, numbers, printing, quantities, workdays],
    ids=lambda m: m.__name__,
)
def test_the_worked_figures_in_the_docstrings_are_right(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("now", "base", "percent"),
    [("9", "5", "80.0"), ("3", "1", "200.0"), ("6", "4", "50.0"), ("4", "5", "-20.0"), ("0", "5", "-100.0")],
)
def test_growth_is_a_ratio_over_its_base(now: str, base: str, percent: str) -> None:
    found = growth(d(now), d(base))
    assert found.ratio is not None
    assert round_half_up(found.ratio * 100, 1) == d(percent)
    assert (found.why, found.now, found.base) == (None, d(now), d(base))


@pytest.mark.parametrize(
    ("now", "base", "why"),
    [
        (None, None, "missing_now"),
        (None, "1", "missing_now"),
        ("1", None, "missing_base"),
        ("1", "0", "zero_base"),
        ("0", "0", "zero_base"),
        ("1", "-2", "negative_base"),
    ],
)
def test_growth_without_a_sound_base_is_not_a_number_and_says_why(
    now: str | None, base: str | None, why: str
) -> None:
    found = growth(now and d(now), base and d(base))  # type: ignore[arg-type]
    assert (found.ratio, found.why) == (None, why)


def test_the_base_of_last_year_follows_from_its_growth() -> None:
    assert round_half_up(implied_base(d("44.5"), d("0.0483")), 2) == d("42.45")


@given(AMOUNTS, POSITIVE)
def test_the_implied_base_is_the_base(now: Decimal, base: Decimal) -> None:
    ratio = growth(now, base).ratio
    assert ratio is not None
    assume(ratio > d("-0.99"))
    assert round_half_up(implied_base(now, ratio), 10) == base


def test_no_base_makes_a_fall_of_a_hundred_percent() -> None:
    with pytest.raises(EngineError) as caught:
        implied_base(d("1"), d("-1"))
    assert caught.value.code == "growth_impossible"


def test_percentage_points_are_a_difference_of_rates_and_no_ratio() -> None:
    assert points_change(d("0.273"), d("0.073")) == 20
    assert points_change(d("0.05"), d("0.10")) == -5


@pytest.mark.parametrize(
    ("value", "target", "percent"),
    [("14816", "12144", "122.0"), ("13", "25", "52.0"), ("16.2", "10.8", "150.0"), ("11.06", "43", "25.7")],
)
def test_completion_is_value_over_target(value: str, target: str, percent: str) -> None:
    done = completion(d(value), d(target))
    assert done.ratio is not None
    assert round_half_up(done.ratio * 100, 1) == d(percent)
    assert done.met is (done.ratio >= 1)


@pytest.mark.parametrize(
    ("value", "target", "direction", "why", "met"),
    [
        (None, "5", Direction.HIGHER_BETTER, Why.MISSING_VALUE, None),
        ("5", None, Direction.HIGHER_BETTER, Why.MISSING_TARGET, None),
        ("5", "0", Direction.HIGHER_BETTER, Why.ZERO_TARGET, True),
        ("-3", "-2", Direction.HIGHER_BETTER, Why.NEGATIVE_TARGET, False),
        ("0", "10", Direction.LOWER_BETTER, Why.ZERO_VALUE, True),
        ("-1", "10", Direction.LOWER_BETTER, Why.NEGATIVE_VALUE, True),
        ("-1", "-10", Direction.LOWER_BETTER, Why.NEGATIVE_VALUE, False),
    ],
)
def test_completion_that_is_no_ratio_says_why_and_whether_it_is_met_all_the_same(
    value: str | None, target: str | None, direction: Direction, why: Why, met: bool | None
) -> None:
    done = completion(value and d(value), target and d(target), direction)  # type: ignore[arg-type]
    assert (done.ratio, done.why, done.met) == (None, why, met)


def test_a_better_rank_is_a_higher_completion() -> None:
    ranks = [completion(d(place), d("10"), Direction.LOWER_BETTER).ratio for place in ("8", "10", "12")]
    assert [ratio and round_half_up(ratio * 100, 1) for ratio in ranks] == [d("125.0"), d("100.0"), d("83.3")]


def test_the_target_follows_from_its_completion() -> None:
    assert implied_target(d("16.2"), d("1.5")) == d("10.8")
    with pytest.raises(EngineError) as caught:
        implied_target(d("16.2"), d("0"))
    assert caught.value.code == "completion_impossible"


def test_time_progress_counts_the_reporting_month_whole() -> None:
    assert round_half_up(MAY * 100, 1) == d("41.7")
    assert time_progress(date(2023, 5, 1), *YEAR) == MAY
    assert time_progress(date(2023, 6, 30), date(2022, 7, 1), date(2023, 12, 31)) == Decimal(12) / 18


def test_time_progress_by_day_counts_both_ends() -> None:
    assert time_progress(date(2023, 1, 1), *YEAR, basis="day") == Decimal(1) / 365
    assert time_progress(date(2023, 12, 31), *YEAR, basis="day") == 1


def test_time_progress_is_nothing_before_the_period_and_all_after_it() -> None:
    assert time_progress(date(2022, 12, 31), *YEAR) == 0
    assert time_progress(date(2024, 1, 1), *YEAR) == 1
    with pytest.raises(EngineError) as caught:
        time_progress(date(2023, 1, 1), YEAR[1], YEAR[0])
    assert caught.value.code == "period_reversed"


@given(st.dates(date(2022, 1, 1), date(2024, 12, 31)), st.integers(0, 800), st.sampled_from(["month", "day"]))
def test_time_progress_never_runs_backwards(on: date, later: int, basis: str) -> None:
    now = time_progress(on, *YEAR, basis=basis)  # type: ignore[arg-type]
    then = time_progress(on + timedelta(days=later), *YEAR, basis=basis)  # type: ignore[arg-type]
    assert 0 <= now <= then <= 1


def test_the_gap_to_the_schedule_is_in_points() -> None:
    assert round_half_up(schedule_gap(d("0.257"), MAY), 1) == d("-16.0")
    assert round_half_up(schedule_gap(d("0.446"), MAY), 1) == d("2.9")


@pytest.mark.parametrize(
    ("value", "target", "colour", "reason"),
    [
        ("11.06", "43", Colour.RED, LightReason.FAR_BEHIND),
        ("9.05", "29", Colour.RED, LightReason.FAR_BEHIND),
        ("6.65", "14.9", Colour.GREEN, LightReason.ON_PACE),
        ("14.9", "14.9", Colour.GREEN, LightReason.TARGET_MET),
    ],
)
def test_in_may_two_of_three_targets_are_behind(
    value: str, target: str, colour: Colour, reason: LightReason
) -> None:
    found = light(completion(d(value), d(target)), MAY)
    assert (found.colour, found.reason) == (colour, reason)


@pytest.mark.parametrize(
    ("value", "colour"),
    [("475", Colour.GREEN), ("474.99", Colour.AMBER), ("400", Colour.AMBER), ("399.99", Colour.RED)],
)
def test_a_light_changes_exactly_at_its_edges(value: str, colour: Colour) -> None:
    assert light(completion(d(value), d("1200")), MAY).colour is colour


def test_a_light_tells_what_is_due_by_now_and_how_much_is_short() -> None:
    behind = light(completion(d("400"), d("1200")), MAY)
    assert behind.pace == d("0.8")
    assert behind.due_by_now is not None
    assert behind.short_by is not None
    assert round_half_up(behind.due_by_now, 2) == 500
    assert round_half_up(behind.short_by, 2) == 75
    assert light(completion(d("480"), d("1200")), MAY).short_by == 0


def test_a_light_follows_the_rule_it_is_given() -> None:
    strict = LightRule(green_from=d("1.05"), amber_from=d("1"))
    assert light(completion(d("6.65"), d("14.9")), MAY, strict).colour is Colour.GREEN
    assert light(completion(d("510"), d("1200")), MAY, strict).colour is Colour.AMBER
    assert light(completion(d("480"), d("1200")), MAY, strict).colour is Colour.RED


@pytest.mark.parametrize(("green", "amber"), [("0.8", "0.9"), ("0.9", "0"), ("0.9", "-1")])
def test_a_rule_that_cannot_tell_its_colours_apart_is_refused(green: str, amber: str) -> None:
    with pytest.raises(EngineError) as caught:
        LightRule(green_from=d(green), amber_from=d(amber))
    assert caught.value.code == "light_rule_malformed"


@pytest.mark.parametrize(
    ("place", "colour", "reason"),
    [
        ("9", Colour.GREEN, LightReason.TARGET_MET),
        ("10", Colour.GREEN, LightReason.TARGET_MET),
        ("12", Colour.AMBER, LightReason.NEAR_TARGET),
        ("20", Colour.RED, LightReason.FAR_FROM_TARGET),
    ],
)
def test_a_rank_is_judged_by_itself_and_not_by_time(place: str, colour: Colour, reason: LightReason) -> None:
    done = completion(d(place), d("10"), Direction.LOWER_BETTER)
    for progress in (d("0"), MAY, d("1")):
        found = light(done, progress)
        assert (found.colour, found.reason, found.pace) == (colour, reason, None)


def test_there_is_no_light_where_there_is_nothing_to_judge() -> None:
    assert light(completion(None, d("5")), MAY).reason is LightReason.NOT_KNOWN
    assert light(completion(None, d("5")), MAY).colour is Colour.NONE
    assert light(completion(d("1"), d("5")), d("0")).reason is LightReason.NOT_STARTED


def test_a_missed_target_without_a_ratio_is_red() -> None:
    found = light(completion(d("-3"), d("-2")), MAY)
    assert (found.colour, found.reason) == (Colour.RED, LightReason.FAR_FROM_TARGET)


ORDER = {Colour.RED: 0, Colour.AMBER: 1, Colour.GREEN: 2}


@given(AMOUNTS, AMOUNTS, POSITIVE, st.integers(1, 12), st.sampled_from(Direction))
def test_doing_better_never_worsens_the_light(
    one: Decimal, other: Decimal, target: Decimal, month: int, direction: Direction
) -> None:
    worse, better = sorted((one, other), reverse=direction is Direction.LOWER_BETTER)
    progress = time_progress(date(2023, month, 1), *YEAR)
    colours = [light(completion(value, target, direction), progress).colour for value in (worse, better)]
    assert ORDER[colours[0]] <= ORDER[colours[1]]


def test_a_share_keeps_its_numerator_and_denominator() -> None:
    found = share(d("23"), d("41"))
    assert found.ratio is not None
    assert round_half_up(found.ratio * 100, 0) == 56
    assert (found.part, found.whole) == (23, 41)


@pytest.mark.parametrize(
    ("part", "whole", "why"),
    [
        (None, "1", Why.MISSING_PART),
        ("1", None, Why.MISSING_WHOLE),
        ("1", "0", Why.ZERO_WHOLE),
        ("1", "-1", Why.NEGATIVE_WHOLE),
    ],
)
def test_a_share_of_nothing_says_why(part: str | None, whole: str | None, why: Why) -> None:
    found = share(part and d(part), whole and d(whole))  # type: ignore[arg-type]
    assert (found.ratio, found.why) == (None, why)


def test_an_of_which_value_may_not_exceed_its_total() -> None:
    assert subset_ok(d("5.8"), d("40"))
    assert subset_difference(d("5.8"), d("40")) == d("34.2")
    assert not subset_ok(d("41"), d("40"))
    assert subset_difference(d("41"), d("40")) == -1


def test_parts_add_up_to_their_parent_or_the_difference_is_told() -> None:
    assert decomposition_difference(d("71"), [d("51"), d("20")]) == 0
    assert decomposition_difference(d("7"), [d("4"), d("2")]) == 1
    assert decomposition_difference(d("7"), [d("4"), d("4")]) == -1
    assert decomposition_difference(d("7"), []) == 7


def test_a_lower_status_never_replaces_a_higher_one_and_an_equal_one_may() -> None:
    ordered = [ValueStatus.FORECAST, ValueStatus.FLASH, ValueStatus.PRELIMINARY, ValueStatus.APPROVED]
    for old_place, old in enumerate(ordered):
        for new_place, new in enumerate(ordered):
            assert may_replace(old, new) is (new_place >= old_place)
    assert all(may_replace(None, new) for new in ordered)
    assert ValueStatus("approved") is ValueStatus.APPROVED


def test_a_cumulative_series_is_taken_apart_and_a_fall_is_flagged() -> None:
    found = cumulative_to_single([d("1000"), d("3000"), None, d("7853"), d("7000"), None, d("6000")])
    assert [(item.value, item.flag) for item in found] == [
        (d("1000"), None),
        (d("2000"), None),
        (None, Why.MISSING_VALUE),
        (None, Why.MISSING_PREVIOUS),
        (d("-853"), Why.FELL),
        (None, Why.MISSING_VALUE),
        (None, Why.FELL),
    ]
    assert (found[1].cumulative, found[1].previous) == (d("3000"), d("1000"))


@given(st.lists(AMOUNTS, max_size=12))
def test_the_single_values_add_up_to_the_cumulative_ones_and_only_falls_are_flagged(
    series: Sequence[Decimal],
) -> None:
    total = Decimal(0)
    for item, cumulative in zip(cumulative_to_single(series), series, strict=True):
        assert item.value is not None
        assert (item.flag is Why.FELL) is (item.value < 0)
        total += item.value
        assert total == cumulative


def test_a_value_several_times_its_own_total_is_warned_about() -> None:
    found = cross_check(d("162000"), d("34862"))
    assert not found.ok
    assert found.ratio is not None
    assert round_half_up(found.ratio, 1) == d("4.6")
    assert found.excess == 127138


def test_a_tolerance_forgives_a_small_excess() -> None:
    assert cross_check(d("105"), d("100"), d("0.05")).ok
    assert not cross_check(d("105.01"), d("100"), d("0.05")).ok
    assert cross_check(d("90"), d("100")).excess == 0
    assert cross_check(d("1"), d("0")).ratio is None


def test_equals_share_a_rank_and_what_is_missing_has_none() -> None:
    values = [d("5"), d("9"), None, d("9"), d("1")]
    assert rank(values) == (3, 1, None, 1, 4)
    assert rank(values, Direction.LOWER_BETTER) == (2, 3, None, 3, 1)


@given(
    st.lists(st.decimals(min_value=0, max_value=10**6, places=2), min_size=1, max_size=15), st.integers(0, 3)
)
def test_printed_shares_add_to_exactly_a_hundred(parts: list[Decimal], places: int) -> None:
    assume(sum(parts) > 0)
    shares = largest_remainder(parts, places)
    assert sum(shares) == 100
    total = sum((Fraction(part) for part in parts), Fraction(0))
    for part, printed in zip(parts, shares, strict=True):
        assert abs(Fraction(part) / total * 100 - Fraction(printed)) < Fraction(1, 10**places)


def test_no_parts_have_no_shares() -> None:
    assert largest_remainder([]) == ()


@pytest.mark.parametrize(("parts", "code"), [(["1", "-1"], "part_negative"), (["0", "0"], "zero_whole")])
def test_parts_that_make_no_whole_are_refused(parts: list[str], code: str) -> None:
    with pytest.raises(EngineError) as caught:
        largest_remainder([d(part) for part in parts])
    assert caught.value.code == code


def test_a_callers_decimal_settings_do_not_change_a_figure() -> None:
    expected = growth(d("44.5"), d("42.45")).ratio, light(completion(d("6.65"), d("14.9")), MAY).pace
    with localcontext(prec=3):
        found = growth(d("44.5"), d("42.45")).ratio, light(completion(d("6.65"), d("14.9")), MAY).pace
    assert found == expected


def forecast(**said: Any) -> CountForecast:
    return forecast_count(
        **(
            {
                "now": 40,
                "on": date(2023, 1, 1),
                "before": 28,
                "before_on": date(2022, 1, 1),
                "goal": 60,
                "deadline": date(2024, 1, 1),
            }
            | said
        )
    )


def test_a_count_goes_on_in_a_straight_line_and_is_never_rounded_up() -> None:
    found = forecast(deadline=date(2023, 6, 30))
    assert (found.per_month, found.expected, found.gap) == (1, 45, 15)
    assert found.status is ValueStatus.FORECAST
    assert forecast(goal=52).gap == 0
    assert forecast(now=1, before=50).expected == 0


def test_too_few_days_give_no_forecast_and_the_deadline_none_either() -> None:
    short = forecast(before_on=date(2022, 10, 4))
    assert (short.per_month, short.expected, short.gap) == (None, None, 20)
    assert forecast(before_on=date(2022, 10, 3)).expected is not None
    over = forecast(deadline=date(2023, 1, 1), goal=30)
    assert (over.expected, over.gap, over.status) == (40, 0, ValueStatus.APPROVED)


@given(
    now=st.integers(0, 10_000),
    before=st.integers(0, 10_000),
    days=st.integers(90, 400),
    left=st.integers(1, 2000),
    goal=st.integers(1, 20_000),
)
def test_what_is_expected_lies_under_the_line_by_less_than_one(
    now: int, before: int, days: int, left: int, goal: int
) -> None:
    on = date(2023, 1, 1)
    found = forecast(
        now=now,
        before=before,
        before_on=on - timedelta(days=days),
        deadline=on + timedelta(days=left),
        goal=goal,
    )
    line = now + Fraction((now - before) * left, days)
    assert found.expected is not None
    assert found.expected == 0 if line < 0 else 0 <= line - found.expected < 1
    assert found.gap == max(goal - found.expected, 0)
