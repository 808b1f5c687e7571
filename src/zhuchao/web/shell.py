"""What stands around every page: navigation, zone, marks."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .colours import brand_style


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation. An app declares its own in its AppConfig as ``navigation``.

    ``order`` follows the loop: 今日 10 载体 20 租赁入驻 21 建设更新 22 招商 30 项目 40 审批 50 政策 60 助企 70 成长 80 人才 90
    指标 100 一张图 110, the enterprise register 25, settings 200. ``verb`` and ``thing`` are what the person must be
    allowed to see it; no thing means that everybody who is signed in may. ``icon`` is written out whole:
    ``tabler-building``.
    """

    key: str
    label: str | Promise
    url_name: str
    icon: str
    order: int
    thing: str
    verb: str = "view"
    children: tuple["NavItem", ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class ShownItem:
    """An entry of the navigation as one person sees it on one page."""

    key: str
    label: str | Promise
    url: str
    icon: str
    is_here: bool
    children: tuple["ShownItem", ...] = ()

    @property
    def is_open(self) -> bool:
        return self.is_here or any(child.is_here for child in self.children)


def is_allowed(request: HttpRequest, verb: str, thing: str) -> bool:
    """Return whether this person may do ``verb`` to ``thing`` in the zone of the request; no thing asks nothing."""
    if not thing:
        return True
    may = getattr(request, "may", None)
    return bool(may and may(verb, thing))


def navigation(request: HttpRequest) -> list[ShownItem]:
    """Return the entries this person may open, in the loop's order; only what works."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    items = [item for config in apps.get_app_configs() for item in getattr(config, "navigation", ())]
    seen = [(item, _address(item)) for item in _flat(items) if is_allowed(request, item.verb, item.thing)]
    here = max((url for item, url in seen if url and _leads_to(url, request.path)), key=len, default="")
    urls = {item: url for item, url in seen if url}
    shown = []
    for item in sorted(items, key=lambda item: item.order):
        if item in urls:
            children = tuple(
                ShownItem(child.key, child.label, urls[child], child.icon, urls[child] == here)
                for child in sorted(item.children, key=lambda child: child.order)
                if child in urls
            )
            is_here = urls[item] == here and not any(child.is_here for child in children)
            shown.append(ShownItem(item.key, item.label, urls[item], item.icon, is_here, children))
    return shown


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the navigation, the zone and its brand."""
    zone = getattr(request, "zone", None)
    return {
        "navigation": navigation(request),
        "zone": zone,
        "zones": getattr(request, "zones", ()),
        "brand": brand_of(zone),
        "brand_style": brand_style(getattr(zone, "brand_colour", "")),
        "has_today": works("/today/"),
        "has_search": works("/search/"),
        "has_imports": works("/imports/"),
        "has_notices": works("/notices/"),
    }


def brand_of(zone: Any) -> str:
    """Return the name that stands at the top of the pages: the zone's service brand, or its own short name."""
    return getattr(zone, "brand_name", "") or getattr(zone, "short_name", "") or _("筑巢")


def works(path: str) -> bool:
    """Return whether an address leads somewhere."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _flat(items: list[NavItem]) -> list[NavItem]:
    return [one for item in items for one in (item, *item.children)]


def _address(item: NavItem) -> str:
    try:
        return item.url
    except NoReverseMatch:
        return ""


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
