"""Keep projects in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable, Source

from ..models import Project
from ..selectors import THING


def index_projects(project_ids: Iterable[int]) -> None:
    """Put projects into the index under name, code, company, place and officer; few queries for any number."""
    ids = list(project_ids)
    for start in range(0, len(ids), 1000):
        rows = Project.objects.filter(pk__in=ids[start : start + 1000]).select_related("officer", "sector")
        index_rows(THING, [_findable(project) for project in rows])


def _findable(project: Project) -> Findable:
    facts = (project.company, str(project.get_stage_display()), project.district)
    return Findable(
        project.pk,
        project.zone_id,
        project.name,
        detail=" · ".join(fact for fact in facts if fact),
        code=project.code,
        words=(
            project.company,
            project.district,
            project.address,
            project.theme,
            str(project.sector or ""),
            str(project.officer or ""),
        ),
    )


SOURCE = Source(THING, Project.objects.all, index_projects)
"""The projects that can be found, so that the index can be made again from them."""
