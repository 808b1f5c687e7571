"""What the API takes and gives for policies. Days as 2022-06-15."""

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema

from ..models import Level, Policy, PolicyVersion

Word = Annotated[str, Field(max_length=30)]


class PolicyOut(Schema):
    """A policy as lists give it, with where it stands today."""

    id: int
    zone: str
    key: str
    title: str
    level: str
    department: str
    industries: list[str]
    audiences: list[str]
    summary: str
    standing: str
    opens_on: date | None
    closes_on: date | None
    document_no: str | None
    source_status: str | None
    version: int

    @staticmethod
    def resolve_zone(policy: Policy) -> str:
        return policy.zone.code


class PolicyPage(Schema):
    """A page of policies; ``after`` is the id to go on from, None at the end."""

    items: list[PolicyOut]
    after: int | None


class PolicyClauseOut(Schema):
    """One clause."""

    number: str
    text: str


class PolicyVersionOut(Schema):
    """One version with its clauses and its source."""

    id: int
    policy_id: int
    number: int
    state: str
    effective_from: date
    effective_to: date | None
    window_open: date | None
    window_close: date | None
    decides_on: date | None
    pays_on: date | None
    document_no: str
    address: str
    verified_on: date | None
    source_status: str
    prepared_by: str | None
    published_by: str | None
    published_at: datetime | None
    version: int
    clauses: list[PolicyClauseOut]

    @staticmethod
    def resolve_clauses(version: PolicyVersion) -> list[PolicyClauseOut]:
        return [PolicyClauseOut(number=one.number, text=one.text) for one in version.clauses.all()]

    @staticmethod
    def resolve_prepared_by(version: PolicyVersion) -> str | None:
        return str(version.prepared_by) if version.prepared_by else None

    @staticmethod
    def resolve_published_by(version: PolicyVersion) -> str | None:
        return str(version.published_by) if version.published_by else None


class PolicyEventOut(Schema):
    """A day of the calendar: open, close, decide or pay."""

    day: date
    kind: str
    policy_id: int
    title: str
    is_confirmed: bool


class PolicyIn(Schema):
    """A policy to enter."""

    key: Annotated[str, Field(max_length=40)]
    title: Annotated[str, Field(max_length=120)]
    level: Level
    department: Annotated[str, Field(max_length=60)]
    industries: list[Word] = []
    audiences: list[Word] = []
    summary: Annotated[str, Field(max_length=500)] = ""
    review_on: date | None = None


class PolicyEdit(Schema):
    """Facts of a policy to change; ``version`` is the one they were read with."""

    version: int
    title: Annotated[str, Field(max_length=120)] = ""
    level: Level | None = None
    department: Annotated[str, Field(max_length=60)] = ""
    industries: list[Word] | None = None
    audiences: list[Word] | None = None
    summary: Annotated[str, Field(max_length=500)] | None = None
    review_on: date | None = None


class PolicyClauseIn(Schema):
    """One clause to keep."""

    number: Annotated[str, Field(min_length=1, max_length=20)]
    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class PolicyVersionIn(Schema):
    """A version to draft."""

    effective_from: date
    effective_to: date | None = None
    window_open: date | None = None
    window_close: date | None = None
    decides_on: date | None = None
    pays_on: date | None = None
    document_no: Annotated[str, Field(max_length=80)] = ""
    address: Annotated[str, Field(max_length=300)] = ""
    verified_on: date | None = None
    source_status: PolicyVersion.SourceStatus = PolicyVersion.SourceStatus.UNCONFIRMED
    clauses: list[PolicyClauseIn] = []
