"""Whom of a firm the zone may write to of policies: agreed to, and taken back at any time."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import ZoneEntry


class MailConsent(ZoneEntry):
    """A contact of a firm agreed to be written to of policies that fit it. A void entry is a consent taken back."""

    class Means(models.TextChoices):
        PAPER = "paper", _("书面")
        MESSAGE = "message", _("短信或微信")
        SPOKEN = "spoken", _("口头")

    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, related_name="policy_mail_consents", verbose_name=_("企业")
    )
    contact = models.ForeignKey(
        "enterprises.Contact", models.PROTECT, related_name="policy_mail_consents", verbose_name=_("联系人")
    )
    given_by = models.CharField(_("同意人"), max_length=40)
    means = models.CharField(_("同意方式"), max_length=10, choices=Means)

    class Meta(ZoneEntry.Meta):
        indexes = [models.Index(fields=("enterprise", "contact"), name="mailconsent_of_firm")]

    def __str__(self) -> str:
        return gettext("%(firm)s：%(contact)s同意接收政策邮件") % {
            "firm": self.enterprise,
            "contact": self.contact.name,
        }
