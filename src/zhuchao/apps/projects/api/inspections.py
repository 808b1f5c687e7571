"""The API of site inspections."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import ReasonIn, page_of, with_time_zone
from zhuchao.web.requests import person_of

from ..models import Inspection
from ..schemas.inspections import InspectionIn, InspectionOut, InspectionPage
from ..selectors import get_project, inspections
from ..services import inspections as verbs

router = Router(tags=["projects"])


@router.get("/inspections", response=InspectionPage)
def list_inspections(
    request: HttpRequest, zone: str, project: int | None = None, after: int = 0, limit: int = 50
) -> dict[str, Any]:
    """List the inspections in force of a zone and the zones below it."""
    here = zones.get_zone(request.user, zone)
    rows = inspections.listed_inspections(person_of(request), here)
    return page_of(rows.filter(project_id=project) if project is not None else rows, after, limit)


@router.post("/projects/{pk}/inspections", response={201: InspectionOut})
def add_inspection(request: HttpRequest, pk: int, body: InspectionIn) -> Status[Inspection]:
    """Enter a site inspection."""
    actor = person_of(request)
    project = get_project(actor, pk)
    with_time_zone(body.inspected_at, "inspected_at")
    return Status(201, verbs.add_inspection(actor=actor, project=project, **body.dict()))


@router.get("/inspections/{pk}", response=InspectionOut)
def get_inspection(request: HttpRequest, pk: int) -> Inspection:
    """Return one inspection, whichever version."""
    return inspections.get_inspection(person_of(request), pk)


@router.post("/inspections/{pk}/void", response={201: InspectionOut})
def void_inspection(request: HttpRequest, pk: int, body: ReasonIn) -> Status[Inspection]:
    """Take an inspection out of the ledger from now on."""
    actor = person_of(request)
    entry = inspections.get_inspection(actor, pk)
    return Status(201, verbs.void_inspection(actor=actor, entry=entry, reason=body.reason))
