"""A network with a mode for every task, taken apart into the pieces of work that are planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Link, Mode, Network, Task
from zhuchao.engines.scheduling.notices import Notice, notice_of
from zhuchao.engines.scheduling.standing import AT_THE_START, Situation, Standing

_NORMAL: Final[Mapping[str, Mode]] = {}

Waits = tuple[tuple[int, str], ...]


class Part(StrEnum):
    """The parts of a task."""

    REVIEW = "review"
    NOTICE = "notice"
    ISSUE = "issue"


@dataclass(frozen=True, slots=True)
class Piece:
    """A review, a public notice or an issue, or what is left of it.

    Attributes:
        minutes: working minutes; 0 of a notice.
        earliest: the first minute it may begin at; before 0 only for a review before the start.
        before: the minute it must be over by, None where there is none.
        after: numbers of the pieces it waits for, each with what passes, "" for no document.
        notice: the calendar days that it takes, None for work.
        since: when it began, None for what has not begun; then `minutes` are those that are left.
        fixed: whether it is over or in hand, so that it begins at `earliest`, whoever else waits.
    """

    task: str
    part: Part
    department: str
    minutes: int
    earliest: int
    before: int | None
    after: Waits
    notice: Notice | None = None
    since: int | None = None
    fixed: bool = False

    def end(self, start: int) -> int:
        """Return when it is over; raises beyond_calendar for a notice that is not over in confirmed time."""
        return start + self.minutes if self.notice is None else self.notice.ends(start)


def take_apart(
    network: Network,
    modes: Mapping[str, Mode] = _NORMAL,
    *,
    pre_review: int = 0,
    situation: Situation | None = None,
) -> tuple[Piece, ...]:
    """Return the pieces of work, each after all that it waits for.

    Args:
        modes: mode of each task; one that is not named is handled in the ordinary way.
        pre_review: working minutes before the start in which early reviews are made.
        situation: when the case is planned and what has begun, instead of `pre_review`; a task that has begun keeps
            its mode.

    Raises:
        EngineError: mode_refused where a task does not allow its mode, or is not known; as `Situation.by_task`.
    """
    known = network.by_key
    for key, mode in modes.items():
        if key not in known or mode not in known[key].modes:
            raise EngineError("mode_refused", f"{key} cannot be handled as {mode}", task=key, mode=mode)
    told = situation or (Situation(pre_review) if pre_review else AT_THE_START)
    apart = _Apart(network, {**modes, **told.modes}, told)
    for key in network.order:
        apart.add(known[key])
    return tuple(apart.pieces)


class _Apart:
    """The pieces so far."""

    def __init__(self, network: Network, modes: Mapping[str, Mode], situation: Situation) -> None:
        self.modes = modes
        self.situation = situation
        self.standing = situation.by_task(network)
        self.links: dict[str, list[Link]] = {key: [] for key in network.order}
        for link in network.links:
            self.links[link.then].append(link)
        self.pieces: list[Piece] = []
        self.reviewed: dict[str, int] = {}
        self.issued: dict[str, int] = {}

    def add(self, task: Task) -> None:
        mode = self.modes.get(task.key, Mode.NORMAL)
        ends = tuple((self.issued[link.first], link.document) for link in self.links[task.key])
        standing = self.standing.get(task.key)
        if standing is None:
            self._add_waiting(task, mode, ends)
        elif standing.over is not None:
            self._add_over(task, standing, standing.over)
        else:
            self._add_begun(task, standing, ends, self.situation.floor)
        self.issued[task.key] = len(self.pieces) - 1

    def _add_waiting(self, task: Task, mode: Mode, ends: Waits) -> None:
        floor, drafts = self.situation.floor, self.situation.drafts_from
        held = ends
        if mode is Mode.EARLY:
            # drafts of what is itself reviewed early are there after its review; other drafts are the firm's
            first = [link for link in self.links[task.key] if self.modes.get(link.first) is Mode.EARLY]
            drafted = tuple((self.reviewed[link.first], link.document) for link in first)
            self._review(task, drafts, 0, drafted)
        elif mode is not Mode.PLEDGE:
            late = task.late if mode is Mode.LATE else frozenset()
            self._review(task, floor, None, tuple(end for end in ends if end[1] not in late))
            held = tuple(end for end in ends if end[1] in late)
        if mode is not Mode.PLEDGE:
            held = (self._posted(task, drafts, ((self.reviewed[task.key], ""),)), *held)
        elif task.notice:
            held = (self._posted(task, floor, ends),)
        self.pieces.append(Piece(task.key, Part.ISSUE, task.department, task.issue, floor, None, held))

    def _add_over(self, task: Task, standing: Standing, over: int) -> None:
        if standing.mode is not Mode.PLEDGE:
            reviewed = over if standing.reviewed is None else standing.reviewed
            self._past(task, Part.REVIEW, standing.begun, reviewed)
        since = standing.issuing
        if since is None:
            since = over if standing.mode is not Mode.PLEDGE else standing.begun
        self._past(task, Part.ISSUE, since, over)

    def _add_begun(self, task: Task, standing: Standing, ends: Waits, floor: int) -> None:
        pledged = standing.mode is Mode.PLEDGE
        if not pledged and standing.reviewed is None:
            self._in_hand(task, Part.REVIEW, standing, standing.begun)
        elif not pledged:
            self._past(task, Part.REVIEW, standing.begun, standing.reviewed or 0)
        issuing = standing.begun if pledged else standing.issuing
        if issuing is not None:
            self._in_hand(task, Part.ISSUE, standing, issuing)
            return
        reviewed = ((self.reviewed[task.key], ""),)
        posted = standing.begun if standing.reviewed is None else standing.reviewed
        held = (self._posted(task, posted, reviewed), *ends)
        rests = standing.resumes if standing.reviewed is not None else None
        earliest = floor if rests is None else max(floor, rests)
        self.pieces.append(Piece(task.key, Part.ISSUE, task.department, task.issue, earliest, None, held))

    def _review(self, task: Task, earliest: int, before: int | None, after: Waits) -> None:
        self.reviewed[task.key] = len(self.pieces)
        self.pieces.append(
            Piece(task.key, Part.REVIEW, task.department, task.review, earliest, before, after)
        )

    def _posted(self, task: Task, earliest: int, after: Waits) -> tuple[int, str]:
        """Add the notice, if there is one; return what the issue waits for."""
        if not task.notice:
            return after[0]
        assert self.situation.line is not None
        notice = notice_of(task.notice, self.situation.line, self.situation.mornings)
        self.pieces.append(Piece(task.key, Part.NOTICE, task.department, 0, earliest, None, after, notice))
        return len(self.pieces) - 1, ""

    def _past(self, task: Task, part: Part, since: int, over: int) -> None:
        """Add a piece that is over."""
        self._begun(task, part, Piece(task.key, part, task.department, 0, over, None, (), None, since, True))

    def _in_hand(self, task: Task, part: Part, standing: Standing, since: int) -> None:
        """Add what is left of a piece, which goes on now or when its clock does."""
        now = self.situation.now
        assert now is not None
        left = standing.left(task.review if part is Part.REVIEW else task.issue, since, now)
        earliest = max(now, standing.resumes or now)
        fixed = not standing.stopped
        self._begun(
            task, part, Piece(task.key, part, task.department, left, earliest, None, (), None, since, fixed)
        )

    def _begun(self, task: Task, part: Part, piece: Piece) -> None:
        if part is Part.REVIEW:
            self.reviewed[task.key] = len(self.pieces)
        self.pieces.append(piece)
