"""The green channel: which requests wait, hold or have ended, and how it is used."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from django.db import models
from django.db.models import BooleanField, DateField, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import GreenDecision, GreenRequest, Project, StageEntry
from .happenings import MOST_OF_A_SOURCE, Happening, ServiceLine, register_timeline_source
from .projects import Actor


class GreenState(models.TextChoices):
    """How a request for the green channel stands."""

    WAITING = "waiting", gettext_lazy("待审批")
    GRANTED = "granted", gettext_lazy("绿色通道中")
    EXPIRED = "expired", gettext_lazy("已到期")
    REFUSED = "refused", gettext_lazy("未同意")
    TAKEN_BACK = "taken_back", gettext_lazy("已收回")
    LAPSED = "lapsed", gettext_lazy("未审批已过期")


def visible_requests(actor: Actor) -> EntryQuerySet:
    """Return the requests this person may see, withdrawn ones included. Every read starts here."""
    rows = GreenRequest.objects.select_related("zone", "project__zone", "recorded_by", "replaced_by")
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.GREEN))


def listed_requests(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the requests of a zone and the zones below it that were not withdrawn, each with how it was decided."""
    scopes = zones.zones_under(actor, zone, Thing.GREEN)
    return with_decision(visible_requests(actor).live().filter(zone_id__in=scopes))


def with_decision(rows: EntryQuerySet) -> EntryQuerySet:
    """Give each request ``was_granted`` and ``decided_on`` (None: not decided), and ``was_taken_back``."""
    live = GreenDecision.objects.live().filter(request=OuterRef("pk")).order_by("-pk")
    back = GreenDecision.objects.filter(request=OuterRef("pk"), is_void=True)
    return rows.annotate(
        was_granted=Subquery(live.values("granted")[:1], output_field=BooleanField(null=True)),
        decided_on=Subquery(live.values("happened_on")[:1], output_field=DateField()),
        was_taken_back=Exists(back),
    )


