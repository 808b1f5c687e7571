"""Who invests in a project, and with how much."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .projects import Project


class Investor(ZoneEntry):
    """A party that invests in a project: a registered firm or a name, its amount in yuan, its share in percent."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="investors")
    enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="investments_made",
        verbose_name=_("企业档案"),
    )
    name = models.CharField(_("投资方"), max_length=120)
    amount_cny = models.DecimalField(
        _("投资额（元）"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    share_percent = models.DecimalField(_("占比（%）"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_cny__isnull=True) | Q(amount_cny__gt=0), name="investor_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(share_percent__isnull=True) | Q(share_percent__gt=0, share_percent__lte=100),
                name="investor_share_is_one",
            ),
        ]
        indexes = [models.Index(fields=("project", "id"), name="investor_of_project")]
