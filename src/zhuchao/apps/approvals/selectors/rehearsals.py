"""Rehearsals that were kept: which of them a person may see."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Rehearsal
from .matters import Actor


def visible_rehearsals(actor: Actor) -> QuerySet[Rehearsal]:
    """Return the kept rehearsals of the procedures this person may see."""
    rows = Rehearsal.objects.select_related("zone", "procedure_version__procedure", "case", "made_by")
    return zones.in_zones(rows, actor, Thing.PROCEDURE)


def listed_rehearsals(actor: Actor, zone: Zone) -> QuerySet[Rehearsal]:
    """Return the kept rehearsals of a zone and the zones below it."""
    return visible_rehearsals(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.PROCEDURE))


def get_rehearsal(actor: Actor, pk: int) -> Rehearsal:
    """Return one kept rehearsal; raises NotFound when it is hidden or missing."""
    kept = visible_rehearsals(actor).filter(pk=pk).first()
    if kept is None:
        raise NotFound(what=_("该推演"))
    return kept
