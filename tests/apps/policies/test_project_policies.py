"""政策跟着项目走: a gate that is passed matches the project's firm anew; what is new is attached and told, once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories import make_enterprise, make_project, make_user, make_zone
from zhuchao.apps.policies.models import ProjectPolicy
from zhuchao.apps.policies.selectors import recommendations
from zhuchao.apps.policies.selectors.facts import facts_of
from zhuchao.apps.policies.selectors.project_facts import KINDS, STAGES
from zhuchao.apps.policies.selectors.rules import vocabulary
from zhuchao.apps.policies.services.project_policies import attach_due, tell_projects_due
from zhuchao.apps.projects import services as project_services
from zhuchao.apps.projects.models import Project, Stage
from zhuchao.apps.zones.models import Notice, Role

from .conftest import TODAY

pytestmark = pytest.mark.usefixtures("calendar")
STARTED = """\
conditions:
- {id: stage, text: 项目已开工, article: 第一条, test: "project_stage in ('开工', '列统', '竣工')"}
- {id: money, text: 总投资 1 亿元以上, article: 第二条, test: project_investment >= 1亿元}
"""
SIGNED = """\
conditions:
- {id: stage, text: 项目已签约, article: 第一条, test: "project_stage in ('签约', '开工')"}
- {id: kind, text: 新引进, article: 第二条, test: "project_kind = '新引进'"}
"""


@pytest.fixture
def officer(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone, display_name="陆项目")


@pytest.fixture
def firm(zone):
    return make_enterprise(zone, name="示例制造有限公司", industry_code="C3962")


@pytest.fixture
def project(zone, firm, officer):
    return make_project(
        zone,
        name="示例一期",
        enterprise=firm,
        officer=officer,
        total_investment_cny=Decimal(200_000_000),
    )


def pass_gate(project, stage, on=date(2023, 6, 10), **options):
    return project_services.record_stage(actor=None, project=project, stage=stage, on=on, **options)


def run():
    """Do what comes due; return how many projects were matched and how many lines told."""
    return attach_due(), tell_projects_due()


def attached(project):
    rows = ProjectPolicy.objects.filter(project=project, withdrawn_at=None).order_by("version__policy__key")
    return [(row.version.policy.key, row.stage) for row in rows]


def next_day(zone, days=1):
    zone.demo_day += timedelta(days=days)
    zone.save()


@pytest.mark.document("1-39")
def test_a_gate_passed_matches_the_firm_anew_attaches_what_is_new_and_tells_the_officer_once(
    zone, project, officer, make_policy, page
):
    make_policy("P-0", rules=SIGNED)
    later = make_policy("P-1", rules=STARTED)
    pass_gate(project, "signed")
    assert run() == (1, 1)
    assert attached(project) == [("P-0", "signed")]
    assert run() == (0, 0)
    next_day(zone)
    project.refresh_from_db()
    pass_gate(project, "started", on=date(2023, 6, 15), override_reason="已达条件")
    assert run() == (1, 1)
    assert attached(project) == [("P-0", "signed"), ("P-1", "started")]
    first, second = Notice.objects.filter(user=officer).order_by("pk")
    assert "示例办法 P-0" in first.body
    assert ("示例办法 P-1" in second.body, "示例办法 P-0" in second.body) == (True, False)
    assert run() == (0, 0)
    shown = page.get(reverse("project-detail", args=[project.pk])).content.decode()
    assert "示例办法 P-1" in shown
    assert "示例一期" in page.get(reverse("policy-detail", args=[later.pk])).content.decode()


def test_a_gate_voided_withdraws_what_only_it_gave_and_passed_again_it_is_not_told_again(
    zone, project, officer, make_policy
):
    make_policy("P-0", rules=SIGNED)
    make_policy("P-1", rules=STARTED)
    pass_gate(project, "signed")
    entry = pass_gate(project, "started", override_reason="已达条件")
    run()
    assert attached(project) == [("P-0", "started"), ("P-1", "started")]
    project_services.void_stage(actor=None, entry=entry, reason="登错")
    next_day(zone)
    assert run() == (1, 0)
    assert attached(project) == [("P-0", "started")]
    project.refresh_from_db()
    pass_gate(project, "started", override_reason="已达条件")
    assert run() == (1, 0)
    assert len(attached(project)) == 2
    assert Notice.objects.filter(user=officer).count() == 1


def test_a_project_without_any_gate_left_keeps_no_policy(project, make_policy):
    make_policy(rules=SIGNED)
    entry = pass_gate(project, "signed")
    run()
    project_services.void_stage(actor=None, entry=entry, reason="登错")
    assert run() == (1, 0)
    assert attached(project) == []


def test_what_would_be_certain_with_one_more_fact_is_attached_and_asks_for_it(zone, project, make_policy):
    make_policy(rules=STARTED)
    project_services.change_project(actor=None, project=project, version=None, total_investment_cny=None)
    project.refresh_from_db()
    pass_gate(project, "started", override_reason="已达条件")
    assert run() == (1, 1)
    assert "还差项目总投资" in Notice.objects.get().body
    project.refresh_from_db()
    project_services.change_project(
        actor=None, project=project, version=None, total_investment_cny=Decimal(10_000)
    )
    assert run() == (1, 0)
    assert attached(project) == []


def test_a_policy_published_later_is_attached_to_the_projects_there_are(project, make_policy):
    pass_gate(project, "signed")
    assert run() == (0, 0)
    make_policy(rules=SIGNED)
    assert run() == (1, 1)
    assert attached(project) == [("P-1", "signed")]


def test_one_digest_a_day_a_person_the_rest_on_the_next_working_day(
    zone, project, firm, officer, make_policy
):
    make_policy(rules=SIGNED)
    pass_gate(project, "signed")
    run()
    other = make_project(zone, name="示例二期", enterprise=firm, officer=officer)
    pass_gate(other, "signed")
    assert run() == (1, 0)
    next_day(zone, 2)  # Saturday
    assert tell_projects_due() == 0
    next_day(zone, 2)
    assert tell_projects_due() == 1
    assert Notice.objects.count() == 2


def test_a_window_that_closed_before_the_digest_is_not_told_and_leaders_hear_for_who_has_no_officer(
    zone, project, second, make_policy
):
    Project.objects.update(officer=None)
    make_policy("P-1", rules=SIGNED, window_close=TODAY)
    pass_gate(project, "signed")
    assert attach_due() == 1
    next_day(zone)
    assert tell_projects_due() == 0
    make_policy("P-2", rules=SIGNED)
    assert run() == (1, 1)
    assert Notice.objects.get().user == second


def test_a_project_of_a_zone_without_policies_is_left_alone_and_the_work_is_bounded(
    zone, project, make_policy
):
    elsewhere = make_project(make_zone(), enterprise=make_enterprise())
    pass_gate(elsewhere, "signed")
    others = [make_project(zone, enterprise=make_enterprise(zone)) for _ in range(2)]
    for one in (project, *others):
        pass_gate(one, "signed")
    make_policy(rules=SIGNED)
    assert attach_due(most=2) == 2
    assert attach_due(most=2) == 1
    assert attach_due(most=2) == 0


def test_a_firm_with_one_project_has_its_facts_and_one_with_two_has_none(zone, project, firm):
    pass_gate(project, "signed")
    known = facts_of([firm], day=TODAY)[firm.pk]
    assert (known.values["project_stage"], known.values["project_kind"]) == ("签约", "新引进")
    assert known.values["project_investment"] == Decimal(200_000_000)
    assert known.origins["project_stage"].pk == project.pk
    assert "project_stage" not in facts_of([firm], day=date(2023, 6, 9))[firm.pk].values
    make_project(zone, enterprise=firm)
    assert "project_stage" not in facts_of([firm], day=TODAY)[firm.pk].values


def test_the_words_of_the_vocabulary_are_those_of_the_ledger():
    assert vocabulary()["project_stage"].choices == tuple(STAGES[stage] for stage in Stage)
    assert vocabulary()["project_kind"].choices == tuple(KINDS[kind] for kind in Project.Kind)


def test_strangers_see_no_project_on_the_page_of_a_policy(project, make_policy):
    policy = make_policy(rules=SIGNED)
    pass_gate(project, "signed")
    run()
    stranger = make_user(Role.LEADER, zone=make_zone())
    assert not recommendations.projects_of_policy(stranger, policy).exists()
