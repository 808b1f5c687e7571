"""How far a firm is from a policy, and which changes would do: each one is made and the changed firm asked again.

Of one field at a time the search is complete: the verdict can only turn where a condition does, and each such number
is tried. Of several fields the fewest that were found are given. Days pass by themselves and are never proposed; of
them it is said from which day on the firm qualifies.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Final, TypeAlias

from zhuchao.engines.rules.fields import SIZED, Facts, Field, Kind, Vocabulary
from zhuchao.engines.rules.graph import Leaf, within_band
from zhuchao.engines.rules.one import Answer, Asked, Kept
from zhuchao.engines.rules.terms import (
    All,
    Any,
    Banded,
    Holds,
    IsTrue,
    Linear,
    Logic,
    Manual,
    Not,
    OneOf,
    Sized,
    conditions_of,
)
from zhuchao.engines.rules.truth import Truth

MOST_CHANGES: Final = 4
"""Fields that are changed together at most."""

_MOST_TRIED: Final = 10_000  # changed firms that are asked in a search for several fields
_MOST_WORDS: Final = 8  # tags of which every choice is tried
_MOST_KEPT: Final = 2**63 - 1
_AROUND: Final = 4  # days by which months of different length may shift a day
_State: TypeAlias = dict[str, Kept]


@dataclass(frozen=True, slots=True)
class Gap:
    """A comparison that is false, and how far it is off.

    Attributes:
        off_by: in the unit of the answer, 0 where the limit itself is too much; of a ratio a part of one: 0.01 is a point.
        answer: the condition with both sides.
    """

    answer: Answer
    off_by: Fraction

    @property
    def points(self) -> Fraction:
        """Return the distance of a ratio in percentage points."""
        return self.off_by * 100


@dataclass(frozen=True, slots=True)
class Change:
    """A field that would have to be something else; both as they are kept: fen, steps of a number."""

    field: Field
    before: Kept
    after: Kept

    @property
    def by(self) -> Fraction | None:
        """Return by how much, in the unit of people; None where it is not a number or not known now."""
        if (
            self.field.kind not in SIZED
            or not isinstance(self.before, int)
            or not isinstance(self.after, int)
        ):
            return None
        return Fraction(self.after - self.before, self.field.scale)


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together make the firm eligible, as was verified; `moves_band` where it then is in another band."""

    changes: tuple[Change, ...]
    moves_band: bool


@dataclass(frozen=True, slots=True)
class Gaps:
    """What separates a firm from a policy, as far as people do not judge it.

    Attributes:
        gaps: comparisons that are false and stand in the way.
        singles: one way for each field that alone is enough, the least change of it, the relatively smallest first;
            none where no single change suffices.
        together: where there is none, the fewest changes found; None where none were found.
        eligible_from: the first day from which on the passing of time alone is enough; None where it is not.
    """

    gaps: tuple[Gap, ...]
    singles: tuple[Way, ...]
    together: Way | None
    eligible_from: date | None


def find_gaps(
    logic: Logic,
    vocabulary: Vocabulary,
    facts: Facts,
    *,
    fixed: Iterable[str] = (),
    as_of: date | None = None,
    logic_on: Callable[[date], Logic] | None = None,
) -> Gaps:
    """Return what a firm that is not eligible would have to change.

    Conditions that a person must judge are taken as met.

    Args:
        fixed: fields that nobody can change: a division, a punishment. Days and codes are never changed.
        as_of: the day to which `logic` is bound, and `logic_on` which binds it to another; both or none.

    Raises:
        EngineError: fact_malformed, field_unknown.
    """
    search = _Search(_judged(logic, True), vocabulary, facts, frozenset(fixed))
    if search.truth_of(search.kept) is Truth.TRUE:
        return Gaps((), (), None, None)
    singles = search.singles()
    from_day = None
    if as_of is not None and logic_on is not None:
        from_day = search.first_day(as_of, logic_on)
    return Gaps(tuple(search.gaps()), singles, None if singles else search.together(), from_day)


def _judged(logic: Logic, met: bool) -> Logic:
    """Return a logic in which people have judged in favour of the firm."""
    if isinstance(logic, Manual):
        return All(()) if met else Any(())
    if isinstance(logic, Not):
        return Not(_judged(logic.part, not met))
    if isinstance(logic, (All, Any)):
        return type(logic)(tuple(_judged(part, met) for part in logic.parts))
    if isinstance(logic, Banded):
        return Banded(logic.by, tuple((upto, _judged(part, met)) for upto, part in logic.bands))
    return logic


