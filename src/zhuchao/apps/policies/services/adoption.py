"""引入: policies of a pack taken into the policies of a zone, as drafts that a second person publishes."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhuchao.apps.core.errors import DomainError, NotFound, WrongInput
from zhuchao.apps.core.services import record_change, save_record
from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User, Zone
from zhuchao.apps.zones.selectors import Thing, Verb
from zhuchao.engines.rules import policies as engine
from zhuchao.engines.rules.checking import evaluator

from ..errors import PackFileWrong
from ..models import Policy, PolicyAdoption, PolicyPack, PolicyVersion
from ..selectors.library import (
    Item,
    Pack,
    State,
    Unread,
    clauses_of_version,
    facts_of_version,
    library_of,
    read_files,
    read_folder,
)
from ..selectors.rules import vocabulary
from ..wording import say
from .policies import add_policy, change_policy
from .versions import change_version, draft_version

MOST_FILES = 500
MOST_BYTES = 5_000_000
SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a policy of a pack: taken anew, taken in a newer version, or left (``said`` says why)."""

    id: str
    title: str
    action: str
    state: State
    policy_id: int | None = None
    version: int | None = None
    said: str = ""


def adopt(
    *,
    actor: User | None,
    zone: Zone,
    pack: Pack,
    ids: Sequence[str] = (),
    dry_run: bool = False,
) -> list[Taken]:
    """Take policies of a pack into a zone, each as a draft; return what became of each. Safe to repeat.

    Args:
        ids: the policies wanted; without, all that are new or newer. What a zone has of its own, and what has ended, is
            only taken when it is named here.

    One that cannot be taken is left, and says why; the others are taken. Raises NotFound for an id that the pack does
    not have.
    """
    for verb in (Verb.ADD, Verb.CHANGE):
        zones.require(actor, verb, Thing.POLICY, zone)
    missing = [one for one in ids if one not in pack.policies]
    if missing:
        raise NotFound(what=_("政策“%(id)s”") % {"id": missing[0][:64]})
    chosen = {key: pack.policies[key] for key in dict.fromkeys(ids)} if ids else pack.policies
    items = library_of(zone, Pack(pack.name, chosen))
    return [_taken(actor, zone, pack, item, named=bool(ids), dry_run=dry_run) for item in items]


def _taken(actor: User | None, zone: Zone, pack: Pack, item: Item, *, named: bool, dry_run: bool) -> Taken:
    title, kept = item.packed.policy.title, item.filed.policy.pk if item.filed else None
    if item.next is None or not (named or item.is_open):
        return Taken(item.id, title, "left", item.state, kept)
    action = "update" if item.filed is not None and item.filed.versions else "add"
    if dry_run:
        return Taken(item.id, title, action, item.state, kept)
    try:
        version = _draft(actor=actor, zone=zone, pack=pack, key=item.id)
    except DomainError as error:
        return Taken(item.id, title, "left", item.state, kept, said=str(error))
    if version is None:
        return Taken(item.id, title, "left", item.state, kept)
    return Taken(item.id, title, action, State.DRAFT, version.policy_id, version.number)


@transaction.atomic
def _draft(*, actor: User | None, zone: Zone, pack: Pack, key: str) -> PolicyVersion | None:
    """Draft the next version of one policy of a pack; None where somebody else has just done so."""
    # The zone's row is what two people who take the same policy race for.
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    (item,) = library_of(zone, Pack(pack.name, {key: pack.policies[key]}))
    if item.next is None:
        return None
    facts = facts_of_version(item, item.next, today=zones.today(zone))
    clauses = clauses_of_version(item.next)
    draft = item.filed.draft if item.filed else None
    if draft is not None:
        version = change_version(actor=actor, draft=draft, version=None, clauses=clauses, **facts)
    else:
        policy = _policy(actor=actor, zone=zone, item=item)
        version = draft_version(actor=actor, policy=policy, clauses=clauses, **facts)
    source = item.next.source
    PolicyAdoption.objects.update_or_create(
        version=version,
        defaults={
            "zone": zone,
            "pack": pack.name,
            "pack_policy": key,
            "pack_version": item.next.number,
            "digest": item.packed.digest(item.next),
            "source_title": source.title[:200],
            "source_article": source.article[:100],
            "source_note": source.note[:500],
        },
    )
    record_change(
        actor=actor,
        verb="adopt",
        rows=[version, version.policy],
        scope=zone.pk,
        pack=pack.name,
        key=key,
        number=item.next.number,
    )
    return version


