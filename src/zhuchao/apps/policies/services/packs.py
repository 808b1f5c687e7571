"""Policy packs: folders of policy files, read strictly, with the tests and the age of each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhuchao.apps.core.errors import DomainError
from zhuchao.engines import EngineError
from zhuchao.engines.rules.checking import evaluator
from zhuchao.engines.rules.fields import Vocabulary
from zhuchao.engines.rules.files import read_policy, read_vocabulary
from zhuchao.engines.rules.policies import Policy, Status, Version, check_policy

from ..selectors.rules import FIELDS_FILE, shipped_pack


class PackMissing(DomainError):
    """There is no folder of policies here."""

    code = "policy_pack_missing"
    message = _("{folder} 中没有政策文件。")
    next_step = _("请给出放有 .yaml 政策文件的文件夹。")


class PackRefused(DomainError):
    """A file of the pack cannot be read."""

    code = "policy_pack_refused"
    message = _("{file} 第 {line} 行有误：{said}")
    next_step = _("请先运行 zhuchao policies check 并改正。")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file, in the engine's own words; line 0 is the file as a whole."""

    file: str
    line: int
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a reader of a policy must know: what was not confirmed, or not looked at for long."""

    file: str
    policy: str
    version: int
    condition: str = ""
    verified_on: date | None = None


@dataclass(slots=True)
class Checked:
    """What a check of a pack found; `problems` fail it, the others do not."""

    policies: int = 0
    versions: int = 0
    tests: int = 0
    problems: list[Problem] = field(default_factory=list)
    stale: list[Notice] = field(default_factory=list)
    unconfirmed: list[Notice] = field(default_factory=list)


def pack_files(folder: Path) -> list[Path]:
    """Return the policy files below a folder in the order of their paths; raises PackMissing where there are none."""
    files = sorted(
        (path for path in folder.rglob("*.yaml") if path != folder / FIELDS_FILE),
        key=lambda path: path.relative_to(folder).parts,
    )
    if not files:
        raise PackMissing(folder=folder)
    return files


def fields_file(folder: Path) -> Path:
    """Return where the fields of a pack stand: its own file, else that of the shipped pack."""
    own = folder / FIELDS_FILE
    return own if own.is_file() else shipped_pack() / FIELDS_FILE


def read_pack(folder: Path) -> tuple[Vocabulary, dict[str, Policy]]:
    """Return the fields and the policies of a folder by id, in order of the ids.

    Raises PackMissing; PackRefused at the first file that cannot be read.
    """
    found: dict[str, Policy] = {}
    vocabulary = _vocabulary(fields_file(folder))
    if isinstance(vocabulary, Problem):
        raise _refusal(vocabulary)
    for path in pack_files(folder):
        policy = _read(path, folder, vocabulary)
        if isinstance(policy, Problem):
            raise _refusal(policy)
        if policy.id in found:
            raise _refusal(_twice(path, folder, policy.id))
        found[policy.id] = policy
    return vocabulary, dict(sorted(found.items()))


def check_pack(folder: Path, *, on: date, stale_days: int) -> Checked:
    """Read every policy of a folder, run the tests that travel with each, and tell all that is wrong.

    Args:
        on: day from which the age of `verified_on` is counted.
        stale_days: a source last looked at longer ago than this, or never, is stale; days.
    """
    checked = Checked()
    files = pack_files(folder)
    vocabulary = _vocabulary(fields_file(folder))
    if isinstance(vocabulary, Problem):
        checked.problems.append(vocabulary)
        return checked
    evaluate, seen = evaluator(vocabulary), set()
    for path in files:
        policy = _read(path, folder, vocabulary)
        if isinstance(policy, Problem):
            checked.problems.append(policy)
            continue
        name = path.relative_to(folder).as_posix()
        if policy.id in seen:
            checked.problems.append(_twice(path, folder, policy.id))
        seen.add(policy.id)
        checked.policies += 1
        checked.versions += len(policy.versions)
        checked.tests += len(policy.tests)
        try:
            failures = check_policy(policy, vocabulary, evaluate)
        except EngineError as error:
            checked.problems.append(_problem(name, error))
            continue
        checked.problems += [Problem(name, one.line, one.code, one.message) for one in failures]
        for version in policy.versions:
            verified = version.source.verified_on
            if verified is None or (on - verified).days > stale_days:
                checked.stale.append(Notice(name, policy.id, version.number, verified_on=verified))
            checked.unconfirmed += _unconfirmed(name, policy, version)
    return checked


def _unconfirmed(name: str, policy: Policy, version: Version) -> Iterator[Notice]:
    """Yield a version that was not read at its source, or the conditions of one that were not."""
    if version.source.status is Status.UNCONFIRMED:
        yield Notice(name, policy.id, version.number, verified_on=version.source.verified_on)
        return
    for condition in version.conditions:
        if condition.status is Status.UNCONFIRMED:
            yield Notice(name, policy.id, version.number, condition.id, version.source.verified_on)


def _vocabulary(path: Path) -> Vocabulary | Problem:
    try:
        return read_vocabulary(_text(path))
    except EngineError as error:
        return _problem(path.name, error)


def _read(path: Path, folder: Path, vocabulary: Vocabulary) -> Policy | Problem:
    try:
        return read_policy(_text(path), vocabulary)
    except EngineError as error:
        return _problem(path.relative_to(folder).as_posix(), error)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EngineError("file_malformed", f"it cannot be read as UTF-8: {error}", line=1) from error


def _problem(name: str, error: EngineError) -> Problem:
    line = error.data.get("line", 0)
    number = line if isinstance(line, int) else 0
    return Problem(name, number, error.code, str(error).removeprefix(f"line {number}: "))


def _twice(path: Path, folder: Path, policy: str) -> Problem:
    return Problem(path.relative_to(folder).as_posix(), 1, "id_twice", f"another file is {policy} too")


def _refusal(problem: Problem) -> PackRefused:
    return PackRefused(file=problem.file, line=problem.line, said=problem.said)
