"""What was asked at the door: who may read it, and what waits for an answer."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing

from ..models import Enquiry
from .doors import Actor


def visible_enquiries(actor: Actor) -> QuerySet[Enquiry]:
    """Return the enquiries this person may read; telephone numbers stay masked on the pages."""
    rows = Enquiry.objects.select_related(
        "zone",
        "unit__site",
        "unit__building",
        "unit__floor",
        "lead",
        "answered_by",
        "policy",
        "owner",
        "enterprise",
    )
    return zones.in_zones(rows, actor, Thing.ENQUIRY)


def get_enquiry(actor: Actor, pk: int) -> Enquiry:
    """Return one enquiry; raises NotFound when it is hidden or missing."""
    enquiry = visible_enquiries(actor).filter(pk=pk).first()
    if enquiry is None:
        raise NotFound(what=_("该咨询"))
    return enquiry


def waiting_enquiries(actor: Actor, zone_ids: Sequence[int]) -> QuerySet[Enquiry]:
    """Return the enquiries of some zones that nobody has answered, oldest first."""
    rows = visible_enquiries(actor).filter(zone_id__in=zone_ids, answered_at=None)
    return rows.order_by("received_at", "pk")
