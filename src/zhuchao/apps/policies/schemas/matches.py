"""What the API takes and gives for the match of firms and policies. Money in yuan as text, days as 2022-06-15."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema

from zhuchao.web.api import EntryOut

from ..models import Answer


class ConditionOut(Schema):
    """One condition of a policy: its words, the clause that asks it, and what it says of the firm."""

    text: str
    article: str
    state: str
    is_confirmed: bool


class PolicyMatchOut(Schema):
    """What one policy says of a firm; the benefit lies between ``least`` and ``most`` (None: nothing limits it)."""

    policy_id: int
    version_id: int
    title: str
    answer: Answer
    conditions: list[ConditionOut]
    missing: list[str]
    benefit: str
    least: Decimal | None
    most: Decimal | None
    ways: list[str]


class FirmPoliciesOut(Schema):
    """What every policy in force says of a firm on a day, best first; ``ask`` names the facts to ask for, best first."""

    enterprise_id: int
    day: date
    matches: list[PolicyMatchOut]
    ask: list[str]


class SupposeIn(Schema):
    """Facts to suppose, by field, as people write them: {"revenue": "6000万元"}."""

    facts: dict[str, Annotated[str, Field(max_length=400)]] = {}


class VersionMatchOut(Schema):
    """How many firms a version takes, as last reckoned."""

    version_id: int
    day: date
    made_at: datetime
    firms: int
    eligible: int
    unknown: int
    near: int
    ineligible: int


class FirmFactIn(Schema):
    """A fact of a firm as people write it: field "rd", value "150万元"."""

    field: Annotated[str, Field(max_length=64)]
    value: Annotated[str, Field(max_length=400)]
    source: Annotated[str, Field(max_length=120)]
    on: date | None = None
    holds_until: date | None = None
    evidence_note: Annotated[str, Field(max_length=200)] = ""


class FirmFactOut(EntryOut):
    """A stated fact of a firm; ``value`` as it is kept: a decimal, a day or words as text, yes or no."""

    enterprise_id: int
    field: str
    value: Any
    source: str
    holds_until: date | None
