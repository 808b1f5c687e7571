"""Policies and their versions: who publishes, what is never edited, and where each stands on a day."""

from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, Stale, WrongInput
from zhuchao.apps.core.models import Change
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.errors import (
    DraftExists,
    PolicyKeyTaken,
    SecondPersonNeeded,
    VersionNotReady,
    VersionPublished,
)
from zhuchao.apps.policies.models import PolicyVersion
from zhuchao.apps.policies.services.versions import read_clauses
from zhuchao.apps.zones.models import Role

from .conftest import CLAUSES, TODAY


def standing(policy, on=TODAY, actor=None):
    return selectors.listed_policies(actor, policy.zone, on).get(pk=policy.pk).standing


def test_a_version_is_published_by_a_second_person_only(make_policy, clerk, second, zone):
    policy = make_policy(is_draft=True)
    draft = selectors.draft_of(policy)
    with pytest.raises(NotAllowed):
        services.publish_version(actor=make_user(Role.STEWARD, zone=zone), draft=draft)
    with pytest.raises(SecondPersonNeeded):
        services.publish_version(actor=clerk, draft=draft)
    assert standing(policy) == "draft"
    published = services.publish_version(actor=second, draft=draft)
    assert (published.published_by, published.state, standing(policy)) == (second, "published", "open")
    change = Change.objects.filter(scope=zone.pk, verb="publish").get()
    assert (change.actor_name, change.data["number"]) == ("沈复核", 1)


def test_the_database_refuses_a_version_published_by_who_prepared_it(make_policy, clerk):
    draft = selectors.draft_of(make_policy(is_draft=True))
    with pytest.raises(IntegrityError, match=r"policyversion_second_person|CHECK"):
        PolicyVersion.objects.filter(pk=draft.pk).update(
            state="published", published_by=clerk, published_at=draft.created_at
        )


def test_a_published_version_is_never_edited(make_policy, clerk, second):
    policy = make_policy()
    version = selectors.current_version(policy, TODAY)
    with pytest.raises(VersionPublished):
        services.change_version(actor=clerk, draft=version, version=None, document_no="别的")
    with pytest.raises(VersionPublished):
        services.publish_version(actor=second, draft=version)


def test_who_edits_a_draft_last_has_prepared_it(make_policy, clerk, zone):
    other = make_user(Role.LIAISON, zone=zone)
    draft = selectors.draft_of(make_policy(is_draft=True))
    services.change_version(actor=other, draft=draft, version=draft.version, document_no="示例〔2023〕9号")
    draft = selectors.get_version(clerk, draft.pk)
    with pytest.raises(SecondPersonNeeded):
        services.publish_version(actor=other, draft=draft)
    assert services.publish_version(actor=clerk, draft=draft).is_published


def test_a_stale_edit_of_a_draft_is_refused(make_policy, clerk):
    draft = selectors.draft_of(make_policy(is_draft=True))
    services.change_version(actor=clerk, draft=draft, version=draft.version, document_no="甲")
    with pytest.raises(Stale):
        services.change_version(actor=clerk, draft=draft, version=draft.version, document_no="乙")


@pytest.mark.parametrize(
    ("clauses", "facts", "why"),
    [([], {}, "没有条款"), (CLAUSES, {"document_no": ""}, "没有来源")],
)
def test_a_version_without_clauses_or_source_is_not_published(make_policy, second, clauses, facts, why):
    draft = selectors.draft_of(make_policy(is_draft=True, clauses=clauses, **facts))
    with pytest.raises(VersionNotReady, match=why):
        services.publish_version(actor=second, draft=draft)


@pytest.mark.parametrize(
    "facts",
    [
        {"effective_to": date(2022, 12, 31)},
        {"window_open": date(2023, 5, 1), "window_close": date(2023, 4, 30)},
        {"source_status": "confirmed"},
        {"verified_on": date(2023, 6, 16)},
        {"address": "javascript:alert(1)"},
    ],
)
def test_a_window_that_closes_before_it_opens_and_the_like_are_refused(make_policy, facts):
    with pytest.raises(WrongInput):
        make_policy(is_draft=True, **facts)
    assert not PolicyVersion.objects.exists()


