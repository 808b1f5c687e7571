"""The address of a list: everything that is shown can be shared by it, and what it says is checked first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.wording import listed

from ..errors import AddressWrong
from .narrowing import ends
from .page import Column, Filter, ListPage, Text

LONGEST_TEXT = 100
LONGEST_KEY = 18  # digits that every database takes for a key
SIZES = (20, 50, 100, 200)
SHORTEST_SEARCH = 2
LARGEST_NUMBER = Decimal(10) ** 18
COMPACT_DAY = re.compile(r"\d{8}")


@dataclass(frozen=True)
class Address:
    """What an address asks of a list. ``filters`` holds only those that are set, in the page's order."""

    path: str
    filters: Mapping[str, str] = field(default_factory=dict)
    q: str = ""
    sort: str = ""
    cols: tuple[str, ...] = ()
    size: int | None = None
    after: str = ""
    before: str = ""
    exact_count: bool = False
    zone: str = ""

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the parameters with ``changes`` made, without what is not set."""
        at = replace(self, **changes) if changes else self
        pairs = [
            ("zone", at.zone),
            ("q", at.q),
            *at.filters.items(),
            ("sort", at.sort),
            ("cols", ",".join(at.cols)),
        ]
        pairs += [("size", str(at.size or "")), ("after", at.after), ("before", at.before)]
        return [(key, value) for key, value in pairs if value]

    def url(self, **changes: Any) -> str:
        """Return the address with ``changes`` made; changing what is shown goes back to the first page."""
        changes = {"after": "", "before": "", **changes}
        query = urlencode(self.pairs(**changes))
        return f"{self.path}?{query}" if query else self.path

    def without(self, key: str) -> str:
        """Return the address with one filter taken away."""
        return self.url(filters={name: value for name, value in self.filters.items() if name != key})

    @property
    def query(self) -> str:
        """Return what a saved view keeps: the parameters without place and zone."""
        return urlencode(self.pairs(after="", before="", zone=""))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filters) or self.is_searched

    @property
    def is_searched(self) -> bool:
        return len(self.q) >= SHORTEST_SEARCH

    @property
    def search_too_short(self) -> bool:
        return 0 < len(self.q) < SHORTEST_SEARCH


def read_address(
    request: HttpRequest,
    page: ListPage,
    choices: Mapping[str, list[tuple[str, Text]]],
    query: QueryDict | None = None,
) -> Address:
    """Read the address of a list, or another ``query`` for the same list; raises AddressWrong."""
    asked = request.GET if query is None else query
    path = request.path
    for key, values in asked.lists():
        if "\x00" in key or any("\x00" in value for value in values):
            raise AddressWrong(field=key.replace("\x00", ""), why=_("含有不可见字符。"), back=path)
    filters: dict[str, str] = {}
    for item in page.filters:
        text = _filter_text(item, asked)
        if text:
            try:
                filters[item.key] = _checked(item, text, choices.get(item.key))
            except ValueError as wrong:
                raise AddressWrong(field=str(item.label), why=str(wrong), back=path) from wrong
    several = len(getattr(request, "zones", ())) > 1
    return Address(
        path=path,
        filters=filters,
        q=" ".join(asked.get("q", "").split())[:LONGEST_TEXT],
        sort=_sort(page, asked.get("sort", ""), path),
        cols=_columns(page, asked.getlist("cols")),
        size=_size(asked.get("size", ""), path),
        after=asked.get("after", "") if not asked.get("before") else "",
        before=asked.get("before", ""),
        exact_count=asked.get("count") == "exact",
        zone=request.zone.code if several and getattr(request, "zone", None) else "",  # type: ignore[attr-defined]
    )


def narrow(
    rows: QuerySet[Any], request: HttpRequest, page: ListPage, address: Address, *, leave_out: str = ""
) -> QuerySet[Any]:
    """Return the rows the address asks for; raises AddressWrong where a filter cannot be applied."""
    for item in page.filters:
        text = address.filters.get(item.key)
        if text is None or item.key == leave_out:
            continue
        try:
            rows = item.apply(rows, text)
        except DomainError:
            raise
        except (ValueError, TypeError, ArithmeticError, KeyError) as wrong:
            why = _("没有“%(text)s”这个选项。") % {"text": text}
            raise AddressWrong(field=str(item.label), why=why, back=address.path) from wrong
    if page.search is not None and address.is_searched:
        rows = page.search(request, rows, address.q)
    return rows


def sortable(page: ListPage) -> dict[str, Column]:
    """Return the columns that order the list, by key."""
    return {column.key: column for column in page.columns if column.sort}


def shown_columns(page: ListPage, address: Address) -> list[Column]:
    """Return the columns to show, in the page's order; the first one names the row and always stands."""
    if not address.cols:
        return [column for place, column in enumerate(page.columns) if place == 0 or not column.hidden]
    return [column for place, column in enumerate(page.columns) if place == 0 or column.key in address.cols]


