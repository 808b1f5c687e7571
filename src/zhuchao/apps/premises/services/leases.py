"""Leases: signed, changed, renewed, ended before their time, void. Each moves its units with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.models import Attachment
from zhuchao.apps.core.services import add_entry, check_version, record_change, save_record
from zhuchao.apps.core.services.changes import plain
from zhuchao.apps.core.wording import listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import (
    AlreadyRenewed,
    LeaseExists,
    LeaseHasPayments,
    LeaseOver,
    LeaseOverlaps,
    PlaceMismatch,
    SigningDone,
)
from ..models import Hold, Lease, LeaseEvent, LeasePayment, LeaseUnit, RentStep, Signing, Unit
from ..selectors.bills import Step
from . import lease_states
from .holds import locked_units
from .lease_index import index_leases
from .places import tidy
from .states import occupied_by, refuse_future

CHANGEABLE = frozenset(
    {
        "number",
        "tenant",
        "signed_on",
        "starts_on",
        "ends_on",
        "rent_free_from",
        "rent_free_to",
        "payment_months",
        "deposit_cny",
        "options",
        "note",
        "rent",
        "areas",
    }
)
MOVES_UNITS = frozenset({"tenant", "tenant_name", "starts_on", "ends_on", "last_on"})
LONGEST_YEARS = 70


@transaction.atomic
def sign_lease(
    *,
    actor: User | None,
    number: str,
    tenant: str,
    units: Sequence[Unit],
    signed_on: date,
    starts_on: date,
    ends_on: date,
    rent: Sequence[Step],
    areas: Mapping[int, Decimal] | None = None,
    rent_free_from: date | None = None,
    rent_free_to: date | None = None,
    payment_months: int = Lease.Period.QUARTER,
    deposit_cny: Decimal = Decimal(0),
    options: str = "",
    note: str = "",
    hold: Hold | None = None,
    signing: Signing | None = None,
    evidence: Attachment | None = None,
    evidence_note: str = "",
) -> Lease:
    """Enter that a lease of units of one site was signed; the units become let, or signed until it begins.

    ``tenant`` is a firm's name or credit code; one that is registered is tied to its file. ``areas`` are the m² let
    of each unit by its id, all of a unit that is not named. ``rent`` are steps in order, the first from
    ``starts_on``. ``hold`` is the hold, and ``signing`` the signing, that this fulfils; one for the same name is
    found by itself. Holds that are fulfilled end in the same transaction.

    Raises SigningDone, LeaseOverlaps when a unit is let on a shared day, UnitHeldForAnother, UnitTaken, LeaseExists,
    PlaceMismatch for units of several sites, and WrongInput.
    """
    lease = _new_lease(
        actor,
        units,
        areas or {},
        rent,
        tenant=tenant,
        number=number,
        signed_on=signed_on,
        starts_on=starts_on,
        ends_on=ends_on,
        rent_free_from=rent_free_from,
        rent_free_to=rent_free_to,
        payment_months=payment_months,
        deposit_cny=deposit_cny,
        options=options.strip(),
        note=note.strip(),
        hold=hold,
        signing=signing,
    )
    entry = event_of(lease, LeaseEvent.Kind.SIGNED, signed_on, evidence=evidence, evidence_note=evidence_note)
    add_entry(entry, actor=actor, at=zones.now(lease.zone))
    lease_states.settle(lease, actor=actor)
    index_leases([lease.pk])
    record_change(
        actor=actor,
        verb="sign",
        rows=[lease, *lease.units.all()],
        scope=lease.zone_id,
        number=lease.number,
        tenant=lease.tenant_name,
        hold=hold,
    )
    return lease


@transaction.atomic
def change_lease(
    *, actor: User | None, lease: Lease, version: int | None, reason: str, **values: Any
) -> Lease:
    """Change what a lease says, with the reason; what it said before stays in its events.

    ``values`` may be number, tenant, signed_on, starts_on, ends_on, rent_free_from, rent_free_to, payment_months,
    deposit_cny, options, note, rent (all steps) and areas (m² by unit id). Raises as ``sign_lease`` does, and Stale
    and ReasonNeeded.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.LEASE, lease.site)
    if unknown := set(values) - CHANGEABLE:
        raise TypeError(f"not part of a lease: {sorted(unknown)}")
    _locked_places(lease)
    lease = locked_lease(lease.pk)
    rent, areas = values.pop("rent", None), dict(values.pop("areas", None) or {})
    check_version(
        lease,
        version,
        yours={"tenant_name" if name == "tenant" else name: value for name, value in values.items()},
    )
    if lease.is_void:
        raise LeaseOver(number=lease.number, state=str(Lease.State.VOID.label), what=_("变更"))
    need_reason(reason, pgettext("原因", "变更租约"))
    if "tenant" in values:
        values |= _tenant(lease.zone_id, values.pop("tenant"))
    steps = list(rent) if rent is not None else selectors.steps_of(lease)
    before = dict.fromkeys(values)
    for name in before:
        before[name] = getattr(lease, name)
    terms = {name: getattr(lease, name) for name in _TERMS} | values
    terms["number"] = tidy(terms["number"], _("合同编号"))
    values |= {"number": terms["number"]} if "number" in values else {}
    was_early, last_on = lease.is_ended_early, lease.last_on
    values["last_on"] = min(last_on, terms["ends_on"]) if was_early else terms["ends_on"]
    if values["last_on"] < terms["starts_on"]:
        raise WrongInput(field=_("起租日期"), why=_("不能晚于最后一天 {day}。").format(day=values["last_on"]))
    _check(lease.zone, steps, **{name: terms[name] for name in _TERMS})
    places = list(lease.places.select_related("unit__site", "unit__building", "unit__floor"))
    spans = _spans(lease, places, terms["starts_on"], values["last_on"])
    for place in places:
        if place.last_on == last_on:
            place.area_m2 = areas.get(place.unit_id, place.area_m2)
            check_areas([place.unit], {place.unit_id: place.area_m2})
    _refuse_known(lease.zone_id, terms["number"], but=lease)
    for place, (first, last) in zip(places, spans, strict=True):
        refuse_overlap([place.unit], first, last, but=lease)
    values["area_m2"] = sum((place.area_m2 for place in places if place.last_on == last_on), Decimal(0))
    changed = save_record(lease, **values)
    if steps != selectors.steps_of(lease):
        changed["rent"] = [plain([asdict(s) for s in found]) for found in (selectors.steps_of(lease), steps)]
        lease.steps.all().delete()
        write_steps(lease, steps)
    for place, (first, last) in zip(places, spans, strict=True):
        lease.places.filter(pk=place.pk).update(area_m2=place.area_m2, starts_on=first, last_on=last)
    if not changed:
        return lease
    today = zones.today(lease.zone)
    entry = event_of(lease, LeaseEvent.Kind.CHANGED, today, note=reason)
    add_entry(entry, actor=actor, at=zones.now(lease.zone))
    if MOVES_UNITS & set(changed):
        lease_states.take_back(lease, actor=actor, reason=reason)
        lease_states.settle(lease, actor=actor)
    index_leases([lease.pk])
    record_change(
        actor=actor,
        verb="change",
        rows=[lease],
        scope=lease.zone_id,
        changed=changed,
        reason=reason.strip(),
    )
    return lease


