"""Write what the rows of a 载体台账 say: sites, buildings, floors, units and states, in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from zhuchao.apps.core.services import add_entries, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones import services as zone_services
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..models import Building, Floor, Site, SiteName, Unit, UnitState, cause_named
from .premises_rows import UNIT_FIELDS, Planned


def write_sites(
    zone: Zone, actor: User | None, at: Any, today: date, plans: Sequence[Planned]
) -> dict[str, Site]:
    """Make the sites that are new and change those that differ; return all that the rows name, by key."""
    facts: dict[str, dict[str, Any]] = {}
    first: dict[str, Planned] = {}
    since: dict[str, date] = {}
    for plan in plans:
        key = plan.key[0]
        facts.setdefault(key, {}).update(plan.site_facts)
        first.setdefault(key, plan)
        since[key] = min(since.get(key, today), plan.on or today)
    sites = {key: plan.site for key, plan in first.items() if plan.site is not None}
    new = [
        Site(zone=zone, name=plan.site_name, **facts[key]) for key, plan in first.items() if plan.site is None
    ]
    changed = []
    for key, site in sites.items():
        given = facts[key]
        if save_record(site, **given):
            changed.append(site)
    for site in Site.objects.bulk_create(new, batch_size=500):
        sites[selectors.name_key(site.name)] = site
    changed += _put_below(zone, sites, plans)
    names = [
        SiteName(zone=zone, site=site, name=site.name, happened_on=since[selectors.name_key(site.name)])
        for site in new
    ]
    add_entries(names, actor=actor, at=at)
    _assign_stewards(zone, actor, [*new, *changed])
    if new or changed:
        record_change(actor=actor, verb="import", rows=[*new, *changed], scope=zone.pk)
    return sites


def _put_below(zone: Zone, sites: Mapping[str, Site], plans: Sequence[Planned]) -> list[Site]:
    """Tie sites to the sites that hold them, once all of them are there; return those that changed."""
    wanted = {plan.key[0]: plan.parent_key for plan in plans if plan.parent_key}
    if not wanted:
        return []
    known = selectors.sites_by_name(zone.pk)
    return [sites[key] for key, parent in wanted.items() if save_record(sites[key], parent=known[parent])]


def _assign_stewards(zone: Zone, actor: User | None, sites: Iterable[Site]) -> None:
    given = [
        zone_services.Given(site.pk, site.name, site.steward_id)
        for site in sites
        if site.steward_id is not None
    ]
    if given:
        # Whoever may import sites may say in the ledger who their stewards are.
        may_assign = actor is None or zones.may(actor, Verb.ASSIGN, Thing.SITE, zone)
        zone_services.assign_many(
            actor=actor if may_assign else None,
            zone=zone,
            thing="premises.site",
            items=given,
            reason="台账导入",
        )


def write_floors(
    zone: Zone, sites: Mapping[str, Site], plans: Sequence[Planned]
) -> dict[tuple[str, str, int | None], tuple[Building | None, Floor | None]]:
    """Make the buildings and floors that are new; return for each place its building and floor."""
    ids = [site.pk for site in sites.values()]
    key_of = {site.pk: key for key, site in sites.items()}
    buildings = {
        (key_of[row.site_id], selectors.name_key(row.name)): row
        for row in Building.objects.filter(site_id__in=ids)
    }
    wanted = {plan.key[:2]: plan for plan in plans if plan.building_name}
    new = [
        Building(zone=zone, site=sites[key[0]], name=plan.building_name)
        for key, plan in wanted.items()
        if key not in buildings
    ]
    for row in Building.objects.bulk_create(new, batch_size=500):
        buildings[key_of[row.site_id], selectors.name_key(row.name)] = row
    floors = {(row.building_id, row.level): row for row in Floor.objects.filter(building__site_id__in=ids)}
    levels = {
        (buildings[plan.key[:2]].pk, plan.level): None
        for plan in plans
        if plan.building_name and plan.level is not None
    }
    missing = [
        Floor(zone=zone, building_id=building_id, level=level)
        for building_id, level in levels
        if (building_id, level) not in floors
    ]
    for floor in Floor.objects.bulk_create(missing, batch_size=500):
        floors[floor.building_id, floor.level] = floor
    places: dict[tuple[str, str, int | None], tuple[Building | None, Floor | None]] = {}
    for plan in plans:
        building = buildings.get(plan.key[:2])
        floor_key = (building.pk, plan.level) if building and plan.level is not None else None
        places[plan.key[:3]] = (building, floors[floor_key] if floor_key else None)
    return places


def write_units(
    zone: Zone,
    sites: Mapping[str, Site],
    places: Mapping[tuple[str, str, int | None], tuple[Building | None, Floor | None]],
    plans: Sequence[Planned],
    today: date,
) -> tuple[list[list[UnitState]], list[Unit]]:
    """Make and change units; return the unsaved state entries of each row, and the units."""
    units: list[Unit] = []
    for plan in plans:
        if plan.unit is not None:
            units.append(plan.unit)
            continue
        building, floor = places[plan.key[:3]]
        state = plan.state or Unit.State.VACANT
        units.append(
            Unit(
                zone=zone,
                site=sites[plan.key[0]],
                building=building,
                floor=floor,
                name=plan.unit_name,
                state=state,
                state_since=plan.on or today,
                idle_m2=plan.idle_m2,
                occupant=plan.firm if state in selectors.OCCUPIED else None,
                **plan.unit_facts,
            )
        )
    Unit.objects.bulk_create([unit for unit in units if unit.pk is None], batch_size=500)
    latest = _latest_of([plan.unit.pk for plan in plans if plan.unit is not None])
    entries, edited = [], []
    for plan, unit in zip(plans, units, strict=True):
        has_new_area = plan.unit is not None and unit.gross_area_m2 != plan.unit_facts["gross_area_m2"]
        if plan.unit is not None and any(
            getattr(unit, name) != value for name, value in plan.unit_facts.items()
        ):
            for name, value in plan.unit_facts.items():
                setattr(unit, name, value)
            unit.version += 1
            edited.append(unit)
        entries.append(_entries_of(plan, unit, latest.get(unit.pk), today, has_new_area=has_new_area))
    named = [name for name in UNIT_FIELDS if any(name in plan.unit_facts for plan in plans)]
    Unit.objects.bulk_update(edited, [*named, "version"], batch_size=200)
    return entries, units


def _entries_of(
    plan: Planned, unit: Unit, latest: UnitState | None, today: date, *, has_new_area: bool
) -> list[UnitState]:
    """Return the entries a row makes: the state it tells of, and the area where that changed without one."""
    found = []
    if plan.enters_state:
        state = plan.state or (latest.state if latest else Unit.State.VACANT)
        keeps = latest is not None and latest.state == state
        found.append(
            UnitState(
                zone_id=unit.zone_id,
                unit=unit,
                state=state,
                happened_on=plan.on or today,
                area_m2=unit.gross_area_m2,
                enterprise=plan.firm
                or (latest.enterprise if latest and keeps and not plan.occupant else None),
                occupant_name=plan.occupant or (latest.occupant_name if latest and keeps else ""),
                why=plan.why,
                cause=cause_named(plan.why),
                idle_m2=plan.idle_m2,
                ledger_key=f"state:{unit.pk}:{plan.on or today}:{state}",
            )
        )
    is_history = latest is not None and bool(found) and found[0].happened_on < latest.happened_on
    if has_new_area and latest is not None and (not found or is_history):
        found.append(
            UnitState(
                zone_id=unit.zone_id,
                unit=unit,
                state=latest.state,
                happened_on=max(today, latest.happened_on),
                area_m2=unit.gross_area_m2,
                enterprise=latest.enterprise,
                occupant_name=latest.occupant_name,
                why=latest.why,
                cause=latest.cause,
                idle_m2=latest.idle_m2 if latest.idle_m2 and latest.idle_m2 < unit.gross_area_m2 else None,
                evidence_note="面积变更",
            )
        )
    return found


def _latest_of(unit_ids: Sequence[int]) -> dict[int, UnitState]:
    found: dict[int, UnitState] = {}
    for start in range(0, len(unit_ids), 1000):
        rows = (
            UnitState.objects.live()
            .filter(unit_id__in=unit_ids[start : start + 1000])
            .select_related("enterprise")
        )
        for entry in selectors.in_order(rows):
            found.setdefault(entry.unit_id, entry)
    return found
