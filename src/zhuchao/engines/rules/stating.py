"""A fact as a person writes it: 5000万元, 5%, 30人, 2026-01-31, 是, C3962, 高新技术企业、专精特新中小企业."""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.rules.fields import SIZED, FactValue, Field, Kind, Vocabulary
from zhuchao.engines.rules.language import read_condition, read_number
from zhuchao.engines.units import exact_decimal

_YES: Final = frozenset({"是", "有", "true", "yes", "y", "1"})
_NO: Final = frozenset({"否", "无", "没有", "false", "no", "n", "0"})
_BETWEEN: Final = re.compile(r"[、,;\n]+")
_DAY: Final = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
LONGEST: Final = 400
_NO_FIELDS: Final = Vocabulary([])


def read_fact(text: str, field: Field) -> FactValue:
    """Return what is written as a value of a field; a sized one in the unit of the field.

    Raises EngineError: fact_malformed, word_unknown, and what `language` refuses (a unit that measures something else).
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or len(text) > LONGEST:
        raise _malformed(field, text[:LONGEST])
    if field.kind is Kind.FLAG:
        return _flag(text, field)
    if field.kind is Kind.DATE:
        return _day(text, field)
    if field.kind is Kind.TAGS:
        return frozenset(word.strip() for word in _BETWEEN.split(text) if word.strip())
    if field.kind not in SIZED:
        return checked_word(text, field)
    try:
        return sized_fact(text, field)
    except EngineError as error:
        if error.code != "unit_missing" or field.kind is Kind.MONEY:  # 5000 may be 元 or 万元
            raise
        return sized_fact(text + field.unit, field)


def sized_fact(text: str, field: Field) -> FactValue:
    """Return a written number in the unit of its field; raises EngineError fact_malformed and what `language` refuses."""
    read_number(text, _NO_FIELDS)  # a value names no field
    form = read_condition(f"{field.name} = ({text})", Vocabulary([field])).logic.form  # type: ignore[union-attr]
    value = Fraction(-form.constant, form.terms[0][1] * field.scale)
    exact = exact_decimal(value)
    if exact is None:
        raise _malformed(field, text)
    field.keep(exact)
    return int(exact) if field.kind is Kind.COUNT else exact


def checked_word(text: str, field: Field) -> str:
    """Return a word that a field may have; raises EngineError word_unknown with those that it may."""
    if field.choices and text not in field.choices:
        message = f"{field.name} is never {text}"
        raise EngineError("word_unknown", message, field=field.name, found=text, near=field.choices)
    return text


def plain_fact(value: FactValue) -> str | bool | list[str]:
    """Return a value as JSON keeps it, exactly."""
    if isinstance(value, bool):
        return value
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def fact_of(plain: object, field: Field) -> FactValue:
    """Return the value that `plain_fact` made; raises EngineError fact_malformed."""
    if field.kind is Kind.FLAG and isinstance(plain, bool):
        return plain
    if field.kind is Kind.TAGS and isinstance(plain, Iterable) and not isinstance(plain, str):
        return frozenset(map(str, plain))
    if not isinstance(plain, str) or field.kind in (Kind.FLAG, Kind.TAGS):
        raise _malformed(field, repr(plain))
    if field.kind is Kind.DATE:
        return _day(plain, field)
    if field.kind not in SIZED:
        return plain
    value = Decimal(plain)
    return int(value) if field.kind is Kind.COUNT else value


def _flag(text: str, field: Field) -> bool:
    said = text.lower()
    if said in _YES or said in _NO:
        return said in _YES
    raise _malformed(field, text)


def _day(text: str, field: Field) -> date:
    found = _DAY.fullmatch(text)
    with suppress(ValueError):  # no such day
        if found:
            return date(*map(int, found.groups()))
    raise _malformed(field, text)


def _malformed(field: Field, text: str) -> EngineError:
    return EngineError(
        "fact_malformed",
        f"{field.name} cannot be {text!r}",
        field=field.name,
        found=text,
        kind=field.kind.value,
    )
