"""Activities: which a person may see, whom they met, and what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, F, Max, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import Share, share

from ..models import Activity, ActivityParty, Lead

Actor = User | AnonymousUser | None


@dataclass(frozen=True)
class Met:
    """A firm or institution that was met: how often, and the last time. Counted once however often."""

    name: str
    enterprise_id: int | None
    meetings: int
    last_on: date


@dataclass(frozen=True)
class Trip:
    """What came of one activity: the firms and institutions met, the leads found, how many of them signed."""

    firms: tuple[ActivityParty, ...]
    agencies: tuple[ActivityParty, ...]
    leads: tuple[ActivityParty, ...]

    @property
    def conversion(self) -> Share:
        """Return leads found for each firm met, with numerator and denominator."""
        return share(_count(self.leads), _count(self.firms))

    @property
    def signed(self) -> Share:
        """Return the share of the leads found that have signed since."""
        stages = [party.lead.stage for party in self.leads if party.lead is not None]
        return share(_count([s for s in stages if s == Lead.Stage.SIGNED]), _count(stages))


def visible_activities(actor: Actor) -> EntryQuerySet:
    """Return the activities this person may see, replaced and void ones included."""
    rows = Activity.objects.select_related(
        "zone", "department", "alliance", "recorded_by", "evidence", "replaces", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.ACTIVITY))


def get_activity(actor: Actor, pk: int) -> Activity:
    """Return one activity; raises NotFound when it is hidden or missing."""
    entry: Activity | None = visible_activities(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该活动"))
    return entry


def joint_once(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Keep of every event that several zones hold together only the first entry, by its joint code.

    Narrow by zone, day and moment before, and by anything that the zones may have entered differently after.
    """
    event = Coalesce(NullIf(F("joint_code"), Value("")), Concat(Value("#"), Cast("pk", CharField())))
    first = activities.order_by().values(event=event).annotate(first=Min("pk")).values("first")
    return Activity.objects.filter(pk__in=first)


def activities_between(
    zone_ids: Sequence[int], start: date, end: date, as_of: datetime
) -> QuerySet[Activity]:
    """Return the activities begun from ``start`` to ``end`` in force at ``as_of``, each joint event once."""
    return joint_once(_between(zone_ids, start, end, as_of))


def parties_between(
    kind: str, zone_ids: Sequence[int], start: date, end: date, as_of: datetime
) -> QuerySet[ActivityParty]:
    """Return whom of one kind the activities of a period met: a row for each meeting."""
    return ActivityParty.objects.filter(
        kind=kind, activity__in=_between(zone_ids, start, end, as_of).order_by().values("pk")
    )


def distinct_parties(parties: QuerySet[ActivityParty]) -> list[Met]:
    """Return the different firms or institutions among meetings, the most often met first; one query.

    A registered firm is one under every name it was met by, because a party keeps its firm's normal name.
    """
    rows = (
        parties.order_by()
        .values("normal_name")
        .annotate(
            shown=Min("name"),
            firm=Max("enterprise_id"),
            meetings=Count("activity_id", distinct=True),
            last_on=Max("activity__happened_on"),
        )
        .order_by("-meetings", "normal_name")
    )
    return [Met(row["shown"], row["firm"], row["meetings"], row["last_on"]) for row in rows]


def trip_of(activity: Activity) -> Trip:
    """Return what came of an activity; one query."""
    parties = list(activity.parties.select_related("enterprise", "lead__owner").order_by("pk"))

    def of(kind: str) -> tuple[ActivityParty, ...]:
        return tuple(party for party in parties if party.kind == kind)

    kinds = ActivityParty.Kind
    return Trip(of(kinds.ENTERPRISE), of(kinds.AGENCY), of(kinds.LEAD))


def activities_of_lead(actor: Actor, lead: Lead) -> QuerySet[Activity]:
    """Return the activities in force that met a lead, newest first."""
    met = ActivityParty.objects.filter(lead=lead).values("activity_id")
    return visible_activities(actor).live().filter(pk__in=met).order_by("-happened_on", "-pk")


def search_activities(rows: QuerySet[Activity], scopes: Sequence[int], text: str) -> QuerySet[Activity]:
    """Narrow activities to those found by ``text``: title, place, partner or whom they met."""
    ids = matching_row_ids("promotion.activity", scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(title__icontains=text)


def parties_in_force(kind: str, zone_ids: Sequence[int], as_of: datetime) -> QuerySet[ActivityParty]:
    """Return whom of one kind the activities in force at ``as_of`` met: a row for each meeting."""
    activities = Activity.objects.as_of(as_of).filter(zone_id__in=zone_ids).order_by()
    return ActivityParty.objects.filter(kind=kind, activity__in=activities.values("pk"))


def headline(zone_ids: Sequence[int], as_of: datetime) -> dict[str, int]:
    """Return what a ledger of activities comes to: events, different firms, meetings with them, institutions."""
    activities = Activity.objects.as_of(as_of).filter(zone_id__in=zone_ids)
    firms = parties_in_force(ActivityParty.Kind.ENTERPRISE, zone_ids, as_of)
    agencies = parties_in_force(ActivityParty.Kind.AGENCY, zone_ids, as_of)
    met = firms.aggregate(firms=Count("normal_name", distinct=True), meetings=Count("pk"))
    return {
        "events": joint_once(activities).count(),
        "firms": met["firms"],
        "meetings": met["meetings"],
        "agencies": agencies.aggregate(n=Count("normal_name", distinct=True))["n"],
    }


def with_party_counts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Return activities each with ``firm_count``, ``agency_count`` and ``lead_count``; no query more."""

    def of(kind: str) -> Coalesce:
        met = ActivityParty.objects.filter(activity=OuterRef("pk"), kind=kind).order_by().values("activity")
        return Coalesce(Subquery(met.annotate(n=Count("pk")).values("n")), 0)

    kinds = ActivityParty.Kind
    return rows.annotate(
        firm_count=of(kinds.ENTERPRISE), agency_count=of(kinds.AGENCY), lead_count=of(kinds.LEAD)
    )


def versions_of(actor: Actor, activity: Activity) -> list[Activity]:
    """Return every version of what was entered under the same key, newest first, without the voids."""
    if not activity.ledger_key:
        return [activity]
    rows = visible_activities(actor).filter(
        zone_id=activity.zone_id, ledger_key=activity.ledger_key, is_void=False
    )
    return list(rows.order_by("-recorded_at", "-pk"))


def _between(zone_ids: Sequence[int], start: date, end: date, as_of: datetime) -> EntryQuerySet:
    return Activity.objects.as_of(as_of).filter(zone_id__in=zone_ids, happened_on__range=(start, end))


def _count(rows: Sequence[object]) -> Decimal:
    return Decimal(len(rows))
