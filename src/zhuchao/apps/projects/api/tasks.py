"""The API of service bundles and tasks."""

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import ProjectTask, TaskBundle
from ..schemas.tasks import BundleApplyIn, ProjectTaskOut, TaskBundleOut, TaskFinishIn, TaskReopenIn
from ..selectors import bundles
from ..services import bundles as services

router = Router(tags=["projects"])


@router.get("/task-bundles", response=list[TaskBundleOut])
def list_bundles(request: HttpRequest, zone: str) -> QuerySet[TaskBundle]:
    """List the service bundles of a zone and the zones below it."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, here)
    scopes = zones.zones_under(actor, here, Thing.PROJECT)
    return bundles.visible_bundles(actor).filter(zone_id__in=scopes).order_by("pk")


@router.get("/projects/{pk}/tasks", response=list[ProjectTaskOut])
def list_tasks(request: HttpRequest, pk: int) -> QuerySet[ProjectTask]:
    """List a project's tasks, the first due first."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    return bundles.visible_tasks(actor).filter(project=project)


@router.post("/projects/{pk}/tasks/apply", response={201: list[ProjectTaskOut]})
def apply_bundle(request: HttpRequest, pk: int, body: BundleApplyIn) -> Status[list[ProjectTask]]:
    """Give a project the tasks of a bundle; those it has are not made again."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    bundle = bundles.get_bundle(actor, body.bundle_id)
    start = body.start or zones.today(project.zone)
    return Status(201, services.apply_bundle(actor=actor, project=project, bundle=bundle, start=start))


@router.post("/project-tasks/{pk}/finish", response=ProjectTaskOut)
def finish_task(request: HttpRequest, pk: int, body: TaskFinishIn) -> ProjectTask:
    """Say that a task was done."""
    actor = person_of(request)
    return services.finish_task(actor=actor, task=bundles.get_task(actor, pk), on=body.on, note=body.note)


@router.post("/project-tasks/{pk}/reopen", response=ProjectTaskOut)
def reopen_task(request: HttpRequest, pk: int, body: TaskReopenIn) -> ProjectTask:
    """Say that a task was not done after all."""
    actor = person_of(request)
    return services.reopen_task(actor=actor, task=bundles.get_task(actor, pk), reason=body.reason)
