"""Numbers as people type them: Arabic, Chinese, full-width, bracketed, qualified."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from zhuchao.engines import EngineError

LONGEST_TEXT = 64
LARGEST_EXPONENT = 30

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F, 0x3000, 0x09, 0x0A, 0x0D), " ")
_MINUS = dict.fromkeys((0x2212, 0x2013, 0xFE63), "-")
_YEN = {0xFFE5: "¥"}
_FOLD: dict[int, int | str] = {**_FULL_WIDTH, **_SPACES, **_MINUS, **_YEN}

_SAME_NUMERAL = str.maketrans(
    "〇○两兩壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億點负負",
    "零零二二一二二三三四五六六七八九十百千万亿点--",
)
_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")}
_DIGIT.update({str(value): value for value in range(10)})
_SMALL = {"十": 10, "百": 100, "千": 1000}

_NO_NUMBER = frozenset({"", "-", "--", "—", "——", "/"})

_ARABIC = re.compile(
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"
    r"|\.[0-9]+"
)
_RUN = re.compile(r"([零一二三四五六七八九]++)(?![十百千])(?:点([零一二三四五六七八九]+))?")
_CHINESE = re.compile(
    r"(?P<lead>零)?(?:(?P<q>[一二三四五六七八九0-9])千)?(?P<z1>零)?(?:(?P<b>[一二三四五六七八九0-9])百)?(?P<z2>零)?"
    r"(?P<ten>(?P<s>[一二三四五六七八九0-9]?)十)?(?P<z3>零)?(?P<g>[一二三四五六七八九0-9])?"
    r"(?:点(?P<fraction>[零一二三四五六七八九]+))?"
)


class Qualifier(Enum):
    """How sure a written number is of itself; 超 and 余 count as at least, as reports use them."""

    EXACT = "exact"
    ABOUT = "about"
    NEARLY = "nearly"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


_PREFIXES = {
    "大约": Qualifier.ABOUT,
    "约": Qualifier.ABOUT,
    "≈": Qualifier.ABOUT,
    "~": Qualifier.ABOUT,
    "将近": Qualifier.NEARLY,
    "接近": Qualifier.NEARLY,
    "近": Qualifier.NEARLY,
    "不少于": Qualifier.AT_LEAST,
    "不低于": Qualifier.AT_LEAST,
    "至少": Qualifier.AT_LEAST,
    "超过": Qualifier.AT_LEAST,
    "突破": Qualifier.AT_LEAST,
    "超": Qualifier.AT_LEAST,
    "逾": Qualifier.AT_LEAST,
    "≥": Qualifier.AT_LEAST,
    ">=": Qualifier.AT_LEAST,
    ">": Qualifier.AT_LEAST,
    "不超过": Qualifier.AT_MOST,
    "不高于": Qualifier.AT_MOST,
    "不多于": Qualifier.AT_MOST,
    "至多": Qualifier.AT_MOST,
    "最多": Qualifier.AT_MOST,
    "不足": Qualifier.AT_MOST,
    "不到": Qualifier.AT_MOST,
    "≤": Qualifier.AT_MOST,
    "<=": Qualifier.AT_MOST,
    "<": Qualifier.AT_MOST,
}
_SUFFIXES = {
    "左右": Qualifier.ABOUT,
    "上下": Qualifier.ABOUT,
    "及以上": Qualifier.AT_LEAST,
    "以上": Qualifier.AT_LEAST,
    "余": Qualifier.AT_LEAST,
    "多": Qualifier.AT_LEAST,
    "及以下": Qualifier.AT_MOST,
    "以下": Qualifier.AT_MOST,
    "以内": Qualifier.AT_MOST,
}


def _any_of(words: dict[str, Qualifier]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_PREFIX = re.compile(f"(?:{_any_of(_PREFIXES)}) *")
_SUFFIX = re.compile(f" *(?:{_any_of(_SUFFIXES)})$")
# 300余家, 十多万元, 3个多月, 300+: a digit after it would make it something else (5+3)
_INFIX = re.compile(r"(?<=[0-9十百千万亿个]) ?[余多+](?! ?[0-9零一二三四五六七八九])")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A number and how sure its writer was of it."""

    value: Decimal
    qualifier: Qualifier = Qualifier.EXACT


@dataclass(frozen=True, slots=True)
class Body:
    """What is left of a written number once sign and qualifier are taken off; `text` still holds any unit."""

    text: str
    sign: int
    qualifier: Qualifier


