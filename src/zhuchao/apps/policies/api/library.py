"""The API of packs of policies, and of a policy as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.requests import person_of

from .. import selectors
from ..schemas.library import PackedPolicyOut, PolicyAdoptIn, PolicyTakenOut
from ..selectors import library
from ..selectors.exporting import policy_file
from ..services import adoption

router = Router(tags=["policies"])


@router.get("/policies/library", response=list[PackedPolicyOut])
def list_library(request: HttpRequest, zone: str, pack: str = "") -> Any:
    """List the policies of a pack (the national one unless named) with where each stands in the zone."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    return library.library_of(here, library.get_pack(actor, here, pack))


@router.post("/policies/library/adopt", response=list[PolicyTakenOut])
def adopt_policies(request: HttpRequest, body: PolicyAdoptIn) -> Any:
    """Take policies of a pack into the zone as drafts that a second person publishes."""
    actor, here = person_of(request), zones.get_zone(request.user, body.zone)
    pack = library.get_pack(actor, here, body.pack)
    return adoption.adopt(actor=actor, zone=here, pack=pack, ids=body.keys, dry_run=body.dry_run)


@router.get("/policies/{pk}/file")
def get_policy_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a policy as a policy file (YAML)."""
    policy = selectors.get_policy(person_of(request), pk)
    return HttpResponse(policy_file(policy), content_type="application/yaml; charset=utf-8")
