"""The API of urban renewal."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import Renewal, RenewalEvent, RenewalFigure
from ..schemas.renewal import (
    ComparisonOut,
    RenewalEventEdit,
    RenewalEventIn,
    RenewalEventOut,
    RenewalFigureEdit,
    RenewalFigureIn,
    RenewalFigureOut,
    RenewalIn,
    RenewalOut,
    RenewalPage,
)
from ..selectors import renewal as renewals
from ..services import renewal as services

router = Router(tags=["premises"])


@router.get("/renewals", response=RenewalPage)
def list_renewals(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the renewals of a zone and the zones below it, by id."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.RENEWAL)
    return page_of(renewals.visible_renewals(actor).filter(zone_id__in=ids), after, limit)


@router.post("/renewals", response={201: RenewalOut})
def add_renewal(request: HttpRequest, zone: str, body: RenewalIn) -> Status[Renewal]:
    """Enter a renewal."""
    actor = person_of(request)
    said = body.dict()
    site_id = said.pop("site_id")
    site = selectors.get_site(actor, site_id) if site_id else None
    at = zones.get_zone(actor, zone)
    return Status(201, services.add_renewal(actor=actor, zone=at, site=site, **said))


@router.get("/renewals/{int:pk}", response=RenewalOut)
def get_renewal(request: HttpRequest, pk: int) -> Renewal:
    """Return a renewal."""
    return renewals.get_renewal(person_of(request), pk)


@router.get("/renewals/{int:pk}/comparison", response=list[ComparisonOut])
def compare(request: HttpRequest, pk: int) -> list[renewals.Comparison]:
    """Return the place before and after."""
    return renewals.compare(renewals.get_renewal(person_of(request), pk))


@router.post("/renewals/{int:pk}/events", response={201: RenewalEventOut})
def record_event(request: HttpRequest, pk: int, body: RenewalEventIn) -> Status[RenewalEvent]:
    """Enter what was vacated, added, upgraded or replaced."""
    actor = person_of(request)
    renewal = renewals.get_renewal(actor, pk)
    return Status(201, services.record_event(actor=actor, renewal=renewal, **body.dict()))


@router.post("/renewals/{int:pk}/figures", response={201: RenewalFigureOut})
def record_figure(request: HttpRequest, pk: int, body: RenewalFigureIn) -> Status[RenewalFigure]:
    """Enter a figure of the place before or after."""
    actor = person_of(request)
    renewal = renewals.get_renewal(actor, pk)
    return Status(201, services.record_figure(actor=actor, renewal=renewal, **body.dict()))


@router.post("/renewals/events/{int:pk}/correct", response=RenewalEventOut)
def correct_event(request: HttpRequest, pk: int, body: RenewalEventEdit) -> RenewalEvent:
    """Replace an event by one that says it right."""
    actor = person_of(request)
    entry = renewals.get_event(actor, pk)
    return services.correct_renewal_entry(actor=actor, entry=entry, **body.dict(exclude_unset=True))


@router.post("/renewals/figures/{int:pk}/correct", response=RenewalFigureOut)
def correct_figure(request: HttpRequest, pk: int, body: RenewalFigureEdit) -> RenewalFigure:
    """Replace a figure by one that says it right."""
    actor = person_of(request)
    entry = renewals.get_figure(actor, pk)
    return services.correct_renewal_entry(actor=actor, entry=entry, **body.dict(exclude_unset=True))


@router.post("/renewals/events/{int:pk}/void", response=RenewalEventOut)
def void_event(request: HttpRequest, pk: int, body: ReasonIn) -> RenewalEvent:
    """Void an event of a renewal."""
    actor = person_of(request)
    entry = renewals.get_event(actor, pk)
    return services.void_renewal_entry(actor=actor, entry=entry, reason=body.reason)


@router.post("/renewals/figures/{int:pk}/void", response=RenewalFigureOut)
def void_figure(request: HttpRequest, pk: int, body: ReasonIn) -> RenewalFigure:
    """Void a figure of a renewal."""
    actor = person_of(request)
    entry = renewals.get_figure(actor, pk)
    return services.void_renewal_entry(actor=actor, entry=entry, reason=body.reason)
