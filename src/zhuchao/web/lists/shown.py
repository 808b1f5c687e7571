"""A list as its template shows it: heads, rows, totals, chips, tabs, and every address that leads on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import SavedView
from zhuchao.apps.core.selectors.saved_views import visible_saved_views
from zhuchao.apps.core.wording import in_unit

from ..shell import is_allowed
from .address import SIZES, Address, narrow, read_address, shown_columns, sortable
from .cells import NUMERIC, Cell, cell_of, shown, unit_of
from .keyset import Order, Slice, order_of
from .markup import RowPrinter, frames_of
from .narrowing import ends
from .page import Action, Column, Filter, Kind, ListPage, Text

COUNT_CAP = 1000
SAVED_VIEWS_COUNTED = 6
MOST_SAVED_VIEWS = 30
FACTS_ON_PHONE = 3


@dataclass(frozen=True)
class Count:
    """How many rows there are, or that there are more than ``number``."""

    number: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.is_capped else f"{self.number:,}"


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    key: str
    label: Text
    unit: Text
    numeric: bool
    sort_url: str = ""
    sorted: str = ""  # ascending | descending


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    pk: Any
    cells: list[Cell]
    markup: SafeString


@dataclass(frozen=True)
class Chip:
    """A filter that is set, with the address without it."""

    label: Text
    text: Text
    remove_url: str


@dataclass(frozen=True)
class Tab:
    """A built-in or saved view of the list."""

    label: Text
    url: str
    count: Count | None
    is_active: bool
    saved: SavedView | None = None
    is_mine: bool = False


@dataclass(frozen=True)
class Control:
    """The boxes of one filter."""

    item: Filter
    value: str = ""
    low: str = ""
    high: str = ""
    choices: list[tuple[str, Text]] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    """A verb of the page that this person may do."""

    label: Text
    url: str
    icon: str = ""
    key: str = ""
    dangerous: bool = False


@dataclass(frozen=True)
class ShownList:
    """Everything ``web/list.html`` shows."""

    page: ListPage
    address: Address
    heads: list[Head]
    rows: list[Row]
    totals: list[tuple[str, bool]]  # text and whether it is below zero, one a column; empty without totals
    count: Count
    controls: list[Control]
    chips: list[Chip]
    tabs: list[Tab]
    chooser: list[tuple[Column, bool]]
    next_url: str = ""
    previous_url: str = ""
    first_url: str = ""
    exact_url: str = ""
    clear_url: str = ""
    usual_columns_url: str = ""
    export_urls: list[tuple[str, str]] = field(default_factory=list)
    bulk_verbs: list[Link] = field(default_factory=list)
    main_action: Link | None = None
    other_actions: list[Link] = field(default_factory=list)
    empty_actions: list[Link] = field(default_factory=list)
    sizes: list[tuple[int, str, bool]] = field(default_factory=list)
    is_stale_page: bool = False
    can_save: bool = False
    can_share: bool = False

    @property
    def has_search(self) -> bool:
        return self.page.search is not None

    @property
    def hidden_pairs(self) -> list[tuple[str, str]]:
        """Return what the filter form must carry along: everything but what its own boxes say."""
        own = {"q", "after", "before", *(control.item.key for control in self.controls)}
        return [(key, value) for key, value in self.address.pairs() if key not in own]

    @property
    def column_pairs(self) -> list[tuple[str, str]]:
        """Return what the column chooser must carry along: everything, and the column that always stands."""
        return [*self.address.pairs(cols=(), after="", before=""), ("cols", self.page.columns[0].key)]

    @property
    def here_url(self) -> str:
        return self.address.url()


def choices_of(request: HttpRequest, page: ListPage) -> dict[str, list[tuple[str, Text]]]:
    """Return the choices of the page's filters, each asked for once a request."""
    return {
        item.key: [(str(value), label) for value, label in item.choices(request)]
        for item in page.filters
        if item.choices is not None
    }


def chosen_order(page: ListPage, address: Address, rows: QuerySet[Any]) -> Order:
    """Return the order the address asks for, or the page's own."""
    text = address.sort or page.default_sort
    column = sortable(page).get(text.removeprefix("-"))
    if column is None or column.sort is None:
        return order_of(rows, text)
    descending = text.startswith("-") != column.sort.startswith("-")
    return order_of(rows, ("-" if descending else "") + column.sort.removeprefix("-"))


