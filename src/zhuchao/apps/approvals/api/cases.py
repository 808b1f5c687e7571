"""The API of cases: where they stand, and what happens to their tasks, by the same rules as on the pages."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import Case, CaseTask, TaskEvent
from ..schemas.cases import CaseEventIn, CaseEventOut, CaseOut, CasePage, CaseTaskOut
from ..services.events import record_event

router = Router(tags=["approvals"])


@router.get("/approvals/cases", response=CasePage)
def list_cases(
    request: HttpRequest, zone: str, state: str = "", after: int = 0, limit: int = 50
) -> dict[str, Any]:
    """List the cases of a zone and the zones below it, by id."""
    rows = selectors.listed_cases(person_of(request), zones.get_zone(request.user, zone))
    return page_of(rows.filter(state=state) if state else rows, after, limit)


@router.get("/approvals/cases/{int:pk}", response=CaseOut)
def get_case(request: HttpRequest, pk: int) -> Case:
    """Return one case."""
    return selectors.get_case(person_of(request), pk)


@router.get("/approvals/cases/{int:pk}/tasks", response=list[CaseTaskOut])
def list_case_tasks(request: HttpRequest, pk: int) -> Any:
    """Return the tasks of a case in their order."""
    case = selectors.get_case(person_of(request), pk)
    return CaseTask.objects.filter(case=case).select_related("department").order_by("position")


@router.get("/approvals/cases/{int:pk}/events", response=list[CaseEventOut])
def list_case_events(request: HttpRequest, pk: int) -> Any:
    """Return the events of a case in force, in the order they happened."""
    actor = person_of(request)
    case = selectors.get_case(actor, pk)
    return selectors.visible_events(actor).live().filter(task__case=case).order_by("happened_at", "pk")


@router.post("/approvals/cases/tasks/{int:pk}/events", response={201: CaseEventOut})
def record_case_event(request: HttpRequest, pk: int, body: CaseEventIn) -> Status[TaskEvent]:
    """Record what happened to a task; refused where it may not follow what was before it."""
    actor = person_of(request)
    task = selectors.get_task(actor, pk)
    return Status(201, record_event(actor=actor, task=task, **body.dict()))
