"""Which originals of policies could be opened last, which are to be asked again, and what was seen each time."""

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Policy, PolicyVersion, SourceCheck, SourceWatch
from .policies import Actor, Standing, with_standing

EVERY: Final = timedelta(days=30)
"""After how long an original that could be opened is asked for again."""
AGAIN: Final = tuple(timedelta(days=days) for days in (1, 3, 7, 14))
"""How long after the first failure in a row it is asked for again, after the second...; later as often as others."""


def visible_checks(actor: Actor) -> QuerySet[SourceCheck]:
    """Return what was seen of the originals of the policies this person may see. Every read starts here."""
    rows = SourceCheck.objects.select_related("zone", "version__policy")
    return zones.in_zones(rows, actor, Thing.POLICY)


def listed_checks(actor: Actor, zone: Zone) -> QuerySet[SourceCheck]:
    """Return what was seen of the originals of the policies of a zone and the zones below it."""
    return visible_checks(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.POLICY))


def last_check(version: PolicyVersion) -> SourceCheck | None:
    """Return what was seen last of the original of a version, None where nobody asked yet."""
    return SourceCheck.objects.filter(version=version).order_by("-happened_on", "-pk").first()


def with_source_seen(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``source_seen`` to policies with their standing: the last outcome of the version that counts, None unasked."""
    checks = SourceCheck.objects.filter(version_id=OuterRef("version_id")).order_by("-happened_on", "-pk")
    return rows.annotate(source_seen=Subquery(checks.values("outcome")[:1]))


def by_source_seen(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    """Return the policies whose original could be opened last (``opened``), could not (``broken``) or was not asked for."""
    opened = Q(source_seen=SourceCheck.Outcome.OPENED)
    if wanted == "opened":
        return rows.filter(opened)
    if wanted == "broken":
        return rows.filter(~opened, source_seen__isnull=False)
    return rows.filter(source_seen__isnull=True)


def watch_of(zone: Zone) -> SourceWatch:
    """Return whether the originals of a zone are asked for by themselves; one that was never set is off."""
    return SourceWatch.objects.filter(zone=zone).first() or SourceWatch(zone=zone, version=0)


def sources_due(zone: Zone, on: date, most: int) -> list[PolicyVersion]:
    """Return the versions that count or come, whose original is to be asked for on a day, the longest unasked first."""
    policies: QuerySet[Any] = with_standing(Policy.objects.filter(zone=zone), on)
    counted = policies.exclude(standing__in=(Standing.EXPIRED, Standing.DRAFT)).order_by()
    latest = SourceCheck.objects.filter(version=OuterRef("pk")).order_by("-happened_on", "-pk")
    rows: QuerySet[Any] = PolicyVersion.objects.filter(pk__in=counted.values("version_id")).exclude(
        address=""
    )
    rows = rows.select_related("zone", "policy__owner", "prepared_by").annotate(
        seen_on=Subquery(latest.values("happened_on")[:1]),
        seen_failures=Subquery(latest.values("failures")[:1]),
    )
    due = Q(seen_on=None) | Q(seen_on__lte=on - EVERY)
    for failures, pause in enumerate(AGAIN, 1):
        due |= Q(seen_failures=failures, seen_on__lte=on - pause)
    return list(rows.filter(due).order_by("seen_on", "pk")[:most])


def answered_last(zone: Zone) -> str:
    """Return an address that could be opened lately, to tell a dead page from a dead line; empty where none was."""
    rows = SourceCheck.objects.filter(zone=zone, outcome=SourceCheck.Outcome.OPENED)
    return rows.order_by("-happened_on", "-pk").values_list("address", flat=True).first() or ""
