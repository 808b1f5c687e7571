"""The rehearsal page answers what is set in its address; what a meeting keeps stays as it was seen."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tests.apps.approvals.procedures import clerk_of, demo_zone, make_procedure
from tests.factories import make_user, signed_in
from zhuchao.apps.approvals.models import Rehearsal
from zhuchao.apps.approvals.selectors.networks import shipped_procedures
from zhuchao.apps.approvals.services.procedures import add_procedure
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db
DAY = {
    "start": "2022-11-10T09:00",
    "days": "30",
    "credit": "3",
    "early": "on",
    "late": "on",
    "pledge": "on",
    "shared": "0.15",
}


@pytest.fixture(autouse=True)
def calendar():
    load_calendar()


@pytest.fixture
def zone():
    return demo_zone()


@pytest.fixture
def land(zone):
    procedure, _version = make_procedure(zone, shipped_procedures()["land-to-start"].text, key="land")
    return procedure


@pytest.fixture
def page(client, zone):
    return signed_in(client, clerk_of(zone))


def rehearsed(page, procedure, headers=None, **said):
    query = urlencode({name: value for name, value in (DAY | said).items() if value})
    return page.get(f"{reverse('procedure-rehearse', args=[procedure.pk])}?{query}", headers=headers)


def test_the_page_opens_with_an_answer_and_a_slider_for_each_department(page, land):
    text = page.get(reverse("procedure-rehearse", args=[land.pk])).content.decode()
    assert "什么时候办结" in text
    assert text.count("data-slider") == 3 + 11
    assert "已证明：在这些设定下没有更早的办法" in text


@pytest.mark.document("2-32")
def test_the_day_is_rehearsed_with_its_end_and_its_bottleneck(page, land):
    answer = rehearsed(page, land)
    text = answer.content.decode()
    assert "2022-11-10 14:30" in text
    assert "<b>不动产首次登记（交地即发证）</b>" in text
    assert answer.context["narrow"].minutes == 60
    assert answer.context["chance"] > 0.9


def test_a_change_is_compared_with_the_scenario_before(page, land):
    first = rehearsed(page, land)
    query = first.context["query"]
    part = rehearsed(page, land, headers={"HX-Request": "true"}, days="0", early="", before=query)
    text = part.content.decode()
    assert "<html" not in text
    assert "与对照相比" in text
    assert "n-before" in text
    assert part.context["before"] == query
    label, was, _now, gap = part.context["changes"][0]
    assert (label, was) == ("计划办结", "4 小时")
    assert gap.startswith("+")


def test_what_would_shorten_it_is_tried_when_asked(page, land):
    text = rehearsed(page, land, gains="1").content.decode()
    assert "“不动产首次登记（交地即发证）”的出件当场办完，可省 1 小时" in text
    assert "这些都省不了时间：" in text
    assert "税务局加一名审查员" in text


def test_a_start_on_a_holiday_and_a_deadline_that_cannot_be_met_are_said(page, land):
    assert (
        "从下一个工作时间 2022-10-08 09:00 起算"
        in rehearsed(page, land, start="2022-10-03T10:00").content.decode()
    )
    late = rehearsed(page, land, deadline="2022-11-10T11:00")
    assert late.status_code == 422
    assert "最早 2022-11-10 14:30 才能办结" in late.content.decode()
    beyond = rehearsed(page, land, start="2099-01-05T09:00")
    assert beyond.status_code == 422
    assert "工作日历只确认到" in beyond.content.decode()
    odd = rehearsed(page, land, days="-3", start="昨天")
    assert odd.status_code == 422


def test_a_meeting_keeps_a_rehearsal_and_it_stays(client, page, land, zone):
    query = rehearsed(page, land, r3="2").context["query"]
    said = {"query": query, "title": "全流程推演", "meeting": "walk_through", "attendees": "各部门"}
    answer = page.post(reverse("rehearsal-keep", args=[land.pk]), said | {"conclusion": "登记提前派员"})
    kept = Rehearsal.objects.get()
    assert answer["Location"] == reverse("rehearsal-detail", args=[kept.pk])
    assert kept.inputs["reviewers"] == {"税务局": 2}
    text = page.get(answer["Location"]).content.decode()
    for words in ("2022-11-10 14:30", "登记提前派员", "各部门", "税务局 2"):
        assert words in text
    assert "全流程推演" in page.get(reverse("rehearsal-list")).content.decode()
    assert page.post(reverse("rehearsal-keep", args=[land.pk]), {"query": query}).status_code == 422
    analyst = signed_in(client, make_user(Role.ANALYST, zone=zone))
    assert analyst.post(reverse("rehearsal-keep", args=[land.pk]), said).status_code == 403


def test_a_procedure_without_a_version_says_so(page, zone):
    empty = add_procedure(actor=clerk_of(zone), zone=zone, key="x", name="空流程")
    answer = page.get(reverse("procedure-rehearse", args=[empty.pk]))
    assert answer.status_code == 409
    assert "还没有版本" in answer.content.decode()
