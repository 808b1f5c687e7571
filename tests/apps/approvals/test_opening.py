"""A case is opened on the version of its day, with a task for each department and what each asks for and issues."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.approvals.played import (
    TEMPLATE,
    at,
    make_case,
    make_matter,
    make_procedure,
    make_room,
    task_of,
)
from tests.factories import make_department, make_enterprise, make_project, make_user, make_zone
from zhuchao.apps.approvals.errors import NotInForce, ProcedureUnreadable
from zhuchao.apps.approvals.models import Case, CaseDocument, CaseTask, Theme, ThemeMatter
from zhuchao.apps.approvals.selectors import visible_cases
from zhuchao.apps.approvals.services.opening import open_case
from zhuchao.apps.core.errors import CalendarNotKnown, NotAllowed, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.zones.models import Role


@pytest.fixture
def zone():
    return make_room()


def test_a_procedure_opens_a_task_for_each_of_its_tasks_with_what_it_waits_for(zone):
    case = make_case(zone)
    tasks = {task.key: task for task in CaseTask.objects.filter(case=case)}
    assert case.number == "BJ2022-0001"
    assert case.baseline_working_days == Decimal(22)
    assert [tasks[key].state for key in ("T1", "T2", "T3")] == ["ready", "ready", "waiting"]
    assert tasks["T3"].needs == ["建设用地规划许可证", "完税证明"]
    assert (tasks["T1"].review_minutes, tasks["T1"].issue_minutes) == (120, 60)
    assert {task.lane for task in tasks.values()} == {"用地线", "税务线", "施工线"}
    names = set(CaseDocument.objects.filter(case=case).values_list("name", "is_result"))
    assert ("营业执照", False) in names
    assert ("施工许可证", True) in names
    assert Change.objects.filter(verb="open_case").exists()


def test_a_department_that_the_zone_does_not_have_stays_named_and_empty(zone):
    case = make_case(zone)
    task = task_of(case, "T3")
    assert task.department is None
    assert task.department_name == "行政审批局"
    assert task_of(case, "T1").department.name == "自然资源局"


def test_numbers_run_by_year_and_zone(zone):
    procedure = make_procedure(zone)
    numbers = [make_case(zone, procedure=procedure).number for _ in range(2)]
    elsewhere = make_case(make_room())
    assert numbers == ["BJ2022-0001", "BJ2022-0002"]
    assert elsewhere.number == "BJ2022-0001"


def test_a_case_keeps_the_version_that_held_on_its_day(zone):
    procedure = make_procedure(zone)
    make_procedure(
        zone, TEMPLATE.replace("review_hours: 2", "review_hours: 5"), since=date(2022, 10, 15), number=2
    )
    before = make_case(zone, "2022-10-14 09:00", procedure=procedure)
    after = make_case(zone, "2022-10-17 09:00", procedure=procedure)
    assert (before.procedure_version.number, after.procedure_version.number) == (1, 2)
    assert (task_of(before, "T1").review_minutes, task_of(after, "T1").review_minutes) == (120, 300)


def test_a_task_left_out_is_waited_for_by_nobody(zone):
    case = make_case(zone, leave_out=["T1"])
    assert task_of(case, "T3").needs == ["完税证明"]
    with pytest.raises(WrongInput, match="T9"):
        make_case(make_room(), leave_out=["T9"])


def test_the_same_form_sent_twice_opens_one_case(zone):
    procedure = make_procedure(zone)
    first = make_case(zone, procedure=procedure, request_key="abc")
    assert make_case(zone, procedure=procedure, request_key="abc") == first
    assert Case.objects.count() == 1


def test_a_matter_opens_one_task_with_its_documents(zone):
    tax = make_department(zone, name="住建局")
    matter = make_matter(
        zone, "施工登记", department=tax, documents=[("合同", True, False), ("承诺", False, True)]
    )
    case = make_case(zone, matter=matter)
    task = task_of(case, "M01")
    assert (task.department, task.promised_working_days, task.state) == (tax, Decimal("0.5"), "ready")
    asked = CaseDocument.objects.filter(task=task, is_result=False).values_list(
        "name", "is_main", "may_be_late"
    )
    assert set(asked) == {("合同", True, False), ("承诺", False, True)}
    assert CaseDocument.objects.get(task=task, is_result=True).name == "施工登记结果"


def test_a_theme_opens_the_matters_that_its_answers_ask_for(zone):
    theme = Theme.objects.create(
        zone=zone,
        code="TH-1",
        name="企业开办",
        questions=[
            {"key": "seal", "label": "刻章", "kind": "choice", "choices": ["是", "否"], "required": True}
        ],
    )
    licence, seal, tax = (make_matter(zone, name) for name in ("营业执照", "刻章", "领票"))
    first = ThemeMatter.objects.create(zone=zone, theme=theme, matter=licence, position=1)
    second = ThemeMatter.objects.create(
        zone=zone, theme=theme, matter=seal, position=2, after=first, when={"key": "seal", "is": ["是"]}
    )
    ThemeMatter.objects.create(zone=zone, theme=theme, matter=tax, position=3, after=second)
    whole = make_case(zone, theme=theme, answers={"seal": "是"})
    part = make_case(zone, theme=theme, answers={"seal": "否"})
    assert [(t.name, t.after) for t in whole.tasks.all()] == [
        ("营业执照", []),
        ("刻章", ["M01"]),
        ("领票", ["M02"]),
    ]
    assert [(t.name, t.after) for t in part.tasks.all()] == [("营业执照", []), ("领票", ["M01"])]
    with pytest.raises(WrongInput, match="刻章"):
        make_case(zone, theme=theme, answers={})
    with pytest.raises(WrongInput, match="other"):
        make_case(zone, theme=theme, answers={"seal": "是", "other": 1})


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_way_is_asked_for(zone, count):
    ways = {"procedure": make_procedure(zone), "matter": make_matter(zone)} if count else {}
    with pytest.raises(WrongInput, match="一种"):
        open_case(actor=None, zone=zone, title="示例", **ways)


def test_what_is_not_in_force_is_not_opened(zone):
    procedure = make_procedure(zone, since=date(2022, 10, 15))
    with pytest.raises(NotInForce):
        make_case(zone, procedure=procedure)
    procedure.is_open = False
    procedure.save()
    with pytest.raises(NotInForce, match="停用"):
        make_case(zone, "2022-10-17 09:00", procedure=procedure)


def test_a_procedure_that_cannot_be_read_says_its_line(zone):
    procedure = make_procedure(zone, TEMPLATE.replace("after", "after").replace("stage: 开工", "stage: 完工"))
    with pytest.raises(ProcedureUnreadable, match="行"):
        make_case(zone, procedure=procedure)


def test_a_deadline_beyond_the_last_confirmed_year_is_refused(zone):
    last = load_calendar()
    with pytest.raises(CalendarNotKnown):
        make_case(zone, deadline_at=at(f"{last + 1}-02-01 09:00"))
    with pytest.raises(WrongInput, match="晚于起算"):
        make_case(make_room(), deadline_at=at("2022-10-01 09:00"))


def test_an_agent_is_named_and_others_of_another_zone_are_refused(zone):
    with pytest.raises(WrongInput, match="代办员"):
        make_case(zone, service="act")
    for facts in (
        {"enterprise": make_enterprise()},
        {"project": make_project()},
        {"window": make_department()},
    ):
        with pytest.raises(WrongInput):
            make_case(zone, procedure=make_procedure(make_room()), **facts)
    with pytest.raises(WrongInput, match="本辖区"):
        make_case(zone, procedure=make_procedure(make_zone()))


def test_a_case_that_starts_later_is_in_preparation(zone):
    assert make_case(zone, starts_at=at("2022-11-10 09:00")).state == "preparing"


def test_who_may_not_open_a_case_is_refused_and_others_do_not_see_it(zone):
    case = make_case(zone)
    approver = make_user(Role.APPROVER, zone=zone, department=task_of(case, "T1").department)
    with pytest.raises(NotAllowed):
        open_case(actor=approver, zone=zone, title="示例", procedure=case.procedure_version.procedure)
    assert visible_cases(approver).get() == case
    assert not visible_cases(make_user(Role.LEADER)).exists()
