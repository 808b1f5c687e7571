"""Ledgers whose rows are written one by one through the services: short ones, with rules that a bulk write would skip."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.backends.utils import format_number
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Problem

from .. import selectors
from ..models import Site
from . import lookups

SENTENCES: Mapping[str, Any] = {
    **lookups.SENTENCES,
    "site_unknown": _("第 {row} 行载体“{found}”没有登记。"),
    "refused": _("第 {row} 行：{said}"),
}
FIXES: Mapping[str, Any] = {
    **lookups.FIXES,
    "site_unknown": _("请先在“载体”登记，或按载体的现用名、曾用名填写。"),
    "refused": _("请按提示核对这一行。"),
}


@dataclass
class Source:
    """Where a row comes from: who writes it, in which batch, on which row."""

    actor: User | None
    batch: ImportBatch | None
    row: int

    @property
    def entry(self) -> dict[str, Any]:
        """Return what an entry keeps of its origin."""
        return {"batch": self.batch, "batch_row": self.row}


@dataclass
class Step:
    """What a row would do: the write, and the same foreseen in the book, where what a service refuses is refused.

    ``changes`` is what it is for people, ``row_id`` the row of the database it touches; ``is_known`` says that it
    changes something that is kept, or that an earlier row of the file makes.
    """

    write: Callable[[Source], Any]
    foresee: Callable[[], None]
    changes: dict[str, Sequence[Any]] = field(default_factory=dict)
    row_id: int | None = None
    is_known: bool = False


@dataclass
class Book:
    """What rows are compared with: read once, then kept in mind with what the earlier rows of the file would do."""

    zone: Zone
    sites: Mapping[str, Site]


B = TypeVar("B", bound=Book)


class RowLedger(Generic[B]):
    """A ledger that says of each row which steps it takes, and takes them in the order of the file."""

    key: str
    title: Text
    thing: str
    description: Text
    may: Thing
    fields: tuple[FieldSpec, ...]
    examples: Sequence[Mapping[str, Any]]
    sentences: Mapping[str, Any] = SENTENCES
    fixes: Mapping[str, Any] = FIXES

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the person may import this ledger into the zone."""
        zones.require(actor, Verb.IMPORT, self.may, scope)

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> B:
        """Read what is kept of all that the rows name, in few queries."""
        raise TypeError("each ledger says what its rows are compared with")

    def step(self, row: Row, book: B) -> Step | list[Problem] | None:
        """Return what a row does, its problems, or None when it says nothing new."""
        raise TypeError("each ledger says what its rows do")

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row what it would do after those before it; what a service would refuse is refused."""
        zone = Zone.objects.get(pk=scope)
        book = self.open_book(zone, selectors.sites_by_name(scope), rows)
        for row in rows:
            yield self._compared(row, book)

    def _compared(self, row: Row, book: B) -> Outcome:
        step = self.step(row, book)
        if step is None:
            return Outcome(row, "same")
        if isinstance(step, list):
            return Outcome(row, "refused", problems=step)
        try:
            step.foresee()
        except DomainError as error:
            return Outcome(row, "refused", problems=[Problem("refused", data={"said": str(error)})])
        return Outcome(row, "changed" if step.is_known else "new", step.row_id, changes=step.changes)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Take the steps of the rows, each through its service, as the person who imports."""
        zone = Zone.objects.get(pk=scope)
        sites = selectors.sites_by_name(scope)
        person = actor if isinstance(actor, User) else None
        for number, outcome in enumerate(outcomes):
            progress.say(str(self.title), number, len(outcomes))
            step = self.step(outcome.row, self.open_book(zone, sites, [outcome.row]))
            if isinstance(step, Step):
                step.write(Source(person, batch, outcome.row.number))
        record_change(actor=actor, verb="import", rows=[zone], scope=scope, thing=self.thing, batch=batch.pk)


def site_named(row: Row, sites: Mapping[str, Site]) -> Site | list[Problem]:
    """Return the site that a row names, under any name it has had, or the problem that there is none."""
    name = row.values.get("site") or ""
    site = sites.get(selectors.name_key(name))
    return site or [Problem("site_unknown", name, "", {"field": "site"})]


def kept(model: type[models.Model], **values: Any) -> dict[str, Any]:
    """Return values as the database would give them back: amounts with as many places as their columns have."""
    return {name: _as_kept(model, name, value) for name, value in values.items()}


def _as_kept(model: type[models.Model], name: str, value: Any) -> Any:
    column = model._meta.get_field(name)
    if isinstance(column, models.DecimalField) and value is not None:
        return Decimal(format_number(value, column.max_digits, column.decimal_places) or 0)
    return value
