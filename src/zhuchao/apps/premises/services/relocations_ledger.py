"""征迁台账: one row a household or firm of a scheme, with the day of every step and the compensation."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import RelocationEntry, RelocationParty, RelocationScheme, RelocationStep, Site
from ..models.relocations import STEPS
from . import relocations as services
from .row_ledgers import Book, RowLedger, Source, Step, kept, site_named

EntryKind = RelocationEntry.Kind
SCHEME = {"counted_step": "counted_step", "scheme_due_on": "due_on"}
PARTY = ("name", "kind", "address", "due_on")


@dataclass
class Told:
    """A party with all that was ever said of it, and its live entries, newest first."""

    party: RelocationParty
    said: list[dict[str, Any]] = field(default_factory=list)
    live: list[RelocationEntry] = field(default_factory=list)

    def was_said(self, said: Mapping[str, Any]) -> bool:
        """Say whether an entry with just these values was ever made."""
        named = {"happened_on" if key == "on" else key: value for key, value in said.items()}
        wanted = kept(RelocationEntry, **named)
        return any(wanted.items() <= entry.items() for entry in self.said)

    def live_of(self, kind: str) -> RelocationEntry | None:
        """Return the live entry of a step, which a row corrects; a payment never takes the place of another."""
        if kind == EntryKind.PAID:
            return None
        return next((entry for entry in self.live if entry.kind == kind), None)


@dataclass
class RelocationsBook(Book):
    """The schemes by name, and the parties by scheme and number."""

    schemes: dict[str, RelocationScheme]
    parties: dict[tuple[str, str], Told]


class RelocationsLedger(RowLedger[RelocationsBook]):
    """Parties by the name of their scheme and their number in it."""

    key: str = "relocations"
    title: Text = _("征迁台账")
    thing: str = "premises.relocationparty"
    description: Text = _("一行一户：住户或企业，面积、各环节日期和补偿；多次付款分行写，户号相同即可。")
    may: Thing = Thing.RELOCATION
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("scheme", "征迁项目", required=True, max_length=80, aliases=("项目名称",)),
        FieldSpec("site", "载体名称", max_length=80, aliases=("载体",)),
        FieldSpec(
            "counted_step",
            "整体进度按",
            Kind.CHOICE,
            choices={str(step.label): str(step.value) for step in RelocationStep}
            | {"已签协议": "agreed", "已搬离": "moved", "已腾空交付": "handed", "已拆除": "demolished"},
            example="已腾空交付",
        ),
        FieldSpec("scheme_due_on", "项目计划完成", Kind.DATE, example="2023-12-31"),
        FieldSpec("number", "户号", required=True, max_length=30, aliases=("编号", "序号"), example="A-001"),
        FieldSpec("name", "户名", required=True, max_length=120, aliases=("名称", "被征收人")),
        FieldSpec(
            "kind",
            "类别",
            Kind.CHOICE,
            choices={"住户": "household", "居民": "household", "企业": "firm"},
            example="住户",
        ),
        FieldSpec("address", "地址", max_length=200),
        FieldSpec(
            "area_m2", "建筑面积", Kind.AREA, unit="㎡", required=True, aliases=("面积",), example="120"
        ),
        FieldSpec("listed_on", "纳入日期", Kind.DATE, required=True, example="2022-03-01"),
        FieldSpec("due_on", "约定期限", Kind.DATE, example="2023-06-30"),
        FieldSpec("agreed_on", "签约日期", Kind.DATE),
        FieldSpec("agreed_cny", "补偿金额", Kind.MONEY, unit="万元"),
        FieldSpec("moved_on", "搬离日期", Kind.DATE),
        FieldSpec("handed_on", "腾空交付日期", Kind.DATE, aliases=("交付日期",)),
        FieldSpec("demolished_on", "拆除日期", Kind.DATE),
        FieldSpec("paid_on", "付款日期", Kind.DATE),
        FieldSpec("paid_cny", "付款金额", Kind.MONEY, unit="万元"),
        FieldSpec("evidence_note", "佐证材料", required=True, max_length=200, aliases=("佐证",)),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "scheme": "示例片区征迁",
            "number": "A-001",
            "name": "示例住户",
            "kind": "住户",
            "area_m2": "120",
            "listed_on": "2022-03-01",
            "evidence_note": "示例征收公告",
        },
    )

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> RelocationsBook:
        """Read the schemes and parties that the rows name, with all that was ever said of the parties."""
        names = {_tidy(row.values["scheme"]) for row in rows}
        schemes = RelocationScheme.objects.filter(zone=zone, name__in=names).select_related("zone", "site")
        book = RelocationsBook(zone, sites, {scheme.name: scheme for scheme in schemes}, {})
        parties = RelocationParty.objects.filter(scheme__in=list(schemes)).select_related("scheme")
        if len(rows) == 1:
            parties = parties.filter(number=_tidy(rows[0].values["number"]))
        told = {party.pk: Told(party) for party in parties}
        book.parties = {(each.party.scheme.name, each.party.number): each for each in told.values()}
        said = RelocationEntry.objects.filter(party__scheme__in=list(schemes))
        if len(rows) == 1:
            said = said.filter(party__in=list(told))
        for entry in said:
            told[entry.party_id].said.append(_said(entry))
        for entry in said.live().select_related("zone", "party"):
            told[entry.party_id].live.append(entry)
        return book

    def step(self, row: Row, book: RelocationsBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new party, new entries or corrections of a known one, or nothing."""
        site: Site | None = None
        if row.values.get("site"):
            named = site_named(row, book.sites)
            if isinstance(named, list):
                return named
            site = named
        of_scheme = {SCHEME[key]: row.values[key] for key in SCHEME if row.values.get(key) is not None}
        of_scheme |= {"site": site} if site else {}
        name = _tidy(row.values["scheme"])
        scheme, told = book.schemes.get(name), book.parties.get((name, _tidy(row.values["number"])))
        facts = {key: row.values[key] for key in PARTY if row.values.get(key)}
        changed = _different(scheme, of_scheme) | _different(told and told.party, facts)
        if told is not None and not changed and not _news(told, row):
            return None

        def foresee() -> None:
            kept_scheme = copy(scheme) if scheme else RelocationScheme(zone=book.zone, name=name)
            for key, value in of_scheme.items():
                setattr(kept_scheme, key, value)
            if scheme is None or _new(scheme, of_scheme):
                services.check_scheme(kept_scheme)
            after = _foreseen(told, kept_scheme, row, facts)
            book.schemes[name] = kept_scheme
            book.parties[name, after.party.number] = after

        def write(source: Source) -> None:
            kept_scheme = scheme
            if kept_scheme is None:
                kept_scheme = services.add_scheme(
                    actor=source.actor, zone=book.zone, name=row.values["scheme"], **of_scheme
                )
            elif new := _new(kept_scheme, of_scheme):
                kept_scheme = services.change_scheme(
                    actor=source.actor, scheme=kept_scheme, version=None, **new
                )
            _write_party(kept_scheme, told, row, facts, source)

        is_known = told is not None and bool(changed)
        return Step(write, foresee, changed, told.party.pk if told and is_known else None, is_known=is_known)


