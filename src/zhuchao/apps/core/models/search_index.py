"""The inverted index of character bigrams: FTS5 on SQLite, a GIN index over tsvector on PostgreSQL.

Both databases get a table ``core_searchgram`` with the id of the ``SearchDoc`` and its tokens. Trigram
indexes find no two-character Chinese word, which is the commonest thing people search for.
"""

from collections.abc import Iterable, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper


def create(connection: BaseDatabaseWrapper) -> None:
    """Create the index if it is not there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS core_searchgram "
                "USING fts5(grams, tokenize='unicode61 remove_diacritics 0')"
            )
        else:
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS core_searchgram (id bigint PRIMARY KEY, grams tsvector NOT NULL)"
            )
            cursor.execute(
                "CREATE INDEX IF NOT EXISTS core_searchgram_grams ON core_searchgram USING gin (grams)"
            )


def put(connection: BaseDatabaseWrapper, rows: Iterable[tuple[int, str]]) -> None:
    """Write tokens for document ids, replacing what stood there."""
    rows = list(rows)
    drop(connection, [pk for pk, _ in rows])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("INSERT INTO core_searchgram (rowid, grams) VALUES (%s, %s)", rows)
        else:
            cursor.executemany(
                "INSERT INTO core_searchgram (id, grams) VALUES (%s, to_tsvector('simple', %s))", rows
            )


def drop(connection: BaseDatabaseWrapper, ids: Sequence[int]) -> None:
    """Take document ids out of the index."""
    column = "rowid" if connection.vendor == "sqlite" else "id"
    with connection.cursor() as cursor:
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"DELETE FROM core_searchgram WHERE {column} IN ({marks})", list(part))


_MATCHED = {
    "sqlite": "SELECT rowid FROM core_searchgram WHERE core_searchgram MATCH %s LIMIT %s",
    "postgresql": "SELECT id FROM core_searchgram WHERE grams @@ %s::tsquery LIMIT %s",
}
_ROWS_MATCHED = {
    "sqlite": "SELECT row_id FROM core_searchdoc WHERE id IN ({matched})",
    # As an array: joined as a set, each document would be looked up by itself.
    "postgresql": "SELECT row_id FROM core_searchdoc WHERE id = ANY(ARRAY({matched}))",
}


def match(connection: BaseDatabaseWrapper, expression: str, *, limit: int) -> list[int]:
    """Return at most ``limit`` document ids that match an FTS5 or tsquery expression."""
    return _ask(connection, _MATCHED[connection.vendor], expression, limit)


def match_rows(connection: BaseDatabaseWrapper, expression: str, *, limit: int) -> list[int]:
    """Return the ids of the rows that at most ``limit`` matching documents stand for."""
    matched = _MATCHED[connection.vendor]
    return _ask(connection, _ROWS_MATCHED[connection.vendor].format(matched=matched), expression, limit)


def _ask(connection: BaseDatabaseWrapper, statement: str, expression: str, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [expression, limit])
        return [row[0] for row in cursor.fetchall()]


def thing_token(thing: str) -> str:
    """Return the index token that stands for a kind of record (``promotion.lead`` -> ``tpromotionlead``)."""
    return "t" + thing.replace(".", "").replace("_", "")


def scope_token(scope: int) -> str:
    """Return the index token that stands for a zone."""
    return f"z{scope}"
