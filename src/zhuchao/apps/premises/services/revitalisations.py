"""Space brought back to use: entered once, with evidence; corrected; voided."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import CountedAlready, EvidenceNeeded, PlaceMismatch
from ..models import Revitalisation, Site, Unit, UnitState
from .states import refuse_future

CORRECTABLE = frozenset(
    {"happened_on", "area_m2", "place", "way", "used_by", "unit", "evidence", "evidence_note"}
)


@transaction.atomic
def record_revitalisation(
    *,
    actor: User | None,
    zone: Zone,
    on: date,
    area_m2: Decimal,
    site: Site | None = None,
    unit: Unit | None = None,
    place: str = "",
    way: str = "",
    used_by: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> Revitalisation:
    """Enter that idle space was brought back to use on a day.

    Say the unit, or the site and the place in it, or the place alone. Raises EvidenceNeeded without a file or a
    note, CountedAlready when the same space was counted and not idle since, and WrongInput.
    """
    if unit is not None:
        if site is not None and unit.site_id != site.pk:
            raise PlaceMismatch(place=str(unit), site=str(site))
        site = unit.site
    # Who is narrowed to their own sites must name one of them.
    own = {"own": site.operator_id} if site is not None else {}
    zones.require(actor, Verb.ADD, Thing.REVITALISATION, zone, **own)
    if site is not None and site.zone_id != zone.pk:
        raise PlaceMismatch(place=str(site), site=str(zone))
    entry = Revitalisation(
        zone=zone,
        happened_on=on,
        site=site,
        unit=unit,
        place=place.strip() or str(unit or site or ""),
        area_m2=area_m2,
        way=way.strip(),
        used_by=used_by.strip(),
        evidence=evidence,
        evidence_note=evidence_note.strip(),
    )
    _lock(zone, site)
    _check(entry, zone)
    _refuse_counted(entry, but=None)
    entry.ledger_key = revitalisation_key(zone.pk, on, site.pk if site else None, entry.place)
    add_entry(entry, actor=actor, at=zones.now(zone))
    record_change(
        actor=actor, verb="add", rows=[entry], scope=zone.pk, place=entry.place, area_m2=area_m2, on=on
    )
    return entry


@transaction.atomic
def correct_revitalisation(
    *, actor: User | None, entry: Revitalisation, reason: str, **values: Any
) -> Revitalisation:
    """Replace an entry by one that says it right.

    ``values`` may be happened_on, area_m2, place, way, used_by, unit, evidence, evidence_note. Raises as
    ``record_revitalisation`` does, and ReasonNeeded and AlreadyReplaced.
    """
    _require(actor, Verb.CHANGE, entry)
    unknown = set(values) - CORRECTABLE
    if unknown:
        raise TypeError(f"not part of a revitalisation: {sorted(unknown)}")
    zone = entry.zone
    _lock(zone, entry.site)
    unit = values.get("unit")
    if unit is not None and unit.site_id != entry.site_id:
        raise PlaceMismatch(place=str(unit), site=str(entry.site or entry.place))
    successor = correct_entry(entry, actor=actor, at=zones.now(zone), reason=reason, **values)
    _check(successor, zone)
    _refuse_counted(successor, but=successor.pk)
    record_change(
        actor=actor,
        verb="correct",
        rows=[successor, entry],
        scope=zone.pk,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


@transaction.atomic
def void_revitalisation(*, actor: User | None, entry: Revitalisation, reason: str) -> Revitalisation:
    """Take an entry out of every figure from now on; figures as of earlier moments keep it."""
    _require(actor, Verb.VOID, entry)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void",
        rows=[successor, entry],
        scope=entry.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


def revitalisation_key(zone_id: int, on: date, site_id: int | None, place: str) -> str:
    """Return the natural key of an entry: the zone, the day and the space."""
    parts = (str(zone_id), on.isoformat(), str(site_id or ""), selectors.name_key(place))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def counted_before(
    entry: Revitalisation, others: Iterable[Revitalisation], was_idle: Callable[[int, date, date], bool]
) -> Revitalisation | None:
    """Return the one among ``others`` that counts the same space already, or None.

    The same unit counts again only when it stood vacant in between. The same place counts again only on another
    day, on other evidence: the same file, or the same note for the same area, is the same event told twice.
    """
    key = selectors.name_key(entry.place)
    for other in others:
        if other.site_id != entry.site_id:
            continue
        if entry.unit_id is not None and other.unit_id == entry.unit_id:
            if not was_idle(entry.unit_id, *sorted((entry.happened_on, other.happened_on))):
                return other
        elif selectors.name_key(other.place) == key and _same_event(entry, other):
            return other
    return None


def _same_event(entry: Revitalisation, other: Revitalisation) -> bool:
    if entry.happened_on == other.happened_on:
        return True
    if entry.evidence is not None and other.evidence is not None:
        return entry.evidence.file_id == other.evidence.file_id
    same_note = entry.evidence_note != "" and entry.evidence_note == other.evidence_note
    return same_note and entry.area_m2 == other.area_m2


def _was_idle(unit_id: int, after: date, until: date) -> bool:
    vacant = UnitState.objects.live().filter(unit_id=unit_id, state=Unit.State.VACANT)
    return vacant.filter(happened_on__gt=after, happened_on__lte=until).exists()


def _require(actor: User | None, verb: Verb, entry: Revitalisation) -> None:
    own = {"own": entry.site.operator_id} if entry.site is not None else {}
    zones.require(actor, verb, Thing.REVITALISATION, entry.zone_id, **own)


def _lock(zone: Zone, site: Site | None) -> None:
    # Two people who enter the same space race for the row of its site, or of the zone where it names none.
    if site is not None:
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    else:
        Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)


def _check(entry: Revitalisation, zone: Zone) -> None:
    refuse_future(entry.happened_on, zone)
    if not entry.place:
        raise WrongInput(field=_("盘活载体"), why=_("请选择载体或填写位置。"))
    if entry.area_m2 <= 0:
        raise WrongInput(field=_("盘活面积"), why=_("必须大于 0。"))
    if entry.unit is not None and entry.area_m2 > entry.unit.gross_area_m2:
        raise WrongInput(
            field=_("盘活面积"),
            why=_("不能大于该房源的建筑面积 {area} ㎡。").format(area=entry.unit.gross_area_m2),
        )
    if entry.evidence_id is None and not entry.evidence_note:
        raise EvidenceNeeded()


def _refuse_counted(entry: Revitalisation, *, but: int | None) -> None:
    live = Revitalisation.objects.live().filter(zone_id=entry.zone_id, site_id=entry.site_id).exclude(pk=but)
    other = counted_before(entry, live.select_related("evidence"), _was_idle)
    if other is not None:
        raise CountedAlready(
            place=other.place, on=other.happened_on.isoformat(), area=f"{other.area_m2:,.0f}", entry=other.pk
        )
