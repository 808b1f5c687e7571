"""Reporting periods as people write them: 2023-05, 2023年1-5月, 2023年上半年, 2023年."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from zhuchao.engines import EngineError

_YEAR = r"(?P<year>(?:19|20)\d{2})\s*年?"
_DASH = r"[-—–~～至到]"
_RANGE = re.compile(rf"{_YEAR}\s*[./-]?\s*(?P<first>\d{{1,2}})\s*月?{_DASH}(?P<last>\d{{1,2}})月(?:累计|份)?")
_MONTH = re.compile(
    rf"{_YEAR}\s*[-./]?\s*(?P<last>\d{{1,2}})(?:[-./]\d{{1,2}})?\s*月?(?P<alone>当月|单月)?(?:累计|份|末|底)?"
)
_WHOLE = re.compile(rf"{_YEAR}(?:全年|度)?")
_PART = re.compile(rf"{_YEAR}(?P<part>上半年|下半年|前三季度|(?:第?[一二三四1234])季度|[qQ][1-4])")
_PARTS = {"上半年": (1, 6), "下半年": (7, 12), "前三季度": (1, 9)}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period: its first and last day."""

    first: date
    last: date


def parse_period(text: str) -> Period:
    """Return the period that ``text`` names. A month alone means January up to it, as monthly reports do.

    ``2023年5月当月`` is that month only; a quarter is its own three months.

    Raises:
        EngineError: period_not_understood.

    >>> parse_period("2023年1-5月") == parse_period("2023-05") == parse_period("2023年5月累计")
    True
    >>> parse_period("2023年上半年").last
    datetime.date(2023, 6, 30)
    """
    said = text.strip().replace("（", "(").replace("）", ")")
    if found := _WHOLE.fullmatch(said):
        return _period(int(found["year"]), 1, 12, text)
    if found := _PART.fullmatch(said):
        part = found["part"]
        if part in _PARTS:
            return _period(int(found["year"]), *_PARTS[part], text)
        quarter = next(number for sign, number in _QUARTERS.items() if sign in part)
        return _period(int(found["year"]), quarter * 3 - 2, quarter * 3, text)
    if found := _RANGE.fullmatch(said):
        return _period(int(found["year"]), int(found["first"]), int(found["last"]), text)
    if found := _MONTH.fullmatch(said):
        last = int(found["last"])
        return _period(int(found["year"]), last if found["alone"] else 1, last, text)
    raise _not_understood(text)


def _period(year: int, first: int, last: int, text: str) -> Period:
    if not 1 <= first <= last <= 12:
        raise _not_understood(text)
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _not_understood(text: str) -> EngineError:
    return EngineError(
        "period_not_understood", f"{text!r} is not a period", found=text, expected="2023年1-5月"
    )
