"""Payments: scheduled, shown to be due, gathered in batches, sent by a second person, reconciled, voided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entries, add_entry, record_change, save_record, void_entry
from zhuchao.apps.projects.models import Stage
from zhuchao.apps.projects.selectors import stage_entries_of
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import BatchSent, MoneyUnderWay, NotPayable, SenderPrepared, WrongApplicationState
from ..models import (
    Application,
    ApplicationState,
    Instalment,
    InstalmentEvidence,
    Payment,
    PaymentBatch,
    PaymentChannel,
    PaymentReceipt,
    Policy,
)
from ..selectors.payments import ZERO, paid_of, receipt_of, why_not_payable, with_paid
from .applications import locked_application
from .budgets import refuse_beyond

CENT = Decimal("0.01")
MOST_INSTALMENTS = 12


@dataclass(frozen=True)
class Line:
    """One instalment to be scheduled: its part of the grant in percent, its condition, and when it is planned."""

    percent: Decimal
    condition: str
    planned_on: date
    stage: str = ""
    asked: str = ""


@transaction.atomic
def set_schedule(*, actor: User | None, application: Application, lines: Sequence[Line]) -> list[Instalment]:
    """Schedule the payment of a grant in instalments that add up to 100 %, each with what must be shown before it.

    A schedule of which nothing was accepted, batched or paid is replaced. The last instalment takes what rounding to
    0.01 yuan leaves. Raises WrongInput, WrongApplicationState before an approval, and MoneyUnderWay.
    """
    zones.require(actor, Verb.ADD, Thing.PAYMENT, application.zone)
    application = locked_application(application.pk)
    if application.state != ApplicationState.APPROVED or application.granted_cny is None:
        raise WrongApplicationState(
            number=application.number, state=application.get_state_display(), step=_("排定兑付")
        )
    refuse_begun(application, _("重新排定"))
    return write_schedule(actor, application, lines)


def write_schedule(actor: User | None, application: Application, lines: Sequence[Line]) -> list[Instalment]:
    """Write the schedule of a locked, approved application of which nothing has begun, for those who may decide."""
    assert application.granted_cny is not None, "an approval says how much"
    _check_lines(application, lines)
    Instalment.objects.filter(application=application).delete()
    left = application.granted_cny
    rows = []
    for position, line in enumerate(lines, 1):
        amount = (application.granted_cny * line.percent / 100).quantize(CENT, ROUND_DOWN)
        amount = left if position == len(lines) else amount
        if amount <= 0:
            raise WrongInput(field=_("比例"), why=_("每一期至少 0.01 元。"))
        left -= amount
        rows.append(
            Instalment(
                zone=application.zone,
                application=application,
                position=position,
                amount_cny=amount,
                condition=line.condition,
                stage=line.stage,
                asked=" ".join(line.asked.split()),
                planned_on=line.planned_on,
            )
        )
    made = Instalment.objects.bulk_create(rows)
    record_change(
        actor=actor,
        verb="set_schedule",
        rows=[application],
        scope=application.zone_id,
        instalments=[[one.amount_cny, one.condition, one.stage] for one in made],
    )
    return made


@transaction.atomic
def accept_evidence(
    *,
    actor: User | None,
    instalment: Instalment,
    on: date | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> InstalmentEvidence:
    """Accept that the condition of an instalment is met, on a day (today).

    A stage counts by the entry of the project, which must itself show evidence; other conditions need a file or a note
    of what was shown. Raises NotPayable where the project has not come so far, and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PAYMENT, instalment.zone)
    locked_application(instalment.application_id)
    day = on or zones.today(instalment.zone)
    if day > zones.today(instalment.zone):
        raise WrongInput(field=_("日期"), why=_("不能晚于今天。"))
    entry = None
    if instalment.condition == Instalment.Condition.APPROVAL:
        raise WrongInput(field=_("佐证材料"), why=_("这一期核定即付，不要佐证。"))
    if instalment.condition == Instalment.Condition.STAGE:
        project = instalment.application.project
        entry = stage_entries_of(project).get(instalment.stage) if project is not None else None
        if entry is None:
            why = _("项目还没有登记“%(stage)s”。") % {"stage": instalment.get_stage_display()}
            raise NotPayable(instalment=str(instalment), why=why)
        if not (entry.evidence_id or entry.evidence_note or evidence or evidence_note.strip()):
            why = _("项目的“%(stage)s”条目没有佐证。") % {"stage": instalment.get_stage_display()}
            raise NotPayable(instalment=str(instalment), why=why)
        if day < entry.happened_on:
            raise WrongInput(field=_("日期"), why=_("不能早于项目到达该阶段的日期。"))
    elif evidence is None and not evidence_note.strip():
        raise WrongInput(field=_("佐证材料"), why=_("请附上文件，或写明看到了什么。"))
    accepted = InstalmentEvidence(
        zone=instalment.zone,
        instalment=instalment,
        stage_entry=entry,
        happened_on=day,
        evidence=evidence,
        evidence_note=evidence_note.strip(),
    )
    add_entry(accepted, actor=actor, at=zones.now(instalment.zone))
    record_change(
        actor=actor,
        verb="accept_evidence",
        rows=[accepted, instalment.application],
        scope=instalment.zone_id,
        position=instalment.position,
    )
    return accepted


