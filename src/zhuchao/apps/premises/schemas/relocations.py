"""What the API of relocation takes and gives."""

from datetime import date
from decimal import Decimal
from typing import Literal

from ninja import Schema

from zhuchao.web.api import EntryOut

from ..models import RelocationScheme
from ..selectors.relocations import StepDone

CountedStep = Literal["agreed", "moved", "handed", "demolished"]
RelocationKind = Literal["listed", "agreed", "moved", "handed", "demolished", "paid"]


class RelocationSchemeOut(Schema):
    """A scheme; who came to ``counted_step`` or beyond counts as done."""

    id: int
    zone: str
    site_id: int | None
    name: str
    counted_step: str
    started_on: date | None
    due_on: date | None
    note: str
    version: int

    @staticmethod
    def resolve_zone(scheme: RelocationScheme) -> str:
        return scheme.zone.code


class RelocationSchemePage(Schema):
    """Schemes, and the id to go on ``after``."""

    items: list[RelocationSchemeOut]
    after: int | None


class RelocationSchemeIn(Schema):
    """A new scheme."""

    name: str
    site_id: int | None = None
    counted_step: CountedStep = "handed"
    started_on: date | None = None
    due_on: date | None = None
    note: str = ""


class RelocationPartyOut(Schema):
    """A household or firm."""

    id: int
    scheme_id: int
    number: str
    name: str
    kind: str
    address: str
    due_on: date | None
    version: int


class RelocationPartyPage(Schema):
    """Households and firms, and the id to go on ``after``."""

    items: list[RelocationPartyOut]
    after: int | None


class RelocationPartyIn(Schema):
    """A new household or firm with its area, m², from the day ``on``."""

    number: str
    name: str
    kind: Literal["household", "firm"] = "household"
    address: str = ""
    due_on: date | None = None
    area_m2: Decimal
    on: date
    evidence_note: str


class RelocationEntryIn(Schema):
    """A step or a payment, yuan."""

    kind: RelocationKind
    on: date
    amount_cny: Decimal | None = None
    area_m2: Decimal | None = None
    evidence_note: str


class RelocationEntryOut(EntryOut):
    """A step or a payment."""

    party_id: int
    kind: str
    amount_cny: Decimal | None
    area_m2: Decimal | None


class RelocationCorrectIn(Schema):
    """What an entry should have said; what is left out stays as it was."""

    on: date | None = None
    amount_cny: Decimal | None = None
    area_m2: Decimal | None = None
    reason: str


class StepDoneOut(Schema):
    """How many parties came to a step or beyond, and with what area, of all that are listed; ratios of 1."""

    step: str
    parties: int
    area_m2: Decimal
    of_parties: int
    of_area_m2: Decimal
    by_count: float | None
    by_area: float | None

    @staticmethod
    def resolve_by_count(done: StepDone) -> float | None:
        return None if done.by_count is None else float(done.by_count)

    @staticmethod
    def resolve_by_area(done: StepDone) -> float | None:
        return None if done.by_area is None else float(done.by_area)


class RelocationProgressOut(Schema):
    """A scheme on a day as known at a moment; money in yuan."""

    overall: StepDoneOut
    steps: list[StepDoneOut]
    agreed_cny: Decimal
    paid_cny: Decimal
