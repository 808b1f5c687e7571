"""What of policies is due today: applications to accept or decide on, corrections and objections whose day is near."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.policies.models import Application, ApplicationState, PaymentBatch
from zhuchao.apps.policies.selectors.applications import applications_waiting, preparers_of
from zhuchao.apps.policies.selectors.payments import listed_batches
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due

OFFERED = 4 * MOST_OF_A_KIND
"""So many applications are looked at for the cards of one person."""


def application_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give a card for each application that waits for this person, the most pressing first."""
    may_change = zones.may(actor, Verb.CHANGE, Thing.APPLICATION, zone)
    may_decide = zones.may(actor, Verb.MANAGE, Thing.APPLICATION, zone)
    given = 0
    yield from _batch_cards(actor, zone)
    if not (may_change or may_decide):
        return
    for application in applications_waiting(actor, zone, on)[:OFFERED]:
        card = _card(actor, application, on, may_change=may_change, may_decide=may_decide)
        if card is not None and given < MOST_OF_A_KIND:
            given += 1
            yield card


def _batch_cards(actor: User, zone: Zone) -> Iterator[Card]:
    """Give a card for each batch of payments that somebody else prepared and this person may send."""
    if not zones.may(actor, Verb.MANAGE, Thing.PAYMENT, zone):
        return
    rows = listed_batches(actor, zone).filter(state=PaymentBatch.State.DRAFT)
    for batch in rows.exclude(prepared_by=actor).order_by("pk")[:MOST_OF_A_KIND]:
        yield Card(
            key=f"payment-batch:{batch.pk}",
            urgency=Urgency.TODAY,
            title=_("兑付批次 %(number)s 等待复核") % {"number": batch.number},
            why=clauses((str(batch.prepared_by or ""), batch.note)),
            url=reverse("payment-batch-detail", args=[batch.pk]),
            verb=_("去复核"),
            kind=_("政策"),
        )


def _card(
    actor: User, application: Application, on: date, *, may_change: bool, may_decide: bool
) -> Card | None:
    state, day = ApplicationState(application.state), application.due_on
    firm = {"firm": application.enterprise.name}
    prepared = may_decide and actor.pk in preparers_of(application)
    if state == ApplicationState.SUBMITTED and may_change:
        title, verb = _("%(firm)s的申报等待受理") % firm, _("去受理")
    elif state == ApplicationState.ACCEPTED and may_decide and not prepared:
        title, verb = _("%(firm)s的申报等待决定") % firm, _("去决定")
    elif state == ApplicationState.RETURNED and may_change:
        title, verb = _("%(firm)s的申报待补正") % firm, _("去催办")
    elif (
        state == ApplicationState.OBJECTED
        and may_decide
        and not prepared
        and application.decided_by_id != actor.pk
    ):
        title, verb = _("%(firm)s的异议待答复") % firm, _("去答复")
    else:
        return None
    waited = _("%(day)s 起等待") % {"day": application.state_since.isoformat()}
    return Card(
        key=f"application:{application.pk}:{application.state}:{application.state_since:%Y%m%d}",
        urgency=urgency_of(day, on) if day else Urgency.TODAY,
        title=title,
        why=clauses((when_due(day, on) if day else waited, application.policy.title)),
        url=reverse("application-detail", args=[application.pk]),
        verb=verb,
        day=day,
        kind=_("政策"),
        light="red" if day and day < on else "amber" if day else "none",
    )
