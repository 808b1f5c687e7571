"""Service bundles: kept in versions, applied in one click, and the tasks they bring."""

from datetime import date

import pytest

from tests.factories import make_department, make_user, make_zone, signed_in
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.projects.errors import BundleExists, TaskDone
from zhuchao.apps.projects.models import BundleVersion, ProjectTask, Stage, TaskBundle
from zhuchao.apps.projects.selectors import bundles
from zhuchao.apps.projects.services import bundles as services
from zhuchao.apps.projects.services.bundles import TaskLine
from zhuchao.apps.zones.models import Role

TODAY = date(2023, 6, 15)
# The Dragon Boat Festival of 2023: the 22nd and 23rd of June are off, Sunday the 25th is worked.
BEFORE_FESTIVAL = date(2023, 6, 21)


@pytest.fixture(autouse=True)
def calendar(db):
    load_calendar()


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone)


@pytest.fixture
def office(zone):
    return make_department(zone, name="规建办")


@pytest.fixture
def builder(zone, office):
    return make_user(Role.STEWARD, zone=zone, department=office, display_name="王工")


@pytest.fixture
def bundle(leader, zone, office, builder):
    return services.add_bundle(
        actor=leader,
        zone=zone,
        name="开工大吉服务包",
        stage=Stage.READY,
        tasks=[
            TaskLine("上门对接", 1, None, bundles.OFFICER),
            TaskLine("施工许可预审", 2, office, "", "一次告知"),
            TaskLine("用水用电接入", 5, None, Role.LIAISON),
        ],
    )


def apply(actor, project, bundle, start=BEFORE_FESTIVAL):
    return services.apply_bundle(actor=actor, project=project, bundle=bundle, start=start)


@pytest.mark.document("1-11")
def test_one_click_makes_every_task_of_the_bundle_with_owner_and_working_day(
    page, project, officer, builder, bundle
):
    html = page.get(f"/projects/{project.pk}/tasks/?start=2023-06-21").content.decode()
    assert "套用（新增 3 项任务）" in html
    assert "2023-06-26" in html
    assert not ProjectTask.objects.exists()
    answer = page.post(
        f"/projects/{project.pk}/tasks/apply/", {"bundle": bundle.pk, "start": "2023-06-21"}, follow=True
    )
    assert "已生成 3 项任务。" in answer.content.decode()
    # The 22nd and 23rd are off; Sunday the 25th is worked.
    assert list(ProjectTask.objects.values_list("name", "owner__display_name", "due_on")) == [
        ("上门对接", "李店小二", date(2023, 6, 25)),
        ("施工许可预审", "王工", date(2023, 6, 26)),
        (
            "用水用电接入",
            "李店小二",
            date(2023, 6, 29),
        ),  # nobody holds the role: the project's officer does it
    ]


def test_a_bundle_applied_again_makes_nothing_twice(page, project, officer, bundle):
    assert len(apply(officer, project, bundle)) == 3
    assert apply(officer, project, bundle, TODAY) == []
    assert Change.objects.filter(verb="apply_bundle").count() == 1
    answer = page.post(
        f"/projects/{project.pk}/tasks/apply/", {"bundle": bundle.pk, "start": "2023-06-21"}, follow=True
    )
    assert "没有重复生成" in answer.content.decode()


def test_other_tasks_make_a_new_version_of_which_only_the_new_ones_come(leader, officer, project, bundle):
    apply(officer, project, bundle)
    lines = [TaskLine("上门对接", 1, None, bundles.OFFICER), TaskLine("开工仪式", 9)]
    services.change_bundle(
        actor=leader, bundle=bundle, version=bundle.version, name=bundle.name, stage=bundle.stage, tasks=lines
    )
    assert BundleVersion.objects.filter(bundle=bundle).count() == 2
    assert [task.name for task in apply(officer, project, bundle)] == ["开工仪式"]
    with pytest.raises(Stale):
        services.change_bundle(
            actor=leader, bundle=bundle, version=bundle.version, name="新名", stage=bundle.stage, tasks=lines
        )
    bundle.refresh_from_db()
    services.change_bundle(
        actor=leader,
        bundle=bundle,
        version=bundle.version,
        name=bundle.name,
        stage=bundle.stage,
        tasks=lines,
        is_active=False,
    )
    assert BundleVersion.objects.filter(bundle=bundle).count() == 2
    with pytest.raises(WrongInput):
        apply(officer, project, TaskBundle.objects.get())


def test_the_example_of_a_zone_without_bundles_is_marked_as_one(leader, zone, page):
    chief = signed_in(page.__class__(), leader)
    assert chief.post("/projects/bundles/example/").status_code == 302
    found = TaskBundle.objects.get(zone=zone)
    assert found.is_example
    assert "示例" in found.name
    assert len(bundles.tasks_in(bundles.newest_version(found))) == 8
    with pytest.raises(BundleExists):
        services.adopt_example(actor=leader, zone=zone)


def test_a_task_is_handed_on_finished_once_and_reopened(officer, builder, project, bundle):
    task = apply(officer, project, bundle)[0]
    task = services.reassign_task(
        actor=officer, task=task, version=task.version, owner=builder, due_on=date(2023, 6, 28), reason="出差"
    )
    assert (task.owner, task.due_on) == (builder, date(2023, 6, 28))
    with pytest.raises(WrongInput):
        services.finish_task(actor=builder, task=task, on=date(2023, 6, 16))
    task = services.finish_task(actor=builder, task=task, on=TODAY, note="已对接")
    assert (task.done_on, task.done_by) == (TODAY, builder)
    for act in (
        lambda: services.finish_task(actor=officer, task=task, on=TODAY),
        lambda: services.reassign_task(actor=officer, task=task, version=None, owner=officer, reason="再换"),
    ):
        with pytest.raises(TaskDone):
            act()
    assert services.reopen_task(actor=officer, task=task, reason="登错").done_on is None


