"""The pages that anybody may open: the free units of a zone, one unit, its code and its poster."""

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.premises.models import Picture
from zhuchao.apps.premises.selectors import unit_totals
from zhuchao.apps.zones import selectors as zones
from zhuchao.web.attachments import attachment_response
from zhuchao.web.colours import brand_style
from zhuchao.web.qr import qr_svg

from .. import selectors
from ..forms import FindForm
from ..models import Door
from .pages import picture_of_code, public_response

A_PAGE = 24
ROBOTS = "User-agent: *\nAllow: /p/\nAllow: /static/\nDisallow: /\n"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Say to programs that only the public door is for them."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the zones whose door is open."""
    context = {"doors": list(selectors.open_doors()), "brand_style": brand_style(""), "zone": None}
    return render(request, "portal/home.html", context)


@require_safe
def unit_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List the public units of a zone, narrowed and ordered as asked."""
    door = selectors.open_door(slug)
    on = zones.today(door.zone)
    rows = selectors.public_units(door.zone, on)
    form = FindForm(
        request.GET or None,
        sites=selectors.public_sites(door.zone).order_by("name"),
        kinds=selectors.kinds_offered(rows),
    )
    asked = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    page = Paginator(selectors.find_units(rows, asked), A_PAGE).get_page(request.GET.get("page"))
    narrowed = any(value not in (None, "") for name, value in asked.items() if name != "sort")
    context = {
        "form": form,
        "page": page,
        "narrowed": narrowed,
        "offers": selectors.offers(page.object_list, on),
        "total": unit_totals(rows),
        "is_indexed": not request.GET,
    }
    return public_response(request, door, "portal/unit_list.html", context)


@require_safe
def unit_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one public unit: facts, pictures, the plan of its building, its code, and the way to ask."""
    door, context = _unit_context(request, slug, pk)
    unit = context["unit"]
    pictures = list(selectors.pictures_of(unit))
    context |= {
        "photos": [one for one in pictures if one.kind == Picture.Kind.PHOTO],
        "plans": [one for one in pictures if one.kind == Picture.Kind.PLAN],
        "floors": selectors.plan_of(unit, zones.today(door.zone)),
        "from_code": request.GET.get("from") == "code",
        "is_indexed": not request.GET,
    }
    return public_response(request, door, "portal/unit.html", context)


@require_safe
def unit_poster(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one public unit as a sheet to print and hang up."""
    door, context = _unit_context(request, slug, pk)
    return public_response(request, door, "portal/poster.html", context)


@require_safe
def unit_qr(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer with the code of a public unit as a picture."""
    _door, context = _unit_context(request, slug, pk)
    return picture_of_code(context["code"])


@require_safe
def picture(request: HttpRequest, slug: str, pk: int) -> FileResponse:
    """Answer with a picture of what is public."""
    door = selectors.open_door(slug)
    found = selectors.get_public_picture(door.zone, zones.today(door.zone), pk)
    response = attachment_response(found.file)
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def logo(request: HttpRequest, slug: str) -> FileResponse:
    """Answer with the mark of the zone."""
    mark = selectors.open_door(slug).zone.brand_logo
    if mark is None:
        raise NotFound(what=_("该图片"))
    response = attachment_response(mark)
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _unit_context(request: HttpRequest, slug: str, pk: int) -> tuple[Door, dict[str, Any]]:
    door = selectors.open_door(slug)
    on = zones.today(door.zone)
    unit = selectors.get_public_unit(door.zone, on, pk)
    address = request.build_absolute_uri(reverse("public-unit", args=[door.slug, unit.pk]))
    return door, {
        "unit": unit,
        "offer": selectors.offer(unit, on),
        "facts": selectors.facts_of(unit),
        "address": address,
        "code": qr_svg(f"{address}?from=code"),
    }
