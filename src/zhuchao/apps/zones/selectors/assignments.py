"""Which officer answers for what, and how much each has on hand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound

from ..models import Assignment, Department, Membership, User, Zone
from .people import officers_of
from .permissions import Thing, Verb, zone_ids


@dataclass
class OfficerLoad:
    """What one officer has on hand: how many things, by kind, and the sum of their shares (1.0 is one whole thing)."""

    officer: User
    departments: list[Department] = field(default_factory=list)
    by_thing: Counter[str] = field(default_factory=Counter)
    credit: Decimal = Decimal(0)

    @property
    def count(self) -> int:
        return sum(self.by_thing.values())

    @property
    def skills(self) -> list[str]:
        return list(self.officer.skills)


@dataclass
class SquadLoad:
    """A department, its officers and what they have on hand together, each thing once."""

    department: Department | None
    officers: list[OfficerLoad]
    count: int


def thing_of(label: str) -> Thing | None:
    """Return what permissions call a kind of row (``promotion.lead`` -> lead), or None if they know none."""
    name = label.rpartition(".")[2]
    return next((thing for thing in Thing if thing == name), None)


def visible_assignments(actor: User | AnonymousUser | None) -> QuerySet[Assignment]:
    """Return the assignments to things this person may see: an assignment's label names the thing."""
    rows = Assignment.objects.select_related("officer", "department")
    if actor is None:
        return rows
    scope = Q(pk__in=())
    for thing in Thing:
        zones = zone_ids(actor, Verb.VIEW, thing, whole=True)
        if zones:
            scope |= Q(thing__endswith=f".{thing}", zone_id__in=zones)
    return rows.filter(scope)


def get_assignment(actor: User | AnonymousUser | None, pk: int) -> Assignment:
    """Return an assignment; raises NotFound when it is hidden or missing."""
    found = visible_assignments(actor).select_related("zone", "officer", "department").filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该项指派"))
    return found


def assignments_of(actor: User | AnonymousUser | None, thing: str, row_id: int) -> QuerySet[Assignment]:
    """Return who answered for one thing, newest first, those who handed over included."""
    return visible_assignments(actor).filter(thing=thing, row_id=row_id).order_by("-since", "-pk")


def shares_of(
    thing: str, row_ids: Iterable[int], at: datetime | None = None
) -> dict[int, list[tuple[int | None, Decimal]]]:
    """Return for each thing its departments with their shares in percent, now or as they were at a moment.

    What nobody answers for is not in it. The pairs are what ``rollup.by_department`` takes.
    """
    rows = Assignment.objects.filter(thing=thing, row_id__in=list(row_ids))
    rows = (
        rows.filter(until__isnull=True)
        if at is None
        else rows.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)
    )
    found: dict[int, list[tuple[int | None, Decimal]]] = {}
    for row_id, department_id, share in rows.order_by("pk").values_list("row_id", "department_id", "share"):
        found.setdefault(row_id, []).append((department_id, share))
    return found


def load_of(zone: Zone) -> list[OfficerLoad]:
    """Return every officer of a zone with skills, departments and open assignments, the least loaded first.

    Somebody with open assignments is listed even when their role has ended: that work needs a hand-over.
    """
    departments = Prefetch(
        "memberships",
        Membership.objects.filter(zone=zone, until__isnull=True, department__isnull=False).select_related(
            "department"
        ),
        to_attr="departments_here",
    )
    open_rows = list(
        Assignment.objects.filter(zone=zone, until__isnull=True).values_list("officer_id", "thing", "share")
    )
    ids = set(officers_of(zone).values_list("pk", flat=True)) | {row[0] for row in open_rows}
    loads = {
        person.pk: OfficerLoad(person, departments=_distinct(m.department for m in person.departments_here))
        for person in User.objects.filter(pk__in=ids)
        .order_by("display_name", "pk")
        .prefetch_related(departments)
    }
    for officer_id, thing, share in open_rows:
        load = loads[officer_id]
        load.by_thing[thing] += 1
        load.credit += share / 100
    return sorted(loads.values(), key=lambda load: (load.count, load.officer.display_name, load.officer.pk))


def squads_of(zone: Zone) -> list[SquadLoad]:
    """Return the active departments of a zone with their officers' load, the office first as 14312 names them.

    Last come the officers of no department.
    """
    loads = load_of(zone)
    homes: dict[int, list[int | None]] = {load.officer.pk: [d.pk for d in load.departments] for load in loads}
    things: dict[int | None, set[tuple[str, int]]] = {}
    rows = Assignment.objects.filter(zone=zone, until__isnull=True)
    for officer_id, thing, row_id in rows.values_list("officer_id", "thing", "row_id"):
        for department_id in homes.get(officer_id) or [None]:
            things.setdefault(department_id, set()).add((thing, row_id))
    squads = [
        SquadLoad(
            department,
            [load for load in loads if department in load.departments],
            len(things.get(department.pk, ())),
        )
        for department in sorted(
            Department.objects.filter(zone=zone, is_active=True),
            key=lambda one: (Department.Kind.values.index(one.kind), one.name),
        )
    ]
    alone = [load for load in loads if not load.departments]
    return [*squads, SquadLoad(None, alone, len(things.get(None, ())))] if alone else squads


def _distinct(departments: Iterable[Department | None]) -> list[Department]:
    return list({department.pk: department for department in departments if department}.values())
