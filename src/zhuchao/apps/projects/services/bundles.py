"""Service bundles: kept in versions, applied to a project in one step; and the tasks they bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.people import works_in
from zhuchao.engines.workdays import add_working_days

from ..errors import BundleExists, TaskDone
from ..models import BundleTask, BundleVersion, Project, ProjectTask, Stage, TaskBundle
from ..selectors.bundles import OFFICER, newest_version, planned_tasks, tasks_in
from .parts import locked
from .projects import own_evidence, refuse_future

MOST_TASKS = 60
MOST_DAYS = 500


@dataclass(frozen=True)
class TaskLine:
    """A task as it is written into a bundle: a department, a role, or neither (then the project's officer does it)."""

    name: str
    working_days: int
    department: Department | None = None
    role: str = ""
    note: str = ""


@transaction.atomic
def add_bundle(
    *,
    actor: User | None,
    zone: Zone,
    name: str,
    tasks: Sequence[TaskLine],
    stage: str = Stage.STARTED,
    is_example: bool = False,
) -> TaskBundle:
    """Enter a service bundle with the first version of its tasks. Raises BundleExists and WrongInput."""
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    name = _name(zone, name)
    _check(zone, stage, tasks)
    bundle = TaskBundle.objects.create(zone=zone, name=name, stage=stage, is_example=is_example)
    _write_version(actor, bundle, 1, tasks, "")
    record_change(
        actor=actor, verb="add_bundle", rows=[bundle], scope=zone.pk, name=name, stage=stage, tasks=len(tasks)
    )
    return bundle


@transaction.atomic
def change_bundle(
    *,
    actor: User | None,
    bundle: TaskBundle,
    version: int | None,
    name: str,
    stage: str,
    tasks: Sequence[TaskLine],
    is_active: bool = True,
    note: str = "",
) -> TaskBundle:
    """Edit a bundle; other tasks make a new version. Projects that have the old tasks keep them.

    Raises Stale, BundleExists and WrongInput.
    """
    zones.require(actor, Verb.MANAGE, Thing.PROJECT, bundle.zone)
    bundle = (
        TaskBundle.objects.select_related("zone")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=bundle.pk)
    )
    values = {"name": name.strip(), "stage": stage, "is_active": is_active}
    check_version(bundle, version, yours=values)
    if values["name"] != bundle.name:
        values["name"] = _name(bundle.zone, name)
    _check(bundle.zone, stage, tasks)
    changed = save_record(bundle, **values)
    newest = newest_version(bundle)
    if [_line(task) for task in tasks_in(newest)] != list(tasks):
        _write_version(actor, bundle, newest.number + 1, tasks, note)
        changed["tasks"] = [newest.number, newest.number + 1]
        bundle.version += 1
        bundle.save(update_fields=["version", "updated_at"])
    if changed:
        record_change(
            actor=actor,
            verb="change_bundle",
            rows=[bundle],
            scope=bundle.zone_id,
            name=bundle.name,
            changed=changed,
            reason=note.strip(),
        )
    return bundle


def adopt_example(*, actor: User | None, zone: Zone) -> TaskBundle:
    """Take the bundle that comes with the product, marked as an example, into a zone that has none of its name."""
    lines = (
        (_("上门对接，建立项目服务群"), 1, OFFICER, ""),
        (_("核对用地、规划、环评、能评等前期手续清单"), 3, OFFICER, _("缺项写明责任部门和时间")),
        (_("协调临时用水、用电接入"), 5, Role.LIAISON.value, ""),
        (_("施工许可联合预审"), 7, OFFICER, _("会同审批部门一次告知")),
        (_("质量安全监督交底"), 8, OFFICER, ""),
        (_("施工围挡和渣土运输备案指导"), 10, Role.LIAISON.value, ""),
        (_("开工条件现场核验"), 12, OFFICER, _("拍照留存")),
        (_("开工安排和政策送达"), 15, OFFICER, ""),
    )
    return add_bundle(
        actor=actor,
        zone=zone,
        name=_("开工大吉服务包（示例）"),
        stage=Stage.READY,
        tasks=[TaskLine(name, days, None, role, note) for name, days, role, note in lines],
        is_example=True,
    )


