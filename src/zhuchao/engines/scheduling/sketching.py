"""A plan at once by simple rules: what the solver starts from, and what is told when it has no time."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhuchao.engines import EngineError
from zhuchao.engines.scheduling.asking import Ask
from zhuchao.engines.scheduling.network import Mode, Network, Task
from zhuchao.engines.scheduling.pieces import Part, Piece, take_apart
from zhuchao.engines.scheduling.placing import in_turn, place_in_order, tails_of


@dataclass(frozen=True, slots=True)
class Sketch:
    """A plan that keeps all rules, and what it is worth: the last certificate, the sum of all, the credit used.

    `modes` are those of the tasks that have not begun.
    """

    modes: Mapping[str, Mode]
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    worth: tuple[int, int, int]


def sketch(network: Network, ask: Ask) -> Sketch | None:
    """Return the best of a few plans in which departments take first what has the longest way ahead.

    None where in each of them a public notice is not over in confirmed working time.
    """
    free = [task for task in network.tasks if task.key not in ask.situation.modes]
    late = {task.key: Mode.LATE for task in free if task.late and Mode.LATE in ask.modes}
    tried = (_place(network, ask, {}), _place(network, ask, late), _early(network, ask, free, late))
    best = min((one for one in tried if one is not None), key=lambda one: one.worth, default=None)
    left = ask.credit - used_credit(network, ask)
    for task in sorted(free, key=lambda task: -task.review):
        if best is not None and task.pledge and Mode.PLEDGE in ask.modes and task.credit <= left:
            pledged = _place(network, ask, {**best.modes, task.key: Mode.PLEDGE})
            if pledged is not None and pledged.worth < best.worth:
                best = pledged
                left -= task.credit
    return best


def used_credit(network: Network, ask: Ask) -> int:
    """Return the credit that pledges have used so far."""
    known = network.by_key
    return sum(known[one.task].credit for one in ask.begun if one.mode is Mode.PLEDGE)


def _early(network: Network, ask: Ask, free: list[Task], late: Mapping[str, Mode]) -> Sketch | None:
    """Return the plan in which as much is reviewed before the start as fits there."""
    early = {task.key: Mode.EARLY for task in free if task.early and Mode.EARLY in ask.modes}
    while True:
        found = _place(network, ask, {**late, **early})
        if found is None:
            return None
        too_late = [
            piece.task
            for piece, start in zip(found.pieces, found.starts, strict=True)
            if piece.before is not None and piece.end(start) > piece.before
        ]
        if not too_late:
            return found
        for key in too_late:
            del early[key]


def _place(network: Network, ask: Ask, modes: Mapping[str, Mode]) -> Sketch | None:
    pieces = take_apart(network, modes, situation=ask.situation)
    order = in_turn(pieces, [-tail for tail in tails_of(pieces)])
    try:
        starts = place_in_order(pieces, network.departments, order)
        ends = [
            piece.end(start) for piece, start in zip(pieces, starts, strict=True) if piece.part is Part.ISSUE
        ]
    except EngineError:  # a public notice is over too late for the calendar
        return None
    credit = sum(network.by_key[key].credit for key, mode in modes.items() if mode is Mode.PLEDGE)
    return Sketch(modes, pieces, starts, (max(ends), sum(ends), credit))
