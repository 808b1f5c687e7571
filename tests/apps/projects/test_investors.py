"""Who invests in a project, and whether it makes up the whole investment."""

from decimal import Decimal

import pytest

from tests.factories import make_enterprise
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.projects import services as projects
from zhuchao.apps.projects.errors import InvestorExists
from zhuchao.apps.projects.models import Investor
from zhuchao.apps.projects.selectors.investors import reconcile
from zhuchao.apps.projects.services import investors as services

YI = Decimal(100_000_000)


@pytest.fixture
def robots(zone, officer):
    return projects.add_project(
        actor=officer,
        zone=zone,
        name="机器人总部",
        total_investment_cny=Decimal("10.8") * YI,
        officer=officer,
    )


@pytest.mark.document("4-03")
def test_an_investor_of_10_8_yi_stands_on_its_project_and_makes_up_the_whole(page, zone, officer, robots):
    firm = make_enterprise(zone, name="示例优必选科技股份有限公司")
    form = {"name": firm.name, "amount_cny": "10.8亿", "share_percent": "100"}
    assert page.post(f"/projects/{robots.pk}/investors/add/", form).status_code == 302
    entry = Investor.objects.get()
    assert (entry.enterprise, entry.amount_cny) == (firm, Decimal("1080000000.00"))
    shown = page.get(f"/projects/{robots.pk}/?tab=money").content.decode()
    for said in (firm.name, "108,000.00 万元", "与总投资一致"):
        assert said in shown
    answer = page.get(f"/api/v1/projects/{robots.pk}/investors").json()
    assert (answer["agrees"], answer["investors"][0]["enterprise_id"]) == (True, firm.pk)


@pytest.mark.document("4-03")
def test_what_does_not_make_up_the_whole_is_said_with_the_amount(page, officer, robots):
    services.add_investor(actor=officer, project=robots, name="甲方", amount_cny=8 * YI)
    assert "比总投资少 28,000.00 万元" in page.get(f"/projects/{robots.pk}/?tab=money").content.decode()
    services.add_investor(actor=officer, project=robots, name="乙方", amount_cny=3 * YI)
    found = reconcile(officer, robots)
    assert (found.agrees, found.above_cny) == (False, Decimal("20000000.00"))
    assert "超出总投资 2,000.00 万元" in page.get(f"/projects/{robots.pk}/?tab=money").content.decode()


def test_an_investor_is_corrected_and_taken_off_with_the_reason(page, officer, robots):
    entry = services.add_investor(actor=officer, project=robots, name="甲方", amount_cny=8 * YI)
    form = {"name": "甲方", "amount_cny": "90000", "reason": "补充协议"}
    assert page.post(f"/projects/investors/{entry.pk}/correct/", form).status_code == 302
    (corrected,) = reconcile(officer, robots).investors
    assert corrected.amount_cny == 9 * YI
    assert page.post(f"/projects/investors/{corrected.pk}/void/", {"reason": "退出"}).status_code == 302
    assert reconcile(officer, robots).investors == ()
    assert Investor.objects.count() == 3


@pytest.mark.parametrize(
    "facts",
    [
        {"name": " ", "amount_cny": YI},
        {"name": "丙方"},
        {"name": "丙方", "amount_cny": Decimal(-1)},
        {"name": "丙方", "share_percent": Decimal(60)},
    ],
)
def test_what_cannot_be_an_investor_is_refused(officer, robots, facts):
    services.add_investor(actor=officer, project=robots, name="甲方", share_percent=Decimal(50))
    with pytest.raises(WrongInput):
        services.add_investor(actor=officer, project=robots, **facts)
    assert Investor.objects.count() == 1


def test_the_same_investor_stands_once(officer, robots):
    services.add_investor(actor=officer, project=robots, name="甲方", amount_cny=YI)
    with pytest.raises(InvestorExists):
        services.add_investor(actor=officer, project=robots, name=" 甲方 ", amount_cny=YI)
