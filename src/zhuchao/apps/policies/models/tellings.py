"""Which firm was told of which policy: when, in which way, by whom, with whose receipt."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry

from .policies import Policy, PolicyVersion


class PolicyTelling(ZoneEntry):
    """A firm was told of a policy: on a visit 送政策进企业, at a meeting, by a call or a message.

    ``version`` is what the policy said on that day; ``receipt`` who of the firm confirmed it, empty until somebody did.
    """

    class Way(models.TextChoices):
        VISIT = "visit", _("上门")
        MEETING = "meeting", _("宣讲会")
        CALL = "call", _("电话")
        MESSAGE = "message", _("短信或微信")
        POST = "post", _("寄送材料")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="tellings", verbose_name=_("政策"))
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("版本号"))
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, related_name="policy_tellings", verbose_name=_("企业")
    )
    way = models.CharField(_("方式"), max_length=10, choices=Way)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("告知人")
    )
    occasion = models.CharField(_("场次"), max_length=60, blank=True)
    person = models.CharField(_("企业接待人"), max_length=40, blank=True)
    receipt = models.CharField(_("回执"), max_length=100, blank=True)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("enterprise", "-happened_on"), name="policytelling_by_firm")]

    def __str__(self) -> str:
        return gettext("%(policy)s → %(firm)s") % {"policy": self.policy, "firm": self.enterprise}
