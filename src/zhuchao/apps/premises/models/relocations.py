"""Relocation 征地拆迁: who has to make room, and how far each of them has come."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .places import Site


class RelocationStep(models.TextChoices):
    """How far a household or firm has come; each step stands for those before it too."""

    AGREED = "agreed", _("已签协议")
    MOVED = "moved", _("已搬离")
    HANDED = "handed", _("已腾空交付")
    DEMOLISHED = "demolished", _("已拆除")


STEPS: Final = tuple(str(step.value) for step in RelocationStep)


class RelocationScheme(ZoneRecord):
    """A scheme of relocation. A party is done with once it has come to ``counted_step`` or beyond."""

    name = models.CharField(_("征迁项目"), max_length=80)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="relocations", verbose_name=_("载体")
    )
    counted_step = models.CharField(
        _("整体进度按"), max_length=10, choices=RelocationStep, default=RelocationStep.HANDED
    )
    started_on = models.DateField(_("启动日期"), null=True, blank=True)
    due_on = models.DateField(_("计划完成"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("zone", "name"), name="relocation_name_once_a_zone"),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(due_on__isnull=True)
                | Q(due_on__gte=models.F("started_on")),
                name="relocation_is_due_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RelocationParty(ZoneRecord):
    """A household or firm of a scheme. Its area, and whether it belongs to the scheme at all, its entries say."""

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", _("住户")
        FIRM = "firm", pgettext_lazy("征迁", "企业")

    scheme = models.ForeignKey(
        RelocationScheme, models.PROTECT, related_name="parties", verbose_name=_("征迁项目")
    )
    number = models.CharField(_("户号"), max_length=30)
    name = models.CharField(_("户名"), max_length=120)
    kind = models.CharField(_("类别"), max_length=9, choices=Kind, default=Kind.HOUSEHOLD)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    due_on = models.DateField(_("约定期限"), null=True, blank=True)

    class Meta:
        ordering = ("scheme", "number")
        constraints = [
            models.UniqueConstraint(fields=("scheme", "number"), name="relocation_number_once_a_scheme")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class RelocationEntry(ZoneEntry):
    """A party was listed with its area, came to a step, or was paid, on a day.

    ``area_m2`` is said when it is listed; ``amount_cny`` is the compensation agreed, or the sum paid, yuan.
    """

    class Kind(models.TextChoices):
        LISTED = "listed", _("纳入征迁")
        AGREED = "agreed", _("已签协议")
        MOVED = "moved", _("已搬离")
        HANDED = "handed", _("已腾空交付")
        DEMOLISHED = "demolished", _("已拆除")
        PAID = "paid", _("支付补偿")

    party = models.ForeignKey(
        RelocationParty, models.PROTECT, related_name="entries", verbose_name=_("征迁户")
    )
    kind = models.CharField(_("事项"), max_length=10, choices=Kind)
    area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=14, decimal_places=2, null=True, blank=True)
    amount_cny = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="listed", area_m2__isnull=False, area_m2__gt=0)
                | (~Q(kind="listed") & Q(area_m2__isnull=True)),
                name="relocationentry_listed_has_area",
            ),
            models.CheckConstraint(
                condition=Q(kind="paid", amount_cny__isnull=False, amount_cny__gt=0)
                | Q(kind="agreed", amount_cny__gte=0)
                | (~Q(kind="paid") & Q(amount_cny__isnull=True)),
                name="relocationentry_money_where_it_belongs",
            ),
        ]
        indexes = [models.Index(fields=("party", "kind"), name="relocationentry_by_kind")]
