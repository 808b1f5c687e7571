"""Holds: which of them a person may see, which end soon, and how long one may last."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Hold, HoldLimit, Unit
from .places import Actor

LONGEST_HOLD_DAYS = 90
"""How long a hold may last where no zone above says otherwise: the product's own choice, no rule of law."""
MOST_HOLD_DAYS = 730
WARNED_DAYS = 7
"""How many days before its end a hold is called to mind."""


def visible_holds(actor: Actor) -> QuerySet[Hold]:
    """Return the holds this person may see; an operator sees those at its own sites."""
    rows = Hold.objects.select_related("zone", "site")
    return zones.in_zones(rows, actor, Thing.HOLD, own="site__operator")


def get_hold(actor: Actor, pk: int) -> Hold:
    """Return one hold; raises NotFound when it is hidden or missing."""
    hold = visible_holds(actor).filter(pk=pk).first()
    if hold is None:
        raise NotFound(what=_("该预留"))
    return hold


def open_hold_of(actor: Actor, unit: Unit) -> Hold | None:
    """Return the hold that a unit is in now, as far as this person may see it."""
    return visible_holds(actor).filter(places__unit=unit, places__is_open=True).first()


def holds_past(zone_id: int, on: date) -> QuerySet[Hold]:
    """Return the open holds of a zone whose last day lies before ``on``."""
    return Hold.objects.filter(zone_id=zone_id, end="", until__lt=on).order_by("until", "pk")


def holds_ending(actor: Actor, zone: Zone, on: date, *, days: int = WARNED_DAYS) -> QuerySet[Hold]:
    """Return the open holds under ``zone`` that end within ``days`` of ``on``, soonest first."""
    ids = zones.zones_under(actor, zone, Thing.HOLD)
    rows = visible_holds(actor).filter(zone_id__in=ids, end="", until__lte=on + timedelta(days=days))
    return rows.order_by("until", "pk")


def units_of_hold(hold: Hold) -> QuerySet[Unit]:
    """Return the units of a hold, by place."""
    rows = Unit.objects.select_related("zone", "site", "building", "floor")
    return rows.filter(hold_places__hold=hold).order_by("building", "floor__level", "name", "pk")


def longest_hold_days(zone: Zone, on: date) -> int:
    """Return how many days a hold of a zone may last on a day: said by the nearest zone at or above it."""
    lineage: Sequence[int] = zones.lineage_ids(zone)
    said: dict[int, int] = {}
    rows = HoldLimit.objects.live().filter(zone_id__in=lineage, happened_on__lte=on)
    for zone_id, days in rows.order_by("-happened_on", "-pk").values_list("zone_id", "days"):
        said.setdefault(zone_id, days)
    return next((said[pk] for pk in lineage if pk in said), LONGEST_HOLD_DAYS)
