"""Keep the search index in step with the rows: called by the service that writes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from zhuchao.engines import search

from ..models import SearchDoc
from ..models.search_index import drop, put, scope_token, thing_token
from .bulk import insert_values


@dataclass(frozen=True)
class Findable:
    """What a record is found by: its title and code, and other words that lead to it."""

    row_id: int
    scope: int
    title: str
    detail: str = ""
    code: str = ""
    words: tuple[str, ...] = ()


def index_rows(thing: str, rows: Iterable[Findable]) -> None:
    """Put records of one kind into the index, or refresh them; runs inside the writer's transaction."""
    rows = list(rows)
    for start in range(0, len(rows), 2000):
        _index(thing, rows[start : start + 2000])


def _index(thing: str, rows: Sequence[Findable]) -> None:
    columns = ("thing", "row_id", "scope", "title", "detail", "code", "text")
    insert_values(
        SearchDoc,
        columns,
        [
            (
                thing,
                row.row_id,
                row.scope,
                row.title[:200],
                row.detail[:200],
                row.code.upper()[:40],
                " ".join(word for word in row.words if word),
            )
            for row in rows
        ],
        on_conflict=(columns[:2], columns[2:]),
    )
    ids = dict(
        SearchDoc.objects.filter(thing=thing, row_id__in=[row.row_id for row in rows]).values_list(
            "row_id", "id"
        )
    )
    put(
        connection,
        [
            (
                ids[row.row_id],
                search.document(
                    row.title,
                    *(word for word in row.words if word),
                    extra=(row.code,) if row.code else (),
                    marks=(thing_token(thing), scope_token(row.scope)),
                ),
            )
            for row in rows
        ],
    )


def unindex_rows(thing: str, row_ids: Sequence[int]) -> None:
    """Take records out of the index."""
    docs = SearchDoc.objects.filter(thing=thing, row_id__in=list(row_ids))
    ids = list(docs.values_list("id", flat=True))
    docs.delete()
    drop(connection, ids)