@transaction.atomic
def apply_bundle(
    *, actor: User | None, project: Project, bundle: TaskBundle, start: date
) -> list[ProjectTask]:
    """Give a project the tasks of a bundle's newest version, due in working days after ``start``; return the new ones.

    Safe to repeat: a task that the project has of this bundle is not made again. Raises WrongInput for a bundle of
    another zone or out of use.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    if bundle.zone_id not in {project.zone_id, *_above(project.zone)} or not bundle.is_active:
        raise WrongInput(field=_("服务包"), why=_("“%(bundle)s”不能用于这个项目。") % {"bundle": bundle.name})
    version = newest_version(bundle)
    planned = planned_tasks(bundle, project, start, actor)
    made = [
        ProjectTask.objects.create(
            zone_id=project.zone_id,
            project=project,
            bundle=bundle,
            version_of=version,
            name=one.name,
            note=one.note,
            department=one.department
            if one.department and one.department.zone_id == project.zone_id
            else None,
            owner=one.owner,
            start_on=start,
            working_days=one.due.working_days,
            due_on=one.due.day,
        )
        for one in planned
        if not one.is_there
    ]
    if made:
        record_change(
            actor=actor,
            verb="apply_bundle",
            rows=[project, *made],
            scope=project.zone_id,
            name=bundle.name,
            tasks=len(made),
            on=start,
        )
    return made


@transaction.atomic
def add_task(
    *,
    actor: User | None,
    project: Project,
    name: str,
    owner: User,
    start: date,
    working_days: int,
    department: Department | None = None,
    note: str = "",
) -> ProjectTask:
    """Give a project one task of its own, due in working days after ``start``."""
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    _check(project.zone, Stage.STARTED, [TaskLine(name.strip(), working_days, department)])
    _works_here(owner, project.zone)
    task = ProjectTask.objects.create(
        zone_id=project.zone_id,
        project=project,
        name=name.strip(),
        note=note.strip(),
        department=department,
        owner=owner,
        start_on=start,
        working_days=working_days,
        due_on=add_working_days(start, working_days, work_calendar(provisional=True)).day,
    )
    record_change(
        actor=actor, verb="add_task", rows=[project, task], scope=project.zone_id, name=task.name, owner=owner
    )
    return task


@transaction.atomic
def reassign_task(
    *,
    actor: User | None,
    task: ProjectTask,
    version: int | None,
    owner: User,
    due_on: date | None = None,
    reason: str,
) -> ProjectTask:
    """Give a task to somebody else, or another day, with the reason. Raises Stale, TaskDone and WrongInput."""
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, task.project.zone)
    task = _locked(task)
    if task.done_on is not None:
        raise TaskDone(task=task.name, on=task.done_on.isoformat())
    if not reason.strip():
        raise WrongInput(field=_("原因"), why=_("不能为空。"))
    if owner.pk != task.owner_id:
        _works_here(owner, task.project.zone)
    if due_on is not None and due_on < task.start_on:
        raise WrongInput(
            field=_("截止日期"), why=_("不能早于起算日期 %(day)s。") % {"day": task.start_on.isoformat()}
        )
    values = {"owner": owner, "due_on": due_on or task.due_on}
    check_version(task, version, yours=values)
    changed = save_record(task, **values)
    if changed:
        record_change(
            actor=actor,
            verb="reassign_task",
            rows=[task.project, task],
            scope=task.zone_id,
            name=task.name,
            changed=changed,
            reason=reason.strip(),
        )
    return task


@transaction.atomic
def finish_task(
    *,
    actor: User | None,
    task: ProjectTask,
    on: date,
    note: str = "",
    evidence: Attachment | None = None,
) -> ProjectTask:
    """Say that a task was done on a day, and what came of it; its owner may, and who may edit the project.

    Raises TaskDone when it was done already, and WrongInput for a day to come or before the start.
    """
    own = actor is not None and actor.pk == task.owner_id
    zones.require(actor, Verb.VIEW if own else Verb.CHANGE, Thing.PROJECT, task.project.zone)
    task = _locked(task)
    if task.done_on is not None:
        raise TaskDone(task=task.name, on=task.done_on.isoformat())
    refuse_future(on, task.project.zone)
    changed = save_record(
        task,
        done_on=on,
        done_by=actor,
        done_note=note.strip(),
        evidence=own_evidence(evidence, task.project.zone),
    )
    record_change(
        actor=actor,
        verb="finish_task",
        rows=[task.project, task],
        scope=task.zone_id,
        name=task.name,
        on=on,
        changed=changed,
    )
    return task


@transaction.atomic
def reopen_task(*, actor: User | None, task: ProjectTask, reason: str) -> ProjectTask:
    """Say that a task was not done after all, with the reason."""
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, task.project.zone)
    task = _locked(task)
    if not reason.strip():
        raise WrongInput(field=_("原因"), why=_("不能为空。"))
    changed = save_record(task, done_on=None, done_by=None, done_note="", evidence=None)
    if changed:
        record_change(
            actor=actor,
            verb="reopen_task",
            rows=[task.project, task],
            scope=task.zone_id,
            name=task.name,
            changed=changed,
            reason=reason.strip(),
        )
    return task


def _locked(task: ProjectTask) -> ProjectTask:
    rows = ProjectTask.objects.select_related("project__zone").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=task.pk)


def _above(zone: Zone) -> list[int]:
    found, here = [], zone.parent
    while here is not None:
        found.append(here.pk)
        here = here.parent
    return found


def _works_here(person: User, zone: Zone) -> None:
    if not works_in(person, zone):
        raise WrongInput(
            field=_("责任人"), why=_("“%(person)s”不在%(zone)s任职。") % {"person": person, "zone": zone}
        )


def _name(zone: Zone, name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy:
        raise WrongInput(field=_("服务包"), why=_("不能为空。"))
    if TaskBundle.objects.filter(zone=zone, name=tidy).exists():
        raise BundleExists(zone=str(zone), name=tidy)
    return tidy


def _check(zone: Zone, stage: str, tasks: Sequence[TaskLine]) -> None:
    if stage not in Stage.values:
        raise WrongInput(field=_("适用阶段"), why=_("没有“%(stage)s”这个阶段。") % {"stage": stage})
    if not 0 < len(tasks) <= MOST_TASKS:
        raise WrongInput(field=_("任务"), why=_("应有 1 到 %(most)d 项。") % {"most": MOST_TASKS})
    seen: set[str] = set()
    for task in tasks:
        if not task.name or task.name in seen:
            why = _("“%(name)s”重复。") % {"name": task.name} if task.name else _("不能为空。")
            raise WrongInput(field=_("任务"), why=why)
        seen.add(task.name)
        if not 0 <= task.working_days <= MOST_DAYS:
            raise WrongInput(
                field=_("期限（工作日）"), why=_("应为 0 到 %(most)d 个工作日。") % {"most": MOST_DAYS}
            )
        if task.department is not None and task.department.zone_id != zone.pk:
            raise WrongInput(
                field=_("责任单位"),
                why=_("“%(row)s”不属于%(zone)s。") % {"row": task.department, "zone": zone},
            )
        if task.role and task.role != OFFICER and task.role not in Role.values:
            raise WrongInput(field=_("角色"), why=_("没有“%(role)s”这个角色。") % {"role": task.role})


def _line(task: BundleTask) -> TaskLine:
    return TaskLine(task.name, task.working_days, task.department, task.role, task.note)


def _write_version(
    actor: User | None, bundle: TaskBundle, number: int, tasks: Sequence[TaskLine], note: str
) -> None:
    version = BundleVersion.objects.create(
        zone_id=bundle.zone_id, bundle=bundle, number=number, made_by=actor, note=note.strip()
    )
    BundleTask.objects.bulk_create(
        BundleTask(
            zone_id=bundle.zone_id,
            version_of=version,
            position=position,
            name=task.name,
            department=task.department,
            role=task.role,
            working_days=task.working_days,
            note=task.note,
        )
        for position, task in enumerate(tasks, 1)
    )
