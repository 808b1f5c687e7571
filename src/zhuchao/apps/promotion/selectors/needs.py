"""What leads ask of premises, as far as a person may see the leads."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from zhuchao.apps.zones.models import User

from ..models import Lead, LeadNeeds
from .leads import visible_leads


def visible_needs(actor: User | AnonymousUser | None) -> QuerySet[LeadNeeds]:
    """Return the needs of the leads this person may see."""
    rows = LeadNeeds.objects.select_related("lead__zone")
    return rows.filter(lead__in=visible_leads(actor).order_by().values("pk"))


def needs_of(lead: Lead) -> LeadNeeds | None:
    """Return what a lead that the caller may see asks of premises, None where nobody has said it yet; one query."""
    return LeadNeeds.objects.select_related("lead").filter(lead=lead).first()
