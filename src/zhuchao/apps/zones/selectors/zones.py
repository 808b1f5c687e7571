"""Which zones and departments a person sees."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OrderBy, QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound

from ..models import Department, User, Zone
from .permissions import Thing, Verb, in_zones, zone_ids


def visible_zones(actor: User | AnonymousUser | None) -> QuerySet[Zone]:
    """Return the zones this person may see. Every read for a request starts here."""
    return Zone.objects.filter(pk__in=zone_ids(actor, Verb.VIEW, Thing.ZONE))


def get_zone(actor: User | AnonymousUser | None, code: str) -> Zone:
    """Return a zone by its code; raises NotFound when it is hidden or missing."""
    zone = visible_zones(actor).filter(code=code).first()
    if zone is None:
        raise NotFound(what=_("辖区“{code}”").format(code=code))
    return zone


def get_zone_by_id(actor: User | AnonymousUser | None, pk: int) -> Zone:
    """Return a zone by its id; raises NotFound when it is hidden or missing."""
    zone = visible_zones(actor).select_related("parent", "brand_logo").filter(pk=pk).first()
    if zone is None:
        raise NotFound(what=_("该辖区"))
    return zone


def home_zone(actor: User | AnonymousUser | None) -> Zone | None:
    """Return the zone a person starts in: the one they hold a role in, the highest first."""
    return visible_zones(actor).order_by(*highest_first()).first()


def highest_first() -> tuple[OrderBy | str, ...]:
    """Return the order that puts the tops of the tree first, on every database."""
    return F("parent_id").asc(nulls_first=True), "pk"


def zones_under(actor: User | AnonymousUser | None, zone: Zone | None, thing: Thing) -> list[int]:
    """Return the ids of ``zone`` and the zones below it whose ``thing`` this person may view.

    Without a zone, as for somebody who has a place in none, there are none.
    """
    if zone is None:
        return []
    open_to = zone_ids(actor, Verb.VIEW, thing)
    return sorted(pk for pk in ids_under(zone) if pk in open_to)


def ids_under(zone: Zone) -> list[int]:
    """Return the ids of ``zone`` and of every zone below it, in one query."""
    children: dict[int, list[int]] = {}
    for pk, parent in Zone.objects.filter(parent__isnull=False).values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found, pending = [], [zone.pk]
    while pending:
        pk = pending.pop()
        found.append(pk)
        pending.extend(children.get(pk, ()))
    return found


def lineage_ids(zone: Zone) -> list[int]:
    """Return the ids of ``zone`` and of every zone above it, nearest first, in one query."""
    parents = dict(Zone.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
    found: list[int] = []
    pk: int | None = zone.pk
    while pk is not None and pk not in found:
        found.append(pk)
        pk = parents.get(pk)
    return found


def visible_departments(actor: User | AnonymousUser | None) -> QuerySet[Department]:
    """Return the departments this person may see."""
    return in_zones(Department.objects.select_related("parent"), actor, Thing.DEPARTMENT)


def get_department(actor: User | AnonymousUser | None, pk: int) -> Department:
    """Return a department; raises NotFound when it is hidden or missing."""
    department = visible_departments(actor).select_related("zone", "parent").filter(pk=pk).first()
    if department is None:
        raise NotFound(what=_("该部门"))
    return department


def departments_by_name(zone: Zone) -> dict[str, Department]:
    """Return the active departments of a zone by name: what a ledger's 责任单位 is looked up in."""
    return {department.name: department for department in zone.departments.filter(is_active=True)}
