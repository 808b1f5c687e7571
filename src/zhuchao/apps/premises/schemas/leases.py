"""What the API takes and gives for holds, leases and planned arrivals. Areas are m², money is yuan."""

from datetime import date
from decimal import Decimal
from typing import Literal

from ninja import Schema

from zhuchao.apps.zones import selectors as zones
from zhuchao.web.api import EntryOut

from ..models import Arrival, Hold, Lease, Signing
from ..selectors import state_of_arrival

Per = Literal["day", "month"]
Months = Literal[1, 3, 6, 12]
PaymentKind = Literal["rent", "deposit", "returned", "refund"]


class HoldOut(Schema):
    """A hold; ``end`` is empty while it is open."""

    id: int
    zone: str
    site_id: int
    held_for: str
    held_on: date
    until: date
    why: str
    end: str
    ended_on: date | None
    end_why: str
    unit_ids: list[int]
    version: int

    @staticmethod
    def resolve_zone(hold: Hold) -> str:
        return hold.zone.code

    @staticmethod
    def resolve_unit_ids(hold: Hold) -> list[int]:
        return sorted(unit.pk for unit in hold.units.all())


class HoldPage(Schema):
    """Holds, and the id to go on ``after``."""

    items: list[HoldOut]
    after: int | None


class HoldIn(Schema):
    """Units to hold for somebody up to and including a day."""

    unit_ids: list[int]
    held_for: str
    until: date
    why: str = ""


class HoldEdit(Schema):
    """Another last day, and why. ``version`` is the one that was read."""

    version: int
    until: date
    reason: str


class SigningOut(EntryOut):
    """Units that were signed for; ``lease_id`` is the lease that came of it."""

    zone: str
    site_id: int
    signed_for: str
    enterprise_id: int | None
    unit_ids: list[int]
    awaits_lease: bool
    lease_id: int | None

    @staticmethod
    def resolve_zone(signing: Signing) -> str:
        return signing.zone.code

    @staticmethod
    def resolve_unit_ids(signing: Signing) -> list[int]:
        return sorted(place.unit_id for place in signing.places.all())

    @staticmethod
    def resolve_lease_id(signing: Signing) -> int | None:
        lease = getattr(signing, "lease", None)
        return lease.pk if lease is not None else None


class SigningPage(Schema):
    """Signings, and the id to go on ``after``."""

    items: list[SigningOut]
    after: int | None


class SigningIn(Schema):
    """Units that somebody signed for on a day, and whether a lease is to follow."""

    unit_ids: list[int]
    signed_for: str
    on: date
    why: str = ""
    awaits_lease: bool = False


class StepOut(Schema):
    """A rent from a day on."""

    from_on: date
    rate_cny: Decimal
    per: str


class StepIn(Schema):
    """A rent from a day on, in yuan for each m² and day or month."""

    from_on: date
    rate_cny: Decimal
    per: Per = "month"


class PlaceOut(Schema):
    """A unit of a lease."""

    unit_id: int
    area_m2: Decimal
    starts_on: date
    last_on: date


class LeaseOut(Schema):
    """A lease as it stands today."""

    id: int
    zone: str
    site_id: int
    number: str
    tenant_id: int | None
    tenant_name: str
    signed_on: date
    starts_on: date
    ends_on: date
    last_on: date
    rent_free_from: date | None
    rent_free_to: date | None
    payment_months: int
    deposit_cny: Decimal
    area_m2: Decimal
    options: str
    note: str
    renews_id: int | None
    signing_id: int | None
    state: str
    places: list[PlaceOut]
    steps: list[StepOut]
    version: int

    @staticmethod
    def resolve_zone(lease: Lease) -> str:
        return lease.zone.code

    @staticmethod
    def resolve_state(lease: Lease) -> str:
        return str(lease.state_on(zones.today(lease.zone)).value)


class LeasePage(Schema):
    """Leases, and the id to go on ``after``."""

    items: list[LeaseOut]
    after: int | None


