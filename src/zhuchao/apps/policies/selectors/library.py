"""国家政策库: what a pack of policy files offers a zone, beside what the zone has taken of it already."""

import difflib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhuchao.apps.core.errors import NotFound
from zhuchao.apps.core.wording import colon
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines import EngineError
from zhuchao.engines.rules import policies as engine
from zhuchao.engines.rules.files import read_policy
from zhuchao.engines.rules.writing import rules_of_versions, rules_within

from ..models import Policy, PolicyAdoption, PolicyPack, PolicyVersion
from .rules import FIELDS_FILE, shipped_pack, vocabulary

Actor = User | AnonymousUser | None
GRANT = "支持内容"
"""The clause that says what is granted; files have no number for it."""


class State(models.TextChoices):
    """Where a policy of a pack stands in a zone."""

    NEW = "new", gettext_lazy("未引入")
    NEWER = "newer", gettext_lazy("有新版本")
    DRAFT = "draft", gettext_lazy("草稿待发布")
    ADOPTED = "adopted", gettext_lazy("已引入")
    OWN = "own", gettext_lazy("本地已有")
    EXPIRED = "expired", gettext_lazy("已失效")


@dataclass(frozen=True, slots=True)
class Packed:
    """A policy of a pack: where it stands, what it says, and the rules of each version by its number."""

    file: str
    policy: engine.Policy
    rules: Mapping[int, str]

    def digest(self, version: engine.Version) -> str:
        """Return what tells one wording of a version from another; its tests and when it was looked at do not count."""
        said = [self.policy.title, self.policy.level, self.policy.department, repr(version.effective)]
        said += [repr(version.window), version.source.title, version.source.number, version.source.address]
        said.append(self.rules[version.number].partition(_TESTS)[0])
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


_TESTS = "\ntests:"  # what `rules_of_versions` writes last


