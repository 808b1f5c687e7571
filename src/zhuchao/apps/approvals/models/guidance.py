"""How the zone helped with a case (帮办, 代办, 导办), on whose word, and the times that cases are measured by."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .cases import Case, ServiceMode


class ServiceAction(models.TextChoices):
    """What somebody does to help with a case."""

    ADVISE = "advise", _("咨询指引")
    REMIND = "remind", _("进度提醒")
    DRAFT = "draft", _("帮助填报")
    HAND_IN = "hand_in", _("代交材料")
    FOLLOW = "follow", _("代为跟办")


class ServiceMandate(ZoneEntry):
    """A firm's word that an agent may act for it in a case, from ``happened_on`` to ``until``, both included."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="mandates", verbose_name=_("办件"))
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("代办员")
    )
    given_by = models.CharField(_("委托人"), max_length=60)
    until = models.DateField(_("委托至"))

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(until__gte=F("happened_on")), name="servicemandate_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(evidence__isnull=False) | ~Q(evidence_note=""),
                name="servicemandate_has_its_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_by} → {self.agent}"


class ServiceLog(ZoneEntry):
    """Something that was done to help with a case, under the way of helping of that moment."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="service_logs", verbose_name=_("办件"))
    mode = models.CharField(_("服务方式"), max_length=6, choices=ServiceMode)
    action = models.CharField(_("服务内容"), max_length=8, choices=ServiceAction)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("服务人员")
    )
    happened_at = models.DateTimeField(_("发生时间"))
    note = models.CharField(_("说明"), max_length=300)

    class Meta(ZoneEntry.Meta):
        indexes = [
            models.Index(fields=("case", "happened_at"), name="servicelog_of_case"),
            models.Index(fields=("zone", "mode", "happened_on"), name="servicelog_by_mode"),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.get_action_display()}"


class Benchmark(ZoneRecord):
    """A time that the cases of a zone are measured by: how quickly it was once done, and how long it took before.

    ``elapsed_minutes`` is time by the clock on the wall. ``procedure_key`` narrows it to cases of one procedure.
    """

    name = models.CharField(_("标杆名称"), max_length=80)
    procedure_key = models.CharField(_("流程编号"), max_length=40, blank=True)
    elapsed_minutes = models.PositiveIntegerField(_("用时（分钟）"))
    before = models.CharField(_("原来用时"), max_length=40, blank=True)
    achieved_on = models.DateField(_("日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200)
    is_open = models.BooleanField(_("在用"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("zone", "name"), name="benchmark_name_once_a_zone"),
            models.CheckConstraint(condition=Q(elapsed_minutes__gt=0), name="benchmark_takes_time"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def elapsed(self) -> timedelta:
        """Return the time by the clock on the wall."""
        return timedelta(minutes=self.elapsed_minutes)
