"""The critical path of a network, where everybody has enough reviewers, and what would shorten it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Mode, Network
from zhuchao.engines.scheduling.pieces import Part, Piece, take_apart
from zhuchao.engines.scheduling.standing import Situation

_NORMAL: Final[Mapping[str, Mode]] = {}


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work on a path; minutes from the start, `document` is what it waited for from the last step."""

    task: str
    part: Part
    start: int
    finish: int
    document: str = ""


class Means(StrEnum):
    """What can be changed to shorten a path."""

    MODE = "mode"  # the task allows another mode
    AT_ONCE = "at_once"  # the piece of work would have to be done in no time, such as by a machine


@dataclass(frozen=True, slots=True)
class Lever:
    """A change of one task on the critical path, and the working minutes it gains (0 when it gains nothing)."""

    means: Means
    task: str
    part: Part | None
    mode: Mode | None
    gain: int


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """The longest chain of work.

    Attributes:
        minutes: from the start to the last certificate.
        steps: from first to last, each begins where the one before ends or at the start.
        slack: for each task how many minutes its issue may be late without moving the last certificate.
        levers: every change of a task on the path, the greatest gain first.
    """

    minutes: int
    steps: tuple[Step, ...]
    slack: Mapping[str, int]
    levers: tuple[Lever, ...]

    @property
    def binds(self) -> bool:
        """Whether no mode that the tasks allow shortens it: only faster work on its steps does."""
        return not any(lever.gain for lever in self.levers if lever.means is Means.MODE)


def find_critical_path(
    network: Network,
    modes: Mapping[str, Mode] = _NORMAL,
    *,
    pre_review: int = 0,
    situation: Situation | None = None,
) -> CriticalPath:
    """Return the critical path of a network whose departments never keep anybody waiting.

    Args:
        situation: when the case is planned and what has begun, instead of `pre_review`.

    Raises:
        EngineError: pre_review_too_short where early reviews do not fit; and as `take_apart`.

    >>> from zhuchao.engines.scheduling.network import Task
    >>> tasks = (Task("title", "land", 60, 30, gives=("deed",)), Task("permit", "works", 90, 30, needs=("deed",)))
    >>> path = find_critical_path(Network(tasks, {"land": 1, "works": 1}))
    >>> path.minutes, [step.task for step in path.steps], path.binds
    (210, ['title', 'title', 'permit', 'permit'], True)
    """
    told = situation or Situation(pre_review)
    pieces = take_apart(network, modes, situation=told)
    starts, binding = begin_early(pieces)
    ends = [piece.end(start) for start, piece in zip(starts, pieces, strict=True)]
    for piece, end in zip(pieces, ends, strict=True):
        if piece.before is not None and end > piece.before:
            message = f"{piece.task} cannot be reviewed within {told.pre_review} minutes before the start"
            raise EngineError("pre_review_too_short", message, task=piece.task, short=end - piece.before)
    last = max((end, -number) for number, end in enumerate(ends))
    steps = _trace(pieces, starts, binding, -last[1])
    return CriticalPath(
        last[0],
        steps,
        _slack(pieces, last[0], ends),
        tuple(_levers(network, modes, told, pieces, steps, last[0])),
    )


def begin_early(pieces: Sequence[Piece]) -> tuple[list[int], list[tuple[int, str] | None]]:
    """Return when each piece begins at the earliest, and the one it waited for last, None for the start."""
    starts: list[int] = []
    binding: list[tuple[int, str] | None] = []
    for piece in pieces:
        start, bound_by = piece.earliest, None
        for number, document in piece.after:
            end = pieces[number].end(starts[number])
            if end > start or (end == start and bound_by is None and end > 0):
                start, bound_by = end, (number, document)
        starts.append(start)
        binding.append(bound_by)
    return starts, binding


def _trace(
    pieces: Sequence[Piece], starts: Sequence[int], binding: Sequence[tuple[int, str] | None], last: int
) -> tuple[Step, ...]:
    steps: list[Step] = []
    number: int | None = last
    while number is not None:
        piece, bound_by = pieces[number], binding[number]
        document = bound_by[1] if bound_by else ""
        since = starts[number] if piece.since is None else piece.since
        steps.append(Step(piece.task, piece.part, since, piece.end(starts[number]), document))
        number = bound_by[0] if bound_by else None
    return tuple(reversed(steps))


def _slack(pieces: Sequence[Piece], finish: int, ends: Sequence[int]) -> dict[str, int]:
    latest = [finish] * len(pieces)
    for number in reversed(range(len(pieces))):
        piece = pieces[number]
        start = latest[number] - piece.minutes
        if piece.notice is not None:
            start = piece.notice.latest(latest[number])
        for earlier, _ in piece.after:
            latest[earlier] = min(latest[earlier], start)
    return {
        piece.task: latest[number] - ends[number]
        for number, piece in enumerate(pieces)
        if piece.part is Part.ISSUE
    }


def _levers(
    network: Network,
    modes: Mapping[str, Mode],
    situation: Situation,
    pieces: tuple[Piece, ...],
    steps: tuple[Step, ...],
    minutes: int,
) -> list[Lever]:
    known, found = network.by_key, []
    for key in dict.fromkeys(step.task for step in steps if step.task not in situation.modes):
        for mode in known[key].modes:
            too_long = mode is Mode.EARLY and situation.drafts_from + known[key].review > 0
            if mode is modes.get(key, Mode.NORMAL) or too_long:
                continue
            changed = take_apart(network, {**modes, key: mode}, situation=situation)
            found.append(Lever(Means.MODE, key, None, mode, _gain(minutes, changed)))
    for step in steps:
        if step.part is Part.NOTICE:
            continue  # its days are set
        quick = tuple(
            replace(piece, minutes=0) if (piece.task, piece.part) == (step.task, step.part) else piece
            for piece in pieces
        )
        found.append(Lever(Means.AT_ONCE, step.task, step.part, None, _gain(minutes, quick)))
    return sorted(found, key=lambda lever: -lever.gain)


def _gain(minutes: int, changed: Sequence[Piece]) -> int:
    try:
        return max(minutes - _finish(changed), 0)
    except EngineError:  # a public notice would be over too late for the calendar
        return 0


def _finish(pieces: Sequence[Piece]) -> int:
    """Return when the last piece ends; a review that ends too late moves the start by as much."""
    starts, _ = begin_early(pieces)
    ends = [piece.end(start) for start, piece in zip(starts, pieces, strict=True)]
    late = (end - piece.before for piece, end in zip(pieces, ends, strict=True) if piece.before is not None)
    return max(ends) + max(0, max(late, default=0))
