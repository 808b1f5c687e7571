"""Foreign capital: the entries a person may see, and what they come to by kind."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing

from ..models import ForeignCapital, Lead


@dataclass(frozen=True)
class CapitalSum:
    """What one kind of foreign capital comes to in one currency, and in yuan at the rates of their days."""

    kind: str
    label: str
    currency: str
    amount: Decimal
    amount_cny: Decimal


def visible_capital(actor: User | AnonymousUser | None) -> EntryQuerySet:
    """Return the foreign capital of the leads of this person's zones, replaced and void entries included."""
    rows = ForeignCapital.objects.select_related("lead__zone", "recorded_by", "replaced_by", "evidence")
    scoped: EntryQuerySet = zones.in_zones(rows, actor, Thing.LEAD)  # type: ignore[assignment]
    return scoped


def get_capital(actor: User | AnonymousUser | None, pk: int) -> ForeignCapital:
    """Return one entry; raises NotFound when it is hidden or missing."""
    entry: ForeignCapital | None = visible_capital(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该外资条目"))
    return entry


def capital_of(lead: Lead) -> QuerySet[ForeignCapital]:
    """Return the entries in force of a lead, newest first."""
    return ForeignCapital.objects.live().filter(lead=lead).order_by("-happened_on", "-pk")


def capital_sums(rows: QuerySet[ForeignCapital]) -> list[CapitalSum]:
    """Return what entries come to by kind and currency; planned, registered and arrived are never added up."""
    sums = rows.order_by().values("kind", "currency").annotate(own=Sum("amount"), yuan=Sum("amount_cny"))
    order = {kind.value: place for place, kind in enumerate(ForeignCapital.Kind)}
    found = [
        CapitalSum(
            row["kind"],
            str(ForeignCapital.Kind(row["kind"]).label),
            row["currency"],
            Decimal(row["own"]),
            Decimal(row["yuan"]),
        )
        for row in sums
    ]
    return sorted(found, key=lambda one: (order[one.kind], one.currency))
