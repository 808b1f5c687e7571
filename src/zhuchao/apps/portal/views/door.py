"""Behind the door: how it looks, whether it is open, and what stands in it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.premises import selectors as premises
from zhuchao.apps.premises.models import Site
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ConfirmForm, DoorForm, ListingForm, UnitListingForm
from ..models import Door, UnitListing
from .pages import form_response

FACTS = ("slug", "introduction", "phone", "privacy", "keep_days", "officer", "shows_screen")


@login_required
def door(request: HttpRequest) -> HttpResponse:
    """Show whether the door of the zone is open, where it is, and what stands in it."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.VIEW, Thing.PORTAL, zone)
    found = selectors.door_of(request.user, zone)
    address = request.build_absolute_uri(reverse("public-units", args=[found.slug])) if found else ""
    context = {
        "record": _("对外门户"),
        "door": found,
        "address": address,
        "published": selectors.public_sites(zone).count(),
        "public_count": selectors.public_count(zone),
        "policy_count": selectors.public_policies(zone, zones.today(zone)).count(),
        "can_change": zones.may(request.user, Verb.CHANGE, Thing.PORTAL, zone),
        "can_manage": zones.may(request.user, Verb.MANAGE, Thing.PORTAL, zone),
    }
    return render(request, "portal/door.html", context)


@login_required
def door_edit(request: HttpRequest) -> HttpResponse:
    """Set up the door, or change how it looks."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.CHANGE, Thing.PORTAL, zone)
    found = selectors.door_of(request.user, zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        version = seen_version(request) if found else None
        services.set_door(actor=person_of(request), zone=zone, version=version, **values)
        return _to_door(request, _("已保存。"))

    looks = found or Door(zone=zone, slug=zone.code)
    form = DoorForm(posted(request), zone=zone, initial={name: getattr(looks, name) for name in FACTS})
    return form_response(
        request,
        form,
        act,
        title=_("门户设置"),
        cancel_url=reverse("door"),
        version=found.version if found else None,
    )


@login_required
def door_open(request: HttpRequest) -> HttpResponse:
    """Open the door, after saying what will be public."""
    found = _own_door(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.open_door(actor=person_of(request), door=found)
        return _to_door(request, _("门户已开放，任何人都能看到已发布的载体。"))

    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("开放门户"),
        lead=_("开放后不登录即可看到 {count} 个房源的公开信息；底价、产权、租户和联系人不会显示。").format(
            count=selectors.public_count(found.zone)
        ),
        submit_label=_("开放"),
        cancel_url=reverse("door"),
    )


@login_required
def door_close(request: HttpRequest) -> HttpResponse:
    """Close the door."""
    found = _own_door(request)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.close_door(actor=person_of(request), door=found)
        return _to_door(request, _("门户已关闭。"))

    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("关闭门户"),
        lead=_("关闭后所有公开页面、二维码和大屏都打不开，可随时再开放。"),
        submit_label=_("关闭门户"),
        cancel_url=reverse("door"),
        dangerous=True,
    )


def _own_door(request: HttpRequest) -> Door:
    zone = zone_of(request)
    zones.require(person_of(request), Verb.MANAGE, Thing.PORTAL, zone)
    found = selectors.door_of(request.user, zone)
    if found is None:
        raise NotFound(what=_("对外门户"))
    return found


def _to_door(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("door")


def _published(site: Site) -> tuple[str, str, str]:
    listing = getattr(site, "listing", None)
    if listing is not None and listing.is_published:
        return ("yes", _("已发布"), "green")
    return ("no", _("未发布"), "secondary")


LISTINGS = ListPage(
    key="listings",
    title=gettext_lazy("发布载体"),
    thing="portal",
    columns=(
        Column(
            "name",
            gettext_lazy("载体名称"),
            lambda site: site.name,
            sort="name",
            link=lambda site: reverse("listing-detail", args=[site.pk]),
            on_phone=True,
        ),
        Column("kind", gettext_lazy("类型"), lambda site: site.get_kind_display()),
        Column("published", gettext_lazy("对外发布"), _published, Kind.STATE, on_phone=True),
        Column(
            "vacant",
            gettext_lazy("空置房源数"),
            lambda site: site.vacant_count,
            Kind.NUMBER,
            on_phone=True,
        ),
        Column(
            "headline",
            gettext_lazy("一句话介绍"),
            lambda site: site.listing.headline if hasattr(site, "listing") else "",
        ),
    ),
    filters=(
        Filter("kind", gettext_lazy("类型"), by_value("kind"), choices=lambda request: Site.Kind.choices),
        Filter(
            "published",
            gettext_lazy("对外发布"),
            lambda rows, text: (
                rows.filter(listing__is_published=True)
                if text == "yes"
                else rows.exclude(listing__is_published=True)
            ),
            choices=lambda request: [("yes", _("已发布")), ("no", _("未发布"))],
        ),
    ),
    default_sort="name",
    empty_sentence=gettext_lazy("还没有载体。请先导入载体台账。"),
    exportable=False,
)


@login_required
def listing_list(request: HttpRequest) -> HttpResponseBase:
    """List the sites of the zone with whether they are public."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.VIEW, Thing.PORTAL, zone)
    rows = selectors.listed_sites(request.user)
    return list_response(
        request, LISTINGS, rows.filter(zone_id__in=zones.zones_under(request.user, zone, Thing.PORTAL))
    )


@login_required
def listing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the public sees of a site: its units, its pictures."""
    site = selectors.get_listing(request.user, pk)
    on = zones.today(site.zone)
    door_ = selectors.door_of(request.user, site.zone)
    public = set(selectors.public_units(site.zone, on).filter(site=site).values_list("pk", flat=True))
    rows = []
    for unit in selectors.offered_units(site):
        listing = getattr(unit, "listing", None)
        state = "withheld" if listing and listing.is_withheld else "public" if unit.pk in public else "taken"
        rows.append({"unit": unit, "state": state, "headline": listing.headline if listing else ""})
    context = {
        "record": site,
        "site": site,
        "door": door_ if door_ and door_.is_open else None,
        "published": _published(site),
        "headline": site.listing.headline if hasattr(site, "listing") else "",
        "rows": rows,
        "pictures": premises.visible_pictures(request.user).filter(site=site),
        "can_change": zones.may(request.user, Verb.CHANGE, Thing.PORTAL, site.zone_id),
    }
    return render(request, "portal/listing.html", context)


@login_required
def listing_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a site or take it back."""
    site = selectors.get_listing(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.PORTAL, site.zone_id)
    back = reverse("listing-detail", args=[site.pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.list_site(actor=person_of(request), site=site, **values)
        messages.success(request, _("已保存。"))
        return redirect(back)

    now = getattr(site, "listing", None)
    initial = {"is_published": bool(now and now.is_published), "headline": now.headline if now else ""}
    form = ListingForm(posted(request), initial=initial)
    return form_response(
        request, form, act, title=_("发布“{name}”").format(name=site), cancel_url=back, site=site
    )


@login_required
def unit_listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a unit back, or give it a line of its own."""
    unit = premises.get_unit(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.PORTAL, unit.zone_id)
    back = reverse("listing-detail", args=[unit.site_id])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.list_unit(actor=person_of(request), unit=unit, **values)
        messages.success(request, _("已保存。"))
        return redirect(back)

    now = UnitListing.objects.filter(unit=unit).first() or UnitListing(unit=unit)
    form = UnitListingForm(
        posted(request), initial={"is_withheld": now.is_withheld, "headline": now.headline}
    )
    return form_response(
        request, form, act, title=_("发布“{name}”").format(name=unit), cancel_url=back, site=unit.site
    )
