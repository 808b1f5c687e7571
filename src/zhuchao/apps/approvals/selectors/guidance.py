"""Who helps with a case: what each way of helping includes, the firm's mandates, what was done, times to be measured by."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.db.models import QuerySet

from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Benchmark, Case, EventKind, ServiceAction, ServiceLog, ServiceMandate, ServiceMode
from .matters import Actor

ACTIONS: Final[Mapping[ServiceMode, tuple[ServiceAction, ...]]] = {
    ServiceMode.NONE: (),
    ServiceMode.GUIDE: (ServiceAction.ADVISE,),
    ServiceMode.HELP: (ServiceAction.ADVISE, ServiceAction.REMIND, ServiceAction.DRAFT),
    ServiceMode.ACT: tuple(ServiceAction),
}
"""What each way of helping includes: a guide advises, a helper reminds and fills in, an agent acts for the firm."""
FOR_THE_FIRM: Final = frozenset({ServiceAction.HAND_IN, ServiceAction.FOLLOW})
"""What only the firm may do, or an agent under its mandate."""
EVENTS_OF_FIRM: Final = frozenset({EventKind.RESUBMIT, EventKind.WITHDRAW})
"""The events of a task that the firm brings about, or an agent under its mandate."""


def mandate_of(case: Case, person: User | None, on: date) -> ServiceMandate | None:
    """Return the mandate under which a person may act for the firm of a case on a day."""
    if person is None or case.service != ServiceMode.ACT:
        return None
    rows = ServiceMandate.objects.live().filter(case=case, agent=person, happened_on__lte=on, until__gte=on)
    return rows.order_by("-until", "-pk").first()


def visible_mandates(actor: Actor) -> EntryQuerySet:
    """Return the mandates of the cases this person may see."""
    rows = ServiceMandate.objects.select_related("case", "agent", "recorded_by", "replaced_by", "evidence")
    return zones.in_zones(rows, actor, Thing.CASE)  # type: ignore[return-value]


def visible_service_logs(actor: Actor) -> EntryQuerySet:
    """Return what was done to help with the cases this person may see."""
    rows = ServiceLog.objects.select_related("case__enterprise", "person", "recorded_by", "replaced_by")
    return zones.in_zones(rows, actor, Thing.CASE)  # type: ignore[return-value]


def visible_benchmarks(actor: Actor) -> QuerySet[Benchmark]:
    """Return the times to be measured by that this person may see."""
    return zones.in_zones(Benchmark.objects.select_related("zone"), actor, Thing.CASE)


def benchmarks_of(zone: Zone) -> list[Benchmark]:
    """Return the times that the cases of a zone are measured by, its own first, then those of the zones above."""
    ids = zones.lineage_ids(zone)
    rows = Benchmark.objects.filter(zone_id__in=ids, is_open=True)
    return sorted(rows, key=lambda row: (ids.index(row.zone_id), row.elapsed_minutes))