@transaction.atomic
def renew_lease(
    *,
    actor: User | None,
    lease: Lease,
    number: str,
    signed_on: date,
    ends_on: date,
    rent: Sequence[Step],
    starts_on: date | None = None,
    payment_months: int | None = None,
    deposit_cny: Decimal | None = None,
    options: str = "",
    note: str = "",
) -> Lease:
    """Enter that a lease was renewed: a new lease of the same units, from the day after the old one's last.

    Returns the new lease. What is not given stays as it was. Raises AlreadyRenewed, LeaseOver for a void one, and as
    ``sign_lease`` does.
    """
    selectors.require_at(actor, Verb.ADD, Thing.LEASE, lease.site)
    units = _locked_places(lease)
    lease = locked_lease(lease.pk)
    if lease.is_void:
        raise LeaseOver(number=lease.number, state=str(Lease.State.VOID.label), what=_("续租"))
    successor = Lease.objects.filter(renews=lease).first()
    if successor is not None:
        raise AlreadyRenewed(number=lease.number, by=successor.number, pk=successor.pk)
    areas = {place.unit_id: place.area_m2 for place in selectors.places_now(lease)}
    units = [unit for unit in units if unit.pk in areas]
    renewal = _new_lease(
        actor,
        units,
        areas,
        rent,
        tenant=lease.tenant_name,
        number=number,
        signed_on=signed_on,
        starts_on=starts_on or lease.last_on + timedelta(days=1),
        ends_on=ends_on,
        rent_free_from=None,
        rent_free_to=None,
        payment_months=payment_months or lease.payment_months,
        deposit_cny=lease.deposit_cny if deposit_cny is None else deposit_cny,
        options=options.strip(),
        note=note.strip(),
        hold=None,
        renews=lease,
    )
    at = zones.now(lease.zone)
    add_entry(event_of(lease, LeaseEvent.Kind.RENEWED, signed_on, note=renewal.number), actor=actor, at=at)
    add_entry(event_of(renewal, LeaseEvent.Kind.SIGNED, signed_on, note=lease.number), actor=actor, at=at)
    lease_states.settle(renewal, actor=actor)
    index_leases([renewal.pk])
    record_change(
        actor=actor,
        verb="renew",
        rows=[renewal, lease],
        scope=lease.zone_id,
        number=renewal.number,
        ends_on=ends_on,
    )
    return renewal


