"""The permission table: role x verb x thing, in this one place.

Read a row as: in a zone, a person of this role may do these verbs to this thing. What is not written is not
allowed. A role holds in its zone and in every zone below it. ``OWN`` narrows a role to what is its own: an
operator's sites are those of its department, an approver's tasks those of its department.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from zhuchao.apps.core.errors import NotAllowed, NotFound

from ..models import Membership, Role, User, Zone
from .things import THING_NAMES, VERB_NAMES, Thing, Verb

V, A, C, X, G, I, E, R, M = (  # noqa: E741 - the letters are the table's columns
    Verb.VIEW,
    Verb.ADD,
    Verb.CHANGE,
    Verb.VOID,
    Verb.ASSIGN,
    Verb.IMPORT,
    Verb.EXPORT,
    Verb.REVEAL,
    Verb.MANAGE,
)


def _each(things: Iterable[Thing], *verbs: Verb) -> dict[Thing, frozenset[Verb]]:
    return {thing: frozenset(verbs) for thing in things}


# What everybody who works in a zone may read.
_HOUSE = (Thing.ZONE, Thing.PERSON, Thing.DEPARTMENT, Thing.DUTY, Thing.BRAND, Thing.ALLIANCE, Thing.SECTOR)
_SHARED = _each(_HOUSE, V)
# The books of the main job.
_BOOKS = (
    Thing.ENTERPRISE,
    Thing.FILING,
    Thing.SITE,
    Thing.UNIT,
    Thing.REVITALISATION,
    Thing.WORKS,
    Thing.RENEWAL,
    Thing.RELOCATION,
    Thing.CLUSTER,
    Thing.ENCLAVE,
    Thing.HOLD,
    Thing.LEASE,
    Thing.ARRIVAL,
    Thing.LEAD,
    Thing.ACTIVITY,
    Thing.CHAIN,
    Thing.PLACING,
    Thing.PROJECT,
    Thing.GATE,
    Thing.INVESTMENT,
    Thing.INSPECTION,
    Thing.BOND,
    Thing.UPGRADE,
    Thing.GREEN,
    Thing.MATTER,
    Thing.PROCEDURE,
    Thing.CASE,
    Thing.TASK,
    Thing.CREDIT,
    Thing.COVENANT,
    Thing.POLICY,
    Thing.OUTREACH,
    Thing.APPLICATION,
    Thing.PAYMENT,
    Thing.TARGET,
    Thing.OBSERVATION,
    Thing.REPORT,
)

TABLE: Mapping[Role, Mapping[Thing, Iterable[Verb]]] = {
    Role.LEADER: {
        **_SHARED,
        **_each(_BOOKS, V, E),
        Thing.PERSON: {V, R},
        Thing.DUTY: {V, A, C},
        Thing.CONTACT: {V, R},
        Thing.FIRM_DOCUMENT: {V, E},
        Thing.UNIT: {V, E, R},
        Thing.LEAD: {V, E, G, M},
        Thing.HOLD: {V, E, M},
        Thing.PLACING: {V, A, C, E},
        Thing.PROJECT: {V, E, G, M},
        Thing.INVESTMENT: {V, E, M},
        Thing.PROCEDURE: {V, E, M},
        Thing.CASE: {V, E, G},
        Thing.CREDIT: {V, E, M},
        Thing.COVENANT: {V, E, M},
        Thing.POLICY: {V, E, M},
        Thing.APPLICATION: {V, E, M},
        Thing.PAYMENT: {V, E, M},
        Thing.REPORT: {V, A, E},
        Thing.CHANGE_LOG: {V},
        Thing.PORTAL: {V},
        Thing.ENQUIRY: {V, R},
        Thing.FIRM_LINK: {V},
        Thing.INSPECTION: {V, A, E},
        Thing.GREEN: {V, E, M},
    },
    Role.PROMOTION_OFFICER: {
        **_SHARED,
        **_each(_BOOKS, V),
        Thing.PERSON: {V, R},
        Thing.ENTERPRISE: {V, A, C, I, E},
        Thing.CONTACT: {V, A, C, R},
        Thing.UNIT: {V, R},
        Thing.HOLD: {V, A, C, X, E},
        Thing.LEASE: {V, A},
        Thing.ARRIVAL: {V, A, C, X, I, E},
        Thing.LEAD: {V, A, C, X, G, I, E},
        Thing.ACTIVITY: {V, A, C, X, I, E},
        Thing.CHAIN: {V, A, C, I, E},
        Thing.PLACING: {V, A, C, E},
        Thing.PROJECT: {V, A, C, X, G, I, E},
        Thing.INVESTMENT: {V, A, C, X, I, E},
        Thing.PROCEDURE: {V, A, C},
        Thing.CASE: {V, A, C, X, G, E},
        Thing.COVENANT: {V, A, C, X, I, E},
        Thing.OUTREACH: {V, A, C, X, I, E},
        Thing.REPORT: {V, A, E},
        Thing.PORTAL: {V, C},
        Thing.ENQUIRY: {V, C, R},
        Thing.FIRM_LINK: {V, A, C},
        Thing.INSPECTION: {V, A, C, X, I, E},
        Thing.BOND: {V, A, C, X, I, E},
        Thing.UPGRADE: {V, A, C, X, I, E},
        Thing.GREEN: {V, A, C, X, E},
    },
    Role.STEWARD: {
        **_SHARED,
        **_each(_BOOKS, V),
        Thing.PERSON: {V, R},
        Thing.ENTERPRISE: {V, A, C, I, E},
        Thing.CONTACT: {V, A, C, R},
        Thing.SITE: {V, A, C, I, E},
        Thing.UNIT: {V, A, C, X, I, E, R},
        Thing.REVITALISATION: {V, A, C, X, I, E},
        Thing.WORKS: {V, A, C, X, I, E},
        Thing.RENEWAL: {V, A, C, X, I, E},
        Thing.RELOCATION: {V, A, C, X, I, E},
        Thing.HOLD: {V, A, C, X, I, E},
        Thing.LEASE: {V, A, C, X, I, E},
        Thing.ARRIVAL: {V, A, C, X, I, E},
        Thing.LEAD: {V, A, C},
        Thing.CASE: {V, A},
        Thing.OUTREACH: {V, A, C, X, I, E},
        Thing.REPORT: {V, A, E},
        Thing.PORTAL: {V, C},
        Thing.ENQUIRY: {V},
        Thing.FIRM_LINK: {V, A, C},
        Thing.INSPECTION: {V, A, C, E},
    },
    Role.LIAISON: {
        **_SHARED,
        **_each(_BOOKS, V),
        Thing.PERSON: {V, R},
        Thing.ENTERPRISE: {V, A, C, I, E},
        Thing.CONTACT: {V, A, C, R},
        Thing.FILING: {V, A, C, X, I, E},
        Thing.FIRM_DOCUMENT: {V, A, C, X, I, E},
        Thing.LEAD: {V, A},
        Thing.CASE: {V, A, C, E},
        Thing.POLICY: {V, A, C, I, E, M},
        Thing.OUTREACH: {V, A, C, X, I, E},
        Thing.APPLICATION: {V, A, C, X, I, E, M},
        Thing.PAYMENT: {V, A, C, X, I, E, M},
        Thing.PORTAL: {V},
        Thing.ENQUIRY: {V, C, R},
        Thing.FIRM_LINK: {V, A, C},
        Thing.INSPECTION: {V, A, C},
        Thing.GREEN: {V, A},
    },
    Role.APPROVER: {
        **_SHARED,
        Thing.ENTERPRISE: {V},
        Thing.FIRM_DOCUMENT: {V, A},
        Thing.SITE: {V},
        Thing.UNIT: {V},
        Thing.MATTER: {V, A, C},
        Thing.PROCEDURE: {V},
        Thing.CASE: {V},
        Thing.TASK: {V, C, E},
        Thing.CREDIT: {V, A, C},
        Thing.POLICY: {V},
        Thing.APPLICATION: {V, A, C},
        Thing.PROJECT: {V},
        Thing.INSPECTION: {V},
        Thing.GREEN: {V},
    },
    Role.WINDOW_CLERK: {
        **_SHARED,
        Thing.ENTERPRISE: {V},
        Thing.FIRM_DOCUMENT: {V, A, C},
        Thing.CONTACT: {V},
        Thing.PROJECT: {V},
        Thing.MATTER: {V},
        Thing.PROCEDURE: {V},
        Thing.CASE: {V, A, C, E},
        Thing.TASK: {V, A, E},
        Thing.CREDIT: {V},
        Thing.POLICY: {V},
        Thing.APPLICATION: {V, A, C},
        Thing.GREEN: {V},
    },
    Role.ANALYST: {
        **_SHARED,
        **_each(_BOOKS, V, E),
        Thing.ENTERPRISE: {V, A, C, I, E},
        Thing.FILING: {V, A, C, X, I, E},
        Thing.REVITALISATION: {V, A, C, X, I, E},
        Thing.RENEWAL: {V, A, C, X, I, E},
        Thing.RELOCATION: {V, A, C, X, I, E},
        Thing.CLUSTER: {V, A, C, X, I, E},
        Thing.ENCLAVE: {V, A, C, X, I, E},
        Thing.INVESTMENT: {V, A, C, X, I, E, M},
        Thing.GATE: {V, A, C, X, E},
        Thing.TARGET: {V, A, C, X, I, E},
        Thing.OBSERVATION: {V, A, C, X, I, E},
        Thing.REPORT: {V, A, E},
        Thing.SECTOR: {V, M},
        Thing.PORTAL: {V},
        Thing.ENQUIRY: {V},
        Thing.INSPECTION: {V, A, C, X, I, E},
        Thing.BOND: {V, A, C, X, I, E},
        Thing.UPGRADE: {V, A, C, X, I, E},
    },
    Role.AUDITOR: {
        **_SHARED,
        **_each(_BOOKS, V, E),
        Thing.CONTACT: {V},
        Thing.FIRM_DOCUMENT: {V, E},
        Thing.UNIT: {V, E, R},
        Thing.CHANGE_LOG: {V, E},
        Thing.PORTAL: {V},
        Thing.ENQUIRY: {V},
        Thing.FIRM_LINK: {V},
        Thing.OUTBOX: {V},
    },
    Role.ADMINISTRATOR: {
        **_each(_HOUSE, V, A, C, M),
        **_each(_BOOKS, V, A, C, X, G, I, E),
        Thing.LEAD: {V, A, C, X, G, I, E, M},
        Thing.HOLD: {V, A, C, X, G, I, E, M},
        Thing.PROJECT: {V, A, C, X, G, I, E, M},
        Thing.MATTER: {V, A, C, X, G, I, E, M},
        Thing.PROCEDURE: {V, A, C, X, G, I, E, M},
        Thing.CREDIT: {V, A, C, X, G, I, E, M},
        Thing.COVENANT: {V, A, C, X, G, I, E, M},
        Thing.POLICY: {V, A, C, X, G, I, E, M},
        Thing.APPLICATION: {V, A, C, X, G, I, E, M},
        Thing.PAYMENT: {V, A, C, X, G, I, E, M},
        Thing.INVESTMENT: {V, A, C, X, G, I, E, M},
        Thing.PERSON: {V, A, C, E, R, M},
        Thing.CONTACT: {V, A, C, E, R},
        Thing.FIRM_DOCUMENT: {V, A, C, X, I, E},
        Thing.UNIT: {V, A, C, X, G, I, E, R},
        Thing.CHANGE_LOG: {V, E},
        Thing.PORTAL: {V, C, M},
        Thing.ENQUIRY: {V, C, R},
        Thing.FIRM_LINK: {V, A, C},
        Thing.OUTBOX: {V, M},
        Thing.GREEN: {V, A, C, X, G, I, E, M},
    },
    Role.OPERATOR: {
        Thing.ZONE: {V},
        Thing.BRAND: {V},
        Thing.SITE: {V},
        Thing.UNIT: {V, A, C, E, R},
        Thing.REVITALISATION: {V, A, C},
        Thing.WORKS: {V, A, C},
        Thing.RENEWAL: {V},
        Thing.RELOCATION: {V},
        Thing.HOLD: {V, A, C, X, E},
        Thing.LEASE: {V, A, C, E},
        Thing.ARRIVAL: {V, A, C, X, E},
    },
    Role.ENTERPRISE_MEMBER: {Thing.BRAND: {V}},
    Role.PUBLIC: {Thing.BRAND: {V}},
}

# Roles that see only what belongs to their department, and where that narrowing applies.
OWN: Mapping[Role, frozenset[Thing]] = {
    Role.OPERATOR: frozenset(
        {
            Thing.SITE,
            Thing.UNIT,
            Thing.REVITALISATION,
            Thing.WORKS,
            Thing.RENEWAL,
            Thing.RELOCATION,
            Thing.HOLD,
            Thing.LEASE,
            Thing.ARRIVAL,
        }
    ),
    Role.APPROVER: frozenset({Thing.TASK}),
}

ANYONES: Final = object()

Rows = TypeVar("Rows", bound=Model)


@dataclass(frozen=True)
class Grant:
    """A role somebody holds in one zone, and the department it is of."""

    role: Role
    department_id: int | None


def allowed(role: Role, verb: Verb, thing: Thing) -> bool:
    """Return whether the table lets a role do a verb to a thing."""
    return verb in TABLE.get(role, {}).get(thing, ())


def roles_of(actor: User | AnonymousUser | None, zone_id: int) -> frozenset[Role]:
    """Return the roles a person holds in a zone, its parents' included; read once for each person."""
    return frozenset(grant.role for grant in _grants(actor).get(zone_id, ()))


