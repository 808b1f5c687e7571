"""Which zone a request is about, what its person may do there, and what they must do first."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from zhuchao.apps.core.errors import DomainError
from zhuchao.web.middleware import DomainErrorMiddleware

from .. import selectors
from ..errors import PasswordMustBeChanged
from ..models import User, Zone
from ..selectors import Thing, Verb

API = "/api/"
# Where an empty data file leads to the page that makes the first administrator.
FRONT_DOORS = frozenset({"home", "account_login"})
# What remains open to somebody who must change a one-time password.
WITH_ONE_TIME_PASSWORD = frozenset({"account_change_password", "account_logout", "set_language"})


class CurrentZoneMiddleware:
    """Set ``request.zone``, ``request.zones`` and ``request.may`` for people who are signed in.

    ``?zone=CODE`` switches and is remembered in the session, so that an address with it can be shared;
    a zone that is not theirs is NotFound. The API names its zone itself and leaves the session alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.refusals = DomainErrorMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        request.zone, request.zones = None, ()  # type: ignore[attr-defined]
        request.may = lambda verb, thing: False  # type: ignore[attr-defined]
        user = request.user
        name = request.resolver_match.url_name if request.resolver_match else None
        if not isinstance(user, User):
            at_the_door = name in FRONT_DOORS and selectors.installation.needs_setup()
            return redirect("setup") if at_the_door else None
        at_the_api = request.path.startswith(API)
        if user.password_expires_at is not None and name not in WITH_ONE_TIME_PASSWORD:
            if at_the_api:
                refusal = PasswordMustBeChanged()
                return JsonResponse(refusal.as_dict(), status=refusal.http_status)
            return redirect("account_change_password")
        if at_the_api:
            return None
        zones = list(selectors.visible_zones(user).order_by(*selectors.highest_first()))
        request.zones = zones  # type: ignore[attr-defined]
        # Django hands what this method raises to nobody: the refusal is rendered here.
        try:
            zone = _wanted(request, user, zones)
        except DomainError as error:
            return self.refusals.process_exception(request, error)
        request.zone = zone  # type: ignore[attr-defined]
        if zone is not None:
            request.may = lambda verb, thing: selectors.may(  # type: ignore[attr-defined]
                user, Verb(verb), Thing(thing), zone
            )
        return None


def _wanted(request: HttpRequest, user: User, zones: list[Zone]) -> Zone | None:
    code = request.GET.get("zone")
    if code:
        zone = next((zone for zone in zones if zone.code == code), None) or selectors.get_zone(user, code)
        request.session["zone"] = code
        return zone
    kept = request.session.get("zone")
    return next((zone for zone in zones if zone.code == kept), zones[0] if zones else None)
