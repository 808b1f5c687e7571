"""The one list component: columns, filters, search, sort, saved views, export, bulk verbs, keyset pages."""

from .narrowing import by_date_range, by_flag, by_moment_range, by_number_range, by_text, by_value
from .page import Action, BulkVerb, Column, Filter, Kind, ListPage, RowVerb, Text
from .response import list_response
from .ticked import ticked_rows

__all__ = [
    "Action",
    "BulkVerb",
    "Column",
    "Filter",
    "Kind",
    "ListPage",
    "RowVerb",
    "Text",
    "by_date_range",
    "by_flag",
    "by_moment_range",
    "by_number_range",
    "by_text",
    "by_value",
    "list_response",
    "ticked_rows",
]
