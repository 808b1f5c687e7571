"""The API of premises: the same services and selectors as the pages."""

from datetime import date, datetime
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.api import ReasonIn, page_of, with_time_zone
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import Building, Picture, Revitalisation, Site, Unit, UnitState
from ..schemas import (
    BuildingIn,
    BuildingOut,
    MergeIn,
    MovementOut,
    PictureIn,
    PictureOut,
    RevitalisationEdit,
    RevitalisationIn,
    RevitalisationOut,
    RevitalisationPage,
    SiteEdit,
    SiteIn,
    SiteNameIn,
    SiteOut,
    SitePage,
    SplitIn,
    State,
    StewardIn,
    StockOut,
    TenantPage,
    UnitEdit,
    UnitIn,
    UnitOut,
    UnitPage,
    UnitStateEdit,
    UnitStateIn,
    UnitStateOut,
)
from .clusters import router as clusters
from .enclaves import router as enclaves
from .leases import router as leases
from .relocations import router as relocations
from .renewal import router as renewal
from .works import router as works

router = Router(tags=["premises"])
router.add_router("", leases)
router.add_router("", works)
router.add_router("", renewal)
router.add_router("", relocations)
router.add_router("", clusters)
router.add_router("", enclaves)


def _scopes(actor: User, zone: str, thing: Thing) -> tuple[Zone, list[int]]:
    at = zones.get_zone(actor, zone)
    return at, zones.zones_under(actor, at, thing)


@router.get("/sites", response=SitePage)
def list_sites(
    request: HttpRequest, zone: str, q: str = "", limit: int = 50, after: int = 0
) -> dict[str, Any]:
    """List the sites of a zone and the zones below it, by id; ``q`` finds former names too."""
    actor = person_of(request)
    _zone, ids = _scopes(actor, zone, Thing.SITE)
    rows = selectors.visible_sites(actor).filter(zone_id__in=ids)
    if len(q.strip()) > 1:
        rows = selectors.search_sites(rows, ids, q)
    return page_of(rows, after, limit)


@router.post("/sites", response={201: SiteOut})
def add_site(request: HttpRequest, zone: str, body: SiteIn) -> Status[Site]:
    """Enter a site."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    said = _neighbours(actor, body.dict())
    return Status(201, services.add_site(actor=actor, zone=at, **said))


@router.get("/sites/{int:pk}", response=SiteOut)
def get_site(request: HttpRequest, pk: int) -> Site:
    """Return a site."""
    return selectors.get_site(person_of(request), pk)


@router.patch("/sites/{int:pk}", response=SiteOut)
def edit_site(request: HttpRequest, pk: int, body: SiteEdit) -> Site:
    """Change facts of a site; a stale version is refused with both."""
    actor = person_of(request)
    site = selectors.get_site(actor, pk)
    said = _neighbours(actor, body.dict(exclude_unset=True))
    return services.change_site(actor=actor, site=site, **said)


@router.post("/sites/{int:pk}/names", response=SiteOut)
def name_site(request: HttpRequest, pk: int, body: SiteNameIn) -> Site:
    """Enter a name the site has or had."""
    actor = person_of(request)
    return services.name_site(actor=actor, site=selectors.get_site(actor, pk), **body.dict())


@router.post("/sites/{int:pk}/steward", response=SiteOut)
def hand_over_site(request: HttpRequest, pk: int, body: StewardIn) -> Site:
    """Make somebody the steward of a site."""
    actor = person_of(request)
    site = selectors.get_site(actor, pk)
    steward = zones.people.get_person(actor, body.steward_id)
    return services.hand_over_site(actor=actor, site=site, steward=steward, reason=body.reason)


@router.get("/sites/{int:pk}/pictures", response=list[PictureOut])
def list_pictures(request: HttpRequest, pk: int) -> list[Picture]:
    """List the photos and plans of a site, of its floors and of its units."""
    actor = person_of(request)
    return list(selectors.visible_pictures(actor).filter(site=selectors.get_site(actor, pk)))


@router.post("/sites/{int:pk}/pictures", response={201: PictureOut})
def add_picture(
    request: HttpRequest, pk: int, body: Form[PictureIn], file: File[UploadedFile]
) -> Status[Picture]:
    """Add a photo or plan (PNG, JPEG, WebP, or an SVG that only draws), sent as multipart/form-data.

    A photo is kept without what it says of where and when it was taken, and with which device.
    """
    actor = person_of(request)
    site = selectors.get_site(actor, pk)
    said = body.dict()
    floor_id, unit_id = said.pop("floor_id"), said.pop("unit_id")
    picture = services.add_picture(
        actor=actor,
        site=site,
        name=file.name or "",
        content=file,
        floor=selectors.get_floor(actor, floor_id) if floor_id else None,
        unit=selectors.get_unit(actor, unit_id) if unit_id else None,
        **said,
    )
    return Status(201, picture)


@router.get("/sites/{int:pk}/stock", response=StockOut)
def site_stock(
    request: HttpRequest, pk: int, on: date | None = None, as_of: datetime | None = None
) -> selectors.Stock:
    """Return how much space of a site stood in each state on a day, as known at a moment."""
    site = selectors.get_site(person_of(request), pk)
    moment = with_time_zone(as_of) or zones.now(site.zone)
    units = Unit.objects.filter(site=site)
    return selectors.area_by_state([site.zone_id], on or zones.today(site.zone), moment, units=units)


@router.post("/sites/{int:pk}/buildings", response={201: BuildingOut})
def add_building(request: HttpRequest, pk: int, body: BuildingIn) -> Status[Building]:
    """Enter a building of a site."""
    actor = person_of(request)
    return Status(201, services.add_building(actor=actor, site=selectors.get_site(actor, pk), **body.dict()))


@router.post("/sites/{int:pk}/units", response={201: UnitOut})
def add_unit(request: HttpRequest, pk: int, body: UnitIn) -> Status[Unit]:
    """Enter a unit of a site with the state it is in."""
    actor = person_of(request)
    site = selectors.get_site(actor, pk)
    said = body.dict()
    building_id = said.pop("building_id")
    building = selectors.get_building(actor, building_id) if building_id else None
    return Status(201, services.add_unit(actor=actor, site=site, building=building, **said))


@router.get("/units", response=UnitPage)
def list_units(
    request: HttpRequest,
    zone: str,
    q: str = "",
    state: State | None = None,
    site_id: int | None = None,
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List the units of a zone and the zones below it, by id."""
    actor = person_of(request)
    _zone, ids = _scopes(actor, zone, Thing.UNIT)
    rows = selectors.visible_units(actor).filter(zone_id__in=ids)
    if state is not None:
        rows = rows.filter(state=state)
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    if len(q.strip()) > 1:
        rows = selectors.search_units(rows, ids, q)
    return page_of(rows, after, limit)


