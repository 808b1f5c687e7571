"""Enclaves: who sees them, who is there, and what each park counts of it; a region counts everything once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Alliance, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Enclave, EnclaveShare, Unit
from .places import Actor, within
from .residents import Stay, by_firm, occupancy

CENT = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Part:
    """What one park counts of one stay: its share of the area, and of the firm; ``share`` is None at its own sites."""

    stay: Stay
    share: EnclaveShare | None
    percent: Decimal
    credit: Fraction
    area_m2: Decimal


@dataclass(frozen=True)
class ParkAccount:
    """What a park counts: the parts it is made of; credit of firms and area are their sums."""

    park: Zone
    parts: Sequence[Part]

    @property
    def credit(self) -> Fraction:
        return sum((part.credit for part in self.parts), Fraction(0))

    @property
    def area_m2(self) -> Decimal:
        return sum((part.area_m2 for part in self.parts), ZERO)

    @property
    def own_firms(self) -> int:
        """Return how many firms use space at the park's own sites."""
        return len({part.stay.firm for part in self.parts if part.share is None})

    @property
    def enclave_firms(self) -> int:
        """Return how many firms use space at enclaves of which it has a share."""
        return len({part.stay.firm for part in self.parts if part.share is not None})


@dataclass(frozen=True)
class RegionAccount:
    """What the parks of a region count, and the region itself: every firm and every square metre once."""

    on: date
    parks: Sequence[ParkAccount]
    firms: int
    area_m2: Decimal

    @property
    def credit(self) -> Fraction:
        return sum((park.credit for park in self.parks), Fraction(0))

    @property
    def attributed_m2(self) -> Decimal:
        return sum((park.area_m2 for park in self.parks), ZERO)


def visible_enclaves(actor: Actor) -> QuerySet[Enclave]:
    """Return the enclaves this person may see: those of which either park is one whose enclaves they may view."""
    rows = Enclave.objects.select_related("zone", "site", "partner")
    ids = zones.zone_ids(actor, Verb.VIEW, Thing.ENCLAVE)
    return rows.filter(Q(zone_id__in=ids) | Q(partner_id__in=ids))


def get_enclave(actor: Actor, pk: int) -> Enclave:
    """Return an enclave; raises NotFound when it is hidden or missing."""
    enclave = visible_enclaves(actor).filter(pk=pk).first()
    if enclave is None:
        raise NotFound(what=_("该飞地"))
    return enclave


def visible_shares(actor: Actor) -> EntryQuerySet:
    """Return the shares of the enclaves this person may see, replaced and void ones included."""
    rows: Any = EnclaveShare.objects.select_related(
        "zone", "enclave__site", "enclave__partner", "recorded_by", "evidence", "replaced_by"
    )
    found: EntryQuerySet = rows.filter(enclave__in=visible_enclaves(actor).values("pk"))
    return found


def get_share(actor: Actor, pk: int) -> EnclaveShare:
    """Return a share; raises NotFound when it is hidden or missing."""
    share: EnclaveShare | None = visible_shares(actor).filter(pk=pk).first()
    if share is None:
        raise NotFound(what=_("该归属比例"))
    return share


def partners_of(zone: Zone) -> QuerySet[Zone]:
    """Return the zones a park may share an enclave with: those beside it, and its fellows in alliances."""
    beside = Q(parent_id=zone.parent_id) if zone.parent_id else Q(pk__in=())
    fellows = Q(pk__in=Alliance.members.through.objects.filter(alliance__members=zone).values("zone_id"))
    return Zone.objects.filter(beside | fellows).exclude(pk=zone.pk).order_by("name", "pk")


def shares_on(enclaves: Iterable[Enclave], on: date, as_of: datetime) -> Mapping[int, EnclaveShare]:
    """Return the share in force of each enclave on a day, as known at a moment, by enclave; one query."""
    ids = [enclave.pk for enclave in enclaves]
    rows = EnclaveShare.objects.as_of(as_of).filter(enclave__in=ids, happened_on__lte=on)
    return {share.enclave_id: share for share in rows.order_by("happened_on", "pk")}


def tenants_of(enclave: Enclave, on: date, as_of: datetime) -> Mapping[str, list[Stay]]:
    """Return who uses space at an enclave on a day, by firm."""
    found = occupancy(as_of=as_of, site_ids=within([enclave.site])[enclave.site_id])
    return by_firm(found.stays(on))


