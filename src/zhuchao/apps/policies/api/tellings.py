"""The API of what was told to firms, and of what the originals of policies answered."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.enterprises.selectors import get_enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import PolicyTelling, SourceCheck
from ..schemas.tellings import (
    PolicyTellingCorrection,
    PolicyTellingIn,
    PolicyTellingOut,
    PolicyTellingPage,
    SourceCheckOut,
)
from ..selectors import sources, tellings
from ..services import tellings as services

router = Router()


@router.get("/policies/{pk}/source-checks", response=list[SourceCheckOut])
def list_source_checks(request: HttpRequest, pk: int) -> list[SourceCheck]:
    """Return what the originals of a policy answered, the newest first, a hundred at most."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    return list(sources.visible_checks(actor).filter(version__policy=policy).order_by("-pk")[:100])


@router.get("/policy-tellings", response=PolicyTellingPage)
def list_policy_tellings(
    request: HttpRequest,
    zone: str,
    policy_id: int = 0,
    enterprise_id: int = 0,
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List who was told of which policy, in force."""
    rows = tellings.listed_tellings(person_of(request), zones.get_zone(request.user, zone))
    rows = rows.filter(policy=policy_id) if policy_id else rows
    rows = rows.filter(enterprise=enterprise_id) if enterprise_id else rows
    return page_of(rows, after, limit)


@router.post("/policies/{pk}/tellings", response={201: list[PolicyTellingOut]})
def add_policy_tellings(request: HttpRequest, pk: int, body: PolicyTellingIn) -> Status[list[PolicyTelling]]:
    """Enter that firms were told of a policy; refused as a whole where one was told the same that day."""
    actor = person_of(request)
    policy = selectors.get_policy(actor, pk)
    firms = [get_enterprise(actor, each) for each in body.enterprise_ids]
    facts = body.dict(exclude={"enterprise_ids"})
    entries = services.tell_firms(actor=actor, policy=policy, enterprises=firms, **facts)
    return Status(201, entries)


@router.post("/policy-tellings/{int:pk}/correct", response=PolicyTellingOut)
def correct_policy_telling(request: HttpRequest, pk: int, body: PolicyTellingCorrection) -> PolicyTelling:
    """Replace an entry by one that says it right, a receipt that came later too."""
    actor = person_of(request)
    values = {name: value for name, value in body.dict(exclude={"reason"}).items() if value is not None}
    entry = tellings.get_telling(actor, pk)
    return services.correct_telling(actor=actor, entry=entry, reason=body.reason, **values)


@router.post("/policy-tellings/{int:pk}/void", response=PolicyTellingOut)
def void_policy_telling(request: HttpRequest, pk: int, body: ReasonIn) -> PolicyTelling:
    """Take an entry out of every count."""
    actor = person_of(request)
    entry = tellings.get_telling(actor, pk)
    return services.void_telling(actor=actor, entry=entry, reason=body.reason)
