"""A zone's industries as they were named on a day."""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound

from ..models import Sector, User, Zone
from .permissions import Thing, in_zones


def visible_sectors(actor: User | AnonymousUser | None) -> QuerySet[Sector]:
    """Return the sectors this person may see, those that ended included."""
    return in_zones(Sector.objects.all(), actor, Thing.SECTOR)


def get_sector(actor: User | AnonymousUser | None, pk: int) -> Sector:
    """Return a sector; raises NotFound when it is hidden or missing."""
    sector = visible_sectors(actor).select_related("zone").filter(pk=pk).first()
    if sector is None:
        raise NotFound(what=_("该产业"))
    return sector


def sectors_on(zone: Zone, day: date) -> QuerySet[Sector]:
    """Return the sectors of a zone in force on a day."""
    return Sector.objects.filter(Q(until__isnull=True) | Q(until__gte=day), zone=zone, since__lte=day)


def sectors_by_name(zone: Zone, day: date) -> dict[str, Sector]:
    """Return the sectors in force on a day by name: what a ledger's 产业领域 is looked up in."""
    return {sector.name: sector for sector in sectors_on(zone, day)}
