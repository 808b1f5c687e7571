"""Land as it was measured: in 亩 or in m², kept as given, so that a third of a square metre is not lost."""

from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhuchao.engines.units import round_half_up, show_number, unit_named


class LandGiven(models.Model):
    """A row with land: how much, and in which unit somebody said it."""

    class LandUnit(models.TextChoices):
        MU = "亩", _("亩")
        M2 = "㎡", _("㎡")

    land_area = models.DecimalField(_("占地面积"), max_digits=14, decimal_places=4, null=True, blank=True)
    land_unit = models.CharField(_("面积单位"), max_length=1, choices=LandUnit, default=LandUnit.MU)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(land_area__isnull=True) | Q(land_area__gte=0),
                name="%(class)s_land_is_not_negative",
            )
        ]

    @property
    def land_m2(self) -> Fraction | None:
        """Return the land in m², exactly; None when it is not known."""
        if self.land_area is None:
            return None
        return Fraction(self.land_area) * unit_named(self.land_unit).factor

    @property
    def land_mu(self) -> Fraction | None:
        """Return the land in 亩, exactly; None when it is not known."""
        return None if self.land_m2 is None else self.land_m2 / unit_named("亩").factor

    @property
    def land_shown(self) -> str:
        """Return the land in both units: 100.00 亩 = 66,666.67 ㎡; empty when it is not known."""
        if self.land_m2 is None or self.land_mu is None:
            return ""
        return f"{show_number(self.land_mu, 2)} 亩 = {show_number(self.land_m2, 2)} ㎡"


def land_given(area_m2: Decimal | None) -> dict[str, object]:
    """Return the fields of land that a ledger gave in m², rounded to the cent, as it was measured.

    What a whole hundredth of a 亩 makes in m² was measured in 亩.

    >>> land_given(Decimal("66666.67"))
    {'land_area': Decimal('100.00'), 'land_unit': '亩'}
    """
    if area_m2 is None:
        return {}
    factor = unit_named("亩").factor
    mu = round_half_up(Fraction(area_m2) / factor, 2)
    if round_half_up(Fraction(mu) * factor, 2) == area_m2:
        return {"land_area": mu, "land_unit": str(LandGiven.LandUnit.MU)}
    return {"land_area": area_m2, "land_unit": str(LandGiven.LandUnit.M2)}
