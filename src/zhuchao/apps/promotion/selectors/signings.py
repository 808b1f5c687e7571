"""What a lead signed for, and for which lead a unit was signed."""

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.models import EntryQuerySet
from zhuchao.apps.enterprises.selectors import RelatedGroup, RelatedRow
from zhuchao.apps.premises.models import Unit
from zhuchao.apps.premises.selectors import visible_signings
from zhuchao.apps.zones.models import User

from ..models import Lead, LeadSigning
from .leads import visible_leads

Actor = User | AnonymousUser | None
SHOWN = 20


def signings_of_lead(actor: Actor, lead: Lead) -> EntryQuerySet:
    """Return the signings of a lead in force, with their units and leases, newest first."""
    of_lead = LeadSigning.objects.filter(lead=lead).values("signing")
    rows = visible_signings(actor).live().filter(pk__in=of_lead).order_by("-happened_on", "-pk")
    return rows.prefetch_related("places__unit__site", "places__unit__building")


def leads_signed_for(actor: User | AnonymousUser, unit: Unit) -> RelatedGroup | None:
    """Return the leads that signed for a unit, newest first, as far as this person may see them."""
    signings = visible_signings(actor).live().filter(places__unit=unit)
    found = LeadSigning.objects.filter(
        signing__in=signings.order_by().values("pk"), lead__in=visible_leads(actor).order_by().values("pk")
    )
    rows = [
        RelatedRow(
            str(one.lead),
            reverse("lead-detail", args=[one.lead_id]),
            str(one.lead.get_stage_display()),
            one.signing.signed_for,
            one.signing.happened_on,
        )
        for one in found.select_related("lead", "signing").order_by("-signing__happened_on", "-pk")[:SHOWN]
    ]
    return RelatedGroup("signed-leads", _("签约项目"), rows) if rows else None
