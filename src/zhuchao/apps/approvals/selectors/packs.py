"""通用事项: the matters and themes that are shipped, read from their file, beside what a zone has of them."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import Department, Zone

from ..models import Matter, MatterDocument, MatterVersion
from .matter_versions import Paper, Step, papers_of, steps_of, versions_of

FILE = Path(__file__).resolve().parent.parent / "packs" / "matters.yaml"


class Standing(models.TextChoices):
    """Where a matter of the pack stands in a zone."""

    NEW = "new", _("未引入")
    DIFFERENT = "different", _("与本地不同")
    DRAFT = "draft", _("草稿待发布")
    SAME = "same", _("已引入")


@dataclass(frozen=True)
class PackedMatter:
    """A matter of the pack: what it is filed under, what its version says, its steps and documents."""

    code: str
    name: str
    kind: str
    department: str
    summary: str
    no_pledge: str
    facts: Mapping[str, Any]
    steps: tuple[Step, ...]
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class PackedTheme:
    """A theme of the pack: its questions, and its matters by code, each {"matter", "after", "when"}."""

    code: str
    name: str
    summary: str
    questions: tuple[Mapping[str, Any], ...]
    matters: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Pack:
    """What is shipped: matters and themes by code."""

    matters: Mapping[str, PackedMatter]
    themes: Mapping[str, PackedTheme]


@dataclass(frozen=True)
class Item:
    """A matter of the pack for one zone: what stands there, and the department that it would be of."""

    packed: PackedMatter
    standing: Standing
    matter: Matter | None
    department: Department | None


@lru_cache(maxsize=1)
def shipped_matters() -> Pack:
    """Return the matters and themes that are shipped."""
    said = yaml.safe_load(FILE.read_text("utf-8"))
    matters = [_matter(one, said["source"]) for one in said["matters"]]
    themes = [
        PackedTheme(one["code"], one["name"], one["summary"], tuple(one["questions"]), tuple(one["matters"]))
        for one in said["themes"]
    ]
    return Pack({one.code: one for one in matters}, {one.code: one for one in themes})


def _matter(said: Mapping[str, Any], source: str) -> PackedMatter:
    pledge = said.get("pledge", {})
    facts = {
        "legal_basis": said["basis"],
        "legal_days": said.get("legal_days"),
        "legal_day_kind": said.get("legal_day_kind", MatterVersion.DayKind.WORKING),
        "promised_working_days": Decimal(str(said["promised"])),
        "audience": said.get("audience", ""),
        "channel": said.get("channel", MatterVersion.Channel.WINDOW),
        "pledge_allowed": bool(pledge),
        "pledge_text": pledge.get("text", ""),
        "check_working_days": pledge.get("check_days"),
        "late_working_days": said.get("late_days"),
        "early_allowed": said.get("early", False),
        "hands_over": said.get("hands_over", False),
        "source": source,
    }
    papers = [_paper(line, MatterDocument.Direction.IN) for line in said.get("in", ())]
    papers += [_paper(line, MatterDocument.Direction.OUT) for line in said.get("out", ())]
    return PackedMatter(
        said["code"],
        said["name"],
        said["kind"],
        said["department"],
        said.get("summary", ""),
        said.get("no_pledge", ""),
        facts,
        tuple(Step(*line.split("｜")) for line in said["steps"]),
        tuple(papers),
    )


def _paper(line: str, direction: str) -> Paper:
    """Read a line of the file: name｜kind｜main or late｜note."""
    name, kind, *more = line.split("｜")
    is_late = more[:1] == ["late"]
    return Paper(name, direction, kind, not is_late, is_late, note=more[1] if len(more) > 1 else "")


def items_of(zone: Zone, pack: Pack) -> list[Item]:
    """Return the matters of a pack beside what a zone has under their codes, in the order of the pack."""
    known = {one.code: one for one in Matter.objects.filter(zone=zone, code__in=list(pack.matters))}
    departments = departments_of(zone)
    return [
        Item(
            one,
            _standing(one, known.get(one.code)),
            known.get(one.code),
            departments.get(name_key(one.department)),
        )
        for one in pack.matters.values()
    ]


def _standing(packed: PackedMatter, matter: Matter | None) -> Standing:
    latest = versions_of(matter).first() if matter is not None else None
    if latest is None:
        return Standing.NEW
    is_same = (
        all(getattr(latest, name) == value for name, value in packed.facts.items())
        and tuple(steps_of(latest)) == packed.steps
        and tuple(papers_of(latest)) == packed.papers
    )
    if not is_same:
        return Standing.DIFFERENT
    return Standing.SAME if latest.is_published else Standing.DRAFT


def departments_of(zone: Zone) -> dict[str, Department]:
    """Return the departments that a matter of a zone may be of, by their names without brackets; its own first."""
    rows = Department.objects.filter(zone__in=zones.lineage_ids(zone), is_active=True)
    found: dict[str, Department] = {}
    for row in sorted(rows, key=lambda one: (one.zone_id != zone.pk, one.pk)):
        found.setdefault(name_key(row.name), row)
    return found


def name_key(name: str) -> str:
    """Return what two ways to write a department's name have in common.

    >>> name_key("经发局（发改/工信）"), name_key(" 经发局(发改/工信)")
    ('经发局', '经发局')
    """
    return unicodedata.normalize("NFKC", name).partition("(")[0].strip()


def missing_departments(items: Sequence[Item]) -> list[str]:
    """Return the names of the departments that a zone lacks for matters of the pack, each once."""
    return list(dict.fromkeys(one.packed.department for one in items if one.department is None))
