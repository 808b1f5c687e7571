"""Rank spaces and runs for one need, and needs for one space."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from zhuchao.engines.allocation.answers import Answer, answer, total_score, worst
from zhuchao.engines.allocation.facts import FACTS, Joined, Verdict
from zhuchao.engines.allocation.needs import Comparison, Criterion, Need, refuse_contradictions
from zhuchao.engines.allocation.runs import SCALE, Floats, Indexes, States, Stock, scaled
from zhuchao.engines.allocation.spaces import Space

FULL_SCORE: Final = 100 * SCALE
_NEAREST: Final = 3
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Question:
    """The one fact to ask for first: what the criterion is about, of these spaces."""

    about: Criterion
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of spaces looked at for a need.

    Attributes:
        verdict: of the hard criteria together.
        score: 0 to 100, of the soft criteria: 100 x points / weights, to four places.
    """

    need: Need
    run: tuple[Space, ...]
    verdict: Verdict
    score: Decimal

    @property
    def spaces(self) -> tuple[str, ...]:
        """The keys of the spaces."""
        return tuple(space.key for space in self.run)

    @property
    def area_m2(self) -> Decimal:
        return sum((space.area_m2 for space in self.run), Decimal(0))

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answer of every criterion, in the order of the need; worked out when asked for."""
        return tuple(answer(criterion, self.run) for criterion in self.need.criteria)

    @property
    def doubt(self) -> Decimal:
        """How far the score can move either way, because soft facts are not known."""
        return total_score(self.answers)[1]

    @property
    def question(self) -> Question | None:
        """The first hard criterion whose fact is not known, in the order of the need."""
        unknown = (a for a in self.answers if a.criterion.hard and a.verdict is Verdict.UNKNOWN)
        return next((Question(found.criterion, found.unknown) for found in unknown), None)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates for one need, best first, and how many there are of each kind.

    Attributes:
        fits: every hard criterion is met.
        asks: none is refused, but a hard fact is not known (`question` says which); the fewest such facts first.
        nearest: of those refused, a few that fail the fewest hard criteria.
        refused_by: how many runs each hard criterion refuses, in the order of the need.
    """

    need: Need
    fits: tuple[Candidate, ...]
    asks: tuple[Candidate, ...]
    nearest: tuple[Candidate, ...]
    fits_count: int
    asks_count: int
    refused_count: int
    refused_by: tuple[tuple[Criterion, int], ...]


@dataclass(frozen=True, slots=True)
class NeedRanking:
    """Needs for one space, each with the best run that holds it: those that fit, to ask about, and refused."""

    space: str
    fits: tuple[Candidate, ...]
    asks: tuple[Candidate, ...]
    refused: tuple[Candidate, ...]


def rank_spaces(need: Need, stock: Stock, *, limit: int = 20) -> Ranking:
    """Rank every run of a stock for one need; `limit` candidates of each kind are returned.

    By score; among equals fewer spaces, then less area, then the place in the stock come first.

    Raises:
        EngineError: need_contradicts, naming the two criteria.
    """
    refuse_contradictions(need)
    return _rank(need, stock, limit)


def rank_needs(needs: Iterable[Need], stock: Stock, space: str) -> NeedRanking:
    """Rank needs for one space, alone or together with its neighbours.

    By benefit times score; among equals the key of the need decides. A need that contradicts itself is refused.

    Raises:
        EngineError: space_unknown.
    """
    near = stock.around(space)
    fits: list[Candidate] = []
    asks: list[Candidate] = []
    refused: list[Candidate] = []
    for need in sorted(needs, key=lambda one: one.key):
        found = _rank(need, near, 1, holding=near.place_of[space])
        best = (*found.fits, *found.asks, *found.nearest)[0]
        {Verdict.MET: fits, Verdict.UNKNOWN: asks, Verdict.NOT_MET: refused}[best.verdict].append(best)
    for candidates in (fits, asks, refused):
        candidates.sort(key=lambda one: one.need.benefit * one.score, reverse=True)
    return NeedRanking(space, tuple(fits), tuple(asks), tuple(refused))


def look_at(need: Need, run: tuple[Space, ...]) -> Candidate:
    """Return what a need says to spaces that are taken together."""
    answers = [answer(criterion, run) for criterion in need.criteria]
    return Candidate(need, run, worst(answers), total_score(answers)[0])


