"""What of premises can be found: registered, so that the search index can be made again from the rows."""

from zhuchao.apps.core.services.search import Source, register_source

from ..models import Lease, RelocationScheme, Renewal, Site, Unit, Works
from .index import SITE, UNIT, index_sites, index_units
from .lease_index import LEASE, index_leases
from .works_index import RENEWAL, SCHEME, WORKS, index_renewals, index_schemes, index_works


def register_sources() -> None:
    """Register sites, units, leases, works, renewals and relocation schemes."""
    register_source(Source(SITE, Site.objects.all, lambda ids: index_sites(Site.objects.filter(pk__in=ids))))
    register_source(Source(UNIT, Unit.objects.all, index_units))
    register_source(Source(LEASE, Lease.objects.all, index_leases))
    register_source(Source(WORKS, Works.objects.all, index_works))
    register_source(Source(RENEWAL, Renewal.objects.all, index_renewals))
    register_source(Source(SCHEME, RelocationScheme.objects.all, index_schemes))
