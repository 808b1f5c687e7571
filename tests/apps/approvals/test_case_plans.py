"""A case is planned again from what its events say, and what was reviewed before its start is counted."""

import pytest
from django.urls import reverse

from tests.apps.approvals.played import at, happen, make_case, make_procedure, make_room, task_of
from tests.factories import make_user, signed_in
from zhuchao.apps.approvals.errors import PlanImpossible
from zhuchao.apps.approvals.models import CasePlan
from zhuchao.apps.approvals.selectors.case_plans import (
    first_and_last_plan,
    plan_case,
    pre_review_of,
    visible_case_plans,
)
from zhuchao.apps.approvals.services.plans import replan
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calendar():
    load_calendar()


@pytest.fixture
def zone():
    return make_room()


def finish(case, moment):
    found = plan_case(case, at(moment))
    return found.at(found.plan.finish)


def test_a_new_case_is_planned_from_its_start(zone):
    case = make_case(zone)
    # T1 2 h + 1 h, then T3 1 h + 30 min: 09:00-12:00, 13:30-15:00
    assert finish(case, "2022-10-10 09:00") == at("2022-10-10 15:00")


def test_what_is_over_and_begun_stays_and_the_rest_is_planned_from_now(zone):
    case = make_case(zone)
    happen(case, "T2", "start 2022-10-10 09:00", "finish 2022-10-10 09:10")
    happen(case, "T1", "start 2022-10-10 10:00")
    # an hour of its review is done at 11:00; an hour and the issue are left, then T3
    assert finish(case, "2022-10-10 11:00") == at("2022-10-10 16:00")
    # nothing moved until the next morning: the review is taken to be over now
    assert finish(case, "2022-10-11 09:00") == at("2022-10-11 11:30")


def test_a_stopped_task_goes_on_with_what_is_left(zone):
    case = make_case(zone)
    happen(case, "T2", "start 2022-10-10 09:00", "finish 2022-10-10 09:10")
    happen(case, "T1", "start 2022-10-10 09:00")
    happen(case, "T1", "stop 2022-10-10 10:00", cause="expert")
    # an hour of two was spent; from the next morning on: 1 h + 1 h + 1 h, over lunch, + 30 min
    assert finish(case, "2022-10-11 09:00") == at("2022-10-11 14:00")
    happen(case, "T1", "resume 2022-10-11 10:00")
    assert finish(case, "2022-10-11 10:30") == at("2022-10-11 15:00")


@pytest.mark.document("2-35")
def test_the_share_reviewed_before_the_land_award_is_counted_and_stays(zone):
    case = make_case(zone, "2022-10-10 09:00", starts_at=at("2022-10-14 09:00"))
    before = pre_review_of(case, at("2022-10-11 09:00"))
    assert (before.done, before.total, before.percent, before.is_final) == (0, 1, 0, False)
    happen(case, "T3", "start 2022-10-12 09:00", mode="early")
    happen(case, "T3", "reviewed 2022-10-12 11:00")
    found = pre_review_of(case, at("2022-10-14 09:00"))
    assert (found.done, found.total, found.percent, found.is_final) == (1, 1, 100, True)
    assert [(task.key, when) for task, when in found.tasks] == [("T3", at("2022-10-12 11:00"))]
    # its issue waits for the others: T1 2 h + 1 h, then 30 min
    assert finish(case, "2022-10-14 09:00") == at("2022-10-14 14:00")


def test_a_review_after_the_award_is_no_pre_review(zone):
    case = make_case(zone)
    happen(case, "T2", "start 2022-10-10 09:00", "finish 2022-10-10 09:10")
    happen(case, "T1", "start 2022-10-10 09:00", "reviewed 2022-10-10 11:00", "finish 2022-10-10 12:00")
    happen(case, "T3", "start 2022-10-10 13:30", "reviewed 2022-10-10 14:30")
    assert pre_review_of(case, at("2022-10-10 15:00")).done == 0


def test_each_plan_is_kept_with_its_cause_and_its_chance(zone):
    case = make_case(zone)
    first = replan(case, cause="open", at=at("2022-10-10 09:00"))
    assert first.finish_at == at("2022-10-10 15:00")
    assert first.is_proved
    assert first.p50_at <= first.p80_at
    assert 0.5 < first.chance <= 1
    assert first.detail["chain"][-1] == "T3"
    assert {work["key"] for work in first.detail["works"]} == {"T1", "T2", "T3"}
    happen(case, "T1", "start 2022-10-10 10:00")
    last = replan(case, cause="start", at=at("2022-10-11 09:00"))
    assert first_and_last_plan(case) == (CasePlan.objects.get(pk=first.pk), CasePlan.objects.get(pk=last.pk))
    assert last.chance == 0
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    assert visible_case_plans(officer).count() == CasePlan.objects.filter(case=case).count() >= 2
    assert not visible_case_plans(make_user(Role.PROMOTION_OFFICER, zone=make_room())).exists()


def test_what_cannot_be_planned_is_kept_with_the_reason(zone):
    case = make_case(zone, starts_at=at("2022-10-10 09:00"))
    type(case).objects.filter(pk=case.pk).update(starts_at=at("2031-01-06 09:00"))
    case.refresh_from_db()
    kept = replan(case, cause="open", at=at("2022-10-10 09:00"))
    assert kept.finish_at is None
    assert "工作日历只确认到" in kept.problem


def test_a_case_that_is_over_is_not_planned(zone):
    case = make_case(zone)
    for key in ("T1", "T2", "T3"):
        happen(case, key, "withdraw 2022-10-10 10:00", note="不办了")
    case.refresh_from_db()
    assert replan(case, cause="withdraw") is None
    with pytest.raises(PlanImpossible, match="没有要办的任务"):
        plan_case(case, at("2022-10-10 11:00"))


def test_a_case_without_a_procedure_has_one_reviewer_a_department(zone):
    procedure = make_procedure(zone, key="P-2")
    case = make_case(zone, procedure=procedure)
    type(case).objects.filter(pk=case.pk).update(procedure_version=None)
    case.refresh_from_db()
    found = plan_case(case, at("2022-10-10 09:00"))
    assert set(found.network.departments.values()) == {1}
    assert task_of(case, "T1").name == "用地规划许可"


@pytest.mark.document("2-35")
def test_the_page_of_the_case_says_how_much_was_reviewed_at_the_award(client, zone):
    case = make_case(zone, "2022-10-10 09:00", starts_at=at("2022-10-14 09:00"))
    happen(case, "T3", "start 2022-10-12 09:00", mode="early")
    happen(case, "T3", "reviewed 2022-10-12 11:00")
    page = signed_in(client, make_user(Role.LEADER, zone=zone))
    text = page.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert "起算时预审完成 100%" in text
    assert "2022-10-12 11:00" in text