def count_rows(rows: QuerySet[Any], *, exact: bool = False) -> Count:
    """Return how many rows there are, counting no further than the cap unless asked."""
    keys = rows.order_by().values("pk")
    if exact:
        return Count(keys.count())
    found = keys[: COUNT_CAP + 1].count()
    return Count(min(found, COUNT_CAP), found > COUNT_CAP)


def totals_of(rows: QuerySet[Any], columns: Sequence[Column], zone: Any) -> list[tuple[str, bool]]:
    """Return the totals row over all the rows, by one query; empty where no column has a total."""
    sums = {f"total_{place}": Sum(column.total) for place, column in enumerate(columns) if column.total}
    if not sums:
        return []
    found = rows.order_by().aggregate(**sums)
    texts = []
    for place, column in enumerate(columns):
        value = found.get(f"total_{place}")
        missing = not column.total
        texts.append(("" if missing else str(shown(column, value, zone)[0]), bool(value and value < 0)))
    return texts


def show_list(
    request: HttpRequest,
    page: ListPage,
    everything: QuerySet[Any],
    rows: QuerySet[Any],
    address: Address,
    part: Slice,
    choices: Mapping[str, list[tuple[str, Text]]],
) -> ShownList:
    """Return the list as its template shows it; ``everything`` is before the filters, ``rows`` after."""
    zone = getattr(request, "zone", None)
    columns = shown_columns(page, address)
    phone = [column.key for column in columns if column.on_phone] or [
        c.key for c in columns[1 : 1 + FACTS_ON_PHONE]
    ]
    verbs = [verb for verb in page.row_verbs if is_allowed(request, verb.verb, verb.thing)]
    bulk_verbs = [verb for verb in page.bulk_verbs if is_allowed(request, verb.verb, verb.thing)]
    printer = RowPrinter(columns, frames_of(columns, zone, phone), ticks=bool(bulk_verbs), verbs=verbs)
    shown_rows = []
    for row in part.rows:
        cells = [cell_of(column, row, zone) for column in columns]
        url = next((cell.url for cell in cells if cell.url), "")
        shown_rows.append(Row(row.pk, cells, printer.print(row, url, cells)))
    count = count_rows(rows, exact=address.exact_count)
    may_export = page.exportable and is_allowed(request, "export", page.thing)
    return ShownList(
        page=page,
        address=address,
        heads=[_head(page, address, column, zone) for column in columns],
        rows=shown_rows,
        totals=totals_of(rows, columns, zone) if part.rows else [],
        count=count,
        controls=[_control(item, address, choices) for item in page.filters],
        chips=_chips(page, address, choices),
        tabs=_tabs(request, page, everything, address, choices, count),
        chooser=[(column, column in columns) for column in page.columns],
        next_url=address.url(after=part.next) if part.next else "",
        previous_url=address.url(before=part.previous) if part.previous else "",
        first_url=address.url() if address.after or address.before else "",
        exact_url=_with(address.url(after=address.after, before=address.before), "count=exact"),
        clear_url=address.url(filters={}, q=""),
        usual_columns_url=address.url(cols=()),
        export_urls=[(kind, _with(address.url(), f"export={kind}")) for kind in ("xlsx", "csv")]
        if may_export
        else [],
        bulk_verbs=[
            Link(verb.label, reverse(verb.url_name), key=verb.key, dangerous=verb.dangerous)
            for verb in bulk_verbs
        ],
        main_action=next(iter(links(request, [page.main_action] if page.main_action else [])), None),
        other_actions=links(request, page.other_actions),
        empty_actions=links(request, page.empty_actions),
        sizes=[(size, address.url(size=size), size == (address.size or page.page_size)) for size in SIZES],
        is_stale_page=not part.rows and bool(address.after or address.before),
        can_save=request.user.is_authenticated,
        can_share=is_allowed(request, "manage", "zone"),
    )


def links(request: HttpRequest, actions: Sequence[Action]) -> list[Link]:
    """Return the actions this person may do, with their addresses."""
    return [
        Link(action.label, reverse(action.url_name), action.icon)
        for action in actions
        if is_allowed(request, action.verb, action.thing)
    ]