@transaction.atomic
def end_lease(*, actor: User | None, lease: Lease, on: date, reason: str, evidence_note: str = "") -> Lease:
    """Enter that a lease ends before its time: ``on`` is its last day, past or to come.

    Its units are free from the day after. What it still owes stays. Raises LeaseOver, ReasonNeeded and WrongInput.
    """
    selectors.require_at(actor, Verb.CHANGE, Thing.LEASE, lease.site)
    units = _locked_places(lease)
    lease = locked_lease(lease.pk)
    today = zones.today(lease.zone)
    state = lease.state_on(today)
    if lease.is_void or lease.last_on < today:
        raise LeaseOver(number=lease.number, state=str(state.label), what=_("提前终止"))
    need_reason(reason, pgettext("原因", "提前终止"))
    if not lease.starts_on <= on < lease.ends_on:
        raise WrongInput(
            field=_("最后一天"),
            why=_("应在 {first} 至 {last} 之间；尚未起租的请作废。").format(
                first=lease.starts_on, last=lease.ends_on - timedelta(days=1)
            ),
        )
    now = selectors.places_now(lease)
    _spans(lease, now, lease.starts_on, on)
    for place in now:
        refuse_overlap([unit for unit in units if unit.pk == place.unit_id], place.starts_on, on, but=lease)
    save_record(lease, last_on=on)
    lease.places.filter(pk__in=[place.pk for place in now]).update(last_on=on)
    entry = event_of(
        lease,
        LeaseEvent.Kind.ENDED,
        min(on, today),
        note=reason,
        evidence_note=evidence_note,
    )
    add_entry(entry, actor=actor, at=zones.now(lease.zone))
    lease_states.settle(lease, actor=actor)
    record_change(
        actor=actor, verb="end_lease", rows=[lease], scope=lease.zone_id, on=on, reason=reason.strip()
    )
    return lease


@transaction.atomic
def void_lease(*, actor: User | None, lease: Lease, reason: str) -> Lease:
    """Take a lease that was entered by mistake, or never came about, out of the books; its units are free again.

    Raises LeaseHasPayments while money stands on it, LeaseOver when it is void already, and ReasonNeeded.
    """
    selectors.require_at(actor, Verb.VOID, Thing.LEASE, lease.site)
    _locked_places(lease)
    lease = locked_lease(lease.pk)
    if lease.is_void:
        raise LeaseOver(number=lease.number, state=str(Lease.State.VOID.label), what=_("再次作废"))
    need_reason(reason, pgettext("原因", "作废租约"))
    paid = LeasePayment.objects.live().filter(lease=lease).count()
    if paid:
        raise LeaseHasPayments(number=lease.number, count=paid)
    save_record(lease, is_void=True, renews=None, signing=None)
    lease.places.update(is_live=False)
    entry = event_of(lease, LeaseEvent.Kind.VOID, zones.today(lease.zone), note=reason)
    add_entry(entry, actor=actor, at=zones.now(lease.zone))
    lease_states.take_back(lease, actor=actor, reason=reason)
    lease_states.free_reserved(lease, actor=actor)
    index_leases([lease.pk])
    record_change(actor=actor, verb="void", rows=[lease], scope=lease.zone_id, reason=reason.strip())
    return lease


_TERMS = (
    "number",
    "signed_on",
    "starts_on",
    "ends_on",
    "rent_free_from",
    "rent_free_to",
    "payment_months",
    "deposit_cny",
)


