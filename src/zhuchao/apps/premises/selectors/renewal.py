"""Urban renewal: what a person may see, sums over a period, and a place before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import cast

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing

from ..models import Renewal, RenewalEvent, RenewalFigure
from ..models.renewal import per_mu
from .places import Actor


@dataclass(frozen=True)
class Comparison:
    """One figure of a place before and after; ``unit`` is 万元/亩, 1 or %."""

    key: str
    before: Fraction | None
    after: Fraction | None

    @property
    def delta(self) -> Fraction | None:
        """Return after less before; None when one of them is not known."""
        return None if self.before is None or self.after is None else self.after - self.before


def visible_renewals(actor: Actor) -> QuerySet[Renewal]:
    """Return the renewals this person may see; an operator sees those of its own sites."""
    rows = Renewal.objects.select_related("zone", "site")
    return zones.in_zones(rows, actor, Thing.RENEWAL, own="site__operator")


def get_renewal(actor: Actor, pk: int) -> Renewal:
    """Return a renewal; raises NotFound when it is hidden or missing."""
    renewal = visible_renewals(actor).filter(pk=pk).first()
    if renewal is None:
        raise NotFound(what=_("该更新项目"))
    return renewal


def visible_events(actor: Actor) -> EntryQuerySet:
    """Return the events of renewals this person may see, replaced and void ones included."""
    rows = RenewalEvent.objects.select_related(
        "zone", "renewal__site", "recorded_by", "evidence", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.RENEWAL, own="renewal__site__operator"))


def visible_figures(actor: Actor) -> EntryQuerySet:
    """Return the figures of renewals this person may see, replaced and void ones included."""
    rows = RenewalFigure.objects.select_related(
        "zone", "renewal__site", "recorded_by", "evidence", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.RENEWAL, own="renewal__site__operator"))


def get_event(actor: Actor, pk: int) -> RenewalEvent:
    """Return an event of a renewal; raises NotFound when it is hidden or missing."""
    entry: RenewalEvent | None = visible_events(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该更新条目"))
    return entry


def get_figure(actor: Actor, pk: int) -> RenewalFigure:
    """Return a figure of a renewal; raises NotFound when it is hidden or missing."""
    entry: RenewalFigure | None = visible_figures(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该更新数据"))
    return entry


def with_areas(rows: QuerySet[Renewal]) -> QuerySet[Renewal]:
    """Return renewals each with ``vacated_m2``, ``added_m2`` and ``upgraded_m2``; no query more."""
    area = DecimalField(max_digits=16, decimal_places=2)
    events = RenewalEvent.objects.live().filter(renewal=OuterRef("pk")).order_by().values("renewal")
    return rows.annotate(
        **{
            f"{kind}_m2": Subquery(
                events.filter(kind=kind).annotate(n=Sum("area_m2")).values("n"), output_field=area
            )
            for kind in ("vacated", "added", "upgraded")
        }
    )


def renewed_between(zone_ids: Sequence[int], kind: str, start: date, end: date, as_of: datetime) -> Decimal:
    """Return the area of one kind of event from ``start`` to ``end`` (both included) in force at ``as_of``, m²."""
    rows = RenewalEvent.objects.as_of(as_of).filter(
        zone_id__in=zone_ids, kind=kind, happened_on__range=(start, end)
    )
    return Decimal(rows.order_by().aggregate(total=Sum("area_m2"))["total"] or 0)


def compare(renewal: Renewal) -> list[Comparison]:
    """Return a place before and after: output and tax for each 亩 (yuan), plot ratio and coverage; one query.

    The latest year of each figure counts. Where no land is entered for a side, it is the renewal's own.
    """
    latest: dict[tuple[str, str], Decimal] = {}
    for figure in RenewalFigure.objects.live().filter(renewal=renewal).order_by("year", "pk"):
        latest[figure.side, figure.measure] = figure.value
    sides = (RenewalFigure.Side.BEFORE, RenewalFigure.Side.AFTER)
    land = {side: latest.get((side, RenewalFigure.Measure.LAND)) or renewal.land_m2 for side in sides}

    def mu(measure: str) -> list[Fraction | None]:
        return [per_mu(latest.get((side, measure)), land[side]) for side in sides]

    def of_land(measure: str) -> list[Fraction | None]:
        return [
            Fraction(latest[side, measure]) / Fraction(area)
            if (area := land[side]) and (side, measure) in latest
            else None
            for side in sides
        ]

    return [
        Comparison("output", *mu(RenewalFigure.Measure.OUTPUT)),
        Comparison("tax", *mu(RenewalFigure.Measure.TAX)),
        Comparison("far", *of_land(RenewalFigure.Measure.BUILT)),
        Comparison("coverage", *of_land(RenewalFigure.Measure.COVERED)),
    ]