def test_who_neither_owns_a_task_nor_runs_projects_may_not_finish_it(zone, officer, project, bundle, builder):
    task = apply(officer, project, bundle)[0]
    with pytest.raises(NotAllowed):
        services.finish_task(actor=builder, task=task, on=TODAY)
    with pytest.raises(NotFound):
        services.finish_task(actor=make_user(Role.LEADER, zone=make_zone()), task=task, on=TODAY)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [TaskLine("", 1)],
        [TaskLine("同名", 1), TaskLine("同名", 2)],
        [TaskLine("太久", 501)],
        [TaskLine("没有这个角色", 1, None, "astronaut")],
    ],
)
def test_a_bundle_that_makes_no_sense_is_refused(leader, zone, lines):
    with pytest.raises(WrongInput):
        services.add_bundle(actor=leader, zone=zone, name="包", tasks=lines)


def test_a_person_who_does_not_work_here_gets_no_task(officer, project):
    stranger = make_user(Role.LEADER, zone=make_zone())
    with pytest.raises(WrongInput):
        services.add_task(
            actor=officer, project=project, name="现场核验", owner=stranger, start=TODAY, working_days=3
        )


def test_tasks_are_written_one_a_line_and_a_wrong_line_is_named(leader, zone, office, client):
    chief = signed_in(client, leader)
    said = "上门对接，金牌店小二，1\n施工许可预审，规建办，7，一次告知\n"
    wrong = chief.post(
        "/projects/bundles/add/",
        {"name": "包", "stage": "ready", "tasks": said + "核验，外星部门，3\n开工，，x"},
    )
    assert wrong.status_code == 422
    html = wrong.content.decode()
    assert "第 3 行：“外星部门”不是本辖区的部门，也不是角色。" in html
    assert "第 4 行：第三项应为工作日数，如 5。" in html
    assert (
        chief.post("/projects/bundles/add/", {"name": "包", "stage": "ready", "tasks": said}).status_code
        == 302
    )
    page = chief.get(f"/projects/bundles/{TaskBundle.objects.get().pk}/edit/").content.decode()
    assert "施工许可预审，规建办，7，一次告知" in page


def test_tasks_that_are_due_stand_on_today_and_in_the_list_of_the_overdue(
    zone, officer, builder, leader, project, bundle, page
):
    apply(officer, project, bundle, date(2023, 6, 5))
    mine = {card.title: card for card in cards_for(officer, zone)[0] if card.key.startswith("project-task")}
    assert set(mine) == {"高纯氢制备项目：上门对接", "高纯氢制备项目：用水用电接入"}
    assert mine["高纯氢制备项目：上门对接"].urgency == "overdue"
    late = [card for card in cards_for(leader, zone)[0] if card.key.startswith("project-task")]
    assert len(late) == 3
    html = page.get("/projects/tasks/?state=overdue").content.decode()
    assert "施工许可预审" in html
    assert "没有" not in html.split("</table>")[0].split("<tbody")[1]
    assert page.get("/projects/tasks/?state=done").status_code == 200


def test_the_forms_of_tasks_work_and_the_api_says_the_same(page, officer, builder, project, bundle):
    made = page.post(
        f"/api/v1/projects/{project.pk}/tasks/apply",
        {"bundle_id": bundle.pk, "start": "2023-06-05"},
        content_type="application/json",
    )
    assert (made.status_code, len(made.json())) == (201, 3)
    first, second, third = ProjectTask.objects.order_by("pk")
    assert (
        page.post(f"/projects/tasks/{first.pk}/finish/", {"on": "2023-06-06", "note": "好"}).status_code
        == 302
    )
    assert page.post(f"/projects/tasks/{first.pk}/reopen/", {"reason": "登错"}).status_code == 302
    answer = page.post(
        f"/projects/tasks/{second.pk}/reassign/",
        {"owner": officer.pk, "due_on": "2023-06-30", "reason": "调整", "version": second.version},
    )
    assert answer.status_code == 302
    done = page.post(
        f"/api/v1/project-tasks/{third.pk}/finish", {"on": "2023-06-07"}, content_type="application/json"
    )
    assert (done.status_code, done.json()["done_on"]) == (200, "2023-06-07")
    again = page.post(
        f"/api/v1/project-tasks/{third.pk}/finish", {"on": "2023-06-07"}, content_type="application/json"
    )
    assert (again.status_code, again.json()["code"]) == (409, "task_done")
    answer = page.post(
        f"/projects/{project.pk}/tasks/add/",
        {"name": "现场核验", "owner": officer.pk, "start": "2023-06-15", "working_days": "3"},
    )
    assert answer.status_code == 302
    assert ProjectTask.objects.get(name="现场核验").due_on == date(2023, 6, 20)


@pytest.mark.document("1-12")
def test_a_project_that_turned_red_stands_on_today_with_its_reason(zone, officer, leader, project):
    from zhuchao.apps.projects.services import add_milestone

    add_milestone(actor=officer, project=project, name="进场", planned_on=date(2023, 5, 30))
    for person in (officer, leader):
        cards = {card.title: card for card in cards_for(person, zone)[0]}
        assert cards["1 个项目亮红灯"].why.startswith("本周新转红 1 个")
        assert "逾期 12 个工作日" in cards["高纯氢制备项目转为红灯"].why
