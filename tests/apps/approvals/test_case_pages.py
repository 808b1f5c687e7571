"""The pages of cases: taken in, worked off from the desks, looked at, by who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.approvals.played import at, happen, make_case, make_procedure, make_room, task_of
from tests.factories import make_department, make_enterprise, make_user, signed_in
from zhuchao.apps.approvals.models import Case, TaskEvent
from zhuchao.apps.approvals.services.cases import give_mandate, log_service
from zhuchao.apps.approvals.services.plans import replan
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Department, Role

DAY = "2022-10-10"


@pytest.fixture
def zone():
    load_calendar()
    return make_room()


@pytest.fixture
def case(zone):
    return make_case(zone, f"{DAY} 09:00", title="示例厂房")


@pytest.fixture
def admin(client, zone):
    return signed_in(client, make_user(Role.ADMINISTRATOR, zone=zone))


def url(case, tab="", end=""):
    return f"/approvals/cases/{case.pk}/{end}" + (f"?tab={tab}" if tab else "")


def test_a_case_is_taken_in_on_one_form_once(admin, zone):
    procedure, firm = make_procedure(zone), make_enterprise(zone)
    form = admin.get("/approvals/cases/new/").content.decode()
    key = form.partition('name="request_key" value="')[2].partition('"')[0]
    said = {
        "title": "新厂房",
        "way": procedure.pk,
        "enterprise": firm.pk,
        "service": "none",
        "leave_out": "T2",
        "request_key": key,
    }
    for _ in range(2):
        assert admin.post("/approvals/cases/new/", said).status_code == 302
    case = Case.objects.get()
    assert [task.key for task in case.tasks.all()] == ["T1", "T3"]
    wrong = admin.post("/approvals/cases/new/", said | {"way": "", "request_key": "other"})
    assert wrong.status_code == 422
    assert "选择一种" in wrong.content.decode()


def test_the_list_narrows_by_state_department_service_and_lateness(admin, zone, case):
    other = make_case(zone, f"{DAY} 10:00", title="别的办件", procedure=case.procedure_version.procedure)
    happen(other, "T1", f"start {DAY} 10:00", f"reviewed {DAY} 10:10", f"finish {DAY} 10:20")
    own = task_of(case, "T1").department_id
    shown = admin.get("/approvals/cases/", {"department": own}).content.decode()
    assert "示例厂房" in shown
    assert "别的办件" not in shown
    assert "别的办件" in admin.get("/approvals/cases/", {"service": "none", "q": "别的"}).content.decode()
    assert "示例厂房" not in admin.get("/approvals/cases/", {"late": "yes"}).content.decode()
    assert admin.get("/approvals/cases/", {"export": "csv"}).status_code == 200


def test_a_task_goes_on_with_one_press_of_a_button(admin, case):
    task = task_of(case, "T1")
    page = admin.get(url(case)).content.decode()
    assert f"/approvals/cases/tasks/{task.pk}/steps/start/" in page
    assert "<svg" in page
    response = admin.post(f"/approvals/cases/tasks/{task.pk}/steps/start/", {"quick": "1"})
    assert response.status_code == 302
    assert task_of(case, "T1").state == "reviewing"
    again = admin.post(f"/approvals/cases/tasks/{task.pk}/steps/start/", {"quick": "1"})
    assert again.status_code == 409


def test_a_form_asks_only_what_the_event_needs(admin, case):
    happen(case, "T1", f"start {DAY} 09:05")
    task = task_of(case, "T1")
    stop = admin.get(f"/approvals/cases/tasks/{task.pk}/steps/stop/").content.decode()
    assert 'name="cause"' in stop
    assert 'name="number"' not in stop
    sent = admin.post(
        f"/approvals/cases/tasks/{task.pk}/steps/stop/", {"cause": "expert", "at": f"{DAY}T10:00", "note": ""}
    )
    assert sent.status_code == 302
    assert TaskEvent.objects.get(kind="stop").happened_at == at(f"{DAY} 10:00")
    refused = admin.post(f"/approvals/cases/tasks/{task.pk}/steps/finish/", {"number": "1"})
    assert refused.status_code == 422
    assert "停钟" in refused.content.decode()
    assert admin.get(f"/approvals/cases/tasks/{task.pk}/steps/ready/").status_code == 404


def test_each_tab_of_a_case_answers(admin, zone, case):
    agent = make_user(Role.LIAISON, zone=zone, display_name="代示例")
    give_mandate(
        actor=None,
        case=case,
        agent=agent,
        given_by="企业张某",
        until=at("2023-01-01 00:00").date(),
        evidence_note="纸质",
    )
    log_service(actor=None, case=case, action="hand_in", note="代交总平图", by=agent)
    happen(case, "T1", f"start {DAY} 09:05")
    for tab, words in {
        "progress": "用地规划许可",
        "documents": "营业执照",
        "service": "代交总平图",
        "compare": "任务之间空等",
    }.items():
        assert words in admin.get(url(case, tab)).content.decode()


def test_an_event_is_corrected_and_voided_on_its_own_page(admin, case):
    happen(case, "T2", f"start {DAY} 09:05")
    event = happen(case, "T2", f"finish {DAY} 10:00")
    base = f"/approvals/cases/events/{event.pk}"
    assert admin.get(f"{base}/correct/").status_code == 200
    said = {"happened_at": f"{DAY}T10:05", "number": "", "note": "", "reason": "看错钟"}
    assert admin.post(f"{base}/correct/", said).status_code == 302
    latest = TaskEvent.objects.live().get(kind="finish")
    assert admin.post(f"/approvals/cases/events/{latest.pk}/void/", {"reason": "点错"}).status_code == 302
    assert task_of(case, "T2").state == "reviewing"


def test_a_case_is_edited_withdrawn_and_its_departments_are_named(admin, zone, case):
    bureau = make_department(zone, name="审批局", kind=Department.Kind.APPROVER)
    task = task_of(case, "T3")
    assert "行政审批局" in admin.get(url(case)).content.decode()
    assert (
        admin.post(f"/approvals/cases/tasks/{task.pk}/assign/", {"department": bureau.pk}).status_code == 302
    )
    assert task_of(case, "T3").department == bureau
    said = {"title": "改名厂房", "starts_at": f"{DAY}T09:00", "service": "guide", "version": case.version}
    assert admin.post(url(case, end="edit/"), said).status_code == 302
    case.refresh_from_db()
    assert (case.title, case.service) == ("改名厂房", "guide")
    assert admin.post(url(case, end="edit/"), said).status_code == 409
    assert admin.post(url(case, end="withdraw/"), {"note": ""}).status_code == 422
    assert admin.post(url(case, end="withdraw/"), {"note": "企业撤回"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_the_desk_of_a_department_shows_its_own_queue_and_what_it_is_to_co_sign(client, zone, case):
    own, other = task_of(case, "T1").department, task_of(case, "T2").department
    happen(case, "T1", f"start {DAY} 09:05")
    happen(case, "T1", f"cosign {DAY} 09:10", department=other)
    first = signed_in(client, make_user(Role.APPROVER, zone=zone, department=own))
    page = first.get("/approvals/cases/desk/").content.decode()
    assert "用地规划许可" in page
    assert "契税缴纳" not in page
    second = signed_in(client, make_user(Role.APPROVER, zone=zone, department=other))
    page = second.get("/approvals/cases/desk/").content.decode()
    assert "契税缴纳" in page
    assert "steps/cosigned/" in page
    done = second.post(
        f"/approvals/cases/tasks/{task_of(case, 'T1').pk}/steps/cosigned/",
        {"department": other.pk, "back": "/approvals/cases/desk/"},
    )
    assert (done.status_code, done["Location"]) == (302, "/approvals/cases/desk/")
    assert "steps/cosigned/" not in second.get("/approvals/cases/desk/").content.decode()


def test_a_window_takes_in_accepts_and_looks_up(client, zone, case):
    clerk = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    page = clerk.get("/approvals/cases/window/").content.decode()
    assert "用地规划许可" in page
    found = clerk.get("/approvals/cases/window/", {"q": case.number[-4:]}).content.decode()
    assert "没有找到“" not in found
    assert "没有找到“" in clerk.get("/approvals/cases/window/", {"q": "无此件"}).content.decode()
    task = task_of(case, "T1")
    assert clerk.post(f"/approvals/cases/tasks/{task.pk}/steps/start/", {"quick": "1"}).status_code == 302
    assert clerk.post(f"/approvals/cases/tasks/{task.pk}/steps/reviewed/", {"quick": "1"}).status_code == 403


def test_an_empty_zone_says_what_to_do(admin):
    for address in ("/approvals/cases/", "/approvals/cases/desk/", "/approvals/cases/window/"):
        assert admin.get(address).status_code == 200


def test_the_chart_draws_the_plan_beside_the_fact_and_the_comparison_says_what_was_forecast(admin, case):
    assert 'class="a-bar a-plan"' not in admin.get(url(case)).content.decode()
    assert "还没有推算过" in admin.get(url(case, "compare")).content.decode()
    replan(case, cause="open", at=at(f"{DAY} 09:00"))
    happen(case, "T1", f"start {DAY} 09:05")
    replan(case, cause="start", at=at(f"{DAY} 09:35"))
    page = admin.get(url(case)).content.decode()
    # two parts of T1 and T3, and T2, which has nothing to review
    assert page.count('class="a-bar a-plan"') == 5
    assert f"计划为 {DAY} 09:35 的推算：预计 {DAY} 15:05 办结" in page
    compared = admin.get(url(case, "compare")).content.decode()
    assert f"{DAY} 15:00" in compared
    assert "推迟 5 分钟（未完成）" in compared


@pytest.mark.parametrize("tab", ["progress", "compare"])
def test_many_forecasts_of_a_case_cost_as_many_queries_as_one(admin, case, tab, django_assert_num_queries):
    replan(case, cause="open", at=at(f"{DAY} 09:00"))
    admin.get(url(case, tab))
    with CaptureQueriesContext(connection) as one:
        admin.get(url(case, tab))
    for minute in range(4):
        replan(case, cause="again", at=at(f"{DAY} 09:0{minute}"))
    with django_assert_num_queries(len(one)):
        admin.get(url(case, tab))


def test_a_case_that_is_over_is_held_against_the_forecast_it_began_with(admin, case):
    replan(case, cause="open", at=at(f"{DAY} 09:00"))
    happen(case, "T2", f"start {DAY} 09:00", f"finish {DAY} 09:30")
    happen(case, "T1", f"start {DAY} 09:00", f"reviewed {DAY} 10:30", f"finish {DAY} 11:00")
    replan(case, cause="finish", at=at(f"{DAY} 11:00"))
    happen(case, "T3", f"start {DAY} 11:00", f"reviewed {DAY} 11:40", f"finish {DAY} 12:00")
    compared = admin.get(url(case, "compare")).content.decode()
    # planned for 15:00, over at 12:00: an hour and a half of office time after the break
    assert "提前 1 小时 30 分" in compared
    assert "未完成" not in compared
    assert f"计划为 {DAY} 09:00 的推算" in admin.get(url(case)).content.decode()


def test_the_procedure_of_a_case_is_rehearsed_from_its_page(admin, case):
    version = case.procedure_version
    address = f"/approvals/procedures/{version.procedure_id}/rehearse/?version={version.number}"
    assert address in admin.get(url(case)).content.decode()
    assert admin.get(address).status_code == 200
