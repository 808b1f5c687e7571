"""A firm's credit in approvals: what it promised, what counts against it, and whether its word is taken on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.wording import clauses, labelled
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import family_ids
from zhuchao.apps.enterprises.selectors.related import RelatedGroup, RelatedRow
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.people import open_now

from ..models import CaseTask, CreditEvent, LateNotice, Pledge
from .matters import Actor
from .standing import OVER

BARS = (CreditEvent.Kind.PLEDGE_BROKEN, CreditEvent.Kind.FALSE_DOCUMENT, CreditEvent.Kind.LISTED)
SHOWN = 20


@dataclass(frozen=True)
class Credit:
    """How a firm stands on a day: whether its word is taken, what bars it, and everything that is noted."""

    on: date
    bars: tuple[CreditEvent, ...]
    events: tuple[CreditEvent, ...]

    @property
    def is_ok(self) -> bool:
        return not self.bars

    @property
    def why(self) -> str:
        """Return in words what bars the firm, empty for nothing."""
        return clauses(
            labelled(f"{one.happened_on:%Y-%m-%d} {one.get_kind_display()}", one.note) for one in self.bars
        )


def credit_of(enterprise: Enterprise, on: date | None = None) -> Credit:
    """Return how a firm and those merged into it stand on a day (today)."""
    day = on or zones.today(enterprise.zone)
    rows = CreditEvent.objects.live().filter(enterprise__in=family_ids(enterprise), happened_on__lte=day)
    events = tuple(rows.select_related("pledge__task", "repairs").order_by("-happened_on", "-pk"))
    repaired = {one.repairs_id for one in events if one.repairs_id is not None}
    bars = tuple(one for one in events if one.kind in BARS and one.pk not in repaired)
    return Credit(day, bars, events)


def visible_credit(actor: Actor) -> EntryQuerySet:
    """Return the credit events this person may see, replaced and void ones included."""
    rows = CreditEvent.objects.select_related(
        "zone",
        "enterprise",
        "pledge__task__case",
        "notice",
        "repairs",
        "recorded_by",
        "replaced_by",
        "evidence",
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.CREDIT))


def get_credit_event(actor: Actor, pk: int) -> CreditEvent:
    """Return one credit event; raises NotFound when it is hidden or missing."""
    found: CreditEvent | None = visible_credit(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这条信用记录"))
    return found


def visible_pledges(actor: Actor) -> QuerySet[Pledge]:
    """Return the pledges this person may see."""
    rows = Pledge.objects.select_related(
        "zone", "enterprise", "task__case", "task__department", "checked_by", "evidence"
    )
    return zones.in_zones(rows, actor, Thing.CASE)


def get_pledge(actor: Actor, pk: int) -> Pledge:
    """Return one pledge; raises NotFound when it is hidden or missing."""
    found = visible_pledges(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这份承诺"))
    return found


def listed_pledges(actor: Actor, zone: Zone) -> QuerySet[Pledge]:
    """Return the pledges of a zone and the zones below it."""
    return visible_pledges(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.CASE))


def visible_notices(actor: Actor) -> QuerySet[LateNotice]:
    """Return the one-time notices this person may see."""
    rows = LateNotice.objects.select_related(
        "zone", "enterprise", "task__case", "task__department", "task__matter_version__matter", "evidence"
    )
    return zones.in_zones(rows, actor, Thing.CASE)


def get_notice(actor: Actor, pk: int) -> LateNotice:
    """Return one notice; raises NotFound when it is hidden or missing."""
    found = visible_notices(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("这份告知书"))
    return found


def listed_notices(actor: Actor, zone: Zone) -> QuerySet[LateNotice]:
    """Return the one-time notices of a zone and the zones below it."""
    return visible_notices(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.CASE))


def pledges_to_check(actor: Actor, zone: Zone, by: date) -> QuerySet[Pledge]:
    """Return the pledges that this person's department has to check by a day, the most urgent first."""
    tasks = zones.in_zones(CaseTask.objects.all(), actor, Thing.TASK, verb=Verb.CHANGE, own="department")
    rows = listed_pledges(actor, zone).filter(result="", check_due_on__lte=by, task__in=tasks)
    return rows.order_by("check_due_on", "pk")


def notices_due(actor: Actor, zone: Zone, by: date) -> QuerySet[LateNotice]:
    """Return the open notices of which the documents are due by a day, the most urgent first."""
    rows = listed_notices(actor, zone).filter(state=LateNotice.State.OPEN, due_on__lte=by)
    return rows.exclude(task__state__in=OVER).order_by("due_on", "pk")


def people_of_task(task: CaseTask) -> list[User]:
    """Return whom a task concerns: who took the case in, the agent, the officer, and the department's people."""
    known = (task.case.opened_by_id, task.case.agent_id, task.officer_id)
    ids = {pk for pk in known if pk is not None}
    if task.department_id is not None:
        rows = open_now().filter(department_id=task.department_id)
        ids |= set(rows.values_list("user_id", flat=True))
    return list(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))


def credit_of_firm(actor: User | AnonymousUser, ids: Sequence[int]) -> RelatedGroup | None:
    """Return what is noted of a firm's credit in approvals, for its page."""
    rows = visible_credit(actor).live().filter(enterprise__in=ids)[:SHOWN]
    found = [
        RelatedRow(
            title=str(one.get_kind_display()),
            url=reverse("credit-list") + f"?firm={one.enterprise_id}",
            detail=one.note,
            on=one.happened_on,
        )
        for one in rows
    ]
    return RelatedGroup("approval-credit", _("审批信用"), found) if found else None
