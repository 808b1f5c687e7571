"""Empties the database behind a test that commits, in place of Django's flush.

A flush empties every table there is and lets every app fill its own again, a second and more each time. A test writes
to a few tables only. Tables of entries refuse to be emptied, so their triggers rest meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.append_only import put_back, take_away
from zhuchao.apps.indicators.services import load_builtin_indicators

# Rows that come with the tables, and the inner tables of the search index, which follow it.
LEFT_ALONE = ("django_content_type", "auth_permission", "django_migrations", "core_searchgram_")


def empty_databases(case: Any) -> None:
    """Take the place of ``TransactionTestCase._fixture_teardown``."""
    for alias in case._databases_names(include_mirrors=False):
        empty(connections[alias])


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete every row that a test has left, whatever refers to it and whatever refuses."""
    written = tables_with_rows(connection)
    if not written:
        return
    with unguarded(connection), connection.cursor() as cursor:
        for table in written:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    load_builtin_indicators()  # as a flush would: they come with the tables


def tables_with_rows(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        tables = [
            table.name
            for table in connection.introspection.get_table_list(cursor)
            if table.type == "t" and not table.name.startswith(LEFT_ALONE)
        ]
        quote = connection.ops.quote_name
        asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables)
        cursor.execute(" UNION ALL ".join(asked))
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def unguarded(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let no trigger and no reference be asked for a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")
        return
    taken = take_away(connection)
    try:
        with connection.constraint_checks_disabled():
            yield
    finally:
        put_back(connection, taken)
