"""The ledgers there are: each app offers its own, and the importer takes them in all in the same way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from django.db import models
from django.utils.functional import Promise

from zhuchao.engines.reading import FieldSpec, Problem

from ...errors import NoSuchLedger
from ...models import ImportBatch
from ...wording import listed
from ..progress import Progress

Text = str | Promise
State = Literal["new", "changed", "same", "refused"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its number in the sheet as people count (from 1), values by field name, problems.

    A field that the file does not say, or leaves blank, is None: it never wipes a value.
    """

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row would do: make a record or entry, change one, nothing, or be refused for its ``problems``.

    ``changes`` is {field: [old, new]} for people; ``data`` is private to the ledger, from compare to apply.
    """

    row: Row
    state: State
    row_id: int | None = None
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    data: Any = None


class Ledger(Protocol):
    """A kind of ledger that can be taken in. An app registers its own when it is ready.

    ``key`` is the kind (``enterprises``), ``thing`` the label of the rows it makes (``enterprises.enterprise``).
    ``examples`` are rows for the blank template, {field name: what a person would type}. A ledger may also
    have ``sentences`` and ``fixes``, {problem code: wording} as ``engines.reading`` has them, for problems of
    its own, and ``checks``, {Kind: check} for what texts of a kind must pass.
    """

    key: str
    title: Text
    thing: str
    description: Text
    fields: tuple[FieldSpec, ...]
    examples: Sequence[Mapping[str, Any]]

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import this ledger into the zone ``scope``."""
        ...

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say what each row would do; reads only, in few queries. Gets only rows without problems."""
        ...

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write the rows that are new or changed, in bulk, inside the importer's one transaction.

        Ends with ``record_change``. Says how far it is through ``progress``.
        """
        ...


_ledgers: dict[str, Ledger] = {}


def register(ledger: Ledger) -> None:
    """Offer a ledger; the last one registered under a key counts."""
    _ledgers[ledger.key] = ledger


def get_ledger(kind: str) -> Ledger:
    """Return the ledger of a kind; raises NoSuchLedger."""
    try:
        return _ledgers[kind]
    except KeyError:
        raise NoSuchLedger(kind=kind, kinds=listed(sorted(_ledgers))) from None


def all_ledgers() -> list[Ledger]:
    """Return every ledger there is, in the order the apps offered them."""
    return list(_ledgers.values())
