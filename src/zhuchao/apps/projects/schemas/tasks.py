"""What the API takes and gives for service bundles and tasks. Days as 2023-06-15."""

from datetime import date
from typing import Annotated

from ninja import Field, Schema

from ..models import ProjectTask, TaskBundle
from . import Line

Result = Annotated[str, Field(max_length=300)]


class TaskBundleOut(Schema):
    """A service bundle."""

    id: int
    zone: str
    name: str
    stage: str
    is_example: bool
    is_active: bool

    @staticmethod
    def resolve_zone(obj: TaskBundle) -> str:
        return obj.zone.code


class ProjectTaskOut(Schema):
    """A task of a project."""

    id: int
    project_id: int
    name: str
    note: str
    owner: str
    owner_id: int
    department: str | None
    bundle_id: int | None
    start_on: date
    working_days: int
    due_on: date
    done_on: date | None
    done_note: str

    @staticmethod
    def resolve_owner(obj: ProjectTask) -> str:
        return str(obj.owner)

    @staticmethod
    def resolve_department(obj: ProjectTask) -> str | None:
        return str(obj.department) if obj.department else None


class BundleApplyIn(Schema):
    """From which day the tasks are counted; today when not said."""

    bundle_id: int
    start: date | None = None


class TaskFinishIn(Schema):
    """A task that was done."""

    on: date
    note: Result = ""


class TaskReopenIn(Schema):
    """Why a task was not done after all."""

    reason: Line
