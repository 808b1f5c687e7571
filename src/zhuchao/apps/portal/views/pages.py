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
    request: HttpRequest, door: Door, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a public page under the brand of the door's zone, whoever looks."""
    zone = door.zone
    given = {
        "door": door,
        "zone": zone,
        "brand": brand_of(zone, "premises"),
        "brand_style": brand_style(zone.brand_colour),
        **context,
    }
    return render(request, template, given, status=status)
