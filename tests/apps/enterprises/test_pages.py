"""The forms of a firm: nothing typed is lost, doubles are shown before saving, two editors choose per field."""

import pytest
from django.urls import reverse

from tests.factories import make_enterprise, make_user, make_zone, signed_in
from zhuchao.apps.enterprises import services
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.selectors import related
from zhuchao.apps.zones.models import Role
from zhuchao.web.shell import navigation

from .conftest import code

ADD = "/enterprises/add/"
SAID = {
    "name": "苏州苏鲲科技有限公司",
    "state": "operating",
    "registered_capital_cny": "1000.5",
    "is_above_scale": "1",
}


def test_a_firm_is_added_by_the_form_in_the_units_people_use(browser, zone):
    assert browser.get(ADD).status_code == 200
    answer = browser.post(ADD, SAID | {"credit_code": code(1), "industry_code": "3962"})
    firm = Enterprise.objects.get()
    assert answer["Location"] == reverse("enterprise-detail", args=[firm.pk])
    assert (firm.zone, firm.registered_capital_cny, firm.is_above_scale) == (zone, 10_005_000, True)
    page = browser.get(answer["Location"]).content.decode()
    for part in (firm.name, code(1), "C3962 计算机、通信和其他电子设备制造业", "1,000.50"):
        assert part in page


def test_a_wrong_code_comes_back_by_its_field_with_all_that_was_typed(browser):
    wrong = code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")
    answer = browser.post(ADD, SAID | {"credit_code": wrong, "address": "人民路 1401 号"})
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors["credit_code"]
    assert f"校验位应为 {code(1)[-1]}，现为 {wrong[-1]}。请核对营业执照。" in error
    assert "人民路 1401 号" in answer.content.decode()
    assert not Enterprise.objects.exists()


def test_a_code_read_otherwise_than_typed_is_told(browser):
    answer = browser.post(ADD, SAID | {"credit_code": code(1).replace("0", "O", 1)}, follow=True)
    assert code(1).replace("0", "O", 1) in answer.content.decode()
    assert Enterprise.objects.get().credit_code == code(1)