@dataclass(frozen=True, slots=True)
class Unread:
    """A file of a pack that cannot be read, in the engine's words."""

    file: str
    error: EngineError


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it is read: its name (empty for the national one), its policies by id, and the files that are wrong."""

    name: str
    policies: Mapping[str, Packed]
    unread: tuple[Unread, ...] = ()


@dataclass(slots=True)
class Filed:
    """What a zone has under the id of a policy of a pack."""

    policy: Policy
    versions: list[PolicyVersion] = field(default_factory=list)
    adoptions: dict[int, PolicyAdoption] = field(default_factory=dict)

    @property
    def latest(self) -> PolicyVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def draft(self) -> PolicyVersion | None:
        return self.latest if self.latest is not None and not self.latest.is_published else None

    @property
    def published(self) -> PolicyVersion | None:
        """Return the version published last."""
        done = [version for version in self.versions if version.is_published]
        return done[-1] if done else None


@dataclass(frozen=True, slots=True)
class Item:
    """A policy of a pack for one zone: what stands there, its state, and the version that could be taken next."""

    packed: Packed
    state: State
    filed: Filed | None
    next: engine.Version | None
    shown: engine.Version

    @property
    def id(self) -> str:
        return self.packed.policy.id

    @property
    def is_open(self) -> bool:
        """Return whether it is taken when all are: what a zone has of its own is only taken when it is named."""
        return self.next is not None and self.state in (State.NEW, State.NEWER)


def get_pack(actor: Actor, zone: Zone, name: str = "") -> Pack:
    """Return a pack that a zone may take policies of; raises NotFound for a name that it does not have."""
    zones.require(actor, Verb.VIEW, Thing.POLICY, zone)
    if not name:
        return shipped()
    kept = uploaded_packs(actor, zone).filter(name=name).first()
    if kept is None:
        raise NotFound(what=_("该政策包"))
    return read_files(kept.files, name=kept.name)


def uploaded_packs(actor: Actor, zone: Zone) -> models.QuerySet[PolicyPack]:
    """Return the packs that were uploaded to a zone, by name."""
    return zones.in_zones(PolicyPack.objects.filter(zone=zone), actor, Thing.POLICY).order_by("name")


def shipped() -> Pack:
    """Return the national pack."""
    return read_folder(shipped_pack())


def read_folder(folder: Path) -> Pack:
    """Return the policies of a folder; read again only when a file has changed."""
    paths = sorted(folder.rglob("*.yaml"))
    marks = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
    return _folder(folder, marks)


@lru_cache(maxsize=8)
def _folder(folder: Path, marks: tuple[tuple[str, int, int], ...]) -> Pack:
    paths = [Path(name) for name, _changed, _size in marks]
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}
    return _read(tuple(texts.items()), "")


def read_files(files: Mapping[str, str], *, name: str = "") -> Pack:
    """Return the policies of some files, with the fields that every zone knows."""
    return _read(tuple(sorted(files.items())), name)


@lru_cache(maxsize=32)
def _read(files: tuple[tuple[str, str], ...], name: str) -> Pack:
    found: dict[str, Packed] = {}
    unread = []
    for path, text in files:
        if path.rpartition("/")[2] == FIELDS_FILE:
            continue
        try:
            policy = read_policy(text, vocabulary())
            if policy.id in found:
                message = f"another file is {policy.id} too"
                raise EngineError("id_twice", message, line=1, found=policy.id)
        except EngineError as error:
            unread.append(Unread(path, error))
            continue
        found[policy.id] = Packed(path, policy, MappingProxyType(rules_of_versions(text, clause_of)))
    return Pack(name, MappingProxyType(dict(sorted(found.items()))), tuple(unread))


def clause_of(place: int) -> str:
    """Return the clause of a condition whose source names none: its own number."""
    return f"条件{place}"


def library_of(zone: Zone, pack: Pack) -> list[Item]:
    """Return the policies of a pack with where each stands in a zone, as the files are ordered; four queries."""
    today = zones.today(zone)
    filed: dict[str, Filed] = {
        policy.key: Filed(policy) for policy in Policy.objects.filter(zone=zone, key__in=list(pack.policies))
    }
    by_pk = {one.policy.pk: one for one in filed.values()}
    for version in PolicyVersion.objects.filter(policy__in=list(by_pk)).order_by("number"):
        by_pk[version.policy_id].versions.append(version)
    kept = PolicyAdoption.objects.filter(version__policy__in=list(by_pk), pack=pack.name)
    for adoption in kept.select_related("version"):
        by_pk[adoption.version.policy_id].adoptions[adoption.version_id] = adoption
    return [_item(packed, filed.get(key), today) for key, packed in pack.policies.items()]


def get_item(zone: Zone, pack: Pack, key: str) -> Item:
    """Return one policy of a pack for a zone; raises NotFound."""
    if key not in pack.policies:
        raise NotFound(what=_("该政策"))
    (item,) = library_of(zone, Pack(pack.name, {key: pack.policies[key]}))
    return item


def _item(packed: Packed, filed: Filed | None, today: date) -> Item:
    versions = packed.policy.versions
    living = [one for one in versions if one.effective.last is None or one.effective.last >= today]
    shown = living[0] if living else versions[-1]
    if filed is None or not filed.versions:
        return Item(packed, State.NEW if living else State.EXPIRED, filed, shown, shown)
    taken = [filed.adoptions[one.pk] for one in filed.versions if one.pk in filed.adoptions]
    if not taken:
        # What a zone has of its own is never hidden by a version that has ended.
        usable = shown if living and filed.draft is None else None
        return Item(packed, State.OWN, filed, usable, shown)
    last = taken[-1]
    latest = filed.versions[-1]
    same = [one for one in living if one.number == last.pack_version and packed.digest(one) != last.digest]
    newer = [one for one in living if one.number > last.pack_version]
    if filed.draft is not None:
        of_pack = last.version_id == latest.pk
        if same and of_pack:
            return Item(packed, State.NEWER, filed, same[0], same[0])
        return Item(packed, State.DRAFT, filed, None, shown)
    coming = [*same, *newer]
    if coming:
        return Item(packed, State.NEWER, filed, coming[0], coming[0])
    return Item(packed, State.ADOPTED if living else State.EXPIRED, filed, None, shown)


def clauses_of_version(version: engine.Version) -> list[tuple[str, str]]:
    """Return the clauses of a version of a file, (number, text): conditions of one article are one clause."""
    found: dict[str, list[str]] = {}
    for place, condition in enumerate(version.conditions, start=1):
        found.setdefault(condition.article or clause_of(place), []).append(_line(condition.text))
    if version.benefit is not None:
        found.setdefault(GRANT, []).append(_line(version.benefit.text))
    return [(number, "；".join(texts)) for number, texts in found.items()]


def _line(text: str) -> str:
    return " ".join(text.replace("｜", "，").split())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: whether it stood before, stands now, or both."""

    kind: str
    text: str


