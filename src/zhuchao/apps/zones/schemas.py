"""What the API takes and gives about zones, people and the roster."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Schema


class ZoneOut(Schema):
    """A zone, as far as anybody who works in it may know it."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    region_code: str
    aliases: list[str]
    money_unit: str
    brand_name: str
    brand_slogan: str
    service_brands: dict[str, str]
    demo_day: date | None


class DepartmentOut(Schema):
    """A unit of a zone's organisation."""

    id: int
    zone_id: int
    parent_id: int | None
    kind: str
    name: str
    is_active: bool
    version: int


class DepartmentIn(Schema):
    """A new unit; ``parent_id`` is a unit of the same zone."""

    zone: str
    kind: str
    name: str
    parent_id: int | None = None


class PersonOut(Schema):
    """A person. The phone is masked; the whole number is given by ``reveal``, which is written down."""

    id: int
    display_name: str
    title: str
    skills: list[str]
    is_active: bool
    phone: str
    open_assignments: int
    roles: list[str]


class PhoneOut(Schema):
    """A whole phone number."""

    phone: str


class AssignmentOut(Schema):
    """Who answered for a thing, from when until when, with what share in percent."""

    id: int
    thing: str
    row_id: int
    label: str
    officer_id: int
    department_id: int | None
    share: Decimal
    since: datetime
    until: datetime | None
    reason: str


class HandOverIn(Schema):
    """To whom work goes, and why."""

    officer_id: int
    reason: str
    department_id: int | None = None


class ShiftOut(Schema):
    """One person on duty on one day."""

    id: int
    day: date
    officer_id: int
    officer: str
    note: str


class DutyOut(Schema):
    """The roster from one day to another, and the days that nobody stands."""

    shifts: list[ShiftOut]
    gaps: list[date]


class SectorOut(Schema):
    """An industry of a zone's taxonomy."""

    id: int
    name: str
    tier: str
    industry_codes: list[str]
    since: date
    until: date | None


class CatalogueOut(Schema):
    """Something a zone offers to firms."""

    id: int
    kind: str
    title: str
    summary: str
    provider: str
    contact: str
    is_open: bool


class AllianceOut(Schema):
    """An alliance and the codes of its members."""

    id: int
    code: str
    name: str
    lead_zone: str
    members: list[str]


class NoticeOut(Schema):
    """Something this person is told."""

    id: int
    kind: str
    title: str
    body: str
    url: str
    is_urgent: bool
    due_at: datetime
    read_at: datetime | None


class ReadNoticesOut(Schema):
    """How many notices were not read before."""

    read: int
