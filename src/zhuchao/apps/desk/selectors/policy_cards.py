"""What policies have due: a draft for the second person, a review whose day has come, a window about to close."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.policies.selectors import attention
from zhuchao.apps.zones.models import User, Zone

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due


def policy_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give the cards of the policies of a zone for a person on a day."""
    yield from _drafts(actor, zone)
    yield from _reviews(actor, zone, on)
    yield from _windows(actor, zone, on)


def _drafts(actor: User, zone: Zone) -> Iterator[Card]:
    for draft in attention.drafts_to_check(actor, zone)[:MOST_OF_A_KIND]:
        yield Card(
            # A draft that was edited since it was put off is another one to check.
            key=f"policy-draft:{draft.pk}:{draft.version}",
            urgency=Urgency.TODAY,
            title=_("%(version)s等待复核发布") % {"version": draft},
            why=clauses(
                (
                    _("%(who)s起草") % {"who": draft.prepared_by} if draft.prepared_by else "",
                    _("须由另一人对照原文复核"),
                )
            ),
            url=reverse("policy-version-publish", args=[draft.pk]),
            verb=_("去复核"),
            kind=_("政策"),
            light="amber",
        )


def _reviews(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    for policy in attention.policies_to_review(actor, zone, on)[:MOST_OF_A_KIND]:
        day = policy.review_on
        if day is None:
            continue
        yield Card(
            key=f"policy-review:{policy.pk}:{day:%Y%m%d}",
            urgency=urgency_of(day, on),
            title=_("%(policy)s到了复核日期") % {"policy": policy.title},
            why=clauses((when_due(day, on), _("核对原文是否仍有效"))),
            url=reverse("policy-review", args=[policy.pk]),
            verb=_("去复核"),
            day=day,
            kind=_("政策"),
            light="red" if day < on else "amber",
        )


def _windows(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    for event in attention.windows_closing(actor, zone, on)[:MOST_OF_A_KIND]:
        yield Card(
            key=f"policy-window:{event.version.pk}:{event.day:%Y%m%d}",
            urgency=urgency_of(event.day, on),
            title=_("%(policy)s即将截止申报") % {"policy": event.policy.title},
            why=clauses((when_due(event.day, on), _("符合的企业还没申报的，请尽快告知"))),
            url=reverse("policy-detail", args=[event.policy.pk]),
            verb=_("看政策"),
            day=event.day,
            kind=_("政策"),
            light="red" if event.day == on else "amber",
        )