def test_one_draft_at_a_time_and_a_later_version_begins_later(make_policy, clerk, second):
    policy = make_policy()
    draft = services.draft_version(
        actor=clerk,
        policy=policy,
        clauses=CLAUSES,
        effective_from=date(2023, 1, 1),
        document_no="二",
    )
    with pytest.raises(DraftExists):
        services.draft_version(actor=clerk, policy=policy, clauses=[], effective_from=date(2024, 1, 1))
    with pytest.raises(VersionNotReady, match="2023-01-01"):
        services.publish_version(actor=second, draft=draft)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "open"),
        ({"window_open": date(2023, 6, 15), "window_close": date(2023, 6, 15)}, "open"),
        ({"window_open": date(2023, 6, 16)}, "soon"),
        ({"window_close": date(2023, 6, 14)}, "closed"),
        ({"effective_to": date(2023, 6, 15)}, "open"),
        ({"effective_to": date(2023, 6, 14), "window_close": date(2023, 12, 31)}, "expired"),
        ({"effective_from": date(2023, 6, 16)}, "soon"),
    ],
)
def test_where_a_policy_stands_on_a_day(make_policy, facts, expected):
    assert standing(make_policy(**facts)) == expected


def test_the_version_that_has_begun_counts_until_the_next_begins(make_policy, clerk, second):
    policy = make_policy(window_close=date(2023, 6, 1))
    draft = services.draft_version(
        actor=clerk, policy=policy, clauses=CLAUSES, effective_from=date(2023, 7, 1), document_no="二"
    )
    services.publish_version(actor=second, draft=draft)
    assert (standing(policy), standing(policy, date(2023, 7, 1))) == ("closed", "open")
    assert selectors.current_version(policy, TODAY).number == 1
    assert selectors.current_version(policy, date(2023, 7, 1)).number == 2


def test_an_expired_policy_is_never_open_and_hides_no_local_one(make_policy, clerk, zone):
    make_policy("GJ", effective_to=date(2023, 5, 31), head={"title": "房租补贴", "level": "national"})
    local = make_policy("BD", head={"title": "房租补贴", "level": "district"})
    assert list(selectors.open_policies(clerk, zone, TODAY)) == [local]


def test_a_list_costs_the_same_for_many(make_policy, clerk, zone):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            [row.standing for row in selectors.listed_policies(clerk, zone, TODAY)]
        return len(queries)

    make_policy("P-0")
    cost()
    before = cost()
    for number in range(1, 6):
        make_policy(f"P-{number}")
    assert cost() == before


def test_industries_narrow_and_a_policy_that_names_none_is_for_all(make_policy, clerk, zone):
    make_policy("A", head={"industries": ["生物医药"]})
    make_policy("B", head={"industries": ["智能制造", "先进材料"]})
    make_policy("C")
    rows = selectors.listed_policies(clerk, zone, TODAY)
    found = selectors.with_word(rows, "industries", "智能制造")
    assert set(found.values_list("key", flat=True)) == {"B", "C"}
    assert selectors.industries_in_use(clerk, zone) == ["先进材料", "智能制造", "生物医药"]


@pytest.mark.parametrize("text", ["研发投入增长", "示例办法", "slbf", "P-1"])
def test_search_finds_title_initials_key_and_clause(make_policy, zone, text):
    policy = make_policy()
    assert list(selectors.searched(selectors.visible_policies(None), [zone.pk], text)) == [policy]


def test_a_key_is_used_once_in_a_zone(make_policy):
    make_policy("P-1")
    with pytest.raises(PolicyKeyTaken):
        make_policy("P-1")


def test_nobody_of_another_zone_sees_a_policy(make_policy):
    policy = make_policy()
    stranger = make_user(Role.ADMINISTRATOR, zone=make_zone())
    with pytest.raises(NotFound):
        selectors.get_policy(stranger, policy.pk)
    with pytest.raises(NotFound):
        services.change_policy(actor=stranger, policy=policy, version=None, title="别的")


def test_an_edit_is_kept_with_what_changed_and_a_stale_one_is_refused(make_policy, clerk, zone):
    policy = make_policy()
    services.change_policy(actor=clerk, policy=policy, version=1, title="新名称", owner=clerk)
    with pytest.raises(Stale):
        services.change_policy(actor=clerk, policy=policy, version=1, title="旧名称")
    with pytest.raises(WrongInput):
        services.change_policy(actor=clerk, policy=policy, version=None, owner=make_user())
    changed = Change.objects.filter(scope=zone.pk, verb="change").get().data["changed"]
    assert changed["title"] == ["示例办法 P-1", "新名称"]


def test_clauses_are_read_by_their_numbers():
    text = "第一条 甲。\n20 万元封顶。\n第二条第一款 乙。\n（三） 丙。\n4. 丁。\n五、戊。"
    assert read_clauses(text) == [
        ("第一条", "甲。20 万元封顶。"),
        ("第二条第一款", "乙。"),
        ("（三）", "丙。"),
        ("4.", "丁。"),
        ("五、", "戊。"),
    ]
    with pytest.raises(WrongInput):
        read_clauses("没有条款号")


def test_a_clause_number_stands_once(make_policy):
    with pytest.raises(WrongInput):
        make_policy(is_draft=True, clauses=[("第一条", "甲"), ("第一条", "乙")])
