"""Ledgers that come in as files: the upload, how its columns were understood, and what it did."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportShape(models.Model):
    """The mapping a zone chose for files of one shape, so that it is asked once."""

    scope = models.PositiveIntegerField(_("范围"))
    kind = models.CharField(_("台账"), max_length=40)
    shape = models.CharField(_("表头特征"), max_length=64)
    mapping = models.JSONField(_("列对应"), default=dict)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("scope", "kind", "shape"), name="importshape_is_remembered_once")
        ]


class ImportBatch(models.Model):
    """One file of one ledger kind on its way in: uploaded, understood, tried, confirmed.

    ``preview`` holds the first rows of each outcome, as they were tried, for a person to look at.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("已上传")
        TRIED = "tried", _("已试算")
        CONFIRMED = "confirmed", _("已确认，导入中")
        DONE = "done", _("已导入")
        REFUSED = "refused", _("未导入")

    scope = models.PositiveIntegerField(_("范围"), db_index=True)
    kind = models.CharField(_("台账"), max_length=40)
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+")
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    shape = models.CharField(_("表头特征"), max_length=64, blank=True)
    mapping = models.JSONField(_("列对应"), default=dict)
    options = models.JSONField(_("选项"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.UPLOADED)
    counts = models.JSONField(_("行数"), default=dict)
    warnings = models.JSONField(_("提醒"), default=list)
    preview = models.JSONField(_("试算结果"), default=dict)
    outcome = models.ForeignKey("core.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
