"""What the catalogue and the promises of firms have due: drafts for the second person, late documents, pledges to check."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.approvals.models import DRAFT
from zhuchao.apps.approvals.selectors.credit import notices_due, pledges_to_check
from zhuchao.apps.approvals.selectors.matter_versions import visible_versions
from zhuchao.apps.core.wording import clauses, listed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due

AHEAD = timedelta(days=7)


def matter_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give the cards of the catalogue and of late documents and pledges for a person in a zone on a day."""
    if zones.may(actor, Verb.MANAGE, Thing.MATTER, zone):
        drafts = visible_versions(actor).filter(zone=zone, state=DRAFT).exclude(prepared_by=actor)
        for draft in drafts.order_by("pk")[:MOST_OF_A_KIND]:
            yield Card(
                key=f"matter-draft:{draft.pk}:{draft.version}",
                urgency=Urgency.TODAY,
                title=_("%(version)s等待复核发布") % {"version": draft},
                why=_("须由另一人对照依据复核"),
                url=reverse("matter-version-publish", args=[draft.pk]),
                verb=_("去复核"),
                kind=_("审批"),
                light="amber",
            )
    for notice in notices_due(actor, zone, on + AHEAD)[:MOST_OF_A_KIND]:
        yield Card(
            key=f"late:{notice.pk}:{notice.due_on:%Y%m%d}",
            urgency=urgency_of(notice.due_on, on),
            title=_("%(task)s的容缺材料待补") % {"task": notice.task.name},
            why=clauses((when_due(notice.due_on, on), listed(notice.documents), _("逾期自动终止"))),
            url=reverse("late-notice", args=[notice.pk]),
            verb=_("看告知书"),
            day=notice.due_on,
            kind=_("审批"),
            light="red" if notice.due_on <= on else "amber",
        )
    for pledge in pledges_to_check(actor, zone, on + AHEAD)[:MOST_OF_A_KIND]:
        yield Card(
            key=f"pledge:{pledge.pk}:{pledge.check_due_on:%Y%m%d}",
            urgency=urgency_of(pledge.check_due_on, on),
            title=_("核查承诺：%(firm)s") % {"firm": pledge.enterprise.name},
            why=clauses((when_due(pledge.check_due_on, on), pledge.task.name)),
            url=reverse("pledge-check", args=[pledge.pk]),
            verb=_("去核查"),
            day=pledge.check_due_on,
            kind=_("审批"),
            light="red" if pledge.check_due_on < on else "amber",
        )
