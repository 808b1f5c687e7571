"""送政策进企业: who was told, when, by whom, with whose receipt; on the policy's page and on the firm's."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import make_enterprise, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.policies.errors import AlreadyTold, NothingToTell
from zhuchao.apps.policies.models import PolicyTelling
from zhuchao.apps.policies.selectors.tellings import (
    Reach,
    get_telling,
    listed_tellings,
    reach_of,
    tellings_of_firm,
)
from zhuchao.apps.policies.services.demo import tell_demo
from zhuchao.apps.policies.services.tellings import correct_telling, tell_firms, void_telling
from zhuchao.apps.zones.models import Role

from .conftest import TODAY

DAY = date(2023, 6, 12)


@pytest.fixture
def firms(zone):
    return [make_enterprise(zone, name=f"示例{word}科技有限公司") for word in ("甲", "乙")]


@pytest.mark.document("3-13")
def test_publicity_keeps_who_was_told_when_by_whom_and_how(make_policy, clerk, zone, firms, page):
    policy = make_policy()
    body = {"firms": "\n".join(firm.name for firm in firms), "on": "2023-06-12", "way": "meeting"}
    answer = page.post(f"/policies/{policy.pk}/tellings/add/", body | {"occasion": "六月宣讲会"})
    assert answer.status_code == 302
    said = PolicyTelling.objects.order_by("pk").values_list(
        "enterprise__name", "happened_on", "officer", "way", "occasion", "version__number"
    )
    assert list(said) == [(firm.name, DAY, clerk.pk, "meeting", "六月宣讲会", 1) for firm in firms]
    for url in (f"/policies/{policy.pk}/", "/policies/tellings/"):
        text = page.get(url).content.decode()
        assert all(word in text for word in (firms[0].name, firms[1].name, "2023-06-12", "祝起草"))


@pytest.mark.document("4-14")
def test_a_visit_to_a_firm_has_its_own_receipt_on_the_page_of_the_firm(make_policy, clerk, firms, page):
    policy = make_policy()
    entries = tell_firms(actor=clerk, policy=policy, enterprises=firms, way="visit", on=DAY)
    assert reach_of(clerk, policy) == Reach(2, 0)
    form = {"happened_on": "2023-06-12", "way": "visit", "receipt": "财务王示例签收", "reason": "补登回执"}
    assert page.post(f"/policies/tellings/{entries[0].pk}/correct/", form).status_code == 302
    assert reach_of(clerk, policy) == Reach(2, 1)
    first, second = (
        page.get(reverse("enterprise-related", args=[firm.pk])).content.decode() for firm in firms
    )
    assert "财务王示例签收" in first
    assert policy.title in second
    assert "财务王示例签收" not in second


def test_the_same_firm_is_not_told_twice_on_a_day_in_the_same_way(make_policy, clerk, firms):
    policy = make_policy()
    tell_firms(actor=clerk, policy=policy, enterprises=[*firms, firms[0]], way="visit")
    with pytest.raises(AlreadyTold, match="甲"):
        tell_firms(actor=clerk, policy=policy, enterprises=firms[:1], way="visit")
    tell_firms(actor=clerk, policy=policy, enterprises=firms[:1], way="call")
    assert (PolicyTelling.objects.count(), reach_of(clerk, policy)) == (3, Reach(2, 0))


@pytest.mark.parametrize("facts", [{"effective_to": date(2023, 6, 1)}, {"is_draft": True}])
def test_nobody_is_told_of_a_policy_that_is_expired_or_not_published(make_policy, clerk, firms, facts):
    with pytest.raises(NothingToTell):
        tell_firms(actor=clerk, policy=make_policy(**facts), enterprises=firms, way="visit", on=TODAY)
    assert not PolicyTelling.objects.exists()


def test_a_day_to_come_no_firm_and_a_firm_of_elsewhere_are_refused(make_policy, clerk, firms, page):
    policy = make_policy()
    for told, on in (
        (firms, date(2023, 6, 16)),
        ([], DAY),
        ([make_enterprise(make_zone())], DAY),
    ):
        with pytest.raises(WrongInput):
            tell_firms(actor=clerk, policy=policy, enterprises=told, way="visit", on=on)
    body = {"firms": "没有登记的公司", "on": "2023-06-12", "way": "visit"}
    answer = page.post(f"/policies/{policy.pk}/tellings/add/", body)
    assert answer.status_code == 422
    assert "没有登记的公司" in answer.content.decode()


def test_a_void_entry_counts_no_longer_and_needs_a_reason(make_policy, clerk, zone, firms, page):
    policy = make_policy()
    entry = tell_firms(actor=clerk, policy=policy, enterprises=firms[:1], way="visit")[0]
    with pytest.raises(ReasonNeeded):
        void_telling(actor=clerk, entry=entry, reason=" ")
    assert page.post(f"/policies/tellings/{entry.pk}/void/", {"reason": "登错企业"}).status_code == 302
    assert reach_of(clerk, policy) == Reach(0, 0)
    assert not listed_tellings(clerk, zone).exists()
    assert tellings_of_firm(clerk, [firms[0].pk]).rows == []


def test_who_may_not_is_refused_and_strangers_see_nothing(make_policy, clerk, zone, firms):
    policy = make_policy()
    entry = tell_firms(actor=clerk, policy=policy, enterprises=firms, way="visit")[0]
    with pytest.raises(NotAllowed):
        tell_firms(actor=make_user(Role.ANALYST, zone=zone), policy=policy, enterprises=firms, way="call")
    with pytest.raises(NotAllowed):
        correct_telling(actor=make_user(Role.ANALYST, zone=zone), entry=entry, reason="错", receipt="甲")
    with pytest.raises(NotFound):
        get_telling(make_user(Role.ADMINISTRATOR, zone=make_zone()), entry.pk)


def test_the_api_tells_corrects_voids_and_lists_with_the_same_rules(make_policy, clerk, zone, firms, page):
    policy = make_policy()
    url = f"/api/v1/policies/{policy.pk}/tellings"
    body = {"enterprise_ids": [firm.pk for firm in firms], "way": "visit", "on": "2023-06-12"}
    answer = page.post(url, body, content_type="application/json")
    assert answer.status_code == 201
    first, second = answer.json()
    assert (first["enterprise"], first["officer"], first["happened_on"]) == (
        firms[0].name,
        "祝起草",
        "2023-06-12",
    )
    again = page.post(url, body, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "already_told")
    correction = {"reason": "补登回执", "receipt": "王示例签收"}
    corrected = page.post(
        f"/api/v1/policy-tellings/{first['id']}/correct", correction, content_type="application/json"
    )
    assert (corrected.json()["receipt"], corrected.json()["replaces_id"]) == ("王示例签收", first["id"])
    page.post(
        f"/api/v1/policy-tellings/{second['id']}/void", {"reason": "登错"}, content_type="application/json"
    )
    listed = page.get(f"/api/v1/policy-tellings?zone={zone.code}&policy_id={policy.pk}").json()["items"]
    assert [one["receipt"] for one in listed] == ["王示例签收"]
    assert (
        page.get(f"/api/v1/policy-tellings?zone={zone.code}&enterprise_id={firms[1].pk}").json()["items"]
        == []
    )


def test_the_demo_tells_its_firms_once(make_policy, zone, clerk, firms):
    make_policy("P-1")
    one = {"policy": "P-1", "on": DAY, "way": "meeting", "firms": [firm.name for firm in firms]}
    for _time in range(2):
        tell_demo(zone, {"officer": clerk.username, "tellings": [one]})
    assert PolicyTelling.objects.count() == 2
