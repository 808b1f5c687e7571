"""Versions of matters: what each says, with its steps and documents, and how two differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.wording import clauses, listed
from zhuchao.apps.enterprises.models import DocumentKind
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.selectors import Thing

from ..models import DRAFT, Matter, MatterDocument, MatterStep, MatterVersion
from .matters import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is said: its name, who takes it, what is done."""

    name: str
    by: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it is said, that goes into a matter or comes out of it."""

    name: str
    direction: str = MatterDocument.Direction.IN
    kind: str = DocumentKind.OTHER
    is_main: bool = True
    may_be_late: bool = False
    issuer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions say differently, in words; empty: not there."""

    label: str
    old: str
    new: str


def visible_versions(actor: Actor) -> QuerySet[MatterVersion]:
    """Return the versions of matters that this person may see."""
    rows = MatterVersion.objects.select_related("zone", "matter__department", "prepared_by", "published_by")
    return zones.in_zones(rows, actor, Thing.MATTER)


def get_matter_version(actor: Actor, pk: int) -> MatterVersion:
    """Return one version; raises NotFound when it is hidden or missing."""
    version = visible_versions(actor).filter(pk=pk).first()
    if version is None:
        raise NotFound(what=_("该事项版本"))
    return version


def versions_of(matter: Matter) -> QuerySet[MatterVersion]:
    """Return every version of a matter, the newest first."""
    rows = MatterVersion.objects.filter(matter=matter).select_related("zone", "prepared_by", "published_by")
    return rows.order_by("-number")


def draft_of(matter: Matter) -> MatterVersion | None:
    """Return the draft of a matter, if it has one."""
    return versions_of(matter).filter(state=DRAFT).first()


def steps_of(version: MatterVersion) -> list[Step]:
    """Return the steps of a version as they are said."""
    rows = MatterStep.objects.filter(version=version).order_by("position")
    return [Step(one.name, one.by, one.what) for one in rows]


def papers_of(version: MatterVersion) -> list[Paper]:
    """Return the documents of a version as they are said, those that go in first."""
    rows = MatterDocument.objects.filter(version=version).order_by("direction", "position")
    return [
        Paper(one.name, one.direction, one.kind, one.is_main, one.may_be_late, one.issuer, one.note)
        for one in rows
    ]


def days_said(days: Decimal | int | None, kind: str = MatterVersion.DayKind.WORKING) -> str:
    """Return a limit in words: at once for 0, ``—`` where none is said.

    >>> days_said(Decimal("1.5"))
    '1.5 个工作日'
    """
    if days is None:
        return "—"
    if not days:
        return _("即时办结")
    number = f"{Decimal(days).normalize():f}"
    many = 1 if days == 1 else 2
    if kind == MatterVersion.DayKind.CALENDAR:
        return ngettext("%(n)s 天", "%(n)s 天", many) % {"n": number}
    return ngettext("%(n)s 个工作日", "%(n)s 个工作日", many) % {"n": number}


def facts_said(version: MatterVersion) -> list[tuple[str, str, str]]:
    """Return what a version says besides steps and documents: (name of the field, label, words)."""
    label = _labels(MatterVersion)
    yes = {True: _("是"), False: _("否")}
    said: list[tuple[str, Any]] = [
        ("effective_from", version.effective_from.isoformat()),
        ("effective_to", version.effective_to.isoformat() if version.effective_to else _("长期有效")),
        ("legal_basis", version.legal_basis),
        ("legal_days", days_said(version.legal_days, version.legal_day_kind)),
        ("promised_working_days", days_said(version.promised_working_days)),
        ("audience", version.audience),
        ("channel", version.get_channel_display()),
        ("fee", version.fee or _("不收费")),
        ("pledge_allowed", yes[version.pledge_allowed]),
        ("pledge_text", version.pledge_text),
        ("check_working_days", version.check_working_days),
        ("late_working_days", version.late_working_days),
        ("early_allowed", yes[version.early_allowed]),
        ("hands_over", yes[version.hands_over]),
        ("source", version.source),
        ("source_status", version.get_source_status_display()),
        ("verified_on", version.verified_on.isoformat() if version.verified_on else ""),
    ]
    return [(name, label[name], "" if value is None else str(value)) for name, value in said]