def account_of_region(actor: Actor, zone: Zone, on: date, as_of: datetime) -> RegionAccount:
    """Return what each park under ``zone`` that this person may see counts on a day, and all of them together.

    A firm is one in the whole region. Where it uses space at a park's own sites it is that park's (of several, in
    equal parts); one that is at enclaves only is parted by their agreed shares. An enclave without a share yet is
    its keeper's. Areas are parted to the cent; what rounding leaves is the keeper's.
    """
    ids = set(zones.zones_under(actor, zone, Thing.ENCLAVE))
    # Every enclave is read, and every park of one: what a park counts must not depend on who asks.
    enclaves = list(Enclave.objects.select_related("site"))
    inside = within([enclave.site for enclave in enclaves])
    by_site = {pk: enclave for enclave in enclaves for pk in inside[enclave.site_id]}
    shares = shares_on(enclaves, on, as_of)
    everyone = ids.union(*({enclave.zone_id, enclave.partner_id} for enclave in enclaves))
    found = by_firm(occupancy(as_of=as_of, zone_ids=sorted(everyone)).stays(on))
    parts: dict[int, list[Part]] = {pk: [] for pk in ids}
    here: list[Stay] = []
    for stays in found.values():
        here += [stay for stay in stays if _parks_of(stay, by_site) & ids]
        for zone_id, part in _parted(stays, by_site, shares):
            if zone_id in parts:
                parts[zone_id].append(part)
    parks = Zone.objects.in_bulk(list(parts))
    accounts = [ParkAccount(parks[pk], rows) for pk, rows in parts.items() if rows or pk == zone.pk]
    accounts.sort(key=lambda account: (account.park.name, account.park.pk))
    return RegionAccount(
        on=on,
        parks=accounts,
        firms=len({stay.firm for stay in here}),
        area_m2=sum((stay.area_m2 for stay in here), ZERO),
    )


def _parks_of(stay: Stay, by_site: Mapping[int, Enclave]) -> set[int]:
    """Return the parks that a stay belongs to: two at an enclave, else one."""
    enclave = by_site.get(stay.unit.site_id)
    return {stay.unit.zone_id} if enclave is None else {enclave.zone_id, enclave.partner_id}


def _parted(
    stays: Sequence[Stay], by_site: Mapping[int, Enclave], shares: Mapping[int, EnclaveShare]
) -> list[tuple[int, Part]]:
    """Return what each park counts of the stays of one firm: credits add up to one, areas to their areas."""
    own = [stay for stay in stays if stay.unit.site_id not in by_site]
    home = {stay.unit.zone_id for stay in own}
    abroad = [stay for stay in stays if stay.unit.site_id in by_site]
    found: list[tuple[int, Part]] = []
    for stay in own:
        same = sum(other.unit.zone_id == stay.unit.zone_id for other in own)
        credit = Fraction(1, len(home) * same)
        found.append((stay.unit.zone_id, Part(stay, None, Decimal(100), credit, stay.area_m2)))
    for stay in abroad:
        enclave = by_site[stay.unit.site_id]
        share = shares.get(enclave.pk)
        percent = share.partner_percent if share else ZERO
        whole = Fraction(0) if home else Fraction(1, len(abroad))
        area = (stay.area_m2 * percent / 100).quantize(CENT, ROUND_DOWN)
        theirs = whole * Fraction(percent) / 100
        if share is not None:
            found.append((enclave.partner_id, Part(stay, share, percent, theirs, area)))
        keeper = Part(stay, share, 100 - percent, whole - theirs, stay.area_m2 - area)
        found.append((enclave.zone_id, keeper))
    return found


def enclaves_of(actor: Actor, zone_ids: Sequence[int]) -> QuerySet[Enclave]:
    """Return the enclaves that one of these zones keeps or has a share in."""
    return visible_enclaves(actor).filter(Q(zone_id__in=zone_ids) | Q(partner_id__in=zone_ids))


def with_shares(rows: QuerySet[Enclave]) -> QuerySet[Any]:
    """Return enclaves each with ``partner_percent``, the last agreed, and ``gross_m2`` of its units; no query more."""
    latest = EnclaveShare.objects.live().filter(enclave=OuterRef("pk")).order_by("-happened_on", "-pk")
    units = Unit.objects.filter(site=OuterRef("site")).order_by().values("site")
    area = DecimalField(max_digits=16, decimal_places=2)
    return rows.annotate(
        partner_percent=Subquery(latest.values("partner_percent")[:1]),
        gross_m2=Subquery(units.annotate(n=Sum("gross_area_m2")).values("n"), output_field=area),
    )
