"""What the door adds to 今日."""

from collections.abc import Iterator
from datetime import date, datetime, time

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses, labelled
from zhuchao.apps.desk.selectors import Card, Urgency
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Enquiry
from .doors import silent_screens
from .enquiries import waiting_enquiries
from .explained import label_of_field
from .proposals import waiting_proposals

MOST = 15


def enquiry_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Yield the enquiries that wait for an answer, to those who may answer them.

    One about a policy is first its owner's alone, and everybody's once a day has passed. Premises are for those who
    look after leads.
    """
    if not zones.may(actor, Verb.CHANGE, Thing.ENQUIRY, zone):
        return
    ids = zones.zones_under(actor, zone, Thing.ENQUIRY)
    rows = waiting_enquiries(actor, ids)
    if not zones.may(actor, Verb.CHANGE, Thing.LEAD, zone):
        rows = rows.filter(kind=Enquiry.Kind.POLICY)
    others = Q(kind=Enquiry.Kind.POLICY) & ~Q(owner=None) & ~Q(owner=actor)
    for enquiry in rows.exclude(others & Q(received_at__gte=_midnight(on)))[:MOST]:
        day = zones.day_of(enquiry.received_at)
        why = [enquiry.about or _("未指定房源"), _what_became(enquiry)]
        yield Card(
            key=f"enquiry:{enquiry.pk}",
            urgency=Urgency.OVERDUE if day < on else Urgency.TODAY,
            title=labelled(enquiry.company, _("网上咨询")),
            why=clauses(why),
            url=reverse("enquiry-detail", args=[enquiry.pk]),
            verb=_("去答复"),
            day=day,
            kind=_("咨询"),
            light="red" if day < on else "amber",
        )


def proposal_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Yield what firms say of themselves and nobody has looked at, to those who may state facts of firms."""
    if not zones.may(actor, Verb.ADD, Thing.FILING, zone):
        return
    for proposal in waiting_proposals(actor, zones.zones_under(actor, zone, Thing.FILING))[:MOST]:
        day = zones.day_of(proposal.made_at)
        yield Card(
            key=f"proposal:{proposal.pk}",
            urgency=Urgency.OVERDUE if day < on else Urgency.TODAY,
            title=labelled(proposal.enterprise.name, _("企业填报更正")),
            why=clauses([label_of_field(proposal.field), proposal.value]),
            url=reverse("proposal-detail", args=[proposal.pk]),
            verb=_("去核对"),
            day=day,
            kind=_("企业填报"),
            light="red" if day < on else "amber",
        )


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time.min, timezone.get_default_timezone())


def _what_became(enquiry: Enquiry) -> str:
    if enquiry.enterprise:
        return _("名称与企业档案一致，未核实")
    return _("已有线索，请核对后跟进") if enquiry.joined else _("已自动建立线索")


def screen_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Yield the screens that fell silent, to those who see to the public pages."""
    if not zones.may(actor, Verb.CHANGE, Thing.PORTAL, zone):
        return
    for screen in silent_screens(actor, zones.zones_under(actor, zone, Thing.PORTAL))[:MOST]:
        assert screen.heard_at is not None  # that is what silent means
        day = zones.day_of(screen.heard_at)
        last = f"{timezone.localtime(screen.heard_at):%m-%d %H:%M}"
        yield Card(
            key=f"screen:{screen.pk}:{screen.heard_at:%Y%m%d%H%M}",
            urgency=Urgency.TODAY,
            title=_("大屏“%(screen)s”失联") % {"screen": screen},
            why=clauses([screen.place, _("最近心跳 %(moment)s") % {"moment": last}]),
            url=reverse("screen-detail", args=[screen.pk]),
            verb=_("查看屏幕"),
            day=day,
            kind=_("大屏"),
            light="amber",
        )
