"""A project, its labels and its places in batches."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, Sector, ZoneEntry, ZoneRecord

from .stages import Stage


class Project(ZoneRecord):
    """An investment project from signing on. Every project has one responsible officer 金牌店小二.

    ``stage`` and ``stage_since`` repeat the furthest live ``StageEntry``; only services set them.
    A phase 分期 or sub-project 子项目 is a project of its own under a ``parent`` of the same zone; ``part`` says which.
    There is no third level.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("新引进")
        EXPANSION = "expansion", _("增资扩产")
        UPGRADE = "upgrade", _("技术改造")
        PUBLIC = "public", _("城建及公共")

    code = models.CharField(_("项目编号"), max_length=40, blank=True)
    name = models.CharField(_("项目名称"), max_length=120)
    normal_name = models.CharField(max_length=120, editable=False)
    company = models.CharField(_("项目单位"), max_length=120, blank=True)
    enterprise = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("企业档案"),
    )
    lead = models.ForeignKey(
        "promotion.Lead",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("来源线索"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("上级项目"),
    )
    part = models.CharField(_("分期或子项目"), max_length=60, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.NEW)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("产业领域")
    )
    theme = models.CharField(_("专题"), max_length=60, blank=True)
    district = models.CharField(_("片区"), max_length=40, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    source_region = models.CharField(_("来源地"), max_length=60, blank=True)
    total_investment_cny = models.DecimalField(
        _("总投资（元）"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage, blank=True, editable=False)
    stage_since = models.DateField(_("阶段起"), null=True, blank=True, editable=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("金牌店小二"),
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("责任单位")
    )
    note = models.CharField(_("形象进度"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("zone", "code"), condition=~models.Q(code=""), name="project_code_once_a_zone"
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                name="project_is_no_part_of_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(part="") | models.Q(parent__isnull=False),
                name="project_part_has_a_parent",
            ),
        ]
        indexes = [
            models.Index(fields=("zone", "name", "id"), name="project_by_name"),
            models.Index(fields=("zone", "stage", "name", "id"), name="project_by_stage"),
            models.Index(fields=("zone", "-total_investment_cny", "-id"), name="project_by_amount"),
            models.Index(fields=("zone", "normal_name"), name="project_by_normal_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectLabel(ZoneEntry):
    """A list the project is on for a year: 列省, 列市, 市重大 ..."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="labels")
    label = models.CharField(_("标签"), max_length=30)
    year = models.PositiveSmallIntegerField(_("年度"))


class BatchPlace(ZoneEntry):
    """A project's place in a batch campaign 三个一批: which batch, which list, which platform."""

    class List(models.TextChoices):
        SIGNING = "signing", _("签约一批")
        STARTING = "starting", _("开工一批")
        PRODUCING = "producing", _("投产一批")

    class Platform(models.TextChoices):
        PROVINCE = "province", _("省平台")
        CITY = "city", _("市平台")

    project = models.ForeignKey(Project, models.PROTECT, related_name="batch_places")
    batch_name = models.CharField(_("批次"), max_length=40)
    list = models.CharField(_("清单"), max_length=10, choices=List)
    platform = models.CharField(_("平台"), max_length=10, choices=Platform)
