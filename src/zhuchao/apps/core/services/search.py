"""Keep the search index in step with the rows: called by the service that writes them, or made again from all rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from zhuchao.engines import search

from ..models import SearchDoc
from ..models.search_index import drop, put, scope_token, thing_token
from .bulk import insert_values
from .progress import Progress

AT_ONCE = 500


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


@dataclass(frozen=True)
class Source:
    """Where the records of one kind come from: ``rows`` returns all that are to be found, with their ``zone``.

    ``index`` puts those of some ids into the index, or refreshes them, by calling ``index_rows``.
    """

    thing: str
    rows: Callable[[], models.QuerySet[Any]]
    index: Callable[[Sequence[int]], None]


_SOURCES: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Make a kind known whose index can be made again; its app does so when it is ready."""
    _SOURCES[source.thing] = source


def sources() -> list[Source]:
    """Return every kind whose index can be made again, by name."""
    return [_SOURCES[thing] for thing in sorted(_SOURCES)]


def reindex(progress: Progress, scope: int | None = None) -> Iterator[tuple[str, int]]:
    """Make the search index again from the rows, of one zone or of all; yield each kind with its number of rows.

    A few hundred rows a transaction, so that people go on working and a killed run leaves a whole index: what it
    did stays, the next run does the rest. What no longer has a row is taken out.
    """
    for source in sources():
        yield source.thing, _reindex(source, progress, scope)


def _reindex(source: Source, progress: Progress, scope: int | None) -> int:
    rows, docs = source.rows().order_by("pk"), SearchDoc.objects.filter(thing=source.thing)
    if scope is not None:
        rows, docs = rows.filter(zone_id=scope), docs.filter(scope=scope)
    total, done, last = rows.count(), 0, 0
    while True:
        progress.say(source.thing, done, total)
        with transaction.atomic():
            # The lock makes a service that changes one of these rows index it after us, not before.
            held = rows.filter(pk__gt=last).select_for_update(of=("self",), no_key=True)
            part = list(held.values_list("pk", flat=True)[:AT_ONCE])
            source.index(part)
        done += len(part)
        if len(part) < AT_ONCE:
            break
        last = part[-1]
    _forget_missing(source, docs)
    progress.say(source.thing, done, total)
    return done


def _forget_missing(source: Source, docs: models.QuerySet[SearchDoc]) -> None:
    """Take out what has no row: looked up after its entry was read, so that a row just made is never missed."""
    found = list(docs.order_by("row_id").values_list("row_id", flat=True))
    for start in range(0, len(found), AT_ONCE):
        ids = found[start : start + AT_ONCE]
        kept = set(source.rows().filter(pk__in=ids).order_by().values_list("pk", flat=True))
        if gone := [row_id for row_id in ids if row_id not in kept]:
            with transaction.atomic():
                unindex_rows(source.thing, gone)
