"""The public pool 公海: leads that nobody answers for, given up and taken."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .leads import Lead


class PoolMove(ZoneEntry):
    """A lead went into the public pool or was taken out of it, on a day.

    ``person`` is who answered for the lead until then, or who answers for it from then on. The pool itself is the
    open leads without an owner; these entries say how each came there and how often.
    """

    class Kind(models.TextChoices):
        LAPSED = "lapsed", _("久未跟进，退回公海")
        RETURNED = "returned", _("退回公海")
        CLAIMED = "claimed", _("领取")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="pool_moves")
    kind = models.CharField(_("去向"), max_length=10, choices=Kind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("责任人")
    )

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("lead", "-happened_on", "-id"), name="poolmove_latest")]
