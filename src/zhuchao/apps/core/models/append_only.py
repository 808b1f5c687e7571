"""Triggers that make the database itself refuse to edit or delete an entry or a change.

They are made after every ``migrate`` and not by a migration: SQLite rebuilds a table to alter it, and a
rebuilt table has lost its triggers. Making them again each time is what keeps the promise.
"""

from dataclasses import dataclass

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "append_only: entries are never edited or deleted"


@dataclass(frozen=True)
class Final:
    """When the rows of a model are final: what the database column ``column`` says from then on, for good.

    A model with an attribute ``final`` of this kind is guarded by the database: a final row is neither edited, but for
    the fields of ``may_change``, nor deleted. With ``through``, the field by which a row is part of another, it is the
    other that says so; a part of a final row is neither edited, deleted nor added.
    """

    column: str
    value: str
    through: str = ""
    may_change: tuple[str, ...] = ()


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make ``table`` append-only in the database behind ``connection``; safe to repeat."""
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, table, quoted):
            cursor.execute(statement)


def remove(
    connection: BaseDatabaseWrapper, table: str, verbs: tuple[str, ...] = ("update", "delete", "truncate")
) -> None:
    """Drop the triggers of ``table``; for tests that must empty their database, and to make them anew."""
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        for verb in verbs:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{verb} ON {quoted}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{verb}")


def install_final(connection: BaseDatabaseWrapper, model: type[models.Model], final: Final) -> None:
    """Guard the final rows of a model; made anew each time, since a column may have come since."""
    table = model._meta.db_table
    remove(connection, table, ("insert", "update", "delete", "truncate"))
    with connection.cursor() as cursor:
        for statement in _final_statements(connection, model, final):
            cursor.execute(statement)


def _final_statements(connection: BaseDatabaseWrapper, model: type[models.Model], final: Final) -> list[str]:
    name, table = connection.ops.quote_name, model._meta.db_table
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    guarded = [
        name(str(field.column)) for field in model._meta.concrete_fields if field.name not in final.may_change
    ]
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in guarded)
    was, becomes = (_is_final(connection, model, final, row) for row in ("OLD", "NEW"))
    conditions = {"update": f"{was} AND ({changed})", "delete": was}
    if final.through:
        conditions |= {"update": f"({was} OR {becomes}) AND ({changed})", "insert": becomes}
    quoted = name(table)
    if connection.vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_append_only_{verb} BEFORE {verb.upper()} ON {quoted} "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for verb, condition in conditions.items()
        ]
    statements = []
    for verb, condition in conditions.items():
        trigger = f"{table}_append_only_{verb}"
        statements += [
            f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN IF {condition} THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; "
            f"END IF; RETURN {'OLD' if verb == 'delete' else 'NEW'}; END $body$",
            f"CREATE OR REPLACE TRIGGER {trigger} BEFORE {verb.upper()} ON {quoted} "
            f"FOR EACH ROW EXECUTE FUNCTION {trigger}()",
        ]
    # A table that holds final rows is not emptied at one stroke either: as any table of entries.
    entries = _statements("postgresql", table, quoted)
    return [*statements, entries[0], entries[-1]]


def _is_final(connection: BaseDatabaseWrapper, model: type[models.Model], final: Final, row: str) -> str:
    """Return the condition under which the row before or after is final."""
    name = connection.ops.quote_name
    if not final.through:
        return f"{row}.{name(final.column)} = '{final.value}'"
    part = model._meta.get_field(final.through)
    whole = part.related_model
    if not isinstance(part, models.ForeignKey) or not isinstance(whole, type):
        raise TypeError(f"{final.through} is no way to another row")
    return (
        f"EXISTS (SELECT 1 FROM {name(whole._meta.db_table)} "
        f"WHERE {name('id')} = {row}.{name(part.column)} AND {name(final.column)} = '{final.value}')"
    )


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
