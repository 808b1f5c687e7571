"""What one policy says of each of many firms, a block at a time: the answer, how near it is, and what is not known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from zhuchao.engines.rules.asking import open_fields
from zhuchao.engines.rules.columns import Bits, Bools, Codes, Part
from zhuchao.engines.rules.kernel import Matcher
from zhuchao.engines.rules.terms import Logic


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers of a policy for some firms in their order.

    Attributes:
        first: number of the first firm.
        truths: a `Truth` a firm.
        near: firms of which exactly one thing that the policy asks is false and nothing unknown.
        missing: for each field that could decide somewhere, the unknown firms of which it is not known.
        judged: unknown firms of which a person must judge, or of which a quotient is over nothing.
    """

    first: int
    truths: Codes
    near: Bools
    missing: dict[str, Bools]
    judged: Bools


def answers_of(logic: Logic, parts: Iterable[Part]) -> Iterator[Answers]:
    """Yield the answers of one policy block by block; `Matcher([logic]).fields` names the columns that it needs."""
    matcher = Matcher([logic])
    (top,) = matcher.plan.graph.tops
    for block in matcher.blocks(parts):
        yes, no = matcher.top_bits(block, top)
        asked, closed = open_fields(matcher, block, top)
        truths = np.ones(block.rows, np.uint8)
        truths[_bools(yes, block.rows)] = 2
        truths[_bools(no, block.rows)] = 0
        yield Answers(
            block.first,
            truths,
            _bools(matcher.near_bits(block, top), block.rows),
            {name: _bools(bits, block.rows) for name, bits in asked.items()},
            _bools(closed, block.rows),
        )


def _bools(bits: Bits, rows: int) -> Bools:
    return np.unpackbits(bits.view(np.uint8), count=rows).view(np.bool_)
