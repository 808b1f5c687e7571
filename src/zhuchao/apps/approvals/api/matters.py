"""The API of the catalogue of matters."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from ..models import Matter, MatterVersion
from ..schemas.matters import (
    MatterAdoptedOut,
    MatterAdoptIn,
    MatterIn,
    MatterOut,
    MatterPage,
    MatterVersionIn,
    MatterVersionOut,
)
from ..selectors.matter_versions import Paper, Step, get_matter_version, versions_of
from ..selectors.matters import get_matter, listed_matters, searched_matters, with_version
from ..selectors.packs import shipped_matters
from ..services.adoption import adopt_matters as adopt
from ..services.matter_versions import draft_matter_version, publish_matter_version
from ..services.matters import add_matter as add

router = Router(tags=["approvals"])


def _said(actor: User, matter: Matter) -> Any:
    """Return a matter with what the version of today says."""
    found = get_matter(actor, matter.pk)
    rows = Matter.objects.select_related("zone", "department").filter(pk=found.pk)
    return with_version(rows, zones.today(found.zone)).get()


@router.get("/approvals/matters", response=MatterPage)
def list_matters(
    request: HttpRequest, zone: str, q: str = "", kind: str = "", after: int = 0, limit: int = 50
) -> dict[str, Any]:
    """List the matters of a zone and the zones below it with what the version of today says."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    rows = listed_matters(actor, here, zones.today(here))
    if len(q.strip()) > 1:
        rows = searched_matters(rows, zones.zones_under(actor, here, Thing.MATTER), q.strip())
    return page_of(rows.filter(kind=kind) if kind else rows, after, limit)


@router.get("/approvals/matters/{int:pk}", response=MatterOut)
def get_one_matter(request: HttpRequest, pk: int) -> Any:
    """Return one matter with what the version of today says."""
    actor = person_of(request)
    return _said(actor, get_matter(actor, pk))


@router.get("/approvals/matters/{int:pk}/versions", response=list[MatterVersionOut])
def list_matter_versions(request: HttpRequest, pk: int) -> Any:
    """Return the versions of a matter with steps and documents, the newest first."""
    rows = versions_of(get_matter(person_of(request), pk))
    return list(rows.prefetch_related("steps", "documents"))


@router.post("/approvals/matters", response={201: MatterOut})
def add_matter(request: HttpRequest, zone: str, body: MatterIn) -> Status[Any]:
    """Enter a matter, as yet without a version."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    said = body.dict(exclude={"department_id"})
    if body.department_id is not None:
        said["department"] = zones.get_department(actor, body.department_id)
    return Status(201, _said(actor, add(actor=actor, zone=here, **said)))


@router.post("/approvals/matters/{int:pk}/versions", response={201: MatterVersionOut})
def draft_version_of_matter(request: HttpRequest, pk: int, body: MatterVersionIn) -> Status[MatterVersion]:
    """Draft the next version of a matter."""
    actor = person_of(request)
    draft = draft_matter_version(
        actor=actor,
        matter=get_matter(actor, pk),
        steps=[Step(**one.dict()) for one in body.steps],
        documents=[Paper(**one.dict()) for one in body.documents],
        **body.dict(exclude={"steps", "documents"}),
    )
    return Status(201, draft)


@router.post("/approvals/matters/versions/{int:pk}/publish", response=MatterVersionOut)
def publish_version_of_matter(request: HttpRequest, pk: int) -> MatterVersion:
    """Publish a draft that somebody else prepared."""
    actor = person_of(request)
    return publish_matter_version(actor=actor, draft=get_matter_version(actor, pk))


@router.post("/approvals/matters/adopt", response=list[MatterAdoptedOut])
def adopt_matters(request: HttpRequest, body: MatterAdoptIn) -> Any:
    """Take shipped matters into the zone as drafts that a second person publishes."""
    actor, here = person_of(request), zones.get_zone(request.user, body.zone)
    return adopt(actor=actor, zone=here, pack=shipped_matters(), codes=body.codes)
