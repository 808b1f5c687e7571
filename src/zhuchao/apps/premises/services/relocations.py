"""Relocation: schemes and their parties entered and edited; every step and payment an entry."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

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

from ..errors import (
    PlaceMismatch,
    RelocationEvidence,
    RelocationExists,
    RelocationNumberTaken,
    RelocationOutOfOrder,
    RelocationOverpaid,
    RelocationStepTaken,
)
from ..models import RelocationEntry, RelocationParty, RelocationScheme, RelocationStep, Site
from ..models.relocations import STEPS
from .states import refuse_future
from .works_index import index_schemes

SCHEME_FACTS = frozenset({"name", "site", "counted_step", "started_on", "due_on", "note"})
PARTY_FACTS = frozenset({"number", "name", "kind", "address", "due_on"})
Kind = RelocationEntry.Kind


@transaction.atomic
def add_scheme(
    *, actor: User | None, zone: Zone, name: str, site: Site | None = None, **facts: Any
) -> RelocationScheme:
    """Enter a scheme. ``facts``: counted_step, started_on, due_on, note.

    Raises RelocationExists, PlaceMismatch for a site of another zone, and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.RELOCATION, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    scheme = RelocationScheme(zone=zone, name=_tidy(name, _("征迁项目"), 80), site=site, **facts)
    _check_scheme(scheme)
    scheme.save(force_insert=True)
    index_schemes([scheme.pk])
    record_change(actor=actor, verb="add", rows=[scheme], scope=zone.pk, name=scheme.name)
    return scheme


@transaction.atomic
def change_scheme(
    *, actor: User | None, scheme: RelocationScheme, version: int | None, **values: Any
) -> RelocationScheme:
    """Edit a scheme; raises Stale when somebody saved it since ``version``, else as when added."""
    zones.require(actor, Verb.CHANGE, Thing.RELOCATION, scheme.zone_id)
    if set(values) - SCHEME_FACTS:
        raise TypeError(f"not facts of a scheme: {sorted(set(values) - SCHEME_FACTS)}")
    scheme = _locked(scheme.pk)
    check_version(scheme, version, yours=values)
    if "name" in values:
        values["name"] = _tidy(values["name"], _("征迁项目"), 80)
    wanted = RelocationScheme(pk=scheme.pk, zone=scheme.zone)
    for name in SCHEME_FACTS:
        setattr(wanted, name, values.get(name, getattr(scheme, name)))
    _check_scheme(wanted)
    changed = save_record(scheme, **values)
    if changed:
        index_schemes([scheme.pk])
        record_change(actor=actor, verb="change", rows=[scheme], scope=scheme.zone_id, changed=changed)
    return scheme


