"""What of promotion can be found: registered, so that the search index can be made again from the rows."""

from zhuchao.apps.core.services.search import Source, register_source

from ..models import Activity, Chain, Lead, Viewing
from .index import (
    ACTIVITY,
    CHAIN,
    LEAD,
    VIEWING,
    index_activities,
    index_chains,
    index_leads,
    index_viewings,
)


def register_sources() -> None:
    """Register leads, live activities, viewings and chains."""
    register_source(Source(LEAD, Lead.objects.all, index_leads))
    register_source(Source(ACTIVITY, Activity.objects.live, index_activities))
    register_source(Source(VIEWING, Viewing.objects.all, index_viewings))
    register_source(Source(CHAIN, Chain.objects.all, index_chains))
