"""What stands behind projects and is due for a person: sites to inspect."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.projects.selectors import inspections
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, urgency_of, when_due


def backing_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Yield the cards of what stands behind a zone's projects."""
    yield from _inspections(actor, zone, on)


def _inspections(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give a card for each site whose inspection is overdue: to its officer, and to the leader for all."""
    if not zones.may(actor, Verb.ADD, Thing.INSPECTION, zone):
        return
    leads = Role.LEADER in zones.roles_of(actor, zone.pk)
    found = inspections.inspections_due(actor, zone, on, MOST_OF_A_KIND * 10)
    mine = [one for one in found if leads or one.project.officer_id in (actor.pk, None)]
    for one in mine[:MOST_OF_A_KIND]:
        last = _("上次踏勘 %(day)s") % {"day": one.last_on.isoformat()} if one.last_on else _("还没有踏勘过")
        yield Card(
            key=f"inspection:{one.project.pk}:{one.due_on:%Y%m%d}",
            urgency=urgency_of(one.due_on, on),
            title=_("%(project)s该去现场踏勘了") % {"project": one.project.name},
            why=clauses((when_due(one.due_on, on), last)),
            url=reverse("inspection-add", args=[one.project.pk]),
            verb=_("去踏勘"),
            day=one.due_on,
            kind=_("项目"),
            light="red" if one.due_on < on else "amber",
        )
