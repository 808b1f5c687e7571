"""What an edit of a version does: the rules in force against those of a draft, over the firms of a zone."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones.models import Zone
from zhuchao.engines.rules.benefits import benefit_of
from zhuchao.engines.rules.columns import Bools, Codes, parts_of_table
from zhuchao.engines.rules.fields import Vocabulary
from zhuchao.engines.rules.firms import answers_of
from zhuchao.engines.rules.kernel import Matcher
from zhuchao.engines.rules.one import keep_facts
from zhuchao.engines.rules.terms import Logic
from zhuchao.engines.rules.truth import Truth

from ..models import Answer, PolicyVersion
from .facts import Known, facts_of, table_of
from .matches import firm_chunks
from .policies import versions_of
from .rules import Rules, vocabulary

ANSWERS: Final = (Answer.ELIGIBLE, Answer.UNKNOWN, Answer.NEAR, Answer.INELIGIBLE)
_NOTHING: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Moved:
    """A condition whose answer for a firm is another one; None where the version has no such condition."""

    article: str
    text: str
    before: Truth | None
    after: Truth | None

    @property
    def plain(self) -> list[Any]:
        """Return it as JSON keeps it."""
        return [self.article, self.text, *(None if one is None else int(one) for one in self.sides)]

    @property
    def sides(self) -> tuple[Truth | None, Truth | None]:
        return self.before, self.after


@dataclass(frozen=True, slots=True)
class Shift:
    """A firm that has another answer, or may have another amount; ``least`` and ``most`` are what it gains in yuan."""

    firm: int
    before: Answer
    after: Answer
    least: Decimal
    most: Decimal
    conditions: tuple[Moved, ...]

    @property
    def loses(self) -> bool:
        """Return whether the firm had something and now has not, or has less."""
        was = self.before is Answer.ELIGIBLE
        return was and (self.after is not Answer.ELIGIBLE or self.least < 0 or self.most < 0)


@dataclass
class Comparison:
    """What rules say of the firms of a zone, beside what those in force say; without those, counts alone.

    Attributes:
        moves: firms by their answer before and after, those that stay as well.
        shifts: the firms that move, or whose amount is another one.
        gained, lost: sums in yuan over firms, at least and at most; both 0 or more.
    """

    day: date
    has_before: bool
    firms: int = 0
    moves: Counter[tuple[Answer, Answer]] = field(default_factory=Counter)
    counts: Counter[Answer] = field(default_factory=Counter)
    losing: int = 0
    gained: tuple[Decimal, Decimal] = (_NOTHING, _NOTHING)
    lost: tuple[Decimal, Decimal] = (_NOTHING, _NOTHING)
    shifts: list[Shift] = field(default_factory=list)

    def keep(self, shift: Shift) -> None:
        """Take a firm in that is answered otherwise."""
        self.shifts.append(shift)
        self.losing += shift.loses
        up = (max(shift.least, _NOTHING), max(shift.most, _NOTHING))
        down = (max(-shift.least, _NOTHING), max(-shift.most, _NOTHING))
        self.gained = (self.gained[0] + up[0], self.gained[1] + up[1])
        self.lost = (self.lost[0] + down[0], self.lost[1] + down[1])


def version_before(draft: PolicyVersion, day: date) -> PolicyVersion | None:
    """Return the published version that a draft would take the place of; None where none in force has rules."""
    published = versions_of(draft.policy).filter(state=PolicyVersion.State.PUBLISHED).exclude(pk=draft.pk)
    begun = [version for version in published if version.effective_from <= day]
    if not begun or not begun[0].rules.strip():
        return None
    ended = begun[0].effective_to is not None and begun[0].effective_to < day
    return None if ended else begun[0]


def compare(
    after: Rules | None,
    before: Rules | None,
    zone: Zone,
    *,
    day: date,
    told: Callable[[int], None] = lambda firms: None,
) -> Comparison:
    """Ask both rules about all firms of a zone and those below it as they are known on a day.

    Without rules ``after`` no firm is matched any more, so that each is answered as not eligible.

    Args:
        told: hears how many firms have been asked about.
    """
    found = Comparison(day, before is not None)
    sides = [_Side(one, day) for one in (before, after) if one is not None]
    names = frozenset[str]().union(*(side.fields for side in sides))
    for firms in firm_chunks(zone):
        known = facts_of(firms, day=day)
        table = table_of(firms, known, names)
        new = _codes(after, day, table, len(firms))
        found.counts.update({answer: int((new == code).sum()) for code, answer in enumerate(ANSWERS)})
        if before is not None:
            old = _codes(before, day, table, len(firms))
            pairs, numbers = np.unique(np.stack([old, new]), axis=1, return_counts=True)
            for (one, other), number in zip(pairs.T, numbers, strict=True):
                found.moves[ANSWERS[one], ANSWERS[other]] += int(number)
            for shift in _shifts(firms, known, table, (before, after), (old, new), day):
                found.keep(shift)
        found.firms += len(firms)
        told(found.firms)
    return found


class _Side:
    """What rules ask on a day, and the fields that the answer rests on."""

    def __init__(self, rules: Rules, day: date) -> None:
        bound = rules.on(day)
        self.logics: dict[str, Logic] = dict(bound.conditions)
        self.fields = frozenset(Matcher([bound.verdict, *self.logics.values()]).fields)


def _codes(rules: Rules | None, day: date, table: Any, firms: int) -> Codes:
    """Return the place in ANSWERS of each firm's answer."""
    codes = np.full(firms, ANSWERS.index(Answer.INELIGIBLE), np.uint8)
    if rules is None:
        return codes
    truths, near = _truths(rules.on(day).verdict, table, firms)
    codes[near] = ANSWERS.index(Answer.NEAR)
    codes[truths == Truth.UNKNOWN] = ANSWERS.index(Answer.UNKNOWN)
    codes[truths == Truth.TRUE] = ANSWERS.index(Answer.ELIGIBLE)
    return codes