def hard_states(criterion: Criterion, stock: Stock, rows: int) -> States:
    """Return what a criterion says of the first `rows` runs: 2 met, 1 unknown, 0 not."""
    if isinstance(criterion.value, frozenset):
        includes = criterion.comparison is Comparison.INCLUDES
        return stock.word_states(criterion.fact, criterion.value, all_of_them=includes)[:rows]
    at_least, wanted = criterion.limit
    low, high = (side[:rows] for side in stock.bounds(criterion.fact, criterion.reduction))
    target: Floats | float = scaled(wanted)
    if FACTS[criterion.fact].joined is Joined.MEAN:
        target = target * stock.areas[:rows]
    # what a run surely has decides a yes, what it can have at best decides a no
    if at_least:
        return (low >= target).view(np.int8) + (high >= target).view(np.int8)
    return (high <= target).view(np.int8) + (low <= target).view(np.int8)


def scores(need: Need, stock: Stock, rows: Indexes) -> Indexes:
    """Return the scores of some runs in ten-thousandths, 0 to 1,000,000."""
    if not need.soft:
        return np.full(len(rows), FULL_SCORE)
    points = np.zeros(len(rows))
    for criterion in need.soft:
        points += float(criterion.weight) * _points(criterion, stock, rows)
    weights = float(sum(criterion.weight for criterion in need.soft))
    return np.rint(FULL_SCORE * points / weights).astype(np.int64)


def _points(criterion: Criterion, stock: Stock, rows: Indexes) -> Floats:
    """Return the points of some runs, 0 to 1: half of them where it is unknown, less the further it is off."""
    states = hard_states(criterion, stock, len(stock))[rows]
    points = states / 2
    end = scaled(criterion.points_end_at)
    if isinstance(criterion.value, frozenset | bool) or not end:
        return points
    missed = np.flatnonzero(states == 0)
    at_least, wanted = criterion.limit
    low, high = stock.bounds(criterion.fact, criterion.reduction)
    has = (high if at_least else low)[rows[missed]]
    if FACTS[criterion.fact].joined is Joined.MEAN:
        has = has / stock.areas[rows[missed]]
    points[missed] = np.maximum(0, 1 - np.abs(scaled(wanted) - has) / end)
    return points


def _rank(need: Need, stock: Stock, limit: int, *, holding: int | None = None) -> Ranking:
    rows = stock.first_rows(need.most_spaces)
    asked = np.ones(rows, np.bool_)
    if holding is not None:
        asked = (stock.members[:rows] == holding).any(axis=1)
    refuses, unknowns = np.zeros(rows, np.int16), np.zeros(rows, np.int16)
    refused_by = []
    for criterion in need.hard:
        states = hard_states(criterion, stock, rows)
        refused = (states == 0) & asked
        refused_by.append((criterion, int(np.count_nonzero(refused))))
        refuses += refused
        unknowns += states == 1
    alive = np.flatnonzero((refuses == 0) & asked)
    found = scores(need, stock, alive)
    order = (FULL_SCORE - found) * len(stock) + stock.tie_rank[alive]
    after = unknowns[alive].astype(np.int64)
    fits, asks = np.flatnonzero(after == 0), np.flatnonzero(after)
    best = fits[_first(order[fits], limit)]
    to_ask = asks[_first(order[asks] + after[asks] * ((FULL_SCORE + 1) * len(stock)), limit)]
    refused_rows = np.flatnonzero(refuses)
    faults = refuses[refused_rows].astype(np.int64) * len(stock) + stock.tie_rank[refused_rows]
    nearest = refused_rows[_first(faults, min(limit, _NEAREST))]
    near = scores(need, stock, nearest)
    return Ranking(
        need,
        tuple(_candidate(need, stock, alive[row], Verdict.MET, found[row]) for row in best),
        tuple(_candidate(need, stock, alive[row], Verdict.UNKNOWN, found[row]) for row in to_ask),
        tuple(
            _candidate(need, stock, row, Verdict.NOT_MET, one) for row, one in zip(nearest, near, strict=True)
        ),
        len(fits),
        len(asks),
        len(refused_rows),
        tuple(refused_by),
    )


def _first(order: Indexes, limit: int) -> Indexes:
    """Return where the least `limit` values stand, the least first."""
    if len(order) <= limit:
        return np.argsort(order)
    first = np.argpartition(order, limit)[:limit]
    return first[np.argsort(order[first])]


def _candidate(need: Need, stock: Stock, row: np.int64, verdict: Verdict, score: np.int64) -> Candidate:
    return Candidate(need, stock.run(int(row)), verdict, (Decimal(int(score)) / SCALE).quantize(_PLACES))
