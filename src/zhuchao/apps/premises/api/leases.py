"""The API of holds, leases and planned arrivals: the same services and selectors as the pages."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing
from zhuchao.web.api import ReasonIn, page_of
from zhuchao.web.requests import person_of

from .. import selectors, services
from ..models import Arrival, Hold, Lease, LeasePayment, Signing
from ..schemas.leases import (
    AccountOut,
    ArrivalDone,
    ArrivalIn,
    ArrivalOut,
    ArrivalPage,
    HoldEdit,
    HoldIn,
    HoldOut,
    HoldPage,
    LeaseEdit,
    LeaseEnd,
    LeaseIn,
    LeaseOut,
    LeasePage,
    LeaseRenewal,
    LeaseSwap,
    PaymentEdit,
    PaymentIn,
    PaymentOut,
    SigningIn,
    SigningOut,
    SigningPage,
)
from ..selectors.bills import Step

router = Router(tags=["leases"])


def _scopes(request: HttpRequest, zone: str, thing: Thing) -> list[int]:
    actor = person_of(request)
    return zones.zones_under(actor, zones.get_zone(actor, zone), thing)


def _steps(said: dict[str, Any]) -> dict[str, Any]:
    if "rent" in said:
        said["rent"] = [Step(**step) for step in said["rent"]]
    return said


@router.get("/holds", response=HoldPage)
def list_holds(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the holds of a zone and the zones below it, by id."""
    rows = selectors.visible_holds(person_of(request)).filter(zone_id__in=_scopes(request, zone, Thing.HOLD))
    return page_of(rows.prefetch_related("units"), after, limit)


@router.post("/holds", response={201: HoldOut})
def hold_units(request: HttpRequest, body: HoldIn) -> Status[Hold]:
    """Keep vacant units of one site for somebody until a day."""
    actor = person_of(request)
    said = body.dict()
    units = [selectors.get_unit(actor, pk) for pk in said.pop("unit_ids")]
    return Status(201, services.hold_units(actor=actor, units=units, **said))


@router.get("/holds/{int:pk}", response=HoldOut)
def get_hold(request: HttpRequest, pk: int) -> Hold:
    """Return a hold."""
    return selectors.get_hold(person_of(request), pk)


@router.patch("/holds/{int:pk}", response=HoldOut)
def extend_hold(request: HttpRequest, pk: int, body: HoldEdit) -> Hold:
    """Keep the units of a hold until another day."""
    actor = person_of(request)
    return services.extend_hold(actor=actor, hold=selectors.get_hold(actor, pk), **body.dict())


@router.post("/holds/{int:pk}/release", response=HoldOut)
def release_hold(request: HttpRequest, pk: int, body: ReasonIn) -> Hold:
    """Give the units of a hold back."""
    actor = person_of(request)
    return services.release_hold(actor=actor, hold=selectors.get_hold(actor, pk), why=body.reason)


