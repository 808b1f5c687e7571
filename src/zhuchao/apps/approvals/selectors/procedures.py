"""Procedures that a person may see, their versions, and which of them holds on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import DRAFT, PUBLISHED, Procedure, ProcedureVersion
from .matters import Actor
from .versions import version_on

PROCEDURE = "approvals.procedure"


def visible_procedures(actor: Actor) -> QuerySet[Procedure]:
    """Return the procedures this person may see."""
    return zones.in_zones(Procedure.objects.select_related("zone"), actor, Thing.PROCEDURE)


def listed_procedures(actor: Actor, zone: Zone, on: date) -> QuerySet[Any]:
    """Return the procedures of a zone and the zones below it; ``held_number``, ``held_from`` of the version that holds
    on a day, ``has_draft``."""
    rows = visible_procedures(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.PROCEDURE))
    begun = ProcedureVersion.objects.filter(
        procedure=OuterRef("pk"), state=PUBLISHED, effective_from__lte=on
    ).order_by("-effective_from", "-number")
    drafts = ProcedureVersion.objects.filter(procedure=OuterRef("pk"), state=DRAFT)
    return rows.annotate(
        held_number=Subquery(begun.values("number")[:1]),
        held_from=Subquery(begun.values("effective_from")[:1]),
        held_text=Subquery(begun.values("text")[:1]),
        has_draft=Exists(drafts),
    )


def searched_procedures(rows: QuerySet[Any], scopes: Sequence[int], text: str) -> QuerySet[Any]:
    """Narrow procedures to those found by name, pinyin initials, key, task or department."""
    ids = matching_row_ids(PROCEDURE, scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(name__icontains=text)


def get_procedure(actor: Actor, pk: int) -> Procedure:
    """Return one procedure; raises NotFound when it is hidden or missing."""
    procedure = visible_procedures(actor).filter(pk=pk).first()
    if procedure is None:
        raise NotFound(what=_("该流程"))
    return procedure


def visible_procedure_versions(actor: Actor) -> QuerySet[ProcedureVersion]:
    """Return the versions of the procedures this person may see, drafts included."""
    rows = ProcedureVersion.objects.select_related("zone", "procedure__zone", "prepared_by", "published_by")
    return zones.in_zones(rows, actor, Thing.PROCEDURE)


def get_procedure_version(actor: Actor, pk: int) -> ProcedureVersion:
    """Return one version; raises NotFound when it is hidden or missing."""
    version = visible_procedure_versions(actor).filter(pk=pk).first()
    if version is None:
        raise NotFound(what=_("该流程版本"))
    return version


def versions_of_procedure(procedure: Procedure) -> QuerySet[ProcedureVersion]:
    """Return every version of a procedure, the newest first."""
    rows = ProcedureVersion.objects.filter(procedure=procedure)
    return rows.select_related("zone", "prepared_by", "published_by").order_by("-number")


def procedure_version_on(procedure: Procedure, on: date) -> ProcedureVersion | None:
    """Return the published version of a procedure that holds on a day."""
    return version_on(ProcedureVersion.objects.filter(procedure=procedure), on)
