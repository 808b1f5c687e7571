"""What of cases is due today: tasks of one's department that are late or due soon, and late cases for who leads."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.approvals.selectors.queues import late_tasks_of, overdue_cases
from zhuchao.apps.core.wording import clauses
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due


def case_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give a card for each task of this person's department that presses, and each late case for a leader or agent."""
    now = zones.now(zone)
    if zones.may(actor, Verb.CHANGE, Thing.TASK, zone):
        for task in late_tasks_of(actor, zone, now)[:MOST_OF_A_KIND]:
            moments = [one for one in (task.due_at, task.legal_due_at) if one is not None]
            day = zones.day_of(min(moments))
            is_late = min(moments) < now
            yield Card(
                key=f"case-task:{task.pk}:{task.state}",
                urgency=Urgency.OVERDUE if is_late else urgency_of(day, on),
                title=_("%(task)s要办结") % {"task": task.name},
                why=clauses((when_due(day, on), str(task.case))),
                url=reverse("case-detail", args=[task.case_id]),
                verb=_("去办理"),
                day=day,
                kind=_("审批"),
                light="red" if is_late else "amber",
            )
    if not zones.may(actor, Verb.VIEW, Thing.CASE, zone):
        return
    cases = overdue_cases(actor, zone, now)
    if Role.LEADER not in zones.roles_of(actor, zone.pk):
        cases = cases.filter(agent=actor)
    for case in cases[:MOST_OF_A_KIND]:
        yield Card(
            key=f"case-late:{case.pk}:{on:%Y%m%d}",
            urgency=Urgency.OVERDUE,
            title=_("办件 %(case)s 有任务超期") % {"case": case.number},
            why=clauses((case.title, str(case.agent or ""))),
            url=reverse("case-detail", args=[case.pk]),
            verb=_("去催办"),
            kind=_("审批"),
            light="red",
        )
