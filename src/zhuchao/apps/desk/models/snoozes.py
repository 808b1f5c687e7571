"""A card of 今日 that its reader put off."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Snooze(models.Model):
    """One person does not want to see one card until a day. It says nothing of the thing itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    until = models.DateField(_("推迟到"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "key"), name="snooze_once")]
