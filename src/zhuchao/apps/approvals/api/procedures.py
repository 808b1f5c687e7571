"""The API of procedures: their plan and their rehearsal under what is assumed, calculated and not kept."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from zhuchao.apps.core.errors import WrongInput
from zhuchao.engines.scheduling import Mode
from zhuchao.web.requests import person_of

from ..models import ProcedureVersion
from ..schemas.procedures import ProcedurePlanOut, ProcedureRehearsalOut, ScenarioAsk
from ..selectors.networks import template_of
from ..selectors.plans import (
    Planned,
    Scenario,
    bottleneck_of,
    chain_minutes,
    chance_of_the_day,
    plan_of,
    rehearsed,
    works_of,
)
from ..selectors.procedures import get_procedure
from ..selectors.rehearsals import usual_start, version_asked

router = Router(tags=["approvals"])


@router.get("/approvals/procedures/{int:pk}/plan", response=ProcedurePlanOut)
def get_procedure_plan(request: HttpRequest, pk: int, asked: Query[ScenarioAsk]) -> dict[str, Any]:
    """Return the quickest plan of a procedure under what is assumed."""
    version, planned = _planned(request, pk, asked)
    found = planned.plan
    names = ("key", "name", "department", "mode", "review_at", "issue_at", "finish_at")
    modes = {work.task: work.mode.value for work in found.works}
    steps = ("task", "part", "waited_for", "minutes")
    return {
        **_told(version, planned),
        "begins_at": planned.line.begins(0),
        "proved": found.proved,
        "bound": found.bound,
        "tasks": [
            dict(zip(names, work, strict=True)) | {"mode": modes[work[0]]} for work in works_of(planned)
        ],
        "chain": [dict(zip(steps, step, strict=True)) for step in chain_minutes(planned)],
    }


@router.get("/approvals/procedures/{int:pk}/rehearsal", response=ProcedureRehearsalOut)
def get_procedure_rehearsal(request: HttpRequest, pk: int, asked: Query[ScenarioAsk]) -> dict[str, Any]:
    """Return what comes of playing that plan many times; the same question has the same answer."""
    version, planned = _planned(request, pk, asked)
    runs = rehearsed(planned)
    return {
        **_told(version, planned),
        "p50_minutes": runs.p50,
        "p80_minutes": runs.p80,
        "p50_at": planned.at(runs.p50),
        "p80_at": planned.at(runs.p80),
        "chance_of_the_day": chance_of_the_day(planned, runs),
        "chance_of_the_plan": runs.chance_by(planned.plan.finish),
        "criticality": dict(runs.criticality),
        "bottleneck": bottleneck_of(planned, runs),
    }


def _told(version: ProcedureVersion, planned: Planned) -> dict[str, Any]:
    return {
        "procedure": version.procedure_id,
        "version": version.number,
        "start": planned.scenario.start,
        "finish_at": planned.finish_at,
        "minutes": planned.plan.finish,
    }


def _planned(request: HttpRequest, pk: int, asked: ScenarioAsk) -> tuple[ProcedureVersion, Planned]:
    procedure = get_procedure(person_of(request), pk)
    version = version_asked(procedure, asked.version)
    scenario = Scenario(
        start=usual_start(procedure.zone) if asked.start is None else _aware(asked.start),
        pre_review_days=asked.pre_review,
        credit=asked.credit,
        modes=frozenset(_mode(word.strip()) for word in asked.modes.split(",") if word.strip()),
        reviewers=dict(map(_reviewers, asked.reviewers)),
        deadline=None if asked.deadline is None else _aware(asked.deadline),
        shared=asked.shared,
    )
    return version, plan_of(template_of(version.text), scenario)


def _aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment) if timezone.is_naive(moment) else timezone.localtime(moment)


def _mode(word: str) -> Mode:
    try:
        return Mode(word)
    except ValueError:
        raise WrongInput(field="modes", why=_("没有“{name}”这种办理方式。").format(name=word)) from None


def _reviewers(said: str) -> tuple[str, int]:
    name, _colon, count = said.rpartition(":")
    if not name or not (count.isascii() and count.isdigit()):
        raise WrongInput(field="reviewers", why=_("应写成“部门:人数”，如“税务局:2”。"))
    return name, int(count)