class PlaceIn(Schema):
    """A unit to let; all of it when no area is given."""

    unit_id: int
    area_m2: Decimal | None = None


class LeaseIn(Schema):
    """A new lease. ``hold_id`` is the hold and ``signing_id`` the signing it fulfils."""

    number: str
    tenant: str
    places: list[PlaceIn]
    signed_on: date
    starts_on: date
    ends_on: date
    rent: list[StepIn]
    rent_free_from: date | None = None
    rent_free_to: date | None = None
    payment_months: Months = 3
    deposit_cny: Decimal = Decimal(0)
    options: str = ""
    note: str = ""
    hold_id: int | None = None
    signing_id: int | None = None
    evidence_note: str = ""


class LeaseEdit(Schema):
    """What a lease says from now on; what is not given stays."""

    version: int
    reason: str
    number: str = ""
    tenant: str = ""
    signed_on: date = date.min
    starts_on: date = date.min
    ends_on: date = date.min
    rent: list[StepIn] = []
    rent_free_from: date | None = None
    rent_free_to: date | None = None
    payment_months: Months = 3
    deposit_cny: Decimal = Decimal(0)
    options: str = ""
    note: str = ""


class LeaseRenewal(Schema):
    """A renewal; what is not given stays as it was."""

    number: str
    signed_on: date
    ends_on: date
    rent: list[StepIn]
    starts_on: date | None = None
    payment_months: Months | None = None
    deposit_cny: Decimal | None = None
    options: str = ""
    note: str = ""


class LeaseSwap(Schema):
    """Units of a running lease for others, from a day; ``rent`` where the price changes as well."""

    version: int
    on: date
    out_ids: list[int]
    places: list[PlaceIn]
    reason: str
    rent: list[StepIn] | None = None


class LeaseEnd(Schema):
    """The last day of a lease that ends before its time."""

    on: date
    reason: str
    evidence_note: str = ""


class PaymentOut(EntryOut):
    """Money that came or went back."""

    lease_id: int
    kind: str
    amount_cny: Decimal


class PaymentIn(Schema):
    """Money that came or went back on a day."""

    on: date
    amount_cny: Decimal
    kind: PaymentKind = "rent"
    evidence_note: str = ""


class PaymentEdit(Schema):
    """What a payment should have said; what is not given stays."""

    reason: str
    happened_on: date = date.min
    amount_cny: Decimal = Decimal(0)
    kind: PaymentKind = "rent"
    evidence_note: str = ""


class BillOut(Schema):
    """The rent of one payment period with what was paid on it."""

    number: int
    start: date
    end: date
    due_on: date
    amount_cny: Decimal
    paid_cny: Decimal
    days_late: int


class AccountOut(Schema):
    """What a lease owes on a day; negative arrears are paid ahead."""

    on: date
    billed_cny: Decimal
    paid_cny: Decimal
    arrears_cny: Decimal
    deposit_cny: Decimal
    bills: list[BillOut]


class ArrivalOut(Schema):
    """Somebody who is to arrive; ``state`` is due, overdue, later, done or called_off today."""

    id: int
    zone: str
    site_id: int
    building_id: int | None
    unit_id: int | None
    who: str
    expected_month: date
    done_on: date | None
    called_off_why: str
    note: str
    state: str
    version: int

    @staticmethod
    def resolve_zone(arrival: Arrival) -> str:
        return arrival.zone.code

    @staticmethod
    def resolve_state(arrival: Arrival) -> str:
        return state_of_arrival(arrival, zones.today(arrival.zone))


class ArrivalPage(Schema):
    """Planned arrivals, and the id to go on ``after``."""

    items: list[ArrivalOut]
    after: int | None


class ArrivalIn(Schema):
    """A planned arrival at a site; any day of the month."""

    who: str
    expected_month: date
    building_id: int | None = None
    unit_id: int | None = None
    note: str = ""


class ArrivalDone(Schema):
    """The day on which somebody arrived."""

    on: date
