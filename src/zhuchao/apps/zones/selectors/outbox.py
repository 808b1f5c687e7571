"""What a person is told, how they want to hear it, and what became of each attempt."""

from datetime import datetime, time, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound

from ..models import Channel, Delivery, Notice, SendAttempt, User, Zone
from .clock import now
from .permissions import Thing, in_zones

DIGEST_AT = time(8, 30)
MONDAY = 0


def visible_notices(actor: User | AnonymousUser | None) -> QuerySet[Notice]:
    """Return what this person has been told and nobody else: a notice is between the house and one person."""
    if not isinstance(actor, User):
        return Notice.objects.none()
    return Notice.objects.filter(user=actor, due_at__lte=_latest(actor)).select_related("zone")


def unread_count(actor: User | AnonymousUser | None) -> int:
    """Return how many notices wait to be read; counting stops at 100."""
    return visible_notices(actor).filter(read_at__isnull=True).order_by().values("pk")[:100].count()


def get_notice(actor: User | AnonymousUser | None, pk: int) -> Notice:
    """Return a notice of this person's; raises NotFound."""
    notice = visible_notices(actor).filter(pk=pk).first()
    if notice is None:
        raise NotFound(what=_("该通知"))
    return notice


def channels_of(actor: User | AnonymousUser | None) -> QuerySet[Channel]:
    """Return the ways in which this person wants to be reached; another's are nobody's business."""
    if not isinstance(actor, User):
        return Channel.objects.none()
    return Channel.objects.filter(user=actor)


def get_channel(actor: User | AnonymousUser | None, pk: int) -> Channel:
    """Return one of this person's channels; raises NotFound."""
    channel = channels_of(actor).filter(pk=pk).first()
    if channel is None:
        raise NotFound(what=_("该通知方式"))
    return channel


def visible_deliveries(actor: User | AnonymousUser | None) -> QuerySet[Delivery]:
    """Return the notices on their way in the zones whose outbox this person looks after."""
    rows = Delivery.objects.select_related("notice", "channel__user", "zone")
    return in_zones(rows, actor, Thing.OUTBOX)


def get_delivery(actor: User | AnonymousUser | None, pk: int) -> Delivery:
    """Return a notice on its way; raises NotFound when it is hidden or missing."""
    delivery = visible_deliveries(actor).filter(pk=pk).first()
    if delivery is None:
        raise NotFound(what=_("该发送记录"))
    return delivery


def attempts_of(channel: Channel, most: int = 20) -> QuerySet[SendAttempt]:
    """Return the newest attempts to reach somebody through a channel."""
    return SendAttempt.objects.filter(channel=channel).order_by("-pk")[:most]


def sending_time(channel: Channel, after: datetime, *, is_urgent: bool = False) -> datetime:
    """Return when a notice goes out that may go ``after`` a moment.

    What is urgent goes at once. A digest goes at 8:30 on a day, or on a Monday; anything else waits until the quiet
    hours end. All hours are those of Asia/Shanghai.
    """
    if is_urgent:
        return after
    local = timezone.localtime(after, timezone.get_default_timezone())
    if channel.rhythm != Channel.Rhythm.AT_ONCE:
        moment = datetime.combine(local.date(), DIGEST_AT, local.tzinfo)
        weekly = channel.rhythm == Channel.Rhythm.WEEKLY
        while moment < local or (weekly and moment.weekday() != MONDAY):
            moment += timedelta(days=1)
        local = moment
    return _after_quiet(channel, local)


def _after_quiet(channel: Channel, local: datetime) -> datetime:
    start, end = channel.quiet_from, channel.quiet_to
    if start is None or end is None:
        return local
    clock = local.time()
    over_night = start > end
    quiet = (clock >= start or clock < end) if over_night else start <= clock < end
    if not quiet:
        return local
    day = local.date() + timedelta(days=over_night and clock >= start)
    return datetime.combine(day, end, local.tzinfo)


def _latest(actor: User) -> datetime:
    """Return the latest of the clocks of a person's zones: a demo zone lives on a day of its own."""
    zones = Zone.objects.filter(memberships__user=actor).distinct()
    return max((now(zone) for zone in zones), default=timezone.now())
