"""The register of screens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import Action, Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ConfirmForm, ScreenForm
from ..models import Screen
from .pages import form_response

FACTS = ("name", "place", "width_m", "height_m", "is_naked_eye_3d", "owner", "owner_name", "shows", "note")


def _heart(screen: Screen) -> tuple[str, str, str]:
    if screen.heard_at is None:
        return ("never", _("未接入"), "secondary")
    if timezone.now() - screen.heard_at > selectors.SILENT:
        return ("silent", _("失联"), "red")
    return ("alive", _("在线"), "green")


def _size(screen: Screen) -> str:
    if screen.width_m is None or screen.height_m is None:
        return ""
    return f"{screen.width_m.normalize():f} × {screen.height_m.normalize():f} m"


SCREENS = ListPage(
    key="screens",
    title=gettext_lazy("大屏"),
    thing="portal",
    columns=(
        Column(
            "name",
            gettext_lazy("屏幕名称"),
            lambda row: row.name,
            sort="name",
            link=lambda row: reverse("screen-detail", args=[row.pk]),
            on_phone=True,
        ),
        Column("place", gettext_lazy("安装位置"), lambda row: row.place),
        Column("size", gettext_lazy("尺寸"), _size),
        Column("area", gettext_lazy("屏幕面积（㎡）"), lambda row: row.area_m2, Kind.NUMBER),
        Column("three_d", gettext_lazy("裸眼3D"), lambda row: row.is_naked_eye_3d, Kind.BOOL),
        Column("owner", gettext_lazy("产权单位"), lambda row: row.owned_by),
        Column("shows", gettext_lazy("播放内容"), lambda row: row.get_shows_display(), on_phone=True),
        Column("heart", gettext_lazy("连接"), _heart, Kind.STATE, on_phone=True),
        Column("heard_at", gettext_lazy("最近心跳"), lambda row: row.heard_at, Kind.MOMENT),
    ),
    filters=(
        Filter(
            "shows", gettext_lazy("播放内容"), by_value("shows"), choices=lambda request: Screen.Shows.choices
        ),
    ),
    default_sort="name",
    main_action=Action(gettext_lazy("新增屏幕"), "screen-add", "change", "portal", "tabler-plus"),
    empty_sentence=gettext_lazy("还没有屏幕。登记本单位负责的户外大屏和室内展示屏。"),
    empty_actions=(Action(gettext_lazy("新增屏幕"), "screen-add", "change", "portal", "tabler-plus"),),
    exportable=False,
)


@login_required
def screen_list(request: HttpRequest) -> HttpResponseBase:
    """List the screens of the zone."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.VIEW, Thing.PORTAL, zone)
    ids = zones.zones_under(request.user, zone, Thing.PORTAL)
    return list_response(request, SCREENS, selectors.visible_screens(request.user).filter(zone_id__in=ids))


@login_required
def screen_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one screen, and to those who set it up the address it must open."""
    screen = selectors.get_screen(request.user, pk)
    can_change = zones.may(request.user, Verb.CHANGE, Thing.PORTAL, screen.zone_id)
    context = {
        "record": screen,
        "screen": screen,
        "heart": _heart(screen),
        "facts": [
            (_("安装位置"), screen.place),
            (_("尺寸"), _size(screen)),
            (_("裸眼3D"), _("是") if screen.is_naked_eye_3d else _("否")),
            (_("产权单位"), screen.owned_by),
            (_("播放内容"), screen.get_shows_display()),
            (_("备注"), screen.note),
        ],
        "can_change": can_change,
        "address": _address(request, screen) if can_change else "",
    }
    return render(request, "portal/screen_detail.html", context)


def _address(request: HttpRequest, screen: Screen) -> str:
    found = selectors.door_of(request.user, screen.zone)
    if found is None or not (found.is_open and found.shows_screen):
        return ""
    path = reverse("public-screen", args=[found.slug])
    return request.build_absolute_uri(f"{path}?key={screen.key}")


@login_required
def screen_add(request: HttpRequest) -> HttpResponse:
    """Enter a screen."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.CHANGE, Thing.PORTAL, zone)

    def act(values: dict[str, Any]) -> HttpResponse:
        screen = services.add_screen(actor=person_of(request), zone=zone, **values)
        messages.success(request, _("已登记屏幕。"))
        return redirect("screen-detail", pk=screen.pk)

    form = ScreenForm(posted(request), zone=zone)
    return form_response(request, form, act, title=_("新增屏幕"), cancel_url=reverse("screen-list"))


@login_required
def screen_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a screen."""
    screen = selectors.get_screen(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.PORTAL, screen.zone_id)
    back = reverse("screen-detail", args=[screen.pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.change_screen(
            actor=person_of(request), screen=screen, version=seen_version(request), **values
        )
        messages.success(request, _("已保存。"))
        return redirect(back)

    initial = {name: getattr(screen, name) for name in FACTS}
    form = ScreenForm(posted(request), zone=screen.zone, initial=initial)
    return form_response(request, form, act, title=_("修改屏幕"), cancel_url=back, version=screen.version)


@login_required
def screen_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a screen out of the register."""
    screen = selectors.get_screen(request.user, pk)
    zones.require(person_of(request), Verb.CHANGE, Thing.PORTAL, screen.zone_id)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.remove_screen(actor=person_of(request), screen=screen)
        messages.success(request, _("已删除屏幕。"))
        return redirect("screen-list")

    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("删除屏幕“{name}”").format(name=screen),
        submit_label=_("删除屏幕"),
        cancel_url=reverse("screen-detail", args=[screen.pk]),
        dangerous=True,
    )
