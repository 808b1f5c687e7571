"""What a lead asks of premises: set as one, checked for contradictions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record
from zhuchao.apps.core.services.records import label_of
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Verb

from ..errors import NeedsContradict
from ..models import CRITERIA, Lead, LeadNeeds
from .stages import locked_lead, require_for

FACTS = frozenset({*CRITERIA, "use", "is_hard", "source_text"})
CIVIL_KINDS = frozenset({Unit.Kind.OFFICE, Unit.Kind.SHOP, Unit.Kind.HERITAGE})
"""Kinds of space in which nothing of fire class 甲 or 乙 may be made or stored."""
HAZARDOUS = frozenset({Unit.FireClass.A, Unit.FireClass.B})


@transaction.atomic
def set_lead_needs(*, actor: User | None, lead: Lead, version: int | None, **values: Any) -> LeadNeeds:
    """Say what a lead asks of premises; what is not given stays, and None or empty takes a fact back.

    ``version`` is that of the needs that were seen, 0 where there were none, None for a caller that edits what it has
    just read. ``values``: any of ``CRITERIA``, use, is_hard, source_text. Raises NeedsContradict, which names the
    two, WrongInput and Stale.
    """
    require_for(actor, Verb.CHANGE, lead)
    unknown = set(values) - FACTS
    if unknown:
        raise TypeError(f"not what a lead can need: {sorted(unknown)}")
    # The lead's row is what two people who set its first needs race for.
    lead = locked_lead(lead.pk)
    needs = LeadNeeds.objects.select_for_update(no_key=True).filter(lead=lead).first()
    wanted = needs or LeadNeeds(zone_id=lead.zone_id, lead=lead)
    if needs is not None:
        check_version(needs, version, yours=values)
    values = _checked(wanted, values)
    _refuse_contradictions(lead, wanted, values)
    if needs is None:
        for name, value in values.items():
            setattr(wanted, name, value)
        wanted.save()
        changed = {name: [None, value] for name, value in values.items() if wanted.said(name)}
    else:
        changed = save_record(wanted, **values)
    if changed:
        record_change(actor=actor, verb="set_needs", rows=[lead, wanted], scope=lead.zone_id, changed=changed)
    return LeadNeeds.objects.select_related("lead").get(pk=wanted.pk)


def _checked(needs: LeadNeeds, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are kept; raises WrongInput for what cannot be."""
    kept = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    for name, value in kept.items():
        if isinstance(value, Decimal) and value <= 0:
            raise WrongInput(field=label_of(needs, name), why=_("应大于 0。"))
    if "kinds" in kept:
        kept["kinds"] = _among("kinds", kept["kinds"] or (), Unit.Kind.values, needs)
    if "is_hard" in kept:
        kept["is_hard"] = _among("is_hard", kept["is_hard"] or (), CRITERIA, needs)
    if kept.get("fire_class") and kept["fire_class"] not in Unit.FireClass.values:
        raise WrongInput(field=label_of(needs, "fire_class"), why=_("应为甲、乙、丙、丁、戊之一。"))
    return kept


def _among(name: str, said: Any, known: Any, needs: LeadNeeds) -> list[str]:
    foreign = [str(one) for one in said if one not in known]
    if foreign:
        raise WrongInput(field=label_of(needs, name), why=_("没有“{word}”这一项。").format(word=foreign[0]))
    return [one for one in known if one in said]


def _refuse_contradictions(lead: Lead, needs: LeadNeeds, values: Mapping[str, Any]) -> None:
    """Refuse needs of which two cannot both hold, as they would be with ``values``."""

    def of(name: str) -> Any:
        return values[name] if name in values else getattr(needs, name)

    def refuse(first: str, second: str, why: str) -> None:
        raise NeedsContradict(
            first=label_of(needs, first), second=label_of(needs, second), why=why, fields=[first, second]
        )

    least, most = of("area_min_m2"), of("area_max_m2")
    if least is not None and most is not None and least > most:
        refuse(
            "area_min_m2",
            "area_max_m2",
            _("最小 {least} ㎡ 大于最大 {most} ㎡。").format(least=least, most=most),
        )
    if of("fire_class") in HAZARDOUS and of("kinds") and set(of("kinds")) <= CIVIL_KINDS:
        refuse("fire_class", "kinds", _("甲、乙类火灾危险性的用途不能设在办公、商业或古建老宅里。"))
    if of("move_in_on") is not None and of("move_in_on") < lead.found_on:
        raise NeedsContradict(
            first=label_of(needs, "move_in_on"),
            second=label_of(lead, "found_on"),
            why=_("入驻 {move_in} 早于获得线索的 {found}。").format(
                move_in=of("move_in_on").isoformat(), found=lead.found_on.isoformat()
            ),
            fields=["move_in_on", "found_on"],
        )
    for name in of("is_hard"):
        if of(name) in (None, "", []):
            refuse(
                name, "is_hard", _("“{name}”没有填写，不能列为必须满足。").format(name=label_of(needs, name))
            )
