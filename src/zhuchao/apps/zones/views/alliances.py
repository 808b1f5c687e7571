"""Pages of alliances and of the keys of programs."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.web.editing import posted
from zhuchao.web.lists import Action, Column, Kind, ListPage, RowVerb, list_response
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import AllianceForm, ConfirmForm, MemberForm, TokenForm
from ..selectors import Thing, Verb
from .pages import form_response, secret_response, settings_tabs

TOKENS = ListPage(
    key="tokens",
    title=gettext_lazy("接口令牌"),
    thing="",
    columns=(
        Column("name", gettext_lazy("用途"), lambda row: row.name, sort="name"),
        Column("user", gettext_lazy("使用人"), lambda row: row.user.display_name, on_phone=True),
        Column("created", gettext_lazy("建立"), lambda row: row.created_at, Kind.MOMENT, sort="created_at"),
        Column("used", gettext_lazy("最近使用"), lambda row: row.last_used_on, Kind.DATE, on_phone=True),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda row: (
                ("revoked", gettext_lazy("已停用"), "secondary")
                if row.is_revoked
                else ("open", gettext_lazy("在用"), "green")
            ),
            Kind.STATE,
            on_phone=True,
        ),
    ),
    default_sort="-created",
    row_verbs=(
        RowVerb(
            "revoke",
            gettext_lazy("停用"),
            lambda row: "" if row.is_revoked else reverse("token-revoke", args=[row.pk]),
            "tabler-ban",
        ),
    ),
    main_action=Action(gettext_lazy("新建令牌"), "token-add", icon="tabler-plus"),
    empty_sentence=gettext_lazy("还没有令牌。程序凭令牌通过接口读写，权限与本人相同。"),
    empty_actions=(Action(gettext_lazy("新建令牌"), "token-add"),),
    exportable=False,
)


@login_required
def alliance_list(request: HttpRequest) -> HttpResponse:
    """Show the alliances that a zone of this person's belongs to."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.VIEW, Thing.ALLIANCE, zone)
    alliances = selectors.alliances.visible_alliances(request.user)
    context = {
        "alliances": list(alliances.select_related("lead_zone").prefetch_related("members")),
        "can_add": selectors.may(request.user, Verb.MANAGE, Thing.ALLIANCE, zone),
        "settings_tabs": settings_tabs(request, "alliances"),
    }
    return render(request, "zones/alliance_list.html", context)


@login_required
def alliance_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one alliance and its members."""
    alliance = selectors.alliances.get_alliance(request.user, pk)
    leads = selectors.may(request.user, Verb.MANAGE, Thing.ALLIANCE, alliance.lead_zone_id)
    managed = selectors.zone_ids(request.user, Verb.MANAGE, Thing.ALLIANCE)
    context = {
        "record": alliance,
        "facts": [
            (gettext_lazy("代码"), alliance.code),
            (gettext_lazy("牵头单位"), alliance.lead_zone),
        ],
        "members": [
            (zone, zone.pk != alliance.lead_zone_id and (leads or zone.pk in managed))
            for zone in selectors.alliances.members_of(alliance)
        ],
        "leads": leads,
        "settings_tabs": settings_tabs(request, "alliances"),
    }
    return render(request, "zones/alliance_detail.html", context)


@login_required
def alliance_add(request: HttpRequest) -> HttpResponse:
    """Found an alliance led by the zone of the request."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.MANAGE, Thing.ALLIANCE, zone)
    form = AllianceForm(posted(request))

    def act(values: dict[str, Any]) -> HttpResponse:
        alliance = services.create_alliance(
            actor=person_of(request),
            code=values["code"],
            name=values["name"],
            lead_zone=zone,
            member_codes=values["members"],
        )
        return redirect("alliance-detail", pk=alliance.pk)

    return form_response(
        request,
        form,
        act,
        title=gettext_lazy("新建联盟"),
        lead=_("成员只看到放入联盟共享池的线索，其他数据互不可见。"),
        cancel_url=reverse("alliance-list"),
    )


@login_required
def alliance_member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a zone into an alliance."""
    alliance = selectors.alliances.get_alliance(request.user, pk)
    selectors.require(request.user, Verb.MANAGE, Thing.ALLIANCE, alliance.lead_zone_id)
    back = reverse("alliance-detail", args=[alliance.pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.add_member(actor=person_of(request), alliance=alliance, code=values["code"])
        return redirect(back)

    title = _("为“{name}”添加成员").format(name=alliance.name)
    return form_response(request, MemberForm(posted(request)), act, title=title, cancel_url=back)


@login_required
def alliance_member_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Take a zone out of an alliance."""
    alliance = selectors.alliances.get_alliance(request.user, pk)
    zone = selectors.alliances.members_of(alliance).filter(pk=member).first()
    if zone is None:
        raise NotFound(what=_("该成员"))
    back = reverse("alliance-detail", args=[alliance.pk])

    def act(values: dict[str, Any]) -> HttpResponse:
        services.remove_member(actor=person_of(request), alliance=alliance, zone=zone)
        messages.success(request, _("已退出。"))
        return redirect("alliance-list")

    form = ConfirmForm(posted(request))
    return form_response(
        request,
        form,
        act,
        title=_("{zone}退出“{name}”").format(zone=zone.name, name=alliance.name),
        lead=_("退出后，其放入共享池的线索不再对其他成员可见。"),
        cancel_url=back,
        submit_label=_("退出"),
        dangerous=True,
    )


@login_required
def token_list(request: HttpRequest) -> HttpResponseBase:
    """List one's own keys and those of the people one manages."""
    return list_response(
        request,
        TOKENS,
        selectors.tokens.visible_tokens(person_of(request)),
        template="zones/settings_list.html",
        settings_tabs=settings_tabs(request, "tokens"),
    )


@login_required
def token_add(request: HttpRequest) -> HttpResponse:
    """Make a key, shown once."""

    def act(values: dict[str, Any]) -> HttpResponse:
        token, key = services.create_token(actor=person_of(request), name=values["name"])
        return secret_response(
            request,
            title=gettext_lazy("接口令牌"),
            what=_("“{name}”的令牌，请立即交给程序保存：").format(name=token.name),
            secret=key,
            back=reverse("token-list"),
        )

    return form_response(
        request,
        TokenForm(posted(request)),
        act,
        title=gettext_lazy("新建令牌"),
        lead=_("令牌的权限与您本人相同，只显示一次；不再使用时请停用。"),
        cancel_url=reverse("token-list"),
    )


@login_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a key."""
    token = selectors.tokens.get_token(person_of(request), pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.revoke_token(actor=person_of(request), token=token)
        messages.success(request, _("令牌已停用。"))
        return redirect("token-list")

    form = ConfirmForm(posted(request))
    return form_response(
        request,
        form,
        act,
        title=_("停用令牌“{name}”").format(name=token.name),
        lead=_("使用它的程序将立即无法访问。"),
        cancel_url=reverse("token-list"),
        submit_label=_("停用"),
        dangerous=True,
    )