@router.get("/units/{int:pk}", response=UnitOut)
def get_unit(request: HttpRequest, pk: int) -> Unit:
    """Return a unit."""
    return selectors.get_unit(person_of(request), pk)


@router.patch("/units/{int:pk}", response=UnitOut)
def edit_unit(request: HttpRequest, pk: int, body: UnitEdit) -> Unit:
    """Change facts of a unit; a stale version is refused with both."""
    actor = person_of(request)
    unit = selectors.get_unit(actor, pk)
    return services.change_unit(actor=actor, unit=unit, **body.dict(exclude_unset=True))


@router.get("/units/{int:pk}/states", response=list[UnitStateOut])
def list_states(request: HttpRequest, pk: int) -> list[UnitState]:
    """List every state entry of a unit, newest first, replaced and void ones included."""
    actor = person_of(request)
    unit = selectors.get_unit(actor, pk)
    return list(selectors.in_order(selectors.visible_unit_states(actor).filter(unit=unit)))


@router.post("/units/{int:pk}/states", response={201: UnitStateOut})
def change_state(request: HttpRequest, pk: int, body: UnitStateIn) -> Status[UnitState]:
    """Enter that a unit came into a state."""
    actor = person_of(request)
    return Status(
        201, services.change_unit_state(actor=actor, unit=selectors.get_unit(actor, pk), **body.dict())
    )


@router.post("/units/states/{int:pk}/correct", response=UnitStateOut)
def correct_state(request: HttpRequest, pk: int, body: UnitStateEdit) -> UnitState:
    """Replace a state entry by one that says it right."""
    actor = person_of(request)
    entry = selectors.get_unit_state(actor, pk)
    return services.correct_unit_state(actor=actor, entry=entry, **body.dict(exclude_unset=True))


@router.post("/units/states/{int:pk}/void", response=UnitStateOut)
def void_state(request: HttpRequest, pk: int, body: ReasonIn) -> UnitState:
    """Void a state entry."""
    actor = person_of(request)
    return services.void_unit_state(
        actor=actor, entry=selectors.get_unit_state(actor, pk), reason=body.reason
    )


@router.post("/units/{int:pk}/split", response={201: list[UnitOut]})
def split_unit(request: HttpRequest, pk: int, body: SplitIn) -> Status[list[Unit]]:
    """Split a unit into several that hold the same area together."""
    actor = person_of(request)
    parts = [services.Part(**part.dict()) for part in body.parts]
    said = body.dict(include={"on", "evidence_note"})
    unit = selectors.get_unit(actor, pk)
    return Status(201, services.split_unit(actor=actor, unit=unit, parts=parts, **said))


@router.post("/units/{int:pk}/merge", response={201: UnitOut})
def merge_units(request: HttpRequest, pk: int, body: MergeIn) -> Status[Unit]:
    """Merge a unit with others of its building."""
    actor = person_of(request)
    units = [selectors.get_unit(actor, one) for one in (pk, *body.unit_ids)]
    said = body.dict(exclude={"unit_ids"})
    return Status(201, services.merge_units(actor=actor, units=units, **said))


