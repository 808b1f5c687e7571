"""The API of viewings and industry chains."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.selectors import get_unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import page_of
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import Chain, Viewing
from ..schemas.viewings import (
    ChainIn,
    ChainNodeIn,
    ChainOut,
    ChainPlacesIn,
    SupplyLinkIn,
    ViewingEdit,
    ViewingIn,
    ViewingOut,
    ViewingOutcomeIn,
    ViewingPage,
)

router = Router()


@router.get("/viewings", response=ViewingPage)
def list_viewings(
    request: HttpRequest, zone: str, q: str = "", waiting: bool = False, limit: int = 50, after: int = 0
) -> dict[str, Any]:
    """List the viewings of a zone and the zones below it, by id; ``waiting`` leaves out what has an outcome."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.LEAD)
    rows = selectors.visible_viewings(actor).filter(zone_id__in=ids)
    if waiting:
        rows = rows.filter(outcome="")
    if len(q.strip()) > 1:
        rows = selectors.search_viewings(rows, q.strip())
    return page_of(rows, after, limit)


@router.post("/leads/{int:pk}/viewings", response={201: ViewingOut})
def book_viewing(request: HttpRequest, pk: int, body: ViewingIn) -> Status[Viewing]:
    """Book that somebody shows a lead units."""
    actor = person_of(request)
    lead = selectors.get_lead(actor, pk)
    viewing = services.book_viewing(actor=actor, lead=lead, **_said(actor, body.dict()))
    return Status(201, selectors.get_viewing(actor, viewing.pk))


@router.get("/viewings/{int:pk}", response=ViewingOut)
def get_viewing(request: HttpRequest, pk: int) -> Viewing:
    """Return a viewing."""
    return selectors.get_viewing(person_of(request), pk)


@router.patch("/viewings/{int:pk}", response=ViewingOut)
def edit_viewing(request: HttpRequest, pk: int, body: ViewingEdit) -> Viewing:
    """Move a viewing; a stale version is refused with both."""
    actor = person_of(request)
    said = _said(actor, body.dict(exclude_unset=True))
    services.change_viewing(actor=actor, viewing=selectors.get_viewing(actor, pk), **said)
    return selectors.get_viewing(actor, pk)


@router.post("/viewings/{int:pk}/outcome", response=ViewingOut)
def set_outcome(request: HttpRequest, pk: int, body: ViewingOutcomeIn) -> Viewing:
    """Say what came of a viewing."""
    actor = person_of(request)
    viewing = selectors.get_viewing(actor, pk)
    services.set_viewing_outcome(actor=actor, viewing=viewing, **body.dict())
    return selectors.get_viewing(actor, pk)


@router.get("/chains", response=list[ChainOut])
def list_chains(request: HttpRequest, zone: str) -> Sequence[selectors.ChainView]:
    """List the chains of a zone and the zones below it with their nodes and gaps."""
    actor = person_of(request)
    ids = zones.zones_under(actor, zones.get_zone(actor, zone), Thing.CHAIN)
    return selectors.chain_views(selectors.visible_chains(actor).filter(zone_id__in=ids))


@router.post("/chains", response={201: ChainOut})
def add_chain(request: HttpRequest, zone: str, body: ChainIn) -> Status[selectors.ChainView]:
    """Add a chain that the zone wants whole."""
    actor = person_of(request)
    chain = services.add_chain(actor=actor, zone=zones.get_zone(actor, zone), **body.dict())
    return Status(201, _view(actor, chain))


@router.get("/chains/{int:pk}", response=ChainOut)
def get_chain(request: HttpRequest, pk: int) -> selectors.ChainView:
    """Return a chain with its nodes, who stands on them, and its gaps."""
    actor = person_of(request)
    return _view(actor, selectors.get_chain(actor, pk))


@router.post("/chains/{int:pk}/nodes", response={201: ChainOut})
def add_node(request: HttpRequest, pk: int, body: ChainNodeIn) -> Status[selectors.ChainView]:
    """Add a node to a chain; return the chain."""
    actor = person_of(request)
    chain = selectors.get_chain(actor, pk)
    services.add_node(actor=actor, chain=chain, **body.dict())
    return Status(201, _view(actor, chain))


@router.post("/chains/nodes/{int:pk}/places", response=ChainOut)
def place_on_chain(request: HttpRequest, pk: int, body: ChainPlacesIn) -> selectors.ChainView:
    """Put firms and leads on a node; return the chain. Safe to repeat."""
    actor = person_of(request)
    node = selectors.get_node(actor, pk)
    leads = [selectors.get_lead(actor, one) for one in body.lead_ids]
    said = body.dict(exclude={"lead_ids"})
    services.place_on_chain(actor=actor, node=node, leads=leads, **said)
    return _view(actor, node.chain)


@router.delete("/chains/places/{int:pk}", response={204: None})
def take_off_chain(request: HttpRequest, pk: int) -> Status[None]:
    """Take a firm or lead off its node."""
    actor = person_of(request)
    services.take_off_chain(actor=actor, place=selectors.get_place(actor, pk))
    return Status(204, None)


@router.post("/chains/{int:pk}/links", response=ChainOut)
def link_supplier(request: HttpRequest, pk: int, body: SupplyLinkIn) -> selectors.ChainView:
    """Say that a firm supplies an anchor of the chain; return the chain. Safe to repeat."""
    actor = person_of(request)
    chain = selectors.get_chain(actor, pk)
    anchor, supplier = (selectors.get_place(actor, one) for one in (body.anchor_id, body.supplier_id))
    services.link_supplier(actor=actor, anchor=anchor, supplier=supplier)
    return _view(actor, chain)


def _view(actor: User, chain: Chain) -> selectors.ChainView:
    return selectors.chain_views(selectors.visible_chains(actor).filter(pk=chain.pk))[0]


def _said(actor: User, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says with its ids made rows that this person may see."""
    if "escort_id" in said:
        said["escort"] = zones.people.get_person(actor, said.pop("escort_id"))
    if "unit_ids" in said:
        units: list[Unit] = [get_unit(actor, pk) for pk in dict.fromkeys(said.pop("unit_ids"))]
        said["units"] = units
    return said
