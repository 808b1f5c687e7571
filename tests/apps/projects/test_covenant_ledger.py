"""约定台账 through the importer: what comes in, what is refused, what a second time changes."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_department, make_user
from zhuchao.apps.core.errors import NotAllowed
from zhuchao.apps.projects import services
from zhuchao.apps.projects.models import Agreement, Covenant, CovenantFinding
from zhuchao.apps.projects.selectors import covenants_of, standings_of
from zhuchao.apps.zones.models import Role

WAN = Decimal(10_000)
ROW = {
    "协议编号": "产业协议-001",
    "项目名称": "高纯氢制备项目",
    "签订日期": "2023-02-18",
    "用地面积(亩)": 100,
    "公平竞争审查文号": "公审〔2023〕5号",
    "审查单位": "市场监管局",
    "审查日期": "2023-02-10",
    "约定事项": "开工",
    "期限": "2023-05-10",
    "条款": "第三条",
}
TAX = ROW | {"约定事项": "税收", "期限": "2023-12-31", "考核年度": "2023年", "约定金额(万元)": 300}
JOBS = ROW | {"约定事项": "就业岗位", "期限": "2024-12-31", "约定人数(人)": 200}
REWARD = ROW | {"约定事项": "奖补", "期限": "2023-06-01", "约定金额(万元)": 500, "兑现条件": "开工"}
LAND = ROW | {
    "约定事项": "交地",
    "期限": "2023-04-01",
    "责任单位": "建设局",
    "认定结果": "已兑现",
    "认定日期": "2023-03-20",
    "佐证文号": "交地单 1 号",
}


@pytest.fixture(autouse=True)
def house(zone, project):
    make_department(zone, name="建设局")


def said(batch):
    return {
        problem["code"] for row in batch.preview.get("refused", ()) for problem in row.get("problems", ())
    }


def test_a_file_makes_signed_agreements_with_covenants_and_findings(officer, project, take_in):
    take_in("covenants", ROW, TAX, JOBS, REWARD, LAND)
    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.signed_on) == ("signed", date(2023, 2, 18))
    assert round(agreement.area_m2) == 66667
    kept = {one.kind: one for one in Covenant.objects.all()}
    assert (kept["tax"].target, kept["tax"].year) == (300 * WAN, 2023)
    assert (kept["jobs"].target, kept["reward"].rewards) == (200, kept["start"])
    assert kept["land"].department.name == "建设局"
    found = standings_of(covenants_of(officer, project))
    assert found[kept["land"].pk].state == "kept"
    assert CovenantFinding.objects.get().batch_row == 6
    take_in("covenants", ROW, TAX, JOBS, REWARD, LAND)
    assert (Covenant.objects.count(), CovenantFinding.objects.count(), Agreement.objects.count()) == (5, 1, 1)


def test_a_reward_is_not_signed_without_a_review_and_a_draft_is_signed_later(project, take_in):
    bare = {name: value for name, value in REWARD.items() if "审查" not in name and name != "兑现条件"}
    batch = take_in("covenants", bare)
    assert said(batch) == {"review_needed"}
    draft = {name: value for name, value in bare.items() if name != "签订日期"}
    take_in("covenants", draft)
    assert Agreement.objects.get().state == "draft"
    reviewed = {name: value for name, value in REWARD.items() if name != "兑现条件"}
    take_in("covenants", reviewed)
    assert Agreement.objects.get().state == "signed"


def test_a_draft_follows_its_file_and_a_signed_agreement_does_not(project, take_in):
    draft = {name: value for name, value in JOBS.items() if name != "签订日期"}
    take_in("covenants", draft)
    take_in("covenants", draft | {"约定人数(人)": 250})
    assert Covenant.objects.get().target == 250
    take_in("covenants", JOBS | {"约定人数(人)": 250})
    assert Agreement.objects.get().state == "signed"
    assert said(take_in("covenants", JOBS | {"约定人数(人)": 300})) == {"agreement_signed"}
    assert said(take_in("covenants", TAX)) == {"agreement_signed"}
    assert Covenant.objects.get().target == 250


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (ROW | {"项目名称": "没有的项目"}, "project_unknown"),
        (ROW | {"签订日期": "2023-12-01"}, "day_to_come"),
        (TAX | {"考核年度": "前年"}, "year_unclear"),
        (TAX | {"考核年度": None}, "refused"),
        (JOBS | {"约定人数(人)": None}, "refused"),
        (REWARD, "condition_unknown"),
        (LAND | {"责任单位": "没有的局"}, "department_unknown"),
        (LAND | {"佐证文号": None}, "refused"),
        (LAND | {"签订日期": None}, "not_signed"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_and_nothing_is_written(project, take_in, row, code):
    assert said(take_in("covenants", row)) == {code}
    assert not Agreement.objects.exists()


def test_a_number_belongs_to_one_project_and_importing_needs_the_right(zone, officer, project, take_in):
    services.add_project(actor=officer, zone=zone, name="另一个项目")
    take_in("covenants", JOBS)
    assert said(take_in("covenants", JOBS | {"项目名称": "另一个项目"})) == {"agreement_of_other"}
    with pytest.raises(NotAllowed):
        take_in("covenants", JOBS, actor=make_user(Role.STEWARD, zone=zone))
