"""What promotion knows of a firm and of a unit: leads, and the activities that met them. And what others know of a lead.

A higher app calls ``register(provider)`` in its ``AppConfig.ready()``. The provider gets the person who asks and the
lead, and returns a group of rows that this person may see, or None when it has nothing to show.
"""

from collections.abc import Callable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, F, IntegerField, When
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.premises.models import ClusterTarget, Unit
from zhuchao.apps.zones.models import User

from ..models import ActivityParty, Lead
from .activities import visible_activities
from .leads import visible_leads
from .matching import Fit, match_unit

SHOWN = 20
FIRST = 5

LeadProvider = Callable[[User | AnonymousUser, Lead], RelatedGroup | None]

_providers: list[LeadProvider] = []


def register(provider: LeadProvider) -> None:
    """Add a provider of what is related to a lead; the same one twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def related_to(actor: User | AnonymousUser, lead: Lead) -> list[RelatedGroup]:
    """Return what every registered app has on a lead, in the order of registering."""
    groups = (provider(actor, lead) for provider in _providers)
    return [group for group in groups if group is not None and group.rows]


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


def leads_for_unit(actor: User | AnonymousUser, unit: Unit) -> RelatedGroup | None:
    """Return the leads that a vacant unit suits best, with why, as far as this person may see them."""
    match = match_unit(actor, unit, limit=FIRST) if unit.is_vacant else None
    if match is None:
        return None
    rows = [
        RelatedRow(
            str(fit.lead),
            reverse("lead-match", args=[fit.lead.pk]),
            gettext("%(score)s 分") % {"score": f"{fit.score.normalize():f}"},
            _reasons(fit),
        )
        for fit in (*match.fits, *match.asks)[:FIRST]
    ]
    more = reverse("unit-leads", args=[unit.pk])
    return RelatedGroup("unit-leads", _("匹配项目"), rows, more) if rows else None


def _reasons(fit: Fit) -> str:
    """Return in one line what is met, and what is not or not known."""
    said = gettext("%(n)s 项条件，满足 %(met)s 项") % {"n": len(fit.rows), "met": fit.met}
    return listed([said, *(" ".join(filter(None, (row.label, row.word, row.gap))) for row in fit.reasons)])


def leads_for_cluster(actor: User | AnonymousUser | None, target: ClusterTarget) -> RelatedGroup | None:
    """Return the leads of a cluster target's sector that are in talks, those nearest to signing first."""
    if target.sector is None:
        return None
    nearness = Case(When(stage=Lead.Stage.AGREEING, then=0), default=1, output_field=IntegerField())
    leads = (
        visible_leads(actor)
        .filter(
            zone_id=target.zone_id,
            sector=target.sector,
            stage__in=(Lead.Stage.TALKING, Lead.Stage.AGREEING),
        )
        .order_by(nearness, F("next_action_on").asc(nulls_last=True), "pk")[:SHOWN]
    )
    rows = [
        RelatedRow(
            lead.name,
            reverse("lead-detail", args=[lead.pk]),
            str(lead.get_stage_display()),
            lead.next_action,
            lead.next_action_on,
        )
        for lead in leads
    ]
    return RelatedGroup("leads", _("在谈线索"), rows) if rows else None
