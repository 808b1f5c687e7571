"""The pages of projects: what they show, what they take, whom they turn away, what they cost."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_lead, make_project, make_user, make_zone, signed_in
from zhuchao.apps.projects import services
from zhuchao.apps.projects.models import (
    AnnualPlan,
    BatchPlace,
    Investment,
    Milestone,
    Project,
    ProjectLabel,
    StageEntry,
)
from zhuchao.apps.zones.models import Role

WAN = Decimal(10_000)
FEB, MAY = date(2023, 2, 1), date(2023, 5, 10)


def words(answer):
    return answer.content.decode()


@pytest.fixture
def stage(officer, project):
    return services.record_stage(
        actor=officer, project=project, stage="signed", on=FEB, evidence_note="签约协议"
    )


@pytest.fixture
def money(officer, project):
    return services.add_investment(
        actor=officer,
        project=project,
        kind="fixed_assets",
        on=MAY,
        amount_cny=7853 * WAN,
        voucher_no="记-0510",
        payer="示例氢能",
    )


def test_a_project_is_entered_on_its_form_and_opened(page, zone, officer):
    data = {"name": "锚链项目", "kind": "new", "total_investment_cny": "1200.5", "officer": officer.pk}
    answer = page.post("/projects/add/", data)
    project = Project.objects.get(zone=zone)
    assert (answer.status_code, answer.url) == (302, f"/projects/{project.pk}/")
    assert project.total_investment_cny == Decimal("12005000.00")
    assert "锚链项目" in words(page.get(answer.url))
    assert "1,200.50 万元" in words(page.get(answer.url))


def test_a_lead_becomes_a_project_without_typing_it_again(page, zone, officer):
    lead = make_lead(zone, name="印势新材料项目", investor="印势科技有限公司", owner=officer)
    shown = words(page.get(f"/projects/add/?lead={lead.pk}"))
    assert "印势新材料项目" in shown
    assert "印势科技有限公司" in shown
    page.post("/projects/add/", {"name": "印势新材料项目", "kind": "new", "lead": lead.pk})
    assert Project.objects.get().lead == lead
    assert page.get(f"/projects/add/?lead={make_lead().pk}").status_code == 404


def test_a_possible_double_is_shown_and_nothing_typed_is_lost(page, project):
    answer = page.post("/projects/add/", {"name": "高纯氢制备项目", "kind": "new", "district": "城西片区"})
    shown = words(answer)
    assert answer.status_code == 422
    assert f"/projects/{project.pk}/" in shown
    assert "项目名称相同" in shown
    assert "城西片区" in shown
    page.post("/projects/add/", {"name": "高纯氢制备项目", "kind": "new", "distinct_reason": "二期"})
    assert Project.objects.count() == 2


def test_a_stale_form_shows_both_versions_and_can_be_saved_over(page, officer, project):
    services.change_project(actor=officer, project=project, version=1, district="城北片区")
    data = {"name": project.name, "code": project.code, "kind": "new", "district": "城南片区", "version": "1"}
    answer = page.post(f"/projects/{project.pk}/edit/", data)
    shown = words(answer)
    assert answer.status_code == 409
    assert "城北片区" in shown
    assert "城南片区" in shown
    assert 'name="version" value="2"' in shown
    assert Project.objects.get().district == "城北片区"
    assert page.post(f"/projects/{project.pk}/edit/", data | {"version": "2"}).status_code == 302
    assert Project.objects.get().district == "城南片区"
    assert page.post(f"/projects/{project.pk}/edit/", data | {"version": ""}).status_code == 409


def test_a_gate_is_recorded_corrected_and_voided_on_its_forms(page, project):
    form = f"/projects/{project.pk}/stages/add/"
    assert 'name="stage" value="signed"' in words(page.get(form))
    picture = SimpleUploadedFile("签约.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    assert page.post(form, {"stage": "signed", "on": "2023-02-01", "evidence": picture}).status_code == 302
    entry = StageEntry.objects.get()
    assert entry.evidence.name == "签约.png"
    assert page.get(f"/projects/stages/{entry.pk}/evidence/")["Content-Type"] == "image/png"
    refused = page.post(form, {"stage": "started", "on": "2023-05-01"})
    assert refused.status_code == 422
    assert "达开工条件" in words(refused)
    page.post(form, {"stage": "started", "on": "2023-05-01", "override_reason": "应急工程"})
    shown = words(page.get(f"/projects/{project.pk}/"))
    assert "开工" in shown
    assert "应急工程" in shown
    assert "未登记" in shown
    correct = f"/projects/stages/{entry.pk}/correct/"
    data = {"happened_on": "2023-02-18", "source_region": "上海", "total_investment_cny": "5000"}
    assert page.post(correct, data).status_code == 422
    assert page.post(correct, data | {"reason": "协议日期"}).status_code == 302
    corrected = StageEntry.objects.live().get(stage="signed")
    assert (corrected.happened_on, corrected.evidence, corrected.total_investment_cny) == (
        date(2023, 2, 18),
        entry.evidence,
        5000 * WAN,
    )
    page.post(f"/projects/stages/{corrected.pk}/void/", {"reason": "没有签约"})
    history = words(page.get(f"/projects/{project.pk}/?tab=history"))
    assert "没有签约" in history
    assert "已作废" in history
    assert "已更正" in history


def test_steps_are_planned_met_moved_and_removed_on_their_forms(page, project):
    page.post(f"/projects/{project.pk}/milestones/add/", {"name": "主体封顶", "planned_on": "2023-06-10"})
    step = Milestone.objects.get()
    assert "已逾期 5 天" in words(page.get(f"/projects/{project.pk}/"))
    page.post(f"/projects/milestones/{step.pk}/meet/", {"on": "2023-06-12"})
    assert "迟 2 天完成" in words(page.get(f"/projects/{project.pk}/"))
    edit = f"/projects/milestones/{step.pk}/edit/"
    stale = page.post(edit, {"name": "封顶", "planned_on": "2023-06-20", "version": "1"})
    assert stale.status_code == 409
    assert 'name="version" value="2"' in words(stale)
    page.post(edit, {"name": "封顶", "planned_on": "2023-06-20", "version": "2"})
    assert Milestone.objects.get().name == "封顶"
    page.post(f"/projects/milestones/{step.pk}/remove/", {"reason": "并入竣工"})
    assert not Milestone.objects.exists()
    assert "并入竣工" not in words(page.get(f"/projects/{project.pk}/?tab=history"))


@pytest.mark.document("3-12")
def test_the_money_of_a_project_is_charted_with_its_table_its_sum_and_its_plan(page, officer, project, money):
    assert "echarts" not in words(page.get(f"/projects/{project.pk}/"))
    page.post(f"/projects/{project.pk}/plan/", {"year": "2023", "amount_cny": "10000"})
    shown = words(page.get(f"/projects/{project.pk}/?tab=money"))
    assert "累计完成投资 7,853.00 万元" in shown
    assert "2023 年完成年度计划的 78.5%" in shown
    assert 'data-chart="money-fixed_assets"' in shown
    assert "vendor/echarts/echarts.min.js" in shown
    assert "2023-05" in shown
    assert "10,000.00 万元" in shown
    services.add_investment(
        actor=officer,
        project=project,
        kind="fixed_assets",
        on=date(2023, 6, 1),
        amount_cny=-53 * WAN,
        voucher_no="退",
    )
    assert "累计额有下降" in words(page.get(f"/projects/{project.pk}/?tab=money"))


def test_money_is_entered_corrected_and_voided_on_its_forms(page, project):
    form = f"/projects/{project.pk}/investments/add/"
    data = {"kind": "fixed_assets", "happened_on": "2023-05-10", "amount_cny": "7853"}
    assert page.post(form, data | {"amount_cny": "0"}).status_code == 422
    page.post(form, data)
    entry = Investment.objects.get()
    detail = f"/investments/{entry.pk}/"
    assert "未核实" in words(page.get(detail))
    assert "7,853.00 万元" in words(page.get(detail))
    answer = page.post(f"{detail}correct/", data | {"voucher_no": "记-0510", "reason": "补凭证"})
    corrected = Investment.objects.live().get()
    assert answer.url == f"/investments/{corrected.pk}/"
    assert "补凭证" in words(page.get(answer.url))
    assert "已核实" in words(page.get(answer.url))
    assert answer.url in words(page.get(detail))
    page.post(f"{answer.url}void/", {"reason": "重复登记"})
    assert "重复登记" in words(page.get(answer.url))
    assert page.post(f"{answer.url}void/", {"reason": "再作废"}).status_code == 422


def test_labels_and_batches_are_given_and_taken_on_their_forms(page, project):
    page.post(f"/projects/{project.pk}/labels/add/", {"label": "市重大", "year": "2023"})
    page.post(
        f"/projects/{project.pk}/batches/add/",
        {"batch_name": "第十三期", "list_": "signing", "platform": "province"},
    )
    shown = words(page.get(f"/projects/{project.pk}/"))
    assert "市重大" in shown
    assert "2023 年" in shown
    assert "第十三期" in shown
    assert "省平台" in shown
    assert (
        page.post(f"/projects/{project.pk}/labels/add/", {"label": "市重大", "year": "2023"}).status_code
        == 422
    )
    page.post(f"/projects/labels/{ProjectLabel.objects.get().pk}/void/", {"reason": "调出"})
    page.post(f"/projects/batches/{BatchPlace.objects.get().pk}/void/", {"reason": "移出"})
    assert "还没有列入任何名单" in words(page.get(f"/projects/{project.pk}/"))


def test_a_hand_over_and_every_edit_stand_in_the_changes(client, page, zone, officer, project):
    taker = make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="王接手")
    assert page.post(f"/projects/{project.pk}/officer/", {"officer": taker.pk}).status_code == 422
    page.post(f"/projects/{project.pk}/officer/", {"officer": taker.pk, "reason": "岗位调整"})
    services.change_project(actor=officer, project=project, version=2, total_investment_cny=13 * 10**8)
    assert "tab=changes" not in words(page.get(f"/projects/{project.pk}/"))
    assert "计划节点" in words(page.get(f"/projects/{project.pk}/?tab=changes"))
    signed_in(client, make_user(Role.AUDITOR, zone=zone))
    shown = words(client.get(f"/projects/{project.pk}/?tab=changes"))
    assert "李店小二" in shown
    assert "王接手" in shown
    assert "岗位调整" in shown
    assert "120,000.00 万元" in shown
    assert "130,000.00 万元" in shown


def test_the_list_filters_searches_and_adds_up(page, zone, officer, project, stage, money):
    other = make_project(zone, name="锚链项目", total_investment_cny=5000 * WAN, kind="expansion")
    shown = words(page.get("/projects/"))
    assert "高纯氢制备项目" in shown
    assert "锚链项目" in shown
    assert "125,000.00" in shown
    assert "7,853.00" in shown
    services.add_label(actor=officer, project=other, label="列省", year=2023)
    services.add_batch_place(
        actor=officer, project=project, batch_name="第十三期", list_="signing", platform="city"
    )
    for query, name in (
        ("stage=signed", "高纯氢"),
        ("stage=none", "锚链"),
        ("kind=expansion", "锚链"),
        ("label=列省", "锚链"),
        ("batch=第十三期", "高纯氢"),
        ("district=泗塘片区", "高纯氢"),
        ("source_region=苏州", "高纯氢"),
        (f"officer={officer.pk}", "高纯氢"),
        ("officer=-", "锚链"),
        ("sector=-", "高纯氢"),
        ("q=氢能", "高纯氢"),
    ):
        answer = words(page.get(f"/projects/?{query}"))
        unwanted = "锚链项目" if name == "高纯氢" else "高纯氢制备项目"
        assert f"{name}" in answer, query
        assert query == "sector=-" or unwanted not in answer, query
    assert page.get("/projects/?stage=nonsense").status_code == 422


@pytest.mark.document("2-10")
def test_a_district_lists_its_projects_under_construction(page, zone, officer):
    names = [
        "新安电器高端智能制造示范基地",
        "新亚电通研发制造基地",
        "明冠新材料科技",
        "柯依迪装饰系统",
        "泰马克精密铸造",
    ]
    for name in names:
        project = services.add_project(actor=officer, zone=zone, name=f"{name}项目", district="泗塘")
        services.record_stage(actor=officer, project=project, stage="started", on=MAY, override_reason="补登")
    elsewhere = services.add_project(actor=officer, zone=zone, name="城北在建项目", district="城北")
    services.record_stage(actor=officer, project=elsewhere, stage="started", on=MAY, override_reason="补登")
    services.add_project(actor=officer, zone=zone, name="泗塘未开工项目", district="泗塘")
    shown = words(page.get("/projects/?district=泗塘&stage=started"))
    assert all(name in shown for name in names)
    assert "城北在建项目" not in shown
    assert "泗塘未开工项目" not in shown


@pytest.mark.document("3-10")
def test_the_roster_of_a_street_is_one_under_review_and_three_being_built(page, zone, officer):
    for n, last in enumerate(("reviewed", "started", "started", "started")):
        project = services.add_project(actor=officer, zone=zone, name=f"工业落地项目{n}号")
        services.record_stage(
            actor=officer, project=project, stage=last, on=MAY, override_reason="补登历史项目"
        )
    shown = words(page.get("/projects/"))
    assert shown.count("工业落地项目") >= 4
    reviewed, built = (words(page.get(f"/projects/?stage={each}")) for each in ("reviewed", "started"))
    assert [f"工业落地项目{n}号" in reviewed for n in range(4)] == [True, False, False, False]
    assert [f"工业落地项目{n}号" in built for n in range(4)] == [False, True, True, True]


def test_the_list_of_money_has_a_total_and_tells_what_is_not_verified(page, officer, project, money):
    services.add_investment(actor=officer, project=project, kind="fixed_assets", on=MAY, amount_cny=147 * WAN)
    shown = words(page.get("/investments/"))
    assert "8,000.00" not in shown, "what is verified and what is not are never added up"
    assert f"/investments/{money.pk}/" in shown
    assert "147.00" not in words(page.get("/investments/?verified=verified"))
    bare = words(page.get("/investments/?verified=unverified"))
    assert "147.00" in bare
    assert "7,853.00" not in bare
    assert "7,853.00" in words(page.get("/investments/?q=纯氢"))
    assert "7,853.00" not in words(page.get("/investments/?q=锚链"))


@pytest.mark.document("0-14")
def test_the_counters_of_a_period_come_from_entries_and_open_to_them(page, zone, officer):
    from zhuchao.apps.premises import services as premises

    gates = (("signed", 3), ("started", 2), ("producing", 1))
    for stage, many in gates:
        for n in range(many):
            project = services.add_project(actor=officer, zone=zone, name=f"{stage}项目{n}号")
            services.record_stage(actor=officer, project=project, stage=stage, on=MAY, override_reason="补登")
    premises.record_revitalisation(
        actor=None, zone=zone, on=MAY, area_m2=Decimal(600), place="中张家巷27号", evidence_note="租赁合同"
    )
    answer = page.get("/projects/progress/?from=2023-05-01&to=2023-05-31")
    counted = {gate["count"].stage.value: gate["count"].projects for gate in answer.context["gates"]}
    assert {stage: counted[stage] for stage, _ in gates} == dict(gates)
    assert answer.context["revitalised"] == 1
    for gate in answer.context["gates"]:
        opened = page.get(gate["url"])
        assert opened.status_code == 200
        assert len(opened.context["rows"]) == gate["count"].projects
    entry = StageEntry.objects.filter(stage="signed").first()
    services.void_stage(actor=officer, entry=entry, reason="没有签")
    again = page.get("/projects/progress/?from=2023-05-01&to=2023-05-31")
    assert {g["count"].stage.value: g["count"].projects for g in again.context["gates"]}["signed"] == 2
    assert page.get("/projects/progress/?from=2023-13-01").status_code == 422
    assert page.get("/projects/progress/?from=x").status_code == 422


def test_progress_shows_the_major_projects_against_their_plan(page, officer, project, money):
    services.add_label(actor=officer, project=project, label="列省", year=2023)
    services.set_annual_plan(actor=officer, project=project, year=2023, amount_cny=15706 * WAN)
    shown = words(page.get("/projects/progress/"))
    assert "1 个项目，0 个已开工，累计完成投资 7,853.00 万元" in shown
    assert "50.0%" in shown


def test_who_may_not_see_money_sees_projects_without_it(client, zone, project, money, stage):
    clerk = make_user(Role.WINDOW_CLERK, zone=zone)
    signed_in(client, clerk)
    assert "累计完成投资" not in words(client.get("/projects/"))
    detail = words(client.get(f"/projects/{project.pk}/"))
    assert "7,853" not in detail
    assert "签约" in detail
    assert "7,853" not in words(client.get(f"/projects/{project.pk}/?tab=money"))
    assert "重大产业项目" not in words(client.get("/projects/progress/"))
    assert client.get("/investments/").status_code == 403
    for url in (f"/investments/{money.pk}/", f"/investments/{money.pk}/evidence/"):
        assert client.get(url).status_code == 404


def everything(project, stage, money, step, label, place):
    return [
        reverse("project-detail", args=[project.pk]),
        *(
            reverse(name, args=[project.pk])
            for name in (
                *("project-edit", "project-officer", "project-stage", "milestone-add"),
                *("project-label-add", "project-batch-add", "investment-add", "project-plan"),
            )
        ),
        *(reverse(f"project-stage-{verb}", args=[stage.pk]) for verb in ("correct", "void", "evidence")),
        *(reverse(f"milestone-{verb}", args=[step.pk]) for verb in ("edit", "meet", "remove")),
        reverse("project-label-void", args=[label.pk]),
        reverse("project-batch-void", args=[place.pk]),
        *(
            reverse(f"investment-{verb}", args=[money.pk])
            for verb in ("detail", "correct", "void", "evidence")
        ),
    ]


def test_nothing_of_another_zone_is_reached_by_guessing(client, officer, project, stage, money):
    step = services.add_milestone(actor=officer, project=project, name="通电", planned_on=MAY)
    label = services.add_label(actor=officer, project=project, label="列省", year=2023)
    place = services.add_batch_place(
        actor=officer, project=project, batch_name="一期", list_="signing", platform="city"
    )
    urls = everything(project, stage, money, step, label, place)
    signed_in(client, make_user(Role.ADMINISTRATOR, zone=make_zone()))
    for url in urls:
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"reason": "x", "stage": "ready", "on": "2023-03-01"}).status_code in {
            404,
            405,
        }, url
    for url in (
        "/projects/",
        "/projects/stages/",
        "/investments/",
        "/projects/progress/",
        "/projects/?q=纯氢",
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert "高纯氢" not in words(answer), url
    assert "高纯氢" not in b"".join(client.get("/projects/?export=csv")).decode("utf-8-sig")


def test_readers_may_look_and_not_touch(client, zone, project, stage, money):
    signed_in(client, make_user(Role.LEADER, zone=zone))
    assert client.get(f"/projects/{project.pk}/").status_code == 200
    assert "登记阶段" not in words(client.get(f"/projects/{project.pk}/"))
    for url in (
        f"/projects/{project.pk}/edit/",
        f"/projects/{project.pk}/stages/add/",
        f"/projects/{project.pk}/investments/add/",
        f"/projects/stages/{stage.pk}/void/",
        f"/investments/{money.pk}/correct/",
        "/projects/add/",
    ):
        assert client.get(url).status_code == 403, url
        assert client.post(url, {"reason": "x"}).status_code == 403, url


def test_pages_are_for_people_who_signed_in(client, project):
    for url in ("/projects/", f"/projects/{project.pk}/", "/investments/", "/projects/progress/"):
        assert client.get(url).status_code == 302


def fill(zone, officer, many):
    for _ in range(many):
        project = services.add_project(
            actor=officer, zone=zone, name=f"项目{Project.objects.count()}号", officer=officer
        )
        services.record_stage(actor=officer, project=project, stage="signed", on=FEB)
        services.add_milestone(actor=officer, project=project, stage="ready", planned_on=MAY)
        services.add_label(actor=officer, project=project, label="列省", year=2023)
        services.add_investment(
            actor=officer, project=project, kind="fixed_assets", on=MAY, amount_cny=WAN, voucher_no="记-1"
        )


@pytest.mark.parametrize("url", ["/projects/", "/projects/stages/", "/investments/", "/projects/progress/"])
def test_a_list_of_many_costs_as_many_questions_as_one_of_few(page, zone, officer, url):
    def questions():
        with CaptureQueriesContext(connection) as captured:
            assert page.get(url).status_code == 200
        return len(captured)

    fill(zone, officer, 2)
    questions()  # the session and the person are read once
    few = questions()
    fill(zone, officer, 12)
    assert questions() == few <= 30


@pytest.mark.parametrize("tab", ["overview", "money", "history"])
def test_a_record_with_many_entries_costs_as_many_questions_as_one_with_few(
    page, officer, project, stage, tab
):
    def questions():
        with CaptureQueriesContext(connection) as captured:
            assert page.get(f"/projects/{project.pk}/?tab={tab}").status_code == 200
        return len(captured)

    def add(start, many):
        for n in range(start, start + many):
            services.add_milestone(actor=officer, project=project, name=f"节点{n}", planned_on=MAY)
            services.add_label(actor=officer, project=project, label=f"标签{n}", year=2023)
            entry = services.add_investment(
                actor=officer, project=project, kind="fixed_assets", on=MAY, amount_cny=WAN * (n + 1)
            )
            services.correct_investment(actor=officer, entry=entry, reason="补", voucher_no=f"记-{n}")

    add(0, 2)
    questions()
    few = questions()
    add(2, 10)
    assert questions() == few <= 36


def test_the_page_of_one_piece_of_money_has_a_fixed_price(
    page, officer, money, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        assert page.get(f"/investments/{money.pk}/").status_code == 200


def test_the_navigation_leads_to_projects_and_money(page, project):
    shown = words(page.get("/projects/"))
    assert 'href="/investments/"' in shown
    assert 'href="/projects/progress/"' in shown


def test_an_annual_plan_is_replaced_with_a_reason(page, project):
    form = f"/projects/{project.pk}/plan/"
    page.post(form, {"year": "2023", "amount_cny": "100"})
    assert page.post(form, {"year": "2023", "amount_cny": "90"}).status_code == 422
    page.post(form, {"year": "2023", "amount_cny": "90", "reason": "中期调整"})
    assert [plan.amount_cny for plan in AnnualPlan.objects.live()] == [90 * WAN]