def _new_lease(
    actor: User | None,
    units: Sequence[Unit],
    areas: Mapping[int, Decimal],
    rent: Sequence[Step],
    *,
    tenant: str,
    hold: Hold | None,
    signing: Signing | None = None,
    renews: Lease | None = None,
    **terms: Any,
) -> Lease:
    """Make a lease with its units and steps, under lock and checked, and end the holds it fulfils."""
    wanted = {unit.pk: unit for unit in units}
    if not wanted:
        raise WrongInput(field=_("房源"), why=_("请至少选择一个房源。"))
    site = next(iter(wanted.values())).site
    for unit in wanted.values():
        if unit.site_id != site.pk:
            raise PlaceMismatch(place=str(unit), site=str(site))
    selectors.require_at(actor, Verb.ADD, Thing.LEASE, site)
    terms["number"] = tidy(terms["number"], _("合同编号"))
    locked = locked_units(wanted)
    zone = locked[0].zone
    party = _tenant(zone.pk, tenant)
    _check(zone, rent, **{name: terms[name] for name in _TERMS})
    let = {unit.pk: areas.get(unit.pk, unit.gross_area_m2) for unit in locked}
    check_areas(locked, let)
    _refuse_known(zone.pk, terms["number"])
    refuse_overlap(locked, terms["starts_on"], terms["ends_on"])
    lease = Lease(
        zone=zone,
        site=site,
        last_on=terms["ends_on"],
        area_m2=sum(let.values(), Decimal(0)),
        renews=renews,
        signing=_fulfilled(signing, party["tenant_name"], locked),
        **party,
        **terms,
    )
    lease_states.take_over(lease, locked, hold=hold, actor=actor)
    lease.save(force_insert=True)
    LeaseUnit.objects.bulk_create(
        [
            LeaseUnit(
                zone=zone,
                lease=lease,
                unit=unit,
                area_m2=let[unit.pk],
                starts_on=lease.starts_on,
                last_on=lease.last_on,
            )
            for unit in locked
        ]
    )
    write_steps(lease, rent)
    return lease


def _fulfilled(signing: Signing | None, tenant: str, units: Sequence[Unit]) -> Signing | None:
    """Return the signing that a lease of locked ``units`` fulfils: the one that was named, or found by itself."""
    if signing is None:
        return selectors.signing_of(tenant, units)
    if signing.is_void or Signing.objects.filter(replaces=signing).exists():
        raise SigningDone(who=signing.signed_for, how=_("已撤销"))
    lease = Lease.objects.filter(signing=signing).first()
    if lease is not None:
        raise SigningDone(who=signing.signed_for, how=_("已登记租约 {number}").format(number=lease.number))
    missing = {unit.pk: unit for unit in selectors.units_of_signing(signing)}
    for unit in units:
        missing.pop(unit.pk, None)
    if missing:
        raise WrongInput(
            field=_("房源"),
            why=_("租约应包括已签约的房源：{units}。").format(units=listed(missing.values())),
        )
    return signing


def refuse_overlap(units: Sequence[Unit], first: date, last: date, *, but: Lease | None = None) -> None:
    """Refuse when a live lease of one of the units shares a day with ``first`` to ``last``; units under lock."""
    shared = LeaseUnit.objects.filter(unit__in=units, is_live=True, starts_on__lte=last, last_on__gte=first)
    if but is not None:
        shared = shared.exclude(lease=but)
    found = shared.select_related("lease", "unit__site", "unit__building", "unit__floor").first()
    if found is not None:
        raise LeaseOverlaps(
            unit=str(found.unit),
            start=found.starts_on.isoformat(),
            end=found.last_on.isoformat(),
            tenant=found.lease.tenant_name,
            number=found.lease.number,
            pk=found.lease_id,
        )


def _spans(
    lease: Lease, places: Sequence[LeaseUnit], starts_on: date, last_on: date
) -> list[tuple[date, date]]:
    """Return the days of each place when the lease is to run otherwise; swaps keep their days.

    Raises WrongInput when a day of a swap would no longer lie within the lease.
    """
    spans = []
    for place in places:
        first = starts_on if place.starts_on == lease.starts_on else place.starts_on
        last = last_on if place.last_on == lease.last_on else place.last_on
        if not starts_on <= first <= last <= last_on:
            swapped = place.starts_on if place.starts_on > lease.starts_on else place.last_on
            raise WrongInput(
                field=_("租期"), why=_("应包括调换房源的日期 {day}。").format(day=swapped.isoformat())
            )
        spans.append((first, last))
    return spans


