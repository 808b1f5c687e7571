"""The tree of zones and the units of their organisation."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotAllowed, WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record

from ..errors import NameTaken, StillInUse, WouldBeItsOwnParent
from ..models import Assignment, Department, User, Zone
from ..selectors import Thing, Verb, ids_under, require
from ..selectors.people import open_on
from ..selectors.permissions import THING_NAMES, VERB_NAMES, forget_grants

EDITABLE = frozenset({"name", "short_name", "kind", "parent", "region_code", "aliases", "money_unit"})


@transaction.atomic
def add_zone(
    *,
    actor: User | None,
    code: str,
    name: str,
    short_name: str,
    kind: str,
    parent: Zone | None = None,
    region_code: str = "",
    aliases: Sequence[str] = (),
    money_unit: str = "万元",
) -> Zone:
    """Add a zone below ``parent``. Only the system adds one at the top of a tree.

    Raises NameTaken for a code that is in use.
    """
    if parent is not None:
        require(actor, Verb.ADD, Thing.ZONE, parent)
    elif actor is not None:
        raise NotAllowed(verb=str(VERB_NAMES[Verb.ADD]), thing=str(THING_NAMES[Thing.ZONE]))
    if Zone.objects.filter(code=code).exists():
        raise NameTaken(what=_("辖区代码"), name=code)
    zone = Zone.objects.create(
        code=code,
        name=name,
        short_name=short_name,
        kind=kind,
        parent=parent,
        region_code=region_code,
        aliases=list(aliases),
        money_unit=money_unit,
    )
    if actor is not None:
        forget_grants(actor)
    record_change(actor=actor, verb="add", rows=[zone], scope=zone.pk, code=code, name=name, parent=parent)
    return zone


@transaction.atomic
def edit_zone(*, actor: User | None, zone: Zone, seen_version: int | None, **values: Any) -> Zone:
    """Change what a zone is called and where it hangs in the tree.

    The code, the demo clock and the brand are not changed here. Raises Stale, WouldBeItsOwnParent and, for a
    move, NotAllowed unless the person manages both places.
    """
    require(actor, Verb.CHANGE, Thing.ZONE, zone)
    unknown = values.keys() - EDITABLE
    if unknown:
        raise WrongInput(field=", ".join(sorted(unknown)), why=_("不能在这里修改"))
    # All zones are locked, in one order: two moves at once could else close a circle that neither sees.
    zones = {row.pk: row for row in Zone.objects.select_for_update(no_key=True).order_by("pk")}
    zone = zones[zone.pk]
    check_version(zone, seen_version, yours=values)
    parent = values.get("parent", zone.parent)
    if parent != zone.parent:
        _refuse_move(actor, zone, parent)
    changes = save_record(zone, **values)
    if changes:
        if actor is not None:
            forget_grants(actor)
        record_change(actor=actor, verb="edit", rows=[zone], scope=zone.pk, changes=changes)
    return zone


def _refuse_move(actor: User | None, zone: Zone, parent: Zone | None) -> None:
    for place in (zone.parent, parent):
        if place is not None:
            require(actor, Verb.MANAGE, Thing.ZONE, place)
    if parent is None and actor is not None:
        raise NotAllowed(verb=str(VERB_NAMES[Verb.MANAGE]), thing=str(THING_NAMES[Thing.ZONE]))
    if parent is not None and parent.pk in ids_under(zone):
        raise WouldBeItsOwnParent(name=zone.name, parent=parent.name)


@transaction.atomic
def add_department(
    *, actor: User | None, zone: Zone, kind: str, name: str, parent: Department | None = None
) -> Department:
    """Add a unit of a zone's organisation, perhaps below another of the same zone."""
    require(actor, Verb.ADD, Thing.DEPARTMENT, zone)
    _refuse_department(zone, name=name, parent=parent)
    department = Department.objects.create(zone=zone, kind=kind, name=name, parent=parent)
    record_change(
        actor=actor, verb="add", rows=[department], scope=zone.pk, kind=kind, name=name, parent=parent
    )
    return department


@transaction.atomic
def edit_department(
    *, actor: User | None, department: Department, seen_version: int | None, **values: Any
) -> Department:
    """Change a department's kind, name, parent or whether it is in use.

    Raises StillInUse when one with people or open work is closed, WouldBeItsOwnParent, NameTaken and Stale.
    """
    require(actor, Verb.CHANGE, Thing.DEPARTMENT, department.zone_id)
    siblings = (
        Department.objects.select_for_update(no_key=True).filter(zone_id=department.zone_id).order_by("pk")
    )
    department = {row.pk: row for row in siblings}[department.pk]
    check_version(department, seen_version, yours=values)
    _refuse_department(
        department.zone,
        name=values.get("name", department.name),
        parent=values.get("parent", department.parent),
        this=department,
    )
    if department.is_active and values.get("is_active") is False:
        _refuse_closing(department)
    changes = save_record(department, **values)
    if changes:
        record_change(actor=actor, verb="edit", rows=[department], scope=department.zone_id, changes=changes)
    return department


def _refuse_department(
    zone: Zone, *, name: str, parent: Department | None, this: Department | None = None
) -> None:
    same_name = Department.objects.filter(zone=zone, name=name)
    if (same_name.exclude(pk=this.pk) if this else same_name).exists():
        raise NameTaken(what=_("部门名称"), name=name)
    if parent is None:
        return
    if parent.zone_id != zone.pk:
        raise WrongInput(field=_("上级"), why=_("须为本辖区的部门"))
    above: Department | None = parent
    while this is not None and above is not None:
        if above.pk == this.pk:
            raise WouldBeItsOwnParent(name=this.name, parent=parent.name)
        above = above.parent


def _refuse_closing(department: Department) -> None:
    people = open_on(timezone.localdate()).filter(department=department, user__is_active=True).count()
    things = Assignment.objects.filter(department=department, until__isnull=True).count()
    if people or things:
        raise StillInUse(what=department.name, people=people, things=things)
