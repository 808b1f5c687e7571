"""Pages of a zone's industries and of what it offers under its brand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.wording import listed
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import CatalogueForm, EndSectorForm, SectorForm
from ..models import CatalogueItem, Sector
from ..selectors import Thing, Verb
from ..selectors.brands import brand_of
from .pages import form_response, settings_tabs


def _in_force(rows: QuerySet[Sector], text: str) -> QuerySet[Sector]:
    return rows.filter(until__isnull=text == "1")


SECTORS = ListPage(
    key="sectors",
    title=gettext_lazy("产业体系"),
    thing="sector",
    columns=(
        Column(
            "name",
            gettext_lazy("产业"),
            lambda row: row.name,
            sort="name",
            link=lambda row: reverse("sector-detail", args=[row.pk]),
        ),
        Column("tier", gettext_lazy("层级"), lambda row: row.tier, sort="tier", on_phone=True),
        Column("codes", gettext_lazy("国民经济行业代码"), lambda row: listed(row.industry_codes)),
        Column("since", gettext_lazy("起"), lambda row: row.since, Kind.DATE, on_phone=True),
        Column("until", gettext_lazy("止"), lambda row: row.until, Kind.DATE, on_phone=True),
    ),
    filters=(
        Filter(
            "open",
            gettext_lazy("状态"),
            _in_force,
            choices=lambda request: (("1", gettext_lazy("现行")), ("0", gettext_lazy("已停用"))),
        ),
    ),
    default_sort="tier",
    main_action=Action(gettext_lazy("新增产业"), "sector-add", "manage", "sector", "tabler-plus"),
    empty_sentence=gettext_lazy("还没有产业。请按“2+3+X”这样的体系登记，线索、项目和企业都按它归类。"),
    empty_actions=(Action(gettext_lazy("新增产业"), "sector-add", "manage", "sector"),),
    exportable=False,
)


@login_required
def sector_list(request: HttpRequest) -> HttpResponseBase:
    """List the zone's industries, those that ended included."""
    rows = selectors.sectors.visible_sectors(request.user).filter(zone=zone_of(request))
    return list_response(
        request,
        SECTORS,
        rows,
        template="zones/settings_list.html",
        settings_tabs=settings_tabs(request, "sectors"),
    )


@login_required
def sector_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one industry, and the ways to end it or put another in its place."""
    sector = selectors.sectors.get_sector(request.user, pk)
    context = {
        "record": sector,
        "facts": [
            (gettext_lazy("层级"), sector.tier),
            (gettext_lazy("国民经济行业代码"), listed(sector.industry_codes)),
            (gettext_lazy("起"), sector.since),
            (gettext_lazy("止"), sector.until),
        ],
        "can_manage": selectors.may(request.user, Verb.MANAGE, Thing.SECTOR, sector.zone_id),
        "settings_tabs": settings_tabs(request, "sectors"),
    }
    return render(request, "zones/sector_detail.html", context)


@login_required
def sector_add(request: HttpRequest) -> HttpResponse:
    """Begin an industry."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.MANAGE, Thing.SECTOR, zone)
    form = SectorForm(posted(request), initial={"since": selectors.today(zone)})

    def act(values: dict[str, Any]) -> HttpResponse:
        sector = services.add_sector(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已新增产业“{name}”。").format(name=sector.name))
        return redirect("sector-list")

    return form_response(
        request, form, act, title=gettext_lazy("新增产业"), cancel_url=reverse("sector-list")
    )


@login_required
def sector_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an industry."""
    sector = _managed(request, pk)
    form = EndSectorForm(posted(request), initial={"on": selectors.today(sector.zone)})
    back = reverse("sector-detail", args=[sector.pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.end_sector(actor=person_of(request), sector=sector, on=values["on"])
        messages.success(request, _("已停用。"))
        return redirect(back)

    return form_response(
        request,
        form,
        act,
        title=_("停用产业“{name}”").format(name=sector.name),
        lead=_("以前按它归类的台账不变。"),
        cancel_url=back,
        submit_label=_("停用"),
        dangerous=True,
    )


@login_required
def sector_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Put another industry in the place of one: this is how one gets a new name."""
    sector = _managed(request, pk)
    initial = {
        "name": sector.name,
        "tier": sector.tier,
        "industry_codes": sector.industry_codes,
        "since": selectors.today(sector.zone),
    }
    form = SectorForm(posted(request), initial=initial)

    def act(values: dict[str, Any]) -> HttpResponse:
        on = values.pop("since")
        new = services.replace_sector(actor=person_of(request), sector=sector, on=on, **values)
        messages.success(request, _("已改用“{name}”。").format(name=new.name))
        return redirect("sector-detail", pk=new.pk)

    return form_response(
        request,
        form,
        act,
        title=_("以新产业接替“{name}”").format(name=sector.name),
        lead=_("产业不改名：旧的停用、新的启用，过去的报表仍用旧名。"),
        cancel_url=reverse("sector-detail", args=[sector.pk]),
    )


@login_required
def catalogue_list(request: HttpRequest) -> HttpResponse:
    """Show the three catalogues of the zone under its brand."""
    zone = zone_of(request)
    items = selectors.brands.visible_catalogue(request.user).filter(zone=zone)
    can_add = selectors.may(request.user, Verb.ADD, Thing.BRAND, zone)
    if not can_add:
        items = items.filter(is_open=True)
    rows = list(items)
    context = {
        "brand": brand_of(zone),
        "catalogues": [
            (kind, kind.label, brand_of(zone, kind.value), [row for row in rows if row.kind == kind])
            for kind in CatalogueItem.Kind
        ],
        "can_add": can_add,
        "can_change": selectors.may(request.user, Verb.CHANGE, Thing.BRAND, zone),
        "settings_tabs": settings_tabs(request, "catalogue"),
    }
    return render(request, "zones/catalogue_list.html", context)


@login_required
def catalogue_add(request: HttpRequest) -> HttpResponse:
    """Add something the zone offers."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.ADD, Thing.BRAND, zone)
    initial = {"is_open": True, "kind": request.GET.get("kind", CatalogueItem.Kind.SERVICE)}
    form = CatalogueForm(posted(request), initial=initial)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.add_catalogue_item(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已新增。"))
        return redirect("catalogue-list")

    return form_response(
        request, form, act, title=gettext_lazy("新增目录条目"), cancel_url=reverse("catalogue-list")
    )


@login_required
def catalogue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change something the zone offers."""
    item = selectors.brands.get_catalogue_item(request.user, pk)
    selectors.require(request.user, Verb.CHANGE, Thing.BRAND, item.zone_id)
    names = ("kind", "title", "summary", "provider", "contact", "is_open")
    form = CatalogueForm(posted(request), initial={name: getattr(item, name) for name in names})

    def act(values: dict[str, Any]) -> HttpResponse:
        services.edit_catalogue_item(
            actor=person_of(request), item=item, seen_version=seen_version(request), **values
        )
        messages.success(request, _("已保存。"))
        return redirect("catalogue-list")

    return form_response(
        request,
        form,
        act,
        title=gettext_lazy("修改目录条目"),
        cancel_url=reverse("catalogue-list"),
        version=item.version,
    )


def _managed(request: HttpRequest, pk: int) -> Sector:
    sector = selectors.sectors.get_sector(request.user, pk)
    selectors.require(request.user, Verb.MANAGE, Thing.SECTOR, sector.zone_id)
    return sector
