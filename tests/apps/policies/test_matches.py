"""速配: one firm against all policies, one policy against all firms, as both are on a day."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_zone
from zhuchao.apps.core.services.jobs import run
from zhuchao.apps.enterprises import services as firms
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.models import Answer, FirmMatch, VersionMatch
from zhuchao.apps.policies.selectors.matches import match_firm, match_version
from zhuchao.apps.policies.selectors.rules import rules_of
from zhuchao.apps.policies.services import matches
from zhuchao.apps.policies.services.facts import state_fact
from zhuchao.apps.policies.services.matches import is_stale, order_match, refresh_due, refresh_zone
from zhuchao.engines.rules.truth import Truth

from .conftest import RULES, TODAY


def line_of(firm, **asked):
    (line,) = match_firm(firm, day=TODAY, **asked).lines
    return line


@pytest.mark.document("0-27")
def test_each_answer_cites_its_clauses_and_says_what_is_missing(make_policy, four):
    make_policy(rules=RULES)
    for answer, firm in four.items():
        line = line_of(firm)
        assert line.answer is answer
        assert [one.article for one in line.conditions] == ["第一条", "第二条", "第二条"]
    assert line_of(four[Answer.ELIGIBLE]).benefit.least == Decimal(150_000)
    assert [field.name for field in line_of(four[Answer.UNKNOWN]).missing] == ["rd"]
    (failed,) = line_of(four[Answer.NEAR]).failed
    assert (failed.article, failed.truth) == ("第二条", Truth.FALSE)
    (way,) = [way for way in line_of(four[Answer.NEAR]).gaps.singles if way.changes[0].field.name == "rd"]
    assert way.changes[0].by == 500_000
    assert len(line_of(four[Answer.INELIGIBLE]).failed) == 2


def test_the_fact_that_is_worth_most_is_asked_for_first(make_policy, four):
    make_policy(rules=RULES)
    (first, *_rest) = match_firm(four[Answer.UNKNOWN], day=TODAY).questions
    assert (first[0].name, first[1].settles, first[1].settles_amount) == ("rd", 1, Decimal(200_000))


def test_what_if_answers_for_other_values_and_keeps_nothing(make_policy, four):
    make_policy(rules=RULES)
    firm = four[Answer.NEAR]
    assert line_of(firm, changes={"rd": Decimal(1_500_000)}).answer is Answer.ELIGIBLE
    assert line_of(firm, changes={"rd": None}).answer is Answer.UNKNOWN
    assert line_of(firm).answer is Answer.NEAR


def test_of_policies_that_exclude_each_other_the_better_one_is_taken(make_policy, four):
    lesser = RULES.replace("effort: 2", "effort: 2, exclusive_group: rd").replace("10% * rd", "5% * rd")
    make_policy("P-1", rules=lesser)
    make_policy("P-2", rules=lesser.replace("5% * rd", "10% * rd"))
    found = match_firm(four[Answer.ELIGIBLE], day=TODAY)
    assert [(line.version.policy.key, bool(line.instead_of)) for line in found.lines] == [
        ("P-2", False),
        ("P-1", True),
    ]
    assert found.best.amount == Decimal(150_000)


def test_a_policy_of_the_zone_above_counts_for_the_firms_below_it(zone, make_policy, file_firm):
    make_policy(rules=RULES)
    below, beside = (
        make_zone(parent=zone, demo_day=zone.demo_day, demo_started_at=zone.demo_started_at),
        make_zone(),
    )
    inner = file_firm("戊", in_zone=below, revenue=50_000_000, rnd=1_500_000)
    outer = file_firm("己", in_zone=beside, revenue=50_000_000, rnd=1_500_000)
    assert line_of(inner).answer is Answer.ELIGIBLE
    assert match_firm(outer, day=TODAY).lines == ()
    refresh_zone(zone)
    assert set(FirmMatch.objects.values_list("enterprise", flat=True)) == {inner.pk}


def test_a_version_says_of_all_firms_what_each_is_told(zone, make_policy, four):
    version = selectors.current_version(make_policy(rules=RULES), TODAY)
    answers = match_version(rules_of(version), zone, day=TODAY)
    for answer, firm in four.items():
        assert answers.of(answer) == [firm.pk]
    assert answers.counts() == dict.fromkeys(four, 1)


def test_what_is_kept_says_since_when_and_as_of_which_change(zone, clerk, make_policy, four):
    version = selectors.current_version(make_policy(rules=RULES), TODAY)
    assert is_stale(zone, [version])
    assert refresh_due() == 1
    match = VersionMatch.objects.get(version=version)
    assert (match.firms, match.eligible, match.unknown, match.near, match.ineligible) == (4, 1, 1, 1, 1)
    kept = {row.enterprise_id: row for row in FirmMatch.objects.filter(version=version)}
    assert {pk: row.answer for pk, row in kept.items()} == {firm.pk: answer for answer, firm in four.items()}
    assert kept[four[Answer.UNKNOWN].pk].missing == ["rd"]
    assert refresh_due() == 0
    FirmMatch.objects.update(since=date(2023, 6, 1))
    state_fact(actor=clerk, enterprise=four[Answer.UNKNOWN], field="rd", value="200万元", source="企业申报")
    assert is_stale(zone, [version])
    assert refresh_due() == 1
    rows = dict(FirmMatch.objects.filter(answer="eligible").values_list("enterprise", "since"))
    assert rows == {four[Answer.ELIGIBLE].pk: date(2023, 6, 1), four[Answer.UNKNOWN].pk: TODAY}


def test_of_very_many_firms_those_that_lack_several_things_are_counted_only(
    zone, make_policy, four, monkeypatch
):
    make_policy(rules=RULES)
    monkeypatch.setattr(matches, "LISTED_UP_TO", 3)
    refresh_zone(zone)
    assert not FirmMatch.objects.filter(enterprise=four[Answer.INELIGIBLE]).exists()
    assert VersionMatch.objects.get().ineligible == 1


def test_a_firm_that_is_gone_loses_its_row(zone, clerk, make_policy, four):
    make_policy(rules=RULES)
    refresh_zone(zone)
    firm = four[Answer.NEAR]
    firms.change_state(actor=clerk, enterprise=firm, state="deregistered", reason="注销", seen_version=None)
    refresh_zone(zone)
    assert not FirmMatch.objects.filter(enterprise=firm).exists()
    assert VersionMatch.objects.get().firms == 3


def test_a_job_matches_the_firms_of_a_zone(
    zone, clerk, make_policy, four, django_capture_on_commit_callbacks
):
    make_policy(rules=RULES)
    with django_capture_on_commit_callbacks(execute=True):
        job = order_match(actor=clerk, zone=zone)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"versions": 1})
    assert VersionMatch.objects.get().eligible == 1


def test_more_policies_need_no_more_queries(zone, make_policy, four):
    make_policy("P-0", rules=RULES)
    match_firm(four[Answer.NEAR], day=TODAY)
    with CaptureQueriesContext(connection) as one:
        match_firm(four[Answer.NEAR], day=TODAY)
    for number in range(1, 4):
        make_policy(f"P-{number}", rules=RULES)
    with CaptureQueriesContext(connection) as many:
        assert len(match_firm(four[Answer.NEAR], day=TODAY).lines) == 4
    assert len(many) == len(one)
