"""Keep sites and units in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable

from ..models import Site, SiteName, Unit

SITE, UNIT = "premises.site", "premises.unit"


def index_sites(sites: Iterable[Site]) -> None:
    """Put sites into the index under every name they have had; three queries for any number."""
    ids = [site.pk for site in sites]
    names: dict[int, list[str]] = {}
    for site_id, name in SiteName.objects.live().filter(site_id__in=ids).values_list("site_id", "name"):
        names.setdefault(site_id, []).append(name)
    rows = Site.objects.filter(pk__in=ids).select_related("steward", "operator")
    index_rows(
        SITE,
        [
            Findable(
                site.pk,
                site.zone_id,
                site.name,
                detail=" · ".join(part for part in (str(site.get_kind_display()), site.address) if part),
                words=(
                    *names.get(site.pk, ()),
                    site.address,
                    site.district,
                    str(site.steward or ""),
                    str(site.operator or ""),
                    site.theme,
                    site.partner,
                ),
            )
            for site in rows
        ],
    )


def index_units(unit_ids: Iterable[int]) -> None:
    """Put units into the index under their place, its street number, and their occupant."""
    rows = Unit.objects.filter(pk__in=list(unit_ids)).select_related("site", "building", "floor", "occupant")
    index_rows(
        UNIT,
        [
            Findable(
                unit.pk,
                unit.zone_id,
                str(unit),
                detail=f"{unit.get_kind_display()} · {unit.gross_area_m2:,.0f} ㎡ · {unit.get_state_display()}",
                words=(
                    str(unit.occupant or ""),
                    unit.site.address,
                    unit.building.address if unit.building else "",
                ),
            )
            for unit in rows
        ],
    )
