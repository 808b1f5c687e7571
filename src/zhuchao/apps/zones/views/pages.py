"""What the pages of this app have in common: the tabs of the settings, form pages, a link to a thing."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhuchao.web import editing
from zhuchao.web.shell import is_allowed

Text = str | Promise

TABS: tuple[tuple[str, Text, str, str], ...] = (
    ("zones", _("辖区与品牌"), "zone-list", "zone"),
    ("people", _("组织与人员"), "person-list", "person"),
    ("duty", _("值班表"), "duty-month", "duty"),
    ("sectors", _("产业体系"), "sector-list", "sector"),
    ("catalogue", _("目录"), "catalogue-list", "brand"),
    ("alliances", _("联盟"), "alliance-list", "alliance"),
    ("tokens", _("接口令牌"), "token-list", ""),
    ("outbox", _("发件箱"), "outbox", "outbox"),
    ("changes", _("变更记录"), "change-list", "change_log"),
)

form_response = partial(editing.form_response, template="zones/form.html")


def settings_tabs(request: HttpRequest, here: str) -> list[tuple[str, Text, str, bool]]:
    """Return the tabs of the settings that this person may open."""
    return [
        (key, label, reverse(name), key == here)
        for key, label, name, thing in TABS
        if is_allowed(request, "view", thing)
    ]


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
