"""The API of first contact, credit, the public pool and referrals."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import Argument, Dispute, FirstContact, Lead, Referral
from ..schemas import LeadOut, LeadPage
from ..schemas.credit import (
    ArgumentIn,
    ArgumentOut,
    CreditIn,
    CreditPartOut,
    DecisionIn,
    DisputeIn,
    DisputeOut,
    DisputePage,
    FirstContactIn,
    FirstContactOut,
    ReferralAcceptIn,
    ReferralIn,
    ReferralOut,
    ReferralPage,
    TalksIn,
    TalksOut,
    TransferIn,
)

router = Router()


@router.get("/leads/commons", response=LeadPage)
def list_commons(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the public pool of a zone and the zones below it: open leads that nobody answers for."""
    actor = person_of(request)
    return page_of(selectors.commons_of(actor, zones.get_zone(actor, zone)), after, limit)


@router.post("/leads/{int:pk}/claim", response=LeadOut)
def claim_lead(request: HttpRequest, pk: int) -> Lead:
    """Take a lead out of the public pool for oneself."""
    actor = person_of(request)
    return services.claim_lead(actor=actor, lead=selectors.get_lead(actor, pk))


@router.post("/leads/{int:pk}/return", response=LeadOut)
def return_lead(request: HttpRequest, pk: int, body: ReasonIn) -> Lead:
    """Put a lead back into the public pool."""
    actor = person_of(request)
    return services.return_lead(actor=actor, lead=selectors.get_lead(actor, pk), reason=body.reason)


@router.get("/leads/{int:pk}/first-contact", response=list[FirstContactOut])
def list_first_contacts(request: HttpRequest, pk: int) -> list[FirstContact]:
    """List the versions of a lead's first contact, the present one first."""
    return list(selectors.first_contacts_of(selectors.get_lead_to_change(person_of(request), pk)))


@router.post("/leads/{int:pk}/first-contact", response={201: FirstContactOut})
def add_first_contact(request: HttpRequest, pk: int, body: FirstContactIn) -> Status[FirstContact]:
    """Enter who met the investor first; it cannot be edited."""
    actor = person_of(request)
    said = _people(actor, body.dict())
    return Status(201, services.add_first_contact(actor=actor, lead=selectors.get_lead(actor, pk), **said))


@router.get("/leads/{int:pk}/credit", response=list[CreditPartOut])
def get_credit(request: HttpRequest, pk: int) -> list[selectors.Share]:
    """Return how the credit for a lead is shared."""
    return selectors.credit_of(selectors.get_lead_to_change(person_of(request), pk))


@router.put("/leads/{int:pk}/credit", response=list[CreditPartOut])
def set_credit(request: HttpRequest, pk: int, body: CreditIn) -> list[selectors.Share]:
    """Share the credit anew; parts that do not make exactly 100 are refused with the difference."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    services.split_credit(actor=actor, lead=lead, parts=_shares(actor, lead.zone, body), reason=body.reason)
    return selectors.credit_of(lead)


@router.post("/leads/{int:pk}/transfer", response=LeadOut)
def transfer_lead(request: HttpRequest, pk: int, body: TransferIn) -> Lead:
    """Hand a lead over and share the credit, both or neither."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    said = _people(actor, body.dict(include={"owner_id", "department_id", "reason"}))
    return services.transfer_lead(actor=actor, lead=lead, parts=_shares(actor, lead.zone, body), **said)


@router.post("/leads/{int:pk}/dispute", response={201: DisputeOut})
def raise_dispute(request: HttpRequest, pk: int, body: DisputeIn) -> Status[Dispute]:
    """Say that the first contact of a lead was one's own."""
    actor = person_of(request)
    return Status(201, services.raise_dispute(actor=actor, lead=selectors.get_lead(actor, pk), **body.dict()))


