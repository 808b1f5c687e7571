"""What a person wants to hear of."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRow

from .policies import Level


class PolicySubscription(ZoneRow):
    """A person hears of the policies of a zone of a level, an industry and a department; empty means any."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="policy_subscriptions")
    level = models.CharField(_("层级"), max_length=12, choices=Level, blank=True)
    industry = models.CharField(_("适用产业"), max_length=30, blank=True)
    department = models.CharField(_("主管部门"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("订阅时间"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("zone", "user", "level", "industry", "department"), name="policysubscription_once"
            )
        ]
