"""Cases, their tasks, documents and events: which of them a person may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Case, CaseDocument, CaseTask, TaskEvent, TaskState
from .matters import Actor
from .standing import OVER

THING: Final = "approvals.case"
UNDER_WAY: Final = (
    TaskState.REVIEWING,
    TaskState.REVIEWED,
    TaskState.ISSUING,
)
"""The states in which the clock of a task runs."""


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases this person may see, with every task of them. Every read for a request starts here."""
    rows = Case.objects.select_related("zone", "enterprise", "project", "theme", "agent", "window")
    return zones.in_zones(rows, actor, Thing.CASE)


def listed_cases(actor: Actor, zone: Zone) -> QuerySet[Case]:
    """Return the cases of a zone and the zones below it that this person may see."""
    return visible_cases(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.CASE))


def searched_cases(rows: QuerySet[Case], scopes: Sequence[int], text: str) -> QuerySet[Case]:
    """Narrow cases to those found by number, title, firm or project."""
    ids = matching_row_ids(THING, scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(title__icontains=text)


def with_progress(rows: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """Add to cases how many tasks they have, how many are over, and how many are late (``tasks_*``)."""
    over = Q(tasks__state__in=[state.value for state in OVER])
    return rows.annotate(
        tasks_all=Count("tasks"),
        tasks_over=Count("tasks", filter=over),
        tasks_late=Count("tasks", filter=late_tasks(now, "tasks__")),
    )


def late_tasks(now: datetime, path: str = "") -> Q:
    """Return the condition under which a task is late: promised for before ``now``, begun and not over."""
    return Q(**{f"{path}due_at__lt": now, f"{path}state__in": UNDER_WAY})


def get_case(actor: Actor, pk: int) -> Case:
    """Return one case; raises NotFound when it is hidden or missing."""
    rows = visible_cases(actor).select_related("procedure_version__procedure", "opened_by")
    case = rows.filter(pk=pk).first()
    if case is None:
        raise NotFound(what=_("该办件"))
    return case


def visible_tasks(actor: Actor, verb: Verb = Verb.VIEW) -> QuerySet[CaseTask]:
    """Return the tasks that a person works on or answers for: of an approver those of their own department.

    What stands on the page of a case is told by ``visible_cases``; this is for queues and for acting on a task.
    """
    rows = CaseTask.objects.select_related(
        "zone", "case__enterprise", "case__project", "department", "officer"
    )
    return zones.in_zones(rows, actor, Thing.TASK, verb=verb, own="department")


def get_task(actor: Actor, pk: int) -> CaseTask:
    """Return one task of a case that this person may see; raises NotFound when it is hidden or missing."""
    rows = CaseTask.objects.select_related("zone", "case__zone", "department", "officer", "matter_version")
    task = zones.in_zones(rows, actor, Thing.CASE).filter(pk=pk).first()
    if task is None:
        raise NotFound(what=_("该任务"))
    return task


def visible_case_documents(actor: Actor) -> QuerySet[CaseDocument]:
    """Return the documents of the cases this person may see."""
    return zones.in_zones(CaseDocument.objects.select_related("task", "case", "file"), actor, Thing.CASE)


def visible_events(actor: Actor) -> EntryQuerySet:
    """Return the events of the cases this person may see, replaced and void ones included."""
    rows = TaskEvent.objects.select_related("task__case", "recorded_by", "department", "replaced_by")
    return zones.in_zones(rows, actor, Thing.CASE)  # type: ignore[return-value]
