"""A request as it reaches a view: with its person, its zone and what may be done there."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


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
