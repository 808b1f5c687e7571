"""Building works: planned, phased, begun, brought on, finished; their units come into works and out of them."""

from collections.abc import Iterable, Mapping, Sequence
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
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import PhaseExists, PhasesAboveBudget, PlaceMismatch, UnitInUse, WorksExist, WorksNotThere
from ..models import Building, Site, Unit, UnitState, Works, WorksPhase, WorksProgress, months_after
from .states import change_unit_state, correct_unit_state, refuse_future, void_unit_state
from .works_index import index_works

WORKS_FACTS = frozenset(
    {
        "name",
        "kind",
        "building",
        "gross_area_m2",
        "land_area",
        "land_unit",
        "planned_start_on",
        "planned_months",
        "months_to_occupancy",
        "budget_cny",
    }
)
CORRECTABLE = frozenset(
    {"happened_on", "percent", "spent_cny", "expected_on", "detail", "evidence", "evidence_note"}
)
MOST_MONTHS = 240
FREE = frozenset({Unit.State.VACANT, Unit.State.SIGNED, Unit.State.IN_WORKS})
"""The states from which a unit may come into works: nobody is in it."""


@transaction.atomic
def add_works(
    *,
    actor: User | None,
    site: Site,
    name: str,
    planned_start_on: date,
    planned_months: int,
    units: Iterable[Unit] = (),
    **facts: Any,
) -> Works:
    """Enter works on a site, from the day they are planned to begin and for so many months.

    ``facts``: kind, building, gross_area_m2, land_area with land_unit (亩 or ㎡), months_to_occupancy, budget_cny.
    Raises WorksExist, PlaceMismatch for a building or unit of another site, and WrongInput.
    """
    selectors.require_at(actor, Verb.ADD, Thing.WORKS, site)
    _refuse_unknown(facts, WORKS_FACTS)
    site = Site.objects.select_for_update(no_key=True, of=("self",)).select_related("zone").get(pk=site.pk)
    works = Works(
        zone_id=site.zone_id,
        site=site,
        name=_tidy(name),
        planned_start_on=planned_start_on,
        planned_months=planned_months,
        **facts,
    )
    check_facts(works)
    chosen = _own_units(site, units)
    if Works.objects.filter(site=site, name=works.name).exists():
        raise WorksExist(site=str(site), name=works.name)
    works.planned_end_on = months_after(planned_start_on, planned_months)
    works.save(force_insert=True)
    works.units.set(chosen)
    index_works([works.pk])
    record_change(actor=actor, verb="add", rows=[works], scope=works.zone_id, name=works.name, site=site.pk)
    return works


@transaction.atomic
def change_works(
    *,
    actor: User | None,
    works: Works,
    version: int | None,
    units: Iterable[Unit] | None = None,
    **values: Any,
) -> Works:
    """Edit the facts of works, and the units they touch while they have not begun.

    Raises Stale when somebody saved them since ``version``, PhasesAboveBudget when the phases would no longer fit,
    WorksNotThere when the units are changed under way, and as ``add_works`` does.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.WORKS, works.site)
    _refuse_unknown(values, WORKS_FACTS)
    works = _locked(works.pk)
    check_version(works, version, yours=values)
    if "name" in values:
        values["name"] = _tidy(values["name"])
        if Works.objects.filter(site=works.site, name=values["name"]).exclude(pk=works.pk).exists():
            raise WorksExist(site=str(works.site), name=values["name"])
    wanted = Works(zone_id=works.zone_id, site=works.site, phased_cny=works.phased_cny)
    for name in WORKS_FACTS:
        setattr(wanted, name, values.get(name, getattr(works, name)))
    check_facts(wanted)
    check_budget(wanted.budget_cny, works.phased_cny)
    values["planned_end_on"] = months_after(wanted.planned_start_on, wanted.planned_months)
    changed = save_record(works, **values)
    if units is not None:
        changed |= _set_units(works, _own_units(works.site, units))
    if changed:
        index_works([works.pk])
        record_change(actor=actor, verb="change", rows=[works], scope=works.zone_id, changed=changed)
    return works


@transaction.atomic
def add_phase(
    *, actor: User | None, works: Works, number: int, budget_cny: Decimal, name: str = ""
) -> WorksPhase:
    """Enter a phase of works with its part of the budget, yuan.

    Raises PhaseExists for a number that is taken and PhasesAboveBudget when the phases would come to more than the
    whole, WrongInput for works without a budget.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.WORKS, works.site)
    works = _locked(works.pk)
    if number < 1:
        raise WrongInput(field=_("期次"), why=_("从 1 起。"))
    if WorksPhase.objects.filter(works=works, number=number).exists():
        raise PhaseExists(works=works.name, number=number)
    _put_phased(works, works.phased_cny + check_amount(budget_cny))
    phase = WorksPhase.objects.create(
        zone_id=works.zone_id,
        works=works,
        number=number,
        name=name.strip() or (_("首期") if number == 1 else _("第 {number} 期").format(number=number)),
        budget_cny=budget_cny,
    )
    record_change(
        actor=actor,
        verb="add",
        rows=[phase, works],
        scope=works.zone_id,
        number=number,
        budget_cny=budget_cny,
    )
    return phase


