"""Viewings 踏勘: which a person may see, and which wait for their outcome."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing

from ..models import Lead, Viewing

Actor = User | AnonymousUser | None


def visible_viewings(actor: Actor) -> QuerySet[Viewing]:
    """Return the viewings of the leads of this person's zones; those of a shared lead stay with its zone."""
    rows = Viewing.objects.select_related("zone", "lead__zone", "escort").prefetch_related(
        "units__site", "units__building", "units__floor"
    )
    return zones.in_zones(rows, actor, Thing.LEAD)


def get_viewing(actor: Actor, pk: int) -> Viewing:
    """Return one viewing; raises NotFound when it is hidden or missing."""
    viewing = visible_viewings(actor).filter(pk=pk).first()
    if viewing is None:
        raise NotFound(what=_("该踏勘"))
    return viewing


def viewings_without_outcome(lead: Lead) -> QuerySet[Viewing]:
    """Return the viewings of a lead of which nobody has said what came of them, the first booked first."""
    return Viewing.objects.filter(lead=lead, outcome="").order_by("on", "pk")


def viewings_overdue(actor: Actor, zone_ids: Sequence[int], on: date) -> QuerySet[Viewing]:
    """Return the viewings of some zones that are past on ``on`` and have no outcome, the oldest first."""
    return visible_viewings(actor).filter(zone_id__in=zone_ids, outcome="", on__lt=on).order_by("on", "pk")


def own_viewings(actor: User) -> QuerySet[Viewing]:
    """Return the viewings this person escorts and that take place, in their order."""
    rows = visible_viewings(actor).filter(escort=actor)
    return rows.exclude(outcome=Viewing.Outcome.CANCELLED).order_by("on", "starts_at", "pk")


def search_viewings(rows: QuerySet[Viewing], text: str) -> QuerySet[Viewing]:
    """Narrow viewings to those of a lead, an escort or a unit named ``text``."""
    named = Q(lead__name__icontains=text) | Q(escort__display_name__icontains=text)
    by_unit = Q(units__name__icontains=text) | Q(units__site__name__icontains=text)
    return rows.filter(pk__in=Viewing.objects.filter(named | by_unit).values("pk"))
