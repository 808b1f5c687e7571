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

    project = models.ForeignKey(Project, models.PROTECT, related_name="investments")
    kind = models.CharField(_("类别"), max_length=16, choices=Kind, default=Kind.FIXED_ASSETS)
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=18, decimal_places=2)
    payer = models.CharField(_("投入方"), max_length=120, blank=True)
    voucher_no = models.CharField(_("凭证号"), max_length=60, blank=True)

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


class AnnualPlan(ZoneEntry):
    """What a project is to invest in a year. A new version replaces the old one, which stays."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="annual_plans")
    year = models.PositiveSmallIntegerField(_("年度"))
    amount_cny = models.DecimalField(_("年度计划投资（元）"), max_digits=18, decimal_places=2)
