"""Files kept by what they contain: the same bytes are stored once, under their SHA-256."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """Bytes on disk under ``files/ab/cd/<sha256>`` of the data folder. The type was sniffed, not believed."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"))
    media_type = models.CharField(_("类型"), max_length=100)
    stored_at = models.DateTimeField(_("存入时间"), auto_now_add=True)


class Attachment(models.Model):
    """A file as somebody gave it: its name, its giver, and the zone (scope) whose people may open it.

    ``purpose`` says what it is for (evidence, document, ledger, report, picture, brand): the thing whose permission opens it.
    """

    scope = models.PositiveIntegerField(_("范围"), db_index=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments")
    name = models.CharField(_("文件名"), max_length=200)
    purpose = models.CharField(_("用途"), max_length=20, default="evidence")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    def __str__(self) -> str:
        return self.name