def _foreseen(told: Told | None, scheme: RelocationScheme, row: Row, facts: Mapping[str, Any]) -> Told:
    """Return what would be known of a party after the row; what a service refuses is refused, and ``told`` stays."""
    if told is None:
        number, name = _tidy(row.values["number"]), _tidy(row.values["name"])
        party = RelocationParty(scheme=scheme, zone=scheme.zone, **{**facts, "number": number, "name": name})
        after = Told(party)
        said = {"kind": EntryKind.LISTED, "on": row.values["listed_on"], "area_m2": row.values["area_m2"]}
        _enter(after, said, row)
    else:
        after = Told(copy(told.party), list(told.said), list(told.live))
        for key, value in facts.items():
            setattr(after.party, key, value)
    for said in _news(after, row):
        _enter(after, said, row)
    return after


def _enter(told: Told, said: Mapping[str, Any], row: Row) -> None:
    """Keep in mind an entry, in the place of the live one of its step, after the checks of the service."""
    live = told.live_of(said["kind"])
    if live is not None:
        entry = copy(live)
    else:
        note = row.values["evidence_note"].strip()
        entry = RelocationEntry(zone=told.party.zone, kind=EntryKind(said["kind"]), evidence_note=note)
    entry.party = told.party
    for key, value in said.items():
        setattr(entry, "happened_on" if key == "on" else key, value)
    services.check_amounts(entry)
    for key, value in kept(RelocationEntry, area_m2=entry.area_m2, amount_cny=entry.amount_cny).items():
        setattr(entry, key, value)
    others = [other for other in told.live if other is not live]
    services.check_entry(entry, others)
    told.live = sorted([entry, *others], key=lambda one: one.happened_on, reverse=True)
    told.said.append(_said(entry))


def _write_party(
    scheme: RelocationScheme, told: Told | None, row: Row, facts: dict[str, Any], source: Source
) -> None:
    if told is None:
        party = services.add_party(
            actor=source.actor,
            scheme=scheme,
            number=row.values["number"],
            area_m2=row.values["area_m2"],
            on=row.values["listed_on"],
            evidence_note=row.values["evidence_note"],
            **facts,
            **source.entry,
        )
        listed = {"kind": EntryKind.LISTED, "happened_on": row.values["listed_on"], "amount_cny": None}
        told = Told(party, [listed | kept(RelocationEntry, area_m2=row.values["area_m2"])])
    elif new := _new(told.party, facts):
        services.change_party(actor=source.actor, party=told.party, version=None, **new)
    for said in _news(told, row):
        live = told.live_of(said["kind"])
        if live is not None:
            values = {"happened_on" if key == "on" else key: value for key, value in said.items()}
            services.correct_relocation_entry(
                actor=source.actor, entry=live, reason=f"台账更正（第 {source.row} 行）", **values
            )
            continue
        note = row.values["evidence_note"]
        services.record_step(actor=source.actor, party=told.party, evidence_note=note, **said, **source.entry)


def _news(told: Told, row: Row) -> list[dict[str, Any]]:
    """Return what of a row was never said of a party, in the order of the steps.

    What was said before counts as said, corrected or void as it may be by now: an old file brings nothing back.
    """
    rows: list[dict[str, Any]] = [
        {"kind": EntryKind.LISTED, "on": row.values["listed_on"], "area_m2": row.values["area_m2"]}
    ]
    for step in STEPS:
        if row.values.get(f"{step}_on"):
            rows.append({"kind": step, "on": row.values[f"{step}_on"]})
        if rows[-1]["kind"] == EntryKind.AGREED and row.values.get("agreed_cny") is not None:
            rows[-1]["amount_cny"] = row.values["agreed_cny"]
    if row.values.get("paid_on") or row.values.get("paid_cny"):
        on = row.values.get("paid_on") or row.values["listed_on"]
        rows.append({"kind": EntryKind.PAID, "on": on, "amount_cny": row.values.get("paid_cny")})
    return [said for said in rows if not told.was_said(said)]


def _said(entry: RelocationEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in ("kind", "happened_on", "area_m2", "amount_cny")}


def _new(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if getattr(record, key) != value}


def _different(record: Any, values: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    if record is None:
        return {}
    return {key: [getattr(record, key), value] for key, value in _new(record, values).items()}


def _tidy(text: str) -> str:
    return " ".join(text.split())
