"""Site inspections: those a person may see, what does not fit together in them, and which projects are due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt

from django.db.models import Count, DateField, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.core.wording import clauses
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import Inspection, InspectionInterval, InspectionPhoto, Project, ProjectPlace, Stage
from .happenings import MOST_OF_A_SOURCE, Happening, ServiceLine, register_timeline_source
from .projects import Actor, visible_projects

USUAL_DAYS = 90
"""After so many days a project is inspected again, where the zone says nothing else."""
UNDER_WAY = (Stage.SIGNED, Stage.READY, Stage.STARTED, Stage.LISTED, Stage.COMPLETED)
"""The stages in which a project is inspected: from signing until it is in use."""
EARTH_M = 6_371_008.8
FAR_M = 1000
"""From so many metres on it is said how far from the project an inspection, or a photo from it, was."""
APART = timedelta(hours=2)
LATE = timedelta(days=1)

Degrees = Decimal | float


@dataclass(frozen=True)
class InspectionDue:
    """A project that is to be inspected by ``due_on``; ``last_on`` is when it was last, None for never."""

    project: Project
    last_on: date | None
    due_on: date


def visible_inspections(actor: Actor) -> EntryQuerySet:
    """Return the inspections this person may see, replaced and void ones included. Every read starts here."""
    rows = Inspection.objects.select_related(
        "zone", "project__zone", "recorded_by", "evidence", "replaces", "replaced_by"
    )
    return zones.in_zones(rows, actor, Thing.INSPECTION)  # type: ignore[return-value]


def listed_inspections(actor: Actor, zone: Zone) -> EntryQuerySet:
    """Return the inspections in force of a zone and the zones below it, each with how many ``photos_kept`` it has."""
    scopes = zones.zones_under(actor, zone, Thing.INSPECTION)
    rows = visible_inspections(actor).live().filter(zone_id__in=scopes)
    photos = InspectionPhoto.objects.filter(inspection__ledger_key=OuterRef("ledger_key")).order_by()
    counted = photos.values("inspection__ledger_key").annotate(n=Count("pk")).values("n")
    return rows.annotate(photos_kept=Subquery(counted))


def get_inspection(actor: Actor, pk: int) -> Inspection:
    """Return one inspection; raises NotFound when it is hidden or missing."""
    entry: Inspection | None = visible_inspections(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该踏勘"))
    return entry


def photos_of(inspection: Inspection) -> list[InspectionPhoto]:
    """Return the photos of an inspection, whichever version of it they were given with."""
    rows = InspectionPhoto.objects.filter(inspection__ledger_key=inspection.ledger_key)
    return list(rows.select_related("file__file").order_by("pk"))


def get_photo(actor: Actor, pk: int) -> InspectionPhoto:
    """Return one photo; raises NotFound when its inspection is hidden or it is missing."""
    rows = InspectionPhoto.objects.select_related("file__file", "zone")
    photo = zones.in_zones(rows, actor, Thing.INSPECTION).filter(pk=pk).first()
    if photo is None:
        raise NotFound(what=_("该照片"))
    return photo


def place_of(project: Project) -> ProjectPlace | None:
    """Return where a project lies, as last said; None where nobody has said yet."""
    rows = ProjectPlace.objects.live().filter(project=project).order_by("-happened_on", "-pk")
    found: ProjectPlace | None = rows.first()
    return found


def distance_m(from_: tuple[Degrees, Degrees], to: tuple[Degrees, Degrees]) -> int:
    """Return the metres between two places, each (longitude, latitude) in degrees, along the sphere.

    >>> distance_m((120.0, 31.0), (120.0, 31.0)), distance_m((120.0, 31.0), (120.0, 32.0))
    (0, 111195)
    """
    (lng1, lat1), (lng2, lat2) = (tuple(radians(float(part)) for part in place) for place in (from_, to))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lng2 - lng1) / 2) ** 2
    return round(2 * EARTH_M * asin(min(1.0, sqrt(half))))


def away_m(inspection: Inspection, place: ProjectPlace | None) -> int | None:
    """Return how many metres from the project an inspection was, None where either place is not known."""
    here, there = _at(inspection), _at(place)
    return distance_m(here, there) if here and there else None


def doubts_of(inspection: Inspection, photos: Sequence[InspectionPhoto]) -> list[str]:
    """Return in sentences what does not fit together: entered late, far from the project, photos of other days."""
    said = []
    late = inspection.recorded_at - inspection.inspected_at
    if late >= LATE and inspection.replaces_id is None:
        said.append(
            ngettext("踏勘 %(n)d 天后才登记。", "踏勘 %(n)d 天后才登记。", late.days) % {"n": late.days}
        )
    away = away_m(inspection, place_of(inspection.project))
    if away is not None and away >= FAR_M:
        said.append(_("定位距项目位置 %(km)s 公里。") % {"km": f"{away / 1000:.1f}"})
    if _at(inspection) is None:
        said.append(_("没有定位。"))
    if not photos:
        said.append(_("没有照片。"))
    for number, photo in enumerate(photos, 1):
        said += [
            _("第 %(n)d 张照片：%(what)s") % {"n": number, "what": what}
            for what in _doubts(photo, inspection)
        ]
    return said


def _doubts(photo: InspectionPhoto, inspection: Inspection) -> Iterator[str]:
    if photo.taken_at is None:
        yield _("没有拍摄时间。")
    elif abs(photo.taken_at - inspection.inspected_at) >= APART:
        taken = timezone.localtime(photo.taken_at)
        yield _("拍摄于 %(taken)s，与踏勘时间不符。") % {"taken": f"{taken:%Y-%m-%d %H:%M}"}
    here, there = _at(inspection), _at(photo)
    if here and there and distance_m(here, there) >= FAR_M:
        yield _("拍摄位置距踏勘定位 %(km)s 公里。") % {"km": f"{distance_m(here, there) / 1000:.1f}"}


def _at(place: Inspection | InspectionPhoto | ProjectPlace | None) -> tuple[Decimal, Decimal] | None:
    if place is None or place.longitude is None or place.latitude is None:
        return None
    return place.longitude, place.latitude


def interval_of(zone: Zone, on: date) -> int:
    """Return after how many days a project of a zone is inspected again: said by the nearest zone at or above it."""
    lineage: Sequence[int] = zones.lineage_ids(zone)
    said: dict[int, int] = {}
    rows = InspectionInterval.objects.live().filter(zone_id__in=lineage, happened_on__lte=on)
    for zone_id, days in rows.order_by("-happened_on", "-pk").values_list("zone_id", "days"):
        said.setdefault(zone_id, days)
    return next((said[pk] for pk in lineage if pk in said), USUAL_DAYS)


def with_inspected(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Give each project ``inspected_on``, the day it was last inspected, and ``asked_on``, the next day that was named."""
    live = Inspection.objects.live().filter(project=OuterRef("pk")).order_by()
    last = live.values("project").annotate(on=Max("happened_on")).values("on")
    newest = Inspection.objects.live().filter(project=OuterRef("pk")).order_by("-happened_on", "-pk")
    return rows.annotate(
        inspected_on=Subquery(last, output_field=DateField()),
        asked_on=Subquery(newest.values("next_on")[:1], output_field=DateField()),
    )


