"""The next fact to ask for: what would settle the most, weighted by money."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from zhuchao.engines.rules.one import Explanation

if TYPE_CHECKING:
    from zhuchao.engines.rules.columns import Bits, Part
    from zhuchao.engines.rules.kernel import Block, Matcher


@dataclass(frozen=True, slots=True)
class Question:
    """A field, and what knowing it is good for; the amounts are of policies and firms together.

    Attributes:
        settles: verdicts that it alone settles, and `settles_amount` what they are worth.
        helps: verdicts for which it is needed together with others.
    """

    field: str
    settles: int
    settles_amount: Decimal
    helps: int
    helps_amount: Decimal


def questions_for(explanations: Sequence[Explanation], amounts: Sequence[Decimal]) -> list[Question]:
    """Return what to ask a firm, best first; `amounts` is what each policy may be worth to it."""
    tally = _Tally()
    for explanation, amount in zip(explanations, amounts, strict=True):
        alone = len(explanation.missing) == 1 and not explanation.manual and not explanation.undefined
        for name in explanation.missing:
            tally.add(name, int(alone), int(not alone), amount)
    return tally.ranked()


def questions_for_all(
    matcher: "Matcher", parts: "Iterable[Part]", amounts: Sequence[Decimal]
) -> list[Question]:
    """Return what to ask of all firms, best first; `amounts` is what each policy is worth to one firm.

    A field counts for a firm only where it is not known and could still decide, as in an explanation.
    """
    import numpy as np

    tally = _Tally()
    for block in matcher.blocks(parts):
        for top, amount in zip(matcher.plan.graph.tops, amounts, strict=True):
            asked, closed = open_fields(matcher, block, top)
            once, twice = closed, closed
            for bits in asked.values():
                once, twice = once | bits, twice | (once & bits)
            for name, bits in asked.items():
                alone = int(np.bitwise_count(bits & ~twice).sum())
                every = int(np.bitwise_count(bits).sum())
                if every:
                    tally.add(name, alone, every - alone, amount)
    return tally.ranked()


def open_fields(matcher: "Matcher", block: "Block", top: int) -> "tuple[dict[str, Bits], Bits]":
    """Return for each field the rows in which it could still decide, and the rows that no field can settle."""
    asked: dict[str, Bits] = {}
    closed = block.ones & ~block.ones
    for leaf, live in _live(matcher, block, top):
        undefined = closed & ~closed
        for guard in matcher.plan.graph.guards.get(leaf, ()):
            undefined = undefined | (live & block.bits[guard ^ 1])
        names = matcher.asks(leaf)
        closed = closed | (undefined if names else live)
        for name in names:
            rows = live & ~undefined & ~block.valid(name)
            asked[name] = asked[name] | rows if name in asked else rows
    return asked, closed


def _live(matcher: "Matcher", block: "Block", top: int) -> "Iterator[tuple[int, Bits]]":
    """Yield the leaves of a policy with the rows in which they are unknown under nothing but what is unknown."""
    graph = matcher.plan.graph
    yes, no = matcher.top_bits(block, top)
    todo = [(top, block.ones & ~(yes | no))]
    for ref, live in todo:
        node = graph.nodes[ref >> 1]
        if isinstance(node, tuple):
            todo += [(inner, live & ~(block.bits[inner] | block.bits[inner ^ 1])) for inner in node]
        else:
            yield ref >> 1, live


class _Tally:
    def __init__(self) -> None:
        self._settles: defaultdict[str, int] = defaultdict(int)
        self._helps: defaultdict[str, int] = defaultdict(int)
        self._settled: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._helped: defaultdict[str, Decimal] = defaultdict(Decimal)

    def add(self, name: str, settles: int, helps: int, amount: Decimal) -> None:
        self._settles[name] += settles
        self._helps[name] += helps
        self._settled[name] += settles * amount
        self._helped[name] += helps * amount

    def ranked(self) -> list[Question]:
        found = [
            Question(name, count, self._settled[name], self._helps[name], self._helped[name])
            for name, count in self._settles.items()
        ]
        return sorted(
            found, key=lambda one: (-one.settles_amount, -one.helps_amount, -one.settles, one.field)
        )
