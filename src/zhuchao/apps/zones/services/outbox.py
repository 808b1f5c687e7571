"""Tell people: write a notice once, send it the way each person wants, try again, and log every attempt."""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import WrongInput
from zhuchao.apps.core.services import check_version, record_change, save_record

from ..models import Channel, Delivery, Notice, SendAttempt, User, Zone
from ..selectors import Thing, Verb, home_zone, now, require
from ..selectors.outbox import get_channel, get_delivery, sending_time

logger = logging.getLogger(__name__)

BACKOFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""How long to wait after the first failure, the second...; after the last there is one more attempt."""
CLAIM: Final = timedelta(minutes=5)
MOST_AT_ONCE: Final = 200
MOST_IN_A_DIGEST: Final = 50
SECONDS_TO_ANSWER: Final = 10

_KEYS: Final[Mapping[str, re.Pattern[str]]] = {
    Channel.Kind.MAIL: re.compile(r"[^\s@<>,;:\"?&/\\]+@[^\s@<>,;:\"?&/\\]+\.[A-Za-z0-9-]{2,}"),
    Channel.Kind.WECOM: re.compile(r"[A-Za-z0-9_-]{16,80}"),
    Channel.Kind.DINGTALK: re.compile(r"[A-Za-z0-9_-]{16,100}"),
    Channel.Kind.FEISHU: re.compile(r"[A-Za-z0-9_-]{16,80}"),
}
_SCHEMES: Final = {
    Channel.Kind.WECOM: "wecombot",
    Channel.Kind.DINGTALK: "dingtalk",
    Channel.Kind.FEISHU: "feishu",
}


@transaction.atomic
def notify(
    *,
    zone: Zone,
    users: Iterable[User],
    key: str,
    kind: str,
    title: str,
    body: str = "",
    url: str = "",
    due_at: datetime | None = None,
    is_urgent: bool = False,
) -> int:
    """Tell people something from a moment on (now where none is said); return how many had not been told yet.

    ``key`` names what it is about. Safe to repeat: whoever has a notice of that key hears nothing new. In a demo zone
    nothing leaves the house.
    """
    moment = due_at or now(zone)
    wanted = {user.pk: user for user in users}
    told = set(Notice.objects.filter(key=key, user__in=wanted).values_list("user_id", flat=True))
    fresh = [
        Notice(
            zone=zone,
            user_id=pk,
            key=key,
            kind=kind,
            title=title[:120],
            body=body,
            url=url,
            due_at=moment,
            is_urgent=is_urgent,
        )
        for pk in wanted.keys() - told
    ]
    # Two who tell the same at the same moment: the second's rows fall to the constraint.
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    if zone.is_demo or not fresh:
        return len(fresh)
    notices = {
        notice.user_id: notice
        for notice in Notice.objects.filter(key=key, user__in=[n.user_id for n in fresh])
    }
    channels = Channel.objects.filter(user__in=notices, is_active=True)
    Delivery.objects.bulk_create(
        [
            Delivery(
                zone=zone,
                notice=notices[channel.user_id],
                channel=channel,
                due_at=sending_time(channel, moment, is_urgent=is_urgent),
            )
            for channel in channels
        ],
        ignore_conflicts=True,
    )
    return len(fresh)


@transaction.atomic
def read_notices(*, actor: User, notices: Iterable[int] | None = None) -> int:
    """Mark notices of one's own as read, all of them where none is named; return how many were not."""
    unread = Notice.objects.filter(user=actor, read_at__isnull=True)
    if notices is not None:
        unread = unread.filter(pk__in=list(notices))
    return unread.update(read_at=timezone.now())


@transaction.atomic
def add_channel(
    *,
    actor: User,
    kind: str,
    name: str,
    address: str,
    rhythm: str = Channel.Rhythm.AT_ONCE,
    quiet_from: time | None = None,
    quiet_to: time | None = None,
) -> Channel:
    """Let oneself be reached in one more way.

    Raises WrongInput for an address that does not fit its kind. A push to any other address is for those who look
    after the outbox: it makes this server call a machine of somebody's choice.
    """
    zone = home_zone(actor)
    if zone is None:
        raise WrongInput(field=_("通知方式"), why=_("您目前没有在任何辖区任职"))
    if kind == Channel.Kind.WEBHOOK:
        require(actor, Verb.MANAGE, Thing.OUTBOX, zone)
    address = address.strip()
    _check_address(kind, address)
    _check_quiet(quiet_from, quiet_to)
    channel = Channel.objects.create(
        zone=zone,
        user=actor,
        kind=kind,
        name=name.strip() or str(Channel.Kind(kind).label),
        address=address,
        rhythm=rhythm,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
    )
    record_change(actor=actor, verb="add", rows=[channel], scope=zone.pk, kind=kind, rhythm=rhythm)
    return channel