@transaction.atomic
def void_evidence(*, actor: User | None, accepted: InstalmentEvidence, reason: str) -> InstalmentEvidence:
    """Take an acceptance back: what is not yet paid waits again."""
    zones.require(actor, Verb.VOID, Thing.PAYMENT, accepted.zone)
    locked_application(accepted.instalment.application_id)
    successor = void_entry(accepted, actor=actor, at=zones.now(accepted.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_evidence",
        rows=[successor, accepted.instalment.application],
        scope=accepted.zone_id,
        reason=reason,
    )
    return successor


@transaction.atomic
def make_batch(
    *,
    actor: User | None,
    zone: Zone,
    instalments: Iterable[Instalment],
    channel: str = PaymentChannel.FISCAL,
    note: str = "",
) -> PaymentBatch:
    """Gather payable instalments of a zone in a batch for a second person to send. Raises NotPayable, WrongInput."""
    zones.require(actor, Verb.ADD, Thing.PAYMENT, zone)
    # The zone's row is what two people who take the next number race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    wanted = list(instalments)
    if not wanted:
        raise WrongInput(field=_("期次"), why=_("请至少选一期。"))
    if channel not in PaymentChannel.values:
        raise WrongInput(field=_("拨付渠道"), why=_("请从列出的渠道中选择。"))
    head = f"DF{zones.today(zone):%Y%m%d}-"
    count = PaymentBatch.objects.filter(zone=zone, number__startswith=head).count()
    batch = PaymentBatch.objects.create(
        zone=zone, number=f"{head}{count + 1:02d}", channel=channel, note=note.strip(), prepared_by=actor
    )
    for row in _locked_instalments([one.pk for one in wanted]):
        if row.zone_id != zone.pk:
            raise WrongInput(field=_("期次"), why=_("一个批次只能有本辖区的兑付。"))
        if row.batch_id is not None:
            why = _("已在批次 %(number)s 中。") % {"number": row.batch}
            raise NotPayable(instalment=str(row), why=why)
        _refuse_not_payable(row)
        save_record(row, batch=batch)
    record_change(
        actor=actor, verb="make_batch", rows=[batch], scope=zone.pk, number=batch.number, count=len(wanted)
    )
    return batch


@transaction.atomic
def leave_batch(*, actor: User | None, instalment: Instalment) -> Instalment:
    """Take an instalment out of a batch that is not sent. Raises BatchSent."""
    zones.require(actor, Verb.CHANGE, Thing.PAYMENT, instalment.zone)
    batch = _locked_batch(instalment.batch_id) if instalment.batch_id else None
    row = _locked_instalments([instalment.pk])[0]
    if batch is None or row.batch_id != batch.pk:
        raise NotPayable(instalment=str(row), why=_("不在批次里。"))
    _refuse_sent(batch)
    save_record(row, batch=None)
    record_change(
        actor=actor,
        verb="leave_batch",
        rows=[batch, row.application],
        scope=row.zone_id,
        position=row.position,
    )
    return row


@transaction.atomic
def send_batch(*, actor: User | None, batch: PaymentBatch, on: date | None = None) -> list[Payment]:
    """Pay what a batch holds, as a second person, on a day (today), out of the budgets of the year of that day.

    All or nothing. Raises BatchSent, SenderPrepared, NotPayable for an instalment that is not payable any more, and
    BudgetExceeded with how much is left.
    """
    zones.require(actor, Verb.MANAGE, Thing.PAYMENT, batch.zone)
    batch = _locked_batch(batch.pk)
    _refuse_sent(batch)
    if actor is not None and batch.prepared_by_id == actor.pk:
        raise SenderPrepared(number=batch.number, who=str(actor))
    day = on or zones.today(batch.zone)
    if day > zones.today(batch.zone):
        raise WrongInput(field=_("拨付日期"), why=_("不能晚于今天。"))
    held = Instalment.objects.filter(batch=batch)
    needed = held.order_by("application__policy_id").values("application__policy_id")
    # The rows of the policies, in order, are what two people race for who pay the last money of a budget.
    ids = [row["application__policy_id"] for row in needed.annotate(total=Sum("amount_cny"))]
    locked_rows = Policy.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    policies = {policy.pk: policy for policy in locked_rows}
    rows = _locked_instalments(list(held.values_list("pk", flat=True)))
    if not rows:
        raise WrongInput(field=_("期次"), why=_("批次是空的。"))
    for row in rows:
        _refuse_not_payable(row)
    spent: dict[int, Decimal] = {}
    for row in rows:
        spent[row.application.policy_id] = spent.get(row.application.policy_id, ZERO) + row.amount_cny
    for pk, amount in spent.items():
        refuse_beyond(policies[pk], day.year, amount)
    payments = add_entries(
        [
            Payment(
                zone=batch.zone,
                payment_batch=batch,
                instalment=row,
                application=row.application,
                policy=policies[row.application.policy_id],
                enterprise=row.application.enterprise,
                amount_cny=row.amount_cny,
                year=day.year,
                channel=batch.channel,
                account=row.application.account,
                happened_on=day,
            )
            for row in rows
        ],
        actor=actor,
        at=zones.now(batch.zone),
    )
    save_record(batch, state=PaymentBatch.State.SENT, sent_by=actor, sent_on=day)
    record_change(
        actor=actor,
        verb="send_batch",
        rows=[batch, *payments],
        scope=batch.zone_id,
        number=batch.number,
        total_cny=sum(spent.values(), ZERO),
    )
    return payments


@transaction.atomic
def void_payment(*, actor: User | None, payment: Payment, reason: str) -> Payment:
    """Take a payment that was never made out of force: its instalment may be paid again.

    Raises MoneyUnderWay for one that is known to have arrived.
    """
    zones.require(actor, Verb.VOID, Thing.PAYMENT, payment.zone)
    row = _locked_payment(payment)
    receipt = receipt_of(payment)
    if receipt is not None and receipt.result != PaymentReceipt.Result.RETURNED:
        raise MoneyUnderWay(number=payment.application.number, step=_("作废"))
    successor = void_entry(payment, actor=actor, at=zones.now(payment.zone), reason=reason)
    if row.batch_id == payment.payment_batch_id:
        save_record(row, batch=None)
    record_change(
        actor=actor,
        verb="void_grant_payment",
        rows=[successor, payment.payment_batch],
        scope=payment.zone_id,
        reason=reason,
    )
    return successor


@transaction.atomic
def record_receipt(
    *,
    actor: User | None,
    payment: Payment,
    amount_cny: Decimal,
    on: date | None = None,
    reference: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> PaymentReceipt:
    """Enter what the bank says of a payment: the amount in yuan that arrived, 0 where it came back.

    An equal amount is matched, another one differs and stays to be seen to; what came back may be paid again.
    Raises WrongInput, and MoneyUnderWay where a receipt is in force already or the payment was voided.
    """
    zones.require(actor, Verb.CHANGE, Thing.PAYMENT, payment.zone)
    row = _locked_payment(payment)
    day = on or zones.today(payment.zone)
    if not payment.happened_on <= day <= zones.today(payment.zone):
        raise WrongInput(field=_("到账日期"), why=_("应在拨付日期和今天之间。"))
    if amount_cny < 0 or amount_cny >= Decimal(10) ** 12:
        raise WrongInput(field=_("到账金额"), why=_("不能小于 0。"))
    still = Payment.objects.live().filter(pk=payment.pk).exists()
    if not still or receipt_of(payment) is not None:
        raise MoneyUnderWay(number=payment.application.number, step=_("再次登记回单"))
    result = _result(payment, amount_cny)
    entry = PaymentReceipt(
        zone=payment.zone,
        payment=payment,
        result=result,
        amount_cny=amount_cny,
        reference=reference.strip(),
        happened_on=day,
        evidence=evidence,
        evidence_note=evidence_note.strip(),
    )
    add_entry(entry, actor=actor, at=zones.now(payment.zone))
    if result == PaymentReceipt.Result.RETURNED and row.batch_id == payment.payment_batch_id:
        save_record(row, batch=None)
    record_change(
        actor=actor,
        verb="record_receipt",
        rows=[entry, payment.payment_batch],
        scope=payment.zone_id,
        said=str(result),
        amount_cny=amount_cny,
    )
    return entry


@transaction.atomic
def void_receipt(*, actor: User | None, receipt: PaymentReceipt, reason: str) -> PaymentReceipt:
    """Take a receipt that was entered by mistake out of force, unless what came back was paid again meanwhile."""
    zones.require(actor, Verb.VOID, Thing.PAYMENT, receipt.zone)
    payment = receipt.payment
    row = _locked_payment(payment)
    if receipt.result == PaymentReceipt.Result.RETURNED:
        if row.batch_id is not None or paid_of(with_paid(Instalment.objects.filter(pk=row.pk)).get()):
            raise MoneyUnderWay(number=payment.application.number, step=_("作废退回"))
        save_record(row, batch=payment.payment_batch)
    successor = void_entry(receipt, actor=actor, at=zones.now(receipt.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_receipt",
        rows=[successor, payment.payment_batch],
        scope=receipt.zone_id,
        reason=reason,
    )
    return successor


def refuse_begun(application: Application, step: str) -> None:
    """Refuse what a schedule no longer allows: something of it was accepted, is in a batch, or was sent."""
    rows = Instalment.objects.filter(application=application)
    if rows.filter(batch__isnull=False).exists() or Payment.objects.filter(application=application).exists():
        raise MoneyUnderWay(number=application.number, step=step)
    if InstalmentEvidence.objects.filter(instalment__in=rows).exists():
        raise MoneyUnderWay(number=application.number, step=step)


def _result(payment: Payment, amount_cny: Decimal) -> PaymentReceipt.Result:
    if amount_cny == 0:
        return PaymentReceipt.Result.RETURNED
    same = amount_cny == payment.amount_cny
    return PaymentReceipt.Result.MATCHED if same else PaymentReceipt.Result.DIFFERS


def _check_lines(application: Application, lines: Sequence[Line]) -> None:
    if not 1 <= len(lines) <= MOST_INSTALMENTS:
        raise WrongInput(field=_("期次"), why=_("应为 1 至 %(most)d 期。") % {"most": MOST_INSTALMENTS})
    total = sum((line.percent for line in lines), ZERO)
    if total != 100 or any(line.percent <= 0 for line in lines):
        raise WrongInput(
            field=_("比例"),
            why=_("各期比例合计应为 100%%，现为 %(total)s%%。") % {"total": total.normalize()},
        )
    for line in lines:
        if line.condition not in Instalment.Condition.values:
            raise WrongInput(field=_("兑付条件"), why=_("请从列出的条件中选择。"))
        if line.condition == Instalment.Condition.STAGE:
            if application.project_id is None:
                raise WrongInput(field=_("兑付条件"), why=_("申报没有关联项目，不能按项目阶段兑付。"))
            if line.stage not in Stage.values:
                raise WrongInput(field=_("项目阶段"), why=_("请选择。"))
        if line.condition == Instalment.Condition.EVIDENCE and not line.asked.strip():
            raise WrongInput(field=_("须提交的佐证"), why=_("请写明要看什么。"))


def _refuse_not_payable(row: Instalment) -> None:
    why = why_not_payable(row)
    if why:
        raise NotPayable(instalment=str(row), why=why)


def _refuse_sent(batch: PaymentBatch) -> None:
    if batch.is_sent:
        raise BatchSent(number=batch.number)


def _locked_batch(pk: int) -> PaymentBatch:
    rows = PaymentBatch.objects.select_related("zone").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=pk)


def _locked_instalments(ids: Sequence[int]) -> list[Instalment]:
    """Return instalments with their rows and those of their applications locked, in order."""
    mine = Instalment.objects.filter(pk__in=ids).values("application_id")
    list(Application.objects.filter(pk__in=mine).order_by("pk").select_for_update(no_key=True))
    rows = Instalment.objects.filter(pk__in=ids).select_related(
        "zone", "batch", "application__version_of__policy", "application__enterprise", "application__policy"
    )
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def _locked_payment(payment: Payment) -> Instalment:
    return _locked_instalments([payment.instalment_id])[0]
