"""Alliances: who belongs to them, and whose shared pool a person sees."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound

from ..models import Alliance, User, Zone
from .permissions import Thing, Verb, zone_ids


def visible_alliances(actor: User | AnonymousUser | None) -> QuerySet[Alliance]:
    """Return the alliances of which a zone this person may see the alliances of is a member."""
    if actor is None:
        return Alliance.objects.all()
    zones = zone_ids(actor, Verb.VIEW, Thing.ALLIANCE)
    return Alliance.objects.filter(
        pk__in=Alliance.members.through.objects.filter(zone_id__in=zones).values("alliance_id")
    )


def get_alliance(actor: User | AnonymousUser | None, pk: int) -> Alliance:
    """Return an alliance; raises NotFound when it is hidden or missing."""
    alliance = visible_alliances(actor).select_related("lead_zone").filter(pk=pk).first()
    if alliance is None:
        raise NotFound(what=_("该联盟"))
    return alliance


def members_of(alliance: Alliance) -> QuerySet[Zone]:
    """Return the member zones, the leading one first."""
    return alliance.members.order_by("name")


def pools(actor: User | AnonymousUser | None) -> dict[int, frozenset[int]]:
    """Return {alliance id: its member zones' ids} for the alliances whose pool of leads this person sees.

    That is where one of the members is a zone whose leads they may view. One query.
    """
    if actor is not None and not actor.is_authenticated:
        return {}
    members: dict[int, set[int]] = {}
    for alliance_id, zone_id in Alliance.members.through.objects.values_list("alliance_id", "zone_id"):
        members.setdefault(alliance_id, set()).add(zone_id)
    mine = zone_ids(actor, Verb.VIEW, Thing.LEAD, whole=True)
    return {pk: frozenset(zones) for pk, zones in members.items() if zones & mine}


def pool_zone_ids(actor: User | AnonymousUser | None) -> frozenset[int]:
    """Return the zones some of whose leads this person may see through an alliance."""
    return frozenset(zone_id for zones in pools(actor).values() for zone_id in zones)


def in_pool(actor: User | AnonymousUser | None) -> Q:
    """Return the condition on rows with ``zone`` and ``alliance`` for being in a pool this person sees.

    A row counts while its own zone is a member still: who leaves takes their rows out of the pool.
    """
    scope = Q(pk__in=())
    for alliance_id, zones in pools(actor).items():
        scope |= Q(alliance_id=alliance_id, zone_id__in=zones)
    return scope


def alliances_to_share_with(zone: Zone) -> QuerySet[Alliance]:
    """Return the alliances into whose pool a zone may put a lead."""
    return Alliance.objects.filter(members=zone)
