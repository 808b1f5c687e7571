"""One firm against many policies: the same graph as generated Python, with every condition explained.

The source is made from terms alone: numbers are printed, and names and words are handed over as values, so nothing that
an author typed is ever part of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import SIZED, Facts, FactValue, Field, Kind, Vocabulary
from zhuchao.engines.rules.graph import Graph, Known, Leaf, fields_of_leaf, fields_with_guards
from zhuchao.engines.rules.terms import (
    Begins,
    Condition,
    Holds,
    Linear,
    Logic,
    Manual,
    OneOf,
    Sign,
    Sized,
    conditions_of,
)
from zhuchao.engines.rules.truth import Truth

Kept: TypeAlias = int | str | frozenset[str] | None
"""A value as it is compared: sized ones and flags as whole numbers; None is not known."""

Quotient: TypeAlias = tuple[int, int]

_TRUTHS: Final = tuple(Truth)
_SWAPPED: Final = {Sign.AT_LEAST: "<=", Sign.ABOVE: "<"}


class Answer(NamedTuple):
    """What one condition says of a firm.

    Attributes:
        found: of a size the number on the left as a quotient (top, bottom), in the unit of people: yuan, years as days
            since 0001-01-01, a ratio as a number; else the word, the words or the flag; None where not known.
        wanted: the number on the right of `comparison` likewise; None where the condition itself names words.
        undefined: a denominator is known and not above zero, so no missing field could decide.
    """

    condition: Condition
    truth: Truth
    found: Quotient | Kept
    comparison: str
    wanted: Quotient | None
    undefined: bool

    @property
    def left(self) -> Fraction | None:
        """Return the number found; None where there is none."""
        return Fraction(*self.found) if isinstance(self.found, tuple) else None

    @property
    def right(self) -> Fraction | None:
        """Return the number wanted; None where there is none."""
        return None if self.wanted is None else Fraction(*self.wanted)


class Explanation(NamedTuple):
    """What one policy says of a firm.

    Attributes:
        answers: each condition once, in the order of the policy.
        missing: fields not known that could still decide, in no order that means anything; none where the verdict stands whatever they are.
        manual: conditions that a person must judge and that could still decide.
        undefined: conditions over a denominator that is not above zero, where they could still decide.
    """

    truth: Truth
    answers: tuple[Answer, ...]
    missing: tuple[str, ...]
    manual: tuple[str, ...]
    undefined: tuple[Condition, ...]


def keep_facts(facts: Facts, fields: Iterable[Field]) -> dict[str, Kept]:
    """Return facts as they are compared, with what absence means; raises EngineError `fact_malformed`."""
    return {field.name: _kept(field, facts.get(field.name)) for field in fields}


def _kept(field: Field, value: FactValue | None) -> Kept:
    if value is None:
        value = field.missing_as
    if value is None:
        return None
    if field.kind in SIZED or field.kind is Kind.FLAG:
        return field.keep(value)
    if field.kind is Kind.TAGS:
        if isinstance(value, frozenset):
            return value
    elif isinstance(value, str) and (not field.choices or value in field.choices):
        return value
    raise EngineError("fact_malformed", f"{field.name} cannot be {value!r}", field=field.name, value=value)


class Asked:
    """Policies ready to be asked about one firm after another; raises EngineError `field_unknown`."""

    def __init__(self, logics: Sequence[Logic], vocabulary: Vocabulary) -> None:
        self.logics = tuple(logics)
        self.graph = graph = Graph(self.logics)
        leaves = graph.leaves
        names = dict.fromkeys(name for _, leaf in leaves for name in fields_of_leaf(leaf))
        self.fields = tuple(vocabulary[name] for name in names)
        self._run = _compile(graph, self.fields)
        self._leaves = [leaf for _, leaf in leaves]
        place_of = {leaf: place for place, leaf in enumerate(self._leaves)}
        place_of_node = {number: place for place, (number, _) in enumerate(leaves)}
        self._places = [
            tuple(place_of[condition] for condition in dict.fromkeys(conditions_of(logic)))
            for logic in self.logics
        ]
        self._pick = [_picker(places) for places in self._places]
        sides = [_sides(leaf, self.fields) for leaf in self._leaves]
        self._signs = [(comparison, wanted) for _, comparison, wanted in sides]
        self._found = _found(self._leaves, [found for found, _, _ in sides], self.fields)
        place_of_field = {field.name: place for place, field in enumerate(self.fields)}
        self._asks = [
            tuple((name, place_of_field[name]) for name in fields_with_guards(leaf)) for leaf in self._leaves
        ]
        self._guards = [
            tuple(place_of_node[guard >> 1] for guard in graph.guards.get(number, ())) for number, _ in leaves
        ]
        self._place_of_node = place_of_node

    def keep(self, facts: Facts) -> dict[str, Kept]:
        """Return the facts that the policies look at; raises EngineError `fact_malformed`."""
        return keep_facts(facts, self.fields)

    def truths(self, kept: Mapping[str, Kept]) -> tuple[Truth, ...]:
        """Return the verdict of each policy."""
        nodes = self.nodes(kept)
        return tuple(_TRUTHS[_value(nodes, top)] for top in self.graph.tops)

    def near(self, kept: Mapping[str, Kept]) -> tuple[bool, ...]:
        """Return of which policies exactly one thing that it asks is false and nothing unknown."""
        nodes = self.nodes(kept)
        asked = ([_value(nodes, ref) for ref in self.graph.parts(top)] for top in self.graph.tops)
        return tuple(truths.count(0) == 1 and 1 not in truths for truths in asked)

    def nodes(self, kept: Mapping[str, Kept]) -> Sequence[int]:
        """Return the truth of each node of the graph."""
        return self._run(tuple(kept[field.name] for field in self.fields))

    def explain(self, facts: Facts) -> list[Explanation]:
        """Explain each policy; raises EngineError `fact_malformed`."""
        kept = self.keep(facts)
        values = tuple(kept[field.name] for field in self.fields)
        nodes = self._run(values)
        found = self._found(values)
        truths = [nodes[number] for number, _ in self.graph.leaves]
        undefined = [
            truth == 1 and any(truths[guard] == 0 for guard in guards)
            for truth, guards in zip(truths, self._guards, strict=True)
        ]
        answers = [
            Answer(leaf, _TRUTHS[truth], seen, comparison, wanted, stuck)  # type: ignore[arg-type]
            for leaf, truth, seen, (comparison, wanted), stuck in zip(
                self._leaves, truths, found, self._signs, undefined, strict=True
            )
        ]
        asks = [
            tuple(name for name, place in asked if values[place] is None) if truth == 1 and not stuck else ()
            for truth, asked, stuck in zip(truths, self._asks, undefined, strict=True)
        ]
        explained = []
        for top, pick in zip(self.graph.tops, self._pick, strict=True):
            truth = _TRUTHS[_value(nodes, top)]
            decides = self._open(nodes, top, asks) if truth is Truth.UNKNOWN else ((), (), ())
            explained.append(Explanation(truth, pick(answers), *decides))
        return explained

    def _open(
        self, nodes: Sequence[int], top: int, asks: Sequence[tuple[str, ...]]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Condition, ...]]:
        """Return what could still decide: leaves that are unknown under nothing but what is unknown too."""
        missing: dict[str, None] = {}
        manual: dict[str, None] = {}
        undefined: dict[Condition, None] = {}
        todo = [top]
        for ref in todo:
            node = self.graph.nodes[ref >> 1]
            if isinstance(node, tuple):
                todo.extend(inner for inner in node if nodes[inner >> 1] == 1)
            elif isinstance(node, Manual):
                manual[node.key] = None
            elif names := asks[self._place_of_node[ref >> 1]]:
                missing.update(dict.fromkeys(names))
            else:
                assert not isinstance(node, Known)  # which is never unknown
                undefined[node] = None
        return tuple(missing), tuple(manual), tuple(undefined)


def _value(nodes: Sequence[int], ref: int) -> int:
    return 2 - nodes[ref >> 1] if ref & 1 else nodes[ref >> 1]


def _picker(places: tuple[int, ...]) -> Callable[[list[Answer]], tuple[Answer, ...]]:
    if len(places) > 1:
        picked: Callable[[list[Answer]], tuple[Answer, ...]] = itemgetter(*places)
        return picked
    return lambda answers: tuple(answers[place] for place in places)


def _compile(graph: Graph, fields: Sequence[Field]) -> Callable[[Sequence[Kept]], Sequence[int]]:
    """Return a function from the values of the fields to the truth of each node as 0, 1 or 2."""
    given: dict[str, object] = {}
    places = {field.name: f"x{place}" for place, field in enumerate(fields)}
    lines = [f"({''.join(f'{place}, ' for place in places.values())}) = x"]
    for number, node in enumerate(graph.nodes):
        if isinstance(node, tuple):
            terms = [f"2 - n{ref >> 1}" if ref & 1 else f"n{ref >> 1}" for ref in node]
            text = f"min({', '.join(terms)})" if terms else "2"
        else:
            text = _leaf_text(node, number, graph, places, given)
        lines.append(f"n{number} = {text}")
    lines.append(f"return ({''.join(f'n{number}, ' for number in range(len(graph.nodes)))})")
    return _function(lines, given)


def _leaf_text(
    leaf: Leaf, number: int, graph: Graph, places: Mapping[str, str], given: dict[str, object]
) -> str:
    names = [places[name] for name in fields_of_leaf(leaf)]
    missing = " or ".join(f"{name} is None" for name in names)
    if isinstance(leaf, Manual):
        return "1"
    if isinstance(leaf, Known):
        return f"0 if {missing} else 2" if missing else "2"
    words = f"k{number}"
    if isinstance(leaf, Sized):
        guards = [f"n{guard >> 1} != 2" for guard in graph.guards.get(number, ())]
        missing = " or ".join([*([missing] if missing else []), *guards])
        test = f"{_sum_text(leaf.form, places)} {leaf.sign} 0"
    elif isinstance(leaf, Begins):
        given[words], test = leaf.prefixes, f"{names[0]}.startswith({words})"
    elif isinstance(leaf, OneOf):
        given[words], test = frozenset(leaf.words), f"{names[0]} in {words}"
    elif isinstance(leaf, Holds):
        given[words], test = frozenset(leaf.words), f"not {words}.isdisjoint({names[0]})"
    else:
        test = names[0]
    return f"1 if {missing} else 2 if {test} else 0" if missing else f"2 if {test} else 0"


def _sum_text(form: Linear, places: Mapping[str, str]) -> str:
    terms = [places[name] if factor == 1 else f"{factor} * {places[name]}" for name, factor in form.terms]
    return " + ".join([*terms, *([str(form.constant)] if form.constant or not terms else [])])


def _function(lines: Sequence[str], given: dict[str, object]) -> Callable[[Sequence[Kept]], Sequence[int]]:
    source = "\n    ".join(["def run(x):", *lines])
    exec(compile(source, "<rules>", "exec"), given)
    made: Callable[[Sequence[Kept]], Sequence[int]] = given["run"]  # type: ignore[assignment]
    return made


def _found(
    leaves: Sequence[Leaf], texts: Sequence[str], fields: Sequence[Field]
) -> Callable[[Sequence[Kept]], Sequence[Quotient | Kept]]:
    """Return a function from the values of the fields to what each leaf found."""
    lines = [f"({''.join(f'x{place}, ' for place in range(len(fields)))}) = x"]
    lines.append(f"return ({''.join(f'{text}, ' for text in texts)})")
    made: Callable[[Sequence[Kept]], Sequence[Quotient | Kept]] = _function(lines, {})
    return made


def _sides(leaf: Leaf, fields: Sequence[Field]) -> tuple[str, str, Quotient | None]:
    """Return the source of what is found, the comparison as people read it, and the number wanted."""
    places = {field.name: f"x{place}" for place, field in enumerate(fields)}
    if isinstance(leaf, (Manual, Known)):
        return "None", "", None
    if not isinstance(leaf, Sized):
        return places[leaf.field], "", None
    scales = {field.name: field.scale for field in fields}
    guard = leaf.guards[0] if len(leaf.guards) == 1 else None
    if guard is not None and len(guard.terms) == 1 and not guard.constant and len(leaf.form.terms) > 1:
        found = _ratio(leaf, guard.terms[0][0], places, scales)
        if found is not None:
            return found
    if len(leaf.form.terms) == 1:
        name, factor = leaf.form.terms[0]
        left = f"None if {places[name]} is None else ({places[name]}, {scales[name]})"
        wanted = Fraction(-leaf.form.constant, factor * scales[name])
        return left, _comparison(leaf.sign, factor), (wanted.numerator, wanted.denominator)
    common = {scales[name] for name in leaf.form.fields}
    scale = common.pop() if len(common) == 1 else 1
    terms = Linear(leaf.form.terms, 0)
    missing = " or ".join(f"{places[name]} is None" for name in terms.fields)
    left = f"({_sum_text(terms, places)}, {scale})"
    wanted = Fraction(-leaf.form.constant, scale)
    comparison = _comparison(leaf.sign, 1)
    return (
        (f"None if {missing} else {left}" if missing else left),
        comparison,
        (wanted.numerator, wanted.denominator),
    )


def _ratio(
    leaf: Sized, below: str, places: Mapping[str, str], scales: Mapping[str, int]
) -> tuple[str, str, Quotient] | None:
    """Return the sides of a quotient compared with a number; None where it is not one."""
    rest = tuple((name, factor) for name, factor in leaf.form.terms if name != below)
    limit = -dict(leaf.form.terms).get(below, 0)
    if leaf.form.constant or len({scales[name] for name, _ in rest}) > 1:
        return None
    content = gcd(*(factor for _, factor in rest))
    content = content if rest[0][1] > 0 else -content
    top = Linear(tuple((name, factor // content) for name, factor in rest), 0)
    over, under = scales[below], scales[rest[0][0]]
    shared = gcd(over, under)
    missing = " or ".join(f"{places[name]} is None" for name in (*top.fields, below))
    text = (
        f"None if {missing} or {places[below]} <= 0 else "
        f"(({_sum_text(top, places)}) * {over // shared}, {places[below]} * {under // shared})"
    )
    wanted = Fraction(limit * over, content * under)
    return text, _comparison(leaf.sign, content), (wanted.numerator, wanted.denominator)


def _comparison(sign: Sign, factor: int) -> str:
    return _SWAPPED.get(sign, str(sign)) if factor < 0 else str(sign)
