"""What promotion knows of a firm: the leads it stands behind, and the activities that met it."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.zones.models import User

from ..models import ActivityParty
from .activities import visible_activities
from .leads import visible_leads

SHOWN = 20


def leads_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the leads tied to a firm, as far as this person may see them."""
    leads = visible_leads(actor).filter(enterprise_id__in=enterprise_ids).order_by("-found_on", "-pk")[:SHOWN]
    rows = [
        RelatedRow(
            lead.name,
            reverse("lead-detail", args=[lead.pk]),
            str(lead.get_stage_display()),
            str(lead.owner or ""),
            lead.stage_since,
        )
        for lead in leads
    ]
    return RelatedGroup("leads", _("招商线索"), rows) if rows else None


def activities_of_firm(actor: User | AnonymousUser, enterprise_ids: Sequence[int]) -> RelatedGroup | None:
    """Return the activities in force that met a firm, newest first, as far as this person may see them."""
    met = ActivityParty.objects.filter(enterprise_id__in=enterprise_ids).values("activity_id")
    activities = visible_activities(actor).live().filter(pk__in=met).order_by("-happened_on", "-pk")[:SHOWN]
    rows = [
        RelatedRow(
            activity.title,
            reverse("activity-detail", args=[activity.pk]),
            str(activity.get_kind_display()),
            activity.place,
            activity.happened_on,
        )
        for activity in activities
    ]
    return RelatedGroup("activities", _("招商活动"), rows) if rows else None
