"""Pages of what people are told: one's notices, how one is reached, and the outbox of a zone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhuchao.web.editing import posted, seen_version
from zhuchao.web.lists import (
    Action,
    Column,
    Filter,
    Kind,
    ListPage,
    RowVerb,
    by_flag,
    by_moment_range,
    by_value,
    list_response,
)
from zhuchao.web.requests import person_of, zone_of

from .. import selectors, services
from ..forms import ChannelForm, ConfirmForm, NewChannelForm
from ..models import Channel, Delivery, Notice
from ..selectors import Thing, Verb
from .pages import form_response, settings_tabs

STATE_COLOURS = {
    Delivery.State.WAITING: "blue",
    Delivery.State.SENT: "green",
    Delivery.State.GIVEN_UP: "red",
    Delivery.State.STOPPED: "secondary",
}


def _read_state(notice: Notice) -> tuple[str, Any, str]:
    if notice.read_at is not None:
        return "read", gettext_lazy("已读"), "secondary"
    urgent = notice.is_urgent
    return "unread", gettext_lazy("紧急") if urgent else gettext_lazy("未读"), "red" if urgent else "blue"


NOTICES = ListPage(
    key="notices",
    title=gettext_lazy("通知"),
    thing="",
    columns=(
        Column(
            "title",
            gettext_lazy("标题"),
            lambda row: row.title,
            link=lambda row: reverse("notice-detail", args=[row.pk]),
            on_phone=True,
        ),
        Column("body", gettext_lazy("内容"), lambda row: row.body[:120]),
        Column(
            "due", gettext_lazy("时间"), lambda row: row.due_at, Kind.MOMENT, sort="due_at", on_phone=True
        ),
        Column("state", gettext_lazy("状态"), _read_state, Kind.STATE, on_phone=True),
    ),
    filters=(
        Filter(
            "unread",
            gettext_lazy("状态"),
            by_flag("read_at__isnull"),
            lambda request: (("1", gettext_lazy("未读")), ("0", gettext_lazy("已读"))),
        ),
        Filter("due", gettext_lazy("时间"), by_moment_range("due_at"), kind="date_range"),
    ),
    search=lambda request, rows, text: rows.filter(Q(title__icontains=text) | Q(body__icontains=text)),
    search_hint=gettext_lazy("标题、内容"),
    default_sort="-due",
    main_action=Action(gettext_lazy("通知方式"), "channel-list", icon="tabler-bell-cog"),
    tabs=((gettext_lazy("全部"), ""), (gettext_lazy("未读"), "unread=1")),
    empty_sentence=gettext_lazy("还没有通知。设置好通知方式，重要的事会送到您手边。"),
    empty_actions=(Action(gettext_lazy("通知方式"), "channel-list"),),
    exportable=False,
)

CHANNELS = ListPage(
    key="channels",
    title=gettext_lazy("通知方式"),
    thing="",
    columns=(
        Column("name", gettext_lazy("名称"), lambda row: row.name, on_phone=True),
        Column("kind", gettext_lazy("方式"), lambda row: row.get_kind_display()),
        Column("rhythm", gettext_lazy("频次"), lambda row: row.get_rhythm_display(), on_phone=True),
        Column(
            "quiet",
            gettext_lazy("免打扰"),
            lambda row: f"{row.quiet_from:%H:%M}–{row.quiet_to:%H:%M}" if row.quiet_from else "",
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda row: (
                ("open", gettext_lazy("在用"), "green")
                if row.is_active
                else ("stopped", gettext_lazy("已停用"), "secondary")
            ),
            Kind.STATE,
            on_phone=True,
        ),
    ),
    default_sort="pk",
    row_verbs=(
        RowVerb(
            "test",
            gettext_lazy("发一条测试"),
            lambda row: reverse("channel-test", args=[row.pk]) if row.is_active else "",
            "tabler-send",
        ),
        RowVerb(
            "edit",
            gettext_lazy("修改"),
            lambda row: reverse("channel-edit", args=[row.pk]) if row.is_active else "",
            "tabler-edit",
        ),
        RowVerb(
            "stop",
            gettext_lazy("停用"),
            lambda row: reverse("channel-stop", args=[row.pk]) if row.is_active else "",
            "tabler-ban",
        ),
    ),
    main_action=Action(gettext_lazy("新增方式"), "channel-add", icon="tabler-plus"),
    empty_sentence=gettext_lazy("还没有通知方式。通知总能在页面右上角看到，也可以送到邮箱或群里。"),
    empty_actions=(Action(gettext_lazy("新增方式"), "channel-add"),),
    exportable=False,
)

OUTBOX = ListPage(
    key="outbox",
    title=gettext_lazy("发件箱"),
    thing="outbox",
    columns=(
        Column("notice", gettext_lazy("通知"), lambda row: row.notice.title, on_phone=True),
        Column("user", gettext_lazy("收件人"), lambda row: row.channel.user.display_name, on_phone=True),
        Column("kind", gettext_lazy("方式"), lambda row: row.channel.get_kind_display()),
        Column("due", gettext_lazy("发送时间"), lambda row: row.due_at, Kind.MOMENT, sort="due_at"),
        Column("attempts", gettext_lazy("尝试次数"), lambda row: row.attempts, Kind.NUMBER),
        Column("sent", gettext_lazy("送达时间"), lambda row: row.sent_at, Kind.MOMENT, sort="sent_at"),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda row: (row.state, row.get_state_display(), STATE_COLOURS[Delivery.State(row.state)]),
            Kind.STATE,
            on_phone=True,
        ),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), by_value("state"), lambda request: Delivery.State.choices),
        Filter("kind", gettext_lazy("方式"), by_value("channel__kind"), lambda request: Channel.Kind.choices),
        Filter("due", gettext_lazy("发送时间"), by_moment_range("due_at"), kind="date_range"),
    ),
    search=lambda request, rows, text: rows.filter(
        Q(notice__title__icontains=text) | Q(channel__user__display_name__icontains=text)
    ),
    search_hint=gettext_lazy("通知、收件人"),
    default_sort="-due",
    row_verbs=(
        RowVerb(
            "again",
            gettext_lazy("重新发送"),
            lambda row: (
                reverse("delivery-again", args=[row.pk]) if row.state == Delivery.State.GIVEN_UP else ""
            ),
            "tabler-send",
            verb="manage",
            thing="outbox",
        ),
    ),
    tabs=((gettext_lazy("全部"), ""), (gettext_lazy("未送达"), "state=given_up")),
    empty_sentence=gettext_lazy(
        "还没有向外发送的通知。各人在“我的账号”里设置通知方式后，这里列出每一次发送。"
    ),
    exportable=False,
)


@login_required
def notice_list(request: HttpRequest) -> HttpResponseBase:
    """List what this person has been told."""
    rows = selectors.outbox.visible_notices(request.user)
    return list_response(request, NOTICES, rows, template="zones/notice_list.html")


@login_required
def notice_count(request: HttpRequest) -> HttpResponse:
    """Answer the bell: how many notices wait."""
    count = selectors.outbox.unread_count(request.user)
    return render(request, "zones/parts/notice_count.html", {"count": count})


@login_required
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to what a notice is about, or show it; either way it has been read."""
    notice = selectors.outbox.get_notice(request.user, pk)
    services.read_notices(actor=person_of(request), notices=[notice.pk])
    if notice.url:
        return redirect(notice.url)
    return render(request, "zones/notice_detail.html", {"record": notice})


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all of this person's notices as read."""
    services.read_notices(actor=person_of(request))
    messages.success(request, _("已全部标为已读。"))
    return redirect("notice-list")


