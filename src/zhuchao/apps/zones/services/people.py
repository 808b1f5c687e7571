"""People: their accounts and what they are in a zone."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record

from ..errors import AccountOfSeveralZones, LastAdministrator, NameTaken
from ..models import Department, Membership, Role, User, Zone
from ..selectors import Thing, Verb, home_zone, lineage_ids, mask, require, zone_ids
from ..selectors.people import manages, open_on, require_over
from ..selectors.permissions import forget_grants

# Letters and digits that nobody mistakes for each other when reading them out.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_PASSWORD_DAYS = 7
PROFILE = frozenset({"display_name", "phone", "title", "skills"})
NO_DEPARTMENT_NEEDED = frozenset(Role) - {Role.OPERATOR, Role.APPROVER}


@transaction.atomic
def add_person(
    *,
    actor: User | None,
    zone: Zone,
    username: str,
    display_name: str,
    role: str,
    department: Department | None = None,
    phone: str = "",
    title: str = "",
    skills: Sequence[str] = (),
    since: date | None = None,
) -> tuple[User, str]:
    """Make an account with a role in ``zone``; return the person and the one-time password, shown this once.

    Raises NameTaken when the sign-in name is in use.
    """
    require(actor, Verb.ADD, Thing.PERSON, zone)
    require(actor, Verb.MANAGE, Thing.PERSON, zone)
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken(what=_("登录名"), name=username)
    person = User(
        username=username, display_name=display_name, phone=phone, title=title, skills=_clean(skills)
    )
    password = _give_password(person)
    person.save()
    record_change(actor=actor, verb="add", rows=[person], scope=zone.pk, username=username, name=display_name)
    add_membership(actor=actor, zone=zone, person=person, role=role, department=department, since=since)
    return person, password


@transaction.atomic
def edit_person(*, actor: User | None, person: User, seen_version: int | None, **values: Any) -> User:
    """Change a person's name, title, phone or skills; anybody may change their own but the name.

    The change log says that a phone changed and shows it masked. Raises Stale.
    """
    own = actor is not None and actor.pk == person.pk and "display_name" not in values
    if not own:
        require_over(actor, Verb.CHANGE, person)
    unknown = values.keys() - PROFILE
    if unknown:
        raise WrongInput(field=", ".join(sorted(unknown)), why=_("不能在这里修改"))
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    check_version(person, seen_version, yours={k: v for k, v in values.items() if k != "phone"})
    if "skills" in values:
        values["skills"] = _clean(values["skills"])
    changes = save_record(person, **values)
    if changes:
        if "phone" in changes:
            changes["phone"] = [mask(number) for number in changes["phone"]]
        record_change(actor=actor, verb="edit", rows=[person], scope=_scope(person), changes=changes)
    return person


@transaction.atomic
def reset_password(*, actor: User | None, person: User) -> str:
    """Give a person a new one-time password and return it, shown this once; every session of theirs ends.

    Raises AccountOfSeveralZones when the person works where the actor manages nobody.
    """
    person = _managed(actor, person)
    password = _give_password(person)
    person.version += 1
    person.save(update_fields=["password", "password_expires_at", "version", "updated_at"])
    record_change(actor=actor, verb="reset_password", rows=[person], scope=_scope(person))
    return password


@transaction.atomic
def deactivate_person(*, actor: User | None, person: User) -> User:
    """Close an account: its person can sign in no more and its tokens open nothing. Their work stays named.

    Raises LastAdministrator and AccountOfSeveralZones.
    """
    person = _managed(actor, person)
    if not person.is_active:
        return person
    administered = open_on(timezone.localdate()).filter(user=person, role=Role.ADMINISTRATOR)
    for membership in administered.select_related("zone"):
        _refuse_losing_last_administrator(membership)
    return _set_active(actor, person, False)


@transaction.atomic
def reactivate_person(*, actor: User | None, person: User) -> User:
    """Open a closed account again, with the password it had."""
    person = _managed(actor, person)
    return person if person.is_active else _set_active(actor, person, True)


@transaction.atomic
def add_membership(
    *,
    actor: User | None,
    zone: Zone,
    person: User,
    role: str,
    department: Department | None = None,
    since: date | None = None,
) -> Membership:
    """Give a person a role in a zone from a day on, today where none is said; the one they hold stays as it is.

    An approver's and an operator's role is of a department, an operator's of a developer 开发运营主体.
    """
    require(actor, Verb.MANAGE, Thing.PERSON, zone)
    since = since or timezone.localdate()
    _refuse_role(zone, role, department)
    held = Membership.objects.select_for_update(no_key=True).filter(
        user=person, zone=zone, role=role, until__isnull=True
    )
    if (membership := held.first()) is not None:
        return membership
    membership = Membership.objects.create(
        user=person, zone=zone, role=role, department=department, since=since
    )
    forget_grants(person)
    record_change(
        actor=actor,
        verb="add_role",
        rows=[membership, person],
        scope=zone.pk,
        person=person.pk,
        role=role,
        department=department,
        since=since,
    )
    return membership


@transaction.atomic
def end_membership(*, actor: User | None, membership: Membership, on: date | None = None) -> None:
    """End a role with the day ``on`` as its last, yesterday where none is said: it ends at once.

    A role that had not begun by then is taken back. Raises LastAdministrator.
    """
    require(actor, Verb.MANAGE, Thing.PERSON, membership.zone_id)
    on = on or timezone.localdate() - timedelta(days=1)
    membership = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "zone")
        .get(pk=membership.pk)
    )
    if membership.until is not None and membership.until <= on:
        return
    if membership.role == Role.ADMINISTRATOR:
        _refuse_losing_last_administrator(membership)
    if on < membership.since:
        record_change(
            actor=actor, verb="take_back_role", rows=[membership, membership.user], scope=membership.zone_id
        )
        membership.delete()
    else:
        changes = save_record(membership, until=on)
        record_change(
            actor=actor,
            verb="end_role",
            rows=[membership, membership.user],
            scope=membership.zone_id,
            role=membership.role,
            changes=changes,
        )
    forget_grants(membership.user)
    if actor is not None and actor.pk == membership.user_id:
        forget_grants(actor)


@transaction.atomic
def reveal_phone(*, actor: User, person: User) -> str:
    """Return a person's whole phone number and write down that it was asked for (never the number itself)."""
    if actor.pk != person.pk:
        require_over(actor, Verb.REVEAL, person)
        zones = zone_ids(actor, Verb.REVEAL, Thing.PERSON) & _zones_of(person)
        record_change(actor=actor, verb="reveal", rows=[person], scope=min(zones), field="phone")
    return person.phone


