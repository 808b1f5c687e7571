"""Who won a lead first, who disputes it, and how the credit for it is shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import CreditSplit, Dispute, FirstContact, Lead
from .leads import Actor

WHOLE = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """One party's part of the credit for a lead: a zone, and in it a department or a person; ``percent`` of 100."""

    zone: Zone
    percent: Decimal
    department: Department | None = None
    person: User | None = None


def missing_of_whole(shares: Sequence[Decimal]) -> Decimal:
    """Return what shares lack of exactly 100 per cent; negative when they are more.

    >>> missing_of_whole([Decimal("33.33"), Decimal("33.33"), Decimal("33.33")])
    Decimal('0.01')
    """
    return WHOLE - sum(shares, Decimal(0))


def first_contact_of(lead: Lead) -> FirstContact | None:
    """Return the first contact of a lead that is in force."""
    rows: QuerySet[FirstContact] = FirstContact.objects.live().filter(lead=lead)
    return rows.select_related("person", "department", "recorded_by", "evidence").first()


def get_first_contact(actor: Actor, pk: int) -> FirstContact:
    """Return one first contact; raises NotFound when it is hidden or missing."""
    rows = zones.in_zones(FirstContact.objects.select_related("lead__zone", "evidence"), actor, Thing.LEAD)
    found: FirstContact | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(what=_("该首招"))
    return found


def first_contacts_of(lead: Lead) -> QuerySet[FirstContact]:
    """Return every version of a lead's first contact, the present one first."""
    rows = FirstContact.objects.filter(lead=lead).select_related("person", "department", "recorded_by")
    return rows.order_by("-pk")


def credit_of(lead: Lead) -> list[Share]:
    """Return how the credit for a lead is shared; all of it is the first contact's while nobody said otherwise."""
    split = CreditSplit.objects.live().filter(lead=lead).first()
    if split is None:
        first = first_contact_of(lead)
        return [Share(lead.zone, WHOLE, first.department, first.person)] if first else []
    places = Zone.objects.in_bulk([part["zone"] for part in split.parts])
    halls = Department.objects.in_bulk([part["department"] for part in split.parts if part["department"]])
    people = User.objects.in_bulk([part["person"] for part in split.parts if part["person"]])
    return [
        Share(
            places[part["zone"]],
            Decimal(part["share"]),
            halls.get(part["department"]),
            people.get(part["person"]),
        )
        for part in split.parts
    ]


def read_percent(text: str) -> Decimal | None:
    """Return a share as it was typed (60, 33.34, 33.34%), None for what is none or has more than two places.

    >>> read_percent("33.34%"), read_percent("a third"), read_percent("1.005")
    (Decimal('33.34'), None, None)
    """
    try:
        share = Decimal(text.strip().removesuffix("%").removesuffix("％").strip())
    except InvalidOperation:
        return None
    exact = share.is_finite() and 0 <= share <= WHOLE and share == share.quantize(CENT)
    return share if exact else None


def party_named(zone: Zone, name: str, percent: Decimal) -> Share | None:
    """Return the party that a name means for sharing credit, None for none or for more than one.

    An officer or a department of the zone, or a park of one of its alliances, itself included.
    """
    people = zones.people.people_by_name(zone).get(name, [])
    if people:
        return Share(zone, percent, person=people[0]) if len(people) == 1 else None
    hall = zone.departments.filter(name=name).first()
    if hall is not None:
        return Share(zone, percent, department=hall)
    partners = Zone.objects.filter(alliances__in=zone.alliances.all()) | Zone.objects.filter(pk=zone.pk)
    places = partners.filter(name=name) | partners.filter(short_name=name)
    found = list(places.distinct()[:2])
    return Share(found[0], percent) if len(found) == 1 else None


def said_as_lines(parts: Sequence[Share]) -> str:
    """Return shares as people type them, one a line."""
    return "\n".join(
        f"{part.person or part.department or part.zone.name} {part.percent.normalize():f}" for part in parts
    )


def visible_disputes(actor: Actor) -> QuerySet[Dispute]:
    """Return the disputes of the zones whose leads this person may see; a shared pool does not show them."""
    rows = Dispute.objects.select_related("lead__zone", "claimant", "decided_by", "zone")
    return zones.in_zones(rows, actor, Thing.LEAD)


def get_dispute(actor: Actor, pk: int) -> Dispute:
    """Return one dispute; raises NotFound when it is hidden or missing."""
    dispute = visible_disputes(actor).filter(pk=pk).first()
    if dispute is None:
        raise NotFound(what=_("该争议"))
    return dispute


def open_disputes(actor: Actor, zone: Zone) -> QuerySet[Dispute]:
    """Return the disputes of a zone and those below it that wait for a decision, the oldest first."""
    ids = zones.zones_under(actor, zone, Thing.LEAD)
    return visible_disputes(actor).filter(zone_id__in=ids, outcome="").order_by("raised_on", "pk")