def may(actor: User | AnonymousUser | None, verb: Verb, thing: Thing, zone: Zone | int) -> bool:
    """Return whether the person may do ``verb`` to ``thing`` in ``zone``, wholly or to their own part."""
    if actor is None:
        return True
    return any(allowed(role, verb, thing) for role in roles_of(actor, _pk(zone)))


def require(
    actor: User | AnonymousUser | None,
    verb: Verb,
    thing: Thing,
    zone: Zone | int,
    *,
    own: object = ANYONES,
) -> None:
    """Refuse unless the person may do this there.

    ``own`` is the id of the department that the row belongs to (None: to nobody). A role that is narrowed to
    its own may do nothing where it is not given: a service that forgets it refuses too much, never too little.

    Raises NotFound where the person holds no role at all or the row is another's (what is not theirs looks as
    if it did not exist) and NotAllowed where the role is not enough. ``actor`` None is the system itself and may.
    """
    if actor is None:
        return
    grants = _grants(actor).get(_pk(zone), ())
    if not grants:
        raise NotFound(what=str(THING_NAMES[thing]))
    fitting = [grant for grant in grants if allowed(grant.role, verb, thing)]
    if not fitting:
        raise NotAllowed(verb=str(VERB_NAMES[verb]), thing=str(THING_NAMES[thing]))
    if not any(thing not in OWN.get(grant.role, ()) or grant.department_id == own for grant in fitting):
        raise NotFound(what=str(THING_NAMES[thing]))


