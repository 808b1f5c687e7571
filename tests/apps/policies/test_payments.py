"""Payments: bound to milestones and evidence, within the budget, by a second person, reconciled, never paid twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_enterprise, make_project, make_user, make_zone
from zhuchao.apps.core.errors import NotAllowed, NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.desk.selectors import cards_for
from zhuchao.apps.policies import selectors
from zhuchao.apps.policies.errors import (
    BatchSent,
    BudgetExceeded,
    MoneyUnderWay,
    NotPayable,
    ReviewMissing,
    SenderPrepared,
    WrongApplicationState,
)
from zhuchao.apps.policies.models import CompetitionReview, Instalment, Payment, PaymentBatch
from zhuchao.apps.policies.selectors import payments
from zhuchao.apps.policies.services import application_steps as steps
from zhuchao.apps.policies.services.applications import draft_application
from zhuchao.apps.policies.services.budgets import allocate_budget, void_budget
from zhuchao.apps.policies.services.payments import (
    Line,
    accept_evidence,
    leave_batch,
    make_batch,
    record_receipt,
    send_batch,
    set_schedule,
    void_evidence,
    void_payment,
    void_receipt,
)
from zhuchao.apps.policies.services.terms import add_review, void_review
from zhuchao.apps.projects.selectors import get_covenant, standings_of
from zhuchao.apps.projects.services import (
    add_agreement,
    add_covenant,
    record_stage,
    review_agreement,
    sign_agreement,
    void_stage,
)
from zhuchao.apps.zones.models import Role

from .conftest import TODAY

PLAN = date(2023, 6, 30)


@pytest.fixture(autouse=True)
def _calendar(calendar):
    return calendar


@pytest.fixture
def firm(zone):
    return make_enterprise(zone, name="示例兑付科技有限公司")


@pytest.fixture
def project(zone, firm):
    return make_project(zone, name="示例厂房项目", enterprise=firm)


@pytest.fixture
def promoter(zone):
    return make_user(Role.PROMOTION_OFFICER, zone=zone)


@pytest.fixture
def version(make_policy, second):
    found = selectors.current_version(make_policy(), TODAY)
    add_review(actor=second, version=found, conclusion="passed", body="区局（示例）")
    return found


@pytest.fixture
def grant(version, firm, clerk, second):
    """Grant an amount to a firm, or for its project."""

    def run(amount=Decimal(1000000), project=None, firm=firm, version=version):
        made = draft_application(
            actor=clerk, version=version, enterprise=firm, project=project, account="示例银行 6222"
        )
        steps.submit_application(actor=clerk, application=made)
        steps.accept_application(actor=clerk, application=made)
        return steps.approve_application(
            actor=second, application=made, amount_cny=amount, reason="符合第一条"
        )

    return run


@pytest.fixture
def budget(version, second):
    return allocate_budget(actor=second, policy=version.policy, year=2023, amount_cny=Decimal(2000000))


def at_once(application, actor):
    return set_schedule(actor=actor, application=application, lines=[Line(Decimal(100), "approval", PLAN)])[0]


@pytest.mark.document("1-14")
def test_payment_waits_for_the_accepted_milestone_and_the_part_paid_is_the_schedule(
    grant, project, budget, clerk, second, promoter, zone
):
    made = grant(project=project)
    set_schedule(
        actor=clerk,
        application=made,
        lines=[
            Line(Decimal(40), "stage", PLAN, stage="started"),
            Line(Decimal("33.33"), "stage", date(2023, 12, 31), stage="completed"),
            Line(Decimal("26.67"), "evidence", date(2024, 6, 30), asked="税收达到约定（完税证明）"),
        ],
    )
    first, middle, last = Instalment.objects.order_by("position")
    assert [one.amount_cny for one in (first, middle, last)] == [400000, 333300, 266700]
    for instalment in (first, middle, last):
        with pytest.raises(NotPayable):
            make_batch(actor=clerk, zone=zone, instalments=[instalment])
    with pytest.raises(NotPayable, match="没有登记“开工”"):
        accept_evidence(actor=clerk, instalment=first)
    for stage, on in (("signed", date(2023, 1, 5)), ("ready", date(2023, 2, 1))):
        record_stage(actor=promoter, project=project, stage=stage, on=on)
    record_stage(actor=promoter, project=project, stage="started", on=date(2023, 3, 1))
    with pytest.raises(NotPayable, match="没有佐证"):
        accept_evidence(actor=clerk, instalment=first)
    with pytest.raises(NotPayable):  # passed, but nobody has accepted the evidence yet
        make_batch(actor=clerk, zone=zone, instalments=[first])
    accept_evidence(actor=clerk, instalment=first, evidence_note="施工许可证原件已核")
    batch = make_batch(actor=clerk, zone=zone, instalments=[first])
    assert payments.paid_share(made) == 0
    send_batch(actor=second, batch=batch)
    assert payments.paid_share(made) == Decimal("0.4")
    assert [due.share for due in payments.schedule_of(made) if due.is_paid] == [Decimal("0.4")]
    with pytest.raises(NotPayable):
        make_batch(actor=clerk, zone=zone, instalments=[middle])
    with pytest.raises(NotPayable, match="已在批次"):
        make_batch(actor=clerk, zone=zone, instalments=[Instalment.objects.get(pk=first.pk)])
    accept_evidence(actor=clerk, instalment=last, evidence_note="完税证明 3 份")
    send_batch(actor=second, batch=make_batch(actor=clerk, zone=zone, instalments=[last]))
    assert payments.paid_share(made) == Decimal("0.6667")


def test_a_stage_that_was_voided_after_its_acceptance_no_longer_counts(
    grant, project, budget, clerk, second, promoter, zone
):
    made = grant(project=project)
    only = set_schedule(
        actor=clerk, application=made, lines=[Line(Decimal(100), "stage", PLAN, stage="signed")]
    )[0]
    entry = record_stage(
        actor=promoter, project=project, stage="signed", on=date(2023, 1, 5), evidence_note="协议已盖章"
    )
    accept_evidence(actor=clerk, instalment=only)
    batch = make_batch(actor=clerk, zone=zone, instalments=[only])
    void_stage(actor=promoter, entry=entry, reason="协议未生效")
    with pytest.raises(NotPayable, match="重新认可"):
        send_batch(actor=second, batch=batch)
    assert not Payment.objects.exists()


def test_an_acceptance_taken_back_stops_the_payment(grant, budget, clerk, second, zone):
    made = grant()
    only = set_schedule(
        actor=clerk, application=made, lines=[Line(Decimal(100), "evidence", PLAN, asked="审计报告")]
    )[0]
    with pytest.raises(WrongInput, match="附上文件"):
        accept_evidence(actor=clerk, instalment=only)
    accepted = accept_evidence(actor=clerk, instalment=only, evidence_note="审计报告原件已核")
    batch = make_batch(actor=clerk, zone=zone, instalments=[only])
    void_evidence(actor=clerk, accepted=accepted, reason="报告被撤回")
    with pytest.raises(NotPayable, match="审计报告"):
        send_batch(actor=second, batch=batch)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "1 至 12 期"),
        ([Line(Decimal(60), "approval", PLAN)], "100%"),
        ([Line(Decimal(101), "approval", PLAN), Line(Decimal(-1), "approval", PLAN)], "100%"),
        ([Line(Decimal(100), "stage", PLAN, stage="started")], "没有关联项目"),
        ([Line(Decimal(100), "evidence", PLAN)], "写明"),
    ],
)
def test_a_schedule_that_does_not_add_up_or_does_not_say_its_condition_is_refused(grant, clerk, lines, said):
    with pytest.raises(WrongInput, match=said):
        set_schedule(actor=clerk, application=grant(), lines=lines)
    assert not Instalment.objects.exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(1, 5000), min_size=1, max_size=8), fen=st.integers(100_000, 10**11))
def test_the_instalments_of_any_schedule_add_up_to_the_grant_to_the_fen(grant, clerk, parts, fen):
    total = sum(parts)
    shares = [(Decimal(part) * 100 / total).quantize(Decimal("0.01")) for part in parts]
    shares[-1] += 100 - sum(shares)
    if any(share <= 0 for share in shares):
        return
    with transaction.atomic():
        made = grant(Decimal(fen) / 100)
        rows = set_schedule(
            actor=clerk, application=made, lines=[Line(share, "approval", PLAN) for share in shares]
        )
        assert sum(row.amount_cny for row in rows) == made.granted_cny
        transaction.set_rollback(True)


def test_a_payment_over_the_budget_is_refused_with_how_much_is_left(
    grant, budget, clerk, second, zone, version
):
    first = at_once(grant(Decimal(1500000)), clerk)
    other = at_once(grant(Decimal(600000), firm=make_enterprise(zone)), clerk)
    assert payments.budget_of(version.policy, 2023).committed_cny == 2100000
    send_batch(actor=second, batch=make_batch(actor=clerk, zone=zone, instalments=[first]))
    held = payments.budget_of(version.policy, 2023)
    assert (held.allocated_cny, held.paid_cny, held.left_cny, held.committed_cny, held.free_cny) == (
        2000000,
        1500000,
        500000,
        600000,
        -100000,
    )
    batch = make_batch(actor=clerk, zone=zone, instalments=[other])
    with pytest.raises(BudgetExceeded, match=r"只剩 500,000\.00 元.*600,000\.00"):
        send_batch(actor=second, batch=batch)
    assert (Payment.objects.count(), PaymentBatch.objects.get(pk=batch.pk).state) == (1, "draft")
    allocate_budget(actor=second, policy=version.policy, year=2023, amount_cny=Decimal(100000))
    send_batch(actor=second, batch=batch)
    assert payments.budget_of(version.policy, 2023).left_cny == 0


def test_a_budget_is_not_cut_below_what_was_paid(grant, budget, clerk, second, zone, version):
    send_batch(
        actor=second,
        batch=make_batch(actor=clerk, zone=zone, instalments=[at_once(grant(Decimal(1500000)), clerk)]),
    )
    with pytest.raises(BudgetExceeded):
        allocate_budget(actor=second, policy=version.policy, year=2023, amount_cny=Decimal(-500001))
    with pytest.raises(BudgetExceeded):
        void_budget(actor=clerk, entry=budget, reason="录错")
    allocate_budget(actor=second, policy=version.policy, year=2023, amount_cny=Decimal(-500000))
    assert payments.budget_of(version.policy, 2023).left_cny == 0
    assert payments.budget_of(version.policy, 2024).left_cny == 0


def test_without_a_budget_nothing_is_paid(grant, clerk, second, zone):
    batch = make_batch(actor=clerk, zone=zone, instalments=[at_once(grant(), clerk)])
    with pytest.raises(BudgetExceeded, match=r"只剩 0\.00"):
        send_batch(actor=second, batch=batch)


def test_a_batch_is_sent_by_a_second_person_and_once(grant, budget, clerk, second, zone):
    only = at_once(grant(), clerk)
    batch = make_batch(actor=clerk, zone=zone, instalments=[only], channel="ecny")
    cards = {person: [card.title for card in cards_for(person, zone)[0]] for person in (clerk, second)}
    assert f"兑付批次 {batch.number} 等待复核" in cards[second]
    assert f"兑付批次 {batch.number} 等待复核" not in cards[clerk]
    with pytest.raises(SenderPrepared):
        send_batch(actor=clerk, batch=batch)
    with pytest.raises(IntegrityError, match=r"paymentbatch_second_person|CHECK"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(sent_by=clerk)
    payment = send_batch(actor=second, batch=batch)[0]
    assert (payment.channel, payment.account, payment.year) == ("ecny", "示例银行 6222", 2023)
    only.refresh_from_db()
    for again in (
        lambda: send_batch(actor=second, batch=batch),
        lambda: leave_batch(actor=clerk, instalment=only),
    ):
        with pytest.raises(BatchSent):
            again()


def test_nothing_is_paid_once_the_review_is_gone_or_the_grant_is_under_objection(
    grant, budget, clerk, second, zone, version
):
    made = grant()
    batch = make_batch(actor=clerk, zone=zone, instalments=[at_once(made, clerk)])
    review = CompetitionReview.objects.get()
    void_review(actor=second, review=review, reason="结论撤销")
    with pytest.raises(NotPayable, match="公平竞争审查"):
        send_batch(actor=second, batch=batch)
    with pytest.raises(ReviewMissing):
        grant(firm=make_enterprise(zone))
    add_review(actor=second, version=version, conclusion="passed", body="区局")
    steps.object_to_decision(actor=clerk, application=made, reason="认为偏少")
    with pytest.raises(NotPayable, match="异议处理中"):
        send_batch(actor=second, batch=batch)


def test_what_came_back_is_free_again_and_may_be_paid_again(grant, budget, clerk, second, zone, version):
    only = at_once(grant(), clerk)
    payment = send_batch(actor=second, batch=make_batch(actor=clerk, zone=zone, instalments=[only]))[0]
    receipt = record_receipt(actor=clerk, payment=payment, amount_cny=Decimal(0), reference="退回-1")
    assert (receipt.result, payments.budget_of(version.policy, 2023).paid_cny) == ("returned", 0)
    again = make_batch(actor=clerk, zone=zone, instalments=[Instalment.objects.get(pk=only.pk)])
    with pytest.raises(MoneyUnderWay):
        void_receipt(actor=clerk, receipt=receipt, reason="其实到了")
    second_payment = send_batch(actor=second, batch=again)[0]
    matched = record_receipt(actor=clerk, payment=second_payment, amount_cny=Decimal(1000000))
    assert (matched.result, payments.budget_of(version.policy, 2023).paid_cny) == ("matched", 1000000)


def test_another_amount_than_sent_is_kept_as_a_difference_and_counted_as_it_arrived(
    grant, budget, clerk, second, zone, version
):
    made = grant()
    payment = send_batch(
        actor=second, batch=make_batch(actor=clerk, zone=zone, instalments=[at_once(made, clerk)])
    )[0]
    receipt = record_receipt(actor=clerk, payment=payment, amount_cny=Decimal(999990))
    assert receipt.result == "differs"
    assert payments.budget_of(version.policy, 2023).paid_cny == 999990
    assert payments.paid_share(made) == Decimal("0.99999")
    for refused in (
        lambda: record_receipt(actor=clerk, payment=payment, amount_cny=Decimal(1000000)),
        lambda: void_payment(actor=clerk, payment=payment, reason="x"),
    ):
        with pytest.raises(MoneyUnderWay):
            refused()
    void_receipt(actor=clerk, receipt=receipt, reason="看错回单")
    record_receipt(actor=clerk, payment=payment, amount_cny=Decimal(1000000))
    assert payments.paid_share(made) == 1


def test_a_voided_payment_says_why_and_its_instalment_is_payable_again(grant, budget, clerk, second, zone):
    made = grant()
    only = at_once(made, clerk)
    payment = send_batch(actor=second, batch=make_batch(actor=clerk, zone=zone, instalments=[only]))[0]
    with pytest.raises(ReasonNeeded):
        void_payment(actor=clerk, payment=payment, reason=" ")
    void_payment(actor=clerk, payment=payment, reason="财政未受理")
    assert payments.paid_share(made) == 0
    assert payments.payable_instalments(payments.visible_instalments(clerk)).get().pk == only.pk
    with pytest.raises(MoneyUnderWay):
        record_receipt(actor=clerk, payment=payment, amount_cny=Decimal(1))


def test_what_has_begun_is_neither_scheduled_anew_nor_undecided(grant, budget, clerk, second, zone):
    made = grant()
    only = at_once(made, clerk)
    at_once(made, clerk)  # nothing has begun: a schedule may be replaced
    only = Instalment.objects.get()
    batch = make_batch(actor=clerk, zone=zone, instalments=[only])
    with pytest.raises(MoneyUnderWay):
        at_once(made, clerk)
    with pytest.raises(MoneyUnderWay):
        steps.take_back_step(actor=clerk, application=made, reason="误批")
    leave_batch(actor=clerk, instalment=Instalment.objects.get())
    assert not Instalment.objects.filter(batch=batch).exists()
    steps.take_back_step(actor=clerk, application=made, reason="误批")
    with pytest.raises(WrongApplicationState):
        at_once(made, clerk)


def test_who_may_not_is_refused_and_strangers_see_nothing(grant, budget, clerk, zone, version):
    made = grant()
    only = at_once(made, clerk)
    steward = make_user(Role.STEWARD, zone=zone)
    for refused in (
        lambda: at_once(made, steward),
        lambda: make_batch(actor=steward, zone=zone, instalments=[only]),
        lambda: allocate_budget(actor=steward, policy=version.policy, year=2023, amount_cny=Decimal(1)),
    ):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(NotFound):
        payments.get_instalment(make_user(Role.ADMINISTRATOR, zone=make_zone()), only.pk)


def test_a_reward_that_an_agreement_promised_is_measured_by_what_its_application_was_paid(
    grant, project, budget, clerk, second, promoter, zone
):
    made = grant(project=project, amount=Decimal(1000000))
    agreement = add_agreement(actor=promoter, project=project, number="协议-1")
    facts = {"due_on": date(2023, 6, 1), "target": Decimal(1000000), "grant_number": made.number}
    reward = add_covenant(actor=promoter, agreement=agreement, kind="reward", **facts)
    review_agreement(
        actor=promoter, agreement=agreement, conclusion="passed", body="局（示例）", document_no="1", on=TODAY
    )
    sign_agreement(actor=promoter, agreement=agreement, on=TODAY)

    def standing():
        return standings_of([get_covenant(None, reward.pk)], on=date(2023, 12, 31))[reward.pk]

    assert (standing().state, standing().payments) == ("unknown", ())
    first, last = set_schedule(
        actor=clerk,
        application=made,
        lines=[Line(Decimal(40), "approval", PLAN), Line(Decimal(60), "evidence", PLAN, asked="完税证明")],
    )
    assert [one.is_planned for one in standing().payments] == [True, True]
    send_batch(actor=second, batch=make_batch(actor=clerk, zone=zone, instalments=[first]))
    found = standing()
    assert (found.state, found.ratio, found.gap) == ("short", Decimal("0.4"), 600000)
    assert [one.says for one in found.payments if one.is_planned] == ["完税证明"]
    payment = Payment.objects.get()
    record_receipt(actor=clerk, payment=payment, amount_cny=Decimal(0))
    assert standing().state == "unknown"
    assert last.amount_cny == 600000
