"""A lead and the units it gets: held for it, signed for it, never against a rule of the place."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from zhuchao.apps.core.services import record_change
from zhuchao.apps.premises import services as premises
from zhuchao.apps.premises.models import Hold, Site, Unit
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Verb

from .. import selectors
from ..errors import OutOfScope, UseForbidden
from ..models import Lead, LeadSigning, LeadStage
from ..selectors.rules import Places, words_of
from .stages import locked_lead, require_for, set_lead_stage


@transaction.atomic
def hold_for_lead(
    *, actor: User | None, lead: Lead, units: Sequence[Unit], until: date, scope_reason: str = ""
) -> Hold:
    """Hold vacant units of one site for a lead, up to and including the day ``until``.

    ``scope_reason`` says why a park whose industries the lead is not of takes it; it is logged. Raises UseForbidden,
    OutOfScope, and what holding raises.
    """
    require_for(actor, Verb.CHANGE, lead)
    lead = locked_lead(lead.pk)
    passed = _check_place(lead, units, scope_reason)
    hold = premises.hold_units(actor=actor, units=units, held_for=lead.party, until=until, why=lead.name)
    _record(actor, "hold_for", lead, units, passed, scope_reason, hold=hold.pk, until=until)
    return hold


@transaction.atomic
def sign_lead_on_units(
    *,
    actor: User | None,
    lead: Lead,
    units: Sequence[Unit],
    on: date,
    scope_reason: str = "",
    awaits_lease: bool = False,
    **stage: Any,
) -> LeadStage:
    """Enter that a lead signed for units: lead and units move together or not at all.

    ``awaits_lease`` says that a lease of the same units is to follow. ``stage`` is what ``set_lead_stage`` takes
    beside. Raises UseForbidden, OutOfScope without a ``scope_reason``, what the gate of signing raises, and UnitTaken
    or UnitHeldForAnother: nobody signs for what another has signed for.
    """
    require_for(actor, Verb.CHANGE, lead)
    lead = locked_lead(lead.pk)
    passed = _check_place(lead, units, scope_reason)
    entry = set_lead_stage(actor=actor, lead=lead, stage=Lead.Stage.SIGNED, on=on, **stage)
    signings = premises.sign_units(
        actor=actor,
        units=units,
        signed_for=lead.party,
        on=on,
        why=lead.name,
        awaits_lease=awaits_lease,
    )
    LeadSigning.objects.bulk_create(
        [LeadSigning(zone_id=lead.zone_id, lead=lead, stage=entry, signing=one) for one in signings]
    )
    _record(actor, "sign_for", lead, units, passed, scope_reason, entry=entry.pk, on=on)
    return entry


def _check_place(lead: Lead, units: Sequence[Unit], scope_reason: str) -> list[str]:
    """Refuse a use that a rule of the place forbids; return the scopes that were passed over for a reason."""
    words = words_of(lead, selectors.needs_of(lead))
    places = Places(Site.objects.filter(zone_id__in={unit.zone_id for unit in units}))
    passed = []
    for unit in units:
        clause = places.rules(unit).against(words)
        if clause:
            raise UseForbidden(lead=str(lead), unit=str(unit), clause=clause, pk=unit.pk)
        scope = places.scope(unit)
        if words.all and not scope.admits(words):
            if not scope_reason.strip():
                raise OutOfScope(lead=str(lead), scope=str(scope), pk=unit.pk)
            passed.append(str(scope))
    return list(dict.fromkeys(passed))


def _record(
    actor: User | None,
    verb: str,
    lead: Lead,
    units: Sequence[Unit],
    passed: list[str],
    reason: str,
    **said: Any,
) -> None:
    """Record what became of a lead and its units; an override is among it."""
    if passed:
        said |= {"out_of": passed, "override_reason": reason.strip()}
    record_change(
        actor=actor,
        verb=verb,
        rows=[lead, *units],
        scope=lead.zone_id,
        units=[unit.pk for unit in units],
        **said,
    )
