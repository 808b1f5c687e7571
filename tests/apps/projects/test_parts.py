"""Phases and sub-projects: a family of projects in which everything is written down, and counted, once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_project, make_zone
from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.indicators.selectors.measures import MEASURES, Window
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import CarriedByFamily, PartNotPossible, StageDatesClash, StageSkipsGates
from zhuchao.apps.projects.models import Milestone, Project, Stage
from zhuchao.apps.zones import selectors as zones

WAN = Decimal(10_000)
FEB, MAR, APR, MAY, JUNE = (date(2023, month, 1) for month in (2, 3, 4, 5, 6))


@pytest.fixture
def parts(zone, officer, project):
    return [
        services.add_project(
            actor=officer,
            zone=zone,
            name=f"高纯氢{part}",
            parent=project,
            part=part,
            total_investment_cny=total * WAN,
        )
        for part, total in (("一期", 40000), ("二期", 60000))
    ]


@pytest.fixture
def record(officer):
    def run(project, stage, on, **values):
        return services.record_stage(actor=officer, project=project, stage=stage, on=on, **values)

    return run


def now(project):
    return Project.objects.get(pk=project.pk)


def test_a_part_stands_at_the_gates_that_its_parent_carries(project, parts, record):
    record(project, "signed", FEB)
    assert [now(part).stage for part in parts] == ["signed", "signed"]
    with pytest.raises(StageSkipsGates):
        record(parts[0], "started", MAR)  # signing is there, the conditions are not
    record(parts[0], "ready", MAR)
    assert record(parts[0], "started", APR).reason == ""
    with pytest.raises(StageDatesClash):
        record(parts[1], "ready", date(2023, 1, 15))  # before the signing of the whole


def test_a_gate_is_carried_by_the_parent_or_by_its_parts_and_never_by_both(project, parts, record):
    record(project, "signed", FEB)
    with pytest.raises(CarriedByFamily) as refusal:
        record(parts[0], "signed", MAR)
    assert refusal.value.data["other"] == project.name
    record(parts[0], "ready", MAR)
    with pytest.raises(CarriedByFamily):
        record(project, "ready", APR)
    record(parts[1], "ready", APR)


def test_a_parent_stands_where_every_one_of_its_parts_does_and_its_steps_follow(
    officer, project, parts, record
):
    services.add_milestone(actor=officer, project=project, stage="ready", planned_on=JUNE)
    record(project, "signed", FEB)
    record(parts[0], "ready", MAR)
    assert (now(project).stage, Milestone.objects.get().met_on) == ("signed", None)
    gates = {gate.stage: gate for gate in selectors.track_of(project, JUNE, [])}
    assert (gates[Stage.READY].state, gates[Stage.READY].passed_below, gates[Stage.READY].parts) == (
        "partly",
        1,
        2,
    )
    entry = record(parts[1], "ready", APR)
    assert (now(project).stage, now(project).stage_since, Milestone.objects.get().met_on) == (
        "ready",
        APR,
        APR,
    )
    services.void_stage(actor=None, entry=entry, reason="条件没有达到")
    assert (now(project).stage, Milestone.objects.get().met_on) == ("signed", None)


def test_labels_batches_and_plans_are_carried_once_in_a_family(officer, project, parts):
    services.add_label(actor=officer, project=project, label="列省", year=2023)
    services.add_batch_place(
        actor=officer, project=parts[0], batch_name="第三期", list_="signing", platform="city"
    )
    services.set_annual_plan(actor=officer, project=parts[0], year=2023, amount_cny=100 * WAN)
    for act in (
        lambda: services.add_label(actor=officer, project=parts[1], label="列省", year=2023),
        lambda: services.add_batch_place(
            actor=officer, project=project, batch_name="第三期", list_="signing", platform="province"
        ),
        lambda: services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=900 * WAN),
    ):
        with pytest.raises(CarriedByFamily):
            act()
    services.add_label(actor=officer, project=parts[1], label="列省", year=2024)
    services.set_annual_plan(actor=officer, project=parts[1], year=2023, amount_cny=200 * WAN)


def test_no_figure_counts_a_family_twice(zone, officer, project, parts, record):
    record(project, "signed", FEB)
    for part in parts:
        record(part, "ready", MAR)
        record(part, "started", APR)
    services.add_label(actor=officer, project=project, label="列省", year=2023)
    for one, amount in ((project, 10), (parts[0], 20), (parts[1], 30)):
        services.add_investment(
            actor=officer,
            project=one,
            kind="fixed_assets",
            on=MAY,
            amount_cny=amount * WAN,
            voucher_no="记-1",
        )
    services.set_annual_plan(actor=officer, project=parts[0], year=2023, amount_cny=50 * WAN)
    services.set_annual_plan(actor=officer, project=parts[1], year=2023, amount_cny=70 * WAN)
    as_of = zones.now(zone)
    counts = {
        count.stage: count.projects
        for count in selectors.gate_counts([zone.pk], date(2023, 1, 1), JUNE, as_of)
    }
    assert (counts[Stage.SIGNED], counts[Stage.STARTED]) == (1, 2)
    major = selectors.major_progress([zone.pk], 2023, on=JUNE, as_of=as_of)
    assert [row.project for row in major.rows] == [project]
    assert (major.done.value, major.done.target, major.started) == (60 * WAN, 120 * WAN, 1)
    assert selectors.major_plan([zone.pk], 2023, as_of=as_of) == 120 * WAN
    window = Window((zone.pk,), date(2023, 1, 1), JUNE, as_of)
    sums = {
        name: [MEASURES[name].describe(row).amount for row in MEASURES[name].rows(window)]
        for name in MEASURES
    }
    assert sum(sums["signed_investment"]) == Decimal("1200000000")
    assert sum(sums["major_investment"]) == sum(sums["investment"]) == 60 * WAN
    assert len(sums["projects_landed"]) == 2
    listed = selectors.with_counted_total(selectors.listed_projects(officer, zone))
    assert sum(each.counted_total_cny for each in listed) == 120_000 * WAN


@pytest.mark.document("4-05")
def test_a_phase_has_a_stage_and_money_of_its_own_and_its_parent_shows_the_sum(
    page, officer, project, parts, record
):
    record(project, "signed", FEB)
    record(parts[0], "ready", MAR)
    services.add_investment(
        actor=officer, project=parts[0], kind="fixed_assets", on=MAY, amount_cny=6577 * WAN, voucher_no="记-1"
    )
    services.add_investment(
        actor=officer, project=project, kind="fixed_assets", on=MAY, amount_cny=100 * WAN, voucher_no="记-2"
    )
    table = selectors.part_table(officer, project, with_money=True)
    assert [(row.project.part, row.project.stage, row.invested_cny) for row in table.rows] == [
        ("一期", "ready", 6577 * WAN),
        ("二期", "signed", Decimal(0)),
    ]
    assert (table.invested_cny, table.own_invested_cny) == (6677 * WAN, 100 * WAN)
    assert table.total_investment_cny == 100_000 * WAN
    shown = page.get(f"/projects/{project.pk}/").content.decode()
    assert all(word in shown for word in ("分期与子项目", "6,577.00", "6,677.00", "达开工条件"))
    assert (
        f'href="/projects/{project.pk}/">高纯氢制备项目</a>'
        in page.get(f"/projects/{parts[0].pk}/").content.decode()
    )


@pytest.mark.document("4-25")
def test_two_completed_sub_projects_are_counted_on_the_page_of_the_whole(page, project, parts, record):
    record(project, "signed", FEB)
    for part in parts:
        record(part, "completed", MAY, override_reason="历史项目补登")
    shown = page.get(f"/projects/{project.pk}/").content.decode()
    assert "2 个分期或子项目，已竣工 2 个" in shown


def test_there_is_no_third_level_and_nothing_is_part_of_itself(zone, officer, project, parts):
    other = make_project(zone)
    for below, above in ((other, parts[0]), (project, other), (project, project)):
        with pytest.raises(PartNotPossible):
            services.change_project(actor=officer, project=below, version=None, parent=above)
    with pytest.raises(WrongInput):
        services.change_project(actor=officer, project=other, version=None, part="一期")
    with pytest.raises(WrongInput):
        services.change_project(actor=officer, project=other, version=None, parent=make_project(make_zone()))
    with pytest.raises(IntegrityError, match="project_is_no_part_of_itself"), transaction.atomic():
        Project.objects.filter(pk=other.pk).update(parent=other.pk)
    with pytest.raises(IntegrityError, match="project_part_has_a_parent"), transaction.atomic():
        Project.objects.filter(pk=other.pk).update(part="一期")


def test_a_project_joins_a_family_only_where_both_do_not_carry_the_same(zone, officer, project, record):
    alone = make_project(zone, name="另一个项目")
    record(project, "signed", FEB)
    entry = record(alone, "signed", MAR)
    with pytest.raises(CarriedByFamily):
        services.change_project(actor=officer, project=alone, version=None, parent=project, part="二期")
    services.void_stage(actor=None, entry=entry, reason="总项目已登记")
    services.change_project(actor=officer, project=alone, version=None, parent=project, part="二期")
    assert now(alone).stage == "signed"
    services.change_project(actor=officer, project=alone, version=None, parent=None)
    assert (now(alone).stage, now(alone).part) == ("", "")


def test_a_ledger_brings_parts_under_their_parent_and_refuses_what_would_be_counted_twice(take_in):
    rows = [
        {"项目编号": "A", "项目名称": "机器人总部", "签约日期": "2023-02-01"},
        {
            "项目编号": "A1",
            "项目名称": "科技体育中心",
            "上级项目": "A",
            "分期": "子项目一",
            "竣工日期": "2023-05-01",
        },
        {"项目编号": "A2", "项目名称": "租售中心", "上级项目": "机器人总部", "竣工日期": "2023-06-01"},
    ]
    take_in("projects", *rows)
    above = Project.objects.get(code="A")
    assert list(above.parts.values_list("code", "part", "stage")) == [
        ("A1", "子项目一", "completed"),
        ("A2", "", "completed"),
    ]
    assert (above.stage, above.stage_since) == ("completed", JUNE)
    before = Project.objects.get(code="A1").version
    assert take_in("projects", *rows, name="再来").counts["same"] == 3
    assert Project.objects.get(code="A1").version == before


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"项目编号": "A1", "项目名称": "一期", "上级项目": "不存在"}, "parent_unknown"),
        ({"项目编号": "A1", "项目名称": "一期", "分期": "一期"}, "part_without_parent"),
        ({"项目编号": "A", "项目名称": "机器人总部", "上级项目": "A"}, "part_not_possible"),
        (
            {"项目编号": "A1", "项目名称": "一期", "上级项目": "A", "签约日期": "2023-03-01"},
            "carried_by_family",
        ),
        ({"项目编号": "A1", "项目名称": "一期", "上级项目": "A", "开工日期": "2023-01-01"}, "gates_clash"),
    ],
)
def test_a_row_that_cannot_be_a_part_is_refused_with_the_reason(take_in, row, code):
    whole = {"项目编号": "A", "项目名称": "机器人总部", "签约日期": "2023-02-01"}
    trial = take_in("projects", whole, row)
    (refused,) = trial.preview["refused"]
    assert [problem["code"] for problem in refused["problems"]] == [code]
    assert not Project.objects.exists()


def test_the_list_shows_whole_projects_or_one_family(page, zone, project, parts):
    other = make_project(zone, name="无关项目")
    shown = {
        text: page.get(f"/projects/?parts={text}").content.decode()
        for text in ("whole", "part", str(project.pk))
    }
    assert other.name in shown["whole"]
    assert parts[0].name not in shown["whole"]
    assert parts[0].name in shown["part"]
    assert other.name not in shown["part"]
    assert project.name in shown[str(project.pk)]
    assert other.name not in shown[str(project.pk)]


def test_a_part_is_added_from_the_page_of_its_parent_and_by_the_api(page, zone, project):
    form = page.get(f"/projects/add/?parent={project.pk}").content.decode()
    assert f'value="{project.pk}" selected' in form
    data = {"name": "高纯氢一期", "kind": "new", "parent": project.pk, "part": "一期"}
    assert page.post("/projects/add/", data).status_code == 302
    body = {"name": "高纯氢二期", "parent_id": project.pk, "part": "二期"}
    answer = page.post(f"/api/v1/projects?zone={zone.code}", body, content_type="application/json")
    assert (answer.status_code, answer.json()["parent_id"]) == (201, project.pk)
    detail = page.get(f"/api/v1/projects/{project.pk}").json()
    assert [part["part"] for part in detail["parts"]] == ["一期", "二期"]
    found = page.get("/projects/parents/?q=高纯").json()["items"]
    assert [each["text"] for each in found] == ["高纯氢制备项目"]
