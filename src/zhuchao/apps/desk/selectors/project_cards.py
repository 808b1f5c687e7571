"""What projects have due: a statistical window near or past, and evidence promised with an override."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.projects import selectors as projects
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .cards import MOST_OF_A_KIND, Card, Urgency, urgency_of, when_due


def project_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give the cards of a zone's projects for those who enter gates or keep the statistics, on a day."""
    if not zones.may(actor, Verb.CHANGE, Thing.PROJECT, zone) and not zones.may(
        actor, Verb.CHANGE, Thing.GATE, zone
    ):
        return
    yield from _windows(actor, zone, on)
    yield from _open_evidence(actor, zone, on)


def _windows(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    due = [stand for stand in projects.unlisted_projects(actor, zone, on) if stand.missed or stand.is_near]
    for stand in due[:MOST_OF_A_KIND]:
        day = stand.coming.closes_on if stand.coming else None
        yield Card(
            key=f"listing:{stand.project.pk}:{len(stand.missed)}:{day or ''}",
            urgency=Urgency.OVERDUE if stand.missed or day is None else urgency_of(day, on),
            title=_("%(project)s已开工未列统") % {"project": stand.project.name},
            why=clauses((stand.state, _("窗口%(due)s") % {"due": when_due(day, on)} if day else "")),
            url=reverse("project-gates", args=[stand.project.pk]) + "#gate-listed",
            verb=_("看材料"),
            day=day,
            kind=_("项目"),
            light="red" if stand.missed else "amber",
        )


def _open_evidence(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Give one card for all the evidence that overrides promised: what a ledger brought is listed, not pressed for."""
    rows = projects.overridden(projects.listed_stage_entries(actor, zone)).filter(zone=zone)
    found = rows.filter(projects.lacks_evidence()).count()
    if found:
        yield Card(
            key=f"open-evidence:{zone.pk}:{on:%Y%m}",
            urgency=Urgency.WEEK,
            title=ngettext("%(n)d 条缺证登记待补材料", "%(n)d 条缺证登记待补材料", found) % {"n": found},
            why=_("登记时写了理由，材料还没有补上"),
            url=reverse("project-lacking") + "?source=override",
            verb=_("去补"),
            kind=_("项目"),
            light="amber",
        )
