"""Foreign capital 外资 of a lead: planned, registered and arrived, each in its own currency."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .leads import Lead


class ForeignCapital(ZoneEntry):
    """Foreign capital of a lead that was planned, registered or arrived on ``happened_on``.

    ``amount`` is in ``currency`` (ISO 4217), ``rate`` yuan for one of it as published for ``rate_on``, ``amount_cny``
    their product rounded to the cent: what was reported stays what it was when rates change.
    """

    class Kind(models.TextChoices):
        PLANNED = "planned", _("拟投外资")
        REGISTERED = "registered", _("注册外资")
        ARRIVED = "arrived", _("到位外资")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="foreign_capital", verbose_name=_("项目名称"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    country = models.CharField(_("国家或地区"), max_length=40)
    currency = models.CharField(_("币种"), max_length=3)
    amount = models.DecimalField(_("金额（原币）"), max_digits=18, decimal_places=2)
    rate = models.DecimalField(_("汇率（元）"), max_digits=14, decimal_places=8)
    rate_on = models.DateField(_("汇率日期"))
    amount_cny = models.DecimalField(_("折合人民币（元）"), max_digits=18, decimal_places=2)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gt=0, rate__gt=0), name="capital_is_positive"),
        ]
        indexes = [models.Index(fields=("lead", "-happened_on", "-id"), name="capital_by_lead")]

    def __str__(self) -> str:
        return f"{self.lead} {self.get_kind_display()} {self.amount:,f} {self.currency}"
