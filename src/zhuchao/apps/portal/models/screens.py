"""Signage: the large screens of a zone, what they show, and when they were last heard of."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Department, ZoneRecord


class Screen(ZoneRecord):
    """A screen that the zone answers for. ``key`` is the secret with which it says that it is alive."""

    class Shows(models.TextChoices):
        FEED = "feed", _("经济数据大屏")
        PREMISES = "premises", _("载体招租")
        NOTICES = "notices", _("公益与公告")
        ADVERTS = "adverts", _("商业广告")
        OTHER = "other", _("其他内容")

    name = models.CharField(_("屏幕名称"), max_length=60)
    place = models.CharField(_("安装位置"), max_length=120)
    width_m = models.DecimalField(
        _("宽（m）"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    height_m = models.DecimalField(
        _("高（m）"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    is_naked_eye_3d = models.BooleanField(_("裸眼3D"), default=False)
    owner = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("产权单位"),
    )
    owner_name = models.CharField(_("产权单位名称"), max_length=80, blank=True)
    shows = models.CharField(_("播放内容"), max_length=10, choices=Shows, default=Shows.FEED)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    key = models.CharField(max_length=40, unique=True, editable=False)
    heard_at = models.DateTimeField(_("最近心跳"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("zone", "name"), name="screen_name_once_a_zone")]

    def __str__(self) -> str:
        return self.name

    @property
    def area_m2(self) -> Decimal | None:
        if self.width_m is None or self.height_m is None:
            return None
        return (self.width_m * self.height_m).quantize(Decimal("0.01"))

    @property
    def owned_by(self) -> str:
        return str(self.owner) if self.owner else self.owner_name
