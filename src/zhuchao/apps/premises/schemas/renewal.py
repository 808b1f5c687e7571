"""What the API takes and gives for urban renewal. Areas are m², money yuan."""

from datetime import date
from decimal import Decimal
from typing import Literal

from ninja import Schema

from zhuchao.web.api import EntryOut

from ..models import Renewal

EventKind = Literal["vacated", "added", "upgraded", "replaced"]
Side = Literal["before", "after"]
Measure = Literal["output", "tax", "land", "built", "covered"]


class RenewalOut(Schema):
    """A renewal; ``new_land_m2`` of 0 takes no new land."""

    id: int
    zone: str
    site_id: int | None
    name: str
    programme: str
    land_area: Decimal | None
    land_unit: str
    new_land_m2: Decimal | None
    version: int

    @staticmethod
    def resolve_zone(renewal: Renewal) -> str:
        return renewal.zone.code


class RenewalPage(Schema):
    """Renewals, and the id to go on ``after``."""

    items: list[RenewalOut]
    after: int | None


class RenewalIn(Schema):
    """A new renewal."""

    name: str
    site_id: int | None = None
    programme: str = ""
    land_area: Decimal | None = None
    land_unit: Literal["亩", "㎡"] = "亩"
    new_land_m2: Decimal | None = None


class RenewalEventIn(Schema):
    """An event of a renewal."""

    kind: EventKind
    on: date
    area_m2: Decimal | None = None
    firms: int | None = None
    old_name: str = ""
    new_name: str = ""
    old_value_cny: Decimal | None = None
    new_value_cny: Decimal | None = None
    old_land_m2: Decimal | None = None
    new_land_m2: Decimal | None = None
    evidence_note: str


class RenewalEventEdit(Schema):
    """What an event should have said; what is not given stays."""

    reason: str
    kind: EventKind = "vacated"
    happened_on: date = date.min
    area_m2: Decimal | None = None
    firms: int | None = None
    old_name: str = ""
    new_name: str = ""
    old_value_cny: Decimal | None = None
    new_value_cny: Decimal | None = None
    old_land_m2: Decimal | None = None
    new_land_m2: Decimal | None = None
    evidence_note: str = ""


class RenewalEventOut(EntryOut):
    """An event of a renewal; ``delta_per_mu`` is yuan for each 亩, of a replacement."""

    renewal_id: int
    kind: str
    area_m2: Decimal | None
    firms: int | None
    old_name: str
    new_name: str
    delta_per_mu: float | None


class RenewalFigureIn(Schema):
    """A figure of the place before or after."""

    side: Side
    measure: Measure
    value: Decimal
    year: int
    evidence_note: str


class RenewalFigureEdit(Schema):
    """What a figure should have said; what is not given stays."""

    reason: str
    side: Side = "before"
    measure: Measure = "output"
    value: Decimal = Decimal(0)
    year: int = 0
    evidence_note: str = ""


class RenewalFigureOut(EntryOut):
    """A figure of the place before or after."""

    renewal_id: int
    side: str
    measure: str
    value: Decimal
    year: int


class ComparisonOut(Schema):
    """One figure before and after: yuan for each 亩, or a ratio to the land."""

    key: str
    before: float | None
    after: float | None
    delta: float | None