def get_request(actor: Actor, pk: int) -> GreenRequest:
    """Return one request; raises NotFound when it is hidden or missing."""
    entry: GreenRequest | None = visible_requests(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该绿色通道申请"))
    return entry


def decision_of(entry: GreenRequest) -> GreenDecision | None:
    """Return the last decision on a request, one that was taken back included (it is void); None before any."""
    rows = GreenDecision.objects.filter(request=entry).select_related("recorded_by")
    return rows.order_by("-pk").first()


def state_of(entry: GreenRequest, decision: GreenDecision | None, on: date) -> GreenState:
    """Return how a request stands on a day."""
    if decision is None:
        return GreenState.WAITING if on <= entry.until else GreenState.LAPSED
    if decision.is_void:
        return GreenState.TAKEN_BACK
    if not decision.granted:
        return GreenState.REFUSED
    return GreenState.GRANTED if on <= entry.until else GreenState.EXPIRED


def listed_state(entry: GreenRequest, on: date) -> GreenState:
    """Return how a request of ``listed_requests`` stands on a day, without a query."""
    granted: bool | None = entry.was_granted  # type: ignore[attr-defined]
    if granted is None:
        if entry.was_taken_back:  # type: ignore[attr-defined]
            return GreenState.TAKEN_BACK
        return GreenState.WAITING if on <= entry.until else GreenState.LAPSED
    if not granted:
        return GreenState.REFUSED
    return GreenState.GRANTED if on <= entry.until else GreenState.EXPIRED


def in_state(rows: QuerySet[GreenRequest], state: str, on: date) -> QuerySet[GreenRequest]:
    """Narrow the requests of ``listed_requests`` to those that stand so on a day."""
    undecided = Q(was_granted__isnull=True, was_taken_back=False)
    which = {
        GreenState.WAITING: undecided & Q(until__gte=on),
        GreenState.LAPSED: undecided & Q(until__lt=on),
        GreenState.GRANTED: Q(was_granted=True, until__gte=on),
        GreenState.EXPIRED: Q(was_granted=True, until__lt=on),
        GreenState.REFUSED: Q(was_granted=False),
        GreenState.TAKEN_BACK: Q(was_granted__isnull=True, was_taken_back=True),
    }
    return rows.filter(which[GreenState(state)])


def open_request(project: Project, on: date) -> GreenRequest | None:
    """Return the request of a project that waits or holds on a day, None for none."""
    rows = with_decision(GreenRequest.objects.live()).filter(project=project, until__gte=on)
    found = rows.filter(Q(was_granted=True) | Q(was_granted__isnull=True, was_taken_back=False))
    return cast("GreenRequest | None", found.order_by("-pk").first())


def requests_waiting(actor: Actor, zone: Zone, on: date) -> QuerySet[GreenRequest]:
    """Return the requests that wait for a decision on a day, the oldest first."""
    return in_state(listed_requests(actor, zone), GreenState.WAITING, on).order_by("happened_on", "pk")


@dataclass
class Use:
    """How one person used the green channel: the requests of each outcome, and the grants after which nothing moved."""

    person: User | None
    asked: list[GreenRequest] = field(default_factory=list)
    granted: list[GreenRequest] = field(default_factory=list)
    refused: list[GreenRequest] = field(default_factory=list)
    taken_back: list[GreenRequest] = field(default_factory=list)
    expired: list[GreenRequest] = field(default_factory=list)
    unmoved: list[GreenRequest] = field(default_factory=list)


def use_of(actor: Actor, zone: Zone, start: date, end: date, on: date) -> list[Use]:
    """Return how the green channel was used by each who asked from ``start`` to ``end``, who asked most first.

    A project did not move where it passed no gate from the day of the grant until the grant ended, or until ``on``;
    a grant of the day itself is not judged yet. Two queries.
    """
    rows = list(listed_requests(actor, zone).filter(happened_on__range=(start, end)).order_by("pk"))
    gates: dict[int, list[date]] = {}
    passed = StageEntry.objects.live().filter(project_id__in={row.project_id for row in rows})
    for project_id, day in passed.order_by().values_list("project_id", "happened_on"):
        gates.setdefault(project_id, []).append(day)
    found: dict[int | None, Use] = {}
    for row in rows:
        use = found.setdefault(row.recorded_by_id, Use(row.recorded_by))
        state = listed_state(row, on)
        use.asked.append(row)
        if state in (GreenState.GRANTED, GreenState.EXPIRED):
            use.granted.append(row)
            last = min(row.until, on)
            moved = any(row.decided_on <= day <= last for day in gates.get(row.project_id, ()))
            if not moved and row.decided_on < on:
                use.unmoved.append(row)
        if state is GreenState.REFUSED:
            use.refused.append(row)
        if state is GreenState.TAKEN_BACK:
            use.taken_back.append(row)
        if state in (GreenState.EXPIRED, GreenState.LAPSED):
            use.expired.append(row)
    return sorted(found.values(), key=lambda use: (-len(use.asked), str(use.person or "")))


def green_steps(actor: Actor, project: Project) -> Iterator[Happening]:
    """Yield the requests of a project and what was decided on them for its timeline."""
    rows = visible_requests(actor).live().filter(project=project).order_by("-pk")[:MOST_OF_A_SOURCE]
    for row in rows:
        url = reverse("green-detail", args=[row.pk])
        yield Happening(
            ServiceLine.PROJECT,
            row.happened_on,
            _("申请绿色通道：%(what)s") % {"what": row.expedited},
            str(row.recorded_by or _("系统")),
            url,
            row.why,
            row.recorded_at,
        )
        decision = decision_of(row)
        if decision is not None:
            said = (
                _("收回绿色通道")
                if decision.is_void
                else _("同意绿色通道")
                if decision.granted
                else _("不同意绿色通道")
            )
            yield Happening(
                ServiceLine.PROJECT,
                decision.happened_on,
                said,
                str(decision.recorded_by or _("系统")),
                url,
                decision.reason or decision.opinion,
                decision.recorded_at,
            )


register_timeline_source(green_steps)
