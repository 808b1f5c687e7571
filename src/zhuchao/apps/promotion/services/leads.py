"""Leads: entered once, edited, given to somebody."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.wording import explained, listed
from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.enterprises.services.checks import checked_code
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones import services as zone_services
from zhuchao.apps.zones.models import Alliance, Department, Sector, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb, alliances

from .. import selectors
from ..errors import LeadDuplicateFound
from ..models import Lead
from .index import index_leads, index_viewings
from .stages import enter_stages, locked_lead, refuse_future, require_for, stage_entry

FACTS = frozenset(
    {
        "name",
        "investor",
        "credit_code",
        "enterprise",
        "sector",
        "source",
        "source_note",
        "source_region",
        "source_enterprise",
        "source_lead",
        "signed_investment_cny",
        "planned_investment_cny",
        "needs",
        "found_on",
        "next_action",
        "next_action_on",
        "alliance",
    }
)
COUNTED_BY = frozenset({"sector", "planned_investment_cny"})


@transaction.atomic
def add_lead(
    *,
    actor: User | None,
    zone: Zone,
    name: str,
    found_on: date,
    stage: str = Lead.Stage.FOUND,
    stage_on: date | None = None,
    owner: User | None = None,
    department: Department | None = None,
    duplicate_reason: str = "",
    **facts: Any,
) -> Lead:
    """Enter a lead, found on a day, in a stage since ``stage_on`` (the same day when not said).

    ``facts``: investor, credit_code, enterprise, sector, source, source_note, source_region, source_enterprise,
    source_lead, planned_investment_cny and signed_investment_cny (yuan), needs, next_action, next_action_on,
    alliance. Raises LeadDuplicateFound unless a ``duplicate_reason`` is given, which the change log keeps, and
    WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.LEAD, zone)
    values = _checked(
        zone, {"name": name, "found_on": found_on, "owner": owner, "department": department, **facts}
    )
    # The zone's row is what two people who enter the same lead race for.
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    _refuse_duplicates(zone.pk, values, duplicate_reason)
    lead = Lead(
        zone=zone, normal_name=selectors.lead_key(values["name"], values.get("investor", "")), **values
    )
    lead.save()
    entries = [stage_entry(lead, Lead.Stage.FOUND, found_on)] if stage_on and stage_on > found_on else []
    since = stage_on or found_on
    refuse_future(since, zone)
    if since < found_on:
        raise WrongInput(
            field=_("阶段日期"), why=_("不能早于获得日期 {day}。").format(day=found_on.isoformat())
        )
    if not entries or stage != Lead.Stage.FOUND:
        entries.append(stage_entry(lead, Lead.Stage(stage), since))
    enter_stages(entries, actor=actor, at=zones.now(zone))
    _assign(actor, lead, reason="")
    index_leads([lead.pk])
    record_change(
        actor=actor,
        verb="add",
        rows=[lead],
        scope=zone.pk,
        name=lead.name,
        **({"not_a_duplicate": duplicate_reason.strip()} if duplicate_reason.strip() else {}),
    )
    return locked_lead(lead.pk)


@transaction.atomic
def change_lead(
    *, actor: User | None, lead: Lead, version: int | None, duplicate_reason: str = "", **values: Any
) -> Lead:
    """Edit the facts of a lead. Stage, owner and department have verbs of their own.

    Another sector or amount is entered as a stage entry of today, so that the pipeline of every earlier day stays
    what it was. Raises Stale, LeadDuplicateFound and WrongInput.
    """
    require_for(actor, Verb.CHANGE, lead)
    unknown = set(values) - FACTS
    if unknown:
        raise TypeError(f"not facts that this verb edits: {sorted(unknown)}")
    lead = locked_lead(lead.pk)
    check_version(lead, version, yours=values)
    values = _checked(lead.zone, values)
    name, investor = values.get("name", lead.name), values.get("investor", lead.investor)
    code = values.get("credit_code", lead.credit_code)
    if (name, investor, code) != (lead.name, lead.investor, lead.credit_code):
        known = {"name": name, "investor": investor, "credit_code": code}
        known["enterprise"] = values.get("enterprise", lead.enterprise)
        _refuse_duplicates(lead.zone_id, known, duplicate_reason, exclude=lead.pk)
        values["normal_name"] = selectors.lead_key(name, investor)
    _refuse_circle(lead, values.get("source_lead"))
    changed = save_record(lead, **values)
    if COUNTED_BY & set(changed):
        today = zones.today(lead.zone)
        entry = stage_entry(lead, lead.stage, today, evidence_note="产业领域或计划总投资变更")
        enter_stages([entry], actor=actor, at=zones.now(lead.zone))
    if changed:
        index_leads([lead.pk])
        if {"name", "investor"} & set(changed):
            index_viewings(lead.viewings.values_list("pk", flat=True))
        record_change(actor=actor, verb="change", rows=[lead], scope=lead.zone_id, changed=changed)
    return locked_lead(lead.pk)


