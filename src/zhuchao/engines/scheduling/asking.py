"""What is asked of a plan, and what a plan answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Mode
from zhuchao.engines.scheduling.pieces import Part, Piece
from zhuchao.engines.scheduling.standing import Situation, Standing
from zhuchao.engines.scheduling.worktime import WorkLine

ALL_MODES: Final = frozenset(Mode)


@dataclass(frozen=True, slots=True)
class Ask:
    """The limits of a plan.

    Attributes:
        pre_review: working minutes before the start in which early reviews are made.
        credit: what pledges may use together; 0 for a firm whose credit is bad.
        modes: modes that may be used where a task allows them; the ordinary one always may.
        deadline: minute by which the last certificate must be issued.
        now, begun, line: as in `Situation`. Credit that pledges have used counts; if they used more than there is,
            no other pledge is made.

    Raises:
        EngineError: ask_malformed for minutes or credit below 0; as `Situation`.
    """

    pre_review: int = 0
    credit: int = 0
    modes: frozenset[Mode] = ALL_MODES
    deadline: int | None = None
    now: int | None = None
    begun: tuple[Standing, ...] = ()
    line: WorkLine | None = None
    situation: Situation = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if min(self.pre_review, self.credit, self.deadline or 0) < 0:
            raise EngineError("ask_malformed", f"{self} cannot be asked", ask=self)
        situation = Situation(self.pre_review, self.now, self.begun, self.line)
        object.__setattr__(self, "situation", situation)


@dataclass(frozen=True, slots=True)
class Work:
    """What one task does when, in minutes from the start; a review before it is negative, a pledge has none.

    A public notice runs from the minute at which it is posted to that at which work may begin after it.
    """

    task: str
    department: str
    mode: Mode
    review: tuple[int, int] | None
    issue: tuple[int, int]
    notice: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class DatedWork:
    """The same in moments of the office."""

    work: Work
    review: tuple[datetime, datetime] | None
    issue: tuple[datetime, datetime]
    notice: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A piece that decides the end; it began when `waited_for` was over, "" for the start.

    `document` is what it waited for, "" where its own review or an order of tasks held it; `busy` says that it was
    the department that kept it waiting.
    """

    task: str
    part: Part
    start: int
    finish: int
    waited_for: str = ""
    document: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Idle:
    """A gap: a piece could begin `since`, and its department was busy `until`."""

    task: str
    part: Part
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Plan:
    """When every task is done.

    Attributes:
        works: in the order in which they are over.
        finish: minute of the last certificate.
        bound: no plan within the same limits is over earlier.
        proved: whether nothing is better: not the last certificate, then the sum of all, then the credit used.
        chain: the pieces that decide the end, from first to last.
        idle: every wait for a department.
        pieces, order: what a rehearsal goes by.
        mornings: minutes at which work begins that nothing came before.
    """

    works: tuple[Work, ...]
    finish: int
    bound: int
    proved: bool
    chain: tuple[ChainLink, ...]
    idle: tuple[Idle, ...]
    pieces: tuple[Piece, ...]
    order: tuple[int, ...]
    mornings: frozenset[int] = frozenset({0})

    @property
    def modes(self) -> Mapping[str, Mode]:
        return {work.task: work.mode for work in self.works}

    @property
    def gap(self) -> float:
        """How far the end may be from the best, as a share of it; 0 when it is proved."""
        return (self.finish - self.bound) / self.finish if self.finish else 0.0

    def on(self, line: WorkLine) -> tuple[DatedWork, ...]:
        """Return the works in moments; minute 0 is that of the line.

        Raises:
            EngineError: beyond_calendar where a work is not within the confirmed days.
        """
        mornings = self.mornings | {work.notice[1] for work in self.works if work.notice is not None}

        return tuple(
            DatedWork(
                work,
                None if work.review is None else _span(line, work.review, mornings),
                _span(line, work.issue, mornings),
                None if work.notice is None else _run(line, work.notice, mornings),
            )
            for work in self.works
        )


def _span(line: WorkLine, minutes: tuple[int, int], mornings: frozenset[int]) -> tuple[datetime, datetime]:
    begin, end = minutes
    if begin == end:
        moment = _moment(line, end, mornings)
        return moment, moment
    return line.begins(begin), line.ends(end)


def _run(line: WorkLine, notice: tuple[int, int], mornings: frozenset[int]) -> tuple[datetime, datetime]:
    return _moment(line, notice[0], mornings), line.begins(notice[1])


def _moment(line: WorkLine, minute: int, mornings: frozenset[int]) -> datetime:
    # what takes no time is done with what came before it, and where nothing did when work begins
    return line.begins(minute) if minute in mornings else line.ends(minute)
