"""Who is where: the units that somebody uses, with the firm, its tags and its industry."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from zhuchao.apps.core.wording import listed
from zhuchao.apps.enterprises.models import EnterpriseTag
from zhuchao.apps.enterprises.models.industries import show_industry

from ..models import Unit
from .places import Actor, visible_units
from .states import OCCUPIED, with_user


def tenancies(actor: Actor) -> QuerySet[Unit]:
    """Return the units that somebody uses or has signed for, with ``used_by`` and the firm's tags."""
    tags = Prefetch("occupant__tags", queryset=EnterpriseTag.objects.live().order_by("tag"))
    states = OCCUPIED - {Unit.State.RESERVED}
    return with_user(visible_units(actor)).filter(state__in=states).prefetch_related(tags)


def tags_shown(unit: Unit) -> str:
    """Return the tags of the firm in a unit as an enumeration, empty for none."""
    return listed(tags_of_tenant(unit))


def tags_of_tenant(unit: Unit) -> list[str]:
    """Return the tags of the firm in a unit, each once."""
    return list(dict.fromkeys(tag.tag for tag in unit.occupant.tags.all())) if unit.occupant else []


def industries_there(actor: Actor, zone_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Return the divisions of industry of the firms in the zones' units: code and name, by code."""
    codes = (
        visible_units(actor)
        .filter(zone_id__in=zone_ids)
        .exclude(occupant=None)
        .exclude(occupant__industry_code="")
        .order_by()
        .values_list("occupant__industry_code", flat=True)
        .distinct()
    )
    return [(code, show_industry(code)) for code in sorted({code[:3] for code in codes})]
