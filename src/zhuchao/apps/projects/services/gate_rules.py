"""What gates ask for: set by a zone from a day on, taken back, and the set that comes with the product."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import GateRuleExists
from ..models import GateItem, GateRule, SourceStatus, Stage

SHIPPED: Final = Path(__file__).resolve().parent.parent / "gates.toml"
# Before any project that an office still keeps: what comes with the product is asked of all of them.
SINCE: Final = date(2000, 1, 1)
MOST_ITEMS: Final = 20


@dataclass(frozen=True)
class ItemSaid:
    """One thing that a gate is to ask for."""

    name: str
    accepts: str = GateItem.Accepts.ANY.value
    is_required: bool = True
    number_label: str = ""
    basis: str = ""
    source_status: str = SourceStatus.UNVERIFIED.value


@transaction.atomic
def set_gate_rule(
    *,
    actor: User | None,
    zone: Zone,
    stage: str,
    since: date,
    items: Sequence[ItemSaid],
    guidance: str = "",
    uses_checks: bool = True,
    basis: str = "",
    reason: str = "",
) -> GateRule:
    """Set what a gate asks for in a zone and the zones below it, from ``since`` on; earlier versions stay.

    A version of the same day is replaced, with the ``reason``. No items means that the zone asks for none. Raises
    WrongInput and ReasonNeeded.
    """
    zones.require(actor, Verb.CHANGE, Thing.GATE, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    if stage not in Stage.values:
        raise WrongInput(field=_("阶段"), why=_("没有“%(stage)s”这个阶段。") % {"stage": stage})
    items = [_tidy(item) for item in items]
    _check(items)
    at, words = zones.now(zone), {"guidance": guidance.strip(), "uses_checks": uses_checks}
    known = GateRule.objects.live().filter(zone=zone, stage=stage, happened_on=since).first()
    if known is None:
        rule = add_entry(
            GateRule(zone=zone, stage=stage, happened_on=since, evidence_note=basis.strip(), **words),
            actor=actor,
            at=at,
        )
    else:
        rule = correct_entry(known, actor=actor, at=at, reason=reason, evidence_note=basis.strip(), **words)
    _write_items(rule, items)
    record_change(
        actor=actor,
        verb="set_gate_rule",
        rows=[rule],
        scope=zone.pk,
        stage=stage,
        since=since,
        items=[item.name for item in items],
        reason=reason.strip(),
    )
    return rule


@transaction.atomic
def void_gate_rule(*, actor: User | None, rule: GateRule, reason: str) -> GateRule:
    """Take back a version of what a gate asks for: the one before it holds again, or that of the zone above."""
    zones.require(actor, Verb.VOID, Thing.GATE, rule.zone)
    successor = void_entry(rule, actor=actor, at=zones.now(rule.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_gate_rule",
        rows=[rule, successor],
        scope=rule.zone_id,
        stage=rule.stage,
        since=rule.happened_on,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def adopt_gate_rules(*, actor: User | None, zone: Zone) -> list[GateRule]:
    """Give a zone that has no rules of its own those that come with the product; raises GateRuleExists."""
    zones.require(actor, Verb.CHANGE, Thing.GATE, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    if GateRule.objects.filter(zone=zone).exists():
        raise GateRuleExists(zone=zone.short_name)
    at, rules = zones.now(zone), []
    for said in shipped_gates():
        rule = GateRule(
            zone=zone,
            stage=said["stage"],
            happened_on=SINCE,
            guidance=said.get("guidance", ""),
            evidence_note=_("随系统提供的默认要求"),
        )
        rules.append(add_entry(rule, actor=actor, at=at))
        _write_items(rule, [item_of(item) for item in said.get("items", ())])
    record_change(
        actor=actor,
        verb="adopt_gate_rules",
        rows=rules,
        scope=zone.pk,
        stages=[rule.stage for rule in rules],
    )
    return rules


@transaction.atomic
def adopt_where_none() -> list[Zone]:
    """Give every zone at the top of a tree that never had rules those of the product; safe to repeat."""
    bare = list(Zone.objects.filter(parent=None).exclude(pk__in=GateRule.objects.values("zone_id")))
    for zone in bare:
        adopt_gate_rules(actor=None, zone=zone)
    return bare


def shipped_gates() -> list[dict[str, Any]]:
    """Return the gates of the set that comes with the product."""
    found: list[dict[str, Any]] = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["gates"]
    return found


def item_of(said: Mapping[str, Any]) -> ItemSaid:
    """Return an item as the shipped set writes it."""
    return ItemSaid(
        name=said["name"],
        accepts=said.get("accepts", GateItem.Accepts.ANY.value),
        is_required=said.get("required", True),
        number_label=said.get("number_label", ""),
        basis=said.get("basis", ""),
        source_status=said.get("status", SourceStatus.UNVERIFIED.value),
    )


def _tidy(item: ItemSaid) -> ItemSaid:
    return ItemSaid(
        " ".join(item.name.split()),
        item.accepts,
        item.is_required,
        " ".join(item.number_label.split()),
        " ".join(item.basis.split()),
        item.source_status,
    )


def _check(items: Sequence[ItemSaid]) -> None:
    names = [item.name for item in items]
    if len(items) > MOST_ITEMS:
        raise WrongInput(field=_("材料名称"), why=_("一个阶段最多 %(n)d 项材料。") % {"n": MOST_ITEMS})
    for item in items:
        if not item.name:
            raise WrongInput(field=_("材料名称"), why=_("不能为空。"))
        if names.count(item.name) > 1:
            raise WrongInput(field=_("材料名称"), why=_("“%(name)s”写了两次。") % {"name": item.name})
        if item.accepts not in GateItem.Accepts.values or item.source_status not in SourceStatus.values:
            raise WrongInput(
                field=_("形式"), why=_("“%(name)s”的形式或依据核实情况不对。") % {"name": item.name}
            )


def _write_items(rule: GateRule, items: Sequence[ItemSaid]) -> None:
    GateItem.objects.bulk_create(
        GateItem(
            rule=rule,
            place=place,
            name=item.name[:60],
            accepts=item.accepts,
            is_required=item.is_required,
            number_label=item.number_label[:30],
            basis=item.basis[:200],
            source_status=item.source_status,
        )
        for place, item in enumerate(items)
    )
