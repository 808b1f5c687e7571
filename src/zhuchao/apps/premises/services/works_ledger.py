"""建设项目台账: one row a works project, with its phases' budgets and the days on which it began and ended."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from .. import selectors
from ..models import Site, Unit, Works, WorksProgress, land_given
from . import works as services
from .row_ledgers import FIXES, SENTENCES, RowLedger, Source, Step, site_named
from .works_book import Foresight, Told, WorksBook, ordered, read_book

PHASES = ("phase_1_cny", "phase_2_cny", "phase_3_cny")
FACTS = ("kind", "gross_area_m2", "planned_start_on", "planned_months", "months_to_occupancy", "budget_cny")
MONTHS = ("planned_months", "months_to_occupancy")
DAYS = {"started_on": WorksProgress.Event.STARTED, "finished_on": WorksProgress.Event.FINISHED}


class WorksLedger(RowLedger[WorksBook]):
    """Works by the name of their site and their own name."""

    key: str = "works"
    title: Text = _("建设项目台账")
    thing: str = "premises.works"
    description: Text = _("一行一个建设、改造或装修项目；各期合计不得超过总投资预算。")
    may: Thing = Thing.WORKS
    sentences: Mapping[str, Any] = {
        **SENTENCES,
        "unit_unknown": _("第 {row} 行房源“{found}”不在该载体中。"),
        "months_not_whole": _("第 {row} 行{label} {found} 不是整月。"),
    }
    fixes: Mapping[str, Any] = {
        **FIXES,
        "unit_unknown": _("请按房源的房号填写，多个用顿号分开。"),
        "months_not_whole": _("请按整月填写，如 7。"),
    }
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("name", "项目名称", required=True, max_length=80, aliases=("建设项目",)),
        FieldSpec("site", "载体名称", required=True, max_length=80, aliases=("载体",)),
        FieldSpec(
            "kind",
            "建设类型",
            Kind.CHOICE,
            choices={"新建": "new", "改造": "conversion", "拆除": "demolition", "装修": "fit_out"},
            example="改造",
        ),
        FieldSpec("gross_area_m2", "建筑面积", Kind.AREA, unit="㎡", example="6500"),
        FieldSpec("land_m2", "占地面积", Kind.AREA, unit="亩", example="100"),
        FieldSpec(
            "planned_start_on", "计划开工", Kind.DATE, required=True, month_allowed=True, example="2014-08"
        ),
        FieldSpec(
            "planned_months",
            "建设周期",
            Kind.NUMBER,
            unit="个月",
            required=True,
            aliases=("工期",),
            example="7",
        ),
        FieldSpec("months_to_occupancy", "竣工到入驻", Kind.NUMBER, unit="个月", example="2"),
        FieldSpec("budget_cny", "总投资预算", Kind.MONEY, unit="万元", aliases=("总投资",), example="8000"),
        FieldSpec("phase_1_cny", "首期投资", Kind.MONEY, unit="万元", aliases=("一期投资",), example="4000"),
        FieldSpec("phase_2_cny", "二期投资", Kind.MONEY, unit="万元"),
        FieldSpec("phase_3_cny", "三期投资", Kind.MONEY, unit="万元"),
        FieldSpec("started_on", "实际开工", Kind.DATE),
        FieldSpec("finished_on", "实际竣工", Kind.DATE),
        FieldSpec("units", "涉及房源", max_length=200, example="201、301"),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "name": "示例产业园改造工程",
            "site": "示例产业园",
            "kind": "改造",
            "gross_area_m2": "6500",
            "planned_start_on": "2023-06",
            "planned_months": "7",
            "budget_cny": "8000",
            "phase_1_cny": "4000",
        },
    )

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> WorksBook:
        """Read the works and the units of the sites that the rows name."""
        named = (sites.get(selectors.name_key(row.values.get("site") or "")) for row in rows)
        return read_book(zone, sites, (site for site in named if site is not None))

    def step(self, row: Row, book: WorksBook) -> Step | list[Problem] | None:
        """Return the step of a row: new works, what differs of known ones, or nothing."""
        site = site_named(row, book.sites)
        if isinstance(site, list):
            return site
        units = _units(row, book.units.get(site.pk, []))
        if units is None:
            return [Problem("unit_unknown", row.values["units"], "", {"field": "units"})]
        broken = [name for name in MONTHS if (row.values.get(name) or 0) % 1]
        if broken:
            return [
                Problem("months_not_whole", str(row.values[name]), "", {"field": name}) for name in broken
            ]
        name = " ".join(row.values["name"].split())
        facts = _facts(row)
        told = book.told.get((site.pk, name))
        changes: dict[str, Sequence[Any]] = {}
        if told is not None:
            changes = {
                field: [getattr(told.works, field), value]
                for field, value in facts.items()
                if getattr(told.works, field) != value
            }
            changes |= _rest(told.works, told.phases, row)
            if not changes:
                return None
        new = {field: value for field, value in facts.items() if told is None or field in changes}
        start = told or Told(
            Works(zone=book.zone, site=site, name=name), ordered(book, site.pk, [unit.pk for unit in units])
        )

        def foresee() -> None:
            after = Foresight(book, start)
            if new:
                after.say(new)
            for field, (_old, value) in _rest(after.told.works, after.told.phases, row).items():
                if field in PHASES:
                    after.put_phase(PHASES.index(field) + 1, value)
                else:
                    after.happen(DAYS[field], value)
            after.keep()

        def write(source: Source) -> None:
            if told is None:
                works = services.add_works(actor=source.actor, site=site, name=name, units=units, **facts)
            elif new:
                works = services.change_works(actor=source.actor, works=told.works, version=None, **new)
            else:
                works = told.works
            _write_rest(works, row, source)

        if told is None:
            return Step(write, foresee)
        return Step(write, foresee, changes, told.works.pk, is_known=True)


def _facts(row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = {name: row.values[name] for name in FACTS if row.values.get(name) is not None}
    facts |= {name: int(facts[name]) for name in MONTHS if name in facts}
    return facts | land_given(row.values.get("land_m2"))


def _units(row: Row, of_site: Sequence[Unit]) -> list[Unit] | None:
    """Return the units that a row names, None when one of them is not of the site, or several are."""
    wanted = [
        text for text in (row.values.get("units") or "").replace("，", "、").split("、") if text.strip()
    ]
    if not wanted:
        return []
    by_name: dict[str, list[Unit]] = {}
    for unit in of_site:
        by_name.setdefault(selectors.name_key(unit.name), []).append(unit)
    found = [by_name.get(selectors.name_key(text), []) for text in wanted]
    return [units[0] for units in found] if all(len(units) == 1 for units in found) else None


def _rest(works: Works, phases: Mapping[int, Decimal], row: Row) -> dict[str, Sequence[Any]]:
    """Return what differs of the phases and of the days that a row says: {field: [old, new]}."""
    old: dict[str, Any] = {name: phases.get(number) for number, name in enumerate(PHASES, 1)}
    old |= {name: getattr(works, name) for name in DAYS}
    return {
        name: [old[name], row.values[name]]
        for name in old
        if row.values.get(name) is not None and row.values[name] != old[name]
    }


def _write_rest(works: Works, row: Row, source: Source) -> None:
    phases = {phase.number: phase.budget_cny for phase in works.phases.all()}
    for name, (old, new) in _rest(works, phases, row).items():
        if name in PHASES:
            _write_phase(works, PHASES.index(name) + 1, new, source)
        elif old is None:
            services.record_progress(
                actor=source.actor, works=works, event=str(DAYS[name]), on=new, **source.entry
            )
        else:
            entry = WorksProgress.objects.live().get(works=works, event=DAYS[name])
            services.correct_progress(
                actor=source.actor,
                entry=entry,
                happened_on=new,
                reason=f"台账更正（第 {source.row} 行）",
            )


def _write_phase(works: Works, number: int, budget_cny: Decimal, source: Source) -> None:
    phase = works.phases.filter(number=number).first()
    if phase is None:
        services.add_phase(actor=source.actor, works=works, number=number, budget_cny=budget_cny)
    else:
        services.change_phase(actor=source.actor, phase=phase, version=None, budget_cny=budget_cny)
