"""A request as it reaches a view: with its person, its zone and what may be done there."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from zhuchao.apps.core.errors import NotFound


class Request(HttpRequest):
    """What the middleware makes of a request. ``zone`` is the current zone, None for somebody who has none.

    ``may(verb, thing)`` says what the person may do in that zone. The shell knows no app, so that the person and
    the zone are whatever the apps above keep.
    """

    user: Any
    zone: Any
    zones: Any
    may: Callable[[str, str], bool]
    htmx: HtmxDetails


def person_of(request: HttpRequest) -> Any:
    """Return who is signed in; raises NotFound for nobody (the pages ask for a sign-in first)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise NotFound(what=_("该页面"))
    return user


def zone_of(request: HttpRequest) -> Any:
    """Return the zone a request is about; raises NotFound for somebody who works in none."""
    zone = getattr(request, "zone", None)
    if zone is None:
        raise NotFound(what=_("您的辖区"))
    return zone
