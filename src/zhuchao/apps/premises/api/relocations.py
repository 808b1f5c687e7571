"""The API of relocation."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import RelocationEntry, RelocationParty, RelocationScheme
from ..schemas.relocations import (
    RelocationCorrectIn,
    RelocationEntryIn,
    RelocationEntryOut,
    RelocationPartyIn,
    RelocationPartyOut,
    RelocationPartyPage,
    RelocationProgressOut,
    RelocationSchemeIn,
    RelocationSchemeOut,
    RelocationSchemePage,
)
from ..selectors import relocations
from ..services import relocations as services

router = Router(tags=["premises"])


@router.get("/relocations", response=RelocationSchemePage)
def list_schemes(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the schemes of a zone and the zones below it, by id."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.RELOCATION)
    return page_of(relocations.visible_schemes(actor).filter(zone_id__in=ids), after, limit)


@router.post("/relocations", response={201: RelocationSchemeOut})
def add_scheme(request: HttpRequest, zone: str, body: RelocationSchemeIn) -> Status[RelocationScheme]:
    """Enter a scheme."""
    actor = person_of(request)
    said = body.dict()
    site_id = said.pop("site_id")
    site = selectors.get_site(actor, site_id) if site_id else None
    at = zones.get_zone(actor, zone)
    return Status(201, services.add_scheme(actor=actor, zone=at, site=site, **said))


@router.get("/relocations/{int:pk}", response=RelocationSchemeOut)
def get_scheme(request: HttpRequest, pk: int) -> RelocationScheme:
    """Return a scheme."""
    return relocations.get_scheme(person_of(request), pk)


@router.get("/relocations/{int:pk}/progress", response=RelocationProgressOut)
def progress_of_scheme(
    request: HttpRequest, pk: int, on: date | None = None, as_of: datetime | None = None
) -> relocations.Progress:
    """Return how far a scheme had come on a day (today), as known at a moment (now)."""
    scheme = relocations.get_scheme(person_of(request), pk)
    moment = as_of or zones.now(scheme.zone)
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return relocations.progress_of(scheme, on or zones.today(scheme.zone), moment)


@router.get("/relocations/{int:pk}/parties", response=RelocationPartyPage)
def list_parties(request: HttpRequest, pk: int, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the households and firms of a scheme, by id."""
    actor = person_of(request)
    scheme = relocations.get_scheme(actor, pk)
    return page_of(relocations.visible_parties(actor).filter(scheme=scheme), after, limit)


@router.post("/relocations/{int:pk}/parties", response={201: RelocationPartyOut})
def add_party(request: HttpRequest, pk: int, body: RelocationPartyIn) -> Status[RelocationParty]:
    """List a household or firm with its area."""
    actor = person_of(request)
    scheme = relocations.get_scheme(actor, pk)
    return Status(201, services.add_party(actor=actor, scheme=scheme, **body.dict()))


@router.post("/relocations/parties/{int:pk}/entries", response={201: RelocationEntryOut})
def record_step(request: HttpRequest, pk: int, body: RelocationEntryIn) -> Status[RelocationEntry]:
    """Enter a step of a household or firm, or a payment to it."""
    actor = person_of(request)
    party = relocations.get_party(actor, pk)
    return Status(201, services.record_step(actor=actor, party=party, **body.dict()))


@router.post("/relocations/entries/{int:pk}/correct", response=RelocationEntryOut)
def correct_entry(request: HttpRequest, pk: int, body: RelocationCorrectIn) -> RelocationEntry:
    """Replace an entry by one that says it right."""
    actor = person_of(request)
    entry = relocations.get_relocation_entry(actor, pk)
    said = body.dict(exclude_unset=True)
    reason = said.pop("reason")
    if "on" in said:
        said["happened_on"] = said.pop("on") or entry.happened_on
    return services.correct_relocation_entry(actor=actor, entry=entry, reason=reason, **said)


@router.post("/relocations/entries/{int:pk}/void", response=RelocationEntryOut)
def void_entry(request: HttpRequest, pk: int, body: ReasonIn) -> RelocationEntry:
    """Void an entry."""
    actor = person_of(request)
    entry = relocations.get_relocation_entry(actor, pk)
    return services.void_relocation_entry(actor=actor, entry=entry, reason=body.reason)
