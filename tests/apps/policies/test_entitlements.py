"""免申即享 and 快申快享: only who qualifies for certain, two people, paid without an application."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_enterprise, signed_in
from zhuchao.apps.enterprises import services as firms
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.errors import DeciderPrepared, NotEligible, OtherMode, ReviewMissing
from zhuchao.apps.policies.models import Application, Payment
from zhuchao.apps.policies.selectors.entitlements import entitlements_of
from zhuchao.apps.policies.services.budgets import allocate_budget
from zhuchao.apps.policies.services.entitlements import apply_quickly, confirm_exempt, propose_exempt
from zhuchao.apps.policies.services.payments import make_batch, send_batch
from zhuchao.apps.policies.services.terms import add_review, set_terms

from .conftest import RULES, TODAY


@pytest.fixture(autouse=True)
def _calendar(calendar):
    return calendar


@pytest.fixture
def file_firm(zone):
    def run(name, **values):
        firm = make_enterprise(zone, name=f"{name}（示例）有限公司", industry_code="C3962")
        firms.file_values(
            actor=None,
            enterprise=firm,
            period="year",
            on=date(2022, 12, 31),
            status="approved",
            values={key: Decimal(value) for key, value in values.items()},
        )
        return firm

    return run


@pytest.fixture
def certain(file_firm):
    return file_firm("确定", revenue=50_000_000, rnd=1_500_000)


@pytest.fixture
def unsure(file_firm):
    return file_firm("不明", revenue=50_000_000)


@pytest.fixture
def version(make_policy, second):
    found = selectors.current_version(make_policy(rules=RULES), TODAY)
    set_terms(actor=second, of=found, mode="exempt")
    return found


def reviewed(version, second):
    add_review(actor=second, version=version, conclusion="passed", body="区局（示例）")
    return version


def test_only_who_qualifies_with_nothing_unknown_is_on_the_list(version, certain, unsure, clerk):
    found = entitlements_of(clerk, version, TODAY)
    assert [(one.firm.pk, one.amount_cny) for one in found.to_propose] == [(certain.pk, Decimal(150_000))]
    assert (found.count, found.unsure) == (1, 1)
    with pytest.raises(NotEligible, match="不明"):
        propose_exempt(actor=clerk, version=version, enterprises=[certain, unsure])
    assert not Application.objects.exists()


def test_two_people_and_the_firm_is_paid_without_an_application(version, certain, clerk, second, zone):
    reviewed(version, second)
    allocate_budget(actor=second, policy=version.policy, year=2023, amount_cny=Decimal(200_000))
    made = propose_exempt(actor=clerk, version=version, enterprises=[certain])
    said = {"version": version, "applications": made, "reason": "名单核对无误"}
    with pytest.raises(DeciderPrepared):
        confirm_exempt(actor=clerk, **said)
    done = confirm_exempt(actor=second, **said)[0]
    assert (done.state, done.granted_cny, done.way, done.submitted_on) == (
        "approved",
        Decimal(150_000),
        "exempt",
        None,
    )
    batch = make_batch(actor=clerk, zone=zone, instalments=done.instalments.all())
    send_batch(actor=second, batch=batch)
    assert Payment.objects.get().amount_cny == 150_000
    found = entitlements_of(clerk, version, TODAY)
    assert (found.to_propose, [one.pk for one in found.confirmed]) == ((), [done.pk])


def test_who_no_longer_qualifies_when_it_is_confirmed_gets_nothing(version, certain, clerk, second):
    reviewed(version, second)
    made = propose_exempt(actor=clerk, version=version, enterprises=[certain])
    firms.file_values(
        actor=None,
        enterprise=certain,
        period="year",
        on=date(2022, 12, 31),
        status="approved",
        values={"rnd": Decimal(100)},
    )
    with pytest.raises(NotEligible, match="确定"):
        confirm_exempt(actor=second, version=version, applications=made, reason="名单核对无误")
    assert Application.objects.get().state == "accepted"


def test_the_list_is_not_confirmed_without_a_review_and_only_in_its_own_way(
    version, certain, clerk, second, make_policy
):
    made = propose_exempt(actor=clerk, version=version, enterprises=[certain])
    with pytest.raises(ReviewMissing):
        confirm_exempt(actor=second, version=version, applications=made, reason="核对")
    plain = selectors.current_version(make_policy("P-2", rules=RULES), TODAY)
    with pytest.raises(OtherMode):
        propose_exempt(actor=clerk, version=plain, enterprises=[certain])
    with pytest.raises(OtherMode):
        apply_quickly(actor=clerk, version=plain, enterprise=certain)


def test_a_quick_application_is_one_page_with_everything_filled_in(page, version, certain, second, clerk):
    set_terms(actor=second, of=version, mode="quick", documents=["licence"])
    firms.add_document(
        actor=clerk, enterprise=certain, kind="licence", number="91", received_on=date(2023, 1, 1)
    )
    form = page.get(f"/policies/versions/{version.pk}/apply/").context["form"]
    assert list(form.fields) == ["firm", "consent_by", "on"]
    body = {"firm": certain.name, "consent_by": "法定代表人（示例）", "on": "2023-06-15"}
    answer = page.post(f"/policies/versions/{version.pk}/apply/", body)
    made = Application.objects.get()
    assert answer["Location"] == f"/policies/applications/{made.pk}/"
    assert (made.state, made.requested_cny, made.way) == ("submitted", Decimal(150_000), "quick")
    assert "免交 1 份材料" in page.get(answer["Location"]).content.decode()


def test_the_list_is_proposed_and_confirmed_on_its_pages(page, client, version, certain, unsure, second):
    reviewed(version, second)
    url = f"/policies/versions/{version.pk}/exempt/"
    shown = page.get(url).content.decode()
    assert (certain.name in shown, unsure.name in shown, "15.00 万元" in shown) == (True, False, True)
    assert page.post(url, {"rows": [certain.pk]}).status_code == 302
    assert page.post(f"{url}confirm/", {"reason": "无误"}).status_code == 422
    signed_in(client, second)
    assert client.post(f"{url}confirm/", {"reason": "无误"}).status_code == 302
    assert Application.objects.get().state == "approved"
    assert "免申即享名单" in client.get(f"/policies/{version.policy_id}/").content.decode()
