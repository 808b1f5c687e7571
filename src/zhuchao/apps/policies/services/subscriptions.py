"""Subscriptions of a person, and what they are told: that a policy is published, and that its days come near."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.selectors.calendar import work_calendar
from zhuchao.apps.core.services import record_change
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.apps.zones.services.outbox import notify
from zhuchao.engines.workdays import CalendarNotKnown, add_working_days

from ..models import Policy, PolicySubscription, PolicyVersion
from ..selectors.calendar import Event, EventKind, events_between, published_key, subscribers_of

LEADS: Final = (1, 7, 30)
"""How many working days before a window opens or closes people are reminded."""
HORIZON: Final = timedelta(days=90)
"""More days than thirty working days ever take."""


@transaction.atomic
def subscribe(
    *, actor: User, zone: Zone, level: str = "", industry: str = "", department: str = ""
) -> PolicySubscription:
    """Hear of the policies of a level, an industry and a department of a zone, any where empty. Safe to repeat."""
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    wish, made = PolicySubscription.objects.get_or_create(
        zone=zone, user=actor, level=level, industry=industry.strip(), department=department.strip()
    )
    if made:
        record_change(actor=actor, verb="add", rows=[wish], scope=zone.pk)
    return wish


@transaction.atomic
def unsubscribe(*, actor: User, wish: PolicySubscription) -> None:
    """Hear of it no longer; only one's own."""
    rows = PolicySubscription.objects.filter(pk=wish.pk, user=actor)
    if rows.exists():
        record_change(actor=actor, verb="end", rows=[wish], scope=wish.zone_id)
        rows.delete()


def tell_published(version: PolicyVersion) -> int:
    """Tell those who subscribed that a version is published; return how many were told."""
    policy = version.policy
    return notify(
        zone=policy.zone,
        users=subscribers_of(policy),
        key=published_key(version),
        kind="policies",
        title=_("新政策：%(title)s") % {"title": policy.title},
        body=_said(version),
        url=_url(policy),
    )


def remind_due() -> int:
    """Remind of the windows that open or close in 30, 7 and 1 working days, and of reviews; return how many notices.

    Safe to repeat. Subscribers and the owner are told. Who is late for an earlier reminder (a policy published ten days before it
    closes) gets only the nearest.
    """
    told = 0
    published = PolicyVersion.objects.filter(state=PolicyVersion.State.PUBLISHED)
    for zone in Zone.objects.filter(pk__in=published.order_by().values("zone_id")):
        today = zones.today(zone)
        for event in events_between(published.filter(zone=zone), today, today + HORIZON):
            if event.kind in (EventKind.OPEN, EventKind.CLOSE):
                told += _remind(zone, event)
    return told + sum(_ask_for_review(policy) for policy in _due_for_review())


def _due_for_review() -> Iterator[Policy]:
    """Yield the policies whose owner has to see whether their sources still hold."""
    for policy in Policy.objects.filter(review_on__isnull=False, owner__isnull=False).select_related(
        "zone", "owner"
    ):
        if policy.review_on is not None and policy.review_on <= zones.today(policy.zone):
            yield policy


def _ask_for_review(policy: Policy) -> int:
    return notify(
        zone=policy.zone,
        users=[policy.owner] if policy.owner is not None else [],
        key=f"policies.review:{policy.pk}:{policy.review_on}",
        kind="policies",
        title=_("请复核：%(title)s") % {"title": policy.title[:60]},
        body=_("核对来源是否仍有效，再改复核日期。"),
        url=_url(policy),
    )


def _remind(zone: Zone, event: Event) -> int:
    today = zones.today(zone)
    calendar = work_calendar(provisional=True)
    try:
        due = [lead for lead in LEADS if add_working_days(event.day, -lead, calendar).day <= today]
    except CalendarNotKnown:
        # A zone that lives on a day before the first calendar loaded: no working days can be counted there.
        return 0
    if not due:
        return 0
    lead = min(due)
    policy = event.policy
    people = {user.pk: user for user in subscribers_of(policy)}
    if policy.owner is not None:
        people[policy.owner.pk] = policy.owner
    words: Mapping[str, str] = {
        EventKind.OPEN: _("%(title)s将于 %(day)s 开始申报"),
        EventKind.CLOSE: _("%(title)s将于 %(day)s 截止申报"),
    }
    return notify(
        zone=zone,
        users=people.values(),
        key=f"policies.{event.kind}:{event.version.pk}:{event.day}:T-{lead}",
        kind="policies",
        title=words[event.kind] % {"title": policy.title[:60], "day": event.day.isoformat()},
        body=_said(event.version),
        url=_url(policy),
        is_urgent=lead == LEADS[0],
    )


def _said(version: PolicyVersion) -> str:
    parts = [version.policy.summary, version.document_no]
    if not version.is_confirmed:
        parts.append(_("来源未核实，引用前请先核对原文。"))
    return "\n".join(part for part in parts if part)


def _url(policy: Policy) -> str:
    return reverse("policy-detail", args=[policy.pk])
