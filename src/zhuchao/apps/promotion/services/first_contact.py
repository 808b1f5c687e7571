"""First contact: entered once, disputed with arguments, decided by a leader; the credit for a lead, shared."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import NotFound, ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import (
    CreditNotWhole,
    DisputeDecided,
    DisputeOpen,
    FirstContactExists,
    FirstContactMissing,
    PartyDecides,
)
from ..models import Argument, CreditSplit, Dispute, FirstContact, Lead
from ..selectors import Share
from .leads import assign_lead
from .stages import locked_lead, refuse_future, require_for


@transaction.atomic
def add_first_contact(
    *,
    actor: User | None,
    lead: Lead,
    person: User,
    on: date,
    department: Department | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> FirstContact:
    """Enter who met the investor first and on which day, on what evidence. Once for each lead.

    Raises FirstContactExists, and WrongInput without any evidence, for a day to come, or for a stranger.
    """
    require_for(actor, Verb.CHANGE, lead)
    lead = locked_lead(lead.pk)
    known = selectors.first_contact_of(lead)
    if known is not None:
        raise FirstContactExists(lead=str(lead), person=str(known.person), on=known.happened_on.isoformat())
    refuse_future(on, lead.zone)
    if evidence is None and not evidence_note.strip():
        raise WrongInput(field=_("佐证说明"), why=_("首招须有佐证：上传材料，或写明在哪里可以查到。"))
    if not zones.people.works_in(person, lead.zone):
        raise WrongInput(
            field=_("首招人"), why=_("{owner}不是{zone}的工作人员。").format(owner=person, zone=lead.zone)
        )
    return enter_first_contact(
        actor, lead, person, on, department=department, evidence=evidence, evidence_note=evidence_note.strip()
    )


def enter_first_contact(
    actor: User | None, lead: Lead, person: User, on: date, **values: Any
) -> FirstContact:
    """Write the entry and its change; the caller has asked what may be asked."""
    entry = FirstContact(zone_id=lead.zone_id, lead=lead, person=person, happened_on=on, **values)
    add_entry(entry, actor=actor, at=zones.now(lead.zone))
    record_change(
        actor=actor,
        verb="first_contact",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        person=person.pk,
        on=on,
    )
    return entry


@transaction.atomic
def raise_dispute(*, actor: User, lead: Lead, claimed_on: date, argument: str) -> Dispute:
    """Say that the first contact of a lead was one's own, on a day, and why.

    Raises FirstContactMissing where none is entered, DisputeOpen while another waits, and WrongInput.
    """
    require_for(actor, Verb.ADD, lead)
    lead = locked_lead(lead.pk)
    first = selectors.first_contact_of(lead)
    if first is None:
        raise FirstContactMissing(lead=str(lead))
    if first.person_id == actor.pk:
        raise WrongInput(field=_("首招人"), why=_("现在的首招人就是您本人。"))
    if Dispute.objects.filter(lead=lead, outcome="").exists():
        raise DisputeOpen(lead=str(lead))
    refuse_future(claimed_on, lead.zone)
    dispute = Dispute.objects.create(
        zone_id=lead.zone_id,
        lead=lead,
        claimant=actor,
        claimed_on=claimed_on,
        raised_on=zones.today(lead.zone),
    )
    record_change(
        actor=actor,
        verb="dispute",
        rows=[dispute, lead],
        scope=lead.zone_id,
        first=first.pk,
        claimed_on=claimed_on,
    )
    add_argument(actor=actor, dispute=dispute, text=argument)
    return dispute


@transaction.atomic
def add_argument(
    *,
    actor: User,
    dispute: Dispute,
    text: str,
    evidence: Attachment | None = None,
) -> Argument:
    """Say something in an open dispute; it can be added to and never taken back. Raises DisputeDecided."""
    require_for(actor, Verb.ADD, dispute.lead)
    dispute = _locked(dispute)
    if not text.strip():
        raise WrongInput(field=_("陈述"), why=_("不能为空。"))
    entry = Argument(
        zone_id=dispute.zone_id,
        dispute=dispute,
        text=text.strip()[:2000],
        happened_on=zones.today(dispute.zone),
        evidence=evidence,
    )
    add_entry(entry, actor=actor, at=zones.now(dispute.zone))
    record_change(
        actor=actor, verb="argue", rows=[dispute, dispute.lead], scope=dispute.zone_id, entry=entry.pk
    )
    return entry


@transaction.atomic
def decide_dispute(*, actor: User, dispute: Dispute, outcome: str, reason: str) -> Dispute:
    """Decide a dispute; where it is upheld the claimant's first contact replaces the one that stood.

    Only who manages leads and is no party. Raises PartyDecides, DisputeDecided and ReasonNeeded.
    """
    zones.require(actor, Verb.MANAGE, Thing.LEAD, dispute.zone_id)
    lead = locked_lead(dispute.lead_id)
    dispute = _locked(dispute)
    first = selectors.first_contact_of(lead)
    if first is None:
        raise NotFound(what=_("该首招"))
    if actor.pk in {dispute.claimant_id, first.person_id}:
        raise PartyDecides(lead=str(lead))
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "裁定"))
    wanted = Dispute.Outcome(outcome)
    save_record(
        dispute,
        outcome=wanted,
        decided_on=zones.today(lead.zone),
        decided_by=actor,
        decision=reason.strip()[:500],
    )
    if wanted == Dispute.Outcome.UPHELD:
        first = correct_entry(
            first,
            actor=actor,
            at=zones.now(lead.zone),
            reason=reason.strip()[:200],
            person=dispute.claimant,
            happened_on=dispute.claimed_on,
            department=None,
        )
    record_change(
        actor=actor,
        verb="decide",
        rows=[dispute, lead],
        scope=lead.zone_id,
        outcome=wanted,
        first=first.pk,
        person=first.person_id,
        reason=reason.strip(),
    )
    return dispute


@transaction.atomic
def split_credit(*, actor: User | None, lead: Lead, parts: Sequence[Share], reason: str) -> CreditSplit:
    """Share the credit for a lead anew from today; the shares make exactly 100 per cent.

    Raises CreditNotWhole with the difference, ReasonNeeded, and WrongInput for a party that stands there twice.
    """
    require_for(actor, Verb.ASSIGN, lead)
    lead = locked_lead(lead.pk)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "功劳分配"))
    return enter_credit(actor, lead, parts, reason.strip())


def enter_credit(actor: User | None, lead: Lead, parts: Sequence[Share], reason: str) -> CreditSplit:
    """Write a split under the lead's lock and its change; the caller has asked what may be asked."""
    difference = selectors.missing_of_whole([part.percent for part in parts])
    if difference or any(part.percent <= 0 for part in parts):
        total = Decimal(100) - difference
        raise CreditNotWhole(total=f"{total:f}", difference=f"{abs(difference):f}")
    keys = [
        (part.zone.pk, part.department and part.department.pk, part.person and part.person.pk)
        for part in parts
    ]
    if len(set(keys)) != len(keys):
        raise WrongInput(field=_("功劳分配"), why=_("同一方只能出现一次。"))
    kept = [
        {"zone": zone, "department": hall, "person": person, "share": f"{part.percent:.2f}"}
        for (zone, hall, person), part in zip(keys, parts, strict=True)
    ]
    today, at = zones.today(lead.zone), zones.now(lead.zone)
    before = CreditSplit.objects.live().filter(lead=lead).first()
    if before is None:
        entry = CreditSplit(
            zone_id=lead.zone_id, lead=lead, parts=kept, happened_on=today, evidence_note=reason[:200]
        )
        add_entry(entry, actor=actor, at=at)
    else:
        entry = correct_entry(before, actor=actor, at=at, reason=reason[:200], parts=kept, happened_on=today)
    record_change(
        actor=actor,
        verb="split_credit",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        parts=kept,
        reason=reason,
    )
    return entry


@transaction.atomic
def transfer_lead(
    *,
    actor: User | None,
    lead: Lead,
    owner: User,
    department: Department | None = None,
    parts: Sequence[Share],
    reason: str,
) -> Lead:
    """Hand a lead to another team of the zone and share the credit, both or neither; first contact stays.

    Raises what ``assign_lead`` and ``split_credit`` raise.
    """
    lead = assign_lead(actor=actor, lead=lead, owner=owner, department=department, reason=reason)
    split_credit(actor=actor, lead=lead, parts=parts, reason=reason)
    return lead


def _locked(dispute: Dispute) -> Dispute:
    rows = Dispute.objects.select_related("lead", "zone", "claimant")
    dispute = rows.select_for_update(of=("self",), no_key=True).get(pk=dispute.pk)
    if not dispute.is_open:
        raise DisputeDecided(
            lead=str(dispute.lead),
            outcome=str(dispute.get_outcome_display()),
            on=dispute.decided_on.isoformat() if dispute.decided_on else "",
        )
    return dispute
