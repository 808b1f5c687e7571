"""Sites, buildings and units: entered, edited, renamed, handed over."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones import services as zone_services
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import BuildingExists, LastSiteName, PlaceMismatch, SiteExists, UnitExists
from ..models import Building, Floor, Site, SiteName, Unit, UnitState, cause_named
from .facts import SITE_FACTS, UNIT_FACTS, tidy_site_facts, tidy_unit_facts
from .index import index_sites, index_units
from .states import enter_states, occupied_by, refuse_future


@transaction.atomic
def add_site(
    *,
    actor: User | None,
    zone: Zone,
    name: str,
    on: date | None = None,
    steward: User | None = None,
    operator: Department | None = None,
    **facts: Any,
) -> Site:
    """Enter a site under the name it has since ``on`` (today when not said).

    ``facts`` are those of SITE_FACTS; land_area_m2 in m². Raises SiteExists when the zone has a site that has or
    had this name.
    """
    _refuse_unknown(facts, SITE_FACTS)
    zones.require(actor, Verb.ADD, Thing.SITE, zone)
    name = tidy(name, "载体名称")
    # The zone's row is what two people who enter the same name race for.
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    _refuse_known_name(zone.pk, name)
    _check_site(zone, steward=steward, operator=operator, facts=facts)
    tidy_site_facts(zone, None, facts)
    since = on or zones.today(zone)
    refuse_future(since, zone)
    site = Site.objects.create(zone=zone, name=name, steward=steward, operator=operator, **facts)
    entry = SiteName(zone=zone, site=site, name=name, happened_on=since)
    add_entry(entry, actor=actor, at=zones.now(zone))
    if steward is not None:
        _assign(actor, site, steward, reason="")
    index_sites([site])
    record_change(actor=actor, verb="add", rows=[site], scope=zone.pk, name=name, steward=steward)
    return site


@transaction.atomic
def change_site(*, actor: User | None, site: Site, version: int | None, **values: Any) -> Site:
    """Edit the facts of a site, those of SITE_FACTS.

    Raises Stale when somebody saved it since ``version``. Name and steward have verbs of their own.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.SITE, site)
    _refuse_unknown(values, SITE_FACTS)
    site = _locked_site(site.pk)
    if values.get("parent") is not None:
        Zone.objects.select_for_update(no_key=True).get(pk=site.zone_id)
    check_version(site, version, yours=values)
    _check_site(site.zone, steward=None, operator=values.get("operator"), facts=values)
    tidy_site_facts(site.zone, site, values)
    changed = save_record(site, **values)
    if changed:
        index_sites([site])
        if "address" in changed:
            index_units(Unit.objects.filter(site=site).values_list("pk", flat=True))
        record_change(actor=actor, verb="change", rows=[site], scope=site.zone_id, changed=changed)
    return site


@transaction.atomic
def name_site(*, actor: User | None, site: Site, name: str, on: date, evidence_note: str = "") -> Site:
    """Enter a name the site has, or had, since ``on``; the latest of them is its present name.

    Both the old and the new name find it. Raises SiteExists when another site has or had the name.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.SITE, site)
    name = tidy(name, "载体名称")
    # A row before its zone: in this order everywhere, so that nobody waits for each other.
    site = _locked_site(site.pk)
    Zone.objects.select_for_update(no_key=True).get(pk=site.zone_id)
    refuse_future(on, site.zone)
    _refuse_known_name(site.zone_id, name, but=site)
    entry = SiteName(
        zone_id=site.zone_id, site=site, name=name, happened_on=on, evidence_note=evidence_note.strip()
    )
    add_entry(entry, actor=actor, at=zones.now(site.zone))
    _refresh_name(site)
    record_change(actor=actor, verb="name", rows=[site], scope=site.zone_id, entry=entry.pk, name=name, on=on)
    return site


@transaction.atomic
def void_site_name(*, actor: User | None, entry: SiteName, reason: str) -> Site:
    """Take a name that was entered by mistake out of the site's history; raises LastSiteName for the only one."""
    selectors.require_at(actor, Verb.CHANGE, Thing.SITE, entry.site)
    site = _locked_site(entry.site_id)
    if not SiteName.objects.live().filter(site=site).exclude(pk=entry.pk).exists():
        raise LastSiteName(site=str(site))
    void_entry(entry, actor=actor, at=zones.now(site.zone), reason=reason)
    _refresh_name(site)
    record_change(
        actor=actor, verb="void_name", rows=[site], scope=site.zone_id, entry=entry.pk, reason=reason
    )
    return site


