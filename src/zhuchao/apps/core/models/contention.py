"""Say in one refusal, on both databases, that somebody else is writing the same rows."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from ..errors import Contended

# PostgreSQL: serialization failure, deadlock detected, lock not available.
_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
_SQLITE_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def listen_for_contention(connection: BaseDatabaseWrapper) -> None:
    """Turn the database's own word for two writers in each other's way into ``Contended``."""
    if _refuse not in connection.execute_wrappers:
        # First, because whoever adds one for a while takes the last one away again.
        connection.execute_wrappers.insert(0, _refuse)


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    with contention_said():
        return execute(sql, params, many, context)


@contextmanager
def contention_said() -> Iterator[None]:
    """Raise ``Contended`` where the database turns a writer away because of another: for what no wrapper sees."""
    try:
        yield
    except OperationalError as error:
        if is_contention(error):
            raise Contended() from error
        raise


def is_contention(error: OperationalError) -> bool:
    """Return whether a writer was turned away only because of another, so that the same may be tried again."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind; the rest tells how it came about.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE_CODES
    return getattr(cause, "sqlstate", None) in _SQLSTATES
