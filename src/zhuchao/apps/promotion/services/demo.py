"""What promotion shows in a zone of the demo beyond its ledgers, out of the ``[promotion]`` section of its description."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from zhuchao.apps.premises.models import Unit
from zhuchao.apps.zones.models import User, Zone

from ..models import CRITERIA, FirstContact, Lead, Referral, Viewing
from .capital import add_capital
from .first_contact import add_first_contact, raise_dispute
from .minutes import needs_written
from .needs import set_lead_needs
from .placing import hold_for_lead
from .referrals import offer_referral
from .viewings import book_viewing, set_viewing_outcome

Item = Mapping[str, Any]


@transaction.atomic
def show_demo(zone: Zone, described: Mapping[str, Any]) -> None:
    """Enter needs, viewings, first contacts, disputes, foreign capital, holds and referrals of a demo zone, once."""
    there = (Viewing, FirstContact, Referral)
    if any(kind.objects.filter(zone=zone).exists() for kind in there):
        return
    leads = {lead.name: lead for lead in Lead.objects.filter(zone=zone).select_related("zone")}
    people = {user.username: user for user in User.objects.filter(memberships__zone=zone)}
    units = {
        str(unit): unit
        for unit in Unit.objects.filter(zone=zone).select_related("site", "building", "floor", "zone")
    }
    if described.get("read_needs", False):
        for lead in leads.values():
            _keep_needs(lead)
    places = _Places(zone, people, units)
    steps: Mapping[str, Callable[[Lead, Item, _Places], None]] = {
        "needs": _needs,
        "viewings": _viewing,
        "first_contacts": _first_contact,
        "disputes": _dispute,
        "capital": _capital,
        "holds": _hold,
        "referrals": _referral,
    }
    for name, act in steps.items():
        for item in described.get(name, ()):
            act(leads[item["lead"]], item, places)


class _Places:
    """The people and units of the zone by the names that the description uses."""

    def __init__(self, zone: Zone, people: Mapping[str, User], units: Mapping[str, Unit]) -> None:
        self.zone, self.people, self._units = zone, people, units

    def units(self, item: Item) -> list[Unit]:
        return [self._units[name] for name in item["units"]]


def _keep_needs(lead: Lead) -> None:
    read = needs_written(lead) if lead.is_open else None
    if read is not None:
        said = {name: getattr(read, name) for name in _said(read)}
        set_lead_needs(actor=None, lead=lead, version=None, source_text=read.source_text, **said)


def _said(needs: Any) -> list[str]:
    return [name for name in CRITERIA if needs.said(name)]


def _needs(lead: Lead, item: Item, places: _Places) -> None:
    said = {name: _exact(value) for name, value in item.items() if name != "lead"}
    set_lead_needs(actor=None, lead=lead, version=None, **said)


def _viewing(lead: Lead, item: Item, places: _Places) -> None:
    viewing = book_viewing(
        actor=None,
        lead=lead,
        on=item["on"],
        starts_at=item.get("starts_at"),
        escort=places.people[item["escort"]],
        units=places.units(item),
        note=item.get("note", ""),
    )
    if "outcome" in item:
        set_viewing_outcome(
            actor=None,
            viewing=viewing,
            version=viewing.version,
            outcome=item["outcome"],
            outcome_note=item.get("outcome_note", ""),
        )


def _first_contact(lead: Lead, item: Item, places: _Places) -> None:
    add_first_contact(
        actor=None,
        lead=lead,
        person=places.people[item["person"]],
        on=item["on"],
        evidence_note=item["evidence_note"],
    )


def _dispute(lead: Lead, item: Item, places: _Places) -> None:
    raise_dispute(
        actor=places.people[item["claimant"]],
        lead=lead,
        claimed_on=item["claimed_on"],
        argument=item["argument"],
    )


def _capital(lead: Lead, item: Item, places: _Places) -> None:
    said = {name: _exact(value) for name, value in item.items() if name != "lead"}
    add_capital(actor=None, lead=lead, **said)


def _hold(lead: Lead, item: Item, places: _Places) -> None:
    hold_for_lead(actor=None, lead=lead, units=places.units(item), until=item["until"])


def _referral(lead: Lead, item: Item, places: _Places) -> None:
    offer_referral(
        actor=places.people[item["offered_by"]],
        lead=lead,
        to_zone=Zone.objects.get(code=item["to_zone"]),
        giving_share=_exact(item["giving_share"]),
        note=item.get("note", ""),
    )


def _exact(value: Any) -> Any:
    """Return a number of the description as it is kept; a text and a day stay as they are."""
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