def _with(url: str, pair: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{pair}"


def _head(page: ListPage, address: Address, column: Column, zone: Any) -> Head:
    numeric = column.kind in NUMERIC
    head = {"key": column.key, "label": column.label, "unit": unit_of(column, zone), "numeric": numeric}
    if not column.sort:
        return Head(**head)  # type: ignore[arg-type]
    now = address.sort or page.default_sort
    by_this = now.removeprefix("-") in {column.key, column.sort.removeprefix("-")}
    falls = now.startswith("-")
    if by_this:
        wanted = column.key if falls else f"-{column.key}"
    else:
        # The largest and the latest are what is looked for first.
        wanted = f"-{column.key}" if numeric or column.kind in {Kind.DATE, Kind.MOMENT} else column.key
    direction = ("descending" if falls else "ascending") if by_this else ""
    return Head(**head, sort_url=address.url(sort=wanted), sorted=direction)  # type: ignore[arg-type]


def _control(item: Filter, address: Address, choices: Mapping[str, list[tuple[str, Text]]]) -> Control:
    value = address.filters.get(item.key, "")
    low, high = ends(value) if item.kind in {"date_range", "number_range"} else ("", "")
    return Control(item, value, low, high, choices.get(item.key, []))


def _chips(page: ListPage, address: Address, choices: Mapping[str, list[tuple[str, Text]]]) -> list[Chip]:
    chips = []
    if address.is_searched:
        chips.append(Chip(_("搜索"), address.q, address.url(q="")))
    for item in page.filters:
        value = address.filters.get(item.key)
        if value is not None:
            text = next((label for key, label in choices.get(item.key, []) if key == value), None)
            chips.append(Chip(item.label, text or _said(item, value), address.without(item.key)))
    return chips


def _said(item: Filter, value: str) -> str:
    if item.kind not in {"date_range", "number_range"}:
        return value
    low, high = ends(value)
    if low and high:
        return (
            in_unit(low, item.unit)
            if low == high
            else _("%(low)s 至 %(high)s") % {"low": low, "high": in_unit(high, item.unit)}
        )
    if item.kind == "date_range":
        return _("%(day)s 起") % {"day": low} if low else _("%(day)s 止") % {"day": high}
    return f"≥ {in_unit(low, item.unit)}" if low else f"≤ {in_unit(high, item.unit)}"


def _tabs(
    request: HttpRequest,
    page: ListPage,
    rows: QuerySet[Any],
    address: Address,
    choices: Mapping[str, list[tuple[str, Text]]],
    count: Count,
) -> list[Tab]:
    """Return the built-in views and the saved ones; a saved one that no longer fits shows no count."""
    saved = saved_views(request, page)
    built_in = list(page.tabs)
    if not built_in and not saved:
        return []
    if not any(re.sub(r"^\?", "", query) == "" for label, query in built_in):
        built_in.insert(0, (_("全部"), ""))
    tabs = [_tab(request, page, rows, address, choices, count, label, query) for label, query in built_in]
    for place, view in enumerate(saved):
        counted = place < SAVED_VIEWS_COUNTED
        tabs.append(
            _tab(
                request,
                page,
                rows,
                address,
                choices,
                count,
                view.name,
                view.query,
                saved=view,
                counted=counted,
            )
        )
    return tabs


def _tab(
    request: HttpRequest,
    page: ListPage,
    rows: QuerySet[Any],
    address: Address,
    choices: Mapping[str, list[tuple[str, Text]]],
    count: Count,
    label: Text,
    query: str,
    *,
    saved: SavedView | None = None,
    counted: bool = True,
) -> Tab:
    mine = saved is not None and saved.owner_id == request.user.pk
    try:
        there = read_address(request, page, choices, QueryDict(query.removeprefix("?")))
        active = (there.filters, there.q) == (address.filters, address.q)
        active = active and (saved is None or (there.sort, there.cols) == (address.sort, address.cols))
        if active:
            found: Count | None = count
        else:
            found = count_rows(narrow(rows, request, page, there)) if counted else None
        return Tab(label, there.url(), found, active, saved, mine)
    except DomainError:
        return Tab(label, f"{address.path}?{query.removeprefix('?')}", None, False, saved, mine)


def saved_views(request: HttpRequest, page: ListPage) -> list[SavedView]:
    """Return the views of this list that the person kept, and those shared in the zone."""
    if not request.user.is_authenticated:
        return []
    scope = getattr(getattr(request, "zone", None), "pk", 0)
    return list(visible_saved_views(request.user, scope=scope, list_key=page.key)[:MOST_SAVED_VIEWS])
