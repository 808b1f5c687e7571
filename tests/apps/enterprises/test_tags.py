"""A tag says who said it and since when; taking it away is an entry too."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import make_user
from zhuchao.apps.core.errors import AlreadyReplaced, NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.enterprises import selectors, services
from zhuchao.apps.enterprises.errors import TagStands
from zhuchao.apps.enterprises.models import EnterpriseTag
from zhuchao.apps.zones.models import Role

from .conftest import DAY

SOURCE = "市工信局 2025 年度认定名单"


@pytest.fixture
def firm(add):
    return add()


@pytest.fixture
def tag(firm, officer):
    return services.add_tag(actor=officer, enterprise=firm, tag="龙头", source=SOURCE, happened_on=DAY)


def test_a_tag_has_a_source_and_a_day(tag, firm, officer):
    (found,) = selectors.tags_of(officer, [firm.pk])
    assert (found.tag, found.source, found.happened_on, found.recorded_by) == ("龙头", SOURCE, DAY, officer)


@pytest.mark.parametrize(
    "values", [{"source": " "}, {"tag": ""}, {"tag": "长" * 31}, {"happened_on": date(2999, 1, 1)}]
)
def test_a_tag_without_a_source_or_for_a_day_to_come_is_refused(firm, officer, values):
    said = {"tag": "独角兽", "source": SOURCE, "happened_on": DAY} | values
    with pytest.raises(WrongInput):
        services.add_tag(actor=officer, enterprise=firm, **said)
    assert not EnterpriseTag.objects.exists()


def test_one_source_says_a_thing_once_and_another_may_say_it_too(tag, firm, officer):
    with pytest.raises(TagStands):
        services.add_tag(actor=officer, enterprise=firm, tag="龙头", source=SOURCE, happened_on=DAY)
    services.add_tag(actor=officer, enterprise=firm, tag="龙头", source="省发改委", happened_on=DAY)


def test_a_voided_tag_is_gone_from_the_firm_and_stays_in_the_timeline(tag, firm, officer):
    with pytest.raises(ReasonNeeded):
        services.void_tag(actor=officer, entry=tag, reason="")
    services.void_tag(actor=officer, entry=tag, reason="复核未通过")
    assert not selectors.tags_of(officer, [firm.pk])
    events = selectors.timeline_of(officer, firm, [firm.pk])
    assert any(event.is_void and event.reason == "复核未通过" for event in events)
    with pytest.raises(AlreadyReplaced):
        services.void_tag(actor=officer, entry=tag, reason="再来")


def test_a_corrected_tag_is_a_new_entry_with_the_reason(tag, firm, officer):
    new = services.correct_tag(actor=officer, entry=tag, reason="日期抄错", happened_on=date(2025, 12, 1))
    assert (new.replaces_id, new.tag, new.happened_on) == (tag.pk, "龙头", date(2025, 12, 1))
    assert list(selectors.tags_of(officer, [firm.pk])) == [new]


def test_the_list_is_narrowed_by_a_tag_that_stands_now(tag, firm, add, officer, zone):
    add("苏州没有标签有限公司")
    rows = selectors.listed_enterprises(officer, zone)
    assert list(selectors.narrowed_by_tag(rows, "龙头")) == [firm]
    assert selectors.tags_known(officer, zone) == ["龙头"]
    services.void_tag(actor=officer, entry=tag, reason="x")
    assert not selectors.narrowed_by_tag(rows, "龙头").exists()
    assert selectors.tags_known(make_user(Role.LIAISON), zone) == []


def test_a_merged_firms_tag_leads_to_its_survivor(tag, firm, add, officer, zone):
    kept = add("苏州苏鲲电子有限公司")
    services.merge_enterprises(actor=officer, survivor=kept, merged=firm)
    rows = selectors.listed_enterprises(officer, zone)
    assert list(selectors.narrowed_by_tag(rows, "龙头")) == [kept]


def test_who_may_tag(tag, firm, zone):
    auditor = make_user(Role.AUDITOR, zone=zone)
    with pytest.raises(NotAllowed):
        services.add_tag(actor=auditor, enterprise=firm, tag="总部", source=SOURCE, happened_on=DAY)
    with pytest.raises(NotAllowed):
        services.void_tag(actor=auditor, entry=tag, reason="x")
    with pytest.raises(NotFound):
        selectors.get_tag(make_user(Role.ADMINISTRATOR), tag.pk)


def test_pages_give_correct_and_take_away_a_tag(firm, browser):
    url = reverse("enterprise-tag-add", args=[firm.pk])
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"tag": "总部", "source": "", "happened_on": "2026-03-02"}).status_code == 422
    assert (
        browser.post(url, {"tag": "总部", "source": SOURCE, "happened_on": "2026-03-02"}).status_code == 302
    )
    page = browser.get(reverse("enterprise-detail", args=[firm.pk])).content.decode()
    assert SOURCE in page
    assert "2026-03-02" in page
    tag = EnterpriseTag.objects.get()
    said = {"tag": "总部", "source": SOURCE, "happened_on": "2026-03-01", "reason": "日期"}
    assert browser.post(reverse("enterprise-tag-correct", args=[tag.pk]), said).status_code == 302
    latest = EnterpriseTag.objects.live().get()
    assert browser.get(reverse("enterprise-tag-void", args=[latest.pk])).status_code == 200
    assert (
        browser.post(reverse("enterprise-tag-void", args=[latest.pk]), {"reason": "撤销"}).status_code == 302
    )
    assert not EnterpriseTag.objects.live().exists()
