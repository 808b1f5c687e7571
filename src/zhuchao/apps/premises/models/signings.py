"""Signings 签约: units that somebody signed for on a day, with or without a lease yet."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhuchao.apps.zones.models import ZoneEntry

from .places import Site, Unit


class Signing(ZoneEntry):
    """Units of one site were signed for by somebody on a day; ``lease``, once there is one, is what came of it.

    ``awaits_lease`` says that a lease is to follow for the same units: it is called to mind until it is entered.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="signings", verbose_name=_("载体"))
    units = models.ManyToManyField(
        Unit, through="SigningUnit", related_name="signings", verbose_name=_("房源")
    )
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_for = models.CharField(pgettext_lazy("签约", "签约方"), max_length=120)
    awaits_lease = models.BooleanField(_("待登记租约"), default=False)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(signed_for=""), name="signing_names_who"),
        ]
        indexes = [models.Index(fields=("zone", "awaits_lease"), name="signing_awaiting")]

    def __str__(self) -> str:
        return self.signed_for

    @property
    def key(self) -> str:
        """Return what marks the states that this signing entered."""
        return f"signing:{self.pk}"


class SigningUnit(models.Model):
    """A unit of a signing with the area it had on that day."""

    signing = models.ForeignKey(Signing, models.PROTECT, related_name="places")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="signing_places")
    area_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ("signing", "pk")
        constraints = [models.UniqueConstraint(fields=("signing", "unit"), name="unit_once_a_signing")]
