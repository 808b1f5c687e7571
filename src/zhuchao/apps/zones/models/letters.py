"""Mail to people outside, who have no account here and have agreed to be written to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisation import ZoneRow
from .outbox import Delivery


class Letter(ZoneRow):
    """A mail to an address outside. ``key`` says what it is about: an address is written to of the same thing once.

    ``claimed_until`` is set by the sender who has it in hand, ``why`` says how the last attempt failed.
    """

    address = models.EmailField(_("邮箱"), editable=False)
    key = models.CharField(max_length=160, editable=False)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"))
    state = models.CharField(_("状态"), max_length=10, choices=Delivery.State, default=Delivery.State.WAITING)
    due_at = models.DateTimeField(_("发送时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    why = models.CharField(_("原因"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("address", "key"), name="letter_once_an_address"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=False, state="sent") | Q(sent_at__isnull=True) & ~Q(state="sent"),
                name="letter_sent_has_its_moment",
            ),
        ]
        indexes = [models.Index(fields=("due_at",), condition=Q(state="waiting"), name="letter_waiting")]

    def __str__(self) -> str:
        return self.title
