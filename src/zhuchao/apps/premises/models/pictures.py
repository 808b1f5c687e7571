"""Pictures 照片与平面图: of a site, of one of its floors or of one of its units."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneRecord

from .places import Floor, Site, Unit


class Picture(ZoneRecord):
    """A photo or a plan; ``caption`` is what somebody who does not see it is told. Public ones show at the door."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        PLAN = "plan", _("平面图")

    site = models.ForeignKey(Site, models.PROTECT, related_name="pictures", verbose_name=_("载体"))
    floor = models.ForeignKey(
        Floor, models.PROTECT, null=True, blank=True, related_name="pictures", verbose_name=_("楼层")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="pictures", verbose_name=_("房源")
    )
    kind = models.CharField(_("类型"), max_length=5, choices=Kind, default=Kind.PHOTO)
    file = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name=_("文件"))
    caption = models.CharField(_("图片说明"), max_length=60, blank=True)
    is_public = models.BooleanField(_("对外公开"), default=False)

    class Meta:
        ordering = ("kind", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(unit__isnull=True), name="picture_of_floor_or_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.caption or str(self.get_kind_display())
