"""What happened to a task, in the order it happened: the ledger from which every clock of a case is reckoned."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, ZoneEntry

from .cases import CaseTask, TaskMode


class EventKind(models.TextChoices):
    """What can happen to a task."""

    READY = "ready", _("前置办结")
    ASSIGN = "assign", _("指定经办人")
    MODE = "mode", _("确定办理方式")
    START = "start", _("受理")
    STOP = "stop", _("停钟")
    RESUME = "resume", _("复钟")
    RETURN = "return", _("退回补正")
    RESUBMIT = "resubmit", _("补正提交")
    COSIGN = "cosign", _("征求会签")
    COSIGNED = "cosigned", _("会签完成")
    REVIEWED = "reviewed", _("审查通过")
    ISSUE = "issue", _("开始出件")
    FINISH = "finish", _("办结")
    REFUSE = "refuse", _("不予办理")
    WITHDRAW = "withdraw", _("撤回")
    END = "end", _("终止")
    HAND_OVER = "hand_over", _("转出通办")
    HAND_BACK = "hand_back", _("通办回转")


class StopCause(models.TextChoices):
    """For what the legal clock stops: what 行政许可法第四十五条 leaves out of the limit."""

    HEARING = "hearing", _("听证")
    EXPERT = "expert", _("专家评审")
    NOTICE = "notice", _("公示公告")
    SURVEY = "survey", _("检验检测或现场勘验")
    AUCTION = "auction", _("招标拍卖")
    OTHER = "other", _("其他依法不计时限的情形")


class TaskEvent(ZoneEntry):
    """One event of a task. ``happened_at`` is the moment (``happened_on`` its day in the zone); ``department`` is who
    was asked to co-sign; ``number`` that of what was issued; ``cause`` why the clock stops; in ``note`` why a task is
    returned, refused, withdrawn or ended."""

    task = models.ForeignKey(CaseTask, models.PROTECT, related_name="events", verbose_name=_("任务"))
    kind = models.CharField(_("事件"), max_length=10, choices=EventKind)
    happened_at = models.DateTimeField(_("发生时间"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("会签部门")
    )
    mode = models.CharField(_("办理方式"), max_length=6, choices=TaskMode, blank=True)
    cause = models.CharField(_("停钟事由"), max_length=8, choices=StopCause, blank=True)
    number = models.CharField(_("证号或文号"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta(ZoneEntry.Meta):
        ordering = ("happened_at", "pk")
        indexes = [
            models.Index(fields=("task", "happened_at"), name="taskevent_of_task"),
            models.Index(fields=("zone", "kind", "happened_at"), name="taskevent_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.task} · {self.get_kind_display()}"