def write_steps(lease: Lease, rent: Sequence[Step]) -> None:
    RentStep.objects.bulk_create(
        [
            RentStep(
                zone_id=lease.zone_id,
                lease=lease,
                from_on=step.from_on,
                rate_cny=step.rate_cny,
                per=RentStep.Per(step.per),
            )
            for step in rent
        ]
    )


def event_of(lease: Lease, kind: LeaseEvent.Kind, on: date, *, note: str = "", **evidence: Any) -> LeaseEvent:
    return LeaseEvent(
        zone_id=lease.zone_id,
        lease=lease,
        kind=kind,
        happened_on=on,
        note=note.strip()[:200],
        terms=_terms_said(lease),
        **evidence,
    )


def _terms_said(lease: Lease) -> dict[str, Any]:
    """Return what a lease says now as JSON-ready data, for its events."""
    names = (
        "number",
        "tenant_id",
        "tenant_name",
        "signed_on",
        "starts_on",
        "ends_on",
        "last_on",
        "rent_free_from",
        "rent_free_to",
        "payment_months",
        "deposit_cny",
        "area_m2",
        "options",
        "note",
    )
    said: dict[str, Any] = plain({name: getattr(lease, name) for name in names})
    places = lease.places.order_by("unit_id", "starts_on")
    return said | {
        "rent": plain([asdict(step) for step in selectors.steps_of(lease)]),
        "units": plain([[one.unit_id, one.area_m2, one.starts_on, one.last_on] for one in places]),
    }


def _tenant(zone_id: int, tenant: str) -> dict[str, Any]:
    found = occupied_by(zone_id, tidy(tenant, _("承租方")))
    return {"tenant": found["enterprise"], "tenant_name": found["occupant_name"][:120]}


def locked_lease(pk: int) -> Lease:
    rows = Lease.objects.select_related("zone", "site", "tenant")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _locked_places(lease: Lease) -> list[Unit]:
    # Units before their lease: in this order everywhere, so that nobody waits for each other.
    return locked_units(lease.places.values_list("unit_id", flat=True))


def need_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise ReasonNeeded(what=what)


def _refuse_known(zone_id: int, number: str, *, but: Lease | None = None) -> None:
    known = Lease.objects.filter(zone_id=zone_id, number=number).first()
    if known is not None and known != but:
        raise LeaseExists(number=number, tenant=known.tenant_name, pk=known.pk)


def check_areas(units: Sequence[Unit], areas: Mapping[int, Decimal]) -> None:
    for unit in units:
        if not 0 < areas[unit.pk] <= unit.gross_area_m2:
            raise WrongInput(
                field=_("租赁面积"),
                why=_("{unit}的租赁面积应大于 0，且不大于建筑面积 {area} ㎡。").format(
                    unit=unit, area=unit.gross_area_m2
                ),
            )


def _check(
    zone: Any,
    rent: Sequence[Step],
    *,
    number: str,
    signed_on: date,
    starts_on: date,
    ends_on: date,
    rent_free_from: date | None,
    rent_free_to: date | None,
    payment_months: int,
    deposit_cny: Decimal,
) -> None:
    refuse_future(signed_on, zone)
    if ends_on < starts_on:
        raise WrongInput(
            field=_("到期日期"), why=_("不能早于起租日期 {day}。").format(day=starts_on.isoformat())
        )
    if ends_on.year - starts_on.year > LONGEST_YEARS:
        raise WrongInput(field=_("到期日期"), why=_("租期不能超过 {years} 年。").format(years=LONGEST_YEARS))
    if deposit_cny < 0:
        raise WrongInput(field=_("押金"), why=_("不能小于 0。"))
    if payment_months not in Lease.Period.values:
        raise WrongInput(field=_("付款周期"), why=_("可选月付、季付、半年付、年付。"))
    if (rent_free_from is None) != (rent_free_to is None):
        raise WrongInput(field=_("免租期"), why=_("请同时填写免租起止日期。"))
    free = (rent_free_from or starts_on, rent_free_to or ends_on)
    if not starts_on <= free[0] <= free[1] <= ends_on:
        raise WrongInput(field=_("免租期"), why=_("应在租期之内，且止不早于起。"))
    if problem := selectors.rent_problem(rent, starts_on, ends_on):
        raise WrongInput(field=_("租金"), why=problem)
