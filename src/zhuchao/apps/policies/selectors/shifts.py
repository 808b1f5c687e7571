"""What was reckoned of an edit, as the publish page shows it: who moves from where to where, and what the text changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from django.db.models import QuerySet

from zhuchao.apps.zones import selectors as zones
from zhuchao.apps.zones.models import User
from zhuchao.apps.zones.selectors import Thing, Verb

from ..models import Answer, FirmShift, PolicyVersion, VersionDiff
from .comparisons import ANSWERS
from .policies import clauses_of


@dataclass(frozen=True, slots=True)
class Cell:
    """Firms that had one answer and have another."""

    before: Answer
    after: Answer
    firms: int

    @property
    def moves(self) -> bool:
        return self.before is not self.after

    @property
    def is_worse(self) -> bool:
        return ANSWERS.index(self.after) > ANSWERS.index(self.before)


def matrix_of(moves: dict[str, int]) -> list[tuple[Answer, list[Cell]]]:
    """Return firms by their answer before, each with those by their answer after."""
    return [
        (was, [Cell(was, now, moves.get(f"{was.value}>{now.value}", 0)) for now in ANSWERS])
        for was in ANSWERS
    ]


def moves_of(moves: dict[str, int]) -> list[Cell]:
    """Return the moves that some firm makes, the most first."""
    cells = [cell for _was, row in matrix_of(moves) for cell in row if cell.moves and cell.firms]
    return sorted(cells, key=lambda cell: -cell.firms)


def counts_of(counts: dict[str, int]) -> list[tuple[Answer, int]]:
    """Return how many firms have each answer, in order."""
    return [(answer, counts.get(answer.value, 0)) for answer in ANSWERS]


def shifts_of(actor: User, draft: PolicyVersion) -> QuerySet[FirmShift]:
    """Return the firms that a draft answers otherwise; raises NotAllowed for who may not see what firms report."""
    zones.require(actor, Verb.VIEW, Thing.FILING, draft.zone)
    return FirmShift.objects.filter(diff__version=draft).select_related("enterprise", "zone")


def kept_diff(draft: PolicyVersion) -> VersionDiff | None:
    """Return what was reckoned last of a draft."""
    return VersionDiff.objects.select_related("against").filter(version=draft).first()


@dataclass(frozen=True, slots=True)
class Beside:
    """A line of two texts side by side; a number is None where that text has no such line."""

    kind: str  # same | changed | added | removed | skipped
    old_number: int | None
    old: str
    new_number: int | None
    new: str


_AROUND: Final = 2


def beside(old: str, new: str) -> list[Beside]:
    """Return two texts line by line; of what is the same only the lines next to a change."""
    lines = list(_lines(old.splitlines(), new.splitlines()))
    near = {
        place + step
        for place, line in enumerate(lines)
        if line.kind != "same"
        for step in range(-_AROUND, _AROUND + 1)
    }
    found: list[Beside] = []
    for place, line in enumerate(lines):
        if place in near:
            found.append(line)
        elif not found or found[-1].kind != "skipped":
            found.append(Beside("skipped", None, "", None, ""))
    return found if near else []


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Beside]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for step in range(max(i2 - i1, j2 - j1)):
            i, j = i1 + step, j1 + step
            has_old, has_new = i < i2, j < j2
            kind = "same" if tag == "equal" else "changed" if has_old and has_new else ""
            yield Beside(
                kind or ("removed" if has_old else "added"),
                i + 1 if has_old else None,
                old[i] if has_old else "",
                j + 1 if has_new else None,
                new[j] if has_new else "",
            )


def clauses_text(version: PolicyVersion | None) -> str:
    """Return the clauses of a version, a line each."""
    return "" if version is None else "\n".join(f"{one.number} {one.text}" for one in clauses_of(version))
