"""Pages by position and not by number: the page after a row costs the same wherever the row stands.

Rows without a value come last in either direction, on both databases: they are read by a query of their own,
so that the index of the order serves both and no database's habit with NULL is relied on.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, Q, QuerySet

SORT_VALUE = "list_sort_value"


class CursorWrong(ValueError):
    """A position that this order does not know."""


@dataclass(frozen=True)
class Order:
    """An order of rows: by a field (``pk`` for none), ties by primary key in the same direction."""

    path: str
    descending: bool
    value_field: "Field[Any, Any] | None"
    nullable: bool


@dataclass(frozen=True)
class Slice:
    """The rows of one page, and the positions the pages beside it start from."""

    rows: list[Any]
    next: str = ""
    previous: str = ""


def order_of(rows: QuerySet[Any], text: str) -> Order:
    """Return the order that ``text`` (``-found_on``, ``site__name``, ``pk``) names on these rows."""
    path = text.removeprefix("-")
    descending = text.startswith("-")
    if path in {"pk", rows.model._meta.pk.name}:
        return Order("pk", descending, None, False)
    if path in rows.query.annotations:
        return Order(path, descending, rows.query.annotations[path].output_field, True)
    model: type[Model] = rows.model
    field: Any = None
    nullable = False
    for part in path.split("__"):
        field = model._meta.get_field(part)
        nullable = nullable or field.null
        model = field.related_model or model
    if getattr(field, "target_field", None) is not None:
        field = field.target_field
    return Order(path, descending, field, nullable)


def in_order(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """Return all the rows in this order, those without a value last: for reading to the end."""
    if order.path == "pk":
        return rows.order_by("-pk" if order.descending else "pk")
    at = F(order.path)
    by = (
        at.desc(nulls_last=order.nullable or None)
        if order.descending
        else at.asc(nulls_last=order.nullable or None)
    )
    return rows.order_by(by, "-pk" if order.descending else "pk")


def slice_rows(
    rows: QuerySet[Any],
    order: Order,
    *,
    size: int,
    after: str = "",
    before: str = "",
    keys_first: bool = False,
) -> Slice:
    """Return the page after or before a position, the first one without; raises CursorWrong.

    With ``keys_first`` the page is found as keys alone, which an index that holds the order and the filters answers
    without a look at any row; only the rows of the page are read then.
    """
    if order.path != "pk":
        rows = rows.annotate(**{SORT_VALUE: F(order.path)})
    position = _read(after or before, order) if after or before else None
    backwards = bool(before and not after)
    try:
        found, more = _beyond(rows, order, position, size + 1, backwards, keys_first=keys_first)
    except (ValueError, TypeError, OverflowError) as wrong:
        if position is None:
            raise
        raise CursorWrong(str(wrong)) from wrong
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Slice([])
    has_next, has_previous = (True, more) if backwards else (more, position is not None)
    return Slice(
        found,
        next=_write(found[-1], order) if has_next else "",
        previous=_write(found[0], order) if has_previous else "",
    )


def _beyond(
    rows: QuerySet[Any],
    order: Order,
    position: tuple[Any, Any] | None,
    limit: int,
    backwards: bool,
    *,
    keys_first: bool,
) -> tuple[list[Any], bool]:
    """Return up to ``limit`` rows beyond the position, nearest first, and whether there were so many."""
    descending = order.descending != backwards
    sign, step = ("-", "lt") if descending else ("", "gt")
    by_key = rows.order_by(f"{sign}pk")
    if order.path == "pk":
        part = by_key.filter(**{f"pk__{step}": position[1]}) if position else by_key
        return _read_rows(rows, [part], limit, keys_first=keys_first)
    # By expression: the name of a relation alone would mean the order that its model declares.
    by_value = F(order.path).desc() if descending else F(order.path).asc()
    valued = rows.order_by(by_value, f"{sign}pk")
    if order.nullable:
        valued = valued.filter(**{f"{order.path}__isnull": False})
        by_key = by_key.filter(**{f"{order.path}__isnull": True})
    value, pk = position or (None, None)
    if position and value is not None:
        # The first condition bounds the index, the second breaks the tie.
        within = Q(**{f"{order.path}__{step}e": value})
        valued = valued.filter(within & (Q(**{f"{order.path}__{step}": value}) | Q(**{f"pk__{step}": pk})))
    elif position:
        by_key = by_key.filter(**{f"pk__{step}": pk})
    parts = [valued, by_key] if order.nullable else [valued]
    if backwards:
        parts.reverse()
    if position and order.nullable and (value is None) != backwards:
        parts = parts[1:]
    return _read_rows(rows, parts, limit, keys_first=keys_first)


def _read_rows(
    rows: QuerySet[Any], parts: Sequence[QuerySet[Any]], limit: int, *, keys_first: bool
) -> tuple[list[Any], bool]:
    """Return the first ``limit`` rows of ``parts``, one part after the other, and whether there were so many."""
    found: list[Any] = []
    for part in parts:
        if len(found) < limit:
            wanted = part.values_list("pk", flat=True) if keys_first else part
            found += wanted[: limit - len(found)]
    more = len(found) == limit
    if not keys_first or not found:
        return found, more
    read = {row.pk: row for row in rows.order_by().filter(pk__in=found)}
    # A row that has just gone, or just changed so that it is no longer wanted, is left out.
    return [read[pk] for pk in found if pk in read], more


def _write(row: Any, order: Order) -> str:
    value = getattr(row, SORT_VALUE, None) if order.path != "pk" else None
    if isinstance(value, (date, datetime)):
        value = value.isoformat()
    elif value is not None and not isinstance(value, (bool, int, float)):
        value = str(value)
    text = json.dumps([value, row.pk], ensure_ascii=False, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, order: Order) -> tuple[Any, Any]:
    if len(cursor) > 2000:
        raise CursorWrong("too long")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value, pk = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(pk, (int, str)) or isinstance(pk, bool) or isinstance(value, (list, dict)):
            raise CursorWrong("shape")
        if value is not None:
            if order.value_field is None or "\x00" in str(value):
                raise CursorWrong("value")
            value = order.value_field.to_python(value)
            str(value).encode()
        elif order.path != "pk" and not order.nullable:
            raise CursorWrong("no value")
        return value, pk
    except (binascii.Error, ValueError, TypeError, ArithmeticError, RecursionError, ValidationError) as wrong:
        raise CursorWrong(str(wrong)) from wrong
