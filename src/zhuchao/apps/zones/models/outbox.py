"""What people are told: notices, the ways in which they want to hear, and every attempt to reach them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisation import ZoneRecord, ZoneRow


class Notice(ZoneRow):
    """Something that one person is told from a moment on.

    ``key`` says what it is about (``policies.window:17:T-7``): the same person is told the same thing once.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    key = models.CharField(max_length=160, editable=False)
    kind = models.CharField(_("类别"), max_length=40)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"), blank=True)
    url = models.CharField(_("网址"), max_length=200, blank=True)
    is_urgent = models.BooleanField(_("紧急"), default=False)
    due_at = models.DateTimeField(_("通知时间"))
    created_at = models.DateTimeField(_("建立"), auto_now_add=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "key"), name="notice_once_a_person")]
        indexes = [
            models.Index(fields=("user", "-due_at", "-id"), name="notice_newest"),
            models.Index(fields=("user", "due_at"), condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class Channel(ZoneRecord):
    """A way to reach one person outside of these pages. The address is a secret: it is never shown again."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("邮件")
        WECOM = "wecom", _("企业微信")
        DINGTALK = "dingtalk", _("钉钉")
        FEISHU = "feishu", _("飞书")
        WEBHOOK = "webhook", _("网址推送")

    class Rhythm(models.TextChoices):
        AT_ONCE = "at_once", _("立即")
        DAILY = "daily", _("每天汇总")
        WEEKLY = "weekly", _("每周汇总")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="channels")
    kind = models.CharField(_("方式"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=40)
    address = models.CharField(_("地址或密钥"), max_length=300)
    rhythm = models.CharField(_("频次"), max_length=10, choices=Rhythm, default=Rhythm.AT_ONCE)
    quiet_from = models.TimeField(_("免打扰起"), null=True, blank=True)
    quiet_to = models.TimeField(_("免打扰止"), null=True, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=models.F("quiet_to")),
                name="channel_quiet_has_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(ZoneRow):
    """One notice on its way through one channel.

    ``claimed_until`` is set by the sender who has it in hand. One who is killed lets it go by that moment, so a
    message may arrive twice, and never not at all.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        GIVEN_UP = "given_up", _("未送达")
        STOPPED = "stopped", _("已取消")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="deliveries")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(_("发送时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("notice", "channel"), name="delivery_once_a_channel"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=False, state="sent") | Q(sent_at__isnull=True) & ~Q(state="sent"),
                name="delivery_sent_has_its_moment",
            ),
        ]
        indexes = [models.Index(fields=("due_at",), condition=Q(state="waiting"), name="delivery_waiting")]

    def __str__(self) -> str:
        return str(self.pk)


class SendAttempt(ZoneRow):
    """One attempt to send: how many notices went together, and how it ended. It names no address."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="attempts")
    moment = models.DateTimeField(_("时间"))
    notices = models.PositiveSmallIntegerField(_("通知数"))
    is_sent = models.BooleanField(_("成功"))
    why = models.CharField(_("原因"), max_length=120, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return str(self.moment)
