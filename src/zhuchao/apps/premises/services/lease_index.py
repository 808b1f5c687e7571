"""Keep leases in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable

from ..models import Lease

LEASE = "premises.lease"


def index_leases(ids: Iterable[int]) -> None:
    """Put leases into the index under their number, their tenant and their units."""
    rows = Lease.objects.filter(pk__in=list(ids)).select_related("site", "tenant")
    rows = rows.prefetch_related("places__unit__site", "places__unit__building", "places__unit__floor")
    index_rows(
        LEASE,
        [
            Findable(
                lease.pk,
                lease.zone_id,
                str(lease),
                detail=f"{lease.site} · {lease.area_m2:,.0f} ㎡ · {lease.starts_on}—{lease.last_on}",
                words=(lease.tenant_name, *(str(place.unit) for place in lease.places.all())),
            )
            for lease in rows
        ],
    )
