"""The numbers of a public screen: sums over a zone, and nothing about a firm, a person or a contract."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.selectors import area_by_state, revitalisations_between
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors.brands import brand_of

from ..models import Door
from .offers import open_door, public_units

FEWEST: Final = 3
"""A sector with fewer open leads than this is not named: one project of one firm must not be read off a screen."""

FEED_FIELDS: Final = frozenset(
    {
        *("zone", "brand", "as_of", "is_sample", "year", "stock_m2", "vacant_m2", "vacancy_rate", "units"),
        *("units_to_let", "revitalised_m2", "open_leads", "area_by_state", "leads_by_sector"),
        *("state", "label", "area_m2", "sector", "leads"),
    }
)
"""Every name that may occur in the feed, at any depth."""


def screen_door(slug: str) -> Door:
    """Return the open door of a zone that shows a public screen; raises NotFound."""
    door = open_door(slug)
    if not door.shows_screen:
        raise NotFound(what=_("这个页面"))
    return door


def screen_feed(zone: Zone) -> dict[str, Any]:
    """Return the numbers of a zone as they stand now, ready for JSON: areas in m², the rate as a ratio."""
    now, on = zones.now(zone), zones.today(zone)
    stock = area_by_state([zone.pk], on, now)
    year = revitalisations_between([zone.pk], date(on.year, 1, 1), on, now)
    revitalised = sum((row.area_m2 for row in year.only("area_m2")), Decimal(0))
    leads = Lead.objects.filter(zone=zone).exclude(stage__in=(Lead.Stage.SIGNED, Lead.Stage.LOST))
    return {
        "zone": zone.name,
        "brand": brand_of(zone),
        "as_of": now.replace(second=0, microsecond=0).isoformat(),
        "is_sample": zone.is_demo,
        "year": on.year,
        "stock_m2": float(stock.stock_m2),
        "vacant_m2": float(stock.area_m2(Unit.State.VACANT)),
        "vacancy_rate": None if stock.vacancy.ratio is None else round(float(stock.vacancy.ratio), 4),
        "units": stock.units,
        "units_to_let": public_units(zone, on).count(),
        "revitalised_m2": float(revitalised),
        "open_leads": leads.count(),
        "area_by_state": [
            {"state": part.state, "label": part.label, "units": part.units, "area_m2": float(part.area_m2)}
            for part in stock.by_state
        ],
        "leads_by_sector": _by_sector(
            leads.order_by()
            .values_list("sector__name")
            .annotate(n=Count("pk"))
            .order_by("-n", "sector__name")
        ),
    }


def _by_sector(rows: Any) -> list[dict[str, Any]]:
    named, rest = [], 0
    for sector, count in rows:
        if sector and count >= FEWEST:
            named.append({"sector": sector, "leads": count})
        else:
            rest += count
    return [*named, {"sector": _("其他"), "leads": rest}] if rest else named
