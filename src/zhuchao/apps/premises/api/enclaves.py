"""The API of enclaves."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors
from ..models import Enclave, EnclaveShare
from ..schemas.enclaves import (
    EnclaveIn,
    EnclaveOut,
    EnclavePage,
    EnclaveShareIn,
    EnclaveShareOut,
    EnclaveTenantOut,
    RegionAccountOut,
)
from ..selectors import enclaves
from ..services import enclaves as services

router = Router(tags=["premises"])


@router.get("/enclaves", response=EnclavePage)
def list_enclaves(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the enclaves that a zone or one below it keeps or has a share in, by id."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.ENCLAVE)
    return page_of(enclaves.enclaves_of(actor, ids), after, limit)


@router.post("/enclaves", response={201: EnclaveOut})
def add_enclave(request: HttpRequest, body: EnclaveIn) -> Status[Enclave]:
    """Make a site an enclave with a partner."""
    actor = person_of(request)
    site = selectors.get_site(actor, body.site_id)
    partner = enclaves.partners_of(site.zone).filter(code=body.partner).first()
    if partner is None:
        raise NotFound(what=body.partner)
    made = services.add_enclave(
        actor=actor, site=site, partner=partner, agreed_on=body.agreed_on, note=body.note
    )
    return Status(201, made)


@router.get("/enclaves/account", response=RegionAccountOut)
def account(request: HttpRequest, zone: str, on: date | None = None) -> dict[str, Any]:
    """Return what each park of a region counts on a day (today), and the region: everything once."""
    actor = person_of(request)
    at = zones.get_zone(actor, zone)
    zones.require(actor, Verb.VIEW, Thing.ENCLAVE, at)
    found = enclaves.account_of_region(actor, at, on or zones.today(at), zones.now(at))
    return {
        "on": found.on,
        "firms": found.firms,
        "area_m2": found.area_m2,
        "parks": [
            {
                "zone": park.park.code,
                "own_firms": park.own_firms,
                "enclave_firms": park.enclave_firms,
                "credit": float(park.credit),
                "area_m2": park.area_m2,
            }
            for park in found.parks
        ],
    }


@router.get("/enclaves/{int:pk}", response=EnclaveOut)
def get_enclave(request: HttpRequest, pk: int) -> Enclave:
    """Return an enclave, to people of either park."""
    return enclaves.get_enclave(person_of(request), pk)


@router.get("/enclaves/{int:pk}/tenants", response=list[EnclaveTenantOut])
def tenants(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """List the firms at an enclave today, to people of either park."""
    enclave = enclaves.get_enclave(person_of(request), pk)
    found = enclaves.tenants_of(enclave, zones.today(enclave.zone), zones.now(enclave.zone))
    return [
        {"name": stays[0].name, "area_m2": sum((stay.area_m2 for stay in stays), Decimal(0))}
        for stays in found.values()
    ]


@router.post("/enclaves/{int:pk}/shares", response={201: EnclaveShareOut})
def agree_share(request: HttpRequest, pk: int, body: EnclaveShareIn) -> Status[EnclaveShare]:
    """Enter what part the partner has from a day on."""
    actor = person_of(request)
    enclave = enclaves.get_enclave(actor, pk)
    return Status(201, services.agree_share(actor=actor, enclave=enclave, **body.dict()))


@router.post("/enclaves/shares/{int:pk}/void", response=EnclaveShareOut)
def void_share(request: HttpRequest, pk: int, body: ReasonIn) -> EnclaveShare:
    """Take a share out of force."""
    actor = person_of(request)
    return services.void_share(actor=actor, share=enclaves.get_share(actor, pk), reason=body.reason)
