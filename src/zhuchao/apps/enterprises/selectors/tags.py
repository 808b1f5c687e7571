"""What is said of a firm, by whom and since when."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing

from ..models import EnterpriseTag


def visible_tags(actor: User | AnonymousUser | None) -> QuerySet[EnterpriseTag]:
    """Return the tag entries this person may see. Every read for a request starts here."""
    rows = EnterpriseTag.objects.select_related("enterprise", "recorded_by", "evidence")
    return zones.in_zones(rows, actor, Thing.ENTERPRISE)


def get_tag(actor: User | AnonymousUser | None, pk: int) -> EnterpriseTag:
    """Return a tag entry; raises NotFound when it is hidden or missing."""
    tag = visible_tags(actor).select_related("zone").filter(pk=pk).first()
    if tag is None:
        raise NotFound(what=_("该标签"))
    return tag


def tags_of(actor: User | AnonymousUser | None, ids: Sequence[int]) -> QuerySet[EnterpriseTag]:
    """Return the live tags of a firm's family, the newest first."""
    return visible_tags(actor).live().filter(enterprise__in=ids)  # type: ignore[attr-defined]
