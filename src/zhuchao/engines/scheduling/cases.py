"""One case of a portfolio, what it costs, and what is planned of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Mode, Network
from zhuchao.engines.scheduling.pieces import Piece, take_apart
from zhuchao.engines.scheduling.standing import Situation, Standing
from zhuchao.engines.scheduling.worktime import WorkLine

LATENESS_WEIGHT: Final = 10
"""A minute after the due minute costs as much as so many minutes of waiting."""

_NORMAL: Final[Mapping[str, Mode]] = {}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a portfolio: a network with a mode for every task, when it came and when it is due.

    Minute 0 is the present of the portfolio: a case that came before it waits already, or is under way.

    Attributes:
        begun, line: as in `Situation`, for what has begun by minute 0 and for public notices.

    Raises:
        EngineError: case_malformed where a review is to be made before it came, or something of it has begun and it
            has not come; and as `take_apart`.
    """

    key: str
    network: Network
    release: int
    due: int
    modes: Mapping[str, Mode] = field(default_factory=lambda: _NORMAL)
    begun: tuple[Standing, ...] = ()
    line: WorkLine | None = None
    pieces: tuple[Piece, ...] = field(init=False, compare=False, repr=False)
    minutes: tuple[int, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if Mode.EARLY in self.modes.values() or (self.begun and self.release > 0):
            raise EngineError("case_malformed", f"{self.key} cannot be planned with others", case=self.key)
        situation = Situation(now=0, begun=self.begun, line=self.line)
        object.__setattr__(self, "pieces", take_apart(self.network, self.modes, situation=situation))
        object.__setattr__(self, "minutes", tuple(piece.minutes for piece in self.pieces))

    def opens(self, piece: Piece) -> int:
        """Return the first minute at which a piece may begin, whatever it waits for."""
        return piece.earliest if piece.fixed else max(piece.earliest, self.release)

    def cost(self, finish: int) -> int:
        """Return the minutes from when it came to its last certificate, and ten times those that it is late."""
        return finish - self.release + LATENESS_WEIGHT * max(0, finish - self.due)

    def finish_alone(self) -> int:
        """Return its last certificate if no department kept it waiting; raises beyond_calendar."""
        ends: list[int] = []
        for piece in self.pieces:
            start = self.opens(piece)
            for earlier, _ in piece.after:
                start = max(start, ends[earlier])
            ends.append(piece.end(start))
        return max(ends)


@dataclass(frozen=True, slots=True)
class CasePlan:
    """When each piece of a case begins, and when its last certificate is issued."""

    case: Case
    starts: tuple[int, ...]

    @property
    def finish(self) -> int:
        return finish_of(self.case, self.starts)

    @property
    def late(self) -> int:
        """Minutes after the due minute, 0 in time."""
        return max(0, self.finish - self.case.due)

    @property
    def cost(self) -> int:
        """Minutes from when it came to its last certificate, and ten times those that it is late."""
        return self.case.cost(self.finish)


def finish_of(case: Case, starts: Sequence[int]) -> int:
    """Return the last certificate of a case whose pieces begin at some minutes."""
    return max(map(int.__add__, starts, case.minutes))  # a notice is over before the issue that waits for it
