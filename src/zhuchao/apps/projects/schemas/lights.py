"""What the API takes and gives for lights and the progress of works. Shares in percent, days as 2023-06-15."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema

from ..models import LightOverride, ProgressEntry
from ..selectors.lights import Light, StepStand
from . import Line, Note

Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
Remark = Annotated[str, Field(max_length=300)]
WorkingDays = Annotated[int, Field(ge=0, le=250)]


class StepLightOut(Schema):
    """A milestone as it stands on a day."""

    milestone_id: int
    name: str
    stage: str
    planned_on: date
    met_on: date | None
    colour: str
    working_days_late: int | None
    sentence: str

    @staticmethod
    def resolve_milestone_id(obj: StepStand) -> int:
        return obj.step_id

    @staticmethod
    def resolve_working_days_late(obj: StepStand) -> int | None:
        return obj.light.working_days


class ProjectLightOut(Schema):
    """A project's light on a day, with everything that explains it."""

    project_id: int
    on: date
    colour: str
    computed: str
    is_overridden: bool
    working_days_late: int
    reasons: list[str]
    steps: list[StepLightOut]
    finish_earliest: date | None
    finish_latest: date | None
    finish_sentence: str
    finish_planned_on: date | None
    finished_on: date | None

    @staticmethod
    def resolve_is_overridden(obj: Light) -> bool:
        return obj.override is not None

    @staticmethod
    def resolve_working_days_late(obj: Light) -> int:
        return obj.days_late

    @staticmethod
    def resolve_finish_earliest(obj: Light) -> date | None:
        return obj.finish.earliest

    @staticmethod
    def resolve_finish_latest(obj: Light) -> date | None:
        return obj.finish.latest


class LightOverrideIn(Schema):
    """Another light than the computed one."""

    colour: str = Field(max_length=5)
    until: date
    why: Line


class LightOverrideOut(Schema):
    """A light set by hand."""

    id: int
    project_id: int
    on: date
    colour: str
    computed: str
    until: date
    why: str

    @staticmethod
    def resolve_on(obj: LightOverride) -> date:
        return obj.happened_on


class LightRuleIn(Schema):
    """The limits of a zone from a day on."""

    since: date
    late_days: WorkingDays
    near_days: WorkingDays
    ready_percent: int = Field(ge=0, le=100)
    evidence_note: Line = ""


class LightRuleOut(Schema):
    """The limits in force in a zone; ``since`` is empty for those that come with the product."""

    since: date | None
    late_days: int
    near_days: int
    ready_percent: int
    sentence: str


class WorksProgressIn(Schema):
    """How far the works of a project have come on a day."""

    on: date
    percent: Percent | None = None
    text: Note = ""
    problem: Remark = ""
    next_step: Remark = ""
    expected_on: date | None = None
    evidence_note: Line = ""
    fall_reason: Line = ""


class ProjectProgressOut(Schema):
    """An entry of how far the works came."""

    id: int
    project_id: int
    on: date
    recorded_at: datetime
    percent: Decimal | None
    text: str
    problem: str
    next_step: str
    expected_on: date | None

    @staticmethod
    def resolve_on(obj: ProgressEntry) -> date:
        return obj.happened_on
