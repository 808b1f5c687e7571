"""Who answers for what: give it, share it, hand it over. What was is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change

from ..errors import HandedOverAlready, NotWorkingHere, SharesNotWhole
from ..models import Assignment, Department, User, Zone
from ..selectors import Verb, may, now, require
from ..selectors.assignments import thing_of
from ..selectors.people import officers_of, works_in

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Part:
    """One officer's part in a thing; ``share`` in percent."""

    officer: User
    department: Department | None = None
    share: Decimal = WHOLE


@dataclass(frozen=True)
class Given:
    """One thing that comes to one officer, for ``assign_many``."""

    row_id: int
    label: str
    officer_id: int
    department_id: int | None = None


@transaction.atomic
def assign(
    *,
    actor: User | None,
    zone: Zone,
    thing: str,
    row_id: int,
    label: str,
    officer: User,
    department: Department | None = None,
    reason: str = "",
) -> Assignment:
    """Make one officer answer for a thing alone, in whatever hands it was; return the open assignment.

    ``thing`` is the model's label (``promotion.lead``). The first assignment may be made by whoever may add the
    thing; a later one needs the verb assign. Saying the same again changes nothing.
    """
    parts = [Part(officer, department)]
    return assign_jointly(
        actor=actor, zone=zone, thing=thing, row_id=row_id, label=label, parts=parts, reason=reason
    )[0]


@transaction.atomic
def assign_jointly(
    *,
    actor: User | None,
    zone: Zone,
    thing: str,
    row_id: int,
    label: str,
    parts: Sequence[Part],
    reason: str = "",
) -> list[Assignment]:
    """Make several officers answer for a thing together; their shares must make 100.

    What they held before and keep as it was stays open; the rest ends now and the new begins now.
    Raises SharesNotWhole and NotWorkingHere.
    """
    # The zone row is the lock: there is no row of the thing to lock here, and two first assignments would both win.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    open_rows = list(
        Assignment.objects.filter(zone=zone, thing=thing, row_id=row_id, until__isnull=True).order_by("pk")
    )
    _require(actor, zone, thing, is_first=not open_rows)
    _refuse_parts(zone, parts, held={row.officer_id for row in open_rows})
    moment = now(zone)
    kept: list[Assignment] = []
    ended: list[Assignment] = []
    wanted = {part.officer.pk: part for part in parts}
    for row in open_rows:
        part = wanted.get(row.officer_id)
        same = part is not None and (_pk(part.department), part.share) == (row.department_id, row.share)
        (kept if same else ended).append(row)
    _end(ended, moment)
    new = [
        Assignment(
            zone=zone,
            thing=thing,
            row_id=row_id,
            label=label[:120],
            officer=part.officer,
            department=part.department,
            share=part.share,
            since=moment,
            reason=reason,
        )
        for part in parts
        if part.officer.pk not in {row.officer_id for row in kept}
    ]
    new = Assignment.objects.bulk_create(new)
    if new or ended:
        record_change(
            actor=actor,
            verb="assign",
            rows=[*ended, *new],
            scope=zone.pk,
            of=thing,
            row=row_id,
            officers=[part.officer.pk for part in parts],
            shares=[part.share for part in parts],
            reason=reason,
        )
    return [*kept, *new]


@transaction.atomic
def hand_over(
    *,
    actor: User | None,
    assignment: Assignment,
    officer: User,
    department: Department | None = None,
    reason: str,
) -> Assignment:
    """Hand an officer's part in a thing over to another; the share goes with it, and so does the unit's credit.

    ``department`` moves the credit to another unit. Who has a part already takes both shares. Returns the
    open assignment. Raises HandedOverAlready and NotWorkingHere.
    """
    zone = Zone.objects.select_for_update(no_key=True).get(pk=assignment.zone_id)
    rows = Assignment.objects.select_for_update(no_key=True).filter(
        thing=assignment.thing, row_id=assignment.row_id, until__isnull=True
    )
    by_officer = {row.officer_id: row for row in rows}
    held = by_officer.get(assignment.officer_id)
    if held is None or held.pk != assignment.pk:
        raise HandedOverAlready(label=assignment.label)
    _require(actor, zone, held.thing, is_first=False)
    if not reason.strip():
        raise WrongInput(field=_("交接原因"), why=_("请说明为什么交接"))
    if officer.pk == held.officer_id:
        raise WrongInput(field=_("接手人"), why=_("不能交接给本人"))
    _refuse_parts(zone, [Part(officer)], held=set())
    other = by_officer.get(officer.pk)
    moment = now(zone)
    ended = [row for row in (held, other) if row is not None]
    _end(ended, moment)
    taken = Assignment.objects.create(
        zone=zone,
        thing=held.thing,
        row_id=held.row_id,
        label=held.label,
        officer=officer,
        department=department or (other.department if other else None) or held.department,
        share=sum((row.share for row in ended), Decimal(0)),
        since=moment,
        reason=reason.strip(),
    )
    record_change(
        actor=actor,
        verb="hand_over",
        rows=[*ended, taken],
        scope=zone.pk,
        of=held.thing,
        row=held.row_id,
        giver=held.officer_id,
        taker=officer.pk,
        reason=reason.strip(),
    )
    return taken


