"""What happened to space: states, splits and merges, and space brought back to use 盘活."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .places import Site, Unit


class UnitLineage(ZoneEntry):
    """Units were split or merged on a day: those in ``parts`` that went became those that came.

    Both sides hold the same area to the cent. What went is withdrawn and what came is in the stock, yet neither
    counts as less or more space.
    """

    class Way(models.TextChoices):
        SPLIT = "split", _("拆分")
        MERGE = "merge", _("合并")

    way = models.CharField(_("方式"), max_length=5, choices=Way)
    area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=12, decimal_places=2)


class UnitLineagePart(models.Model):
    """A unit of a split or merge, with its area on that day: a parent went, a child came."""

    lineage = models.ForeignKey(UnitLineage, models.PROTECT, related_name="parts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="lineage_parts")
    is_child = models.BooleanField(_("拆并后"))
    area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ("lineage", "is_child", "pk")
        constraints = [
            models.UniqueConstraint(fields=("lineage", "unit"), name="lineage_names_a_unit_once"),
            models.UniqueConstraint(
                fields=("unit",), condition=Q(is_child=True), name="unit_comes_of_one_lineage"
            ),
        ]


class UnitState(ZoneEntry):
    """A unit came into a state on a day, with the area it had then.

    Entries of one day stand in the order in which they were first recorded: a correction keeps the place of
    the entry it replaces in ``first_recorded_at``, which is empty on an entry that corrects nothing.
    ``idle_m2`` is the part that stands empty of a unit that is used, null for none. ``lineage`` is the split or
    merge by which the unit came or went.
    """

    class Cause(models.TextChoices):
        EXPIRED = "expired", _("到期未续")
        LEFT = "left", _("提前退租")
        DISPUTE = "dispute", _("产权纠纷")
        CONDITION = "condition", _("条件不符")
        PRICE = "price", _("租金偏高")
        REPAIR = "repair", _("待修缮")
        NEW = "new", _("新建待租")
        PLAN = "plan", _("规划调整")
        OTHER = "other", _("其他原因")
        BUILT = "built", _("新建")
        ENROLLED = "enrolled", _("纳入管理")
        DEMOLISHED = "demolished", _("拆除")
        SOLD = "sold", _("转出")
        CONVERTED = "converted", _("改作他用")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="states")
    state = models.CharField(_("状态"), max_length=10, choices=Unit.State)
    area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=12, decimal_places=2)
    idle_m2 = models.DecimalField(_("部分空置（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True)
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, blank=True, related_name="+"
    )
    occupant_name = models.CharField(_("使用企业"), max_length=120, blank=True)
    cause = models.CharField(_("原因类别"), max_length=10, choices=Cause, blank=True)
    why = models.CharField(_("空置原因"), max_length=60, blank=True)
    lineage = models.ForeignKey(
        UnitLineage, models.PROTECT, null=True, blank=True, related_name="states", editable=False
    )
    first_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(idle_m2__isnull=True) | Q(idle_m2__gt=0, idle_m2__lt=F("area_m2")),
                name="unitstate_idle_is_a_part",
            ),
        ]
        indexes = [models.Index(fields=("unit", "-happened_on", "-id"), name="unitstate_latest")]

    @property
    def cause_code(self) -> str:
        """Return the code of the reason: the one entered, else the one its words name, empty for none."""
        return self.cause or cause_named(self.why)


VACANCY_CAUSES: Final = (
    UnitState.Cause.EXPIRED,
    UnitState.Cause.LEFT,
    UnitState.Cause.DISPUTE,
    UnitState.Cause.CONDITION,
    UnitState.Cause.PRICE,
    UnitState.Cause.REPAIR,
    UnitState.Cause.NEW,
    UnitState.Cause.PLAN,
    UnitState.Cause.OTHER,
)
"""Why a unit may stand empty."""

CAUSE_WORDS: Final = {
    "到期未续": UnitState.Cause.EXPIRED,
    "合同到期": UnitState.Cause.EXPIRED,
    "提前退租": UnitState.Cause.LEFT,
    "前租户搬离": UnitState.Cause.LEFT,
    "企业搬离": UnitState.Cause.LEFT,
    "产权纠纷": UnitState.Cause.DISPUTE,
    "条件不符": UnitState.Cause.CONDITION,
    "租金偏高": UnitState.Cause.PRICE,
    "待修缮": UnitState.Cause.REPAIR,
    "待改造": UnitState.Cause.REPAIR,
    "新建待租": UnitState.Cause.NEW,
    "规划调整": UnitState.Cause.PLAN,
    "新建": UnitState.Cause.BUILT,
    "纳入管理": UnitState.Cause.ENROLLED,
    "拆除": UnitState.Cause.DEMOLISHED,
    "转出": UnitState.Cause.SOLD,
    "改作他用": UnitState.Cause.CONVERTED,
}
"""The words of a ledger for each reason."""


def cause_named(words: str) -> str:
    """Return the code of a reason that stands in words, empty when they name none that is known."""
    return str(CAUSE_WORDS.get("".join(words.split()), ""))


class Revitalisation(ZoneEntry):
    """Idle space brought back to use on a day. The same space counts once, and only with evidence."""

    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="revitalisations")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="revitalisations")
    place = models.CharField(_("盘活载体"), max_length=120)
    area_m2 = models.DecimalField(_("盘活面积（㎡）"), max_digits=12, decimal_places=2)
    way = models.CharField(_("盘活方式"), max_length=40, blank=True)
    used_by = models.CharField(_("引进企业"), max_length=120, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="revitalisation_area_is_positive"),
        ]
        indexes = [models.Index(fields=("zone", "happened_on"), name="revitalisation_by_day")]
