"""The API of projects: the same rules by the same codes, and nothing of another zone."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_sector, make_user, make_zone, signed_in
from zhuchao.apps.projects import services
from zhuchao.apps.projects.models import Investment, Project, StageEntry
from zhuchao.apps.zones.models import Role

API = "/api/v1"
MAY = date(2023, 5, 10)


@pytest.fixture
def call(page):
    def run(verb, path, body=None, client=page):
        answer = getattr(client, verb)(f"{API}{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    return run


def test_a_project_is_entered_read_and_listed(call, zone, officer):
    make_sector(zone, "新材料")
    body = {
        "name": "锚链项目",
        "sector": "新材料",
        "total_investment_cny": "12005000.00",
        "officer_id": officer.pk,
    }
    status, made = call("post", f"/projects?zone={zone.code}", body)
    assert (status, made["sector"], made["officer"], made["total_investment_cny"]) == (
        201,
        "新材料",
        "李店小二",
        "12005000.00",
    )
    assert call("post", f"/projects?zone={zone.code}", body)[1]["code"] == "duplicate_found"
    status, found = call("get", f"/projects?zone={zone.code}&q=锚链")
    assert [item["id"] for item in found["items"]] == [made["id"]]
    assert found["after"] is None
    status, detail = call("get", f"/projects/{made['id']}")
    assert (status, detail["stages"], detail["milestones"]) == (200, [], [])
    assert call("post", f"/projects?zone={zone.code}", {"name": "甲", "sector": "无"})[0] == 422


def test_an_edit_needs_the_version_that_was_read(call, project):
    status, changed = call("patch", f"/projects/{project.pk}", {"version": 1, "district": "城北"})
    assert (status, changed["district"], changed["version"], changed["name"]) == (
        200,
        "城北",
        2,
        project.name,
    )
    status, stale = call("patch", f"/projects/{project.pk}", {"version": 1, "district": "城南"})
    assert (status, stale["code"], stale["data"]["theirs"]["district"]) == (409, "stale", "城北")
    status, cleared = call("patch", f"/projects/{project.pk}", {"version": 2, "total_investment_cny": None})
    assert (status, cleared["total_investment_cny"]) == (200, None)


def test_gates_are_recorded_by_the_same_rules(call, project):
    path = f"/projects/{project.pk}/stages"
    assert call("post", path, {"stage": "signed", "on": "2023-02-01"})[0] == 201
    assert call("post", path, {"stage": "signed", "on": "2023-02-01"})[1]["code"] == "stage_recorded"
    skipped = call("post", path, {"stage": "started", "on": "2023-05-01"})
    assert (skipped[0], skipped[1]["code"]) == (409, "stage_skips_gates")
    entry = StageEntry.objects.get()
    status, corrected = call(
        "post", f"/projects/stages/{entry.pk}/correct", {"on": "2023-02-03", "reason": "看错"}
    )
    assert (status, corrected["on"], corrected["replaces_id"]) == (201, "2023-02-03", entry.pk)
    status, _ = call("post", f"/projects/stages/{corrected['id']}/void", {"reason": "没有签"})
    assert status == 201
    assert Project.objects.get().stage == ""


def test_steps_plans_and_officers(call, zone, project):
    status, step = call(
        "post", f"/projects/{project.pk}/milestones", {"stage": "ready", "planned_on": "2023-07-01"}
    )
    assert (status, step["name"]) == (201, "达开工条件")
    status, plan = call("post", f"/projects/{project.pk}/plan", {"year": 2023, "amount_cny": "100.00"})
    assert (status, plan["amount_cny"]) == (200, "100.00")
    assert call("post", f"/projects/{project.pk}/plan", {"year": 2023, "amount_cny": "90"})[0] == 422
    taker = make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="王接手")
    body = {"officer_id": taker.pk, "reason": "调岗"}
    assert call("post", f"/projects/{project.pk}/officer", body)[1]["officer"] == "王接手"


def test_money_is_entered_listed_corrected_and_voided(call, zone, project):
    body = {"kind": "fixed_assets", "on": "2023-05-10", "amount_cny": "78530000.00", "voucher_no": "记-1"}
    status, made = call("post", f"/projects/{project.pk}/investments", body)
    assert (status, made["is_verified"], made["project"]) == (201, True, project.name)
    assert call("post", f"/projects/{project.pk}/investments", body)[1]["code"] == "investment_exists"
    assert call("post", f"/projects/{project.pk}/investments", body | {"amount_cny": "0"})[0] == 422
    call("post", f"/projects/{project.pk}/investments", body | {"voucher_no": ""})
    _, verified = call("get", f"/investments?zone={zone.code}&verified=true")
    _, every = call("get", f"/investments?zone={zone.code}&project={project.pk}&kind=fixed_assets&limit=1")
    assert ([item["id"] for item in verified["items"]], every["after"]) == ([made["id"]], made["id"])
    _, rest = call("get", f"/investments?zone={zone.code}&after={every['after']}")
    assert [item["is_verified"] for item in rest["items"]] == [False]
    status, better = call(
        "post", f"/investments/{made['id']}/correct", {"amount_cny": "1.00", "reason": "改"}
    )
    assert (status, better["amount_cny"], better["voucher_no"]) == (201, "1.00", "记-1")
    assert call("post", f"/investments/{made['id']}/correct", {"amount_cny": "2", "reason": "改"})[0] == 409
    assert call("post", f"/investments/{better['id']}/void", {"reason": "重复"})[0] == 201
    assert call("get", f"/investments/{better['id']}")[1]["is_void"] is False


@pytest.mark.document("1-17")
def test_progress_of_a_year_is_one_call(call, zone, officer, project):
    services.record_stage(actor=officer, project=project, stage="started", on=MAY, override_reason="补登")
    services.add_label(actor=officer, project=project, label="列省", year=2023)
    services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=Decimal("2500000000"))
    services.add_investment(
        actor=officer,
        project=project,
        kind="fixed_assets",
        on=MAY,
        amount_cny=Decimal("1300000000"),
        voucher_no="1",
        over_plan_reason="总投资已申请调整",
    )
    status, found = call("get", f"/projects/progress?zone={zone.code}&end=2023-06-15")
    assert status == 200
    assert Decimal(found["major"]["ratio"]) == Decimal("0.52")
    assert {gate["stage"]: gate["projects"] for gate in found["gates"]}["started"] == 1


def test_nothing_of_another_zone_is_reached(call, client, zone, officer, project):
    entry = services.record_stage(actor=officer, project=project, stage="signed", on=MAY)
    money = services.add_investment(
        actor=officer, project=project, kind="fixed_assets", on=MAY, amount_cny=Decimal(1)
    )
    stranger = signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    reason = {"reason": "x"}
    for verb, path, body in (
        ("get", f"/projects/{project.pk}", None),
        ("get", f"/projects?zone={zone.code}", None),
        ("get", f"/investments?zone={zone.code}", None),
        ("get", f"/projects/progress?zone={zone.code}", None),
        ("post", f"/projects?zone={zone.code}", {"name": "甲项目"}),
        ("patch", f"/projects/{project.pk}", {"version": 1}),
        ("post", f"/projects/{project.pk}/stages", {"stage": "ready", "on": "2023-05-11"}),
        ("post", f"/projects/{project.pk}/officer", {"officer_id": officer.pk}),
        ("post", f"/projects/{project.pk}/plan", {"year": 2023, "amount_cny": "1"}),
        ("post", f"/projects/{project.pk}/milestones", {"planned_on": "2023-05-11", "name": "x"}),
        (
            "post",
            f"/projects/{project.pk}/investments",
            {"kind": "fixed_assets", "on": "2023-05-11", "amount_cny": "1"},
        ),
        ("post", f"/projects/stages/{entry.pk}/correct", reason),
        ("post", f"/projects/stages/{entry.pk}/void", reason),
        ("get", f"/investments/{money.pk}", None),
        ("post", f"/investments/{money.pk}/correct", reason),
        ("post", f"/investments/{money.pk}/void", reason),
    ):
        status, body = call(verb, path, body, client=stranger)
        assert (status, body["code"]) == (404, "not_found"), path
    assert (StageEntry.objects.count(), Investment.objects.count(), Project.objects.count()) == (1, 1, 1)


def test_a_list_of_many_costs_as_many_questions_as_one_of_few(page, zone, officer):
    def questions():
        with CaptureQueriesContext(connection) as captured:
            answer = page.get(f"{API}/projects?zone={zone.code}")
        return len(captured), len(answer.json()["items"])

    for n in range(2):
        services.add_project(actor=officer, zone=zone, name=f"项目{n}号", officer=officer)
    questions()  # the session and the person are read once
    few, _ = questions()
    for n in range(2, 15):
        services.add_project(actor=officer, zone=zone, name=f"项目{n}号", officer=officer)
    assert questions() == (few, 15)


def test_text_that_does_not_fit_is_refused_as_shape(call, zone):
    status, body = call("post", f"/projects?zone={zone.code}", {"name": "长" * 121})
    assert (status, body["code"]) == (422, "wrong_shape")
