"""Pictures of premises: which a person may see, and those of a place."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotAllowed, NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Building, Picture, Site, Unit
from .places import Actor, require_at


def visible_pictures(actor: Actor) -> QuerySet[Picture]:
    """Return the pictures of the sites this person may see; an operator sees those of its own sites."""
    rows = Picture.objects.select_related("zone", "site", "floor__building", "unit", "file__file")
    return zones.in_zones(rows, actor, Thing.SITE, own="site__operator")


def get_picture(actor: Actor, pk: int) -> Picture:
    """Return one picture; raises NotFound when it is hidden or missing."""
    picture = visible_pictures(actor).filter(pk=pk).first()
    if picture is None:
        raise NotFound(what=_("该图片"))
    return picture


def pictures_of_site(actor: Actor, site: Site) -> QuerySet[Picture]:
    """Return the pictures of a site as a whole: its units and floors have their own."""
    return visible_pictures(actor).filter(site=site, unit=None, floor=None)


def pictures_of_unit(actor: Actor, unit: Unit) -> QuerySet[Picture]:
    """Return the pictures of a unit, then the plans of its floor."""
    mine = Q(unit=unit)
    if unit.floor_id is not None:
        mine |= Q(floor=unit.floor_id)
    return visible_pictures(actor).filter(mine).order_by(F("unit").asc(nulls_last=True), "kind", "pk")


def pictures_of_building(actor: Actor, building: Building) -> QuerySet[Picture]:
    """Return the pictures of the floors of a building, the highest floor first."""
    rows = visible_pictures(actor).filter(floor__building=building)
    return rows.order_by("-floor__level", "kind", "pk")


def may_change_pictures(actor: Actor, site: Site) -> bool:
    """Return whether the person may add and change pictures of a site: who keeps it, or keeps the public pages."""
    try:
        require_at(actor, Verb.CHANGE, Thing.UNIT, site)
    except (NotAllowed, NotFound):
        return may_publish(actor, site)
    return True


def may_publish(actor: Actor, site: Site) -> bool:
    """Return whether the person may say which pictures the public sees."""
    return zones.may(actor, Verb.CHANGE, Thing.PORTAL, site.zone_id)