def _truths(logic: Logic, table: Any, firms: int) -> tuple[Codes, Bools]:
    truths, near = np.zeros(firms, np.uint8), np.zeros(firms, np.bool_)
    names: Vocabulary = vocabulary()
    for one in answers_of(logic, parts_of_table(table, names, Matcher([logic]).fields)):
        rows = slice(one.first, one.first + len(one.truths))
        truths[rows], near[rows] = one.truths, one.near
    return truths, near


def _shifts(
    firms: Sequence[Enterprise],
    known: Mapping[int, Known],
    table: Any,
    rules: tuple[Rules, Rules | None],
    codes: tuple[Codes, Codes],
    day: date,
) -> Iterator[Shift]:
    """Yield the firms that are answered otherwise, with the conditions that did it."""
    moved = codes[0] != codes[1]
    paid = (codes[0] == 0) | (codes[1] == 0)
    asked = [_conditions(one, day, table, len(firms)) for one in rules] if moved.any() else []
    for row in map(int, np.flatnonzero(moved | paid)):
        before, after = ANSWERS[codes[0][row]], ANSWERS[codes[1][row]]
        facts = known[firms[row].pk].values
        had = _worth(rules[0], before, facts, day)
        has = _worth(rules[1], after, facts, day)
        least, most = has[0] - had[0], has[1] - had[1]
        if moved[row]:
            is_up = codes[1][row] < codes[0][row]
            yield Shift(firms[row].pk, before, after, least, most, _reasons(asked[0], asked[1], row, is_up))
        elif least or most:
            yield Shift(firms[row].pk, before, after, least, most, ())


_Asked = dict[str, tuple[str, str, Codes]]


def _conditions(rules: Rules | None, day: date, table: Any, firms: int) -> _Asked:
    if rules is None:
        return {}
    bound = dict(rules.on(day).conditions)
    return {
        one.id: (one.article, one.text, _truths(bound[one.id], table, firms)[0])
        for one in rules.version.conditions
    }


def _reasons(old: _Asked, new: _Asked, row: int, is_up: bool) -> tuple[Moved, ...]:
    """Return the conditions that moved a firm: those that changed its way, else all that changed."""
    found = []
    for name in dict.fromkeys([*new, *old]):
        article, text, _codes = new.get(name) or old[name]
        was, now = (Truth(int(side[name][2][row])) if name in side else None for side in (old, new))
        if was is not now and not (was in (None, Truth.TRUE) and now in (None, Truth.TRUE)):
            found.append(Moved(article, text, was, now))
    ours = [one for one in found if (_height(one.after) > _height(one.before)) == is_up]
    return tuple(ours or found)


def _height(truth: Truth | None) -> int:
    """Return how much good a condition does; one that is not asked stands in nobody's way."""
    return int(Truth.TRUE if truth is None else truth)


def _worth(
    rules: Rules | None, answer: Answer, facts: Mapping[str, Any], day: date
) -> tuple[Decimal, Decimal]:
    """Return what a firm may claim, at least and at most; what nothing limits counts with what is sure."""
    amount = rules.on(day).amount if rules is not None and answer is Answer.ELIGIBLE else None
    if amount is None:
        return _NOTHING, _NOTHING
    benefit = benefit_of(amount, keep_facts(facts, vocabulary()))
    return benefit.least, benefit.least if benefit.most is None else benefit.most
