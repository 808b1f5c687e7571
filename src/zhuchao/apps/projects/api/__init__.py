"""The API of projects and of the money in them."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.apps.promotion import selectors as promotion
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_by_name
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import AnnualPlan, Investment, Milestone, Project, StageEntry
from ..schemas import (
    ApprovalIn,
    HappeningOut,
    InvestmentEdit,
    InvestmentIn,
    InvestmentOut,
    InvestmentPage,
    MilestoneIn,
    MilestoneOut,
    OfficerIn,
    PlanIn,
    PlanOut,
    ProgressOut,
    ProjectDetail,
    ProjectEdit,
    ProjectIn,
    ProjectOut,
    ProjectPage,
    StageEdit,
    StageIn,
    StageOut,
)
from .agreements import router as agreements
from .gates import router as gates
from .green import router as green
from .inspections import router as inspections
from .lights import router as lights
from .tasks import router as tasks

router = Router(tags=["projects"])
router.add_router("", agreements)
router.add_router("", gates)
router.add_router("", green)
router.add_router("", inspections)
router.add_router("", lights)
router.add_router("", tasks)


@router.get("/projects", response=ProjectPage)
def list_projects(
    request: HttpRequest,
    zone: str,
    q: str = "",
    stage: str = "",
    kind: str = "",
    label: str = "",
    batch: str = "",
    parent: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List the projects of a zone and the zones below it; with ``parent`` the phases and sub-projects of one."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    rows = selectors.listed_projects(actor, here)
    if len(q.strip()) > 1:
        rows = selectors.searched(rows, zones.zones_under(actor, here, Thing.PROJECT), q.strip())
    for name, value in (("stage", stage), ("kind", kind)):
        rows = rows.filter(**{name: value}) if value else rows
    rows = selectors.with_label(rows, label) if label else rows
    rows = selectors.in_batch(rows, batch) if batch else rows
    rows = rows.filter(parent=parent) if parent is not None else rows
    return page_of(rows, after, limit)


@router.get("/projects/progress", response=ProgressOut)
def show_progress(
    request: HttpRequest, zone: str, start: date | None = None, end: date | None = None
) -> dict[str, Any]:
    """Return the counts of a period (this year up to today when not said), made from the entries."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    zones.require(actor, Verb.VIEW, Thing.PROJECT, here)
    until = end or zones.today(here)
    since = start or date(until.year, 1, 1)
    as_of = zones.now(here)
    scopes = zones.zones_under(actor, here, Thing.PROJECT)
    money_scopes = zones.zones_under(actor, here, Thing.INVESTMENT)
    major = None
    if money_scopes:
        found = selectors.major_progress(money_scopes, until.year, on=until, as_of=as_of)
        major = {
            "year": found.year,
            "on": found.on,
            "projects": len(found.rows),
            "started": found.started,
            "invested_cny": found.done.value,
            "plan_cny": found.done.target,
            "ratio": found.done.ratio,
        }
    return {
        "start": since,
        "end": until,
        "gates": selectors.gate_counts(scopes, since, until, as_of),
        "batches": selectors.batch_lines(scopes, on=until, as_of=as_of),
        "flows": selectors.batch_flows(scopes, on=until, as_of=as_of),
        "major": major,
    }


@router.get("/projects/{pk}", response=ProjectDetail)
def get_project(request: HttpRequest, pk: int) -> Project:
    """Return one project with its gates, steps, labels and batches."""
    return selectors.get_project(person_of(request), pk)


@router.get("/projects/{pk}/timeline", response=list[HappeningOut])
def list_happenings(request: HttpRequest, pk: int, line: str = "") -> list[selectors.Happening]:
    """Return what every service line did for a project, the latest first; one line of it where one is named."""
    actor = person_of(request)
    found = selectors.happenings_of(actor, selectors.get_project(actor, pk))
    return [one for one in found if line in ("", one.line)]


@router.post("/projects", response={201: ProjectOut})
def add_project(request: HttpRequest, zone: str, body: ProjectIn) -> Status[Project]:
    """Enter a project."""
    actor, here = person_of(request), zones.get_zone(request.user, zone)
    facts = body.dict(exclude={"sector", "officer_id", "lead_id", "parent_id"})
    facts["sector"] = _sector(here, body.sector)
    if body.officer_id is not None:
        facts["officer"] = zones.people.get_person(actor, body.officer_id)
    if body.lead_id is not None:
        facts["lead"] = promotion.get_lead(actor, body.lead_id)
    if body.parent_id is not None:
        facts["parent"] = selectors.get_project(actor, body.parent_id)
    project = services.add_project(actor=actor, zone=here, **facts)
    return Status(201, selectors.get_project(actor, project.pk))


@router.patch("/projects/{pk}", response=ProjectOut)
def change_project(request: HttpRequest, pk: int, body: ProjectEdit) -> Project:
    """Change what is said of a project; refused with both versions when it was changed meanwhile."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    values = body.dict(exclude_unset=True, exclude={"version", "distinct_reason", "sector", "parent_id"})
    if "sector" in body.model_fields_set:
        values["sector"] = _sector(project.zone, body.sector)
    texts = {
        name: value for name, value in values.items() if value is not None or name == "total_investment_cny"
    }
    if "sector" in values:
        texts["sector"] = values["sector"]
    if "parent_id" in body.model_fields_set:
        texts["parent"] = None if body.parent_id is None else selectors.get_project(actor, body.parent_id)
    services.change_project(
        actor=actor, project=project, version=body.version, distinct_reason=body.distinct_reason, **texts
    )
    return selectors.get_project(actor, pk)


@router.post("/projects/{pk}/officer", response=ProjectOut)
def hand_over_project(request: HttpRequest, pk: int, body: OfficerIn) -> Project:
    """Make somebody the one officer of a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    officer = zones.people.get_person(actor, body.officer_id)
    services.hand_over_project(actor=actor, project=project, officer=officer, reason=body.reason)
    return selectors.get_project(actor, pk)


