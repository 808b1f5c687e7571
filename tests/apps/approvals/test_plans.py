"""Plans and rehearsals of a procedure on the working calendar; what cannot be planned says why."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.apps.approvals.procedures import SMALL, clerk_of, demo_zone, make_procedure
from tests.factories import make_user
from zhuchao.apps.approvals.errors import PlanImpossible
from zhuchao.apps.approvals.models import Rehearsal
from zhuchao.apps.approvals.selectors.networks import shipped_procedures, template_of
from zhuchao.apps.approvals.selectors.plans import (
    Scenario,
    bottleneck_of,
    chain_words,
    chance_of_the_day,
    gain_words,
    gains_of,
    plan_of,
    rehearsed,
)
from zhuchao.apps.approvals.services.plans import keep_rehearsal, results_of
from zhuchao.apps.core.errors import CalendarNotKnown, NotAllowed, WrongInput
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role
from zhuchao.engines.scheduling import Mode

pytestmark = pytest.mark.django_db
TZ = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


@pytest.fixture(autouse=True)
def calendar():
    load_calendar()


SMALL_ONE = template_of(SMALL)
LAND = shipped_procedures()["land-to-start"].template


def test_the_four_and_a_half_hour_day_is_a_plan_with_pre_review_and_takes_weeks_without():
    day = Scenario(at("2022-11-10 09:00"), pre_review_days=30)
    planned = plan_of(LAND, day)
    # award 15, contract 45, payment 30, tax 30, title 60, planning permit 30, construction permit 30
    assert planned.plan.finish == 240
    assert planned.plan.proved
    assert planned.finish_at == at("2022-11-10 14:30")
    names = [name for name, *_rest in chain_words(planned)]
    assert names[-2:] == ["建设工程规划许可证", "建筑工程施工许可证"]
    found = rehearsed(planned)
    assert chance_of_the_day(planned, found) > 0.9
    assert found.p50 > 240
    without = plan_of(LAND, replace(day, pre_review_days=0, modes=frozenset({Mode.NORMAL})))
    assert without.finish_at > at("2022-12-01 09:00")


def test_nothing_but_quicker_steps_shortens_the_day():
    planned = plan_of(LAND, Scenario(at("2022-11-10 09:00"), pre_review_days=40))
    gains = gains_of(planned)
    assert [gain.minutes for gain in gains if gain.means != "at_once"] == [0] * (11 + 2)
    assert gain_words(gains[0], LAND) == "“不动产首次登记（交地即发证）”的出件当场办完"
    assert gains[0].minutes == 60


@pytest.mark.document("2-32")
def test_a_rehearsal_names_the_expected_end_and_the_bottleneck_and_is_kept_for_the_meeting():
    zone = demo_zone()
    clerk = clerk_of(zone)
    _procedure, version = make_procedure(zone, shipped_procedures()["land-to-start"].text, key="land")
    day = Scenario(at("2022-11-10 09:00"), pre_review_days=30)
    kept = keep_rehearsal(
        actor=clerk,
        version=version,
        scenario=day,
        title="森瑶达野全流程推演",
        meeting=Rehearsal.Meeting.WALK_THROUGH,
        attendees="资规局、住建局、审批局",
        conclusion="不动产登记提前派员",
    )
    results = Rehearsal.objects.get(pk=kept.pk).results
    assert results["finish_at"] == at("2022-11-10 14:30").isoformat()
    assert at("2022-11-10 14:30").isoformat() < results["p50_at"] <= results["p80_at"]
    assert results["bottleneck"]["name"] == "不动产首次登记（交地即发证）"
    assert results["bottleneck"]["minutes"] == 60
    assert results["bottleneck"]["share"] > 0.9
    assert sum(runs for _low, _high, runs in results["bars"]) == 9_500
    # the same question has the same answer
    assert results_of(version, day) == results
    with pytest.raises(NotAllowed):
        keep_rehearsal(actor=make_user(Role.ANALYST, zone=zone), version=version, scenario=day, title="x")
    with pytest.raises(WrongInput, match="不能为空"):
        keep_rehearsal(actor=clerk, version=version, scenario=day, title=" ")


def test_a_start_on_a_holiday_says_when_work_begins():
    planned = plan_of(SMALL_ONE, Scenario(at("2022-10-03 10:00"), modes=frozenset()))
    # 国庆 ends with Saturday 10-08 worked; 1 h + 2:30 + 1:30 of work
    assert planned.starts_later == at("2022-10-08 09:00")
    assert planned.finish_at == at("2022-10-08 15:30")
    assert plan_of(SMALL_ONE, Scenario(at("2022-10-10 09:00"))).starts_later is None


def test_beyond_the_last_confirmed_year_nothing_is_planned():
    with pytest.raises(CalendarNotKnown):
        plan_of(SMALL_ONE, Scenario(at("2099-01-04 09:00")))
    with pytest.raises(CalendarNotKnown, match="只确认到2026-12-31，不能推算2027-01-01"):
        plan_of(SMALL_ONE, replace(Scenario(at("2026-12-31 16:00")), modes=frozenset()))
    with pytest.raises(CalendarNotKnown):
        plan_of(SMALL_ONE, Scenario(at("2026-12-31 09:00"), deadline=at("2027-02-01 12:00")))


def test_an_infeasible_deadline_says_which_limits_clash():
    day = Scenario(at("2022-11-10 09:00"), credit=0, deadline=at("2022-11-10 12:00"))
    with pytest.raises(PlanImpossible) as caught:
        plan_of(SMALL_ONE, replace(day, modes=frozenset({Mode.LATE})))
    # late papers: 2 h + 30 min + 1 h + 30 min, done at 14:30; a pledge or early drafts would do
    assert "最早 2022-11-10 14:30 才能办结" in str(caught.value)
    assert "允许的办理方式" in str(caught.value)
    with pytest.raises(PlanImpossible, match="工作本身"):
        plan_of(SMALL_ONE, replace(day, deadline=at("2022-11-10 09:10")))
    # with a pledge and early drafts: 1 h + 30 + 30
    eased = replace(day, credit=1, pre_review_days=1)
    assert plan_of(SMALL_ONE, eased).finish_at == at("2022-11-10 11:00")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pre_review_days": -1}, "预审天数"),
        ({"pre_review_days": 999}, "250"),
        ({"credit": 99}, "信用额度"),
        ({"shared": 3.0}, "共同快慢"),
        ({"reviewers": {"气象局": 1}}, "没有“气象局”"),
        ({"deadline": datetime(2022, 11, 9, tzinfo=TZ)}, "须晚于起点"),
    ],
)
def test_numbers_out_of_range_are_refused_in_words(changed, said):
    with pytest.raises(WrongInput, match=said):
        plan_of(SMALL_ONE, replace(Scenario(at("2022-11-10 09:00")), **changed))


def test_a_department_without_reviewers_is_refused_and_a_second_one_can_help():
    with pytest.raises(PlanImpossible, match="没有人办"):
        plan_of(SMALL_ONE, Scenario(at("2022-11-10 09:00"), reviewers={"审批局": 0}))
    day = Scenario(at("2022-11-10 09:00"), pre_review_days=22)
    one = plan_of(LAND, replace(day, reviewers={"自然资源和规划局": 1}))
    many = plan_of(LAND, replace(day, reviewers={"自然资源和规划局": 3}))
    assert many.plan.finish <= one.plan.finish
    assert bottleneck_of(many, rehearsed(many)).key in LAND.by_key


def test_a_shared_factor_widens_the_spread():
    planned = plan_of(LAND, Scenario(at("2022-11-10 09:00"), pre_review_days=30, shared=0.0))
    wide = plan_of(LAND, Scenario(at("2022-11-10 09:00"), pre_review_days=30, shared=0.3))
    narrow_runs, wide_runs = rehearsed(planned), rehearsed(wide)
    assert wide_runs.p80 - wide_runs.p50 > narrow_runs.p80 - narrow_runs.p50
