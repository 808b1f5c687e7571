"""Foreign capital 外资: entered in its own currency with the rate of a day, corrected, voided."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Verb
from zhuchao.engines.units import ISO_CURRENCIES, round_half_up

from ..models import ForeignCapital, Lead
from .stages import locked_lead, refuse_future, require_for

CORRECTABLE = frozenset(
    {"kind", "happened_on", "country", "currency", "amount", "rate", "rate_on", "evidence", "evidence_note"}
)
MOST_CNY = Decimal(10) ** 15


@transaction.atomic
def add_capital(
    *,
    actor: User | None,
    lead: Lead,
    kind: str,
    on: date,
    country: str,
    currency: str,
    amount: Decimal,
    rate: Decimal,
    rate_on: date,
    **evidence: Any,
) -> ForeignCapital:
    """Enter foreign capital of a lead that was planned, registered or arrived on a day.

    ``amount`` in ``currency`` (ISO 4217), ``rate`` yuan for one of it on ``rate_on``; the yuan are their product,
    rounded to the cent. ``evidence`` may be evidence and evidence_note. Raises WrongInput.
    """
    require_for(actor, Verb.CHANGE, lead)
    lead = locked_lead(lead.pk)
    said = _checked(
        lead,
        {
            "kind": kind,
            "happened_on": on,
            "country": country,
            "currency": currency,
            "amount": amount,
            "rate": rate,
            "rate_on": rate_on,
        },
    )
    entry = ForeignCapital(zone_id=lead.zone_id, lead=lead, **said, **evidence)
    add_entry(entry, actor=actor, at=zones.now(lead.zone))
    record_change(
        actor=actor,
        verb="add_capital",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        amount=entry.amount_cny,
    )
    return entry


@transaction.atomic
def correct_capital(
    *, actor: User | None, entry: ForeignCapital, reason: str, **values: Any
) -> ForeignCapital:
    """Replace an entry of foreign capital by one that says it right; the yuan follow."""
    require_for(actor, Verb.CHANGE, entry.lead)
    unknown = set(values) - CORRECTABLE
    if unknown:
        raise TypeError(f"not part of foreign capital: {sorted(unknown)}")
    lead = locked_lead(entry.lead_id)
    facts = ("kind", "happened_on", "country", "currency", "amount", "rate", "rate_on")
    said = {name: values.pop(name, getattr(entry, name)) for name in facts}
    successor = correct_entry(
        entry, actor=actor, at=zones.now(lead.zone), reason=reason, **_checked(lead, said), **values
    )
    record_change(
        actor=actor,
        verb="correct",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


@transaction.atomic
def void_capital(*, actor: User | None, entry: ForeignCapital, reason: str) -> ForeignCapital:
    """Take an entry of foreign capital out of every sum from now on."""
    require_for(actor, Verb.VOID, entry.lead)
    lead = locked_lead(entry.lead_id)
    successor = void_entry(entry, actor=actor, at=zones.now(lead.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void",
        rows=[lead],
        scope=lead.zone_id,
        entry=entry.pk,
        by=successor.pk,
        reason=reason,
    )
    return successor


def _checked(lead: Lead, said: dict[str, Any]) -> dict[str, Any]:
    refuse_future(said["happened_on"], lead.zone)
    refuse_future(said["rate_on"], lead.zone)
    currency = str(said["currency"]).strip().upper()
    if currency not in ISO_CURRENCIES or currency == "CNY":
        raise WrongInput(field=_("币种"), why=_("应为外币的三位代码，如 USD、JPY、SGD。"))
    country = str(said["country"]).strip()
    if not country:
        raise WrongInput(field=_("国家或地区"), why=_("不能为空。"))
    for name, label in (("amount", _("金额（原币）")), ("rate", _("汇率（元）"))):
        if said[name] <= 0:
            raise WrongInput(field=label, why=_("应大于 0。"))
    amount_cny = round_half_up(said["amount"] * said["rate"], 2)
    if amount_cny >= MOST_CNY:
        raise WrongInput(field=_("金额（原币）"), why=_("数量过大，请核对单位。"))
    kind = ForeignCapital.Kind(said["kind"])
    return {**said, "kind": kind, "currency": currency, "country": country, "amount_cny": amount_cny}
