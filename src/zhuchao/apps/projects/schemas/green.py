"""What the API takes and gives for the green channel and for investors. Money in yuan."""

from datetime import date
from decimal import Decimal

from ninja import Schema


class GreenOut(Schema):
    """A request for the green channel and how it stands."""

    id: int
    project_id: int
    project: str
    on: date
    expedited: str
    why: str
    until: date
    asked_by: str | None
    state: str


class GreenIn(Schema):
    """A request for the green channel."""

    expedited: str
    why: str
    until: date


class GreenDecisionIn(Schema):
    """Whether it is granted; a refusal says why."""

    granted: bool
    opinion: str = ""


class InvestorOut(Schema):
    """A party that invests in a project."""

    id: int
    name: str
    enterprise_id: int | None
    amount_cny: Decimal | None
    share_percent: Decimal | None
    evidence_note: str


class InvestorsOut(Schema):
    """The investors of a project against its whole investment; ``missing_cny`` below 0 says they exceed it."""

    investors: list[InvestorOut]
    sum_cny: Decimal
    missing_cny: Decimal | None
    agrees: bool


class InvestorIn(Schema):
    """A party that invests in a project, with its amount or its share."""

    name: str
    amount_cny: Decimal | None = None
    share_percent: Decimal | None = None
    evidence_note: str = ""
