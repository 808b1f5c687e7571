"""Keep matters and themes in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable, Source
from zhuchao.apps.zones.selectors import today

from ..models import Matter
from ..selectors.matters import MATTER, matter_version_on


def index_matters(ids: Iterable[int]) -> None:
    """Put matters into the index under name, code, department and the documents they ask for."""
    rows = Matter.objects.filter(pk__in=list(ids)).select_related("zone", "department")
    index_rows(MATTER, [_findable(matter) for matter in rows])


def _findable(matter: Matter) -> Findable:
    version = matter_version_on(matter, today(matter.zone))
    documents = [one.name for one in version.documents.all()] if version else []
    department = matter.department.name if matter.department else ""
    return Findable(
        matter.pk,
        matter.zone_id,
        matter.name,
        detail=" · ".join(word for word in (str(matter.get_kind_display()), department) if word),
        code=matter.code,
        words=(department, matter.summary, *documents),
    )


MATTERS = Source(MATTER, Matter.objects.all, index_matters)
"""The matters that can be found, so that the index can be made again from them."""
