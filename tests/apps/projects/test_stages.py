"""Gates and milestones: recorded in order, corrected, voided; planned and met."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_sector, make_user, make_zone, passing_moment
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, NotFound, ReasonNeeded, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import (
    MilestoneExists,
    MilestoneTied,
    StageDatesClash,
    StageRecorded,
    StageSkipsGates,
)
from zhuchao.apps.projects.models import Milestone, Project, Stage, StageEntry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

FEB, MAR, MAY, JUNE = (date(2023, month, 1) for month in (2, 3, 5, 6))


@pytest.fixture
def record(officer, project):
    def run(stage, on, **values):
        return services.record_stage(actor=officer, project=project, stage=stage, on=on, **values)

    return run


def now(project):
    return Project.objects.get(pk=project.pk)


def test_a_gate_is_recorded_with_what_it_is_counted_by_as_it_was(zone, officer, project, record):
    electronics = make_sector(zone, "电子信息")
    services.change_project(actor=officer, project=project, version=1, sector=electronics)
    entry = record("signed", FEB, evidence_note="签约协议 2023-02")
    assert (entry.sector, entry.total_investment_cny, entry.source_region, entry.is_new) == (
        electronics,
        Decimal("1200000000"),
        "苏州",
        True,
    )
    assert entry.recorded_by == officer
    shown = now(project)
    assert (shown.stage, shown.stage_since) == ("signed", FEB)
    services.change_project(
        actor=officer, project=shown, version=shown.version, sector=None, total_investment_cny=Decimal(5)
    )
    kept = StageEntry.objects.get(pk=entry.pk)
    assert (kept.sector, kept.total_investment_cny) == (electronics, Decimal("1200000000"))


def test_a_gate_is_passed_once(project, record):
    record("signed", FEB)
    with pytest.raises(StageRecorded) as refusal:
        record("signed", MAR)
    assert refusal.value.data["on"] == "2023-02-01"
    assert StageEntry.objects.count() == 1


def test_a_later_gate_before_earlier_ones_needs_a_reason_that_is_kept(zone, project, record):
    record("signed", FEB)
    with pytest.raises(StageSkipsGates) as refusal:
        record("started", MAY)
    assert refusal.value.data["missing"] == "达开工条件"
    assert StageEntry.objects.count() == 1
    entry = record("started", MAY, override_reason="应急工程，边建边补手续")
    assert entry.reason == "应急工程，边建边补手续"
    logged = Change.objects.filter(scope=zone.pk, verb="record_stage").latest("seq").data
    assert (logged["override_reason"], logged["skipped"]) == ("应急工程，边建边补手续", ["ready"])


def test_a_reason_that_is_not_needed_is_not_kept(project, record):
    assert record("signed", FEB, override_reason="随手填的").reason == ""


def test_days_out_of_order_are_refused_both_ways(project, record):
    record("signed", MAR)
    with pytest.raises(StageDatesClash) as refusal:
        record("ready", FEB)
    assert refusal.value.data == {
        "earlier": "签约",
        "earlier_on": "2023-03-01",
        "later": "达开工条件",
        "later_on": "2023-02-01",
    }
    record("started", MAY, override_reason="补登")
    with pytest.raises(StageDatesClash):
        record("ready", JUNE)
    record("ready", MAR)
    assert now(project).stage == "started"


GATES_BEFORE = ("signed", "ready", "started", "listed", "completed")


@pytest.mark.parametrize("first", ["scaled", "producing"])
def test_a_project_comes_into_the_statistics_before_or_after_it_produces(project, record, first):
    for gate in GATES_BEFORE:
        record(gate, FEB)
    record(first, MAR)
    second = "scaled" if first == "producing" else "producing"
    assert record(second, MAY).reason == ""
    assert now(project).stage == "producing"
    with pytest.raises(StageDatesClash) as refusal:
        record("reviewed", date(2023, 4, 1))  # after one of the two is not after both
    assert refusal.value.data["earlier_on"] == "2023-05-01"
    assert record("reviewed", JUNE).reason == ""


@pytest.mark.parametrize("gate", ["scaled", "producing"])
def test_neither_of_the_two_comes_before_the_work_is_completed(project, record, gate):
    for before in GATES_BEFORE:
        record(before, MAR)
    with pytest.raises(StageDatesClash):
        record(gate, FEB)
    record(gate, MAY)
    with pytest.raises(StageSkipsGates) as refusal:
        record("reviewed", JUNE)
    assert refusal.value.data["missing"] in ("投产", "入规")


def test_a_day_to_come_and_a_gate_that_is_none_are_refused(zone, project, record):
    with pytest.raises(WrongInput):
        record("signed", date(2023, 6, 16))
    with pytest.raises(WrongInput):
        record("finished", FEB)
    assert record("signed", zones.today(zone)).pk


def test_a_correction_moves_the_project_its_milestone_and_keeps_the_past(zone, officer, project, record):
    services.add_milestone(actor=officer, project=project, stage="signed", planned_on=FEB)
    entry = record("signed", MAR)
    before = passing_moment(zone)
    better = services.correct_stage(actor=officer, entry=entry, reason="日期看错", happened_on=FEB)
    assert (now(project).stage_since, Milestone.objects.get().met_on) == (FEB, FEB)
    assert better.replaces == entry
    assert better.reason == "日期看错"
    assert [e.happened_on for e in StageEntry.objects.live()] == [FEB]
    assert [e.happened_on for e in StageEntry.objects.as_of(before)] == [MAR]
    with pytest.raises(AlreadyReplaced):
        services.correct_stage(actor=officer, entry=entry, reason="再改", happened_on=FEB)


def test_a_correction_keeps_the_order_and_says_why(officer, project, record):
    record("signed", MAR)
    ready = record("ready", MAY)
    with pytest.raises(StageDatesClash):
        services.correct_stage(actor=officer, entry=ready, reason="改", happened_on=FEB)
    with pytest.raises(ReasonNeeded):
        services.correct_stage(actor=officer, entry=ready, reason=" ", happened_on=JUNE)
    with pytest.raises(WrongInput):
        services.correct_stage(actor=officer, entry=ready, reason="改", happened_on=date(2023, 7, 1))
    assert StageEntry.objects.count() == 2


def test_a_void_lets_the_project_fall_back(officer, project, record):
    record("signed", FEB)
    services.add_milestone(actor=officer, project=project, stage="ready", planned_on=MAY)
    ready = record("ready", MAY)
    assert Milestone.objects.get().met_on == MAY
    services.void_stage(actor=officer, entry=ready, reason="条件没有达到")
    assert (now(project).stage, now(project).stage_since) == ("signed", FEB)
    assert Milestone.objects.get().met_on is None
    services.void_stage(actor=officer, entry=StageEntry.objects.live().get(), reason="没有签")
    assert (now(project).stage, now(project).stage_since) == ("", None)
    assert record("signed", FEB).pk


def test_gates_are_for_those_who_may(zone, project):
    for actor, refusal in (
        (make_user(Role.LEADER, zone=zone), NotAllowed),
        (make_user(Role.ADMINISTRATOR, zone=make_zone()), NotFound),
    ):
        with pytest.raises(refusal):
            services.record_stage(actor=actor, project=project, stage="signed", on=FEB)
    assert not StageEntry.objects.exists()


def test_the_track_says_of_each_gate_whether_it_was_passed_planned_or_skipped(officer, project, record):
    services.add_milestone(actor=officer, project=project, stage="completed", planned_on=date(2023, 6, 10))
    services.add_milestone(actor=officer, project=project, stage="producing", planned_on=date(2023, 9, 1))
    services.add_milestone(actor=officer, project=project, stage="started", planned_on=date(2023, 4, 21))
    record("signed", FEB)
    record("started", MAY, override_reason="补登")
    track = {
        gate.stage: (gate.state, gate.days_late)
        for gate in selectors.track_of(project, date(2023, 6, 15), list(Milestone.objects.all()))
    }
    assert track[Stage.SIGNED] == ("passed", None)
    assert track[Stage.READY] == ("skipped", None)
    assert track[Stage.STARTED] == ("passed", 10)
    assert track[Stage.COMPLETED] == ("overdue", 5)
    assert track[Stage.PRODUCING] == ("planned", None)
    assert track[Stage.DELIVERED] == ("open", None)


@pytest.mark.document("1-10")
def test_an_expansion_of_a_resident_firm_is_a_project_of_its_own_and_is_not_newly_brought_in(zone, officer):
    from tests.factories import make_enterprise

    firm = make_enterprise(zone, name="示例精密机械有限公司", normal_name="示例精密机械")
    first, second = (
        services.add_project(actor=officer, zone=zone, name=name, company=firm.name, kind=kind)
        for name, kind in (("精密机械一期", "new"), ("精密机械扩产", "expansion"))
    )
    for project in (first, second):
        services.record_stage(actor=officer, project=project, stage="signed", on=FEB)
        services.record_stage(actor=officer, project=project, stage="ready", on=MAR)
    assert (first.enterprise, second.enterprise) == (firm, firm)
    counts = {
        count.stage: (count.projects, count.newly_brought)
        for count in selectors.gate_counts([zone.pk], date(2023, 1, 1), date(2023, 6, 30), zones.now(zone))
    }
    assert counts[Stage.READY] == (2, 1)
    group = selectors.projects_of_firm(officer, [firm.pk])
    assert [row.title for row in group.rows] == ["精密机械扩产", "精密机械一期"]


def test_a_milestone_is_planned_moved_and_taken_away_with_all_of_it_logged(zone, officer, project):
    step = services.add_milestone(actor=officer, project=project, name="主体封顶", planned_on=MAY)
    with pytest.raises(MilestoneExists):
        services.add_milestone(actor=officer, project=project, name="主体封顶", planned_on=JUNE)
    services.change_milestone(actor=officer, milestone=step, version=1, planned_on=JUNE, reason="雨季")
    with pytest.raises(Stale):
        services.change_milestone(actor=officer, milestone=step, version=1, planned_on=MAY)
    logged = Change.objects.filter(scope=zone.pk, verb="replan").latest("seq").data
    assert logged["changed"] == {"planned_on": ["2023-05-01", "2023-06-01"]}
    with pytest.raises(ReasonNeeded):
        services.remove_milestone(actor=officer, milestone=step, reason="")
    services.remove_milestone(actor=officer, milestone=step, reason="并入竣工")
    assert not Milestone.objects.exists()
    assert Change.objects.filter(scope=zone.pk, verb="remove_plan").get().data["planned_on"] == "2023-06-01"
    with pytest.raises(WrongInput):
        services.change_milestone(actor=officer, milestone=step, version=2, planned_on=MAY)


def test_a_step_tied_to_a_gate_is_met_by_the_gate_alone(officer, project, record):
    record("signed", FEB)
    tied = services.add_milestone(actor=officer, project=project, stage="signed", planned_on=MAR)
    assert (tied.name, tied.met_on) == ("签约", FEB)
    with pytest.raises(MilestoneTied):
        services.meet_milestone(actor=officer, milestone=tied, on=MAR)
    with pytest.raises(MilestoneExists):
        services.add_milestone(actor=officer, project=project, name="再签", stage="signed", planned_on=MAR)
    with pytest.raises(WrongInput):
        services.add_milestone(actor=officer, project=project, planned_on=MAR)


def test_another_step_is_met_by_hand_and_can_be_taken_back(officer, project):
    step = services.add_milestone(actor=officer, project=project, name="通电", planned_on=MAY)
    assert services.meet_milestone(actor=officer, milestone=step, on=JUNE).met_on == JUNE
    assert services.meet_milestone(actor=officer, milestone=step, on=None).met_on is None
    with pytest.raises(WrongInput):
        services.meet_milestone(actor=officer, milestone=step, on=date(2023, 7, 1))


def test_overdue_steps_are_those_planned_before_today_and_not_met(zone, officer, project, record):
    services.add_milestone(actor=officer, project=project, name="通电", planned_on=date(2023, 6, 14))
    services.add_milestone(actor=officer, project=project, name="验收", planned_on=date(2023, 6, 15))
    services.add_milestone(actor=officer, project=project, stage="signed", planned_on=FEB)
    record("signed", FEB)
    assert [step.name for step in selectors.overdue_milestones(officer, zone)] == ["通电"]
    assert not selectors.overdue_milestones(make_user(Role.ADMINISTRATOR), zone).exists()
