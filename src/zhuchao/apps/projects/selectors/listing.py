"""Statistics 列统: which windows there are, and how the projects that have started stand to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.wording import remarks
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Project, Stage, StageEntry, StatWindow
from .projects import Actor, listed_projects

NEAR_DAYS = 7
"""So many days before a window closes people are warned."""


@dataclass(frozen=True)
class ListingStand:
    """A project that has started and is in no statistics yet: the windows it let pass, and the next one."""

    project: Project
    started_on: date
    missed: tuple[StatWindow, ...]
    coming: StatWindow | None
    today: date

    @property
    def days_left(self) -> int | None:
        return None if self.coming is None else (self.coming.closes_on - self.today).days

    @property
    def is_near(self) -> bool:
        return self.coming is not None and (
            self.coming.opens_on <= self.today or (self.days_left or 0) <= NEAR_DAYS
        )

    @property
    def light(self) -> str:
        return "red" if self.missed else "amber" if self.is_near else "none"

    @property
    def state(self) -> str:
        """Return the state in a word or two."""
        if self.missed:
            return ngettext("已错过 %(n)d 个窗口", "已错过 %(n)d 个窗口", len(self.missed)) % {
                "n": len(self.missed)
            }
        if self.coming is None:
            return _("没有窗口日期")
        return _("窗口临近") if self.is_near else _("未到窗口")

    @property
    def sentence(self) -> str:
        """Return how the project stands to the windows, with the days."""
        parts = [_("%(day)s 开工，尚未列统") % {"day": self.started_on.isoformat()}]
        if self.missed:
            last = self.missed[-1]
            parts.append(
                _("已错过 %(n)d 个窗口，最近一个 %(day)s 截止")
                % {"n": len(self.missed), "day": last.closes_on.isoformat()}
            )
        if self.coming is not None:
            words = {"opens": self.coming.opens_on.isoformat(), "closes": self.coming.closes_on.isoformat()}
            parts.append(_("下一个窗口 %(opens)s 至 %(closes)s") % words)
        else:
            parts.append(_("没有后续窗口日期，请在“列统窗口”中设定"))
        return remarks(parts)


def visible_stat_windows(actor: Actor) -> QuerySet[StatWindow]:
    """Return the windows that this person may see."""
    return zones.in_zones(StatWindow.objects.select_related("zone"), actor, Thing.GATE)


def get_stat_window(actor: Actor, pk: int) -> StatWindow:
    """Return one window; raises NotFound when it is hidden or missing."""
    window = visible_stat_windows(actor).filter(pk=pk).first()
    if window is None:
        raise NotFound(what=_("该列统窗口"))
    return window


def windows_of(zone: Zone) -> list[StatWindow]:
    """Return the windows that hold for a zone, by day: month by month those of the nearest zone that has set one."""
    line = zones.lineage_ids(zone)
    near = {pk: place for place, pk in enumerate(line)}
    by_month: dict[date, StatWindow] = {}
    rows = sorted(StatWindow.objects.filter(zone_id__in=line), key=lambda window: near[window.zone_id])
    for window in rows:
        by_month.setdefault(window.month, window)
    return sorted(by_month.values(), key=lambda window: window.closes_on)


def listing_stand(project: Project, today: date) -> ListingStand | None:
    """Return how a project stands to the windows, None where it has not started or is in the statistics."""
    return next(iter(_stands([project], windows_of(project.zone), today)), None)


def unlisted_projects(actor: Actor, zone: Zone, today: date) -> list[ListingStand]:
    """Return the projects of one zone that have started and are in no statistics, the worst first."""
    rows = listed_projects(actor, zone).filter(zone=zone)
    stands = _stands(_started(rows), windows_of(zone), today)
    return sorted(
        stands, key=lambda each: (-len(each.missed), not each.is_near, each.started_on, each.project.pk)
    )


def _started(rows: QuerySet[Project]) -> QuerySet[Project]:
    live = StageEntry.objects.live()
    started = live.filter(stage=Stage.STARTED).values("project_id")
    return rows.filter(pk__in=started)


def _stands(projects: Iterable[Project], windows: Sequence[StatWindow], today: date) -> list[ListingStand]:
    found = {project.pk: project for project in projects}
    above = {project.parent_id for project in found.values() if project.parent_id}
    live = StageEntry.objects.live()
    listed: set[int] = set()
    rows = live.filter(stage=Stage.LISTED).filter(
        Q(project_id__in=[*found, *above]) | Q(project__parent_id__in=list(found))
    )
    for pk, parent in rows.values_list("project_id", "project__parent_id"):
        listed |= {pk, parent}
    starts = live.filter(project_id__in=list(found), stage=Stage.STARTED).values_list(
        "project_id", "happened_on"
    )
    return [
        ListingStand(
            found[pk],
            day,
            tuple(window for window in windows if day <= window.closes_on < today),
            next((window for window in windows if window.closes_on >= today), None),
            today,
        )
        for pk, day in starts
        if pk not in listed and found[pk].parent_id not in listed
    ]
