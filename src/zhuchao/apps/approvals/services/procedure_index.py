"""Keep procedures in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable, Source
from zhuchao.apps.zones.selectors import today

from ..models import Procedure
from ..selectors.networks import template_of
from ..selectors.procedures import PROCEDURE, procedure_version_on


def index_procedures(ids: Iterable[int]) -> None:
    """Put procedures into the index under name, key, tasks and departments."""
    rows = Procedure.objects.filter(pk__in=list(ids)).select_related("zone")
    index_rows(PROCEDURE, [_findable(procedure) for procedure in rows])


def _findable(procedure: Procedure) -> Findable:
    version = procedure_version_on(procedure, today(procedure.zone))
    template = template_of(version.text) if version is not None else None
    return Findable(
        procedure.pk,
        procedure.zone_id,
        procedure.name,
        detail=procedure.summary,
        code=procedure.key,
        words=(*template.departments, *(task.name for task in template.tasks)) if template else (),
    )


PROCEDURES = Source(PROCEDURE, Procedure.objects.all, index_procedures)
"""The procedures that can be found, so that the index can be made again from them."""
