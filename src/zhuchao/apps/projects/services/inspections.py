"""Site inspections: entered with photos, time and place, corrected, voided; how often a zone's projects are inspected."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import add_entry, correct_entry, record_change, void_entry
from zhuchao.apps.core.services.files import keep_file
from zhuchao.apps.core.services.photos import Taken, taken
from zhuchao.apps.core.services.sniffing import Sniffed
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import InspectionExists
from ..models import Inspection, InspectionInterval, InspectionPhoto, Project, ProjectPlace
from .parts import locked
from .projects import refuse_unknown

MOST_PHOTOS = 12
DEGREE = Decimal("0.000001")
CORRECTABLE = frozenset(
    {"inspected_at", "members", "findings", "stalled", "next_on", "longitude", "latitude", "accuracy_m"}
)
Photo = tuple[str, IO[bytes]]


@transaction.atomic
def add_inspection(
    *,
    actor: User | None,
    project: Project,
    findings: str,
    inspected_at: datetime | None = None,
    photos: Iterable[Photo] = (),
    marks_place: bool = False,
    **values: Any,
) -> Inspection:
    """Enter that a project's site was inspected, now unless ``inspected_at`` says when.

    ``values``: members, stalled, next_on, longitude and latitude (degrees), accuracy_m. ``photos`` are names and
    contents; what each file says of when and where it was taken is kept beside it. ``marks_place`` says that the
    project lies where the inspector stands. Raises InspectionExists for the same moment again, WrongInput, and what
    ``keep_file`` does.
    """
    zones.require(actor, Verb.ADD, Thing.INSPECTION, project.zone)
    refuse_unknown(values, CORRECTABLE)
    project = locked(project.pk)
    moment = zones.now(project.zone)
    entry = Inspection(
        zone_id=project.zone_id,
        project=project,
        findings=findings.strip(),
        inspected_at=inspected_at or moment,
        **_tidy(values),
    )
    _check(entry)
    entry.ledger_key = (
        f"{project.pk}|{entry.inspected_at.isoformat(timespec='minutes')}|{getattr(actor, 'pk', '')}"
    )
    if Inspection.objects.filter(ledger_key=entry.ledger_key).exists():
        raise InspectionExists(project=str(project), at=_said(entry.inspected_at))
    add_entry(entry, actor=actor, at=moment)
    kept = add_photos(actor=actor, inspection=entry, photos=photos)
    if marks_place:
        mark_place(actor=actor, project=project, longitude=entry.longitude, latitude=entry.latitude)
    record_change(
        actor=actor,
        verb="inspect",
        rows=[project, entry],
        scope=project.zone_id,
        on=entry.happened_on,
        photos=len(kept),
        stalled=entry.stalled,
    )
    return entry


@transaction.atomic
def add_photos(
    *, actor: User | None, inspection: Inspection, photos: Iterable[Photo]
) -> list[InspectionPhoto]:
    """Keep photos of an inspection as they were given, twelve at most for one of them; raises WrongInput for more."""
    zones.require(actor, Verb.ADD, Thing.INSPECTION, inspection.zone)
    given = list(photos)
    there = InspectionPhoto.objects.filter(inspection__ledger_key=inspection.ledger_key).count()
    if there + len(given) > MOST_PHOTOS:
        raise WrongInput(field=_("照片"), why=_("一次踏勘最多 %(most)d 张。") % {"most": MOST_PHOTOS})
    made = []
    for name, content in given:
        found: list[Taken] = []

        def note(path: Path, kind: Sniffed, name: str, found: list[Taken] = found) -> None:
            found.append(taken(path))

        file = keep_file(
            content=content, name=name, scope=inspection.zone_id, actor=actor, purpose="photo", inspect=note
        )
        made.append(
            InspectionPhoto.objects.create(
                zone_id=inspection.zone_id,
                inspection=inspection,
                file=file,
                taken_at=found[0].at,
                longitude=found[0].longitude,
                latitude=found[0].latitude,
            )
        )
    return made


@transaction.atomic
def correct_inspection(*, actor: User | None, entry: Inspection, reason: str, **values: Any) -> Inspection:
    """Replace an inspection by one that says it right; its photos stay with it.

    Raises WrongInput, ReasonNeeded and AlreadyReplaced.
    """
    zones.require(actor, Verb.CHANGE, Thing.INSPECTION, entry.zone)
    refuse_unknown(values, CORRECTABLE | {"findings"})
    project = locked(entry.project_id)
    values = _tidy(values)
    wanted = Inspection(zone=project.zone, project=project)
    for name in CORRECTABLE | {"findings"}:
        setattr(wanted, name, values.get(name, getattr(entry, name)))
    _check(wanted)
    values |= {name: getattr(wanted, name) for name in ("happened_on", "longitude", "latitude")}
    successor = correct_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason, **values)
    record_change(
        actor=actor,
        verb="correct_inspection",
        rows=[project, entry, successor],
        scope=project.zone_id,
        on=successor.happened_on,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def void_inspection(*, actor: User | None, entry: Inspection, reason: str) -> Inspection:
    """Take an inspection out of the ledger from now on, with the reason."""
    zones.require(actor, Verb.VOID, Thing.INSPECTION, entry.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_inspection",
        rows=[project, entry, successor],
        scope=project.zone_id,
        on=entry.happened_on,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def mark_place(
    *, actor: User | None, project: Project, longitude: Decimal | None, latitude: Decimal | None
) -> ProjectPlace:
    """Say where a project lies, degrees of EPSG:4490; another place is a new entry. Raises WrongInput without one."""
    zones.require(actor, Verb.ADD, Thing.INSPECTION, project.zone)
    if longitude is None or latitude is None:
        raise WrongInput(field=_("经度"), why=_("要作为项目位置，须先定位或填写经纬度。"))
    place = ProjectPlace(
        zone_id=project.zone_id,
        project=project,
        happened_on=zones.today(project.zone),
        longitude=longitude,
        latitude=latitude,
    )
    add_entry(place, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="mark_place",
        rows=[project, place],
        scope=project.zone_id,
        longitude=longitude,
        latitude=latitude,
    )
    return place


@transaction.atomic
def set_inspection_interval(
    *, actor: User | None, zone: Zone, days: int, since: date | None = None
) -> InspectionInterval:
    """Say after how many days a zone's projects are inspected again, from a day on (today); 1 to 730."""
    zones.require(actor, Verb.CHANGE, Thing.INSPECTION, zone)
    if not 1 <= days <= 730:
        raise WrongInput(field=_("踏勘间隔（天）"), why=_("应在 1 到 730 之间。"))
    entry = InspectionInterval(zone=zone, days=days, happened_on=since or zones.today(zone))
    add_entry(entry, actor=actor, at=zones.now(zone))
    record_change(actor=actor, verb="set_interval", rows=[entry], scope=zone.pk, days=days)
    return entry


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _check(entry: Inspection) -> None:
    """Refuse what cannot be: nothing seen, a time to come, half a place; set the day, and the place to a tenth of a metre."""
    zone = entry.zone
    if not entry.findings:
        raise WrongInput(field=_("现场情况"), why=_("不能为空。"))
    if timezone.localdate(entry.inspected_at) > zones.today(zone) or entry.inspected_at > zones.now(zone):
        raise WrongInput(
            field=_("踏勘时间"), why=_("不能晚于现在（%(now)s）。") % {"now": _said(zones.now(zone))}
        )
    entry.happened_on = timezone.localdate(entry.inspected_at)
    if (entry.longitude is None) != (entry.latitude is None):
        raise WrongInput(field=_("经度"), why=_("经度和纬度要么都填，要么都不填。"))
    if entry.longitude is not None and entry.latitude is not None:
        if abs(entry.longitude) > 180 or abs(entry.latitude) > 90:
            raise WrongInput(field=_("经度"), why=_("经度在 -180 到 180 之间，纬度在 -90 到 90 之间。"))
        entry.longitude, entry.latitude = entry.longitude.quantize(DEGREE), entry.latitude.quantize(DEGREE)
    if entry.next_on is not None and entry.next_on < entry.happened_on:
        raise WrongInput(field=_("下次踏勘"), why=_("不能早于这次踏勘。"))


def _said(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
