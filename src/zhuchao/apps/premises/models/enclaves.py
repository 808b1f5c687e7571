"""Enclaves 飞地: a site outside its park's own boundary, attributed to two parks by agreed shares."""

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones.models import Zone, ZoneEntry, ZoneRecord

from .places import Site

WHOLE: Final = Decimal(100)


class Enclave(ZoneRecord):
    """A site that belongs to two parks: ``zone`` keeps its books, ``partner`` reads them and has its share."""

    site = models.OneToOneField(Site, models.PROTECT, related_name="enclave", verbose_name=_("载体"))
    partner = models.ForeignKey(Zone, models.PROTECT, related_name="+", verbose_name=_("合作园区"))
    agreed_on = models.DateField(_("协议日期"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        ordering = ("site",)
        constraints = [
            models.CheckConstraint(condition=~Q(partner=F("zone")), name="enclave_is_of_two_parks")
        ]

    def __str__(self) -> str:
        return self.site.name


class EnclaveShare(ZoneEntry):
    """From ``happened_on`` on the partner has so many percent; the park that keeps the books has the rest of 100."""

    enclave = models.ForeignKey(Enclave, models.PROTECT, related_name="shares", verbose_name=_("飞地"))
    partner_percent = models.DecimalField(_("合作园区比例（%）"), max_digits=5, decimal_places=2)

    class Meta(ZoneEntry.Meta):
        constraints = [
            *ZoneEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(partner_percent__gte=0, partner_percent__lte=100),
                name="enclaveshare_percent_is_one",
            ),
        ]

    @property
    def keeper_percent(self) -> Decimal:
        """Return what is left to the park that keeps the books: both make 100."""
        return WHOLE - self.partner_percent
