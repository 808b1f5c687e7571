"""The catalogue: the matters and themes that a person may see, and which version of a matter holds on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.selectors.search import MOST, matching_row_ids
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing

from ..models import DRAFT, PUBLISHED, Matter, MatterDocument, MatterVersion, Theme, ThemeMatter
from .versions import version_on

Actor = User | AnonymousUser | None
MATTER = "approvals.matter"
SAID = (
    *("promised_working_days", "legal_days", "legal_day_kind", "channel", "source_status", "number"),
    *("pledge_allowed", "early_allowed", "hands_over", "effective_from"),
)
"""What a list says of the version that holds."""


def visible_matters(actor: Actor) -> QuerySet[Matter]:
    """Return the matters this person may see."""
    return zones.in_zones(Matter.objects.select_related("zone", "department"), actor, Thing.MATTER)


def get_matter(actor: Actor, pk: int) -> Matter:
    """Return one matter; raises NotFound when it is hidden or missing."""
    matter = visible_matters(actor).filter(pk=pk).first()
    if matter is None:
        raise NotFound(what=_("该事项"))
    return matter


def matter_version_on(matter: Matter, on: date) -> MatterVersion | None:
    """Return the published version of a matter that holds on a day."""
    return version_on(MatterVersion.objects.filter(matter=matter), on)


def with_version(rows: QuerySet[Matter], on: date) -> QuerySet[Any]:
    """Add to matters what the version that holds on a day says: ``held_id``, ``held_…`` of SAID, ``takes_late``,
    ``has_draft``."""
    begun = MatterVersion.objects.filter(matter=OuterRef("pk"), state=PUBLISHED, effective_from__lte=on)
    rows = rows.annotate(last_id=Subquery(begun.order_by("-effective_from", "-number").values("pk")[:1]))
    held = MatterVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gte=on), pk=OuterRef("last_id")
    )
    late = MatterDocument.objects.filter(version=OuterRef("last_id"), may_be_late=True)
    drafts = MatterVersion.objects.filter(matter=OuterRef("pk"), state=DRAFT)
    said = {f"held_{name}": Subquery(held.values(name)[:1]) for name in SAID}
    return rows.annotate(
        held_id=Subquery(held.values("pk")[:1]), takes_late=Exists(late), has_draft=Exists(drafts), **said
    )


def listed_matters(actor: Actor, zone: Zone, on: date) -> QuerySet[Any]:
    """Return the matters of a zone and the zones below it with what the version of a day says."""
    rows = visible_matters(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.MATTER))
    return with_version(rows, on)


def searched_matters(rows: QuerySet[Any], scopes: Sequence[int], text: str) -> QuerySet[Any]:
    """Narrow matters to those found by name, pinyin initials, code, department or document."""
    ids = matching_row_ids(MATTER, scopes, text)
    return rows.filter(pk__in=ids) if len(ids) < MOST else rows.filter(name__icontains=text)


def departments_in_use(actor: Actor, zone: Zone) -> list[tuple[str, str]]:
    """Return (id, name) of the departments that a zone's matters are of."""
    rows = visible_matters(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.MATTER))
    found = rows.filter(department__isnull=False).order_by("department__name")
    return [(str(pk), name) for pk, name in found.values_list("department_id", "department__name").distinct()]


def visible_themes(actor: Actor) -> QuerySet[Theme]:
    """Return the themes this person may see."""
    return zones.in_zones(Theme.objects.select_related("zone"), actor, Thing.MATTER)


def get_theme(actor: Actor, pk: int) -> Theme:
    """Return one theme; raises NotFound when it is hidden or missing."""
    theme = visible_themes(actor).filter(pk=pk).first()
    if theme is None:
        raise NotFound(what=_("该主题"))
    return theme


def listed_themes(actor: Actor, zone: Zone) -> QuerySet[Any]:
    """Return the themes of a zone and the zones below it with how many matters each has."""
    rows = visible_themes(actor).filter(zone_id__in=zones.zones_under(actor, zone, Thing.MATTER))
    return rows.annotate(matter_count=Count("matters"))


def rows_of_theme(theme: Theme) -> list[ThemeMatter]:
    """Return the matters of a theme in order, each with its department and the matter it waits for."""
    rows = ThemeMatter.objects.filter(theme=theme)
    return list(rows.select_related("matter__department", "after__matter").order_by("position"))


def own_or_above(actor: Actor, zone: Zone) -> QuerySet[Matter]:
    """Return the open matters that can be asked for in a zone: its own and those of the zones above it."""
    return visible_matters(actor).filter(zone_id__in=zones.lineage_ids(zone), is_open=True)
