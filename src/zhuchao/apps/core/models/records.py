"""A record: a row that may be edited, with the version that guards two people editing at once."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Record(models.Model):
    """Facts about one thing as they stand now. Its history is in the change log."""

    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        abstract = True
