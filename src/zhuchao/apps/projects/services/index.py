"""Keep projects and their agreements in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows, unindex_rows
from zhuchao.apps.core.services.search import Findable, Source

from ..models import Agreement, Project
from ..selectors import AGREEMENT, THING


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


def index_agreements(agreement_ids: Iterable[int]) -> None:
    """Put agreements into the index under number, project, company and parties; take those out that are gone."""
    ids = list(agreement_ids)
    for start in range(0, len(ids), 1000):
        part = ids[start : start + 1000]
        rows = list(Agreement.objects.filter(pk__in=part).select_related("project", "enterprise"))
        index_rows(AGREEMENT, [_findable_agreement(agreement) for agreement in rows])
        gone = sorted(set(part) - {agreement.pk for agreement in rows})
        if gone:
            unindex_rows(AGREEMENT, gone)


def _findable_agreement(agreement: Agreement) -> Findable:
    facts = (str(agreement.get_kind_display()), agreement.number, str(agreement.get_state_display()))
    return Findable(
        agreement.pk,
        agreement.zone_id,
        agreement.project.name,
        detail=" · ".join(facts),
        code=agreement.number,
        words=(agreement.project.company, agreement.parties, str(agreement.enterprise or "")),
    )


AGREEMENTS = Source(AGREEMENT, Agreement.objects.all, index_agreements)
"""The agreements that can be found, so that the index can be made again from them."""

SOURCE = Source(THING, Project.objects.all, index_projects)
"""The projects that can be found, so that the index can be made again from them."""
