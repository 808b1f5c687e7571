"""The API of the green channel and of the investors of projects."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import ReasonIn
from zhuchao.web.requests import person_of

from ..models import GreenRequest, Investor
from ..schemas.green import GreenDecisionIn, GreenIn, GreenOut, InvestorIn, InvestorOut, InvestorsOut
from ..selectors import get_project, green
from ..selectors.investors import Reconciled, reconcile
from ..services import green as verbs
from ..services.investors import add_investor

router = Router(tags=["projects"])
MOST = 500


@router.get("/green", response=list[GreenOut])
def list_green(request: HttpRequest, zone: str) -> list[dict[str, Any]]:
    """List the requests for the green channel of a zone and the zones below it, the newest 500."""
    here = zones.get_zone(request.user, zone)
    rows = green.listed_requests(person_of(request), here).order_by("-pk")[:MOST]
    on = zones.today(here)
    return [_out(row, green.listed_state(row, on)) for row in rows]


@router.post("/projects/{pk}/green", response={201: GreenOut})
def ask_green(request: HttpRequest, pk: int, body: GreenIn) -> Status[dict[str, Any]]:
    """Ask that a project be expedited."""
    actor = person_of(request)
    entry = verbs.ask_green(actor=actor, project=get_project(actor, pk), **body.dict())
    return Status(201, _out(entry, green.GreenState.WAITING))


@router.post("/green/{pk}/decide", response=GreenOut)
def decide_green(request: HttpRequest, pk: int, body: GreenDecisionIn) -> dict[str, Any]:
    """Grant or refuse a request as a second person."""
    actor = person_of(request)
    entry = green.get_request(actor, pk)
    verbs.decide_green(actor=actor, entry=entry, **body.dict())
    return _now(entry)


@router.post("/green/{pk}/end", response=GreenOut)
def end_green(request: HttpRequest, pk: int, body: ReasonIn) -> dict[str, Any]:
    """Withdraw a request, or take back what was granted."""
    actor = person_of(request)
    entry = green.get_request(actor, pk)
    verbs.end_green(actor=actor, entry=entry, reason=body.reason)
    return _now(entry)


@router.get("/projects/{pk}/investors", response=InvestorsOut)
def list_investors(request: HttpRequest, pk: int) -> Reconciled:
    """Return who invests in a project, and whether it makes up the whole investment."""
    actor = person_of(request)
    return reconcile(actor, get_project(actor, pk))


@router.post("/projects/{pk}/investors", response={201: InvestorOut})
def enter_investor(request: HttpRequest, pk: int, body: InvestorIn) -> Status[Investor]:
    """Enter a party that invests in a project."""
    actor = person_of(request)
    return Status(201, add_investor(actor=actor, project=get_project(actor, pk), **body.dict()))


def _now(entry: GreenRequest) -> dict[str, Any]:
    return _out(entry, green.state_of(entry, green.decision_of(entry), zones.today(entry.zone)))


def _out(entry: GreenRequest, state: green.GreenState) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "project_id": entry.project_id,
        "project": entry.project.name,
        "on": entry.happened_on,
        "expedited": entry.expedited,
        "why": entry.why,
        "until": entry.until,
        "asked_by": str(entry.recorded_by) if entry.recorded_by else None,
        "state": state.value,
    }