@transaction.atomic
def add_party(
    *,
    actor: User | None,
    scheme: RelocationScheme,
    number: str,
    name: str,
    area_m2: Decimal,
    on: date,
    evidence_note: str,
    evidence: Attachment | None = None,
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
    **facts: Any,
) -> RelocationParty:
    """List a household or firm with its area, m², from a day on. ``facts``: kind, address, due_on.

    Raises RelocationNumberTaken, RelocationEvidence and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.RELOCATION, scheme.zone_id)
    scheme = _locked(scheme.pk)
    party = RelocationParty(
        zone=scheme.zone,
        scheme=scheme,
        number=_tidy(number, _("户号"), 30),
        name=_tidy(name, _("户名"), 120),
        **facts,
    )
    _check_number(party)
    party.save(force_insert=True)
    entry = RelocationEntry(
        party=party, kind=Kind.LISTED, happened_on=on, area_m2=area_m2, evidence=evidence, batch=batch
    )
    entry.batch_row = batch_row
    _write(actor, entry, evidence_note)
    index_schemes([scheme.pk])
    record_change(actor=actor, verb="add", rows=[party, scheme], scope=scheme.zone_id, number=party.number)
    return party


@transaction.atomic
def change_party(
    *, actor: User | None, party: RelocationParty, version: int | None, **values: Any
) -> RelocationParty:
    """Edit who a party is and until when it agreed to go; its area is corrected by an entry."""
    zones.require(actor, Verb.CHANGE, Thing.RELOCATION, party.zone_id)
    if set(values) - PARTY_FACTS:
        raise TypeError(f"not facts of a party: {sorted(set(values) - PARTY_FACTS)}")
    scheme = _locked(party.scheme_id)
    party = RelocationParty.objects.select_for_update(no_key=True).get(pk=party.pk)
    check_version(party, version, yours=values)
    for name, label, most in (("number", _("户号"), 30), ("name", _("户名"), 120)):
        if name in values:
            values[name] = _tidy(values[name], label, most)
    _check_number(RelocationParty(pk=party.pk, scheme=scheme, number=str(values.get("number", party.number))))
    changed = save_record(party, **values)
    if changed:
        index_schemes([scheme.pk])
        record_change(actor=actor, verb="change", rows=[party], scope=party.zone_id, changed=changed)
    return party


@transaction.atomic
def record_step(
    *,
    actor: User | None,
    party: RelocationParty,
    kind: str,
    on: date,
    area_m2: Decimal | None = None,
    amount_cny: Decimal | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
) -> RelocationEntry:
    """Enter that a party came to a step, was paid, or was listed again after its listing had been voided.

    Raises RelocationStepTaken for a step it has come to, RelocationOutOfOrder for a day before an earlier step's or
    after a later one's, RelocationOverpaid above what was agreed, RelocationEvidence and WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.RELOCATION, party.zone_id)
    _locked(party.scheme_id)
    entry = RelocationEntry(
        party=RelocationParty.objects.select_related("zone").get(pk=party.pk),
        kind=Kind(kind),
        happened_on=on,
        area_m2=area_m2,
        amount_cny=amount_cny,
        evidence=evidence,
        batch=batch,
        batch_row=batch_row,
    )
    _write(actor, entry, evidence_note)
    record_change(
        actor=actor, verb="record", rows=[party], scope=party.zone_id, entry=entry.pk, kind=entry.kind
    )
    return entry


@transaction.atomic
def correct_relocation_entry(
    *, actor: User | None, entry: RelocationEntry, reason: str, **values: Any
) -> RelocationEntry:
    """Replace an entry by one that says it right; raises as when it was entered."""
    zones.require(actor, Verb.CHANGE, Thing.RELOCATION, entry.zone_id)
    _locked(entry.party.scheme_id)
    wanted = copy(entry)
    for name, value in values.items():
        setattr(wanted, name, value)
    # Before the write: the database would refuse the same without a word.
    check_amounts(wanted)
    _check_entry(wanted)
    successor = correct_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason, **values)
    _note(actor, "correct", entry, successor, reason)
    return successor


@transaction.atomic
def void_relocation_entry(*, actor: User | None, entry: RelocationEntry, reason: str) -> RelocationEntry:
    """Take an entry out of every count from now on; counts as of earlier moments keep it.

    Raises RelocationOverpaid for an agreement on which money was paid.
    """
    zones.require(actor, Verb.VOID, Thing.RELOCATION, entry.zone_id)
    _locked(entry.party.scheme_id)
    successor = void_entry(entry, actor=actor, at=zones.now(entry.zone), reason=reason)
    _check_money(entry.party, RelocationEntry.objects.live().filter(party=entry.party))
    _note(actor, "void", entry, successor, reason)
    return successor


def _write(actor: User | None, entry: RelocationEntry, evidence_note: str) -> None:
    entry.zone, entry.evidence_note = entry.party.zone, evidence_note.strip()
    check_amounts(entry)
    add_entry(entry, actor=actor, at=zones.now(entry.zone))
    _check_entry(entry)


def check_amounts(entry: RelocationEntry) -> None:
    """Refuse what the database would refuse too, in words; reads nothing."""
    if entry.kind == Kind.LISTED and (entry.area_m2 is None or entry.area_m2 <= 0):
        raise WrongInput(field=_("建筑面积"), why=_("必须大于 0。"))
    if entry.kind != Kind.LISTED and entry.area_m2 is not None:
        raise WrongInput(field=_("建筑面积"), why=_("只在“纳入征迁”时填写。"))
    if entry.kind == Kind.PAID and (entry.amount_cny is None or entry.amount_cny <= 0):
        raise WrongInput(field=_("金额"), why=_("必须大于 0。"))
    if entry.kind == Kind.AGREED and entry.amount_cny is not None and entry.amount_cny < 0:
        raise WrongInput(field=_("金额"), why=_("不能小于 0。"))
    if entry.kind not in {Kind.AGREED, Kind.PAID} and entry.amount_cny is not None:
        raise WrongInput(field=_("金额"), why=_("只在“已签协议”“支付补偿”时填写。"))


