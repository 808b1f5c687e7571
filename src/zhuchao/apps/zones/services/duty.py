"""The duty roster 365天天帮: fill it, change it, swap two days."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record

from ..errors import NotWorkingHere, OnDutyAlready
from ..models import DutyShift, User, Zone
from ..selectors import Thing, Verb, require
from ..selectors.duty import rest_days, standing_shifts
from ..selectors.people import last_days_in, works_in

LONGEST_FILL_DAYS = 731


@transaction.atomic
def fill_duty(
    *, actor: User | None, zone: Zone, officers: Sequence[User], since: date, until: date, note: str = ""
) -> list[DutyShift]:
    """Put officers in turn on every day from ``since`` to ``until`` that nobody stands; return the new shifts.

    Days of rest have a turn of their own, so that holidays fall on everybody alike, and both turns go on from
    where the roster left off. An officer whose role ends is passed over from then on. Safe to repeat.

    Raises NotWorkingHere, and WrongInput where no officer is left for some day.
    """
    require(actor, Verb.ADD, Thing.DUTY, zone)
    if not officers or len({officer.pk for officer in officers}) != len(officers):
        raise WrongInput(field=_("值班人"), why=_("请至少选择一人，且不重复"))
    if not since <= until <= since + timedelta(days=LONGEST_FILL_DAYS):
        raise WrongInput(field=_("止"), why=_("须不早于起始日期，且不超过两年"))
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    last_days = last_days_in(zone, [officer.pk for officer in officers])
    for officer in officers:
        if not officer.is_active or officer.pk not in last_days:
            raise NotWorkingHere(person=str(officer), zone=zone.name)
    before = since - timedelta(days=366)
    rest = rest_days(before, until)
    standing: dict[date, list[int]] = {}
    for shift in standing_shifts(zone, before, until):
        standing.setdefault(shift.day, []).append(shift.officer_id)
    turns = {False: list(officers), True: list(officers)}
    shifts = []
    for n in range((until - before).days + 1):
        day = before + timedelta(days=n)
        turn = turns[day in rest]
        if day >= since and day not in standing:
            able = [one for one in turn if last_days[one.pk] >= day]
            if not able:
                why = _("{day}起没有在岗人员可排").format(day=day.isoformat())
                raise WrongInput(field=_("值班人"), why=why)
            shifts.append(DutyShift(zone=zone, day=day, officer=able[0], note=note))
            standing[day] = [able[0].pk]
        # Whoever stood goes to the end of the turn.
        turn.sort(key=lambda one: one.pk in standing.get(day, ()))
    shifts = DutyShift.objects.bulk_create(shifts, batch_size=1000)
    if shifts:
        record_change(
            actor=actor,
            verb="fill",
            rows=shifts,
            scope=zone.pk,
            since=since,
            until=until,
            officers=[officer.pk for officer in officers],
        )
    return shifts


@transaction.atomic
def add_shift(*, actor: User | None, zone: Zone, day: date, officer: User, note: str = "") -> DutyShift:
    """Put one more officer on duty on a day."""
    require(actor, Verb.ADD, Thing.DUTY, zone)
    _refuse_officer(zone, day, officer)
    shift = DutyShift.objects.create(zone=zone, day=day, officer=officer, note=note)
    record_change(actor=actor, verb="add", rows=[shift], scope=zone.pk, day=day, officer=officer)
    return shift


@transaction.atomic
def edit_shift(
    *, actor: User | None, shift: DutyShift, seen_version: int | None, officer: User, note: str
) -> DutyShift:
    """Change who stands a shift, or its note. Raises Stale, NotWorkingHere and OnDutyAlready."""
    require(actor, Verb.CHANGE, Thing.DUTY, shift.zone_id)
    shift = (
        DutyShift.objects.select_for_update(of=("self",), no_key=True).select_related("zone").get(pk=shift.pk)
    )
    check_version(shift, seen_version, yours={"officer": officer, "note": note})
    if officer.pk != shift.officer_id:
        _refuse_officer(shift.zone, shift.day, officer)
    changes = save_record(shift, officer=officer, note=note)
    if changes:
        record_change(actor=actor, verb="edit", rows=[shift], scope=shift.zone_id, changes=changes)
    return shift


@transaction.atomic
def swap_shifts(*, actor: User | None, shift: DutyShift, other: DutyShift) -> tuple[DutyShift, DutyShift]:
    """Let the officers of two shifts stand each other's day. Raises OnDutyAlready."""
    require(actor, Verb.CHANGE, Thing.DUTY, shift.zone_id)
    if other.zone_id != shift.zone_id or other.day == shift.day:
        raise WrongInput(field=_("对换的班次"), why=_("须为本辖区另一天的班次"))
    rows = (
        DutyShift.objects.select_for_update(of=("self",), no_key=True)
        .select_related("zone", "officer")
        .order_by("pk")
    )
    locked = {row.pk: row for row in rows.filter(pk__in=(shift.pk, other.pk))}
    one, two = locked[shift.pk], locked[other.pk]
    first, second = one.officer, two.officer
    if first.pk == second.pk:
        raise WrongInput(field=_("对换的班次"), why=_("两个班次是同一人"))
    _refuse_officer(one.zone, one.day, second)
    _refuse_officer(two.zone, two.day, first)
    changes = [save_record(one, officer=second), save_record(two, officer=first)]
    record_change(actor=actor, verb="swap", rows=[one, two], scope=one.zone_id, changes=changes)
    return one, two


@transaction.atomic
def remove_shift(*, actor: User | None, shift: DutyShift) -> None:
    """Take a shift off the roster; the day shows as a gap when nobody else stands it."""
    require(actor, Verb.CHANGE, Thing.DUTY, shift.zone_id)
    record_change(
        actor=actor, verb="remove", rows=[shift], scope=shift.zone_id, day=shift.day, officer=shift.officer_id
    )
    shift.delete()


def _refuse_officer(zone: Zone, day: date, officer: User) -> None:
    if not works_in(officer, zone) or last_days_in(zone, [officer.pk])[officer.pk] < day:
        raise NotWorkingHere(person=str(officer), zone=zone.name)
    if DutyShift.objects.filter(zone=zone, day=day, officer=officer).exists():
        raise OnDutyAlready(officer=str(officer), day=day.isoformat())
