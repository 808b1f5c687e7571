"""The catalogue: matters, their versions by day, the second person, the shipped ones."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.approvals.conftest import PAPERS, STEPS
from tests.factories import make_department, signed_in
from zhuchao.apps.approvals import errors
from zhuchao.apps.approvals.models import DRAFT, Matter, MatterVersion
from zhuchao.apps.approvals.selectors import matter_version_on
from zhuchao.apps.approvals.selectors.matter_versions import (
    Paper,
    Step,
    compared,
    draft_of,
    instruments_of,
    papers_of,
    united_papers,
    versions_of,
)
from zhuchao.apps.approvals.selectors.packs import shipped_matters
from zhuchao.apps.approvals.services.adoption import adopt_matters
from zhuchao.apps.approvals.services.matter_versions import (
    change_matter_version,
    draft_matter_version,
    publish_matter_version,
)
from zhuchao.apps.approvals.services.matters import add_matter, change_matter
from zhuchao.apps.core.errors import NotAllowed, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.zones.models import Department


def test_a_version_is_published_by_another_person_and_then_never_edited(make_matter, clerk, second):
    matter = make_matter(is_draft=True)
    draft = draft_of(matter)
    draft = change_matter_version(actor=second, draft=draft, version=draft.version, fee="工本费 10 元")
    with pytest.raises(errors.AnotherPersonPublishes):
        publish_matter_version(actor=second, draft=draft)
    draft = change_matter_version(actor=clerk, draft=draft, version=None, fee="不收费")
    publish_matter_version(actor=second, draft=draft)
    assert matter_version_on(matter, date(2026, 3, 2)).fee == "不收费"
    with pytest.raises(errors.VersionIsPublished):
        change_matter_version(actor=clerk, draft=draft, version=None, fee="收费")


def test_an_approver_may_not_publish(make_matter, clerk):
    with pytest.raises(NotAllowed):
        publish_matter_version(actor=clerk, draft=draft_of(make_matter(is_draft=True)))


def test_a_new_version_counts_from_its_day_and_the_differences_are_told(make_matter, clerk, second):
    matter = make_matter()
    later = (PAPERS[0], Paper("监理合同", is_main=True), PAPERS[2])
    facts = {"effective_from": date(2026, 6, 1), "legal_basis": "《示例条例》第一条", "late_working_days": 5}
    draft = draft_matter_version(
        actor=clerk, matter=matter, steps=(*STEPS, Step("送达")), documents=later,
        promised_working_days=Decimal("0.5"), legal_days=20, **facts,
    )  # fmt: skip
    with pytest.raises(errors.DraftStands):
        draft_matter_version(actor=clerk, matter=matter, effective_from=date(2026, 7, 1))
    publish_matter_version(actor=second, draft=draft)
    assert matter_version_on(matter, date(2026, 5, 31)).number == 1
    new, old = versions_of(matter)
    assert matter_version_on(matter, date(2026, 6, 1)) == new
    said = {one.label: (one.old, one.new) for one in compared(old, new)}
    assert said["承诺时限（工作日）"] == ("2 个工作日", "0.5 个工作日")
    assert said["步骤 · 送达"] == ("", "送达")
    assert "可容缺" in said["申请材料 · 监理合同"][0]
    assert "主要材料" in said["申请材料 · 监理合同"][1]
    assert "法定时限" not in said


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"legal_basis": ""}, "设定依据"),
        ({"promised_working_days": None}, "承诺时限"),
        ({"steps": ()}, "办理环节"),
        ({"late_working_days": None}, "容缺补正期限"),
    ],
)
def test_what_nobody_could_work_by_is_not_published(make_matter, facts, why):
    draft = draft_of(make_matter(is_draft=True, **facts))
    with pytest.raises(errors.NotReadyToPublish) as caught:
        publish_matter_version(actor=None, draft=draft)
    assert why in str(caught.value)
    assert MatterVersion.objects.get().state == DRAFT


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"promised_working_days": Decimal("0.3")}, "承诺时限（工作日）"),
        ({"effective_to": date(2025, 1, 1)}, "失效日期"),
        ({"pledge_allowed": True}, "告知承诺内容"),
        ({"pledge_allowed": True, "pledge_text": "告知与承诺"}, "事后核查（工作日内）"),
        ({"source_status": "confirmed"}, "核实日期"),
        ({"documents": [Paper("甲"), Paper("甲")]}, "材料"),
        ({"documents": [Paper("甲", may_be_late=True)]}, "材料"),
        ({"documents": [Paper("甲", "out", is_main=False, may_be_late=True)]}, "材料"),
        ({"steps": [Step("")]}, "办理环节"),
        ({"legal_days": -1}, "法定时限"),
        ({"channel": "pigeon"}, "办理渠道"),
    ],
)
def test_a_draft_that_contradicts_itself_is_refused_and_nothing_is_kept(make_matter, wrong, field):
    with pytest.raises(WrongInput) as caught:
        make_matter(is_draft=True, **wrong)
    assert caught.value.data["field"] == field
    assert not MatterVersion.objects.exists()


def test_a_code_is_given_once_and_a_department_is_of_the_zone(zone, make_matter):
    matter = make_matter("SX-1")
    with pytest.raises(errors.CodeTaken):
        add_matter(actor=None, zone=zone, code=" SX-1 ", name="另一项", kind="permit")
    with pytest.raises(WrongInput):
        change_matter(actor=None, matter=matter, version=None, department=make_department())
    with pytest.raises(Stale):
        change_matter(actor=None, matter=matter, version=matter.version + 1, name="改名")


def test_documents_of_several_matters_are_asked_once_and_main_where_one_holds_it_for_main(make_matter):
    one, two = make_matter("A"), make_matter("B", documents=(PAPERS[0], Paper("监理合同"), Paper("图纸")))
    found = united_papers([versions_of(one).get(), versions_of(two).get()])
    assert [(paper.name, paper.is_main, paper.may_be_late, len(asking)) for paper, asking in found] == [
        ("营业执照", True, False, 2),
        ("监理合同", True, False, 2),
        ("图纸", True, False, 1),
    ]


@pytest.mark.document("1-37")
def test_selling_a_mortgaged_house_is_a_matter_with_steps_department_days_and_basis(zone, second):
    (done,) = adopt_matters(actor=second, zone=zone, pack=shipped_matters(), codes=["GJ-BDC-01"])
    draft = draft_of(Matter.objects.get(pk=done.matter_id))
    version = publish_matter_version(actor=None, draft=draft)
    assert version.matter.name == "二手房带押过户"
    assert version.matter.department.name == "不动产登记中心"
    assert [one.name for one in version.steps.all()] == ["约定", "受理", "核税", "登簿", "放款", "发证"]
    assert (version.promised_working_days, version.legal_days) == (1, 30)
    assert "民法典" in version.legal_basis
    assert version.source_status == "unconfirmed"
    assert {one.name for one in papers_of(version) if one.is_main} >= {"不动产权证书", "房屋买卖合同"}


@pytest.mark.document("2-34")
def test_each_of_the_nineteen_tasks_declares_its_instruments_with_their_basis(zone, second):
    done = adopt_matters(actor=second, zone=zone, pack=shipped_matters())
    tasks = [one for one in done if one.code.startswith("GJ-T") and one.code[4:].isdigit()]
    drafts = {one.code: draft_of(Matter.objects.get(pk=one.matter_id)) for one in tasks}
    assert len(drafts) == 19
    assert all(one.legal_basis for one in drafts.values())
    said = {code: instruments_of(one) for code, one in drafts.items()}
    assert {code for code, words in said.items() if "告知承诺" in words} == {
        *("GJ-T09", "GJ-T10", "GJ-T11", "GJ-T15")
    }
    assert {code for code, words in said.items() if "容缺受理" in words} == {
        *("GJ-T14", "GJ-T17", "GJ-T18", "GJ-T19")
    }
    assert {code for code, words in said.items() if "提前预审" in words} == {"GJ-T09", "GJ-T13", "GJ-T16"}
    assert len({one.matter.department_id for one in drafts.values()}) == 11
    assert all(one.pledge_text and one.check_working_days for one in drafts.values() if one.pledge_allowed)


def test_adopting_again_does_nothing_and_departments_are_found_by_their_short_names(zone, second):
    office = make_department(zone, name="经发局", kind=Department.Kind.APPROVER)
    first = adopt_matters(actor=second, zone=zone, pack=shipped_matters())
    assert {one.action for one in first} == {"add"}
    assert Matter.objects.get(code="GJ-T01").department == office
    changes = Change.objects.count()
    assert {one.action for one in adopt_matters(actor=second, zone=zone, pack=shipped_matters())} == {"left"}
    assert Change.objects.count() == changes


def test_an_approver_adopts_without_making_departments(zone, clerk):
    (done,) = adopt_matters(actor=clerk, zone=zone, pack=shipped_matters(), codes=["GJ-T10"])
    assert (done.action, Matter.objects.get().department) == ("add", None)


def test_a_matter_is_entered_drafted_and_published_on_the_pages(page, client, zone, office, second):
    head = {"code": "SX-9", "name": "示例备案", "kind": "filing", "department": office.pk, "is_open": "on"}
    goal = page.post("/approvals/matters/add/", head)["Location"]
    matter = Matter.objects.get()
    assert goal == f"/approvals/matters/{matter.pk}/draft/"
    said = {
        "effective_from": "2026-01-01",
        "legal_basis": "《示例办法》",
        "legal_day_kind": "working",
        "promised_working_days": "0.5",
        "channel": "window",
        "source_status": "unconfirmed",
        "steps-count": "2",
        "steps-0-name": "收件",
        "ins-count": "1",
        "ins-0-name": "申请表",
        "ins-0-kind": "other",
        "ins-0-is_main": "on",
        "outs-count": "1",
        "outs-0-name": "回执",
        "outs-0-kind": "other",
    }
    more = page.post(goal, said | {"more": "steps"}).content.decode()
    assert 'name="steps-4-name"' in more
    assert 'value="《示例办法》"' in more or "《示例办法》" in more
    assert page.post(goal, said).status_code == 302
    draft = draft_of(matter)
    assert [one.name for one in draft.steps.all()] == ["收件"]
    assert [(one.name, one.direction) for one in papers_of(draft)] == [("申请表", "in"), ("回执", "out")]
    edit = f"/approvals/matters/versions/{draft.pk}/edit/"
    assert 'value="申请表"' in page.get(edit).content.decode()
    assert page.post(edit, said | {"version": 0, "fee": "10 元"}).status_code == 409
    signed_in(client, second)
    publish = f"/approvals/matters/versions/{draft.pk}/publish/"
    assert "未核实" in client.get(publish).content.decode()
    assert client.post(publish, {"checked": "on"}).status_code == 302
    shown = client.get(f"/approvals/matters/{matter.pk}/").content.decode()
    assert "0.5 个工作日" in shown
    assert "没有不同" not in client.get(f"/approvals/matters/versions/{draft.pk}/").content.decode()


def test_the_catalogue_narrows_and_finds(page, make_matter):
    make_matter("A", name="甲事项", pledge_allowed=True, pledge_text="告知与承诺", check_working_days=10)
    make_matter("B", name="乙事项", documents=PAPERS[:1], kind="filing", is_draft=True)
    for query, shown in (
        ("pledge=1", "甲"),
        ("late=1", "甲"),
        ("kind=filing", "乙"),
        ("draft=1", "乙"),
        ("q=jsx", "甲"),
    ):
        text = page.get(f"/approvals/matters/?{query}").content.decode()
        other = {"甲": "乙", "乙": "甲"}[shown]
        assert (f"{shown}事项" in text, f"{other}事项" in text) == (True, False), query


def test_shipped_matters_are_taken_on_the_page_as_drafts(client, zone, second):
    signed_in(client, second)
    assert "二手房带押过户" in client.get("/approvals/matters/pack/").content.decode()
    assert client.post("/approvals/matters/pack/adopt/", {"codes": ["GJ-KB-01"]}).status_code == 302
    assert Matter.objects.get().code == "GJ-KB-01"
    assert MatterVersion.objects.get().state == DRAFT


def test_the_api_enters_drafts_and_publishes_by_the_same_rules(client, zone, office, clerk, second):
    def call(verb, path, body=None):
        answer = getattr(client, verb)(f"/api/v1/approvals{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    signed_in(client, clerk)
    body = {"code": "SX-1", "name": "示例许可", "kind": "permit", "department_id": office.pk}
    status, made = call("post", f"/matters?zone={zone.code}", body)
    assert (status, made["number"], made["department"]) == (201, None, "示例审批局")
    said = {
        "effective_from": "2026-01-01",
        "legal_basis": "依据",
        "promised_working_days": 1,
        "steps": [{"name": "受理"}],
        "documents": [{"name": "申请表"}],
    }
    status, draft = call("post", f"/matters/{made['id']}/versions", said)
    assert (status, draft["documents"][0]["is_main"]) == (201, True)
    assert call("post", f"/matters/versions/{draft['id']}/publish")[1]["code"] == "not_allowed"
    signed_in(client, second)
    assert call("post", f"/matters/versions/{draft['id']}/publish")[1]["state"] == "published"
    assert call("get", f"/matters/{made['id']}")[1]["number"] == 1
    assert call("get", f"/matters/{made['id']}/versions")[1][0]["steps"][0]["name"] == "受理"
    assert [one["code"] for one in call("get", f"/matters?zone={zone.code}&q=示例")[1]["items"]] == ["SX-1"]


def test_the_window_reads_the_catalogue_and_does_not_write_it(client, window, make_matter):
    make_matter()
    signed_in(client, window)
    assert client.get("/approvals/matters/").status_code == 200
    assert client.get("/approvals/matters/add/").status_code == 403