def to_inspect(actor: Actor, zone: Zone) -> QuerySet[Project]:
    """Return the projects under way of a zone and the zones below it, with when each was last inspected."""
    scopes = zones.zones_under(actor, zone, Thing.INSPECTION)
    rows = visible_projects(actor).filter(zone_id__in=scopes, stage__in=UNDER_WAY)
    return with_inspected(rows)


def due_on(project: Project, days: int) -> date | None:
    """Return by which day a project of ``to_inspect`` is to be inspected again, after so many days at the latest."""
    since = project.inspected_on or project.stage_since  # type: ignore[attr-defined]
    asked: date | None = project.asked_on  # type: ignore[attr-defined]
    latest = since + timedelta(days=days) if since is not None else None
    return min(day for day in (asked, latest) if day is not None) if asked or latest else None


def overdue(rows: QuerySet[Project], on: date, days: int) -> QuerySet[Project]:
    """Narrow the projects of ``to_inspect`` to those whose day has passed on ``on``."""
    before = on - timedelta(days=days)
    never = Q(inspected_on__isnull=True, stage_since__lt=before)
    return rows.filter(Q(inspected_on__lt=before) | never | Q(asked_on__lt=on))


def inspections_due(actor: Actor, zone: Zone, on: date, most: int) -> list[InspectionDue]:
    """Return the projects of a zone that were to be inspected before ``on``, the longest overdue first."""
    days = interval_of(zone, on)
    found = [
        InspectionDue(project, project.inspected_on, day)  # type: ignore[attr-defined]
        for project in overdue(to_inspect(actor, zone), on, days)
        if (day := due_on(project, days)) is not None
    ]
    return sorted(found, key=lambda one: (one.due_on, one.project.pk))[:most]


def inspections_made(actor: Actor, project: Project) -> Iterator[Happening]:
    """Yield the inspections in force of a project for its timeline."""
    rows = visible_inspections(actor).live().filter(project=project).order_by("-happened_on", "-pk")
    for entry in rows[:MOST_OF_A_SOURCE]:
        stalled = _("停滞：%(what)s") % {"what": entry.stalled} if entry.stalled else ""
        yield Happening(
            ServiceLine.VISIT,
            entry.happened_on,
            _("现场踏勘"),
            entry.members or str(entry.recorded_by or _("系统")),
            reverse("inspection-detail", args=[entry.pk]),
            clauses(part for part in (entry.findings, stalled) if part),
            entry.recorded_at,
        )


register_timeline_source(inspections_made)