@dataclass(frozen=True, slots=True)
class _Group:
    """A part of a numeral below 万 (or an Arabic number), and what makes its place certain."""

    value: Fraction
    end: int
    led_by_zero: bool = False
    names_its_places: bool = False
    digits: int = 0


def round_half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """Round to `places` decimals, halves away from zero, whatever the decimal context; never minus zero.

    >>> round_half_up(Decimal("2.345"), 2), round_half_up(Decimal("-2.345"), 2)
    (Decimal('2.35'), Decimal('-2.35'))
    """
    scaled = Fraction(value) * 10**places
    size = abs(scaled)
    whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    sign = "-" if scaled < 0 and whole else ""
    return Decimal(f"{sign}{whole}E{-places}")


def exact_decimal(value: Fraction) -> Decimal | None:
    """Return the decimal equal to `value`, or None when its digits never end (one third).

    >>> exact_decimal(Fraction(3, 2000)), exact_decimal(Fraction(1, 3))
    (Decimal('0.0015'), None)
    """
    left, places = value.denominator, 0
    while left % 10 == 0:
        left, places = left // 10, places + 1
    while left % 5 == 0:
        left, places = left // 5, places + 1
    while left % 2 == 0:
        left, places = left // 2, places + 1
    return round_half_up(value, places) if left == 1 else None


def fold(text: str) -> str:
    """Return `text` with full-width signs, odd spaces and minus signs made plain."""
    return text.translate(_FOLD).strip(" ")


def read_number(text: str) -> Parsed:
    """Read a number without a unit, with its qualifier.

    Raises:
        EngineError: number_empty, number_malformed, number_out_of_range.

    >>> read_number("约１，２３４．５")
    Parsed(value=Decimal('1234.5'), qualifier=<Qualifier.ABOUT: 'about'>)
    """
    plain = text.strip(" ")
    if plain.isascii() and plain.isdigit() and len(plain) <= LARGEST_EXPONENT:
        return Parsed(Decimal(plain))
    body = take_body(text)
    value = numeral(body.text)
    if value is None:
        raise malformed(text)
    return Parsed(signed(value, body.sign), body.qualifier)


def parse_number(text: str) -> Decimal:
    """Return the number written in `text`, without its qualifier; errors as `read_number`.

    >>> [parse_number(text) for text in ("（1,234）", "二十三点五", "1.2E+08", "1亿2000万")]
    [Decimal('-1234'), Decimal('23.5'), Decimal('1.2E+8'), Decimal('120000000')]
    """
    return read_number(text).value


def malformed(text: str) -> EngineError:
    """Return the refusal of a text that is no number."""
    return EngineError("number_malformed", f"not a number: {text[:LONGEST_TEXT]!r}", text=text[:LONGEST_TEXT])


def signed(value: Decimal, sign: int) -> Decimal:
    """Return `value` with its sign, exactly; zero stays plain zero."""
    return value.copy_negate() if sign < 0 and value else value


def take_body(text: str) -> Body:
    """Take qualifier, sign and brackets off a written number or quantity.

    Raises:
        EngineError: number_empty for nothing or a dash, number_malformed for doubled signs or very long text.
    """
    folded = fold(text).translate(_SAME_NUMERAL)
    if folded in _NO_NUMBER:
        raise EngineError("number_empty", "no number given", text=text)
    if len(folded) > LONGEST_TEXT:
        raise malformed(text)
    rest, qualifier = _take_qualifier(folded)
    sign, rest = take_sign(rest)
    return Body(rest, sign, qualifier)


def take_sign(text: str) -> tuple[int, str]:
    """Return the sign of a written number and the text without it; (5) is minus 5, as in accounts."""
    bracketed = re.fullmatch(r"\(([^()]+)\)(.*)", text)
    if bracketed:
        return -1, (bracketed[1] + bracketed[2]).strip(" ")
    if text[:1] in ("+", "-"):
        return (-1 if text[0] == "-" else 1), text[1:].strip(" ")
    return 1, text


def _take_qualifier(text: str) -> tuple[str, Qualifier]:
    found: list[Qualifier] = []
    if prefix := _PREFIX.match(text):
        found.append(_PREFIXES[prefix[0].strip(" ")])
        text = text[prefix.end() :]
    if suffix := _SUFFIX.search(text):
        found.append(_SUFFIXES[suffix[0].strip(" ")])
        text = text[: suffix.start()]
    elif infix := _INFIX.search(text):
        found.append(Qualifier.AT_LEAST)
        text = text[: infix.start()] + text[infix.end() :]
    if not found:
        return text, Qualifier.EXACT
    # 约300余家 says two things; the weaker one is safe
    return text, found[0] if len(set(found)) == 1 else Qualifier.ABOUT


