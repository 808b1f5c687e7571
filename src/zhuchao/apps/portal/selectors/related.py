"""What was asked at the door of one lead or by one firm, for the page of each."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import clauses
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.promotion.models import Lead
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User

from ..models import Door, Enquiry
from .enquiries import visible_enquiries
from .offers import open_doors, public_units
from .policies import public_policies

SHOWN = 20


def enquiries_of_lead(actor: User | AnonymousUser, lead: Lead) -> RelatedGroup | None:
    """Return the enquiries that became a lead or joined it, newest first, each with the public page it came from."""
    rows = list(visible_enquiries(actor).filter(lead=lead)[:SHOWN])
    if not rows:
        return None
    door = open_doors().filter(zone=lead.zone).first()
    public: set[int] = set()
    if door is not None:
        asked = [row.unit_id for row in rows if row.unit_id]
        public = set(
            public_units(lead.zone, zones.today(lead.zone)).filter(pk__in=asked).values_list("pk", flat=True)
        )

    def links(row: Enquiry) -> list[tuple[str, str]]:
        if door is None or (row.unit_id and row.unit_id not in public):
            return []
        if row.policy_id:
            return _policy_links(door, row)
        if row.unit_id:
            return [(gettext("公开页面"), reverse("public-unit", args=[door.slug, row.unit_id]))]
        return [(gettext("公开页面"), reverse("public-units", args=[door.slug]))]

    return RelatedGroup(
        "enquiries",
        _("网上咨询"),
        [
            RelatedRow(
                row.need,
                reverse("enquiry-detail", args=[row.pk]),
                gettext("待答复") if row.is_waiting else gettext("已答复"),
                clauses(
                    [
                        row.number,
                        f"{timezone.localtime(row.received_at):%H:%M}",
                        row.about or gettext("未指定房源"),
                        gettext("扫码进入") if row.by_code else gettext("公开页面"),
                    ]
                ),
                zones.day_of(row.received_at),
                links(row),
            )
            for row in rows
        ],
    )


def _policy_links(door: Door, row: Enquiry) -> list[tuple[str, str]]:
    if not door.shows_policies or row.policy_id is None:
        return []
    if not public_policies(door.zone, zones.today(door.zone)).filter(pk=row.policy_id).exists():
        return []
    return [(gettext("公开页面"), reverse("public-policy", args=[door.slug, row.policy_id]))]


def enquiries_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return what was asked about policies in the name of a firm, the latest first."""
    rows = visible_enquiries(actor).filter(enterprise__in=enterprise_ids)[:SHOWN]
    return RelatedGroup(
        "policy_enquiries",
        _("政策咨询"),
        [
            RelatedRow(
                row.about,
                reverse("enquiry-detail", args=[row.pk]),
                gettext("待答复") if row.is_waiting else gettext("已答复"),
                row.need,
                zones.day_of(row.received_at),
            )
            for row in rows
        ],
    )
