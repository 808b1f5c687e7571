"""Projects: which of them a person may see, and which may be the one at hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Assignment, User, Zone
from zhuchao.apps.zones.selectors import Thing
from zhuchao.engines.identity import normal_name

from ..models import BatchPlace, Project, ProjectLabel

THING = "projects.project"

Actor = User | AnonymousUser | None


@dataclass(frozen=True)
class DuplicateCandidate:
    """A project that is there already and may be the one at hand, and why."""

    pk: int
    name: str
    project_code: str
    why: str

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.pk, "name": self.name, "code": self.project_code, "why": self.why}


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """Return the projects this person may see. Every read for a request starts here."""
    return zones.in_zones(Project.objects.select_related("zone", "sector", "officer"), actor, Thing.PROJECT)


def listed_projects(actor: Actor, zone: Zone) -> QuerySet[Project]:
    """Return the projects of a zone and the zones below it that this person may see."""
    return visible_projects(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.PROJECT))


def get_project(actor: Actor, pk: int) -> Project:
    """Return one project; raises NotFound when it is hidden or missing."""
    rows = visible_projects(actor).select_related("department", "enterprise", "lead", "parent")
    project = rows.filter(pk=pk).first()
    if project is None:
        raise NotFound(what=_("该项目"))
    return project


def project_key(name: str) -> str:
    """Return the form in which names of projects are compared.

    >>> project_key("江苏苏鲲科技有限公司项目"), project_key("聚成金刚石三期")
    ('苏鲲科技', '聚成金刚石三期')
    """
    return normal_name(name.strip().removesuffix("项目") or name)[:120]


def find_duplicates(
    *, zone_id: int, name: str, company: str = "", exclude: Iterable[int] = ()
) -> list[DuplicateCandidate]:
    """Return the projects of a zone that may be the one described: those whose names are equal in normal form.

    Two projects whose companies are both known and differ are not the same.
    """
    rows = Project.objects.filter(zone_id=zone_id, normal_name=project_key(name)).exclude(
        pk__in=list(exclude)
    )
    key = normal_name(company)
    return [
        DuplicateCandidate(project.pk, project.name, project.code, _why(project, name))
        for project in rows.order_by("pk")[:10]
        if not (key and project.company and normal_name(project.company) != key)
    ]


def searched(rows: QuerySet[Project], scopes: Sequence[int], text: str) -> QuerySet[Project]:
    """Narrow projects to those found by ``text``: name, code, company, district, address or officer."""
    ids = matching_row_ids(THING, scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(name__icontains=text)


def districts_in_use(actor: Actor, zone: Zone) -> list[str]:
    """Return the districts 片区 that a zone's projects lie in, in order."""
    return _in_use(actor, zone, "district")


def regions_in_use(actor: Actor, zone: Zone) -> list[str]:
    """Return the regions that a zone's projects come from, in order."""
    return _in_use(actor, zone, "source_region")


def officers_in_use(actor: Actor, zone: Zone) -> list[tuple[int, str]]:
    """Return id and name of those who answer for a zone's projects, by name."""
    rows = (
        listed_projects(actor, zone)
        .filter(officer__isnull=False)
        .order_by("officer__display_name", "officer_id")
    )
    return list(rows.values_list("officer_id", "officer__display_name").distinct())


def visible_labels(actor: Actor) -> QuerySet[ProjectLabel]:
    """Return the label entries of the projects this person may see, replaced and void ones included."""
    rows = ProjectLabel.objects.select_related("project__zone", "recorded_by", "evidence", "replaced_by")
    return zones.in_zones(rows, actor, Thing.PROJECT)


def get_label(actor: Actor, pk: int) -> ProjectLabel:
    """Return one label entry; raises NotFound when it is hidden or missing."""
    entry = visible_labels(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该标签"))
    return entry


def labels_in_use(actor: Actor, zone: Zone) -> list[str]:
    """Return the labels that a zone's projects carry now, in order."""
    rows = ProjectLabel.objects.live().filter(zone_id__in=zones.zones_under(actor, zone, Thing.PROJECT))
    return list(rows.order_by("label").values_list("label", flat=True).distinct())


def with_label(rows: QuerySet[Project], label: str) -> QuerySet[Project]:
    """Return the projects that carry a label now, of whatever year."""
    return rows.filter(pk__in=ProjectLabel.objects.live().filter(label=label).values("project_id"))


def visible_batch_places(actor: Actor) -> QuerySet[BatchPlace]:
    """Return the batch entries of the projects this person may see, replaced and void ones included."""
    rows = BatchPlace.objects.select_related("project__zone", "recorded_by", "evidence", "replaced_by")
    return zones.in_zones(rows, actor, Thing.PROJECT)


def get_batch_place(actor: Actor, pk: int) -> BatchPlace:
    """Return one batch entry; raises NotFound when it is hidden or missing."""
    entry = visible_batch_places(actor).filter(pk=pk).first()
    if entry is None:
        raise NotFound(what=_("该批次条目"))
    return entry


def batches_in_use(actor: Actor, zone: Zone) -> list[str]:
    """Return the names of the batches that a zone's projects are in now, in order."""
    rows = BatchPlace.objects.live().filter(zone_id__in=zones.zones_under(actor, zone, Thing.PROJECT))
    return list(rows.order_by("batch_name").values_list("batch_name", flat=True).distinct())


def in_batch(rows: QuerySet[Project], batch_name: str) -> QuerySet[Project]:
    """Return the projects that are in a batch now, on whatever list."""
    return rows.filter(pk__in=BatchPlace.objects.live().filter(batch_name=batch_name).values("project_id"))


def officers_of(actor: Actor, project: Project) -> QuerySet[Assignment]:
    """Return who answered for a project, newest first, those who handed over included."""
    return zones.assignments.assignments_of(actor, THING, project.pk)


def _in_use(actor: Actor, zone: Zone, field: str) -> list[str]:
    rows = listed_projects(actor, zone).exclude(**{field: ""}).order_by(field)
    return list(rows.values_list(field, flat=True).distinct())


def _why(project: Project, name: str) -> str:
    if project.name == name.strip():
        return _("项目名称相同")
    return _("名称规范后相同：%(name)s") % {"name": project.normal_name}
