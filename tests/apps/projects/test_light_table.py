"""红绿灯进度管理表: the page, its filters, the week's change, and the spreadsheet."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from tests.factories import make_department, make_project, make_user, signed_in
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.services.calendar import load_calendar
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.models import Stage
from zhuchao.apps.projects.selectors.light_table import light_table
from zhuchao.apps.zones.models import Role

TODAY = date(2023, 6, 15)


@pytest.fixture
def projects(zone, officer):
    """Red since this week, green, and without a plan."""
    load_calendar()
    office = make_department(zone, name="工程科")
    red, green, bare = (make_project(zone, name=name) for name in ("甲项目", "乙项目", "=丙项目"))
    red.department = office
    red.save()
    services.add_milestone(actor=None, project=red, stage=Stage.STARTED, planned_on=date(2023, 5, 30))
    services.add_milestone(actor=None, project=red, name="图审", planned_on=date(2023, 8, 1))
    services.add_milestone(actor=None, project=green, stage=Stage.COMPLETED, planned_on=date(2023, 12, 1))
    services.add_progress(
        actor=None,
        project=red,
        on=date(2023, 6, 1),
        percent=Decimal(15),
        text="场地平整",
        problem="电杆未迁",
        next_step="协调供电",
    )
    return red, green, bare


def test_the_gravest_stands_first_with_what_turned_red_within_the_week(projects, zone, officer):
    table = light_table(list(selectors.listed_projects(officer, zone)), TODAY)
    assert [(row.project.name, row.light.colour) for row in table.rows] == [
        ("甲项目", "red"),
        ("乙项目", "green"),
        ("=丙项目", "none"),
    ]
    assert table.stages == (Stage.STARTED, Stage.COMPLETED)
    assert [row.project.name for row in table.turned_red] == ["甲项目"]
    assert table.rows[0].before == "amber"
    assert [step.name for step in table.rows[0].others] == ["图审"]
    assert [(one.name, one.counts) for one in table.departments] == [
        ("工程科", (1, 0, 0, 0)),
        ("", (0, 0, 1, 1)),
    ]
    assert not light_table(list(selectors.listed_projects(officer, zone)), date(2023, 6, 22)).turned_red


def test_a_project_that_is_no_longer_red_is_told_as_recovered(projects, zone, officer):
    red = projects[0]
    services.meet_milestone(
        actor=None,
        milestone=services.add_milestone(actor=None, project=red, name="清表", planned_on=date(2023, 5, 10)),
        on=date(2023, 6, 12),
    )
    services.record_stage(actor=None, project=red, stage=Stage.SIGNED, on=date(2023, 6, 1))
    services.record_stage(
        actor=None, project=red, stage=Stage.STARTED, on=date(2023, 6, 14), override_reason="先开工"
    )
    table = light_table(list(selectors.listed_projects(officer, zone)), TODAY)
    assert [row.project.name for row in table.recovered] == ["甲项目"]


def test_the_page_shows_the_lights_with_reasons_and_narrows(projects, page, officer):
    red, green, _bare = projects
    html = page.get("/projects/lights/").content.decode()
    assert "3 个项目：红灯 1，黄灯 0，绿灯 1，无计划 1" in html
    assert "“开工”计划 2023-05-30，逾期 12 个工作日，超过黄灯上限 10 个工作日" in html
    assert "电杆未迁" in html
    assert "协调供电" in html
    assert f'href="/projects/{red.pk}/?tab=lights"' in html
    for query, seen in (
        ({"colour": "green"}, [green.name]),
        ({"department": str(red.department_id)}, [red.name]),
        ({"department": "-", "colour": "green"}, [green.name]),
        ({"label": "没有"}, []),
        ({"officer": "x"}, []),
        ({"on": "2023-05-29", "colour": "amber"}, [red.name]),
    ):
        shown = page.get("/projects/lights/", query).content.decode()
        assert [one.name for one in projects if f">{one.name}</a></th>" in shown] == seen, query
    assert "没有符合条件的项目" in page.get("/projects/lights/", {"label": "没有"}).content.decode()
    assert page.get("/projects/lights/", {"on": "第三天"}).status_code == 422


def test_an_empty_zone_is_told_what_to_do(page):
    assert "导入项目台账，填上计划日期和实际日期" in page.get("/projects/lights/").content.decode()


@pytest.mark.document("1-12")
def test_the_spreadsheet_has_real_colours_with_words_on_a3_landscape_and_no_formulas(projects, page):
    answer = page.get("/projects/lights/?export=xlsx")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.freeze_panes == "C4"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
    assert sheet.print_title_rows == "$1:$3"
    light = sheet["C4"]
    assert light.value == "■ 红灯"
    assert light.fill.fgColor.rgb == "FFD64545"
    heads = [cell.value for cell in sheet[3]]
    assert {"开工计划", "开工实际", "开工的灯", "存在问题", "下一步措施", "责任单位"} <= set(heads)
    assert sheet.cell(4, heads.index("开工计划") + 1).value.date() == date(2023, 5, 30)
    assert sheet.cell(4, heads.index("开工的灯") + 1).value == "■ 逾期 12 个工作日"
    assert [sheet.cell(row, 2).value for row in (4, 5, 6)] == ["甲项目", "乙项目", "=丙项目"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert Change.objects.filter(verb="export").get().data["query"] == {"on": "2023-06-15"}


def test_who_may_not_export_gets_no_file(projects, client, zone):
    clerk = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    html = clerk.get("/projects/lights/").content.decode()
    assert "export=xlsx" not in html
    assert "累计完成投资" not in html
    assert clerk.get("/projects/lights/?export=xlsx").status_code == 403


def test_many_projects_cost_as_many_queries_as_few(projects, zone, officer, django_assert_max_num_queries):
    for _ in range(10):
        services.add_milestone(
            actor=None, project=make_project(zone), name="进场", planned_on=date(2023, 5, 1)
        )
    rows = list(selectors.listed_projects(officer, zone).select_related("department"))
    with django_assert_max_num_queries(15):  # twice the lights, once the newest progress
        light_table(rows, TODAY)
