"""Many policies against millions of firms: each distinct condition once, then whole rows of bits at a time.

A block of rows is answered by two rows of bits a condition, one for true and one for false; what is in neither is
unknown. Kleene's and, or and not are then bitwise operations on those. Nothing is ever written that is as large as firms
times policies: counts are added up, and the firms of an answer are listed when they are asked for.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from zhuchao.engines.rules.columns import (
    Bits,
    Bools,
    FlagColumn,
    Part,
    SizedColumn,
    TagColumn,
    Wholes,
    WordColumn,
)
from zhuchao.engines.rules.graph import Graph, Known, Leaf, fields_of_leaf, fields_with_guards
from zhuchao.engines.rules.terms import Begins, Holds, Linear, Logic, Manual, OneOf, Sign, Sized
from zhuchao.engines.rules.truth import Truth

BLOCK: Final = 1 << 17
"""Rows answered at once: a row of bits is 16 kB, so that a call is worth its making and the rows stay near the processor."""
_MANY: Final = 2_000  # conditions; of more, fewer rows are answered at once

_AHEAD: Final = 2  # blocks in hand for each thread
_COUNTED_AT_ONCE: Final = 64  # policies
_FEW_RANGES: Final = 4  # up to so many are compared; more are looked up
_WIDEST: Final = 2**63
_EVERY_OTHER: Final = np.uint64(0x00FF00FF00FF00FF)

Compare: TypeAlias = Callable[[slice, Bools], None]
"""Writes which rows of a slice meet a leaf; what is not known is taken out afterwards."""


class Outcome(IntEnum):
    """What is counted for a policy."""

    ELIGIBLE = 0
    INELIGIBLE = 1
    NEAR = 2


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Counts of firms for each policy, in the order of the policies.

    Attributes:
        near: firms of which exactly one thing the policy asks is false and none unknown; they are ineligible too.
        rows: firms counted; where it was stopped, fewer than there are.
    """

    rows: int
    eligible: Wholes
    ineligible: Wholes
    near: Wholes
    stopped: bool = False

    @property
    def unknown(self) -> Wholes:
        return self.rows - self.eligible - self.ineligible


