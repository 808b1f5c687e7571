"""Text of an expression read into terms: the only module that knows the parser.

What an author typed never reaches the parser: each token is first made sure of and given a name of its own (t0, t1),
so that the tree which comes back can hold nothing else, and each node of it leads back to its place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from zhuchao.engines import EngineError
from zhuchao.engines.rules import canonical, measures
from zhuchao.engines.rules.fields import SIZED, Field, Kind, Vocabulary
from zhuchao.engines.rules.measures import Form, Measure, Own, Side
from zhuchao.engines.rules.terms import (
    Amount,
    Greatest,
    Holds,
    IsTrue,
    Least,
    Logic,
    OneOf,
    Sign,
    Sum,
)
from zhuchao.engines.rules.tokens import AS_OF, NO_PARAMS, Sort, Token, refusal, tokens_of

_COMPARISONS: Mapping[type[exp.Expression], str] = {
    exp.GTE: ">=",
    exp.GT: ">",
    exp.LTE: "<=",
    exp.LT: "<",
    exp.EQ: "=",
    exp.NEQ: "<>",
}
_SWAPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "<>": "<>"}
_SIGNS = {">=": Sign.AT_LEAST, ">": Sign.ABOVE, "=": Sign.IS, "<>": Sign.IS_NOT}
# What a node may hold, by its type: whatever else the parser might set (a table of a column, ESCAPE) is refused.
_PAIR = frozenset({"this", "expression"})
_ONE = frozenset({"this"})
_ALLOWED: Mapping[type[exp.Expression], frozenset[str]] = {
    **dict.fromkeys(_COMPARISONS, _PAIR),
    **dict.fromkeys((exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.Div), _PAIR),
    **dict.fromkeys((exp.Not, exp.Paren, exp.Neg, exp.Column), _ONE),
    exp.Like: frozenset({"this", "expression", "negate"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
}
_BEGINNING = re.compile(r"[0-9A-Za-z]+%")
_Found = TypeVar("_Found")
_KINDS: Mapping[str, type[Least | Greatest]] = {"least": Least, "greatest": Greatest}


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition as it was written, and what it means; the day that is asked for is still open (see `bind`)."""

    text: str
    logic: Logic


@dataclass(frozen=True, slots=True)
class NumberExpression:
    """A number as it was written, and what it means, in base units of what it measures (元, people, days)."""

    text: str
    amount: Amount
    measure: Measure


def read_condition(text: str, vocabulary: Vocabulary, params: Mapping[str, str] = NO_PARAMS) -> Expression:
    """Return what a condition means; read once for each text, vocabulary (by identity) and parameters.

    Args:
        text: such as `rd_expense >= 5% * revenue and established <= as_of - 1 year`.
        vocabulary: the fields that it may name.
        params: numbers, days and words by name, as they would be written: {"rd_small": "5%"}.

    Raises:
        EngineError: what the text does wrong, with `at`, the place; the codes are listed in docs/engines/rules.md.
    """
    return _condition(text, vocabulary, tuple(sorted(params.items())))


def read_number(text: str, vocabulary: Vocabulary, params: Mapping[str, str] = NO_PARAMS) -> NumberExpression:
    """Return what a number means: `least(30万元, 20% * rd_expense)`; as `read_condition`."""
    return _number(text, vocabulary, tuple(sorted(params.items())))


@lru_cache(maxsize=65536)
def _condition(text: str, vocabulary: Vocabulary, params: tuple[tuple[str, str], ...]) -> Expression:
    reader = _Reader(text, vocabulary, dict(params))
    return Expression(text, reader.logic(reader.tree))


@lru_cache(maxsize=65536)
def _number(text: str, vocabulary: Vocabulary, params: tuple[tuple[str, str], ...]) -> NumberExpression:
    reader = _Reader(text, vocabulary, dict(params))
    side, amount = reader.number(reader.tree)
    return NumberExpression(text, amount, side.measure)


