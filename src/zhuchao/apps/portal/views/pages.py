"""What the pages share: the frame of the public ones, and the form of those inside."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhuchao.apps.zones.selectors.brands import brand_of
from zhuchao.web import editing
from zhuchao.web.colours import brand_style

from ..models import Door

form_response = partial(editing.form_response, template="portal/form.html")


def public_response(
    request: HttpRequest,
    door: Door,
    template: str,
    context: dict[str, Any],
    status: int = 200,
    *,
    line: str = "premises",
) -> HttpResponse:
    """Render a public page under the brand that the door's zone gives a line of service, whoever looks."""
    zone = door.zone
    given = {
        "door": door,
        "zone": zone,
        "brand": brand_of(zone, line),
        "brand_style": brand_style(zone.brand_colour),
        **context,
    }
    return render(request, template, given, status=status)


def picture_of_code(code: str) -> HttpResponse:
    """Answer with a QR code as a picture of its own."""
    response = HttpResponse(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        + code.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1),
        content_type="image/svg+xml",
    )
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "public, max-age=3600"
    return response
