"""政策日历: the days on which policies open, close, decide and pay; who wants to hear of them, and how fast they did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import CalendarNotKnown as NoCalendar
from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Notice, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.workdays import CalendarNotKnown, working_dates

from ..models import Policy, PolicySubscription, PolicyVersion
from .policies import Actor, visible_versions


class EventKind(models.TextChoices):
    """What happens on a day of a policy."""

    OPEN = "open", gettext_lazy("申报开始")
    CLOSE = "close", gettext_lazy("申报截止")
    DECIDE = "decide", gettext_lazy("公示")
    PAY = "pay", gettext_lazy("拨付")


FIELDS = {
    EventKind.OPEN: "window_open",
    EventKind.CLOSE: "window_close",
    EventKind.DECIDE: "decides_on",
    EventKind.PAY: "pays_on",
}


@dataclass(frozen=True)
class Event:
    """One day of one version."""

    day: date
    kind: EventKind
    version: PolicyVersion

    @property
    def policy(self) -> Policy:
        return self.version.policy

    @property
    def title(self) -> str:
        """Return what a calendar writes on the day."""
        return _("%(kind)s：%(policy)s") % {"kind": self.kind.label, "policy": self.policy.title}


@dataclass(frozen=True)
class Told:
    """How many people heard that a version was published, and after how many working days the last of them did.

    ``working_days`` is None where no working calendar reaches that far back.
    """

    people: int
    working_days: int | None


def calendar_of(actor: Actor, zone: Zone, start: date, end: date, *, mine: bool = False) -> list[Event]:
    """Return what happens from a day to another, both included, in a zone and those below; ``mine`` as subscribed."""
    scopes = zones.zones_under(actor, zone, Thing.POLICY)
    found = events_between(visible_versions(actor).filter(zone_id__in=scopes), start, end)
    if mine and isinstance(actor, User):
        wishes = list(subscriptions_of(actor))
        found = [event for event in found if any(wants(wish, event.policy) for wish in wishes)]
    return found


def events_between(versions: QuerySet[PolicyVersion], start: date, end: date) -> list[Event]:
    """Return the days of published versions from a day to another, in order.

    A window neither opens nor closes once its version has ended or a newer one has begun; what was applied for before
    is still decided on and paid.
    """
    published = versions.filter(state=PolicyVersion.State.PUBLISHED)
    in_range = Q()
    for name in FIELDS.values():
        in_range |= Q(**{f"{name}__range": (start, end)})
    rows = list(published.filter(in_range).select_related("policy__zone", "policy__owner"))
    later: dict[int, list[PolicyVersion]] = {}
    for one in PolicyVersion.objects.filter(
        policy__in={row.policy_id for row in rows}, state=PolicyVersion.State.PUBLISHED
    ):
        later.setdefault(one.policy_id, []).append(one)
    found = [event for row in rows for event in _events(row, later[row.policy_id], start, end)]
    return sorted(found, key=lambda event: (event.day, event.version.pk, event.kind))


def _events(
    version: PolicyVersion, others: Iterable[PolicyVersion], start: date, end: date
) -> Iterable[Event]:
    newer = [other.effective_from for other in others if other.number > version.number]
    for kind, name in FIELDS.items():
        day: date | None = getattr(version, name)
        if day is None or not start <= day <= end:
            continue
        ended = version.effective_to is not None and day > version.effective_to
        if kind in (EventKind.OPEN, EventKind.CLOSE) and (ended or any(since <= day for since in newer)):
            continue
        yield Event(day, kind, version)


def wants(wish: PolicySubscription, policy: Policy) -> bool:
    """Return whether a subscription is about a policy."""
    return (
        wish.zone_id == policy.zone_id
        and wish.level in ("", policy.level)
        and wish.department in ("", policy.department)
        and (not wish.industry or not policy.industries or wish.industry in policy.industries)
    )


def subscriptions_of(actor: User) -> QuerySet[PolicySubscription]:
    """Return what a person has subscribed to, the newest first: nobody sees another's."""
    return PolicySubscription.objects.filter(user=actor).select_related("zone").order_by("-pk")


def get_subscription(actor: User, pk: int) -> PolicySubscription:
    """Return one of a person's own subscriptions; raises NotFound for another's."""
    wish = subscriptions_of(actor).filter(pk=pk).first()
    if wish is None:
        raise NotFound(what=_("该订阅"))
    return wish


def subscribers_of(policy: Policy) -> list[User]:
    """Return who has subscribed to policies like this one and may still see it."""
    wishes = PolicySubscription.objects.filter(zone_id=policy.zone_id).select_related("user")
    people = {wish.user_id: wish.user for wish in wishes if wants(wish, policy)}
    return [user for user in people.values() if zones.may(user, Verb.VIEW, Thing.POLICY, policy.zone_id)]


def published_key(version: PolicyVersion) -> str:
    """Return the key of the notices that a version was published."""
    return f"policies.published:{version.pk}"


def told_of(version: PolicyVersion) -> Told | None:
    """Return how many were told of a version and how soon, measured on the notices; None where nobody was.

    The days are working days after the day of publication: 0 is the same day.
    """
    moments = list(Notice.objects.filter(key=published_key(version)).values_list("due_at", flat=True))
    if not moments or version.published_at is None:
        return None
    first, last = zones.day_of(version.published_at), zones.day_of(max(moments))
    if first == last:
        return Told(len(moments), 0)
    try:
        worked = sum(1 for day in working_dates(first, last, work_calendar(provisional=True)) if day > first)
    except (CalendarNotKnown, NoCalendar):
        return Told(len(moments), None)
    return Told(len(moments), worked)
