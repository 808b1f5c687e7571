"""The list of who is where: firm, industry and premises, each one click from the others."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors
from ..models import Unit


def _firm_url(unit: Unit) -> str | None:
    return reverse("enterprise-detail", args=[unit.occupant_id]) if unit.occupant_id else None


def _industry_url(unit: Unit) -> str | None:
    if unit.occupant is None or not unit.occupant.industry_code:
        return None
    return reverse("tenant-list") + f"?industry={unit.occupant.industry_code[:3]}"


def _scopes(request: HttpRequest) -> list[int]:
    return zones.zones_under(request.user, request.zone, Thing.UNIT)  # type: ignore[attr-defined]


def _choices(name: str) -> Callable[[HttpRequest], list[tuple[str, str]]]:
    def found(request: HttpRequest) -> list[tuple[str, str]]:
        rows = selectors.visible_sites(request.user).filter(zone_id__in=_scopes(request))
        return [
            (str(key), label)
            for key, label in rows.exclude(**{name: ""} if name == "theme" else {"pk": None})
            .order_by("name" if name == "pk" else name)
            .values_list(name, "name" if name == "pk" else name)
            .distinct()
        ]

    return found


TENANTS = ListPage(
    key="tenants",
    title=_("入驻企业"),
    thing="unit",
    columns=(
        Column("firm", _("企业"), lambda unit: unit.used_by, link=_firm_url, on_phone=True),
        Column("tags", _("标签"), selectors.tags_shown, on_phone=True),
        Column(
            "industry",
            _("行业"),
            lambda unit: unit.occupant.industry if unit.occupant else "",
            link=_industry_url,
        ),
        Column(
            "site",
            _("载体"),
            lambda unit: unit.site,
            link=lambda unit: reverse("site-detail", args=[unit.site_id]),
            on_phone=True,
        ),
        Column("address", _("地址"), lambda unit: unit.site.address),
        Column(
            "building",
            _("楼栋"),
            lambda unit: unit.building,
            link=lambda unit: (
                reverse("building-detail", args=[unit.building_id]) if unit.building_id else None
            ),
        ),
        Column(
            "unit",
            _("房源"),
            lambda unit: " ".join(str(part) for part in (unit.floor, unit.name) if part),
            link=lambda unit: reverse("unit-detail", args=[unit.pk]),
        ),
        Column(
            "area",
            _("建筑面积"),
            lambda unit: unit.gross_area_m2,
            Kind.AREA,
            sort="gross_area_m2",
            total="gross_area_m2",
        ),
        Column("since", _("状态起"), lambda unit: unit.state_since, Kind.DATE),
    ),
    filters=(
        Filter("site", _("载体"), by_value("site_id"), choices=_choices("pk")),
        Filter("theme", _("主题"), by_value("site__theme"), choices=_choices("theme")),
        Filter(
            "industry",
            _("行业"),
            lambda rows, text: rows.filter(occupant__industry_code__startswith=text),
            choices=lambda request: selectors.industries_there(request.user, _scopes(request)),
        ),
    ),
    search=lambda request, rows, text: selectors.search_units(rows, _scopes(request), text),
    search_hint=_("企业、地址、载体、房号"),
    default_sort="-gross_area_m2",
    empty_sentence=_("还没有企业入驻。房源变更为在用、自用或已签约后列在这里。"),
)


@login_required
def tenant_list(request: HttpRequest) -> HttpResponseBase:
    """List who uses which unit."""
    zones.require(person_of(request), Verb.VIEW, Thing.ENTERPRISE, zone_of(request))
    rows: Any = selectors.tenancies(request.user).filter(zone_id__in=_scopes(request))
    return list_response(request, TENANTS, rows)