def _policy(*, actor: User | None, zone: Zone, item: Item) -> Policy:
    """Return the policy of an item, entered where the zone has none, under the facts of its file where it came from one."""
    said = item.packed.policy
    facts: dict[str, Any] = {
        "title": said.title,
        "level": said.level,
        "department": said.department,
        "audiences": [word for word in said.object.split("、") if word],
        "summary": said.note[:500],
    }
    if item.filed is None:
        return add_policy(actor=actor, zone=zone, key=said.id, **facts)
    if item.state is State.OWN:  # what people entered stays under their words
        return item.filed.policy
    return change_policy(actor=actor, policy=item.filed.policy, version=None, **facts)


@transaction.atomic
def keep_pack(*, actor: User | None, zone: Zone, name: str, files: Iterable[tuple[str, bytes]]) -> PolicyPack:
    """Keep an uploaded pack under a name, in the place of the one that had it: .yaml files, or .zip files of them.

    Raises WrongInput for no name, no or too many files and what is no such file; PackFileWrong for the first file that
    cannot be read or whose own tests fail.
    """
    zones.require(actor, Verb.ADD, Thing.POLICY, zone)
    zone = Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    name = " ".join(name.split())
    if not 0 < len(name) <= 60:
        raise WrongInput(field=_("政策包名称"), why=_("请填写名称，不超过 60 字。"))
    texts = _texts(files)
    pack = read_files(texts, name=name)
    if pack.unread:
        raise wrong_file(pack.unread[0])
    _run_tests(pack)
    known = PolicyPack.objects.select_for_update(no_key=True).filter(zone=zone, name=name).first()
    if known is None:
        known = PolicyPack.objects.create(zone=zone, name=name, files=texts)
        record_change(actor=actor, verb="add", rows=[known], scope=zone.pk, name=name, files=len(texts))
    elif save_record(known, files=texts):
        record_change(actor=actor, verb="change", rows=[known], scope=zone.pk, name=name, files=len(texts))
    return known


def pack_of_folder(folder: Path) -> Pack:
    """Return the policies of a folder as a pack of its name.

    Raises PackFileWrong for the first file that cannot be read, and NotFound for a folder without any.
    """
    pack = replace(read_folder(folder), name=folder.resolve().name[:60])
    if pack.unread:
        raise wrong_file(pack.unread[0])
    if not pack.policies:
        raise NotFound(what=_("%(folder)s 中的政策文件") % {"folder": folder})
    return pack


def wrong_file(unread: Unread) -> PackFileWrong:
    """Return the refusal of a file that cannot be read."""
    return PackFileWrong(file=unread.file, said=say(unread.error))


def _run_tests(pack: Pack) -> None:
    """Refuse a pack of which a policy fails its own tests, or lacks one."""
    for one in pack.policies.values():
        failures = engine.check_policy(one.policy, vocabulary(), evaluator(vocabulary()))
        if failures:
            line = _("第 %(line)d 行：") % {"line": failures[0].line} if failures[0].line else ""
            raise PackFileWrong(file=one.file, said=line + failures[0].message)


def _texts(files: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Return the texts of uploaded files by their path; those of a .zip stand for themselves."""
    found: dict[str, str] = {}
    total = 0
    for path, data in _unpacked(files):
        total += len(data)
        if len(found) >= MOST_FILES or total > MOST_BYTES:
            raise WrongInput(
                field=_("文件"),
                why=_("最多 %(files)d 个文件，共 %(size)d MB。")
                % {"files": MOST_FILES, "size": MOST_BYTES // 1_000_000},
            )
        try:
            found[path] = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PackFileWrong(file=path, said=_("不是 UTF-8 编码的文本。")) from error
    if not found:
        raise WrongInput(field=_("文件"), why=_("没有 .yaml 政策文件。"))
    return dict(sorted(found.items()))


def _unpacked(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    for name, data in files:
        path = PurePosixPath(name.replace("\\", "/")).name
        if path.lower().endswith(".zip"):
            yield from _of_zip(path, data)
        elif path.lower().endswith((SUFFIX, ".yml")):
            yield path, data
        else:
            raise WrongInput(
                field=_("文件"), why=_("“%(name)s”不是 .yaml 或 .zip 文件。") % {"name": path[:80]}
            )


def _of_zip(name: str, data: bytes) -> Iterable[tuple[str, bytes]]:
    """Yield the policy files of a .zip; what is not one is passed over. No entry is read beyond what may be kept."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [
                one
                for one in archive.infolist()
                if not one.is_dir()
                and one.filename.lower().endswith((SUFFIX, ".yml"))
                and not PurePosixPath(one.filename).name.startswith(".")
            ]
            for entry in entries[: MOST_FILES + 1]:
                with archive.open(entry) as opened:
                    yield PurePosixPath(entry.filename).as_posix(), opened.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise WrongInput(
            field=_("文件"), why=_("“%(name)s”打不开，请重新压缩。") % {"name": name[:80]}
        ) from error
