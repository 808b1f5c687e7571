"""盘活台账: one row an event of idle space brought back to use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import ImportBatch
from zhuchao.apps.core.services import add_entries, correct_entry, record_change
from zhuchao.apps.core.services.importing import Outcome, Progress, Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from .. import selectors
from ..models import Revitalisation, Site, Unit, UnitState
from . import lookups
from .revitalisations import counted_before, revitalisation_key

SAID = ("area_m2", "way", "used_by", "evidence_note")


@dataclass
class Planned:
    """What a row says: the entry as it would be, and the live one it corrects."""

    entry: Revitalisation
    corrects: Revitalisation | None = None
    values: Mapping[str, Any] | None = None


@dataclass
class Known:
    """What the zone keeps of the places that a file names; read at once for all its rows."""

    zone: Zone
    today: date
    sites: dict[str, Site]
    units: dict[tuple[int, str], Unit]
    versions: dict[str, list[Revitalisation]]
    live: list[Revitalisation]
    vacant: dict[int, list[date]]

    def was_idle(self, unit_id: int, after: date, until: date) -> bool:
        return any(after < day <= until for day in self.vacant.get(unit_id, ()))


class RevitalisationLedger:
    """Space brought back to use, each with its evidence, counted once."""

    key = "revitalisations"
    title: Text = _("盘活台账")
    thing = "premises.revitalisation"
    description: Text = _("一行一次盘活，须有佐证；同一空间只计一次。")
    sentences: Mapping[str, Any] = {
        **lookups.SENTENCES,
        "counted_already": _("第 {row} 行“{found}”已于 {on} 计入盘活 {area} ㎡，同一空间只计一次。"),
        "area_not_positive": _("第 {row} 行盘活面积应大于 0。"),
        "area_above_unit": _("第 {row} 行盘活面积 {found} ㎡ 大于该房源的建筑面积 {expected} ㎡。"),
    }
    fixes: Mapping[str, Any] = {
        **lookups.FIXES,
        "counted_already": _("如再次空置后又盘活，请先登记空置日期；如属重复，请删去这一行。"),
        "area_not_positive": _("请核对面积。"),
        "area_above_unit": _("请核对面积或房号。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec(
            "on", "盘活日期", Kind.DATE, required=True, aliases=("日期", "盘活时间"), example="2023-05-12"
        ),
        FieldSpec(
            "site",
            "载体名称",
            required=True,
            max_length=80,
            aliases=("载体", "盘活载体"),
            example="苏鲲科技产业园",
        ),
        FieldSpec("place", "位置", max_length=120, aliases=("具体位置", "楼层房号"), example="1号楼 301"),
        FieldSpec(
            "area_m2", "盘活面积", Kind.AREA, unit="㎡", required=True, aliases=("面积",), example="650"
        ),
        FieldSpec("way", "盘活方式", max_length=40, aliases=("方式",), example="招租"),
        FieldSpec("used_by", "引进企业", max_length=120, aliases=("入驻企业", "使用企业")),
        FieldSpec(
            "evidence_note",
            "佐证材料",
            required=True,
            max_length=200,
            aliases=("佐证", "佐证说明"),
            example="租赁合同 2023-018",
        ),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "on": "2023-05-12",
            "site": "示例产业园",
            "place": "1号楼 301",
            "area_m2": "650",
            "way": "招租",
            "used_by": "示例企业",
            "evidence_note": "租赁合同 2023-018",
        },
    )

    def authorise(self, actor: Any, scope: int) -> None:
        """Refuse unless the person may import revitalisations into the zone."""
        zones.require(actor, Verb.IMPORT, Thing.REVITALISATION, scope)

    def compare(self, *, scope: int, rows: Sequence[Row]) -> Iterator[Outcome]:
        """Say of each row whether it is new, corrects an entry, or was said before; reads only, seven queries."""
        known = _read(scope, rows)
        counted = list(known.live)
        seen: dict[str, int] = {}
        for row in rows:
            entry = _entry(row, known)
            first = seen.setdefault(entry.ledger_key, row.number)
            problems = _problems(entry, known)
            if first != row.number:
                data = {"first": first, "what": "盘活", "field": "place"}
                problems.append(Problem("row_twice", data=data))
            versions = known.versions.get(entry.ledger_key, [])
            said = [name for name in SAID if row.values.get(name) is not None]
            if not problems and any(_says(version, said) == _says(entry, said) for version in versions):
                yield Outcome(row, "same", versions[0].pk)
                continue
            corrects = next((version for version in versions if not hasattr(version, "replaced_by")), None)
            others = [other for other in counted if other is not corrects]
            before = counted_before(entry, others, known.was_idle) if not problems else None
            if before is not None:
                data = {
                    "on": before.happened_on.isoformat(),
                    "area": f"{before.area_m2:,.2f}",
                    "field": "place",
                }
                problems.append(Problem("counted_already", before.place, "", data))
            if problems:
                yield Outcome(row, "refused", problems=problems)
                continue
            counted.append(entry)
            if corrects is None:
                yield Outcome(row, "new", data=Planned(entry))
                continue
            changes = {
                name: [getattr(corrects, name), getattr(entry, name)]
                for name in said
                if getattr(corrects, name) != getattr(entry, name)
            }
            values = {name: pair[1] for name, pair in changes.items()}
            yield Outcome(row, "changed", corrects.pk, changes=changes, data=Planned(entry, corrects, values))

    def apply(
        self,
        *,
        scope: int,
        actor: models.Model | None,
        batch: ImportBatch,
        outcomes: Sequence[Outcome],
        progress: Progress,
    ) -> None:
        """Write new entries in bulk and corrections one by one."""
        zone = Zone.objects.get(pk=scope)
        at = zones.now(zone)
        new: list[Revitalisation] = []
        written: list[Revitalisation] = []
        for number, outcome in enumerate(outcomes):
            progress.say(str(_("写入盘活台账")), number, len(outcomes))
            plan: Planned = outcome.data
            source = {"batch": batch, "batch_row": outcome.row.number}
            if plan.corrects is None:
                for name, value in source.items():
                    setattr(plan.entry, name, value)
                new.append(plan.entry)
                continue
            reason = f"台账更正（第 {outcome.row.number} 行）"
            values = {**(plan.values or {}), **source}
            written.append(correct_entry(plan.corrects, actor=actor, at=at, reason=reason, **values))
        written += add_entries(new, actor=actor, at=at)
        record_change(actor=actor, verb="import", rows=written, scope=scope, thing=self.thing, batch=batch.pk)


def _read(scope: int, rows: Sequence[Row]) -> Known:
    zone = Zone.objects.get(pk=scope)
    sites = selectors.sites_by_name(scope)
    named = {selectors.name_key(row.values["site"]) for row in rows}
    site_ids = {sites[key].pk for key in named if key in sites}
    places: dict[tuple[int, str], list[Unit]] = {}
    for unit in Unit.objects.filter(site_id__in=site_ids).select_related("site", "building", "floor"):
        for text in _ways_to_say(unit):
            places.setdefault((unit.site_id, text), []).append(unit)
    units = {place: found[0] for place, found in places.items() if len(found) == 1}
    entries = Revitalisation.objects.filter(zone_id=scope, is_void=False).select_related(
        "evidence", "replaced_by"
    )
    versions: dict[str, list[Revitalisation]] = {}
    live = []
    for entry in entries.order_by("-recorded_at", "-pk"):
        versions.setdefault(entry.ledger_key, []).append(entry)
        if not hasattr(entry, "replaced_by"):
            live.append(entry)
    vacant: dict[int, list[date]] = {}
    states = UnitState.objects.live().filter(unit__site_id__in=site_ids, state=Unit.State.VACANT)
    for unit_id, day in states.values_list("unit_id", "happened_on"):
        vacant.setdefault(unit_id, []).append(day)
    return Known(zone, zones.today(zone), sites, units, versions, live, vacant)


def _ways_to_say(unit: Unit) -> set[str]:
    """Return the ways in which a place within a site names a unit: 301, 1号楼301, 1号楼3F301."""
    building, floor = str(unit.building or ""), str(unit.floor or "")
    texts = (unit.name, f"{building}{unit.name}", f"{building}{floor}{unit.name}", f"{floor}{unit.name}")
    return {selectors.name_key(text) for text in texts}


def _entry(row: Row, known: Known) -> Revitalisation:
    values = row.values
    site_name, place = " ".join(values["site"].split()), " ".join((values.get("place") or "").split())
    site = known.sites.get(selectors.name_key(site_name))
    unit = known.units.get((site.pk, selectors.name_key(place))) if site and place else None
    shown = f"{site.name if site else site_name} {place}".strip()[:120]
    return Revitalisation(
        zone=known.zone,
        happened_on=values["on"],
        site=site,
        unit=unit,
        place=shown,
        area_m2=values["area_m2"],
        way=values.get("way") or "",
        used_by=values.get("used_by") or "",
        evidence_note=values["evidence_note"],
        ledger_key=revitalisation_key(known.zone.pk, values["on"], site.pk if site else None, shown),
    )


def _problems(entry: Revitalisation, known: Known) -> list[Problem]:
    problems = []
    if entry.happened_on > known.today:
        problems.append(
            Problem("day_to_come", entry.happened_on.isoformat(), known.today.isoformat(), {"field": "on"})
        )
    if entry.area_m2 <= Decimal(0):
        problems.append(Problem("area_not_positive", str(entry.area_m2), "", {"field": "area_m2"}))
    elif entry.unit is not None and entry.area_m2 > entry.unit.gross_area_m2:
        data = {"field": "area_m2"}
        problems.append(Problem("area_above_unit", str(entry.area_m2), str(entry.unit.gross_area_m2), data))
    return problems


def _says(entry: Revitalisation, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in names)
