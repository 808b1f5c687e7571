"""Leads from park to park: offered, accepted or declined; and the masked question whether others are in talks."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import add_entry, record_change, save_record
from zhuchao.apps.enterprises.services.checks import checked_code
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import ReferralAnswered, ReferralOpen, TooManyChecks
from ..models import Lead, Referral, TalksCheck
from ..selectors import Share, TalksAnswer
from .first_contact import enter_credit, enter_first_contact
from .leads import add_lead
from .stages import enter_stages, locked_lead, require_for, stage_entry

State = Referral.State


@transaction.atomic
def offer_referral(
    *, actor: User, lead: Lead, to_zone: Zone, giving_share: Decimal, note: str = ""
) -> Referral:
    """Offer an open lead to another park of an alliance; ``giving_share`` per cent of the credit stays here.

    The other park is to answer within the working days of the rules. Raises ReferralOpen and WrongInput.
    """
    require_for(actor, Verb.ASSIGN, lead)
    lead = locked_lead(lead.pk)
    if not lead.is_open:
        raise WrongInput(field=_("线索"), why=_("已签约、流失或转出的线索不能再转介。"))
    if not selectors.zones_to_refer_to(lead.zone).filter(pk=to_zone.pk).exists():
        raise WrongInput(
            field=_("转给"), why=_("{to}与{zone}不在同一联盟。").format(to=to_zone, zone=lead.zone)
        )
    if not 0 <= giving_share <= 100 or giving_share != giving_share.quantize(Decimal("0.01")):
        raise WrongInput(field=_("转出方功劳（%）"), why=_("应在 0 到 100 之间，最多两位小数。"))
    waiting = Referral.objects.filter(lead=lead, state=State.OFFERED).select_related("to_zone").first()
    if waiting is not None:
        raise ReferralOpen(lead=str(lead), to=str(waiting.to_zone), due=waiting.due_on.isoformat())
    today = zones.today(lead.zone)
    days = selectors.in_force(selectors.POOL, today).referral_working_days
    referral = Referral.objects.create(
        zone_id=lead.zone_id,
        lead=lead,
        to_zone=to_zone,
        offered_by=actor,
        offered_on=today,
        due_on=selectors.working_day_after(today, days),
        note=note.strip(),
        giving_share=giving_share,
    )
    _record(actor, "offer_referral", referral, giving_share=giving_share)
    return referral


@transaction.atomic
def accept_referral(
    *,
    actor: User,
    referral: Referral,
    owner: User | None = None,
    department: Department | None = None,
    duplicate_reason: str = "",
    answer: str = "",
) -> Lead:
    """Take a lead over: it is entered here with its first contact and the agreed credit, and closed where it came from.

    Raises ReferralAnswered, and LeadDuplicateFound unless a ``duplicate_reason`` is given.
    """
    zones.require(actor, Verb.ADD, Thing.LEAD, referral.to_zone_id)
    given = locked_lead(referral.lead_id)
    referral = _locked(referral)
    place, today = referral.to_zone, zones.today(referral.to_zone)
    sectors = zones.sectors.sectors_by_name(place, today)
    taken = add_lead(
        actor=actor,
        zone=place,
        name=given.name,
        investor=given.investor,
        credit_code=given.credit_code,
        sector=sectors.get(given.sector.name) if given.sector else None,
        planned_investment_cny=given.planned_investment_cny,
        needs=given.needs,
        source=Lead.Source.ZONE,
        source_note=referral.zone.name,
        source_region=given.source_region,
        found_on=today,
        owner=owner or actor,
        department=department,
        duplicate_reason=duplicate_reason,
    )
    first = selectors.first_contact_of(given)
    if first is not None:
        origin = _("由{zone}转来，原登记 {on}").format(zone=referral.zone, on=first.happened_on.isoformat())
        enter_first_contact(actor, taken, first.person, min(first.happened_on, today), evidence_note=origin)
    giver = first.person if first is not None else None
    parts = [
        Share(referral.zone, referral.giving_share, person=giver),
        Share(place, referral.taking_share, department, owner or actor),
    ]
    enter_credit(actor, taken, [part for part in parts if part.percent > 0], _("跨园区转介约定"))
    moved = stage_entry(
        given,
        Lead.Stage.MOVED,
        max(zones.today(given.zone), given.stage_since or given.found_on),
        evidence_note=_("已由{zone}接收").format(zone=place),
    )
    enter_stages([moved], actor=actor, at=zones.now(given.zone))
    save_record(
        referral,
        state=State.ACCEPTED,
        answered_on=_answer_day(referral),
        answered_by=actor,
        answer=answer.strip(),
        new_lead=taken,
    )
    _record(actor, "accept_referral", referral, new_lead=taken.pk, late=referral.was_late)
    return taken


@transaction.atomic
def decline_referral(*, actor: User, referral: Referral, reason: str) -> Referral:
    """Decline a lead that another park offers; it stays where it is. Raises ReferralAnswered and ReasonNeeded."""
    zones.require(actor, Verb.ADD, Thing.LEAD, referral.to_zone_id)
    return _close(actor, referral, State.DECLINED, reason, pgettext("原因", "谢绝"))


@transaction.atomic
def withdraw_referral(*, actor: User, referral: Referral, reason: str) -> Referral:
    """Take an offer back before it is answered. Raises ReferralAnswered and ReasonNeeded."""
    require_for(actor, Verb.ASSIGN, referral.lead)
    return _close(actor, referral, State.WITHDRAWN, reason, pgettext("原因", "撤回"))


@transaction.atomic
def check_talks(*, actor: User, zone: Zone, name: str = "", credit_code: str = "") -> TalksAnswer:
    """Ask whether another park of the alliance is in talks with a firm; the question and the answer are kept.

    Raises WrongInput for a name too short to mean one firm, and TooManyChecks beyond the limit of a day.
    """
    zones.require(actor, Verb.ADD, Thing.LEAD, zone)
    # The zone's row is what all who ask race for: the limit counts over many questions.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    code = checked_code(credit_code)
    key = selectors.lead_key("", name) if name.strip() else ""
    if not code and len(key) < 2:
        raise WrongInput(field=_("企业名称"), why=_("请填写企业全称，或统一社会信用代码。"))
    today = zones.today(zone)
    most = selectors.in_force(selectors.POOL, today).checks_a_day
    asked = TalksCheck.objects.filter(zone=zone, recorded_by=actor, happened_on=today).count()
    if asked >= most:
        raise TooManyChecks(most=most)
    answer = selectors.talks_elsewhere(zone, credit_code=code.code if code else "", normal_name=key)
    entry = TalksCheck(
        zone=zone,
        credit_code=code.code if code else "",
        normal_name=key,
        since=answer.since,
        happened_on=today,
    )
    add_entry(entry, actor=actor, at=zones.now(zone))
    record_change(
        actor=actor, verb="check_talks", rows=[entry], scope=zone.pk, asked=key or entry.credit_code
    )
    return answer


def _close(actor: User, referral: Referral, state: State, reason: str, what: str) -> Referral:
    locked_lead(referral.lead_id)
    referral = _locked(referral)
    if not reason.strip():
        raise ReasonNeeded(what=what)
    save_record(
        referral,
        state=state,
        answered_on=_answer_day(referral),
        answered_by=actor,
        answer=reason.strip()[:500],
    )
    _record(actor, f"{state}_referral", referral, reason=reason.strip())
    return referral


def _answer_day(referral: Referral) -> date:
    return max(zones.today(referral.to_zone), referral.offered_on)


def _record(actor: User, verb: str, referral: Referral, **data: object) -> None:
    """Write what happened to a referral into the chains of both parks, the lower number first, so that none waits crosswise."""
    for scope in sorted({referral.zone_id, referral.to_zone_id}):
        record_change(
            actor=actor,
            verb=verb,
            rows=[referral],
            scope=scope,
            lead=referral.lead.name,
            giver=referral.zone.code,
            taker=referral.to_zone.code,
            **data,  # type: ignore[arg-type]
        )


def _locked(referral: Referral) -> Referral:
    rows = Referral.objects.select_related("zone", "to_zone", "lead__zone")
    referral = rows.select_for_update(of=("self",), no_key=True).get(pk=referral.pk)
    if not referral.is_open:
        raise ReferralAnswered(
            lead=str(referral.lead),
            state=str(referral.get_state_display()),
            on=referral.answered_on.isoformat() if referral.answered_on else "",
        )
    return referral
