"""The pages of gates: what they show and take, the registers of overrides and open evidence, rules, windows, the pack."""

import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_project, make_user, signed_in
from zhuchao.apps.desk.selectors.project_cards import project_cards
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.models import GateEvidence, GateRule, StageEntry, StatWindow
from zhuchao.apps.projects.services import Given, ItemSaid
from zhuchao.apps.zones.models import Role

FEB, MAR, APR, MAY, JUNE = (date(2023, month, 1) for month in (2, 3, 4, 5, 6))
TODAY = date(2023, 6, 15)


def words(answer):
    return answer.content.decode()


@pytest.fixture
def rules(zone):
    return services.adopt_gate_rules(actor=None, zone=zone)


@pytest.fixture
def admin(client, zone):
    return signed_in(client, make_user(Role.ADMINISTRATOR, zone=zone))


@pytest.fixture
def started(officer, project):
    def run(on=MAR):
        return services.record_stage(
            actor=officer, project=project, stage="started", on=on, override_reason="历史项目补登"
        )

    return run


def test_the_form_of_a_gate_asks_for_its_items_and_says_what_is_missing(page, project, rules):
    url = f"/projects/{project.pk}/stages/add/?stage=ready"
    shown = words(page.get(url))
    assert all(
        text in shown for text in ("项目备案、核准或审批文件（必备）", "环评手续（可选）", "项目代码或说明")
    )
    refused = page.post(url, {"stage": "signed", "on": "2023-02-01"})
    assert refused.status_code == 422
    assert "投资协议或签约文本" in words(refused)
    file = SimpleUploadedFile("协议.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    data = {"stage": "signed", "on": "2023-02-01", "text0": "XY-2023-1", "file0": file}
    assert page.post(url, data).status_code == 302
    given = GateEvidence.objects.get()
    assert (given.number, given.evidence.name) == ("XY-2023-1", "协议.pdf")
    assert page.get(f"/projects/gate-evidence/{given.pk}/evidence/").status_code == 200
    assert "XY-2023-1" in words(page.get(f"/projects/{project.pk}/gates/"))


def test_evidence_is_given_corrected_and_voided_on_pages(page, officer, project, rules):
    give = f"/projects/{project.pk}/gates/give/?stage=started"
    assert page.post(give, {"stage": "started"}).status_code == 422
    assert page.post(give, {"stage": "started", "text0": "3205", "on": "2023-03-01"}).status_code == 302
    entry = GateEvidence.objects.get()
    correct = f"/projects/gate-evidence/{entry.pk}/correct/"
    assert page.get(correct).status_code == 200
    data = {"happened_on": "2023-03-01", "number": "3206", "reason": "抄错"}
    assert page.post(correct, data).status_code == 302
    better = GateEvidence.objects.live().get()
    assert (
        page.post(f"/projects/gate-evidence/{better.pk}/void/", {"reason": "不是本项目的"}).status_code == 302
    )
    assert not GateEvidence.objects.live().exists()
    assert "“开工”材料：施工许可证或开工报告" in words(page.get(f"/projects/{project.pk}/?tab=history"))


def test_overrides_and_open_evidence_stand_in_registers(page, project, rules, started):
    started()
    for url in ("/projects/overrides/", "/projects/lacking/", "/projects/overrides/?still=lacking"):
        shown = words(page.get(url))
        assert project.name in shown, url
        assert "历史项目补登" in shown
    assert project.name not in words(page.get("/projects/overrides/?still=whole"))
    assert project.name not in words(page.get("/projects/lacking/?source=ledger"))
    assert page.get("/projects/overrides/?export=xlsx").status_code == 200
    assert "待补证据" in words(page.get(f"/projects/{project.pk}/"))
    assert "登记时缺：施工许可证或开工报告" in words(page.get(f"/projects/{project.pk}/?tab=history"))


def test_an_administrator_adopts_sets_and_voids_what_a_gate_asks_for(admin, zone):
    assert "采用默认要求" in words(admin.get("/projects/gate-rules/"))
    assert admin.post("/projects/gate-rules/adopt/").status_code == 302
    shown = words(admin.get("/projects/gate-rules/"))
    assert "施工许可证或开工报告" in shown
    assert "未核实" in shown
    form = words(admin.get("/projects/gate-rules/set/?stage=signed"))
    assert "投资协议或签约文本" in form
    data = {"since": "2023-06-01", "name0": "投资协议", "accepts0": "file", "required0": "on", "name1": ""}
    assert admin.post("/projects/gate-rules/set/?stage=signed", data).status_code == 302
    rule = selectors.GateRules(zone).on("signed", TODAY)
    assert [(item.name, item.accepts, item.is_required) for item in rule.items.all()] == [
        ("投资协议", "file", True)
    ]
    assert not rule.uses_checks
    assert admin.post("/projects/gate-rules/set/?stage=signed", data).status_code == 422
    assert admin.post(f"/projects/gate-rules/{rule.pk}/void/", {"reason": "误设"}).status_code == 302
    assert selectors.GateRules(zone).on("signed", TODAY).happened_on == date(2000, 1, 1)
    assert GateRule.objects.filter(zone=zone, stage="signed").count() == 3


def test_windows_are_set_for_a_year_edited_and_removed(admin, zone):
    data = {"year": 2023, "first_day": 10, "last_day": 31, "source_status": "unverified"}
    assert admin.post("/projects/stat-windows/year/", data).status_code == 302
    windows = {window.month.month: window for window in StatWindow.objects.filter(zone=zone)}
    assert (len(windows), windows[2].closes_on) == (12, date(2023, 2, 28))
    edit = f"/projects/stat-windows/{windows[2].pk}/edit/"
    assert "2023-02-10" in words(admin.get(edit))
    wrong = {"opens_on": "2023-02-20", "closes_on": "2023-02-10", "source_status": "local"}
    assert admin.post(edit, wrong).status_code == 422
    assert admin.post(edit, wrong | {"closes_on": "2023-02-25"}).status_code == 302
    assert "2023-02-25" in words(admin.get("/projects/stat-windows/"))
    one = {
        "month": "2024-01-15",
        "opens_on": "2024-01-08",
        "closes_on": "2024-01-12",
        "source_status": "local",
    }
    assert admin.post("/projects/stat-windows/add/", one).status_code == 302
    added = StatWindow.objects.get(month=date(2024, 1, 1))
    assert admin.post(f"/projects/stat-windows/{added.pk}/remove/", {"reason": "通知撤回"}).status_code == 302
    assert not StatWindow.objects.filter(pk=added.pk).exists()


@pytest.mark.document("1-16")
def test_a_project_past_its_statistical_window_is_flagged_and_the_pack_goes_to_the_bureau(
    page, zone, officer, project, rules, started
):
    services.set_stat_windows_of_year(actor=None, zone=zone, year=2023, first_day=20, last_day=25)
    started(on=APR)
    stand = selectors.listing_stand(project, TODAY)
    assert (len(stand.missed), stand.coming.opens_on, stand.light) == (2, date(2023, 6, 20), "red")
    shown = words(page.get("/projects/unlisted/"))
    assert project.name in shown
    assert "已错过 2 个窗口" in shown
    assert "已错过 2 个窗口" in words(page.get(f"/projects/{project.pk}/"))
    file = SimpleUploadedFile("现场.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    page.post(f"/projects/{project.pk}/gates/give/?stage=listed", {"stage": "listed", "file4": file})
    answer = page.get(f"/projects/{project.pk}/listing-pack/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        assert pack.namelist() == ["05-现场.pdf", "00-checklist.xlsx"]
    services.record_stage(
        actor=officer, project=project, stage="listed", on=JUNE, override_reason="材料在统计局"
    )
    assert selectors.listing_stand(project, TODAY) is None


def test_today_warns_of_windows_and_of_evidence_that_an_override_promised(zone, officer, rules, started):
    services.set_stat_windows_of_year(actor=None, zone=zone, year=2023, first_day=18, last_day=25)
    started(on=date(2023, 6, 10))
    cards = {card.key.partition(":")[0]: card for card in project_cards(officer, zone, TODAY)}
    assert set(cards) == {"open-evidence"}  # the window is not near yet
    later = {card.key.partition(":")[0]: card for card in project_cards(officer, zone, date(2023, 6, 19))}
    assert (later["listing"].light, later["listing"].day) == ("amber", date(2023, 6, 25))
    past = {card.key.partition(":")[0]: card for card in project_cards(officer, zone, date(2023, 6, 26))}
    assert past["listing"].light == "red"
    assert not list(project_cards(make_user(Role.STEWARD, zone=zone), zone, TODAY))


@pytest.mark.parametrize(
    ("started_on", "today", "light"),
    [(APR, date(2023, 4, 5), "none"), (APR, date(2023, 4, 18), "amber"), (APR, date(2023, 4, 25), "amber")],
)
def test_a_window_that_is_near_or_open_warns(zone, project, started, started_on, today, light):
    services.set_stat_windows_of_year(actor=None, zone=zone, year=2023, first_day=20, last_day=25)
    started(on=started_on)
    assert selectors.listing_stand(project, today).light == light


def test_without_windows_nothing_is_guessed(page, project, started):
    assert selectors.listing_stand(project, TODAY) is None
    started()
    stand = selectors.listing_stand(project, TODAY)
    assert (stand.missed, stand.coming, stand.light) == ((), None, "none")
    assert "没有窗口日期" in words(page.get("/projects/unlisted/"))


def test_a_stage_page_without_rules_takes_a_day_alone(page, project):
    answer = page.post(f"/projects/{project.pk}/stages/add/", {"stage": "signed", "on": "2023-02-01"})
    assert answer.status_code == 302
    assert StageEntry.objects.get().rule is None
    assert "这一阶段没有要求材料" in words(page.get(f"/projects/{project.pk}/gates/"))
    services.give_gate_evidence(
        actor=None, project=project, stage="signed", given=[Given(ItemSaid("协议").name, note="有")]
    )


def test_a_gate_that_parts_carry_is_proved_on_their_own_pages(page, officer, zone, project, rules):
    part = make_project(zone, name="一期", parent=project, part="一期")
    services.record_stage(actor=officer, project=part, stage="signed", on=FEB, override_reason="历史项目补登")
    assert "待补证据" in words(page.get(f"/projects/{part.pk}/gates/"))
    whole = words(page.get(f"/projects/{project.pk}/gates/"))
    assert "已到达" in whole
    assert "待补证据" not in whole
