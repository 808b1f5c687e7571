"""What an edit does to the firms of a zone, before it is published by a second person."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from tests.factories import signed_in
from zhuchao.apps.core.services.jobs import run
from zhuchao.apps.policies import selectors, services
from zhuchao.apps.policies.errors import ComparisonNeeded, LossesUnseen
from zhuchao.apps.policies.models import Answer, FirmShift, VersionDiff
from zhuchao.apps.policies.services import comparisons
from zhuchao.engines.rules.truth import Truth

from .conftest import CLAUSES, RULES

STRICTER = RULES[: RULES.index("tests:")].replace('"rd / revenue >= 3%"', '"rd / revenue >= 4%"')
HALF = RULES[: RULES.index("tests:")].replace("10% * rd", "5% * rd")


@pytest.fixture
def redraft(clerk, make_policy):
    """Publish a policy with RULES and draft its next version with others."""

    def run(rules, key="P-1"):
        policy = make_policy(key, rules=RULES)
        return services.draft_version(
            actor=clerk,
            policy=policy,
            clauses=CLAUSES,
            effective_from=date(2023, 6, 1),
            document_no="示例〔2023〕2号",
            rules=rules,
        )

    return run


def test_an_edit_says_how_many_firms_move_and_by_which_condition(clerk, redraft, four):
    diff = comparisons.compare_draft(actor=clerk, draft=redraft(STRICTER))
    assert diff.moves == {
        "eligible>near": 1,
        "unknown>unknown": 1,
        "near>near": 1,
        "ineligible>ineligible": 1,
    }
    assert diff.counts == {"eligible": 0, "unknown": 1, "near": 2, "ineligible": 1}
    shift = FirmShift.objects.get()
    assert (shift.enterprise, shift.loses) == (four[Answer.ELIGIBLE], True)
    assert shift.conditions == [["第二条", "研发费用占营业收入 3% 以上", int(Truth.TRUE), int(Truth.FALSE)]]
    assert (diff.losing, diff.lost_least_cny, diff.gained_least_cny) == (1, Decimal(150_000), 0)


def test_a_condition_left_out_is_named_as_what_helped(clerk, redraft, four):
    easier = "\n".join(line for line in STRICTER.splitlines() if "id: rd" not in line)
    diff = comparisons.compare_draft(actor=clerk, draft=redraft(easier))
    moved = {row.enterprise: row for row in diff.shifts.all()}
    assert moved[four[Answer.NEAR]].after == Answer.ELIGIBLE
    assert moved[four[Answer.UNKNOWN]].conditions == [
        ["第二条", "研发费用占营业收入 3% 以上", int(Truth.UNKNOWN), None]
    ]
    assert diff.losing == 0
    assert diff.gained_most_cny > diff.gained_least_cny


def test_a_firm_that_gets_less_loses_though_it_stays_eligible(clerk, redraft, four):
    diff = comparisons.compare_draft(actor=clerk, draft=redraft(HALF))
    (shift,) = diff.shifts.all()
    assert (shift.before, shift.after, shift.least_cny) == ("eligible", "eligible", Decimal(-75_000))
    assert (diff.losing, diff.lost_least_cny) == (1, Decimal(75_000))


def test_without_a_version_in_force_there_are_counts_alone(clerk, make_policy, four):
    policy = make_policy(is_draft=True, rules=RULES)
    diff = comparisons.compare_draft(actor=clerk, draft=selectors.draft_of(policy))
    assert (diff.against, diff.moves, diff.losing) == (None, {}, 0)
    assert diff.counts == {"eligible": 1, "unknown": 1, "near": 1, "ineligible": 1}


def test_nobody_publishes_a_loss_unseen(second, redraft, four):
    draft = redraft(STRICTER)
    with pytest.raises(LossesUnseen, match="有 1 家企业"):
        services.publish_version(actor=second, draft=draft)
    assert services.publish_version(actor=second, draft=draft, losses_seen=1).is_published


def test_an_edit_after_which_nobody_loses_needs_no_word(second, redraft, four):
    easier = STRICTER.replace("4%", "2%")
    assert services.publish_version(actor=second, draft=redraft(easier)).is_published


def test_where_firms_are_many_a_job_compares_before_anybody_publishes(
    monkeypatch, clerk, second, redraft, four, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(comparisons, "AT_ONCE", 3)
    draft = redraft(STRICTER)
    with pytest.raises(ComparisonNeeded):
        services.publish_version(actor=second, draft=draft, losses_seen=1)
    with django_capture_on_commit_callbacks(execute=True):
        job = comparisons.order_comparison(actor=clerk, draft=draft)
    run(job.pk)
    assert VersionDiff.objects.get().losing == 1
    services.change_version(actor=clerk, draft=draft, version=draft.version, rules=HALF)
    draft.refresh_from_db()
    with pytest.raises(ComparisonNeeded):
        services.publish_version(actor=second, draft=draft, losses_seen=1)
    comparisons.compare_draft(actor=clerk, draft=draft)
    assert services.publish_version(actor=second, draft=draft, losses_seen=1).is_published


def test_a_job_counts_a_text_that_is_not_saved_and_keeps_nothing(
    clerk, redraft, four, django_capture_on_commit_callbacks
):
    draft = redraft(STRICTER)
    with django_capture_on_commit_callbacks(execute=True):
        job = comparisons.order_comparison(actor=clerk, draft=draft, text=RULES)
    run(job.pk)
    job.refresh_from_db()
    assert job.result["counts"] == {"eligible": 1, "unknown": 1, "near": 1, "ineligible": 1}
    assert not VersionDiff.objects.exists()


def test_the_publish_page_says_what_moves_and_wants_a_tick(client, second, redraft, four):
    draft = redraft(STRICTER)
    at = f"/policies/versions/{draft.pk}/publish/"
    reader = signed_in(client, second)
    page = reader.get(at).content.decode()
    assert "家由“符合”变为“只差一项”" in page
    assert "<del>- {id: rd" in page
    refused = reader.post(at, {"checked": "on"})
    assert refused.status_code == 422
    assert 'value="1"' in page
    assert reader.post(at, {"checked": "on", "losses": "0"}).status_code == 422
    assert reader.post(at, {"checked": "on", "losses": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published


def test_the_firms_that_move_are_listed_with_the_condition_and_exported(client, second, redraft, four):
    draft = redraft(STRICTER)
    reader = signed_in(client, second)
    reader.get(f"/policies/versions/{draft.pk}/publish/")
    at = f"/policies/versions/{draft.pk}/shifts/?was=eligible&now=near"
    page = reader.get(at).content.decode()
    assert four[Answer.ELIGIBLE].name in page
    assert "研发费用占营业收入 3% 以上：符合 → 不符合" in page
    assert four[Answer.NEAR].name not in page
    book = reader.get(f"{at}&export=xlsx")
    assert book["Content-Type"].startswith("application/vnd.openxmlformats")


def test_the_api_compares_lists_the_firms_and_publishes_with_the_word(client, clerk, second, redraft, four):
    draft = redraft(STRICTER)
    at = f"/api/v1/policies/versions/{draft.pk}"
    author = signed_in(client, clerk)
    effect = author.post(f"{at}/compare").json()
    assert (effect["losing"], effect["moves"]["eligible>near"]) == (1, 1)
    (item,) = author.get(f"{at}/shifts").json()["items"]
    assert item["enterprise_id"] == four[Answer.ELIGIBLE].pk
    other = signed_in(Client(), second)
    assert other.post(f"{at}/publish").json()["code"] == "policy_losses_unseen"
    assert other.post(f"{at}/publish?losses_seen=1").status_code == 200
