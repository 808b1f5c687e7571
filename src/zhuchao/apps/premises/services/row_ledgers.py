"""Ledgers whose rows are written one by one through the services: short ones, with rules that a bulk write would skip."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
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


Write = Callable[[Source], Any]


@dataclass
class Step:
    """What a row would do: the write, what it is for people, and the row of the database it touches."""

    write: Write
    changes: dict[str, Sequence[Any]] = field(default_factory=dict)
    row_id: int | None = None


class RowLedger:
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

    def step(self, row: Row, zone: Zone, sites: Mapping[str, Site]) -> Step | list[Problem] | None:
        """Return what a row does, its problems, or None when it says nothing new."""
        raise TypeError("each ledger says what its rows do")

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row what it would do, by doing it and taking it all back: what a service refuses is refused."""
        zone = Zone.objects.get(pk=scope)
        sites = selectors.sites_by_name(scope)
        with transaction.atomic():
            outcomes = [self._compared(row, zone, sites) for row in rows]
            transaction.set_rollback(True)
        yield from outcomes

    def _compared(self, row: Row, zone: Zone, sites: Mapping[str, Site]) -> Outcome:
        step = self.step(row, zone, sites)
        if step is None:
            return Outcome(row, "same")
        if isinstance(step, list):
            return Outcome(row, "refused", problems=step)
        try:
            with transaction.atomic():
                step.write(Source(None, None, row.number))
        except DomainError as error:
            return Outcome(row, "refused", problems=[Problem("refused", data={"said": str(error)})])
        return Outcome(row, "new" if step.row_id is None else "changed", step.row_id, changes=step.changes)

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
            step = self.step(outcome.row, zone, sites)
            if isinstance(step, Step):
                step.write(Source(person, batch, outcome.row.number))
        record_change(actor=actor, verb="import", rows=[zone], scope=scope, thing=self.thing, batch=batch.pk)


def site_named(row: Row, sites: Mapping[str, Site]) -> Site | list[Problem]:
    """Return the site that a row names, under any name it has had, or the problem that there is none."""
    name = row.values.get("site") or ""
    site = sites.get(selectors.name_key(name))
    return site or [Problem("site_unknown", name, "", {"field": "site"})]
