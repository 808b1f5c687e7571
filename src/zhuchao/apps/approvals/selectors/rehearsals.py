"""Rehearsals: what is rehearsed unless one says otherwise, and which kept ones a person may see."""

from datetime import datetime, time
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..errors import NotInForce
from ..models import Procedure, ProcedureVersion, Rehearsal
from . import procedures
from .matters import Actor

MORNING: Final = time(9, 0)


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


def usual_start(zone: Zone) -> datetime:
    """Return when a rehearsal begins unless one says otherwise: this morning."""
    return datetime.combine(zones.today(zone), MORNING, timezone.get_default_timezone())


def version_asked(procedure: Procedure, asked: str) -> ProcedureVersion:
    """Return the version that is rehearsed: the one asked for, else that of today, else the draft; raises NotInForce."""
    versions = list(procedures.versions_of_procedure(procedure))
    today = zones.today(procedure.zone)
    held = procedures.procedure_version_on(procedure, today)
    found = next((one for one in versions if str(one.number) == asked), None) or held
    found = found or next(iter(versions), None)
    if found is None:
        raise NotInForce(what=procedure.name, on=today.isoformat(), why=_("还没有版本。"))
    return found
