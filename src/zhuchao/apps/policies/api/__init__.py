"""The API of policies."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import Policy, PolicyVersion
from ..schemas import (
    PolicyEdit,
    PolicyEventOut,
    PolicyIn,
    PolicyOut,
    PolicyPage,
    PolicyVersionIn,
    PolicyVersionOut,
)
from ..selectors.calendar import calendar_of
from .applications import router as applications
from .authoring import router as authoring
from .library import router as library
from .matches import router as matches
from .payments import router as payments
from .reach import router as reach
from .recommendations import router as recommendations
from .tellings import router as tellings

router = Router(tags=["policies"])
router.add_router("", applications)
router.add_router("", payments)
router.add_router("", reach)
router.add_router("", matches)
router.add_router("", authoring)
router.add_router("", library)
router.add_router("", recommendations)
router.add_router("", tellings)


@router.get("/policies", response=PolicyPage)
def list_policies(
    request: HttpRequest,
    zone: str,
    q: str = "",
    level: str = "",
    department: str = "",
    industry: str = "",
    audience: str = "",
    standing: str = "",
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List the policies of a zone and the zones below it with their standing today."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    rows = selectors.listed_policies(actor, here, zones.today(here))
    if len(q.strip()) > 1:
        rows = selectors.searched(rows, zones.zones_under(actor, here, Thing.POLICY), q.strip())
    for name, value in (("level", level), ("department", department), ("standing", standing)):
        rows = rows.filter(**{name: value}) if value else rows
    rows = selectors.with_word(rows, "industries", industry) if industry else rows
    rows = selectors.with_word(rows, "audiences", audience) if audience else rows
    return page_of(rows, after, limit)


@router.get("/policies/calendar", response=list[PolicyEventOut])
def list_policy_days(request: HttpRequest, zone: str, start: date, end: date) -> list[dict[str, Any]]:
    """List the days on which policies open, close, decide and pay, both ends included."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    return [
        {
            "day": event.day,
            "kind": event.kind.value,
            "policy_id": event.policy.pk,
            "title": event.policy.title,
            "is_confirmed": event.version.is_confirmed,
        }
        for event in calendar_of(actor, here, start, end)
    ]


@router.get("/policies/{int:pk}", response=PolicyOut)
def get_policy(request: HttpRequest, pk: int) -> Policy:
    """Return one policy with its standing today."""
    return selectors.get_policy(person_of(request), pk)


@router.get("/policies/{int:pk}/versions", response=list[PolicyVersionOut])
def list_versions(request: HttpRequest, pk: int) -> Any:
    """Return the versions of a policy with their clauses, the newest first."""
    return list(selectors.versions_of(selectors.get_policy(person_of(request), pk)))


@router.post("/policies", response={201: PolicyOut})
def add_policy(request: HttpRequest, zone: str, body: PolicyIn) -> Status[Policy]:
    """Enter a policy, as yet without a version."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    policy = services.add_policy(actor=actor, zone=here, **body.dict())
    return Status(201, selectors.get_policy(actor, policy.pk))


@router.patch("/policies/{int:pk}", response=PolicyOut)
def change_policy(request: HttpRequest, pk: int, body: PolicyEdit) -> Policy:
    """Change what a policy is filed under; refused with both versions when it was changed meanwhile."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    said = body.dict(exclude_unset=True, exclude={"version"})
    values = {name: value for name, value in said.items() if value is not None or name == "review_on"}
    services.change_policy(actor=actor, policy=policy, version=body.version, **values)
    return selectors.get_policy(actor, pk)


@router.post("/policies/{int:pk}/versions", response={201: PolicyVersionOut})
def draft_version(request: HttpRequest, pk: int, body: PolicyVersionIn) -> Status[PolicyVersion]:
    """Draft the next version of a policy."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    clauses = [(one.number, one.text) for one in body.clauses]
    facts = body.dict(exclude={"clauses"})
    return Status(201, services.draft_version(actor=actor, policy=policy, clauses=clauses, **facts))


@router.post("/policies/versions/{int:pk}/publish", response=PolicyVersionOut)
def publish_version(request: HttpRequest, pk: int, losses_seen: int = 0) -> PolicyVersion:
    """Publish a draft that somebody else prepared; ``losses_seen`` firms that have less afterwards were seen."""
    actor = person_of(request)
    draft = selectors.get_version(actor, pk)
    return services.publish_version(actor=actor, draft=draft, losses_seen=losses_seen)