def compared(
    item: Item, clauses: Sequence[tuple[str, str]], version: PolicyVersion | None, *, today: date
) -> list[Line]:
    """Return what a zone has beside what would be taken, line by line: same, old, new.

    Args:
        clauses: those of ``version``, the draft of the zone or else what it published last.
    """
    if item.next is None:
        return []
    facts = facts_of_version(item, item.next, today=today)
    wanted = lines_of(facts, clauses_of_version(item.next))
    had = [] if version is None else lines_of(_facts_kept(version), clauses)
    return list(_differences(had, wanted))


def _differences(had: Sequence[str], wanted: Sequence[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, had, wanted, autojunk=False)
    for kind, first, after, begin, end in matcher.get_opcodes():
        if kind == "equal":
            yield from (Line("same", line) for line in had[first:after])
        else:
            yield from (Line("old", line) for line in had[first:after])
            yield from (Line("new", line) for line in wanted[begin:end])


def lines_of(facts: Mapping[str, Any], clauses: Sequence[tuple[str, str]]) -> list[str]:
    """Return a version as lines that people compare: days and source, clauses, conditions and benefit as data."""
    labels = {field.name: field.verbose_name for field in PolicyVersion._meta.concrete_fields}
    said = [f"{colon(labels[name])}{facts[name] or '—'}" for name in _SHOWN]
    said += [f"{number} {text}" for number, text in clauses]
    return [*said, *(line for line in facts["rules"].splitlines() if line.strip())]


_SHOWN = ("effective_from", "effective_to", "window_open", "window_close", "document_no", "address")


def _facts_kept(version: PolicyVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in (*_SHOWN, "rules")}


def facts_of_version(item: Item, version: engine.Version, *, today: date) -> dict[str, Any]:
    """Return what a version of a file says as a version of a zone keeps it.

    A version begins on its own day; where the zone has one that began as late (the file was put right), it begins
    today, and the tests of days before fall away. A source that was looked at later than today is not confirmed yet.
    """
    source, first = version.source, version.effective.first
    last = item.filed.published if item.filed is not None else None
    if last is not None and first <= last.effective_from:
        first = max(today, last.effective_from + timedelta(days=1))
    rules = item.packed.rules[version.number]
    if first != version.effective.first:
        rules = rules_within(rules, engine.Span(first, version.effective.last))
    looked_at = source.verified_on
    if looked_at is not None and looked_at > today:
        looked_at = None
    confirmed = source.status is engine.Status.CONFIRMED and looked_at is not None
    return {
        "effective_from": first,
        "effective_to": version.effective.last,
        "window_open": version.window.first if version.window else None,
        "window_close": version.window.last if version.window else None,
        "document_no": (source.number or ("" if source.address else source.title))[:80],
        "address": source.address,
        "verified_on": looked_at,
        "source_status": PolicyVersion.SourceStatus.CONFIRMED
        if confirmed
        else PolicyVersion.SourceStatus.UNCONFIRMED,
        "rules": rules,
    }
