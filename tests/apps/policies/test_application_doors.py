"""Doors of applications: the API by the same rules, and the ledger as an office kept it."""

from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from tests.factories import make_enterprise, signed_in
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.models import Application
from zhuchao.apps.policies.selectors.applications import live_steps
from zhuchao.apps.policies.services.terms import add_review

from .conftest import TODAY

API = "/api/v1/policies"


@pytest.fixture(autouse=True)
def _calendar(calendar):
    return calendar


@pytest.fixture
def version(make_policy):
    return selectors.current_version(make_policy(), TODAY)


@pytest.fixture
def firm(zone):
    return make_enterprise(zone, name="示例接口科技有限公司")


@pytest.fixture
def call(page):
    def run(verb, path, body=None):
        answer = getattr(page, verb)(f"{API}{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    return run


def test_the_api_takes_an_application_through_its_steps(call, client, version, firm, second, zone):
    assert call("put", f"/versions/{version.pk}/terms", {"mode": "apply", "cap_cny": "1000"})[1]["unreviewed"]
    review = {"conclusion": "passed", "body": "区局（示例）"}
    assert call("post", f"/versions/{version.pk}/reviews", review)[0] == 201
    assert call("get", f"/versions/{version.pk}/terms")[1]["unreviewed"] == ""
    body = {"version_id": version.pk, "enterprise_id": firm.pk, "requested_cny": "900"}
    status, made = call("post", "/applications", body)
    assert (status, made["state"], made["number"]) == (201, "draft", "SB2023-0001")
    here = f"/applications/{made['id']}"
    assert call("patch", here, {"version": made["version"], "note": "甲"})[0] == 200
    assert call("patch", here, {"version": made["version"], "note": "乙"})[1]["code"] == "stale"
    for step, state in (("submit", "submitted"), ("accept", "accepted")):
        assert call("post", f"{here}/steps", {"step": step})[1]["state"] == state
    decision = {"step": "approve", "amount_cny": "800", "reason": "符合"}
    assert call("post", f"{here}/steps", decision)[1]["code"] == "decider_prepared"
    signed_in(client, second)
    assert call("post", f"{here}/steps", {"step": "approve", "reason": "符合"})[0] == 422
    assert call("post", f"{here}/steps", decision)[1]["granted_cny"] == "800.00"
    assert [step["kind"] for step in call("get", f"{here}/steps")[1]][-1] == "approve"
    listed = call("get", f"/applications?zone={zone.code}&state=approved&q=接口科技")[1]
    assert [one["id"] for one in listed["items"]] == [made["id"]]


@pytest.fixture
def take_applications(tmp_path, zone, clerk):
    def run(*rows, actor=clerk):
        header = list(dict.fromkeys(column for row in rows for column in row))
        path = tmp_path / "申报.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("申报台账")
            sheet.write_row(0, 0, header)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [row.get(title) for title in header])
        return import_file(actor=actor, scope=zone.pk, kind="applications", path=path)

    return run


def row(number, firm, **values):
    said = {
        "申报编号": number,
        "政策编号": "P-1",
        "企业名称": firm,
        "申报日期": "2023-05-08",
        "状态": "已受理",
    }
    return said | values


def test_a_kept_ledger_comes_in_with_its_days_and_people(take_applications, version, firm, clerk, second):
    add_review(actor=second, version=version, conclusion="passed", body="区局", on=date(2023, 5, 1))
    decided = {
        "状态": "通过",
        "申请金额（万元）": 12,
        "核定金额（万元）": 10,
        "受理日期": "2023-05-10",
        "决定日期": "2023-05-20",
        "经办人": "祝起草",
        "决定人": "沈复核",
        "理由": "符合第一条",
    }
    result = take_applications(row("A-1", firm.name, **decided))
    assert result.counts["new"] == 1, result
    made = Application.objects.get()
    assert (made.state, made.granted_cny, made.decided_by, made.submitted_on) == (
        "approved",
        Decimal(100000),
        second,
        date(2023, 5, 8),
    )
    assert [(step.kind, step.officer, step.happened_on.day) for step in live_steps(made)] == [
        ("draft", clerk, 8),
        ("submit", clerk, 8),
        ("accept", clerk, 10),
        ("approve", second, 20),
    ]
    assert {step.recorded_by for step in live_steps(made)} == {clerk}
    again = take_applications(row("A-1", firm.name, **decided))
    assert again.counts["same"] == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"政策编号": "没有"}, "policy_unknown"),
        ({"企业名称": "没有的公司"}, "firm_not_kept"),
        (
            {"状态": "通过", "决定人": "祝起草", "经办人": "祝起草", "理由": "x", "核定金额": 1},
            "不能是经办人",
        ),
        ({"状态": "通过", "决定人": "沈复核", "理由": "x", "核定金额": 1}, "公平竞争审查"),
        ({"状态": "不予通过"}, "决定人"),
        ({"经办人": "外人"}, "person_not_kept"),
    ],
)
def test_a_row_that_the_rules_refuse_says_why_and_nothing_comes_in(
    take_applications, version, firm, values, said
):
    result = take_applications(row("A-1", firm.name, **values))
    assert result.counts["refused"] == 1
    assert said in str(result.first_problems)
    assert not Application.objects.exists()