class _Reader:
    """Reads one text: tokens, tree, and the walk over it that lets through only what is allowed."""

    def __init__(self, text: str, vocabulary: Vocabulary, params: Mapping[str, str]) -> None:
        for name in params:
            if name in vocabulary or name == AS_OF:
                raise refusal("param_is_field", f"{name} is a field, no parameter", 1, name=name)
        self.vocabulary = vocabulary
        self.tokens = tokens_of(text, params)
        self.tree = self._parsed()

    def _parsed(self) -> exp.Expression:
        pieces = [_written(number, token) for number, token in enumerate(self.tokens)]
        try:
            trees = sqlglot.parse(" ".join(pieces))
        except ParseError as error:
            raise self._malformed(pieces, error) from None
        (tree,) = trees
        if not isinstance(tree, exp.Expression):  # a sign of nothing, which the parser takes
            raise self._not_understood(self.tokens[-1])
        return tree

    def _malformed(self, pieces: list[str], error: ParseError) -> EngineError:
        end = int(error.errors[0]["col"]) if error.errors else 0
        ends = accumulate(len(piece) + 1 for piece in pieces)
        token = next(
            (token for token, last in zip(self.tokens, ends, strict=True) if last > end), self.tokens[-1]
        )
        return self._not_understood(token)

    def _not_understood(self, token: Token) -> EngineError:
        return refusal(
            "expression_malformed", f"not understood near {token.text}", token.at, found=token.text
        )

    def place(self, node: exp.Expression) -> Token:
        """Return the first token of a node."""
        names = [part.name[1:] for part in node.find_all(exp.Identifier, exp.Anonymous)]
        numbers = [int(name) for name in names if name.isdecimal()]
        return self.tokens[min(numbers, default=0)]

    def refuse(self, node: exp.Expression, code: str, message: str, **data: object) -> EngineError:
        return refusal(code, message, self.place(node).at, **data)

    def placed(self, node: exp.Expression, work: Callable[..., _Found], *parts: object) -> _Found:
        """Do what knows no places; what it refuses gets the place of the node."""
        try:
            return work(*parts)
        except EngineError as error:
            raise refusal(error.code, str(error), self.place(node).at, **error.data) from None

    def checked(self, node: object) -> exp.Expression:
        """Return a node without its brackets; raises EngineError construct_refused for all that is not allowed."""
        while isinstance(node, exp.Expression):
            allowed = _ALLOWED.get(type(node))
            given = {name for name, part in node.args.items() if part}
            if allowed is None or not given <= allowed:
                raise self.refuse(node, "construct_refused", f"{node.key} is not allowed", found=node.key)
            if not isinstance(node, exp.Paren):
                return node
            node = node.this
        raise AssertionError("the parser gives an expression or refuses")

    def spine(
        self, node: exp.Expression, kinds: tuple[type[exp.Expression], ...]
    ) -> tuple[exp.Expression, list[exp.Expression]]:
        """Return the first operand of a chain of operators and its nodes from left to right, without recursion."""
        chain: list[exp.Expression] = []
        while isinstance(node, kinds):
            chain.append(node)
            node = self.checked(node.this)
        return node, chain[::-1]

    def token(self, node: exp.Expression) -> Token | None:
        """Return the token of a leaf, or None for what is no leaf."""
        if not isinstance(node, exp.Column):
            return None
        if not node.name[1:].isdecimal():  # an operator where a value should stand
            raise refusal("expression_malformed", "not understood", 1)
        return self.tokens[int(node.name[1:])]

    def called(self, node: exp.Anonymous) -> str:
        """Return the name of the function of a node; what is no function, a word before a bracket, has none."""
        token = self.tokens[int(node.name[1:])]
        return token.text if token.sort is Sort.FUNCTION else ""

    def field(self, token: Token) -> Field:
        try:
            return self.vocabulary[token.text]
        except EngineError as error:
            raise refusal(error.code, str(error), token.at, **error.data) from None

    # conditions

    def logic(self, node: object) -> Logic:
        """Return what a boolean node means."""
        node = self.checked(node)
        for kind, join in ((exp.And, canonical.all_of), (exp.Or, canonical.any_of)):
            if isinstance(node, kind):
                first, chain = self.spine(node, (kind,))
                return join([self.logic(first), *(self.logic(link.expression) for link in chain)])
        if isinstance(node, exp.Not):
            return canonical.negated(self.logic(node.this))
        if sign := _COMPARISONS.get(type(node)):
            return self.compared(node, self.checked(node.this), sign, self.checked(node.expression))
        if isinstance(node, exp.Between):
            what = self.checked(node.this)
            low = self.compared(node, what, ">=", self.checked(node.args["low"]))
            return canonical.all_of([low, self.compared(node, what, "<=", self.checked(node.args["high"]))])
        if isinstance(node, exp.In):
            return self.listed(node)
        if isinstance(node, exp.Like):
            like = self.beginning(node)
            return canonical.negated(like) if node.args.get("negate") else like
        if isinstance(node, exp.Anonymous):
            return self.tagged(node)
        token = self.token(node)
        if token and token.sort is Sort.FIELD and token.text != AS_OF and self.field(token).kind is Kind.FLAG:
            return IsTrue(token.text)
        raise self.refuse(node, "type_mixed", "this is no condition: it is neither true nor false")

    def compared(self, node: exp.Expression, left: exp.Expression, sign: str, right: exp.Expression) -> Logic:
        if self.is_worded(right) and not self.is_worded(left):
            left, right, sign = right, left, _SWAPPED[sign]
        if self.is_worded(left):
            return self.worded(node, left, sign, right)
        if sign in ("<=", "<"):
            left, right, sign = right, left, _SWAPPED[sign]
        form, guards = self.placed(node, measures.difference, self.side(left), self.side(right))
        fields = [name for name, _ in form.terms if not name.startswith(measures.THE_DAY)]
        if not form.terms or (guards and not fields):
            raise self.refuse(node, "nothing_compared", "this compares no field with anything")
        return self.placed(node, canonical.sized, form, _SIGNS[sign], guards)

    def is_worded(self, node: exp.Expression) -> bool:
        """Return whether a node is a field that is not compared by size."""
        token = self.token(node)
        if token is None or token.sort is not Sort.FIELD or token.text == AS_OF:
            return False
        return self.field(token).kind not in SIZED

    def worded(self, node: exp.Expression, left: exp.Expression, sign: str, right: exp.Expression) -> Logic:
        field, value = self.field(self.tokens[int(left.name[1:])]), self.token(right)
        if sign not in ("=", "<>") or value is None:
            raise self.refuse(node, "type_mixed", f"{field.name} is not compared by size", name=field.name)
        if field.kind is Kind.FLAG and value.sort is Sort.TRUTH:
            yes = (value.text == "true") == (sign == "=")
            return IsTrue(field.name) if yes else canonical.negated(IsTrue(field.name))
        found = OneOf(field.name, (self.word(field, value, (Kind.CHOICE, Kind.CODE)),))
        return found if sign == "=" else canonical.negated(found)

    def word(self, field: Field, token: Token, kinds: tuple[Kind, ...]) -> str:
        """Return a word that a field may have."""
        if field.kind not in kinds or token.sort is not Sort.WORD:
            raise refusal(
                "type_mixed", f"{field.name} is not compared with {token.text}", token.at, name=field.name
            )
        if field.choices and token.text not in field.choices:
            near = tuple(get_close_matches(token.text, field.choices, n=3, cutoff=0.4))
            message = f"{field.name} is never {token.text}"
            raise refusal("word_unknown", message, token.at, name=field.name, found=token.text, near=near)
        return token.text

    def listed(self, node: exp.In) -> Logic:
        left = self.checked(node.this)
        items = [self.checked(item) for item in node.expressions]
        if not items:
            raise self.refuse(node, "expression_malformed", "IN needs words in brackets")
        return canonical.any_of(self.compared(node, left, "=", item) for item in items)

    def beginning(self, node: exp.Like) -> Logic:
        left, right = self.token(self.checked(node.this)), self.token(self.checked(node.expression))
        if left is None or left.sort is not Sort.FIELD or right is None or right.sort is not Sort.WORD:
            raise self.refuse(node, "pattern_refused", "LIKE compares a field with a word")
        field = self.field(left)
        if field.kind is not Kind.CODE:
            raise refusal("type_mixed", f"{field.name} is no code", left.at, name=field.name)
        if _BEGINNING.fullmatch(right.text) is None:
            message = "LIKE knows only a beginning: letters and digits, then one %"
            raise refusal("pattern_refused", message, right.at, found=right.text)
        return canonical.begins(field.name, [right.text[:-1]])

    def tagged(self, node: exp.Anonymous) -> Logic:
        leaves = [self.token(self.checked(part)) for part in node.expressions]
        name = self.called(node)
        if name != "has" or len(leaves) < 2 or None in leaves:
            message = "has(tags, 'a word') is the only function of a condition"
            raise self.refuse(node, "function_refused", message, found=name)
        tags, *words = [leaf for leaf in leaves if leaf]
        field = self.field(tags)
        return Holds(field.name, tuple(sorted({self.word(field, word, (Kind.TAGS,)) for word in words})))

    # numbers

    def side(self, node: exp.Expression) -> Side:
        """Return one side of a comparison."""
        side, amount = self.reckoned(node)
        if amount is not None:
            raise self.refuse(
                node, "function_refused", "least and greatest are of numbers, not of conditions"
            )
        return side

    def number(self, node: object) -> tuple[Side, Amount]:
        """Return a number: what stands for its measure, and the number itself."""
        node = self.checked(node)
        side, amount = self.reckoned(node, whole=True)
        return side, self.placed(node, canonical.ratio, side.top, side.bottom) if amount is None else amount

    def reckoned(self, node: exp.Expression, *, whole: bool = False) -> tuple[Side, Amount | None]:
        """Return a form, or what stands for its measure and the number where a form cannot say it.

        `whole` lets sums be of different ratios, as numbers may be and comparisons may not.
        """
        first, chain = self.spine(node, (exp.Add, exp.Sub, exp.Mul, exp.Div))
        done = self.operand(first, whole)
        for link in chain:
            right = self.reckoned(self.checked(link.expression), whole=whole)
            done = self.placed(link, _combined, type(link), done, right, whole)
        return done

    def operand(self, node: exp.Expression, whole: bool) -> tuple[Side, Amount | None]:
        if isinstance(node, exp.Neg):
            inner = self.reckoned(self.checked(node.this), whole=whole)
            return self.placed(node, _combined, exp.Mul, (_MINUS, None), inner, whole)
        kind = _KINDS.get(self.called(node)) if isinstance(node, exp.Anonymous) else None
        if kind and node.expressions:
            parts = [self.number(part) for part in node.expressions]
            side = parts[0][0]
            for other, _ in parts[1:]:
                side = _standing_for(
                    self.placed(node, measures.same, side, other), side.percent or other.percent
                )
            return side, canonical.joined(kind, [amount for _, amount in parts])
        token = self.token(node)
        if token is None:
            raise self.refuse(node, "type_mixed", "a number is needed here")
        return self.leaf(token), None

    def leaf(self, token: Token) -> Side:
        if token.sort is Sort.NUMBER:
            return measures.of_number(token)
        if token.day is not None:
            return measures.of_day(token.day)
        if token.sort is not Sort.FIELD:
            raise refusal("type_mixed", f"{token.text} is no number", token.at)
        if token.text == AS_OF:
            return measures.of_as_of()
        field = self.field(token)
        if field.kind not in SIZED:
            raise refusal("type_mixed", f"{field.name} is not compared by size", token.at, name=field.name)
        return measures.of_field(field)


