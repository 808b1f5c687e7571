"""The API of promotion: the same services and selectors as the pages."""

from datetime import date, datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from zhuchao.apps.core.errors import NotFound, WrongInput
from zhuchao.apps.core.selectors.jobs import how_far
from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.selectors import get_enterprise
from zhuchao.apps.premises.models import Hold
from zhuchao.apps.premises.selectors import get_site, get_unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of, with_time_zone
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import Activity, Lead, LeadNeeds, LeadStage, PlacingPlan
from ..schemas import (
    ActivityDetail,
    ActivityEdit,
    ActivityIn,
    ActivityPage,
    AssignIn,
    FunnelOut,
    LeadEdit,
    LeadHoldIn,
    LeadHoldOut,
    LeadIn,
    LeadNeedsIn,
    LeadNeedsOut,
    LeadOut,
    LeadPage,
    LeadScoreOut,
    LeadSignIn,
    LeadStageEdit,
    LeadStageIn,
    LeadStageOut,
    MatchOut,
    MetOut,
    PipelineOut,
    PlacingHeldOut,
    PlacingHoldIn,
    PlacingIn,
    PlacingOut,
    Stage,
    UnitMatchOut,
)
from ..selectors import match_data, matching, plans
from ..selectors.plan_making import fingerprint_of
from .credit import router as credit
from .viewings import router as viewings

router = Router(tags=["promotion"])
router.add_router("", credit)
router.add_router("", viewings)


