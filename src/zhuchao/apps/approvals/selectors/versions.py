"""Which version of a thing holds on a day."""

from datetime import date
from typing import TypeVar

from django.db.models import QuerySet

from ..models import PUBLISHED, MatterVersion, ProcedureVersion

AnyVersion = TypeVar("AnyVersion", MatterVersion, ProcedureVersion)


def version_on(versions: QuerySet[AnyVersion], on: date) -> AnyVersion | None:
    """Return the published one among the versions of one thing that holds on a day."""
    held = versions.filter(state=PUBLISHED, effective_from__lte=on)
    last = held.order_by("-effective_from", "-number").first()
    return last if last is not None and (last.effective_to is None or last.effective_to >= on) else None
