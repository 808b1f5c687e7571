"""Technical upgrades 技改 and 机器换人: what equipment a project put in, how many robots, for how much."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .projects import Project


class Upgrade(ZoneEntry):
    """Equipment was put in by an upgrade project. ``robots`` of its ``units`` take over work of people."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="upgrades")
    equipment = models.CharField(_("设备名称"), max_length=120)
    units = models.PositiveIntegerField(_("台（套）数"))
    robots = models.PositiveIntegerField(_("其中机器人（台）"), default=0)
    amount_cny = models.DecimalField(_("设备投资（元）"), max_digits=16, decimal_places=2)
    voucher_no = models.CharField(_("凭证号"), max_length=60, blank=True)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(units__gt=0), name="upgrade_has_units"),
            models.CheckConstraint(
                condition=Q(robots__lte=models.F("units")), name="upgrade_robots_are_units"
            ),
            models.CheckConstraint(condition=Q(amount_cny__gt=0), name="upgrade_costs_something"),
        ]
        indexes = [models.Index(fields=("zone", "happened_on"), name="upgrade_by_day")]

    @property
    def is_verified(self) -> bool:
        return bool(self.voucher_no or self.evidence_id)
