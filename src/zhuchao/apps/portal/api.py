"""The API of enquiries: the same services and selectors as the pages."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from . import selectors, services
from .models import Enquiry
from .schemas import EnquiryAnswerIn, EnquiryOut, EnquiryPage

router = Router(tags=["portal"])


@router.get("/enquiries", response=EnquiryPage)
def list_enquiries(
    request: HttpRequest,
    zone: str,
    waiting: bool = False,
    lead_id: int | None = None,
    policy_id: int | None = None,
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List the enquiries of a zone and the zones below it, by id; ``waiting`` leaves out what is answered."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.ENQUIRY)
    rows = selectors.visible_enquiries(actor).filter(zone_id__in=ids)
    if waiting:
        rows = rows.filter(answered_at=None)
    if lead_id is not None:
        rows = rows.filter(lead_id=lead_id)
    if policy_id is not None:
        rows = rows.filter(policy_id=policy_id)
    return page_of(rows, after, limit)


@router.get("/enquiries/{int:pk}", response=EnquiryOut)
def get_enquiry(request: HttpRequest, pk: int) -> Enquiry:
    """Return an enquiry."""
    return selectors.get_enquiry(person_of(request), pk)


@router.post("/enquiries/{int:pk}/answer", response=EnquiryOut)
def answer_enquiry(request: HttpRequest, pk: int, body: EnquiryAnswerIn) -> Enquiry:
    """Note how an enquiry was answered."""
    actor = person_of(request)
    enquiry = selectors.get_enquiry(actor, pk)
    services.answer_enquiry(actor=actor, enquiry=enquiry, answer=body.answer)
    return selectors.get_enquiry(actor, pk)
