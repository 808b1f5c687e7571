"""Units out of column headers and the notes above a table."""

import re

from zhuchao.engines.units.catalogue import Dimension, Unit, find_unit
from zhuchao.engines.units.numbers import fold

_IN_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_SEPARATOR = re.compile(r"[/:,_\- ]")
_LISTED = re.compile(r"[、,;和及 ]+")
_UNIT_NOTE = re.compile(r"单位\s*[:为]?\s*([^()\[\]【】]+)")
# "Block M" names a block; a bare letter is a unit only in brackets
_LETTER = re.compile(r"[A-Za-z]")
# 年/月 heads a column of dates, not a number of months
_TIME = frozenset({Dimension.DAYS, Dimension.MONTHS, Dimension.HOURS})
_GLUED = ("千", "万", "百万", "千万", "亿", "%", "‰", "㎡", "m²", "m2")


def split_header(header: str) -> tuple[str, Unit | None]:
    """Return the label of a column and the unit its header names, or None.

    >>> label, unit = split_header("总投资（万元）")
    >>> label, str(unit)
    ('总投资', '万元')
    >>> split_header("企业名称（全称）")
    ('企业名称(全称)', None)
    """
    text = re.sub(r" +", " ", fold(header))
    for found in reversed(list(_IN_BRACKETS.finditer(text))):
        unit, remark = _bracketed(found[1])
        if unit:
            before, after = text[: found.start()].rstrip(" "), text[found.end() :].lstrip(" ")
            return (before + (f"({remark})" if remark else "") + after).strip(" "), unit
    for found in _SEPARATOR.finditer(text):
        label, written = text[: found.start()].rstrip(" "), text[found.end() :].strip(" ")
        unit = None if _LETTER.fullmatch(written) else find_unit(written)
        if label and unit and unit.dimension not in _TIME:
            return label, unit
    for start in range(1, len(text)):
        label = text[:start].strip(" /:,_-")
        unit = find_unit(text[start:]) if label and text.startswith(_GLUED, start) else None
        if unit:
            return label, unit
    return text, None


def sheet_unit(note: str) -> list[Unit]:
    """Return the units that a note such as 单位：万元、亩 declares for a sheet, in its order.

    A note that names an organisation (填报单位：某街道) declares none.

    >>> [str(unit) for unit in sheet_unit("（金额单位：人民币万元、亩）")]
    ['万元', '亩']
    """
    found = _UNIT_NOTE.search(fold(note))
    if not found:
        return []
    whole = find_unit(found[1])
    if whole:
        return [whole]
    units = (find_unit(part) for part in _LISTED.split(found[1]) if part)
    return [unit for unit in units if unit]


def _bracketed(content: str) -> tuple[Unit | None, str]:
    """Return the unit in a bracket, and what else stands there (万元，不含税)."""
    content = re.sub(r"^单位\s*:?", "", content.strip(" "))
    unit = find_unit(content)
    if unit:
        return unit, ""
    parts = [part for part in _LISTED.split(content) if part]
    units = [found for part in parts if (found := find_unit(part))]
    if len(units) != 1:
        return None, ""
    return units[0], ",".join(part for part in parts if find_unit(part) is None)
