"""Planned arrivals: which of them a person may see, which are due this month and which are overdue."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Arrival
from .places import Actor

DUE, OVERDUE, LATER, DONE, CALLED_OFF = "due", "overdue", "later", "done", "called_off"


def visible_arrivals(actor: Actor) -> QuerySet[Arrival]:
    """Return the planned arrivals this person may see; an operator sees those at its own sites."""
    rows = Arrival.objects.select_related(
        "zone", "site", "building", "unit__site", "unit__building", "unit__floor"
    )
    return zones.in_zones(rows, actor, Thing.ARRIVAL, own="site__operator")


def get_arrival(actor: Actor, pk: int) -> Arrival:
    """Return one planned arrival; raises NotFound when it is hidden or missing."""
    arrival = visible_arrivals(actor).filter(pk=pk).first()
    if arrival is None:
        raise NotFound(what=_("该引进计划"))
    return arrival


def arrivals_in(rows: QuerySet[Arrival], state: str, on: date) -> QuerySet[Arrival]:
    """Narrow arrivals to those due in the month of ``on``, overdue since before it, later, done or called off."""
    month = on.replace(day=1)
    is_open = rows.filter(done_on__isnull=True, is_called_off=False)
    return {
        DUE: lambda: is_open.filter(expected_month=month),
        OVERDUE: lambda: is_open.filter(expected_month__lt=month),
        LATER: lambda: is_open.filter(expected_month__gt=month),
        DONE: lambda: rows.filter(done_on__isnull=False),
        CALLED_OFF: lambda: rows.filter(is_called_off=True),
    }[state]()


def state_of_arrival(arrival: Arrival, on: date) -> str:
    """Return how a planned arrival stands on a day: due, overdue, later, done or called_off."""
    if arrival.done_on is not None:
        return DONE
    if arrival.is_called_off:
        return CALLED_OFF
    if arrival.is_overdue(on):
        return OVERDUE
    return DUE if arrival.is_due(on) else LATER


def arrivals_due(actor: Actor, zone: Zone, on: date) -> QuerySet[Arrival]:
    """Return the open arrivals under ``zone`` that are due this month or overdue, oldest first."""
    ids = zones.zones_under(actor, zone, Thing.ARRIVAL)
    rows = visible_arrivals(actor).filter(zone_id__in=ids, done_on__isnull=True, is_called_off=False)
    return rows.filter(expected_month__lte=on.replace(day=1)).order_by("expected_month", "pk")
