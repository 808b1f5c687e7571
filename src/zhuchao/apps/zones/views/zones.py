"""Pages of the tree of zones and their brands."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.services.files import open_attachment
from zhuchao.apps.core.wording import listed, unit_word
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import BrandForm, NewZoneForm, ZoneForm
from ..models import Zone
from ..selectors import Thing, Verb
from ..selectors.brands import BRAND_LINES, brand_of
from .pages import TABS, form_response, settings_tabs


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """Lead to the first tab of the settings that this person may open."""
    first = next(iter(settings_tabs(request, "")), None)
    return redirect(first[2] if first else TABS[0][2])


@login_required
def zone_list(request: HttpRequest) -> HttpResponse:
    """Show the tree of zones that this person sees."""
    zones = list(selectors.visible_zones(request.user).order_by("name"))
    seen = {zone.pk for zone in zones}
    children: dict[int | None, list[Zone]] = {}
    for zone in zones:
        children.setdefault(zone.parent_id if zone.parent_id in seen else None, []).append(zone)
    pending = [(zone, 0) for zone in reversed(children.get(None, []))]
    rows = []
    while pending:
        zone, depth = pending.pop()
        rows.append((zone, depth, brand_of(zone)))
        pending.extend((child, depth + 1) for child in reversed(children.get(zone.pk, [])))
    context = {"rows": rows, "settings_tabs": settings_tabs(request, "zones")}
    return render(request, "zones/zone_list.html", context)


@login_required
def zone_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one zone: what it is called, where it hangs, its brand."""
    zone = selectors.get_zone_by_id(request.user, pk)
    context = {
        "record": zone,
        "facts": [
            (gettext_lazy("代码"), zone.code),
            (gettext_lazy("类型"), zone.get_kind_display()),
            (gettext_lazy("上级"), zone.parent),
            (gettext_lazy("行政区划代码"), zone.region_code),
            (gettext_lazy("金额习惯"), unit_word(zone.money_unit)),
            (gettext_lazy("别名"), listed(zone.aliases)),
        ],
        "lines": [
            (label, zone.service_brands[line])
            for line, label in BRAND_LINES.items()
            if line in zone.service_brands
        ],
        "children": list(selectors.visible_zones(request.user).filter(parent=zone)),
        "can_edit": selectors.may(request.user, Verb.CHANGE, Thing.ZONE, zone),
        "can_brand": selectors.may(request.user, Verb.CHANGE, Thing.BRAND, zone),
        "settings_tabs": settings_tabs(request, "zones"),
    }
    return render(request, "zones/zone_detail.html", context)


@login_required
def zone_add(request: HttpRequest) -> HttpResponse:
    """Add a zone below one where this person may."""
    here = zone_of(request)
    selectors.require(request.user, Verb.ADD, Thing.ZONE, here)
    open_to = selectors.zone_ids(request.user, Verb.ADD, Thing.ZONE)
    parents = selectors.visible_zones(request.user).filter(pk__in=open_to)
    form = NewZoneForm(posted(request), initial={"parent": here, "kind": "park"}, parents=parents)

    def act(values: dict[str, Any]) -> HttpResponse:
        zone = services.add_zone(actor=person_of(request), **values)
        messages.success(request, _("已新增辖区“{name}”。").format(name=zone.name))
        return redirect("zone-detail", pk=zone.pk)

    return form_response(request, form, act, title=gettext_lazy("新增辖区"), cancel_url=reverse("zone-list"))


@login_required
def zone_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a zone is called and where it hangs."""
    zone = selectors.get_zone_by_id(request.user, pk)
    selectors.require(request.user, Verb.CHANGE, Thing.ZONE, zone)
    names = ("name", "short_name", "kind", "parent", "region_code", "aliases", "money_unit")
    form = ZoneForm(
        posted(request),
        initial={name: getattr(zone, name) for name in names},
        parents=selectors.visible_zones(request.user).exclude(pk=zone.pk),
    )
    if zone.parent is not None and zone.parent not in form.fields["parent"].queryset:  # type: ignore[attr-defined]
        # The place above is not theirs to see: the form must not move the zone by not knowing it.
        del form.fields["parent"]

    def act(values: dict[str, Any]) -> HttpResponse:
        services.edit_zone(actor=person_of(request), zone=zone, seen_version=seen_version(request), **values)
        messages.success(request, _("已保存。"))
        return redirect("zone-detail", pk=zone.pk)

    back = reverse("zone-detail", args=[zone.pk])
    return form_response(
        request, form, act, title=gettext_lazy("修改辖区"), cancel_url=back, version=zone.version
    )


@login_required
def zone_brand(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the brand that a zone serves under."""
    zone = selectors.get_zone_by_id(request.user, pk)
    selectors.require(request.user, Verb.CHANGE, Thing.BRAND, zone)
    initial = {name: getattr(zone, name) for name in ("brand_name", "brand_slogan", "brand_colour")}
    initial |= {f"line_{line}": zone.service_brands.get(line, "") for line in BRAND_LINES}
    form = BrandForm(posted(request), request.FILES or None, initial=initial)

    def act(values: dict[str, Any]) -> HttpResponse:
        logo = values["logo"]
        services.set_brand(
            actor=person_of(request),
            zone=zone,
            seen_version=seen_version(request),
            brand_name=values["brand_name"],
            brand_slogan=values["brand_slogan"],
            brand_colour=values["brand_colour"],
            service_brands=form.lines(),
            logo=(logo.name, logo) if logo else None,
            remove_logo=values["remove_logo"],
        )
        messages.success(request, _("品牌已更新。"))
        return redirect("zone-detail", pk=zone.pk)

    back = reverse("zone-detail", args=[zone.pk])
    return form_response(
        request, form, act, title=gettext_lazy("服务品牌"), cancel_url=back, version=zone.version
    )


@login_required
def zone_logo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the logo of a zone."""
    zone = selectors.get_zone_by_id(request.user, pk)
    if zone.brand_logo is None:
        raise NotFound(what=_("标志"))
    response = FileResponse(open_attachment(zone.brand_logo), content_type=zone.brand_logo.file.media_type)
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
