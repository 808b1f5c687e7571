"""Plans that place many leads at once: who may see one, what it says in words and as plain data."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.wording import clauses, labelled, listed, said_money
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.allocation import Verdict, Why
from zhuchao.engines.units import show_number, show_percent

from ..models import PlacingPlan, PlanRow
from .asks import WAN, label_of
from .leads import Actor

_NAMED = 4


def visible_plans(actor: Actor) -> QuerySet[PlacingPlan]:
    """Return the plans this person may see."""
    rows = PlacingPlan.objects.select_related("zone", "job", "ordered_by")
    return zones.in_zones(rows, actor, Thing.PLACING)


def plans_of(actor: Actor, zone: Zone) -> QuerySet[PlacingPlan]:
    """Return the plans of a zone and the zones below it that this person may see."""
    return visible_plans(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.PLACING))


def get_plan(actor: Actor, pk: int) -> PlacingPlan:
    """Return one plan; raises NotFound when it is hidden or missing."""
    plan = visible_plans(actor).filter(pk=pk).first()
    if plan is None:
        raise NotFound(what=_("该匹配方案"))
    return plan


def rows_of_plan(plan: PlacingPlan) -> list[PlanRow]:
    """Return what became of each lead of a plan, the placed ones first; one query."""
    rows = plan.rows.select_related("zone", "lead__zone", "lead__sector", "hold")
    return sorted(rows, key=lambda row: (not row.is_placed, -row.worth, -row.lost, row.pk))


@dataclass(frozen=True)
class Block:
    """A lead's part of a building: its area as a share of what stood empty, per cent."""

    lead: str
    lead_id: int
    area_m2: Decimal
    percent: Decimal


@dataclass(frozen=True)
class BuildingBar:
    """One building: what stood empty, who goes there, and what stays empty."""

    site: str
    name: str
    building_id: int
    area_m2: Decimal
    blocks: tuple[Block, ...]

    @property
    def placed_m2(self) -> Decimal:
        return sum((block.area_m2 for block in self.blocks), Decimal(0))

    @property
    def left_m2(self) -> Decimal:
        return self.area_m2 - self.placed_m2


def bars_of(plan: PlacingPlan, rows: Sequence[PlanRow]) -> list[BuildingBar]:
    """Return the buildings of a plan in which somebody is placed, the fullest first."""
    blocks: dict[tuple[int, int], list[tuple[PlanRow, Decimal]]] = defaultdict(list)
    for row in rows:
        taken: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for unit in row.units:
            where = (unit["building_id"], 0 if unit["building_id"] else unit["pk"])
            taken[where] += Decimal(unit["area_m2"])
        for where, area in taken.items():
            blocks[where].append((row, area))
    bars = []
    for line in plan.stock:
        held = blocks.get((line["building_id"], line["unit_id"]))
        if held:
            whole = Decimal(line["area_m2"])
            parts = tuple(
                Block(row.lead.name, row.lead_id, area, (area * 100 / whole).quantize(Decimal("0.01")))
                for row, area in held
            )
            bars.append(BuildingBar(line["site"], line["name"], line["building_id"], whole, parts))
    return sorted(bars, key=lambda bar: (-bar.placed_m2, bar.site, bar.name))


@dataclass(frozen=True)
class KindPrice:
    """What one more square metre of a kind of unit would be worth, in the unit of the benefit."""

    label: str
    units: int
    area_m2: Decimal
    price_m2: Decimal
    highest_m2: Decimal


def prices_of(plan: PlacingPlan) -> list[KindPrice]:
    """Return what one more square metre of each kind would be worth, the dearest first."""
    return [
        KindPrice(
            str(Unit.Kind(line["kind"]).label) if line["kind"] else _("类型未登记"),
            line["units"],
            Decimal(line["area_m2"]),
            Decimal(line["price_m2"]),
            Decimal(line["highest_m2"]),
        )
        for line in plan.prices
    ]


def worth_said(plan: PlacingPlan, worth: Decimal) -> str:
    """Return a benefit of a plan with its unit."""
    if plan.weighting == PlacingPlan.Weighting.LEADS:
        return _("{number} 条线索").format(number=show_number(worth, 2))
    return said_money(worth * WAN, "万元")


def unit_of_worth(plan: PlacingPlan) -> str:
    """Return the unit that the benefits of a plan are kept in."""
    return _("条线索") if plan.weighting == PlacingPlan.Weighting.LEADS else "万元"


def gap_said(plan: PlacingPlan) -> str:
    """Return in words how good a plan is proved to be."""
    if plan.is_proved:
        return _("已证明最优：没有更好的安排")
    if not plan.bound:
        return _("还没有得出上限")
    return _("与理论上限最多差 {gap}").format(gap=show_percent(plan.gap, 2))


def name_said(units: Sequence[Mapping[str, Any]]) -> str:
    """Return some units in one line: the first in full, then the numbers of the others."""
    return " + ".join([units[0]["name"], *(unit["short"] for unit in units[1:])]) if units else ""


