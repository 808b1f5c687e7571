"""Special bonds 专项债: what a project applies for in which batch, and how far the application has come."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .projects import Project


class BondStage(models.TextChoices):
    """The stages of an application for a special bond, in order."""

    RESERVE = "reserve", _("储备入库")
    DECLARED = "declared", _("申报")
    CITY = "city", _("市级审核")
    PROVINCE = "province", _("省级审核")
    NATIONAL = "national", _("国家审核")
    ISSUED = "issued", _("发行")
    ARRIVED = "arrived", _("资金到账")
    SPENT = "spent", _("资金支出")

    @property
    def place(self) -> int:
        """Return the stage's place in the order, 0 for the first."""
        return list(BondStage).index(self)


class Bond(ZoneRecord):
    """An application of a project for a special bond: ``batch`` of ``year``, ``amount_cny`` asked for.

    Its stage is what its steps in force say.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="bonds")
    year = models.PositiveSmallIntegerField(_("年度"))
    batch_name = models.CharField(_("申报批次"), max_length=40)
    amount_cny = models.DecimalField(_("申请金额（元）"), max_digits=16, decimal_places=2)
    purpose = models.CharField(_("资金用途"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("project", "year", "batch_name"), name="bond_once_a_batch"),
            models.CheckConstraint(condition=Q(amount_cny__gt=0), name="bond_asks_for_something"),
        ]
        indexes = [models.Index(fields=("zone", "-year", "-id"), name="bond_newest")]

    def __str__(self) -> str:
        return f"{self.project} {self.year} {self.batch_name}"


class BondStep(ZoneEntry):
    """An application came to a stage, or was sent back at it: who reviewed it, what they said, how much it was about."""

    class Outcome(models.TextChoices):
        UNDER_WAY = "under_way", _("办理中")
        PASSED = "passed", _("通过")
        RETURNED = "returned", _("退回")

    bond = models.ForeignKey(Bond, models.PROTECT, related_name="steps")
    stage = models.CharField(_("审核环节"), max_length=10, choices=BondStage)
    outcome = models.CharField(_("环节结果"), max_length=10, choices=Outcome, default=Outcome.PASSED)
    reviewer = models.CharField(_("审核单位"), max_length=60, blank=True)
    opinion = models.CharField(_("审核意见"), max_length=300, blank=True)
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_cny__isnull=True) | Q(amount_cny__gt=0), name="bondstep_amount_is_positive"
            ),
        ]
        indexes = [models.Index(fields=("bond", "id"), name="bondstep_of_bond")]
