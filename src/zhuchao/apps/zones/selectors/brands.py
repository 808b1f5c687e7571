"""The service brand of a zone and what it offers under it."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound

from ..models import CatalogueItem, User, Zone
from .permissions import Thing, in_zones

# The lines of service that may carry a brand of their own (平易办, 平e空间): what each is for, in plain words.
BRAND_LINES = {
    "matters": gettext_lazy("政务服务"),
    "premises": gettext_lazy("载体咨询"),
    "service": gettext_lazy("企业服务"),
    "talent": gettext_lazy("招才引智"),
    "finance": gettext_lazy("金融产品"),
}


def brand_of(zone: Zone, line: str = "") -> str:
    """Return the name a line of service goes by: its own brand, else the zone's brand, else the zone's name."""
    return str(zone.service_brands.get(line, "") or zone.brand_name or zone.short_name)


def visible_catalogue(actor: User | AnonymousUser | None) -> QuerySet[CatalogueItem]:
    """Return the catalogue items this person may see."""
    return in_zones(CatalogueItem.objects.all(), actor, Thing.BRAND)


def get_catalogue_item(actor: User | AnonymousUser | None, pk: int) -> CatalogueItem:
    """Return a catalogue item; raises NotFound when it is hidden or missing."""
    item = visible_catalogue(actor).select_related("zone").filter(pk=pk).first()
    if item is None:
        raise NotFound(what=_("该目录条目"))
    return item


def catalogues_of(
    actor: User | AnonymousUser | None, zone: Zone
) -> dict[CatalogueItem.Kind, list[CatalogueItem]]:
    """Return the three catalogues of a zone with what is open in each."""
    found: dict[CatalogueItem.Kind, list[CatalogueItem]] = {kind: [] for kind in CatalogueItem.Kind}
    for item in visible_catalogue(actor).filter(zone=zone, is_open=True):
        found[CatalogueItem.Kind(item.kind)].append(item)
    return found
