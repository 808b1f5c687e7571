"""The minutes of a talk: kept with the activity, and what the other side needs pulled into fields."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from zhuchao.apps.core.errors import DomainError
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb, may
from zhuchao.engines.reading.wants import Wants, read_wants

from .. import selectors
from ..models import CRITERIA, Activity, Lead, LeadNeeds
from .activities import NewLead, add_activity
from .leads import change_lead
from .needs import set_lead_needs

USUAL_KIND = {
    Activity.Direction.OUT: Activity.Kind.VISIT,
    Activity.Direction.IN: Activity.Kind.RECEPTION,
    Activity.Direction.ONLINE: Activity.Kind.TALK,
}


@dataclass(frozen=True)
class Minute:
    """What a minute became: the activity, the lead if any, what was read, and which needs were filled in.

    ``differing`` names the needs that had been said otherwise before and were left as they were; ``refused`` is why
    the needs that were read contradict those that had been said.
    """

    activity: Activity
    lead: Lead | None
    wants: Wants
    filled: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    refused: DomainError | None = None


@transaction.atomic
def take_minute(
    *,
    actor: User | None,
    zone: Zone,
    title: str,
    firm: str,
    direction: str,
    on: date,
    minutes: str,
    lead: Lead | None = None,
    new_lead: str = "",
    next_action: str = "",
    next_action_on: date | None = None,
    **facts: Any,
) -> Minute:
    """Keep a minute with its activity; of a lead also the next step, and the needs that nobody had said before.

    ``lead`` is a known one, ``new_lead`` the name of one that the talk found; without either the needs are only read.
    ``facts``: place, country, partner, department, members, meeting_url. Raises as ``add_activity``.
    """
    activity = add_activity(
        actor=actor,
        zone=zone,
        title=title,
        direction=direction,
        kind=USUAL_KIND[Activity.Direction(direction)],
        on=on,
        firms=[firm],
        leads=[lead] if lead else (),
        new_leads=[NewLead(new_lead, investor=firm)] if new_lead.strip() and lead is None else (),
        minutes=minutes,
        **facts,
    )
    wants = read_wants(minutes, on=on)
    met = activity.parties.filter(lead__isnull=False).select_related("lead__zone").first()
    if met is None or met.lead is None:
        return Minute(activity, None, wants)
    lead = met.lead
    if not may(actor, Verb.CHANGE, Thing.LEAD, lead.zone_id):
        return Minute(activity, lead, wants)
    said: dict[str, Any] = {}
    if next_action.strip() or next_action_on:
        said = {"next_action": next_action.strip(), "next_action_on": next_action_on}
    if lead.planned_investment_cny is None and "planned_investment_cny" in wants.values:
        said["planned_investment_cny"] = wants.values["planned_investment_cny"]
    if said:
        lead = change_lead(actor=actor, lead=lead, version=None, **said)
    return _with_needs(actor, Minute(activity, lead, wants), minutes)


def _with_needs(actor: User | None, minute: Minute, minutes: str) -> Minute:
    assert minute.lead is not None
    known = selectors.needs_of(minute.lead)
    read = needs_read(minute.wants)
    differing = tuple(
        name for name, value in read.items() if known and known.said(name) and getattr(known, name) != value
    )
    new = {name: value for name, value in read.items() if known is None or not known.said(name)}
    if not new:
        return Minute(minute.activity, minute.lead, minute.wants, differing=differing)
    musts = [want.field for want in minute.wants.wants if want.is_must and want.field in new]
    text = "\n".join(part for part in (known.source_text if known else "", minutes.strip()) if part)
    try:
        set_lead_needs(
            actor=actor,
            lead=minute.lead,
            version=None,
            is_hard=[*(known.is_hard if known else ()), *musts],
            source_text=text,
            **new,
        )
    except DomainError as refusal:
        return Minute(minute.activity, minute.lead, minute.wants, differing=differing, refused=refusal)
    return Minute(minute.activity, minute.lead, minute.wants, tuple(new), differing)


def needs_read(wants: Wants) -> dict[str, Any]:
    """Return what was read as values of ``LeadNeeds``."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in wants.values.items()
        if name in CRITERIA
    }


def needs_written(lead: Lead) -> LeadNeeds | None:
    """Return unsaved needs as the lead's own words state them, None where they state nothing."""
    read = needs_read(read_wants(lead.needs, on=lead.found_on))
    return LeadNeeds(lead=lead, source_text=lead.needs, **read) if read else None
