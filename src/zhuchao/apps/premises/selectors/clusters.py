"""Cluster targets: who counts, how fast it grows, what is to be expected at the deadline, and how the gap may close."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.enterprises.models import Enterprise, EnterpriseTag
from zhuchao.apps.enterprises.selectors import RelatedGroup
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.figures import CountForecast, forecast_count

from ..models import ClusterTarget, Site, Unit
from .places import Actor, admits, visible_sites, visible_units, within
from .residents import Occupancy, Stay, by_firm, occupancy

MONTHS_SHOWN = 12
UNITS_SHOWN = 12
SIGNED = frozenset({str(Unit.State.SIGNED.value)})

PipelineProvider = Callable[[Actor, ClusterTarget], RelatedGroup | None]
_providers: list[PipelineProvider] = []


def register_pipeline(provider: PipelineProvider) -> None:
    """Add a provider of what may come to a cluster (leads near signing); the same one twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


@dataclass(frozen=True)
class Standing:
    """How a target stands on a day: who counts, of whom nobody knows, the months before, and the forecast."""

    target: ClusterTarget
    on: date
    counted: Mapping[str, list[Stay]]
    unknown: Mapping[str, list[Stay]]
    months: tuple[tuple[date, int], ...]
    forecast: CountForecast

    @property
    def now(self) -> int:
        return len(self.counted)

    @property
    def is_short(self) -> bool:
        """Return whether the target is missed, or will be by what is known."""
        return bool(self.forecast.gap)


@dataclass(frozen=True)
class Gap:
    """What may close the gap: firms that have signed, free units that suit, what else is on its way."""

    signed: Sequence[Stay]
    units: Sequence[Unit]
    pipeline: Sequence[RelatedGroup]


def visible_clusters(actor: Actor) -> EntryQuerySet:
    """Return the cluster targets this person may see, replaced and void ones included."""
    rows = ClusterTarget.objects.select_related("zone", "site", "sector", "recorded_by", "replaced_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.CLUSTER))


def get_cluster(actor: Actor, pk: int) -> ClusterTarget:
    """Return a cluster target; raises NotFound when it is hidden or missing."""
    target: ClusterTarget | None = visible_clusters(actor).filter(pk=pk).first()
    if target is None:
        raise NotFound(what=_("该集聚目标"))
    return target


def clusters_of(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the targets in force under a zone, the nearest deadline first."""
    ids = zones.zones_under(actor, zone, Thing.CLUSTER)
    return visible_clusters(actor).live().filter(zone_id__in=ids).order_by("deadline", "pk")


def standing_of(target: ClusterTarget, on: date, as_of: datetime) -> Standing:
    """Return how a target stands on a day, as known at a moment; four queries however many firms.

    A firm counts once when it uses a unit there (let or self-used) and is of the sector: as the register says, by its
    industry code, or by a tag of that name given by then. Whom the register says nothing of is unknown, not no.
    """
    found = _occupancy(target, as_of)
    belongs = _Belongs(target, as_of)
    there = by_firm(found.stays(on))
    verdicts = {firm: belongs(stays[0].enterprise, on) for firm, stays in there.items()}
    first = found.first_day or on
    months = _month_ends(on, first)
    counts = [(day, _count(found, belongs, day)) for day in months]
    base_day = max(on - timedelta(days=365), min(first, on))
    now = sum(verdict is True for verdict in verdicts.values())
    return Standing(
        target=target,
        on=on,
        counted={firm: stays for firm, stays in there.items() if verdicts[firm] is True},
        unknown={firm: stays for firm, stays in there.items() if verdicts[firm] is None},
        months=tuple(counts),
        forecast=forecast_count(
            now=now,
            on=on,
            before=_count(found, belongs, base_day),
            before_on=base_day,
            goal=target.goal,
            deadline=target.deadline,
        ),
    )


def gap_of(actor: Actor, target: ClusterTarget, on: date, as_of: datetime) -> Gap:
    """Return what may close the gap of a target, as far as this person may see it."""
    signed = _occupancy(target, as_of).stays(on, SIGNED)
    belongs = _Belongs(target, as_of)
    return Gap(
        signed=[stay for stay in signed if belongs(stay.enterprise, on) is not False],
        units=list(free_units(actor, target)[:UNITS_SHOWN]),
        pipeline=[
            group for group in (provider(actor, target) for provider in _providers) if group and group.rows
        ],
    )


def free_units(actor: Actor, target: ClusterTarget) -> QuerySet[Unit]:
    """Return the vacant units that suit: in the target's site or, without one, at sites that take the industry."""
    units = visible_units(actor).filter(zone_id=target.zone_id, state=Unit.State.VACANT)
    if target.site is not None:
        units = units.filter(site_id__in=within([target.site])[target.site.pk])
    else:
        sites = visible_sites(actor).filter(zone_id=target.zone_id)
        units = units.filter(site__in=[site.pk for site in sites if admits(site, [target.what])])
    return units.order_by(F("gross_area_m2").desc(), "pk")


def short_clusters(actor: Actor, zone: Zone, on: date) -> list[Standing]:
    """Return the targets under a zone that will be missed by what is known, the nearest deadline first."""
    as_of = zones.now(zone)
    found = (standing_of(target, on, as_of) for target in clusters_of(actor, zone))
    return [standing for standing in found if standing.is_short]


def _occupancy(target: ClusterTarget, as_of: datetime) -> Occupancy:
    if target.site is None:
        return occupancy(as_of=as_of, zone_ids=[target.zone_id])
    site: Site = target.site
    return occupancy(as_of=as_of, site_ids=within([site])[site.pk])


def _count(found: Occupancy, belongs: "_Belongs", on: date) -> int:
    firms = by_firm(found.stays(on))
    return sum(belongs(stays[0].enterprise, on) is True for stays in firms.values())


def _month_ends(on: date, first: date) -> list[date]:
    """Return ``on`` and the ends of the months before it, oldest first, from the first day anything is known."""
    found = [on]
    for _month in range(MONTHS_SHOWN):
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return [day for day in reversed(found) if day >= first or day == on]


class _Belongs:
    """Whether a firm is of the target's industry: yes, no, or None where the register says nothing."""

    def __init__(self, target: ClusterTarget, as_of: datetime) -> None:
        self._sector = target.sector
        self._codes = tuple(target.sector.industry_codes) if target.sector else ()
        names = {name for name in (target.tag, target.sector.name if target.sector else "") if name}
        tags: Iterable[tuple[int, date]] = (
            EnterpriseTag.objects.as_of(as_of)
            .filter(zone_id=target.zone_id, tag__in=names)
            .values_list("enterprise_id", "happened_on")
        )
        self._tagged: dict[int, date] = {}
        for enterprise_id, day in tags:
            self._tagged[enterprise_id] = min(day, self._tagged.get(enterprise_id, day))

    def __call__(self, firm: Enterprise | None, on: date) -> bool | None:
        if firm is None:
            return None
        since = self._tagged.get(firm.pk)
        if since is not None and since <= on:
            return True
        if self._sector is None:
            return False
        if firm.sector_id is not None and firm.sector_id == self._sector.pk:
            return True
        if self._codes and firm.industry_code and firm.industry_code.startswith(self._codes):
            return True
        return None if firm.sector_id is None and not firm.industry_code else False
