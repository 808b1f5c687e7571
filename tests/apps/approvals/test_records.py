"""The day of the four and a half hours, played through as the demo does; what it is measured by, and how it was helped."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.apps.approvals.played import at, happen, make_case, make_room
from tests.factories import make_enterprise, make_project, make_user, signed_in
from zhuchao.apps.approvals.errors import MandateMissing, NotOfThisService
from zhuchao.apps.approvals.models import Benchmark, Case, CaseTask, TaskEvent
from zhuchao.apps.approvals.selectors import visible_case_documents
from zhuchao.apps.approvals.selectors.guidance import benchmarks_of
from zhuchao.apps.approvals.selectors.measures import measure, record_board, said_delta, said_duration
from zhuchao.apps.approvals.services.cases import (
    add_benchmark,
    change_case,
    give_mandate,
    log_service,
    void_mandate,
)
from zhuchao.apps.approvals.services.cases_demo import play_cases
from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.projects.selectors import happenings_of
from zhuchao.apps.zones.models import Role
from zhuchao.apps.zones.selectors import now

DEMO = Path(__file__).resolve().parents[3] / "demo" / "xiangcheng" / "zone.toml"
DAY = "2022-10-10"


@pytest.fixture
def zone():
    return make_room()


def _measured(case, moment=None):
    return measure(
        Case.objects.select_related("zone", "procedure_version__procedure").get(pk=case.pk),
        list(CaseTask.objects.filter(case=case).order_by("position")),
        TaskEvent.objects.filter(task__case=case).select_related("replaced_by"),
        now=moment or now(case.zone),
        documents=visible_case_documents(None).filter(case=case),
        benchmarks=benchmarks_of(case.zone),
    )


@pytest.fixture
def played():
    """Play the case of the demo through in a zone of its own."""
    described = tomllib.loads(DEMO.read_text())
    zone = make_room(code="xiangcheng")
    zone.demo_day, zone.demo_started_at = described["zone"]["demo_day"], datetime.now(UTC)
    zone.save()
    cases = described["cases"]
    make_user(Role.ADMINISTRATOR, zone=zone, username=cases["clerk"])
    make_user(Role.LEADER, zone=zone, username=cases["second"])
    whole = cases["played"][0]
    make_user(Role.PROMOTION_OFFICER, zone=zone, username=whole["agent"])
    firm = make_enterprise(zone, name=whole["firm"])
    make_project(zone, code=whole["project"], enterprise=firm)
    play_cases(zone, cases | {"played": [whole]})
    play_cases(zone, cases | {"played": [whole]})
    return Case.objects.get(request_key=whole["key"])


@pytest.mark.document("2-28")
@pytest.mark.document("2-29")
@pytest.mark.document("2-30")
@pytest.mark.document("2-33")
@pytest.mark.document("2-37")
@pytest.mark.document("0-25")
def test_the_day_of_the_four_and_a_half_hours_is_computed_from_its_events(played, client):
    found = _measured(played)
    assert found.elapsed == timedelta(hours=4, minutes=30)
    assert found.compared[0].benchmark.before == "1 个月"
    assert found.compared[0].is_met
    assert len(found.certificates) == 5
    assert {one.issued_at.date() for one in found.certificates} == {found.issued_on}
    assert all(one.number for one in found.certificates)
    assert found.is_parallel
    assert found.gaps
    ranked, records = record_board(None, played.zone)
    assert [one.case for one in records] == [played]
    assert ranked[0].is_record
    reader = signed_in(client, make_user(Role.LEADER, zone=played.zone))
    page = reader.get(f"/approvals/cases/{played.pk}/", {"tab": "compare"}).content.decode()
    for words in ("4 小时 30 分", "1 个月", "5 证同日核发", "Δ 持平", "22 个工作日", "三路以上并行"):
        assert words in page
    board = reader.get("/approvals/cases/records/").content.decode()
    assert "4 小时 30 分" in board
    assert "270 分" not in board
    lines = [one.line for one in happenings_of(None, played.project)]
    assert "permit" in lines
    assert "<svg" in reader.get(f"/approvals/cases/{played.pk}/", {"from": "start"}).content.decode()


def test_a_quicker_case_sets_a_record_and_a_slower_one_does_not(zone):
    load_calendar()
    first = make_case(zone, f"{DAY} 09:00")
    procedure = first.procedure_version.procedure
    quick, slow = (make_case(zone, f"{DAY} 09:00", procedure=procedure) for _ in range(2))
    for case, ends in ((first, "11:00"), (quick, "15:00"), (slow, "17:00")):
        start = "13:30" if case is quick else "09:00"
        if case is quick:
            change_case(actor=None, case=case, version=None, starts_at=at(f"{DAY} 13:30"))
        happen(case, "T1", f"start {DAY} {start}", f"reviewed {DAY} {start}", f"finish {DAY} {start}")
        happen(case, "T2", f"start {DAY} {start}", f"finish {DAY} {start}")
        happen(case, "T3", f"start {DAY} {start}", f"reviewed {DAY} {start}", f"finish {DAY} {ends}")
    ranked, records = record_board(None, zone)
    assert [one.case for one in records] == [first, quick]
    assert records[1].gained == timedelta(minutes=30)
    assert [one.case for one in ranked] == [quick, first, slow]
    add_benchmark(actor=None, zone=zone, name="示例标杆", elapsed_minutes=60, source="示例")
    assert said_delta(_measured(quick).compared[0].delta) == "慢 30 分"
    with pytest.raises(WrongInput):
        add_benchmark(actor=None, zone=zone, name="示例标杆", elapsed_minutes=60, source="示例")
    assert Benchmark.objects.count() == 1


@pytest.mark.document("2-33")
def test_the_idle_gap_between_tasks_is_measured_in_working_time(zone):
    load_calendar()
    case = make_case(zone, f"{DAY} 09:00")
    happen(case, "T1", f"start {DAY} 09:00", f"reviewed {DAY} 09:30", f"finish {DAY} 10:00")
    happen(case, "T2", f"start {DAY} 09:00", f"finish {DAY} 11:30")
    happen(case, "T3", f"start {DAY} 14:00")
    found = _measured(case)
    assert [(gap.task.key, gap.after.key, gap.minutes) for gap in found.gaps] == [("T3", "T2", 60)]
    assert len(found.lanes) == 3
    assert not found.is_over


def test_spans_are_said_as_people_say_them():
    spans = {"30 分": 30, "2 小时": 120, "4 小时 30 分": 270, "3 天": 3 * 1440, "2 天 5 小时": 2 * 1440 + 300}
    assert {said_duration(timedelta(minutes=n)) for n in spans.values()} == set(spans)
    assert said_duration(None) == ""
    assert [said_delta(timedelta(minutes=n)) for n in (-5, 0, 5)] == ["快 5 分", "持平", "慢 5 分"]


@pytest.mark.document("1-47")
def test_each_way_of_helping_includes_what_is_its_own_and_the_report_counts_by_mode(zone, client):
    agent = make_user(Role.LIAISON, zone=zone)
    case = make_case(zone, f"{DAY} 09:00", service="guide", agent=agent)
    log_service(actor=agent, case=case, action="advise", note="指引材料")
    with pytest.raises(NotOfThisService):
        log_service(actor=agent, case=case, action="remind", note="提醒")
    change_case(actor=None, case=case, version=None, service="help")
    log_service(actor=agent, case=case, action="remind", note="提醒补图")
    with pytest.raises(NotOfThisService):
        log_service(actor=agent, case=case, action="hand_in", note="代交")
    change_case(actor=None, case=case, version=None, service="act")
    with pytest.raises(MandateMissing):
        log_service(actor=agent, case=case, action="hand_in", note="代交")
    mandate = give_mandate(
        actor=None,
        case=case,
        agent=agent,
        given_by="企业张某",
        until=at("2023-01-01 00:00").date(),
        evidence_note="纸质",
    )
    log_service(actor=agent, case=case, action="hand_in", note="代交总平图")
    with pytest.raises(NotAllowed):
        log_service(actor=make_user(Role.STEWARD, zone=zone), case=case, action="advise", note="旁人")
    page = signed_in(client, agent).get("/approvals/cases/services/").content.decode()
    for words in ("导办", "帮办", "代办", "代交总平图", "提醒补图"):
        assert words in page
    void_mandate(actor=None, mandate=mandate, reason="企业收回")
    with pytest.raises(MandateMissing):
        log_service(actor=agent, case=case, action="follow", note="跟办")


def test_an_agent_under_a_mandate_hands_in_a_correction_for_the_firm(zone):
    officer = make_user(Role.PROMOTION_OFFICER, zone=zone)
    case = make_case(zone, f"{DAY} 09:00", service="act", agent=officer)
    happen(case, "T1", f"start {DAY} 09:05")
    happen(case, "T1", f"return {DAY} 10:00", note="缺图")
    with pytest.raises(NotAllowed):
        happen(case, "T1", f"resubmit {DAY} 11:00", actor=officer)
    give_mandate(
        actor=None,
        case=case,
        agent=officer,
        given_by="企业张某",
        until=at("2023-01-01 00:00").date(),
        evidence_note="纸质",
    )
    happen(case, "T1", f"resubmit {DAY} 11:00", actor=officer)
