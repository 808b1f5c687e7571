"""What the API takes and gives for agreements and covenants. Money in yuan, days as 2023-06-15."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema

from ..models import Agreement, Covenant

Line = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=300)]
Short = Annotated[str, Field(max_length=40)]
Paper = Annotated[str, Field(max_length=80)]
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=2)]


class AgreementOut(Schema):
    """An agreement about a project."""

    id: int
    zone: str
    project_id: int
    project: str
    kind: str
    number: str
    parties: str
    area_m2: Decimal | None
    state: str
    signed_on: date | None
    ended_on: date | None
    end_reason: str
    amends_id: int | None
    version: int

    @staticmethod
    def resolve_zone(agreement: Agreement) -> str:
        return agreement.zone.code

    @staticmethod
    def resolve_project(agreement: Agreement) -> str:
        return agreement.project.name


class AgreementPage(Schema):
    """A page of agreements; ``after`` is the id to go on from, None at the end."""

    items: list[AgreementOut]
    after: int | None


class AgreementIn(Schema):
    """A new agreement about a project."""

    number: Short
    kind: str = Agreement.Kind.DEVELOPMENT.value
    parties: Long = ""
    area_m2: Annotated[Decimal, Field(max_digits=14, decimal_places=2)] | None = None
    note: Long = ""


class AgreementReviewIn(Schema):
    """A fair-competition review of an agreement; its document is named by its number."""

    conclusion: str
    body: Paper
    document_no: Paper
    on: date | None = None
    evidence_note: Line = ""


class SignatureIn(Schema):
    """The day an agreement was signed."""

    on: date


class AgreementEndIn(Schema):
    """The day an agreement ended, and why."""

    on: date
    reason: Line


class AmendmentIn(Schema):
    """The number of an amendment."""

    number: Short


class CovenantIn(Schema):
    """A promise: ``target`` in yuan, persons or yuan per mu, by its kind; ``rewards_id`` the condition of a reward."""

    kind: str
    due_on: date
    target: Amount | None = None
    year: int | None = None
    clause: Short = ""
    said: Long = ""
    source: str = Covenant.Source.LEDGER.value
    department_id: int | None = None
    rewards_id: int | None = None
    grant_number: Annotated[str, Field(max_length=30)] = ""


class CovenantOut(Schema):
    """A promise with what became of it: ``value`` was delivered, ``gap`` is missing, ``days`` how late it is."""

    id: int
    agreement_id: int
    agreement: str
    project_id: int
    project: str
    side: str
    kind: str
    clause: str
    said: str
    target: Decimal | None
    due_on: date
    year: int | None
    source: str
    rewards_id: int | None
    grant_number: str
    state: str | None
    value: Decimal | None
    done_on: date | None
    gap: Decimal | None
    days: int
    why: str


class CovenantPage(Schema):
    """A page of covenants; ``after`` is the id to go on from, None at the end."""

    items: list[CovenantOut]
    after: int | None


class FindingIn(Schema):
    """What was found of a covenant on a document; ``value`` in the unit of its target."""

    result: str
    on: date
    document_no: Paper
    value: Amount | None = None
    evidence_note: Line = ""


class LetterOut(Schema):
    """A letter of reminder about a covenant."""

    id: int
    covenant_id: int
    round: int
    recipient: str
    promised: str
    delivered: str
    shortfall: str
    days: int
    body: str
    state: str
    drafted_on: date
    number: str
    sent_on: date | None
    answer_due_on: date | None
    answered_on: date | None
    answer: str


class LetterPage(Schema):
    """A page of letters; ``after`` is the id to go on from, None at the end."""

    items: list[LetterOut]
    after: int | None


class LetterSendIn(Schema):
    """How and when a letter went out, and by when it is to be answered."""

    on: date
    means: Annotated[str, Field(max_length=60)] = ""
    number: Annotated[str, Field(max_length=60)] = ""
    answer_due_on: date | None = None


class LetterAnswerIn(Schema):
    """What was answered to a letter."""

    on: date
    answer: Annotated[str, Field(max_length=500)]


class CoverageOut(Schema):
    """How many of the signed projects have a signed agreement with a covenant."""

    signed: int
    covered: int
    ratio: Decimal | None
    missing_ids: list[int]
