"""Urban renewal 城市更新: space that was vacated, what came in its place, and what the land yields before and after."""

from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import ZoneEntry, ZoneRecord
from zhuchao.engines.units import unit_named

from .land import LandGiven
from .places import Site


class Renewal(LandGiven, ZoneRecord):
    """A renewal of a place: its land, and how much new land its plan asks for.

    ``new_land_m2`` of 0 says that the plan takes no new land: all of its space comes from what is there.
    """

    name = models.CharField(_("更新项目"), max_length=80)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("载体")
    )
    programme = models.CharField(_("专项行动"), max_length=40, blank=True)
    new_land_m2 = models.DecimalField(
        _("新增用地（㎡）"), max_digits=14, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering = ("name",)
        constraints = [
            *LandGiven.Meta.constraints,
            models.UniqueConstraint(fields=("zone", "name"), name="renewal_name_once_a_zone"),
            models.CheckConstraint(
                condition=Q(new_land_m2__isnull=True) | Q(new_land_m2__gte=0),
                name="renewal_new_land_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RenewalEvent(ZoneEntry):
    """Space was vacated, came into being or was upgraded on a day; or one tenant came in another's place.

    ``old_…`` and ``new_…`` speak of a replacement only: the yearly output or tax of each tenant, yuan, on the land
    it has, m².
    """

    class Kind(models.TextChoices):
        VACATED = "vacated", _("腾退")
        ADDED = "added", _("新增载体")
        UPGRADED = "upgraded", _("改造完成")
        REPLACED = "replaced", _("换租")

    renewal = models.ForeignKey(Renewal, models.PROTECT, related_name="events", verbose_name=_("更新项目"))
    kind = models.CharField(_("事项"), max_length=8, choices=Kind)
    area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=14, decimal_places=2, null=True, blank=True)
    firms = models.PositiveIntegerField(pgettext_lazy("更新", "企业数"), null=True, blank=True)
    old_name = models.CharField(_("原企业"), max_length=120, blank=True)
    new_name = models.CharField(_("新企业"), max_length=120, blank=True)
    old_value_cny = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    new_value_cny = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    old_land_m2 = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    new_land_m2 = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="replaced") | Q(area_m2__gt=0), name="renewalevent_area_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(kind="replaced") | (~Q(old_name="") & ~Q(new_name="")),
                name="renewalevent_replacement_names_both",
            ),
        ]
        indexes = [models.Index(fields=("zone", "kind", "happened_on"), name="renewalevent_by_kind")]

    @property
    def old_per_mu(self) -> Fraction | None:
        """Return what the former tenant yielded on each 亩, yuan, exactly."""
        return per_mu(self.old_value_cny, self.old_land_m2)

    @property
    def new_per_mu(self) -> Fraction | None:
        """Return what the new tenant yields on each 亩, yuan, exactly."""
        return per_mu(self.new_value_cny, self.new_land_m2)

    @property
    def delta_per_mu(self) -> Fraction | None:
        """Return how much more each 亩 yields with the new tenant, yuan; None when one side is not known."""
        if self.old_per_mu is None or self.new_per_mu is None:
            return None
        return self.new_per_mu - self.old_per_mu


class RenewalFigure(ZoneEntry):
    """A figure of the place before or after its renewal, of a year, from a source.

    ``value`` is yuan for output and tax, m² for land, built and covered area.
    """

    class Side(models.TextChoices):
        BEFORE = "before", _("更新前")
        AFTER = "after", _("更新后")

    class Measure(models.TextChoices):
        OUTPUT = "output", _("产值")
        TAX = "tax", _("税收")
        LAND = "land", _("占地面积")
        BUILT = "built", _("建筑面积")
        COVERED = "covered", _("建筑基底面积")

    renewal = models.ForeignKey(Renewal, models.PROTECT, related_name="figures", verbose_name=_("更新项目"))
    side = models.CharField(_("更新前后"), max_length=6, choices=Side)
    measure = models.CharField(_("数据项"), max_length=7, choices=Measure)
    value = models.DecimalField(_("数值"), max_digits=18, decimal_places=2)
    year = models.PositiveSmallIntegerField(_("年份"))

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(value__gte=0), name="renewalfigure_is_not_negative"),
        ]
        indexes = [models.Index(fields=("renewal", "side", "measure"), name="renewalfigure_by_measure")]

    @property
    def is_money(self) -> bool:
        return self.measure in {self.Measure.OUTPUT, self.Measure.TAX}


def per_mu(value_cny: Decimal | None, land_m2: Decimal | Fraction | None) -> Fraction | None:
    """Return yuan for each 亩, exactly; None when value or land is not known or there is no land."""
    if value_cny is None or not land_m2:
        return None
    return Fraction(value_cny) / (Fraction(land_m2) / unit_named("亩").factor)
