"""Several people at one project at once: one of them is recorded, on either database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.core.services import verify_changes
from zhuchao.apps.projects import services
from zhuchao.apps.projects.models import AnnualPlan, Investment, Milestone, Project, StageEntry

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2023, 6, 1)


def at_once(*works):
    """Run all at the same moment, each on a connection of its own; return results and refusals in order."""
    barrier = Barrier(len(works))

    def run(work):
        try:
            barrier.wait()
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def codes(outcomes):
    return sorted(outcome.code for outcome in outcomes if isinstance(outcome, DomainError))


def test_of_six_people_who_record_the_same_gate_one_is_recorded(zone, officer, project):
    outcomes = at_once(
        *(
            lambda: services.record_stage(actor=officer, project=project, stage="signed", on=DAY)
            for _ in range(6)
        )
    )
    assert codes(outcomes) == ["stage_recorded"] * 5
    assert StageEntry.objects.filter(project=project).count() == 1
    assert Project.objects.get(pk=project.pk).stage == "signed"
    assert all(isinstance(link, int) for link in verify_changes(zone.pk))


def test_the_same_money_entered_by_four_people_is_entered_once(officer, project):
    outcomes = at_once(
        *(
            lambda: services.add_investment(
                actor=officer,
                project=project,
                kind="fixed_assets",
                on=DAY,
                amount_cny=Decimal(100),
                voucher_no="记-1",
            )
            for _ in range(4)
        )
    )
    assert codes(outcomes) == ["investment_exists"] * 3
    assert Investment.objects.count() == 1


def test_one_gate_corrected_by_two_people_is_corrected_once(officer, project):
    entry = services.record_stage(actor=officer, project=project, stage="signed", on=DAY)
    outcomes = at_once(
        *(
            lambda day=day: services.correct_stage(
                actor=officer, entry=entry, reason="看错", happened_on=date(2023, 5, day)
            )
            for day in (1, 2)
        )
    )
    assert codes(outcomes) == ["already_replaced"]
    assert StageEntry.objects.live().count() == 1


def test_two_people_who_enter_one_project_enter_it_once(zone, officer):
    outcomes = at_once(
        *(lambda: services.add_project(actor=officer, zone=zone, name="中运锚链项目") for _ in range(2))
    )
    assert codes(outcomes) == ["duplicate_found"]
    assert Project.objects.count() == 1


def test_two_first_plans_of_a_year_leave_one_in_force(officer, project):
    outcomes = at_once(
        *(
            lambda amount=amount: services.set_annual_plan(
                actor=officer, project=project, year=2023, amount_cny=Decimal(amount)
            )
            for amount in (100, 200)
        )
    )
    assert codes(outcomes) == ["reason_needed"]
    assert AnnualPlan.objects.live().count() == 1


def test_a_step_planned_twice_at_once_stands_once(officer, project):
    outcomes = at_once(
        *(
            lambda: services.add_milestone(actor=officer, project=project, name="通电", planned_on=DAY)
            for _ in range(2)
        )
    )
    assert codes(outcomes) == ["milestone_exists"]
    assert Milestone.objects.count() == 1
