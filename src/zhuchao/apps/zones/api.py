"""The API of zones, people, the roster, sectors, catalogues and alliances."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status
from ninja.security import HttpBearer

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.wording import listed
from zhuchao.web.requests import person_of

from . import selectors, services
from .models import Alliance, Assignment, CatalogueItem, Department, DutyShift, Notice, Sector, User, Zone
from .schemas import (
    AllianceOut,
    AssignmentOut,
    CatalogueOut,
    DepartmentIn,
    DepartmentOut,
    DutyOut,
    HandOverIn,
    NoticeOut,
    PersonOut,
    PhoneOut,
    ReadNoticesOut,
    SectorOut,
    ShiftOut,
    ZoneOut,
)
from .selectors import Thing, Verb

router = Router(tags=["zones"])

MOST = 200
LONGEST_ROSTER_DAYS = 400


class TokenAuth(HttpBearer):
    """Sign a program in by its token (``Authorization: Bearer ...``): it may what its person may."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        person = services.use_token(token)
        if person is not None:
            request.user = person
        return person


def page_of(rows: QuerySet[Any], after: int, limit: int) -> list[Any]:
    """Return at most ``limit`` rows (200 at most) with an id above ``after``, by id."""
    return list(rows.filter(pk__gt=after).order_by("pk")[: max(1, min(limit, MOST))])


@router.get("/zones", response=list[ZoneOut])
def list_zones(request: HttpRequest, after: int = 0, limit: int = 50) -> list[Zone]:
    """List the zones this person may see."""
    return page_of(selectors.visible_zones(request.user), after, limit)


@router.get("/zones/{code}", response=ZoneOut)
def get_zone(request: HttpRequest, code: str) -> Zone:
    """Return one zone by its code."""
    return selectors.get_zone(request.user, code)


@router.get("/departments", response=list[DepartmentOut])
def list_departments(request: HttpRequest, zone: str, after: int = 0, limit: int = 50) -> list[Department]:
    """List the units of a zone's organisation."""
    here = selectors.get_zone(request.user, zone)
    return page_of(selectors.visible_departments(request.user).filter(zone=here), after, limit)


@router.get("/departments/{pk}", response=DepartmentOut)
def get_department(request: HttpRequest, pk: int) -> Department:
    """Return one unit."""
    return selectors.get_department(request.user, pk)


@router.post("/departments", response={201: DepartmentOut})
def add_department(request: HttpRequest, body: DepartmentIn) -> Status[Department]:
    """Add a unit to a zone's organisation."""
    zone = selectors.get_zone(request.user, body.zone)
    parent = selectors.get_department(request.user, body.parent_id) if body.parent_id else None
    if body.kind not in Department.Kind.values:
        raise WrongInput(
            field="kind", why=_("应为其中之一：{kinds}").format(kinds=listed(Department.Kind.values))
        )
    department = services.add_department(
        actor=person_of(request), zone=zone, kind=body.kind, name=body.name, parent=parent
    )
    return Status(201, department)


