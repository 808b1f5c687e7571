"""Keep leads, activities, viewings and industry chains in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows, unindex_rows
from zhuchao.apps.core.services.search import Findable

from ..models import Activity, ActivityParty, Chain, ChainNode, ChainPlace, Lead, Viewing

LEAD, ACTIVITY = "promotion.lead", "promotion.activity"
VIEWING, CHAIN = "promotion.viewing", "promotion.chain"


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


def index_viewings(viewing_ids: Iterable[int]) -> None:
    """Put viewings into the index under their lead, escort and units."""
    rows = Viewing.objects.filter(pk__in=list(viewing_ids)).select_related("lead", "escort")
    index_rows(
        VIEWING,
        [
            Findable(
                row.pk,
                row.zone_id,
                f"{row.lead.name} {row.on.isoformat()}",
                detail=" · ".join((str(row.escort), *map(str, row.units.all()))),
                words=(
                    row.lead.investor,
                    str(row.escort),
                    *map(str, row.units.all()),
                    row.outcome_note,
                    row.note,
                ),
            )
            for row in rows.prefetch_related("units__site", "units__building", "units__floor")
        ],
    )


def index_chains(chain_ids: Iterable[int]) -> None:
    """Put chains into the index under their name, their nodes and who stands on them."""
    ids = list(chain_ids)
    nodes: dict[int, list[str]] = {}
    for chain_id, name in ChainNode.objects.filter(chain_id__in=ids).values_list("chain_id", "name"):
        nodes.setdefault(chain_id, []).append(name)
    firms: dict[int, list[str]] = {}
    places = ChainPlace.objects.filter(node__chain_id__in=ids)
    for chain_id, name in places.values_list("node__chain_id", "name"):
        firms.setdefault(chain_id, []).append(name)
    index_rows(
        CHAIN,
        [
            Findable(
                row.pk,
                row.zone_id,
                row.name,
                detail=" · ".join(nodes.get(row.pk, ())),
                words=(row.note, *nodes.get(row.pk, ()), *firms.get(row.pk, ())),
            )
            for row in Chain.objects.filter(pk__in=ids)
        ],
    )
