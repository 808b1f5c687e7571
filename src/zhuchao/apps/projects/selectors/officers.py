"""Officers 金牌店小二: what is open on a project when it changes hands, and what each officer's projects came to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhuchao.apps.core.wording import labelled
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Assignment, User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import GreenRequest, Inspection, Investment, Milestone, Project, StageEntry
from .money import unverified
from .projects import THING, Actor, visible_projects

USUAL_WEIGHTS = {"stages": 3, "on_time": 2, "late": -1, "overdue": -2, "inspected": 1}
"""What each entry counts for in the ranking, where the reader says nothing else."""
HEAVIEST = 99
TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class OpenItem:
    """Something that is still to be done on a project, and where it is done; ``due_on`` None for no day."""

    what: str
    url: str
    due_on: date | None = None


OpenSource = Callable[[User | AnonymousUser | None, Project], Iterable[OpenItem]]
_sources: list[OpenSource] = []


def register_open_items(source: OpenSource) -> None:
    """Add what an app above has open on a project when it changes hands; the same source twice counts once."""
    if source not in _sources:
        _sources.append(source)


def open_items(actor: Actor, project: Project) -> list[OpenItem]:
    """Return what is open on a project, what is due first at the head."""
    here = reverse("project-detail", args=[project.pk])
    steps = Milestone.objects.filter(project=project, met_on__isnull=True)
    found = [OpenItem(labelled(_("计划节点"), step.name), here, step.planned_on) for step in steps]
    bare = unverified(Investment.objects.live()).filter(project=project).count()
    if bare:
        said = ngettext("%(n)d 笔投资未核实", "%(n)d 笔投资未核实", bare) % {"n": bare}
        found.append(OpenItem(said, f"{here}?tab=money"))
    seen = Inspection.objects.live().filter(project=project).order_by("-happened_on", "-pk").first()
    if seen is not None and seen.stalled:
        url = reverse("inspection-detail", args=[seen.pk])
        found.append(OpenItem(labelled(_("停滞事项"), seen.stalled), url, seen.next_on))
    asked = GreenRequest.objects.live().filter(project=project, decisions__isnull=True)
    found += [
        OpenItem(labelled(_("绿色通道申请待审批"), one.expedited), reverse("green-detail", args=[one.pk]))
        for one in asked
    ]
    found += [item for source in _sources for item in source(actor, project)]
    return sorted(found, key=lambda item: item.due_on or date.max)


@dataclass
class OfficerScore:
    """What an officer's projects came to in a period, each a list of the entries it is counted from."""

    officer: User
    projects: list[Project] = field(default_factory=list)
    stages: list[StageEntry] = field(default_factory=list)
    on_time: list[Milestone] = field(default_factory=list)
    late: list[Milestone] = field(default_factory=list)
    overdue: list[Milestone] = field(default_factory=list)
    inspected: list[Inspection] = field(default_factory=list)
    given: int = 0
    taken: int = 0

    def points(self, weights: dict[str, int]) -> int:
        """Return the sum of the entries, each times its weight."""
        return sum(len(getattr(self, name)) * weight for name, weight in weights.items())


COUNTED = {
    "stages": gettext_lazy("推进阶段"),
    "on_time": gettext_lazy("按期完成节点"),
    "late": gettext_lazy("迟完成节点"),
    "overdue": gettext_lazy("逾期未完成节点"),
    "inspected": gettext_lazy("现场踏勘"),
}
"""What is counted, under the names of the weights."""


def weights_from(said: dict[str, str]) -> dict[str, int]:
    """Return the weights that an address names, from -99 to 99, and the usual ones for the rest."""
    weights = dict(USUAL_WEIGHTS)
    for name in weights:
        text = said.get(name, "").strip()
        if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 4:
            weights[name] = max(-HEAVIEST, min(HEAVIEST, int(text)))
    return weights


