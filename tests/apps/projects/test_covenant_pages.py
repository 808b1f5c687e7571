"""The pages of agreements and covenants: what they show, what they take, whom they turn away, what they cost."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_enterprise, make_project, make_user, signed_in
from zhuchao.apps.enterprises.models import Filing
from zhuchao.apps.projects import services
from zhuchao.apps.projects.models import Agreement, AgreementReview, Covenant, CovenantFinding
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

FEB, MAY = date(2023, 2, 18), date(2023, 5, 10)
WAN = Decimal(10_000)


def words(answer):
    return answer.content.decode()


def agree(officer, project, number="1", **kinds):
    agreement = services.add_agreement(actor=officer, project=project, number=number)
    for kind, (due_on, target) in kinds.items():
        services.add_covenant(actor=officer, agreement=agreement, kind=kind, due_on=due_on, target=target)
    return services.sign_agreement(actor=officer, agreement=agreement, on=FEB)


def test_an_agreement_is_drafted_reviewed_and_signed_on_its_pages(page, project):
    answer = page.post(
        f"/projects/{project.pk}/agreements/add/",
        {"kind": "development", "number": "产业协议-001", "area_m2": "100亩"},
    )
    agreement = Agreement.objects.get()
    assert answer.url == f"/agreements/{agreement.pk}/"
    assert round(agreement.area_m2) == 66667
    jobs = {"kind": "jobs", "due_on": "2024-12-31", "people": "200", "source": "ledger"}
    assert page.post(f"/agreements/{agreement.pk}/covenants/add/", jobs | {"amount": "5"}).status_code == 422
    page.post(f"/agreements/{agreement.pk}/covenants/add/", jobs)
    condition = Covenant.objects.get()
    reward = {"kind": "reward", "due_on": "2025-03-31", "amount": "500", "source": "ledger"}
    page.post(f"/agreements/{agreement.pk}/covenants/add/", reward | {"rewards": condition.pk})
    assert Covenant.objects.get(kind="reward").target == 500 * WAN

    assert "没有登记公平竞争审查" in words(page.get(f"/agreements/{agreement.pk}/"))
    refused = page.post(f"/agreements/{agreement.pk}/sign/", {"on": "2023-05-10"})
    assert (refused.status_code, "国务院令第783号" in words(refused)) == (422, True)
    paper = SimpleUploadedFile("审查.pdf", b"%PDF-1.4\n1 0 obj\n", "application/pdf")
    review = {"conclusion": "passed", "body": "市场监管局", "on": "2023-05-01", "evidence": paper}
    page.post(f"/agreements/{agreement.pk}/review/", review)
    entry = AgreementReview.objects.get()
    assert page.get(f"/agreements/reviews/{entry.pk}/evidence/").status_code == 200
    page.post(f"/agreements/{agreement.pk}/sign/", {"on": "2023-05-10"})
    agreement.refresh_from_db()
    assert agreement.state == "signed"
    shown = words(page.get(f"/projects/{project.pk}/?tab=covenants"))
    assert "企业承诺" in shown
    assert "做到“就业岗位”后兑现" in shown


def test_a_draft_is_edited_thinned_and_taken_away(page, officer, project):
    agreement = services.add_agreement(actor=officer, project=project, number="1")
    covenant = services.add_covenant(actor=officer, agreement=agreement, kind="road", due_on=MAY)
    page.post(
        f"/covenants/{covenant.pk}/edit/",
        {"kind": "power", "due_on": "2023-06-01", "source": "stated", "version": covenant.version},
    )
    covenant.refresh_from_db()
    assert (covenant.kind, covenant.due_on) == ("power", date(2023, 6, 1))
    page.post(f"/covenants/{covenant.pk}/remove/", {"reason": "误登"})
    assert not Covenant.objects.exists()
    edit = {"kind": "investment", "number": "2", "version": agreement.version}
    page.post(f"/agreements/{agreement.pk}/edit/", edit)
    agreement.refresh_from_db()
    assert (agreement.number, agreement.kind) == ("2", "investment")
    page.post(f"/agreements/{agreement.pk}/discard/", {"reason": "重复"})
    assert not Agreement.objects.exists()


def test_an_amendment_replaces_and_an_end_is_entered(page, officer, project):
    agreement = agree(officer, project, start=(MAY, None))
    page.post(f"/agreements/{agreement.pk}/amend/", {"number": "1-补1"})
    draft = Agreement.objects.get(amends=agreement)
    assert "补充 1" in words(page.get(f"/agreements/{draft.pk}/"))
    page.post(f"/agreements/{draft.pk}/sign/", {"on": "2023-06-01"})
    page.post(f"/agreements/{draft.pk}/end/", {"on": "2023-06-02", "reason": "项目退出"})
    draft.refresh_from_db()
    assert (draft.state, draft.end_reason) == ("ended", "项目退出")


@pytest.mark.document("4-30", "4-06")
def test_the_board_shows_every_covenant_with_what_was_promised_and_delivered(page, zone, officer, project):
    project.enterprise = make_enterprise(zone)
    project.save()
    Filing.objects.create(
        zone=zone,
        enterprise=project.enterprise,
        measure="employees",
        value=240,
        period="year",
        status="approved",
        happened_on=date(2022, 12, 31),
        recorded_at=zones.now(zone),
    )
    services.record_stage(actor=officer, project=project, stage="signed", on=FEB)
    agree(officer, project, jobs=(MAY, Decimal(300)), start=(MAY, None), land=(MAY, None))
    bare = make_project(zone, name="没有协议的项目")
    services.record_stage(actor=officer, project=bare, stage="signed", on=FEB)
    shown = words(page.get("/covenants/"))
    assert "已履约 0 条，未履约或部分履约 2 条，到期未知 1 条" in shown
    for part in ("300 人", "240 人", "差 60 人", "逾期 36 天", "80.0%", "覆盖 50.0%", "没有协议的项目"):
        assert part in shown
    assert "就业岗位" in words(page.get("/covenants/?state=short-breached&side=firm&due=past"))
    only_unknown = page.get("/covenants/?state=unknown").context["rows"]
    assert [one.kind for one in only_unknown] == ["land"]
    assert [one.kind for one in page.get("/covenants/?q=高纯氢&side=zone").context["rows"]] == ["land"]
    file = page.get("/covenants/?state=short-breached&export=csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "差 60 人" in "".join(lines)


def test_an_empty_board_says_what_to_do_and_an_outsider_is_turned_away(client, page, zone):
    assert "导入约定台账" in words(page.get("/covenants/"))
    assert page.get("/covenants/?due=30").status_code == 200
    clerk = signed_in(client, make_user(Role.WINDOW_CLERK, zone=zone))
    assert clerk.get("/covenants/").status_code == 403
    assert clerk.get("/agreements/").status_code == 403


def test_a_finding_is_entered_on_a_document_and_voided(client, zone, officer, project):
    agree(officer, project, land=(MAY, None))
    land = Covenant.objects.get()
    leader = signed_in(client, make_user(Role.LEADER, Role.PROMOTION_OFFICER, zone=zone))
    assert "未知不算违约" in words(leader.get(f"/covenants/{land.pk}/"))
    url = f"/covenants/{land.pk}/finding/"
    assert leader.post(url, {"result": "done", "on": "2023-05-08"}).status_code == 422
    leader.post(url, {"result": "done", "on": "2023-05-08", "document_no": "交地单 1 号"})
    entry = CovenantFinding.objects.get()
    assert "已履约" in words(leader.get(f"/covenants/{land.pk}/"))
    leader.post(f"/covenants/findings/{entry.pk}/void/", {"reason": "写错"})
    said = {"result": "waived", "on": "2023-06-01", "document_no": "纪要 3 号", "evidence_note": "规划调整"}
    leader.post(url, said)
    shown = words(leader.get(f"/covenants/{land.pk}/"))
    assert "已免除" in shown
    assert "规划调整" in shown


def test_the_board_costs_as_many_queries_with_many_covenants(page, zone, officer, project):
    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert page.get("/covenants/").status_code == 200
        return len(caught)

    project.enterprise = make_enterprise(zone)
    project.save()
    agree(officer, project, jobs=(MAY, Decimal(5)), land=(MAY, None))
    page.get("/covenants/")
    few = cost()
    for number in range(2, 9):
        agree(
            officer, make_project(zone, enterprise=make_enterprise(zone)), f"{number}", jobs=(MAY, Decimal(5))
        )
    assert cost() == few


def test_the_api_takes_the_same_steps_and_refuses_by_the_same_rules(page, zone, project):
    def post(url, **body):
        return page.post(f"/api/v1{url}", body, content_type="application/json")

    made = post(f"/projects/{project.pk}/agreements", number="A-1").json()
    start = post(f"/agreements/{made['id']}/covenants", kind="start", due_on="2023-05-10")
    assert (start.status_code, start.json()["state"]) == (201, None)
    reward = {"kind": "reward", "due_on": "2023-06-01", "target": "500", "rewards_id": start.json()["id"]}
    assert post(f"/agreements/{made['id']}/covenants", **reward).status_code == 201
    refused = post(f"/agreements/{made['id']}/sign", on="2023-02-18")
    assert (refused.status_code, refused.json()["code"]) == (409, "agreement_not_signable")
    review = {"conclusion": "passed", "body": "局", "document_no": "1", "on": "2023-02-01"}
    assert post(f"/agreements/{made['id']}/reviews", **review).json()["state"] == "reviewed"
    assert post(f"/agreements/{made['id']}/sign", on="2023-02-18").json()["state"] == "signed"
    listed = page.get(f"/api/v1/covenants?zone={zone.code}&state=unknown").json()["items"]
    assert [one["kind"] for one in listed] == ["start"]
    assert page.get(f"/api/v1/covenants?zone={zone.code}&state=nonsense").status_code == 422
    said = {"result": "not_done", "on": "2023-06-10", "document_no": "核查单"}
    found = post(f"/covenants/{start.json()['id']}/findings", **said).json()
    assert (found["state"], found["days"]) == ("breached", 36)
    letter = post(f"/covenants/{start.json()['id']}/letters").json()
    post(f"/covenants/letters/{letter['id']}/approve")
    assert post(f"/covenants/letters/{letter['id']}/send", on="2023-06-15").json()["state"] == "sent"
    assert (
        post(f"/covenants/letters/{letter['id']}/answer", on="2023-06-15", answer="已办").status_code == 200
    )
    assert page.get(f"/api/v1/covenants/letters?zone={zone.code}&state=answered").json()["items"]
    assert page.get(f"/api/v1/agreements/coverage?zone={zone.code}").json()["signed"] == 0
    amended = post(f"/agreements/{made['id']}/amend", number="A-1-补")
    assert (amended.status_code, amended.json()["amends_id"]) == (201, made["id"])
    assert len(page.get(f"/api/v1/agreements?zone={zone.code}").json()["items"]) == 2
