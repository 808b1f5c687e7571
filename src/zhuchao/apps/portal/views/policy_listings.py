"""Behind the door: whether the policies of the zone are public, and which of them are kept back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.policies.models import Level, Policy
from zhuchao.apps.policies.selectors import Standing
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.web.editing import posted
from zhuchao.web.lists import Column, Filter, Kind, ListPage, by_value, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ConfirmForm, PolicyListingForm
from .pages import form_response

STANDINGS = {Standing.OPEN: "green", Standing.SOON: "blue", Standing.CLOSED: "yellow"}


def _is_withheld(policy: Policy) -> bool:
    listing = getattr(policy, "listing", None)
    return listing is not None and listing.is_withheld


def _public(policy: Policy) -> tuple[str, str, str]:
    return ("no", _("暂不公开"), "secondary") if _is_withheld(policy) else ("yes", _("公开"), "green")


def _standing(policy: Any) -> tuple[str, str, str]:
    standing = Standing(policy.standing)
    return standing.value, str(standing.label), STANDINGS.get(standing, "secondary")


POLICIES = ListPage(
    key="policy-listings",
    title=gettext_lazy("公开政策"),
    thing="portal",
    columns=(
        Column(
            "title",
            gettext_lazy("政策名称"),
            lambda policy: policy.title,
            sort="title",
            link=lambda policy: reverse("policy-listing", args=[policy.pk]),
            on_phone=True,
        ),
        Column("public", gettext_lazy("对外发布"), _public, Kind.STATE, on_phone=True),
        Column("standing", gettext_lazy("状态"), _standing, Kind.STATE, on_phone=True),
        Column("level", gettext_lazy("层级"), lambda policy: policy.get_level_display()),
        Column("department", gettext_lazy("主管部门"), lambda policy: policy.department),
        Column("owner", gettext_lazy("咨询责任人"), lambda policy: policy.owner),
    ),
    filters=(
        Filter(
            "public",
            gettext_lazy("对外发布"),
            lambda rows, text: (
                rows.filter(listing__is_withheld=True)
                if text == "no"
                else rows.exclude(listing__is_withheld=True)
            ),
            choices=lambda request: [("yes", _("公开")), ("no", _("暂不公开"))],
        ),
        Filter("level", gettext_lazy("层级"), by_value("level"), choices=lambda request: Level.choices),
    ),
    default_sort="title",
    empty_sentence=gettext_lazy("还没有已发布的政策。起草的版本由另一人复核发布后，才能对外公开。"),
    exportable=False,
)


@login_required
def policy_listings(request: HttpRequest) -> HttpResponseBase:
    """List the published policies of the zone with whether each is public."""
    zone = zone_of(request)
    zones.require(person_of(request), Verb.VIEW, Thing.PORTAL, zone)
    rows = selectors.listed_policies(request.user, zone, zones.today(zone))
    return list_response(request, POLICIES, rows)


@login_required
def policy_listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one policy back, or show it again."""
    policy = selectors.get_listed_policy(request.user, pk)
    zones.require(person_of(request), Verb.MANAGE, Thing.PORTAL, policy.zone_id)
    back = reverse("policy-listings")

    def act(values: dict[str, Any]) -> HttpResponse:
        services.list_policy(actor=person_of(request), policy=policy, **values)
        messages.success(request, _("已保存。"))
        return redirect(back)

    form = PolicyListingForm(posted(request), initial={"is_withheld": _is_withheld(policy)})
    title = _("发布“{name}”").format(name=policy)
    return form_response(request, form, act, title=title, cancel_url=back)


@login_required
def policies_show(request: HttpRequest) -> HttpResponse:
    """Make the policies of the zone public, after saying how many."""
    return _switch(request, shows=True)


@login_required
def policies_hide(request: HttpRequest) -> HttpResponse:
    """Take the policies of the zone from the public pages."""
    return _switch(request, shows=False)


def _switch(request: HttpRequest, *, shows: bool) -> HttpResponse:
    zone = zone_of(request)
    zones.require(person_of(request), Verb.MANAGE, Thing.PORTAL, zone)
    door = selectors.door_of(request.user, zone)
    if door is None:
        raise NotFound(what=_("对外门户"))

    def act(values: dict[str, Any]) -> HttpResponse:
        services.show_policies(actor=person_of(request), door=door, shows=shows)
        messages.success(request, _("政策已公开。") if shows else _("政策页面已关闭。"))
        return redirect("door")

    said = _(
        "门户开放时，不登录即可查阅 {count} 项已发布政策的条款、来源、申报时间，并可自测和咨询。草稿和责任人不会显示。"
    )
    lead = said if shows else _("关闭后政策页面、二维码和日历订阅都打不开，可随时再公开。")
    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("公开政策") if shows else _("关闭政策页面"),
        lead=lead.format(count=selectors.public_policies(zone, zones.today(zone)).count()),
        submit_label=_("公开政策") if shows else _("关闭政策页面"),
        cancel_url=reverse("door"),
        dangerous=not shows,
    )
