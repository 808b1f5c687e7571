"""Keep works, renewals and relocation schemes in the search index."""

from collections.abc import Iterable

from zhuchao.apps.core.services import index_rows
from zhuchao.apps.core.services.search import Findable

from ..models import RelocationParty, RelocationScheme, Renewal, Works

WORKS, RENEWAL = "premises.works", "premises.renewal"
SCHEME = "premises.relocationscheme"


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


def index_schemes(ids: Iterable[int]) -> None:
    """Find schemes by their name and by the firms in them; households are not found by name."""
    rows = list(RelocationScheme.objects.filter(pk__in=list(ids)).select_related("site"))
    firms: dict[int, list[str]] = {}
    listed = RelocationParty.objects.filter(scheme__in=rows, kind=RelocationParty.Kind.FIRM).order_by(
        "number"
    )
    for scheme_id, name in listed.values_list("scheme_id", "name"):
        firms.setdefault(scheme_id, []).append(name)
    index_rows(
        SCHEME,
        [
            Findable(
                scheme.pk,
                scheme.zone_id,
                scheme.name,
                detail=str(scheme.site or ""),
                words=tuple(firms.get(scheme.pk, ())),
            )
            for scheme in rows
        ],
    )