def zone_ids(
    actor: User | AnonymousUser | None, verb: Verb, thing: Thing, *, whole: bool = False
) -> frozenset[int]:
    """Return the zones where the person may do ``verb`` to ``thing``, wholly or to their own part.

    ``whole`` leaves out the zones where it is only their own part: for reads that cannot narrow further.
    """
    if actor is None:
        return frozenset(Zone.objects.values_list("pk", flat=True))
    return frozenset(
        zone_id
        for zone_id, grants in _grants(actor).items()
        if any(
            allowed(grant.role, verb, thing) and not (whole and thing in OWN.get(grant.role, ()))
            for grant in grants
        )
    )


def in_zones(
    rows: "QuerySet[Rows]",
    actor: User | AnonymousUser | None,
    thing: Thing,
    *,
    verb: Verb = Verb.VIEW,
    own: str | None = None,
) -> "QuerySet[Rows]":
    """Return the rows of the zones where the person may do ``verb`` to ``thing``: where every selector starts.

    ``own`` is the path from the row to the department it belongs to (``site__operator``); a role that is
    narrowed to its own sees only those, and nothing where no path is given. The system itself (None) sees all.
    """
    if actor is None:
        return rows
    whole: set[int] = set()
    narrowed: dict[int, set[int]] = {}
    for zone_id, grants in _grants(actor).items():
        for grant in grants:
            if not allowed(grant.role, verb, thing):
                continue
            if thing not in OWN.get(grant.role, ()):
                whole.add(zone_id)
            elif grant.department_id:
                narrowed.setdefault(grant.department_id, set()).add(zone_id)
    scope = Q(zone_id__in=whole)
    if own:
        for department_id, zones in narrowed.items():
            scope |= Q(zone_id__in=zones - whole, **{own: department_id})
    return rows.filter(scope)


