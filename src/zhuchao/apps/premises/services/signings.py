"""Signings: units signed for out of the vacant ones, or out of the hold of the one who signs; and taken back."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhuchao.apps.core.errors import ReasonNeeded, WrongInput
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import SigningHasLease, UnitHeldForAnother, UnitTaken
from ..models import Hold, HoldUnit, Lease, Signing, SigningUnit, Site, Unit, UnitState
from .holds import end_hold, locked_units, not_before
from .index import index_units
from .states import enter_states, occupied_by, refuse_future, void_states_of


@transaction.atomic
def sign_units(
    *,
    actor: User | None,
    units: Sequence[Unit],
    signed_for: str,
    on: date,
    why: str = "",
    awaits_lease: bool = False,
) -> list[Signing]:
    """Enter that vacant units, or units held for the same one, were signed for; their holds end as signed.

    Returns one signing for each site. ``awaits_lease`` says that a lease of the same units is to follow.

    Raises UnitTaken for a unit that is signed for, let or otherwise not free, UnitHeldForAnother and WrongInput.
    """
    if not units:
        raise WrongInput(field=_("房源"), why=_("请至少选择一个房源。"))
    for unit in units:
        selectors.require_at(actor, Verb.ADD, Thing.HOLD, unit.site)
    locked = locked_units({unit.pk for unit in units})
    zone = locked[0].zone
    refuse_future(on, zone)
    signed_for = " ".join(signed_for.split())[:120]
    if not signed_for:
        raise WrongInput(field=pgettext("签约", "签约方"), why=_("不能为空。"))
    key = selectors.name_key(signed_for)
    latest = selectors.latest_states(unit.pk for unit in locked)
    named = HoldUnit.objects.filter(unit__in=locked, is_open=True).values("hold")
    rows = Hold.objects.select_related("zone", "site").filter(pk__in=named).order_by("pk")
    holds = list(rows.select_for_update(of=("self",), no_key=True))
    for hold in holds:
        if selectors.name_key(hold.held_for) != key:
            unit = next(unit for unit in locked if hold.places.filter(unit=unit).exists())
            raise UnitHeldForAnother(
                unit=str(unit), held_for=hold.held_for, until=hold.until.isoformat(), pk=hold.pk
            )
    mine = {pk for hold in holds for pk in hold.places.values_list("unit_id", flat=True)}
    for unit in locked:
        if not (unit.is_vacant or (unit.state == Unit.State.RESERVED and unit.pk in mine)):
            state = latest.get(unit.pk)
            who = state.occupant_name if state is not None else ""
            raise UnitTaken(
                unit=str(unit),
                state=str(unit.get_state_display()),
                by=f"（{who}）" if who else "",
                pk=unit.pk,
            )
    for hold in holds:
        end_hold(
            hold,
            actor=actor,
            end=Hold.End.SIGNED,
            on=zones.today(zone),
            why=why,
            keeps=frozenset(unit.pk for unit in locked),
        )
    signings = []
    for site in dict.fromkeys(unit.site for unit in locked):
        of_site = [unit for unit in locked if unit.site_id == site.pk]
        signings.append(_add_signing(actor, site, of_site, signed_for, on, why, awaits_lease))
    by_site = {signing.site_id: signing for signing in signings}
    entries = [
        UnitState(
            zone_id=unit.zone_id,
            unit=unit,
            state=Unit.State.SIGNED,
            happened_on=not_before(latest.get(unit.pk), on),
            area_m2=unit.gross_area_m2,
            evidence_note=why[:200],
            ledger_key=by_site[unit.site_id].key,
            **occupied_by(unit.zone_id, signed_for),
        )
        for unit in locked
    ]
    enter_states(entries, actor=actor, at=zones.now(zone))
    index_units([unit.pk for unit in locked])
    record_change(
        actor=actor,
        verb="sign",
        rows=[*signings, *locked],
        scope=zone.pk,
        units=[unit.pk for unit in locked],
        signed_for=signed_for,
        on=on,
    )
    return signings


@transaction.atomic
def void_signing(*, actor: User | None, signing: Signing, reason: str) -> Signing:
    """Take a signing back that was entered by mistake, or came to nothing: its units stand as before it.

    Units whose hold ended with it are vacant. Raises SigningHasLease, AlreadyReplaced and ReasonNeeded.
    """
    selectors.require_at(actor, Verb.VOID, Thing.HOLD, signing.site)
    if not reason.strip():
        raise ReasonNeeded(what=pgettext("原因", "撤销签约"))
    units = locked_units(signing.places.values_list("unit_id", flat=True))
    lease = Lease.objects.filter(signing=signing).first()
    if lease is not None:
        raise SigningHasLease(number=lease.number, pk=lease.pk)
    at = zones.now(signing.zone)
    successor = void_entry(signing, actor=actor, at=at, reason=reason)
    void_states_of(signing.key, actor=actor, at=at, reason=reason)
    let_go = [
        unit
        for unit in locked_units(unit.pk for unit in units)
        if unit.state == Unit.State.RESERVED and not unit.hold_places.filter(is_open=True).exists()
    ]
    latest = selectors.latest_states(unit.pk for unit in let_go)
    entries = [
        UnitState(
            zone_id=unit.zone_id,
            unit=unit,
            state=Unit.State.VACANT,
            happened_on=not_before(latest.get(unit.pk), zones.today(signing.zone)),
            area_m2=unit.gross_area_m2,
            why="签约撤销",
        )
        for unit in let_go
    ]
    enter_states(entries, actor=actor, at=at)
    index_units([unit.pk for unit in units])
    record_change(
        actor=actor,
        verb="void",
        rows=[signing, *units],
        scope=signing.zone_id,
        by=successor.pk,
        reason=reason.strip(),
    )
    return successor


def _add_signing(
    actor: User | None,
    site: Site,
    units: Sequence[Unit],
    signed_for: str,
    on: date,
    why: str,
    awaits_lease: bool,
) -> Signing:
    who = occupied_by(site.zone_id, signed_for)
    signing = Signing(
        zone_id=site.zone_id,
        site=site,
        enterprise=who["enterprise"],
        signed_for=who["occupant_name"][:120],
        happened_on=on,
        evidence_note=why[:200],
        awaits_lease=awaits_lease,
    )
    add_entry(signing, actor=actor, at=zones.now(site.zone))
    SigningUnit.objects.bulk_create(
        [SigningUnit(signing=signing, unit=unit, area_m2=unit.gross_area_m2) for unit in units]
    )
    return signing
