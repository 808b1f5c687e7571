"""Who may record what of a task: one rule for the buttons of a page and for the service behind them."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, NotAllowed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import CaseTask, EventKind, TaskState
from .guidance import EVENTS_OF_FIRM, mandate_of
from .matters import Actor
from .standing import MAY_FOLLOW

AT_THE_WINDOW: Final = frozenset({EventKind.START, EventKind.RESUBMIT, EventKind.WITHDRAW})
"""What a window may record for any department: what a firm brings to it."""
FIRST: Final = (
    EventKind.START,
    EventKind.RESUBMIT,
    EventKind.RESUME,
    EventKind.REVIEWED,
    EventKind.FINISH,
    EventKind.ISSUE,
)
"""What brings a task on, in the order in which it is offered."""

ONE_PRESS: Final = frozenset(
    {EventKind.START, EventKind.RESUBMIT, EventKind.RESUME, EventKind.REVIEWED, EventKind.ISSUE}
)
"""What needs nothing to be filled in: one press of a button."""


def refuse_stranger(
    actor: Actor, task: CaseTask, kind: EventKind, department: Department | None = None
) -> None:
    """Refuse who may not record this of a task: another department's people, a window beyond its part.

    A department that was asked to co-sign answers for itself; an agent acts for the firm under its mandate.
    Raises NotAllowed, or NotFound where the task is not theirs to know of.
    """
    if actor is None:
        return
    zone = task.zone_id
    if kind in AT_THE_WINDOW and zones.may(actor, Verb.ADD, Thing.TASK, zone):
        return
    own = task.department_id
    if kind == EventKind.COSIGNED and department is not None:
        own = department.pk
    if zones.may(actor, Verb.CHANGE, Thing.TASK, zone):
        zones.require(actor, Verb.CHANGE, Thing.TASK, zone, own=own)
        return
    if kind in EVENTS_OF_FIRM and _acts_for_firm(actor, task):
        return
    if kind == EventKind.ASSIGN and zones.may(actor, Verb.ASSIGN, Thing.CASE, zone):
        return
    zones.require(actor, Verb.VIEW, Thing.CASE, zone)
    raise NotAllowed(verb=str(kind.label), thing=_("审批任务"))


def _acts_for_firm(actor: Actor, task: CaseTask) -> bool:
    return isinstance(actor, User) and mandate_of(task.case, actor, zones.today(task.zone)) is not None


def may_record(actor: Actor, task: CaseTask, kind: EventKind, department: Department | None = None) -> bool:
    """Return whether a person may record this of a task, wherever it stands."""
    try:
        refuse_stranger(actor, task, kind, department)
    except DomainError:
        return False
    return True


def may_rewrite(actor: Actor, task: CaseTask) -> bool:
    """Return whether a person may correct or void what was recorded of a task: its department, not a window."""
    return zones.may(actor, Verb.CHANGE, Thing.TASK, task.zone_id) and may_record(actor, task, EventKind.STOP)


def offered(actor: Actor, task: CaseTask, *, asked: Iterable[int | None] = ()) -> list[EventKind]:
    """Return what a person may record of a task where it stands, what brings it on first.

    ``asked``: the departments whose co-signature is awaited.
    """
    state = TaskState(task.state)
    possible = {kind for kind, states in MAY_FOLLOW.items() if state in states}
    if state == TaskState.WAITING and not task.early_allowed and not task.late:
        possible.discard(EventKind.START)
    if state == TaskState.REVIEWING:
        possible -= {EventKind.FINISH} if task.review_minutes else {EventKind.REVIEWED}
    awaited = [pk for pk in asked if pk is not None]
    possible.discard(EventKind.COSIGNED)
    possible.discard(EventKind.HAND_BACK if not task.case.elsewhere else EventKind.HAND_OVER)
    found = [kind for kind in (*FIRST, *EventKind) if kind in possible and may_record(actor, task, kind)]
    if awaited and state == TaskState.REVIEWING and _may_cosign(actor, task, awaited):
        found.insert(0, EventKind.COSIGNED)
    return list(dict.fromkeys(found))


def _may_cosign(actor: Actor, task: CaseTask, asked: Iterable[int]) -> bool:
    rows = Department.objects.filter(pk__in=list(asked))
    return any(may_record(actor, task, EventKind.COSIGNED, one) for one in rows)
