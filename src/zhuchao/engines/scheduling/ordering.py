"""Other orders tried: what is urgent weighed otherwise, some cases put forward and some back; the better one is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.cases import Case, finish_of
from zhuchao.engines.scheduling.dispatching import Floor, Starts
from zhuchao.engines.scheduling.placing import tails_of

_FINE: Final = 16  # parts of a weight; whole numbers are drawn alike on every machine
_MOVED: Final = (1, 3, 10, 30)  # how many cases are moved at once


@dataclass(frozen=True, slots=True)
class Weights:
    """What goes first where several wait: due, plus when it came, less the chain ahead, plus what moves a case.

    Weights in sixteenths, `moved` in minutes of a case each.
    """

    due: int
    came: int
    ahead: int
    moved: tuple[int, ...] = ()


class Orders:
    """The orders of some cases on a floor."""

    def __init__(self, cases: Sequence[Case], floor: Floor) -> None:
        self.cases = cases
        self.floor = floor
        self.tails = [tails_of(case.pieces) for case in cases]
        self.spread = max(1, max(case.due - case.release for case in cases) // 4)

    def dispatch(self, weights: Weights) -> tuple[int, list[Starts]]:
        """Return what the cases cost in an order, and when their pieces begin; raises beyond_calendar."""
        moved, ahead = weights.moved or (0,) * len(self.cases), weights.ahead
        urgency: list[int] = []
        for case, tails, minutes in zip(self.cases, self.tails, moved, strict=True):
            base = weights.due * case.due + weights.came * case.release + _FINE * minutes
            urgency += [base - ahead * tail for tail in tails]
        starts = self.floor.dispatch(urgency)
        ends = (finish_of(case, begun) for case, begun in zip(self.cases, starts, strict=True))
        return sum(case.cost(end) for case, end in zip(self.cases, ends, strict=True)), starts

    def attempt(self, weights: Weights) -> tuple[int, list[Starts]] | None:
        """Return the same, None where a public notice would be over too late for the calendar."""
        try:
            return self.dispatch(weights)
        except EngineError:
            return None

    def change(self, weights: Weights, chance: Random) -> Weights:
        """Return other weights near to some, by chance."""
        kind = chance.randrange(7)
        if kind == 0:
            return replace(weights, came=max(0, weights.came + chance.randint(-_FINE, _FINE)))
        if kind == 1:
            return replace(weights, ahead=max(0, weights.ahead + chance.randint(-_FINE, _FINE)))
        moved = list(weights.moved or (0,) * len(self.cases))
        for number in chance.sample(range(len(moved)), min(chance.choice(_MOVED), len(moved))):
            moved[number] += chance.randint(-self.spread, self.spread)
        return replace(weights, moved=tuple(moved))


FIRST_COME: Final = Weights(0, _FINE, 0)
# Slack alone neglects what has waited for long when there is more work than people; weighed with when it came it does not.
BY_SLACK: Final = (
    Weights(_FINE, 0, _FINE),
    Weights(_FINE, 2 * _FINE, _FINE),
    Weights(_FINE, 3 * _FINE, 2 * _FINE),
)
