"""Text of an expression cut into tokens, before any parser sees it: bounded, and only what is allowed."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from zhuchao.engines import EngineError
from zhuchao.engines.units import Dimension, find_unit

LONGEST_TEXT = 4000
MOST_TOKENS = 800
DEEPEST = 24
MOST_DIGITS = 18
LONGEST_WORD = 64
LARGEST = 2**63 - 1

AS_OF = "as_of"
KEYWORDS = frozenset({"and", "or", "not", "between", "in", "like"})
FUNCTIONS = frozenset({"has", "least", "greatest"})
# Words of SQL that a field must not be named after; what they would do is refused, each by its name.
_SQL = """
all any array as asc by case cast coalesce collate cross current_date date delete desc distinct drop else end escape
except exists extract filter from full glob group having if ifnull ilike insert intersect interval into is isnull join
lateral left limit natural notnull now null nullif offset on order outer over partition regexp right rlike row select
set similar some table then to try_cast union unnest update using values when where window with within xor
"""
_REFUSED = frozenset(_SQL.split())
_ENGLISH = {
    "day": (Fraction(1), Dimension.DAYS),
    "days": (Fraction(1), Dimension.DAYS),
    "month": (Fraction(1), Dimension.MONTHS),
    "months": (Fraction(1), Dimension.MONTHS),
    "year": (Fraction(12), Dimension.MONTHS),
    "years": (Fraction(12), Dimension.MONTHS),
}

_SPACE = re.compile(r"[ \t\r\n]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9A-Za-z_-])")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?![0-9.])")
_HAN = "%‰㎡㎢\u4e00-\u9fff"  # what a unit behind a space begins with, besides days, months and years
_UNIT = re.compile(
    rf"(?:[A-Za-z²{_HAN}]| +[{_HAN}])[A-Za-z0-9²{_HAN}]*(?:[/·][{_HAN}][²{_HAN}]*)*"
    r"| +(?:day|month|year)s?(?![A-Za-z0-9_])"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"'([^'\"\\\r\n]*)'(?!')")
_SIGN = re.compile(r"<=|>=|<>|!=|==|[-+*/<>=(),]")
_COMMENT = re.compile(r"--|/\*|\*/|//|#")


class Sort(StrEnum):
    """What a token is; signs and keywords stand for themselves."""

    FIELD = "field"
    NUMBER = "number"
    DAY = "day"
    WORD = "word"
    TRUTH = "truth"
    FUNCTION = "function"
    KEYWORD = "keyword"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression at a place (first character is 1); a number has its value in base units."""

    sort: Sort
    text: str
    at: int
    value: Fraction = Fraction(0)
    dimension: Dimension | None = None
    day: date | None = None


NO_PARAMS: Mapping[str, str] = MappingProxyType({})


def refusal(code: str, message: str, at: int, **data: object) -> EngineError:
    """Return the refusal of an expression with the place of what is wrong."""
    return EngineError(code, f"{message} (at {at})", at=at, **data)


def tokens_of(text: str, params: Mapping[str, str] = NO_PARAMS) -> tuple[Token, ...]:
    """Cut an expression into tokens, with each parameter replaced by its value.

    Raises:
        EngineError: expression_empty, expression_too_long, expression_too_deep, character_refused, comment_refused,
            construct_refused, function_refused, number_malformed, number_too_large, unit_unknown, currency_conflict,
            date_malformed, word_malformed, param_malformed; each with `at`, the place.
    """
    if len(text) > LONGEST_TEXT:
        raise refusal("expression_too_long", f"longer than {LONGEST_TEXT} characters", LONGEST_TEXT + 1)
    found: list[Token] = []
    depth = prefixes = 0
    for token in _cut(text):
        opens = token.text == "("
        depth += opens - (token.text == ")")
        # not not not x and - - - x are as deep as their prefixes
        prefixes = prefixes + 1 if token.text in ("not", "-", "+") else 0
        if max(depth, prefixes) > DEEPEST:
            raise refusal("expression_too_deep", f"deeper than {DEEPEST}", token.at)
        if len(found) == MOST_TOKENS:
            raise refusal("expression_too_long", f"more than {MOST_TOKENS} parts", token.at)
        if opens and found and (found[-1].sort is Sort.FIELD or found[-1].text == "like"):
            name = found[-1].text
            raise refusal("function_refused", f"there is no function {name}", found[-1].at, found=name)
        if token.sort is Sort.FIELD and token.text in params:
            token = param_token(token.text, params[token.text], token.at)
        found.append(token)
    if not found:
        raise refusal("expression_empty", "nothing is asked", 1)
    return tuple(found)


