"""A list as somebody likes to see it: filters, order and columns under a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A named address of one list. Shared ones are seen by the whole zone (scope)."""

    scope = models.PositiveIntegerField(_("范围"), default=0)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_key = models.CharField(_("列表"), max_length=40)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("条件"), max_length=1000, blank=True)
    is_shared = models.BooleanField(_("全员可见"), default=False)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("owner", "list_key", "name", "scope"), name="savedview_name_once")
        ]
