"""The policies that anybody may read: published, not kept back, of a zone whose door shows them.

What has expired is only in the archive: it is never among the policies in force, whatever is asked.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Case, F, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.policies.models import Level, Policy, PolicyClause, PolicyVersion
from zhuchao.apps.policies.selectors import (
    Standing,
    clauses_of,
    current_version,
    searched,
    with_standing,
    with_word,
)
from zhuchao.apps.policies.selectors.calendar import Event, events_between
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Door
from .doors import Actor
from .offers import open_door, open_doors

PAST, AHEAD = timedelta(days=31), timedelta(days=366)
"""How far the public calendar reaches back and ahead."""

CURRENT: Final = (Standing.OPEN, Standing.SOON, Standing.CLOSED)
"""Where a policy in force, or soon in force, can stand."""

_ORDER = Case(
    *(When(standing=standing, then=Value(place)) for place, standing in enumerate(CURRENT)),
    default=Value(len(CURRENT)),
)


@dataclass(frozen=True)
class PublicPolicy:
    """A policy as the public reads it. ``begins`` is the first day of its window, or of the policy itself."""

    policy: Any
    version: PolicyVersion
    clauses: list[PolicyClause]
    on: date

    @property
    def standing(self) -> Standing:
        return Standing(self.policy.standing)

    @property
    def is_expired(self) -> bool:
        return self.standing == Standing.EXPIRED

    @property
    def days_left(self) -> int | None:
        """Return the days until the window closes, 0 on its last day; None where none is open or none closes."""
        closes = self.version.window_close
        return (closes - self.on).days if closes and self.standing == Standing.OPEN else None

    @property
    def begins(self) -> date:
        return max(self.version.window_open or self.version.effective_from, self.version.effective_from)


def policy_door(slug: str) -> Door:
    """Return the open door of a zone that shows its policies; raises NotFound."""
    door = open_door(slug)
    if not door.shows_policies:
        raise NotFound(what=_("这个页面"))
    return door


def public_policies(zone: Zone, on: date) -> QuerySet[Any]:
    """Return the policies of a zone that anybody may read, expired ones too, with their standing on a day."""
    kept = Policy.objects.filter(zone=zone).exclude(listing__is_withheld=True)
    rows: QuerySet[Any] = with_standing(kept.select_related("zone"), on)
    return rows.exclude(standing=Standing.DRAFT)


def current_policies(zone: Zone, on: date) -> QuerySet[Any]:
    """Return the public policies that are in force on a day or will be, those open first, the next to close first."""
    rows = public_policies(zone, on).exclude(standing=Standing.EXPIRED)
    return rows.order_by(_ORDER, F("closes_on").asc(nulls_last=True), "title", "pk")


def archived_policies(zone: Zone, on: date) -> QuerySet[Any]:
    """Return the public policies that have expired, the latest first."""
    return public_policies(zone, on).filter(standing=Standing.EXPIRED).order_by("-ends_on", "title", "pk")


def get_public_policy(zone: Zone, on: date, pk: int) -> PublicPolicy:
    """Return one public policy with what it says; raises NotFound for any other, whether or not it exists."""
    policy = public_policies(zone, on).filter(pk=pk).first()
    version = current_version(policy, on) if policy is not None else None
    if policy is None or version is None:
        raise NotFound(what=_("该政策"))
    return PublicPolicy(policy, version, clauses_of(version), on)


def public_page_of(policy: Policy) -> str:
    """Return the path of the public page of a policy in force; empty where its zone shows none or keeps it back."""
    door = open_doors().filter(zone=policy.zone, shows_policies=True).first()
    if (
        door is None
        or not current_policies(policy.zone, zones.today(policy.zone)).filter(pk=policy.pk).exists()
    ):
        return ""
    return reverse("public-policy", args=[door.slug, policy.pk])


def find_policies(rows: QuerySet[Any], zone: Zone, asked: dict[str, Any]) -> QuerySet[Any]:
    """Narrow public policies.

    ``asked``: q (title, pinyin initials, key, department, document, clauses), level, department, industry, audience,
    standing. A policy that names no industry or no audience is for all.
    """
    if asked.get("q"):
        rows = searched(rows, [zone.pk], asked["q"])
    for name in ("level", "department", "standing"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    for name, field in (("industry", "industries"), ("audience", "audiences")):
        if asked.get(name):
            rows = with_word(rows, field, asked[name])
    return rows


def policy_choices(rows: QuerySet[Any]) -> dict[str, list[tuple[str, Any]]]:
    """Return by what some public policies can be narrowed: only what occurs among them."""
    said = list(rows.order_by().values_list("level", "department", "industries", "audiences", "standing"))
    levels, departments = {row[0] for row in said}, sorted({row[1] for row in said})
    industries = sorted({word for row in said for word in row[2]})
    audiences = sorted({word for row in said for word in row[3]})
    standings = {row[4] for row in said}
    return {
        "level": [(one.value, one.label) for one in Level if one in levels],
        "department": [(one, one) for one in departments],
        "industry": [(one, one) for one in industries],
        "audience": [(one, one) for one in audiences],
        "standing": [(one.value, one.label) for one in CURRENT if one in standings],
    }


def public_days(zone: Zone, on: date, policy: Policy | None = None) -> list[Event]:
    """Return the days of the public policies of a zone around a day, or of one of them, in order."""
    shown = public_policies(zone, on).order_by()
    if policy is not None:
        shown = shown.filter(pk=policy.pk)
    versions = PolicyVersion.objects.filter(policy__in=shown.values("pk"))
    return events_between(versions.select_related("zone"), on - PAST, on + AHEAD)


def listed_policies(actor: Actor, zone: Zone, on: date) -> QuerySet[Any]:
    """Return the published policies of this person's zone with what is said of each, for keeping some back."""
    kept = zones.in_zones(Policy.objects.select_related("zone", "listing", "owner"), actor, Thing.PORTAL)
    rows: QuerySet[Any] = with_standing(kept.filter(zone=zone), on)
    return rows.exclude(standing=Standing.DRAFT)


def get_listed_policy(actor: Actor, pk: int) -> Policy:
    """Return one policy for keeping it back; raises NotFound when it is hidden or missing."""
    rows = zones.in_zones(Policy.objects.select_related("zone", "listing"), actor, Thing.PORTAL)
    policy = rows.filter(pk=pk).first()
    if policy is None:
        raise NotFound(what=_("该政策"))
    return policy
