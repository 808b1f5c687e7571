"""Benefits that may not be added up: the best allowed combination."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MOST_EXACT: Final = 20
"""Candidates that hang together by their groups up to which the best combination is certain."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A benefit that could be taken: what it is worth in yuan, and the groups of which only one may be taken."""

    key: str
    amount: Decimal
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Combination:
    """What to take, in the order given.

    Attributes:
        instead: for each that is left out, those taken that exclude it.
        certain: no allowed combination is worth more.
    """

    taken: tuple[str, ...]
    amount: Decimal
    instead: dict[str, tuple[str, ...]]
    certain: bool


def best_combination(candidates: Sequence[Candidate]) -> Combination:
    """Return the combination worth most in which no two share a group.

    Exact where at most MOST_EXACT candidates hang together; beyond that the greatest amount is taken first. Of equal
    combinations the one of earlier candidates is taken.
    """
    excludes = [
        sum(1 << other for other, two in enumerate(candidates) if other != place and one.groups & two.groups)
        for place, one in enumerate(candidates)
    ]
    taken, certain = 0, True
    for together in _clusters(candidates):
        if len(together) > MOST_EXACT:
            certain = False
            together.sort(key=lambda place: -candidates[place].amount)
            for place in together:
                if not excludes[place] & taken:
                    taken |= 1 << place
        else:
            taken |= _best(together, candidates, excludes)
    held = [place for place in range(len(candidates)) if taken >> place & 1]
    return Combination(
        tuple(candidates[place].key for place in held),
        sum((candidates[place].amount for place in held), Decimal(0)),
        {
            one.key: tuple(candidates[other].key for other in held if excludes[place] >> other & 1)
            for place, one in enumerate(candidates)
            if not taken >> place & 1
        },
        certain,
    )


def _clusters(candidates: Sequence[Candidate]) -> list[list[int]]:
    """Return candidates that hang together by their groups, directly or through others."""
    members: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(candidates):
        for group in one.groups:
            members[group].append(place)
    clusters, seen = [], set[int]()
    for start in range(len(candidates)):
        todo = [] if start in seen else [start]
        seen.add(start)
        for place in todo:
            for group in candidates[place].groups:
                todo += [other for other in members[group] if other not in seen]
                seen.update(members[group])
        if todo:
            clusters.append(sorted(todo))
    return clusters


def _best(together: Sequence[int], candidates: Sequence[Candidate], excludes: Sequence[int]) -> int:
    """Return the best set of some candidates as bits; branches that cannot be better are left."""
    rest = [Decimal(0)]
    for place in reversed(together):
        rest.append(rest[-1] + max(candidates[place].amount, Decimal(0)))
    rest.reverse()
    best, best_amount = 0, Decimal(-1)
    todo = [(0, 0, Decimal(0))]
    while todo:
        step, taken, amount = todo.pop()
        if amount + rest[step] <= best_amount:
            continue
        if step == len(together):
            best, best_amount = taken, amount
            continue
        place = together[step]
        todo.append((step + 1, taken, amount))
        if not excludes[place] & taken:
            todo.append((step + 1, taken | 1 << place, amount + candidates[place].amount))
    return best
