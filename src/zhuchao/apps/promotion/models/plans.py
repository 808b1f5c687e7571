"""Plans that place many leads on many units at once, as they were calculated."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord, ZoneRow

from .leads import Lead


class PlacingPlan(ZoneRecord):
    """Which open leads go to which vacant units for the greatest expected benefit, as it stood when it was made.

    What was asked for is kept, so that a plan whose worker was killed is made again from it: ``lead_ids`` (ids of the
    leads that take part), ``site_ids`` (empty for every site), ``weighting`` and ``chances`` ({stage of a lead: how
    likely it signs, per cent}), and how many ``seconds`` the search may take. ``made_at`` is empty until it is made.

    ``worth`` and ``bound`` are in the unit of the benefit (see ``Weighting``), ``gap`` is the part of the bound that is
    missing. ``fingerprint`` stands for the leads and units that it was made of. ``prices`` lists by kind of unit
    {"kind", "units", "area_m2", "price_m2", "highest_m2"}, numbers as text; ``stock`` the vacant area of each building
    {"building_id", "name", "site", "area_m2", "units"}.
    """

    class Weighting(models.TextChoices):
        INVESTMENT = "investment", _("计划总投资（万元）× 签约可能")
        LEADS = "leads", _("每条线索一样 × 签约可能")

    weighting = models.CharField(_("效益按"), max_length=10, choices=Weighting, default=Weighting.INVESTMENT)
    chances = models.JSONField(_("签约可能（%）"), default=dict)
    seconds = models.PositiveSmallIntegerField(_("最长计算时间（秒）"), default=60)
    lead_ids = models.JSONField(_("线索"), default=list)
    site_ids = models.JSONField(_("载体"), default=list, blank=True)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("计算时间"), null=True, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    vacant_units = models.PositiveIntegerField(_("空置房源"), default=0)
    vacant_m2 = models.DecimalField(_("空置面积（㎡）"), max_digits=14, decimal_places=2, default=0)
    worth = models.DecimalField(_("预期效益"), max_digits=20, decimal_places=4, default=0)
    bound = models.DecimalField(_("效益上限"), max_digits=20, decimal_places=4, default=0)
    gap = models.DecimalField(_("已证明差距"), max_digits=9, decimal_places=8, default=0)
    is_proved = models.BooleanField(_("已证明最优"), default=False)
    was_stopped = models.BooleanField(_("提前停止"), default=False)
    prices = models.JSONField(_("每类空间多一平方米的价值"), default=list)
    stock = models.JSONField(_("各楼栋空置"), default=list)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=("zone", "-id"), name="placingplan_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(gap__gte=0, gap__lte=1), name="placingplan_gap_is_a_ratio"),
        ]

    def __str__(self) -> str:
        return str(_("整体匹配 %(number)s 号")) % {"number": self.pk}


class PlanRow(ZoneRow):
    """What became of one lead in a plan.

    ``units`` lists what it got [{"pk", "name", "site", "building_id", "area_m2"}], empty for nothing; ``best`` the same
    of what would suit it best if it were alone. ``criteria`` lists [{"name", "verdict", "is_hard"}] of what it got.
    ``lost`` is what ``best`` is worth beyond ``worth``. ``why`` is one of the engine's reasons and ``by`` the ids of the
    leads that stand in the way; ``says`` holds what else there is to tell, by reason. ``hold`` is by what the units were
    kept for it from this plan.
    """

    plan = models.ForeignKey(PlacingPlan, models.CASCADE, related_name="rows")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="plan_rows", verbose_name=_("线索"))
    benefit = models.DecimalField(_("满分时的效益"), max_digits=20, decimal_places=4)
    worth = models.DecimalField(_("预期效益"), max_digits=20, decimal_places=4, default=0)
    lost = models.DecimalField(_("未得到的效益"), max_digits=20, decimal_places=4, default=0)
    area_m2 = models.DecimalField(_("面积（㎡）"), max_digits=14, decimal_places=2, default=0)
    score = models.DecimalField(_("匹配得分"), max_digits=7, decimal_places=4, null=True, blank=True)
    units = models.JSONField(_("房源"), default=list)
    best = models.JSONField(_("最合适的房源"), default=list)
    criteria = models.JSONField(_("条件"), default=list)
    why = models.CharField(_("原因"), max_length=12)
    by = models.JSONField(default=list)
    says = models.JSONField(default=dict)
    hold = models.ForeignKey("premises.Hold", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("plan", "-worth", "-lost", "pk")
        constraints = [
            models.UniqueConstraint(fields=("plan", "lead"), name="planrow_lead_once_a_plan"),
        ]

    @property
    def is_placed(self) -> bool:
        return bool(self.units)

    @property
    def unit_ids(self) -> list[int]:
        return [unit["pk"] for unit in self.units]
