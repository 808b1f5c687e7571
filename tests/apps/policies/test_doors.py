"""Pages and API of policies: the same services behind them, and what a reader is shown."""

from datetime import date

import pytest

from tests.factories import signed_in
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.models import Policy, PolicyVersion

from .conftest import TODAY

API = "/api/v1"
FORM = {
    "effective_from": "2023-01-01",
    "document_no": "示例〔2023〕1号",
    "source_status": "unconfirmed",
    "clauses": "第一条 给予奖励。\n第二条 最高 20 万元。",
}


def test_a_policy_is_entered_drafted_checked_and_published_on_the_pages(page, client, zone, second):
    head = {
        "key": "P-1",
        "title": "示例办法",
        "level": "city",
        "department": "工信局",
        "industries": "金融、文旅",
    }
    policy_page = page.post("/policies/add/", head)
    policy = Policy.objects.get()
    assert policy_page["Location"] == f"/policies/{policy.pk}/draft/"
    assert policy.industries == ["金融", "文旅"]
    assert page.post(policy_page["Location"], FORM).status_code == 302
    draft = PolicyVersion.objects.get()
    own = page.get(f"/policies/{policy.pk}/").content.decode()
    assert "须由另一人复核" in own
    assert page.post(f"/policies/versions/{draft.pk}/publish/", {"checked": "on"}).status_code == 422
    signed_in(client, second)
    assert "给予奖励" in client.get(f"/policies/versions/{draft.pk}/publish/").content.decode()
    assert client.post(f"/policies/versions/{draft.pk}/publish/", {"checked": "on"}).status_code == 302
    shown = client.get(f"/policies/{policy.pk}/").content.decode()
    assert "第一条" in shown
    assert "未核实" in shown


def test_a_draft_is_edited_on_its_page_and_a_published_one_is_not(page, make_policy):
    policy = make_policy(is_draft=True)
    draft = selectors.draft_of(policy)
    url = f"/policies/versions/{draft.pk}/edit/"
    assert page.post(url, FORM | {"clauses": "第九条 改写。", "version": draft.version}).status_code == 302
    assert draft.clauses.get().number == "第九条"
    published = selectors.current_version(make_policy("P-2"), TODAY)
    answer = page.post(f"/policies/versions/{published.pk}/edit/", FORM | {"version": published.version})
    assert answer.status_code == 422


def test_the_index_narrows_by_level_department_industry_object_and_standing(page, make_policy):
    make_policy("A", head={"title": "甲办法", "level": "city", "industries": ["金融"], "audiences": ["首店"]})
    make_policy("B", effective_to=date(2023, 6, 1), head={"title": "乙办法", "department": "科技局"})
    for query, shown in (
        ("level=city", "甲"),
        ("department=科技局", "乙"),
        ("standing=open", "甲"),
        ("standing=expired", "乙"),
    ):
        text = page.get(f"/policies/?{query}").content.decode()
        other = {"甲": "乙", "乙": "甲"}[shown]
        assert (f"{shown}办法" in text, f"{other}办法" in text) == (True, False), query
    for query in ("industry=金融", "audience=首店", "q=办法"):
        assert "甲办法" in page.get(f"/policies/?{query}").content.decode()


@pytest.fixture
def call(page):
    def run(verb, path, body=None, client=page):
        answer = getattr(client, verb)(f"{API}{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    return run


def test_the_api_enters_drafts_and_publishes_by_the_same_rules(call, client, zone, second):
    body = {"key": "P-1", "title": "示例办法", "level": "city", "department": "工信局"}
    status, made = call("post", f"/policies?zone={zone.code}", body)
    assert (status, made["standing"]) == (201, "draft")
    said = {
        "effective_from": "2023-01-01",
        "document_no": "文",
        "clauses": [{"number": "第一条", "text": "给予奖励。"}],
    }
    status, draft = call("post", f"/policies/{made['id']}/versions", said)
    assert (status, draft["clauses"]) == (201, said["clauses"])
    status, refused = call("post", f"/policies/versions/{draft['id']}/publish")
    assert (status, refused["code"]) == (409, "second_person_needed")
    signed_in(client, second)
    assert call("post", f"/policies/versions/{draft['id']}/publish")[1]["state"] == "published"
    assert call("get", f"/policies/{made['id']}")[1]["standing"] == "open"
    assert call("get", f"/policies/{made['id']}/versions")[1][0]["number"] == 1
    listed = call("get", f"/policies?zone={zone.code}&standing=open&industry=任何&q=示例办法")[1]
    assert [one["key"] for one in listed["items"]] == ["P-1"]


def test_the_api_edits_against_the_version_that_was_seen(call, make_policy):
    policy = make_policy()
    path = f"/policies/{policy.pk}"
    assert call("patch", path, {"version": 1, "title": "新名称"})[1]["title"] == "新名称"
    assert call("patch", path, {"version": 1, "title": "旧名称"})[1]["code"] == "stale"
