"""Whether the originals of policies can still be opened: the switch of a zone, and what was seen each time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord

from .policies import PolicyVersion


class SourceWatch(ZoneRecord):
    """Whether this server asks the addresses of a zone's policies by itself. Off until an administrator says so."""

    is_on = models.BooleanField(_("定期检查原文"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("zone",), name="sourcewatch_once_a_zone")]

    def __str__(self) -> str:
        return str(self.zone)


class SourceCheck(ZoneEntry):
    """What an address answered when it was asked for the original of a version."""

    class Outcome(models.TextChoices):
        OPENED = "opened", _("能打开")
        GONE = "gone", _("页面不存在")
        REFUSED = "refused", _("拒绝访问")
        FAILED = "failed", _("网站出错")
        TIMED_OUT = "timed_out", _("没有应答")
        UNREACHABLE = "unreachable", _("连不上")
        LOOPED = "looped", _("反复跳转")
        UNTRUSTED = "untrusted", _("安全连接有问题")
        FORBIDDEN = "forbidden", _("地址不在公网")

    version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="source_checks", verbose_name=_("版本号")
    )
    address = models.URLField(_("原文网址"), max_length=300)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome)
    status = models.PositiveSmallIntegerField(_("状态码"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("连续打不开"), default=0)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(outcome="opened", failures=0) | ~Q(outcome="opened") & Q(failures__gte=1),
                name="sourcecheck_failures_count",
            ),
        ]
        indexes = [models.Index(fields=("version", "-happened_on", "-id"), name="sourcecheck_latest")]

    def __str__(self) -> str:
        return f"{self.address} {self.get_outcome_display()}"

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.OPENED
