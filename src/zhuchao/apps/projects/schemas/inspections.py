"""What the API takes and gives for site inspections. Moments with their zone, degrees of EPSG:4490."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Schema

from ..models import Inspection


class InspectionOut(Schema):
    """A site inspection."""

    id: int
    project_id: int
    project: str
    on: date
    inspected_at: datetime
    recorded_at: datetime
    findings: str
    stalled: str
    members: str
    next_on: date | None
    longitude: Decimal | None
    latitude: Decimal | None
    accuracy_m: int | None
    replaces_id: int | None

    @staticmethod
    def resolve_on(entry: Inspection) -> date:
        return entry.happened_on

    @staticmethod
    def resolve_project(entry: Inspection) -> str:
        return entry.project.name


class InspectionPage(Schema):
    """A page of inspections; ``after`` is the id to go on from, None at the end."""

    items: list[InspectionOut]
    after: int | None


class InspectionIn(Schema):
    """An inspection to be entered; photos are added on the page. ``inspected_at`` is now when not said."""

    findings: str
    inspected_at: datetime | None = None
    stalled: str = ""
    members: str = ""
    next_on: date | None = None
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    accuracy_m: int | None = None
    marks_place: bool = False
