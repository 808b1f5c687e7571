"""Days and months in all the ways a ledger writes them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.reading.fields import Cell, plain_text

_EPOCH: Final = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
_LARGEST_SERIAL: Final = 100_000  # the year 2173
_YEARS: Final = range(1900, 2101)
_TIME: Final = r"(?:[ T]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DAY: Final = re.compile(rf"(\d{{4}})\s*[-./年]\s*(\d{{1,2}})\s*[-./月]\s*(\d{{1,2}})\s*[日号]?\s*{_TIME}")
_MONTH: Final = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?(?:份)?")
_COMPACT_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COMPACT_MONTH: Final = re.compile(r"(\d{4})(\d{2})")
_YEAR: Final = re.compile(r"(\d{4})\s*年?(?:度)?")
_NO_YEAR: Final = re.compile(r"\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?")
_SHORT_YEAR: Final = re.compile(r"['’]?\d{2}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_CHINESE_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_TEN: Final = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")


def parse_day(cell: Cell, *, date_system: int = 1900) -> date:
    """Return the day a cell names: 2023.6.15, 2023年6月15日, 20230615, an Excel serial, a date or a datetime.

    Args:
        date_system: 1900, or 1904 for workbooks that count from there.

    Raises:
        EngineError: `day_missing` (with `month`, the month named), `month_missing` (only a year), `year_missing`,
            `year_short` (23.6.15), `date_impossible` (2023-02-30), `date_not_understood`.

    >>> parse_day("2023年6月15日"), parse_day(45092)
    (datetime.date(2023, 6, 15), datetime.date(2023, 6, 15))
    """
    day, month = _read(cell, date_system)
    if day is None:
        raise EngineError("day_missing", f"{month:%Y-%m} is a month, a day is needed", month=month)
    return day


def parse_month(cell: Cell, *, date_system: int = 1900) -> date:
    """Return the first day of the month a cell names, by its month or by a day in it.

    Raises:
        EngineError: `month_ambiguous` (the number 2023.1 may have been 2023.10), else as `parse_day`.

    >>> parse_month("2023年6月"), parse_month(202306)
    (datetime.date(2023, 6, 1), datetime.date(2023, 6, 1))
    """
    _, month = _read(cell, date_system)
    return month


def _read(cell: Cell, date_system: int) -> tuple[date | None, date]:
    """Return the day, or None when only a month is named, and the first of its month."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell, cell.replace(day=1)
    if isinstance(cell, bool):
        raise EngineError("date_not_understood", "true or false is not a date", found=str(cell))
    if isinstance(cell, (int, float, Decimal)):
        return _read_number(Decimal(str(cell)), date_system)
    text = plain_text(cell)
    if _NUMBER.fullmatch(text) and not _COMPACT_DAY.fullmatch(text) and not _COMPACT_MONTH.fullmatch(text):
        if "." in text and int(text.split(".")[0]) in _YEARS:
            return _read_text(text)
        return _read_number(Decimal(text), date_system)
    return _read_text(text)


def _read_number(number: Decimal, date_system: int) -> tuple[date | None, date]:
    if not number.is_finite() or number.adjusted() > 8:
        raise EngineError("date_not_understood", f"{number} is not a date", found=str(number))
    whole = int(number)
    if number != whole and 1 <= whole <= 12:  # 6.15 for the fifteenth of June
        raise EngineError("year_missing", f"{number} has no year", found=str(number))
    if number != whole and whole in _YEARS:
        written = format(number, "f").rstrip("0")
        if written.endswith(".1"):  # a sheet shows 2023.10 as 2023.1
            raise EngineError("month_ambiguous", f"{written} may be January or October", found=written)
        return _read_text(written)
    if whole in _YEARS:
        raise EngineError("month_missing", f"{whole} is only a year", found=str(whole))
    if 1 <= whole < _LARGEST_SERIAL:
        day = _EPOCH[date_system] + timedelta(days=whole)
        return day, day.replace(day=1)
    if number == whole:
        return _read_text(str(whole))
    raise EngineError("date_not_understood", f"{number} is not a date", found=str(number))


@lru_cache(maxsize=65536)
def _read_text(text: str) -> tuple[date | None, date]:
    plain = text
    if "年" in text and not text[:1].isdigit():
        plain = _CHINESE_TEN.sub(_ten, text).translate(_CHINESE_DIGITS)
    found = _DAY.fullmatch(plain) or _COMPACT_DAY.fullmatch(plain)
    if found:
        day = _date(int(found[1]), int(found[2]), int(found[3]), text)
        return day, day.replace(day=1)
    found = _MONTH.fullmatch(plain) or _COMPACT_MONTH.fullmatch(plain)
    if found:
        return None, _date(int(found[1]), int(found[2]), 1, text)
    for pattern, code in ((_YEAR, "month_missing"), (_SHORT_YEAR, "year_short"), (_NO_YEAR, "year_missing")):
        if pattern.fullmatch(plain):
            raise EngineError(code, f"{text!r} does not say the whole date", found=text)
    raise EngineError("date_not_understood", f"{text!r} is not a date", found=text)


def _ten(found: re.Match[str]) -> str:
    """Write 十 to 九十九 in digits."""
    return (found[1] or "一") + (found[2] or "零")


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise EngineError("date_impossible", f"there is no day {text!r}", found=text) from None
