"""产业链台账: one row a node, with the firms and leads on it and the anchors they supply."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.premises.services import lookups
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.identity import normal_name
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Chain, ChainNode, ChainPlace, Lead, SupplyLink
from .activities_ledger import SEPARATORS
from .chains import add_chain, add_node, link_supplier, place_on_chain


@dataclass(frozen=True)
class Planned:
    """What a row says of a node."""

    chain: str
    node: str
    tier: str
    order: int | None
    firms: tuple[str, ...]
    anchors: tuple[str, ...]
    leads: tuple[str, ...]
    supplies: tuple[str, ...]


class ChainsLedger:
    """Chains with their nodes, and who stands on them."""

    key = "chains"
    title: Text = _("产业链台账")
    thing = "promotion.chain"
    description: Text = _(
        "一行一个环节；企业、线索用顿号隔开。没有企业的环节就是缺链，一并列出才看得出缺什么。"
    )
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        "lead_unknown": _("第 {row} 行线索“{found}”不在线索台账中。"),
        "anchor_unknown": _("第 {row} 行配套对象“{found}”不是这条产业链的链主企业。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        "lead_unknown": _("请先导入或新增这条线索。"),
        "anchor_unknown": _("请在该企业所在环节的“链主企业”一栏填写它。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("chain", "产业链", required=True, max_length=60, aliases=("链条",), example="新能源新材料"),
        FieldSpec(
            "node", "环节", required=True, max_length=60, aliases=("链条环节", "节点"), example="正极材料"
        ),
        FieldSpec(
            "tier",
            "上中下游",
            Kind.CHOICE,
            required=True,
            aliases=("位置", "层级"),
            choices={"上游": "up", "中游": "mid", "下游": "down"},
            example="上游",
        ),
        FieldSpec("order", "次序", Kind.COUNT, example="1"),
        FieldSpec("anchors", "链主企业", max_length=2000, example="某新能源有限公司"),
        FieldSpec(
            "firms", "在地企业", max_length=4000, aliases=("企业", "园区企业"), example="甲公司、乙公司"
        ),
        FieldSpec("leads", "在谈线索", max_length=2000, aliases=("线索",), example="电解液项目"),
        FieldSpec("supplies", "配套对象", max_length=2000, aliases=("供应给",), example="某新能源有限公司"),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "chain": "新能源新材料",
            "node": "电芯",
            "tier": "中游",
            "order": "2",
            "anchors": "某新能源有限公司",
        },
        {
            "chain": "新能源新材料",
            "node": "正极材料",
            "tier": "上游",
            "order": "1",
            "firms": "甲材料有限公司",
            "supplies": "某新能源有限公司",
        },
    )

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the actor may import chains."""
        zones.require(actor, Verb.IMPORT, Thing.CHAIN, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say what each row would add; nothing is ever taken off a chain by a file. Reads only, five queries."""
        plans = [_plan(row) for row in rows]
        leads = set(Lead.objects.filter(zone_id=scope).values_list("name", flat=True))
        nodes = {
            (node.chain.name, node.name): node
            for node in ChainNode.objects.filter(zone_id=scope).select_related("chain")
        }
        there: set[tuple[str, str, str, bool]] = set()
        anchors: set[tuple[str, str]] = {
            (plan.chain, normal_name(name)) for plan in plans for name in plan.anchors
        }
        for place in ChainPlace.objects.filter(zone_id=scope).select_related("node__chain", "enterprise"):
            at = (place.node.chain.name, place.node.name)
            names = {place.name, place.normal_name} if place.lead_id is None else {place.name}
            there |= {(*at, name, place.lead_id is not None) for name in names}
            if place.is_anchor:
                there |= {(*at, f"*{name}", False) for name in names}
                anchors.add((at[0], normal_name(place.name)))
        links = {
            (link.anchor.node.chain.name, normal_name(link.anchor.name), normal_name(link.supplier.name))
            for link in SupplyLink.objects.filter(zone_id=scope).select_related(
                "anchor__node__chain", "supplier"
            )
        }
        seen: dict[tuple[str, str], int] = {}
        for row, plan in zip(rows, plans, strict=True):
            problems = [
                *(
                    Problem("lead_unknown", name, data={"field": "leads"})
                    for name in plan.leads
                    if name not in leads
                ),
                *(
                    Problem("anchor_unknown", name, data={"field": "supplies"})
                    for name in plan.supplies
                    if (plan.chain, normal_name(name)) not in anchors
                ),
            ]
            at = (plan.chain, plan.node)
            first = seen.setdefault(at, row.number)
            if first != row.number:
                problems.append(Problem("row_twice", data={"first": first, "what": "环节", "field": "node"}))
            node = nodes.get(at)
            if problems:
                yield Outcome(row, "refused", problems=problems)
            elif node is None:
                yield Outcome(row, "new", data=plan)
            else:
                changes = _changes(plan, at, there, links)
                yield Outcome(row, "changed" if changes else "same", node.pk, changes=changes, data=plan)

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write chains, nodes and who stands on them, then who supplies whom."""
        zone = Zone.objects.get(pk=scope)
        person = actor if isinstance(actor, User) else None
        chains = {chain.name: chain for chain in Chain.objects.filter(zone=zone)}
        plans: list[Planned] = [outcome.data for outcome in outcomes]
        wanted = {name for plan in plans for name in plan.leads}
        leads = {lead.name: lead for lead in Lead.objects.filter(zone=zone, name__in=wanted).order_by("-pk")}
        nodes: list[tuple[Planned, ChainNode]] = []
        for number, plan in enumerate(plans):
            progress.say(str(_("写入产业链")), number, len(plans))
            chain = chains.get(plan.chain) or add_chain(actor=None, zone=zone, name=plan.chain)
            chains[plan.chain] = chain
            node = chain.nodes.filter(name=plan.node).first() or add_node(
                actor=None, chain=chain, name=plan.node, tier=plan.tier, order=plan.order
            )
            place_on_chain(actor=person, node=node, firms=plan.anchors, are_anchors=True)
            place_on_chain(
                actor=person, node=node, firms=plan.firms, leads=[leads[name] for name in plan.leads]
            )
            nodes.append((plan, node))
        for plan, node in nodes:
            anchors = ChainPlace.objects.filter(node__chain=node.chain, is_anchor=True).select_related(
                "node__chain"
            )
            by_name = {normal_name(anchor.name): anchor for anchor in anchors} if plan.supplies else {}
            suppliers = node.places.filter(lead__isnull=True, is_anchor=False).select_related("node__chain")
            said = {normal_name(name) for name in plan.firms}
            for anchor in (by_name[normal_name(name)] for name in plan.supplies):
                for supplier in suppliers:
                    if normal_name(supplier.name) in said or supplier.normal_name in said:
                        link_supplier(actor=person, anchor=anchor, supplier=supplier)


def _plan(row: Row) -> Planned:
    values = row.values

    def names(key: str) -> tuple[str, ...]:
        said = (" ".join(name.split()) for name in SEPARATORS.split(values.get(key) or ""))
        return tuple(dict.fromkeys(name for name in said if name))

    order = values.get("order")
    return Planned(
        " ".join(values["chain"].split()),
        " ".join(values["node"].split()),
        values["tier"],
        None if order is None else int(order),
        names("firms"),
        names("anchors"),
        names("leads"),
        names("supplies"),
    )


def _changes(
    plan: Planned,
    at: tuple[str, str],
    there: set[tuple[str, str, str, bool]],
    links: set[tuple[str, str, str]],
) -> dict[str, list[Any]]:
    """Return what the row adds to a node that is there, by column."""

    def stands(name: str, mark: str = "", *, lead: bool = False) -> bool:
        return any((*at, f"{mark}{form}", lead) in there for form in (name, normal_name(name)))

    new = {
        "firms": [name for name in plan.firms if not stands(name)],
        "anchors": [name for name in plan.anchors if not stands(name, "*")],
        "leads": [name for name in plan.leads if not stands(name, lead=True)],
        "supplies": [
            anchor
            for anchor in plan.supplies
            for firm in plan.firms
            if (at[0], normal_name(anchor), normal_name(firm)) not in links
        ],
    }
    return {name: ["", "、".join(dict.fromkeys(added))] for name, added in new.items() if added}
