"""A network with a mode for every task, taken apart into the pieces of work that are planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Link, Mode, Network, Task

_NORMAL: Final[Mapping[str, Mode]] = {}


class Part(StrEnum):
    """The two parts of a task."""

    REVIEW = "review"
    ISSUE = "issue"


@dataclass(frozen=True, slots=True)
class Piece:
    """A review or an issue.

    Attributes:
        minutes: working minutes.
        earliest: the first minute it may begin at; before 0 only for a review before the start.
        before: the minute it must be over by, None where there is none.
        after: numbers of the pieces it waits for, each with what passes, "" for no document.
    """

    task: str
    part: Part
    department: str
    minutes: int
    earliest: int
    before: int | None
    after: tuple[tuple[int, str], ...]


def take_apart(
    network: Network, modes: Mapping[str, Mode] = _NORMAL, *, pre_review: int = 0
) -> tuple[Piece, ...]:
    """Return the pieces of work, each after all that it waits for.

    Args:
        modes: mode of each task; one that is not named is handled in the ordinary way.
        pre_review: working minutes before the start in which early reviews are made.

    Raises:
        EngineError: mode_refused where a task does not allow its mode, or is not known.
    """
    known = network.by_key
    for key, mode in modes.items():
        if key not in known or mode not in known[key].modes:
            raise EngineError("mode_refused", f"{key} cannot be handled as {mode}", task=key, mode=mode)
    waits: dict[str, list[Link]] = {key: [] for key in network.order}
    for link in network.links:
        waits[link.then].append(link)
    pieces: list[Piece] = []
    reviewed: dict[str, int] = {}
    issued: dict[str, int] = {}
    for key in network.order:
        task, mode = known[key], modes.get(key, Mode.NORMAL)
        ends = [(issued[link.first], link.document) for link in waits[key]]
        if mode is Mode.EARLY:
            # drafts of what is itself reviewed early are there after its review; other drafts are the firm's
            first = [link for link in waits[key] if modes.get(link.first) is Mode.EARLY]
            drafts = tuple((reviewed[link.first], link.document) for link in first)
            pieces.append(_piece(task, Part.REVIEW, -pre_review, 0, drafts))
        elif mode is not Mode.PLEDGE:
            late = task.late if mode is Mode.LATE else frozenset()
            pieces.append(
                _piece(task, Part.REVIEW, 0, None, tuple(end for end in ends if end[1] not in late))
            )
            ends = [end for end in ends if end[1] in late]
        if mode is not Mode.PLEDGE:
            reviewed[key] = len(pieces) - 1
            ends = [(reviewed[key], ""), *ends]
        issued[key] = len(pieces)
        pieces.append(_piece(task, Part.ISSUE, 0, None, tuple(ends)))
    return tuple(pieces)


def _piece(
    task: Task, part: Part, earliest: int, before: int | None, after: tuple[tuple[int, str], ...]
) -> Piece:
    minutes = task.review if part is Part.REVIEW else task.issue
    return Piece(task.key, part, task.department, minutes, earliest, before, after)
