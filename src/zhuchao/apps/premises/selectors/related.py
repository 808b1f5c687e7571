"""What premises know of a firm: the space it uses. And what other apps know of a unit: they register it here.

A higher app calls ``register(provider)`` in its ``AppConfig.ready()``. The provider gets the person who asks and the
unit, and returns a group of rows that this person may see, or None when it has nothing to show.
"""

from collections.abc import Callable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.models.industries import show_industry
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.zones.models import User

from ..models import Unit
from .places import visible_sites, visible_units

SHOWN = 20

UnitProvider = Callable[[User | AnonymousUser, Unit], RelatedGroup | None]

_providers: list[UnitProvider] = []


def register(provider: UnitProvider) -> None:
    """Add a provider of what is related to a unit; the same one twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def related_to(actor: User | AnonymousUser, unit: Unit) -> list[RelatedGroup]:
    """Return what every registered app has on a unit, in the order of registering."""
    groups = (provider(actor, unit) for provider in _providers)
    return [group for group in groups if group is not None and group.rows]


def units_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the units a firm uses now, as far as this person may see them; one query."""
    units = (
        visible_units(actor).filter(occupant_id__in=enterprise_ids).order_by("-gross_area_m2", "pk")[:SHOWN]
    )
    rows = [
        RelatedRow(
            str(unit),
            reverse("unit-detail", args=[unit.pk]),
            str(unit.get_state_display()),
            f"{unit.gross_area_m2:,.2f} ㎡",
            unit.state_since,
        )
        for unit in units
    ]
    return RelatedGroup("units", _("使用的房源"), rows) if rows else None


def sites_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the sites in which a firm uses space now, as far as this person may see them, and its industry; two queries."""
    sites = (
        visible_sites(actor)
        .filter(units__occupant_id__in=enterprise_ids)
        .order_by("name", "pk")
        .distinct()[:SHOWN]
    )
    rows = [
        RelatedRow(
            site.name,
            reverse("site-detail", args=[site.pk]),
            str(site.get_kind_display()),
            site.theme or site.address,
        )
        for site in sites
    ]
    codes = Enterprise.objects.filter(pk__in=enterprise_ids).exclude(industry_code="")
    rows += [
        RelatedRow(show_industry(code), f"{reverse('tenant-list')}?industry={code}", gettext("同行业"))
        for code in sorted({code[:3] for code in codes.values_list("industry_code", flat=True)})
    ]
    return RelatedGroup("sites", _("所在载体与行业"), rows) if sites else None
