"""Who invests in a project, and whether their amounts make up its whole investment."""

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing

from ..models import Investor, Project
from .projects import Actor


@dataclass(frozen=True)
class Reconciled:
    """The investors of a project against its whole investment, yuan; ``missing_cny`` below 0 says they exceed it.

    ``missing_cny`` None: there is nothing to hold them against. ``unsaid`` is how many did not say an amount.
    """

    investors: tuple[Investor, ...]
    sum_cny: Decimal
    missing_cny: Decimal | None
    unsaid: int

    @property
    def agrees(self) -> bool:
        return self.missing_cny == 0 and self.unsaid == 0

    @property
    def above_cny(self) -> Decimal | None:
        """Return by how much they exceed the whole investment, None where they do not."""
        return -self.missing_cny if self.missing_cny is not None and self.missing_cny < 0 else None


def visible_investors(actor: Actor) -> EntryQuerySet:
    """Return the investors this person may see, replaced and void entries included. Every read starts here."""
    rows = Investor.objects.select_related(
        "zone", "project__zone", "enterprise", "recorded_by", "evidence", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.INVESTMENT))


def get_investor(actor: Actor, pk: int) -> Investor:
    """Return one entry; raises NotFound when it is hidden or missing."""
    entry: Investor | None = visible_investors(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该投资方"))
    return entry


def reconcile(actor: Actor, project: Project) -> Reconciled:
    """Return the investors in force of a project, the largest first, against its whole investment; one query."""
    rows = list(visible_investors(actor).live().filter(project=project).order_by("pk"))
    rows.sort(key=lambda one: one.amount_cny or Decimal(0), reverse=True)
    together = sum((one.amount_cny or Decimal(0) for one in rows), Decimal("0.00"))
    total = project.total_investment_cny
    return Reconciled(
        tuple(rows),
        together,
        total - together if total is not None else None,
        sum(one.amount_cny is None for one in rows),
    )
