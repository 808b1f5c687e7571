"""What the API takes and gives for viewings and industry chains."""

from datetime import date, time
from typing import Literal

from ninja import Schema

from ..models import ChainPlace, SupplyLink, Viewing
from ..selectors import ChainView, NodeView

Outcome = Literal["liked", "comparing", "unsuitable", "cancelled"]
Tier = Literal["up", "mid", "down"]


class ViewingIn(Schema):
    """Who shows a lead which units when."""

    on: date
    escort_id: int
    unit_ids: list[int]
    starts_at: time | None = None
    note: str = ""


class ViewingEdit(Schema):
    """What a viewing changes; what is not given stays. ``version`` is the one that was read."""

    version: int
    on: date = date.min
    escort_id: int = 0
    unit_ids: list[int] = []
    starts_at: time | None = None
    note: str = ""


class ViewingOutcomeIn(Schema):
    """What came of a viewing; ``version`` is the one that was read."""

    version: int
    outcome: Outcome
    outcome_note: str = ""


class ViewingOut(Schema):
    """A viewing; ``outcome`` is empty until somebody says what came of it."""

    id: int
    zone: str
    lead_id: int
    lead: str
    on: date
    starts_at: time | None
    escort_id: int
    escort: str
    unit_ids: list[int]
    outcome: str
    outcome_note: str
    note: str
    version: int

    @staticmethod
    def resolve_zone(viewing: Viewing) -> str:
        return viewing.zone.code

    @staticmethod
    def resolve_lead(viewing: Viewing) -> str:
        return viewing.lead.name

    @staticmethod
    def resolve_escort(viewing: Viewing) -> str:
        return str(viewing.escort)

    @staticmethod
    def resolve_unit_ids(viewing: Viewing) -> list[int]:
        return [unit.pk for unit in viewing.units.all()]


class ViewingPage(Schema):
    """Viewings, and the id to go on ``after``."""

    items: list[ViewingOut]
    after: int | None


class ChainIn(Schema):
    """A chain that the zone wants whole."""

    name: str
    note: str = ""


class ChainNodeIn(Schema):
    """A node of a chain; behind all others unless ``order`` says where."""

    name: str
    tier: Tier
    order: int | None = None


class ChainPlacesIn(Schema):
    """Who stands on a node: firms by name or credit code, and leads."""

    firms: list[str] = []
    lead_ids: list[int] = []
    are_anchors: bool = False


class SupplyLinkIn(Schema):
    """Which place of the chain supplies which anchor."""

    anchor_id: int
    supplier_id: int


class SupplyLinkOut(Schema):
    """Who supplies an anchor."""

    id: int
    anchor_id: int
    anchor: str
    supplier_id: int
    supplier: str

    @staticmethod
    def resolve_anchor(link: SupplyLink) -> str:
        return link.anchor.name

    @staticmethod
    def resolve_supplier(link: SupplyLink) -> str:
        return link.supplier.name


class ChainPlaceOut(Schema):
    """A firm or a lead on a node."""

    id: int
    name: str
    enterprise_id: int | None
    lead_id: int | None
    is_anchor: bool


class ChainNodeOut(Schema):
    """A node with who stands on it; a gap has no firm, whatever leads it has."""

    id: int
    name: str
    tier: str
    order: int
    is_gap: bool
    firms: list[ChainPlaceOut]
    leads: list[ChainPlaceOut]

    @staticmethod
    def resolve_id(view: NodeView) -> int:
        return view.node.pk

    @staticmethod
    def resolve_name(view: NodeView) -> str:
        return view.node.name

    @staticmethod
    def resolve_tier(view: NodeView) -> str:
        return view.node.tier

    @staticmethod
    def resolve_order(view: NodeView) -> int:
        return view.node.order

    @staticmethod
    def resolve_firms(view: NodeView) -> list[ChainPlace]:
        return list(view.firms)

    @staticmethod
    def resolve_leads(view: NodeView) -> list[ChainPlace]:
        return list(view.leads)


class ChainOut(Schema):
    """A chain as a picture: its nodes in order, who supplies whom, and how many nodes have a firm."""

    id: int
    zone: str
    name: str
    note: str
    filled: int
    gaps: int
    nodes: list[ChainNodeOut]
    links: list[SupplyLinkOut]

    @staticmethod
    def resolve_id(view: ChainView) -> int:
        return view.chain.pk

    @staticmethod
    def resolve_zone(view: ChainView) -> str:
        return view.chain.zone.code

    @staticmethod
    def resolve_name(view: ChainView) -> str:
        return view.chain.name

    @staticmethod
    def resolve_note(view: ChainView) -> str:
        return view.chain.note

    @staticmethod
    def resolve_filled(view: ChainView) -> int:
        return len(view.nodes) - len(view.gaps)

    @staticmethod
    def resolve_gaps(view: ChainView) -> int:
        return len(view.gaps)