@router.get("/signings", response=SigningPage)
def list_signings(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the signings in force of a zone and the zones below it, by id."""
    rows = selectors.visible_signings(person_of(request)).live()
    return page_of(rows.filter(zone_id__in=_scopes(request, zone, Thing.HOLD)), after, limit)


@router.post("/signings", response={201: list[SigningOut]})
def sign_units(request: HttpRequest, body: SigningIn) -> Status[list[Signing]]:
    """Enter that units were signed for; returns one signing for each site."""
    actor = person_of(request)
    said = body.dict()
    units = [selectors.get_unit(actor, pk) for pk in said.pop("unit_ids")]
    return Status(201, services.sign_units(actor=actor, units=units, **said))


@router.get("/signings/{int:pk}", response=SigningOut)
def get_signing(request: HttpRequest, pk: int) -> Signing:
    """Return a signing."""
    return selectors.get_signing(person_of(request), pk)


@router.post("/signings/{int:pk}/void", response=SigningOut)
def void_signing(request: HttpRequest, pk: int, body: ReasonIn) -> Signing:
    """Take a signing back; its units stand as before it."""
    actor = person_of(request)
    return services.void_signing(actor=actor, signing=selectors.get_signing(actor, pk), reason=body.reason)


@router.get("/leases", response=LeasePage)
def list_leases(
    request: HttpRequest, zone: str, q: str = "", limit: int = 50, after: int = 0
) -> dict[str, Any]:
    """List the leases of a zone and the zones below it, by id."""
    ids = _scopes(request, zone, Thing.LEASE)
    rows = selectors.visible_leases(person_of(request)).filter(zone_id__in=ids)
    if len(q.strip()) > 1:
        rows = selectors.search_leases(rows, ids, q)
    return page_of(rows.prefetch_related("places", "steps"), after, limit)


@router.post("/leases", response={201: LeaseOut})
def sign_lease(request: HttpRequest, body: LeaseIn) -> Status[Lease]:
    """Enter that a lease was signed."""
    actor = person_of(request)
    said = _steps(body.dict())
    places, hold_id, signing_id = said.pop("places"), said.pop("hold_id"), said.pop("signing_id")
    units = [selectors.get_unit(actor, place["unit_id"]) for place in places]
    areas = {place["unit_id"]: place["area_m2"] for place in places if place["area_m2"] is not None}
    hold = selectors.get_hold(actor, hold_id) if hold_id else None
    said["signing"] = selectors.get_signing(actor, signing_id) if signing_id else None
    return Status(201, services.sign_lease(actor=actor, units=units, areas=areas, hold=hold, **said))


@router.get("/leases/{int:pk}", response=LeaseOut)
def get_lease(request: HttpRequest, pk: int) -> Lease:
    """Return a lease."""
    return selectors.get_lease(person_of(request), pk)


@router.patch("/leases/{int:pk}", response=LeaseOut)
def change_lease(request: HttpRequest, pk: int, body: LeaseEdit) -> Lease:
    """Change what a lease says; a stale version is refused with both."""
    actor = person_of(request)
    lease = selectors.get_lease(actor, pk)
    return services.change_lease(actor=actor, lease=lease, **_steps(body.dict(exclude_unset=True)))


@router.post("/leases/{int:pk}/renew", response={201: LeaseOut})
def renew_lease(request: HttpRequest, pk: int, body: LeaseRenewal) -> Status[Lease]:
    """Enter that a lease was renewed; returns the new lease."""
    actor = person_of(request)
    lease = selectors.get_lease(actor, pk)
    return Status(201, services.renew_lease(actor=actor, lease=lease, **_steps(body.dict())))


@router.post("/leases/{int:pk}/swap", response=LeaseOut)
def swap_lease_units(request: HttpRequest, pk: int, body: LeaseSwap) -> Lease:
    """Swap units of a running lease for others, from a day."""
    actor = person_of(request)
    lease, said = selectors.get_lease(actor, pk), body.dict()
    places, out_ids, rent = said.pop("places"), said.pop("out_ids"), said.pop("rent")
    return services.swap_lease_units(
        actor=actor,
        lease=lease,
        out=[selectors.get_unit(actor, unit) for unit in out_ids],
        units=[selectors.get_unit(actor, place["unit_id"]) for place in places],
        areas={place["unit_id"]: place["area_m2"] for place in places if place["area_m2"] is not None},
        rent=[Step(**step) for step in rent] if rent else None,
        **said,
    )


@router.post("/leases/{int:pk}/end", response=LeaseOut)
def end_lease(request: HttpRequest, pk: int, body: LeaseEnd) -> Lease:
    """Enter that a lease ends before its time."""
    actor = person_of(request)
    return services.end_lease(actor=actor, lease=selectors.get_lease(actor, pk), **body.dict())


@router.post("/leases/{int:pk}/void", response=LeaseOut)
def void_lease(request: HttpRequest, pk: int, body: ReasonIn) -> Lease:
    """Void a lease that was entered by mistake."""
    actor = person_of(request)
    return services.void_lease(actor=actor, lease=selectors.get_lease(actor, pk), reason=body.reason)


@router.get("/leases/{int:pk}/account", response=AccountOut)
def lease_account(request: HttpRequest, pk: int, on: date | None = None) -> dict[str, Any]:
    """Return every bill of a lease with what was paid on it, and what it owes on a day."""
    lease = selectors.get_lease(person_of(request), pk)
    account = selectors.account_of(lease, on or zones.today(lease.zone))
    bills = [
        {
            "number": row.bill.number,
            "start": row.bill.start,
            "end": row.bill.end,
            "due_on": row.bill.due_on,
            "amount_cny": row.bill.amount_cny,
            "paid_cny": row.paid_cny,
            "days_late": row.days_late,
        }
        for row in account.settled
    ]
    names = ("on", "billed_cny", "paid_cny", "arrears_cny", "deposit_cny")
    return {name: getattr(account, name) for name in names} | {"bills": bills}


@router.get("/leases/{int:pk}/payments", response=list[PaymentOut])
def list_payments(request: HttpRequest, pk: int) -> list[LeasePayment]:
    """List every payment of a lease, replaced and void ones included."""
    actor = person_of(request)
    lease = selectors.get_lease(actor, pk)
    return list(selectors.visible_payments(actor).filter(lease=lease))


@router.post("/leases/{int:pk}/payments", response={201: PaymentOut})
def record_payment(request: HttpRequest, pk: int, body: PaymentIn) -> Status[LeasePayment]:
    """Enter money that came for a lease or went back."""
    actor = person_of(request)
    lease = selectors.get_lease(actor, pk)
    return Status(201, services.record_payment(actor=actor, lease=lease, **body.dict()))


@router.post("/leases/payments/{int:pk}/correct", response=PaymentOut)
def correct_payment(request: HttpRequest, pk: int, body: PaymentEdit) -> LeasePayment:
    """Replace a payment by one that says it right."""
    actor = person_of(request)
    entry = selectors.get_payment(actor, pk)
    return services.correct_payment(actor=actor, entry=entry, **body.dict(exclude_unset=True))


@router.post("/leases/payments/{int:pk}/void", response=PaymentOut)
def void_payment(request: HttpRequest, pk: int, body: ReasonIn) -> LeasePayment:
    """Void a payment."""
    actor = person_of(request)
    return services.void_payment(actor=actor, entry=selectors.get_payment(actor, pk), reason=body.reason)


@router.get("/arrivals", response=ArrivalPage)
def list_arrivals(request: HttpRequest, zone: str, limit: int = 50, after: int = 0) -> dict[str, Any]:
    """List the planned arrivals of a zone and the zones below it, by id."""
    rows = selectors.visible_arrivals(person_of(request))
    return page_of(rows.filter(zone_id__in=_scopes(request, zone, Thing.ARRIVAL)), after, limit)


@router.post("/sites/{int:pk}/arrivals", response={201: ArrivalOut})
def plan_arrival(request: HttpRequest, pk: int, body: ArrivalIn) -> Status[Arrival]:
    """Plan an arrival at a site."""
    actor = person_of(request)
    site, said = selectors.get_site(actor, pk), body.dict()
    building_id, unit_id = said.pop("building_id"), said.pop("unit_id")
    arrival = services.plan_arrival(
        actor=actor,
        site=site,
        building=selectors.get_building(actor, building_id) if building_id else None,
        unit=selectors.get_unit(actor, unit_id) if unit_id else None,
        **said,
    )
    return Status(201, arrival)


@router.get("/arrivals/{int:pk}", response=ArrivalOut)
def get_arrival(request: HttpRequest, pk: int) -> Arrival:
    """Return a planned arrival."""
    return selectors.get_arrival(person_of(request), pk)


@router.post("/arrivals/{int:pk}/done", response=ArrivalOut)
def finish_arrival(request: HttpRequest, pk: int, body: ArrivalDone) -> Arrival:
    """Enter that somebody arrived."""
    actor = person_of(request)
    return services.finish_arrival(actor=actor, arrival=selectors.get_arrival(actor, pk), on=body.on)


@router.post("/arrivals/{int:pk}/call-off", response=ArrivalOut)
def call_off_arrival(request: HttpRequest, pk: int, body: ReasonIn) -> Arrival:
    """Call a planned arrival off."""
    actor = person_of(request)
    arrival = selectors.get_arrival(actor, pk)
    return services.call_off_arrival(actor=actor, arrival=arrival, reason=body.reason)