class Block:
    """Some rows of a part with the bits of every reference of a graph.

    `bits[ref]` are the rows for which it is true, `bits[ref ^ 1]` those for which it is false, and `known[number]` both
    together; leaves of the same fields share them.
    """

    def __init__(self) -> None:
        self.bits: list[Bits] = []
        self.known: dict[int, Bits] = {}
        self.first = 0
        self.rows = 0
        self.ones: Bits = np.zeros(0, np.uint64)
        self._space: dict[tuple[int, int], NDArray[np.uint64]] = {}
        self._bools = np.zeros(BLOCK, np.bool_)
        self._part: Part | None = None
        self._words = slice(0, 0)

    def valid(self, name: str) -> Bits:
        """Return the rows in which a field is known."""
        assert self._part is not None
        return self._part.columns[name].valid[self._words]

    def fill(self, plan: "Plan", prepared: "Prepared", start: int) -> None:
        """Answer the rows of a part from `start`, as many as the plan answers at once."""
        part = prepared.part
        stop = min(start + plan.rows, part.rows)
        self._part, self.first, self.rows = part, part.first + start, stop - start
        self._words = slice(start // 64, -(-stop // 64))
        words = self._words.stop - self._words.start
        count = len(plan.graph.nodes) * 2
        if (words, count) not in self._space:
            self._space = {(words, count): np.zeros((count, words), np.uint64)}
        self.bits = list(self._space[words, count])
        self.ones = np.full(words, ~np.uint64(0))
        if self.rows % 64:
            self.ones[-1:].view(np.uint8)[:] = np.packbits(np.arange(64) < self.rows % 64)
        known: dict[tuple[str, ...], Bits] = {}
        for number, leaf in plan.leaves:
            self._answer(plan, number, leaf, prepared.compare[number], slice(start, stop), known)
        for number, refs in plan.inner:
            self._join(number * 2, refs)
            self.known[number] = self.bits[number * 2] | self.bits[number * 2 + 1]

    def _answer(
        self,
        plan: "Plan",
        number: int,
        leaf: Leaf,
        compare: Compare | None,
        rows: slice,
        known: dict[tuple[str, ...], Bits],
    ) -> None:
        yes, no = self.bits[number * 2], self.bits[number * 2 + 1]
        if isinstance(leaf, Manual):
            yes[:] = 0
            no[:] = 0
            self.known[number] = no
            return
        fields = fields_of_leaf(leaf)
        if fields not in known:
            all_known = self.ones
            for name in fields:
                all_known = all_known & self.valid(name)
            known[fields] = all_known
        valid = known[fields]
        if isinstance(leaf, Known):
            yes[:] = valid
            np.bitwise_xor(self.ones, valid, out=no)
            self.known[number] = self.ones
            return
        for guard in plan.graph.guards.get(number, ()):
            valid = valid & self.bits[guard]
        self.known[number] = valid
        if compare is None:  # a flag is kept as bits
            assert self._part is not None
            column = self._part.columns[fields[0]]
            assert isinstance(column, FlagColumn)
            np.bitwise_and(valid, column.yes[self._words], out=yes)
        else:
            bools = self._bools[: self.rows]
            compare(rows, bools)
            packed = np.packbits(bools)
            whole = yes.view(np.uint8)
            np.bitwise_and(packed, valid.view(np.uint8)[: len(packed)], out=whole[: len(packed)])
            whole[len(packed) :] = 0
        np.bitwise_xor(valid, yes, out=no)

    def _join(self, ref: int, refs: Sequence[int]) -> None:
        bits, yes, no = self.bits, self.bits[ref], self.bits[ref + 1]
        yes[:] = self.ones
        no[:] = 0
        for inner in refs:
            np.bitwise_and(yes, bits[inner], out=yes)
            np.bitwise_or(no, bits[inner ^ 1], out=no)


class Plan:
    """What to answer, made once for some logics."""

    def __init__(self, logics: Iterable[Logic]) -> None:
        self.graph = graph = Graph(logics)
        self.leaves = sorted(graph.leaves, key=_by_form)
        self.rows = BLOCK if len(self.leaves) <= _MANY else BLOCK // 2
        asked = dict.fromkeys(graph.parts(top) for top in graph.tops)
        self.asked = list(asked)
        places = {parts: place for place, parts in enumerate(self.asked)}
        self.place = np.array([places[graph.parts(top)] for top in graph.tops], np.int64)
        self.sure = [self._known_of(parts) for parts in self.asked]
        needed = {ref >> 1 for parts in self.asked for ref in parts}
        self.inner: list[tuple[int, tuple[int, ...]]] = []
        for number in range(len(graph.nodes) - 1, -1, -1):
            node = graph.nodes[number]
            if isinstance(node, tuple) and number in needed:
                needed.update(ref >> 1 for ref in node)
                self.inner.append((number, node))
        self.inner.reverse()

    def _known_of(self, parts: Iterable[int]) -> tuple[int, ...]:
        """Return nodes that are all known just where all parts are, one of those that are known alike."""
        alike: dict[int | tuple[str, ...], int] = {}
        for number in (ref >> 1 for ref in parts):
            node = self.graph.nodes[number]
            if isinstance(node, (tuple, Manual, Known)) or number in self.graph.guards:
                alike[number] = number
            else:
                alike.setdefault(fields_of_leaf(node), number)
        return tuple(alike.values())

    @property
    def fields(self) -> frozenset[str]:
        """Return the fields whose columns are needed."""
        return frozenset(name for _, leaf in self.leaves for name in fields_of_leaf(leaf))

    def prepare(self, part: Part) -> "Prepared":
        """Return how each leaf is compared on the columns of a part."""
        return Prepared(part, {number: _comparison(leaf, part) for number, leaf in self.leaves})


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    part: Part
    compare: dict[int, Compare | None]


class Matcher:
    """Policies ready to be matched with firms; `fields` names the columns that they need."""

    def __init__(self, logics: Sequence[Logic]) -> None:
        self.logics = tuple(logics)
        self.plan = Plan(self.logics)
        self.fields = self.plan.fields

    def count(
        self,
        parts: Iterable[Part],
        *,
        threads: int = 1,
        progress: Callable[[int], None] = lambda rows: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Match:
        """Count firms that are eligible, ineligible, nearly eligible; the rest is unknown.

        Args:
            threads: how many blocks are worked on at once; the counts do not depend on it.
            progress: told after each block how many firms are counted.
            cancelled: asked before each block; true ends it with what is counted.
        """
        total = np.zeros((3, len(self.plan.asked)), np.int64)
        rows, stopped = 0, False

        def one(prepared: Prepared, start: int) -> tuple[int, NDArray[np.int64]]:
            block = spare.pop() if spare else Block()
            block.fill(self.plan, prepared, start)
            counted = _count(self.plan, block)
            found = block.rows, counted
            spare.append(block)
            return found

        spare: list[Block] = []
        with ThreadPoolExecutor(threads) as pool:
            waiting = []
            for prepared, start in self._starts(parts):
                if cancelled():
                    stopped = True
                    break
                if threads == 1:
                    done = [one(prepared, start)]
                else:
                    waiting.append(pool.submit(one, prepared, start))
                    done = [waiting.pop(0).result()] if len(waiting) >= threads * _AHEAD else []
                for count, counted in done:
                    rows += count
                    total += counted
                    progress(rows)
            for future in waiting:
                count, counted = future.result()
                rows += count
                total += counted
                progress(rows)
        counts = total[:, self.plan.place]
        return Match(
            rows, counts[Outcome.ELIGIBLE], counts[Outcome.INELIGIBLE], counts[Outcome.NEAR], stopped=stopped
        )

    def blocks(self, parts: Iterable[Part]) -> Iterator[Block]:
        """Yield each block answered; it is the same object, filled anew."""
        block = Block()
        for prepared, start in self._starts(parts):
            block.fill(self.plan, prepared, start)
            yield block

    def find(
        self, parts: Iterable[Part], truths: Collection[Truth] = (Truth.TRUE, Truth.UNKNOWN)
    ) -> Iterator[tuple[int, Truth, Wholes]]:
        """Yield the place of a policy, a truth and the numbers of the rows of which it holds, block by block.

        For the firms of few policies make a matcher of those: what they do not share is not answered.
        """
        for block in self.blocks(parts):
            for place, top in enumerate(self.plan.graph.tops):
                yes, no = self.top_bits(block, top)
                for truth in truths:
                    if truth is Truth.UNKNOWN:
                        held = block.ones & ~(yes | no)
                    else:
                        held = yes if truth is Truth.TRUE else no
                    bits = np.unpackbits(held.view(np.uint8), count=block.rows)
                    rows = np.flatnonzero(bits) + block.first
                    if len(rows):
                        yield place, truth, rows

    def top_bits(self, block: Block, top: int) -> tuple[Bits, Bits]:
        """Return the rows for which a policy is true and false; the outermost all is not kept in a block."""
        yes, no = block.ones.copy(), np.zeros_like(block.ones)
        for ref in self.plan.graph.parts(top):
            yes &= block.bits[ref]
            no |= block.bits[ref ^ 1]
        return yes, no

    def near_bits(self, block: Block, top: int) -> Bits:
        """Return the rows for which exactly one thing that a policy asks is false and none is unknown."""
        near, yes = np.zeros_like(block.ones), block.ones.copy()
        for ref in self.plan.graph.parts(top):
            near = (near & block.bits[ref]) | (yes & block.bits[ref ^ 1])
            yes &= block.bits[ref]
        return near

    def asks(self, number: int) -> tuple[str, ...]:
        """Return the fields that a leaf rests on, those of its guards among them."""
        node = self.plan.graph.nodes[number]
        assert not isinstance(node, tuple)
        return fields_with_guards(node)

    def _starts(self, parts: Iterable[Part]) -> Iterator[tuple[Prepared, int]]:
        for part in parts:
            prepared = self.plan.prepare(part)
            for start in range(0, part.rows, self.plan.rows):
                yield prepared, start


def _count(plan: Plan, block: Block) -> NDArray[np.int64]:
    """Count the outcomes of each distinct policy of a plan, shape (3, policies)."""
    bits, known, words = block.bits, block.known, len(block.ones)
    counts = np.zeros((3, len(plan.asked)), np.int64)
    found = np.zeros((3, _COUNTED_AT_ONCE, -(-words // 8) * 8), np.uint64)
    twice, first = np.zeros(words, np.uint64), np.zeros(words, np.uint64)
    rows = [
        (found[0, place, :words], found[1, place, :words], found[2, place, :words])
        for place in range(_COUNTED_AT_ONCE)
    ]
    both, either, apart = np.bitwise_and, np.bitwise_or, np.bitwise_xor
    for begin in range(0, len(plan.asked), _COUNTED_AT_ONCE):
        some = plan.asked[begin : begin + _COUNTED_AT_ONCE]
        sure = plan.sure[begin : begin + _COUNTED_AT_ONCE]
        for (yes, no, near), parts, numbers in zip(rows, some, sure, strict=False):
            if len(parts) < 2:
                yes[:] = bits[parts[0]] if parts else block.ones
                no[:] = near[:] = bits[parts[0] ^ 1] if parts else 0
                continue
            # what is false once, and what twice
            one, other = bits[parts[0] ^ 1], bits[parts[1] ^ 1]
            either(one, other, no)
            both(one, other, twice)
            for ref in parts[2:]:
                false = bits[ref ^ 1]
                both(no, false, first)
                either(twice, first, twice)
                either(no, false, no)
            all_known = known[numbers[0]]
            for number in numbers[1:]:
                all_known = both(all_known, known[number], yes)
            both(all_known, no, first)
            apart(all_known, first, yes)
            both(first, twice, near)
            apart(first, near, near)
        counts[:, begin : begin + len(some)] = _ones(found[:, : len(some)])
    return counts


def _ones(bits: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many bits are set along the last axis, of a multiple of 8 and at most BLOCK bits."""
    eights = np.bitwise_count(bits).view(np.uint64)  # eight counts of at most 64 each
    fours = eights & _EVERY_OTHER
    np.right_shift(eights, np.uint64(8), out=eights)
    np.bitwise_and(eights, _EVERY_OTHER, out=eights)
    fours += eights
    sums = fours.sum(axis=-1)[..., np.newaxis].view(np.uint16)  # no lane of 16 bits runs over in a block
    counts: NDArray[np.int64] = sums.sum(axis=-1, dtype=np.int64)
    return counts


def _by_form(numbered: tuple[int, Leaf]) -> tuple[bool, str]:
    """Put guards before what they guard, and comparisons of one form together."""
    leaf = numbered[1]
    return isinstance(leaf, Sized) and bool(leaf.guards), repr(leaf.form) if isinstance(leaf, Sized) else ""


def _comparison(leaf: Leaf, part: Part) -> Compare | None:
    if isinstance(leaf, Sized):
        return _of_sizes(leaf.form, leaf.sign, part)
    if isinstance(leaf, (Begins, OneOf)):
        column = part.columns[leaf.field]
        assert isinstance(column, WordColumn)
        if isinstance(leaf, Begins):
            return _of_words(column, column.ranges(leaf.prefixes, beginnings=True))
        return _of_words(column, column.ranges(leaf.words, beginnings=False))
    if isinstance(leaf, Holds):
        column = part.columns[leaf.field]
        assert isinstance(column, TagColumn)
        return _of_tags(column, leaf.words)
    return None


def _of_sizes(form: Linear, sign: Sign, part: Part) -> Compare:
    columns: list[tuple[Wholes, int, int]] = []
    for name, factor in form.terms:
        column = part.columns[name]
        assert isinstance(column, SizedColumn)
        columns.append((column.values, factor, column.most))
    if len(columns) == 1:
        values, factor, _ = columns[0]
        return _of_one(values, factor, form.constant, sign)
    limit, ufunc = -form.constant, _UFUNCS[sign]

    def compare(rows: slice, out: Bools) -> None:
        total = _total([(values[rows], factor, most) for values, factor, most in columns])
        out[:] = ufunc(total, limit)

    return compare


_UFUNCS: Final = {
    Sign.AT_LEAST: np.greater_equal,
    Sign.ABOVE: np.greater,
    Sign.IS: np.equal,
    Sign.IS_NOT: np.not_equal,
}


def _of_one(values: Wholes, factor: int, constant: int, sign: Sign) -> Compare:
    """Return the comparison of a single field with the limit at which the sign turns, exactly."""
    limit, rest = divmod(-constant, factor)  # the floor of the limit
    ufunc = _UFUNCS[sign]
    if sign in (Sign.IS, Sign.IS_NOT):
        if rest:
            never = sign is Sign.IS_NOT
            return lambda rows, out: out.fill(never)
    elif factor > 0:
        # at least 4.5 and above 4.5 are both above 4
        ufunc = np.greater if rest or sign is Sign.ABOVE else np.greater_equal
    else:
        # at most 4.5 and below 4.5 are both at most 4
        ufunc = np.less_equal if rest or sign is Sign.AT_LEAST else np.less
    if not -_WIDEST <= limit < _WIDEST:
        always = bool(ufunc(0, 1 if limit > 0 else -1))
        return lambda rows, out: out.fill(always)
    whole = np.int64(limit)

    def compare(rows: slice, out: Bools) -> None:
        ufunc(values[rows], whole, out=out)

    return compare


def _total(columns: Sequence[tuple[Wholes, int, int]]) -> NDArray[np.int64] | NDArray[np.object_]:
    """Return a sum of products, as Python's whole numbers where 64 bits might not hold it."""
    if _bound(columns) >= _WIDEST:
        columns = [(values, factor, _most(values)) for values, factor, _ in columns]
    if _bound(columns) >= _WIDEST:
        wide: NDArray[np.object_] = sum(
            (values.astype(object) * factor for values, factor, _ in columns), start=np.zeros(1, object)
        )
        return wide
    total = np.zeros(len(columns[0][0]) if columns else 1, np.int64)
    for values, factor, _ in columns:
        total += values * factor
    return total


def _bound(columns: Sequence[tuple[Wholes, int, int]]) -> int:
    return sum(abs(factor) * max(most, 1) for _, factor, most in columns)


def _most(values: Wholes) -> int:
    return max(int(values.max()), -int(values.min()))


def _of_words(column: WordColumn, ranges: Sequence[tuple[int, int]]) -> Compare:
    codes = column.codes
    if len(ranges) > _FEW_RANGES:
        table = np.zeros(len(column.words), np.bool_)
        for low, high in ranges:
            table[low:high] = True

        def look_up(rows: slice, out: Bools) -> None:
            np.take(table, codes[rows], out=out, mode="clip")

        return look_up

    def compare(rows: slice, out: Bools) -> None:
        some = codes[rows]
        out.fill(False)
        for low, high in ranges:
            # below zero wraps to the largest numbers, so one comparison is enough
            inside = some - codes.dtype.type(low) < high - low
            np.logical_or(out, inside, out=out)

    return compare


def _of_tags(column: TagColumn, wanted: Sequence[str]) -> Compare:
    held = np.isin(column.codes, [place for place, word in enumerate(column.words) if word in set(wanted)])
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(held)])

    def compare(rows: slice, out: Bools) -> None:
        ends = before[column.starts[rows.start : rows.stop + 1]]
        np.greater(ends[1:], ends[:-1], out=out)

    return compare
