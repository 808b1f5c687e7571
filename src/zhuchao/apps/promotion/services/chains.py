"""Industry chains: their nodes, who stands on them, and who supplies whom."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change
from zhuchao.apps.premises.selectors import firms_named
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Chain, ChainNode, ChainPlace, Lead, SupplyLink
from .activities import party_key
from .index import index_chains


@transaction.atomic
def add_chain(*, actor: User | None, zone: Zone, name: str, note: str = "") -> Chain:
    """Add a chain that the zone wants whole. Raises WrongInput for a name that is there."""
    zones.require(actor, Verb.ADD, Thing.CHAIN, zone)
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    name = _name(name, _("产业链"))
    if Chain.objects.filter(zone=zone, name=name).exists():
        raise WrongInput(field=_("产业链"), why=_("已有“{name}”。").format(name=name))
    chain = Chain.objects.create(zone=zone, name=name, note=note.strip())
    index_chains([chain.pk])
    record_change(actor=actor, verb="add", rows=[chain], scope=zone.pk, name=name)
    return chain


@transaction.atomic
def add_node(
    *, actor: User | None, chain: Chain, name: str, tier: str, order: int | None = None
) -> ChainNode:
    """Add a node to a chain, behind all others unless ``order`` says where. Raises WrongInput."""
    zones.require(actor, Verb.CHANGE, Thing.CHAIN, chain.zone_id)
    chain = _locked(chain)
    name = _name(name, _("环节"))
    if chain.nodes.filter(name=name).exists():
        raise WrongInput(field=_("环节"), why=_("已有“{name}”。").format(name=name))
    node = ChainNode.objects.create(
        zone_id=chain.zone_id,
        chain=chain,
        name=name,
        tier=ChainNode.Tier(tier),
        order=chain.nodes.count() + 1 if order is None else order,
    )
    index_chains([chain.pk])
    record_change(actor=actor, verb="add_node", rows=[chain, node], scope=chain.zone_id, name=name)
    return node


@transaction.atomic
def place_on_chain(
    *,
    actor: User | None,
    node: ChainNode,
    firms: Sequence[str] = (),
    leads: Sequence[Lead] = (),
    are_anchors: bool = False,
) -> list[ChainPlace]:
    """Put firms (names or credit codes) and leads on a node; who stands there already is left, or made an anchor.

    Returns the places that are new or changed. Raises WrongInput for another zone's lead.
    """
    zones.require(actor, Verb.CHANGE, Thing.CHAIN, node.zone_id)
    _locked(node.chain)
    known = firms_named(node.zone_id, firms)
    there = {place.normal_name: place for place in node.places.filter(lead__isnull=True)}
    done: list[ChainPlace] = []
    for text in (" ".join(firm.split()) for firm in firms):
        firm = known.get(text)
        key = party_key(text, firm)
        if not key:
            continue
        place = there.get(key)
        if place is None:
            name = firm.name if firm else text[:120]
            place = ChainPlace(zone_id=node.zone_id, node=node, name=name, normal_name=key, enterprise=firm)
        elif place.is_anchor or not are_anchors:
            continue
        place.is_anchor = are_anchors
        place.save()
        there[key] = place
        done.append(place)
    standing = set(node.places.filter(lead__isnull=False).values_list("lead_id", flat=True))
    for lead in leads:
        if lead.zone_id != node.zone_id:
            raise WrongInput(field=_("线索"), why=_("“{lead}”不是本辖区的线索。").format(lead=lead))
        if lead.pk not in standing:
            standing.add(lead.pk)
            done.append(
                ChainPlace.objects.create(
                    zone_id=node.zone_id, node=node, name=lead.name, normal_name=lead.normal_name, lead=lead
                )
            )
    if done:
        index_chains([node.chain_id])
        names = [place.name for place in done]
        record_change(actor=actor, verb="place", rows=[node, *done], scope=node.zone_id, names=names)
    return done


@transaction.atomic
def take_off_chain(*, actor: User | None, place: ChainPlace) -> None:
    """Take a firm or lead off a node, with what it supplies and who supplies it."""
    zones.require(actor, Verb.CHANGE, Thing.CHAIN, place.zone_id)
    node, name = place.node, place.name
    place.delete()
    index_chains([node.chain_id])
    record_change(actor=actor, verb="remove", rows=[node], scope=node.zone_id, name=name)


@transaction.atomic
def link_supplier(*, actor: User | None, anchor: ChainPlace, supplier: ChainPlace) -> SupplyLink:
    """Say that a firm supplies an anchor of the same chain; safe to repeat. Raises WrongInput."""
    zones.require(actor, Verb.CHANGE, Thing.CHAIN, anchor.zone_id)
    _locked(anchor.node.chain)
    if anchor.node.chain_id != supplier.node.chain_id:
        raise WrongInput(field=_("配套企业"), why=_("不在同一条产业链上。"))
    if anchor.pk == supplier.pk or not anchor.is_anchor or supplier.lead_id is not None:
        raise WrongInput(field=_("配套企业"), why=_("应为链主企业和另一家企业。"))
    link, is_new = SupplyLink.objects.get_or_create(zone_id=anchor.zone_id, anchor=anchor, supplier=supplier)
    if is_new:
        record_change(
            actor=actor,
            verb="link",
            rows=[link, anchor.node.chain],
            scope=anchor.zone_id,
            anchor=anchor.name,
            supplier=supplier.name,
        )
    return link


def _locked(chain: Chain) -> Chain:
    return Chain.objects.select_for_update(no_key=True).get(pk=chain.pk)


def _name(text: str, field: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise WrongInput(field=field, why=_("不能为空。"))
    return name