@router.post("/projects/{pk}/stages", response={201: StageOut})
def record_stage(request: HttpRequest, pk: int, body: StageIn) -> Status[StageEntry]:
    """Enter that a project passed a gate."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    items = [services.Given(each.item, each.number, each.note) for each in body.items]
    said = body.dict(exclude={"items"})
    return Status(201, services.record_stage(actor=actor, project=project, items=items, **said))


@router.post("/projects/stages/{pk}/correct", response={201: StageOut})
def correct_stage(request: HttpRequest, pk: int, body: StageEdit) -> Status[StageEntry]:
    """Replace a stage entry by one that says it right."""
    actor = person_of(request)
    entry = selectors.get_stage_entry(actor, pk)
    values = {name: value for name, value in body.dict(exclude={"reason"}).items() if value is not None}
    if "on" in values:
        values["happened_on"] = values.pop("on")
    return Status(201, services.correct_stage(actor=actor, entry=entry, reason=body.reason, **values))


@router.post("/projects/stages/{pk}/void", response={201: StageOut})
def void_stage(request: HttpRequest, pk: int, body: ReasonIn) -> Status[StageEntry]:
    """Take a stage entry out of every figure from now on."""
    actor = person_of(request)
    entry = selectors.get_stage_entry(actor, pk)
    return Status(201, services.void_stage(actor=actor, entry=entry, reason=body.reason))


@router.post("/projects/{pk}/milestones", response={201: MilestoneOut})
def add_milestone(request: HttpRequest, pk: int, body: MilestoneIn) -> Status[Milestone]:
    """Plan a step of a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    return Status(201, services.add_milestone(actor=actor, project=project, **body.dict()))


@router.post("/projects/{pk}/plan", response=PlanOut)
def set_annual_plan(request: HttpRequest, pk: int, body: PlanIn) -> AnnualPlan:
    """Set what a project is to invest in a year."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    return services.set_annual_plan(actor=actor, project=project, **body.dict())


@router.post("/projects/{pk}/investments", response={201: InvestmentOut})
def add_investment(request: HttpRequest, pk: int, body: InvestmentIn) -> Status[Investment]:
    """Enter money that went into a project."""
    actor = person_of(request)
    project = selectors.get_project(actor, pk)
    return Status(201, services.add_investment(actor=actor, project=project, **body.dict()))


@router.get("/investments", response=InvestmentPage)
def list_investments(
    request: HttpRequest,
    zone: str,
    project: int | None = None,
    kind: str = "",
    verified: bool | None = None,
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """List the money in force of a zone and the zones below it."""
    here = zones.get_zone(request.user, zone)
    rows: QuerySet[Investment] = selectors.with_backing(
        selectors.listed_investments(person_of(request), here)
    )
    rows = rows.filter(project_id=project) if project is not None else rows
    rows = rows.filter(kind=kind) if kind else rows
    if verified is not None:
        rows = selectors.verified(rows) if verified else selectors.unverified(rows)
    return page_of(rows, after, limit)


@router.get("/investments/{pk}", response=InvestmentOut)
def get_investment(request: HttpRequest, pk: int) -> Investment:
    """Return one investment entry, whichever version."""
    return selectors.get_investment(person_of(request), pk)


@router.post("/investments/{pk}/approve", response=InvestmentOut)
def approve_investment(request: HttpRequest, pk: int, body: ApprovalIn) -> Investment:
    """Approve an investment entry as a second person."""
    actor = person_of(request)
    services.approve_investments(actor=actor, entries=[selectors.get_investment(actor, pk)], note=body.note)
    return selectors.get_investment(actor, pk)


@router.post("/investments/{pk}/withdraw", response=InvestmentOut)
def withdraw_approval(request: HttpRequest, pk: int, body: ReasonIn) -> Investment:
    """Take the approval of an investment entry back."""
    actor = person_of(request)
    services.withdraw_approval(actor=actor, entry=selectors.get_investment(actor, pk), reason=body.reason)
    return selectors.get_investment(actor, pk)


@router.post("/investments/{pk}/correct", response={201: InvestmentOut})
def correct_investment(request: HttpRequest, pk: int, body: InvestmentEdit) -> Status[Investment]:
    """Replace an investment entry by one that says it right."""
    actor = person_of(request)
    entry = selectors.get_investment(actor, pk)
    values = {name: value for name, value in body.dict(exclude={"reason"}).items() if value is not None}
    if "on" in values:
        values["happened_on"] = values.pop("on")
    return Status(201, services.correct_investment(actor=actor, entry=entry, reason=body.reason, **values))


@router.post("/investments/{pk}/void", response={201: InvestmentOut})
def void_investment(request: HttpRequest, pk: int, body: ReasonIn) -> Status[Investment]:
    """Take money out of every figure from now on."""
    actor = person_of(request)
    entry = selectors.get_investment(actor, pk)
    return Status(201, services.void_investment(actor=actor, entry=entry, reason=body.reason))


def _sector(zone: Zone, name: str | None) -> Sector | None:
    if not name:
        return None
    known = sectors_by_name(zone, zones.today(zone))
    if name not in known:
        raise WrongInput(field=_("产业领域"), why=_("应为其中之一：%(names)s。") % {"names": listed(known)})
    return known[name]