def _refuse_role(zone: Zone, role: str, department: Department | None) -> None:
    if role not in Role.values:
        raise WrongInput(field=_("角色"), why=_("没有“{role}”这个角色").format(role=role))
    if department is None:
        if Role(role) not in NO_DEPARTMENT_NEEDED:
            raise WrongInput(field=_("部门"), why=_("“{role}”须指明所属部门").format(role=Role(role).label))
        return
    if department.zone_id != zone.pk or not department.is_active:
        raise WrongInput(field=_("部门"), why=_("须为本辖区在用的部门"))
    if role == Role.OPERATOR and department.kind != Department.Kind.DEVELOPER:
        raise WrongInput(field=_("部门"), why=_("开发运营方须属于“开发运营主体”类部门"))


def _refuse_losing_last_administrator(membership: Membership) -> None:
    """Refuse when nobody else administers the zone, itself or from above, with no end in sight."""
    lineage = lineage_ids(membership.zone)
    # The zone rows are the lock that two administrators who remove each other meet at.
    list(Zone.objects.select_for_update(no_key=True).filter(pk__in=lineage).order_by("pk"))
    others = Membership.objects.filter(
        zone_id__in=lineage,
        role=Role.ADMINISTRATOR,
        until__isnull=True,
        since__lte=timezone.localdate(),
        user__is_active=True,
    ).exclude(user_id=membership.user_id)
    if not others.exists():
        raise LastAdministrator(person=str(membership.user), zone=membership.zone.name)


def _managed(actor: User | None, person: User) -> User:
    """Return the person, locked, if the actor may manage their whole account."""
    require_over(actor, Verb.MANAGE, person)
    if not manages(actor, person):
        raise AccountOfSeveralZones(person=str(person))
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _set_active(actor: User | None, person: User, active: bool) -> User:
    changes = save_record(person, is_active=active)
    verb = "reactivate" if active else "deactivate"
    record_change(actor=actor, verb=verb, rows=[person], scope=_scope(person), changes=changes)
    return person


def _give_password(person: User) -> str:
    password = "-".join("".join(secrets.choice(READABLE) for _n in range(4)) for _group in range(4))
    person.set_password(password)
    person.password_expires_at = timezone.now() + timedelta(days=ONE_TIME_PASSWORD_DAYS)
    return password


def _zones_of(person: User) -> frozenset[int]:
    return frozenset(Membership.objects.filter(user=person).values_list("zone_id", flat=True))


def _scope(person: User) -> int:
    """Return whose change log an account belongs to: the zone its person works in, else the installation's."""
    zone = home_zone(person) if person.is_active else None
    return zone.pk if zone is not None else min(_zones_of(person), default=0)


def _clean(skills: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(skill.strip() for skill in skills if skill.strip()))
