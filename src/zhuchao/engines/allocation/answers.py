"""What one criterion answers for one run of spaces, exactly and with how far off it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhuchao.engines.allocation.facts import FACTS, Fact, Joined, Kind, Reduction, Value, Verdict, number_of
from zhuchao.engines.allocation.needs import Comparison, Criterion
from zhuchao.engines.allocation.spaces import Space

_PLACES = Decimal("0.0001")
_POINT_PLACES = Decimal("0.00000001")  # finer than a score, which is a hundred times as large
_NONE = Decimal(0)
_HUNDRED = Decimal(100)
_ANY = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a criterion answers for a run.

    Attributes:
        found: what the run has, as far as it decides the verdict; None where that is unknown.
        off_by: how far it is off, in the unit of the fact or in days; None where met, unknown or not a number.
        unknown: keys of the spaces to ask about; empty unless the verdict is unknown.
        failing: keys of the spaces that do not do by themselves; empty where only the whole can be judged.
        points: of a soft criterion: its weight when met, half of it when unknown, less the further it is off.
    """

    criterion: Criterion
    verdict: Verdict
    found: Value | None
    off_by: Decimal | None
    unknown: tuple[str, ...]
    failing: tuple[str, ...]
    points: Decimal | None


def answer(criterion: Criterion, run: Sequence[Space]) -> Answer:
    """Return what a criterion answers for spaces that are taken together.

    What is not known can be anything: the verdict is unknown only where that matters. Three spaces of 5, 4 and
    unknown kN/m² do not bear 5; a space of 100 kVA and one of unknown power have the 80 kVA asked for.
    """
    values = [space.fact(criterion.fact) for space in run]
    failing: tuple[str, ...] = ()
    off_by: Decimal | None = None
    if isinstance(criterion.value, frozenset):
        verdict, found, failing = _of_words(criterion, criterion.value, run)
    else:
        verdict, found, off_by = _of_numbers(criterion, run)
        if FACTS[criterion.fact].joined is Joined.EACH and verdict is Verdict.NOT_MET:
            failing = tuple(
                space.key for space in run if _of_numbers(criterion, (space,))[0] is Verdict.NOT_MET
            )
    unknown = tuple(space.key for space, value in zip(run, values, strict=True) if value is None)
    return Answer(
        criterion,
        verdict,
        found,
        off_by,
        unknown if verdict is Verdict.UNKNOWN else (),
        failing,
        None if criterion.hard else _points(criterion, verdict, off_by),
    )


def total_score(answers: Sequence[Answer]) -> tuple[Decimal, Decimal]:
    """Return the score, 0 to 100, and how much of it is a guess either way because soft facts are not known.

    100 times the points over the weights; 100 where nothing soft is asked.
    """
    soft = [found for found in answers if found.points is not None]
    weights = sum((found.criterion.weight for found in soft), _NONE)
    if not soft:
        return _HUNDRED, _NONE
    points = sum((found.points for found in soft if found.points is not None), _NONE)
    guessed = sum((found.points for found in soft if found.points is not None and found.unknown), _NONE)
    return (
        (_HUNDRED * points / weights).quantize(_PLACES),
        (_HUNDRED * guessed / weights).quantize(_PLACES),
    )


def worst(answers: Sequence[Answer]) -> Verdict:
    """Return what the hard criteria say together: one not met is enough for no, one unknown for unknown."""
    verdicts = {found.verdict for found in answers if found.criterion.hard}
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.MET


def _of_numbers(criterion: Criterion, run: Sequence[Space]) -> tuple[Verdict, Value | None, Decimal | None]:
    fact = criterion.fact
    at_least, wanted = criterion.limit
    least = -_ANY if fact in (Fact.FLOOR, Fact.AVAILABLE_ON) else _NONE
    values = [space.fact(fact) for space in run]
    lows = [least if value is None else number_of(value) for value in values]
    highs = [_ANY if value is None else number_of(value) for value in values]
    if FACTS[fact].joined is Joined.MEAN:
        area = sum((space.area_m2 for space in run), _NONE)
        low, high = (
            sum((space.area_m2 * one for space, one in zip(run, side, strict=True)), _NONE) / area
            for side in (lows, highs)
        )
    else:
        low, high = (_joined(criterion.reduction, side) for side in (lows, highs))
    # what the run surely has decides a yes, what it can have at best decides a no
    surely, at_best = (low, high) if at_least else (-high, -low)
    target = wanted if at_least else -wanted
    if surely >= target:
        return Verdict.MET, _shown(fact, surely if at_least else -surely), None
    if at_best < target:
        flag = FACTS[fact].kind is Kind.FLAG
        return (
            Verdict.NOT_MET,
            _shown(fact, at_best if at_least else -at_best),
            None if flag else target - at_best,
        )
    return Verdict.UNKNOWN, None, None


def _joined(how: Reduction, values: Sequence[Decimal]) -> Decimal:
    if how == "sum":
        return sum(values, _NONE)
    return min(values) if how == "min" else max(values)


def _of_words(
    criterion: Criterion, words: frozenset[str], run: Sequence[Space]
) -> tuple[Verdict, Value | None, tuple[str, ...]]:
    held = {space.key: value for space in run if isinstance(value := space.fact(criterion.fact), frozenset)}
    if criterion.comparison is Comparison.INCLUDES:
        failing = tuple(key for key, value in held.items() if not words <= value)
        found = frozenset.intersection(*held.values()) if held else None
    else:
        failing = tuple(key for key, value in held.items() if not words & value)
        found = frozenset.union(*held.values()) if held else None
    if failing:
        return Verdict.NOT_MET, found, failing
    return (Verdict.MET, found, ()) if len(held) == len(run) else (Verdict.UNKNOWN, None, ())


def _points(criterion: Criterion, verdict: Verdict, off_by: Decimal | None) -> Decimal:
    if verdict is Verdict.MET:
        return criterion.weight
    if verdict is Verdict.UNKNOWN:
        return criterion.weight / 2
    end = criterion.points_end_at
    if off_by is None or off_by >= end:
        return _NONE
    return (criterion.weight * (1 - off_by / end)).quantize(_POINT_PLACES)


def _shown(fact: Fact, number: Decimal) -> Value:
    """Turn a number that was compared back into a value of its fact."""
    match FACTS[fact].kind:
        case Kind.DAY:
            return date.fromordinal(int(number))
        case Kind.FLAG:
            return bool(number)
    return number.quantize(_PLACES) if FACTS[fact].joined is Joined.MEAN else number
