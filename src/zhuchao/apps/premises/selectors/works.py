"""Building works: those a person may see, those that are late, and when the first firm can move in."""

from datetime import date
from typing import cast

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Works, WorksPhase, WorksProgress
from .places import Actor


def visible_works(actor: Actor) -> QuerySet[Works]:
    """Return the works this person may see; an operator sees those on its own sites."""
    rows = Works.objects.select_related("zone", "site", "building")
    return zones.in_zones(rows, actor, Thing.WORKS, own="site__operator")


def get_works(actor: Actor, pk: int) -> Works:
    """Return works; raises NotFound when they are hidden or missing."""
    works = visible_works(actor).filter(pk=pk).first()
    if works is None:
        raise NotFound(what=_("该建设项目"))
    return works


def get_phase(actor: Actor, pk: int) -> WorksPhase:
    """Return a phase of works; raises NotFound when it is hidden or missing."""
    rows = WorksPhase.objects.select_related("works__site", "works__zone")
    phase = zones.in_zones(rows, actor, Thing.WORKS, own="works__site__operator").filter(pk=pk).first()
    if phase is None:
        raise NotFound(what=_("该分期"))
    return phase


def visible_progress(actor: Actor) -> EntryQuerySet:
    """Return the entries of works this person may see, replaced and void ones included."""
    rows = WorksProgress.objects.select_related(
        "works__site", "works__zone", "recorded_by", "evidence", "replaced_by"
    )
    return cast(EntryQuerySet, zones.in_zones(rows, actor, Thing.WORKS, own="works__site__operator"))


def get_progress(actor: Actor, pk: int) -> WorksProgress:
    """Return an entry of works; raises NotFound when it is hidden or missing."""
    entry: WorksProgress | None = visible_progress(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该进度条目"))
    return entry


def late_start(on: date) -> Q:
    """Return the condition on works for being due to have begun in a month before that of ``on``."""
    return Q(started_on__isnull=True, planned_start_on__lt=on.replace(day=1))


def late_end(on: date) -> Q:
    """Return the condition on works for being under way after their planned end."""
    return Q(started_on__isnull=False, finished_on__isnull=True, planned_end_on__lt=on)


def slipped_works(actor: Actor, zone: Zone, on: date) -> QuerySet[Works]:
    """Return the works under ``zone`` that have slipped by ``on``, longest first."""
    ids = zones.zones_under(actor, zone, Thing.WORKS)
    return (
        visible_works(actor)
        .filter(late_start(on) | late_end(on), zone_id__in=ids)
        .order_by("planned_start_on", "pk")
    )


def with_state(rows: QuerySet[Works], on: date) -> QuerySet[Works]:
    """Return works each with ``state``: how they stand on ``on``, as ``Works.state_on`` says; no query more."""
    state = Case(
        When(finished_on__lte=on, then=Value(str(Works.State.FINISHED))),
        When(late_start(on) | late_end(on), then=Value(str(Works.State.SLIPPED))),
        When(started_on__lte=on, then=Value(str(Works.State.UNDER_WAY))),
        default=Value(str(Works.State.PLANNED)),
        output_field=CharField(),
    )
    return rows.annotate(state=state)


def pipeline(rows: QuerySet[Works], on: date) -> list[tuple[date, Works]]:
    """Return unfinished works with the day on which their first firm is expected, soonest first."""
    found = [(works.first_occupancy_on(on), works) for works in rows.filter(finished_on__isnull=True)]
    return sorted(found, key=lambda pair: (pair[0], pair[1].pk))
