"""The conditions of a draft, written by form and as text, each changing the other."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_user, signed_in
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.selectors import sheet_parts, sheets, trials
from zhuchao.apps.policies.selectors.rules import read, vocabulary
from zhuchao.apps.policies.selectors.rules_text import RulesText
from zhuchao.apps.zones.models import Role

from .conftest import RULES

DEEP = """\
# 来自 2023 年办法
params: {share: 3%}
conditions:
- id: size        # 规模
  text: 上年营业收入   5000 万元以上
  article: 第二条
  test: revenue >= 5000万元
- {id: rd, text: 分档, banded: {by: revenue, bands: [{upto: 1亿元, test: "rd / revenue >= share"}, {test: "rd >= 1万元"}]}}
-   {id: either, text: '二者之一', any: ["staff >= 30人", {all: ["staff >= 10人", "rd >= 1万元"]}]}

- {id: kind, text: 制造业, article: 第一条, test: "industry like 'C%'"}   # 只看大类
logic: "size and (rd or either) and kind"
benefit: {text: 分档, amount: "least(10万元, 10% * rd)"}
"""
WORDS = (
    st.text(st.sampled_from("甲乙丙研发费用 :#'\"{}[],%&*-?|>0x5是"), min_size=1, max_size=14)
    .map(str.strip)
    .filter(bool)
)
SIZED = st.sampled_from(["at_least", "above", "at_most", "below", "equals"])
ROWS = st.one_of(
    st.builds(
        sheets.Row,
        st.sampled_from(["revenue", "rd", "assets"]),
        SIZED,
        st.sampled_from(["5000万元", "1.5亿元"]),
    ),
    st.builds(sheets.Row, st.sampled_from(["staff", "tech_staff"]), SIZED, st.just("30人")),
    st.builds(sheets.Row, st.just("rd"), SIZED, st.sampled_from(["3%", "0.5%"]), st.just("revenue")),
    st.builds(
        sheets.Row,
        st.just("established"),
        st.sampled_from(["aged", "younger"]),
        st.sampled_from(["1年", "18个月"]),
    ),
    st.builds(sheets.Row, st.just("settled"), st.sampled_from(["since", "until"]), st.just("2020-01-31")),
    st.builds(
        sheets.Row,
        st.just("size"),
        st.sampled_from(["one_of", "none_of"]),
        st.sampled_from(["小型", "小型、微型"]),
    ),
    st.builds(
        sheets.Row,
        st.just("industry"),
        st.sampled_from(["begins", "not_begins"]),
        st.sampled_from(["C", "C39、I65"]),
    ),
    st.builds(
        sheets.Row,
        st.just("honours"),
        st.sampled_from(["has", "lacks"]),
        st.sampled_from(["高企", "高企、瞪羚企业"]),
    ),
    st.builds(sheets.Row, st.sampled_from(["above_scale", "resident"]), st.sampled_from(["yes", "no"])),
)
SHOWN = st.one_of(
    st.builds(sheets.Shown, st.just("new"), WORDS, st.sampled_from(["", "第一条"]), st.booleans(), st.just("one"), st.tuples(ROWS)),
    st.builds(
        sheets.Shown, st.just("new"), WORDS, st.just("第一条"), st.booleans(), st.sampled_from(["all", "any"]),
        st.lists(ROWS, min_size=1, max_size=4).map(tuple),
    ),
    st.builds(sheets.Shown, st.just("new"), WORDS, st.just("第二条"), st.booleans(), st.just("manual")),
)  # fmt: skip


@given(SHOWN)
def test_what_the_form_writes_it_reads_again(shown):
    text = sheets.put_condition(RulesText(DEEP), None, shown, vocabulary())
    assert sheets.lines_of(RulesText(text), vocabulary())[-1].shown == shown
    assert read(text).version.conditions[-1].text == shown.text


@given(SHOWN, st.sampled_from([3]))
def test_what_the_form_cannot_show_stays_byte_for_byte_when_another_condition_is_edited(shown, at):
    before = sheets.lines_of(RulesText(DEEP), vocabulary())
    text = sheets.put_condition(RulesText(DEEP), at, dataclasses.replace(shown, id="kind"), vocabulary())
    old, new = before[at].written, sheets.lines_of(RulesText(text), vocabulary())[at].written
    assert text == DEEP.replace(old, new)
    assert [line.shown is None for line in before] == [True, True, True, False]


def test_only_the_words_that_change_are_written_anew():
    text = RulesText(RULES)
    shown = sheets.lines_of(text, vocabulary())[1].shown
    row = sheets.Row("revenue", "at_least", "6000万元")
    edited = sheets.put_condition(text, 1, dataclasses.replace(shown, rows=(row,)), vocabulary())
    assert edited == RULES.replace("test: revenue >= 5000万元", "test: revenue >= 6000万元")
    assert sheets.put_condition(text, 1, shown, vocabulary()) == RULES


def test_a_condition_comes_and_goes_with_its_place_in_the_logic():
    shown = sheets.Shown("new", "甲", "第一条", False, "manual")
    longer = sheets.put_condition(RulesText(DEEP), None, shown, vocabulary())
    assert "logic: (size and (rd or either) and kind) and new" in longer
    assert "# 只看大类\n- {id: new" in longer
    simple = RULES.replace("benefit:", "logic: kind and size and rd\nbenefit:")
    assert "logic: kind and rd\n" in sheets.remove_condition(RulesText(simple), 1)
    assert sheets.remove_condition(RulesText(RULES), 0) == RULES.replace(RULES.splitlines(True)[1], "")


GRANTS = st.one_of(
    st.builds(sheet_parts.Grant, WORDS, effort=st.integers(0, 5), group=st.sampled_from(["", "rd"])),
    st.builds(sheet_parts.Grant, WORDS, st.just("fixed"), st.just("20万元")),
    st.builds(sheet_parts.Grant, WORDS, st.just("share"), share=st.just("10%"), of=st.just("rd"), cap=st.sampled_from(["", "20万元"])),
    st.builds(sheet_parts.Grant, WORDS, st.just("bands"), of=st.just("revenue"), bands=st.just((("1亿元", "10万元"), ("", "20万元")))),
)  # fmt: skip


@given(GRANTS)
def test_a_benefit_is_read_as_the_form_wrote_it_and_no_other_line_changes(grant):
    text = sheet_parts.put_grant(RulesText(RULES), grant)
    assert sheet_parts.grant_of(RulesText(text))[0] == grant
    assert read(text).version.benefit.text == grant.text
    assert [line for line in text.splitlines() if not line.startswith("benefit:")] == [
        line for line in RULES.splitlines() if not line.startswith("benefit:")
    ]


def test_tests_that_are_wanting_are_named_and_proposed():
    bare = RULES[: RULES.index("  edges:")]
    text, rules = RulesText(bare), read(bare)
    assert all(one.passes for one in trials.outcomes_of(rules))
    size, share = trials.lacking_of(rules, text)
    assert (size.condition, size.sides, size.can_propose) == (
        "上年营业收入 5000 万元以上（上年营业收入）",
        "略低、略高",
        True,
    )
    more = trials.with_edge(text, rules, share.key)
    assert more.startswith(bare.rstrip())
    assert "vary: rd, at: 150万元, expect: [ineligible, eligible, eligible]" in more
    (left,) = trials.lacking_of(read(more), RulesText(more))
    assert left.key == size.key
    assert trials.unshown_verdicts(read(more)) == ["待核实"]


def test_a_trial_is_added_and_read_again():
    trial = sheet_parts.Trial("小企业", "2023-06-01", (("staff", "30"), ("above_scale", "false")), "unknown")
    text = sheet_parts.put_trial(RulesText(RULES), None, trial, vocabulary())
    assert sheet_parts.trials_of(RulesText(text))[-1].trial == trial
    assert len(read(text).tests) == len(read(RULES).tests) + 1


@pytest.fixture
def draft(make_policy):
    return selectors.draft_of(make_policy(is_draft=True, rules=RULES))


@pytest.fixture
def at(draft):
    return f"/policies/versions/{draft.pk}/conditions/"


def test_the_page_writes_a_condition_into_the_text_and_saves_only_on_save(page, draft, at):
    assert "上年营业收入 不低于 5000万元" in page.get(at).content.decode()
    filled = {
        "do": "put:condition:new", "rules": RULES, "version": draft.version, "part-article": "第二条",
        "part-text": "30 人以上", "part-join": "one", "part-field_0": "staff", "part-operator_0": "at_least", "part-value_0": "30",
    }  # fmt: skip
    answer = page.post(at, filled)
    text = answer.context["text"]
    assert "- {id: staff, text: 30 人以上, article: 第二条, test: staff >= 30}" in text.replace('"', "")
    draft.refresh_from_db()
    assert draft.rules == RULES.strip()
    assert page.post(at, {"do": "save", "rules": text, "version": draft.version}).status_code == 302
    draft.refresh_from_db()
    assert "id: staff" in draft.rules


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"part-field_0": "revenue", "part-operator_0": "at_least", "part-value_0": "5000"}, "请写明单位"),
        ({"part-field_0": "revenue", "part-operator_0": "at_least", "part-value_0": "30人"}, "单位"),
        ({"part-field_0": "revenue", "part-operator_0": "has", "part-value_0": "30"}, "要用：不低于"),
        ({"part-field_0": "size", "part-operator_0": "one_of", "part-value_0": "巨型"}, "巨型"),
    ],
)
def test_a_value_that_does_not_fit_is_said_by_its_field_and_changes_nothing(page, draft, at, row, why):
    filled = {
        "do": "put:condition:1",
        "rules": RULES,
        "version": draft.version,
        "part-text": "甲",
        "part-join": "one",
    }
    answer = page.post(at, filled | row)
    assert answer.status_code == 422
    assert answer.context["text"] == RULES
    assert why in answer.content.decode()


def test_what_is_wrong_in_the_text_is_said_with_its_line_beside_the_line(page, draft, at):
    wrong = RULES.replace("revenue >= 5000万元", "revenu >= 5000万元")
    said = page.post(at, {"do": "read", "rules": wrong, "version": draft.version}).content.decode()
    assert "第 3 行：没有“revenu”这个字段。是不是：revenue" in said
    assert "<b>3</b>" in said
    refused = page.post(at, {"do": "save", "rules": wrong, "version": draft.version})
    assert refused.status_code == 422


def test_of_two_who_edit_at_once_the_second_sees_both(page, draft, at):
    page.post(at, {"do": "save", "rules": RULES.replace("5000万元", "6000万元"), "version": draft.version})
    answer = page.post(
        at, {"do": "save", "rules": RULES.replace("5000万元", "7000万元"), "version": draft.version}
    )
    assert answer.status_code == 409
    assert "6000万元" in answer.content.decode()


def test_the_count_follows_the_text_in_the_editor(page, draft, at, four):
    counted = page.post(f"{at}count/", {"rules": RULES}).content.decode()
    assert "截至" in counted
    easier = RULES.replace("3%", "2%")
    assert page.post(f"{at}count/", {"rules": easier}).context["diff"]["counts"]["eligible"] == 2


def test_where_firms_are_many_a_job_counts_and_the_page_says_as_of_when(
    monkeypatch, page, draft, at, four, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("zhuchao.apps.policies.services.comparisons.AT_ONCE", 1)
    assert "按现在的文本统计" in page.post(f"{at}count/", {"rules": RULES}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        started = page.post(f"{at}count/", {"rules": RULES, "do": "start"})
    from zhuchao.apps.core.services.jobs import run

    run(started.context["job"].pk)
    done = page.get(f"{at}count/")
    assert done.context["diff"]["counts"]["eligible"] == 1
    assert "截至" in done.content.decode()


def test_the_page_says_what_a_firm_would_be_told(page, draft, at, four):
    firm = next(iter(four.values()))
    items = page.get(f"{at}firms/?q={firm.name[:1]}").json()["items"]
    assert {"id": firm.pk, "text": firm.name} in items
    said = page.post(at, {"do": "read", "rules": RULES, "version": draft.version, "firm": firm.pk})
    assert said.context["one"].label == "符合"


def test_who_may_not_change_policies_may_not_open_the_editor(client, zone, draft, at):
    reader = signed_in(client, make_user(Role.STEWARD, zone=zone))
    assert reader.get(at).status_code == 403
    assert reader.post(f"{at}count/", {"rules": RULES}).status_code == 403


def test_the_api_checks_counts_and_saves_a_text(page, draft, four):
    at = f"/api/v1/policies/versions/{draft.pk}/rules"
    wrong = RULES.replace("revenue >= 5000万元", "revenu >= 5000万元")
    checked = page.post(f"{at}/check", {"rules": wrong}, content_type="application/json").json()
    (problem,) = checked["problems"]
    assert (checked["is_readable"], problem["code"], problem["line"]) == (False, "field_unknown", 3)
    fine = page.post(f"{at}/check", {"rules": RULES}, content_type="application/json").json()
    assert (fine["is_readable"], fine["conditions"]) == (True, 3)
    counted = page.post(f"{at}/count", {"rules": RULES}, content_type="application/json").json()
    assert counted["counts"]["eligible"] == 1
    edit = {"rules": RULES.replace("3%", "2%"), "version": draft.version}
    assert page.patch(at, edit, content_type="application/json").status_code == 200
    assert page.patch(at, edit, content_type="application/json").json()["code"] == "stale"
