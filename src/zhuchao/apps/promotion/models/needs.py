"""What a lead asks of premises, as structured facts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones.models import ZoneRecord

from .leads import Lead

CRITERIA = (
    "area_min_m2",
    "area_max_m2",
    "kinds",
    "clear_height_m",
    "floor_load_kn_m2",
    "power_kva",
    "water_m3_day",
    "needs_gas",
    "needs_sewage",
    "hoist_t",
    "needs_dock",
    "ground_floor",
    "fire_class",
    "rent_max_cny_m2_day",
    "move_in_on",
)
"""The facts of ``LeadNeeds`` that premises can be compared with."""


class LeadNeeds(ZoneRecord):
    """What a lead asks of premises, at most once a lead.

    A fact that is null, or ``kinds`` empty or ``fire_class`` blank, was not said, which is never the same as no.
    ``kinds`` holds values of ``Unit.Kind``, any of which will do. ``is_hard`` lists the names among ``CRITERIA`` that
    must hold; the others count. ``source_text`` is the running text that the facts were read from.
    """

    lead = models.OneToOneField(
        Lead, models.PROTECT, related_name="structured_needs", verbose_name=_("项目名称")
    )
    area_min_m2 = models.DecimalField(
        _("最小面积（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    area_max_m2 = models.DecimalField(
        _("最大面积（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    kinds = models.JSONField(_("载体类型"), default=list, blank=True)
    clear_height_m = models.DecimalField(
        _("净高不低于（m）"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    floor_load_kn_m2 = models.DecimalField(
        _("荷载不低于（kN/㎡）"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    power_kva = models.DecimalField(
        _("用电不低于（kVA）"), max_digits=8, decimal_places=1, null=True, blank=True
    )
    water_m3_day = models.DecimalField(
        _("用水不低于（m³/天）"), max_digits=8, decimal_places=1, null=True, blank=True
    )
    needs_gas = models.BooleanField(_("需要燃气"), null=True, blank=True)
    needs_sewage = models.BooleanField(_("需要排污"), null=True, blank=True)
    hoist_t = models.DecimalField(_("起重不低于（t）"), max_digits=6, decimal_places=2, null=True, blank=True)
    needs_dock = models.BooleanField(_("需要装卸口"), null=True, blank=True)
    ground_floor = models.BooleanField(_("需要一楼"), null=True, blank=True)
    fire_class = models.CharField(_("火灾危险性类别"), max_length=1, choices=Unit.FireClass, blank=True)
    rent_max_cny_m2_day = models.DecimalField(
        _("租金不高于（元/㎡·天）"), max_digits=8, decimal_places=3, null=True, blank=True
    )
    move_in_on = models.DateField(_("最晚入驻日期"), null=True, blank=True)
    use = models.CharField(_("用途"), max_length=60, blank=True)
    is_hard = models.JSONField(_("必须满足"), default=list, blank=True)
    source_text = models.TextField(_("需求原文"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(area_min_m2__isnull=True)
                | Q(area_max_m2__isnull=True)
                | Q(area_max_m2__gte=F("area_min_m2")),
                name="needs_area_range_is_not_upside_down",
            ),
        ]

    def __str__(self) -> str:
        return str(self.lead)

    def said(self, name: str) -> bool:
        """Return whether the lead said anything of the fact ``name``."""
        return getattr(self, name) not in (None, "", [])
