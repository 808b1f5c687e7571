"""What happened to space: the state a unit came into, and space brought back to use 盘活."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .places import Site, Unit


class UnitState(ZoneEntry):
    """A unit came into a state on a day, with the area it had then.

    Entries of one day stand in the order in which they were first recorded: a correction keeps the place of
    the entry it replaces in ``first_recorded_at``, which is empty on an entry that corrects nothing.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="states")
    state = models.CharField(_("状态"), max_length=10, choices=Unit.State)
    area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=12, decimal_places=2)
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, blank=True, related_name="+"
    )
    occupant_name = models.CharField(_("使用企业"), max_length=120, blank=True)
    why = models.CharField(_("空置原因"), max_length=60, blank=True)
    first_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("unit", "-happened_on", "-id"), name="unitstate_latest")]


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
