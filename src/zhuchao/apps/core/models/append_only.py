"""Triggers that make the database itself refuse to edit or delete an entry or a change.

They are made after every ``migrate`` and not by a migration: SQLite rebuilds a table to alter it, and a
rebuilt table has lost its triggers. Making them again each time is what keeps the promise.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "append_only: entries are never edited or deleted"


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make ``table`` append-only in the database behind ``connection``; safe to repeat."""
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, table, quoted):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    """Drop the triggers of ``table``; for tests that must empty their database."""
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        for verb in ("update", "delete", "truncate"):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{verb} ON {quoted}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{verb}")


def _statements(vendor: str, table: str, quoted: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_append_only_{verb} BEFORE {verb.upper()} ON {quoted} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for verb in ("update", "delete")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION zhuchao_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $body$"
    )
    return [
        function,
        *(
            f"CREATE OR REPLACE TRIGGER {table}_append_only_{verb} BEFORE {verb.upper()} ON {quoted} "
            f"FOR EACH {'STATEMENT' if verb == 'truncate' else 'ROW'} EXECUTE FUNCTION zhuchao_append_only()"
            for verb in ("update", "delete", "truncate")
        ),
    ]
