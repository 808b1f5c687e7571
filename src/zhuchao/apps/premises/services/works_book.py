"""What a works ledger is compared with: works, phases and progress, and the states of the units that move with them."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone

from .. import selectors
from ..models import Site, Unit, UnitLineagePart, UnitState, Works, WorksPhase, WorksProgress, cause_named
from . import works as services
from .row_ledgers import Book, kept
from .states import occupied_by, refuse_future, refuse_move, refuse_outside_life, refuse_same

Event = WorksProgress.Event
Histories = dict[int, list[UnitState]]


@dataclass
class Told:
    """Works with the budgets of their phases, their live entries newest first, and the states these brought about."""

    works: Works
    units: list[Unit]
    phases: dict[int, Decimal] = field(default_factory=dict)
    entries: list[WorksProgress] = field(default_factory=list)
    brought: dict[str, list[UnitState]] = field(default_factory=dict)

    def days(self) -> dict[str, date]:
        """Return the day of each event."""
        return {entry.event: entry.happened_on for entry in self.entries}


@dataclass
class WorksBook(Book):
    """Works by site and name; the units of the sites, their live states newest first, and their splits and merges."""

    units: dict[int, list[Unit]] = field(default_factory=dict)
    told: dict[tuple[int, str], Told] = field(default_factory=dict)
    histories: Histories = field(default_factory=dict)
    parts: dict[int, list[UnitLineagePart]] = field(default_factory=dict)


def read_book(zone: Zone, sites: Mapping[str, Site], named: Iterable[Site]) -> WorksBook:
    """Read the works on the sites that a file names, with their units; nine queries for any number."""
    ids = {site.pk for site in named}
    book = WorksBook(zone, sites)
    by_id: dict[int, Unit] = {}
    for unit in Unit.objects.filter(site__in=ids).select_related("zone", "site", "building", "floor"):
        book.units.setdefault(unit.site_id, []).append(unit)
        by_id[unit.pk] = unit
    told = {
        works.pk: Told(works, [])
        for works in Works.objects.filter(site__in=ids).select_related("zone", "site", "building")
    }
    book.told = {(each.works.site_id, each.works.name): each for each in told.values()}
    chosen: dict[int, set[int]] = {}
    links = Works.units.through.objects.filter(works__site__in=ids)
    for works_id, unit_id in links.values_list("works_id", "unit_id"):
        chosen.setdefault(works_id, set()).add(unit_id)
    for works_id, each in told.items():
        each.units = ordered(book, each.works.site_id, chosen.get(works_id, set()))
    for phase in WorksPhase.objects.filter(works__site__in=ids):
        told[phase.works_id].phases[phase.number] = phase.budget_cny
    states: dict[int, UnitState] = {}
    history = UnitState.objects.live().filter(unit__site__in=ids).select_related("enterprise")
    for state in selectors.in_order(history):
        state.unit = by_id[state.unit_id]
        states[state.pk] = state
        book.histories.setdefault(state.unit_id, []).append(state)
    for part in UnitLineagePart.objects.filter(unit__site__in=ids).select_related("lineage"):
        book.parts.setdefault(part.unit_id, []).append(part)
    event_of: dict[int, tuple[int, str]] = {}
    for entry in WorksProgress.objects.live().filter(works__site__in=ids).select_related("zone"):
        told[entry.works_id].entries.append(entry)
        event_of[entry.pk] = entry.works_id, entry.event
    brought = WorksProgress.unit_states.through.objects.filter(worksprogress__works__site__in=ids)
    for entry_id, state_id in brought.values_list("worksprogress_id", "unitstate_id"):
        if entry_id in event_of and state_id in states:
            works_id, event = event_of[entry_id]
            told[works_id].brought.setdefault(event, []).append(states[state_id])
    return book


def ordered(book: WorksBook, site_id: int, ids: Iterable[int]) -> list[Unit]:
    """Return units of a site in the order in which they are listed."""
    wanted = set(ids)
    return [unit for unit in book.units.get(site_id, []) if unit.pk in wanted]


class Foresight:
    """Works as they would be after a row: checked as the services do, kept in mind only once all of it has passed."""

    def __init__(self, book: WorksBook, told: Told) -> None:
        self.book = book
        self.told = Told(
            copy(told.works),
            told.units,
            dict(told.phases),
            list(told.entries),
            {event: list(states) for event, states in told.brought.items()},
        )
        self.histories: Histories = {unit.pk: list(book.histories.get(unit.pk, ())) for unit in told.units}

    def say(self, facts: Mapping[str, Any]) -> None:
        """Give the works facts, new ones or others."""
        works = self.told.works
        for name, value in kept(Works, **facts).items():
            setattr(works, name, value)
        services.check_facts(works)
        services.check_budget(works.budget_cny, works.phased_cny)

    def put_phase(self, number: int, budget_cny: Decimal) -> None:
        """Give a phase its budget, yuan."""
        works, before = self.told.works, self.told.phases.get(number, Decimal(0))
        phased_cny = works.phased_cny - before + services.check_amount(budget_cny)
        services.check_budget(works.budget_cny, phased_cny)
        works.phased_cny = kept(Works, phased_cny=phased_cny)["phased_cny"]
        self.told.phases[number] = kept(WorksPhase, budget_cny=budget_cny)["budget_cny"]

    def happen(self, event: str, on: date) -> None:
        """Let works begin or end on a day, with their units; or move that to another day."""
        told, works = self.told, self.told.works
        refuse_future(on, self.book.zone)
        live = next((entry for entry in told.entries if entry.event == event), None)
        if live is None:
            percent = Decimal(100) if event == Event.FINISHED else None
            entry = WorksProgress(zone=self.book.zone, event=Event(event), happened_on=on, percent=percent)
            services.check_turn(works, entry, told.days())
            services.check_progress(entry)
            told.entries = _newest_first([entry, *told.entries])
            told.brought[event] = self._begin(on) if event == Event.STARTED else self._free(on)
        else:
            entry = copy(live)
            entry.happened_on = on
            services.check_progress(entry)
            told.entries = _newest_first([entry, *(each for each in told.entries if each is not live)])
            services.check_order(works, told.entries)
            told.brought[event] = [self._moved(state, on) for state in told.brought.get(event, [])]
        days = told.days()
        works.started_on, works.finished_on = days.get(Event.STARTED), days.get(Event.FINISHED)

    def keep(self) -> None:
        """Keep all of it in mind for the rows to come."""
        self.book.told[self.told.works.site_id, self.told.works.name] = self.told
        self.book.histories.update(self.histories)

    def _state(self, unit: Unit) -> str:
        history = self.histories[unit.pk]
        return str(history[0].state if history else unit.state)

    def _begin(self, on: date) -> list[UnitState]:
        states = []
        for unit in self.told.units:
            services.refuse_used(unit, self._state(unit))
            if self._state(unit) != Unit.State.IN_WORKS:
                states.append(self._enter(unit, on, {"state": Unit.State.IN_WORKS}))
        return states

    def _free(self, on: date) -> list[UnitState]:
        return [
            self._enter(unit, on, services.state_after(self.told.works, self.histories[unit.pk]))
            for unit in self.told.units
            if self._state(unit) == Unit.State.IN_WORKS
        ]

    def _enter(self, unit: Unit, on: date, said: Mapping[str, Any]) -> UnitState:
        refuse_outside_life(unit, on, self.book.parts.get(unit.pk, ()))
        who: dict[str, Any] = {}
        if said.get("enterprise") or said.get("occupant"):
            who = occupied_by(unit.zone_id, said["occupant"], said["enterprise"])
        why = said.get("why", "")
        entry = UnitState(
            zone_id=unit.zone_id,
            unit=unit,
            state=said["state"],
            happened_on=on,
            area_m2=unit.gross_area_m2,
            why=why,
            cause=cause_named(why),
            recorded_at=zones.now(self.book.zone),
            **who,
        )
        history = self.histories[unit.pk]
        refuse_same(next((state for state in history if state.happened_on <= on), None), entry)
        self.histories[unit.pk] = _as_told([entry, *history])
        return entry

    def _moved(self, state: UnitState, on: date) -> UnitState:
        unit, history = state.unit, self.histories.setdefault(state.unit_id, [])
        if state.happened_on == on or state not in history:
            return state
        refuse_future(on, self.book.zone)
        refuse_move(unit, state, on, self.book.parts.get(unit.pk, ()))
        moved = copy(state)
        moved.happened_on = on
        self.histories[unit.pk] = _as_told([moved, *(each for each in history if each is not state)])
        return moved


def _newest_first(entries: Sequence[WorksProgress]) -> list[WorksProgress]:
    return sorted(entries, key=lambda entry: entry.happened_on, reverse=True)


def _as_told(states: Sequence[UnitState]) -> list[UnitState]:
    """Return states newest first, those of one day as they were recorded first."""
    return sorted(
        states,
        key=lambda state: (state.happened_on, state.first_recorded_at or state.recorded_at),
        reverse=True,
    )
