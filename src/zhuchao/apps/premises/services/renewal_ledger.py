"""更新改造台账: one row an event of a renewal, or its figures before or after."""

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

from ..models import Renewal, RenewalEvent, RenewalFigure, Site, land_given
from . import renewal as services
from .row_ledgers import Book, RowLedger, Source, Step, kept, site_named

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


FigureKey = tuple[str, str, int]
Said = tuple[RenewalEvent | RenewalFigure, RenewalFigure | None]


@dataclass
class Told:
    """What was ever told of a renewal: its events and figures by what they say, and the figures in force."""

    renewal: Renewal
    events: set[tuple[Any, ...]] = field(default_factory=set)
    values: set[tuple[Any, ...]] = field(default_factory=set)
    figures: dict[FigureKey, RenewalFigure] = field(default_factory=dict)

    def take_in(self, entries: Sequence[Said]) -> None:
        """Keep in mind entries as if they had been made."""
        for entry, _replaced in entries:
            if isinstance(entry, RenewalEvent):
                self.events.add(_event_key(entry))
            else:
                entry.value = kept(RenewalFigure, value=entry.value)["value"]
                self.values.add((*_figure_key(entry), entry.value))
                self.figures[_figure_key(entry)] = entry


@dataclass
class RenewalsBook(Book):
    """The renewals by name."""

    told: dict[str, Told]


class RenewalLedger(RowLedger[RenewalsBook]):
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

    def open_book(self, zone: Zone, sites: Mapping[str, Site], rows: Sequence[Row]) -> RenewalsBook:
        """Read the renewals that the rows name, with all that was ever said of them."""
        names = {_tidy(row.values["name"]) for row in rows}
        renewals = {
            row.pk: row
            for row in Renewal.objects.filter(zone=zone).select_related("zone", "site")
            if row.name in names
        }
        book = RenewalsBook(zone, sites, {row.name: Told(row) for row in renewals.values()})
        for event in RenewalEvent.objects.filter(renewal__in=renewals):
            book.told[renewals[event.renewal_id].name].events.add(_event_key(event))
        figures = RenewalFigure.objects.filter(renewal__in=renewals)
        for figure in figures:
            told = book.told[renewals[figure.renewal_id].name]
            told.values.add((*_figure_key(figure), figure.value))
        for figure in figures.live().select_related("zone"):
            told = book.told[renewals[figure.renewal_id].name]
            told.figures.setdefault(_figure_key(figure), figure)
        return book

    def step(self, row: Row, book: RenewalsBook) -> Step | list[Problem] | None:
        """Return the step of a row: a new renewal with its event, another event or figures, or nothing."""
        site: Site | None = None
        if row.values.get("site"):
            named = site_named(row, book.sites)
            if isinstance(named, list):
                return named
            site = named
        name = _tidy(row.values["name"])
        facts = {"site": site, "programme": row.values.get("programme")}
        facts |= {"new_land_m2": row.values.get("plan_new_land_m2"), **land_given(row.values.get("land_m2"))}
        facts = {key: value for key, value in facts.items() if value is not None}
        told = book.told.get(name)
        changes: dict[str, Sequence[Any]] = {}
        if told is not None:
            changes = {
                key: [getattr(told.renewal, key), value]
                for key, value in facts.items()
                if getattr(told.renewal, key) != value
            }
        entries = _entries(told or Told(Renewal(zone=book.zone, name=name)), row, book.zone)
        if told is not None and not changes and not entries:
            return None

        def foresee() -> None:
            renewal = copy(told.renewal) if told else Renewal(zone=book.zone, name=name)
            for key, value in kept(Renewal, **facts).items():
                setattr(renewal, key, value)
            if told is None or changes:
                services.check_facts(renewal)
            for entry, _replaced in entries:
                services.check_entry(entry)
            after = book.told.setdefault(name, Told(renewal))
            after.renewal = renewal
            after.take_in(entries)

        def write(source: Source) -> None:
            if told is None:
                renewal = services.add_renewal(actor=source.actor, zone=book.zone, name=name, **facts)
            elif changes:
                new = {key: pair[1] for key, pair in changes.items()}
                renewal = services.change_renewal(
                    actor=source.actor, renewal=told.renewal, version=None, **new
                )
            else:
                renewal = told.renewal
            for entry, replaced in entries:
                _write(renewal, entry, replaced, row, source)

        row_id = told.renewal.pk if told is not None and changes else None
        return Step(write, foresee, changes, row_id, is_known=bool(changes))


def _entries(told: Told, row: Row, zone: Zone) -> list[Said]:
    """Return what of a row has not been said of the renewal yet: its event, or its figures with what they replace.

    What was said before counts as said, corrected or void as it may be by now: an old file brings nothing back.
    """
    what, on, note = row.values["what"], row.values["on"], row.values["evidence_note"].strip()
    if what not in SIDES:
        said = {name: row.values[name] for name in EVENT if row.values.get(name) is not None}
        event = RenewalEvent(zone=zone, kind=what, happened_on=on, evidence_note=note, **said)
        return [] if _event_key(event) in told.events else [(event, None)]
    entries: list[Said] = []
    for name, measure in FIGURES.items():
        if row.values.get(name) is None:
            continue
        live = told.figures.get((what, measure, on.year))
        figure = copy(live) if live else RenewalFigure(zone=zone, side=what, year=on.year, happened_on=on)
        figure.measure, figure.value, figure.evidence_note = measure, row.values[name], note
        value = kept(RenewalFigure, value=figure.value)["value"]
        if (*_figure_key(figure), value) not in told.values:
            entries.append((figure, live))
    return entries


def _write(
    renewal: Renewal,
    entry: RenewalEvent | RenewalFigure,
    replaced: RenewalFigure | None,
    row: Row,
    source: Source,
) -> None:
    note = row.values["evidence_note"]
    if isinstance(entry, RenewalEvent):
        services.record_event(
            actor=source.actor,
            renewal=renewal,
            kind=entry.kind,
            on=entry.happened_on,
            evidence_note=note,
            **{name: row.values[name] for name in EVENT if row.values.get(name) is not None},
            **source.entry,
        )
    elif replaced is not None:
        services.correct_renewal_entry(
            actor=source.actor,
            entry=replaced,
            reason=f"台账更正（第 {source.row} 行）",
            value=entry.value,
            evidence_note=note,
        )
    else:
        services.record_figure(
            actor=source.actor,
            renewal=renewal,
            side=entry.side,
            measure=entry.measure,
            value=entry.value,
            year=entry.year,
            evidence_note=note,
            on=entry.happened_on,
            **source.entry,
        )


def _event_key(event: RenewalEvent) -> tuple[Any, ...]:
    area_m2 = kept(RenewalEvent, area_m2=event.area_m2)["area_m2"]
    return event.kind, event.happened_on, area_m2, event.old_name, event.new_name


def _figure_key(figure: RenewalFigure) -> FigureKey:
    return figure.side, figure.measure, figure.year


def _tidy(text: str) -> str:
    return " ".join(text.split())
