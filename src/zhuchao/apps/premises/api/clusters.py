"""The API of cluster targets."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import ClusterTarget
from ..schemas.clusters import ClusterCorrectIn, ClusterIn, ClusterOut, ClusterPage, ClusterStandingOut
from ..selectors import clusters
from ..services import clusters as services

router = Router(tags=["premises"])


@router.get("/clusters", response=ClusterPage)
def list_clusters(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the targets in force of a zone and the zones below it, by id."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.CLUSTER)
    return page_of(clusters.visible_clusters(actor).live().filter(zone_id__in=ids), after, limit)


@router.post("/clusters", response={201: ClusterOut})
def set_cluster(request: HttpRequest, zone: str, body: ClusterIn) -> Status[ClusterTarget]:
    """Set a target."""
    actor = person_of(request)
    said = body.dict()
    site_id, sector_id = said.pop("site_id"), said.pop("sector_id")
    at = zones.get_zone(actor, zone)
    site = selectors.get_site(actor, site_id) if site_id else None
    sector = zones.sectors.get_sector(actor, sector_id) if sector_id else None
    return Status(201, services.set_cluster(actor=actor, zone=at, site=site, sector=sector, **said))


@router.get("/clusters/{int:pk}", response=ClusterOut)
def get_cluster(request: HttpRequest, pk: int) -> ClusterTarget:
    """Return a target."""
    return clusters.get_cluster(person_of(request), pk)


@router.get("/clusters/{int:pk}/standing", response=ClusterStandingOut)
def standing(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return how a target stands today: who counts, the pace, the forecast at the deadline, the gap."""
    target = clusters.get_cluster(person_of(request), pk)
    found = clusters.standing_of(target, zones.today(target.zone), zones.now(target.zone))
    pace = found.forecast.per_month
    return {
        "goal": target.goal,
        "now": found.now,
        "unknown": len(found.unknown),
        "per_month": None if pace is None else float(pace),
        "expected": found.forecast.expected,
        "gap": found.forecast.gap,
        "status": found.forecast.status.value,
        "firms": [{"name": stays[0].name, "since": stays[0].since} for stays in found.counted.values()],
    }


@router.post("/clusters/{int:pk}/correct", response=ClusterOut)
def correct_cluster(request: HttpRequest, pk: int, body: ClusterCorrectIn) -> ClusterTarget:
    """Replace a target by one with another number or day."""
    actor = person_of(request)
    target = clusters.get_cluster(actor, pk)
    said = {key: value for key, value in body.dict(exclude={"reason"}).items() if value is not None}
    return services.correct_cluster(actor=actor, target=target, reason=body.reason, **said)


@router.post("/clusters/{int:pk}/void", response=ClusterOut)
def void_cluster(request: HttpRequest, pk: int, body: ReasonIn) -> ClusterTarget:
    """Take a target out of force."""
    actor = person_of(request)
    return services.void_cluster(actor=actor, target=clusters.get_cluster(actor, pk), reason=body.reason)