@router.get("/leads", response=LeadPage)
def list_leads(
    request: HttpRequest,
    zone: str,
    q: str = "",
    stage: Stage | None = None,
    pool: bool = False,
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List the leads of a zone and the zones below it, by id; ``pool`` lists what others share with it instead."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    rows = selectors.pool_of(actor, at) if pool else selectors.leads_of(actor, at)
    if stage is not None:
        rows = rows.filter(stage=stage)
    if len(q.strip()) > 1:
        scopes = (
            sorted(zones.alliances.pool_zone_ids(actor)) if pool else zones.zones_under(actor, at, Thing.LEAD)
        )
        rows = selectors.search_leads(rows, scopes, q)
    return page_of(rows, after, limit)


@router.post("/leads", response={201: LeadOut})
def add_lead(request: HttpRequest, zone: str, body: LeadIn) -> Status[Lead]:
    """Enter a lead; a likely duplicate is refused with the candidates unless a reason is given."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    return Status(201, services.add_lead(actor=actor, zone=at, **_neighbours(actor, at, body.dict())))


@router.get("/leads/pipeline", response=PipelineOut)
def get_pipeline(
    request: HttpRequest, zone: str, on: date | None = None, as_of: datetime | None = None
) -> selectors.Pipeline:
    """Return the pipeline on a day, as known at a moment."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    moment = with_time_zone(as_of) or zones.now(at)
    return selectors.pipeline(zones.zones_under(actor, at, Thing.LEAD), on or zones.today(at), moment)


@router.get("/leads/funnel", response=FunnelOut)
def get_funnel(request: HttpRequest, zone: str, first: date, last: date) -> dict[str, Any]:
    """Return how far the leads found from ``first`` to ``last`` came, by source and sector, and who brought them."""
    actor = person_of(request)
    rows = selectors.leads_of(actor, zones.get_zone(actor, zone))
    found = selectors.found_between(rows, first, last)
    return {
        "whole": selectors.whole_way(found),
        "by_source": selectors.ways_by_source(found),
        "by_sector": selectors.ways_by_sector(found),
        "referrers": selectors.referrers(found),
    }


@router.get("/leads/{int:pk}", response=LeadOut)
def get_lead(request: HttpRequest, pk: int) -> Lead:
    """Return a lead."""
    return selectors.get_lead(person_of(request), pk)


@router.patch("/leads/{int:pk}", response=LeadOut)
def edit_lead(request: HttpRequest, pk: int, body: LeadEdit) -> Lead:
    """Change facts of a lead; a stale version is refused with both."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    said = _neighbours(actor, lead.zone, body.dict(exclude_unset=True))
    return services.change_lead(actor=actor, lead=lead, **said)


@router.post("/leads/{int:pk}/assign", response=LeadOut)
def assign_lead(request: HttpRequest, pk: int, body: AssignIn) -> Lead:
    """Make somebody answer for a lead."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    return services.assign_lead(actor=actor, lead=lead, **_neighbours(actor, lead.zone, body.dict()))


@router.get("/leads/{int:pk}/needs", response=LeadNeedsOut)
def get_needs(request: HttpRequest, pk: int) -> LeadNeeds:
    """Return what a lead asks of premises; with version 0 where nobody has said it yet."""
    lead = selectors.get_lead(person_of(request), pk)
    return selectors.needs_of(lead) or LeadNeeds(lead=lead, version=0)


@router.put("/leads/{int:pk}/needs", response=LeadNeedsOut)
def set_needs(request: HttpRequest, pk: int, body: LeadNeedsIn) -> LeadNeeds:
    """Say what a lead asks of premises; what is not given stays, contradictions are refused naming the two."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    return services.set_lead_needs(actor=actor, lead=lead, **body.dict(exclude_unset=True))


@router.post("/leads/{int:pk}/hold", response={201: LeadHoldOut})
def hold_for_lead(request: HttpRequest, pk: int, body: LeadHoldIn) -> Status[Hold]:
    """Hold vacant units for a lead until a day."""
    actor = person_of(request)
    said = body.dict()
    units = [get_unit(actor, unit) for unit in said.pop("unit_ids")]
    lead = selectors.get_lead(actor, pk)
    return Status(201, services.hold_for_lead(actor=actor, lead=lead, units=units, **said))


@router.post("/leads/{int:pk}/sign", response={201: LeadStageOut})
def sign_lead(request: HttpRequest, pk: int, body: LeadSignIn) -> Status[LeadStage]:
    """Enter that a lead signed for units: lead and units move together or not at all."""
    actor = person_of(request)
    said = body.dict()
    units = [get_unit(actor, unit) for unit in said.pop("unit_ids")]
    lead = selectors.get_lead(actor, pk)
    return Status(201, services.sign_lead_on_units(actor=actor, lead=lead, units=units, **said))


@router.get("/leads/{int:pk}/match", response=MatchOut)
def match_lead(request: HttpRequest, pk: int, zone: str = "", limit: int = 10) -> dict[str, Any]:
    """Rank the free units for a lead: of its own zone, or of ``zone`` for one that another zone shares."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    at = zones.get_zone(actor, zone) if zone else None
    return match_data.lead_match_data(actor, lead, zone=at, limit=max(1, min(limit, 50)))


@router.get("/units/{int:pk}/leads", response=UnitMatchOut)
def match_unit(request: HttpRequest, pk: int, limit: int = 10) -> dict[str, Any]:
    """Rank the open leads for a vacant unit; one that is not vacant is not found."""
    actor = person_of(request)
    match = matching.match_unit(actor, get_unit(actor, pk), limit=max(1, min(limit, 50)))
    if match is None:
        raise NotFound(what=_("该空置房源"))
    return match_data.unit_match_data(match)


@router.post("/leads/plans", response={201: PlacingOut})
def start_plan(request: HttpRequest, body: PlacingIn) -> Status[dict[str, Any]]:
    """Order a plan that places the open leads of a zone at once; it is made in the background."""
    actor, said = person_of(request), body.dict()
    zone = zones.get_zone(actor, said.pop("zone"))
    said["site_ids"] = [get_site(actor, pk).pk for pk in said["site_ids"]]
    plan = services.start_plan(actor=actor, zone=zone, sector=said.pop("sector_id"), **said)
    return Status(201, _plan_said(plan))


@router.get("/leads/plans/{int:pk}", response=PlacingOut)
def get_plan(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return a plan: how far it is, and what it says once it is made."""
    return _plan_said(plans.get_plan(person_of(request), pk))


@router.post("/leads/plans/{int:pk}/stop", response=PlacingOut)
def stop_plan(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Stop the search of a plan; what it has found so far is kept."""
    actor = person_of(request)
    services.stop_plan(actor=actor, plan=plans.get_plan(actor, pk))
    return _plan_said(plans.get_plan(actor, pk))


@router.post("/leads/plans/{int:pk}/hold", response=list[PlacingHeldOut])
def hold_plan(request: HttpRequest, pk: int, body: PlacingHoldIn) -> list[dict[str, Any]]:
    """Keep the units of a plan for its leads; tells of each row whether it is held, and why not."""
    actor = person_of(request)
    outcomes = services.hold_plan(actor=actor, plan=plans.get_plan(actor, pk), **body.dict())
    return [
        {
            "row_id": one.row.pk,
            "lead_id": one.row.lead_id,
            "held": one.hold is not None,
            "hold_id": one.hold.pk if one.hold else None,
            "code": one.refusal.code if one.refusal else "",
            "message": str(one.refusal or ""),
        }
        for one in outcomes
    ]


def _plan_said(plan: PlacingPlan) -> dict[str, Any]:
    """Return a plan with how far its job is."""
    far = how_far(plan.job) if plan.job else None
    return {
        "state": plan.job.state if plan.job else "done",
        "step": far.step if far else "",
        "done": far.done if far else 0,
        "total": far.total if far else None,
        "stale": plan.made_at is not None and fingerprint_of(plan) != plan.fingerprint,
        **plans.plan_data(plan, plans.rows_of_plan(plan)),
    }


@router.get("/leads/{int:pk}/score", response=LeadScoreOut)
def get_score(request: HttpRequest, pk: int) -> selectors.LeadScore:
    """Return the score of a lead factor by factor; points are null where they cannot be known."""
    actor = person_of(request)
    return selectors.score_of(actor, selectors.get_lead(actor, pk))


@router.get("/leads/{int:pk}/stages", response=list[LeadStageOut])
def list_stages(request: HttpRequest, pk: int) -> list[LeadStage]:
    """List every stage entry of a lead, newest first, replaced and void ones included."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    return list(selectors.in_order(selectors.visible_lead_stages(actor).filter(lead=lead)))


@router.post("/leads/{int:pk}/stages", response={201: LeadStageOut})
def set_stage(request: HttpRequest, pk: int, body: LeadStageIn) -> Status[LeadStage]:
    """Enter that a lead came into a stage."""
    actor = person_of(request)
    return Status(
        201, services.set_lead_stage(actor=actor, lead=selectors.get_lead(actor, pk), **body.dict())
    )


@router.post("/leads/stages/{int:pk}/correct", response=LeadStageOut)
def correct_stage(request: HttpRequest, pk: int, body: LeadStageEdit) -> LeadStage:
    """Replace a stage entry by one that says it right."""
    actor = person_of(request)
    entry = selectors.get_lead_stage(actor, pk)
    return services.correct_lead_stage(actor=actor, entry=entry, **body.dict(exclude_unset=True))


@router.post("/leads/stages/{int:pk}/void", response=LeadStageOut)
def void_stage(request: HttpRequest, pk: int, body: ReasonIn) -> LeadStage:
    """Void a stage entry."""
    actor = person_of(request)
    return services.void_lead_stage(
        actor=actor, entry=selectors.get_lead_stage(actor, pk), reason=body.reason
    )


@router.get("/activities", response=ActivityPage)
def list_activities(
    request: HttpRequest,
    zone: str,
    q: str = "",
    start: date | None = None,
    end: date | None = None,
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List the activities in force of a zone and the zones below it, by id."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    ids = zones.zones_under(actor, at, Thing.ACTIVITY)
    rows: QuerySet[Activity] = selectors.visible_activities(actor).live().filter(zone_id__in=ids)
    if start is not None:
        rows = rows.filter(happened_on__gte=start)
    if end is not None:
        rows = rows.filter(happened_on__lte=end)
    if len(q.strip()) > 1:
        rows = selectors.search_activities(rows, ids, q)
    return page_of(rows, after, limit)


@router.post("/activities", response={201: ActivityDetail})
def add_activity(request: HttpRequest, zone: str, body: ActivityIn) -> Status[Activity]:
    """Enter an activity with everybody it met."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    said = _neighbours(actor, at, body.dict())
    said["leads"] = [selectors.get_lead(actor, pk) for pk in said.pop("lead_ids")]
    said["new_leads"] = [services.NewLead(**lead) for lead in said["new_leads"]]
    return Status(201, services.add_activity(actor=actor, zone=at, **said))


@router.get("/activities/met", response=list[MetOut])
def list_met(
    request: HttpRequest,
    zone: str,
    start: date,
    end: date,
    kind: Literal["enterprise", "agency"] = "enterprise",
) -> list[selectors.Met]:
    """List the different firms or institutions met from ``start`` to ``end``, each once."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    ids = zones.zones_under(actor, at, Thing.ACTIVITY)
    return selectors.distinct_parties(selectors.parties_between(kind, ids, start, end, zones.now(at)))


@router.get("/activities/{int:pk}", response=ActivityDetail)
def get_activity(request: HttpRequest, pk: int) -> Activity:
    """Return an activity with whom it met."""
    return selectors.get_activity(person_of(request), pk)


@router.post("/activities/{int:pk}/correct", response=ActivityDetail)
def correct_activity(request: HttpRequest, pk: int, body: ActivityEdit) -> Activity:
    """Replace an activity by one that says it right."""
    actor = person_of(request)
    activity = selectors.get_activity(actor, pk)
    return services.correct_activity(actor=actor, activity=activity, **body.dict(exclude_unset=True))


@router.post("/activities/{int:pk}/void", response=ActivityDetail)
def void_activity(request: HttpRequest, pk: int, body: ReasonIn) -> Activity:
    """Void an activity."""
    actor = person_of(request)
    activity = selectors.get_activity(actor, pk)
    return services.void_activity(actor=actor, activity=activity, reason=body.reason)


def _neighbours(actor: User, zone: Zone, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says with its ids and names made rows that this person may see."""
    find = {
        "owner_id": zones.people.get_person,
        "department_id": zones.get_department,
        "alliance_id": zones.alliances.get_alliance,
        "enterprise_id": get_enterprise,
        "source_enterprise_id": get_enterprise,
        "source_lead_id": selectors.get_lead,
    }
    for name, get in find.items():
        if name in said:
            pk = said.pop(name)
            said[name.removesuffix("_id")] = get(actor, pk) if pk else None
    if "sector" in said and not said["sector"]:
        said["sector"] = None
    elif "sector" in said:
        named = zones.sectors.sectors_by_name(zone, zones.today(zone))
        if said["sector"] not in named:
            raise WrongInput(
                field=_("产业领域"), why=_("本辖区的产业有：%(names)s。") % {"names": listed(named) or "—"}
            )
        said["sector"] = named[said["sector"]]
    return said
