"""Phases and sub-projects: what holds between a project and its parts.

What counts is written down once in a family: each gate, each list of a year or batch, each year's plan is carried by
the parent or by its parts, never by both. So every figure may simply count entries.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Entry
from zhuchao.apps.core.services import save_record

from ..errors import CarriedByFamily, PartNotPossible
from ..models import AnnualPlan, BatchPlace, Milestone, Project, ProjectLabel, Stage, StageEntry
from ..selectors import family_days
from .index import index_projects

CARRIED: tuple[tuple[type[Entry], tuple[str, ...]], ...] = (
    (StageEntry, ("stage",)),
    (ProjectLabel, ("label", "year")),
    (BatchPlace, ("batch_name", "list")),
    (AnnualPlan, ("year",)),
)
"""What one of a family carries for all of it, and what makes two entries the same."""


def locked(pk: int) -> Project:
    """Return a project with its row locked, and its parent's before it: what everybody who writes to either races for."""
    rows = Project.objects.select_related("zone", "sector", "officer").select_for_update(
        of=("self",), no_key=True
    )
    parent_id = Project.objects.filter(pk=pk).values_list("parent_id", flat=True).first()
    if parent_id is not None:
        rows.get(pk=parent_id)
    return rows.get(pk=pk)


def relatives_of(project: Project) -> Q:
    """Return the condition for the rows of a project's parent and of its parts."""
    return Q(project__parent=project) | Q(project=project.parent_id)


def refuse_carried(project: Project, model: type[Entry], **what: Any) -> None:
    """Refuse to write down for a project what its parent or one of its parts carries; raises CarriedByFamily."""
    rows = model.objects.live().filter(relatives_of(project), **what).select_related("project")
    other = rows.order_by("pk").first()
    if other is not None:
        raise CarriedByFamily(project=project.name, other=other.project.name, what=said_of(other))


def said_of(entry: Any) -> str:
    """Return what an entry of a family says, in the words of a reader."""
    if isinstance(entry, StageEntry):
        return str(entry.get_stage_display())
    if isinstance(entry, ProjectLabel):
        return _("%(year)s 年列入“%(label)s”") % {"year": entry.year, "label": entry.label}
    if isinstance(entry, BatchPlace):
        return _("“%(batch)s”%(list)s") % {"batch": entry.batch_name, "list": entry.get_list_display()}
    return _("%(year)s 年度计划") % {"year": entry.year}


def check_part(project: Project) -> None:
    """Refuse a parent that a project cannot have: itself, one that is a part, one where it has parts of its own.

    Raises PartNotPossible, WrongInput for a part without a parent, and CarriedByFamily where both carry the same.
    """
    parent = project.parent
    if parent is None:
        if project.part:
            raise WrongInput(field=_("分期或子项目"), why=_("先选择上级项目。"))
        return
    why = _why_not(project, parent)
    if why:
        raise PartNotPossible(project=project.name, parent=parent.name, why=why)
    if project.pk is not None:
        _refuse_same(project, parent)


def check_part_change(project: Project, values: dict[str, Any]) -> None:
    """Check a change of parent or part before it is saved; who leaves the parent loses the part's name too."""
    after = Project(pk=project.pk, name=project.name, part=values.get("part", project.part))
    after.parent = values.get("parent", project.parent)
    if after.parent is not None:
        after.parent = Project.objects.select_for_update(no_key=True).get(pk=after.parent.pk)
    if after.parent is None and "parent" in values:
        values["part"] = after.part = ""
    check_part(after)


def _why_not(project: Project, parent: Project) -> str:
    if project.pk == parent.pk:
        return _("不能是自己")
    if parent.parent_id is not None:
        return _("它本身就是分期或子项目，不能再分一层")
    if project.pk is not None and Project.objects.filter(parent=project.pk).exists():
        return _("本项目下面已有分期或子项目，不能再分一层")
    return ""


def _refuse_same(project: Project, parent: Project) -> None:
    for model, keys in CARRIED:
        theirs = {
            tuple(getattr(entry, key) for key in keys)
            for entry in model.objects.live().filter(project=parent)
        }
        for entry in model.objects.live().filter(project=project.pk).order_by("pk"):
            if tuple(getattr(entry, key) for key in keys) in theirs:
                raise CarriedByFamily(project=project.name, other=parent.name, what=said_of(entry))


def furthest(days: dict[Stage, date]) -> dict[str, Any]:
    """Return what the project repeats of its gates: the furthest one and since when."""
    if not days:
        return {"stage": "", "stage_since": None}
    last = max(days, key=lambda gate: gate.place)
    return {"stage": last.value, "stage_since": days[last]}


def follow_stages(projects: Sequence[Project]) -> None:
    """Let projects, their parents and their parts, and the milestones of all of them, follow the gates they stand at."""
    ids = {project.pk for project in projects}
    above = {project.parent_id for project in projects} - {None}
    rows = Project.objects.filter(Q(pk__in=ids | above) | Q(parent__in=ids)).order_by("pk")
    moved = []
    for each in rows.select_for_update(no_key=True):
        days = family_days(each)
        if save_record(each, **furthest(days)):
            moved.append(each.pk)
        tied = Milestone.objects.select_for_update(no_key=True).filter(project=each).exclude(stage="")
        for milestone in tied:
            save_record(milestone, met_on=days.get(Stage(milestone.stage)))
    if moved:
        index_projects(moved)