@transaction.atomic
def assign_lead(
    *, actor: User | None, lead: Lead, owner: User, department: Department | None = None, reason: str = ""
) -> Lead:
    """Make somebody answer for a lead; every hand-over is kept as an assignment.

    Raises WrongInput when the person does not work in the zone or the department is another zone's.
    """
    require_for(actor, Verb.ASSIGN, lead)
    lead = locked_lead(lead.pk)
    values = _checked(lead.zone, {"owner": owner, "department": department})
    changed = save_record(lead, **values)
    if changed:
        lead = locked_lead(lead.pk)
        _assign(actor, lead, reason=reason.strip())
        index_leads([lead.pk])
        record_change(
            actor=actor,
            verb="assign",
            rows=[lead],
            scope=lead.zone_id,
            changed=changed,
            reason=reason.strip(),
        )
    return lead


def _assign(actor: User | None, lead: Lead, *, reason: str) -> None:
    if lead.owner is not None:
        zone_services.assign(
            actor=actor,
            zone=lead.zone,
            thing="promotion.lead",
            row_id=lead.pk,
            label=lead.name,
            officer=lead.owner,
            department=lead.department,
            reason=reason,
        )


def _checked(zone: Zone, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are kept; raises WrongInput for what cannot be."""
    kept: dict[str, Any] = {
        key: value.strip() if isinstance(value, str) else value for key, value in values.items()
    }
    if "name" in kept:
        kept["name"] = " ".join(kept["name"].split())
        if not kept["name"]:
            raise WrongInput(field=_("项目名称"), why=_("不能为空。"))
    if "found_on" in kept:
        refuse_future(kept["found_on"], zone)
    if "credit_code" in kept:
        code = checked_code(kept["credit_code"])
        kept["credit_code"] = code.code if code else ""
    for name, label in (
        ("planned_investment_cny", _("计划总投资")),
        ("signed_investment_cny", _("签约金额")),
    ):
        amount: Decimal | None = kept.get(name)
        if amount is not None and amount < 0:
            raise WrongInput(field=label, why=_("不能小于 0。"))
    _check_neighbours(zone, kept)
    return kept


def _check_neighbours(zone: Zone, values: Mapping[str, Any]) -> None:
    sector: Sector | None = values.get("sector")
    if sector is not None and sector.zone_id != zone.pk:
        raise WrongInput(
            field=_("产业领域"), why=_("“{sector}”不是{zone}的产业。").format(sector=sector, zone=zone)
        )
    owner: User | None = values.get("owner")
    if owner is not None and not zones.roles_of(owner, zone.pk):
        raise WrongInput(
            field=_("责任人"), why=_("{owner}不是{zone}的工作人员。").format(owner=owner, zone=zone)
        )
    department: Department | None = values.get("department")
    if department is not None and department.zone_id != zone.pk:
        raise WrongInput(
            field=_("责任单位"), why=_("{department}不属于{zone}。").format(department=department, zone=zone)
        )
    alliance: Alliance | None = values.get("alliance")
    if alliance is not None and not alliances.alliances_to_share_with(zone).filter(pk=alliance.pk).exists():
        raise WrongInput(
            field=_("共享到"), why=_("{zone}不是“{alliance}”的成员。").format(zone=zone, alliance=alliance)
        )
    for name, label in (("enterprise", _("企业档案")), ("source_enterprise", _("推荐企业"))):
        enterprise: Enterprise | None = values.get(name)
        if enterprise is not None and enterprise.zone_id != zone.pk:
            raise WrongInput(
                field=label,
                why=_("“{enterprise}”不在{zone}的企业台账中。").format(enterprise=enterprise, zone=zone),
            )
    before: Lead | None = values.get("source_lead")
    if before is not None and before.zone_id != zone.pk:
        raise WrongInput(
            field=_("由哪条线索带来"), why=_("“{lead}”不是{zone}的线索。").format(lead=before, zone=zone)
        )


def _refuse_circle(lead: Lead, before: Lead | None) -> None:
    """Refuse a source that came from the lead itself: two people who tie leads in a circle race for the zone's row."""
    if before is None:
        return
    Zone.objects.select_for_update(no_key=True).get(pk=lead.zone_id)
    if before == lead or lead in selectors.source_chain(before):
        raise WrongInput(
            field=_("由哪条线索带来"),
            why=_("“{before}”本身来自“{lead}”，不能互为来源。").format(before=before, lead=lead),
        )


def _refuse_duplicates(
    zone_id: int, values: Mapping[str, Any], duplicate_reason: str, exclude: int | None = None
) -> None:
    if duplicate_reason.strip():
        return
    enterprise = values.get("enterprise")
    found = selectors.find_duplicate_leads(
        zone_id=zone_id,
        name=values["name"],
        investor=values.get("investor", ""),
        credit_code=values.get("credit_code", ""),
        enterprise_id=enterprise.pk if enterprise else None,
        exclude=[exclude] if exclude else [],
    )
    if found:
        raise LeadDuplicateFound(
            names=listed(explained(candidate.name, candidate.why) for candidate in found),
            candidates=[candidate.as_dict() for candidate in found],
        )
