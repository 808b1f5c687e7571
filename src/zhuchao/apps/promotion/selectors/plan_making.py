"""Place many leads on many units at once: what goes into it, the calculation, and what became of every lead."""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet

from zhuchao.apps.premises.models import Hold, Unit
from zhuchao.apps.premises.selectors import OCCUPIED, with_user
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.allocation import Building, Outcome, Plan, Progress, Space, Stock, Why, place_all

from ..models import Lead, LeadNeeds, PlacingPlan, PlanRow
from .asks import WAN, Asked, rows_of, says_anything, tags_of
from .catalogue import Catalogue, catalogue
from .leads import Actor
from .matching import TO_PLACE, asked_by_all, leads_to_place
from .rules import words_of

CHANCES: Final[Mapping[str, int]] = {
    Lead.Stage.FOUND: 20,
    Lead.Stage.TALKING: 50,
    Lead.Stage.AGREEING: 80,
}
"""How likely a lead of a stage signs, per cent, where nobody says otherwise: the product's own choice."""
FOOD_INDUSTRIES: Final = ("13", "14", "15", "62")
"""Divisions of GB/T 4754-2017 that make or serve food and drink."""
HAZARDOUS_INDUSTRIES: Final = ("25", "26")
"""Divisions of GB/T 4754-2017 taken to bring dangerous goods: petroleum and chemicals."""
APART: Final = (("hazard", "food"),)
"""What never shares a building."""
_SHOWN_REASONS: Final = 3


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a plan is made of, read at one moment."""

    plan: PlacingPlan
    asked: Mapping[str, Asked]
    found: Catalogue
    stock: Stock
    buildings: tuple[Building, ...]
    fingerprint: str


def open_asks(
    actor: Actor, zone: Zone, *, sector: int | None = None, owner: User | None = None
) -> QuerySet[LeadNeeds]:
    """Return what the open leads under a zone ask, of a sector or an owner where one is named.

    Leads that units are kept for already take no part.
    """
    rows = leads_to_place(actor, zones.zones_under(actor, zone, Thing.LEAD))
    if sector is not None:
        rows = rows.filter(lead__sector_id=sector)
    if owner is not None:
        rows = rows.filter(lead__owner=owner)
    kept = set(Hold.objects.filter(end="", zone_id__in=zones.ids_under(zone)).values_list("held_for", "why"))
    held = [needs.lead_id for needs in rows if (needs.lead.party, needs.lead.name) in kept]
    return rows.exclude(lead_id__in=held)


def lead_ids_of(rows: Iterable[LeadNeeds]) -> list[int]:
    """Return the ids of those leads that have said anything to match by."""
    return [needs.lead_id for needs in rows if says_anything(needs)]


def drawn(actor: Actor, plan: PlacingPlan) -> Drawing:
    """Read the leads and units of a plan as they are now, as far as this person may see them."""
    found = catalogue(actor, plan.zone)
    stock = found.vacant
    if plan.site_ids:
        wanted = frozenset(plan.site_ids)
        stock = Stock(space for space in stock.spaces if found.units[space.key].site_id in wanted)
    rows = leads_to_place(actor, zones.zones_under(actor, plan.zone, Thing.LEAD))
    asked = asked_by_all(rows.filter(lead__in=plan.lead_ids), found, scope_is_hard=True)
    weighed = [replace(one, need=replace(one.need, benefit=benefit_of(plan, one.lead))) for one in asked]
    return Drawing(
        plan,
        {one.need.key: one for one in weighed},
        found,
        stock,
        tuple(
            Building(key, frozenset(tags))
            for key, tags in tags_in(plan.zone, [space.building for space in stock.spaces]).items()
        ),
        fingerprint_of(plan),
    )


def benefit_of(plan: PlacingPlan, lead: Lead) -> Decimal:
    """Return what placing a lead perfectly is expected to bring: its worth times its chance to sign."""
    chance = Decimal(plan.chances.get(lead.stage, 0)) / 100
    if plan.weighting == PlacingPlan.Weighting.LEADS:
        return chance
    return (lead.planned_investment_cny or WAN) / WAN * chance


def calculated(
    drawing: Drawing,
    *,
    goes_on: Callable[[Progress], bool],
    seconds: float | None = None,
) -> Plan:
    """Place every lead; ``goes_on`` is told how far it is, and the best plan so far is taken once it says no."""
    begun, limit = time.monotonic(), seconds or drawing.plan.seconds
    stopped = [False]

    def watch(progress: Progress) -> None:
        stopped[0] = stopped[0] or not goes_on(progress)

    return place_all(
        [one.need for one in drawing.asked.values()],
        drawing.stock,
        buildings=drawing.buildings,
        apart=APART,
        progress=watch,
        cancelled=lambda: stopped[0],
        seconds_left=lambda: limit - (time.monotonic() - begun),
    )


def said_of(drawing: Drawing, plan: Plan) -> tuple[dict[str, Any], list[PlanRow]]:
    """Return what is kept of a calculated plan: the values of its record, and a row for every lead."""
    spaces = drawing.stock.spaces
    values = {
        "fingerprint": drawing.fingerprint,
        "vacant_units": len(spaces),
        "vacant_m2": sum((space.area_m2 for space in spaces), Decimal(0)),
        "worth": plan.worth,
        "bound": plan.bound,
        "gap": plan.gap,
        "is_proved": plan.proved,
        "was_stopped": plan.stopped,
        "prices": [
            {
                "kind": price.type or "",
                "units": price.spaces,
                "area_m2": str(price.area_m2),
                "price_m2": str(price.price_m2),
                "highest_m2": str(price.highest_m2),
            }
            for price in plan.prices
        ],
        "stock": _stock_of(drawing),
    }
    return values, [_row(drawing, outcome) for outcome in plan.outcomes]


def tags_in(zone: Zone, keys: Iterable[str]) -> dict[str, set[str]]:
    """Return {key of a building: what those who are in it, or will be, bring that others may not stand beside}.

    A tenant is known by its lead, where it came by one, or by its industry. A building with none is left out.
    """
    ids = {int(key) for key in keys if key.isdigit()}
    units = Unit.objects.filter(building_id__in=ids, state__in=OCCUPIED).select_related("occupant")
    by_name = _tags_by_name(zone)
    tags: dict[str, set[str]] = defaultdict(set)
    for unit in with_user(units):
        code = unit.occupant.industry_code.lstrip("ABCDEFGHIJKLMNOPQRST")[:2] if unit.occupant else ""
        brings = set(by_name.get(unit.used_by, ()))  # type: ignore[attr-defined]
        brings |= {"food"} if code in FOOD_INDUSTRIES else set()
        brings |= {"hazard"} if code in HAZARDOUS_INDUSTRIES else set()
        if brings:
            tags[key_of_building(unit.building_id or 0)] |= brings
    return dict(tags)


def key_of_building(pk: int) -> str:
    """Return the key of a building among spaces."""
    return f"{pk:010d}"


def fingerprint_of(plan: PlacingPlan) -> str:
    """Return what stands for the leads and units of a plan as they are now; units kept by the plan count as free."""
    held = plan.rows.filter(hold__isnull=False, hold__end="") if plan.pk else PlanRow.objects.none()
    kept = [unit["pk"] for units in held.values_list("units", flat=True) for unit in units]
    units = Unit.objects.filter(
        Q(state=Unit.State.VACANT) | Q(pk__in=kept), zone_id__in=zones.ids_under(plan.zone)
    )
    if plan.site_ids:
        units = units.filter(site_id__in=plan.site_ids)
    leads = LeadNeeds.objects.filter(lead_id__in=plan.lead_ids)
    content = [
        [*units.order_by("pk").values_list("pk", "version")],
        [*leads.order_by("lead").values_list("lead_id", "version", "lead__version", "lead__stage")],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _tags_by_name(zone: Zone) -> dict[str, frozenset[str]]:
    """Return what leads bring by the name that premises are kept under; of one name all that any brings."""
    rows = LeadNeeds.objects.select_related("lead__sector", "lead__enterprise")
    rows = rows.filter(lead__zone_id__in=zones.ids_under(zone)).exclude(lead__stage=Lead.Stage.LOST)
    found: dict[str, frozenset[str]] = {}
    for needs in rows:
        tags = tags_of(words_of(needs.lead, needs), needs)
        if tags:
            for name in {needs.lead.party, str(needs.lead.enterprise or "")} - {""}:
                found[name] = found.get(name, frozenset()) | tags
    return found


def _stock_of(drawing: Drawing) -> list[dict[str, Any]]:
    by_building: dict[str, list[Space]] = defaultdict(list)
    for space in drawing.stock.spaces:
        by_building[space.building].append(space)
    lines = []
    for spaces in by_building.values():
        unit = drawing.found.units[spaces[0].key]
        lines.append(
            {
                "building_id": unit.building_id or 0,
                "unit_id": 0 if unit.building_id else unit.pk,
                "name": str(unit.building or unit.name),
                "site": str(unit.site),
                "area_m2": str(sum((space.area_m2 for space in spaces), Decimal(0))),
                "units": len(spaces),
            }
        )
    return lines


def _row(drawing: Drawing, outcome: Outcome) -> PlanRow:
    asked, found = drawing.asked[outcome.need.key], drawing.found
    row = PlanRow(
        zone_id=drawing.plan.zone_id,
        lead=asked.lead,
        benefit=outcome.need.benefit,
        worth=outcome.worth,
        lost=outcome.lost,
        why=outcome.why.value,
        by=[drawing.asked[key].lead.pk for key in outcome.by],
        best=_plain_units(found, outcome.best.spaces) if outcome.best else [],
        says=_says(asked, outcome, found),
    )
    if outcome.got is not None:
        row.units = _plain_units(found, outcome.got.spaces)
        row.area_m2, row.score = outcome.got.area_m2, outcome.got.score
        row.criteria = [
            {"name": one.name, "verdict": one.verdict.value, "is_hard": one.is_hard}
            for one in rows_of(asked, outcome.got, found)
        ]
    return row


def _says(asked: Asked, outcome: Outcome, found: Catalogue) -> dict[str, Any]:
    """Return what else there is to tell of an outcome, by its reason."""
    says: dict[str, Any] = {}
    if asked.lead.planned_investment_cny is None:
        says["no_amount"] = True
    if outcome.price is not None:
        says["price"] = str(outcome.price)
    if outcome.contradiction is not None:
        pair = (outcome.contradiction.first, outcome.contradiction.second)
        says["against"] = [asked.ask_of(criterion).name for criterion in pair]
    ranking = outcome.ranking
    if ranking is not None and outcome.why is Why.REFUSED:
        refused = sorted(ranking.refused_by, key=lambda pair: -pair[1])[:_SHOWN_REASONS]
        says["refused_by"] = [[asked.ask_of(criterion).name, count] for criterion, count in refused if count]
    if ranking is not None and outcome.why is Why.UNKNOWN:
        question = ranking.asks[0].question
        says["asks"] = ranking.asks_count
        if question is not None:
            says["question"] = asked.ask_of(question.about).name
            says["question_of"] = _plain_units(found, question.of)
    return says


def _plain_units(found: Catalogue, keys: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "pk": unit.pk,
            "name": str(unit),
            "short": unit.name,
            "site": str(unit.site),
            "building_id": unit.building_id or 0,
            "area_m2": str(unit.gross_area_m2),
            "version": unit.version,
        }
        for unit in found.units_of(keys)
    ]


def chances_or_usual(chances: Mapping[str, int] | None) -> dict[str, int]:
    """Return the chance of each stage that takes part, those not said as usual."""
    return {str(stage): int((chances or {}).get(stage, CHANCES[stage])) for stage in TO_PLACE}
