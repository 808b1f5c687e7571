"""The API of enterprises: the same services and selectors as the pages."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Sector, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.selectors.sectors import sectors_by_name
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from . import selectors, services
from .models import Enterprise, Filing
from .schemas import (
    ContactOut,
    EnterpriseDetail,
    EnterpriseEdit,
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePage,
    FilingIn,
    FilingOut,
)

router = Router(tags=["enterprises"])


def _sector(zone: Zone, name: str) -> Sector:
    named = sectors_by_name(zone, zones.today(zone))
    if name not in named:
        raise WrongInput(
            field=_("所属产业"),
            why=_("本辖区的产业有：%(names)s。") % {"names": listed(named) or "—"},
            name="sector",
        )
    return named[name]


@router.get("/enterprises", response=EnterprisePage)
def list_enterprises(
    request: HttpRequest,
    zone: str,
    q: str = "",
    state: str = "",
    tag: str = "",
    industry: str = "",
    limit: int = 50,
    after: int = 0,
) -> dict[str, Any]:
    """List the firms of a zone and the zones below it, by id; at most 200 at a time."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    zones.require(actor, Verb.VIEW, Thing.ENTERPRISE, at)
    rows = selectors.listed_enterprises(actor, at).select_related("zone")
    if state:
        rows = selectors.narrowed(rows, Q(state=state))
    if tag:
        rows = selectors.narrowed_by_tag(rows, tag)
    if industry:
        rows = selectors.narrowed_by_industry(rows, industry)
    if len(q.strip()) > 1:
        rows = selectors.searched(rows, actor, at, q)
    return page_of(rows, after, limit)


@router.post("/enterprises", response={201: EnterpriseOut})
def add_enterprise(request: HttpRequest, zone: str, body: EnterpriseIn) -> Status[Enterprise]:
    """Put a firm on a zone's register."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    said = body.dict()
    said["sector"] = _sector(at, body.sector) if body.sector else None
    return Status(201, services.add_enterprise(actor=actor, zone=at, **said))


@router.get("/enterprises/{pk}", response=EnterpriseDetail)
def get_enterprise(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return a firm with its names and tags."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    ids = selectors.family_ids(firm)
    names = selectors.names_of(firm, ids).values("name", "happened_on")
    tags = selectors.tags_of(actor, ids).values("id", "tag", "source", "happened_on")
    return {"enterprise": firm, "names": list(names), "tags": list(tags), "family": ids}


@router.patch("/enterprises/{pk}", response=EnterpriseOut)
def edit_enterprise(request: HttpRequest, pk: int, body: EnterpriseEdit) -> Enterprise:
    """Change what is said of a firm; a stale version is refused with both."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    said = body.dict(exclude_unset=True)
    seen = said.pop("version")
    if "sector" in said:
        said["sector"] = _sector(firm.zone, said["sector"]) if said["sector"] else None
    return services.edit_enterprise(actor=actor, enterprise=firm, seen_version=seen, **said)


@router.get("/enterprises/{pk}/contacts", response=list[ContactOut])
def list_contacts(request: HttpRequest, pk: int) -> list[selectors.ContactLine]:
    """List the people to call at a firm, masked."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.CONTACT, firm.zone_id)
    return selectors.contact_lines(actor, selectors.family_ids(firm))


@router.get("/enterprises/{pk}/filings", response=list[FilingOut])
def list_filings(request: HttpRequest, pk: int, measure: str = "", period: str = "") -> list[Filing]:
    """List the values that stand for a firm, the oldest period first."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    zones.require(actor, Verb.VIEW, Thing.FILING, firm.zone_id)
    series = selectors.series_of(actor, selectors.family_ids(firm))
    return [
        value.filing
        for one in series
        if measure in ("", one.measure) and period in ("", one.period)
        for value in one.values
    ]


@router.post("/enterprises/{pk}/filings", response={201: list[FilingOut]})
def file_values(request: HttpRequest, pk: int, body: FilingIn) -> Status[list[Filing]]:
    """File what a firm reports for a period; what stands already with the same status writes nothing."""
    actor = person_of(request)
    firm = selectors.get_enterprise(actor, pk)
    return Status(201, services.file_values(actor=actor, enterprise=firm, **body.dict()))
