"""What stands behind money: a voucher or nothing, a second person's approval, a plan that is exceeded."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_project, make_user, make_zone, signed_in
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import (
    ApprovedByRecorder,
    InvestmentAbovePlan,
    InvestmentApproved,
    InvestmentNotVouched,
)
from zhuchao.apps.projects.models import Investment, InvestmentApproval
from zhuchao.apps.zones.models import Role

WAN = Decimal(10_000)
MAY = date(2023, 5, 10)


@pytest.fixture
def enter(officer, project):
    def run(amount_wan, voucher_no="", on=MAY, **values):
        return services.add_investment(
            actor=officer,
            project=project,
            kind="fixed_assets",
            on=on,
            amount_cny=amount_wan * WAN,
            voucher_no=voucher_no,
            **values,
        )

    return run


@pytest.fixture
def second(zone):
    return make_user(Role.ANALYST, zone=zone, display_name="段统计")


def live(project):
    return selectors.visible_investments(None).live().filter(project=project)


def paper(name="回单.png"):
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\n" + b"\0" * 40)


@pytest.mark.document("3-09")
def test_a_figure_without_a_voucher_is_marked_unverified_and_stands_beside_the_totals_never_in_them(
    client, officer, second, project, enter
):
    vouched, bare = enter(700, "记-1"), enter(300)
    services.approve_investments(actor=second, entries=[vouched])
    found = selectors.backing_of(live(project))
    assert (found.verified_cny, found.approved_cny, found.unverified_cny) == (700 * WAN, 700 * WAN, 300 * WAN)
    page = signed_in(client, officer)
    money = page.get(f"/projects/{project.pk}/?tab=money").content.decode()
    for said in ("已核实", "700.00 万元", "未核实（不计入）", "300.00 万元"):
        assert said in money
    shown = page.get("/investments/?verified=unverified").content.decode()
    assert f"/investments/{bare.pk}/" in shown
    assert "凭证号、凭证文件、凭证种类" in shown, "what is missing is named"
    assert f"/investments/{vouched.pk}/" not in shown
    opened = page.get(
        f"/investments/?kind=fixed_assets&project={project.pk}&verified=approved"
    ).content.decode()
    assert f"/investments/{vouched.pk}/" in opened
    with pytest.raises(InvestmentNotVouched):
        services.approve_investments(actor=second, entries=[bare])


def test_who_entered_money_does_not_approve_it_and_who_approved_it_stands_on_it(
    client, zone, project, second
):
    admin = make_user(Role.ADMINISTRATOR, zone=zone)
    entry = services.add_investment(
        actor=admin, project=project, kind="fixed_assets", on=MAY, amount_cny=500 * WAN, voucher_no="记-2"
    )
    with pytest.raises(ApprovedByRecorder):
        services.approve_investments(actor=admin, entries=[entry])
    assert not InvestmentApproval.objects.exists()
    page, form = signed_in(client, second), f"/investments/approve/?entries={entry.pk}"
    assert "500.00" in page.get(form).content.decode()
    assert page.post(form, {"note": "与回单核对"}).status_code == 302
    shown = page.get(f"/investments/{entry.pk}/").content.decode()
    assert "段统计于 2023-06-15 核定" in shown
    assert "与回单核对" in shown
    with pytest.raises(InvestmentApproved):
        services.approve_investments(actor=second, entries=[entry])


def test_a_correction_has_to_be_approved_anew_and_an_approval_can_be_taken_back(
    officer, second, project, enter
):
    entry = enter(500, "记-3")
    services.approve_investments(actor=second, entries=[entry])
    corrected = services.correct_investment(
        actor=officer, entry=entry, reason="金额看错", amount_cny=480 * WAN
    )
    assert selectors.approval_of(corrected) is None
    assert selectors.backing_of(live(project)).approved_cny == 0
    services.approve_investments(actor=second, entries=[corrected])
    services.withdraw_approval(actor=second, entry=corrected, reason="回单有误")
    assert selectors.approval_of(corrected) is None
    assert InvestmentApproval.objects.count() == 3


def test_one_document_is_put_behind_several_entries_and_they_count_from_then_on(page, project, enter):
    first, other = enter(100), enter(200, on=date(2023, 5, 11))
    answer = page.post("/investments/attach/", {"rows": [first.pk, other.pk]})
    assert answer.url == f"/investments/attach/?entries={first.pk}.{other.pk}"
    assert "300.00" in page.get(answer.url).content.decode()
    assert page.post(answer.url, {"reason": "补充凭证"}).status_code == 422, "no file, nothing attached"
    data = {"reason": "补充凭证", "document_kind": "bank_slip", "evidence": paper()}
    assert page.post(answer.url, data).status_code == 302
    assert selectors.backing_of(live(project)).verified_cny == 300 * WAN
    assert {row.get_document_kind_display() for row in live(project)} == {"银行回单"}
    assert Investment.objects.get(pk=first.pk).evidence is None, "what was entered stays as it was"


def test_rows_of_another_zone_or_none_cannot_be_chosen(page, enter):
    mine = enter(100)
    foreign = services.add_investment(
        actor=None, project=make_project(make_zone()), kind="fixed_assets", on=MAY, amount_cny=WAN
    )
    for chosen in (f"{mine.pk}.{foreign.pk}", "", "x", "987654321"):
        assert page.get(f"/investments/attach/?entries={chosen}").status_code == 404
    assert page.post("/investments/attach/", {"rows": [foreign.pk]}).status_code == 422


def test_money_above_the_plan_of_the_year_needs_a_reason_that_is_shown(page, officer, project, enter):
    services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=1000 * WAN)
    enter(900, "记-4")
    with pytest.raises(InvestmentAbovePlan) as caught:
        enter(200, "记-5")
    assert caught.value.data["above_cny"] == "1000000.00"
    assert "2023 年计划为 1,000.00 万元，已登记 900.00 万元，加上这一笔 200.00 万元 超出 100.00 万元" in str(
        caught.value
    )
    assert live(project).count() == 1
    data = {"kind": "fixed_assets", "happened_on": "2023-05-12", "amount_cny": "200", "voucher_no": "记-5"}
    form = f"/projects/{project.pk}/investments/add/"
    refused = page.post(form, data)
    assert refused.status_code == 422
    assert "超出 100.00 万元" in refused.content.decode()
    assert page.post(form, data | {"over_plan_reason": "赶工提前"}).status_code == 302
    assert "赶工提前" in page.get(f"/projects/{project.pk}/?tab=money").content.decode()
    assert "记-5" in page.get("/investments/?over=1").content.decode()
    enter(-50, "记-6")


def test_money_up_to_the_plan_and_money_of_other_kinds_need_no_reason(officer, project, enter):
    services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=1000 * WAN)
    enter(1000, "记-7")
    services.add_investment(
        actor=officer, project=project, kind="arrived_funds", on=MAY, amount_cny=9000 * WAN, voucher_no="到-1"
    )


def test_a_correction_is_held_against_the_plan_without_the_entry_it_replaces(officer, project, enter):
    services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=1000 * WAN)
    entry = enter(900, "记-8")
    services.correct_investment(actor=officer, entry=entry, reason="看错", amount_cny=1000 * WAN)
    with pytest.raises(InvestmentAbovePlan):
        services.correct_investment(
            actor=officer, entry=live(project).get(), reason="又看错", amount_cny=1001 * WAN
        )


def test_a_ledger_is_refused_the_row_above_the_plan_until_it_says_why(take_in, officer, project):
    services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=1000 * WAN)
    rows = [
        {
            "日期": "2023-05-01",
            "项目名称": project.name,
            "资金类别": "固定资产投资",
            "金额(万元)": 900,
            "凭证号": "1",
        },
        {
            "日期": "2023-05-02",
            "项目名称": project.name,
            "资金类别": "固定资产投资",
            "金额(万元)": 200,
            "凭证号": "2",
        },
    ]
    result = take_in("investments", *rows)
    assert result.counts["refused"] == 1
    assert "'above': '100.00 万元'" in str(result.first_problems)
    said = [rows[0], rows[1] | {"超计划说明": "赶工", "凭证种类": "发票"}]
    assert take_in("investments", *said, name="台账二").counts["new"] == 2
    assert live(project).get(voucher_no="2").document_kind == "invoice"


def test_the_list_costs_the_same_for_many_entries(page, enter):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page.get("/investments/")
        return len(seen)

    enter(1, "a")
    few = cost()
    for number in range(12):
        enter(2 + number, f"v{number}")
    assert cost() <= few