@router.get("/tenants", response=TenantPage)
def list_tenants(
    request: HttpRequest, zone: str, q: str = "", limit: int = 50, after: int = 0
) -> dict[str, Any]:
    """List who uses which unit, with the firm's tags and industry; ``q`` finds street numbers, firms and sites."""
    actor = person_of(request)
    at, ids = _scopes(actor, zone, Thing.UNIT)
    zones.require(actor, Verb.VIEW, Thing.ENTERPRISE, at)
    rows = selectors.tenancies(actor).filter(zone_id__in=ids)
    if len(q.strip()) > 1:
        rows = selectors.search_units(rows, ids, q)
    return page_of(rows, after, limit)


@router.get("/space", response=MovementOut)
def zone_movement(
    request: HttpRequest,
    zone: str,
    start: date | None = None,
    end: date | None = None,
    as_of: datetime | None = None,
) -> selectors.Movement:
    """Return what came into the stock of a zone and left it over a period, as known at a moment."""
    actor = person_of(request)
    at, ids = _scopes(actor, zone, Thing.UNIT)
    last = end or zones.today(at)
    first = start or last.replace(month=1, day=1)
    moment = with_time_zone(as_of) or zones.now(at)
    return selectors.stock_movement(ids, first, last, moment, units=selectors.visible_units(actor))


@router.get("/stock", response=StockOut)
def zone_stock(
    request: HttpRequest, zone: str, on: date | None = None, as_of: datetime | None = None
) -> selectors.Stock:
    """Return how much space the person may see stood in each state on a day, as known at a moment."""
    actor = person_of(request)
    at, ids = _scopes(actor, zone, Thing.UNIT)
    moment = with_time_zone(as_of) or zones.now(at)
    units = selectors.visible_units(actor)
    return selectors.area_by_state(ids, on or zones.today(at), moment, units=units)


@router.get("/revitalisations", response=RevitalisationPage)
def list_revitalisations(
    request: HttpRequest,
    zone: str,
    start: date | None = None,
    end: date | None = None,
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List what counts as revitalised from ``start`` to ``end``, by id, with the sum over all of it."""
    actor = person_of(request)
    _zone, ids = _scopes(actor, zone, Thing.REVITALISATION)
    rows = selectors.visible_revitalisations(actor).live().filter(zone_id__in=ids)
    if start is not None:
        rows = rows.filter(happened_on__gte=start)
    if end is not None:
        rows = rows.filter(happened_on__lte=end)
    total = rows.order_by().aggregate(total=Sum("area_m2"))["total"] or 0
    return page_of(rows, after, limit) | {"total_m2": total}


@router.post("/revitalisations", response={201: RevitalisationOut})
def record_revitalisation(request: HttpRequest, zone: str, body: RevitalisationIn) -> Status[Revitalisation]:
    """Enter that idle space was brought back to use."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    said = body.dict()
    site_id, unit_id = said.pop("site_id"), said.pop("unit_id")
    entry = services.record_revitalisation(
        actor=actor,
        zone=at,
        site=selectors.get_site(actor, site_id) if site_id else None,
        unit=selectors.get_unit(actor, unit_id) if unit_id else None,
        **said,
    )
    return Status(201, entry)


@router.get("/revitalisations/{int:pk}", response=RevitalisationOut)
def get_revitalisation(request: HttpRequest, pk: int) -> Revitalisation:
    """Return an entry."""
    return selectors.get_revitalisation(person_of(request), pk)


@router.post("/revitalisations/{int:pk}/correct", response=RevitalisationOut)
def correct_revitalisation(request: HttpRequest, pk: int, body: RevitalisationEdit) -> Revitalisation:
    """Replace an entry by one that says it right."""
    actor = person_of(request)
    entry = selectors.get_revitalisation(actor, pk)
    return services.correct_revitalisation(actor=actor, entry=entry, **body.dict(exclude_unset=True))


@router.post("/revitalisations/{int:pk}/void", response=RevitalisationOut)
def void_revitalisation(request: HttpRequest, pk: int, body: ReasonIn) -> Revitalisation:
    """Void an entry."""
    actor = person_of(request)
    entry = selectors.get_revitalisation(actor, pk)
    return services.void_revitalisation(actor=actor, entry=entry, reason=body.reason)


def _neighbours(actor: User, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says with its ids of a person, a department and a site made rows this person may see."""
    if "steward_id" in said:
        pk = said.pop("steward_id")
        said["steward"] = zones.people.get_person(actor, pk) if pk else None
    if "operator_id" in said:
        pk = said.pop("operator_id")
        said["operator"] = zones.get_department(actor, pk) if pk else None
    if "parent_id" in said:
        pk = said.pop("parent_id")
        said["parent"] = selectors.get_site(actor, pk) if pk else None
    return said
