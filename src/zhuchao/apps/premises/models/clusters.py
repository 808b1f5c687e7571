"""Cluster targets 集聚目标: how many firms of an industry are to be in a place by a day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Sector, ZoneEntry

from .places import Site


class ClusterTarget(ZoneEntry):
    """So many firms of a sector, or with a tag, in a site (the whole zone without one) up to and on ``deadline``.

    ``happened_on`` is the day it was set. A new version replaces the old one, which stays readable.
    """

    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="clusters", verbose_name=_("载体")
    )
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("产业")
    )
    tag = models.CharField(_("标签"), max_length=30, blank=True)
    goal = models.PositiveIntegerField(_("目标家数"))
    deadline = models.DateField(_("截止日期"))

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(sector__isnull=False) | ~Q(tag=""), name="clustertarget_says_which_firms"
            ),
            models.CheckConstraint(condition=Q(goal__gt=0), name="clustertarget_goal_is_positive"),
            models.CheckConstraint(
                condition=Q(deadline__gte=F("happened_on")), name="clustertarget_ends_after_it_is_set"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(place)s %(what)s企业 %(goal)d 家") % {
            "place": self.site or self.zone,
            "what": self.what,
            "goal": self.goal,
        }

    @property
    def what(self) -> str:
        """Return the industry or tag as people say it."""
        return str(self.sector.name) if self.sector else self.tag
