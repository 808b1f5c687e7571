"""What waits for whom: the queue of a department, the desk of a window, what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import CLOSED, Case, CaseTask, EventKind, TaskEvent, TaskState
from .cases import UNDER_WAY, visible_cases, visible_tasks
from .matters import Actor

SOON: Final = timedelta(hours=24)
"""How long before its due moment a task is told of as due soon."""
AT_HAND: Final = (TaskState.READY, *UNDER_WAY, TaskState.STOPPED, TaskState.RETURNED)


@dataclass(frozen=True)
class Queue:
    """The tasks of departments by what they wait for; ``asked``: tasks of others that wait for a co-signature."""

    ready: list[CaseTask]
    working: list[CaseTask]
    held: list[CaseTask]
    asked: list[tuple[CaseTask, Department]]
    coming: int

    @property
    def is_empty(self) -> bool:
        return not (self.ready or self.working or self.held or self.asked)


def queue_of(actor: User, zone: Zone, department: Department | None = None) -> Queue:
    """Return what this person can act on in a zone, of one department where it is named; the most pressing first."""
    scopes = zones.zones_under(actor, zone, Thing.CASE)
    rows = visible_tasks(actor, Verb.CHANGE).filter(zone_id__in=scopes).exclude(case__state__in=CLOSED)
    rows = rows.filter(department=department) if department is not None else rows
    ordered = rows.filter(state__in=AT_HAND).order_by(F("due_at").asc(nulls_last=True), "ready_at", "pk")
    found = list(ordered.select_related("zone", "case__zone", "case__enterprise", "department")[:300])
    return Queue(
        ready=[task for task in found if task.state == TaskState.READY],
        working=[task for task in found if task.state in UNDER_WAY],
        held=[task for task in found if task.state in (TaskState.STOPPED, TaskState.RETURNED)],
        asked=asked_of(actor, scopes, department),
        coming=rows.filter(state=TaskState.WAITING).count(),
    )


def asked_of(
    actor: User, scopes: Sequence[int], department: Department | None = None
) -> list[tuple[CaseTask, Department]]:
    """Return the tasks of other departments that wait for a co-signature of this person's departments."""
    own = [department.pk] if department is not None else list(zones.own_department_ids(actor))
    rows = TaskEvent.objects.live().filter(
        department_id__in=own,
        kind__in=(EventKind.COSIGN, EventKind.COSIGNED),
        task__state=TaskState.REVIEWING,
        task__zone_id__in=scopes,
    )
    awaited: dict[tuple[int, int], TaskEvent] = {}
    for event in rows.select_related("task__case__zone", "task__zone", "department").order_by(
        "happened_at", "pk"
    ):
        key = (event.task_id, event.department_id)
        if event.kind == EventKind.COSIGN:
            awaited[key] = event
        else:
            awaited.pop(key, None)
    return [(one.task, one.department) for one in awaited.values() if one.department is not None]


@dataclass(frozen=True)
class Desk:
    """What a window has before it: cases just taken in, tasks to accept, returned ones to get from the firm again."""

    taken_in: list[Case]
    to_accept: list[CaseTask]
    returned: list[CaseTask]
    found: list[Case]


def desk_of(actor: User, zone: Zone, text: str = "") -> Desk:
    """Return the desk of a window of a zone; ``text`` looks up cases by number, title or firm."""
    scopes = zones.zones_under(actor, zone, Thing.CASE)
    cases = visible_cases(actor).filter(zone_id__in=scopes)
    tasks = zones.in_zones(
        CaseTask.objects.select_related("zone", "case__zone", "case__enterprise", "department"),
        actor,
        Thing.CASE,
    ).filter(zone_id__in=scopes)
    tasks = tasks.exclude(case__state__in=CLOSED)
    return Desk(
        taken_in=list(cases.order_by("-opened_at", "-pk")[:8]),
        to_accept=list(tasks.filter(state=TaskState.READY).order_by("ready_at", "pk")[:20]),
        returned=list(tasks.filter(state=TaskState.RETURNED).order_by("pk")[:20]),
        found=list(found_cases(cases, text)[:20]) if text else [],
    )


def found_cases(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Narrow cases to those whose number, title, firm or contact says what was typed."""
    said = text.strip()
    return rows.filter(
        Q(number__iexact=said)
        | Q(number__iendswith=said)
        | Q(title__icontains=said)
        | Q(enterprise__name__icontains=said)
        | Q(contact=said)
    ).order_by("-opened_at", "-pk")


def late_tasks_of(actor: Actor, zone: Zone, now: datetime) -> QuerySet[CaseTask]:
    """Return the tasks that a person works on in a zone and that are late or due within a day, by promise or by law."""
    scopes = zones.zones_under(actor, zone, Thing.CASE)
    rows = visible_tasks(actor, Verb.CHANGE).filter(zone_id__in=scopes, state__in=UNDER_WAY)
    near = Q(due_at__lte=now + SOON) | Q(legal_due_at__lte=now + SOON)
    return rows.filter(near).order_by(F("due_at").asc(nulls_last=True), "pk")


def overdue_cases(actor: Actor, zone: Zone, now: datetime) -> QuerySet[Case]:
    """Return the open cases of a zone with a task that is late, or past the moment asked for: what is escalated."""
    rows = visible_cases(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.CASE))
    late = Q(tasks__due_at__lt=now, tasks__state__in=UNDER_WAY) | Q(deadline_at__lt=now)
    return rows.exclude(state__in=CLOSED).filter(late).distinct().order_by("deadline_at", "pk")
