"""Keep leads and activities in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows, unindex_rows
from zhuchao.apps.core.services.search import Findable

from ..models import Activity, ActivityParty, Lead

LEAD, ACTIVITY = "promotion.lead", "promotion.activity"


def index_leads(lead_ids: Iterable[int]) -> None:
    """Put leads into the index under name, investor, code and owner."""
    rows = Lead.objects.filter(pk__in=list(lead_ids)).select_related("sector", "owner")
    index_rows(
        LEAD,
        [
            Findable(
                lead.pk,
                lead.zone_id,
                lead.name,
                detail=" · ".join(
                    part
                    for part in (str(lead.get_stage_display()), lead.investor, str(lead.sector or ""))
                    if part
                ),
                code=lead.credit_code,
                words=(lead.investor, lead.source_region, str(lead.owner or "")),
            )
            for lead in rows
        ],
    )


def index_activities(activity_ids: Iterable[int]) -> None:
    """Put activities into the index under title, place, partner and whom they met."""
    ids = list(activity_ids)
    met: dict[int, list[str]] = {}
    for activity_id, name in ActivityParty.objects.filter(activity_id__in=ids).values_list(
        "activity_id", "name"
    ):
        met.setdefault(activity_id, []).append(name)
    index_rows(
        ACTIVITY,
        [
            Findable(
                row.pk,
                row.zone_id,
                row.title,
                detail=" · ".join(
                    part
                    for part in (row.happened_on.isoformat(), str(row.get_direction_display()), row.place)
                    if part
                ),
                words=(row.place, row.country, row.partner, *met.get(row.pk, ())),
            )
            for row in Activity.objects.filter(pk__in=ids)
        ],
    )


def unindex_activities(activity_ids: Iterable[int]) -> None:
    """Take replaced and void activities out of the index."""
    unindex_rows(ACTIVITY, list(activity_ids))
