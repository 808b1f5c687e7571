"""A case goes over to a newer version of its procedure: what nobody touched follows, what was begun is kept."""

from datetime import date

import pytest

from tests.apps.approvals.played import TEMPLATE, at, happen, make_case, make_procedure, make_room, task_of
from tests.factories import make_user, signed_in
from zhuchao.apps.approvals.errors import CaseClosed, MoveRefused
from zhuchao.apps.approvals.models import CaseDocument, CasePlan, CaseTask, ProcedureVersion
from zhuchao.apps.approvals.services.events import close_case
from zhuchao.apps.approvals.services.moving import move_case, newer_version, preview_move
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role

DAY = "2022-10-10"
T2 = TEMPLATE[TEMPLATE.index("  - key: T2") : TEMPLATE.index("  - key: T3")]
T4 = """  - key: T4
    name: 环评备案
    stage: 用地
    department: 税务局
    review_hours: 1
    issue_hours: 1
    gives: [环评备案表]
    lane: 税务线
"""
# without the tax, with a filing that the permit waits for, whose review takes two hours
NEW = (TEMPLATE.replace(T2, T4).replace("完税证明", "环评备案表")).replace(
    "    department: 行政审批局\n    review_hours: 1", "    department: 行政审批局\n    review_hours: 2"
)


@pytest.fixture
def case():
    load_calendar()
    return make_case(make_room(), f"{DAY} 09:00")


def publish(case, text=NEW, number=2, since=date(2022, 10, 15)):
    procedure = make_procedure(case.zone, text, number=number, since=since)
    return ProcedureVersion.objects.get(procedure=procedure, number=number)


def kinds(case, version):
    return {one.key: one.kind for one in preview_move(case, version).tasks}


def test_what_nobody_touched_is_added_changed_and_taken_away(case, django_capture_on_commit_callbacks):
    assert newer_version(case) is None
    version = publish(case)
    assert newer_version(case) == version
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00", f"finish {DAY} 11:00")
    assert kinds(case, version) == {"T4": "added", "T3": "changed", "T2": "removed"}
    with django_capture_on_commit_callbacks(execute=True):
        move_case(actor=None, case=case, version=version, reason="新政施行")
    case.refresh_from_db()
    assert case.procedure_version == version
    tasks = {task.key: task for task in CaseTask.objects.filter(case=case)}
    assert set(tasks) == {"T1", "T3", "T4"}
    assert (tasks["T1"].state, tasks["T4"].state, tasks["T3"].state) == ("done", "ready", "waiting")
    assert tasks["T3"].review_minutes == 120
    names = set(CaseDocument.objects.filter(case=case, is_result=True).values_list("name", flat=True))
    assert names == {"建设用地规划许可证", "环评备案表", "施工许可证"}
    assert CasePlan.objects.get(case=case).cause == "改用第 2 版"
    change = Change.objects.filter(verb="move_case").get()
    assert change.data["removed"] == ["T2"]
    assert newer_version(case) is None


def test_what_was_begun_is_kept_and_cannot_vanish(case):
    happen(case, "T2", f"start {DAY} 09:05")
    happen(case, "T3", f"start {DAY} 09:10", mode="early")
    version = publish(case)
    assert kinds(case, version) == {"T4": "added", "T3": "kept", "T2": "stays"}
    move_case(actor=None, case=case, version=version, reason="新政施行")
    assert task_of(case, "T2").state == "reviewing"
    assert (task_of(case, "T3").state, task_of(case, "T3").review_minutes) == ("reviewing", 60)
    happen(case, "T2", f"finish {DAY} 10:00")
    assert task_of(case, "T2").state == "done"


def test_a_move_is_made_once_and_needs_a_reason(case):
    version = publish(case)
    with pytest.raises(WrongInput, match="原因"):
        move_case(actor=None, case=case, version=version, reason=" ")
    for _ in range(2):
        move_case(actor=None, case=case, version=version, reason="新政施行")
    assert Change.objects.filter(verb="move_case").count() == 1


def test_a_version_that_is_older_later_or_of_another_procedure_is_refused(case):
    version = publish(case)
    later = publish(case, number=3, since=date(2030, 1, 1))
    assert newer_version(case) == version
    other = ProcedureVersion.objects.get(procedure=make_procedure(case.zone, key="P-9"))
    for wrong in (later, other):
        with pytest.raises(MoveRefused):
            move_case(actor=None, case=case, version=wrong, reason="试")
    old = case.procedure_version
    move_case(actor=None, case=case, version=version, reason="新政施行")
    with pytest.raises(MoveRefused, match="更新"):
        move_case(actor=None, case=case, version=old, reason="退回")


def test_a_version_that_clashes_with_what_was_begun_is_refused(case):
    happen(case, "T2", f"start {DAY} 09:05")
    # the new task gives what the begun one, which stays, gives too
    version = publish(case, TEMPLATE.replace("key: T2", "key: T9"))
    with pytest.raises(MoveRefused, match="完税证明"):
        move_case(actor=None, case=case, version=version, reason="试")
    assert set(CaseTask.objects.filter(case=case).values_list("key", flat=True)) == {"T1", "T2", "T3"}


def test_a_case_that_is_over_and_a_person_who_may_not_change_it_are_refused(case):
    version = publish(case)
    with pytest.raises(NotAllowed):
        move_case(actor=make_user(Role.LEADER, zone=case.zone), case=case, version=version, reason="试")
    close_case(actor=None, case=case, kind="withdraw", note="不办了", at=at(f"{DAY} 12:00"))
    with pytest.raises(CaseClosed):
        move_case(actor=None, case=case, version=version, reason="试")


def test_the_page_shows_the_changes_and_moves_once_they_are_confirmed(client, case):
    admin = signed_in(client, make_user(Role.ADMINISTRATOR, zone=case.zone))
    address = f"/approvals/cases/{case.pk}/move/"
    assert admin.get(address).status_code == 302
    happen(case, "T2", f"start {DAY} 09:05")
    publish(case)
    assert address in admin.get(f"/approvals/cases/{case.pk}/").content.decode()
    page = admin.get(address).content.decode()
    assert "环评备案" in page
    assert "已开始，不能撤掉" in page
    assert "1 小时 → 2 小时" in page
    assert admin.post(address, {"number": 2, "reason": ""}).status_code == 422
    for _ in range(2):
        assert admin.post(address, {"number": 2, "reason": "新政施行"}).status_code == 302
    assert address not in admin.get(f"/approvals/cases/{case.pk}/").content.decode()
