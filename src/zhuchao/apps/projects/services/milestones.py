"""Milestones: the days that steps are planned for, moved, met, taken away."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import add_entries, check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import MilestoneExists, MilestoneTied
from ..models import Milestone, MilestonePlan, Project, Stage
from ..selectors import family_days
from .parts import locked
from .projects import refuse_future


@transaction.atomic
def add_milestone(
    *, actor: User | None, project: Project, planned_on: date, name: str = "", stage: str = ""
) -> Milestone:
    """Plan a step of a project for a day; ``stage`` ties it to the gate that meets it and names it when it has no name.

    A gate that was passed already meets it at once. Raises MilestoneExists and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    name = _name(name, stage)
    _refuse_known(project, name)
    if stage and Milestone.objects.filter(project=project, stage=stage).exists():
        tied = Milestone.objects.get(project=project, stage=stage)
        raise MilestoneExists(project=project.name, name=tied.name, planned_on=tied.planned_on.isoformat())
    met_on = family_days(project).get(Stage(stage)) if stage else None
    milestone = Milestone.objects.create(
        zone_id=project.zone_id, project=project, name=name, stage=stage, planned_on=planned_on, met_on=met_on
    )
    keep_plans([milestone], project.zone, actor)
    record_change(
        actor=actor,
        verb="plan",
        rows=[project, milestone],
        scope=project.zone_id,
        name=name,
        planned_on=planned_on,
    )
    return milestone


@transaction.atomic
def change_milestone(
    *,
    actor: User | None,
    milestone: Milestone,
    version: int | None,
    planned_on: date | None = None,
    name: str | None = None,
    reason: str = "",
) -> Milestone:
    """Move a step to another day, or give it another name; the log keeps the day it was planned for before.

    Raises Stale, MilestoneExists and WrongInput.
    """
    milestone = _locked(actor, milestone)
    project = milestone.project
    values: dict[str, Any] = {} if planned_on is None else {"planned_on": planned_on}
    if name is not None:
        values["name"] = _name(name, milestone.stage)
        if values["name"] != milestone.name:
            _refuse_known(project, values["name"])
    check_version(milestone, version, yours=values)
    changed = save_record(milestone, **values)
    if changed:
        keep_plans([milestone], project.zone, actor)
        record_change(
            actor=actor,
            verb="replan",
            rows=[project, milestone],
            scope=project.zone_id,
            name=milestone.name,
            changed=changed,
            reason=reason.strip(),
        )
    return milestone


@transaction.atomic
def meet_milestone(*, actor: User | None, milestone: Milestone, on: date | None) -> Milestone:
    """Say that a step was met on a day, or with None that it was not met after all.

    Raises MilestoneTied for a step tied to a gate, which its entry meets, and WrongInput for a day to come.
    """
    milestone = _locked(actor, milestone)
    if milestone.stage:
        raise MilestoneTied(name=milestone.name, stage=str(Stage(milestone.stage).label))
    if on is not None:
        refuse_future(on, milestone.project.zone)
    changed = save_record(milestone, met_on=on)
    if changed:
        record_change(
            actor=actor,
            verb="meet",
            rows=[milestone.project, milestone],
            scope=milestone.zone_id,
            name=milestone.name,
            changed=changed,
        )
    return milestone


@transaction.atomic
def remove_milestone(*, actor: User | None, milestone: Milestone, reason: str) -> None:
    """Take a planned step away; the log keeps what it was and why."""
    milestone = _locked(actor, milestone)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "删除节点"))
    keep_plans([milestone], milestone.project.zone, actor, removed=True)
    record_change(
        actor=actor,
        verb="remove_plan",
        rows=[milestone.project, milestone],
        scope=milestone.zone_id,
        name=milestone.name,
        stage=milestone.stage,
        planned_on=milestone.planned_on,
        met_on=milestone.met_on,
        reason=reason.strip(),
    )
    milestone.delete()


def keep_plans(
    milestones: Iterable[Milestone], zone: Zone, actor: User | None, *, removed: bool = False
) -> None:
    """Keep the day each milestone is planned for now, so that the plan of today can be seen later."""
    plans = [
        MilestonePlan(
            zone_id=milestone.zone_id,
            project_id=milestone.project_id,
            step_id=milestone.pk,
            name=milestone.name,
            stage=milestone.stage,
            planned_on=milestone.planned_on,
            is_removed=removed,
            happened_on=zones.today(zone),
            ledger_key=f"plan|{milestone.pk}",
        )
        for milestone in milestones
    ]
    add_entries(plans, actor=actor, at=zones.now(zone))


def _locked(actor: User | None, milestone: Milestone) -> Milestone:
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, milestone.project.zone)
    locked(milestone.project_id)
    rows = Milestone.objects.select_related("project__zone").select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=milestone.pk).first()
    if found is None:
        raise WrongInput(field=_("节点"), why=_("“%(name)s”已被删除。") % {"name": milestone.name})
    return found


def _name(name: str, stage: str) -> str:
    if stage and stage not in Stage.values:
        raise WrongInput(field=_("阶段"), why=_("没有“%(stage)s”这个阶段。") % {"stage": stage})
    tidy = " ".join(name.split()) or (str(Stage(stage).label) if stage else "")
    if not tidy:
        raise WrongInput(field=_("节点"), why=_("不能为空。"))
    return tidy


def _refuse_known(project: Project, name: str) -> None:
    known = Milestone.objects.filter(project=project, name=name).first()
    if known is not None:
        raise MilestoneExists(project=project.name, name=name, planned_on=known.planned_on.isoformat())
