"""The API of recommendations: the list, one opened, and how soon they were told."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from ..schemas.recommendations import PolicySpeedOut, RecommendationOut, RecommendationPage
from ..selectors import recommendations as selectors
from ..services.recommending import open_recommendation

router = Router()


@router.get("/policy-recommendations", response=RecommendationPage)
def list_recommendations(
    request: HttpRequest,
    zone: str,
    policy_id: int = 0,
    enterprise_id: int = 0,
    progress: str = "",
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List which firms of a zone and the zones below it fit which policies, and how far each has come."""
    rows = selectors.listed_recommendations(person_of(request), zones.get_zone(request.user, zone))
    rows = rows.filter(version__policy=policy_id) if policy_id else rows
    rows = rows.filter(enterprise=enterprise_id) if enterprise_id else rows
    rows = rows.filter(progress=progress) if progress else rows
    return page_of(rows, after, limit)


@router.get("/policy-recommendations/speed", response=list[PolicySpeedOut])
def list_recommendation_speeds(request: HttpRequest, zone: str) -> list[dict[str, Any]]:
    """Return of each version how soon the firms that it fits were told, in working minutes."""
    return [
        {
            "policy_id": one.version.policy_id,
            "version_id": one.version.pk,
            "title": one.version.policy.title,
            "published_at": one.version.published_at,
            "found": one.found,
            "told": one.told,
            "late": one.late,
            "median_minutes": one.median_minutes,
            "most_minutes": one.most_minutes,
        }
        for one in selectors.speeds(person_of(request), zones.get_zone(request.user, zone))
    ]


@router.post("/policy-recommendations/{int:pk}/open", response=RecommendationOut)
def open_one_recommendation(request: HttpRequest, pk: int) -> Any:
    """Return one recommendation and keep that it was opened; the first time counts."""
    actor = person_of(request)
    row = open_recommendation(actor=actor, row=selectors.get_recommendation(actor, pk))
    rows = selectors.visible_recommendations(actor).filter(pk=row.pk)
    return selectors.with_progress(rows, zones.today(row.zone)).get()
