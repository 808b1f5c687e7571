"""What the pages of this app have in common: the tabs of the settings, a form that does something, a link to a thing."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError, NotFound, Stale
from zhuchao.web.forms import ZForm, refuse
from zhuchao.web.shell import is_allowed

from ..models import User, Zone

Text = str | Promise

TABS: tuple[tuple[str, Text, str, str], ...] = (
    ("zones", _("辖区与品牌"), "zone-list", "zone"),
    ("people", _("组织与人员"), "person-list", "person"),
    ("duty", _("值班表"), "duty-month", "duty"),
    ("sectors", _("产业体系"), "sector-list", "sector"),
    ("catalogue", _("目录"), "catalogue-list", "brand"),
    ("alliances", _("联盟"), "alliance-list", "alliance"),
    ("tokens", _("接口令牌"), "token-list", ""),
    ("changes", _("变更记录"), "change-list", "change_log"),
)


def settings_tabs(request: HttpRequest, here: str) -> list[tuple[str, Text, str, bool]]:
    """Return the tabs of the settings that this person may open."""
    return [
        (key, label, reverse(name), key == here)
        for key, label, name, thing in TABS
        if is_allowed(request, "view", thing)
    ]


def person_of(request: HttpRequest) -> User:
    """Return who is signed in; for views behind ``login_required``."""
    assert isinstance(request.user, User)
    return request.user


def zone_of(request: HttpRequest) -> Zone:
    """Return the zone a request is about; raises NotFound for somebody who works in none."""
    zone: Zone | None = getattr(request, "zone", None)
    if zone is None:
        raise NotFound(what=_("您的辖区"))
    return zone


def seen_version(request: HttpRequest) -> int | None:
    """Return the version of the row that the form was opened with."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, an empty form too, or None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def form_response(
    request: HttpRequest,
    form: ZForm,
    act: Callable[[dict[str, Any]], HttpResponse],
    *,
    title: Text,
    cancel_url: str,
    version: int | None = None,
    template: str = "zones/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks and answer with what ``act`` answers.

    A refusal stands on the form, so that nothing typed is lost. When somebody else saved in between, both
    versions are shown and the next save is against theirs.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return act(form.cleaned_data)
            except Stale as error:
                status = error.http_status
                version = error.data["version"]
                context |= {
                    "conflict": error,
                    "theirs": _labelled(form, error.data["theirs"]),
                    "yours": _labelled(form, error.data["yours"]),
                }
            except DomainError as error:
                if error.http_status in {403, 404}:
                    raise
                refuse(form, error)
    context |= {"form": form, "title": title, "cancel_url": cancel_url, "version": version}
    return render(request, template, context, status=status)


def secret_response(request: HttpRequest, *, title: Text, what: Text, secret: str, back: str) -> HttpResponse:
    """Show something that is shown once; no cache keeps it."""
    response = render(
        request, "zones/secret.html", {"title": title, "what": what, "secret": secret, "back": back}
    )
    add_never_cache_headers(response)
    return response


def thing_url(thing: str, row_id: int) -> str:
    """Return the address of what an assignment is about, empty where its app has no page for it."""
    try:
        return reverse(f"{thing.rpartition('.')[2]}-detail", args=[row_id])
    except NoReverseMatch:
        return ""


def _labelled(form: ZForm, values: dict[str, str]) -> dict[Text, str]:
    """Return the values of a row under the labels that the form gives them."""
    fields = form.fields
    return {fields[name].label or name if name in fields else name: value for name, value in values.items()}
