"""What the pages of this app ask of a request."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb


def actor_of(request: HttpRequest) -> User:
    """Return the person who asks; raises NotFound for nobody (the pages ask for a sign-in first)."""
    user: User | AnonymousUser = request.user
    if not isinstance(user, User):
        raise NotFound(what=_("该页面"))
    return user


def zone_of(request: HttpRequest) -> Zone:
    """Return the zone the page is about; raises NotFound for a person who has none."""
    zone: Zone | None = getattr(request, "zone", None)
    if zone is None:
        raise NotFound(what=_("辖区"))
    return zone


def rights_in(request: HttpRequest, zone_id: int) -> dict[str, bool]:
    """Return what the person may do to firms of a zone, for the buttons of a page."""
    asked: dict[str, tuple[Verb, Thing]] = {
        "may_change": (Verb.CHANGE, Thing.ENTERPRISE),
        "may_see_filings": (Verb.VIEW, Thing.FILING),
        "may_file": (Verb.ADD, Thing.FILING),
        "may_correct_filings": (Verb.CHANGE, Thing.FILING),
        "may_void_filings": (Verb.VOID, Thing.FILING),
        "may_see_contacts": (Verb.VIEW, Thing.CONTACT),
        "may_add_contacts": (Verb.ADD, Thing.CONTACT),
    }
    return {name: zones.may(request.user, verb, thing, zone_id) for name, (verb, thing) in asked.items()}


def version_of(request: HttpRequest) -> int | None:
    """Return the version the person saw, as the form carries it along; None when it is not there."""
    text: Any = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
