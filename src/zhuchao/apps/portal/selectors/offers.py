"""What stands in an open door: published sites, their free units, and nothing else.

Every public answer starts from ``open_door``; what is not in it looks as if it did not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, OrderBy, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.premises.models import Picture, Site, Unit
from zhuchao.apps.premises.selectors import stack_of
from zhuchao.apps.zones.models import Zone

from ..models import Door

SOON: Final = timedelta(days=180)
"""How long beforehand space that will be free is shown."""

BECOMING_FREE: Final = (Unit.State.RESERVED, Unit.State.LET, Unit.State.SELF_USED, Unit.State.IN_WORKS)
"""What may become free on the day it says; what is signed for is gone, and withdrawn space is none."""

ORDERS: Final[dict[str, tuple[str | OrderBy, ...]]] = {
    "area": ("gross_area_m2", "pk"),
    "-area": ("-gross_area_m2", "-pk"),
    "rent": (F("asking_rent_cny_m2_day").asc(nulls_last=True), "pk"),
    "available": (F("available_on").asc(nulls_first=True), "pk"),
}


@dataclass(frozen=True)
class Found:
    """A public unit as a list shows it: free now, or from a day."""

    unit: Unit
    free_on: date | None
    headline: str


@dataclass(frozen=True)
class PlanUnit:
    """A unit in the public plan of a building: whose it is, nobody learns."""

    pk: int | None
    name: str
    area_m2: Decimal
    is_here: bool = False

    @property
    def is_free(self) -> bool:
        return self.pk is not None


@dataclass(frozen=True)
class PlanFloor:
    """One floor of the public plan."""

    label: str
    units: tuple[PlanUnit, ...]


def open_doors() -> QuerySet[Door]:
    """Return the doors that are open."""
    return Door.objects.filter(is_open=True).select_related("zone").order_by("zone__name")


def open_door(slug: str) -> Door:
    """Return the open door of a zone by its slug or the zone's code; raises NotFound."""
    doors = open_doors().filter(Q(slug=slug) | Q(zone__code=slug))
    found = sorted(doors, key=lambda door: door.slug != slug)
    if not found:
        raise NotFound(what=_("这个页面"))
    return found[0]


def public_sites(zone: Zone) -> QuerySet[Site]:
    """Return the sites of a zone that are published."""
    return Site.objects.filter(zone=zone, listing__is_published=True).select_related("listing")


def public_units(zone: Zone, on: date) -> QuerySet[Unit]:
    """Return the units of a zone that anybody may see on ``on``: free, or free within ``SOON``, and not kept back."""
    last = on + SOON
    free = Q(state=Unit.State.VACANT) & (Q(available_on=None) | Q(available_on__lte=last))
    soon = Q(state__in=BECOMING_FREE, available_on__range=(on, last))
    return (
        Unit.objects.filter(free | soon, zone=zone, site__listing__is_published=True)
        .exclude(listing__is_withheld=True)
        .select_related("site__listing", "building", "floor", "listing")
    )


def get_public_unit(zone: Zone, on: date, pk: int) -> Unit:
    """Return one public unit; raises NotFound for any other, whether or not it exists."""
    unit = public_units(zone, on).filter(pk=pk).first()
    if unit is None:
        raise NotFound(what=_("该房源"))
    return unit


def find_units(rows: QuerySet[Unit], asked: dict[str, Any]) -> QuerySet[Unit]:
    """Narrow and order public units.

    ``asked``: q (place, number, address, use), kind, site (pk), area_from and area_to (m²), rent_to (yuan per m² and day),
    on (free by this day), sort (one of ``ORDERS``). Who uses or used the space is never searched.
    """
    if asked.get("q"):
        wanted = Q()
        for name in ("name", "site__name", "site__address", "building__name", "site__names__name"):
            wanted |= Q(**{f"{name}__icontains": asked["q"]})
        rows = rows.filter(pk__in=Unit.objects.filter(wanted).order_by().values("pk"))
    for name, lookup in (
        ("kind", "kind"),
        ("site", "site"),
        ("area_from", "gross_area_m2__gte"),
        ("area_to", "gross_area_m2__lte"),
        ("rent_to", "asking_rent_cny_m2_day__lte"),
    ):
        if asked.get(name) not in (None, ""):
            rows = rows.filter(**{lookup: asked[name]})
    if asked.get("on"):
        rows = rows.filter(Q(available_on=None) | Q(available_on__lte=asked["on"]))
    return rows.order_by(*ORDERS.get(asked.get("sort") or "", ORDERS["area"]))


def kinds_offered(rows: QuerySet[Unit]) -> list[tuple[str, Any]]:
    """Return the kinds that occur among some units, with their labels."""
    found = set(rows.order_by().values_list("kind", flat=True))
    return [(str(kind.value), kind.label) for kind in Unit.Kind if kind in found]


def offer(unit: Unit, on: date) -> Found:
    """Return a public unit with the day from which it is free (None: now) and its line."""
    own = getattr(unit, "listing", None)
    free_on = unit.available_on if unit.available_on and unit.available_on > on else None
    site_line = unit.site.listing.headline
    return Found(unit, free_on, (own.headline if own else "") or site_line)


def offers(units: Iterable[Unit], on: date) -> list[Found]:
    """Return public units as a list shows them."""
    return [offer(unit, on) for unit in units]


def plan_of(unit: Unit, on: date) -> list[PlanFloor]:
    """Return the building of a public unit floor by floor, highest first: free units by name, the others as taken."""
    free = set(public_units(unit.zone, on).filter(site=unit.site_id).values_list("pk", flat=True))
    for stack in stack_of(unit.site):
        if (stack.building.pk if stack.building else None) != unit.building_id:
            continue
        floors = [
            PlanFloor(
                floor.label,
                tuple(
                    PlanUnit(
                        one.pk if one.pk in free else None, one.name, one.gross_area_m2, one.pk == unit.pk
                    )
                    for one in floor.units
                    if one.state != Unit.State.WITHDRAWN
                ),
            )
            for floor in stack.floors
        ]
        return [floor for floor in floors if floor.units]
    return []


def pictures_of(unit: Unit) -> QuerySet[Picture]:
    """Return the public pictures of a unit, of its floor and of its site, its own first."""
    place = Q(unit=unit) | Q(unit=None, floor=None, site=unit.site_id)
    if unit.floor_id is not None:
        place |= Q(floor=unit.floor_id)
    rows = Picture.objects.filter(place, is_public=True).select_related("file__file")
    return rows.order_by(F("unit").asc(nulls_last=True), "kind", "pk")


def get_public_picture(zone: Zone, on: date, pk: int) -> Picture:
    """Return a public picture of a published site: of the site, or of a public unit or its floor; else NotFound."""
    rows = Picture.objects.filter(zone=zone, is_public=True, site__listing__is_published=True)
    units = public_units(zone, on).order_by()
    mine = Q(unit=None, floor=None) | Q(unit__in=units.values("pk")) | Q(floor__in=units.values("floor"))
    picture = rows.filter(mine, pk=pk).select_related("file__file").first()
    if picture is None:
        raise NotFound(what=_("该图片"))
    return picture
