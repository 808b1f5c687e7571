"""Targets: set, correct, void. A new version replaces the old one, which stays."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.core.wording import ranged
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import TargetExists
from ..models import Indicator, Target
from .values import base_value


def target_key(
    indicator: Indicator, kind: str, period_from: date, period_to: date, department: str = ""
) -> str:
    """Return what makes a target the same target when a ledger comes in again."""
    return f"{indicator.code}|{kind}|{period_from:%Y%m%d}{period_to:%Y%m%d}|{department}"[:64]


@transaction.atomic
def set_target(
    *,
    actor: User | None,
    zone: Zone,
    indicator: Indicator,
    kind: str,
    period_from: date,
    period_to: date,
    value: Decimal,
    unit: str = "",
    department: Department | None = None,
    evidence_note: str = "",
    happened_on: date | None = None,
) -> Target:
    """Set a target, ``value`` in ``unit`` (the indicator's own when empty).

    Raises TargetExists when the same one is in force and UnitDoesNotFit for a unit of another kind.
    """
    zones.require(actor, Verb.ADD, Thing.TARGET, zone)
    Zone.objects.select_for_update(no_key=True).get(
        pk=zone.pk
    )  # one target of a kind: the second of two people waits here
    key = target_key(indicator, kind, period_from, period_to, str(department or ""))
    if Target.objects.live().filter(zone=zone, ledger_key=key).exists():
        raise TargetExists(
            indicator=indicator.title,
            period=ranged(f"{period_from:%Y-%m}", f"{period_to:%Y-%m}"),
            kind=Target.Kind(kind).label,
        )
    at = zones.now(zone)
    target = Target(
        zone=zone,
        indicator=indicator,
        kind=kind,
        period_from=period_from,
        period_to=period_to,
        value=base_value(indicator, value, unit),
        department=department,
        happened_on=happened_on or zones.today(zone),
        evidence_note=evidence_note,
        ledger_key=key,
    )
    add_entry(target, actor=actor, at=at)
    record_change(
        actor=actor, verb="add", rows=[target], scope=zone.pk, indicator=indicator.code, value=target.value
    )
    return target


@transaction.atomic
def correct_target(
    *, actor: User | None, target: Target, value: Decimal, unit: str = "", reason: str
) -> Target:
    """Replace a target by one with another value; the old one stays readable."""
    zones.require(actor, Verb.CHANGE, Thing.TARGET, target.zone)
    new = correct_entry(
        target,
        actor=actor,
        at=zones.now(target.zone),
        reason=reason,
        value=base_value(target.indicator, value, unit),
        happened_on=zones.today(target.zone),
    )
    record_change(
        actor=actor, verb="correct", rows=[target, new], scope=target.zone_id, old=target.value, new=new.value
    )
    return new


@transaction.atomic
def void_target(*, actor: User | None, target: Target, reason: str) -> Target:
    """Take a target out of force, with a reason."""
    zones.require(actor, Verb.VOID, Thing.TARGET, target.zone)
    new = void_entry(target, actor=actor, at=zones.now(target.zone), reason=reason)
    record_change(actor=actor, verb="void", rows=[target, new], scope=target.zone_id, reason=reason)
    return new