_MINUS = Side(Form((), Fraction(-1)), Own.BARE)


def _standing_for(measure: Measure, percent: bool) -> Side:
    """Return a side that measures the same as a number that is no form."""
    return Side(Form((("?", Fraction(1)),), Fraction(0)), measure, percent=percent)


def _combined(
    kind: type[exp.Expression],
    left: tuple[Side, Amount | None],
    right: tuple[Side, Amount | None],
    whole: bool,
) -> tuple[Side, Amount | None]:
    """Return two numbers added, taken away, multiplied or divided."""
    (a, of_a), (b, of_b) = left, right
    if kind in (exp.Add, exp.Sub):
        sign = 1 if kind is exp.Add else -1
        plain = of_a is None and of_b is None and not (whole and _is_of_two_ratios(a, b))
        if plain:
            return measures.added(a, b, sign), None
        measure = measures.same(a, b)
        parts = [of_a or canonical.ratio(a.top, a.bottom), of_b or canonical.ratio(b.top, b.bottom)]
        parts[1] = canonical.times(parts[1], Fraction(sign))
        return _standing_for(measure, a.percent or b.percent), canonical.joined(Sum, parts)
    work = measures.multiplied if kind is exp.Mul else measures.divided
    done = work(a, b)
    if of_a is None and of_b is None:
        return done, None
    factor, amount = (b, of_a) if of_b is None else (a, of_b)
    if amount is None or not factor.is_constant or (kind is exp.Div and factor is not b):
        raise EngineError("not_linear", "least and greatest are multiplied and divided by numbers only")
    by = 1 / factor.top.constant if kind is exp.Div else factor.top.constant
    return _standing_for(done.measure, done.percent), canonical.times(amount, by)


def _is_of_two_ratios(a: Side, b: Side) -> bool:
    return a.bottom != b.bottom and not a.is_constant and not b.is_constant


def _written(number: int, token: Token) -> str:
    """Return how the parser sees a token: nothing of it is what the author typed but signs and keywords."""
    if token.sort in (Sort.SIGN, Sort.KEYWORD):
        return "=" if token.text == "==" else token.text
    return f"t{number}"