def _filter_text(item: Filter, asked: QueryDict) -> str:
    """Return a filter's text; the two boxes of a range stand in the address as ``key_from`` and ``key_to``."""
    text = asked.get(item.key, "").strip()
    if text or item.kind not in {"date_range", "number_range"}:
        return text
    low, high = asked.get(f"{item.key}_from", "").strip(), asked.get(f"{item.key}_to", "").strip()
    return f"{low}..{high}" if low or high else ""


def _checked(item: Filter, text: str, choices: list[tuple[str, Text]] | None) -> str:
    """Return the text in its one form; raises ValueError with a sentence where it is not one."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(_("文字过长。"))
    if item.kind == "date_range":
        return _range(text, _day)
    if item.kind == "number_range":
        return _range(text, _number)
    if choices is not None and text not in {value for value, label in choices}:
        raise ValueError(_("没有“%(text)s”这个选项。") % {"text": text})
    if item.kind == "choice" and text.isdigit() and len(text) > LONGEST_KEY:
        raise ValueError(_("没有“%(text)s”这个选项。") % {"text": text})
    return text


def _range(text: str, one: Any) -> str:
    low, high = (one(end) if end else None for end in ends(text))
    if low is None and high is None:
        return ""
    if low is not None and high is not None and low > high:
        low, high = high, low
    return f"{'' if low is None else low}..{'' if high is None else high}"


def _day(text: str) -> date:
    try:
        if COMPACT_DAY.fullmatch(text):
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("“%(text)s”不是日期，请写成 2026-06-15。") % {"text": text}) from None


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text.replace(",", ""))
    except ArithmeticError:
        found = LARGEST_NUMBER
    if not found.is_finite() or abs(found) >= LARGEST_NUMBER:
        raise ValueError(_("“%(text)s”不是可用的数字。") % {"text": text})
    return Decimal(f"{found:f}")


def _sort(page: ListPage, text: str, path: str) -> str:
    if text and text.removeprefix("-") not in sortable(page):
        why = _("不能按“%(text)s”排序。") % {"text": text[:LONGEST_TEXT]}
        raise AddressWrong(field=_("排序"), why=why, back=path)
    return text


def _columns(page: ListPage, texts: list[str]) -> tuple[str, ...]:
    wanted = {key for text in texts for key in text.split(",")}
    chosen = tuple(c.key for place, c in enumerate(page.columns) if place == 0 or c.key in wanted)
    usual = tuple(c.key for place, c in enumerate(page.columns) if place == 0 or not c.hidden)
    return () if not wanted or chosen == usual or (len(chosen) == 1 and chosen[0] not in wanted) else chosen


def _size(text: str, path: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 3 or int(text) not in SIZES:
        why = _("每页可选 %(sizes)s 行。") % {"sizes": listed(SIZES)}
        raise AddressWrong(field=_("每页行数"), why=why, back=path)
    return int(text)