def why_said(row: PlanRow, names: Mapping[int, str]) -> str:
    """Return in words why a lead did not get what suits it best; ``names`` of the leads of the plan by id."""
    says, best = row.says, name_said(row.best)
    whom = _whom(row, names)
    match Why(row.why):
        case Why.BEST:
            return _("得到最合适的一处")
        case Why.OUTBID:
            return _("最合适的{best}安排给了{whom}，那样总效益更高").format(best=best, whom=whom)
        case Why.APART:
            return _("最合适的{best}所在楼栋安排了{whom}，危险品与食品不能同楼").format(best=best, whom=whom)
        case Why.CAPACITY:
            return _("最合适的{best}所在楼栋容量不够，由{whom}占用").format(best=best, whom=whom)
        case Why.BUILDING:
            return _("条件满足的楼栋里已有不能同楼的企业（危险品与食品）")
        case Why.NO_WORTH:
            return _("条件满足的房源都没有预期效益")
        case Why.UNKNOWN:
            ask = labelled(_("先问清"), label_of(says["question"])) if "question" in says else ""
            where = listed(unit["name"] for unit in says.get("question_of", ())[:_NAMED])
            said = _("{n} 处只差数据").format(n=says.get("asks", 0))
            return clauses([said, ask, where])
        case Why.REFUSED:
            reasons = listed(f"{label_of(name)} {count}" for name, count in says.get("refused_by", ()))
            return clauses(
                [_("没有一处满足必须的条件"), labelled(_("不满足的处数"), reasons) if reasons else ""]
            )
        case Why.CONTRADICTS:
            return labelled(_("自己的条件互相矛盾"), listed(map(label_of, says.get("against", ()))))
        case Why.UNFINISHED:
            return _("计算提前停止，{best}还空着").format(best=best)


def _whom(row: PlanRow, names: Mapping[int, str]) -> str:
    known = [names.get(pk, str(pk)) for pk in row.by[:_NAMED]]
    more = len(row.by) - len(known)
    if more:
        known.append(ngettext("另 {n} 条线索", "另 {n} 条线索", more).format(n=more))
    return listed(known)


def unmet_of(row: PlanRow) -> list[str]:
    """Return the labels of the criteria that count and are not met by what a lead got."""
    return [label_of(one["name"]) for one in row.criteria if one["verdict"] != Verdict.MET.value]


def met_count(row: PlanRow) -> int:
    """Return how many of a lead's criteria are met by what it got."""
    return sum(one["verdict"] == Verdict.MET.value for one in row.criteria)


def no_longer_free(rows: Sequence[PlanRow]) -> set[int]:
    """Return the ids of units of a plan that are not free any more, but for those the plan itself keeps."""
    ids = {pk for row in rows if not (row.hold and row.hold.is_open) for pk in row.unit_ids}
    if not ids:
        return set()
    free = Unit.objects.filter(pk__in=ids, state=Unit.State.VACANT).values_list("pk", flat=True)
    return ids - set(free)


def plan_data(plan: PlacingPlan, rows: Sequence[PlanRow]) -> dict[str, Any]:
    """Return a plan as plain data, the same for the API and for commands."""
    names = {row.lead_id: row.lead.name for row in rows}
    placed = [row for row in rows if row.is_placed]
    return {
        "id": plan.pk,
        "zone": plan.zone.code,
        "synthetic": plan.zone.is_demo,
        "made_at": plan.made_at,
        "weighting": plan.weighting,
        "chances": plan.chances,
        "leads": len(rows),
        "placed": len(placed),
        "placed_m2": sum((row.area_m2 for row in placed), Decimal(0)),
        "vacant_units": plan.vacant_units,
        "vacant_m2": plan.vacant_m2,
        "worth": plan.worth,
        "bound": plan.bound,
        "gap": plan.gap,
        "proved": plan.is_proved,
        "stopped": plan.was_stopped,
        "placements": [_row_data(row, names) for row in placed],
        "without": [_row_data(row, names) for row in rows if not row.is_placed],
        "prices": [
            {
                "kind": line["kind"],
                "units": line["units"],
                "area_m2": Decimal(line["area_m2"]),
                "price_m2": Decimal(line["price_m2"]),
                "highest_m2": Decimal(line["highest_m2"]),
            }
            for line in plan.prices
        ],
    }


def _row_data(row: PlanRow, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "row_id": row.pk,
        "lead_id": row.lead_id,
        "lead": row.lead.name,
        "unit_ids": row.unit_ids,
        "units": name_said(row.units),
        "area_m2": row.area_m2,
        "benefit": row.benefit,
        "worth": row.worth,
        "score": row.score,
        "lost": row.lost,
        "why": row.why,
        "why_said": why_said(row, names),
        "by": row.by,
        "hold_id": row.hold_id,
        "criteria": row.criteria,
    }


def lead_names(rows: Sequence[PlanRow]) -> dict[int, str]:
    """Return the names of the leads of a plan by id."""
    return {row.lead_id: row.lead.name for row in rows}
