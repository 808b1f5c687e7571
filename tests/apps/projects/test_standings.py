"""What became of covenants: measured from gates, money and filings, or found on a document; unknown is never breached."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_enterprise, make_project, make_user, passing_moment
from zhuchao.apps.core.errors import NotAllowed, ReasonNeeded, WrongInput
from zhuchao.apps.enterprises.models import Enterprise, Filing
from zhuchao.apps.projects import selectors, services
from zhuchao.apps.projects.errors import AgreementFixed
from zhuchao.apps.projects.models import CovenantFinding, CovenantState
from zhuchao.apps.projects.selectors import covenant_facts
from zhuchao.apps.projects.selectors.covenant_facts import Paid
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role

FEB, MAY, PAST = date(2023, 2, 18), date(2023, 5, 10), date(2023, 6, 1)
NEXT, LAST = date(2024, 12, 31), date(2022, 12, 31)
WAN = Decimal(10_000)


@pytest.fixture
def firm(zone, project):
    project.enterprise = make_enterprise(zone)
    project.save()
    return project.enterprise


@pytest.fixture
def agreement(officer, project):
    return services.add_agreement(actor=officer, project=project, number="1", area_m2=Decimal(20000))


@pytest.fixture
def covenant(officer, agreement):
    """Promise something in a signed agreement."""

    def run(kind, due_on, target=None, **facts):
        rows = type(agreement).objects.filter(pk=agreement.pk)
        rows.update(state="draft", signed_on=None)
        made = services.add_covenant(
            actor=officer,
            agreement=agreement,
            kind=kind,
            due_on=due_on,
            target=None if target is None else Decimal(target),
            **facts,
        )
        rows.update(state="signed", signed_on=FEB)
        return made

    return run


@pytest.fixture
def file(zone, firm):
    def run(measure, value, on=LAST, period="year", status="approved", enterprise=None):
        return Filing.objects.create(
            zone=zone,
            enterprise=enterprise or firm,
            measure=measure,
            value=Decimal(value),
            happened_on=on,
            period=period,
            status=status,
            recorded_at=zones.now(zone),
        )

    return run


def standing(covenant, **values):
    row = selectors.get_covenant(None, covenant.pk)
    return selectors.standings_of([row], **values)[covenant.pk]


def pay(officer, project, wan, on, voucher="记-1"):
    services.add_investment(
        actor=officer, project=project, kind="fixed_assets", on=on, amount_cny=wan * WAN, voucher_no=voucher
    )


def test_a_date_is_kept_late_or_missed_by_the_gates_of_the_project(officer, project, covenant):
    start = covenant("start", MAY)
    finish = covenant("finish", PAST)
    assert standing(start).state == CovenantState.UNKNOWN  # no gate of the project was ever entered
    services.record_stage(actor=officer, project=project, stage="signed", on=FEB)
    assert (standing(start).state, standing(start).days) == (CovenantState.BREACHED, 36)
    assert standing(start, on=MAY).state == CovenantState.NOT_DUE
    for stage, on in (("ready", FEB), ("started", date(2023, 5, 20))):
        services.record_stage(actor=officer, project=project, stage=stage, on=on)
    found = standing(start)
    assert (found.state, found.days, found.done_on) == (CovenantState.LATE, 10, date(2023, 5, 20))
    assert standing(finish).is_red
    assert selectors.shortfall(standing(finish)) == "逾期 14 天"


def test_money_counts_when_verified_and_what_is_not_leaves_the_covenant_unknown(officer, project, covenant):
    money = covenant("investment", PAST, 1000 * WAN)
    assert standing(money).state == CovenantState.UNKNOWN
    pay(officer, project, 600, FEB)
    found = standing(money)
    assert (found.state, found.gap, found.ratio) == (CovenantState.SHORT, 400 * WAN, Decimal("0.6"))
    assert "差 400.00 万元" in selectors.shortfall(found)
    pay(officer, project, 500, MAY, voucher="")
    assert standing(money).state == CovenantState.UNKNOWN
    assert "500.00 万元 未核实" in standing(money).why
    pay(officer, project, 400, date(2023, 6, 10), voucher="记-2")
    found = standing(money)
    assert (found.state, found.days) == (CovenantState.LATE, 9)
    pay(officer, project, 450, date(2023, 5, 30), voucher="记-3")
    assert standing(money).state == CovenantState.KEPT


def test_what_a_firm_files_for_the_year_is_held_against_the_promise(covenant, file):
    tax = covenant("tax", LAST, 300 * WAN, year=2022)
    assert standing(tax).state == CovenantState.UNKNOWN
    file("tax", 250 * WAN, on=date(2022, 10, 31), period="month")
    found = standing(tax)
    assert (found.state, found.value) == (
        CovenantState.UNKNOWN,
        250 * WAN,
    )  # ten months say nothing of twelve
    file("tax", 320 * WAN, status="forecast")
    assert standing(tax).state == CovenantState.UNKNOWN
    file("tax", 280 * WAN)
    found = standing(tax)
    assert (found.state, found.gap) == (CovenantState.SHORT, 20 * WAN)
    assert "核定" in found.why
    assert standing(covenant("tax", LAST, 280 * WAN, year=2022)).state == CovenantState.KEPT


def test_a_zero_that_was_filed_is_a_breach_and_a_running_year_is_not_due(covenant, file):
    file("output", 0)
    assert standing(covenant("output", LAST, 100, year=2022)).state == CovenantState.BREACHED
    file("output", 50, on=date(2023, 5, 31), period="month")
    found = standing(covenant("output", date(2023, 12, 31), 100, year=2023))
    assert (found.state, found.value) == (CovenantState.NOT_DUE, 50)


def test_per_mu_is_measured_on_the_land_of_the_agreement(covenant, file):
    file("tax", 600_000)  # 20,000 m² are 30 mu
    assert standing(covenant("tax_per_mu", LAST, 20_000, year=2022)).state == CovenantState.KEPT
    found = standing(covenant("tax_per_mu", LAST, "20000.01", year=2022))
    assert (found.state, found.value, found.gap) == (CovenantState.SHORT, 20_000, Decimal("0.01"))


def test_filings_of_a_firm_that_was_merged_count_for_the_one_it_lives_on_in(zone, firm, covenant, file):
    jobs = covenant("jobs", date(2023, 1, 1), 100)
    old = make_enterprise(zone)
    file("employees", 120, enterprise=old)
    assert standing(jobs).state == CovenantState.UNKNOWN
    Enterprise.objects.filter(pk=old.pk).update(merged_into=firm)
    assert standing(jobs).state == CovenantState.KEPT


@pytest.mark.document("4-06")
def test_promised_jobs_are_held_against_those_the_firm_reports(covenant, file):
    jobs = covenant("jobs", date(2023, 1, 31), 300)
    file("employees", 240)
    found = standing(jobs)
    assert (found.covenant.target, found.value, found.gap, found.state) == (300, 240, 60, CovenantState.SHORT)
    assert selectors.promised(found.covenant) == "300 人，2023-01-31 前"
    assert "240 人" in selectors.delivered(found)
    file("employees", 310, on=date(2023, 1, 31), period="month")
    assert standing(jobs).state == CovenantState.KEPT


def test_what_no_ledger_knows_is_found_on_a_document_and_stays_unknown_without_one(officer, covenant):
    road = covenant("road", PAST)
    assert standing(road).state == CovenantState.UNKNOWN
    for values in ({}, {"document_no": "1", "result": "value"}, {"document_no": "1", "on": NEXT}):
        with pytest.raises(WrongInput):
            services.record_finding(
                actor=officer, covenant=road, **({"result": "not_done", "on": PAST} | values)
            )
    entry = services.record_finding(
        actor=officer, covenant=road, result="not_done", on=date(2023, 6, 5), document_no="现场核查单 3 号"
    )
    assert (standing(road).state, standing(road).days) == (CovenantState.BREACHED, 14)
    services.record_finding(
        actor=officer, covenant=road, result="done", on=date(2023, 6, 9), document_no="交接单 8 号"
    )
    assert (standing(road).state, standing(road).days) == (CovenantState.LATE, 8)
    services.void_finding(
        actor=officer, finding=CovenantFinding.objects.live().get(result="done"), reason="未通车"
    )
    assert standing(road).state == CovenantState.BREACHED
    with pytest.raises(ReasonNeeded):
        services.void_finding(actor=officer, finding=entry, reason="")


def test_a_finding_stands_in_where_the_ledger_says_nothing_and_not_where_it_does(officer, covenant, file):
    jobs = covenant("jobs", date(2023, 1, 31), 300)
    services.record_finding(
        actor=officer, covenant=jobs, result="value", value=Decimal(290), on=FEB, document_no="社保缴费单"
    )
    assert (standing(jobs).state, standing(jobs).value) == (CovenantState.SHORT, 290)
    file("employees", 320)
    assert standing(jobs).state == CovenantState.KEPT


def test_a_waiver_is_the_leaders_with_a_reason_and_does_not_outlive_its_text(zone, officer, covenant):
    jobs = covenant("jobs", FEB, 300)
    said = {"covenant": jobs, "result": "waived", "on": MAY, "document_no": "会议纪要 9 号"}
    leader = make_user(Role.LEADER, zone=zone)
    with pytest.raises(NotAllowed):
        services.record_finding(actor=officer, evidence_note="市场变化", **said)
    with pytest.raises(WrongInput):
        services.record_finding(actor=leader, **said)
    services.record_finding(actor=leader, evidence_note="市场变化", **said)
    assert standing(jobs).state == CovenantState.WAIVED
    agreement = selectors.get_agreement(None, jobs.agreement_id)
    draft = services.amend_agreement(actor=officer, agreement=agreement, number="1-补")
    with pytest.raises(AgreementFixed):
        services.record_finding(
            actor=officer, covenant=draft.covenants.get(), result="not_done", on=MAY, document_no="x"
        )
    services.sign_agreement(actor=officer, agreement=draft, on=PAST)
    assert standing(draft.covenants.get()).state == CovenantState.UNKNOWN


def test_what_was_found_of_a_covenant_holds_for_the_amendment_that_continues_it(officer, covenant):
    land = covenant("land", PAST)
    services.record_finding(actor=officer, covenant=land, result="done", on=MAY, document_no="交地单")
    agreement = selectors.get_agreement(None, land.agreement_id)
    for number in ("1-补1", "1-补2"):
        agreement = services.amend_agreement(actor=officer, agreement=agreement, number=number)
        services.sign_agreement(actor=officer, agreement=agreement, on=PAST)
    assert standing(agreement.covenants.get()).state == CovenantState.KEPT


def test_a_reward_is_due_once_what_it_rewards_is_kept_and_paid_by_its_application(
    officer, project, covenant, monkeypatch
):
    paid = []
    monkeypatch.setattr(covenant_facts, "_paid", [lambda keys, as_of: dict.fromkeys(keys, paid)])
    start = covenant("start", MAY)
    reward = covenant("reward", MAY, 500 * WAN, rewards=start, grant_number="SB-7")
    services.record_stage(actor=officer, project=project, stage="signed", on=FEB)
    assert standing(reward).state == CovenantState.NOT_DUE
    for stage in ("ready", "started"):
        services.record_stage(actor=officer, project=project, stage=stage, on=date(2023, 5, 8))
    assert standing(reward).state == CovenantState.UNKNOWN
    paid += [Paid(date(2023, 5, 9), 200 * WAN, "第 1 期"), Paid(NEXT, 300 * WAN, "投产后", is_planned=True)]
    found = standing(reward)
    assert (found.state, found.ratio) == (CovenantState.SHORT, Decimal("0.4"))
    assert [one.is_planned for one in found.payments] == [False, True]
    paid[1] = Paid(date(2023, 5, 10), 300 * WAN, "第 2 期")
    assert standing(reward).state == CovenantState.KEPT


def test_a_standing_is_as_it_was_known_at_a_moment(zone, officer, project, covenant):
    start = covenant("start", MAY)
    services.record_stage(actor=officer, project=project, stage="signed", on=FEB)
    before = passing_moment(zone)
    services.record_stage(actor=officer, project=project, stage="started", on=MAY, override_reason="补登")
    assert standing(start).state == CovenantState.KEPT
    assert standing(start, as_of=before).state == CovenantState.BREACHED


def test_many_covenants_cost_as_many_queries_as_few(zone, officer, firm, covenant):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            rows = list(selectors.followed_covenants(officer, zone))
            selectors.standings_of(rows)
        return len(caught), len(rows)

    covenant("jobs", FEB, 5)
    covenant("land", FEB)
    zones.may(officer, zones.Verb.VIEW, zones.Thing.COVENANT, zone)
    few, one = cost()
    for number in range(12):
        other = make_project(zone, enterprise=make_enterprise(zone))
        made = services.add_agreement(actor=officer, project=other, number=f"x{number}")
        services.add_covenant(actor=officer, agreement=made, kind="jobs", due_on=FEB, target=Decimal(5))
        services.sign_agreement(actor=officer, agreement=made, on=FEB)
    many, all_of_them = cost()
    assert (many, one, all_of_them) == (few, 2, 14)
