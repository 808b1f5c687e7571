"""Space brought back to use: the entries a person may see, and those a figure is made of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast

from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing

from ..models import Revitalisation
from .places import Actor


def visible_revitalisations(actor: Actor) -> EntryQuerySet:
    """Return the revitalisation entries this person may see, replaced and void ones included."""
    rows = Revitalisation.objects.select_related(
        "zone", "site", "unit", "recorded_by", "evidence", "replaces", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.REVITALISATION, own="site__operator"))


def get_revitalisation(actor: Actor, pk: int) -> Revitalisation:
    """Return one revitalisation entry; raises NotFound when it is hidden or missing."""
    entry: Revitalisation | None = visible_revitalisations(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该盘活条目"))
    return entry


def revitalisations_between(
    zone_ids: Sequence[int], start: date, end: date, as_of: datetime
) -> EntryQuerySet:
    """Return the revitalisations from ``start`` to ``end`` (both included) in force at ``as_of``."""
    return Revitalisation.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__range=(start, end))


def versions_of(actor: Actor, entry: Revitalisation) -> list[Revitalisation]:
    """Return every version of what was entered for the same space and day, newest first, without the voids."""
    if not entry.ledger_key:
        return [entry]
    rows = visible_revitalisations(actor).filter(
        zone_id=entry.zone_id, ledger_key=entry.ledger_key, is_void=False
    )
    return list(rows.order_by("-recorded_at", "-pk"))
