"""Who is on duty on which day, and which officer answers for what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisation import Department, ZoneRecord, ZoneRow


class DutyShift(ZoneRecord):
    """One person on duty on one day (365天天帮). Holiday cover is a shift like any other."""

    day = models.DateField(_("日期"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("值班人")
    )
    note = models.CharField(_("备注"), max_length=60, blank=True)

    class Meta:
        ordering = ("day",)
        constraints = [models.UniqueConstraint(fields=("zone", "day", "officer"), name="dutyshift_once")]
        indexes = [models.Index(fields=("zone", "day"), name="dutyshift_by_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.officer}"


class Assignment(ZoneRow):
    """An officer answers for a thing from a day until a day. Kept for ever; hand-over ends one and opens one.

    ``thing`` and ``row_id`` name what it is (``promotion.lead`` 17): zones do not know the apps above.
    ``share`` is the credit in percent when several units work on one thing together.
    """

    thing = models.CharField(_("对象类型"), max_length=40)
    row_id = models.PositiveBigIntegerField()
    label = models.CharField(_("对象"), max_length=120)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", verbose_name=_("责任人")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    share = models.DecimalField(_("占比（%）"), max_digits=5, decimal_places=2, default=100)
    since = models.DateTimeField(_("起"))
    until = models.DateTimeField(_("止"), null=True, blank=True)
    reason = models.CharField(_("交接原因"), max_length=200, blank=True)

    class Meta:
        ordering = ("-since", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("thing", "row_id", "officer"),
                condition=Q(until__isnull=True),
                name="assignment_open_once",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=100), name="assignment_share_is_a_percent"
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "officer", "until"), name="assignment_by_officer"),
            models.Index(fields=("thing", "row_id", "-since"), name="assignment_by_thing"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        return self.until is None
