"""What a firm says of itself that no other ledger keeps, each value with its day and where it comes from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry


class FirmFact(ZoneEntry):
    """A fact of a firm by the name of its field (``fields.yaml``), stated on a day.

    ``value`` is the plain value of the field's kind: a decimal as text, a day as text, yes or no, or words.
    ``holds_until`` is the last day on which it may be used: last year's revenue is another one next year.
    """

    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, related_name="policy_facts", verbose_name=_("企业")
    )
    field = models.CharField(_("事实"), max_length=64)
    value = models.JSONField(_("数值"))
    source = models.CharField(_("来源"), max_length=120)
    holds_until = models.DateField(_("适用至"), null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("enterprise", "field", "-happened_on"), name="firmfact_of_firm")]

    def __str__(self) -> str:
        return self.field
