"""Money that went into projects, and the plan for the year."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .projects import Project


class Investment(ZoneEntry):
    """Money put in or paid in, for one project. Without a voucher it is 未核实 and outside the approved total."""

    class Kind(models.TextChoices):
        FIXED_ASSETS = "fixed_assets", _("固定资产投资")
        ARRIVED_FUNDS = "arrived_funds", _("到位资金")
        FOREIGN_ARRIVED = "foreign_arrived", _("到位外资")

    class Document(models.TextChoices):
        INVOICE = "invoice", _("发票")
        BANK_SLIP = "bank_slip", _("银行回单")
        CAPITAL_REPORT = "capital", _("验资报告")
        SETTLEMENT = "settlement", _("工程结算单")
        CONTRACT = "contract", _("合同及付款凭证")
        VOUCHER = "voucher", _("记账凭证")
        AUDIT = "audit", _("审计报告")
        OTHER = "other", _("其他凭证")

    project = models.ForeignKey(Project, models.PROTECT, related_name="investments")
    kind = models.CharField(_("类别"), max_length=16, choices=Kind, default=Kind.FIXED_ASSETS)
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=18, decimal_places=2)
    payer = models.CharField(_("投入方"), max_length=120, blank=True)
    document_kind = models.CharField(_("凭证种类"), max_length=10, choices=Document, blank=True)
    voucher_no = models.CharField(_("凭证号"), max_length=60, blank=True)
    over_plan_reason = models.CharField(_("超计划说明"), max_length=200, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(amount_cny=0), name="investment_is_not_nothing"),
        ]
        indexes = [
            models.Index(fields=("zone", "kind", "happened_on"), name="investment_by_kind"),
            models.Index(fields=("project", "kind", "happened_on"), name="investment_by_project"),
        ]

    @property
    def is_verified(self) -> bool:
        return bool(self.voucher_no or self.evidence_id)


class InvestmentApproval(ZoneEntry):
    """A second person compared one version of an investment entry with its voucher and approved it 核定.

    It speaks of that version only: a correction of the money has to be approved anew.
    """

    investment = models.ForeignKey(Investment, models.PROTECT, related_name="approvals")

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("investment", "id"), name="approval_of_investment")]


class AnnualPlan(ZoneEntry):
    """What a project is to invest in a year. A new version replaces the old one, which stays."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="annual_plans")
    year = models.PositiveSmallIntegerField(_("年度"))
    amount_cny = models.DecimalField(_("年度计划投资（元）"), max_digits=18, decimal_places=2)