def test_possible_doubles_are_shown_with_links_and_a_reason_lets_it_through(browser, add):
    first = add()
    answer = browser.post(ADD, SAID | {"name": "苏州苏鲲科技股份有限公司"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert reverse("enterprise-detail", args=[first.pk]) in text
    assert 'name="confirmed_distinct_reason"' in text
    assert 'type="hidden" name="confirmed_distinct_reason"' not in text

    said = SAID | {"name": "苏州苏鲲科技股份有限公司", "confirmed_distinct_reason": "母子公司"}
    assert browser.post(ADD, said).status_code == 302
    assert Enterprise.objects.count() == 2


def test_a_code_that_is_taken_is_shown_with_the_firm_that_has_it(browser, add):
    first = add(credit_code=code(1))
    answer = browser.post(ADD, SAID | {"name": "苏州另一家有限公司", "credit_code": code(1)})
    assert answer.status_code == 422
    assert reverse("enterprise-detail", args=[first.pk]) in answer.content.decode()


def test_an_edit_shows_what_is_there_and_saves(browser, add):
    firm = add(address="旧址", registered_capital_cny=12_345_600)
    url = reverse("enterprise-edit", args=[firm.pk])
    form = browser.get(url).context["form"]
    assert form["registered_capital_cny"].as_widget().find('value="1234.56"') > 0
    assert browser.post(url, SAID | {"address": "新址", "version": "1"}).status_code == 302
    firm.refresh_from_db()
    assert (firm.address, firm.version) == ("新址", 2)


def test_the_second_editor_sees_both_versions_and_chooses_for_each_field(browser, add, admin):
    firm = add(address="旧址", business="旧业")
    url = reverse("enterprise-edit", args=[firm.pk])
    services.edit_enterprise(
        actor=admin, enterprise=firm, seen_version=1, address="甲写的", business="甲的业务"
    )

    mine = {
        "name": firm.name,
        "state": "operating",
        "address": "乙写的",
        "business": "乙的业务",
        "version": "1",
    }
    answer = browser.post(url, mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    for part in ("甲写的", "乙写的", "甲的业务", "乙的业务", str(admin)):
        assert part in text
    firm.refresh_from_db()
    assert firm.address == "甲写的"
    assert 'name="version" value="2"' in text

    chosen = mine | {"version": "2", "take-address": "theirs", "take-business": "mine"}
    assert browser.post(url, chosen).status_code == 302
    firm.refresh_from_db()
    assert (firm.address, firm.business) == ("甲写的", "乙的业务")


def test_a_state_is_changed_with_a_reason(browser, add):
    firm = add()
    url = reverse("enterprise-state", args=[firm.pk])
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"state": "suspended", "reason": "", "version": "1"}).status_code == 422
    assert browser.post(url, {"state": "suspended", "reason": "停产", "version": "1"}).status_code == 302
    firm.refresh_from_db()
    assert firm.state == "suspended"


def test_doubles_are_put_side_by_side_merged_and_parted_again(browser, add):
    left = add(address="人民路")
    right = add(
        "苏州苏鲲科技股份有限公司", confirmed_distinct_reason="x", legal_person="王某", credit_code=code(2)
    )
    page = browser.get(reverse("enterprise-duplicates")).content.decode()
    assert left.name in page
    assert right.name in page
    url = reverse("enterprise-merge")
    both = {"left": left.pk, "right": right.pk}
    side_by_side = browser.get(url, both).content.decode()
    assert "人民路" in side_by_side
    assert "王某" in side_by_side

    said = both | {
        "survivor": right.pk,
        "take": ["address"],
        "reason": "同一家",
        "left_version": 1,
        "right_version": 1,
    }
    assert browser.post(url, said)["Location"] == reverse("enterprise-detail", args=[right.pk])
    right.refresh_from_db()
    assert (right.address, right.legal_person) == ("人民路", "王某")
    merged_page = browser.get(reverse("enterprise-detail", args=[left.pk])).content.decode()
    assert reverse("enterprise-detail", args=[right.pk]) in merged_page
    assert reverse("enterprise-edit", args=[left.pk]) not in merged_page
    assert left.name in browser.get(reverse("enterprise-detail", args=[right.pk])).content.decode()

    assert browser.get(reverse("enterprise-unmerge", args=[left.pk])).status_code == 200
    assert browser.post(reverse("enterprise-unmerge", args=[left.pk]), {"reason": "并错"}).status_code == 302
    left.refresh_from_db()
    assert left.merged_into_id is None


@pytest.mark.parametrize("asked", [{}, {"left": "x", "right": "1"}, {"left": "1"}])
def test_a_merge_without_two_firms_is_a_clear_refusal(browser, asked):
    assert browser.get(reverse("enterprise-merge"), asked).status_code == 422


def test_a_firm_of_another_zone_cannot_be_merged_in(browser, add):
    firm, foreign = add(), make_enterprise(make_zone())
    answer = browser.get(reverse("enterprise-merge"), {"left": firm.pk, "right": foreign.pk})
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["enterprise-add", "enterprise-duplicates"])
def test_pages_that_write_are_refused_to_those_who_may_only_read(client, zone, name):
    assert signed_in(client, make_user(Role.AUDITOR, zone=zone)).get(reverse(name)).status_code == 403


def test_other_apps_show_what_they_have_on_a_firm(browser, add, officer, monkeypatch):
    monkeypatch.setattr(related, "_providers", [])
    firm = add()
    asked = []

    def units(actor, ids):
        asked.append((actor, list(ids)))
        return related.RelatedGroup(
            "units", "房源", [related.RelatedRow("3号楼 201", "/premises/units/7/", "在用")]
        )

    related.register(units)
    related.register(units)
    related.register(lambda actor, ids: None)
    page = browser.get(reverse("enterprise-related", args=[firm.pk])).content.decode()
    assert "3号楼 201" in page
    assert "/premises/units/7/" in page
    assert asked == [(officer, [firm.pk])]


def test_an_empty_record_says_what_to_do_next(browser, add, monkeypatch):
    monkeypatch.setattr(related, "_providers", [])
    firm = add()
    for name, words in (
        ("related", "还没有关联记录"),
        ("contacts", "还没有联系人"),
        ("filings", "还没有报表数据"),
    ):
        assert words in browser.get(reverse(f"enterprise-{name}", args=[firm.pk])).content.decode()


def test_the_register_stands_in_the_navigation_of_those_who_may_see_it(rf, officer):
    request = rf.get("/")
    request.user, request.may = officer, lambda verb, thing: thing == "enterprise"
    assert "enterprises" in [item.key for item in navigation(request)]
    request.may = lambda verb, thing: False
    assert "enterprises" not in [item.key for item in navigation(request)]