def numeral(text: str) -> Decimal | None:
    """Return the value of an unsigned Arabic, Chinese or mixed numeral, or None when it is none.

    Ambiguous spoken forms are not guessed: 三万五 (35,000 or 30,005) and 1亿2000 are None, while
    三万零五, 三万五千, 3万5000 and 1亿2000万 are read.

    Raises:
        EngineError: number_out_of_range beyond 30 digits before or after the point.
    """
    value: Decimal | None
    if _ARABIC.fullmatch(text):
        value = Decimal(text.replace(",", "").replace(" ", ""))
    else:
        total = _sections(text)
        value = None if total is None else exact_decimal(total)
    if value is not None and value and not -LARGEST_EXPONENT <= value.adjusted() <= LARGEST_EXPONENT:
        raise EngineError("number_out_of_range", f"number out of range: {text!r}", text=text)
    return value


def _sections(text: str) -> Fraction | None:
    """Add up the 亿 section, the 万 section and the rest of a numeral."""
    high: Fraction | None = None
    middle: Fraction | None = None
    group: _Group | None = None
    at = 0
    while at < len(text):
        if text[at] == "亿":
            below = _below_hundred_million(middle, group)
            if high is not None or below is None:
                return None
            high, middle, group, at = below * 10**8, None, None, at + 1
        elif text[at] == "万":
            if middle is not None or group is None:
                return None
            middle, group, at = group.value * 10**4, None, at + 1
        elif group is not None or (group := _group(text, at)) is None:
            return None
        else:
            at = group.end
    if high is None:
        return _below_hundred_million(middle, group)
    if middle is None and group is None:
        return high
    below = _below_hundred_million(middle, group)
    placed = middle is not None or (group is not None and (group.led_by_zero or group.digits == 8))
    return high + below if below is not None and below < 10**8 and placed else None


def _below_hundred_million(middle: Fraction | None, group: _Group | None) -> Fraction | None:
    if group is None:
        return middle
    if middle is None:
        return group.value
    placed = group.led_by_zero or group.names_its_places or group.digits == 4
    return middle + group.value if placed and group.value < 10**4 else None


def _group(text: str, at: int) -> _Group | None:
    chinese = _CHINESE.match(text, at)
    if chinese and (chinese["q"] or chinese["b"] or chinese["ten"]):
        return _chinese_group(chinese)
    # 1亿零5万: the 零 says that the places between are empty
    led_by_zero = at > 0 and text[at] == "零" and text[at + 1 : at + 2].isdigit()
    run = None if led_by_zero else _RUN.match(text, at)
    if run:
        whole = "".join(str(_DIGIT[char]) for char in run[1])
        value = Fraction(int(whole)) + _after_point(run[2])
        return _Group(value, run.end(), led_by_zero=len(whole) > 1 and whole[0] == "0", digits=len(whole))
    if arabic := _ARABIC.match(text, at + led_by_zero):
        value = Fraction(arabic[0].replace(",", "").replace(" ", ""))
        digits = len(arabic[0]) if arabic[0].isdigit() else 0
        small = text[arabic.end() : arabic.end() + 1]
        if small in _SMALL:
            return _Group(value * _SMALL[small], arabic.end() + 1, led_by_zero, names_its_places=True)
        return _Group(value, arabic.end(), led_by_zero, digits=digits)
    return None


def _chinese_group(found: re.Match[str]) -> _Group | None:
    zero_before_last = found["z3"] or found["z2"] or (found["z1"] and not found["b"])
    if found["g"] and not found["ten"] and not zero_before_last:
        return None  # 一百五 is 150 to a speaker and 105 to nobody; refuse to guess
    value = Fraction(
        1000 * _DIGIT[found["q"] or "零"]
        + 100 * _DIGIT[found["b"] or "零"]
        + (10 * _DIGIT[found["s"] or "一"] if found["ten"] else 0)
        + _DIGIT[found["g"] or "零"]
    )
    led_by_zero = bool(found["lead"])
    return _Group(value + _after_point(found["fraction"]), found.end(), led_by_zero, names_its_places=True)


def _after_point(digits: str | None) -> Fraction:
    if not digits:
        return Fraction(0)
    return Fraction(int("".join(str(_DIGIT[char]) for char in digits)), 10 ** len(digits))