@transaction.atomic
def edit_channel(*, actor: User, channel: Channel, seen_version: int | None, **values: Any) -> Channel:
    """Change when a channel of one's own is used (``name``, ``rhythm``, ``quiet_from``, ``quiet_to``)."""
    channel = get_channel(actor, channel.pk)
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    check_version(channel, seen_version, yours=values)
    _check_quiet(values.get("quiet_from", channel.quiet_from), values.get("quiet_to", channel.quiet_to))
    changes = save_record(channel, **values)
    for delivery in _waiting(channel).select_related("notice"):
        delivery.due_at = sending_time(
            channel, max(delivery.notice.due_at, timezone.now()), is_urgent=delivery.notice.is_urgent
        )
        delivery.save(update_fields=["due_at"])
    record_change(actor=actor, verb="edit", rows=[channel], scope=channel.zone_id, changes=changes)
    return channel


@transaction.atomic
def stop_channel(*, actor: User, channel: Channel) -> Channel:
    """Be reached in this way no longer; what waits for it is not sent. Safe to repeat."""
    channel = get_channel(actor, channel.pk)
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if channel.is_active:
        save_record(channel, is_active=False)
        _waiting(channel).update(state=Delivery.State.STOPPED)
        record_change(actor=actor, verb="end", rows=[channel], scope=channel.zone_id)
    return channel


@transaction.atomic
def send_again(*, actor: User, delivery: Delivery) -> Delivery:
    """Try a notice again that was given up. Safe to repeat."""
    delivery = get_delivery(actor, delivery.pk)
    require(actor, Verb.MANAGE, Thing.OUTBOX, delivery.zone_id)
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if delivery.state == Delivery.State.GIVEN_UP:
        delivery.state, delivery.attempts, delivery.due_at = Delivery.State.WAITING, 0, timezone.now()
        delivery.save(update_fields=["state", "attempts", "due_at"])
        record_change(actor=actor, verb="send_again", rows=[delivery], scope=delivery.zone_id)
    return delivery


def send_due() -> int:
    """Send what is due, a channel at a time; return how many notices arrived. Two senders share the work."""
    sent = 0
    for _turn in range(MOST_AT_ONCE):
        claimed = _claim()
        if not claimed:
            break
        channel = claimed[0].channel
        why = _send(channel, [delivery.notice for delivery in claimed])
        _settle(channel, claimed, why)
        sent += 0 if why else len(claimed)
    return sent


def send_test(*, actor: User, channel: Channel) -> str:
    """Send a word of greeting through a channel of one's own; return why it failed, nothing when it arrived."""
    channel = get_channel(actor, channel.pk)
    title = _("筑巢：测试通知")
    greeting = Notice(
        zone=channel.zone, user=actor, title=title, body=_("收到这条消息，说明通知方式已配置好。")
    )
    why = _send(channel, [greeting])
    with transaction.atomic():
        _log(channel, 1, why)
    return why


@transaction.atomic
def _claim() -> list[Delivery]:
    """Take in hand what goes out next: one notice, or all of a digest."""
    moment = timezone.now()
    due = (
        Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=moment, channel__is_active=True)
        .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=moment))
        .select_related("notice__zone", "channel")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .order_by("due_at", "pk")
    )
    first = due.first()
    if first is None:
        return []
    claimed = [first]
    if first.channel.rhythm != Channel.Rhythm.AT_ONCE:
        claimed = list(due.filter(channel=first.channel_id)[:MOST_IN_A_DIGEST])
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in claimed]).update(claimed_until=moment + CLAIM)
    return claimed