def officer_scores(actor: Actor, zone: Zone, start: date, end: date) -> list[OfficerScore]:
    """Return for each officer what their projects came to from ``start`` to ``end``; few queries, however many.

    An entry belongs to whoever answered for the project on its day; one from before anybody did belongs to the first
    who did. What is overdue belongs to who answers now.
    """
    scopes = zones.zones_under(actor, zone, Thing.PROJECT)
    projects = {row.pk: row for row in visible_projects(actor).filter(zone_id__in=scopes)}
    held = _held(projects)
    scores: dict[int, OfficerScore] = {}

    def score_of(project_id: int, on: date) -> OfficerScore | None:
        officer = _officer_on(held.get(project_id, ()), on)
        return None if officer is None else scores.setdefault(officer.pk, OfficerScore(officer))

    for project in projects.values():
        if project.officer is not None:
            scores.setdefault(project.officer.pk, OfficerScore(project.officer)).projects.append(project)
    period = (start, end)
    for entry in _of(StageEntry.objects.live(), projects, happened_on__range=period):
        if (score := score_of(entry.project_id, entry.happened_on)) is not None:
            score.stages.append(entry)
    for seen in _of(Inspection.objects.live(), projects, happened_on__range=period):
        if (score := score_of(seen.project_id, seen.happened_on)) is not None:
            score.inspected.append(seen)
    for step in _of(Milestone.objects.all(), projects, met_on__range=period):
        if (score := score_of(step.project_id, step.met_on)) is not None:
            (score.on_time if step.met_on <= step.planned_on else score.late).append(step)
    for step in _of(Milestone.objects.all(), projects, met_on__isnull=True, planned_on__lt=end):
        officer = projects[step.project_id].officer
        if officer is not None:
            scores[officer.pk].overdue.append(step)
    _count_hand_overs(held, scores, period)
    return sorted(scores.values(), key=lambda one: (one.officer.display_name, one.officer.pk))


def without_officer(actor: Actor, zone: Zone) -> QuerySet[Project]:
    """Return the projects of a zone and the zones below it that nobody answers for."""
    scopes = zones.zones_under(actor, zone, Thing.PROJECT)
    return visible_projects(actor).filter(zone_id__in=scopes, officer=None)


def hand_overs_of(actor: User, zone: Zone) -> list[tuple[Assignment, Assignment]]:
    """Return the projects of a zone that this person gave away or took over in the last week: who gave, who took."""
    since = zones.now(zone) - TOLD_FOR
    scopes = zones.zones_under(actor, zone, Thing.PROJECT)
    rows = Assignment.objects.filter(thing=THING, zone_id__in=scopes).select_related("officer", "zone")
    taken = list(rows.filter(since__gte=since, until=None).order_by("-since", "-pk"))
    given = {
        (row.row_id, row.until): row
        for row in rows.filter(row_id__in=[one.row_id for one in taken], until__gte=since)
    }
    pairs = [(given.get((one.row_id, one.since)), one) for one in taken]
    return [
        (before, after)
        for before, after in pairs
        if before is not None and actor.pk in (before.officer_id, after.officer_id)
    ]


def _of(rows: Any, projects: dict[int, Project], **which: Any) -> Any:
    return rows.filter(project_id__in=list(projects), **which).select_related("project").order_by("pk")


def _held(projects: dict[int, Project]) -> dict[int, list[Assignment]]:
    held: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(thing=THING, row_id__in=list(projects)).select_related("officer")
    for row in rows.order_by("since", "pk"):
        held[row.row_id].append(row)
    return held


def _officer_on(held: Sequence[Assignment], on: date) -> User | None:
    """Return who answered on a day; before anybody did it is the first who did, between two it is the one before."""
    before = [row for row in held if timezone.localdate(row.since) <= on]
    row = before[-1] if before else held[0] if held else None
    return row.officer if row is not None else None


def _count_hand_overs(
    held: dict[int, list[Assignment]], scores: dict[int, OfficerScore], period: tuple[date, date]
) -> None:
    for rows in held.values():
        for giver, taker in pairwise(rows):
            if period[0] <= timezone.localdate(taker.since) <= period[1]:
                scores.setdefault(giver.officer_id, OfficerScore(giver.officer)).given += 1
                scores.setdefault(taker.officer_id, OfficerScore(taker.officer)).taken += 1
