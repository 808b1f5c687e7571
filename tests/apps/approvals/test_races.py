"""Two clerks at one task at the same time, on connections of their own: one ends it, the other is told who did."""

import pytest

from tests.apps.approvals.played import make_case, make_room, task_of
from tests.apps.premises.test_races import at_once
from tests.factories import make_user
from zhuchao.apps.approvals.errors import TaskOver
from zhuchao.apps.approvals.models import CaseTask, EventKind, TaskEvent
from zhuchao.apps.approvals.services.events import record_event
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_clerks_who_finish_one_task_at_once_one_does_and_the_other_learns_who_did():
    zone = make_room()
    case = make_case(zone, "2022-10-11 09:00")
    task = task_of(case, "T2")
    clerks = [make_user(Role.ADMINISTRATOR, zone=zone) for _ in range(2)]
    record_event(actor=clerks[0], task=task, kind=EventKind.START)

    def finish(clerk):
        return record_event(actor=clerk, task=CaseTask.objects.get(pk=task.pk), kind=EventKind.FINISH)

    results = at_once(*(lambda clerk=clerk: finish(clerk) for clerk in clerks))
    made = [one for one in results if isinstance(one, TaskEvent)]
    refused = [one for one in results if isinstance(one, TaskOver)]
    assert (len(made), len(refused)) == (1, 1)
    assert str(made[0].recorded_by) in str(refused[0])
    assert TaskEvent.objects.filter(task=task, kind=EventKind.FINISH).count() == 1
    assert all(isinstance(link, int) for link in verify_changes(zone.pk))
