"""Definitions, targets, observations and the reports made of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, Zone, ZoneEntry, ZoneRecord


class Indicator(models.Model):
    """What is measured. ``zone`` None: known to every zone.

    A counted indicator is made from entries by the measure of that name; an observed one is entered from
    statistics. Values of MONEY are kept in yuan (or whole units of ``currency``), areas in m², counts as they
    are, rates as ratios.
    """

    class Kind(models.TextChoices):
        COUNTED = "counted", _("由台账计算")
        OBSERVED = "observed", _("统计数据")

    class Dimension(models.TextChoices):
        MONEY = "money", _("金额")
        AREA = "area", _("面积")
        COUNT = "count", _("数量")
        RATIO = "ratio", _("比率")
        RANK = "rank", _("名次")

    class Direction(models.TextChoices):
        HIGHER = "higher", _("越高越好")
        LOWER = "lower", _("越低越好")

    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.SlugField(_("代码"), max_length=50)
    name = models.CharField(_("指标"), max_length=60)
    kind = models.CharField(_("来源"), max_length=10, choices=Kind)
    measure = models.CharField(_("计算方法"), max_length=50, blank=True)
    dimension = models.CharField(_("量纲"), max_length=10, choices=Dimension)
    currency = models.CharField(_("币种"), max_length=3, blank=True)
    show_unit = models.CharField(_("显示单位"), max_length=10)
    direction = models.CharField(_("方向"), max_length=8, choices=Direction, default=Direction.HIGHER)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("其中，属于")
    )
    definition = models.CharField(_("口径"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("次序"), default=100)

    class Meta:
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("code",), condition=Q(zone__isnull=True), name="indicator_code_once"
            ),
            models.UniqueConstraint(
                fields=("zone", "code"), condition=Q(zone__isnull=False), name="indicator_code_once_a_zone"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the name as the reader says it: what every zone has from the start is known in English too."""
        return self.name if self.zone_id else gettext(self.name)

    @property
    def said_definition(self) -> str:
        """Return the definition as the reader says it."""
        return gettext(self.definition) if self.definition and not self.zone_id else self.definition


class Target(ZoneEntry):
    """What is aimed at for a period. ``happened_on`` is the day it was set; a new version replaces the old."""

    class Kind(models.TextChoices):
        PLAN = "plan", _("年度计划")
        STRETCH = "stretch", _("奋斗目标")

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    kind = models.CharField(_("目标类型"), max_length=8, choices=Kind, default=Kind.PLAN)
    period_from = models.DateField(_("期间起"))
    period_to = models.DateField(_("期间止"))
    value = models.DecimalField(_("目标值"), max_digits=20, decimal_places=4)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="target_period_is_in_order"
            ),
        ]


class Observation(ZoneEntry):
    """A value from statistics for January (or ``period_from``) up to ``happened_on``, with its status.

    ``base_value`` is the same period of last year where it is known; ``growth`` is the published growth
    where it is. A value of a lower status never replaces one of a higher.
    """

    class Status(models.TextChoices):
        FORECAST = "forecast", _("预计")
        FLASH = "flash", _("快报")
        PRELIMINARY = "preliminary", _("初步")
        APPROVED = "approved", _("核定")

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    period_from = models.DateField(_("期间起"))
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=4, null=True, blank=True)
    base_value = models.DecimalField(_("上年同期"), max_digits=20, decimal_places=4, null=True, blank=True)
    growth = models.DecimalField(_("公布的同比"), max_digits=9, decimal_places=6, null=True, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status)
    source = models.CharField(_("数据来源"), max_length=120, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(growth__isnull=False), name="observation_says_something"
            ),
            models.CheckConstraint(
                condition=Q(happened_on__gte=F("period_from")), name="observation_period_is_in_order"
            ),
        ]
        indexes = [models.Index(fields=("zone", "indicator", "-happened_on"), name="observation_by_period")]


class Report(ZoneRecord):
    """A report as it was made: its month, the moment it shows, and the file."""

    month = models.DateField(_("月份"))
    as_of = models.DateTimeField(_("数据截至"))
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    figures = models.JSONField(_("数据"), default=list)

    class Meta:
        ordering = ("-month", "-pk")