@transaction.atomic
def change_phase(*, actor: User | None, phase: WorksPhase, version: int | None, **values: Any) -> WorksPhase:
    """Edit name or budget_cny of a phase; raises Stale, PhasesAboveBudget and WrongInput."""
    selectors.require_at(actor, Verb.CHANGE, Thing.WORKS, phase.works.site)
    _refuse_unknown(values, frozenset({"name", "budget_cny"}))
    works = _locked(phase.works_id)
    phase = WorksPhase.objects.select_for_update(no_key=True).get(pk=phase.pk)
    check_version(phase, version, yours=values)
    if "budget_cny" in values:
        _put_phased(works, works.phased_cny - phase.budget_cny + check_amount(values["budget_cny"]))
    changed = save_record(phase, **values)
    if changed:
        record_change(actor=actor, verb="change", rows=[phase, works], scope=works.zone_id, changed=changed)
    return phase


@transaction.atomic
def record_progress(
    *,
    actor: User | None,
    works: Works,
    event: str,
    on: date,
    percent: Decimal | None = None,
    spent_cny: Decimal | None = None,
    expected_on: date | None = None,
    detail: str = "",
    evidence: Attachment | None = None,
    evidence_note: str = "",
    batch: ImportBatch | None = None,
    batch_row: int | None = None,
) -> WorksProgress:
    """Enter that works began, came on or were finished on a day.

    With the beginning their units come into the state 改造中; with the end they are free, go back to the firm that
    signed for them, or leave the stock where the works are a demolition. Raises WorksNotThere for an event out of
    turn, UnitInUse for a unit with somebody in it, and WrongInput.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.WORKS, works.site)
    works = _locked(works.pk)
    refuse_future(on, works.zone)
    entry = WorksProgress(
        zone_id=works.zone_id,
        works=works,
        event=WorksProgress.Event(event),
        happened_on=on,
        percent=Decimal(100) if event == WorksProgress.Event.FINISHED else percent,
        spent_cny=spent_cny,
        expected_on=expected_on,
        detail=detail.strip(),
        evidence=evidence,
        evidence_note=evidence_note.strip(),
        batch=batch,
        batch_row=batch_row,
    )
    live = WorksProgress.objects.live().filter(works=works)
    check_turn(works, entry, dict(live.values_list("event", "happened_on")))
    check_progress(entry)
    add_entry(entry, actor=actor, at=zones.now(works.zone))
    if entry.event == WorksProgress.Event.STARTED:
        entry.unit_states.set(_begin_units(actor, works, on))
    elif entry.event == WorksProgress.Event.FINISHED:
        entry.unit_states.set(_free_units(actor, works, on))
    _refresh(works)
    record_change(
        actor=actor,
        verb="progress",
        rows=[works],
        scope=works.zone_id,
        entry=entry.pk,
        event=entry.event,
        on=on,
    )
    return entry


@transaction.atomic
def correct_progress(
    *, actor: User | None, entry: WorksProgress, reason: str, **values: Any
) -> WorksProgress:
    """Replace an entry by one that says it right; the states of the units that it brought about follow its day."""
    selectors.require_at(actor, Verb.CHANGE, Thing.WORKS, entry.works.site)
    _refuse_unknown(values, CORRECTABLE)
    works = _locked(entry.works_id)
    zone = works.zone
    on = values.get("happened_on", entry.happened_on)
    refuse_future(on, zone)
    states = list(entry.unit_states.select_related("unit__site"))
    successor = correct_entry(entry, actor=actor, at=zones.now(zone), reason=reason, **values)
    check_progress(successor)
    check_order(works, list(WorksProgress.objects.live().filter(works=works)))
    moved = [_moved(actor, state, on, reason) for state in states]
    successor.unit_states.set(moved)
    _refresh(works)
    record_change(
        actor=actor,
        verb="correct",
        rows=[works],
        scope=works.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


@transaction.atomic
def void_progress(*, actor: User | None, entry: WorksProgress, reason: str) -> WorksProgress:
    """Take an entry out of every count, with the states of units that it brought about.

    Raises WorksNotThere for a beginning while something after it stands.
    """
    selectors.require_at(actor, Verb.VOID, Thing.WORKS, entry.works.site)
    works = _locked(entry.works_id)
    states = list(entry.unit_states.select_related("unit__site"))
    successor = void_entry(entry, actor=actor, at=zones.now(works.zone), reason=reason)
    check_order(works, list(WorksProgress.objects.live().filter(works=works)))
    for state in states:
        if state.is_live:
            void_unit_state(actor=actor, entry=state, reason=reason)
    _refresh(works)
    record_change(
        actor=actor,
        verb="void",
        rows=[works],
        scope=works.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


def _begin_units(actor: User | None, works: Works, on: date) -> list[UnitState]:
    states = []
    for unit in works.units.select_related("site", "building", "floor"):
        refuse_used(unit, unit.state)
        if unit.state != Unit.State.IN_WORKS:
            states.append(
                change_unit_state(
                    actor=actor,
                    unit=unit,
                    state=Unit.State.IN_WORKS,
                    on=on,
                    evidence_note=_("{works}开工").format(works=works.name),
                )
            )
    return states


def _free_units(actor: User | None, works: Works, on: date) -> list[UnitState]:
    rows = works.units.filter(state=Unit.State.IN_WORKS).select_related("site", "building", "floor")
    return [
        change_unit_state(
            actor=actor,
            unit=unit,
            on=on,
            evidence_note=_("{works}竣工").format(works=works.name),
            **state_after(works, selectors.in_order(UnitState.objects.live().filter(unit=unit))),
        )
        for unit in rows
    ]


def refuse_used(unit: Unit, state: str) -> None:
    """Refuse a unit that works would begin in while somebody is in it."""
    if state not in FREE:
        raise UnitInUse(unit=str(unit), state=str(Unit.State(state).label), pk=unit.pk)


def state_after(works: Works, history: Iterable[UnitState]) -> dict[str, Any]:
    """Return what a unit is once its works are done: gone, back to the firm that had signed, or free.

    ``history`` are the unit's live states, newest first.
    """
    if works.kind == Works.Kind.DEMOLITION:
        return {"state": Unit.State.WITHDRAWN, "why": str(UnitState.Cause.DEMOLISHED.label)}
    before = next((state for state in history if state.state != Unit.State.IN_WORKS), None)
    if before is not None and before.state == Unit.State.SIGNED:
        return {
            "state": Unit.State.SIGNED,
            "enterprise": before.enterprise,
            "occupant": before.occupant_name,
        }
    return {"state": Unit.State.VACANT}


def _moved(actor: User | None, state: UnitState, on: date, reason: str) -> UnitState:
    if state.happened_on == on or not state.is_live:
        return state
    return correct_unit_state(actor=actor, entry=state, reason=reason, happened_on=on)


def _refresh(works: Works) -> None:
    """Repeat on the works what their live entries say."""
    entries = list(WorksProgress.objects.live().filter(works=works).order_by("-happened_on", "-pk"))
    days = {entry.event: entry.happened_on for entry in reversed(entries)}
    save_record(
        works,
        started_on=days.get(WorksProgress.Event.STARTED),
        finished_on=days.get(WorksProgress.Event.FINISHED),
        percent=next((entry.percent for entry in entries if entry.percent is not None), None),
        expected_on=next((entry.expected_on for entry in entries if entry.expected_on is not None), None),
    )


def check_turn(works: Works, entry: WorksProgress, events: Mapping[str, date]) -> None:
    """Refuse an event out of turn, beside the days of the live ones; reads nothing."""
    begun, ended = events.get(WorksProgress.Event.STARTED), events.get(WorksProgress.Event.FINISHED)
    if entry.event == WorksProgress.Event.STARTED:
        wrong = _("已于 {day} 开工").format(day=begun.isoformat()) if begun else ""
    elif begun is None:
        wrong = _("尚未开工")
    elif entry.happened_on < begun:
        wrong = _("{day} 才开工").format(day=begun.isoformat())
    else:
        wrong = _("已于 {day} 竣工").format(day=ended.isoformat()) if ended else ""
    if wrong:
        raise WorksNotThere(works=works.name, state=wrong, event=str(entry.get_event_display()))


def check_order(works: Works, entries: Sequence[WorksProgress]) -> None:
    """Refuse live entries of which one lies before the beginning, or after the end; reads nothing."""
    begun = next((entry for entry in entries if entry.event == WorksProgress.Event.STARTED), None)
    ended = next((entry for entry in entries if entry.event == WorksProgress.Event.FINISHED), None)
    for entry in entries:
        if begun is None:
            state = _("尚未开工")
        elif entry.happened_on < begun.happened_on:
            state = _("{day} 才开工").format(day=begun.happened_on.isoformat())
        elif ended is not None and entry.happened_on > ended.happened_on:
            state = _("已于 {day} 竣工").format(day=ended.happened_on.isoformat())
        else:
            continue
        raise WorksNotThere(works=works.name, state=state, event=str(entry.get_event_display()))


def check_progress(entry: WorksProgress) -> None:
    """Refuse what an entry may not say; reads nothing."""
    if entry.percent is not None and not 0 <= entry.percent <= 100:
        raise WrongInput(field=_("形象进度"), why=_("应在 0 到 100 之间。"))
    if entry.spent_cny is not None and entry.spent_cny < 0:
        raise WrongInput(field=_("累计完成投资"), why=_("不能小于 0。"))
    if entry.expected_on is not None and entry.expected_on < entry.happened_on:
        raise WrongInput(field=_("预计竣工"), why=_("不能早于登记事项的日期。"))


def check_facts(works: Works) -> None:
    """Refuse facts that works may not have; reads nothing."""
    if not 1 <= works.planned_months <= MOST_MONTHS:
        raise WrongInput(field=_("建设周期"), why=_("应为 1 到 {most} 个月。").format(most=MOST_MONTHS))
    if not 0 <= works.months_to_occupancy <= MOST_MONTHS:
        raise WrongInput(field=_("竣工到首批入驻"), why=_("应为 0 到 {most} 个月。").format(most=MOST_MONTHS))
    for label, value in ((_("建筑面积"), works.gross_area_m2), (_("总投资预算"), works.budget_cny)):
        if value is not None and value <= 0:
            raise WrongInput(field=label, why=_("必须大于 0。"))
    if works.land_area is not None and works.land_area < 0:
        raise WrongInput(field=_("占地面积"), why=_("不能小于 0。"))
    building: Building | None = works.building
    if building is not None and building.site_id != works.site_id:
        raise PlaceMismatch(place=str(building), site=str(works.site))


def check_budget(budget_cny: Decimal | None, phased_cny: Decimal) -> None:
    """Refuse phases that come to more than the whole, yuan."""
    if phased_cny and (budget_cny is None or phased_cny > budget_cny):
        raise PhasesAboveBudget(
            phases=f"{phased_cny / 10000:,.2f}", budget=f"{(budget_cny or Decimal(0)) / 10000:,.2f}"
        )


def _put_phased(works: Works, phased_cny: Decimal) -> None:
    check_budget(works.budget_cny, phased_cny)
    save_record(works, phased_cny=phased_cny)


def check_amount(value: Decimal) -> Decimal:
    """Return a budget, yuan; one below 0 is refused."""
    if value < 0:
        raise WrongInput(field=_("投资预算"), why=_("不能小于 0。"))
    return value


def _own_units(site: Site, units: Iterable[Unit]) -> list[Unit]:
    chosen = list(units)
    for unit in chosen:
        if unit.site_id != site.pk:
            raise PlaceMismatch(place=str(unit), site=str(site))
    return chosen


def _set_units(works: Works, wanted: Sequence[Unit]) -> dict[str, Any]:
    before, after = set(works.units.values_list("pk", flat=True)), {unit.pk for unit in wanted}
    if before == after:
        return {}
    if works.started_on is not None:
        state = _("已于 {day} 开工").format(day=works.started_on.isoformat())
        raise WorksNotThere(works=works.name, state=state, event=_("变更房源"))
    works.units.set(wanted)
    return {"units": [sorted(before), sorted(after)]}


def _refuse_unknown(values: dict[str, Any], known: frozenset[str]) -> None:
    unknown = set(values) - known
    if unknown:
        raise TypeError(f"not facts of works: {sorted(unknown)}")


def _tidy(name: str) -> str:
    text = " ".join(name.split())
    if not text:
        raise WrongInput(field=_("项目名称"), why=_("不能为空。"))
    return text[:80]


def _locked(pk: int) -> Works:
    rows = Works.objects.select_related("zone", "site", "building")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
