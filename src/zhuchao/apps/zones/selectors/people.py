"""Who works in a zone, what a person may be shown of another, and whose account one may manage."""

from collections.abc import Iterable
from datetime import date

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotAllowed, NotFound

from ..models import Membership, Role, User, Zone
from .permissions import THING_NAMES, VERB_NAMES, Thing, Verb, zone_ids
from .zones import lineage_ids

# The roles that answer for leads, projects, sites and firms, and stand on the duty roster.
OFFICER_ROLES = (Role.LEADER, Role.PROMOTION_OFFICER, Role.STEWARD, Role.LIAISON)


def visible_people(actor: User | AnonymousUser | None) -> QuerySet[User]:
    """Return the people of the zones whose people this person may see, those who have left included."""
    if actor is None:
        return User.objects.all()
    zones = zone_ids(actor, Verb.VIEW, Thing.PERSON)
    return User.objects.filter(Exists(Membership.objects.filter(user=OuterRef("pk"), zone_id__in=zones)))


def get_person(actor: User | AnonymousUser | None, pk: int) -> User:
    """Return a person; raises NotFound when they are hidden or missing."""
    person = visible_people(actor).filter(pk=pk).first()
    if person is None:
        raise NotFound(what=_("该人员"))
    return person


def people_of(actor: User | AnonymousUser | None, zone: Zone) -> QuerySet[User]:
    """Return the people who hold or held a role in ``zone``, with their memberships there and open work counted."""
    return (
        visible_people(actor)
        .filter(Exists(Membership.objects.filter(user=OuterRef("pk"), zone=zone)))
        .annotate(
            open_assignments=Count(
                "assignments",
                filter=Q(assignments__zone=zone, assignments__until__isnull=True),
                distinct=True,
            )
        )
        .prefetch_related(
            Prefetch(
                "memberships",
                Membership.objects.filter(zone=zone).select_related("department").order_by("role", "pk"),
                to_attr="roles_here",
            )
        )
    )


def officers_of(zone: Zone, on: date | None = None, roles: Iterable[Role] = OFFICER_ROLES) -> QuerySet[User]:
    """Return the active people who hold one of ``roles`` in ``zone`` or above it on a day, by name."""
    held = open_on(on or timezone.localdate()).filter(
        user=OuterRef("pk"), zone_id__in=lineage_ids(zone), role__in=list(roles)
    )
    return User.objects.filter(Exists(held), is_active=True).order_by("display_name", "pk")


def open_on(day: date) -> QuerySet[Membership]:
    """Return the memberships that hold on a day."""
    return Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


def open_now() -> QuerySet[Membership]:
    """Return the memberships that hold today."""
    return open_on(timezone.localdate())


def is_open(membership: Membership) -> bool:
    """Return whether a membership holds today."""
    today = timezone.localdate()
    return membership.since <= today and (membership.until is None or membership.until >= today)


def has_second_factor(person: User) -> bool:
    """Return whether signing in as this person asks for more than a password."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def works_in(person: User, zone: Zone) -> bool:
    """Return whether an active person holds a role in ``zone`` or above it today."""
    held = open_now().filter(user=person, zone_id__in=lineage_ids(zone))
    return person.is_active and held.exists()


def last_days_in(zone: Zone, person_ids: Iterable[int]) -> dict[int, date]:
    """Return for each person who holds or held a role in ``zone`` or above it the last day of it, or the end of time."""
    found: dict[int, date] = {}
    held = Membership.objects.filter(zone_id__in=lineage_ids(zone), user_id__in=set(person_ids))
    for user_id, until in held.values_list("user_id", "until"):
        found[user_id] = max(found.get(user_id, date.min), until or date.max)
    return found


def people_by_name(zone: Zone) -> dict[str, list[User]]:
    """Return the officers of a zone by name: what a ledger's 责任人 is looked up in. Namesakes share a key."""
    found: dict[str, list[User]] = {}
    for person in officers_of(zone):
        found.setdefault(person.display_name, []).append(person)
    return found


def memberships_of(actor: User | AnonymousUser | None, person: User) -> QuerySet[Membership]:
    """Return a person's roles in the zones whose people ``actor`` may see, those that ended included."""
    rows = Membership.objects.filter(user=person).select_related("zone", "department")
    if actor is not None and actor.pk != person.pk:
        rows = rows.filter(zone_id__in=zone_ids(actor, Verb.VIEW, Thing.PERSON))
    return rows.order_by("until", "zone", "role", "pk")


def get_membership(actor: User | AnonymousUser | None, pk: int) -> Membership:
    """Return a role somebody holds; raises NotFound when it is hidden or missing."""
    rows = Membership.objects.select_related("zone", "user", "department").filter(pk=pk)
    found = rows.filter(zone_id__in=zone_ids(actor, Verb.VIEW, Thing.PERSON)).first()
    if found is None:
        raise NotFound(what=_("该角色"))
    return found


def manages(actor: User | AnonymousUser | None, person: User) -> bool:
    """Return whether ``actor`` may manage the whole account of ``person``.

    An account opens every zone its person works in, so that only somebody who manages people in all of them
    may hand out its password: else an administrator of one zone could walk into another.
    """
    if actor is None:
        return True
    mine = zone_ids(actor, Verb.MANAGE, Thing.PERSON)
    held = open_on(timezone.localdate()).filter(user=person) | Membership.objects.filter(
        user=person, since__gt=timezone.localdate()
    )
    theirs = set(held.values_list("zone_id", flat=True))
    if not theirs:
        theirs = set(Membership.objects.filter(user=person).values_list("zone_id", flat=True))
    return bool(theirs) and theirs <= mine


def require_over(actor: User | AnonymousUser | None, verb: Verb, person: User) -> None:
    """Refuse unless the actor may do ``verb`` to people in one of the zones this person works or worked in.

    Raises NotAllowed.
    """
    if actor is None:
        return
    zones = Membership.objects.filter(user=person).values_list("zone_id", flat=True)
    if not zone_ids(actor, verb, Thing.PERSON) & set(zones):
        raise NotAllowed(verb=str(VERB_NAMES[verb]), thing=str(THING_NAMES[Thing.PERSON]))


def sees_phone_of(actor: User | AnonymousUser | None, person: User) -> bool:
    """Return whether ``actor`` may ask for the whole phone number of ``person``."""
    if actor is None or actor.pk == person.pk:
        return True
    zones = zone_ids(actor, Verb.REVEAL, Thing.PERSON)
    return Membership.objects.filter(user=person, zone_id__in=zones).exists()


def mask(number: str) -> str:
    """Return a phone or identity number with its middle hidden, so that two can be told apart but not called.

    >>> mask("13812345678"), mask("0512-6720"), mask("")
    ('138****5678', '05*****20', '')
    """
    kept = (3, 4) if len(number) >= 11 else (2, 2) if len(number) >= 6 else (0, 0)
    hidden = len(number) - sum(kept)
    return number[: kept[0]] + "*" * hidden + number[len(number) - kept[1] :]
