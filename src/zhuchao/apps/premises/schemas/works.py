"""What the API takes and gives for building works. Areas are m², money yuan."""

from datetime import date
from decimal import Decimal
from typing import Literal

from ninja import Schema

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import EntryOut

from ..models import Works, WorksPhase

WorksKind = Literal["new", "conversion", "demolition", "fit_out"]
WorksEvent = Literal["started", "progress", "finished"]
LandUnit = Literal["亩", "㎡"]


class PhaseOut(Schema):
    """A phase; ``share`` is its part of the whole budget as a ratio."""

    id: int
    number: int
    name: str
    budget_cny: Decimal
    share: float | None
    version: int

    @staticmethod
    def resolve_share(phase: WorksPhase) -> float | None:
        return None if phase.share is None else float(phase.share)


class WorksOut(Schema):
    """Works as they stand today; ``land_m2`` is rounded to the cent, ``land_area`` and ``land_unit`` are as given."""

    id: int
    zone: str
    site_id: int
    building_id: int | None
    unit_ids: list[int]
    name: str
    kind: str
    state: str
    gross_area_m2: Decimal | None
    land_area: Decimal | None
    land_unit: str
    land_m2: float | None
    planned_start_on: date
    planned_months: int
    planned_end_on: date
    started_on: date | None
    finished_on: date | None
    percent: Decimal | None
    forecast_end_on: date
    first_occupancy_on: date
    budget_cny: Decimal | None
    phased_cny: Decimal
    phases: list[PhaseOut]
    version: int

    @staticmethod
    def resolve_zone(works: Works) -> str:
        return works.zone.code

    @staticmethod
    def resolve_unit_ids(works: Works) -> list[int]:
        return sorted(unit.pk for unit in works.units.all())

    @staticmethod
    def resolve_state(works: Works) -> str:
        return works.state_on(zones.today(works.zone))

    @staticmethod
    def resolve_land_m2(works: Works) -> float | None:
        return None if works.land_m2 is None else round(float(works.land_m2), 2)

    @staticmethod
    def resolve_forecast_end_on(works: Works) -> date:
        return works.forecast_end_on(zones.today(works.zone))

    @staticmethod
    def resolve_first_occupancy_on(works: Works) -> date:
        return works.first_occupancy_on(zones.today(works.zone))

    @staticmethod
    def resolve_phases(works: Works) -> list[WorksPhase]:
        return list(works.phases.select_related("works"))


class WorksPage(Schema):
    """Works, and the id to go on ``after``."""

    items: list[WorksOut]
    after: int | None


class WorksIn(Schema):
    """New works on a site."""

    site_id: int
    name: str
    planned_start_on: date
    planned_months: int
    kind: WorksKind = "conversion"
    building_id: int | None = None
    unit_ids: list[int] = []
    gross_area_m2: Decimal | None = None
    land_area: Decimal | None = None
    land_unit: LandUnit = "亩"
    months_to_occupancy: int = 0
    budget_cny: Decimal | None = None


class WorksEdit(Schema):
    """Facts of works to change; what is not given stays."""

    version: int
    name: str = ""
    planned_start_on: date = date.min
    planned_months: int = 0
    kind: WorksKind = "conversion"
    building_id: int | None = None
    unit_ids: list[int] = []
    gross_area_m2: Decimal | None = None
    land_area: Decimal | None = None
    land_unit: LandUnit = "亩"
    months_to_occupancy: int = 0
    budget_cny: Decimal | None = None


class PhaseIn(Schema):
    """A new phase."""

    number: int
    budget_cny: Decimal
    name: str = ""


class ProgressIn(Schema):
    """What happened to works on a day."""

    event: WorksEvent
    on: date
    percent: Decimal | None = None
    spent_cny: Decimal | None = None
    expected_on: date | None = None
    detail: str = ""
    evidence_note: str = ""


class ProgressEdit(Schema):
    """What an entry should have said; what is not given stays."""

    reason: str
    happened_on: date = date.min
    percent: Decimal | None = None
    spent_cny: Decimal | None = None
    expected_on: date | None = None
    detail: str = ""
    evidence_note: str = ""


class WorksProgressOut(EntryOut):
    """An entry of works."""

    works_id: int
    event: str
    percent: Decimal | None
    spent_cny: Decimal | None
    expected_on: date | None
    detail: str
