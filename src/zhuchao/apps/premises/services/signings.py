"""Units that were signed for: out of the vacant ones, or out of the hold of the one who signs."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import record_change
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from .. import selectors
from ..errors import UnitHeldForAnother, UnitTaken
from ..models import Hold, HoldUnit, Unit, UnitState
from .holds import end_hold, locked_units, not_before
from .index import index_units
from .states import enter_states, occupied_by, refuse_future


@transaction.atomic
def sign_units(
    *, actor: User | None, units: Sequence[Unit], signed_for: str, on: date, why: str = ""
) -> list[UnitState]:
    """Enter that vacant units, or units held for the same one, were signed for; their holds end as signed.

    Raises UnitTaken for a unit that is signed for, let or otherwise not free, UnitHeldForAnother and WrongInput.
    """
    if not units:
        raise WrongInput(field=_("房源"), why=_("请至少选择一个房源。"))
    for unit in units:
        selectors.require_at(actor, Verb.ADD, Thing.HOLD, unit.site)
    locked = locked_units({unit.pk for unit in units})
    zone = locked[0].zone
    refuse_future(on, zone)
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
    entries = [
        UnitState(
            zone_id=unit.zone_id,
            unit=unit,
            state=Unit.State.SIGNED,
            happened_on=not_before(latest.get(unit.pk), on),
            area_m2=unit.gross_area_m2,
            evidence_note=why[:200],
            **occupied_by(unit.zone_id, signed_for),
        )
        for unit in locked
    ]
    enter_states(entries, actor=actor, at=zones.now(zone))
    index_units([unit.pk for unit in locked])
    record_change(
        actor=actor,
        verb="sign",
        rows=locked,
        scope=zone.pk,
        units=[unit.pk for unit in locked],
        signed_for=signed_for,
        on=on,
    )
    return entries
