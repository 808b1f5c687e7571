"""Special bonds and technical upgrades: those a person may see, and their sums."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Bond, BondStage, BondStep, Upgrade
from .projects import Actor


@dataclass
class UpgradeMonth:
    """A month of upgrades: how many projects put equipment in, units, robots, yuan with a voucher and without."""

    month: date
    projects: set[int]
    units: int = 0
    robots: int = 0
    verified_cny: Decimal = Decimal(0)
    unverified_cny: Decimal = Decimal(0)


def visible_bonds(actor: Actor) -> QuerySet[Bond]:
    """Return the applications this person may see, each with ``stage`` and ``outcome`` of its last step in force."""
    last = BondStep.objects.live().filter(bond=OuterRef("pk")).order_by("-happened_on", "-pk")
    rows = Bond.objects.select_related("zone", "project__zone").annotate(
        stage=Subquery(last.values("stage")[:1], output_field=CharField()),
        outcome=Subquery(last.values("outcome")[:1], output_field=CharField()),
        stage_on=Subquery(last.values("happened_on")[:1]),
    )
    return zones.in_zones(rows, actor, Thing.BOND)


def listed_bonds(actor: Actor, zone: Zone) -> QuerySet[Bond]:
    """Return the applications of a zone and the zones below it."""
    return visible_bonds(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.BOND))


def get_bond(actor: Actor, pk: int) -> Bond:
    """Return one application; raises NotFound when it is hidden or missing."""
    bond = visible_bonds(actor).filter(pk=pk).first()
    if bond is None:
        raise NotFound(what=_("该专项债申报"))
    return bond


def visible_steps(actor: Actor) -> EntryQuerySet:
    """Return the steps of applications this person may see, replaced and void ones included."""
    rows = BondStep.objects.select_related(
        "zone", "bond__project__zone", "recorded_by", "evidence", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.BOND))


def get_step(actor: Actor, pk: int) -> BondStep:
    """Return one step; raises NotFound when it is hidden or missing."""
    step: BondStep | None = visible_steps(actor).filter(pk=pk).first()
    if step is None:
        raise NotFound(what=_("该环节"))
    return step


def bond_sums(rows: QuerySet[Bond]) -> list[tuple[int, str, BondStage | None, int, Decimal]]:
    """Return year, batch, stage reached, how many and their sum in yuan, the newest year first."""
    found: dict[tuple[int, str, str], list[Decimal]] = defaultdict(list)
    for bond in rows.order_by():
        found[bond.year, bond.batch_name, bond.stage or ""].append(bond.amount_cny)  # type: ignore[attr-defined]
    keys = sorted(found, key=lambda key: (-key[0], key[1], key[2]))
    return [
        (year, batch, BondStage(stage) if stage else None, len(sums), sum(sums, Decimal(0)))
        for year, batch, stage in keys
        for sums in (found[year, batch, stage],)
    ]


def visible_upgrades(actor: Actor) -> EntryQuerySet:
    """Return the upgrade entries this person may see, replaced and void ones included."""
    rows = Upgrade.objects.select_related("zone", "project__zone", "recorded_by", "evidence", "replaced_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.UPGRADE))


def listed_upgrades(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the upgrade entries in force of a zone and the zones below it."""
    scopes = zones.zones_under(actor, zone, Thing.UPGRADE)
    return visible_upgrades(actor).live().filter(zone_id__in=scopes)


def get_upgrade(actor: Actor, pk: int) -> Upgrade:
    """Return one upgrade entry; raises NotFound when it is hidden or missing."""
    entry: Upgrade | None = visible_upgrades(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该技改条目"))
    return entry


def upgrade_months(rows: EntryQuerySet, year: int) -> list[UpgradeMonth]:
    """Return the months of a year in which equipment was put in, in order; one query."""
    months: dict[date, UpgradeMonth] = {}
    for entry in rows.filter(happened_on__year=year).order_by("happened_on", "pk"):
        first = entry.happened_on.replace(day=1)
        month = months.setdefault(first, UpgradeMonth(first, set()))
        month.projects.add(entry.project_id)
        month.units += entry.units
        month.robots += entry.robots
        if entry.is_verified:
            month.verified_cny += entry.amount_cny
        else:
            month.unverified_cny += entry.amount_cny
    return list(months.values())
