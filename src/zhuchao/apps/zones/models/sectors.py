"""A zone's own industries (2+3+X), dated, with GB/T 4754 codes behind them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisation import ZoneRecord


class Sector(ZoneRecord):
    """An industry as one zone names it. Its name never changes: a new name is a new sector, so that old
    reports stay as they were."""

    name = models.CharField(_("产业"), max_length=40)
    tier = models.CharField(_("层级"), max_length=20, blank=True)
    industry_codes = models.JSONField(_("国民经济行业代码"), default=list, blank=True)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        ordering = ("tier", "name")
        constraints = [
            models.UniqueConstraint(fields=("zone", "name", "since"), name="sector_name_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="sector_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name
