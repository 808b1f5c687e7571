"""Check resident identity numbers (GB 11643-1999) and show personal data masked."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from zhuchao.engines import EngineError

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_SHAPE: Final = re.compile(r"[0-9]{17}[0-9X]")
_DIGITS: Final = re.compile(r"[0-9](?:[ -]?[0-9]){6,14}")
_COMPOUND: Final = """
欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 夏侯 端木 南宫 独孤 轩辕 闻人 申屠
"""
_COMPOUND_SURNAMES: Final = frozenset(_COMPOUND.split())


@dataclass(frozen=True, slots=True)
class IdNumber:
    """An identity number that passed its check, with the division of first registration and the day of birth."""

    number: str
    division: str
    born_on: date


def check_id_number(text: str, *, on: date | None = None) -> IdNumber:
    """Return the 18-character identity number in its normal form, or say what is wrong with it.

    The errors never carry the number itself. `on` is the day on which the person must have been born already.

    Raises:
        EngineError: `id_number_length` (found: how many characters), `id_number_character`,
            `id_number_birthday`, `id_number_check` (expected, found: the last character).
    """
    number = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if len(number) != 18:
        raise EngineError(
            "id_number_length",
            f"an identity number has 18 characters, this has {len(number)}",
            found=len(number),
        )
    if not _SHAPE.fullmatch(number):
        raise EngineError("id_number_character", "an identity number is 17 digits and a digit or X")
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born_on = date.min
    if born_on.year < 1850 or (on is not None and born_on > on):
        raise EngineError("id_number_birthday", "characters 7 to 14 are not a day of birth")
    expected = _CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]
    if number[17] != expected:
        raise EngineError(
            "id_number_check",
            f"the check character should be {expected}, found {number[17]}",
            expected=expected,
            found=number[17],
        )
    return IdNumber(number, number[:6], born_on)


def mask_phone(text: str) -> str:
    """Hide the middle of every telephone number in a text: a mobile keeps 3 + 4 digits, another its last 2.

    >>> mask_phone("13812341234"), mask_phone("0512-65432109")
    ('138****1234', '***********09')
    """

    def hide(found: re.Match[str]) -> str:
        digits = re.sub(r"[ -]", "", found.group())
        if len(digits) == 11 and digits.startswith("1"):
            return f"{digits[:3]}****{digits[7:]}"
        return "*" * (len(found.group()) - 2) + digits[-2:]

    return _DIGITS.sub(hide, text)


def mask_id_number(text: str) -> str:
    """Keep the first 3 and the last 2 characters of an identity number; hide a shorter text wholly.

    >>> mask_id_number("110101199003070011")
    '110*************11'
    """
    plain = text.strip()
    if len(plain) < 8:
        return "*" * len(plain)
    return f"{plain[:3]}{'*' * (len(plain) - 5)}{plain[-2:]}"


def mask_name(text: str) -> str:
    """Keep a person's surname, hide the rest.

    >>> mask_name("王小明"), mask_name("欧阳小明")
    ('王**', '欧阳**')
    """
    plain = text.strip()
    kept = 2 if len(plain) > 2 and plain[:2] in _COMPOUND_SURNAMES else 1
    return plain[:kept] + "*" * (len(plain) - kept)
