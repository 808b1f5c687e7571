"""The free units that a person may see, as spaces to match, made once for as long as nothing changes."""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Final

from django.db.models import QuerySet

from zhuchao.apps.core.models import ChainHead
from zhuchao.apps.premises import selectors as premises
from zhuchao.apps.premises.models import Building, Floor, Site, Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.allocation import Space, Stock

from .leads import Actor
from .rules import Places, Rules, Scope, is_food

MONTH_DAYS: Final = 30
"""Rents are kept by the day and compared by the month of so many days; they are shown by the day again."""
_MOST_KEPT: Final = 8
_HAZARDOUS: Final = frozenset({Unit.FireClass.A, Unit.FireClass.B})


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Units that may be matched.

    Attributes:
        vacant: those that stand empty; ``soon``: those in use of which a day is known from when they are free.
        units: by the key of their space.
        forbids, permits: rules by the name under which a space has them; ``admission``: scopes by theirs.
    """

    vacant: Stock
    soon: Stock
    units: Mapping[str, Unit]
    forbids: Mapping[str, Rules]
    permits: Mapping[str, Rules]
    admission: Mapping[str, Scope]

    def units_of(self, keys: Iterable[str]) -> list[Unit]:
        """Return the units of some spaces, in their order."""
        return [self.units[key] for key in keys]


_kept: "OrderedDict[tuple[object, ...], Catalogue]" = OrderedDict()
_lock = Lock()


def catalogue(actor: Actor, zone: Zone) -> Catalogue:
    """Return what is free in a zone and those below it, as far as this person may see it.

    It is kept while no change was recorded in those zones: the digest of their chains says so.
    """
    ids = zones.zones_under(actor, zone, Thing.UNIT)
    rows = premises.visible_units(actor).filter(zone_id__in=ids).exclude(state=Unit.State.WITHDRAWN)
    today = zones.today(zone)
    stamp = tuple(ChainHead.objects.filter(scope__in=ids).order_by("scope").values_list("digest", flat=True))
    key = (str(rows.query), stamp, today)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    vacant = rows.filter(state=Unit.State.VACANT)
    soon = rows.exclude(state=Unit.State.VACANT).filter(available_on__isnull=False)
    sites = {site.pk: site for site in Site.objects.select_related("zone").filter(zone_id__in=ids)}
    found = made_of(_read(vacant, sites), _read(soon, sites), sites.values(), today)
    if not stamp:
        # nothing was recorded yet, so that nothing would tell what is kept from what comes
        return found
    with _lock:
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _read(rows: QuerySet[Unit], sites: Mapping[int, Site]) -> list[Unit]:
    """Return units with their places, each place read once: thousands of units stand in hundreds of them."""
    plain = rows.select_related(None).order_by()
    units = list(plain)
    buildings = {one.pk: one for one in Building.objects.filter(pk__in=plain.values("building"))}
    floors = {one.pk: one for one in Floor.objects.filter(pk__in=plain.values("floor"))}
    for unit in units:
        # one whose site stands in a zone that was not asked for is read when somebody asks for it
        if site := sites.get(unit.site_id):
            unit.site = site
            if unit.zone_id == site.zone_id:
                unit.zone = site.zone
        if unit.building_id:
            unit.building = buildings[unit.building_id]
        if unit.floor_id:
            unit.floor = floors[unit.floor_id]
    return units


def made_of(vacant: Sequence[Unit], soon: Sequence[Unit], sites: Iterable[Site], today: date) -> Catalogue:
    """Return the catalogue of some units; two that claim one place on a floor stand for themselves."""
    places = Places(sites)
    rules: dict[Rules, str] = {}
    scopes: dict[Scope, str] = {}

    def spaces(units: Sequence[Unit]) -> list[Space]:
        found = []
        taken = Counter((unit.floor_id, unit.position) for unit in units)
        for unit in units:
            rule, scope = places.rules(unit), places.scope(unit)
            name = rules.setdefault(rule, f"rules-{len(rules)}")
            space = space_of(
                unit,
                today,
                position=unit.position if taken[unit.floor_id, unit.position] == 1 else None,
                forbids=None if rule.is_heritage and rule.say_nothing else name,
                permits=None if not (rule.permitted or rule.forbidden) else name,
                admission=scopes.setdefault(scope, f"scope-{len(scopes)}"),
            )
            found.append(space)
        return found

    free, later = Stock(spaces(vacant)), Stock(spaces(soon))
    by_name = {name: rule for rule, name in rules.items()}
    return Catalogue(
        free,
        later,
        {key_of(unit): unit for unit in (*vacant, *soon)},
        by_name,
        by_name,
        {name: scope for scope, name in scopes.items()},
    )


def key_of(unit: Unit) -> str:
    """Return the key of a unit among spaces: they sort as their ids do."""
    return f"{unit.pk:010d}"


def space_of(unit: Unit, today: date, **more: Any) -> Space:
    """Return a unit as the engine sees it; a vacant one of which no day is known can be used today.

    ``more`` are the facts that hang on its neighbours and on the rules of its place.
    """
    is_plot = unit.kind == Unit.Kind.PLOT
    rent = unit.asking_rent_cny_m2_day
    available = unit.available_on
    if unit.state == Unit.State.VACANT:
        available = max(available or today, today)
    return Space(
        key=key_of(unit),
        building=f"{unit.building_id:010d}" if unit.building_id else f"unit-{unit.pk:010d}",
        floor=unit.floor.level if unit.floor else 1 if is_plot else None,
        area_m2=unit.gross_area_m2,
        clear_height_m=unit.clear_height_m,
        floor_load_kn_m2=unit.floor_load_kn_m2,
        hoist_t=unit.hoist_t,
        power_kva=unit.power_kva,
        water_m3_day=unit.water_m3_day,
        rent_cny_m2_month=None if rent is None else rent * MONTH_DAYS,
        available_on=available,
        type=unit.kind,
        fire_class=unit.fire_class or None,
        gas=unit.has_gas,
        sewage=unit.has_sewage,
        loading_dock=None if unit.loading_docks is None else unit.loading_docks > 0,
        heritage=unit.kind == Unit.Kind.HERITAGE,
        admits_hazard=_admits_hazard(unit),
        admits_food=_admits_food(unit),
        **more,
    )


def _admits_hazard(unit: Unit) -> bool | None:
    """Return whether dangerous goods are permitted: as entered, else as the fire class 甲 or 乙 says."""
    if unit.hazard_allowed is not None:
        return unit.hazard_allowed
    return unit.fire_class in _HAZARDOUS if unit.fire_class else None


def _admits_food(unit: Unit) -> bool | None:
    """Return whether food is permitted: as entered, else as the uses it is permitted for say."""
    if unit.food_allowed is None and any(map(is_food, unit.allowed_uses)):
        return True
    return unit.food_allowed
