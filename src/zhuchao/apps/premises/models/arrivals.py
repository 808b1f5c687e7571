"""Planned arrivals 引进计划: who is to move into which building, and in which month."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord

from .places import Building, Site, Unit


class Arrival(ZoneRecord):
    """Somebody who is to arrive at a building in a month: a brand, a firm, a shop.

    ``expected_month`` is the first day of that month. It is overdue from the first of the next one on, until it is
    done, or called off with a reason.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="arrivals", verbose_name=_("载体"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="arrivals", verbose_name=_("楼栋")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="arrivals", verbose_name=_("房源")
    )
    who = models.CharField(_("引进对象"), max_length=120)
    expected_month = models.DateField(_("计划月份"))
    done_on = models.DateField(_("到位日期"), null=True, blank=True, editable=False)
    is_called_off = models.BooleanField(_("取消"), default=False, editable=False)
    called_off_why = models.CharField(_("取消原因"), max_length=200, blank=True, editable=False)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        ordering = ("expected_month", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(expected_month__day=1), name="arrival_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(is_called_off=False),
                name="arrival_is_done_or_called_off",
            ),
        ]
        indexes = [models.Index(fields=("zone", "expected_month"), name="arrival_by_month")]

    def __str__(self) -> str:
        return self.who

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.is_called_off

    @property
    def place(self) -> Unit | Building | Site:
        """Return the nearest place the plan names."""
        return self.unit or self.building or self.site

    def is_due(self, on: date) -> bool:
        """Return whether it is expected in the month of ``on``."""
        return self.is_open and self.expected_month == on.replace(day=1)

    def is_overdue(self, on: date) -> bool:
        """Return whether its month is over and it is still open."""
        return self.is_open and self.expected_month < on.replace(day=1)
