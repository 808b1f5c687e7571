"""What the API takes and gives for the plan and the rehearsal of a procedure. Spans are working minutes."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

Word = Annotated[str, Field(max_length=100)]


class ScenarioAsk(Schema):
    """What is assumed; ``modes`` by commas, ``reviewers`` as name:count, moments without a zone are those of the office."""

    start: datetime | None = None
    deadline: datetime | None = None
    pre_review: int = 22
    credit: int = 3
    modes: Word = "early,late,pledge"
    reviewers: list[Word] = Field(default_factory=list)
    shared: float = 0.15
    version: Word = ""


class PlannedTaskOut(Schema):
    """A task as it is planned; ``review_at`` is None where nothing is reviewed."""

    key: str
    name: str
    department: str
    mode: str
    review_at: datetime | None
    issue_at: datetime
    finish_at: datetime


class DecidingStepOut(Schema):
    """A step of the chain that decides the end, and what it waited for."""

    task: str
    part: str
    waited_for: str
    minutes: int


class ProcedurePlanOut(Schema):
    """The quickest plan of a procedure; ``proved`` where nothing quicker exists, else at least ``bound`` minutes."""

    procedure: int
    version: int
    start: datetime
    begins_at: datetime
    finish_at: datetime
    minutes: int
    proved: bool
    bound: int
    tasks: list[PlannedTaskOut]
    chain: list[DecidingStepOut]


class DecidingTaskOut(Schema):
    """The task that holds the end up most: in what share of the runs it decided it, and its minutes."""

    key: str
    name: str
    share: float
    minutes: int


class ProcedureRehearsalOut(Schema):
    """A plan played many times: by when half and four fifths of the runs were over, and how surely on the day."""

    procedure: int
    version: int
    start: datetime
    finish_at: datetime
    minutes: int
    p50_minutes: float
    p80_minutes: float
    p50_at: datetime
    p80_at: datetime
    chance_of_the_day: float
    chance_of_the_plan: float
    criticality: dict[str, float]
    bottleneck: DecidingTaskOut
