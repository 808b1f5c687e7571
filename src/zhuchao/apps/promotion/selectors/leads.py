"""Leads: which of them a person may see, and which wait for somebody."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, alliances

from ..errors import PoolLeadReadOnly
from ..models import Lead, LeadStage
from .pipeline import CLOSED

Actor = User | AnonymousUser | None
SOON = timedelta(days=7)
DUE = ("overdue", "today", "soon", "none")
"""How ``leads_due`` tells leads apart: past, today, within a week, without a next step."""


def _leads() -> QuerySet[Lead]:
    return Lead.objects.select_related("zone", "sector", "owner", "department", "enterprise", "alliance")


def visible_leads(actor: Actor) -> QuerySet[Lead]:
    """Return the leads this person may see: of their zones, and those shared with an alliance of theirs."""
    rows = _leads()
    if actor is None:
        return rows
    return zones.in_zones(rows, actor, Thing.LEAD) | rows.filter(alliances.in_pool(actor))


def leads_of(actor: Actor, zone: Zone) -> QuerySet[Lead]:
    """Return the leads of ``zone`` and the zones below it that this person may see."""
    ids = zones.zones_under(actor, zone, Thing.LEAD)
    rows = zones.in_zones(_leads(), actor, Thing.LEAD)
    return rows.filter(zone_id=ids[0]) if len(ids) == 1 else rows.filter(zone_id__in=ids)


def leads_in(zone: Zone) -> QuerySet[Lead]:
    """Return the leads of one zone alone, for what the system does by itself."""
    return _leads().filter(zone=zone)


def pool_of(actor: Actor, zone: Zone) -> QuerySet[Lead]:
    """Return the leads that other zones share with an alliance of this person."""
    ids = zones.zones_under(actor, zone, Thing.LEAD)
    return _leads().filter(alliances.in_pool(actor)).exclude(zone_id__in=ids)


def get_lead(actor: Actor, pk: int) -> Lead:
    """Return one lead; raises NotFound when it is hidden or missing."""
    lead = visible_leads(actor).filter(pk=pk).first()
    if lead is None:
        raise NotFound(what=_("该线索"))
    return lead


def refuse_pool(actor: Actor, lead: Lead) -> None:
    """Refuse a verb on another zone's lead that this person sees through an alliance only."""
    if actor is not None and lead.alliance_id and not zones.roles_of(actor, lead.zone_id):
        raise PoolLeadReadOnly(lead=str(lead), zone=str(lead.zone))


def get_lead_to_change(actor: Actor, pk: int) -> Lead:
    """Return one lead that is not another zone's; raises NotFound and PoolLeadReadOnly."""
    lead = get_lead(actor, pk)
    refuse_pool(actor, lead)
    return lead


def visible_lead_stages(actor: Actor) -> EntryQuerySet:
    """Return the stage entries of the leads this person may see, replaced and void ones included."""
    rows = LeadStage.objects.select_related("lead__zone", "recorded_by", "sector", "evidence", "replaced_by")
    return rows.filter(lead__in=visible_leads(actor).order_by().values("pk"))


def get_lead_stage(actor: Actor, pk: int) -> LeadStage:
    """Return one stage entry; raises NotFound when it is hidden or missing."""
    entry: LeadStage | None = visible_lead_stages(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该阶段条目"))
    return entry


def leads_due(actor: Actor, zone_ids: Sequence[int], on: date) -> QuerySet[Lead]:
    """Return the open leads of some zones that wait for somebody on ``on``, each with ``due`` (see ``DUE``).

    Overdue first, then today's, then those of the next seven days, last those without a next step or its day.
    """
    rows = zones.in_zones(_leads(), actor, Thing.LEAD).filter(zone_id__in=zone_ids).exclude(stage__in=CLOSED)
    due = Case(
        When(next_action_on__lt=on, then=Value("overdue")),
        When(next_action_on=on, then=Value("today")),
        When(next_action_on__lte=on + SOON, then=Value("soon")),
        When(next_action_on=None, then=Value("none")),
        default=Value(""),
        output_field=CharField(),
    )
    return rows.annotate(due=due).exclude(due="").order_by(F("next_action_on").asc(nulls_last=True), "pk")


def search_leads(rows: QuerySet[Lead], scopes: Sequence[int], text: str) -> QuerySet[Lead]:
    """Narrow leads to those found by ``text``: name, investor, code or owner."""
    ids = matching_row_ids("promotion.lead", scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(name__icontains=text)
