"""Find rows by what is typed: Chinese characters (two and up), pinyin initials, or a code."""

from collections.abc import Sequence

from django.db import connection

from zhuchao.engines import EngineError, search

from ..models import SearchDoc
from ..models.search_index import match, match_rows, scope_token, thing_token

MOST = 2000


def matching_row_ids(thing: str, scopes: Sequence[int], text: str, limit: int = MOST) -> list[int]:
    """Return ids of at most ``limit`` rows of one kind that match, within the zones ``scopes``.

    As many as ``limit`` means that the word is a common one: the caller then reads along its own order and
    compares names instead, which finds a page sooner than sorting every match would.
    """
    expression = _expression(scopes, text, things=(thing,))
    return match_rows(connection, expression, limit=limit) if expression else []


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
        expression = _expression(sorted(scopes), text, things=tuple(things))
        if expression:
            found.extend(SearchDoc.objects.filter(pk__in=match(connection, expression, limit=limit * 5)))
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


def _expression(scopes: Sequence[int], text: str, *, things: Sequence[str]) -> str:
    """Return what the index is asked; nothing where there is no zone, or the text is too short or too long."""
    if not scopes:
        return ""
    try:
        query = search.query(text)
    except EngineError:  # nothing is found, which the page explains
        return ""
    write = search.fts5_match if connection.vendor == "sqlite" else search.tsquery
    return write(
        query,
        scopes=[scope_token(scope) for scope in scopes],
        things=[thing_token(thing) for thing in things],
    )
