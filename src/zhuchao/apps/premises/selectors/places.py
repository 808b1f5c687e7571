"""Sites, buildings and units: which of them a person may see."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Final, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotAllowed, NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Building, Floor, Site, SiteName, Unit

Actor = User | AnonymousUser | None
FLOOR: Final = re.compile(r"(\d{1,3})F|B(\d{1,2})", re.IGNORECASE | re.ASCII)


def visible_sites(actor: Actor) -> QuerySet[Site]:
    """Return the sites this person may see; an operator sees those its department runs."""
    rows = Site.objects.select_related("zone", "steward", "operator", "parent")
    return zones.in_zones(rows, actor, Thing.SITE, own="operator")


def visible_buildings(actor: Actor) -> QuerySet[Building]:
    """Return the buildings of the sites this person may see."""
    rows = Building.objects.select_related("site")
    return zones.in_zones(rows, actor, Thing.SITE, own="site__operator")


def visible_floors(actor: Actor) -> QuerySet[Floor]:
    """Return the floors of the sites this person may see."""
    rows = Floor.objects.select_related("building__site")
    return zones.in_zones(rows, actor, Thing.SITE, own="building__site__operator")


def visible_units(actor: Actor) -> QuerySet[Unit]:
    """Return the units this person may see; an operator sees those of its own sites."""
    rows = Unit.objects.select_related("zone", "site", "building", "floor", "occupant")
    return zones.in_zones(rows, actor, Thing.UNIT, own="site__operator")


def get_site(actor: Actor, pk: int) -> Site:
    """Return one site; raises NotFound when it is hidden or missing."""
    site = visible_sites(actor).filter(pk=pk).first()
    if site is None:
        raise NotFound(what=_("该载体"))
    return site


def get_building(actor: Actor, pk: int) -> Building:
    """Return one building; raises NotFound when it is hidden or missing."""
    building = visible_buildings(actor).filter(pk=pk).first()
    if building is None:
        raise NotFound(what=_("该楼栋"))
    return building


def get_floor(actor: Actor, pk: int) -> Floor:
    """Return one floor; raises NotFound when it is hidden or missing."""
    floor = visible_floors(actor).filter(pk=pk).first()
    if floor is None:
        raise NotFound(what=_("该楼层"))
    return floor


def get_unit(actor: Actor, pk: int) -> Unit:
    """Return one unit; raises NotFound when it is hidden or missing."""
    unit = visible_units(actor).filter(pk=pk).first()
    if unit is None:
        raise NotFound(what=_("该房源"))
    return unit


def require_at(actor: Actor, verb: Verb, thing: Thing, site: Site) -> None:
    """Refuse unless the person may do this at this very site: an operator only at those its department runs."""
    zones.require(actor, verb, thing, site.zone_id, own=site.operator_id)


def may_reveal(actor: Actor, unit: Unit) -> bool:
    """Return whether the person may see what is kept back of this very unit: its tenure and its lowest rent."""
    try:
        require_at(actor, Verb.REVEAL, Thing.UNIT, unit.site)
    except (NotAllowed, NotFound):
        return False
    return True


def plan_constraints_of(site: Site) -> list[str]:
    """Return the uses that the plan of a site, or of one above it, forbids."""
    found: dict[str, None] = {}
    above: Site | None = site
    while above is not None:
        found |= dict.fromkeys(above.plan_constraints)
        above = Site.objects.filter(pk=above.parent_id).first() if above.parent_id else None
    return list(found)


def admits(site: Site, words: Sequence[str]) -> bool | None:
    """Return whether a site takes somebody of these industries: yes, no, or None where nobody knows.

    A word fits one of the scope when either holds the other (航空 and 航空零部件). A site without a scope of its
    own has that of the site above it; without any it takes all.
    """
    above: Site | None = site
    while above is not None and not above.admission_scope:
        above = Site.objects.filter(pk=above.parent_id).first() if above.parent_id else None
    if above is None:
        return True
    keys = [key for key in map(name_key, words) if key]
    if not keys:
        return None
    scope = [name_key(word) for word in above.admission_scope]
    return any(word in key or key in word for word in scope for key in keys)


def within(sites: Iterable[Site]) -> dict[int, list[int]]:
    """Return for each site the ids of itself and of every site inside it, by id; one query for each level."""
    found = {site.pk: [site.pk] for site in sites}
    level = {pk: [pk] for pk in found}
    while level:
        deeper: dict[int, list[int]] = {}
        for pk, parent in Site.objects.filter(parent_id__in=level).values_list("pk", "parent_id"):
            for root in level[parent]:
                found[root].append(pk)
                deeper.setdefault(pk, []).append(root)
        level = deeper
    return found


def name_key(text: str) -> str:
    """Return the form in which names of places are compared: half width, no spaces, lower case.

    >>> name_key("苏鲲 （A）座")
    '苏鲲(a)座'
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def sites_by_name(zone_id: int) -> dict[str, Site]:
    """Return the sites of a zone under every name they have or had, by ``name_key``; two queries.

    A present name goes before a former one of another site.
    """
    sites = {
        site.pk: site
        for site in Site.objects.filter(zone_id=zone_id).select_related("steward", "operator", "parent")
    }
    found: dict[str, Site] = {}
    for site_id, name in SiteName.objects.live().filter(zone_id=zone_id).values_list("site_id", "name"):
        found[name_key(name)] = sites[site_id]
    found.update({name_key(site.name): site for site in sites.values()})
    return found


