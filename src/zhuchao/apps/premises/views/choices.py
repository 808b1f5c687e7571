"""What the pages of holds, leases and arrivals offer to choose from."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.requests import zone_of

from .. import selectors
from ..models import Building, Unit

MOST_UNITS = 12


def site_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the sites of the zone that this person may see, for a filter."""
    ids = zones.zones_under(request.user, zone_of(request), Thing.SITE)
    rows = selectors.visible_sites(request.user).filter(zone_id__in=ids).order_by("name", "pk")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def asked_units(request: HttpRequest) -> list[Unit]:
    """Return the units that ``?unit=`` names, once or several times; raises NotFound for one that is hidden."""
    found = []
    for said in request.GET.getlist("unit")[:MOST_UNITS]:
        if not (said.isascii() and said.isdigit() and len(said) < 19):
            raise NotFound(what=_("该房源"))
        found.append(selectors.get_unit(request.user, int(said)))
    return found


def asked_id(request: HttpRequest, name: str) -> int | None:
    """Return the id that a parameter of the address says, None for none or for what is no id."""
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def units_to_choose(request: HttpRequest, asked: list[Unit], *, only_vacant: bool) -> QuerySet[Unit]:
    """Return the units a form offers: those of the site that was asked for, else those of the zone."""
    rows = selectors.visible_units(request.user)
    rows = rows.filter(site=asked[0].site) if asked else rows.filter(zone=zone_of(request))
    if only_vacant:
        rows = rows.filter(state=Unit.State.VACANT)
    else:
        rows = rows.exclude(state__in=(Unit.State.WITHDRAWN, Unit.State.SELF_USED))
    return rows.order_by("site__name", "building__name", "floor__level", "name", "pk")


def buildings_to_choose(request: HttpRequest) -> QuerySet[Building]:
    """Return the buildings of the zone, for choosing one."""
    rows = selectors.visible_buildings(request.user).filter(zone=zone_of(request))
    return rows.order_by("site__name", "name", "pk")
