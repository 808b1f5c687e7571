"""The stages a lead passes: entered, corrected, voided, and repeated on the lead for quick lists."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, takewhile
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entries, add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import LastLeadStage, StageFactsMissing, StageMoved, StageMoveRefused
from ..models import Lead, LeadStage
from .index import index_leads

S = Lead.Stage
ALLOWED_MOVES: Mapping[str, tuple[Lead.Stage, ...]] = {
    S.FOUND: (S.TALKING, S.AGREEING, S.SIGNED, S.PAUSED, S.LOST),
    S.TALKING: (S.AGREEING, S.SIGNED, S.PAUSED, S.LOST),
    S.AGREEING: (S.SIGNED, S.TALKING, S.PAUSED, S.LOST),
    S.PAUSED: (S.TALKING, S.AGREEING, S.LOST),
    S.LOST: (S.TALKING,),
    S.SIGNED: (),
    S.MOVED: (),
}
"""From which stage a lead may go to which. What was signed, or taken over by another park, stays so: a mistake is corrected, not moved."""

CORRECTABLE = frozenset(
    {"stage", "happened_on", "sector", "planned_investment_cny", "evidence", "evidence_note"}
)


@transaction.atomic
def set_lead_stage(
    *,
    actor: User | None,
    lead: Lead,
    stage: str,
    on: date,
    note: str = "",
    evidence: Attachment | None = None,
    seen: int | None = None,
    override_reason: str = "",
) -> LeadStage:
    """Enter that a lead came into a stage on a day, with its sector and amount as they are now.

    ``seen`` is the stage entry the person had before their eyes. ``override_reason`` lets somebody who manages leads
    pass a gate whose facts are missing; the entry and the change log keep it. Raises StageMoved when another stands
    there by now, StageMoveRefused for a way that does not exist, StageFactsMissing, ReasonNeeded for a loss without a
    note, and WrongInput for a day to come or before the present stage's.
    """
    require_for(actor, Verb.MANAGE if override_reason.strip() else Verb.CHANGE, lead)
    lead = locked_lead(lead.pk)
    wanted = Lead.Stage(stage)
    refuse_future(on, lead.zone)
    latest = selectors.in_order(
        LeadStage.objects.live().filter(lead=lead).select_related("recorded_by")
    ).first()
    if latest is not None and seen is not None and latest.pk != seen:
        raise StageMoved(
            lead=str(lead),
            by=str(latest.recorded_by or _("系统")),
            stage=str(latest.get_stage_display()),
            since=latest.happened_on.isoformat(),
            entry=latest.pk,
        )
    if wanted not in ALLOWED_MOVES[lead.stage]:
        raise StageMoveRefused(
            lead=str(lead),
            stage=str(lead.get_stage_display()),
            wanted=str(wanted.label),
            allowed=listed(move.label for move in ALLOWED_MOVES[lead.stage]) or pgettext("选项", "无"),
        )
    if latest is not None and on < latest.happened_on:
        raise WrongInput(
            field=_("日期"),
            why=_("不能早于当前阶段的日期 {day}。").format(day=latest.happened_on.isoformat()),
        )
    if wanted == Lead.Stage.LOST and not note.strip():
        raise ReasonNeeded(what=pgettext("原因", "流失"))
    passed = _pass_gate(lead, wanted, override_reason)
    entry = stage_entry(
        lead,
        wanted,
        on,
        evidence=evidence,
        evidence_note=note.strip(),
        override_reason=override_reason.strip() if passed else "",
    )
    add_entry(entry, actor=actor, at=zones.now(lead.zone))
    refresh_leads([lead.pk])
    index_leads([lead.pk])
    record_change(
        actor=actor,
        verb="stage",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        stage=entry.stage,
        on=on,
        **_passed_over(passed, entry),
    )
    return entry


@transaction.atomic
def correct_lead_stage(*, actor: User | None, entry: LeadStage, reason: str, **values: Any) -> LeadStage:
    """Replace a stage entry by one that says it right; the lead's present stage follows.

    ``values`` may be stage, happened_on, sector, planned_investment_cny, evidence, evidence_note. Raises
    ReasonNeeded, AlreadyReplaced, WrongInput, and StageFactsMissing where it turns into a stage whose facts are not there.
    """
    require_for(actor, Verb.CHANGE, entry.lead)
    unknown = set(values) - CORRECTABLE
    if unknown:
        raise TypeError(f"not part of a lead's stage: {sorted(unknown)}")
    lead = locked_lead(entry.lead_id)
    if values.get("stage", entry.stage) != entry.stage:
        _pass_gate(lead, values["stage"], "")
    refuse_future(values.get("happened_on", entry.happened_on), lead.zone)
    successor = correct_entry(
        entry,
        actor=actor,
        at=zones.now(lead.zone),
        reason=reason,
        first_recorded_at=entry.first_recorded_at or entry.recorded_at,
        **values,
    )
    refresh_leads([lead.pk])
    index_leads([lead.pk])
    record_change(
        actor=actor,
        verb="correct_stage",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


@transaction.atomic
def void_lead_stage(*, actor: User | None, entry: LeadStage, reason: str) -> LeadStage:
    """Take a stage entry out of every count from now on; the lead's present stage follows.

    Raises LastLeadStage for the only one.
    """
    require_for(actor, Verb.VOID, entry.lead)
    lead = locked_lead(entry.lead_id)
    if not LeadStage.objects.live().filter(lead=lead).exclude(pk=entry.pk).exists():
        raise LastLeadStage(lead=str(lead))
    successor = void_entry(entry, actor=actor, at=zones.now(lead.zone), reason=reason)
    refresh_leads([lead.pk])
    index_leads([lead.pk])
    record_change(
        actor=actor,
        verb="void_stage",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


def _pass_gate(lead: Lead, wanted: str, override_reason: str) -> list[str]:
    """Return the keys of the facts that are missing and passed over for a reason; refuse where there is none."""
    missing = selectors.missing_facts(lead, wanted)
    if not missing:
        return []
    if not override_reason.strip():
        raise StageFactsMissing(
            lead=str(lead),
            wanted=str(Lead.Stage(wanted).label),
            names=listed(fact.label for fact in missing),
            missing=[fact.as_dict() for fact in missing],
        )
    return [fact.key for fact in missing]


def _passed_over(passed: list[str], entry: LeadStage) -> dict[str, Any]:
    """Return what the change log says of a gate that was passed without all its facts."""
    return {"without": passed, "override_reason": entry.override_reason} if passed else {}


def stage_entry(lead: Lead, stage: str, on: date, **values: Any) -> LeadStage:
    """Return an unsaved entry of a lead's stage that carries its sector and amount as they are."""
    return LeadStage(
        zone_id=lead.zone_id,
        lead=lead,
        stage=stage,
        happened_on=on,
        sector_id=lead.sector_id,
        planned_investment_cny=lead.planned_investment_cny,
        **values,
    )


