"""The installation: whether this data file is a demo, which decides what signs in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one row that says what this data file is."""

    class Mode(models.TextChoices):
        EMPTY = "empty", _("空白")
        DEMO = "demo", _("示例")
        REAL = "real", _("正式")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(_("用途"), max_length=10, choices=Mode, default=Mode.EMPTY)
    set_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row")]
