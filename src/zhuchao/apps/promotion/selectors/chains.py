"""Industry chains as a picture: what stands on each node, what is missing, how whole the chain is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import Share, share

from ..models import Chain, ChainNode, ChainPlace, Lead, SupplyLink
from .pipeline import CLOSED

Actor = User | AnonymousUser | None


@dataclass(frozen=True)
class NodeView:
    """A node with the firms of the zone on it, anchors first, and the open leads that would fill it."""

    node: ChainNode
    firms: tuple[ChainPlace, ...]
    leads: tuple[ChainPlace, ...]

    @property
    def is_gap(self) -> bool:
        """Whether no firm of the zone stands on the node; a lead does not close a gap before it is a firm."""
        return not self.firms


@dataclass(frozen=True)
class ChainView:
    """A chain as columns: its nodes by tier, the gaps, the supply relations, and how whole it is."""

    chain: Chain
    nodes: tuple[NodeView, ...]
    links: tuple[SupplyLink, ...]

    @property
    def tiers(self) -> tuple[tuple[str, tuple[NodeView, ...]], ...]:
        """The nodes of each tier in the chain's order."""
        return tuple(
            (str(tier.label), tuple(one for one in self.nodes if one.node.tier == tier))
            for tier in ChainNode.Tier
        )

    @property
    def gaps(self) -> tuple[NodeView, ...]:
        """The nodes with no firm."""
        return tuple(one for one in self.nodes if one.is_gap)

    @property
    def completeness(self) -> Share:
        """Which part of the nodes has a firm."""
        return share(Decimal(len(self.nodes) - len(self.gaps)), Decimal(len(self.nodes)))


def visible_chains(actor: Actor) -> QuerySet[Chain]:
    """Return the chains this person may see."""
    return zones.in_zones(Chain.objects.select_related("zone"), actor, Thing.CHAIN)


def get_chain(actor: Actor, pk: int) -> Chain:
    """Return one chain; raises NotFound when it is hidden or missing."""
    chain = visible_chains(actor).filter(pk=pk).first()
    if chain is None:
        raise NotFound(what=_("该产业链"))
    return chain


def get_node(actor: Actor, pk: int) -> ChainNode:
    """Return one node; raises NotFound when it is hidden or missing."""
    node = ChainNode.objects.select_related("chain").filter(pk=pk, chain__in=visible_chains(actor)).first()
    if node is None:
        raise NotFound(what=_("该环节"))
    return node


def get_place(actor: Actor, pk: int) -> ChainPlace:
    """Return one firm or lead on a node; raises NotFound when it is hidden or missing."""
    rows = ChainPlace.objects.select_related("node__chain")
    place = rows.filter(pk=pk, node__chain__in=visible_chains(actor)).first()
    if place is None:
        raise NotFound(what=_("该企业"))
    return place


def chain_views(chains: QuerySet[Chain]) -> list[ChainView]:
    """Return chains as pictures; four queries for any number. A signed or lost lead is no longer shown as one."""
    places = ChainPlace.objects.select_related("lead", "enterprise").order_by("-is_anchor", "pk")
    rows = chains.order_by("name", "pk").prefetch_related(
        Prefetch(
            "nodes", ChainNode.objects.order_by("order", "pk").prefetch_related(Prefetch("places", places))
        )
    )
    found = list(rows)
    links: dict[int, list[SupplyLink]] = {}
    linked = SupplyLink.objects.filter(anchor__node__chain__in=[chain.pk for chain in found])
    for link in linked.select_related("anchor__node", "supplier__node").order_by("anchor__name", "pk"):
        links.setdefault(link.anchor.node.chain_id, []).append(link)
    return [
        ChainView(chain, tuple(map(_node_view, chain.nodes.all())), tuple(links.get(chain.pk, ())))
        for chain in found
    ]


def leads_on_chains(zone_ids: Sequence[int], chains: Sequence[Chain] = ()) -> Share:
    """Return which part of the open leads of some zones stands on a chain (of ``chains`` where given); two queries."""
    leads = Lead.objects.filter(zone_id__in=zone_ids).exclude(stage__in=CLOSED)
    placed = ChainPlace.objects.filter(lead__isnull=False)
    if chains:
        placed = placed.filter(node__chain__in=[chain.pk for chain in chains])
    on = leads.filter(pk__in=placed.values("lead_id")).count()
    return share(Decimal(on), Decimal(leads.count()))


def _node_view(node: ChainNode) -> NodeView:
    places = list(node.places.all())
    open_leads = (one for one in places if one.lead is not None and one.lead.stage not in CLOSED)
    return NodeView(node, tuple(one for one in places if one.lead_id is None), tuple(open_leads))
