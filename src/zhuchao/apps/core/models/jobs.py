"""Long work: a row with progress that survives a kill and can be cancelled."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of long work. Whoever runs it beats the heart; a silent heart is picked up again."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    kind = models.CharField(_("工作"), max_length=40)
    title = models.CharField(_("名称"), max_length=120)
    scope = models.PositiveIntegerField(_("范围"), default=0, db_index=True)
    arguments = models.JSONField(_("参数"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED, db_index=True)
    step = models.CharField(_("当前步骤"), max_length=120, blank=True)
    done = models.PositiveBigIntegerField(_("已处理"), default=0)
    total = models.PositiveBigIntegerField(_("总数"), null=True, blank=True)
    cancel_asked = models.BooleanField(_("要求取消"), default=False)
    attempts = models.PositiveIntegerField(_("尝试次数"), default=0)
    result = models.JSONField(_("结果"), default=dict)
    problem = models.JSONField(_("问题"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("心跳"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def percent(self) -> int | None:
        """Return whole percent done, or None while the total is not known."""
        return None if not self.total else min(100, int(self.done * 100 // self.total))
