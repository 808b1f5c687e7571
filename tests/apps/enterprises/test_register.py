"""Firms come onto the register once, with what is said of them checked, and every edit can be followed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_enterprise, make_sector, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, Stale, WrongInput
from zhuchao.apps.core.models import Change, SearchDoc
from zhuchao.apps.enterprises import selectors, services
from zhuchao.apps.enterprises.errors import (
    CreditCodeTaken,
    CreditCodeWrong,
    DuplicateFound,
    IndustryCodeWrong,
)
from zhuchao.apps.enterprises.models import Enterprise, EnterpriseName
from zhuchao.apps.zones.models import Role

from .conftest import code, old_number


def test_a_firm_is_registered_with_its_name_entry_and_one_change(add, zone, officer):
    firm = add(
        credit_code=code(1).lower(), industry_code="3962", established_on=date(2018, 5, 4),
        registered_capital_cny=Decimal("1000000"), is_above_scale=True,
    )  # fmt: skip

    assert (firm.credit_code, firm.industry_code, firm.normal_name) == (code(1), "C3962", "苏州苏鲲科技")
    entry = EnterpriseName.objects.get()
    assert (entry.name, entry.recorded_by, entry.enterprise) == (firm.name, officer, firm)
    change = Change.objects.get(scope=zone.pk)
    assert (change.verb, change.rows) == ("add", [firm.pk])


def test_a_wrong_check_digit_says_which_one_would_be_right(add):
    wrong = code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")
    with pytest.raises(CreditCodeWrong) as caught:
        add(credit_code=wrong)
    assert caught.value.data["expected"] == code(1)[-1]
    assert caught.value.data["found"] == wrong[-1]
    assert f"校验位应为 {code(1)[-1]}，现为 {wrong[-1]}" in str(caught.value)
    assert not Enterprise.objects.exists()
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("9199", "现为 4 位"),
        ("91A90000000000010P", "第 3 位不能是"),
        ("9.1E+17", "科学计数"),
        ("——", "没有可识别"),
    ],
)
def test_a_code_that_cannot_be_is_refused_with_what_is_wrong(add, text, part):
    with pytest.raises(CreditCodeWrong) as caught:
        add(credit_code=text)
    assert part in str(caught.value)


def test_an_old_number_given_as_the_code_is_kept_as_what_it_is(add):
    firm = add(credit_code=old_number("32050000000001"))
    assert (firm.credit_code, firm.legacy_reg_no) == ("", old_number("32050000000001"))


def test_a_credit_code_in_the_place_of_the_old_number_is_refused(add):
    with pytest.raises(CreditCodeWrong):
        add(legacy_reg_no=code(3))


def test_letters_that_look_like_digits_are_read_as_digits(add):
    assert add(credit_code=code(1).replace("0", "O", 1)).credit_code == code(1)


def test_an_industry_code_of_the_wrong_section_names_the_right_one(add):
    with pytest.raises(IndustryCodeWrong) as caught:
        add(industry_code="I3962")
    assert caught.value.data["right"] == "C3962"


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"name": "长" * 121},
        {"state": "gone"},
        {"established_on": date(2999, 1, 1)},
        {"established_on": date(1700, 1, 1)},
        {"registered_capital_cny": Decimal("-1")},
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(add, values):
    with pytest.raises(WrongInput):
        add(**values)
    assert not Enterprise.objects.exists()
    assert not Change.objects.exists()


def test_a_sector_of_another_zone_is_refused(add):
    with pytest.raises(WrongInput):
        add(sector=make_sector())


def test_the_same_code_is_refused_and_the_firm_that_has_it_is_named(add):
    first = add(credit_code=code(1))
    with pytest.raises(CreditCodeTaken) as caught:
        add("完全不同的名字有限公司", credit_code=code(1), confirmed_distinct_reason="另一家")
    assert caught.value.data["id"] == first.pk
    assert first.name in str(caught.value)


def test_the_database_itself_refuses_the_same_code_twice_in_a_zone(zone):
    make_enterprise(zone, credit_code=code(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_enterprise(zone, credit_code=code(1))
    make_enterprise(credit_code=code(1))
    make_enterprise(zone)
    make_enterprise(zone)


def test_the_loser_of_a_race_for_a_code_hears_who_has_it(add, zone, monkeypatch):
    """Two people add the same code at once: each looked before the other wrote."""
    make_enterprise(zone, name="抢先登记有限公司", credit_code=code(1))
    looked = []
    refuse = services.register._refuse_code_taken
    monkeypatch.setattr(
        services.register, "_refuse_code_taken", lambda firm: refuse(firm) if looked else looked.append(firm)
    )
    with pytest.raises(CreditCodeTaken) as caught:
        add(credit_code=code(1))
    assert "抢先登记有限公司" in str(caught.value)
    assert Enterprise.objects.filter(zone=zone).count() == 1


def test_a_firm_with_the_same_normal_name_is_told_with_its_id(add):
    first = add("苏州苏鲲科技有限公司")
    with pytest.raises(DuplicateFound) as caught:
        add("苏州 苏鲲科技股份有限公司")
    assert [one["id"] for one in caught.value.data["candidates"]] == [first.pk]
    assert Enterprise.objects.count() == 1


def test_a_possible_double_is_kept_when_a_reason_says_why_and_the_reason_is_recorded(add):
    first = add("苏州苏鲲科技有限公司")
    second = add("苏州苏鲲科技股份有限公司", confirmed_distinct_reason="母公司，代码不同")
    change = Change.objects.order_by("seq").last()
    assert change.rows == [second.pk]
    assert (change.data["confirmed_distinct"], change.data["distinct_from"]) == (
        "母公司，代码不同",
        [first.pk],
    )


def test_the_same_name_in_another_province_or_zone_is_no_double(add, officer):
    add("江苏苏鲲科技有限公司")
    assert add("浙江苏鲲科技有限公司").pk
    other = make_zone()
    services.add_enterprise(
        actor=make_user(Role.LIAISON, zone=other), zone=other, name="江苏苏鲲科技有限公司"
    )


def test_the_same_old_number_is_told_as_a_double(add):
    number = old_number("32050000000001")
    first = add("苏州甲乙丙有限公司", legacy_reg_no=number)
    with pytest.raises(DuplicateFound) as caught:
        add("苏州丁戊己有限公司", legacy_reg_no=number)
    assert caught.value.data["candidates"][0]["id"] == first.pk


def test_a_new_name_keeps_the_old_one_findable_with_the_day_since(add, officer, zone):
    firm = add("苏州旧时名科技有限公司")
    services.edit_enterprise(
        actor=officer, enterprise=firm, name="苏州新启用科技有限公司", name_since=date(2025, 7, 1)
    )

    names = [(entry.name, entry.happened_on) for entry in selectors.names_of(firm)]
    assert ("苏州新启用科技有限公司", date(2025, 7, 1)) in names
    assert any(name == "苏州旧时名科技有限公司" for name, _ in names)
    for word in ("旧时名", "新启用", "xqykj"):
        rows = selectors.searched(selectors.listed_enterprises(officer, zone), officer, zone, word)
        assert [found.pk for found in rows] == [firm.pk], word
    assert SearchDoc.objects.get().title == "苏州新启用科技有限公司"


def test_a_former_name_is_told_as_a_double(add, officer):
    firm = add("苏州旧时名科技有限公司")
    services.edit_enterprise(actor=officer, enterprise=firm, name="苏州新启用科技有限公司")
    with pytest.raises(DuplicateFound) as caught:
        add("苏州旧时名科技有限公司")
    assert caught.value.data["candidates"][0]["id"] == firm.pk


def test_a_code_finds_the_firm_by_its_beginning(add, officer, zone):
    firm = add(credit_code=code(7))
    add("苏州别家贸易有限公司", credit_code=code(8))
    rows = selectors.searched(selectors.listed_enterprises(officer, zone), officer, zone, code(7)[:16])
    assert [found.pk for found in rows] == [firm.pk]


def test_an_edit_records_old_and_new_and_what_is_not_given_stays(add, officer):
    firm = add(address="旧址", business="芯片")
    edited = services.edit_enterprise(actor=officer, enterprise=firm, seen_version=1, address="新址")
    assert (edited.address, edited.business, edited.version) == ("新址", "芯片", 2)
    change = Change.objects.order_by("seq").last()
    assert (change.verb, change.data["changes"]) == ("edit", {"address": ["旧址", "新址"]})


def test_an_edit_that_changes_nothing_writes_nothing(add, officer):
    firm = add(address="旧址")
    before = Change.objects.count()
    assert services.edit_enterprise(actor=officer, enterprise=firm, address=" 旧址 ").version == 1
    assert Change.objects.count() == before


def test_the_second_of_two_editors_sees_both_versions(add, officer, admin):
    firm = add(address="旧址")
    services.edit_enterprise(actor=admin, enterprise=firm, seen_version=1, address="甲写的")
    with pytest.raises(Stale) as caught:
        services.edit_enterprise(actor=officer, enterprise=firm, seen_version=1, address="乙写的")
    data = caught.value.data
    assert (data["theirs"]["address"], data["yours"]["address"]) == ("甲写的", "乙写的")
    assert data["by"] == str(admin)


def test_a_code_may_not_be_changed_to_that_of_another_firm(add, officer):
    add("苏州别家贸易有限公司", credit_code=code(1))
    firm = add(credit_code=code(2))
    with pytest.raises(CreditCodeTaken):
        services.edit_enterprise(actor=officer, enterprise=firm, credit_code=code(1))


def test_a_state_changes_with_a_reason_and_not_without(add, officer):
    firm = add()
    with pytest.raises(ReasonNeeded):
        services.change_state(actor=officer, enterprise=firm, state="suspended", reason=" ")
    changed = services.change_state(
        actor=officer, enterprise=firm, state="deregistered", reason="2026-02 已办理注销", seen_version=1
    )
    assert changed.state == Enterprise.State.DEREGISTERED
    change = Change.objects.order_by("seq").last()
    assert (change.verb, change.data["reason"]) == ("change_state", "2026-02 已办理注销")


def test_who_may_not_add_or_change_is_refused(add, zone):
    firm = add()
    auditor = make_user(Role.AUDITOR, zone=zone)
    with pytest.raises(NotAllowed):
        services.add_enterprise(actor=auditor, zone=zone, name="苏州某某有限公司")
    with pytest.raises(NotAllowed):
        services.edit_enterprise(actor=auditor, enterprise=firm, address="x")
    with pytest.raises(NotFound):
        services.edit_enterprise(actor=make_user(Role.LIAISON), enterprise=firm, address="x")


def test_nobody_of_another_zone_sees_a_firm(add):
    firm = add()
    stranger = make_user(Role.ADMINISTRATOR)
    assert not selectors.visible_enterprises(stranger).exists()
    with pytest.raises(NotFound):
        selectors.get_enterprise(stranger, firm.pk)


def test_the_timeline_tells_the_rename_the_edit_and_the_reason(add, officer, zone):
    firm = add(sector=make_sector(zone, "智能制造"))
    services.edit_enterprise(
        actor=officer, enterprise=firm, name="苏州苏鲲智能科技有限公司", sector=make_sector(zone, "软件")
    )
    services.change_state(actor=officer, enterprise=firm, state="suspended", reason="停产检修")
    events = selectors.timeline_of(officer, firm, [firm.pk])
    said = " | ".join(f"{event.what} {event.detail} {event.reason}" for event in events)
    assert "状态：在营 → 停业 停产检修" in said
    assert "所属产业：智能制造 → 软件" in said
    assert "企业名称：苏州苏鲲科技有限公司 → 苏州苏鲲智能科技有限公司" in said
    assert events[0].moment >= events[-1].moment
