"""Cases as the pages of firms and projects show them, on the one timeline of a project, and what help came to by mode."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.projects.models import Project
from zhuchao.apps.projects.selectors.happenings import MOST_OF_A_SOURCE, Happening, ServiceLine
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Case, EventKind, ServiceAction, ServiceMode
from .cases import visible_cases, visible_events
from .guidance import visible_service_logs
from .matters import Actor
from .standing import ENDS

SHOWN = 20
TOLD = (EventKind.START, EventKind.STOP, EventKind.RETURN, EventKind.REVIEWED, *ENDS)
"""The events of a task that a project's timeline tells of."""


def cases_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the cases of a firm and those merged into it, the latest first; one query."""
    rows = visible_cases(actor).filter(enterprise__in=enterprise_ids)
    return RelatedGroup("cases", gettext_lazy("办件"), _rows(rows))


def cases_of_project(actor: User | AnonymousUser, project: Project) -> RelatedGroup | None:
    """Return the cases of a project for its page, the latest first."""
    return RelatedGroup("cases", gettext_lazy("办件"), _rows(visible_cases(actor).filter(project=project)))


def _rows(rows: QuerySet[Case]) -> list[RelatedRow]:
    return [
        RelatedRow(
            title=row.title,
            url=reverse("case-detail", args=[row.pk]),
            state=str(row.get_state_display()),
            detail=row.number,
            on=zones.day_of(row.opened_at),
        )
        for row in rows.order_by("-opened_at", "-pk")[:SHOWN]
    ]


def permits_done(actor: User | AnonymousUser | None, project: Project) -> Iterator[Happening]:
    """Yield what departments did in the cases of a project, for its timeline."""
    rows = visible_events(actor).live().filter(task__case__project=project, kind__in=TOLD)
    for event in rows.order_by("-happened_at", "-pk")[:MOST_OF_A_SOURCE]:
        yield Happening(
            ServiceLine.PERMIT,
            event.happened_on,
            f"{event.task.name} · {event.get_kind_display()}",
            str(event.recorded_by or _("系统")),
            reverse("case-detail", args=[event.task.case_id]),
            clauses(part for part in (event.task.case.number, event.number, event.note) if part),
            event.recorded_at,
        )


@dataclass(frozen=True)
class ModeLine:
    """What one way of helping came to in a span of days: cases opened under it, and what was logged by action."""

    mode: ServiceMode
    cases: int
    finished: int
    actions: tuple[tuple[ServiceAction, int], ...]

    @property
    def logged(self) -> int:
        return sum(count for _action, count in self.actions)


def service_report(actor: Actor, zone: Zone, first: date, last: date) -> list[ModeLine]:
    """Return for each way of helping how many cases and entries it had under a zone from ``first`` to ``last``."""
    scopes = zones.zones_under(actor, zone, Thing.CASE)
    cases = visible_cases(actor).filter(
        zone_id__in=scopes, opened_at__date__gte=first, opened_at__date__lte=last
    )
    counted: dict[str, dict[str, int]] = {
        row["service"]: {"n": row["n"], "done": row["done"]}
        for row in cases.order_by()
        .values("service")
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(state="finished")))
    }
    logs = (
        visible_service_logs(actor)
        .live()
        .filter(zone_id__in=scopes, happened_on__gte=first, happened_on__lte=last)
    )
    logged = {
        (row["mode"], row["action"]): row["n"]
        for row in logs.order_by().values("mode", "action").annotate(n=Count("pk"))
    }
    none = {"n": 0, "done": 0}
    return [
        ModeLine(
            mode,
            counted.get(mode.value, none)["n"],
            counted.get(mode.value, none)["done"],
            tuple((action, logged.get((mode.value, action.value), 0)) for action in ServiceAction),
        )
        for mode in ServiceMode
    ]
