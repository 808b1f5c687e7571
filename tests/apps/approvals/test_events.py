"""What may follow what: the events of a task, their order, their locks, and what follows from them."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.apps.approvals.played import at, happen, make_case, make_room, task_of
from tests.factories import make_department, make_user
from zhuchao.apps.approvals.errors import (
    CaseClosed,
    CosignAwaited,
    HandedOver,
    LaterEvents,
    ModeRefused,
    NotBeforeStart,
    StepNotNow,
    TaskOver,
    TaskWaits,
)
from zhuchao.apps.approvals.models import Case, CaseDocument, TaskEvent
from zhuchao.apps.approvals.services.events import close_case, correct_event, record_event, void_event
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role
from zhuchao.apps.zones.selectors import now

DAY = "2022-10-10"


@pytest.fixture
def zone():
    return make_room()


@pytest.fixture
def case(zone):
    return make_case(zone, f"{DAY} 09:00")


def test_a_task_is_accepted_reviewed_and_issued_and_the_next_one_is_ready(case):
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00", f"issue {DAY} 10:10")
    happen(case, "T1", f"finish {DAY} 10:30", number="地字第1号")
    assert task_of(case, "T3").state == "waiting"
    happen(case, "T2", f"start {DAY} 10:00", f"finish {DAY} 11:00")
    task = task_of(case, "T3")
    assert (task.state, task.ready_at) == ("ready", at(f"{DAY} 11:00"))
    first = task_of(case, "T1")
    assert (first.state, first.started_at, first.finished_at) == (
        "done",
        at(f"{DAY} 09:05"),
        at(f"{DAY} 10:30"),
    )
    result = CaseDocument.objects.get(task=first, is_result=True)
    assert (result.state, result.number, result.received_at) == ("issued", "地字第1号", at(f"{DAY} 10:30"))
    assert Change.objects.filter(verb="record_event").count() == 6


def test_the_case_is_finished_when_its_last_task_is(case):
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00", f"finish {DAY} 10:30")
    happen(case, "T2", f"start {DAY} 10:00", f"finish {DAY} 11:00")
    happen(case, "T3", f"start {DAY} 11:00", f"reviewed {DAY} 11:10", f"finish {DAY} 13:30")
    case.refresh_from_db()
    assert (case.state, case.finished_at) == ("finished", at(f"{DAY} 13:30"))


def test_a_task_is_not_finished_before_it_was_accepted(case):
    with pytest.raises(StepNotNow) as caught:
        happen(case, "T1", f"finish {DAY} 10:00")
    assert "待受理" in str(caught.value)
    assert "受理" in caught.value.next_sentence
    assert not TaskEvent.objects.exists()


def test_a_task_is_not_issued_before_it_is_reviewed(case):
    happen(case, "T1", f"start {DAY} 09:05")
    with pytest.raises(StepNotNow):
        happen(case, "T1", f"finish {DAY} 10:00")
    with pytest.raises(StepNotNow):
        happen(case, "T1", f"issue {DAY} 10:00")


def test_a_task_waits_for_those_before_it(case):
    with pytest.raises(TaskWaits, match="用地规划许可、契税缴纳"):
        happen(case, "T3", f"start {DAY} 09:30")


def test_a_late_document_is_waited_for_at_the_issue_only(case):
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00", f"finish {DAY} 10:30")
    happen(case, "T3", f"start {DAY} 10:40", mode="late")
    happen(case, "T3", f"reviewed {DAY} 11:00")
    with pytest.raises(TaskWaits, match="契税缴纳"):
        happen(case, "T3", f"finish {DAY} 11:10")
    happen(case, "T2", f"start {DAY} 11:20", f"finish {DAY} 11:30")
    happen(case, "T3", f"finish {DAY} 11:40")
    assert task_of(case, "T3").mode == "late"


def test_a_pre_review_waits_for_nothing_but_issues_nothing_before_the_start(zone):
    case = make_case(zone, f"{DAY} 09:00", starts_at=at("2022-10-12 09:00"))
    happen(case, "T3", f"start {DAY} 10:00", mode="early")
    happen(case, "T3", f"reviewed {DAY} 11:00")
    for key in ("T1", "T2"):
        happen(
            case, key, f"start {DAY} 10:00", *[f"reviewed {DAY} 10:10"] * (key == "T1"), f"finish {DAY} 10:20"
        )
    with pytest.raises(NotBeforeStart):
        happen(case, "T3", "finish 2022-10-11 10:00")
    happen(case, "T3", "finish 2022-10-12 10:00")
    case.refresh_from_db()
    assert case.finished_at == at("2022-10-12 10:00")


def test_a_pledge_needs_no_review_and_only_some_tasks_allow_it(case):
    with pytest.raises(ModeRefused):
        happen(case, "T1", f"start {DAY} 09:05", mode="pledge")
    with pytest.raises(ModeRefused):
        happen(case, "T1", f"start {DAY} 09:05", mode="late")
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00", f"finish {DAY} 10:30")
    happen(case, "T2", f"start {DAY} 10:00", f"finish {DAY} 11:00")
    happen(case, "T3", f"start {DAY} 11:00", mode="pledge")
    assert task_of(case, "T3").state == "reviewed"
    happen(case, "T3", f"finish {DAY} 11:05")


def test_the_clock_stops_for_a_reason_of_the_list_and_goes_on(case):
    load_calendar()
    happen(case, "T1", f"start {DAY} 09:00")
    assert task_of(case, "T1").due_at == at("2022-10-10 17:30")
    with pytest.raises(WrongInput, match="事由"):
        happen(case, "T1", f"stop {DAY} 10:00", cause="lunch")
    happen(case, "T1", f"stop {DAY} 10:00", cause="expert")
    stopped = task_of(case, "T1")
    assert (stopped.state, stopped.due_at, stopped.legal_due_at) == ("stopped", None, None)
    with pytest.raises(StepNotNow):
        happen(case, "T1", f"reviewed {DAY} 10:30")
    happen(case, "T1", "resume 2022-10-12 10:00")
    task = task_of(case, "T1")
    assert (task.state, task.due_at) == ("reviewing", at("2022-10-12 17:30"))
    assert task.legal_due_at == at("2022-11-09 17:30")


def test_a_return_for_correction_stops_the_clock_until_it_comes_again(case):
    happen(case, "T1", f"start {DAY} 09:00")
    with pytest.raises(WrongInput, match="原因"):
        happen(case, "T1", f"return {DAY} 10:00")
    happen(case, "T1", f"return {DAY} 10:00", note="缺总平图")
    assert task_of(case, "T1").state == "returned"
    happen(case, "T1", f"resubmit {DAY} 15:00", f"reviewed {DAY} 15:30")
    assert task_of(case, "T1").state == "reviewed"


def test_a_co_signature_is_awaited_before_the_review_is_over(zone, case):
    other = make_department(zone, name="人防办")
    happen(case, "T1", f"start {DAY} 09:00")
    happen(case, "T1", f"cosign {DAY} 09:10", department=other)
    with pytest.raises(CosignAwaited):
        happen(case, "T1", f"cosign {DAY} 09:15", department=other)
    with pytest.raises(CosignAwaited, match="还在等"):
        happen(case, "T1", f"reviewed {DAY} 09:20")
    with pytest.raises(WrongInput, match="会签部门"):
        happen(case, "T1", f"cosigned {DAY} 09:30")
    happen(case, "T1", f"cosigned {DAY} 09:30", department=other)
    happen(case, "T1", f"reviewed {DAY} 09:40")


def test_a_task_handed_to_another_region_comes_back_before_it_goes_on(case):
    with pytest.raises(HandedOver):
        happen(case, "T1", f"hand_back {DAY} 09:05")
    happen(case, "T1", f"start {DAY} 09:00", f"hand_over {DAY} 09:10")
    with pytest.raises(HandedOver, match="尚未回转"):
        happen(case, "T1", f"reviewed {DAY} 09:20")
    happen(case, "T1", f"hand_back {DAY} 15:00", f"reviewed {DAY} 15:30")


def test_the_second_clerk_who_finishes_a_task_is_shown_who_did_and_when(zone, case):
    first, second = (
        make_user(Role.ADMINISTRATOR, zone=zone, display_name=name) for name in ("甲经办", "乙经办")
    )
    happen(case, "T2", f"start {DAY} 09:00", f"finish {DAY} 10:00", actor=first)
    with pytest.raises(TaskOver) as caught:
        happen(case, "T2", f"finish {DAY} 10:01", actor=second)
    assert "甲经办" in str(caught.value)
    assert f"{DAY} 10:00" in str(caught.value)
    assert TaskEvent.objects.filter(kind="finish").count() == 1


def test_moments_run_forward_and_never_into_the_future(zone, case):
    happen(case, "T1", f"start {DAY} 10:00")
    with pytest.raises(WrongInput, match="上一个事件"):
        happen(case, "T1", f"reviewed {DAY} 09:59")
    with pytest.raises(WrongInput, match="现在"):
        record_event(actor=None, task=task_of(case, "T1"), kind="reviewed", at=now(zone) + timedelta(hours=1))
    with pytest.raises(WrongInput, match="收件时间"):
        happen(case, "T2", f"start {DAY} 08:00")
    with pytest.raises(WrongInput, match="事件"):
        happen(case, "T1", f"ready {DAY} 11:00")


def test_a_voided_event_lets_the_task_stand_as_before(case):
    happen(case, "T2", f"start {DAY} 09:00")
    finish = happen(case, "T2", f"finish {DAY} 10:00")
    with pytest.raises(ReasonNeeded):
        void_event(actor=None, event=finish, reason=" ")
    void_event(actor=None, event=finish, reason="点错了")
    task = task_of(case, "T2")
    assert (task.state, task.finished_at) == ("reviewing", None)
    assert CaseDocument.objects.get(task=task, is_result=True).state == "missing"
    with pytest.raises(AlreadyReplaced):
        void_event(actor=None, event=finish, reason="再点一次")


def test_an_event_that_others_stand_on_is_voided_after_them(case):
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00")
    finish = happen(case, "T1", f"finish {DAY} 10:30")
    happen(case, "T2", f"start {DAY} 10:00", f"finish {DAY} 11:00")
    happen(case, "T3", f"start {DAY} 11:00")
    with pytest.raises(LaterEvents, match="施工许可"):
        void_event(actor=None, event=finish, reason="点错了")
    assert task_of(case, "T1").state == "done"


def test_a_corrected_moment_moves_what_follows_from_it(case):
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00", f"finish {DAY} 10:30")
    happen(case, "T2", f"start {DAY} 10:00")
    finish = happen(case, "T2", f"finish {DAY} 11:00")
    correct_event(actor=None, event=finish, reason="看错钟", happened_at=at(f"{DAY} 11:30"))
    assert task_of(case, "T2").finished_at == at(f"{DAY} 11:30")
    assert task_of(case, "T3").ready_at == at(f"{DAY} 11:30")
    latest = TaskEvent.objects.live().get(task=task_of(case, "T2"), kind="finish")
    with pytest.raises(LaterEvents):
        correct_event(actor=None, event=latest, reason="看错钟", happened_at=at(f"{DAY} 09:30"))


def test_a_case_is_withdrawn_with_all_its_tasks_and_refuses_more(case):
    happen(case, "T2", f"start {DAY} 09:00", f"finish {DAY} 10:00")
    with pytest.raises(WrongInput):
        close_case(actor=None, case=case, kind="finish", note="好了")
    closed = close_case(actor=None, case=case, kind="end", note="企业放弃", at=at(f"{DAY} 12:00"))
    assert closed.state == "ended"
    assert task_of(case, "T2").state == "done"
    with pytest.raises(TaskOver):
        happen(case, "T1", f"start {DAY} 13:00")
    with pytest.raises(CaseClosed):
        close_case(actor=None, case=case, kind="end", note="再次")


def test_a_case_of_which_all_was_withdrawn_is_withdrawn(case):
    close_case(actor=None, case=case, kind="withdraw", note="企业撤回")
    assert Case.objects.get(pk=case.pk).state == "withdrawn"


def test_an_approver_acts_on_the_tasks_of_the_own_department_only(zone, case):
    own = task_of(case, "T1").department
    approver = make_user(Role.APPROVER, zone=zone, department=own)
    happen(case, "T1", f"start {DAY} 09:05", f"reviewed {DAY} 10:00", actor=approver)
    with pytest.raises(NotFound):
        happen(case, "T2", f"start {DAY} 09:05", actor=approver)
    with pytest.raises(NotFound):
        happen(case, "T3", f"start {DAY} 09:05", actor=approver)


def test_a_window_accepts_for_every_department_and_decides_for_none(zone, case):
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    happen(case, "T1", f"start {DAY} 09:05", actor=clerk)
    with pytest.raises(NotAllowed):
        happen(case, "T1", f"reviewed {DAY} 09:30", actor=clerk)
    with pytest.raises(NotFound):
        happen(case, "T2", f"start {DAY} 09:30", actor=make_user(Role.WINDOW_CLERK))


def test_what_is_recorded_is_never_edited(case):
    event = happen(case, "T1", f"start {DAY} 09:05")
    with pytest.raises(Exception, match="append_only"), connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_taskevent SET kind = 'finish' WHERE id = %s", [event.pk])