def enter_stages(entries: Sequence[LeadStage], *, actor: User | None, at: datetime) -> None:
    """Enter the stages of many leads and repeat them on the leads; runs inside the writer's transaction."""
    add_entries(entries, actor=actor, at=at)
    refresh_leads({entry.lead_id for entry in entries})


def refresh_leads(lead_ids: Iterable[int]) -> None:
    """Repeat the latest live stage on each lead, and since when it is in it without a break."""
    ids = sorted(set(lead_ids))
    for start in range(0, len(ids), 1000):
        rows = LeadStage.objects.live().filter(lead_id__in=ids[start : start + 1000])
        ordered = rows.order_by("lead_id", *selectors.NEWEST_FIRST)
        leads = []
        for lead_id, history in groupby(ordered, key=lambda entry: entry.lead_id):
            entries = list(history)
            leads.append(Lead(pk=lead_id, stage=entries[0].stage, stage_since=_since(entries)))
        Lead.objects.bulk_update(leads, ["stage", "stage_since"], batch_size=200)


def _since(entries: Sequence[LeadStage]) -> date:
    """Return the day since which a lead is in its present stage without a break; newest entry first."""
    present = entries[0].stage
    return list(takewhile(lambda entry: entry.stage == present, entries))[-1].happened_on


def require_for(actor: User | None, verb: Verb, lead: Lead) -> None:
    """Refuse unless the person may do this to the lead; one of another zone's in a shared pool is read only."""
    selectors.refuse_pool(actor, lead)
    zones.require(actor, verb, Thing.LEAD, lead.zone_id)


def locked_lead(pk: int) -> Lead:
    """Return a lead under lock: its row is what two people race for."""
    rows = Lead.objects.select_related("zone", "sector", "owner", "department", "alliance", "enterprise")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def refuse_future(on: date, zone: Zone) -> None:
    """Refuse a day that has not come yet in the zone."""
    today = zones.today(zone)
    if on > today:
        raise WrongInput(field=_("日期"), why=_("不能晚于今天（{day}）。").format(day=today.isoformat()))
