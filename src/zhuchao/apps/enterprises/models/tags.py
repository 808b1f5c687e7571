"""What is said of a firm (龙头, 独角兽, 总部 ...), by whom and since when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .enterprises import Enterprise


class EnterpriseTag(ZoneEntry):
    """A tag with its source. ``happened_on`` is the day it was given; a void takes it away."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="tags")
    tag = models.CharField(_("标签"), max_length=30)
    source = models.CharField(_("来源"), max_length=120)

    class Meta(ZoneEntry.Meta):
        indexes = [
            models.Index(fields=("zone", "tag"), name="enterprisetag_of_zone"),
            models.Index(fields=("tag", "enterprise"), name="enterprisetag_by_tag"),
        ]

    def __str__(self) -> str:
        return self.tag
