"""Urban renewal: entered, edited; what was vacated, added, upgraded or replaced, and figures before and after."""

from collections.abc import Mapping
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.models import Attachment, ImportBatch
from zhuchao.apps.core.services import (
    add_entry,
    check_version,
    correct_entry,
    record_change,
    save_record,
    void_entry,
)
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import PlaceMismatch, RenewalEvidence, RenewalExists
from ..models import Renewal, RenewalEvent, RenewalFigure, Site
from .states import refuse_future
from .works_index import index_renewals

FACTS = frozenset({"name", "site", "programme", "land_area", "land_unit", "new_land_m2"})
YEARS = range(1950, 2101)
AMOUNTS = ("area_m2", "old_value_cny", "new_value_cny", "old_land_m2", "new_land_m2")
CORRECTABLE: Mapping[type[RenewalEvent | RenewalFigure], frozenset[str]] = {
    RenewalEvent: frozenset(
        {"kind", "happened_on", "firms", "old_name", "new_name", "evidence_note", *AMOUNTS}
    ),
    RenewalFigure: frozenset({"side", "measure", "value", "year", "evidence_note"}),
}
E = TypeVar("E", RenewalEvent, RenewalFigure)


@transaction.atomic
def add_renewal(
    *, actor: User | None, zone: Zone, name: str, site: Site | None = None, **facts: Any
) -> Renewal:
    """Enter a renewal. ``facts``: programme, land_area with land_unit, new_land_m2 (0: no new land is taken).

    Raises RenewalExists, PlaceMismatch for a site of another zone, and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.RENEWAL, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    renewal = Renewal(zone=zone, name=_tidy(name), site=site, **facts)
    _check(renewal)
    renewal.save(force_insert=True)
    index_renewals([renewal.pk])
    record_change(actor=actor, verb="add", rows=[renewal], scope=zone.pk, name=renewal.name)
    return renewal


@transaction.atomic
def change_renewal(*, actor: User | None, renewal: Renewal, version: int | None, **values: Any) -> Renewal:
    """Edit the facts of a renewal; raises Stale when somebody saved it since ``version``, else as when added."""
    zones.require(actor, Verb.CHANGE, Thing.RENEWAL, renewal.zone_id)
    if set(values) - FACTS:
        raise TypeError(f"not facts of a renewal: {sorted(set(values) - FACTS)}")
    renewal = _locked(renewal.pk)
    check_version(renewal, version, yours=values)
    if "name" in values:
        values["name"] = _tidy(values["name"])
    wanted = Renewal(pk=renewal.pk, zone=renewal.zone)
    for name in FACTS:
        setattr(wanted, name, values.get(name, getattr(renewal, name)))
    _check(wanted)
    changed = save_record(renewal, **values)
    if changed:
        index_renewals([renewal.pk])
        record_change(actor=actor, verb="change", rows=[renewal], scope=renewal.zone_id, changed=changed)
    return renewal


@transaction.atomic
def record_event(
    *,
    actor: User | None,
    renewal: Renewal,
    kind: str,
    on: date,
    evidence: Attachment | None = None,
    evidence_note: str = "",
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
    **said: Any,
) -> RenewalEvent:
    """Enter that space was vacated, added or upgraded, or that one tenant came in another's place.

    ``said``: area_m2, firms; for a replacement old_name, new_name and of each old_value_cny, old_land_m2,
    new_value_cny, new_land_m2. Raises RenewalEvidence without a file or a note, and WrongInput.
    """
    entry = RenewalEvent(
        renewal=renewal, kind=RenewalEvent.Kind(kind), happened_on=on, evidence=evidence, **said
    )
    return _record(actor, entry, evidence_note, batch, batch_row)


@transaction.atomic
def record_figure(
    *,
    actor: User | None,
    renewal: Renewal,
    side: str,
    measure: str,
    value: Decimal,
    year: int,
    evidence_note: str,
    evidence: Attachment | None = None,
    on: date | None = None,
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
) -> RenewalFigure:
    """Enter a figure of the place before or after, of a year, with its source.

    Raises RenewalEvidence without a source and WrongInput.
    """
    entry = RenewalFigure(
        renewal=renewal,
        side=RenewalFigure.Side(side),
        measure=RenewalFigure.Measure(measure),
        value=value,
        year=year,
        happened_on=on or zones.today(renewal.zone),
        evidence=evidence,
    )
    return _record(actor, entry, evidence_note, batch, batch_row)


@transaction.atomic
def correct_renewal_entry(*, actor: User | None, entry: E, reason: str, **values: Any) -> E:
    """Replace an event or a figure by one that says it right.

    ``values`` are what the entry says otherwise: of an event kind, happened_on and the rest as when it was entered,
    of a figure side, measure, value and year; of both evidence_note. Raises as when it was entered, and ReasonNeeded
    and AlreadyReplaced.
    """
    zones.require(actor, Verb.CHANGE, Thing.RENEWAL, entry.zone_id)
    if unknown := set(values) - CORRECTABLE[type(entry)]:
        raise TypeError(f"not part of this entry: {sorted(unknown)}")
    _locked(entry.renewal_id)
    wanted = copy(entry)
    for name, value in values.items():
        setattr(wanted, name, value.strip() if isinstance(value, str) else value)
    check_entry(wanted)
    said = {name: getattr(wanted, name) for name in values}
    successor = correct_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason, **said)
    _note(actor, "correct", entry, successor, reason)
    return successor


@transaction.atomic
def void_renewal_entry(*, actor: User | None, entry: E, reason: str) -> E:
    """Take an event or a figure out of every sum from now on; sums as of earlier moments keep it."""
    zones.require(actor, Verb.VOID, Thing.RENEWAL, entry.zone_id)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    _note(actor, "void", entry, successor, reason)
    return successor


def _record(
    actor: User | None, entry: E, evidence_note: str, batch: ImportBatch | None, batch_row: int | None
) -> E:
    zones.require(actor, Verb.ADD, Thing.RENEWAL, entry.renewal.zone_id)
    renewal = _locked(entry.renewal_id)
    entry.zone, entry.evidence_note = renewal.zone, evidence_note.strip()
    entry.batch, entry.batch_row = batch, batch_row
    check_entry(entry)
    add_entry(entry, actor=actor, at=zones.now(renewal.zone))
    record_change(actor=actor, verb="record", rows=[renewal], scope=renewal.zone_id, entry=entry.pk)
    return entry


def check_entry(entry: RenewalEvent | RenewalFigure) -> None:
    """Refuse what an event or a figure may not say; reads nothing of the renewals."""
    refuse_future(entry.happened_on, entry.zone)
    if entry.evidence_id is None and not entry.evidence_note:
        raise RenewalEvidence()
    if isinstance(entry, RenewalFigure):
        if entry.year not in YEARS or entry.year > zones.today(entry.zone).year:
            raise WrongInput(field=_("年份"), why=_("应为 {first} 年至今的年份。").format(first=YEARS[0]))
        if entry.value < 0:
            raise WrongInput(field=_("数值"), why=_("不能小于 0。"))
        return
    is_replacement = entry.kind == RenewalEvent.Kind.REPLACED
    if is_replacement and not (entry.old_name.strip() and entry.new_name.strip()):
        raise WrongInput(field=_("原企业"), why=_("换租须写明原企业和新企业。"))
    if not is_replacement and entry.area_m2 is None:
        raise WrongInput(field=_("建筑面积"), why=_("必须大于 0。"))
    for name in AMOUNTS:
        value = getattr(entry, name)
        if value is not None and value <= 0 and not name.endswith("value_cny"):
            raise WrongInput(
                field=_("建筑面积") if name == "area_m2" else _("占地面积"), why=_("必须大于 0。")
            )


def _check(renewal: Renewal) -> None:
    same = Renewal.objects.filter(zone=renewal.zone, name=renewal.name)
    if same.exclude(pk=renewal.pk).exists():
        raise RenewalExists(name=renewal.name)
    check_facts(renewal)


def check_facts(renewal: Renewal) -> None:
    """Refuse what a renewal may not say, whatever others there are; reads nothing of the renewals."""
    if renewal.site is not None and renewal.site.zone_id != renewal.zone_id:
        raise PlaceMismatch(place=str(renewal.site), site=str(renewal.zone))
    if renewal.new_land_m2 is not None and renewal.new_land_m2 < 0:
        raise WrongInput(field=_("新增用地"), why=_("不能小于 0；不新增用地填 0。"))
    if renewal.land_area is not None and renewal.land_area < 0:
        raise WrongInput(field=_("占地面积"), why=_("不能小于 0。"))


def _note(actor: User | None, verb: str, entry: E, successor: E, reason: str) -> None:
    record_change(
        actor=actor,
        verb=verb,
        rows=[entry.renewal],
        scope=entry.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )


def _tidy(name: str) -> str:
    text = " ".join(name.split())
    if not text:
        raise WrongInput(field=_("更新项目"), why=_("不能为空。"))
    return text[:80]


def _locked(pk: int) -> Renewal:
    rows = Renewal.objects.select_related("zone", "site")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
