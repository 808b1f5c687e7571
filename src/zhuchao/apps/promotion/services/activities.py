"""Activities and whom they met: entered, corrected, voided."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.premises.selectors import firms_named
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.identity import normal_name

from ..errors import ActivityExists
from ..models import Activity, ActivityParty, Lead
from .index import index_activities, unindex_activities
from .leads import add_lead
from .stages import refuse_future

CORRECTABLE = frozenset(
    {
        "title",
        "direction",
        "kind",
        "happened_on",
        "ended_on",
        "place",
        "country",
        "partner",
        "department",
        "members",
        "minutes",
        "meeting_url",
        "alliance",
        "joint_code",
        "evidence",
        "evidence_note",
    }
)
KINDS = ActivityParty.Kind
WEB_ADDRESS = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class NewLead:
    """A lead that an activity found: the project's name, its investor, and what it needs."""

    name: str
    investor: str = ""
    needs: str = ""


@transaction.atomic
def add_activity(
    *,
    actor: User | None,
    zone: Zone,
    title: str,
    direction: str,
    kind: str,
    on: date,
    ended_on: date | None = None,
    firms: Sequence[str] = (),
    agencies: Sequence[str] = (),
    leads: Sequence[Lead] = (),
    new_leads: Sequence[NewLead] = (),
    duplicate_reason: str = "",
    **facts: Any,
) -> Activity:
    """Enter an activity with everybody it met and the leads it found.

    ``firms`` and ``agencies`` are names or credit codes; a registered firm is tied to its file. ``leads`` are
    known ones that were met, ``new_leads`` are entered with it, unless one of that very name is there already.
    ``facts``: place, country, partner, department, members, minutes, meeting_url, alliance, joint_code, evidence,
    evidence_note. Raises ActivityExists, LeadDuplicateFound (unless ``duplicate_reason``) and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.ACTIVITY, zone)
    activity = Activity(
        zone=zone,
        title=" ".join(title.split()),
        direction=Activity.Direction(direction),
        kind=Activity.Kind(kind),
        happened_on=on,
        ended_on=ended_on or on,
        **{key: value.strip() if isinstance(value, str) else value for key, value in facts.items()},
    )
    activity.meeting_url = checked_link(activity.meeting_url)
    _check(activity, zone)
    # The zone's row is what two people who enter the same activity race for.
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    activity.ledger_key = activity_key(zone.pk, on, activity.title, activity.direction, activity.joint_code)
    _refuse_known(activity)
    found, known = _leads_found(activity, new_leads, actor=actor, duplicate_reason=duplicate_reason)
    add_entry(activity, actor=actor, at=zones.now(zone))
    parties = parties_of(zone.pk, firms=firms, agencies=agencies, leads=[*leads, *known, *found])
    _keep_parties(activity, parties)
    index_activities([activity.pk])
    record_change(
        actor=actor,
        verb="add",
        rows=[activity],
        scope=zone.pk,
        title=activity.title,
        on=on,
        parties=len(parties),
        leads=[lead.pk for lead in found],
    )
    return activity


@transaction.atomic
def correct_activity(
    *,
    actor: User | None,
    activity: Activity,
    reason: str,
    firms: Sequence[str] | None = None,
    agencies: Sequence[str] | None = None,
    leads: Sequence[Lead] | None = None,
    **values: Any,
) -> Activity:
    """Replace an activity by one that says it right; what is not given stays as it was, whom it met included.

    Raises ReasonNeeded, AlreadyReplaced, ActivityExists and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.ACTIVITY, activity.zone_id)
    unknown = set(values) - CORRECTABLE
    if unknown:
        raise TypeError(f"not part of an activity: {sorted(unknown)}")
    if "meeting_url" in values:
        values["meeting_url"] = checked_link(values["meeting_url"])
    zone = activity.zone
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    successor = correct_entry(activity, actor=actor, at=zones.now(zone), reason=reason, **values)
    _check(successor, zone)
    _refuse_known(successor)
    _keep_parties(successor, _corrected_parties(activity, firms=firms, agencies=agencies, leads=leads))
    unindex_activities([activity.pk])
    index_activities([successor.pk])
    record_change(
        actor=actor,
        verb="correct",
        rows=[successor, activity],
        scope=zone.pk,
        entry=activity.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


@transaction.atomic
def void_activity(*, actor: User | None, activity: Activity, reason: str) -> Activity:
    """Take an activity and its meetings out of every count from now on; the leads it found stay."""
    zones.require(actor, Verb.VOID, Thing.ACTIVITY, activity.zone_id)
    successor = void_entry(activity, actor=actor, at=zones.now(activity.zone), reason=reason)
    unindex_activities([activity.pk])
    record_change(
        actor=actor,
        verb="void",
        rows=[successor, activity],
        scope=activity.zone_id,
        entry=activity.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


def checked_link(text: str) -> str:
    """Return the address of an online meeting as it is kept, its scheme in lower case; raises WrongInput.

    Only http and https: what a browser would run (``javascript:``) or read from its own disk is no address.
    """
    said = text.strip()
    if not said:
        return ""
    scheme, mark, rest = said.partition("://")
    said = f"{scheme.lower()}{mark}{rest}"
    try:
        WEB_ADDRESS(said)
    except ValidationError:
        raise WrongInput(field=_("会议链接"), why=_("应为 http:// 或 https:// 开头的完整网址。")) from None
    return said


def activity_key(zone_id: int, on: date, title: str, direction: str, joint_code: str) -> str:
    """Return the natural key of an activity: zone, day, name, direction and joint code."""
    parts = (str(zone_id), on.isoformat(), "".join(title.split()).casefold(), direction, joint_code.strip())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def parties_of(
    zone_id: int,
    *,
    firms: Iterable[str] = (),
    agencies: Iterable[str] = (),
    leads: Iterable[Lead] = (),
    known: Mapping[str, Enterprise] | None = None,
) -> list[ActivityParty]:
    """Return unsaved parties, each once; ``known`` are firms looked up before, when there are many activities."""
    firms, agencies = _tidy(firms), _tidy(agencies)
    known = firms_named(zone_id, [*firms, *agencies]) if known is None else known
    found: dict[tuple[str, str], ActivityParty] = {}
    for kind, names in ((KINDS.ENTERPRISE, firms), (KINDS.AGENCY, agencies)):
        for name in names:
            firm = known.get(name)
            key = party_key(name, firm)
            shown = firm.name if firm and name == firm.credit_code else name
            party = ActivityParty(
                zone_id=zone_id, kind=kind, name=shown[:120], normal_name=key, enterprise=firm
            )
            found.setdefault((kind, key), party)
    for lead in leads:
        found.setdefault(
            (KINDS.LEAD, str(lead.pk)),
            ActivityParty(
                zone_id=zone_id, kind=KINDS.LEAD, name=lead.name, normal_name=lead.normal_name, lead=lead
            ),
        )
    return list(found.values())


def party_key(name: str, firm: Enterprise | None) -> str:
    """Return what a firm or institution is counted by: the normal form of its name, its file's where it has one."""
    return firm.normal_name if firm else normal_name(name)[:120]


def _leads_found(
    activity: Activity, new_leads: Sequence[NewLead], *, actor: User | None, duplicate_reason: str
) -> tuple[list[Lead], list[Lead]]:
    """Enter the leads that are new; return them, and those that were there under the very name."""
    by_name: dict[str, Lead] = {}
    for lead in Lead.objects.filter(zone=activity.zone, name__in=[new.name for new in new_leads]).order_by(
        "-pk"
    ):
        by_name[lead.name] = lead
    found = [
        add_lead(
            actor=actor,
            zone=activity.zone,
            name=new.name,
            investor=new.investor,
            needs=new.needs,
            found_on=activity.happened_on,
            source=Lead.Source.EXPO if activity.kind == Activity.Kind.EXPO else Lead.Source.OWN,
            source_note=activity.title[:120],
            owner=actor,
            duplicate_reason=duplicate_reason,
        )
        for new in new_leads
        if new.name not in by_name
    ]
    return found, list(by_name.values())


def _keep_parties(activity: Activity, parties: Sequence[ActivityParty]) -> None:
    for party in parties:
        party.activity = activity
    ActivityParty.objects.bulk_create(parties, batch_size=1000)


def _corrected_parties(
    activity: Activity,
    *,
    firms: Sequence[str] | None,
    agencies: Sequence[str] | None,
    leads: Sequence[Lead] | None,
) -> list[ActivityParty]:
    given: dict[str, Any] = {"firms": firms, "agencies": agencies, "leads": leads}
    kinds = {KINDS.ENTERPRISE: firms, KINDS.AGENCY: agencies, KINDS.LEAD: leads}
    kept = [
        ActivityParty(
            zone_id=party.zone_id,
            kind=party.kind,
            name=party.name,
            normal_name=party.normal_name,
            enterprise_id=party.enterprise_id,
            lead_id=party.lead_id,
        )
        for party in activity.parties.order_by("pk")
        if kinds[KINDS(party.kind)] is None
    ]
    said = {key: value for key, value in given.items() if value is not None}
    return [*kept, *(parties_of(activity.zone_id, **said) if said else ())]


def _tidy(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in (" ".join(text.split()) for text in names) if name))


def _check(activity: Activity, zone: Zone) -> None:
    if not activity.title:
        raise WrongInput(field=_("活动名称"), why=_("不能为空。"))
    refuse_future(activity.happened_on, zone)
    if activity.ended_on < activity.happened_on:
        raise WrongInput(
            field=_("结束日期"),
            why=_("不能早于活动日期 {day}。").format(day=activity.happened_on.isoformat()),
        )
    if activity.department is not None and activity.department.zone_id != zone.pk:
        raise WrongInput(
            field=_("责任单位"),
            why=_("{department}不属于{zone}。").format(department=activity.department, zone=zone),
        )
    if activity.alliance is not None and not activity.alliance.members.filter(pk=zone.pk).exists():
        raise WrongInput(
            field=_("联盟"),
            why=_("{zone}不是“{alliance}”的成员。").format(zone=zone, alliance=activity.alliance),
        )


def _refuse_known(activity: Activity) -> None:
    same = Activity.objects.live().filter(
        zone_id=activity.zone_id,
        happened_on=activity.happened_on,
        title=activity.title,
        direction=activity.direction,
        joint_code=activity.joint_code,
    )
    known = same.exclude(pk=activity.pk).first()
    if known is not None:
        raise ActivityExists(title=activity.title, on=activity.happened_on.isoformat(), entry=known.pk)
