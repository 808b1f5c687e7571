"""Service bundles and the tasks of projects: what a person may see of them, and what a bundle would bring."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, Role, User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.apps.zones.selectors.people import open_now
from zhuchao.engines.workdays import Due, add_working_days

from ..models import BundleTask, BundleVersion, Project, ProjectTask, TaskBundle
from .projects import Actor

OFFICER = "officer"
"""The role of a task that whoever answers for the project does."""

OFFICER_WORD = gettext_lazy("金牌店小二")


@dataclass(frozen=True)
class PlannedTask:
    """A task that a bundle would bring to a project: whose, by which day; ``is_there`` when the project has it."""

    name: str
    note: str
    department: Department | None
    owner: User
    due: Due
    is_there: bool


def visible_bundles(actor: Actor) -> QuerySet[TaskBundle]:
    """Return the bundles of the zones whose projects this person may see."""
    return zones.in_zones(TaskBundle.objects.select_related("zone"), actor, Thing.PROJECT)


def get_bundle(actor: Actor, pk: int) -> TaskBundle:
    """Return one bundle; raises NotFound when it is hidden or missing."""
    bundle = visible_bundles(actor).filter(pk=pk).first()
    if bundle is None:
        raise NotFound(what=_("该服务包"))
    return bundle


def newest_version(bundle: TaskBundle) -> BundleVersion:
    """Return the version of a bundle that is applied: the newest."""
    return bundle.versions.order_by("-number")[0]


def tasks_in(version: BundleVersion) -> list[BundleTask]:
    """Return the tasks of a version in their order."""
    return list(version.tasks.select_related("department").order_by("position"))


def visible_tasks(actor: Actor) -> QuerySet[ProjectTask]:
    """Return the tasks of the projects this person may see."""
    rows = ProjectTask.objects.select_related("project__zone", "owner", "department", "bundle", "done_by")
    return zones.in_zones(rows, actor, Thing.PROJECT)


def get_task(actor: Actor, pk: int) -> ProjectTask:
    """Return one task; raises NotFound when it is hidden or missing."""
    task = visible_tasks(actor).filter(pk=pk).first()
    if task is None:
        raise NotFound(what=_("该任务"))
    return task


def listed_tasks(actor: Actor, zone: Zone) -> QuerySet[ProjectTask]:
    """Return the tasks of a zone and the zones below it that this person may see."""
    return visible_tasks(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.PROJECT))


def due_tasks(actor: Actor, zone: Zone, until: date) -> QuerySet[ProjectTask]:
    """Return the open tasks under a zone that are due by a day, the oldest first."""
    return listed_tasks(actor, zone).filter(done_on=None, due_on__lte=until).order_by("due_on", "pk")


def role_word(role: str) -> str:
    """Return what a role of a task is called; empty for none."""
    return str(OFFICER_WORD) if role == OFFICER else str(Role(role).label) if role else ""


def planned_tasks(
    bundle: TaskBundle, project: Project, start: date, applier: User | None
) -> list[PlannedTask]:
    """Return what a bundle would bring to a project that starts on a day, in working days over holidays and 调休.

    A department's task is its one member's; a role's the one person's who holds it. Where there are several or none, it
    is the officer's of the project, and without an officer ``applier``'s. A task without anybody is left out.
    Raises CalendarNotKnown when no calendar is loaded.
    """
    calendar = work_calendar(provisional=True)
    there = set(ProjectTask.objects.filter(project=project, bundle=bundle).values_list("name", flat=True))
    people = _people(project.zone)
    found = []
    for task in tasks_in(newest_version(bundle)):
        owner = _owner(task, project, people) or project.officer or applier
        if owner is not None:
            due = add_working_days(start, task.working_days, calendar)
            found.append(PlannedTask(task.name, task.note, task.department, owner, due, task.name in there))
    return found


def _people(zone: Zone) -> dict[str, list[User]]:
    """Return who holds each role and who is in each department of a zone, today."""
    found: dict[str, dict[int, User]] = defaultdict(dict)
    rows = open_now().filter(zone_id__in=_lineage(zone), user__is_active=True).select_related("user")
    for membership in rows.order_by("user__display_name", "user_id"):
        found[membership.role][membership.user_id] = membership.user
        if membership.department_id:
            found[f"department {membership.department_id}"][membership.user_id] = membership.user
    return {key: list(people.values()) for key, people in found.items()}


def _lineage(zone: Zone) -> list[int]:
    ids, here = [zone.pk], zone.parent
    while here is not None:
        ids.append(here.pk)
        here = here.parent
    return ids


def _owner(task: BundleTask, project: Project, people: Mapping[str, list[User]]) -> User | None:
    if task.role == OFFICER:
        return project.officer
    if task.department_id:
        candidates = people.get(f"department {task.department_id}", [])
    else:
        candidates = people.get(task.role, [])
    if project.officer in candidates:
        return project.officer
    return candidates[0] if len(candidates) == 1 else None
