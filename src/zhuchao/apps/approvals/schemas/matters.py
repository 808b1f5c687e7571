"""What the API takes and gives for matters. Days as 2026-06-15; limits in working days."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema

from ..models import Matter, MatterVersion


class MatterOut(Schema):
    """A matter as lists give it, with what the version of today says."""

    id: int
    zone: str
    code: str
    name: str
    kind: str
    department: str | None
    summary: str
    is_open: bool
    number: int | None
    promised_working_days: Decimal | None
    legal_days: int | None
    legal_day_kind: str | None
    pledge_allowed: bool | None
    takes_late: bool
    hands_over: bool | None
    source_status: str | None
    version: int

    @staticmethod
    def resolve_zone(matter: Matter) -> str:
        return matter.zone.code

    @staticmethod
    def resolve_department(matter: Matter) -> str | None:
        return matter.department.name if matter.department else None

    @staticmethod
    def resolve_number(matter: Any) -> int | None:
        number: int | None = matter.held_number
        return number

    @staticmethod
    def resolve_promised_working_days(matter: Any) -> Decimal | None:
        days: Decimal | None = matter.held_promised_working_days
        return days

    @staticmethod
    def resolve_legal_days(matter: Any) -> int | None:
        days: int | None = matter.held_legal_days
        return days

    @staticmethod
    def resolve_legal_day_kind(matter: Any) -> str | None:
        kind: str | None = matter.held_legal_day_kind
        return kind

    @staticmethod
    def resolve_pledge_allowed(matter: Any) -> bool | None:
        allowed: bool | None = matter.held_pledge_allowed
        return allowed

    @staticmethod
    def resolve_hands_over(matter: Any) -> bool | None:
        does: bool | None = matter.held_hands_over
        return does

    @staticmethod
    def resolve_source_status(matter: Any) -> str | None:
        status: str | None = matter.held_source_status
        return status


class MatterPage(Schema):
    """A page of matters; ``after`` is the id to go on from, None at the end."""

    items: list[MatterOut]
    after: int | None


class MatterStepSaid(Schema):
    """A step: its name, who takes it, what is done."""

    name: str = Field(max_length=60)
    by: str = Field("", max_length=60)
    what: str = Field("", max_length=300)


class MatterPaperSaid(Schema):
    """A document that goes in or comes out."""

    name: str = Field(max_length=80)
    direction: str = "in"
    kind: str = "other"
    is_main: bool = True
    may_be_late: bool = False
    issuer: str = Field("", max_length=60)
    note: str = Field("", max_length=200)


class MatterVersionOut(Schema):
    """One version of a matter with its steps and documents."""

    id: int
    matter_id: int
    number: int
    state: str
    effective_from: date
    effective_to: date | None
    legal_basis: str
    legal_days: int | None
    legal_day_kind: str
    promised_working_days: Decimal | None
    audience: str
    channel: str
    fee: str
    pledge_allowed: bool
    pledge_text: str
    check_working_days: int | None
    late_working_days: int | None
    early_allowed: bool
    hands_over: bool
    source: str
    source_status: str
    verified_on: date | None
    published_at: datetime | None
    version: int
    steps: list[MatterStepSaid]
    documents: list[MatterPaperSaid]

    @staticmethod
    def resolve_steps(version: MatterVersion) -> list[Any]:
        return list(version.steps.all())

    @staticmethod
    def resolve_documents(version: MatterVersion) -> list[Any]:
        return list(version.documents.all())


class MatterIn(Schema):
    """A new matter."""

    code: str = Field(max_length=40)
    name: str = Field(max_length=80)
    kind: str
    department_id: int | None = None
    summary: str = Field("", max_length=300)
    is_open: bool = True


class MatterVersionIn(Schema):
    """The draft of a version."""

    effective_from: date
    effective_to: date | None = None
    legal_basis: str = Field("", max_length=1000)
    legal_days: int | None = None
    legal_day_kind: str = "working"
    promised_working_days: Decimal | None = None
    audience: str = Field("", max_length=300)
    channel: str = "window"
    fee: str = Field("", max_length=100)
    pledge_allowed: bool = False
    pledge_text: str = Field("", max_length=3000)
    check_working_days: int | None = None
    late_working_days: int | None = None
    early_allowed: bool = False
    hands_over: bool = False
    source: str = Field("", max_length=200)
    source_status: str = "unconfirmed"
    verified_on: date | None = None
    steps: list[MatterStepSaid] = Field(default_factory=list, max_length=60)
    documents: list[MatterPaperSaid] = Field(default_factory=list, max_length=60)


class MatterAdoptIn(Schema):
    """Which shipped matters a zone takes in; none: all that it does not have."""

    zone: str
    codes: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=500)


class MatterAdoptedOut(Schema):
    """What became of a shipped matter."""

    code: str
    name: str
    action: str
    matter_id: int | None
    said: str