@transaction.atomic
def hand_over_site(*, actor: User | None, site: Site, steward: User, reason: str = "") -> Site:
    """Make somebody the one steward 园长 of a site; every hand-over is kept as an assignment.

    The first steward may be named by who may enter sites; a hand-over needs the verb assign. Raises WrongInput
    when the person does not work in the zone.
    """
    verb = Verb.CHANGE if site.steward_id is None else Verb.ASSIGN
    selectors.require_at(actor, verb, Thing.SITE, site)
    site = _locked_site(site.pk)
    _check_site(site.zone, steward=steward, operator=None, facts={})
    changed = save_record(site, steward=steward)
    if changed:
        _assign(actor, site, steward, reason=reason.strip())
        index_sites([site])
        record_change(
            actor=actor,
            verb="hand_over",
            rows=[site],
            scope=site.zone_id,
            changed=changed,
            reason=reason.strip(),
        )
    return site


@transaction.atomic
def add_building(*, actor: User | None, site: Site, name: str, address: str = "") -> Building:
    """Enter a building of a site; raises BuildingExists when it has one of this name."""
    selectors.require_at(actor, Verb.ADD, Thing.UNIT, site)
    name = tidy(name, "楼栋")
    site = _locked_site(site.pk)
    if Building.objects.filter(site=site, name=name).exists():
        raise BuildingExists(site=str(site), name=name)
    building = Building.objects.create(zone_id=site.zone_id, site=site, name=name, address=address.strip())
    record_change(actor=actor, verb="add", rows=[building], scope=site.zone_id, name=name, site=site.pk)
    return building


@transaction.atomic
def add_unit(
    *,
    actor: User | None,
    site: Site,
    name: str,
    gross_area_m2: Decimal,
    building: Building | None = None,
    level: int | None = None,
    state: str = Unit.State.VACANT,
    on: date | None = None,
    why: str = "",
    cause: str = "",
    occupant: str = "",
    **facts: Any,
) -> Unit:
    """Enter a unit of a site with the state it is in since ``on`` (today when not said).

    ``level`` is the storey of ``building`` (1 the ground floor, -1 the first below), made when it is new.
    ``facts`` are those of UNIT_FACTS. ``cause`` is a code of UnitState.Cause: why it stands empty, or how it came.
    Raises UnitExists when the floor has a unit of this name, PlaceMismatch and WrongInput.
    """
    selectors.require_at(actor, Verb.ADD, Thing.UNIT, site)
    _refuse_unknown(facts, UNIT_FACTS)
    name = tidy(name, "房号")
    site = _locked_site(site.pk)
    if building is not None and building.site_id != site.pk:
        raise PlaceMismatch(place=str(building), site=str(site))
    if level is not None and building is None:
        raise WrongInput(field=_("楼层"), why=_("请先选择楼栋。"))
    if level == 0:
        raise WrongInput(field=_("楼层"), why=_("没有 0 层：地面一层为 1，地下一层为 -1。"))
    _check_unit(gross_area_m2, facts.get("net_area_m2"))
    tidy_unit_facts(actor, site, None, facts)
    since = on or zones.today(site.zone)
    refuse_future(since, site.zone)
    floor = None
    if building is not None and level is not None:
        floor, _created = Floor.objects.get_or_create(
            building=building, level=level, defaults={"zone_id": site.zone_id}
        )
    _refuse_known_unit(site, building, floor, name)
    unit = Unit.objects.create(
        zone_id=site.zone_id,
        site=site,
        building=building,
        floor=floor,
        name=name,
        gross_area_m2=gross_area_m2,
        **facts,
    )
    entry = UnitState(
        zone_id=site.zone_id,
        unit=unit,
        state=Unit.State(state),
        happened_on=since,
        area_m2=gross_area_m2,
        why=why.strip(),
        cause=cause or cause_named(why),
        **occupied_by(site.zone_id, occupant),
    )
    enter_states([entry], actor=actor, at=zones.now(site.zone))
    index_units([unit.pk])
    record_change(
        actor=actor, verb="add", rows=[unit], scope=site.zone_id, name=str(unit), area_m2=gross_area_m2
    )
    return Unit.objects.select_related("zone", "site", "building", "floor", "occupant").get(pk=unit.pk)


