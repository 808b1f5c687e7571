"""The public screen: the feed, the page for a large wall, and the heartbeat of a screen."""

import hashlib
import json
import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from .. import selectors, services
from .pages import public_response

KEY = re.compile(r"[\w-]{1,40}", re.ASCII)
SECONDS = 60
"""How often a screen asks again, at most, and how long an answer may be kept on the way."""


@require_safe
def screen_feed(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Answer with the numbers of a zone for anybody's screen."""
    door = selectors.screen_door(slug)
    body = json.dumps(selectors.screen_feed(door.zone), ensure_ascii=False, sort_keys=True)
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the numbers over a whole screen; ``?key=`` is the secret with which a registered one is heard of."""
    door = selectors.screen_door(slug)
    feed = selectors.screen_feed(door.zone)
    most = max((part["area_m2"] for part in feed["area_by_state"]), default=0)
    key = request.GET.get("key", "")
    context = {
        "feed": feed,
        "parts": [
            part | {"share": f"{part['area_m2'] / most:.4f}" if most else "0"}
            for part in feed["area_by_state"]
        ],
        "seconds": SECONDS,
        "beat_url": reverse("public-screen-beat", args=[door.slug, key]) if KEY.fullmatch(key) else "",
    }
    response = public_response(request, door, "portal/screen.html", context)
    # The address may hold the secret of a screen: it goes to nobody.
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@require_POST
def heartbeat(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Note that a registered screen is alive; the secret in the address is the proof, no cookie is."""
    services.hear_screen(zone=selectors.screen_door(slug).zone, key=key)
    return HttpResponse(status=204)
