"""Leads that lie still: since when, before whom they are brought, and when they fall into the public pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min, OuterRef, QuerySet, Subquery

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Assignment, Role, User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.workdays import CalendarNotKnown, working_days_between

from ..models import ActivityParty, Lead, LeadStage, PoolMove
from .leads import Actor
from .patience import PATIENCE, POOL, Patience, calendar_for, in_force
from .pipeline import CLOSED

LEVELS = ("owner", "head", "pool")
"""Before whom a dormant lead is brought, the later ones after a longer time: its owner, the head, everybody."""


@dataclass(frozen=True)
class Dormant:
    """A lead that lies still: the last contact, how many working days ago, and before whom it is brought by now."""

    lead: Lead
    last_contact_on: date
    working_days: int
    level: str
    patience: Patience


def commons_of(actor: Actor, zone: Zone) -> QuerySet[Lead]:
    """Return the public pool 公海 of a zone and those below it: its open leads that nobody answers for."""
    ids = zones.zones_under(actor, zone, Thing.LEAD)
    rows = zones.in_zones(Lead.objects.select_related("zone", "sector", "department"), actor, Thing.LEAD)
    return rows.filter(zone_id__in=ids, owner=None).exclude(stage__in=CLOSED)


def dormant_leads(rows: QuerySet[Lead], on: date) -> list[Dormant]:
    """Return the leads among ``rows`` that have an owner and lie still on ``on``, the longest first.

    A contact is a stage, an activity that met the lead, a claim from the pool, or a hand-over after the day on which
    the lead was entered. Days beyond the published holidays are counted by weekends. Two queries.
    """
    calendar = calendar_for(on)
    patience = in_force(PATIENCE, on).by_stage
    found = []
    for lead in _with_contacts(rows.exclude(owner=None).exclude(stage__in=CLOSED)):
        limits = patience.get(lead.stage)
        last = min(last_contact(lead), on)
        if limits is None:
            continue
        try:
            days = working_days_between(last, on, calendar)
        except CalendarNotKnown:  # so long ago that no calendar reaches it
            days = working_days_between(calendar.first, on, calendar)
        level = _level(limits, days)
        if level:
            found.append(Dormant(lead, last, days, level, limits))
    return sorted(found, key=lambda one: (-one.working_days, one.lead.pk))


def lapsing(rows: QuerySet[Lead], on: date) -> list[Dormant]:
    """Return the dormant leads that fall into the public pool on ``on``: long enough still, and long enough kept here."""
    calendar = calendar_for(on)
    grace = in_force(POOL, on).grace_working_days
    due = [one for one in dormant_leads(rows, on) if one.level == "pool"]
    return [
        one
        for one in due
        if working_days_between(zones.day_of(one.lead.entered_at), on, calendar) >= grace  # type: ignore[attr-defined]
    ]


def last_contact(lead: Lead) -> date:
    """Return the last day on which somebody saw to a lead that was read with its contacts."""
    days = [lead.found_on, lead.last_stage_on, lead.last_met_on, lead.last_claimed_on]  # type: ignore[attr-defined]
    given, entered = lead.last_given_at, lead.entered_at  # type: ignore[attr-defined]
    if given is not None and zones.day_of(given) > zones.day_of(entered):
        days.append(zones.day_of(given))
    return max(day for day in days if day is not None)


def _level(limits: Patience, days: int) -> str:
    reached = [name for name in LEVELS if (most := getattr(limits, name)) is not None and days >= most]
    return reached[-1] if reached else ""


def _with_contacts(rows: QuerySet[Lead]) -> QuerySet[Lead]:
    stages = LeadStage.objects.live().filter(lead=OuterRef("pk")).order_by("-happened_on")
    met = ActivityParty.objects.filter(
        lead=OuterRef("pk"), activity__is_void=False, activity__replaced_by=None
    ).order_by("-activity__ended_on")
    claims = (
        PoolMove.objects.live()
        .filter(lead=OuterRef("pk"), kind=PoolMove.Kind.CLAIMED)
        .order_by("-happened_on")
    )
    given = Assignment.objects.filter(
        thing="promotion.lead", row_id=OuterRef("pk"), until__isnull=True
    ).order_by("-since")
    return rows.annotate(
        last_stage_on=Subquery(stages.values("happened_on")[:1]),
        last_met_on=Subquery(met.values("activity__ended_on")[:1]),
        last_claimed_on=Subquery(claims.values("happened_on")[:1]),
        last_given_at=Subquery(given.values("since")[:1]),
        entered_at=Min(F("stages__recorded_at")),
    ).filter(entered_at__isnull=False)


def pool_moves_of(lead: Lead) -> QuerySet[PoolMove]:
    """Return how a lead went into the public pool and out of it, newest first."""
    return PoolMove.objects.filter(lead=lead).select_related("person", "recorded_by").order_by("-pk")


def held_from_pool(zone_id: int, person_id: int) -> QuerySet[Lead]:
    """Return the open leads a person answers for that they took from the public pool last."""
    latest = (
        PoolMove.objects.live().filter(lead=OuterRef("pk")).order_by("-happened_on", "-pk").values("kind")[:1]
    )
    mine = Lead.objects.filter(zone_id=zone_id, owner_id=person_id).exclude(stage__in=CLOSED)
    return mine.annotate(last_move=Subquery(latest)).filter(last_move=PoolMove.Kind.CLAIMED)


def dormant_before(actor: User, zone: Zone, rows: Sequence[Dormant]) -> list[Dormant]:
    """Return those of ``rows`` that are brought before this person: their own, and as head those of their department.

    A leader whose role names no department is the head of all.
    """
    own = zones.own_department_ids(actor)
    leads_all = Role.LEADER in zones.roles_of(actor, zone.pk)
    return [
        one
        for one in rows
        if one.lead.owner_id == actor.pk
        or (
            leads_all
            and one.level != "owner"
            and (not own or one.lead.department_id is None or one.lead.department_id in own)
        )
    ]
