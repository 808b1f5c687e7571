"""What stands behind projects and is due for a person: sites to inspect, hand-overs, requests for the green channel."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.projects.selectors import green, inspections, officers
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Role, User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due


def backing_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Yield the cards of what stands behind a zone's projects."""
    yield from _inspections(actor, zone, on)
    yield from _hand_overs(actor, zone)
    yield from _green(actor, zone, on)


def _hand_overs(actor: User, zone: Zone) -> Iterator[Card]:
    """Give both people a card for a week after a project changed hands."""
    for giver, taker in officers.hand_overs_of(actor, zone)[:MOST_OF_A_KIND]:
        takes = taker.officer_id == actor.pk
        what = {"giver": giver.officer, "taker": taker.officer, "project": taker.label}
        yield Card(
            key=f"hand-over:{taker.pk}",
            urgency=Urgency.TODAY if takes else Urgency.WAITING,
            title=_("%(giver)s把%(project)s交接给您") % what
            if takes
            else _("您把%(project)s交接给了%(taker)s") % what,
            why=_("原因：%(reason)s") % {"reason": taker.reason},
            url=reverse("project-detail", args=[taker.row_id]),
            verb=_("看项目"),
            kind=_("项目"),
        )


def _green(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give a card for each request for the green channel to those who decide and did not ask."""
    if not zones.may(actor, Verb.MANAGE, Thing.GREEN, zone):
        return
    for row in green.requests_waiting(actor, zone, on).exclude(recorded_by=actor)[:MOST_OF_A_KIND]:
        yield Card(
            key=f"green:{row.pk}",
            urgency=Urgency.TODAY,
            title=_("%(project)s申请绿色通道") % {"project": row.project.name},
            why=clauses((row.expedited, row.why)),
            url=reverse("green-decide", args=[row.pk]),
            verb=_("去审批"),
            kind=_("项目"),
            light="amber",
        )


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