def param_token(name: str, value: str, at: int = 1) -> Token:
    """Return the value of a parameter as a token: one number with its unit, one day or one quoted word.

    Raises:
        EngineError: param_malformed, with `name`, and `found` the value.
    """
    try:
        found = list(_cut(value)) if len(value) <= LONGEST_WORD else []
        below = len(found) == 2 and found[0].text == "-" and found[1].sort is Sort.NUMBER
        token = found[1 if below else 0]
        if len(found) == 1 + below and token.sort in (Sort.NUMBER, Sort.DAY, Sort.WORD):
            sized = -token.value if below else token.value
            return Token(token.sort, token.text, at, sized, token.dimension, token.day)
    except (EngineError, IndexError):
        pass
    raise refusal("param_malformed", f"{name} cannot be {value!r}", at, name=name, found=value)


def _cut(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
        elif _COMMENT.match(text, at):
            raise refusal("comment_refused", "comments are not allowed", at + 1)
        elif text[at] in "0123456789":
            token, at = _day(text, at) if _DAY.match(text, at) else _number(text, at)
            yield token
        elif name := _NAME.match(text, at):
            yield _named(name[0], at + 1)
            at = name.end()
        elif text[at] == "'":
            token, at = _word(text, at)
            yield token
        elif sign := _SIGN.match(text, at):
            yield Token(Sort.SIGN, sign[0], at + 1)
            at = sign.end()
        else:
            shown = unicodedata.name(text[at], "a control character")
            raise refusal(
                "character_refused", f"{text[at]!r} ({shown}) has no meaning", at + 1, found=text[at]
            )


def _named(name: str, at: int) -> Token:
    lower = name.lower()
    if lower in KEYWORDS:
        return Token(Sort.KEYWORD, lower, at)
    if lower in FUNCTIONS:
        return Token(Sort.FUNCTION, lower, at)
    if lower in ("true", "false"):
        return Token(Sort.TRUTH, lower, at)
    if lower in _REFUSED:
        raise refusal("construct_refused", f"{name} is not allowed", at, found=name)
    return Token(Sort.FIELD, name, at)


def _word(text: str, at: int) -> tuple[Token, int]:
    word = _WORD.match(text, at)
    if word is None:
        raise refusal("word_malformed", "a word stands between two single quotes", at + 1)
    inside = word[1]
    odd = any(unicodedata.category(char)[0] == "C" for char in inside)
    if not inside.strip() or inside != inside.strip() or len(inside) > LONGEST_WORD or odd:
        raise refusal("word_malformed", f"{inside[:LONGEST_WORD]!r} is no word", at + 1)
    if _DAY.fullmatch(inside):
        return _day(inside, 0, at + 1)[0], word.end()
    return Token(Sort.WORD, unicodedata.normalize("NFC", inside), at + 1), word.end()


def _day(text: str, at: int, place: int = 0) -> tuple[Token, int]:
    written = text[at : at + 10]
    place = place or at + 1
    try:
        return Token(Sort.DAY, written, place, day=date.fromisoformat(written)), at + 10
    except ValueError:
        raise refusal("date_malformed", f"there is no day {written}", place, found=written) from None


def _number(text: str, at: int) -> tuple[Token, int]:
    number = _NUMBER.match(text, at)
    if number is None:
        raise refusal("number_malformed", "not a number", at + 1, found=text[at : at + 20])
    if len(number[0].replace(".", "")) > MOST_DIGITS:
        raise refusal("number_too_large", f"more than {MOST_DIGITS} digits", at + 1, found=number[0])
    value = Fraction(number[0])
    unit = _UNIT.match(text, number.end())
    end = unit.end() if unit else number.end()
    if text[end : end + 1] == "_":
        raise refusal("number_malformed", "not a number", at + 1, found=text[at : at + 20])
    name = text[number.end() : end].strip()
    if not name:
        return Token(Sort.NUMBER, number[0], at + 1, value), end
    factor, dimension = _ENGLISH.get(name) or _unit(name, number.end() + 1)
    value *= factor
    if value > LARGEST:
        raise refusal("number_too_large", f"{text[at:end]} is too large", at + 1, found=text[at:end])
    return Token(Sort.NUMBER, text[at:end], at + 1, value, dimension), end


def _unit(name: str, at: int) -> tuple[Fraction, Dimension]:
    unit = find_unit(name)
    if unit is None:
        raise refusal("unit_unknown", f"there is no unit {name}", at, found=name)
    if unit.currency not in (None, "CNY"):
        raise refusal("currency_conflict", f"{name} is not 元", at, found=name)
    return unit.factor, unit.dimension
