"""The page of all open cases says when each is over, which is late, and what waits at each department."""

import pytest
from django.urls import reverse

from tests.apps.approvals.played import at, make_case, make_room
from tests.factories import make_user, signed_in
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calendar():
    load_calendar()


@pytest.fixture
def zone():
    return make_room()


@pytest.fixture
def page(client, zone):
    return signed_in(client, make_user(Role.LEADER, zone=zone))


def test_without_open_cases_the_page_says_so(page):
    assert "本辖区没有在办件" in page.get(reverse("case-portfolio")).content.decode()


def test_the_late_case_stands_first_and_each_department_shows_its_work(page, zone):
    first = make_case(zone, "2022-10-19 09:00")
    procedure = first.procedure_version.procedure
    urgent = make_case(zone, "2022-10-19 10:00", procedure=procedure, deadline_at=at("2022-10-20 10:00"))
    answer = page.get(reverse("case-portfolio"))
    text = answer.content.decode()
    assert "1 件赶不上" in text
    assert [row.case for row, _left, _late in answer.context["rows"]] == [urgent, first]
    assert [name for name, *_rest in answer.context["queues"]] == ["自然资源局", "行政审批局", "税务局"]
    # 2 × (2 h + 1 h) at two desks, 2 × 1.5 h at one, 2 × 30 min
    assert [minutes for *_rest, minutes in answer.context["queues"]] == ["6 小时", "3 小时", "1 小时"]
    assert text.count('class="n-bar') == 10
    assert answer.context["told"].found.cost <= answer.context["told"].found.first_come


def test_a_case_that_cannot_be_planned_is_told_with_the_reason(page, zone):
    case = make_case(zone, "2022-10-19 09:00")
    type(case).objects.filter(pk=case.pk).update(deadline_at=at("2031-01-06 09:00"))
    answer = page.get(reverse("case-portfolio"))
    assert "排不进来的" in answer.content.decode()
    assert [one for one, _why in answer.context["told"].unplanned] == [case]


def test_another_zones_cases_are_not_told(page, zone):
    make_case(make_room(), "2022-10-19 09:00")
    assert not page.get(reverse("case-portfolio")).context["rows"]
