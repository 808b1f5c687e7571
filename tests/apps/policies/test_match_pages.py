"""The pages of 速配: as an officer opens them, and as who may not."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.enterprises import services as firms
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.models import FirmFact
from zhuchao.apps.policies.services.facts import state_fact
from zhuchao.apps.policies.services.matches import refresh_zone
from zhuchao.apps.zones.models import Role

from .conftest import RULES, TODAY


@pytest.fixture
def firm(zone):
    firm = make_enterprise(zone, name="示例辛（示例）有限公司", industry_code="C3962")
    firms.file_values(
        actor=None,
        enterprise=firm,
        period="year",
        on=date(2022, 12, 31),
        status="approved",
        values={"revenue": Decimal(50_000_000)},
    )
    return firm


def text_of(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.document("0-27")
def test_a_firm_sees_each_policy_with_the_clause_and_what_to_ask(page, make_policy, firm):
    make_policy(rules=RULES)
    text = text_of(page.get(reverse("firm-policies", args=[firm.pk])))
    assert "符合 0 项，待核实 1 项，只差一项的 0 项，不符合 0 项" in text
    assert "第二条" in text
    assert "研发费用占营业收入 3% 以上" in text
    assert "最多 20.00 万元" in text
    assert "一问就能定 1 项" in text
    assert f"{reverse('firm-fact-add', args=[firm.pk])}?field=rd" in text
    assert "2022年报表（核定）" in text


def test_a_fact_that_is_stated_settles_the_answer(page, make_policy, firm):
    make_policy(rules=RULES)
    url = reverse("firm-fact-add", args=[firm.pk])
    assert 'value="rd" selected' in text_of(page.get(url, {"field": "rd"}))
    refused = page.post(url, {"field": "rd", "value": "150", "source": "企业申报", "on": "2023-06-15"})
    assert "请写明单位" in refused.content.decode()
    assert not FirmFact.objects.exists()
    sent = page.post(
        url, {"field": "rd", "value": "150万元", "source": "企业申报", "on": "2023-06-15"}, follow=True
    )
    text = text_of(sent)
    assert "已登记上年研发费用：150.00 万元。" in text
    assert "符合 1 项" in text
    assert "已确定可享 15.00 万元" in text
    entry = FirmFact.objects.get()
    text = text_of(page.post(reverse("firm-fact-void", args=[entry.pk]), {"reason": "填错"}, follow=True))
    assert "待核实 1 项" in text


def test_what_if_says_what_would_change_and_keeps_nothing(page, make_policy, firm):
    make_policy(rules=RULES)
    url = reverse("firm-policies", args=[firm.pk])
    text = text_of(page.get(url, {"if_rd": "150万元"}))
    assert "示例办法 P-1：由待核实变为<b>符合</b>" in text
    assert "假设的结果，不会保存" in text
    assert "没有政策的结论因此改变" in text_of(page.get(url, {"if_staff": "3人"}))
    text = text_of(page.get(url, {"if_rd": "<script>alert(1)</script>", "if_nothing": "1"}))
    assert "<script>alert" not in text
    assert "上年研发费用：" in text
    assert not FirmFact.objects.exists()


def test_a_firm_without_policies_says_what_is_needed(page, firm):
    assert "现在没有可以速配的政策" in text_of(page.get(reverse("firm-policies", args=[firm.pk])))


def test_the_head_of_a_firm_says_how_many_policies_take_it(page, zone, make_policy, firm):
    make_policy(rules=RULES)
    refresh_zone(zone)
    text = text_of(page.get(reverse("enterprise-detail", args=[firm.pk])))
    assert f'<a href="{reverse("firm-policies", args=[firm.pk])}">待核实 1 项</a>' in text


def test_a_policy_lists_the_firms_of_each_answer(page, zone, clerk, make_policy, firm):
    policy = make_policy(rules=RULES)
    version = selectors.current_version(policy, TODAY)
    url = reverse("policy-version-firms", args=[version.pk])
    assert url in text_of(page.get(reverse("policy-detail", args=[policy.pk])))
    assert "还没有匹配过" in text_of(page.get(url))
    other = make_enterprise(zone, name="示例壬（示例）有限公司", industry_code="F5211")
    refresh_zone(zone)
    text = text_of(page.get(url, {"answer": "unknown"}))
    assert firm.name in text
    assert "上年研发费用" in text
    assert other.name not in text
    assert other.name in text_of(page.get(url, {"answer": "ineligible"}))
    assert "共核对 2 家" in text
    assert "之后企业或政策有变动" not in text
    state_fact(actor=clerk, enterprise=firm, field="rd", value="200万元", source="企业申报")
    assert "之后企业或政策有变动" in text_of(page.get(url))
    file = page.get(url, {"export": "csv", "answer": "unknown"})
    assert firm.name in b"".join(file.streaming_content).decode("utf-8-sig")


def test_matching_again_starts_a_job(page, zone, make_policy, firm):
    make_policy(rules=RULES)
    response = page.post(reverse("policy-match-again"))
    assert response.status_code == 302
    assert "/jobs/" in response.headers["Location"]


def test_who_may_not_see_filings_sees_no_match(client, zone, make_policy, firm):
    version = selectors.current_version(make_policy(rules=RULES), TODAY)
    client = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    for url in (reverse("firm-policies", args=[firm.pk]), reverse("policy-version-firms", args=[version.pk])):
        assert client.get(url).status_code == 404
    assert "政策速配" not in client.get(reverse("enterprise-detail", args=[firm.pk])).content.decode()


def test_another_zone_has_none_of_it(client, zone, make_policy, firm, clerk):
    version = selectors.current_version(make_policy(rules=RULES), TODAY)
    entry = state_fact(actor=clerk, enterprise=firm, field="rd", value="1万元", source="企业申报")
    client = signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    for url in (
        reverse("firm-policies", args=[firm.pk]),
        reverse("firm-fact-add", args=[firm.pk]),
        reverse("firm-fact-void", args=[entry.pk]),
        reverse("policy-version-firms", args=[version.pk]),
    ):
        assert client.get(url).status_code == 404


def test_a_page_of_many_policies_asks_the_database_no_more(
    page, make_policy, firm, django_assert_max_num_queries
):
    for number in range(4):
        make_policy(f"P-{number}", rules=RULES)
    with django_assert_max_num_queries(40):
        page.get(reverse("firm-policies", args=[firm.pk]))


def test_the_api_says_the_same_and_supposes_without_keeping(page, zone, make_policy, firm):
    version = selectors.current_version(make_policy(rules=RULES), TODAY)
    url = f"/api/v1/enterprises/{firm.pk}/policies"
    found = page.get(url).json()
    (one,) = found["matches"]
    assert (one["answer"], one["missing"], found["ask"]) == ("unknown", ["rd"], ["rd"])
    assert (one["least"], one["most"], one["conditions"][2]["article"]) == ("0.00", "200000.00", "第二条")
    said = {"facts": {"rd": "150万元"}}
    supposed = page.post(f"{url}/suppose", said, content_type="application/json").json()
    assert supposed["matches"][0]["answer"] == "eligible"
    wrong = page.post(f"{url}/suppose", {"facts": {"rd": "150"}}, content_type="application/json")
    assert wrong.status_code == 422
    assert not FirmFact.objects.exists()
    fact = {"field": "rd", "value": "150万元", "source": "企业申报"}
    stated = page.post(f"/api/v1/enterprises/{firm.pk}/policy-facts", fact, content_type="application/json")
    assert (stated.status_code, stated.json()["value"]) == (201, "1500000")
    assert page.get(url).json()["matches"][0]["answer"] == "eligible"
    assert page.get(f"/api/v1/policy-versions/{version.pk}/match").status_code == 404
    refresh_zone(zone)
    assert page.get(f"/api/v1/policy-versions/{version.pk}/match").json()["eligible"] == 1
    pk = stated.json()["id"]
    assert (
        page.post(
            f"/api/v1/policy-facts/{pk}/void", {"reason": "错"}, content_type="application/json"
        ).status_code
        == 200
    )
    assert page.get(f"/api/v1/enterprises/{firm.pk}/policy-facts").json() == []


def test_the_facts_that_most_answers_wait_for_are_named_first_and_open_to_their_firms(
    page, zone, make_policy, firm
):
    assert "没有结论在等数据" in text_of(page.get(reverse("policy-questions")))
    make_policy("P-1", rules=RULES)
    bare = make_enterprise(zone, name="示例癸（示例）有限公司", industry_code="C3962")
    refresh_zone(zone)
    text = text_of(page.get(reverse("policy-questions")))
    assert "先收集“上年研发费用”：单凭它就能定 1 个结论" in text
    assert text.index("上年研发费用</a>") < text.index("上年营业收入</a>")
    text = text_of(page.get(reverse("policy-question", args=["rd"])))
    assert firm.name in text
    assert bare.name in text
    text = text_of(page.get(reverse("policy-question", args=["revenue"])))
    assert firm.name not in text
    assert bare.name in text
    assert page.get(reverse("policy-question", args=["nothing"])).status_code == 404


def test_who_may_not_see_filings_is_not_told_what_is_wanting(client, zone, make_policy, firm):
    client = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    assert client.get(reverse("policy-questions")).status_code == 403
