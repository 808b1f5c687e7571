"""What each steward 园长 answers for, and the firms that grew up in a site and left."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from zhuchao.apps.enterprises.models import Enterprise
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import Share, share

from ..models import Revitalisation, Site, Unit, UnitState
from .places import Actor, visible_sites, within
from .stacks import area_of, used_m2, vacant_m2
from .states import NEWEST_FIRST, OCCUPIED
from .supply import idle_days

TOO_LONG_DAYS = 180
"""A unit that stands empty for longer is overdue."""


@dataclass(frozen=True)
class Scorecard:
    """What one steward's sites come to; ``steward`` None for the sites that nobody answers for."""

    steward: User | None
    sites: tuple[Site, ...]
    stock_m2: Decimal
    used_m2: Decimal
    vacant_m2: Decimal
    longest_days: int
    mean_days: int
    overdue: int
    revitalised_m2: Decimal

    @property
    def occupancy(self) -> Share:
        return share(self.used_m2, self.stock_m2)


@dataclass(frozen=True)
class Alumnus:
    """A firm that used space of a site and uses none there any more."""

    name: str
    enterprise: Enterprise | None
    since: date
    until: date


def scorecards(actor: Actor, zone: Zone, on: date, as_of: datetime) -> list[Scorecard]:
    """Return a card for each steward of the sites under ``zone`` this person may see, best occupied first.

    The sites without a steward come last, on a card of nobody's. Revitalised area is that of the year of ``on``
    until then, as known at ``as_of``. Three queries.
    """
    ids = zones.zones_under(actor, zone, Thing.SITE)
    sites = list(visible_sites(actor).filter(zone_id__in=ids).order_by("name", "pk"))
    by_steward: dict[int | None, list[Site]] = {}
    for site in sites:
        by_steward.setdefault(site.steward_id, []).append(site)
    units: dict[int, list[Unit]] = {}
    rows = Unit.objects.filter(site__in=[site.pk for site in sites]).exclude(state=Unit.State.WITHDRAWN)
    for unit in rows.only("site_id", "gross_area_m2", "state", "state_since", "idle_m2"):
        units.setdefault(unit.site_id, []).append(unit)
    revived = dict(
        Revitalisation.objects.as_of(as_of)
        .filter(site__in=[site.pk for site in sites], happened_on__range=(on.replace(month=1, day=1), on))
        .order_by()
        .values_list("site_id")
        .annotate(Sum("area_m2"))
    )
    cards = [
        _card(
            group[0].steward,
            group,
            [unit for site in group for unit in units.get(site.pk, ())],
            sum((revived.get(site.pk, Decimal(0)) for site in group), Decimal(0)),
            on,
        )
        for group in by_steward.values()
    ]
    return sorted(
        cards, key=lambda card: (card.steward is None, -(card.occupancy.ratio or 0), str(card.steward))
    )


def _card(
    steward: User | None, sites: list[Site], units: list[Unit], revived: Decimal, on: date
) -> Scorecard:
    vacant = [unit for unit in units if unit.is_vacant]
    empty = area_of(vacant)
    days = [idle_days(unit, on) for unit in vacant]
    weighted = sum((unit.gross_area_m2 * idle_days(unit, on) for unit in vacant), Decimal(0))
    return Scorecard(
        steward,
        tuple(sites),
        area_of(units),
        used_m2(units),
        vacant_m2(units),
        max(days, default=0),
        int(weighted / empty) if empty else 0,
        sum(day > TOO_LONG_DAYS for day in days),
        revived,
    )


def alumni_of(site: Site) -> list[Alumnus]:
    """Return the firms that used space of a site, or of a site inside it, and left; the latest to leave first.

    Four queries and one for each level of sites inside.
    """
    inside = within([site])[site.pk]
    entries: QuerySet[UnitState] = UnitState.objects.live().filter(unit__site_id__in=inside)
    known: dict[str, Alumnus] = {}
    there: set[str] = set()
    before: UnitState | None = None
    for entry in entries.select_related("enterprise").order_by("unit_id", *NEWEST_FIRST).reverse():
        if before is not None and before.unit_id == entry.unit_id:
            _leave(known, before, entry.happened_on)
        elif before is not None:
            _stay(there, before)
        before = entry
    if before is not None:
        _stay(there, before)
    return sorted(
        (alumnus for name, alumnus in known.items() if name not in there),
        key=lambda alumnus: (-alumnus.until.toordinal(), alumnus.name),
    )


def _leave(known: dict[str, Alumnus], entry: UnitState, until: date) -> None:
    if entry.state not in OCCUPIED or not entry.occupant_name:
        return
    seen = known.get(entry.occupant_name)
    known[entry.occupant_name] = Alumnus(
        entry.occupant_name,
        entry.enterprise or (seen.enterprise if seen else None),
        min(entry.happened_on, seen.since) if seen else entry.happened_on,
        max(until, seen.until) if seen else until,
    )


def _stay(there: set[str], entry: UnitState) -> None:
    if entry.state in OCCUPIED and entry.occupant_name:
        there.add(entry.occupant_name)
