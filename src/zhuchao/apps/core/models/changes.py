"""The change log: who did what to which rows, each link sealed by the one before it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST = "0" * 64
"""What the first link of a chain follows."""


class ChainHead(models.Model):
    """The last link of one zone's chain. Locked while a link is added, so that no two share a place."""

    scope = models.PositiveIntegerField(_("范围"), primary_key=True)
    seq = models.PositiveBigIntegerField(_("序号"), default=0)
    digest = models.CharField(_("摘要"), max_length=64, default=FIRST)


class Change(models.Model):
    """One change: a link of the SHA-256 chain of its scope. Scope 0 is the installation itself.

    ``digest`` is SHA-256 over the previous digest and the canonical JSON of this link's own fields.
    """

    scope = models.PositiveIntegerField(_("范围"))
    seq = models.PositiveBigIntegerField(_("序号"))
    moment = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("操作人"),
    )
    actor_name = models.CharField(_("操作人姓名"), max_length=60, blank=True)
    verb = models.CharField(_("操作"), max_length=40)
    thing = models.CharField(_("对象类型"), max_length=60)
    rows = models.JSONField(_("对象"), default=list)
    data = models.JSONField(_("内容"), default=dict)
    previous = models.CharField(_("上一摘要"), max_length=64)
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        ordering = ("scope", "-seq")
        constraints = [
            models.UniqueConstraint(fields=("scope", "seq"), name="change_has_one_place_in_its_chain")
        ]
        indexes = [models.Index(fields=("scope", "thing", "-seq"), name="change_by_thing")]


class ChangedRow(models.Model):
    """Which change touched which row: what a record's timeline is read from."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="touched")
    thing = models.CharField(max_length=60)
    row_id = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=("thing", "row_id", "-id"), name="changedrow_by_row")]
