"""The lists a project is on: labels by year, and places in batch campaigns 三个一批."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import AlreadyReplaced, WrongInput
from zhuchao.apps.core.services import add_entry, record_change, void_entry
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..errors import BatchNotLater, BatchPlaceExists, LabelExists
from ..models import BatchPlace, Project, ProjectLabel
from .money import YEARS
from .parts import locked, refuse_carried
from .projects import refuse_future


@transaction.atomic
def add_label(
    *,
    actor: User | None,
    project: Project,
    label: str,
    year: int,
    on: date | None = None,
    evidence_note: str = "",
) -> ProjectLabel:
    """Put a project on a list of a year (列省, 列市, 市重大 ...), since ``on`` (today when not said).

    Raises LabelExists and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    label = " ".join(label.split())
    if not label:
        raise WrongInput(field=_("标签"), why=_("不能为空。"))
    if year not in YEARS:
        raise WrongInput(field=_("年度"), why=_("应为四位年份，如 2023。"))
    since = on or zones.today(project.zone)
    refuse_future(since, project.zone)
    if ProjectLabel.objects.live().filter(project=project, label=label, year=year).exists():
        raise LabelExists(project=project.name, year=year, label=label)
    refuse_carried(project, ProjectLabel, label=label, year=year)
    entry = ProjectLabel(
        zone_id=project.zone_id,
        project=project,
        label=label,
        year=year,
        happened_on=since,
        evidence_note=evidence_note.strip(),
        ledger_key=label_key(project.pk, label, year),
    )
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor, verb="label", rows=[project, entry], scope=project.zone_id, label=label, year=year
    )
    return entry


@transaction.atomic
def void_label(*, actor: User | None, entry: ProjectLabel, reason: str) -> ProjectLabel:
    """Take a project off a list from now on."""
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.project.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_label",
        rows=[project, entry, successor],
        scope=project.zone_id,
        label=entry.label,
        year=entry.year,
        reason=reason.strip(),
    )
    return successor


@transaction.atomic
def add_batch_place(
    *,
    actor: User | None,
    project: Project,
    batch_name: str,
    list_: str,
    platform: str,
    on: date | None = None,
    evidence_note: str = "",
) -> BatchPlace:
    """Enter a project on a list of a batch, on a platform, on a day (today when not said).

    Both platforms may take the same project. Raises BatchPlaceExists and WrongInput.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, project.zone)
    project = locked(project.pk)
    batch_name = " ".join(batch_name.split())
    if not batch_name:
        raise WrongInput(field=_("批次"), why=_("不能为空。"))
    if list_ not in BatchPlace.List.values:
        raise WrongInput(field=_("批次清单"), why=_("没有“%(list)s”这个清单。") % {"list": list_})
    if platform not in BatchPlace.Platform.values:
        raise WrongInput(field=_("批次平台"), why=_("没有“%(platform)s”这个平台。") % {"platform": platform})
    since = on or zones.today(project.zone)
    refuse_future(since, project.zone)
    entry = BatchPlace(
        zone_id=project.zone_id,
        project=project,
        batch_name=batch_name,
        list=list_,
        platform=platform,
        happened_on=since,
        evidence_note=evidence_note.strip(),
        ledger_key=batch_key(project.pk, batch_name, list_, platform),
    )
    known = BatchPlace.objects.live().filter(
        project=project, batch_name=batch_name, list=list_, platform=platform
    )
    if known.exists():
        raise BatchPlaceExists(
            project=project.name,
            batch=batch_name,
            list=str(entry.get_list_display()),
            platform=str(entry.get_platform_display()),
        )
    refuse_carried(project, BatchPlace, batch_name=batch_name, list=list_)
    add_entry(entry, actor=actor, at=zones.now(project.zone))
    record_change(
        actor=actor,
        verb="add_to_batch",
        rows=[project, entry],
        scope=project.zone_id,
        batch=batch_name,
        list=list_,
        platform=platform,
    )
    return entry


@transaction.atomic
def convert_batch_place(
    *,
    actor: User | None,
    place: BatchPlace,
    batch_name: str,
    list_: str,
    platform: str = "",
    on: date | None = None,
    evidence_note: str = "",
) -> BatchPlace:
    """Take a project of one list of a batch onto a later list, in the same batch or a later one; its first place stays.

    ``platform`` is that of the first place when not said. Raises BatchNotLater for a list that is not later or a day
    before the first place's, and as ``add_batch_place`` does.
    """
    zones.require(actor, Verb.CHANGE, Thing.PROJECT, place.project.zone)
    order = BatchPlace.List.values
    since = on or zones.today(place.project.zone)
    if list_ in order and (order.index(list_) <= order.index(place.list) or since < place.happened_on):
        raise BatchNotLater(
            list=str(BatchPlace.List(list_).label),
            on=since.isoformat(),
            first=str(place.get_list_display()),
            first_on=place.happened_on.isoformat(),
        )
    if not place.is_live:
        raise AlreadyReplaced()
    entry = add_batch_place(
        actor=actor,
        project=place.project,
        batch_name=batch_name,
        list_=list_,
        platform=platform or place.platform,
        on=since,
        evidence_note=evidence_note,
    )
    record_change(
        actor=actor,
        verb="convert_batch",
        rows=[place.project, place, entry],
        scope=place.zone_id,
        batch=entry.batch_name,
        list=list_,
        came_from={"batch": place.batch_name, "list": place.list, "platform": place.platform},
    )
    return entry


@transaction.atomic
def void_batch_place(*, actor: User | None, entry: BatchPlace, reason: str) -> BatchPlace:
    """Take a project off a list of a batch from now on."""
    zones.require(actor, Verb.VOID, Thing.PROJECT, entry.project.zone)
    project = locked(entry.project_id)
    successor = void_entry(entry, actor=actor, at=zones.now(project.zone), reason=reason)
    record_change(
        actor=actor,
        verb="void_batch_place",
        rows=[project, entry, successor],
        scope=project.zone_id,
        batch=entry.batch_name,
        reason=reason.strip(),
    )
    return successor


def label_key(project_id: int, label: str, year: int) -> str:
    """Return what makes a label the same label when a ledger comes in again."""
    return f"{project_id}|{year}|{label}"[:64]


def batch_key(project_id: int, batch_name: str, list_: str, platform: str) -> str:
    """Return what makes a place in a batch the same place when a ledger comes in again."""
    return f"{project_id}|{list_}|{platform}|{batch_name}"[:64]
