"""What the API takes and gives for cases and what happens to their tasks. Moments are aware, as 2022-11-08T09:00+08:00."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from ..models import Case, CaseTask, TaskEvent

Said = Annotated[str, Field(max_length=300)]


class CaseTaskOut(Schema):
    """A task of a case; ``due_at`` is promised, ``legal_due_at`` that of the law."""

    id: int
    key: str
    name: str
    department: str
    lane: str
    state: str
    mode: str
    ready_at: datetime | None
    started_at: datetime | None
    reviewed_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    legal_due_at: datetime | None

    @staticmethod
    def resolve_department(row: CaseTask) -> str:
        return row.department.name if row.department else row.department_name


class CaseOut(Schema):
    """A case with where it stands."""

    id: int
    zone: str
    number: str
    title: str
    state: str
    service: str
    opened_at: datetime
    starts_at: datetime
    deadline_at: datetime | None
    finished_at: datetime | None
    version: int

    @staticmethod
    def resolve_zone(row: Case) -> str:
        return row.zone.code


class CasePage(Schema):
    """A page of cases; ``after`` is the id to go on from, None at the end."""

    items: list[CaseOut]
    after: int | None


class CaseEventIn(Schema):
    """Something that happened to a task; ``at`` now, unless it is said."""

    kind: Annotated[str, Field(max_length=10)]
    at: datetime | None = None
    note: Said = ""
    number: Annotated[str, Field(max_length=60)] = ""
    mode: Annotated[str, Field(max_length=6)] = ""
    cause: Annotated[str, Field(max_length=8)] = ""


class CaseEventOut(Schema):
    """An event of a task in force."""

    id: int
    task_id: int
    kind: str
    happened_at: datetime
    note: str
    number: str
    cause: str
    recorded_by: str | None

    @staticmethod
    def resolve_recorded_by(row: TaskEvent) -> str | None:
        return str(row.recorded_by) if row.recorded_by else None
