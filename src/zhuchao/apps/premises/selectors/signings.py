"""Signings: which of them a person may see, and which still wait for their lease."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Signing, Unit
from .places import Actor, name_key

Q = TypeVar("Q", bound="QuerySet[Any]")
LEASE_WITHIN = timedelta(days=30)
"""How long after a signing its lease is expected: the product's own choice, no rule of law."""


def visible_signings(actor: Actor) -> EntryQuerySet:
    """Return the signings this person may see, void ones included; an operator sees those at its own sites."""
    rows = Signing.objects.select_related("zone", "site", "enterprise", "lease", "recorded_by", "evidence")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.HOLD, own="site__operator"))


def get_signing(actor: Actor, pk: int) -> Signing:
    """Return one signing; raises NotFound when it is hidden or missing."""
    signing: Signing | None = visible_signings(actor).filter(pk=pk).first()
    if signing is None:
        raise NotFound(what=_("该签约"))
    return signing


def without_lease(rows: Q) -> Q:
    """Narrow signings in force to those to which a lease is to come."""
    return rows.filter(awaits_lease=True, lease__isnull=True)


def signings_awaiting(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the signings under ``zone`` whose lease is still to be entered, the oldest first."""
    ids = zones.zones_under(actor, zone, Thing.HOLD)
    rows = without_lease(visible_signings(actor).live().filter(zone_id__in=ids))
    return rows.order_by("happened_on", "pk")


def units_of_signing(signing: Signing) -> list[Unit]:
    """Return the units of a signing, by place."""
    rows = Unit.objects.select_related("zone", "site", "building", "floor")
    return list(
        rows.filter(signing_places__signing=signing).order_by("building", "floor__level", "name", "pk")
    )


def signing_of(tenant: str, units: Sequence[Unit]) -> Signing | None:
    """Return the signing in force, without a lease yet, that a lease of ``units`` to ``tenant`` fulfils."""
    ids, key = {unit.pk for unit in units}, name_key(tenant)
    rows = Signing.objects.live().filter(lease__isnull=True, places__unit__in=ids).distinct().order_by("-pk")
    for signing in rows.prefetch_related("places"):
        if name_key(signing.signed_for) == key and {place.unit_id for place in signing.places.all()} <= ids:
            return cast(Signing, signing)
    return None
