"""The API of gates: what they ask for, what a project has, and the windows of statistics."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.api import ReasonIn
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import GateEvidence, GateRule, Stage, StatWindow
from ..schemas.gates import (
    EvidenceIn,
    EvidenceOut,
    GateRuleOut,
    GateStandOut,
    ListingOut,
    StatWindowOut,
)
from ..selectors import GateStand
from ..services import Given

router = Router(tags=["projects"])


@router.get("/projects/{pk}/gates", response=list[GateStandOut])
def list_gates(request: HttpRequest, pk: int) -> list[GateStand]:
    """Return every gate of a project: what it asks for, what is there, what is missing."""
    project = selectors.get_project(person_of(request), pk)
    return selectors.gate_stands(project, zones.today(project.zone))


@router.post("/projects/{pk}/evidence", response={201: list[EvidenceOut]})
def give_gate_evidence(request: HttpRequest, pk: int, body: EvidenceIn) -> Status[list[GateEvidence]]:
    """Enter what a project has for items of a gate."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    given = [Given(each.item, each.number, each.note) for each in body.items]
    return Status(
        201,
        services.give_gate_evidence(actor=actor, project=project, stage=body.stage, given=given, on=body.on),
    )


@router.post("/projects/gate-evidence/{pk}/void", response={201: EvidenceOut})
def void_gate_evidence(request: HttpRequest, pk: int, body: ReasonIn) -> Status[GateEvidence]:
    """Take back what was given for an item."""
    actor = person_of(request)
    entry = selectors.get_gate_evidence(actor, pk)
    return Status(201, services.void_gate_evidence(actor=actor, entry=entry, reason=body.reason))


@router.get("/gate-rules", response=list[GateRuleOut])
def list_gate_rules(request: HttpRequest, zone: str, on: date | None = None) -> list[GateRule]:
    """Return what each gate asks for in a zone on a day, those of the zones above included."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.GATE, here)
    rules = selectors.GateRules(here)
    found = (rules.on(stage, on or zones.today(here)) for stage in Stage)
    return [rule for rule in found if rule is not None]


@router.get("/stat-windows", response=list[StatWindowOut])
def list_stat_windows(request: HttpRequest, zone: str) -> list[StatWindow]:
    """Return the windows of statistics that hold for a zone, by day."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.GATE, here)
    return selectors.windows_of(here)


@router.get("/unlisted-projects", response=list[ListingOut])
def list_unlisted(request: HttpRequest, zone: str) -> list[dict[str, Any]]:
    """Return the projects of a zone that have started and are in no statistics yet, the worst first."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, here)
    return [
        {
            "project_id": stand.project.pk,
            "project": stand.project.name,
            "started_on": stand.started_on,
            "missed": len(stand.missed),
            "next_closes_on": stand.coming.closes_on if stand.coming else None,
            "state": stand.state,
        }
        for stand in selectors.unlisted_projects(actor, here, zones.today(here))
    ]
