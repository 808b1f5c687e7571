"""Planned arrivals: planned for a month, changed, arrived, called off."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import ArrivalOver, ArrivalPlanned, PlaceMismatch
from ..models import Arrival, Building, Site, Unit
from .places import tidy
from .states import refuse_future

PLANNED = frozenset({"who", "expected_month", "building", "unit", "note"})


@transaction.atomic
def plan_arrival(
    *,
    actor: User | None,
    site: Site,
    who: str,
    expected_month: date,
    building: Building | None = None,
    unit: Unit | None = None,
    note: str = "",
) -> Arrival:
    """Enter that somebody is to arrive at a building, or at one of its units, in a month (any day of it).

    Raises ArrivalPlanned when the same is planned for the same month already, and PlaceMismatch.
    """
    selectors.require_at(actor, Verb.ADD, Thing.ARRIVAL, site)
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    arrival = Arrival(
        zone_id=site.zone_id,
        site=site,
        building=building or (unit.building if unit else None),
        unit=unit,
        who=tidy(who, _("引进对象"))[:120],
        expected_month=expected_month.replace(day=1),
        note=note.strip(),
    )
    _check(arrival)
    arrival.save(force_insert=True)
    record_change(
        actor=actor,
        verb="add",
        rows=[arrival],
        scope=site.zone_id,
        who=arrival.who,
        month=arrival.expected_month,
        place=str(arrival.place),
    )
    return arrival


@transaction.atomic
def change_arrival(
    *, actor: User | None, arrival: Arrival, version: int | None, reason: str = "", **values: Any
) -> Arrival:
    """Change an open plan: who, expected_month, building, unit, note. Another month needs a reason.

    Raises ArrivalOver, ReasonNeeded, Stale, and as ``plan_arrival`` does.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.ARRIVAL, arrival.site)
    if unknown := set(values) - PLANNED:
        raise TypeError(f"not part of a planned arrival: {sorted(unknown)}")
    arrival = _locked_open(arrival.pk)
    check_version(arrival, version, yours=values)
    if "expected_month" in values:
        values["expected_month"] = values["expected_month"].replace(day=1)
        if values["expected_month"] != arrival.expected_month and not reason.strip():
            raise ReasonNeeded(what=_("调整月份"))
    if "who" in values:
        values["who"] = tidy(values["who"], _("引进对象"))[:120]
    if values.get("unit") is not None and "building" not in values:
        values["building"] = values["unit"].building
    changed = save_record(arrival, **values)
    arrival = Arrival.objects.select_related("zone", "site", "building", "unit").get(pk=arrival.pk)
    _check(arrival)
    if changed:
        record_change(
            actor=actor,
            verb="change",
            rows=[arrival],
            scope=arrival.zone_id,
            changed=changed,
            reason=reason.strip(),
        )
    return arrival


@transaction.atomic
def finish_arrival(*, actor: User | None, arrival: Arrival, on: date) -> Arrival:
    """Enter that somebody who was planned arrived on a day; raises ArrivalOver and WrongInput for a day to come."""
    selectors.require_at(actor, Verb.CHANGE, Thing.ARRIVAL, arrival.site)
    arrival = _locked_open(arrival.pk)
    refuse_future(on, arrival.zone)
    changed = save_record(arrival, done_on=on)
    record_change(actor=actor, verb="arrive", rows=[arrival], scope=arrival.zone_id, changed=changed)
    return arrival


@transaction.atomic
def call_off_arrival(*, actor: User | None, arrival: Arrival, reason: str) -> Arrival:
    """Call a plan off with the reason; raises ArrivalOver and ReasonNeeded."""
    selectors.require_at(actor, Verb.VOID, Thing.ARRIVAL, arrival.site)
    arrival = _locked_open(arrival.pk)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("引进", "取消"))
    save_record(arrival, is_called_off=True, called_off_why=reason.strip()[:200])
    record_change(actor=actor, verb="call_off", rows=[arrival], scope=arrival.zone_id, reason=reason.strip())
    return arrival


@transaction.atomic
def reopen_arrival(*, actor: User | None, arrival: Arrival, reason: str) -> Arrival:
    """Take back that a plan was done or called off by mistake; raises ReasonNeeded, and WrongInput when it is open."""
    selectors.require_at(actor, Verb.CHANGE, Thing.ARRIVAL, arrival.site)
    rows = Arrival.objects.select_related("zone", "site", "building", "unit")
    arrival = rows.select_for_update(of=("self",), no_key=True).get(pk=arrival.pk)
    if arrival.is_open:
        raise WrongInput(field=_("引进计划"), why=_("尚未办结。"))
    if not reason.strip():
        raise ReasonNeeded(what=_("恢复计划"))
    changed = save_record(arrival, done_on=None, is_called_off=False, called_off_why="")
    record_change(
        actor=actor,
        verb="reopen",
        rows=[arrival],
        scope=arrival.zone_id,
        changed=changed,
        reason=reason.strip(),
    )
    return arrival


def _locked_open(pk: int) -> Arrival:
    rows = Arrival.objects.select_related("zone", "site", "building", "unit")
    arrival = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if not arrival.is_open:
        how = _("已到位") if arrival.done_on else pgettext("引进", "已取消")
        raise ArrivalOver(who=arrival.who, how=how, pk=arrival.pk)
    return arrival


def _check(arrival: Arrival) -> None:
    for place in (arrival.building, arrival.unit):
        if place is not None and place.site_id != arrival.site_id:
            raise PlaceMismatch(place=str(place), site=str(arrival.site))
    if arrival.unit is not None and arrival.unit.building_id != arrival.building_id:
        raise PlaceMismatch(place=str(arrival.unit), site=str(arrival.building))
    same = Arrival.objects.filter(
        site=arrival.site,
        building=arrival.building,
        unit=arrival.unit,
        expected_month=arrival.expected_month,
        is_called_off=False,
    ).exclude(pk=arrival.pk)
    key = selectors.name_key(arrival.who)
    if any(selectors.name_key(who) == key for who in same.values_list("who", flat=True)):
        raise ArrivalPlanned(
            who=arrival.who, place=str(arrival.place), month=f"{arrival.expected_month:%Y-%m}"
        )
