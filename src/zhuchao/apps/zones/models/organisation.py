"""The tree of zones, their departments, and the abstract rows that belong to a zone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import Entry, Record


class Zone(Record):
    """A sub-district, development zone or park that keeps its own books. Zones form a tree.

    A demo zone lives on ``demo_day``: its clock shows that day, started at ``demo_started_at`` and a
    thousand times slower than real time, so that what is recorded later is later. A real zone has neither.
    """

    class Kind(models.TextChoices):
        SUBDISTRICT = "subdistrict", _("街道")
        TOWN = "town", _("乡镇")
        DEVELOPMENT_ZONE = "development_zone", _("经济技术开发区")
        PARK = "park", _("园区")
        DISTRICT = "district", _("区县")
        CITY = "city", _("市")
        GROUP = "group", _("联合体")

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=20)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    region_code = models.CharField(_("行政区划代码"), max_length=12, blank=True)
    aliases = models.JSONField(_("别名"), default=list, blank=True)
    money_unit = models.CharField(
        _("金额习惯"), max_length=4, default="万元", choices=(("万元", "万元"), ("亿元", "亿元"))
    )
    brand_name = models.CharField(_("服务品牌"), max_length=30, blank=True)
    brand_slogan = models.CharField(_("品牌口号"), max_length=60, blank=True)
    brand_colour = models.CharField(_("品牌颜色"), max_length=7, default="#1f6f5c")
    brand_logo = models.ForeignKey(
        "core.Attachment", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    service_brands = models.JSONField(_("分项品牌"), default=dict, blank=True)
    demo_day = models.DateField(_("示例日期"), null=True, blank=True)
    demo_started_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=Q(demo_day__isnull=True, demo_started_at__isnull=True)
                | Q(demo_day__isnull=False, demo_started_at__isnull=False),
                name="zone_demo_clock_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")),
                name="zone_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_demo(self) -> bool:
        return self.demo_day is not None


class Department(Record):
    """A unit of a zone's organisation: an office, a branch, a squad, an approving department, a developer."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("招商办")
        BRANCH = "branch", _("专业招商分局")
        CENTRE = "centre", _("区域招商中心")
        SQUAD = "squad", _("部门招商小分队")
        DEPARTMENT = "department", _("职能部门")
        APPROVER = "approver", _("审批部门")
        WINDOW = "window", _("服务窗口")
        DEVELOPER = "developer", _("开发运营主体")

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="departments", verbose_name=_("辖区"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ("zone", "kind", "name")
        constraints = [
            models.UniqueConstraint(fields=("zone", "name"), name="department_name_once_a_zone"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")),
                name="department_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ZoneRow(models.Model):
    """A row that belongs to a zone. Every kept row does."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", verbose_name=_("辖区"))

    class Meta:
        abstract = True


class ZoneRecord(ZoneRow, Record):
    """An editable row of a zone."""

    class Meta:
        abstract = True


class ZoneEntry(ZoneRow, Entry):
    """An entry of a zone's ledger."""

    class Meta(Entry.Meta):
        abstract = True
