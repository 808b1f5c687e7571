"""The tree of places: site, building, floor, unit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import Department, ZoneEntry, ZoneRecord


class Site(ZoneRecord):
    """A park, block, street building or plot with one accountable steward 园长.

    Sites nest: a park holds carriers of its own (``parent``, of the same zone, never in a circle).
    ``admission_scope`` lists the words of the industries that the park takes, empty for any;
    ``plan_constraints`` the uses that the statutory plan 控规 forbids, as ``plan_source`` of ``plan_on`` says.
    """

    class Kind(models.TextChoices):
        PARK = "park", _("产业园")
        BUILDING = "building", _("楼宇")
        BLOCK = "block", _("街区")
        FACTORY = "factory", _("厂区")
        HERITAGE = "heritage", _("古建老宅")
        PLOT = "plot", _("地块")

    class CarrierClass(models.TextChoices):
        FLAGSHIP = "flagship", _("旗舰型")
        FUNCTIONAL = "functional", _("功能型")

    name = models.CharField(_("载体名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind, default=Kind.PARK)
    carrier_class = models.CharField(_("类别"), max_length=10, choices=CarrierClass, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    district = models.CharField(_("片区"), max_length=40, blank=True)
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name=_("园长"),
    )
    operator = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name=_("开发运营主体"),
    )
    land_area_m2 = models.DecimalField(
        _("占地面积（㎡）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级载体")
    )
    theme = models.CharField(_("主题"), max_length=60, blank=True)
    partner = models.CharField(_("合作方"), max_length=120, blank=True)
    admission_scope = models.JSONField(_("准入产业"), default=list, blank=True)
    plan_constraints = models.JSONField(_("规划禁止用途"), default=list, blank=True)
    plan_source = models.CharField(_("规划依据"), max_length=200, blank=True)
    plan_on = models.DateField(_("规划批复日期"), null=True, blank=True)
    incubator = models.BooleanField(_("孵化载体"), default=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("zone", "name"), name="site_name_once_a_zone"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="site_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SiteName(ZoneEntry):
    """A name the site has had since the day of the entry."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="names")
    name = models.CharField(_("名称"), max_length=80)


class Building(ZoneRecord):
    """A building of a site."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="buildings", verbose_name=_("载体"))
    name = models.CharField(_("楼栋"), max_length=60)
    address = models.CharField(_("门牌"), max_length=200, blank=True)

    class Meta:
        ordering = ("site", "name")
        constraints = [models.UniqueConstraint(fields=("site", "name"), name="building_name_once_a_site")]

    def __str__(self) -> str:
        return self.name


class Floor(ZoneRecord):
    """A storey of a building: 1 is the ground floor, -1 the first below it. There is no floor 0."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="floors", verbose_name=_("楼栋"))
    level = models.SmallIntegerField(_("楼层"))

    class Meta:
        ordering = ("building", "level")
        constraints = [
            models.UniqueConstraint(fields=("building", "level"), name="floor_level_once_a_building"),
            models.CheckConstraint(condition=~Q(level=0), name="floor_zero_does_not_exist"),
        ]

    def __str__(self) -> str:
        return f"{self.level}F" if self.level > 0 else f"B{-self.level}"


