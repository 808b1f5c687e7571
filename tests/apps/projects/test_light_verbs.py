"""Lights set by hand, the rule of a zone, how far the works have come, and plans as they stood."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.factories import make_user, make_zone, passing_moment, signed_in
from zhuchao.apps.core.errors import NotAllowed, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import LightOverridden, LightRuleExists
from zhuchao.apps.projects.models import LightOverride, MilestonePlan, ProgressEntry, Stage
from zhuchao.apps.projects.selectors import lights
from zhuchao.apps.zones.models import Role

TODAY = date(2023, 6, 15)


@pytest.fixture(autouse=True)
def calendar(db):
    load_calendar()


@pytest.fixture
def leader(zone):
    return make_user(Role.LEADER, zone=zone)


@pytest.fixture
def late(project, officer):
    return services.add_milestone(actor=officer, project=project, name="进场", planned_on=date(2023, 5, 4))


def light(project, on=TODAY):
    return selectors.lights_of([project], on)[project.pk]


@pytest.mark.document("1-12")
def test_a_light_set_by_hand_needs_a_reason_and_shows_the_computed_one_beside_it(project, leader, late):
    with pytest.raises(WrongInput):
        services.override_light(actor=leader, project=project, colour="amber", until=TODAY, why=" ")
    entry = services.override_light(
        actor=leader, project=project, colour="amber", until=date(2023, 6, 30), why="业主资金已到位，下周进场"
    )
    found = light(project)
    assert (found.colour, found.computed, found.override) == ("amber", "red", entry)
    assert (
        found.reasons[0] == "人工定为黄灯，有效至 2023-06-30，理由：业主资金已到位，下周进场（按规则为红灯）"
    )
    assert Change.objects.filter(verb="override_light").count() == 1
    html = signed_in_page(leader, f"/projects/{project.pk}/?tab=lights")
    assert "人工定灯，按规则为红灯" in html
    assert "业主资金已到位" in html


def signed_in_page(user, url):
    from django.test import Client

    answer = signed_in(Client(), user).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_light_set_by_hand_ends_after_its_day(project, leader, late):
    services.override_light(
        actor=leader, project=project, colour="green", until=date(2023, 6, 20), why="已协调"
    )
    assert light(project, date(2023, 6, 20)).colour == "green"
    assert light(project, date(2023, 6, 21)).override is None


def test_a_light_set_by_hand_ends_when_its_milestone_is_met_or_gone(project, officer, leader, late):
    services.add_milestone(actor=officer, project=project, name="封顶", planned_on=date(2023, 6, 1))
    services.override_light(
        actor=leader, project=project, colour="green", until=date(2023, 7, 1), why="已协调"
    )
    services.meet_milestone(actor=officer, milestone=late, on=TODAY)
    found = light(project)
    assert (found.colour, found.override) == ("amber", None)


def test_a_second_light_by_hand_is_refused_while_one_holds(project, leader, late):
    services.override_light(actor=leader, project=project, colour="green", until=TODAY, why="已协调")
    with pytest.raises(LightOverridden) as caught:
        services.override_light(actor=leader, project=project, colour="amber", until=TODAY, why="再看看")
    assert caught.value.data["until"] == "2023-06-15"


@pytest.mark.parametrize(
    "values",
    [
        {"colour": "blue"},
        {"colour": "red"},  # the computed one
        {"until": TODAY - timedelta(days=1)},
        {"until": TODAY + timedelta(days=93)},
    ],
)
def test_a_light_by_hand_that_makes_no_sense_is_refused_and_leaves_no_trace(project, leader, late, values):
    with pytest.raises(WrongInput):
        services.override_light(
            actor=leader, project=project, **{"colour": "green", "until": TODAY, "why": "理由"} | values
        )
    assert not LightOverride.objects.exists()


def test_who_runs_a_project_may_not_colour_its_light(project, officer, late):
    with pytest.raises(NotAllowed):
        services.override_light(actor=officer, project=project, colour="green", until=TODAY, why="好看")


def test_a_light_by_hand_is_corrected_and_voided_as_entries(project, leader, late):
    entry = services.override_light(actor=leader, project=project, colour="green", until=TODAY, why="已协调")
    entry = services.correct_light_override(
        actor=leader, entry=entry, reason="日期写错", until=date(2023, 6, 30)
    )
    assert light(project, date(2023, 6, 30)).colour == "green"
    services.void_light_override(actor=leader, entry=entry, reason="又停工")
    assert light(project).colour == "red"
    assert LightOverride.objects.count() == 3


def test_the_rule_of_a_zone_is_set_from_a_day_on_and_once_for_it(zone, leader, project, late):
    services.set_light_rule(
        actor=leader, zone=zone, since=date(2023, 6, 1), late_days=40, near_days=3, ready_percent=80
    )
    assert light(project).colour == "amber"
    assert light(project, date(2023, 5, 31)).colour == "red"
    with pytest.raises(LightRuleExists):
        services.set_light_rule(
            actor=leader, zone=zone, since=date(2023, 6, 1), late_days=1, near_days=1, ready_percent=80
        )
    rule = lights.visible_light_rules(leader).live().get()
    services.void_light_rule(actor=leader, entry=rule, reason="办法废止")
    assert light(project).colour == "red"


@pytest.mark.parametrize("values", [{"late_days": 251}, {"near_days": -1}, {"ready_percent": 101}])
def test_limits_out_of_reason_are_refused(zone, leader, values):
    said = {"since": TODAY, "late_days": 10, "near_days": 5, "ready_percent": 90} | values
    with pytest.raises(WrongInput):
        services.set_light_rule(actor=leader, zone=zone, **said)


@pytest.mark.document("4-24")
def test_the_works_are_told_by_text_and_share_and_the_expected_day_is_held_against_the_actual(
    page, project, officer
):
    services.add_milestone(actor=officer, project=project, stage=Stage.COMPLETED, planned_on=date(2023, 6, 9))
    services.add_progress(
        actor=officer,
        project=project,
        on=date(2023, 5, 31),
        percent=Decimal("92.5"),
        text="主体即将竣工，年底可投入使用",
        expected_on=date(2023, 6, 19),
    )
    project.refresh_from_db()
    assert project.note == "主体即将竣工，年底可投入使用"
    html = page.get(f"/projects/{project.pk}/?tab=lights").content.decode()
    assert "92.5%" in html
    assert "主体即将竣工，年底可投入使用" in html
    assert "2023-06-19" in html
    assert "预计比计划晚 10 天" in html
    for stage in (Stage.SIGNED, Stage.READY, Stage.STARTED):
        services.record_stage(actor=None, project=project, stage=stage, on=date(2023, 1, 5))
    services.record_stage(
        actor=None, project=project, stage=Stage.COMPLETED, on=date(2023, 6, 14), override_reason="未列统"
    )
    html = page.get(f"/projects/{project.pk}/?tab=lights").content.decode()
    assert "实际比计划晚 5 天" in html
    assert "2023-06-14" in html


def test_a_share_that_falls_needs_a_reason_and_a_correction_moves_the_note(project, officer):
    first = services.add_progress(
        actor=officer, project=project, on=date(2023, 5, 1), percent=Decimal(60), text="主体施工"
    )
    with pytest.raises(ReasonNeeded):
        services.add_progress(actor=officer, project=project, on=TODAY, percent=Decimal(40))
    second = services.add_progress(
        actor=officer, project=project, on=TODAY, percent=Decimal(40), fall_reason="设计变更，拆除重做"
    )
    assert second.reason == "设计变更，拆除重做"
    services.correct_progress(actor=officer, entry=first, reason="写错", text="基础施工")
    project.refresh_from_db()
    assert project.note == "基础施工"
    services.void_progress(actor=officer, entry=second, reason="登错项目")
    assert lights.latest_progress([project.pk], TODAY)[project.pk].percent == 60


@pytest.mark.parametrize(
    "values",
    [{}, {"percent": Decimal(101)}, {"percent": Decimal(-1)}, {"on": date(2023, 6, 16), "text": "x"}],
)
def test_progress_that_says_nothing_or_lies_ahead_is_refused(project, officer, values):
    with pytest.raises(WrongInput):
        services.add_progress(actor=officer, project=project, **{"on": TODAY} | values)
    assert not ProgressEntry.objects.exists()


def test_a_past_day_is_lit_by_the_plan_as_it_stood(project, officer, late, zone):
    passing_moment(zone)
    services.change_milestone(
        actor=officer, milestone=late, version=None, planned_on=date(2023, 9, 1), reason="用地推迟"
    )
    assert light(project).colour == "green"
    # On the day before, nothing was recorded yet: the first plan counts.
    assert light(project, date(2023, 6, 14)).colour == "red"
    late.refresh_from_db()
    services.remove_milestone(actor=officer, milestone=late, reason="不再需要")
    assert light(project).colour == "none"
    assert [plan.is_removed for plan in MilestonePlan.objects.order_by("pk")] == [False, False, True]


def test_an_imported_plan_is_kept_as_it_stood(take_in, project):
    take_in("projects", {"项目名称": "高纯氢制备项目", "计划竣工日期": "2023-05-31"})
    take_in("projects", {"项目名称": "高纯氢制备项目", "计划竣工日期": "2023-12-31"}, name="再次")
    assert [plan.planned_on for plan in MilestonePlan.objects.order_by("pk")] == [
        date(2023, 5, 31),
        date(2023, 12, 31),
    ]
    assert light(project).colour == "green"
    assert light(project, date(2023, 6, 14)).colour == "amber"


def test_the_forms_set_a_light_and_enter_progress(client, zone, leader, page, project, late):
    chief = signed_in(client.__class__(), leader)
    answer = chief.post(
        f"/projects/{project.pk}/light/", {"colour": "amber", "until": "2023-06-30", "why": "已协调"}
    )
    assert answer.status_code == 302
    assert light(project).colour == "amber"
    assert page.get(f"/projects/{project.pk}/light/").status_code == 403
    answer = page.post(
        f"/projects/{project.pk}/progress-entries/add/",
        {
            "on": "2023-06-01",
            "percent": "35",
            "text": "地下室施工",
            "problem": "渣土外运受限",
            "next_step": "协调城管",
        },
    )
    assert answer.status_code == 302
    history = page.get(f"/projects/{project.pk}/?tab=history").content.decode()
    assert "35%，地下室施工，存在问题：渣土外运受限，下一步：协调城管" in history
    assert chief.get("/projects/light-rules/").status_code == 200
    answer = chief.post(
        "/projects/light-rules/add/",
        {"since": "2023-06-01", "late_days": "5", "near_days": "3", "ready_percent": "85"},
    )
    assert answer.status_code == 302
    assert lights.rules_in_force([zone.pk], TODAY)[zone.pk].ready_percent == 85


def test_the_api_gives_lights_and_takes_the_same_refusals(page, project, late, zone):
    found = page.get(f"/api/v1/project-lights?zone={zone.code}").json()
    assert [(one["project_id"], one["colour"], one["working_days_late"]) for one in found] == [
        (project.pk, "red", 31)
    ]
    one = page.get(f"/api/v1/projects/{project.pk}/light?on=2023-05-05").json()
    assert (one["colour"], one["steps"][0]["working_days_late"]) == ("amber", 1)
    body = {"colour": "green", "until": "2023-06-20", "why": "x"}
    refused = page.post(
        f"/api/v1/projects/{project.pk}/light/override", body, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    made = page.post(
        f"/api/v1/projects/{project.pk}/works-progress",
        {"on": "2023-06-01", "percent": "12.5"},
        content_type="application/json",
    )
    assert (made.status_code, made.json()["percent"]) == (201, "12.5")
    elsewhere = make_zone()
    assert page.get(f"/api/v1/project-lights?zone={elsewhere.code}").status_code == 404


ROW = {
    "日期": "2023-05-31",
    "项目名称": "高纯氢制备项目",
    "形象进度比例(%)": 65,
    "形象进度说明": "主体封顶",
    "存在问题": "外电接入滞后",
}


def test_a_ledger_of_progress_is_taken_in_once_and_changes_are_corrections(take_in, project, officer):
    assert take_in("project_progress", ROW).counts["new"] == 1
    assert take_in("project_progress", ROW, name="再来").counts["same"] == 1
    assert take_in("project_progress", ROW | {"形象进度比例(%)": 70}, name="更新").counts["changed"] == 1
    live = ProgressEntry.objects.live().get()
    assert (live.percent, live.text, live.problem, live.is_void) == (70, "主体封顶", "外电接入滞后", False)
    project.refresh_from_db()
    assert project.note == "主体封顶"
    services.correct_progress(actor=officer, entry=live, reason="现场复核", percent=Decimal(68))
    assert take_in("project_progress", ROW | {"形象进度比例(%)": 70}, name="旧文件").counts["same"] == 1
    services.void_progress(actor=officer, entry=ProgressEntry.objects.live().get(), reason="登错")
    assert take_in("project_progress", ROW, name="又来").counts["same"] == 1
    assert not ProgressEntry.objects.live().exists()


@pytest.mark.parametrize(
    "values",
    [
        {"形象进度比例(%)": None, "形象进度说明": None},
        {"形象进度比例(%)": 101},
        {"日期": "2023-06-16"},
        {"项目名称": "没有的项目"},
    ],
)
def test_a_row_of_progress_that_cannot_be_is_refused(take_in, project, values):
    assert take_in("project_progress", ROW | values).counts["refused"] == 1
    assert not ProgressEntry.objects.exists()


def test_two_rows_of_one_day_that_differ_are_refused(take_in, project):
    found = take_in("project_progress", ROW, ROW | {"形象进度比例(%)": 66})
    assert found.counts["refused"] == 1