def own_department_ids(actor: User | AnonymousUser | None) -> frozenset[int]:
    """Return the departments the person is a member of."""
    return frozenset(m.department_id for m in _memberships(actor) if m.department_id)


def forget_grants(actor: User) -> None:
    """Read the person's roles again at the next question: they have just changed."""
    for name in ("_zone_grants", "_open_memberships"):
        actor.__dict__.pop(name, None)


def _pk(zone: Zone | int) -> int:
    return zone if isinstance(zone, int) else zone.pk


def _grants(actor: User | AnonymousUser | None) -> dict[int, frozenset[Grant]]:
    """Return {zone id: grants} over the person's zones and all below them; kept on the person's object."""
    if not isinstance(actor, User) or not actor.is_active:
        return {}
    kept: dict[int, frozenset[Grant]] | None = getattr(actor, "_zone_grants", None)
    if kept is not None:
        return kept
    memberships = _memberships(actor)
    grants: dict[int, set[Grant]] = {}
    children: dict[int, list[int]] = {}
    if memberships:
        for pk, parent in Zone.objects.filter(parent__isnull=False).values_list("pk", "parent_id"):
            children.setdefault(parent, []).append(pk)
    for membership in memberships:
        pending = [membership.zone_id]
        while pending:
            zone_id = pending.pop()
            grants.setdefault(zone_id, set()).add(Grant(Role(membership.role), membership.department_id))
            pending.extend(children.get(zone_id, ()))
    kept = {zone_id: frozenset(found) for zone_id, found in grants.items()}
    actor._zone_grants = kept  # type: ignore[attr-defined]
    return kept


def _memberships(actor: User | AnonymousUser | None) -> list[Membership]:
    if not isinstance(actor, User):
        return []
    kept: list[Membership] | None = getattr(actor, "_open_memberships", None)
    if kept is None:
        # Roles begin and end by the real calendar: a demo zone's own day must not lock anybody out.
        on: date = timezone.localdate()
        kept = list(
            Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=on), user=actor, since__lte=on)
        )
        actor._open_memberships = kept  # type: ignore[attr-defined]
    return kept
