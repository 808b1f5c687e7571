"""Projects: entered once, edited against the version that was seen, handed over."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from tests.factories import make_enterprise, make_lead, make_project, make_sector, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.core.selectors.search import matching_row_ids
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import BatchPlaceExists, DuplicateFound, LabelExists, ProjectCodeTaken
from zhuchao.apps.projects.models import BatchPlace, Project, ProjectLabel
from zhuchao.apps.zones.errors import NotWorkingHere
from zhuchao.apps.zones.models import Assignment, Role

DAY = date(2023, 6, 1)


def changes(zone):
    return list(Change.objects.filter(scope=zone.pk).order_by("seq").values_list("verb", flat=True))


def test_a_project_is_entered_recorded_assigned_and_found(zone, officer, project):
    assert (project.normal_name, project.version, project.stage) == ("高纯氢制备", 1, "")
    assert changes(zone)[-1] == "add"
    held = Assignment.objects.get(thing="projects.project", row_id=project.pk)
    assert (held.officer, held.label, held.until) == (officer, "高纯氢制备项目", None)
    for words in ("纯氢", "氢能科技", "2023-001", "泗塘"):
        assert matching_row_ids("projects.project", [zone.pk], words) == [project.pk], words


def test_a_code_is_taken_once_in_a_zone_and_the_database_says_so_too(zone, officer, project):
    with pytest.raises(ProjectCodeTaken) as refusal:
        services.add_project(actor=officer, zone=zone, name="另一个项目", code="2023-001")
    assert refusal.value.data["name"] == "高纯氢制备项目"
    with pytest.raises(IntegrityError):
        make_project(zone, code="2023-001")


def test_the_same_code_may_stand_in_another_zone(officer, project):
    other = make_zone()
    assert services.add_project(actor=None, zone=other, name="高纯氢制备项目", code="2023-001").pk


def test_a_project_of_the_same_normal_name_is_refused_until_a_reason_is_given(zone, officer, project):
    before = changes(zone)
    with pytest.raises(DuplicateFound) as refusal:
        services.add_project(actor=officer, zone=zone, name="高纯氢制备 项目")
    assert refusal.value.code == "duplicate_found"
    assert [found["id"] for found in refusal.value.data["candidates"]] == [project.pk]
    assert (Project.objects.count(), changes(zone)) == (1, before)
    second = services.add_project(
        actor=officer, zone=zone, name="高纯氢制备 项目", distinct_reason="二期，另行备案"
    )
    assert Change.objects.filter(scope=zone.pk).latest("seq").data["distinct_reason"] == "二期，另行备案"
    assert second.pk != project.pk


def test_projects_of_two_known_companies_may_share_a_name(zone, officer, project):
    services.add_project(actor=officer, zone=zone, name="高纯氢制备项目", company="另一家科技有限公司")
    assert Project.objects.count() == 2


def test_the_company_ties_the_project_to_its_file(zone, officer):
    firm = make_enterprise(
        zone, name="苏州比亚迪销售有限公司", normal_name="比亚迪销售", credit_code="91990000000000010P"
    )
    by_name = services.add_project(
        actor=officer, zone=zone, name="展厅一期", company="苏州比亚迪销售有限公司"
    )
    by_code = services.add_project(actor=officer, zone=zone, name="展厅二期", company="91990000000000010P")
    assert (by_name.enterprise, by_code.enterprise) == (firm, firm)
    assert by_code.company == "苏州比亚迪销售有限公司"


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "  "},
        {"kind": "unknown"},
        {"total_investment_cny": Decimal(0)},
        {"total_investment_cny": Decimal("-1")},
    ],
)
def test_facts_that_cannot_be_are_refused_and_leave_no_trace(zone, officer, facts):
    with pytest.raises(WrongInput):
        services.add_project(actor=officer, zone=zone, **({"name": "项目甲"} | facts))
    assert not Project.objects.exists()
    assert changes(zone) == []


def test_rows_of_another_zone_are_refused(zone, officer):
    for name, row in (("sector", make_sector()), ("lead", make_lead()), ("enterprise", make_enterprise())):
        with pytest.raises(WrongInput):
            services.add_project(actor=officer, zone=zone, name="项目甲", **{name: row})
    with pytest.raises(NotWorkingHere):
        services.add_project(actor=officer, zone=zone, name="项目甲", officer=make_user(Role.LEADER))
    assert not Project.objects.exists()


def test_an_edit_is_recorded_and_saving_the_same_again_is_not(zone, officer, project):
    services.change_project(actor=officer, project=project, version=1, district="城北片区", note="一期封顶")
    changed = Change.objects.filter(scope=zone.pk, verb="change").latest("seq").data["changed"]
    assert changed["district"] == ["泗塘片区", "城北片区"]
    before = changes(zone)
    again = services.change_project(actor=officer, project=project, version=2, district="城北片区")
    assert (again.version, changes(zone)) == (2, before)
    assert matching_row_ids("projects.project", [zone.pk], "城北") == [project.pk]


def test_the_second_of_two_editors_sees_both_versions_and_changes_nothing(zone, officer, project):
    services.change_project(actor=officer, project=project, version=1, district="城北片区")
    with pytest.raises(Stale) as refusal:
        services.change_project(actor=officer, project=project, version=1, district="城南片区")
    assert (refusal.value.data["theirs"]["district"], refusal.value.data["yours"]["district"]) == (
        "城北片区",
        "城南片区",
    )
    assert refusal.value.data["by"] == "李店小二"
    assert Project.objects.get(pk=project.pk).district == "城北片区"


def test_an_edit_into_a_known_name_or_code_is_refused(zone, officer, project):
    other = services.add_project(actor=officer, zone=zone, name="锚链项目", code="2023-002")
    with pytest.raises(DuplicateFound):
        services.change_project(actor=officer, project=other, version=1, name="高纯氢制备项目")
    with pytest.raises(ProjectCodeTaken):
        services.change_project(actor=officer, project=other, version=1, code="2023-001")
    renamed = services.change_project(actor=officer, project=other, version=1, name="中运锚链项目")
    assert renamed.normal_name == "中运锚链"


def test_a_hand_over_needs_a_reason_and_keeps_who_answered_before(zone, officer, project):
    taker = make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="王接手")
    with pytest.raises(WrongInput):
        services.hand_over_project(actor=officer, project=project, officer=taker)
    assert Project.objects.get(pk=project.pk).officer == officer
    services.hand_over_project(actor=officer, project=project, officer=taker, reason="岗位调整")
    assert Project.objects.get(pk=project.pk).officer == taker
    answered = list(selectors.officers_of(officer, project))
    assert [(row.officer, row.until is None) for row in answered] == [(taker, True), (officer, False)]
    assert answered[0].reason == "岗位调整"
    assert changes(zone)[-1] == "hand_over"
    services.hand_over_project(actor=officer, project=project, officer=taker)
    assert selectors.officers_of(officer, project).count() == 2


def test_who_may_not_is_refused_and_strangers_find_nothing(zone, project):
    leader = make_user(Role.LEADER, zone=zone)
    with pytest.raises(NotAllowed):
        services.change_project(actor=leader, project=project, version=1, note="x")
    stranger = make_user(Role.ADMINISTRATOR)
    with pytest.raises(NotFound):
        services.change_project(actor=stranger, project=project, version=1, note="x")
    with pytest.raises(NotFound):
        selectors.get_project(stranger, project.pk)
    assert not selectors.visible_projects(stranger).exists()


def test_a_label_stands_once_a_year_and_can_be_taken_off(zone, officer, project):
    entry = services.add_label(actor=officer, project=project, label="市重大", year=2023)
    with pytest.raises(LabelExists):
        services.add_label(actor=officer, project=project, label="市重大", year=2023)
    services.add_label(actor=officer, project=project, label="市重大", year=2024)
    rows = selectors.listed_projects(officer, zone)
    assert selectors.with_label(rows, "市重大").get() == project
    services.void_label(actor=officer, entry=entry, reason="调出名单")
    live = ProjectLabel.objects.live().filter(project=project)
    assert [label.year for label in live] == [2024]
    assert changes(zone)[-1] == "void_label"


@pytest.mark.parametrize(("label", "year"), [(" ", 2023), ("列省", 23)])
def test_a_label_without_a_name_or_a_year_is_refused(officer, project, label, year):
    with pytest.raises(WrongInput):
        services.add_label(actor=officer, project=project, label=label, year=year)


def test_a_project_is_on_a_list_of_a_batch_once_for_each_platform(zone, officer, project):
    place = {"batch_name": "2023年第二期", "list_": "signing"}
    entry = services.add_batch_place(actor=officer, project=project, platform="province", **place)
    with pytest.raises(BatchPlaceExists):
        services.add_batch_place(actor=officer, project=project, platform="province", **place)
    services.add_batch_place(actor=officer, project=project, platform="city", **place)
    (line,) = selectors.batch_lines(
        [zone.pk], on=date(2023, 6, 15), as_of=entry.recorded_at.replace(year=2024)
    )
    assert (line.projects, line.province, line.city, line.joint) == (1, 1, 1, 1)
    services.void_batch_place(actor=officer, entry=entry, reason="重复申报")
    assert BatchPlace.objects.live().get(project=project).platform == "city"


@pytest.mark.parametrize(
    "wrong", [{"batch_name": ""}, {"list_": "x"}, {"platform": "x"}, {"on": date(2024, 1, 1)}]
)
def test_a_place_that_cannot_be_is_refused(officer, project, wrong):
    place = {"batch_name": "2023年第二期", "list_": "signing", "platform": "city"} | wrong
    with pytest.raises(WrongInput):
        services.add_batch_place(actor=officer, project=project, **place)
    assert not BatchPlace.objects.exists()
