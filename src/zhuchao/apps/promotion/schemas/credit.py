"""What the API takes and gives for first contact, credit, the public pool and referrals."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from ninja import Schema

from zhuchao.web.api import EntryOut

from ..models import Dispute, FirstContact, Referral
from ..selectors import Share


class FirstContactIn(Schema):
    """Who met the investor first, on which day, on what evidence; entered once for each lead."""

    person_id: int
    on: date
    department_id: int | None = None
    evidence_note: str = ""


class FirstContactOut(EntryOut):
    """A first contact; one that a decision replaced stays."""

    lead_id: int
    person_id: int
    person: str
    department_id: int | None

    @staticmethod
    def resolve_person(entry: FirstContact) -> str:
        return str(entry.person)


class CreditPartIn(Schema):
    """One party's part: a person or department of the lead's zone, or a zone of its alliances by its code."""

    percent: Decimal
    person_id: int | None = None
    department_id: int | None = None
    zone: str = ""


class CreditPartOut(Schema):
    """One party's part of the credit."""

    zone: str
    department_id: int | None
    person_id: int | None
    name: str
    percent: Decimal

    @staticmethod
    def resolve_zone(part: Share) -> str:
        return part.zone.code

    @staticmethod
    def resolve_department_id(part: Share) -> int | None:
        return part.department.pk if part.department else None

    @staticmethod
    def resolve_person_id(part: Share) -> int | None:
        return part.person.pk if part.person else None

    @staticmethod
    def resolve_name(part: Share) -> str:
        return str(part.person or part.department or part.zone)


class CreditIn(Schema):
    """How the credit is shared from today on; the parts make exactly 100."""

    parts: list[CreditPartIn]
    reason: str


class TransferIn(CreditIn):
    """To whom a lead is handed over, and how the credit is shared from then on."""

    owner_id: int
    department_id: int | None = None


class DisputeIn(Schema):
    """Since when the first contact was one's own, and why."""

    claimed_on: date
    argument: str


class ArgumentIn(Schema):
    """What somebody says in a dispute."""

    text: str


class DecisionIn(Schema):
    """How a dispute ends, and why."""

    outcome: Literal["upheld", "rejected"]
    reason: str


class ArgumentOut(EntryOut):
    """What somebody said in a dispute."""

    text: str


class DisputeOut(Schema):
    """A dispute over a first contact; ``outcome`` is empty while it waits."""

    id: int
    lead_id: int
    claimant_id: int
    claimant: str
    claimed_on: date
    raised_on: date
    outcome: str
    decided_on: date | None
    decided_by: str | None
    decision: str
    arguments: list[ArgumentOut]

    @staticmethod
    def resolve_claimant(dispute: Dispute) -> str:
        return str(dispute.claimant)

    @staticmethod
    def resolve_decided_by(dispute: Dispute) -> str | None:
        return str(dispute.decided_by) if dispute.decided_by else None

    @staticmethod
    def resolve_arguments(dispute: Dispute) -> list[Any]:
        return list(dispute.arguments.select_related("recorded_by").order_by("pk"))


class DisputePage(Schema):
    """Disputes, and the id to go on ``after``."""

    items: list[DisputeOut]
    after: int | None


class ReferralIn(Schema):
    """To which zone of an alliance a lead is offered; ``giving_share`` per cent of the credit stays here."""

    to_zone: str
    giving_share: Decimal
    note: str = ""


class ReferralAcceptIn(Schema):
    """Who will answer for the lead here; the person who accepts where nobody is named."""

    owner_id: int | None = None
    department_id: int | None = None
    duplicate_reason: str = ""
    answer: str = ""


class ReferralOut(Schema):
    """A lead that one zone offers to another."""

    id: int
    zone: str
    to_zone: str
    lead_id: int
    lead: str
    offered_on: date
    due_on: date
    note: str
    giving_share: Decimal
    taking_share: Decimal
    state: str
    answered_on: date | None
    was_late: bool
    answer: str
    new_lead_id: int | None

    @staticmethod
    def resolve_zone(referral: Referral) -> str:
        return referral.zone.code

    @staticmethod
    def resolve_to_zone(referral: Referral) -> str:
        return referral.to_zone.code

    @staticmethod
    def resolve_lead(referral: Referral) -> str:
        return referral.lead.name


class ReferralPage(Schema):
    """Referrals, and the id to go on ``after``."""

    items: list[ReferralOut]
    after: int | None


class TalksIn(Schema):
    """The firm that is asked about, by its full name or its credit code."""

    name: str = ""
    credit_code: str = ""


class TalksOut(Schema):
    """Whether another zone of the alliance is in talks with it, and since which month; never who."""

    is_in_talks: bool
    since: date | None
