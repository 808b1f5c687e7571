"""A file of firms against a pack of policies: partition by partition, so that what was done is never done again."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError
from zhuchao.engines import EngineError
from zhuchao.engines.rules.columns import Place, places_of_parquet
from zhuchao.engines.rules.listing import UNFINISHED, Counts, Listing, WholeFile, added_up, counts_of

from .packs import fields_file, pack_files, read_pack

MANIFEST, TABLE = "manifest.json", "counts.parquet"
_FORMAT = 1  # of the files that are written


class FactsRefused(DomainError):
    """The file of firms cannot be read as facts."""

    code = "policy_facts_refused"
    message = _("{file} 不能作为企业数据：{said}")
    next_step = _("请按 fields.yaml 中的字段与类型准备 Parquet 文件。")


class FactsChanged(DomainError):
    """The file of firms was written to while it was read."""

    code = "policy_facts_changed"
    message = _("{file} 在匹配过程中被改动，结果不可用。")
    next_step = _("请等文件写完后再运行，已有结果会重新计算。")


class OutRefused(DomainError):
    """The folder for the answers holds something else."""

    code = "policy_out_refused"
    message = _("{folder} 中已有其他文件，不能写入结果。")
    next_step = _("请给出一个空文件夹，或上次匹配的结果文件夹。")


class NothingInForce(DomainError):
    """No policy of the pack is in force on the day."""

    code = "policy_nothing_in_force"
    message = _("{day} 没有生效的政策。")
    next_step = _("请核对 --as-of 与政策的生效日期。")


class Engine(Protocol):
    """Makes partitions; the file of each is the same whichever engine makes it."""

    def make(
        self,
        listing: Listing,
        facts: Path,
        todo: Sequence[tuple[int, Place, Path]],
        told: Callable[[int], None],
    ) -> None:
        """Write each partition to its path, whole or not at all; tell how many more firms are answered."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What stands in the folder now; `kept` partitions were there before and `left_out` policies are not in force."""

    names: tuple[str, ...]
    counts: Counts
    partitions: int
    kept: int
    left_out: tuple[str, ...]


class Local:
    """Answers one partition after the other in this process."""

    def make(
        self,
        listing: Listing,
        facts: Path,
        todo: Sequence[tuple[int, Place, Path]],
        told: Callable[[int], None],
    ) -> None:
        for _number, place, path in todo:
            before = 0

            def more(rows: int) -> None:
                nonlocal before
                told(rows - before)
                before = rows

            listing.keep(facts, place, path, progress=more)


def match_pack(
    *,
    facts: Path,
    folder: Path,
    out: Path,
    as_of: date,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Matched:
    """Answer every policy of a folder for every firm of a Parquet file on one day, into a folder.

    `answers/part-*.parquet` list the firms that are eligible or unknown (row, policy, verdict), `counts.parquet` has one
    row a policy, `manifest.json` what it was made from. A partition is written whole or not at all; called again with
    the same input, what is there is kept, with another input all is made anew.

    Args:
        engine: makes the partitions; without one, this process.
        progress: told how many firms of all are answered.

    Raises:
        PackMissing, PackRefused, FactsRefused, FactsChanged, OutRefused, NothingInForce.
    """
    vocabulary, policies = read_pack(folder)
    versions = {name: policy.on(as_of) for name, policy in policies.items()}
    logics = {name: one.bound(as_of).verdict for name, one in versions.items() if one is not None}
    if not logics:
        raise NothingInForce(day=as_of)
    try:
        seen, places = _seen(facts), places_of_parquet(facts)
        hashed = _hash(facts)
    except (OSError, pa.ArrowInvalid) as error:
        raise FactsRefused(file=facts.name, said=error) from error
    listing = Listing(tuple(logics), tuple(logics.values()), tuple(vocabulary))
    total = sum(place.rows for place in places)
    inputs: dict[str, Any] = {
        "format": _FORMAT,
        "as_of": as_of.isoformat(),
        "facts": {"sha256": hashed, "rows": total},
        "fields": _hash(fields_file(folder)),
        "policies": {path.relative_to(folder).as_posix(): _hash(path) for path in pack_files(folder)},
        "partitions": [asdict(place) for place in places],
    }
    paths = _prepare(out, inputs, len(places))
    numbered = enumerate(zip(places, paths, strict=True))
    todo = [(number, place, path) for number, (place, path) in numbered if not path.exists()]
    done = total - sum(place.rows for _number, place, _path in todo)
    progress(done, total)

    def told(more: int) -> None:
        nonlocal done
        done += more
        progress(done, total)

    try:
        (engine or Local()).make(listing, facts, todo, told)
    except EngineError as error:
        raise FactsRefused(file=facts.name, said=error) from error
    _remove_unfinished(out)  # of a process that was killed, whose part another one made
    if _seen(facts) != seen:
        shutil.rmtree(out)
        raise FactsChanged(file=facts.name)
    counts = added_up(map(counts_of, paths), len(logics))
    _write_counts(out / TABLE, listing.names, counts)
    left_out = tuple(name for name, one in versions.items() if one is None)
    return Matched(listing.names, counts, len(places), len(places) - len(todo), left_out)


def _prepare(out: Path, inputs: dict[str, Any], partitions: int) -> list[Path]:
    """Make the folder ready for these inputs, emptied where it holds the answers of others; return its paths."""
    wanted = json.dumps(inputs, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    manifest = out / MANIFEST
    answers = out / "answers"
    if manifest.is_file():
        if manifest.read_text("utf-8") != wanted:
            manifest.unlink()
            (out / TABLE).unlink(missing_ok=True)
            shutil.rmtree(answers, ignore_errors=True)
    elif out.exists() and (not out.is_dir() or any(one.suffix != UNFINISHED for one in out.iterdir())):
        raise OutRefused(folder=out)
    out.mkdir(parents=True, exist_ok=True)
    if not manifest.is_file():
        with WholeFile(manifest) as unfinished:
            unfinished.write_text(wanted, encoding="utf-8")
    answers.mkdir(exist_ok=True)
    _remove_unfinished(out)
    return [answers / f"part-{number:05}.parquet" for number in range(partitions)]


def _remove_unfinished(out: Path) -> None:
    for left in out.rglob(f"*{UNFINISHED}"):
        left.unlink(missing_ok=True)


def _write_counts(path: Path, names: Sequence[str], counts: Counts) -> None:
    columns = {name: pa.array(getattr(counts, name), pa.int64()) for name in Counts._fields[1:]}
    with WholeFile(path) as unfinished:
        pq.write_table(pa.table({"policy": pa.array(names, pa.string()), **columns}), unfinished)


def _seen(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
