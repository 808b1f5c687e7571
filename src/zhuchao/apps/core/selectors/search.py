"""Find rows by what is typed: Chinese characters (two and up), pinyin initials, or a code."""

from collections.abc import Sequence

from django.db import connection

from zhuchao.engines import EngineError, search

from ..models import SearchDoc
from ..models.ids import id_list
from ..models.search_index import match, scope_token, thing_token

MOST = 2000


def matching_row_ids(thing: str, scopes: Sequence[int], text: str, limit: int = MOST) -> list[int]:
    """Return ids of at most ``limit`` rows of one kind that match, within the zones ``scopes``.

    As many as ``limit`` means that the word is a common one: the caller then reads along its own order and
    compares names instead, which finds a page sooner than sorting every match would.
    """
    ids = _matches(scopes, text, things=(thing,), limit=limit)
    return list(SearchDoc.objects.filter(pk__in=id_list(ids)).values_list("row_id", flat=True))


def find(scopes_of: dict[str, frozenset[int]], text: str, limit: int = 20) -> list[SearchDoc]:
    """Return the best matches over several kinds of rows, codes first, then titles that begin with the text.

    ``scopes_of`` says for each kind in which zones the person may see it: what is not there is not found.
    """
    found: list[SearchDoc] = []
    by_scope: dict[frozenset[int], list[str]] = {}
    for thing, scopes in scopes_of.items():
        if scopes:
            by_scope.setdefault(scopes, []).append(thing)
    for scopes, things in by_scope.items():
        ids = _matches(sorted(scopes), text, things=tuple(things), limit=limit * 5)
        found.extend(SearchDoc.objects.filter(pk__in=ids))
    wanted = text.strip().upper()
    found.sort(
        key=lambda doc: (
            not (doc.code and doc.code.startswith(wanted)),
            not doc.title.upper().startswith(wanted),
            wanted not in doc.title.upper(),
            len(doc.title),
            doc.title,
            doc.pk,
        )
    )
    return found[:limit]


def _matches(scopes: Sequence[int], text: str, *, things: Sequence[str], limit: int) -> list[int]:
    if not scopes:
        return []
    try:
        query = search.query(text)
    except EngineError:  # too short or too long to be looked for: nothing is found, which the page explains
        return []
    write = search.fts5_match if connection.vendor == "sqlite" else search.tsquery
    expression = write(
        query,
        scopes=[scope_token(scope) for scope in scopes],
        things=[thing_token(thing) for thing in things],
    )
    return match(connection, expression, limit=limit)
