"""Procedures that a person may see, and which version of one holds on a day."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing

from ..models import PUBLISHED, Procedure, ProcedureVersion
from .matters import Actor


def visible_procedures(actor: Actor) -> QuerySet[Procedure]:
    """Return the procedures this person may see."""
    return zones.in_zones(Procedure.objects.select_related("zone"), actor, Thing.PROCEDURE)


def get_procedure(actor: Actor, pk: int) -> Procedure:
    """Return one procedure; raises NotFound when it is hidden or missing."""
    procedure = visible_procedures(actor).filter(pk=pk).first()
    if procedure is None:
        raise NotFound(what=_("该流程"))
    return procedure


def procedure_version_on(procedure: Procedure, on: date) -> ProcedureVersion | None:
    """Return the published version of a procedure that holds on a day."""
    held = ProcedureVersion.objects.filter(procedure=procedure, state=PUBLISHED, effective_from__lte=on)
    last = held.order_by("-effective_from", "-number").first()
    return last if last is not None and (last.effective_to is None or last.effective_to >= on) else None