@transaction.atomic
def change_unit(
    *, actor: User | None, unit: Unit, version: int | None, on: date | None = None, **values: Any
) -> Unit:
    """Edit the facts of a unit, those of UNIT_FACTS: areas in m², heights in m, loads in kN/m², power in kVA.

    Another gross area is entered as a state entry from ``on`` (today when not said), so that the area of every
    earlier day stays what it was. Raises Stale, UnitExists and WrongInput.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.UNIT, unit.site)
    _refuse_unknown(values, UNIT_FACTS)
    rows = Unit.objects.select_related("zone", "site", "building", "floor", "occupant")
    unit = rows.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
    check_version(unit, version, yours=values)
    if "name" in values:
        values["name"] = tidy(values["name"], "房号")
        if values["name"] != unit.name:
            _refuse_known_unit(unit.site, unit.building, unit.floor, values["name"])
    _check_unit(values.get("gross_area_m2", unit.gross_area_m2), values.get("net_area_m2", unit.net_area_m2))
    tidy_unit_facts(actor, unit.site, unit, values)
    changed = save_record(unit, **values)
    if "gross_area_m2" in changed:
        since = on or zones.today(unit.zone)
        refuse_future(since, unit.zone)
        enter_states([_with_new_area(unit, since)], actor=actor, at=zones.now(unit.zone))
    if changed:
        index_units([unit.pk])
        record_change(actor=actor, verb="change", rows=[unit], scope=unit.zone_id, changed=changed)
    return unit


def _with_new_area(unit: Unit, on: date) -> UnitState:
    latest = selectors.in_order(UnitState.objects.live().filter(unit=unit, happened_on__lte=on)).first()
    entry = UnitState(
        zone_id=unit.zone_id,
        unit=unit,
        happened_on=on,
        state=latest.state if latest else unit.state,
        area_m2=unit.gross_area_m2,
        evidence_note="面积变更",
    )
    if latest is not None:
        entry.enterprise_id, entry.occupant_name = latest.enterprise_id, latest.occupant_name
        entry.why, entry.cause = latest.why, latest.cause
        if latest.idle_m2 is not None and latest.idle_m2 < entry.area_m2:
            entry.idle_m2 = latest.idle_m2
    return entry


def _assign(actor: User | None, site: Site, steward: User, *, reason: str) -> None:
    zone_services.assign(
        actor=actor,
        zone=site.zone,
        thing="premises.site",
        row_id=site.pk,
        label=site.name,
        officer=steward,
        reason=reason,
    )


def tidy(text: str, field: str) -> str:
    """Return a name without spaces around and doubled; refuse an empty one."""
    name = " ".join(text.split())
    if not name:
        raise WrongInput(field=field, why=_("不能为空。"))
    return name


def _refuse_known_name(zone_id: int, name: str, but: Site | None = None) -> None:
    known = selectors.sites_by_name(zone_id).get(selectors.name_key(name))
    if known is not None and known != but:
        raise SiteExists(name=name, site=str(known), pk=known.pk)


def _refuse_known_unit(site: Site, building: Building | None, floor: Floor | None, name: str) -> None:
    known = Unit.objects.filter(site=site, building=building, floor=floor, name=name).first()
    if known is not None:
        place = " ".join(str(part) for part in (site, building, floor) if part)
        raise UnitExists(place=place, name=name, pk=known.pk)


def _refuse_unknown(values: dict[str, Any], known: frozenset[str]) -> None:
    unknown = set(values) - known
    if unknown:
        raise TypeError(f"not facts that this verb edits: {sorted(unknown)}")


def _check_site(
    zone: Zone, *, steward: User | None, operator: Department | None, facts: dict[str, Any]
) -> None:
    if steward is not None and not zones.roles_of(steward, zone.pk):
        raise WrongInput(
            field=_("园长"), why=_("{steward}不是{zone}的工作人员。").format(steward=steward, zone=zone)
        )
    if operator is not None and operator.zone_id != zone.pk:
        raise WrongInput(
            field=_("开发运营主体"), why=_("{operator}不属于{zone}。").format(operator=operator, zone=zone)
        )
    land = facts.get("land_area_m2")
    if land is not None and land <= 0:
        raise WrongInput(field=_("占地面积"), why=_("必须大于 0。"))


def _check_unit(gross_area_m2: Decimal, net_area_m2: Decimal | None) -> None:
    if gross_area_m2 <= 0:
        raise WrongInput(field=_("建筑面积"), why=_("必须大于 0。"))
    if net_area_m2 is not None and not 0 < net_area_m2 <= gross_area_m2:
        raise WrongInput(
            field=_("使用面积"), why=_("必须大于 0，且不大于建筑面积 {area} ㎡。").format(area=gross_area_m2)
        )


def _locked_site(pk: int) -> Site:
    return (
        Site.objects.select_related("zone", "steward", "operator")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=pk)
    )


def _refresh_name(site: Site) -> None:
    """Repeat the latest live name on the site, and index it and its units under it."""
    latest = SiteName.objects.live().filter(site=site).order_by("-happened_on", "-pk").first()
    if latest is not None and save_record(site, name=latest.name):
        index_units(Unit.objects.filter(site=site).values_list("pk", flat=True))
    index_sites([site])
