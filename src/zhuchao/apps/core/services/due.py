"""What comes due by itself: rows that say so, and for each kind one service that is safe to repeat."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """One kind of work that comes due: ``run`` does all of it that is due now and returns how many rows it was.

    ``run`` must be safe to repeat, and must find nothing to do where somebody else has done it.
    """

    key: str
    title: str | Promise
    run: Callable[[], int]


@dataclass(frozen=True)
class Done:
    """What became of one kind: how many rows, or the error that stopped it."""

    due: Due
    rows: int
    error: Exception | None = None


_KNOWN: dict[str, Due] = {}


def register(due: Due) -> None:
    """Make a kind of due work known; its app does so when it is ready."""
    _KNOWN[due.key] = due


def kinds() -> list[Due]:
    """Return every kind of due work, by key."""
    return [_KNOWN[key] for key in sorted(_KNOWN)]


def run_due() -> Iterator[Done]:
    """Do what is due now, kind by kind; one that fails is logged and keeps no other from its turn."""
    for due in kinds():
        try:
            yield Done(due, due.run())
        except Exception as error:  # whatever one app stumbles over, the next one still has its turn
            logger.exception("what is due (%s) was not done", due.key)
            yield Done(due, 0, error)
