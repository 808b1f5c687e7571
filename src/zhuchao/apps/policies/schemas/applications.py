"""What the API takes and gives for applications. Days as 2022-06-15, amounts in yuan."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema

from zhuchao.apps.enterprises.models import DocumentKind

from ..models import Application, ApplicationStep, CompetitionReview, DeliveryTerms

Yuan = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
Reason = Annotated[str, Field(max_length=200)]

StepName = Literal[
    "submit",
    "return",
    "accept",
    "approve",
    "reject",
    "object",
    "uphold",
    "revise",
    "deny",
    "withdraw",
    "take_back",
]


class ApplicationOut(Schema):
    """An application; ``due_on`` is the last day of what is awaited, after a decision that to object."""

    id: int
    zone: str
    number: str
    policy_id: int
    policy: str
    version_id: int
    enterprise_id: int
    enterprise: str
    project_id: int | None
    way: str
    state: str
    state_since: date
    due_on: date | None
    submitted_on: date | None
    requested_cny: Decimal | None
    granted_cny: Decimal | None
    prepared_by: str | None
    decided_by: str | None
    version: int

    @staticmethod
    def resolve_zone(row: Application) -> str:
        return row.zone.code

    @staticmethod
    def resolve_policy(row: Application) -> str:
        return row.policy.title

    @staticmethod
    def resolve_version_id(row: Application) -> int:
        return row.version_of_id

    @staticmethod
    def resolve_enterprise(row: Application) -> str:
        return row.enterprise.name

    @staticmethod
    def resolve_prepared_by(row: Application) -> str | None:
        return str(row.prepared_by) if row.prepared_by else None

    @staticmethod
    def resolve_decided_by(row: Application) -> str | None:
        return str(row.decided_by) if row.decided_by else None


class ApplicationPage(Schema):
    """A page of applications; ``after`` is the id to go on from, None at the end."""

    items: list[ApplicationOut]
    after: int | None


class ApplicationStepOut(Schema):
    """One step in force: what, by whom, when, why."""

    id: int
    kind: str
    state: str
    happened_on: date
    officer: str | None
    reason: str
    amount_cny: Decimal | None
    due_on: date | None

    @staticmethod
    def resolve_officer(step: ApplicationStep) -> str | None:
        return str(step.officer) if step.officer else None


class ApplicationIn(Schema):
    """An application to begin; what is not said is filled in with what is known."""

    version_id: int
    enterprise_id: int
    project_id: int | None = None
    on: date | None = None
    requested_cny: Yuan | None = None
    contact: Annotated[str, Field(max_length=40)] = ""
    account: Annotated[str, Field(max_length=120)] = ""
    note: Annotated[str, Field(max_length=500)] = ""


class ApplicationEdit(Schema):
    """Facts of an application to change; ``version`` is the one they were read with."""

    version: int
    requested_cny: Yuan | None = None
    contact: Annotated[str, Field(max_length=40)] | None = None
    account: Annotated[str, Field(max_length=120)] | None = None
    note: Annotated[str, Field(max_length=500)] | None = None


class ApplicationStepIn(Schema):
    """A step to take: its day (today), its reason where it needs one, the amount of a decision."""

    step: StepName
    on: date | None = None
    reason: Reason = ""
    amount_cny: Yuan | None = None
    consent_by: Annotated[str, Field(max_length=60)] = ""


class DeliveryTermsOut(Schema):
    """How a version is delivered, and why it may not be promised or paid (empty where it may)."""

    mode: str
    documents: list[str]
    amount_cny: Decimal | None
    cap_cny: Decimal | None
    correction_days: int
    objection_days: int
    answer_days: int
    version: int
    unreviewed: str


class DeliveryTermsIn(Schema):
    """How a version is to be delivered; ``version`` is that of the terms as they were read."""

    mode: DeliveryTerms.Mode
    documents: list[DocumentKind] = []
    amount_cny: Yuan | None = None
    cap_cny: Yuan | None = None
    correction_days: int = 5
    objection_days: int = 5
    answer_days: int = 15
    version: int | None = None


class CompetitionReviewIn(Schema):
    """A review of fair competition to enter."""

    conclusion: CompetitionReview.Conclusion
    body: Annotated[str, Field(max_length=80)]
    on: date | None = None
    document_no: Annotated[str, Field(max_length=80)] = ""
    evidence_note: Reason = ""


class CompetitionReviewOut(Schema):
    """A review of fair competition."""

    id: int
    conclusion: str
    body: str
    happened_on: date
    document_no: str
