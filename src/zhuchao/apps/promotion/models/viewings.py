"""A viewing 踏勘: a lead is shown premises, booked before, with an outcome after."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones.models import ZoneRecord

from .leads import Lead


class Viewing(ZoneRecord):
    """Who shows a lead which units on which day; ``outcome`` is blank until somebody says what came of it."""

    class Outcome(models.TextChoices):
        LIKED = "liked", _("有意向")
        COMPARING = "comparing", _("再比较")
        UNSUITABLE = "unsuitable", _("不合适")
        CANCELLED = "cancelled", _("未成行")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="viewings", verbose_name=_("项目名称"))
    on = models.DateField(_("踏勘日期"))
    starts_at = models.TimeField(_("时间"), null=True, blank=True)
    escort = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="viewings", verbose_name=_("陪同人")
    )
    units = models.ManyToManyField(Unit, related_name="viewings", verbose_name=_("踏勘房源"))
    outcome = models.CharField(_("踏勘结果"), max_length=12, choices=Outcome, blank=True)
    outcome_note = models.CharField(_("结果说明"), max_length=300, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="") | Q(outcome_note=""), name="viewing_note_follows_an_outcome"
            ),
        ]
        indexes = [models.Index(fields=("zone", "on", "id"), name="viewing_by_day")]

    def __str__(self) -> str:
        return f"{self.lead} {self.on:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Return whether nobody has said yet what came of it."""
        return not self.outcome