def _check_entry(entry: RelocationEntry) -> None:
    others = RelocationEntry.objects.live().filter(party=entry.party).exclude(pk=entry.pk)
    check_entry(entry, list(others))


def check_entry(entry: RelocationEntry, others: Sequence[RelocationEntry]) -> None:
    """Refuse what an entry may not say beside the other live entries of its party, newest first; reads none itself."""
    refuse_future(entry.happened_on, entry.zone)
    if entry.evidence_id is None and not entry.evidence_note:
        raise RelocationEvidence()
    check_amounts(entry)
    if entry.kind != Kind.PAID and any(other.kind == entry.kind for other in others):
        raise RelocationStepTaken(party=str(entry.party), step=Kind(entry.kind).label)
    order = (str(Kind.LISTED.value), *STEPS)
    place = order.index(entry.kind) if entry.kind in order else 1
    later = order[place + 1 :] if entry.kind in order else ()
    day = entry.happened_on
    before = [other for other in others if other.kind in order[:place] and other.happened_on > day]
    after = [other for other in others if other.kind in later and other.happened_on < day]
    for wrong in (before + after)[:1]:
        raise RelocationOutOfOrder(
            step=Kind(entry.kind).label,
            day=f"{day:%Y-%m-%d}",
            other=wrong.get_kind_display(),
            other_day=f"{wrong.happened_on:%Y-%m-%d}",
        )
    _check_money(entry.party, [entry, *others])


def _check_money(party: RelocationParty, live: Iterable[RelocationEntry]) -> None:
    sums = {Kind.PAID: Decimal(0), Kind.AGREED: Decimal(0)}
    for entry in live:
        if entry.kind in sums:
            sums[Kind(entry.kind)] += entry.amount_cny or 0
    paid, agreed = sums[Kind.PAID], sums[Kind.AGREED]
    if paid > agreed:
        raise RelocationOverpaid(party=str(party), paid=f"{paid:,.2f}", agreed=f"{agreed:,.2f}")


def _check_scheme(scheme: RelocationScheme) -> None:
    same = RelocationScheme.objects.filter(zone=scheme.zone, name=scheme.name)
    if same.exclude(pk=scheme.pk).exists():
        raise RelocationExists(name=scheme.name)
    check_scheme(scheme)


def check_scheme(scheme: RelocationScheme) -> None:
    """Refuse what a scheme may not say, whatever others there are; reads nothing of the schemes."""
    if scheme.site is not None and scheme.site.zone_id != scheme.zone_id:
        raise PlaceMismatch(place=str(scheme.site), site=str(scheme.zone))
    if scheme.counted_step not in RelocationStep.values:
        raise WrongInput(field=_("整体进度按"), why=_("没有这个环节。"))
    if scheme.started_on and scheme.due_on and scheme.due_on < scheme.started_on:
        raise WrongInput(field=_("计划完成"), why=_("不能早于启动日期。"))


def _check_number(party: RelocationParty) -> None:
    same = RelocationParty.objects.filter(scheme=party.scheme, number=party.number)
    if same.exclude(pk=party.pk).exists():
        raise RelocationNumberTaken(number=party.number, scheme=str(party.scheme))


def _note(
    actor: User | None, verb: str, entry: RelocationEntry, successor: RelocationEntry, reason: str
) -> None:
    record_change(
        actor=actor,
        verb=verb,
        rows=[entry.party],
        scope=entry.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )


def _tidy(name: str, label: str, most: int) -> str:
    text = " ".join(name.split())
    if not text:
        raise WrongInput(field=label, why=_("不能为空。"))
    return text[:most]


def _locked(pk: int) -> RelocationScheme:
    rows = RelocationScheme.objects.select_related("zone", "site")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
