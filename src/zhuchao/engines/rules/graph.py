"""The logics of many policies as one graph in which what is the same stands once.

A node is a leaf (a condition, or whether a linear form is known) or what all of some references ask. A reference is
twice the number of its node, plus one where it is denied: false for true, true for false, unknown as it is. So one
kind of inner node does for all, any and not, and a node stands after everything that it refers to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from zhuchao.engines.rules.terms import (
    All,
    Any,
    Banded,
    Condition,
    Linear,
    Logic,
    Manual,
    Not,
    Sign,
    Sized,
)


@dataclass(frozen=True, slots=True)
class Known:
    """Every field of a form is known; true or false, never unknown."""

    form: Linear


Leaf: TypeAlias = Condition | Known

Refs: TypeAlias = tuple[int, ...]


class Graph:
    """What the logics of policies have in common.

    Attributes:
        nodes: leaves, and references of which all must hold, in order of making.
        guards: of the leaves that have them, the references that must hold for them to have an answer.
        tops: the reference of each logic, in the order given.
    """

    def __init__(self, logics: Iterable[Logic]) -> None:
        self.nodes: list[Leaf | Refs] = []
        self.guards: dict[int, Refs] = {}
        self._numbers: dict[Leaf | Refs, int] = {}
        self.tops: Refs = tuple(self._add(logic) for logic in logics)

    @property
    def leaves(self) -> list[tuple[int, Leaf]]:
        """Return each leaf with its number; a guard stands before what it guards."""
        return [(number, node) for number, node in enumerate(self.nodes) if not isinstance(node, tuple)]

    def parts(self, top: int) -> Refs:
        """Return what a reference asks for one by one: the parts of an all, else itself alone."""
        node = self.nodes[top >> 1]
        return node if isinstance(node, tuple) and not top & 1 else (top,)

    def _add(self, logic: Logic) -> int:
        if isinstance(logic, Not):
            return self._add(logic.part) ^ 1
        if isinstance(logic, All):
            return self._all([self._add(part) for part in logic.parts])
        if isinstance(logic, Any):
            return self._any([self._add(part) for part in logic.parts])
        if isinstance(logic, Banded):
            return self._banded(logic)
        guards: Refs = ()
        if isinstance(logic, Sized):
            guards = tuple(self._number(Sized(guard, Sign.ABOVE)) * 2 for guard in logic.guards)
        number = self._number(logic)
        if guards:
            self.guards[number] = guards
        return number * 2

    def _banded(self, logic: Banded) -> int:
        """Return bands as all and any: the part of the band, or where the guide is not known every part at once."""
        parts = [self._add(part) for _, part in logic.bands]
        if not logic.bands or logic.bands[-1][0] is not None:
            parts.append(self._any([]))  # no band: no right
        if len(parts) == 1:
            return parts[0]
        ways: list[int] = []
        before: list[int] = []
        for (upto, _), part in zip(logic.bands, parts, strict=False):
            if upto is None:
                break
            within = self._add(within_band(logic.by, upto))
            ways.append(self._all([*before, within, part]))
            before = [within ^ 1]
        ways.append(self._all([*before, parts[-1]]))
        ways.append(self._all([self._number(Known(logic.by)) * 2 + 1, *parts]))
        return self._any(ways)

    def _any(self, refs: Sequence[int]) -> int:
        return self._all([ref ^ 1 for ref in refs]) ^ 1

    def _all(self, refs: Sequence[int]) -> int:
        flat = {inner for ref in refs for inner in self.parts(ref)}
        return flat.pop() if len(flat) == 1 else self._number(tuple(sorted(flat))) * 2

    def _number(self, node: Leaf | Refs) -> int:
        number = self._numbers.setdefault(node, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
        return number


def within_band(by: Linear, upto: int) -> Sized:
    """Return the condition that a guide is at most so much."""
    return Sized(
        Linear(tuple((name, -factor) for name, factor in by.terms), upto - by.constant), Sign.AT_LEAST
    )


def fields_of_leaf(leaf: Leaf) -> tuple[str, ...]:
    """Return the fields that a leaf itself compares; those of its guards are theirs."""
    if isinstance(leaf, (Sized, Known)):
        return leaf.form.fields
    return () if isinstance(leaf, Manual) else (leaf.field,)


def fields_with_guards(leaf: Leaf) -> tuple[str, ...]:
    """Return every field that a leaf rests on."""
    guards = leaf.guards if isinstance(leaf, Sized) else ()
    return tuple(dict.fromkeys((*fields_of_leaf(leaf), *(name for guard in guards for name in guard.fields))))
