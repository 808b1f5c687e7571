"""What of the policies waits for somebody: drafts for a second person, reviews that are past, windows that close."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Policy, PolicyVersion
from .calendar import Event, EventKind, events_between
from .policies import Standing, visible_policies, visible_versions, with_standing

SOON = timedelta(days=7)
"""How long before a window closes those who work with firms see it on their desk."""


def drafts_to_check(actor: User, zone: Zone) -> QuerySet[PolicyVersion]:
    """Return the drafts under a zone that this person may publish, those that somebody else prepared; oldest first."""
    scopes = [
        pk
        for pk in zones.zones_under(actor, zone, Thing.POLICY)
        if zones.may(actor, Verb.MANAGE, Thing.POLICY, pk)
    ]
    rows = visible_versions(actor).filter(zone_id__in=scopes, state=PolicyVersion.State.DRAFT)
    # A draft that nobody is named for came with the system's own hand: anyone else is a second person.
    return rows.exclude(prepared_by=actor).order_by("updated_at", "pk")


def policies_to_review(actor: User, zone: Zone, on: date) -> QuerySet[Policy]:
    """Return the policies under a zone whose day of review has come, for their owner; for who may change them where none is."""
    scopes = [
        pk
        for pk in zones.zones_under(actor, zone, Thing.POLICY)
        if zones.may(actor, Verb.CHANGE, Thing.POLICY, pk)
    ]
    rows = visible_policies(actor).filter(zone_id__in=scopes, review_on__lte=on)
    mine: QuerySet[Any] = with_standing(rows.filter(Q(owner=actor) | Q(owner=None)), on)
    return mine.exclude(standing=Standing.EXPIRED).order_by("review_on", "pk")


def windows_closing(actor: User, zone: Zone, on: date) -> list[Event]:
    """Return the windows under a zone that close within seven days, for those who tell firms of policies."""
    scopes = [
        pk
        for pk in zones.zones_under(actor, zone, Thing.POLICY)
        if zones.may(actor, Verb.ADD, Thing.OUTREACH, pk)
    ]
    rows = visible_versions(actor).filter(zone_id__in=scopes)
    return [event for event in events_between(rows, on, on + SOON) if event.kind == EventKind.CLOSE]
