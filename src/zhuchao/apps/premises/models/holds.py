"""Holds 预留: units kept for somebody until a day, and how long a hold may last."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord, ZoneRow

from .places import Site, Unit


class Hold(ZoneRecord):
    """Units of one site kept for somebody up to and including the day ``until``.

    It is open until it is released, until its last day has passed, or until its units are signed for.
    """

    class End(models.TextChoices):
        RELEASED = "released", pgettext_lazy("预留", "已释放")
        EXPIRED = "expired", pgettext_lazy("预留", "已到期")
        SIGNED = "signed", pgettext_lazy("预留", "已转签约")

    site = models.ForeignKey(Site, models.PROTECT, related_name="holds", verbose_name=_("载体"))
    units = models.ManyToManyField(Unit, through="HoldUnit", related_name="holds", verbose_name=_("房源"))
    held_for = models.CharField(_("预留对象"), max_length=120)
    held_on = models.DateField(_("预留日期"))
    until = models.DateField(_("预留至"))
    why = models.CharField(_("预留事由"), max_length=200, blank=True)
    end = models.CharField(_("结果"), max_length=10, choices=End, blank=True, default="", editable=False)
    ended_on = models.DateField(_("结束日期"), null=True, blank=True, editable=False)
    end_why = models.CharField(_("结束原因"), max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ("until", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("held_on")), name="hold_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(end="", ended_on__isnull=True) | (~Q(end="") & Q(ended_on__isnull=False)),
                name="hold_end_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=("zone", "end", "until"), name="hold_by_end")]

    def __str__(self) -> str:
        return self.held_for

    @property
    def is_open(self) -> bool:
        return not self.end

    def days_left(self, on: date) -> int:
        """Return how many days after ``on`` the hold still lasts; negative when its last day has passed."""
        return (self.until - on).days


class HoldUnit(ZoneRow):
    """A unit of a hold. A unit is in one open hold at most, which the database itself sees to."""

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="places")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="hold_places")
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("unit",), condition=Q(is_open=True), name="unit_is_held_once"),
            models.UniqueConstraint(fields=("hold", "unit"), name="unit_once_a_hold"),
        ]


class HoldLimit(ZoneEntry):
    """How many days a hold of the zone, and of the zones below it, may last from a day on."""

    days = models.PositiveSmallIntegerField(_("最长预留天数"))

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=730), name="hold_limit_is_in_reason"),
        ]