@transaction.atomic
def _settle(channel: Channel, claimed: list[Delivery], why: str) -> None:
    """Write down how an attempt ended, and when to try again."""
    moment = timezone.now()
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in claimed], state=Delivery.State.WAITING)
    for delivery in rows.select_for_update(no_key=True):
        delivery.attempts += 1
        delivery.claimed_until = None
        if not why:
            delivery.state, delivery.sent_at = Delivery.State.SENT, moment
        elif delivery.attempts > len(BACKOFF):
            delivery.state = Delivery.State.GIVEN_UP
        else:
            delivery.due_at = moment + BACKOFF[delivery.attempts - 1]
        delivery.save(update_fields=["attempts", "claimed_until", "state", "sent_at", "due_at"])
    _log(channel, len(claimed), why)


def _log(channel: Channel, notices: int, why: str) -> None:
    SendAttempt.objects.create(
        zone_id=channel.zone_id,
        channel=channel,
        moment=timezone.now(),
        notices=notices,
        is_sent=not why,
        why=why[:120],
    )


def _send(channel: Channel, notices: list[Notice]) -> str:
    """Send notices as one message; return why it failed. No address and no word of a notice goes to a log."""
    address = _address_for_sending(channel)
    if not address:
        return _("没有配置发送邮件的服务器")
    return push(address, *_worded(notices), about=f"channel {channel.pk}")


def push(address: str, title: str, body: str, *, about: str) -> str:
    """Send words to an address of the sending library; return why it failed. ``about`` is all that a log may say."""
    import apprise

    quiet = logging.getLogger("apprise")
    quiet.disabled = True  # it would write addresses with their keys
    try:
        sender = apprise.Apprise()
        if not sender.add(address):
            return _("地址或密钥不对")
        return "" if sender.notify(title=title, body=body) else _("对方没有接受")
    except Exception as error:  # whatever a plugin stumbles over, the next one still has its turn
        logger.warning("%s could not be reached: %s", about, type(error).__name__)
        return _("发送时出错：{error}").format(error=type(error).__name__)


def mail_address(address: str) -> str:
    """Return a mail address in the form that the sending library reads; empty where no server is set."""
    server: str = settings.MAIL_ADDRESS
    joint = "&" if "?" in server else "?"
    return f"{server}{joint}to={quote(address)}&{_patience()}" if server else ""


def _patience() -> str:
    return f"cto={SECONDS_TO_ANSWER}&rto={SECONDS_TO_ANSWER}"


def _worded(notices: list[Notice]) -> tuple[str, str]:
    if len(notices) == 1:
        return notices[0].title, _with_link(notices[0].body, notices[0])
    count = len(notices)
    title = ngettext("{count} 条通知", "{count} 条通知", count).format(count=count)
    return title, "\n\n".join(
        _with_link(f"· {notice.title}\n{notice.body}".strip(), notice) for notice in notices
    )


def _with_link(text: str, notice: Notice) -> str:
    """Return a text with the whole address of what it is about, where this server knows its own."""
    if not (notice.url and settings.PUBLIC_ADDRESS):
        return text
    return f"{text}\n{settings.PUBLIC_ADDRESS}{notice.url}".strip()


def _address_for_sending(channel: Channel) -> str:
    """Return a channel's address in the form that the sending library reads."""
    patience = _patience()
    if channel.kind == Channel.Kind.MAIL:
        return mail_address(channel.address)
    if channel.kind == Channel.Kind.WEBHOOK:
        parts = urlsplit(channel.address)
        scheme = "jsons" if parts.scheme == "https" else "json"
        query = f"{parts.query}&{patience}" if parts.query else patience
        return f"{scheme}://{parts.netloc}{parts.path}?{query}"
    return f"{_SCHEMES[Channel.Kind(channel.kind)]}://{channel.address}/?{patience}"


def _check_address(kind: str, address: str) -> None:
    if kind == Channel.Kind.WEBHOOK:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.fragment
        why = _("应为 http 或 https 网址")
    else:
        fits = bool(_KEYS[kind].fullmatch(address))
        why = (
            _("应为邮箱地址，如 name@example.cn")
            if kind == Channel.Kind.MAIL
            else _("应为群机器人网址中的密钥：字母、数字、横线，不含网址其余部分")
        )
    if not fits:
        raise WrongInput(field=_("地址或密钥"), why=why)


def _check_quiet(start: time | None, end: time | None) -> None:
    if (start is None) != (end is None) or (start is not None and start == end):
        raise WrongInput(field=_("免打扰"), why=_("起止时间都要填写，且不能相同"))


def _waiting(channel: Channel) -> Any:
    return Delivery.objects.filter(channel=channel, state=Delivery.State.WAITING)
