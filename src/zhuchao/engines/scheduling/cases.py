"""One case of a portfolio, what it costs, and what is planned of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.network import Mode, Network
from zhuchao.engines.scheduling.pieces import Piece, take_apart

LATENESS_WEIGHT: Final = 10
"""A minute after the due minute costs as much as so many minutes of waiting."""

_NORMAL: Final[Mapping[str, Mode]] = {}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a portfolio: a network with a mode for every task, when it came and when it is due.

    Raises:
        EngineError: case_malformed where it came before minute 0 or a review is made before it came; and as
            `take_apart`.
    """

    key: str
    network: Network
    release: int
    due: int
    modes: Mapping[str, Mode] = field(default_factory=lambda: _NORMAL)
    pieces: tuple[Piece, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.release < 0 or Mode.EARLY in self.modes.values():
            raise EngineError("case_malformed", f"{self.key} cannot be planned with others", case=self.key)
        object.__setattr__(self, "pieces", take_apart(self.network, self.modes))


@dataclass(frozen=True, slots=True)
class CasePlan:
    """When each piece of a case begins, and when its last certificate is issued."""

    case: Case
    starts: tuple[int, ...]

    @property
    def finish(self) -> int:
        return max(start + piece.minutes for start, piece in zip(self.starts, self.case.pieces, strict=True))

    @property
    def late(self) -> int:
        """Minutes after the due minute, 0 in time."""
        return max(0, self.finish - self.case.due)

    @property
    def cost(self) -> int:
        """Minutes from when it came to its last certificate, and ten times those that it is late."""
        return self.finish - self.case.release + LATENESS_WEIGHT * self.late
