"""Takes the triggers away by which the tables of entries refuse to be edited, and puts them back."""

from django.db.backends.base.base import BaseDatabaseWrapper

NAMED = "%append_only%"


def triggers_of(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    """Return the statement that made each append-only trigger, by table and name."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger "
                "WHERE NOT tgisinternal AND tgname LIKE %s",
                [NAMED],
            )
        else:
            cursor.execute(
                "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
                [NAMED],
            )
        return {(table, name): sql for table, name, sql in cursor.fetchall()}


def take_away(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    """Drop the append-only triggers and return what made them."""
    triggers = triggers_of(connection)
    with connection.cursor() as cursor:
        for table, name in triggers:
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}{place}")
    return triggers


def put_back(connection: BaseDatabaseWrapper, triggers: dict[tuple[str, str], str]) -> None:
    """Make the triggers that are missing again."""
    there = triggers_of(connection)
    with connection.cursor() as cursor:
        for key, sql in triggers.items():
            if key not in there:
                cursor.execute(sql)
