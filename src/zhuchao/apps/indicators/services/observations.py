"""Observations: what statistics say, each with its status."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.figures import ValueStatus, may_replace, subset_ok

from ..errors import LowerStatus, PartAboveWhole
from ..models import Indicator, Observation
from ..selectors.figures import shown
from .values import base_value


def observation_key(indicator: Indicator, period_to: date) -> str:
    """Return what makes an observation the same observation when a ledger comes in again."""
    return f"{indicator.code}|{period_to:%Y%m%d}"[:64]


def check_status(indicator: Indicator, old: Observation | None, status: str) -> None:
    """Refuse a value that is less firm than the one in force; raises LowerStatus."""
    if old is not None and not may_replace(ValueStatus(old.status), ValueStatus(status)):
        raise LowerStatus(
            indicator=indicator.title,
            period=f"{old.happened_on:%Y-%m}",
            old=old.get_status_display(),
            new=Observation.Status(status).label,
        )


def check_parts(zone: Zone, indicator: Indicator, period_to: date, value: Decimal | None) -> None:
    """Refuse a part that is larger than its whole, whichever of the two comes second; raises PartAboveWhole."""
    if value is None:
        return
    live = Observation.objects.live().filter(zone=zone, happened_on=period_to, value__isnull=False)
    pairs = []
    if indicator.part_of_id:
        pairs += [
            (indicator, value, whole.indicator, whole.value)
            for whole in live.filter(indicator=indicator.part_of_id)
        ]
    pairs += [
        (part.indicator, part.value, indicator, value)
        for part in live.filter(indicator__part_of=indicator).select_related("indicator")
    ]
    for part, part_value, whole, whole_value in pairs:
        if part_value is not None and whole_value is not None and not subset_ok(part_value, whole_value):
            raise PartAboveWhole(
                part=part.title,
                part_value=shown(part, part_value),
                whole=whole.title,
                whole_value=shown(part, whole_value),
                unit=part.show_unit,
            )


@transaction.atomic
def add_observation(
    *,
    actor: User | None,
    zone: Zone,
    indicator: Indicator,
    period_to: date,
    value: Decimal | None,
    status: str,
    unit: str = "",
    growth: Decimal | None = None,
    base: Decimal | None = None,
    source: str = "",
    reason: str = "",
) -> Observation:
    """Enter a cumulative value for January up to ``period_to``, replacing one of the same or a lower status.

    ``growth`` is a ratio as published; ``base`` the same period of last year in the same unit. Raises LowerStatus,
    PartAboveWhole, UnitDoesNotFit, WrongInput.
    """
    zones.require(actor, Verb.ADD, Thing.OBSERVATION, zone)
    if indicator.kind != Indicator.Kind.OBSERVED:
        raise WrongInput(field=indicator.title, why=_("这个指标由台账自动计算，不能直接填数。"))
    if value is None and growth is None:
        raise WrongInput(field=_("数值"), why=_("数值与同比至少填一项。"))
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    kept = None if value is None else base_value(indicator, value, unit)
    old = Observation.objects.live().filter(zone=zone, indicator=indicator, happened_on=period_to).first()
    check_status(indicator, old, status)
    check_parts(zone, indicator, period_to, kept)
    at = zones.now(zone)
    values = {
        "value": kept,
        "base_value": None if base is None else base_value(indicator, base, unit),
        "growth": growth,
        "status": status,
        "source": source,
    }
    if old is not None:
        new = correct_entry(old, actor=actor, at=at, reason=reason or "数据更新", **values)
        record_change(
            actor=actor, verb="correct", rows=[old, new], scope=zone.pk, old=old.value, new=new.value
        )
        return new
    new = Observation(
        zone=zone,
        indicator=indicator,
        period_from=date(period_to.year, 1, 1),
        happened_on=period_to,
        ledger_key=observation_key(indicator, period_to),
        **values,
    )
    add_entry(new, actor=actor, at=at)
    record_change(
        actor=actor, verb="add", rows=[new], scope=zone.pk, indicator=indicator.code, value=new.value
    )
    return new


@transaction.atomic
def correct_observation(
    *, actor: User | None, observation: Observation, reason: str, **values: object
) -> Observation:
    """Replace an observation by a corrected one of the same or a higher status."""
    zones.require(actor, Verb.CHANGE, Thing.OBSERVATION, observation.zone)
    check_status(observation.indicator, observation, str(values.get("status", observation.status)))
    value = values.get("value", observation.value)
    check_parts(
        observation.zone,
        observation.indicator,
        observation.happened_on,
        value if isinstance(value, Decimal) else None,
    )
    new = correct_entry(observation, actor=actor, at=zones.now(observation.zone), reason=reason, **values)
    record_change(
        actor=actor,
        verb="correct",
        rows=[observation, new],
        scope=observation.zone_id,
        old=observation.value,
        new=new.value,
    )
    return new


@transaction.atomic
def void_observation(*, actor: User | None, observation: Observation, reason: str) -> Observation:
    """Take an observation out of force, with a reason."""
    zones.require(actor, Verb.VOID, Thing.OBSERVATION, observation.zone)
    new = void_entry(observation, actor=actor, at=zones.now(observation.zone), reason=reason)
    record_change(actor=actor, verb="void", rows=[observation, new], scope=observation.zone_id, reason=reason)
    return new
