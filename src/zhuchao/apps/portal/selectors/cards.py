"""What the door adds to 今日."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhuchao.apps.core.wording import clauses, labelled
from zhuchao.apps.desk.selectors import Card, Urgency
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb

from .enquiries import waiting_enquiries

MOST = 15


def enquiry_cards(actor: User, zone: Zone, on: date) -> Iterator[Card]:
    """Yield the enquiries that wait for an answer, to those who may answer them."""
    if not zones.may(actor, Verb.CHANGE, Thing.ENQUIRY, zone):
        return
    ids = zones.zones_under(actor, zone, Thing.ENQUIRY)
    for enquiry in waiting_enquiries(actor, ids)[:MOST]:
        day = zones.day_of(enquiry.received_at)
        place = str(enquiry.unit) if enquiry.unit else _("未指定房源")
        why = [place, _("已有线索，请核对后跟进") if enquiry.joined else _("已自动建立线索")]
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
