"""Alliances of zones that share a pool of leads and nothing else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import Record

from .organisation import Zone


class Alliance(Record):
    """Zones that develop together (“1+5”联动发展). A lead put into the pool is seen by every member."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    lead_zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", verbose_name=_("牵头单位"))
    members = models.ManyToManyField(Zone, related_name="alliances", verbose_name=_("成员"))

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
