"""The door of a zone: whether it is open, and which sites, units and policies stand in it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.policies.models import Policy
from zhuchao.apps.premises.models import Site, Unit
from zhuchao.apps.zones.models import ZoneRecord


class Door(ZoneRecord):
    """The public pages of one zone. Nothing of a zone is public before its door is open.

    ``slug`` is the word in the address; the zone's code leads there too. ``keep_days`` is how long the name and
    telephone of somebody who asked are kept after the enquiry was answered.
    """

    slug = models.SlugField(_("网址中的名称"), max_length=30, unique=True)
    is_open = models.BooleanField(_("开放"), default=False)
    shows_screen = models.BooleanField(_("公开大屏"), default=False)
    shows_policies = models.BooleanField(_("公开政策"), default=False)
    introduction = models.CharField(_("简介"), max_length=300, blank=True)
    phone = models.CharField(_("公开电话"), max_length=30, blank=True)
    privacy = models.CharField(_("个人信息说明"), max_length=300, blank=True)
    keep_days = models.PositiveSmallIntegerField(_("联系方式保留天数"), default=180)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("咨询责任人"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("zone",), name="door_once_a_zone")]

    def __str__(self) -> str:
        return self.slug


class Listing(ZoneRecord):
    """A site on the public pages: its units are public while it is published."""

    site = models.OneToOneField(Site, models.PROTECT, related_name="listing", verbose_name=_("载体"))
    is_published = models.BooleanField(_("已发布"), default=False)
    headline = models.CharField(_("一句话介绍"), max_length=80, blank=True)

    def __str__(self) -> str:
        return str(self.site)


class UnitListing(ZoneRecord):
    """What is said of one unit alone: kept back although its site is published, or a line of its own."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="listing", verbose_name=_("房源"))
    is_withheld = models.BooleanField(_("暂不公开"), default=False)
    headline = models.CharField(_("一句话介绍"), max_length=80, blank=True)

    def __str__(self) -> str:
        return str(self.unit)


class PolicyListing(ZoneRecord):
    """What is said of one policy alone: it is kept back although the policies of its zone are public."""

    policy = models.OneToOneField(Policy, models.PROTECT, related_name="listing", verbose_name=_("政策"))
    is_withheld = models.BooleanField(_("暂不公开"), default=False)

    def __str__(self) -> str:
        return str(self.policy)
