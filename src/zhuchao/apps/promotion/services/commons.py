"""The public pool 公海: what lies still too long falls into it, and who wants a lead takes it by fair rules."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded
from zhuchao.apps.core.services import add_entry, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones import services as zone_services
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Verb

from .. import selectors
from ..errors import ClaimLimitReached, CoolingOff, LeadNotInPool, LeadNotOwned
from ..models import Lead, PoolMove
from .index import index_leads
from .stages import locked_lead, require_for

THING = "promotion.lead"


@transaction.atomic
def claim_lead(*, actor: User, lead: Lead) -> Lead:
    """Take a lead out of the public pool: from now on this person answers for it.

    Raises LeadNotInPool when somebody was quicker, ClaimLimitReached, and CoolingOff for one they gave up lately.
    """
    require_for(actor, Verb.CHANGE, lead)
    # The zone's row is what all who claim race for: the limit counts over many leads.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=lead.zone_id)
    lead = locked_lead(lead.pk)
    if lead.owner is not None or not lead.is_open:
        raise LeadNotInPool(lead=str(lead), owner=str(lead.owner or lead.get_stage_display()))
    today = zones.today(zone)
    rules = selectors.in_force(selectors.POOL, today)
    held = selectors.held_from_pool(zone.pk, actor.pk).count()
    if held >= rules.most_held:
        raise ClaimLimitReached(held=held, most=rules.most_held)
    _refuse_cooling(lead, actor, today, rules.cooling_working_days)
    save_record(lead, owner=actor)
    lead = locked_lead(lead.pk)
    zone_services.assign(
        actor=actor, zone=zone, thing=THING, row_id=lead.pk, label=lead.name, officer=actor, reason="公海领取"
    )
    _move(lead, PoolMove.Kind.CLAIMED, actor, actor=actor, on=today)
    return lead


@transaction.atomic
def return_lead(*, actor: User | None, lead: Lead, reason: str) -> Lead:
    """Put a lead back into the public pool; its owner may, and whoever gives out leads.

    Raises LeadNotOwned and ReasonNeeded.
    """
    require_for(actor, Verb.CHANGE if actor and lead.owner_id == actor.pk else Verb.ASSIGN, lead)
    lead = locked_lead(lead.pk)
    if lead.owner is None or not lead.is_open:
        raise LeadNotOwned(lead=str(lead))
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "退回公海"))
    return _give_up(lead, PoolMove.Kind.RETURNED, actor=actor, on=zones.today(lead.zone), note=reason.strip())


@transaction.atomic
def release_dormant_leads(zone: Zone, *, on: date | None = None) -> list[Lead]:
    """Put the leads of a zone that lay still too long into the public pool; return them.

    Safe to repeat: the second run finds nothing to do.
    """
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    day = on or zones.today(zone)
    due = selectors.lapsing(selectors.leads_in(zone), day)
    released = []
    for one in due:
        note = f"{one.last_contact_on:%Y-%m-%d} 起 {one.working_days} 个工作日没有跟进"
        lead = locked_lead(one.lead.pk)
        released.append(_give_up(lead, PoolMove.Kind.LAPSED, actor=None, on=day, note=note))
    return released


def release_all_dormant_leads() -> int:
    """Put the leads of every zone that lay still too long into its public pool; return how many."""
    owned = Lead.objects.exclude(owner=None).exclude(stage__in=selectors.CLOSED).order_by().values("zone")
    return sum(len(release_dormant_leads(zone)) for zone in Zone.objects.filter(pk__in=owned).order_by("pk"))


def _give_up(lead: Lead, kind: PoolMove.Kind, *, actor: User | None, on: date, note: str) -> Lead:
    owner = lead.owner
    assert owner is not None  # asked by every caller
    save_record(lead, owner=None)
    zone_services.end_assignments(actor=actor, zone=lead.zone, thing=THING, row_id=lead.pk, reason=note)
    lead = locked_lead(lead.pk)
    _move(lead, kind, owner, actor=actor, on=on, evidence_note=note[:200])
    return lead


def _move(
    lead: Lead, kind: PoolMove.Kind, person: User, *, actor: User | None, on: date, **values: Any
) -> None:
    entry = PoolMove(zone_id=lead.zone_id, lead=lead, kind=kind, person=person, happened_on=on, **values)
    add_entry(entry, actor=actor, at=zones.now(lead.zone))
    index_leads([lead.pk])
    record_change(
        actor=actor, verb=f"pool_{kind}", rows=[lead], scope=lead.zone_id, entry=entry.pk, person=person.pk
    )


def _refuse_cooling(lead: Lead, actor: User, today: date, working_days: int) -> None:
    given_up = (PoolMove.Kind.LAPSED, PoolMove.Kind.RETURNED)
    last = (
        PoolMove.objects.live()
        .filter(lead=lead, person=actor, kind__in=given_up)
        .order_by("-happened_on", "-pk")
        .first()
    )
    if last is None:
        return
    free = selectors.working_day_after(last.happened_on, working_days)
    if today < free:
        raise CoolingOff(lead=str(lead), given_up=last.happened_on.isoformat(), free=free.isoformat())
