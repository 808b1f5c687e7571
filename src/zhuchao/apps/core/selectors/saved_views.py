"""Which views of a list a person sees: their own, and those the zone shares."""

from django.db import models
from django.db.models import Q, QuerySet

from ..models import SavedView


def visible_saved_views(actor: models.Model, *, scope: int, list_key: str) -> QuerySet[SavedView]:
    """Return the person's own views of a list in ``scope`` and the shared ones there, oldest first."""
    mine_or_shared = Q(owner_id=actor.pk) | Q(is_shared=True)
    return SavedView.objects.filter(mine_or_shared, scope=scope, list_key=list_key).order_by("pk")
