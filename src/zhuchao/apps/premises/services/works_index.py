"""Keep works and renewals in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable

from ..models import Renewal, Works

WORKS, RENEWAL = "premises.works", "premises.renewal"


def index_works(ids: Iterable[int]) -> None:
    """Put works into the index under their name, their place and its street number."""
    rows = Works.objects.filter(pk__in=list(ids)).select_related("site", "building")
    index_rows(
        WORKS,
        [
            Findable(
                works.pk,
                works.zone_id,
                works.name,
                detail=f"{works.get_kind_display()} · {works.site}",
                words=(works.site.name, str(works.building or ""), works.site.address),
            )
            for works in rows
        ],
    )


def index_renewals(ids: Iterable[int]) -> None:
    """Put renewals into the index under their name, their programme and their place."""
    rows = Renewal.objects.filter(pk__in=list(ids)).select_related("site")
    index_rows(
        RENEWAL,
        [
            Findable(
                renewal.pk,
                renewal.zone_id,
                renewal.name,
                detail=" · ".join(filter(None, (renewal.programme, str(renewal.site or "")))),
                words=(
                    renewal.programme,
                    renewal.site.name if renewal.site else "",
                    renewal.site.address if renewal.site else "",
                ),
            )
            for renewal in rows
        ],
    )
