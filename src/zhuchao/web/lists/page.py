"""What a list declares: its columns, filters, verbs and tabs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

Text = str | Promise

RESERVED = frozenset({"q", "sort", "cols", "size", "after", "before", "export", "count", "zone"})
"""Names in the address of a list that no filter may take."""


class Kind(StrEnum):
    """What a column holds, which decides alignment, format and how it is exported."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # yuan in the row; shown in the zone's custom unit, exported as numbers in that unit
    AREA = "area"  # m²
    PERCENT = "percent"  # a ratio in the row
    DATE = "date"
    MOMENT = "moment"
    STATE = "state"  # a (value, label, colour) triple or a label
    BOOL = "bool"


@dataclass(frozen=True)
class Column:
    """One column. ``value`` reads the row; ``sort`` is the ORM field that orders it, covered by an index."""

    key: str
    label: Text
    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    sort: str | None = None
    link: Callable[[Any], str | None] | None = None
    unit: Text = ""
    total: str | None = None  # ORM field whose sum over the filtered set stands in the totals row
    on_phone: bool = False
    hidden: bool = False  # not shown until chosen


@dataclass(frozen=True)
class Filter:
    """One filter. ``apply`` narrows the rows by the text of the address; an unknown value is refused kindly.

    ``apply`` gets the text already checked: one of ``choices`` where they are given; a range as ``low..high`` with
    ISO dates or plain numbers, either end may be empty. ``narrowing`` makes the usual ones from a field's name.
    """

    key: str
    label: Text
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]
    choices: Callable[[HttpRequest], Iterable[tuple[str, Text]]] | None = None  # None: free text, or a range
    kind: str = "choice"  # choice | date_range | number_range | text
    unit: Text = ""  # of a number_range, shown beside it


@dataclass(frozen=True)
class RowVerb:
    """Something that can be done to one row from the list (a link)."""

    key: str
    label: Text
    url: Callable[[Any], str]
    icon: str = ""
    verb: str = "view"
    thing: str = ""


@dataclass(frozen=True)
class BulkVerb:
    """Something that can be done to the ticked rows: posts their ids as ``rows`` to ``url_name``."""

    key: str
    label: Text
    url_name: str
    verb: str
    thing: str
    dangerous: bool = False


@dataclass(frozen=True)
class Action:
    """A way on: the page's main verb, or what an empty list offers."""

    label: Text
    url_name: str
    verb: str = "view"
    thing: str = ""
    icon: str = ""


@dataclass(frozen=True)
class ListPage:
    """A list, declared. ``search`` narrows the rows by what was typed (two characters and up).

    ``keys_first`` is for a list of very many rows whose model has indexes that hold the orders and the filters.
    """

    key: str
    title: Text
    thing: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Callable[[HttpRequest, QuerySet[Any], str], QuerySet[Any]] | None = None
    search_hint: Text = ""
    default_sort: str = "-pk"
    row_verbs: Sequence[RowVerb] = ()
    bulk_verbs: Sequence[BulkVerb] = ()
    main_action: Action | None = None
    other_actions: Sequence[Action] = ()
    empty_sentence: Text = ""
    empty_actions: Sequence[Action] = ()
    page_size: int = 50
    tabs: Sequence[tuple[Text, str]] = field(default=())  # built-in views: label and query string
    exportable: bool = True
    keys_first: bool = False

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns] or [""]
        taken = {item.key for item in self.filters} & RESERVED
        if len(set(keys)) != len(keys) or not keys[0]:
            raise ImproperlyConfigured(f"list {self.key!r}: each column needs a key of its own")
        if taken:
            raise ImproperlyConfigured(
                f"list {self.key!r}: {sorted(taken)} mean something else in the address"
            )