@router.get("/people", response=list[PersonOut])
def list_people(request: HttpRequest, zone: str, after: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """List the people of a zone, phones masked."""
    here = selectors.get_zone(request.user, zone)
    rows = page_of(selectors.people.people_of(request.user, here), after, limit)
    return [_person(row, row.open_assignments, [m.role for m in row.roles_here]) for row in rows]


@router.get("/people/{pk}", response=PersonOut)
def get_person(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return one person, phone masked."""
    person = selectors.people.get_person(request.user, pk)
    actor = person_of(request)
    load = selectors.assignments.visible_assignments(actor).filter(officer=person, until__isnull=True).count()
    roles = [role.role for role in selectors.people.memberships_of(actor, person)]
    return _person(person, load, roles)


@router.post("/people/{pk}/reveal", response=PhoneOut)
def reveal_phone(request: HttpRequest, pk: int) -> dict[str, str]:
    """Return a person's whole phone number; that it was asked for is written down."""
    person = selectors.people.get_person(request.user, pk)
    return {"phone": services.reveal_phone(actor=person_of(request), person=person)}


@router.get("/people/{pk}/assignments", response=list[AssignmentOut])
def list_assignments(request: HttpRequest, pk: int, after: int = 0, limit: int = 50) -> list[Assignment]:
    """List what a person answers and answered for."""
    person = selectors.people.get_person(request.user, pk)
    rows = selectors.assignments.visible_assignments(request.user).filter(officer=person)
    return page_of(rows, after, limit)


@router.post("/assignments/{pk}/hand-over", response=AssignmentOut)
def hand_over(request: HttpRequest, pk: int, body: HandOverIn) -> Assignment:
    """Hand an officer's part in a thing over to another."""
    assignment = selectors.assignments.get_assignment(request.user, pk)
    officer = selectors.people.get_person(request.user, body.officer_id)
    department = selectors.get_department(request.user, body.department_id) if body.department_id else None
    return services.hand_over(
        actor=person_of(request),
        assignment=assignment,
        officer=officer,
        department=department,
        reason=body.reason,
    )


@router.get("/duty", response=DutyOut)
def get_duty(request: HttpRequest, zone: str, since: date, until: date) -> dict[str, Any]:
    """Return the roster from one day to another, 400 days at most, with the days that nobody stands."""
    here = selectors.get_zone(request.user, zone)
    selectors.require(request.user, Verb.VIEW, Thing.DUTY, here)
    if not since <= until <= since + timedelta(days=LONGEST_ROSTER_DAYS):
        raise WrongInput(
            field="until", why=_("须不早于起始日期，且不超过{n}天").format(n=LONGEST_ROSTER_DAYS)
        )
    shifts = selectors.duty.standing_shifts(here, since, until)
    return {"shifts": [_shift(shift) for shift in shifts], "gaps": selectors.duty.gaps(here, since, until)}


@router.get("/duty/{pk}", response=ShiftOut)
def get_shift(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return one shift."""
    return _shift(selectors.duty.get_shift(request.user, pk))


@router.get("/sectors", response=list[SectorOut])
def list_sectors(
    request: HttpRequest, zone: str, on: date | None = None, after: int = 0, limit: int = 50
) -> list[Sector]:
    """List the industries of a zone, those in force on a day where one is given."""
    here = selectors.get_zone(request.user, zone)
    rows = selectors.sectors.visible_sectors(request.user).filter(zone=here)
    if on is not None:
        rows = rows.filter(pk__in=selectors.sectors.sectors_on(here, on))
    return page_of(rows, after, limit)


@router.get("/sectors/{pk}", response=SectorOut)
def get_sector(request: HttpRequest, pk: int) -> Sector:
    """Return one industry."""
    return selectors.sectors.get_sector(request.user, pk)


@router.get("/catalogue", response=list[CatalogueOut])
def list_catalogue(
    request: HttpRequest, zone: str, kind: str = "", after: int = 0, limit: int = 50
) -> list[CatalogueItem]:
    """List what a zone offers to firms, of one catalogue where ``kind`` is given."""
    here = selectors.get_zone(request.user, zone)
    rows = selectors.brands.visible_catalogue(request.user).filter(zone=here)
    return page_of(rows.filter(kind=kind) if kind else rows, after, limit)


@router.get("/catalogue/{pk}", response=CatalogueOut)
def get_catalogue_item(request: HttpRequest, pk: int) -> CatalogueItem:
    """Return one thing a zone offers."""
    return selectors.brands.get_catalogue_item(request.user, pk)


@router.get("/alliances", response=list[AllianceOut])
def list_alliances(request: HttpRequest, after: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """List the alliances that a zone of this person's belongs to."""
    rows = selectors.alliances.visible_alliances(request.user)
    found = page_of(rows.select_related("lead_zone").prefetch_related("members"), after, limit)
    return [_alliance(alliance) for alliance in found]


@router.get("/alliances/{pk}", response=AllianceOut)
def get_alliance(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return one alliance."""
    return _alliance(selectors.alliances.get_alliance(request.user, pk))


@router.get("/notices", response=list[NoticeOut])
def list_notices(request: HttpRequest, unread: bool = False, after: int = 0, limit: int = 50) -> list[Notice]:
    """List what this person has been told."""
    rows = selectors.outbox.visible_notices(request.user)
    return page_of(rows.filter(read_at__isnull=True) if unread else rows, after, limit)


@router.post("/notices/{pk}/read", response=ReadNoticesOut)
def read_notice(request: HttpRequest, pk: int) -> dict[str, int]:
    """Mark a notice as read."""
    notice = selectors.outbox.get_notice(request.user, pk)
    return {"read": services.read_notices(actor=person_of(request), notices=[notice.pk])}


def _person(person: User, load: int, roles: list[str]) -> dict[str, Any]:
    return {
        "id": person.pk,
        "display_name": person.display_name,
        "title": person.title,
        "skills": person.skills,
        "is_active": person.is_active,
        "phone": selectors.mask(person.phone),
        "open_assignments": load,
        "roles": roles,
    }


def _shift(shift: DutyShift) -> dict[str, Any]:
    return {
        "id": shift.pk,
        "day": shift.day,
        "officer_id": shift.officer_id,
        "officer": str(shift.officer),
        "note": shift.note,
    }


def _alliance(alliance: Alliance) -> dict[str, Any]:
    return {
        "id": alliance.pk,
        "code": alliance.code,
        "name": alliance.name,
        "lead_zone": alliance.lead_zone.code,
        "members": sorted(zone.code for zone in alliance.members.all()),
    }
