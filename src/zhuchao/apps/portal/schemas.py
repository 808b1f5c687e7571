"""What the API takes and gives for enquiries. Names and telephone numbers are never among it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema

from .models import Enquiry


class EnquiryOut(Schema):
    """An enquiry from the public page and the lead it became; who asked stays behind the page that records who looks."""

    id: int
    zone: str
    number: str
    received_at: datetime
    company: str
    need: str
    area_m2: Decimal | None
    unit_id: int | None
    policy_id: int | None
    by_code: bool
    lead_id: int | None
    joined: bool
    enterprise_id: int | None
    owner: str | None
    answered_at: datetime | None
    answered_by: str | None
    answer: str
    version: int

    @staticmethod
    def resolve_zone(enquiry: Enquiry) -> str:
        return enquiry.zone.code

    @staticmethod
    def resolve_owner(enquiry: Enquiry) -> str | None:
        return str(enquiry.owner) if enquiry.owner else None

    @staticmethod
    def resolve_answered_by(enquiry: Enquiry) -> str | None:
        return str(enquiry.answered_by) if enquiry.answered_by else None


class EnquiryPage(Schema):
    """Enquiries, and the id to go on ``after``."""

    items: list[EnquiryOut]
    after: int | None


class EnquiryAnswerIn(Schema):
    """How an enquiry was answered."""

    answer: Annotated[str, Field(min_length=1, max_length=200)]
