"""What the API takes and gives for tellings of policies and checks of their sources. Days as 2022-06-15."""

from datetime import date
from typing import Annotated

from ninja import Field, Schema

from zhuchao.web.api import EntryOut

from ..models import PolicyTelling


class PolicyTellingOut(EntryOut):
    """A firm that was told of a policy: by whom, in which way, and who of the firm confirmed it."""

    policy_id: int
    version_id: int
    enterprise_id: int
    enterprise: str
    way: str
    officer: str
    occasion: str
    person: str
    receipt: str

    @staticmethod
    def resolve_enterprise(entry: PolicyTelling) -> str:
        return entry.enterprise.name

    @staticmethod
    def resolve_officer(entry: PolicyTelling) -> str:
        return str(entry.officer)


class PolicyTellingPage(Schema):
    """A page of entries; ``after`` is the id to go on from, None at the end."""

    items: list[PolicyTellingOut]
    after: int | None


class PolicyTellingIn(Schema):
    """Firms that were told of a policy on a day, one entry a firm; who signs in has told them."""

    enterprise_ids: Annotated[list[int], Field(min_length=1, max_length=1000)]
    way: PolicyTelling.Way
    on: date | None = None
    occasion: Annotated[str, Field(max_length=60)] = ""
    person: Annotated[str, Field(max_length=40)] = ""
    receipt: Annotated[str, Field(max_length=100)] = ""
    evidence_note: Annotated[str, Field(max_length=200)] = ""


class PolicyTellingCorrection(Schema):
    """What an entry should have said, and why."""

    reason: Annotated[str, Field(max_length=200)]
    happened_on: date | None = None
    way: PolicyTelling.Way | None = None
    occasion: Annotated[str, Field(max_length=60)] | None = None
    person: Annotated[str, Field(max_length=40)] | None = None
    receipt: Annotated[str, Field(max_length=100)] | None = None


class SourceCheckOut(EntryOut):
    """What the original of a version answered; ``failures`` counts those in a row."""

    version_id: int
    address: str
    outcome: str
    status: int | None
    failures: int