def instruments_of(version: MatterVersion) -> list[str]:
    """Return which of the instruments that shorten a case a version declares: 告知承诺, 容缺受理, 提前预审, 跨省通办."""
    declared = (
        (version.pledge_allowed, _("告知承诺")),
        (any(one.may_be_late for one in papers_of(version)), _("容缺受理")),
        (version.early_allowed, _("提前预审")),
        (version.hands_over, _("跨省通办")),
    )
    return [word for is_declared, word in declared if is_declared]


def compared(old: MatterVersion, new: MatterVersion) -> list[Difference]:
    """Return what two versions of a matter say differently, in the order of the page."""
    found = [
        Difference(label, was, now)
        for (name, label, was), (_name, _label, now) in zip(facts_said(old), facts_said(new), strict=True)
        if was != now
    ]
    found += _rows_compared(_("步骤"), map(_step_said, steps_of(old)), map(_step_said, steps_of(new)))
    for direction in MatterDocument.Direction:
        was = [_paper_said(one) for one in papers_of(old) if one.direction == direction]
        now = [_paper_said(one) for one in papers_of(new) if one.direction == direction]
        found += _rows_compared(str(direction.label), was, now)
    return found


def _rows_compared(
    label: str, old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]
) -> list[Difference]:
    """Compare rows by their names: (name, all that is said of it)."""
    was, now = dict(old), dict(new)
    return [
        Difference(f"{label} · {name}", was.get(name, ""), now.get(name, ""))
        for name in dict.fromkeys((*was, *now))
        if was.get(name) != now.get(name)
    ]


def _step_said(one: Step) -> tuple[str, str]:
    return one.name, clauses((one.name, one.by, one.what))


def _paper_said(one: Paper) -> tuple[str, str]:
    parts = [one.name, DocumentKind(one.kind).label]
    if one.direction == MatterDocument.Direction.IN:
        parts.append(_("主要材料") if one.is_main else _("次要材料"))
        parts.append(_("可容缺") if one.may_be_late else "")
    return one.name, listed([*parts, one.issuer, one.note])


def _labels(model: type[models.Model]) -> dict[str, str]:
    return {
        field.name: str(getattr(field, "verbose_name", field.name)) for field in model._meta.concrete_fields
    }


def united_papers(versions: Sequence[MatterVersion]) -> list[tuple[Paper, list[MatterVersion]]]:
    """Return the documents that several matters ask for, each once, with the matters that ask for it.

    What is tied to a kind of the vault is the same where kind and name are; a document that one of them holds for a
    main one is a main one, and may be late only where all let it.
    """
    found: dict[tuple[str, str], tuple[Paper, list[MatterVersion]]] = {}
    for version in versions:
        for one in papers_of(version):
            if one.direction != MatterDocument.Direction.IN:
                continue
            known = found.get((one.kind, one.name))
            if known is None:
                found[one.kind, one.name] = (one, [version])
                continue
            first, asking = known
            is_main = first.is_main or one.is_main
            both = Paper(
                one.name,
                one.direction,
                one.kind,
                is_main,
                first.may_be_late and one.may_be_late and not is_main,
                first.issuer or one.issuer,
                first.note or one.note,
            )
            found[one.kind, one.name] = (both, [*asking, version])
    return list(found.values())


def is_in_force(version: MatterVersion, on: date) -> bool:
    """Return whether a published version holds on a day, as far as its own days say."""
    ends = version.effective_to is None or version.effective_to >= on
    return version.is_published and version.effective_from <= on and ends