@login_required
def channel_list(request: HttpRequest) -> HttpResponseBase:
    """List the ways in which this person is reached."""
    return list_response(request, CHANNELS, selectors.outbox.channels_of(request.user))


@login_required
def channel_add(request: HttpRequest) -> HttpResponse:
    """Be reached in one more way."""
    may_push = selectors.may(request.user, Verb.MANAGE, Thing.OUTBOX, zone_of(request))
    kinds = [choice for choice in Channel.Kind.choices if may_push or choice[0] != Channel.Kind.WEBHOOK]
    form = NewChannelForm(posted(request), kinds=kinds)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.add_channel(actor=person_of(request), **values)
        messages.success(request, _("已保存。可以发一条测试，看看能不能收到。"))
        return redirect("channel-list")

    return form_response(
        request, form, act, title=gettext_lazy("新增通知方式"), cancel_url=reverse("channel-list")
    )


@login_required
def channel_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change when a way is used."""
    channel = selectors.outbox.get_channel(request.user, pk)
    names = ("name", "rhythm", "quiet_from", "quiet_to")
    form = ChannelForm(posted(request), initial={name: getattr(channel, name) for name in names})

    def act(values: dict[str, Any]) -> HttpResponse:
        services.edit_channel(
            actor=person_of(request), channel=channel, seen_version=seen_version(request), **values
        )
        messages.success(request, _("已保存。"))
        return redirect("channel-list")

    return form_response(
        request,
        form,
        act,
        title=gettext_lazy("修改通知方式"),
        cancel_url=reverse("channel-list"),
        version=channel.version,
    )


@login_required
def channel_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Be reached in this way no longer."""
    channel = selectors.outbox.get_channel(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.stop_channel(actor=person_of(request), channel=channel)
        messages.success(request, _("已停用。"))
        return redirect("channel-list")

    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("停用“{name}”").format(name=channel.name),
        lead=_("还没发出的通知不再经它发送，仍可在页面上看到。"),
        cancel_url=reverse("channel-list"),
        submit_label=_("停用"),
        dangerous=True,
    )


@login_required
def channel_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a word of greeting through one's own channel and say what became of it."""
    channel = selectors.outbox.get_channel(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        why = services.send_test(actor=person_of(request), channel=channel)
        if why:
            messages.error(request, _("没有送达：{why}。请检查地址或密钥，或联系管理员。").format(why=why))
        else:
            messages.success(request, _("已发出，请查收。"))
        return redirect("channel-list")

    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("经“{name}”发一条测试").format(name=channel.name),
        cancel_url=reverse("channel-list"),
        submit_label=_("发送"),
    )


@login_required
def outbox(request: HttpRequest) -> HttpResponseBase:
    """List what is on its way out of a zone and what did not arrive."""
    zone = zone_of(request)
    selectors.require(request.user, Verb.VIEW, Thing.OUTBOX, zone)
    return list_response(
        request,
        OUTBOX,
        selectors.outbox.visible_deliveries(request.user).filter(zone=zone),
        template="zones/settings_list.html",
        settings_tabs=settings_tabs(request, "outbox"),
    )


@login_required
def delivery_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a notice again that was given up."""
    delivery = selectors.outbox.get_delivery(request.user, pk)

    def act(values: dict[str, Any]) -> HttpResponse:
        services.send_again(actor=person_of(request), delivery=delivery)
        messages.success(request, _("已重新排队发送。"))
        return redirect("outbox")

    return form_response(
        request,
        ConfirmForm(posted(request)),
        act,
        title=_("重新发送“{title}”").format(title=delivery.notice.title),
        cancel_url=reverse("outbox"),
        submit_label=_("重新发送"),
    )
