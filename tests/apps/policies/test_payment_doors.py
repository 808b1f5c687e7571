"""Doors of payments: pages, the file for the finance office, the API, and receipts as a ledger."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from python_calamine import load_workbook

from tests.factories import make_enterprise, signed_in
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.importing import import_file
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.models import Instalment, Payment, PaymentBatch, PaymentReceipt
from zhuchao.apps.policies.selectors import payments
from zhuchao.apps.policies.services import application_steps as steps
from zhuchao.apps.policies.services.applications import draft_application
from zhuchao.apps.policies.services.budgets import allocate_budget
from zhuchao.apps.policies.services.payments import Line, make_batch, send_batch, set_schedule
from zhuchao.apps.policies.services.terms import add_review

from .conftest import TODAY

API = "/api/v1/policies"


@pytest.fixture(autouse=True)
def _calendar(calendar):
    return calendar


@pytest.fixture
def approved(make_policy, zone, clerk, second):
    version = selectors.current_version(make_policy(), TODAY)
    add_review(actor=second, version=version, conclusion="passed", body="区局（示例）")
    allocate_budget(actor=second, policy=version.policy, year=2023, amount_cny=Decimal(300000))
    firm = make_enterprise(zone, name="示例到账科技有限公司")
    made = draft_application(actor=clerk, version=version, enterprise=firm, account="示例银行 6222")
    steps.submit_application(actor=clerk, application=made)
    steps.accept_application(actor=clerk, application=made)
    return steps.approve_application(
        actor=second, application=made, amount_cny=Decimal(200000), reason="符合"
    )


def test_a_grant_is_scheduled_shown_batched_sent_and_reconciled_on_the_pages(page, client, approved, second):
    here = f"/policies/applications/{approved.pk}/"
    plan = {"percent_1": "50", "condition_1": "approval", "planned_on_1": "2023-06-30"}
    plan |= {
        "percent_2": "50",
        "condition_2": "evidence",
        "asked_2": "审计报告",
        "planned_on_2": "2023-12-31",
    }
    plan |= {"condition_3": "approval", "condition_4": "approval"}
    assert page.post(f"{here}schedule/", plan | {"percent_2": "40"}).status_code == 422
    assert page.post(f"{here}schedule/", plan).status_code == 302
    first, later = Instalment.objects.order_by("position")
    shown = page.get(here).content.decode()
    assert all(word in shown for word in ("审计报告", "还没有佐证", "10.00 万元", "50"))
    seen = {"on": "2023-06-15", "evidence_note": "报告原件"}
    assert page.post(f"/policies/instalments/{later.pk}/accept/", seen).status_code == 302
    made = page.post(
        "/policies/batches/add/", {"channel": "bank", "instalments": [first.pk, later.pk], "note": "六月"}
    )
    batch = PaymentBatch.objects.get()
    assert made["Location"] == f"/policies/batches/{batch.pk}/"
    assert page.post(f"/policies/instalments/{later.pk}/leave/").status_code == 302
    send = {"on": "2023-06-15", "checked": "on"}
    assert page.post(f"/policies/batches/{batch.pk}/send/", send).status_code == 422
    signed_in(client, second)
    assert client.post(f"/policies/batches/{batch.pk}/send/", send).status_code == 302
    payment = Payment.objects.get()
    receipt = {"amount_cny": "10", "on": "2023-06-15", "reference": "流水1"}
    assert client.post(f"/policies/payments/{payment.pk}/receipt/", receipt).status_code == 403
    signed_in(client, approved.prepared_by)
    assert client.post(f"/policies/payments/{payment.pk}/receipt/", receipt).status_code == 302
    text = client.get(f"/policies/batches/{batch.pk}/").content.decode()
    assert all(word in text for word in ("已到账", "10.00 万元", "示例到账科技"))
    assert "已付 50.0%" in client.get(here).content.decode()
    for state, found in (("paid", True), ("payable", True), ("waiting", False)):
        listed = client.get(f"/policies/instalments/?state={state}").content.decode()
        assert ("示例到账科技" in listed) == found, state
    assert "示例到账科技" in client.get("/policies/payments/?arrival=matched").content.decode()
    budgets = client.get("/policies/budgets/").content.decode()
    assert all(word in budgets for word in ("30.00 万元", "20.00 万元"))


def one_batch(approved, clerk, zone):
    lines = [Line(Decimal(100), "approval", date(2023, 6, 30))]
    rows = set_schedule(actor=clerk, application=approved, lines=lines)
    return make_batch(actor=clerk, zone=zone, instalments=rows)


def test_the_file_for_the_finance_office_lists_what_the_batch_pays_and_is_recorded(
    page, approved, clerk, zone
):
    batch = one_batch(approved, clerk, zone)
    answer = page.get(f"/policies/batches/{batch.pk}/file/")
    rows = load_workbook(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    assert rows[0][:5] == ["序号", "企业", "统一社会信用代码", "收款账户", "金额（元）"]
    assert rows[1][1:5] == [
        approved.enterprise.name,
        approved.enterprise.credit_code,
        "示例银行 6222",
        200000,
    ]
    assert (rows[2][1], rows[2][4]) == ("合计", 200000)
    assert Change.objects.filter(verb="export", data__query__batch=batch.number).count() == 1


def receipts(path, *rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("回单")
        sheet.write_row(0, 0, ["批次号", "申报编号", "期次", "到账金额（元）", "到账日期", "流水号"])
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    return path


@pytest.mark.parametrize(("amount", "result"), [(200000, "matched"), (199900, "differs"), (0, "returned")])
def test_receipts_of_the_bank_are_taken_in_and_compared(
    approved, clerk, second, zone, tmp_path, amount, result
):
    batch = one_batch(approved, clerk, zone)
    send_batch(actor=second, batch=batch)
    path = receipts(tmp_path / "回单.xlsx", [batch.number, approved.number, 1, amount, "2023-06-15", "L1"])
    taken = import_file(actor=clerk, scope=zone.pk, kind="payment_receipts", path=path)
    assert taken.counts["new"] == 1, taken.first_problems
    assert PaymentReceipt.objects.get().result == result
    if result != "returned":
        again = receipts(
            tmp_path / "再来.xlsx", [batch.number, approved.number, 1, amount, "2023-06-15", "L1"]
        )
        assert (
            import_file(actor=clerk, scope=zone.pk, kind="payment_receipts", path=again).counts["same"] == 1
        )


def test_a_receipt_for_what_was_never_sent_is_refused(approved, clerk, zone, tmp_path):
    path = receipts(tmp_path / "回单.xlsx", ["DF20230615-99", approved.number, 1, 5, "2023-06-15", ""])
    taken = import_file(actor=clerk, scope=zone.pk, kind="payment_receipts", path=path)
    assert (taken.counts["refused"], "payment_unknown" in str(taken.first_problems)) == (1, True)


def test_the_api_pays_by_the_same_rules(page, client, approved, second, zone):
    def call(verb, path, body=None):
        answer = getattr(client, verb)(f"{API}{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    here = f"/applications/{approved.pk}/schedule"
    lines = [{"percent": "100", "condition": "evidence", "asked": "审计报告", "planned_on": "2023-06-30"}]
    status, schedule = call("put", here, lines)
    only = schedule["instalments"][0]
    assert (status, only["share"], bool(only["why_not"])) == (200, 1.0, True)
    batch = {"instalments": [only["id"]]}
    assert call("post", f"/batches?zone={zone.code}", batch)[1]["code"] == "not_payable"
    assert call("post", f"/instalments/{only['id']}/accept", {"evidence_note": "原件"})[0] == 201
    status, made = call("post", f"/batches?zone={zone.code}", batch)
    assert (status, made["state"]) == (201, "draft")
    assert call("post", f"/batches/{made['id']}/send", {})[1]["code"] == "sender_prepared"
    signed_in(client, second)
    sent = call("post", f"/batches/{made['id']}/send", {})[1]
    assert [one["amount_cny"] for one in sent] == ["200000.00"]
    assert call("get", here)[1]["paid_share"] == 1.0
    body = {"year": 2023, "amount_cny": "-100001"}
    assert call("post", f"/{approved.policy_id}/budgets", body)[1]["code"] == "budget_exceeded"
    assert call("get", f"/budgets?zone={zone.code}")[1][0]["left_cny"] == "100000.00"
    assert call("get", f"/payments?zone={zone.code}")[1]["items"][0]["result"] == ""
    assert payments.paid_share(approved) == 1