class Unit(ZoneRecord):
    """A space that is let or used as one: a workshop floor, an office, a plot.

    A fact that is null or blank is not known, which is never the same as no. ``allowed_uses`` and
    ``forbidden_uses`` hold short words (办公, 展示), empty for not known; what a heritage constraint 文保 forbids
    stands among the latter. ``position`` is the place along the floor, counted from one end: units with
    following positions are neighbours. ``tenure`` and ``rent_floor_cny_m2_day`` are for those who may reveal
    units, never for firms or the public.

    ``state``, ``state_since`` and ``idle_m2`` repeat the latest live ``UnitState`` so that lists are quick; only the
    services that write the entry set them.
    """

    class Kind(models.TextChoices):
        WORKSHOP = "workshop", _("标准厂房")
        OFFICE = "office", _("办公")
        RND = "rnd", _("研发")
        SHOP = "shop", _("商业")
        STORAGE = "storage", _("仓储")
        HERITAGE = "heritage", _("古建老宅")
        PLOT = "plot", _("地块")
        OTHER = "other", _("其他")

    class State(models.TextChoices):
        VACANT = "vacant", _("空置")
        RESERVED = "reserved", _("预留")
        SIGNED = "signed", _("已签约")
        LET = "let", _("在用")
        SELF_USED = "self_used", _("自用")
        IN_WORKS = "in_works", _("改造中")
        WITHDRAWN = "withdrawn", pgettext_lazy("状态", "退出")

    class FireClass(models.TextChoices):
        A = "a", _("甲类")
        B = "b", _("乙类")
        C = "c", _("丙类")
        D = "d", _("丁类")
        E = "e", _("戊类")

    class Tenure(models.TextChoices):
        STATE = "state", _("国有")
        COLLECTIVE = "collective", _("集体")
        OWN = "own", _("自有")
        ENTRUSTED = "entrusted", _("托管")
        OTHER = "other", _("其他")

    site = models.ForeignKey(Site, models.PROTECT, related_name="units", verbose_name=_("载体"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("楼栋")
    )
    floor = models.ForeignKey(
        Floor, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("楼层")
    )
    name = models.CharField(_("房号"), max_length=60)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind, default=Kind.OTHER)
    gross_area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=12, decimal_places=2)
    net_area_m2 = models.DecimalField(
        _("使用面积（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    clear_height_m = models.DecimalField(
        _("净高（m）"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    floor_load_kn_m2 = models.DecimalField(
        _("楼面荷载（kN/㎡）"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    power_kva = models.DecimalField(
        _("用电容量（kVA）"), max_digits=8, decimal_places=1, null=True, blank=True
    )
    column_grid = models.CharField(_("柱网（m）"), max_length=20, blank=True)
    water_m3_day = models.DecimalField(
        _("供水（m³/天）"), max_digits=8, decimal_places=1, null=True, blank=True
    )
    has_gas = models.BooleanField(_("通燃气"), null=True, blank=True)
    has_sewage = models.BooleanField(_("通污水"), null=True, blank=True)
    hoist_t = models.DecimalField(_("起重（t）"), max_digits=6, decimal_places=2, null=True, blank=True)
    loading_docks = models.PositiveSmallIntegerField(_("装卸口"), null=True, blank=True)
    fire_class = models.CharField(_("火灾危险性类别"), max_length=1, choices=FireClass, blank=True)
    allowed_uses = models.JSONField(_("允许用途"), default=list, blank=True)
    forbidden_uses = models.JSONField(_("禁止用途"), default=list, blank=True)
    hazard_allowed = models.BooleanField(_("可用于危险品"), null=True, blank=True)
    food_allowed = models.BooleanField(_("可用于食品"), null=True, blank=True)
    tenure = models.CharField(_("产权性质"), max_length=10, choices=Tenure, blank=True)
    rent_floor_cny_m2_day = models.DecimalField(
        _("底价（元/㎡·天）"), max_digits=8, decimal_places=3, null=True, blank=True
    )
    asking_rent_cny_m2_day = models.DecimalField(
        _("挂牌租金（元/㎡·天）"), max_digits=8, decimal_places=3, null=True, blank=True
    )
    amenities = models.JSONField(_("配套"), default=list, blank=True)
    available_on = models.DateField(_("可用日期"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("楼层内次序"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.VACANT, editable=False)
    state_since = models.DateField(_("状态起"), null=True, blank=True, editable=False)
    idle_m2 = models.DecimalField(
        _("部分空置（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True, editable=False
    )
    occupant = models.ForeignKey(
        "enterprises.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("使用企业"),
    )

    class Meta:
        ordering = ("site", "building", "floor", "name")
        constraints = [
            models.UniqueConstraint(
                "site", Coalesce("building", 0), Coalesce("floor", 0), "name", name="unit_once_a_floor"
            ),
            models.CheckConstraint(condition=Q(gross_area_m2__gt=0), name="unit_area_is_positive"),
        ]
        indexes = [
            models.Index(fields=("zone", "state", "id"), name="unit_by_state"),
            models.Index(fields=("zone", "-gross_area_m2", "id"), name="unit_by_area"),
        ]

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.site, self.building, self.floor, self.name) if part)

    @property
    def is_vacant(self) -> bool:
        return self.state == self.State.VACANT
