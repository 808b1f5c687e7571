"""The page of all open cases says when each is over, which is late, and what waits at each department."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.apps.approvals.played import at, make_case, make_room
from tests.factories import make_user, signed_in
from zhuchao.apps.approvals.selectors.kept_portfolios import KIND
from zhuchao.apps.approvals.services import portfolio as services
from zhuchao.apps.core.errors import JobCannotBeCancelled
from zhuchao.apps.core.models import Change, Job
from zhuchao.apps.core.services import jobs
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.core.services.progress import Progress
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


@pytest.fixture
def busy(zone):
    """Make three cases that wait for the same desks, the last of them urgent."""
    first = make_case(zone, "2022-10-19 09:00")
    procedure = first.procedure_version.procedure
    second = make_case(zone, "2022-10-19 09:30", procedure=procedure)
    urgent = make_case(zone, "2022-10-19 10:00", procedure=procedure, deadline_at=at("2022-10-20 10:00"))
    return [first, second, urgent]


def ordered(page, seconds=5):
    page.post(reverse("case-portfolio-improve"), {"seconds": seconds})
    return Job.objects.get(kind=KIND)


def test_an_improved_plan_is_kept_and_shown_until_something_happens(page, zone, busy, monkeypatch):
    monkeypatch.setattr(services, "_WINDOWS", 2)
    job = ordered(page)
    assert 'id="job"' in page.get(reverse("case-portfolio")).content.decode()
    moving = page.get(reverse("case-portfolio-progress"), headers={"HX-Request": "true"})
    assert 'id="job"' in moving.content.decode()
    assert jobs.run(job.pk).state == Job.State.DONE
    over = page.get(reverse("case-portfolio-progress"), headers={"HX-Request": "true"})
    assert over.headers["HX-Redirect"] == reverse("case-portfolio")
    shown = page.get(reverse("case-portfolio")).context
    told = shown["told"]
    assert (shown["is_kept"], shown["holds"], len(told.rows)) == (True, True, 3)
    assert told.found.bound <= told.found.cost <= told.found.first <= told.found.first_come
    at_once = page.get(reverse("case-portfolio"), {"plan": "first"}).context["told"]
    assert at_once.found.cost == told.found.first
    assert {name: len(some) for name, some in told.by_department.items()} == {
        name: len(some) for name, some in at_once.by_department.items()
    }
    make_case(zone, "2022-10-20 08:30", procedure=busy[0].procedure_version.procedure)
    changed = page.get(reverse("case-portfolio"))
    assert (changed.context["is_kept"], len(changed.context["told"].rows)) == (False, 4)
    assert "上次改进之后办件有变化" in changed.content.decode()
    former = page.get(reverse("case-portfolio"), {"plan": "kept"})
    assert (former.context["is_kept"], len(former.context["told"].rows)) == (True, 3)
    assert "此后办件有变化" in former.content.decode()


def test_one_improvement_at_a_time_and_only_for_a_time_that_is_offered(page, zone, busy):
    page.post(reverse("case-portfolio-improve"), {"seconds": "9999"})
    page.post(reverse("case-portfolio-improve"), {"seconds": "x"})
    assert not Job.objects.filter(kind=KIND).exists()
    job = ordered(page)
    assert ordered(page) == job


def test_who_ordered_an_improvement_stops_it_and_nobody_else(page, zone, busy, client):
    job = ordered(page)
    other = make_user(Role.LEADER, zone=zone)
    with pytest.raises(JobCannotBeCancelled):
        services.stop_portfolio(actor=other, zone=zone)
    page.post(reverse("case-portfolio-stop"))
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert page.get(reverse("case-portfolio")).context["is_kept"] is False


def test_a_search_that_is_stopped_keeps_what_it_has(zone, busy):
    officer = make_user(Role.LEADER, zone=zone)
    job = services.improve_portfolio(actor=officer, zone=zone)

    class Stopped(Progress):
        def goes_on(self, step="", done=0, total=None):
            return False

    kept = services._run(job, Stopped())
    assert (kept["stopped"], kept["costs"][0], len(kept["rows"])) == (True, kept["costs"][1], 3)


def test_the_plan_goes_into_a_workbook_by_department(page, zone, busy):
    answer = page.get(reverse("case-portfolio-file"))
    rows = list(load_workbook(BytesIO(b"".join(answer))).worksheets[0].values)
    assert rows[0][:5] == ("部门", "办件", "名称", "任务", "环节")
    assert {row[0] for row in rows[1:]} == {"自然资源局", "税务局", "行政审批局"}
    assert sum(row[7] for row in rows[1:]) == 3 * (180 + 30 + 90)
    assert Change.objects.get(verb="export").data["row_count"] == len(rows) - 1
