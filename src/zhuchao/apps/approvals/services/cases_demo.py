"""The cases that a demo zone shows, out of the ``[cases]`` section of its description."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.projects.models import Project
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.services.zones import add_department

from ..models import Benchmark, Case, CaseDocument, CaseTask, Procedure
from ..selectors.networks import template_of
from .cases import add_benchmark, give_mandate, log_service
from .events import record_event
from .opening import open_case
from .papers import hand_in
from .plans import replan
from .procedures import adopt_procedure, publish_procedure


def play_cases(zone: Zone, described: Mapping[str, Any]) -> None:
    """Take a shipped procedure into a demo zone and play its cases through, by the people named. Safe to repeat.

    ``benchmarks``: times to be measured by. ``played``: cases with ``events`` as lines of text, each a moment, the key
    of a task, the event and, where there is one, its way of handling, its cause or its number.
    """
    load_calendar()
    clerk = User.objects.get(username=described["clerk"])
    second = User.objects.get(username=described["second"])
    procedure = _procedure(zone, described, clerk, second)
    for one in described.get("benchmarks", ()):
        if not Benchmark.objects.filter(zone=zone, name=one["name"]).exists():
            add_benchmark(actor=clerk, zone=zone, **one)
    for one in described.get("played", ()):
        if not Case.objects.filter(zone=zone, request_key=one["key"]).exists():
            _play(zone, procedure, one, clerk)


def _procedure(zone: Zone, described: Mapping[str, Any], clerk: User, second: User) -> Procedure:
    key = described["procedure"]
    known = Procedure.objects.filter(zone=zone, key=key, versions__state="published").first()
    if known is None:
        draft = adopt_procedure(actor=clerk, zone=zone, key=key, effective_from=described["since"])
        publish_procedure(actor=second, draft=draft)
        known = draft.procedure
    version = known.versions.filter(state="published").order_by("-number").first()
    assert version is not None, "it was published"
    there = set(Department.objects.filter(zone=zone).values_list("name", flat=True))
    for name in template_of(version.text).departments:
        if name not in there:
            add_department(actor=clerk, zone=zone, kind=Department.Kind.APPROVER, name=name)
    return known


@transaction.atomic
def _play(zone: Zone, procedure: Procedure, said: Mapping[str, Any], clerk: User) -> None:
    """Take a case as far as its description says."""
    project = Project.objects.filter(zone=zone, code=said["project"]).first() if "project" in said else None
    firm = Enterprise.objects.filter(zone=zone, name=said["firm"], merged_into=None).first()
    case = open_case(
        actor=clerk,
        zone=zone,
        title=said["title"],
        enterprise=firm,
        project=project,
        procedure=procedure,
        opened_at=_moment(said["opened"]),
        starts_at=_moment(said["starts"]),
        service=said.get("service", "none"),
        agent=User.objects.get(username=said["agent"]) if "agent" in said else None,
        leave_out=said.get("leave_out", ()),
        note=said.get("note", ""),
        request_key=said["key"],
    )
    if "mandate" in said:
        give = said["mandate"]
        assert case.agent is not None, "an agent acts under a mandate"
        give_mandate(
            actor=clerk,
            case=case,
            agent=case.agent,
            given_by=give["by"],
            on=give["on"],
            until=give["until"],
            evidence_note=give["note"],
        )
    for document in CaseDocument.objects.filter(case=case, is_result=False).order_by("pk"):
        document.refresh_from_db()
        if document.state == CaseDocument.State.MISSING and said.get("is_complete", True):
            hand_in(actor=clerk, document=document, seen_on_paper=True)
    replan(case, cause="", at=case.opened_at)
    for line in said["events"]:
        day, clock, key, kind, *more = line.split()
        facts = dict(one.split("=", 1) for one in more)
        task = CaseTask.objects.select_related("case__zone", "zone").get(case=case, key=key)
        record_event(actor=clerk, task=task, kind=kind, at=_moment(f"{day} {clock}"), **facts)
    case.refresh_from_db()
    replan(case, cause="")
    for line in said.get("services", ()):
        moment, action, note = line.split("|")
        log_service(
            actor=clerk, case=case, action=action, note=note, at=_moment(moment), by=case.agent or clerk
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())
