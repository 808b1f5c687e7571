"""The API of lights and of the progress of works."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.api import ReasonIn
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import LightOverride, LightRule, ProgressEntry
from ..schemas.lights import (
    LightOverrideIn,
    LightOverrideOut,
    LightRuleIn,
    LightRuleOut,
    ProjectLightOut,
    ProjectProgressOut,
    WorksProgressIn,
)
from ..selectors import lights

router = Router(tags=["projects"])


@router.get("/project-lights", response=list[ProjectLightOut])
def list_lights(request: HttpRequest, zone: str, on: date | None = None) -> list[lights.Light]:
    """Return the light of every project of a zone and the zones below it on a day (today when not said)."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, here)
    rows = list(selectors.listed_projects(actor, here).order_by("pk"))
    return list(lights.lights_of(rows, on or zones.today(here)).values())


@router.get("/project-light-rules", response=LightRuleOut)
def show_light_rule(request: HttpRequest, zone: str, on: date | None = None) -> lights.RuleInForce:
    """Return the limits by which a zone's projects are lit on a day (today when not said)."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, here)
    return lights.rules_in_force([here.pk], on or zones.today(here))[here.pk]


@router.post("/project-light-rules", response={201: LightRuleOut})
def set_light_rule(request: HttpRequest, zone: str, body: LightRuleIn) -> Status[lights.RuleInForce]:
    """Set the limits of a zone from a day on."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    entry: LightRule = services.set_light_rule(actor=actor, zone=here, **body.dict())
    return Status(201, lights.rules_in_force([here.pk], entry.happened_on)[here.pk])


@router.get("/projects/{pk}/light", response=ProjectLightOut)
def show_light(request: HttpRequest, pk: int, on: date | None = None) -> lights.Light:
    """Return a project's light on a day (today when not said) with what explains it."""
    project = selectors.get_project(person_of(request), pk)
    return lights.lights_of([project], on or zones.today(project.zone))[project.pk]


@router.post("/projects/{pk}/light/override", response={201: LightOverrideOut})
def override_light(request: HttpRequest, pk: int, body: LightOverrideIn) -> Status[LightOverride]:
    """Set a project's light by hand."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    return Status(201, services.override_light(actor=actor, project=project, **body.dict()))


@router.post("/projects/light-overrides/{pk}/void", response={201: LightOverrideOut})
def void_light_override(request: HttpRequest, pk: int, body: ReasonIn) -> Status[LightOverride]:
    """End a light set by hand."""
    actor = person_of(request)
    entry = lights.get_light_override(actor, pk)
    return Status(201, services.void_light_override(actor=actor, entry=entry, reason=body.reason))


@router.get("/projects/{pk}/works-progress", response=list[ProjectProgressOut])
def list_works_progress(request: HttpRequest, pk: int) -> list[ProgressEntry]:
    """Return how far the works of a project came, the newest first."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    return list(lights.visible_progress(actor).live().filter(project=project))


@router.post("/projects/{pk}/works-progress", response={201: ProjectProgressOut})
def add_works_progress(request: HttpRequest, pk: int, body: WorksProgressIn) -> Status[ProgressEntry]:
    """Enter how far the works of a project have come."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    values: dict[str, Any] = body.dict()
    return Status(201, services.add_progress(actor=actor, project=project, **values))


@router.post("/projects/progress-entries/{pk}/void", response={201: ProjectProgressOut})
def void_works_progress(request: HttpRequest, pk: int, body: ReasonIn) -> Status[ProgressEntry]:
    """Take an entry of progress out of light and forecast."""
    actor = person_of(request)
    entry = lights.get_progress(actor, pk)
    return Status(201, services.void_progress(actor=actor, entry=entry, reason=body.reason))