def _limits(logic: Logic) -> Iterator[Sized]:
    """Yield the conditions that choose a band."""
    if isinstance(logic, Not):
        yield from _limits(logic.part)
    elif isinstance(logic, (All, Any)):
        for part in logic.parts:
            yield from _limits(part)
    elif isinstance(logic, Banded):
        for upto, part in logic.bands:
            if upto is not None:
                yield within_band(logic.by, upto)
            yield from _limits(part)


class _Search:
    def __init__(self, logic: Logic, vocabulary: Vocabulary, facts: Facts, fixed: frozenset[str]) -> None:
        self.logic = logic
        self.vocabulary = vocabulary
        self.facts = facts
        self.asked = Asked([logic], vocabulary)
        self.kept: _State = self.asked.keep(facts)
        self.leaves = dict(self.asked.graph.leaves)
        self.bands = {number for number, leaf in self.leaves.items() if leaf in set(_limits(logic))}
        self.tried = 0
        self.free = [
            field
            for field in self.asked.fields
            if field.kind not in (Kind.DATE, Kind.CODE) and field.name not in fixed
        ]

    def truth_of(self, kept: Mapping[str, Kept]) -> Truth:
        return self.asked.truths(kept)[0]

    def singles(self) -> tuple[Way, ...]:
        """Return the least change of each field that is enough, the relatively smallest first."""
        return tuple(map(self._way, sorted(self._singles(), key=self._cost)))

    def _singles(self) -> Iterator[_State]:
        """Yield for each field the least change of it that is enough, wherever there is one."""
        for field in self.free:
            tried = dict.fromkeys(
                value for leaf in self.leaves.values() for value in _values(field, leaf, self.kept)
            )
            if field.kind is Kind.TAGS:
                tried |= dict.fromkeys(self._sets_of(field))
            enough = [
                value for value in tried if self.truth_of({**self.kept, field.name: value}) is Truth.TRUE
            ]
            if enough:
                least = min(enough, key=lambda value: _distance(self.kept[field.name], value))
                yield {field.name: least}

    def _sets_of(self, field: Field) -> Iterator[frozenset[str]]:
        """Yield every choice among the first words that are asked for, beside the others that the firm has."""
        holds = [
            leaf for leaf in self.leaves.values() if isinstance(leaf, Holds) and leaf.field == field.name
        ]
        words = sorted({word for leaf in holds for word in leaf.words})[:_MOST_WORDS]
        held = self.kept[field.name]
        others = held.difference(words) if isinstance(held, frozenset) else frozenset[str]()
        for count in range(len(words) + 1):
            yield from (others.union(some) for some in combinations(words, count))

    def together(self) -> Way | None:
        """Return the fewest changes found, none of which is idle."""
        reached: list[_State] = [{}]
        seen: set[frozenset[tuple[str, Kept]]] = set()
        for _ in range(MOST_CHANGES):
            further: list[_State] = []
            for state in reached:
                for repaired in self._repairs(state):
                    key = frozenset(repaired.items())
                    if key in seen:
                        continue
                    seen.add(key)
                    further.append(repaired)
            enough = [state for state in further if self.truth_of({**self.kept, **state}) is Truth.TRUE]
            if enough:
                return self._way(min((self._needed(state) for state in enough), key=self._cost))
            reached = further
        return None

    def gaps(self) -> Iterator[Gap]:
        """Yield the comparisons of the policy that are false and stand in the way."""
        answers = {answer.condition: answer for answer in self.asked.explain(self.facts)[0].answers}
        for number, _ in dict.fromkeys(self._standing(self.kept)):
            leaf = self.leaves[number]
            if isinstance(leaf, Sized) and leaf in answers and answers[leaf].truth is not Truth.UNKNOWN:
                left, right = answers[leaf].left, answers[leaf].right
                assert left is not None
                assert right is not None
                yield Gap(answers[leaf], abs(right - left))

    def first_day(self, as_of: date, logic_on: Callable[[date], Logic]) -> date | None:
        """Return the first day on which the firm, as it is, qualifies, near the days where its dates are old enough."""
        waits = set()
        for condition in conditions_of(self.logic):
            if isinstance(condition, Sized) and all(
                self.vocabulary[name].kind is Kind.DATE for name in condition.form.fields
            ):
                short = _sum(condition.form, self.kept)
                if short is not None and short <= 0:
                    steepest = max((abs(factor) for _, factor in condition.form.terms), default=1)
                    waits.add(-short // steepest)
        days = {wait + shift for wait in waits for shift in range(-_AROUND, _AROUND + 1)}
        for wait in sorted(day for day in days if 0 < day <= (date.max - as_of).days):
            day = as_of + timedelta(days=wait)
            asked = Asked([_judged(logic_on(day), True)], self.vocabulary)
            if asked.truths(asked.keep(self.facts))[0] is Truth.TRUE:
                return day
        return None

    def _repairs(self, state: _State) -> Iterator[_State]:
        """Yield states in which one more of what stands in the way is as it has to be."""
        kept = {**self.kept, **state}
        for number, wanted in self._standing(kept):
            for field in self.free if self.tried < _MOST_TRIED else ():
                self.tried += 1
                right = [
                    value
                    for value in _values(field, self.leaves[number], kept)
                    if self.asked.nodes({**kept, field.name: value})[number] == wanted
                ]
                if right:
                    least = min(right, key=lambda value: _distance(kept[field.name], value))
                    yield {**state, field.name: least}

    def _standing(self, kept: Mapping[str, Kept]) -> Iterator[tuple[int, int]]:
        """Yield the leaves that are not as they have to be, each with the value that it has to have."""
        nodes = self.asked.nodes(kept)
        todo = list(self.asked.graph.tops)
        for ref in todo:
            number, wanted = ref >> 1, 0 if ref & 1 else 2
            if nodes[number] == wanted:
                continue
            node = self.asked.graph.nodes[number]
            if isinstance(node, tuple):
                todo += [inner if wanted else inner ^ 1 for inner in node]
            else:
                todo += self.asked.graph.guards.get(number, ())
                yield number, wanted

    def _needed(self, state: _State) -> _State:
        """Leave out what is enough without."""
        for name in list(state):
            rest = {other: value for other, value in state.items() if other != name}
            if self.truth_of({**self.kept, **rest}) is Truth.TRUE:
                state = rest
        return state

    def _cost(self, state: _State) -> tuple[int, Fraction]:
        far = Fraction(0)
        for name, value in state.items():
            before = self.kept[name]
            if isinstance(before, int) and isinstance(value, int):
                far += Fraction(abs(value - before), max(abs(before), 1))
            else:
                far += 1
        return len(state), far

    def _way(self, state: _State) -> Way:
        before, after = self.asked.nodes(self.kept), self.asked.nodes({**self.kept, **state})
        return Way(
            tuple(Change(self.vocabulary[name], self.kept[name], value) for name, value in state.items()),
            any(before[number] != after[number] for number in self.bands),
        )


def _values(field: Field, leaf: Leaf, kept: Mapping[str, Kept]) -> Iterator[Kept]:
    """Yield every value of a field at which a leaf can turn, and those beside it."""
    if isinstance(leaf, Sized):
        factor = dict(leaf.form.terms).get(field.name)
        rest = _sum(
            Linear(tuple(term for term in leaf.form.terms if term[0] != field.name), leaf.form.constant), kept
        )
        if factor is None or rest is None:
            return
        turn = -rest // factor
        for value in range(turn - 1, turn + 3):
            if abs(value) <= _MOST_KEPT and (value >= 0 or field.kind is not Kind.COUNT):
                yield value
    elif isinstance(leaf, IsTrue) and leaf.field == field.name:
        yield from (0, 1)
    elif isinstance(leaf, OneOf) and leaf.field == field.name:
        yield from field.choices
    elif isinstance(leaf, Holds) and leaf.field == field.name:
        held = kept[field.name]
        tags = held if isinstance(held, frozenset) else frozenset[str]()
        for word in leaf.words:
            yield tags | {word}
        yield tags.difference(leaf.words)


def _sum(form: Linear, kept: Mapping[str, Kept]) -> int | None:
    total = form.constant
    for name, factor in form.terms:
        value = kept[name]
        if not isinstance(value, int):
            return None
        total += factor * value
    return total


def _distance(before: Kept, after: Kept) -> int:
    if isinstance(after, int):
        return abs(after - (before if isinstance(before, int) else 0))
    if isinstance(after, frozenset):
        return len(after ^ before) if isinstance(before, frozenset) else len(after)
    return 0
