"""Traffic lights: plan against fact in working days, for many projects at once."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_project, make_zone
from zhuchao.apps.core.models import CalendarYear
from zhuchao.apps.core.services import add_entry
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.models import LightRule, ProgressEntry, Stage
from zhuchao.apps.zones import selectors as zones

TODAY = date(2023, 6, 15)  # a Thursday


@pytest.fixture(autouse=True)
def calendar(db):
    load_calendar()


def light(project, on=TODAY):
    return selectors.lights_of([project], on)[project.pk]


def told(project, percent, on, **values):
    entry = ProgressEntry(
        zone=project.zone, project=project, percent=Decimal(percent), happened_on=on, **values
    )
    return add_entry(entry, actor=None, at=zones.now(project.zone))


def ruled(zone, since, late, near, ready=90):
    entry = LightRule(zone=zone, happened_on=since, late_days=late, near_days=near, ready_percent=ready)
    return add_entry(entry, actor=None, at=zones.now(zone))


def test_a_project_without_a_plan_has_no_light_and_says_so(project):
    found = light(project)
    assert (found.colour, found.decided_by) == ("none", None)
    assert found.reasons[0] == "没有计划节点，不能评灯"


@pytest.mark.document("1-12")
def test_the_light_is_that_of_the_worst_open_milestone_with_its_rule_and_days_late(project, officer):
    for name, planned in (("土地平整", date(2023, 6, 1)), ("设备进场", date(2023, 9, 1))):
        services.add_milestone(actor=officer, project=project, name=name, planned_on=planned)
    found = light(project)
    assert found.colour == "amber"
    assert (found.decided_by.name, found.days_late) == ("土地平整", 10)
    assert "“土地平整”计划 2023-06-01，逾期 10 个工作日，未超过黄灯上限 10 个工作日" in found.reasons
    late = light(project, date(2023, 6, 16))
    assert (late.colour, late.days_late) == ("red", 11)
    assert "超过黄灯上限 10 个工作日" in late.reasons[0]
    assert late.rule.origin == "系统默认规则"


def test_holidays_are_not_counted_as_late(project, officer):
    # Labour day 2023: off from 29 April to 3 May, the 23rd of April and the 6th of May worked.
    services.add_milestone(actor=officer, project=project, name="进场", planned_on=date(2023, 4, 28))
    assert light(project, date(2023, 5, 3)).colour == "amber"
    assert light(project, date(2023, 5, 3)).days_late == 0
    assert light(project, date(2023, 5, 6)).days_late == 3


def test_a_day_that_nears_is_amber_until_what_comes_before_is_done(project, officer):
    first = services.add_milestone(actor=officer, project=project, name="图审", planned_on=date(2023, 6, 14))
    services.add_milestone(actor=officer, project=project, name="施工许可", planned_on=date(2023, 6, 20))
    stands = {stand.name: stand for stand in light(project).steps}
    assert stands["施工许可"].colour == "amber"
    assert "前序节点“图审”未完成" in stands["施工许可"].sentence
    services.meet_milestone(actor=officer, milestone=first, on=date(2023, 6, 14))
    assert light(project).colour == "green"


def test_completion_is_ready_by_the_share_of_the_works(project, officer):
    services.add_milestone(
        actor=officer, project=project, stage=Stage.COMPLETED, planned_on=date(2023, 6, 20)
    )
    assert "没有登记形象进度" in light(project).sentence
    told(project, "85.5", date(2023, 6, 1))
    assert "形象进度 85.5%，未到 90%" in light(project).sentence
    told(project, "92", date(2023, 6, 10))
    assert light(project).colour == "green"
    assert light(project, date(2023, 6, 9)).colour == "green"  # seven working days off: it need not be ready


def test_the_first_gate_is_ready_when_the_gate_before_is_passed(project, officer):
    services.add_milestone(actor=officer, project=project, stage=Stage.READY, planned_on=date(2023, 6, 20))
    assert light(project).colour == "amber"
    services.record_stage(actor=officer, project=project, stage=Stage.SIGNED, on=date(2023, 6, 1))
    project.refresh_from_db()
    assert light(project).colour == "green"


def test_a_project_that_met_every_milestone_is_green(project, officer):
    step = services.add_milestone(actor=officer, project=project, name="图审", planned_on=date(2023, 5, 1))
    services.meet_milestone(actor=officer, milestone=step, on=date(2023, 6, 12))
    found = light(project)
    assert (found.colour, found.sentence) == ("green", "计划节点已全部完成")
    assert found.steps[0].word == "迟 29 个工作日完成"
    assert light(project, date(2023, 6, 11)).colour == "red"  # on that day it was still open


def test_a_zone_is_lit_by_its_own_rule_else_by_that_of_the_zone_above_from_its_day_on(zone, project, officer):
    above = make_zone(name="上级区")
    zone.parent = above
    zone.save()
    services.add_milestone(actor=officer, project=project, name="进场", planned_on=date(2023, 6, 12))
    assert light(project).colour == "amber"
    ruled(above, date(2023, 6, 1), 2, 0)
    assert light(project).colour == "red"
    assert light(project).rule.origin == "本辖区 2023-06-01 起执行"
    ruled(zone, date(2023, 6, 14), 3, 0)
    assert light(project).colour == "amber"
    assert light(project, date(2023, 6, 13)).rule.late_days == 2


def test_a_plan_beyond_the_calendar_is_neither_late_nor_counted(project, officer):
    services.add_milestone(actor=officer, project=project, name="远期", planned_on=date(2060, 1, 1))
    found = light(project)
    assert (found.colour, found.steps[0].word, found.days_late) == ("green", "未到期", 0)


def test_without_a_calendar_weekends_alone_are_off_and_the_light_says_so(project, officer):
    CalendarYear.objects.all().delete()
    services.add_milestone(actor=officer, project=project, name="进场", planned_on=date(2023, 6, 1))
    found = light(project)
    assert found.days_late == 10
    assert "含未公布放假安排的日期，为暂估" in found.sentence


def test_many_projects_cost_as_many_queries_as_one(zone, officer, django_assert_num_queries):
    projects = [make_project(zone) for _ in range(12)]
    for each in projects:
        services.add_milestone(actor=officer, project=each, name="进场", planned_on=date(2023, 6, 1))
        told(each, "20", date(2023, 5, 1))
    load_calendar()
    selectors.lights_of(projects[:1], TODAY)
    with django_assert_num_queries(6):  # calendar, rules, zones, milestones, progress, overrides
        assert len(selectors.lights_of(projects, TODAY)) == 12
    assert selectors.lights_of([], TODAY) == {}


def test_the_forecast_goes_by_the_pace_else_by_the_lateness_else_there_is_none(project, officer):
    services.add_milestone(
        actor=officer, project=project, stage=Stage.COMPLETED, planned_on=date(2023, 12, 1)
    )
    assert light(project).finish_sentence.startswith("数据不足")
    step = services.add_milestone(actor=officer, project=project, name="图审", planned_on=date(2023, 5, 4))
    services.meet_milestone(actor=officer, milestone=step, on=date(2023, 5, 8))
    assert light(project).finish_sentence == "约 2023-12-06，按已有节点迟延 3 至 3 个工作日推算"
    told(project, "10", date(2023, 4, 1))
    told(project, "40", date(2023, 5, 31))
    assert light(project).finish_sentence == "约 2023-09-28，按形象进度每月 15.0 至 15.0 个百分点推算"


def test_the_page_of_a_project_shows_its_light_with_why_for_keyboard_and_reader(page, project, officer):
    services.add_milestone(actor=officer, project=project, name="进场", planned_on=date(2023, 5, 4))
    html = page.get(f"/projects/{project.pk}/").content.decode()
    assert 'role="tooltip"' in html
    assert f'aria-describedby="why-{project.pk}"' in html
    assert "逾期 31 个工作日，超过黄灯上限 10 个工作日" in html
    assert "红灯" in html
