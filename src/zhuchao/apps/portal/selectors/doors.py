"""The door as the people of its zone see it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.premises.models import Site, Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Door, Screen
from .offers import public_units

Actor = User | AnonymousUser | None
SILENT: Final = timedelta(minutes=10)
"""A screen not heard of for this long is taken for off."""


def visible_doors(actor: Actor) -> QuerySet[Door]:
    """Return the doors of the zones whose public pages this person may see to."""
    return zones.in_zones(Door.objects.select_related("zone", "officer"), actor, Thing.PORTAL)


def door_of(actor: Actor, zone: Zone) -> Door | None:
    """Return the door of a zone, None while nobody set one up."""
    return visible_doors(actor).filter(zone=zone).first()


def listed_sites(actor: Actor) -> QuerySet[Site]:
    """Return the sites of this person's zones with whether they are published and how many units then are free."""
    rows = zones.in_zones(Site.objects.select_related("zone", "listing", "steward"), actor, Thing.PORTAL)
    vacant = Unit.objects.filter(site=OuterRef("pk"), state=Unit.State.VACANT).order_by().values("site")
    count = Subquery(vacant.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return rows.annotate(vacant_count=Coalesce(count, 0))


def get_listing(actor: Actor, pk: int) -> Site:
    """Return one site for publishing; raises NotFound when it is hidden or missing."""
    site = listed_sites(actor).filter(pk=pk).first()
    if site is None:
        raise NotFound(what=_("该载体"))
    return site


def offered_units(site: Site) -> QuerySet[Unit]:
    """Return the units of a site with what is said of each, for keeping some back."""
    rows = Unit.objects.filter(site=site).exclude(state=Unit.State.WITHDRAWN)
    return rows.select_related("building", "floor", "listing").order_by("building", "floor", "name", "pk")


def public_count(zone: Zone) -> int:
    """Return how many units of a zone the public pages show today."""
    return public_units(zone, zones.today(zone)).count()


def visible_screens(actor: Actor) -> QuerySet[Screen]:
    """Return the screens of the zones whose public pages this person may see to."""
    return zones.in_zones(Screen.objects.select_related("zone", "owner"), actor, Thing.PORTAL)


def silent_screens(actor: Actor, zone_ids: Sequence[int]) -> QuerySet[Screen]:
    """Return the screens of some zones that were heard of once and fell silent, the longest silent first."""
    before = timezone.now() - SILENT
    return visible_screens(actor).filter(zone_id__in=zone_ids, heard_at__lt=before).order_by("heard_at", "pk")


def get_screen(actor: Actor, pk: int) -> Screen:
    """Return one screen; raises NotFound when it is hidden or missing."""
    screen = visible_screens(actor).filter(pk=pk).first()
    if screen is None:
        raise NotFound(what=_("该屏幕"))
    return screen