@router.get("/disputes", response=DisputePage)
def list_disputes(
    request: HttpRequest, zone: str, waiting: bool = False, limit: int = 50, after: int = 0
) -> dict[str, Any]:
    """List the disputes of a zone and the zones below it, by id; ``waiting`` leaves out what is decided."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.LEAD)
    rows = selectors.visible_disputes(actor).filter(zone_id__in=ids)
    return page_of(rows.filter(outcome="") if waiting else rows, after, limit)


@router.get("/disputes/{int:pk}", response=DisputeOut)
def get_dispute(request: HttpRequest, pk: int) -> Dispute:
    """Return a dispute with what was said."""
    return selectors.get_dispute(person_of(request), pk)


@router.post("/disputes/{int:pk}/arguments", response={201: ArgumentOut})
def add_argument(request: HttpRequest, pk: int, body: ArgumentIn) -> Status[Argument]:
    """Say something in an open dispute."""
    actor = person_of(request)
    dispute = selectors.get_dispute(actor, pk)
    return Status(201, services.add_argument(actor=actor, dispute=dispute, text=body.text))


@router.post("/disputes/{int:pk}/decide", response=DisputeOut)
def decide_dispute(request: HttpRequest, pk: int, body: DecisionIn) -> Dispute:
    """Decide a dispute; a party to it cannot."""
    actor = person_of(request)
    return services.decide_dispute(actor=actor, dispute=selectors.get_dispute(actor, pk), **body.dict())


@router.get("/referrals", response=ReferralPage)
def list_referrals(
    request: HttpRequest, zone: str, waiting: bool = False, limit: int = 50, after: int = 0
) -> dict[str, Any]:
    """List what a zone offers to others and is offered by them, by id; ``waiting`` leaves out what is answered."""
    actor = person_of(request)
    rows = selectors.referrals_of(actor, zones.get_zone(actor, zone))
    return page_of(rows.filter(state=Referral.State.OFFERED) if waiting else rows, after, limit)


@router.post("/leads/{int:pk}/refer", response={201: ReferralOut})
def offer_referral(request: HttpRequest, pk: int, body: ReferralIn) -> Status[Referral]:
    """Offer a lead to another zone of an alliance."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    said = body.dict(exclude={"to_zone"})
    to_zone = _partner(lead.zone, body.to_zone)
    return Status(201, services.offer_referral(actor=actor, lead=lead, to_zone=to_zone, **said))


@router.get("/referrals/{int:pk}", response=ReferralOut)
def get_referral(request: HttpRequest, pk: int) -> Referral:
    """Return a referral."""
    return selectors.get_referral(person_of(request), pk)


@router.post("/referrals/{int:pk}/accept", response=LeadOut)
def accept_referral(request: HttpRequest, pk: int, body: ReferralAcceptIn) -> Lead:
    """Take a lead over; return the one it becomes here."""
    actor = person_of(request)
    said = _people(actor, body.dict())
    return services.accept_referral(actor=actor, referral=selectors.get_referral(actor, pk), **said)


@router.post("/referrals/{int:pk}/decline", response=ReferralOut)
def decline_referral(request: HttpRequest, pk: int, body: ReasonIn) -> Referral:
    """Decline a lead that another zone offers."""
    actor = person_of(request)
    referral = selectors.get_referral(actor, pk)
    return services.decline_referral(actor=actor, referral=referral, reason=body.reason)


@router.post("/referrals/{int:pk}/withdraw", response=ReferralOut)
def withdraw_referral(request: HttpRequest, pk: int, body: ReasonIn) -> Referral:
    """Take an offer back before it is answered."""
    actor = person_of(request)
    referral = selectors.get_referral(actor, pk)
    return services.withdraw_referral(actor=actor, referral=referral, reason=body.reason)


@router.post("/leads/talks", response=TalksOut)
def check_talks(request: HttpRequest, zone: str, body: TalksIn) -> selectors.TalksAnswer:
    """Ask whether another zone of the alliance is in talks with a firm; the question is kept and counted."""
    actor = person_of(request)
    return services.check_talks(actor=actor, zone=zones.get_zone(actor, zone), **body.dict())


def _people(actor: User, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says with its ids of people and departments made rows that this person may see."""
    for name in ("person_id", "owner_id"):
        if name in said:
            pk = said.pop(name)
            said[name.removesuffix("_id")] = zones.people.get_person(actor, pk) if pk else None
    if "department_id" in said:
        pk = said.pop("department_id")
        said["department"] = zones.get_department(actor, pk) if pk else None
    return said


def _shares(actor: User, zone: Zone, body: CreditIn) -> list[selectors.Share]:
    return [
        selectors.Share(
            _partner(zone, part.zone) if part.zone and part.zone != zone.code else zone,
            part.percent,
            zones.get_department(actor, part.department_id) if part.department_id else None,
            zones.people.get_person(actor, part.person_id) if part.person_id else None,
        )
        for part in body.parts
    ]


def _partner(zone: Zone, code: str) -> Zone:
    """Return another zone of an alliance of this one; any other looks as if it did not exist."""
    found = selectors.zones_to_refer_to(zone).filter(code=code).first()
    if found is None:
        raise NotFound(what=_("联盟成员“{code}”").format(code=code))
    return found
