"""引入: policies of a pack become drafts of a zone, newer ones too, and go out again as the file they came from."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import make_enterprise, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.errors import NoRules, PackFileWrong, SecondPersonNeeded
from zhuchao.apps.policies.models import Policy, PolicyAdoption, PolicyPack, PolicyVersion
from zhuchao.apps.policies.selectors import library
from zhuchao.apps.policies.selectors.exporting import policy_file
from zhuchao.apps.policies.selectors.library import State, shipped
from zhuchao.apps.policies.selectors.matches import match_firm
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.policies.services.adoption import adopt, keep_pack, pack_of_folder
from zhuchao.apps.zones.models import Role
from zhuchao.engines.rules.files import read_policy

pytestmark = pytest.mark.django_db
LOCAL = Path(settings.CHECKOUT) / "demo" / "pingjiang" / "policies"
HERE = date(2023, 6, 15)

FILE = """\
id: demo-rd
title: 研发奖励（示例）
level: district
department: 科技局（示例）
object: 规模以上企业、科技企业
note: 示例，不是真实政策
versions:
- version: 1
  effective: {from: 2023-01-01, to: null}
  recorded: 2023-01-10
  window: {open: 2023-03-01, close: 2023-09-30}
  source: {title: 研发奖励办法（示例）, number: 示例〔2023〕9号, article: 第三章, note: 示例说明, status: unconfirmed}
  conditions:
  - {id: scale, article: 第一条, text: 规模以上企业, test: above_scale}
  - {id: rd, article: 第二条, text: 研发费用 100 万元以上, test: rd >= 100万元}
  benefit: {text: 奖励 10 万元, amount: 10万元}
tests:
- as_of: 2023-06-01
  given: {above_scale: true, rd: 100万元}
  firms:
  - {name: 规模以下, given: {above_scale: false}, expect: ineligible}
  - {name: 不知研发费用, given: {rd: null}, expect: unknown, missing: [rd]}
  edges:
  - {vary: rd, at: 100万元, expect: [ineligible, eligible, eligible]}
"""
NEXT = """\
- version: 2
  effective: {from: 2024-01-01, to: null}
  recorded: 2023-06-01
  source: {title: 研发奖励办法（示例，修订）, number: 示例〔2023〕20号, status: unconfirmed}
  conditions:
  - {id: rd, text: 研发费用 200 万元以上, test: rd >= 200万元}
tests:
- as_of: 2024-06-01
  given: {rd: 200万元}
  firms:
  - {name: 不知研发费用, given: {rd: null}, expect: unknown, missing: [rd]}
  edges:
  - {vary: rd, at: 200万元, expect: [ineligible, eligible, eligible]}