@transaction.atomic
def end_assignments(
    *, actor: User | None, zone: Zone, thing: str, row_id: int, reason: str
) -> list[Assignment]:
    """Take a thing out of all hands; return the assignments that ended. Nobody answers for it until it is given anew.

    The caller says who may: the thing's own rules stand in its app. Safe to repeat.
    """
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    rows = Assignment.objects.select_for_update(no_key=True).filter(
        zone=zone, thing=thing, row_id=row_id, until__isnull=True
    )
    ended = list(rows.order_by("pk"))
    _end(ended, now(zone))
    if ended:
        record_change(actor=actor, verb="end", rows=ended, scope=zone.pk, of=thing, row=row_id, reason=reason)
    return ended


@transaction.atomic
def assign_many(
    *, actor: User | None, zone: Zone, thing: str, items: Sequence[Given], reason: str = ""
) -> list[Assignment]:
    """Give many things of one kind to one officer each, in few statements; return the new assignments.

    Safe to repeat: what is in those hands already is left alone.
    """
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    wanted = {item.row_id: item for item in items}
    rows = Assignment.objects.filter(zone=zone, thing=thing, until__isnull=True, row_id__in=list(wanted))
    open_rows: dict[int, list[Assignment]] = {}
    for row in rows:
        open_rows.setdefault(row.row_id, []).append(row)
    _require(actor, zone, thing, is_first=not open_rows)
    working = set(officers_of(zone).values_list("pk", flat=True))
    strangers = {item.officer_id for item in items} - working
    if strangers:
        person = User.objects.filter(pk=min(strangers)).first()
        raise NotWorkingHere(person=str(person or ""), zone=zone.name)
    moment = now(zone)
    ended, new = [], []
    for row_id, item in wanted.items():
        held = open_rows.get(row_id, [])
        if [(r.officer_id, r.department_id, r.share) for r in held] == [
            (item.officer_id, item.department_id, WHOLE)
        ]:
            continue
        ended.extend(held)
        new.append(
            Assignment(
                zone=zone,
                thing=thing,
                row_id=row_id,
                label=item.label[:120],
                officer_id=item.officer_id,
                department_id=item.department_id,
                since=moment,
                reason=reason,
            )
        )
    _end(ended, moment)
    new = Assignment.objects.bulk_create(new, batch_size=1000)
    if new:
        record_change(actor=actor, verb="assign", rows=[*ended, *new], scope=zone.pk, of=thing, reason=reason)
    return new


def _require(actor: User | None, zone: Zone, thing: str, *, is_first: bool) -> None:
    permission = thing_of(thing)
    if permission is None:
        raise WrongInput(field=_("对象类型"), why=_("“{thing}”不能指派").format(thing=thing))
    if is_first and may(actor, Verb.ADD, permission, zone):
        return
    require(actor, Verb.ASSIGN, permission, zone)


def _refuse_parts(zone: Zone, parts: Sequence[Part], *, held: set[int]) -> None:
    total = sum((part.share for part in parts), Decimal(0))
    if total != WHOLE or any(part.share <= 0 for part in parts):
        raise SharesNotWhole(total=total.normalize() if total else 0)
    if len({part.officer.pk for part in parts}) != len(parts):
        raise WrongInput(field=_("责任人"), why=_("同一人只能出现一次"))
    for part in parts:
        if part.department is not None and part.department.zone_id != zone.pk:
            raise WrongInput(field=_("责任单位"), why=_("须为本辖区的部门"))
        # Who holds it already may keep it: a joint share changes without sending anybody away.
        if part.officer.pk not in held and not works_in(part.officer, zone):
            raise NotWorkingHere(person=str(part.officer), zone=zone.name)


def _end(rows: Sequence[Assignment], moment: datetime) -> None:
    if rows:
        Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(until=moment)
    for row in rows:
        row.until = moment


def _pk(department: Department | None) -> int | None:
    return department.pk if department is not None else None
