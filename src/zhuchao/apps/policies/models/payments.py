"""Payments 兑付: when a grant is paid, out of which budget, in which batch, and what arrived."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.projects.models import Stage, StageEntry
from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .applications import Application
from .policies import Policy


class PaymentChannel(models.TextChoices):
    """By which way money is sent."""

    BANK = "bank", _("银行转账")
    FISCAL = "fiscal", _("财政集中支付")
    ECNY = "ecny", _("数字人民币")


class BudgetEntry(ZoneEntry):
    """Money was allocated to a policy for a year, or taken away again (below 0), in yuan."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="budget_entries", verbose_name=_("政策"))
    year = models.PositiveSmallIntegerField(_("年度"))
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(amount_cny=0), name="budgetentry_is_not_nothing"),
        ]
        indexes = [models.Index(fields=("policy", "year"), name="budgetentry_of_year")]

    def __str__(self) -> str:
        return gettext("%(policy)s %(year)s 年") % {"policy": self.policy, "year": self.year}


class PaymentBatch(ZoneRecord):
    """Instalments that go to the finance office together; who prepared it does not send it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待复核")
        SENT = "sent", _("已拨付")

    number = models.CharField(_("批次号"), max_length=30)
    channel = models.CharField(
        _("拨付渠道"), max_length=10, choices=PaymentChannel, default=PaymentChannel.FISCAL
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("经办人"),
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("复核人"),
    )
    sent_on = models.DateField(_("拨付日期"), null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("zone", "number"), name="paymentbatch_number_once_a_zone"),
            models.CheckConstraint(
                condition=Q(state="draft", sent_on__isnull=True) | Q(state="sent", sent_on__isnull=False),
                name="paymentbatch_sent_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(sent_by__isnull=True)
                | Q(prepared_by__isnull=True)
                | ~Q(sent_by=F("prepared_by")),
                name="paymentbatch_second_person",
            ),
        ]
        indexes = [models.Index(fields=("zone", "state", "-id"), name="paymentbatch_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_sent(self) -> bool:
        return self.state == self.State.SENT


class Instalment(ZoneRecord):
    """A part of what an application was granted, payable once its condition is shown, never before.

    ``stage`` is the gate that the project has to pass (condition stage), ``asked`` what has to be shown (evidence).
    ``batch`` is the one it is in; empty again when the money came back or the payment was voided.
    """

    class Condition(models.TextChoices):
        APPROVAL = "approval", _("核定即付")
        STAGE = "stage", _("项目到达阶段")
        EVIDENCE = "evidence", _("佐证经认可")

    application = models.ForeignKey(Application, models.PROTECT, related_name="instalments")
    position = models.PositiveSmallIntegerField(_("期次"))
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    condition = models.CharField(_("兑付条件"), max_length=10, choices=Condition)
    stage = models.CharField(_("项目阶段"), max_length=10, choices=Stage, blank=True)
    asked = models.CharField(_("须提交的佐证"), max_length=120, blank=True)
    planned_on = models.DateField(_("计划拨付"))
    batch = models.ForeignKey(
        PaymentBatch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instalments",
        verbose_name=_("批次"),
    )

    class Meta:
        ordering = ("application", "position")
        constraints = [
            models.UniqueConstraint(fields=("application", "position"), name="instalment_position_once"),
            models.CheckConstraint(condition=Q(amount_cny__gt=0), name="instalment_pays_something"),
            models.CheckConstraint(
                condition=Q(condition="approval", stage="", asked="")
                | (Q(condition="stage", asked="") & ~Q(stage=""))
                | (Q(condition="evidence", stage="") & ~Q(asked="")),
                name="instalment_says_its_condition",
            ),
        ]
        indexes = [models.Index(fields=("zone", "planned_on", "id"), name="instalment_by_plan")]

    def __str__(self) -> str:
        return gettext("%(number)s 第 %(position)d 期") % {
            "number": self.application.number,
            "position": self.position,
        }

    @property
    def asks(self) -> str:
        """Return in words what has to be shown before it is paid."""
        if self.condition == self.Condition.STAGE:
            return gettext("项目到达“%(stage)s”") % {"stage": self.get_stage_display()}
        return self.asked or str(self.get_condition_display())


class InstalmentEvidence(ZoneEntry):
    """Somebody accepted that the condition of an instalment is met, by a stage of the project or by what was shown."""

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="accepted")
    stage_entry = models.ForeignKey(StageEntry, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return str(self.instalment)


class Payment(ZoneEntry):
    """Money was sent for an instalment: how much, by which way, to which account, out of the budget of which year."""

    payment_batch = models.ForeignKey(
        PaymentBatch, models.PROTECT, related_name="payments", verbose_name=_("批次")
    )
    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="payments")
    application = models.ForeignKey(Application, models.PROTECT, related_name="payments")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="payments", verbose_name=_("政策"))
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, related_name="policy_payments", verbose_name=_("企业")
    )
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    year = models.PositiveSmallIntegerField(_("预算年度"))
    channel = models.CharField(_("拨付渠道"), max_length=10, choices=PaymentChannel)
    account = models.CharField(_("收款账户"), max_length=120, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(amount_cny__gt=0), name="payment_pays_something"),
        ]
        indexes = [
            models.Index(fields=("policy", "year"), name="payment_of_year"),
            models.Index(fields=("instalment", "id"), name="payment_of_instalment"),
        ]

    def __str__(self) -> str:
        return str(self.instalment)


class PaymentReceipt(ZoneEntry):
    """What became of money that was sent: it arrived, another amount arrived, or it came back."""

    class Result(models.TextChoices):
        MATCHED = "matched", _("已到账")
        DIFFERS = "differs", _("金额不符")
        RETURNED = "returned", _("退回")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="receipts")
    result = models.CharField(_("对账结果"), max_length=10, choices=Result)
    amount_cny = models.DecimalField(_("到账金额（元）"), max_digits=14, decimal_places=2)
    reference = models.CharField(_("流水号"), max_length=60, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(result="returned", amount_cny=0) | (~Q(result="returned") & Q(amount_cny__gt=0)),
                name="paymentreceipt_says_what_arrived",
            ),
        ]
        indexes = [models.Index(fields=("payment", "id"), name="paymentreceipt_of_payment")]
