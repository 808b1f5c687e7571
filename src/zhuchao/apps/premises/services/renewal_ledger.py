"""更新改造台账: one row an event of a renewal, or its figures before or after."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.services.importing import Row
from zhuchao.apps.core.services.importing.registry import Text
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.reading import FieldSpec, Kind, Problem

from ..models import Renewal, RenewalEvent, RenewalFigure, Site, land_given
from . import renewal as services
from .row_ledgers import RowLedger, Source, Step, site_named

EVENT = (
    "area_m2",
    "firms",
    "old_name",
    "new_name",
    "old_value_cny",
    "new_value_cny",
    "old_land_m2",
    "new_land_m2",
)
FIGURES = {
    "output_cny": RenewalFigure.Measure.OUTPUT,
    "tax_cny": RenewalFigure.Measure.TAX,
    "area_m2": RenewalFigure.Measure.BUILT,
    "covered_m2": RenewalFigure.Measure.COVERED,
}
SIDES = frozenset({"before", "after"})


class RenewalLedger(RowLedger):
    """Renewals by name: what was vacated, added, upgraded or replaced, and the figures of both sides."""

    key: str = "renewals"
    title: Text = _("更新改造台账")
    thing: str = "premises.renewal"
    description: Text = _("一行一个事项：腾退、新增载体、改造完成、换租，或更新前、更新后的数据；须有佐证。")
    may: Thing = Thing.RENEWAL
    fields: tuple[FieldSpec, ...] = (
        FieldSpec("name", "更新项目", required=True, max_length=80, aliases=("项目名称",)),
        FieldSpec("site", "载体名称", max_length=80, aliases=("载体",)),
        FieldSpec("programme", "专项行动", max_length=40, example="三改一拆"),
        FieldSpec("land_m2", "占地面积", Kind.AREA, unit="亩", example="30"),
        FieldSpec("plan_new_land_m2", "新增用地", Kind.AREA, unit="亩", example="0"),
        FieldSpec(
            "what",
            "事项",
            Kind.CHOICE,
            required=True,
            choices={
                "腾退": "vacated",
                "新增载体": "added",
                "改造完成": "upgraded",
                "换租": "replaced",
                "更新前": "before",
                "更新后": "after",
            },
            example="腾退",
        ),
        FieldSpec("on", "日期", Kind.DATE, required=True, aliases=("发生日期",), example="2021-05-10"),
        FieldSpec("area_m2", "建筑面积", Kind.AREA, unit="㎡", aliases=("面积",), example="11000"),
        FieldSpec("firms", "企业数", Kind.COUNT, unit="家"),
        FieldSpec("output_cny", "产值", Kind.MONEY, unit="万元"),
        FieldSpec("tax_cny", "税收", Kind.MONEY, unit="万元"),
        FieldSpec("covered_m2", "建筑基底面积", Kind.AREA, unit="㎡"),
        FieldSpec("old_name", "原企业", max_length=120),
        FieldSpec("old_value_cny", "原企业产值", Kind.MONEY, unit="万元"),
        FieldSpec("old_land_m2", "原企业占地", Kind.AREA, unit="亩"),
        FieldSpec("new_name", "新企业", max_length=120),
        FieldSpec("new_value_cny", "新企业产值", Kind.MONEY, unit="万元"),
        FieldSpec("new_land_m2", "新企业占地", Kind.AREA, unit="亩"),
        FieldSpec("evidence_note", "佐证材料", required=True, max_length=200, aliases=("数据来源", "佐证")),
    )
    examples: Sequence[Mapping[str, Any]] = (
        {
            "name": "示例厂区更新",
            "what": "腾退",
            "on": "2021-05-10",
            "area_m2": "11000",
            "evidence_note": "示例腾退协议",
        },
    )

    def step(self, row: Row, zone: Zone, sites: Mapping[str, Site]) -> Step | list[Problem] | None:
        """Return the step of a row: a new renewal with its event, another event or figures, or nothing."""
        site: Site | None = None
        if row.values.get("site"):
            named = site_named(row, sites)
            if isinstance(named, list):
                return named
            site = named
        name = " ".join(row.values["name"].split())
        renewal = Renewal.objects.filter(zone=zone, name=name).first()
        facts = {"site": site, "programme": row.values.get("programme")}
        facts |= {"new_land_m2": row.values.get("plan_new_land_m2"), **land_given(row.values.get("land_m2"))}
        facts = {key: value for key, value in facts.items() if value is not None}
        changes: dict[str, Sequence[Any]] = {}
        if renewal is not None:
            changes = {
                key: [getattr(renewal, key), value]
                for key, value in facts.items()
                if getattr(renewal, key) != value
            }
            if not changes and not _news(renewal, row):
                return None

        def write(source: Source) -> None:
            kept = renewal
            if kept is None:
                kept = services.add_renewal(actor=source.actor, zone=zone, name=name, **facts)
            elif changes:
                new = {key: pair[1] for key, pair in changes.items()}
                services.change_renewal(actor=source.actor, renewal=kept, version=None, **new)
            _write(kept, row, source)

        return Step(write, changes, renewal.pk if renewal is not None and changes else None)


def _news(renewal: Renewal, row: Row) -> list[str]:
    """Return what of a row has not been said of the renewal yet: its measures, or its event.

    What was said before counts as said, corrected or void as it may be by now: an old file brings nothing back.
    """
    what = row.values["what"]
    if what in SIDES:
        known = RenewalFigure.objects.filter(renewal=renewal, side=what, year=_year(row))
        return [
            name
            for name, measure in FIGURES.items()
            if row.values.get(name) is not None
            and not known.filter(measure=measure, value=row.values[name]).exists()
        ]
    same = RenewalEvent.objects.filter(
        renewal=renewal,
        kind=what,
        happened_on=row.values["on"],
        area_m2=row.values.get("area_m2"),
        old_name=row.values.get("old_name") or "",
        new_name=row.values.get("new_name") or "",
    )
    return [] if same.exists() else [what]


def _write(renewal: Renewal, row: Row, source: Source) -> None:
    what, on = row.values["what"], row.values["on"]
    note = row.values["evidence_note"]
    news = _news(renewal, row)
    if what not in SIDES:
        if news:
            said = {name: row.values[name] for name in EVENT if row.values.get(name) is not None}
            services.record_event(
                actor=source.actor,
                renewal=renewal,
                kind=what,
                on=on,
                evidence_note=note,
                **said,
                **source.entry,
            )
        return
    for name in news:
        live = RenewalFigure.objects.live().filter(
            renewal=renewal, side=what, measure=FIGURES[name], year=_year(row)
        )
        entry = live.first()
        if entry is not None:
            services.correct_renewal_entry(
                actor=source.actor,
                entry=entry,
                reason=f"台账更正（第 {source.row} 行）",
                value=row.values[name],
                evidence_note=note,
            )
            continue
        services.record_figure(
            actor=source.actor,
            renewal=renewal,
            side=what,
            measure=FIGURES[name],
            value=row.values[name],
            year=_year(row),
            evidence_note=note,
            on=on,
            **source.entry,
        )


def _year(row: Row) -> int:
    day: date = row.values["on"]
    return day.year
