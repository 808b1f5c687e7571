"""办事指南: the matters and themes that anybody may read, those that can be asked for today at a zone whose door is open."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhuchao.apps.approvals.models import Matter, MatterVersion, Theme
from zhuchao.apps.approvals.selectors.matter_versions import Paper, Step, papers_of, steps_of, united_papers
from zhuchao.apps.approvals.selectors.matters import matter_version_on, rows_of_theme, with_version
from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Zone


@dataclass(frozen=True)
class Guide:
    """How a matter is handled today: its version, the steps, what to bring and what one gets."""

    matter: Matter
    version: MatterVersion
    steps: tuple[Step, ...]
    brought: tuple[Paper, ...]
    issued: tuple[Paper, ...]


@dataclass(frozen=True)
class ThemeGuide:
    """How several matters are handled as one: which, and what to bring, each document once."""

    theme: Theme
    guides: tuple[Guide, ...]
    brought: tuple[Paper, ...]


def public_matters(zone: Zone, on: date, text: str = "") -> QuerySet[Any]:
    """Return the matters that can be asked for in a zone on a day, its own and those of the zones above it."""
    rows = Matter.objects.filter(zone_id__in=zones.lineage_ids(zone), is_open=True).select_related(
        "department"
    )
    found = with_version(rows, on).filter(held_id__isnull=False)
    if text:
        found = found.filter(name__icontains=text) | found.filter(department__name__icontains=text)
    return found.order_by("department__name", "name", "pk")


def public_themes(zone: Zone, text: str = "") -> QuerySet[Theme]:
    """Return the themes that can be asked for in a zone."""
    rows = Theme.objects.filter(zone_id__in=zones.lineage_ids(zone), is_open=True, matters__isnull=False)
    return (rows.filter(name__icontains=text) if text else rows).distinct().order_by("name", "pk")


def get_guide(zone: Zone, on: date, pk: int) -> Guide:
    """Return the guide of one matter; raises NotFound for any other, whether or not it exists."""
    matter = public_matters(zone, on).filter(pk=pk).first()
    guide = _guide(matter, on) if matter is not None else None
    if guide is None:
        raise NotFound(what=_("该事项"))
    return guide


def get_theme_guide(zone: Zone, on: date, pk: int) -> ThemeGuide:
    """Return the guide of one theme; raises NotFound for any other, and for one of which no matter is in force."""
    theme = public_themes(zone).filter(pk=pk).first()
    rows = rows_of_theme(theme) if theme is not None else []
    found = [guide for row in rows if row.matter.is_open and (guide := _guide(row.matter, on)) is not None]
    if theme is None or not found:
        raise NotFound(what=_("该主题"))
    brought = tuple(paper for paper, _asking in united_papers([one.version for one in found]))
    return ThemeGuide(theme, tuple(found), brought)


def _guide(matter: Matter, on: date) -> Guide | None:
    version = matter_version_on(matter, on)
    if version is None:
        return None
    papers = papers_of(version)
    return Guide(
        matter,
        version,
        tuple(steps_of(version)),
        tuple(one for one in papers if one.direction == "in"),
        tuple(one for one in papers if one.direction == "out"),
    )
