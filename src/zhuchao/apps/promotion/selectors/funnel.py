"""From a lead found to a project signed: how many of those found in a period came how far, by source and sector."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from ..models import Lead, LeadStage

STEPS = (Lead.Stage.FOUND, Lead.Stage.TALKING, Lead.Stage.AGREEING, Lead.Stage.SIGNED)
"""The way of a lead. One that came to a later step has passed the earlier ones, also when nobody entered them."""


@dataclass(frozen=True)
class Way:
    """How many leads of one kind were found, and how many of those came to talks, to terms and to a signature."""

    key: str
    name: str
    found: int
    talking: int
    agreeing: int
    signed: int
    signed_investment_cny: Decimal

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """The steps with how many came there."""
        return tuple(zip(STEPS, (self.found, self.talking, self.agreeing, self.signed), strict=True))

    @property
    def conversion(self) -> Decimal | None:
        """Which part of those found signed; None where none was found."""
        return Decimal(self.signed) / self.found if self.found else None


@dataclass(frozen=True)
class Referrer:
    """Who brought leads: a resident firm, or the investor of another lead; what came of them, at first and second hand.

    ``chained`` counts the leads that came through leads which this one brought.
    """

    kind: str
    pk: int
    name: str
    direct: int
    chained: int
    signed: int
    signed_investment_cny: Decimal


def reached(rows: QuerySet[Lead], step: str) -> QuerySet[Lead]:
    """Narrow leads to those that came to ``step`` or beyond it, whatever became of them since."""
    steps = STEPS[STEPS.index(Lead.Stage(step)) :]
    came = LeadStage.objects.live().filter(lead=OuterRef("pk"), stage__in=steps)
    return rows if step == Lead.Stage.FOUND else rows.filter(Exists(came))


def found_between(rows: QuerySet[Lead], first: date, last: date) -> QuerySet[Lead]:
    """Narrow leads to those found from ``first`` to ``last``, both included."""
    return rows.filter(found_on__range=(first, last))


def ways_by_source(rows: QuerySet[Lead]) -> list[Way]:
    """Return the funnel of ``rows`` by source, the most found first; one query."""
    return _ways(rows, "source", lambda row: (row["source"], str(Lead.Source(row["source"]).label)))


def ways_by_sector(rows: QuerySet[Lead]) -> list[Way]:
    """Return the funnel of ``rows`` by their sectors, the most found first; the key of no sector is ``-``."""
    return _ways(
        rows,
        "sector_id",
        lambda row: (str(row["sector_id"] or "-"), row["named"] or ""),
        named=F("sector__name"),
    )


def whole_way(rows: QuerySet[Lead]) -> Way:
    """Return the funnel of all ``rows`` together."""
    parts = ways_by_source(rows)
    return Way(
        "",
        "",
        sum(part.found for part in parts),
        sum(part.talking for part in parts),
        sum(part.agreeing for part in parts),
        sum(part.signed for part in parts),
        sum((part.signed_investment_cny for part in parts), Decimal(0)),
    )


def _ways(
    rows: QuerySet[Lead], by: str, says: Callable[[dict[str, Any]], tuple[str, str]], **names: Any
) -> list[Way]:
    marked = rows.order_by().annotate(
        **names,
        **{f"came_{step.value}": Exists(_came(step)) for step in STEPS[1:]},
    )
    counted = marked.values(by, *names).annotate(
        n=Count("pk"),
        talking=Count("pk", filter=Q(came_talking=True)),
        agreeing=Count("pk", filter=Q(came_agreeing=True)),
        signed=Count("pk", filter=Q(came_signed=True)),
        amount=Sum("signed_investment_cny", filter=Q(came_signed=True)),
    )
    ways = [
        Way(*says(row), row["n"], row["talking"], row["agreeing"], row["signed"], Decimal(row["amount"] or 0))
        for row in counted
    ]
    return sorted(ways, key=lambda way: (-way.found, way.name))


def _came(step: Lead.Stage) -> QuerySet[LeadStage]:
    steps = STEPS[STEPS.index(step) :]
    return LeadStage.objects.live().filter(lead=OuterRef("pk"), stage__in=steps)


def source_chain(lead: Lead) -> list[Lead]:
    """Return the leads through which a lead came, the nearest first; the last one says where the chain began."""
    chain: list[Lead] = []
    seen = {lead.pk}
    at = lead.source_lead_id
    while at is not None and at not in seen:
        step = Lead.objects.select_related("source_enterprise", "zone").get(pk=at)
        seen.add(at)
        chain.append(step)
        at = step.source_lead_id
    return chain


def referrers(rows: QuerySet[Lead]) -> list[Referrer]:
    """Return who brought the leads among ``rows``, the one with the most signed first; two queries.

    A firm is credited for the leads it brought itself, and for those that came through them, however long the chain.
    """
    columns = ("pk", "source_enterprise_id", "source_enterprise__name", "source_lead_id")
    leads = {row["pk"]: row for row in rows.values(*columns, "signed_investment_cny", "name")}
    signed = set(reached(rows, Lead.Stage.SIGNED).values_list("pk", flat=True))
    brought: dict[tuple[str, int], tuple[str, set[int], set[int]]] = {}

    def credit(kind: str, pk: int, name: str, lead_id: int, *, directly: bool) -> None:
        _name, direct, chained = brought.setdefault((kind, pk), (name, set(), set()))
        (direct if directly else chained).add(lead_id)

    for pk, row in leads.items():
        directly, at, seen = True, row, {pk}
        while True:
            firm, before = at["source_enterprise_id"], at["source_lead_id"]
            if firm:
                credit("firm", firm, at["source_enterprise__name"], pk, directly=directly)
            if before is None or before in seen or before not in leads:
                break
            credit("lead", before, leads[before]["name"], pk, directly=directly)
            seen.add(before)
            directly, at = False, leads[before]
    found = [
        Referrer(
            kind,
            pk,
            name,
            len(direct),
            len(chained - direct),
            len((direct | chained) & signed),
            sum(
                (leads[one]["signed_investment_cny"] or Decimal(0) for one in (direct | chained) & signed),
                Decimal(0),
            ),
        )
        for (kind, pk), (name, direct, chained) in brought.items()
    ]
    return sorted(found, key=lambda one: (-one.signed, -one.direct - one.chained, one.name, one.pk))