def buildings_of(site: Site) -> QuerySet[Building]:
    """Return the buildings of a site with their floors, for choosing one."""
    return Building.objects.filter(site=site).prefetch_related("floors")


def sites_without_steward(actor: Actor, zone: Zone) -> QuerySet[Site]:
    """Return the sites under ``zone`` that nobody answers for: each is an error to be put right."""
    ids = zones.zones_under(actor, zone, Thing.SITE)
    return visible_sites(actor).filter(zone_id__in=ids, steward=None).order_by("name", "pk")


def search_sites(rows: QuerySet[Site], scopes: Sequence[int], text: str) -> QuerySet[Site]:
    """Narrow sites to those found by ``text``: any name they have had, address, steward or operator."""
    ids = matching_row_ids("premises.site", scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(name__icontains=text)


def search_units(rows: QuerySet[Unit], scopes: Sequence[int], text: str) -> QuerySet[Unit]:
    """Narrow units to those found by ``text``: place, number or who uses them."""
    ids = matching_row_ids("premises.unit", scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(name__icontains=text)


def units_called(rows: QuerySet[Unit], text: str) -> QuerySet[Unit]:
    """Narrow units to those whose place, address, building, floor and number hold every word of ``text``.

    ``3F`` and ``B1`` are floors, as units are written.
    """
    for word in text.split():
        named = (f"{name}__icontains" for name in ("name", "building__name", "site__name", "site__address"))
        wanted = reduce(or_, (Q(**{lookup: word}) for lookup in named))
        level = FLOOR.fullmatch(word)
        if level:
            wanted |= Q(floor__level=int(level[1]) if level[1] else -int(level[2]))
        rows = rows.filter(wanted)
    return rows.order_by("site__name", "building__name", "floor__level", "name", "pk")


def unit_totals(rows: QuerySet[Unit]) -> dict[str, Any]:
    """Return how many units and square metres a set of units holds: ``units``, ``area_m2``."""
    found = rows.order_by().aggregate(units=Count("pk"), area_m2=Sum("gross_area_m2"))
    return {"units": found["units"], "area_m2": found["area_m2"] or Decimal(0)}


def with_space(rows: QuerySet[Site]) -> QuerySet[Site]:
    """Return sites each with ``unit_count``, ``gross_m2`` and ``vacant_m2`` of its units; no query more."""
    units = Unit.objects.filter(site=OuterRef("pk")).order_by().values("site")
    area = DecimalField(max_digits=16, decimal_places=2)
    vacant = units.filter(state=Unit.State.VACANT)
    return rows.annotate(
        unit_count=Coalesce(Subquery(units.annotate(n=Count("pk")).values("n")), 0),
        gross_m2=Subquery(units.annotate(n=Sum("gross_area_m2")).values("n"), output_field=area),
        vacant_m2=Subquery(vacant.annotate(n=Sum("gross_area_m2")).values("n"), output_field=area),
    )


def visible_site_names(actor: Actor) -> EntryQuerySet:
    """Return the names of the sites this person may see, void ones included."""
    rows = SiteName.objects.select_related("site__zone", "recorded_by", "replaced_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.SITE, own="site__operator"))


def get_site_name(actor: Actor, pk: int) -> SiteName:
    """Return one name entry; raises NotFound when it is hidden or missing."""
    entry: SiteName | None = visible_site_names(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该名称"))
    return entry


def sites_admitting(rows: QuerySet[Site], sector: str) -> QuerySet[Site]:
    """Narrow sites to those that take a sector of the zone's taxonomy (its id), ``-`` to those that take any.

    A site that names no industry takes every one, unless the site above it says otherwise.
    """
    if sector == "-":
        return rows.filter(
            pk__in=[pk for pk, scope in rows.order_by().values_list("pk", "admission_scope") if not scope]
        )
    name = Sector.objects.filter(pk=sector).values_list("name", flat=True).first()
    return rows.filter(pk__in=[site.pk for site in rows.order_by() if admits(site, [name or ""])])
