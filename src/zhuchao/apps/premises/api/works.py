"""The API of building works."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import Works, WorksPhase, WorksProgress
from ..schemas.works import (
    PhaseIn,
    PhaseOut,
    ProgressEdit,
    ProgressIn,
    WorksEdit,
    WorksIn,
    WorksOut,
    WorksPage,
    WorksProgressOut,
)
from ..selectors import works as works_selectors
from ..services import works as services

router = Router(tags=["premises"])


@router.get("/works", response=WorksPage)
def list_works(
    request: HttpRequest, zone: str, site_id: int | None = None, limit: int = 50, after: int = 0
) -> dict[str, Any]:
    """List the works of a zone and the zones below it, by id."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.WORKS)
    rows = works_selectors.visible_works(actor).filter(zone_id__in=ids).prefetch_related("units")
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    return page_of(rows, after, limit)


@router.post("/works", response={201: WorksOut})
def add_works(request: HttpRequest, body: WorksIn) -> Status[Works]:
    """Enter works on a site."""
    actor = person_of(request)
    said = body.dict()
    site = selectors.get_site(actor, said.pop("site_id"))
    return Status(201, services.add_works(actor=actor, site=site, **_places(actor, said)))


@router.get("/works/{int:pk}", response=WorksOut)
def get_works(request: HttpRequest, pk: int) -> Works:
    """Return works."""
    return works_selectors.get_works(person_of(request), pk)


@router.patch("/works/{int:pk}", response=WorksOut)
def edit_works(request: HttpRequest, pk: int, body: WorksEdit) -> Works:
    """Change facts of works; a stale version is refused with both."""
    actor = person_of(request)
    works = works_selectors.get_works(actor, pk)
    return services.change_works(actor=actor, works=works, **_places(actor, body.dict(exclude_unset=True)))


@router.post("/works/{int:pk}/phases", response={201: PhaseOut})
def add_phase(request: HttpRequest, pk: int, body: PhaseIn) -> Status[WorksPhase]:
    """Enter a phase of works; together they stay within the budget."""
    actor = person_of(request)
    works = works_selectors.get_works(actor, pk)
    return Status(201, services.add_phase(actor=actor, works=works, **body.dict()))


@router.get("/works/{int:pk}/progress", response=list[WorksProgressOut])
def list_progress(request: HttpRequest, pk: int) -> list[WorksProgress]:
    """List every entry of works, newest first, replaced and void ones included."""
    actor = person_of(request)
    works = works_selectors.get_works(actor, pk)
    return list(works_selectors.visible_progress(actor).filter(works=works).order_by("-happened_on", "-pk"))


@router.post("/works/{int:pk}/progress", response={201: WorksProgressOut})
def record_progress(request: HttpRequest, pk: int, body: ProgressIn) -> Status[WorksProgress]:
    """Enter what happened to works; their units follow."""
    actor = person_of(request)
    works = works_selectors.get_works(actor, pk)
    return Status(201, services.record_progress(actor=actor, works=works, **body.dict()))


@router.post("/works/progress/{int:pk}/correct", response=WorksProgressOut)
def correct_progress(request: HttpRequest, pk: int, body: ProgressEdit) -> WorksProgress:
    """Replace an entry of works by one that says it right."""
    actor = person_of(request)
    entry = works_selectors.get_progress(actor, pk)
    return services.correct_progress(actor=actor, entry=entry, **body.dict(exclude_unset=True))


@router.post("/works/progress/{int:pk}/void", response=WorksProgressOut)
def void_progress(request: HttpRequest, pk: int, body: ReasonIn) -> WorksProgress:
    """Void an entry of works; the states it brought about go with it."""
    actor = person_of(request)
    entry = works_selectors.get_progress(actor, pk)
    return services.void_progress(actor=actor, entry=entry, reason=body.reason)


def _places(actor: User, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says with its ids of places made rows that this person may see."""
    if "building_id" in said:
        pk = said.pop("building_id")
        said["building"] = selectors.get_building(actor, pk) if pk else None
    if "unit_ids" in said:
        ids = said.pop("unit_ids")
        found = selectors.visible_units(actor).in_bulk(ids)
        # What is not found is asked for by itself, which refuses it as hidden or missing.
        said["units"] = [found.get(pk) or selectors.get_unit(actor, pk) for pk in ids]
    return said
