"""征迁台账: one row a household or firm of a scheme, with the day of every step and the compensation."""

from collections.abc import Mapping, Sequence
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
from .row_ledgers import RowLedger, Source, Step, site_named

EntryKind = RelocationEntry.Kind
SCHEME = {"counted_step": "counted_step", "scheme_due_on": "due_on"}
PARTY = ("name", "kind", "address", "due_on")


class RelocationsLedger(RowLedger):
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

    def step(self, row: Row, zone: Zone, sites: Mapping[str, Site]) -> Step | list[Problem] | None:
        """Return the step of a row: a new party, new entries or corrections of a known one, or nothing."""
        site: Site | None = None
        if row.values.get("site"):
            named = site_named(row, sites)
            if isinstance(named, list):
                return named
            site = named
        said = {SCHEME[key]: row.values[key] for key in SCHEME if row.values.get(key) is not None}
        said |= {"site": site} if site else {}
        scheme = RelocationScheme.objects.filter(zone=zone, name=_tidy(row.values["scheme"])).first()
        party = None
        if scheme is not None:
            number = _tidy(row.values["number"])
            party = RelocationParty.objects.filter(scheme=scheme, number=number).first()
        facts = {key: row.values[key] for key in PARTY if row.values.get(key)}
        changed = _different(scheme, said) | _different(party, facts)
        if party is not None and not changed and not _news(party, row):
            return None

        def write(source: Source) -> None:
            kept = scheme
            if kept is None:
                kept = services.add_scheme(actor=source.actor, zone=zone, name=row.values["scheme"], **said)
            elif new := _new(kept, said):
                kept = services.change_scheme(actor=source.actor, scheme=kept, version=None, **new)
            _write_party(kept, party, row, facts, source)

        return Step(write, changed, party.pk if party is not None and changed else None)


def _write_party(
    scheme: RelocationScheme,
    party: RelocationParty | None,
    row: Row,
    facts: dict[str, Any],
    source: Source,
) -> None:
    if party is None:
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
    elif new := _new(party, facts):
        party = services.change_party(actor=source.actor, party=party, version=None, **new)
    for said in _news(party, row):
        live = RelocationEntry.objects.live().filter(party=party, kind=said["kind"]).first()
        if live is not None and said["kind"] != EntryKind.PAID:
            values = {"happened_on" if key == "on" else key: value for key, value in said.items()}
            services.correct_relocation_entry(
                actor=source.actor, entry=live, reason=f"台账更正（第 {source.row} 行）", **values
            )
            continue
        note = row.values["evidence_note"]
        services.record_step(actor=source.actor, party=party, evidence_note=note, **said, **source.entry)


def _news(party: RelocationParty, row: Row) -> list[dict[str, Any]]:
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
    known = RelocationEntry.objects.filter(party=party)
    return [
        said
        for said in rows
        if not known.filter(**{"happened_on" if k == "on" else k: v for k, v in said.items()}).exists()
    ]


def _new(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if getattr(record, key) != value}


def _different(record: Any, values: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    if record is None:
        return {}
    return {key: [getattr(record, key), value] for key, value in _new(record, values).items()}


def _tidy(text: str) -> str:
    return " ".join(text.split())