"""


def pack(text=FILE, name="示例包"):
    return library.read_files({"demo-rd.yaml": text}, name=name)


def with_next(text=FILE):
    return text.replace("from: 2023-01-01, to: null", "from: 2023-01-01, to: 2023-12-31").replace(
        "tests:\n", NEXT, 1
    )


def state_of(zone, found):
    return library.get_item(zone, found, "demo-rd").state


def publish(second):
    for draft in PolicyVersion.objects.filter(state="draft"):
        services.publish_version(actor=second, draft=draft)


def test_a_policy_becomes_a_draft_with_its_clauses_days_source_and_rules(zone, clerk, second):
    (taken,) = adopt(actor=clerk, zone=zone, pack=pack(), ids=["demo-rd"])
    policy = Policy.objects.get()
    draft = selectors.draft_of(policy)
    assert (taken.action, taken.policy_id, taken.version) == ("add", policy.pk, 1)
    assert (policy.key, policy.title, policy.level) == ("demo-rd", "研发奖励（示例）", "district")
    assert (policy.audiences, policy.summary) == (["规模以上企业", "科技企业"], "示例，不是真实政策")
    assert [(one.number, one.text) for one in selectors.clauses_of(draft)] == [
        ("第一条", "规模以上企业"),
        ("第二条", "研发费用 100 万元以上"),
        ("支持内容", "奖励 10 万元"),
    ]
    assert (draft.effective_from, draft.window_close, draft.document_no) == (
        date(2023, 1, 1),
        date(2023, 9, 30),
        "示例〔2023〕9号",
    )
    assert (draft.prepared_by, draft.source_status) == (clerk, "unconfirmed")
    origin = PolicyAdoption.objects.get(version=draft)
    assert (origin.pack, origin.pack_version, origin.source_article) == ("示例包", 1, "第三章")
    assert Change.objects.filter(verb="adopt").count() == 1
    with pytest.raises(SecondPersonNeeded):
        services.publish_version(actor=clerk, draft=draft)
    publish(second)
    assert state_of(zone, pack()) == State.ADOPTED


def test_taking_the_same_again_changes_nothing(zone, clerk, second):
    for _ in range(2):
        adopt(actor=clerk, zone=zone, pack=pack())
    assert PolicyVersion.objects.count() == 1
    assert state_of(zone, pack()) == State.DRAFT
    publish(second)
    before = Change.objects.count()
    (taken,) = adopt(actor=clerk, zone=zone, pack=pack(), ids=["demo-rd"])
    assert (taken.action, taken.state) == ("left", State.ADOPTED)
    assert Change.objects.count() == before


def test_a_newer_version_of_the_pack_becomes_the_next_draft(zone, clerk, second):
    adopt(actor=clerk, zone=zone, pack=pack())
    publish(second)
    newer = pack(with_next())
    # What changed in the first version is only that it ends; the next one comes after it.
    item = library.get_item(zone, newer, "demo-rd")
    assert item.state == State.NEWER
    adopt(actor=clerk, zone=zone, pack=newer)
    publish(second)
    assert state_of(zone, newer) == State.NEWER
    adopt(actor=clerk, zone=zone, pack=newer)
    publish(second)
    assert state_of(zone, newer) == State.ADOPTED
    rows = list(PolicyVersion.objects.order_by("number").values_list("effective_from", "effective_to"))
    assert rows == [
        (date(2023, 1, 1), None),
        (HERE, date(2023, 12, 31)),
        (date(2024, 1, 1), None),
    ]


def test_the_same_version_put_right_begins_today_and_leaves_the_tests_of_days_before(zone, clerk, second):
    adopt(actor=clerk, zone=zone, pack=pack())
    publish(second)
    right = pack(FILE.replace("100万元", "120万元").replace("100 万元", "120 万元"))
    item = library.get_item(zone, right, "demo-rd")
    published = item.filed.published
    lines = library.compared(item, services.versions.clauses_of(published), published, today=HERE)
    assert ("old", "第二条 研发费用 100 万元以上") in {(one.kind, one.text) for one in lines}
    assert ("new", "第二条 研发费用 120 万元以上") in {(one.kind, one.text) for one in lines}
    assert ("same", "第一条 规模以上企业") in {(one.kind, one.text) for one in lines}
    adopt(actor=clerk, zone=zone, pack=right)
    draft = PolicyVersion.objects.get(state="draft")
    assert draft.effective_from == HERE
    assert "as_of" not in draft.rules
    publish(second)
    assert state_of(zone, right) == State.ADOPTED


def test_a_draft_that_waits_takes_what_the_pack_says_now(zone, clerk):
    adopt(actor=clerk, zone=zone, pack=pack())
    right = pack(FILE.replace("100万元", "120万元"))
    assert state_of(zone, right) == State.NEWER
    adopt(actor=clerk, zone=zone, pack=right)
    draft = PolicyVersion.objects.get()
    assert "rd >= 120万元" in draft.rules
    assert draft.effective_from == date(2023, 1, 1)
    assert state_of(zone, right) == State.DRAFT


def test_tests_and_the_day_of_the_last_look_are_no_new_version(zone, clerk, second):
    adopt(actor=clerk, zone=zone, pack=pack())
    publish(second)
    looked_at = FILE.replace("status: unconfirmed", "verified_on: 2023-06-01, status: confirmed")
    assert state_of(zone, pack(looked_at.replace("name: 规模以下", "name: 小的"))) == State.ADOPTED


def test_a_source_looked_at_after_the_day_of_the_zone_is_not_confirmed_there(zone, clerk):
    for day, status in (("2026-01-01", "unconfirmed"), ("2023-05-01", "confirmed")):
        text = FILE.replace("status: unconfirmed", f"verified_on: {day}, status: confirmed").replace(
            "demo-rd", f"demo-{status}"
        )
        (taken,) = adopt(actor=clerk, zone=zone, pack=pack(text))
        assert PolicyVersion.objects.get(policy=taken.policy_id).source_status == status


def test_what_a_zone_has_of_its_own_is_only_taken_when_it_is_named_and_keeps_its_name(
    zone, clerk, second, make_policy
):
    make_policy("demo-rd", head={"title": "我们的研发奖励"})
    assert state_of(zone, pack()) == State.OWN
    assert [one.action for one in adopt(actor=clerk, zone=zone, pack=pack())] == ["left"]
    (taken,) = adopt(actor=clerk, zone=zone, pack=pack(), ids=["demo-rd"])
    assert (taken.action, taken.version) == ("update", 2)
    assert Policy.objects.get().title == "我们的研发奖励"


def test_a_version_that_has_ended_never_hides_one_of_the_zone_that_holds(zone, clerk, make_policy):
    make_policy("demo-rd", effective_from=date(2022, 1, 1))
    ended = pack(
        FILE.replace("from: 2023-01-01, to: null", "from: 2023-01-01, to: 2023-05-31")
        .replace("close: 2023-09-30", "close: 2023-04-30")
        .replace("as_of: 2023-06-01", "as_of: 2023-04-01")
    )
    (taken,) = adopt(actor=clerk, zone=zone, pack=ended, ids=["demo-rd"])
    assert taken.action == "left"
    assert PolicyVersion.objects.count() == 1
    assert selectors.get_policy(clerk, Policy.objects.get().pk).standing == selectors.Standing.OPEN


def test_a_policy_that_has_ended_is_taken_only_when_it_is_named(zone, clerk):
    ended = pack(
        FILE.replace("from: 2023-01-01, to: null", "from: 2022-01-01, to: 2022-12-31")
        .replace(
            "window: {open: 2023-03-01, close: 2023-09-30}", "window: {open: 2022-03-01, close: 2022-09-30}"
        )
        .replace("as_of: 2023-06-01", "as_of: 2022-06-01")
    )
    assert state_of(zone, ended) == State.EXPIRED
    assert [one.action for one in adopt(actor=clerk, zone=zone, pack=ended)] == ["left"]
    assert [one.action for one in adopt(actor=clerk, zone=zone, pack=ended, ids=["demo-rd"])] == ["add"]


def test_the_version_in_force_on_the_day_is_taken_first(zone, clerk):
    adopt(actor=clerk, zone=zone, pack=pack(with_next()))
    assert PolicyVersion.objects.get().effective_from == date(2023, 1, 1)


def test_a_dry_run_says_what_would_be_taken_and_changes_nothing(zone, clerk):
    (taken,) = adopt(actor=clerk, zone=zone, pack=pack(), dry_run=True)
    assert (taken.action, taken.state) == ("add", State.NEW)
    assert not Policy.objects.exists()


def test_one_that_cannot_be_taken_says_why_and_the_others_are_taken(zone, clerk):
    files = {
        "a.yaml": FILE.replace("department: 科技局（示例）\n", ""),
        "b.yaml": FILE.replace("demo-rd", "demo-b"),
    }
    done = adopt(actor=clerk, zone=zone, pack=library.read_files(files, name="两项"))
    assert [(one.id, one.action) for one in done] == [("demo-b", "add"), ("demo-rd", "left")]
    assert "主管部门" in done[1].said
    assert [policy.key for policy in Policy.objects.all()] == ["demo-b"]


def test_only_who_may_enter_policies_may_take_them(zone):
    watcher = make_user(Role.AUDITOR, zone=zone)
    with pytest.raises(NotAllowed):
        adopt(actor=watcher, zone=zone, pack=pack())
    with pytest.raises(NotAllowed):
        keep_pack(actor=watcher, zone=zone, name="包", files=[("a.yaml", FILE.encode())])


def test_an_id_that_the_pack_does_not_have_is_not_found(zone, clerk):
    with pytest.raises(NotFound):
        adopt(actor=clerk, zone=zone, pack=pack(), ids=["cn-nothing"])


@pytest.mark.document("0-27")
def test_the_whole_national_pack_comes_in_and_every_condition_of_it_cites_a_clause(zone, clerk, second):
    done = adopt(actor=clerk, zone=zone, pack=shipped())
    assert {one.said for one in done} == {""}
    taken = [one for one in done if one.version]
    assert len(taken) >= 20
    publish(second)
    firm = make_enterprise(zone, industry_code="C3962", established_on=date(2015, 1, 1))
    lines = match_firm(firm, day=HERE).lines
    assert len(lines) >= 15
    assert all(condition.article for line in lines for condition in line.conditions)


@pytest.mark.parametrize("path", sorted(LOCAL.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_policy_goes_out_as_the_file_it_came_from(zone, clerk, second, path):
    adopt(actor=clerk, zone=zone, pack=pack_of_folder(LOCAL), ids=[path.stem])
    publish(second)
    came = read_policy(path.read_text("utf-8"), vocabulary())
    went = read_policy(policy_file(Policy.objects.get()), vocabulary())
    recorded = went.versions[0].recorded
    assert went.tests
    assert replace(
        went,
        versions=tuple(replace(one, recorded=came.versions[0].recorded) for one in went.versions),
        tests=tuple(replace(one, line=0) for one in went.tests),
    ) == replace(came, tests=tuple(replace(one, line=0) for one in came.tests))
    assert recorded >= date(2023, 1, 1)


def test_what_went_out_says_nothing_new_to_the_zone_it_came_from(zone, clerk, second):
    adopt(actor=clerk, zone=zone, pack=pack(with_next(), name=""))
    publish(second)
    adopt(actor=clerk, zone=zone, pack=pack(with_next(), name=""))
    publish(second)
    again = library.read_files({"demo-rd.yaml": policy_file(Policy.objects.get())})
    assert [len(one.policy.versions) for one in again.policies.values()] == [2]


def test_versions_that_leave_days_between_them_go_out_from_the_last_gap_on(make_policy, clerk, second):
    policy = make_policy("X 1", effective_to=date(2023, 2, 28), rules=RULES, clauses=[("第一条", "研发")])
    draft = services.draft_version(
        actor=clerk, policy=policy, clauses=[("第一条", "研发")], rules=RULES,
        effective_from=date(2023, 4, 1), document_no="示例", window_close=date(2023, 5, 1),
    )  # fmt: skip
    services.publish_version(actor=second, draft=draft)
    found = read_policy(policy_file(policy), vocabulary())
    assert found.id == "x-1"
    assert [one.effective.first for one in found.versions] == [date(2023, 4, 1)]


def test_a_policy_without_conditions_as_data_is_no_file(make_policy):
    with pytest.raises(NoRules):
        policy_file(make_policy())


RULES = """\
conditions:
- {id: rd, article: 第一条, text: 研发, test: rd >= 1万元}
"""


def zipped(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def test_a_pack_is_kept_as_it_was_uploaded_last(zone, clerk):
    kept = keep_pack(
        actor=clerk,
        zone=zone,
        name=" 示例  包 ",
        files=[("包.zip", zipped({"x/demo-rd.yaml": FILE, "x/说明.txt": "说明"}))],
    )
    assert (kept.name, list(kept.files)) == ("示例 包", ["x/demo-rd.yaml"])
    assert (
        keep_pack(actor=clerk, zone=zone, name="示例 包", files=[("demo-rd.yaml", FILE.encode())]).pk
        == kept.pk
    )
    assert list(PolicyPack.objects.get().files) == ["demo-rd.yaml"]
    changes = Change.objects.count()
    keep_pack(actor=clerk, zone=zone, name="示例 包", files=[("demo-rd.yaml", FILE.encode())])
    assert Change.objects.count() == changes
    found = library.get_pack(clerk, zone, "示例 包")
    assert list(found.policies) == ["demo-rd"]
    with pytest.raises(NotFound):
        library.get_pack(clerk, zone, "别的包")


@pytest.mark.parametrize(
    ("files", "error", "said"),
    [
        ([("a.yaml", FILE.replace("title:", "titel:").encode())], PackFileWrong, "a.yaml：第 2 行"),
        ([("a.yaml", FILE.replace("[ineligible, eligible", "[eligible, eligible").encode())], PackFileWrong, "a.yaml：第"),
        ([("a.yaml", FILE.replace("rd >= 100万元", "rdd >= 100万元").encode())], PackFileWrong, "rdd"),
        ([("a.yaml", b"\xff\xfe")], PackFileWrong, "UTF-8"),
        ([("a.zip", b"not a zip")], WrongInput, "打不开"),
        ([("a.zip", zipped({"a.txt": "x"}))], WrongInput, "没有 .yaml"),
        ([("a.exe", b"x")], WrongInput, "不是 .yaml"),
        ([("a.zip", zipped({"a.yaml": "x" * 6_000_000}))], WrongInput, "最多"),
        ([("a.zip", zipped({f"{n}.yaml": "x" for n in range(501)}))], WrongInput, "最多"),
        ([], WrongInput, "没有 .yaml"),
    ],
)  # fmt: skip
def test_a_pack_with_anything_wrong_is_not_kept(zone, clerk, files, error, said):
    with pytest.raises(error) as caught:
        keep_pack(actor=clerk, zone=zone, name="包", files=files)
    assert said in str(caught.value)
    assert not PolicyPack.objects.exists()


def test_a_pack_of_another_zone_is_not_seen(zone, clerk):
    keep_pack(actor=clerk, zone=zone, name="包", files=[("demo-rd.yaml", FILE.encode())])
    other = make_zone()
    stranger = make_user(Role.LIAISON, zone=other)
    with pytest.raises(NotFound):
        library.get_pack(stranger, other, "包")
    assert list(library.uploaded_packs(stranger, zone)) == []


def test_a_folder_is_read_again_when_a_file_changes(tmp_path, zone):
    path = tmp_path / "demo-rd.yaml"
    path.write_text(FILE, "utf-8")
    assert list(pack_of_folder(tmp_path).policies) == ["demo-rd"]
    path.write_text(FILE.replace("demo-rd", "demo-two"), "utf-8")
    assert list(pack_of_folder(tmp_path).policies) == ["demo-two"]
    path.unlink()
    with pytest.raises(NotFound):
        pack_of_folder(tmp_path)


def test_the_library_costs_the_same_whatever_its_length(zone, clerk, django_assert_num_queries):
    adopt(actor=clerk, zone=zone, pack=shipped())
    with django_assert_num_queries(3):
        assert len(library.library_of(zone, shipped())) >= 20


def test_days_are_those_of_the_zone(zone, clerk):
    text = FILE.replace("to: null", f"to: {HERE - timedelta(days=1)}").replace(
        "close: 2023-09-30", "close: 2023-06-01"
    )
    assert state_of(zone, pack(text)) == State.EXPIRED
    assert state_of(zone, pack(FILE.replace("to: null", f"to: {HERE}"))) == State.NEW
