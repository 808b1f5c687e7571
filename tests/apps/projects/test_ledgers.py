"""项目台账 and 投资台账 through the importer: what comes in, what is refused, what a second time changes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_department, make_enterprise, make_sector, make_user
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.core.models import Change, SearchDoc
from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.models import (
    AnnualPlan,
    BatchPlace,
    Investment,
    Milestone,
    Project,
    ProjectLabel,
    StageEntry,
)
from zhuchao.apps.projects.services.ledgers import INVESTMENTS, PROJECTS
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Assignment, Role

WAN = Decimal(10_000)
ROW = {
    "项目编号": "2023-001",
    "项目名称": "高纯氢制备项目",
    "项目单位": "示例氢能科技有限公司",
    "类别": "新引进",
    "产业领域": "新材料",
    "专题": "新基建产业园",
    "片区": "泗塘片区",
    "来源地": "苏州",
    "总投资(万元)": 120000,
    "责任人": "李店小二",
    "责任单位": "招商办",
    "标签": "列省、市重大",
    "标签年度": "2023年",
    "签约日期": "2023.2.18",
    "达开工条件日期": "2023年4月1日",
    "开工日期": "2023-05-06",
    "计划竣工日期": "2024-06",
    "年度": 2023,
    "年度计划投资(万元)": 50000,
    "批次": "2023年第二期",
    "批次清单": "签约一批",
    "批次平台": "省平台",
    "形象进度": "桩基施工",
}


@pytest.fixture(autouse=True)
def house(zone, officer):
    make_sector(zone, "新材料")
    make_department(zone, name="招商办")


def counts(trial):
    return {name: number for name, number in trial.counts.items() if number and name != "rows"}


def problems(trial):
    return {problem["code"] for row in trial.preview["refused"] for problem in row["problems"]}


def written():
    models = (Project, StageEntry, Milestone, ProjectLabel, BatchPlace, AnnualPlan, Investment)
    return [model.objects.count() for model in models]


def test_a_row_becomes_a_project_with_all_that_it_says(take_in, zone, officer):
    firm = make_enterprise(zone, name="示例氢能科技有限公司", normal_name="示例氢能科技")
    assert counts(take_in("projects", ROW)) == {"new": 1}
    project = Project.objects.get()
    assert (project.name, project.kind, project.total_investment_cny) == (
        "高纯氢制备项目",
        "new",
        Decimal("1200000000.00"),
    )
    assert (project.sector.name, project.officer, project.department.name, project.enterprise) == (
        "新材料",
        officer,
        "招商办",
        firm,
    )
    assert (project.stage, project.stage_since, project.note) == ("started", date(2023, 5, 6), "桩基施工")
    entries = {entry.stage: entry for entry in StageEntry.objects.all()}
    assert {stage: entry.happened_on for stage, entry in entries.items()} == {
        "signed": date(2023, 2, 18),
        "ready": date(2023, 4, 1),
        "started": date(2023, 5, 6),
    }
    entry = entries["signed"]
    assert (entry.sector.name, entry.source_region, entry.is_new, entry.batch_row) == (
        "新材料",
        "苏州",
        True,
        2,
    )
    assert entry.total_investment_cny == Decimal("1200000000.00")
    step = Milestone.objects.get()
    assert (step.stage, step.planned_on, step.met_on) == ("completed", date(2024, 6, 1), None)
    assert set(ProjectLabel.objects.values_list("label", "year")) == {("列省", 2023), ("市重大", 2023)}
    assert AnnualPlan.objects.get().amount_cny == Decimal("500000000.00")
    place = BatchPlace.objects.get()
    assert (place.list, place.platform, place.happened_on) == ("signing", "province", date(2023, 2, 18))
    assert Assignment.objects.get(thing="projects.project", row_id=project.pk).officer == officer
    assert SearchDoc.objects.get(thing="projects.project").title == "高纯氢制备项目"
    assert Change.objects.filter(scope=zone.pk, verb="import").get().data["new"] == 1


def test_the_same_file_again_changes_nothing(take_in, zone):
    take_in("projects", ROW)
    before, changes = written(), Change.objects.filter(verb="import").count()
    assert counts(take_in("projects", ROW)) == {"same": 1}
    assert (written(), Change.objects.filter(verb="import").count()) == (before, changes)
    assert Project.objects.get().version == 1


def test_a_changed_day_becomes_a_correcting_entry_that_names_the_file(take_in):
    take_in("projects", ROW)
    assert counts(take_in("projects", ROW | {"开工日期": "2023-05-16"}, name="六月")) == {"changed": 1}
    entry = StageEntry.objects.live().get(stage="started")
    assert (entry.happened_on, entry.reason, entry.batch_row) == (date(2023, 5, 16), "台账更新：六月.xlsx", 2)
    assert entry.replaces.happened_on == date(2023, 5, 6)
    project = Project.objects.get()
    assert (project.stage_since, project.version) == (date(2023, 5, 16), 2)


def test_what_an_import_changed_stands_in_the_changes_of_the_project(take_in, zone):
    take_in("projects", ROW)
    take_in("projects", ROW | {"片区": "城北片区", "总投资(万元)": 130000}, name="六月")
    lines = selectors.change_lines(None, Project.objects.get())
    assert [(line.verb, line.said) for line in lines] == [("导入", "六月.xlsx"), ("导入", "台账.xlsx")]
    assert set(lines[0].fields) == {
        ("片区", "泗塘片区", "城北片区"),
        ("总投资（元）", "120,000.00 万元", "130,000.00 万元"),
    }


def test_a_blank_cell_never_wipes_a_value(take_in):
    take_in("projects", ROW)
    bare = {
        "项目编号": "2023-001",
        "项目名称": "高纯氢制备项目",
        "开工日期": None,
        "总投资(万元)": None,
        "责任人": None,
    }
    assert counts(take_in("projects", ROW | dict.fromkeys(ROW) | bare)) == {"same": 1}
    project = Project.objects.get()
    assert project.officer is not None
    assert project.stage == "started"


def test_what_a_person_corrected_or_voided_is_not_put_back_by_the_same_file(take_in, officer):
    take_in("projects", ROW)
    live = StageEntry.objects.live()
    services.correct_stage(
        actor=officer, entry=live.get(stage="started"), reason="许可证日期", happened_on=date(2023, 5, 8)
    )
    services.void_label(actor=officer, entry=ProjectLabel.objects.get(label="列省"), reason="调出名单")
    services.set_annual_plan(
        actor=officer, project=Project.objects.get(), year=2023, amount_cny=Decimal(4), reason="调整"
    )
    assert counts(take_in("projects", ROW)) == {"same": 1}
    assert live.get(stage="started").happened_on == date(2023, 5, 8)
    services.void_stage(actor=officer, entry=live.get(stage="started"), reason="没有开工")
    assert counts(take_in("projects", ROW)) == {"same": 1}
    assert Project.objects.get().stage == "ready"
    assert counts(take_in("projects", ROW | {"开工日期": "2023-06-01"})) == {"changed": 1}
    assert Project.objects.get().stage == "started"


def test_gates_of_a_row_that_are_not_in_order_are_refused_naming_the_two(take_in):
    trial = take_in("projects", ROW | {"开工日期": "2023-03-01"})
    assert counts(trial) == {"refused": 1}
    assert problems(trial) == {"gates_clash"}
    (problem,) = trial.first_problems[0]["problems"]
    assert (problem["data"]["earlier"], problem["data"]["later"]) == ("达开工条件", "开工")
    assert (problem["data"]["earlier_on"], problem["data"]["later_on"]) == ("2023-04-01", "2023-03-01")
    assert written() == [0] * 7


def test_gates_are_checked_with_those_that_are_there(take_in):
    take_in("projects", ROW)
    trial = take_in(
        "projects", {"项目编号": "2023-001", "项目名称": "高纯氢制备项目", "竣工日期": "2023-04-30"}
    )
    assert problems(trial) == {"gates_clash"}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"开工日期": "2023-06-16"}, "day_to_come"),
        ({"产业领域": "元宇宙"}, "sector_unknown"),
        ({"责任人": "查无此人"}, "person_unknown"),
        ({"责任单位": "查无此处"}, "department_unknown"),
        ({"批次平台": None}, "batch_not_whole"),
        ({"标签年度": "去年"}, "year_unclear"),
        ({"类别": "其他"}, "choice_unknown"),
        ({"总投资(万元)": -5}, "below_minimum"),
        ({"项目名称": None}, "missing"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_is_written(take_in, cells, code):
    trial = take_in("projects", ROW | cells, ROW | {"项目编号": "2023-002", "项目名称": "另一个项目"})
    assert problems(trial) == {code}
    assert written() == [0] * 7


def test_two_rows_of_one_project_go_together_and_may_not_differ(take_in):
    second = {
        "项目编号": "2023-001",
        "项目名称": "高纯氢制备项目",
        "批次": "2023年第二期",
        "批次清单": "签约一批",
    }
    trial = take_in(
        "projects", ROW, second | {"批次平台": "市平台", "年度": "2024", "年度计划投资(万元)": 60000}
    )
    assert counts(trial) == {"new": 1, "changed": 1}
    assert written()[:2] == [1, 3]
    assert (BatchPlace.objects.count(), AnnualPlan.objects.count()) == (2, 2)
    whole = second | {"批次平台": "市平台"}
    trial = take_in("projects", ROW | {"片区": "城北"}, whole | {"片区": "城南"})
    assert problems(trial) == {"rows_differ"}


def test_without_a_code_a_project_is_known_by_name_and_company(take_in):
    plain = {"项目名称": "锚链项目", "项目单位": "甲锚链有限公司", "签约日期": "2023-01-05"}
    other = {"项目名称": "锚链项目", "项目单位": "乙重工有限公司", "签约日期": "2023-02-05"}
    assert counts(take_in("projects", plain, other)) == {"new": 2}
    assert counts(take_in("projects", plain, other)) == {"same": 2}
    assert counts(take_in("projects", plain | {"项目名称": "锚链 项目", "片区": "城北"})) == {"changed": 1}
    trial = take_in("projects", {"项目名称": "锚链项目", "片区": "城北"})
    assert problems(trial) == {"project_ambiguous"}
    assert counts(take_in("projects", plain | {"项目编号": "A-1", "项目名称": "锚链项目"})) == {"changed": 1}
    assert Project.objects.get(code="A-1").company == "甲锚链有限公司"


def test_a_row_with_another_code_is_another_project_of_the_same_name(take_in):
    take_in("projects", ROW)
    assert counts(take_in("projects", ROW | {"项目编号": "2023-777"})) == {"new": 1}
    assert Project.objects.count() == 2


def test_a_moved_plan_moves_the_step_and_a_new_officer_takes_over(take_in, zone, officer):
    take_in("projects", ROW)
    taker = make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="王接手")
    trial = take_in(
        "projects", ROW | {"计划竣工日期": "2024-09-30", "责任人": "王接手", "年度计划投资(万元)": 40000}
    )
    assert counts(trial) == {"changed": 1}
    assert Milestone.objects.get().planned_on == date(2024, 9, 30)
    assert Project.objects.get().officer == taker
    assert Assignment.objects.filter(thing="projects.project", until=None).get().officer == taker
    assert Assignment.objects.filter(thing="projects.project", officer=officer).get().until is not None
    assert selectors.plan_of(Project.objects.get(), 2023).amount_cny == 40000 * WAN
    assert AnnualPlan.objects.count() == 2


def test_import_is_for_those_who_may(take_in, zone):
    with pytest.raises(NotAllowed):
        take_in("projects", ROW, actor=make_user(Role.LEADER, zone=zone))
    with pytest.raises(NotAllowed):
        take_in("investments", PAID, actor=make_user(Role.LEADER, zone=zone))


@pytest.mark.parametrize("ledger", [PROJECTS, INVESTMENTS])
def test_many_rows_cost_as_many_questions_as_few(zone, ledger, take_in):
    take_in("projects", ROW)

    def project(n):
        said = {"name": f"项目{n}号", "company": f"示例{n}号有限公司", "officer": "李店小二"}
        return said | {"signed_on": date(2023, 1, 5)}

    def money(n):
        said = {"name": "高纯氢制备项目", "kind": "fixed_assets"}
        return said | {"happened_on": date(2023, 1, 5), "amount_cny": Decimal(n + 1)}

    def questions(many):
        rows = [
            Row(
                n + 2,
                dict.fromkeys((each.name for each in ledger.fields), None)
                | (money(n) if ledger is INVESTMENTS else project(n)),
            )
            for n in range(many)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert {outcome.state for outcome in ledger.compare(scope=zone.pk, rows=rows)} == {"new"}
        return len(captured)

    assert questions(5) == questions(300) < 30


def test_writing_many_rows_costs_about_as_much_as_writing_few(take_in, zone, officer):
    def statements(many, start):
        rows = [
            ROW | {"项目编号": f"N-{start + n}", "项目名称": f"批量项目{start + n}号"} for n in range(many)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert counts(take_in("projects", *rows)) == {"new": many}
        return len(captured)

    few = statements(3, 0)
    assert statements(150, 1000) < few + 40


PAID = {
    "日期": "2023-05-20",
    "项目名称": "高纯氢制备项目",
    "项目编号": "2023-001",
    "资金类别": "固定资产投资",
    "金额(万元)": 350.5,
    "投入方": "示例氢能科技有限公司",
    "凭证号": "记-0520",
}


def test_money_comes_in_once_and_what_has_no_voucher_is_in_no_total(take_in):
    take_in("projects", ROW)
    refund = PAID | {"日期": "2023.6.1", "金额(万元)": -50, "凭证号": "退-1"}
    bare = PAID | {"金额(万元)": "1.2亿", "凭证号": None}
    assert counts(take_in("investments", PAID, refund, bare)) == {"new": 3}
    project = Project.objects.get()
    assert selectors.cumulative_investment(project, on=date(2023, 6, 15)) == Decimal("3005000.00")
    assert selectors.series_of(project).unverified_cny == Decimal("120000000.00")
    assert counts(take_in("investments", PAID, refund, bare)) == {"same": 3}
    assert Investment.objects.count() == 3


def test_a_voucher_that_comes_later_is_a_correction_and_not_more_money(take_in):
    take_in("projects", ROW)
    take_in("investments", PAID | {"凭证号": None})
    assert counts(take_in("investments", PAID, name="补凭证")) == {"changed": 1}
    entry = Investment.objects.live().get()
    assert (entry.voucher_no, entry.reason) == ("记-0520", "台账更新：补凭证.xlsx")
    assert counts(take_in("investments", PAID)) == {"same": 1}
    assert counts(take_in("investments", PAID | {"凭证号": None})) == {"same": 1}


def test_money_that_a_person_corrected_or_entered_is_not_doubled(take_in, officer):
    take_in("projects", ROW)
    project = Project.objects.get()
    services.add_investment(
        actor=officer,
        project=project,
        kind="fixed_assets",
        on=date(2023, 5, 20),
        amount_cny=Decimal("3505000"),
        voucher_no="记-0520",
    )
    assert counts(take_in("investments", PAID)) == {"same": 1}
    services.correct_investment(
        actor=officer, entry=Investment.objects.get(), reason="金额有误", amount_cny=Decimal("3600000")
    )
    assert counts(take_in("investments", PAID)) == {"same": 1}
    assert counts(take_in("investments", PAID | {"金额(万元)": 360})) == {"same": 1}
    assert selectors.cumulative_investment(project, on=date(2023, 6, 15)) == Decimal("3600000.00")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"项目名称": "没有这个项目", "项目编号": None}, "project_unknown"),
        ({"金额(万元)": 0}, "amount_zero"),
        ({"日期": "2023-06-16"}, "day_to_come"),
        ({"资金类别": "捐赠"}, "choice_unknown"),
        ({"金额(万元)": None}, "missing"),
    ],
)
def test_money_that_cannot_be_is_refused(take_in, cells, code):
    take_in("projects", ROW)
    assert problems(take_in("investments", PAID, PAID | cells)) == {code}
    assert not Investment.objects.exists()


def test_an_unknown_project_is_answered_with_names_like_it(take_in):
    take_in("projects", ROW)
    trial = take_in("investments", PAID | {"项目名称": "高纯氢制备一体化", "项目编号": None})
    assert trial.first_problems[0]["problems"][0]["expected"] == "高纯氢制备项目"


@pytest.mark.document("4-26")
def test_seven_signed_projects_of_a_batch_stand_on_four_provincial_and_three_city_places(take_in, zone):
    rows = [
        {
            "项目名称": f"签约一批项目{n}号",
            "签约日期": "2023-05-10",
            "开工日期": "2023-06-01" if n < 3 else None,
            "投产日期": "2023-06-10" if n == 0 else None,
            "批次": "第十三期",
            "批次清单": "签约一批",
            "批次平台": "省平台" if n < 4 else "市平台",
        }
        for n in range(7)
    ]
    assert counts(take_in("projects", *rows)) == {"new": 7}
    (line,) = selectors.batch_lines([zone.pk], on=date(2023, 6, 15), as_of=zones.now(zone))
    assert (line.projects, line.province, line.city, line.joint) == (7, 4, 3, 0)
    assert (line.started, line.producing) == (3, 1)
    assert line.start_rate.ratio == Decimal(3) / 7
    (early,) = selectors.batch_lines([zone.pk], on=date(2023, 5, 31), as_of=zones.now(zone))
    assert (early.projects, early.started, early.producing) == (7, 0, 0)
