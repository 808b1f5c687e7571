"""A lead and what it signed for 签约房源: the signing of units that a stage of the lead brought."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.premises.models import Signing
from zhuchao.apps.zones.models import ZoneRow

from .leads import Lead, LeadStage


class LeadSigning(ZoneRow):
    """A signing of units by a lead; ``stage`` is the entry with which the lead came to be signed."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="signings", verbose_name=_("项目名称"))
    stage = models.ForeignKey(LeadStage, models.PROTECT, related_name="+")
    signing = models.OneToOneField(Signing, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.signing)
