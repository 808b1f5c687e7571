"""Definitions of indicators."""

from typing import Any

from django.db import transaction

from zhuchao.apps.core.services import record_change
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Indicator
from ..models.builtin import BUILTINS


@transaction.atomic
def load_builtin_indicators() -> int:
    """Bring the built-in definitions up to date; return how many there are. Safe to repeat."""
    rows = [
        Indicator(
            code=item.code,
            name=item.name,
            kind=Indicator.Kind.COUNTED if item.measure else Indicator.Kind.OBSERVED,
            measure=item.measure,
            dimension=item.dimension,
            currency=item.currency,
            show_unit=item.show_unit,
            direction=item.direction,
            definition=item.definition,
            order=place,
        )
        for place, item in enumerate(BUILTINS, start=1)
    ]
    kept = {row.code: row for row in Indicator.objects.filter(zone__isnull=True)}
    fields = (
        "name",
        "kind",
        "measure",
        "dimension",
        "currency",
        "show_unit",
        "direction",
        "definition",
        "order",
    )
    for row in rows:
        if row.code in kept:
            for name in fields:
                setattr(kept[row.code], name, getattr(row, name))
    Indicator.objects.bulk_update(kept.values(), fields)
    Indicator.objects.bulk_create([row for row in rows if row.code not in kept])
    ids = dict(Indicator.objects.filter(zone__isnull=True).values_list("code", "pk"))
    for item in BUILTINS:
        Indicator.objects.filter(pk=ids[item.code]).update(part_of_id=ids.get(item.part_of))
    return len(rows)


@transaction.atomic
def add_indicator(
    *,
    actor: User | None,
    zone: Zone,
    code: str,
    name: str,
    dimension: str,
    show_unit: str,
    currency: str = "",
    direction: str = Indicator.Direction.HIGHER,
    part_of: Indicator | None = None,
    definition: str = "",
) -> Indicator:
    """Define an observed indicator of one zone's own."""
    zones.require(actor, Verb.ADD, Thing.TARGET, zone)
    indicator = Indicator.objects.create(
        zone=zone,
        code=code,
        name=name,
        kind=Indicator.Kind.OBSERVED,
        dimension=dimension,
        show_unit=show_unit,
        currency=currency,
        direction=direction,
        part_of=part_of,
        definition=definition,
    )
    record_change(actor=actor, verb="add", rows=[indicator], scope=zone.pk, **_said(indicator))
    return indicator


def _said(indicator: Indicator) -> dict[str, Any]:
    return {"code": indicator.code, "name": indicator.name, "unit": indicator.show_unit}
